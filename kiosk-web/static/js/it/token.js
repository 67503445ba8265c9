/** What is done about tokens: read, make, copy, end. */

import {alert, announce} from '../core/announce.js';
import {Problem} from '../core/api.js';
import {say} from '../core/words.js';
import {linkOf, placesOf} from './tokens.js';
import {problemWords} from './work.js';

/** @typedef {import('./state.js').Tokens} Tokens */

/** @param {import('./work.js').Tools} tools */
export function tokenWork({api, send, state}) {
  const change = (/** @type {Partial<Tokens>} */ tokens) => send({type: 'tokens', tokens});

  async function read() {
    try {
      change({list: await api.get('tokens')});
    } catch {
      // The connection asks again when it is back.
    }
  }

  /**
   * Makes a token, once: the box cannot show its secret again, so an answer that
   * was lost is told, and not asked for anew.
   */
  async function make() {
    const {form, sending} = state().tokens;
    if (sending) return;
    const needsPlace = placesOf(state().branch, form.role) !== undefined;
    if (needsPlace && !form.place) return refuse({place: say(form.role === 'pager' ? 'it.tokens.person.missing' : 'it.tokens.place.missing')});
    change({sending: true, problem: '', wrong: {}});
    try {
      const made = await api.post('tokens', {role: form.role, note: form.note.trim(), ...(needsPlace && {place: form.place})}, {patient: false});
      change({sending: false, made, copied: '', form: {...form, place: '', note: ''}});
      document.getElementById('made-title')?.focus();
    } catch (error) {
      fail(error);
    }
    read();
  }

  /** @param {Tokens['wrong']} wrong */
  function refuse(wrong) {
    change({wrong, problem: ''});
    document.getElementById('summary')?.focus();
  }

  /** @param {unknown} error */
  function fail(error) {
    const problem = error instanceof Problem ? problemWords(error) : say('it.tokens.unsure');
    change({sending: false, problem});
    alert(problem);
  }

  /** @param {'token' | 'link'} what */
  async function copy(what) {
    const {made} = state().tokens;
    if (!made) return;
    const copied = await copyText(what === 'link' ? linkOf(made) : made.token ?? '', `made-${what}`) ? what : 'not';
    change({copied});
    announce(say(`it.made.copied.${copied}`));
  }

  /** @param {string} id */
  async function end(id) {
    if (state().tokens.sending) return;
    change({sending: true, problem: ''});
    try {
      await api.remove(`tokens/${encodeURIComponent(id)}`);
      change({sending: false, ending: '', list: state().tokens.list?.filter((t) => t.id !== id) ?? null});
      announce(say('it.end.done'));
    } catch (error) {
      fail(error);
    }
  }

  return {read, acts: {
    form: (/** @type {Partial<import('./state.js').TokenForm>} */ form) => send({type: 'form', form}),
    make: (/** @type {SubmitEvent} */ event) => { event.preventDefault(); make(); },
    copy,
    kept: () => { change({made: null, copied: ''}); document.getElementById('token-role')?.focus(); },
    ask: (/** @type {string} */ ending) => { if (ending !== state().tokens.ending) change({ending, problem: ''}); },
    end,
  }};
}

/**
 * Copies; where the connection is not safe the browser gives no clipboard, but
 * still copies what is selected.
 * @param {string} text
 * @param {string} field that holds it
 */
async function copyText(text, field) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const input = /** @type {HTMLInputElement} */ (document.getElementById(field));
    input.focus();
    input.select();
    return document.execCommand('copy');
  }
}
