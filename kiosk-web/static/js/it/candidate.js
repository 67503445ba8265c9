/** What is done about the configuration: read, type, check. */

import {announce} from '../core/announce.js';
import {say} from '../core/words.js';
import {longest} from './config.js';
import {problemWords} from './work.js';

/** How long somebody must have stopped typing before what they typed is checked. */
const settled = 900;

/** @param {import('./work.js').Tools} tools */
export function configWork({api, send, state}) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let asked = 0;

  async function read() {
    try {
      send({type: 'config', config: await api.get('config')});
    } catch {
      // The connection asks again when it is back.
    }
  }

  /** @param {string} text */
  function type(text) {
    clearTimeout(timer);
    const yaml = text.replace(/\r\n?/g, '\n');
    send({type: 'candidate', candidate: {yaml, problem: ''}});
    timer = setTimeout(() => check(false), settled);
  }

  /** @param {boolean} byHand then the focus goes to what is wrong */
  async function check(byHand) {
    clearTimeout(timer);
    const {yaml, faults: before} = state().candidate;
    const turn = ++asked;
    const wrong = yaml.trim() === '' ? (byHand ? say('it.check.empty') : '') : yaml.length > longest ? say('it.check.long') : null;
    if (wrong !== null) {
      send({type: 'candidate', candidate: {faults: null, checking: false, problem: wrong}});
      if (byHand) document.getElementById('candidate')?.focus();
      return;
    }
    send({type: 'candidate', candidate: {checking: true, problem: ''}});
    try {
      const {problems: faults} = await api.post('config/check', {yaml}, {patient: false});
      if (turn !== asked) return;
      send({type: 'candidate', candidate: {faults, checking: false}});
      tell(faults.length, before?.length, byHand);
    } catch (error) {
      if (turn === asked) send({type: 'candidate', candidate: {checking: false, problem: problemWords(error)}});
    }
  }

  /** @param {number} count @param {number | undefined} before @param {boolean} byHand */
  function tell(count, before, byHand) {
    if (byHand && count) return document.getElementById('summary')?.focus();
    if (byHand || count !== before) announce(count ? say('it.check.faults', {count}) : say('it.check.good'));
  }

  /** @type {Pick<import('./parts.js').Acts, 'type' | 'caret' | 'choose' | 'goTo' | 'check'>} */
  const acts = {
    type,
    caret: ({currentTarget}) => send({type: 'candidate', candidate: placeIn(currentTarget.value, currentTarget.selectionStart)}),
    choose: async (file) => { if (file) type(await file.text()); },
    goTo: (line, column) => { goTo(line, column); send({type: 'candidate', candidate: {line, column}}); },
    check: (event) => { event.preventDefault(); if (!state().candidate.checking) check(true); },
  };
  return {read, acts};
}

/** Line and column of a place in a text. @param {string} text @param {number} at */
function placeIn(text, at) {
  const lines = text.slice(0, at).split('\n');
  return {line: lines.length, column: (lines.at(-1) ?? '').length + 1};
}

/** Puts the caret where something is wrong, with its line marked. @param {number} line @param {number} column */
function goTo(line, column) {
  const area = /** @type {HTMLTextAreaElement} */ (document.getElementById('candidate'));
  const lines = area.value.split('\n');
  const begin = lines.slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0);
  const end = begin + (lines[line - 1] ?? '').length;
  area.focus();
  area.setSelectionRange(Math.min(begin + column - 1, end), end);
  area.scrollTop = heightOf(area, area.value.slice(0, Math.max(0, begin - 1))) - area.clientHeight / 2;
  area.scrollIntoView({block: 'nearest'});
}

/**
 * How high a text would stand in a text area, whose lines may be broken.
 * @param {HTMLTextAreaElement} area
 * @param {string} text
 */
function heightOf(area, text) {
  const probe = /** @type {HTMLTextAreaElement} */ (area.cloneNode());
  probe.removeAttribute('id');
  probe.rows = 1;
  probe.value = text;
  area.after(probe);
  const height = probe.scrollHeight;
  probe.remove();
  return height;
}
