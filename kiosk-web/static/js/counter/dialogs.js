/** What a counter asks before it acts. Escape always goes back. */

import {html, icon, nothing} from '../core/view.js';
import {named, say} from '../core/words.js';
import {reasonIcons} from './words.js';
import {serviceIcon} from '../core/choices.js';
import {button, refusal} from './parts.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').View} View */
/** @typedef {import('./parts.js').Acts} Acts */
/** @typedef {{title: string, body: unknown, submit?: (form: FormData) => void, send?: string}} Asked */

/**
 * The dialog that is open, if any. What has been chosen in it stays as long as
 * it is open, whatever else is drawn anew.
 * @param {State} state
 * @param {Acts} acts
 * @param {string | null} remembered who last opened this counter
 */
export function dialog(state, acts, remembered) {
  const {view} = state;
  if (!state.dialog || !view) return nothing;
  const {title, body, submit, send} = asked(state, view, acts, remembered);
  const off = state.sent.length > 0;
  return html`<dialog id="dialog" data-dialog=${state.dialog.name} aria-labelledby="dialog-title" @cancel=${acts.dismiss}>
    <form class="body" method="dialog" @submit=${(/** @type {SubmitEvent} */ event) => { event.preventDefault(); if (!off) submit?.(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget))); }}>
      <h2 id="dialog-title">${title}</h2>
      ${body}
      ${refusal(state, 'dialog')}
      <div class="row end">
        <button type="button" class="button" id="dialog-back" @click=${acts.dismiss}>${icon('arrow-left')}<span>${say('counter.back')}</span><kbd aria-hidden="true">Esc</kbd></button>
        ${submit ? html`<button type="submit" class="button primary" id="dialog-send" aria-disabled=${off ? 'true' : nothing}>${icon('check')}<span>${send}</span><kbd aria-hidden="true">Enter</kbd></button>` : nothing}
      </div>
    </form>
  </dialog>`;
}

/**
 * @param {State} state
 * @param {View} view
 * @param {Acts} acts
 * @param {string | null} remembered
 * @returns {Asked}
 */
function asked(state, view, acts, remembered) {
  switch (state.dialog?.name) {
    case 'open': return open(state, acts, remembered);
    case 'pause': return pause(acts);
    case 'park': return park(view, acts);
    case 'transfer': return transfer(state, view, acts);
    case 'otherwise': return otherwise(state, view, acts);
    case 'return': return bringBack(state, view, acts);
    case 'outcome': return outcome(state.dialog.of, acts);
    default: return help(state, acts);
  }
}

/** @typedef {{id: string, words: string, icon?: string, press: () => void, tone?: string, start?: boolean}} Choice */

/**
 * Choices of which one press is the answer; the first nine have a digit.
 * @param {Choice[]} all
 * @param {number} [from] the digit of the first
 */
const choices = (all, from = 1) => html`<div class="choices">${all.map((choice, i) => button({...choice, key: i + from < 10 ? String(i + from) : undefined}))}</div>`;

/** @param {State} state @param {Acts} acts @param {string | null} remembered @returns {Asked} */
function open({branch}, acts, remembered) {
  const staff = (branch.staff ?? []).map(({id, name}) => ({
    id: `staff-${id}`, icon: 'id-badge-2', words: named(name), press: () => acts.counter('open', {staff: id}), start: id === remembered,
  }));
  const nobody = {id: 'staff-none', icon: 'user', words: say('counter.open.nobody'), press: () => acts.counter('open', {}), start: remembered === ''};
  return {title: say('counter.open.title'), body: choices([...staff, nobody])};
}

/** @param {Acts} acts @returns {Asked} */
function pause(acts) {
  const reasons = [['rest', 'armchair'], ['papers', 'file-text'], ['colleague', 'users'], ['device', 'tool']];
  return {title: say('counter.pause.title'), body: choices(reasons.map(([id, picture]) => ({
    id: `pause-${id}`, icon: picture, words: say(`counter.pause.${id}`), press: () => acts.counter('pause', {reason: say(`counter.pause.${id}`)}),
  })))};
}

/** @param {View} view @param {Acts} acts @returns {Asked} */
function park(view, acts) {
  const reasons = ['papers', 'form', 'check', 'rest'];
  return {
    title: say('counter.park.title', {ticket: view.serving?.ticket ?? ''}),
    body: html`${radios('minutes', say('counter.park.minutes'), [5, 10, 15, 30, 60].map((count) => ({value: String(count), words: say('counter.minutes', {count})})), '10', true)}
      ${radios('reason', say('counter.park.why'), reasons.map((id) => ({value: id, words: say(`counter.park.${id}`)})), 'papers')}`,
    send: say('counter.park'),
    submit: (form) => acts.visit('park', {minutes: Number(form.get('minutes')), reason: say(`counter.park.${form.get('reason')}`)}),
  };
}

/** @param {State} state @param {View} view @param {Acts} acts @returns {Asked} */
function transfer({branch}, view, acts) {
  const services = branch.services.filter(({id}) => id !== view.serving?.service).map(({id, name}) => ({
    id: `to-${id}`, icon: serviceIcon(id), words: named(name), press: () => acts.visit('transfer', {service: id, keepPlace: true}),
  }));
  const counters = branch.counters.filter(({id}) => id !== view.counter.id).map(({id, name}) => ({
    id: `to-${id}`, icon: 'desk', words: named(name), press: () => acts.visit('transfer', {counter: id, keepPlace: true}),
  }));
  return {
    title: say('counter.transfer.title', {ticket: view.serving?.ticket ?? ''}),
    body: html`<p class="soft">${say('counter.transfer.keeps')}</p>
      <h3>${say('counter.transfer.counters')}</h3>${choices(counters)}
      <h3>${say('counter.transfer.services')}</h3>${choices(services, counters.length + 1)}`,
  };
}

/** @param {State} state @param {View} view @param {Acts} acts @returns {Asked} */
function otherwise({branch}, view, acts) {
  const outcomes = ['done', 'partly', 'not'].map((id) => ({value: id, words: say(`visit.outcome.${id}`)}));
  return {
    title: say('counter.otherwise.title', {ticket: view.serving?.ticket ?? ''}),
    body: html`${radios('outcome', say('counter.otherwise.result'), outcomes, 'done', true)}
      <div class="field"><label for="next">${say('counter.otherwise.next')}</label>
      <select id="next" name="next"><option value="">${say('counter.otherwise.none')}</option>
        ${branch.services.map(({id, name}) => html`<option value=${id}>${named(name)}</option>`)}</select></div>`,
    send: say('counter.primary.serving'),
    submit: (form) => acts.visit('finish', {outcome: form.get('outcome'), ...(form.get('next') ? {next: form.get('next')} : {})}),
  };
}

/** @param {State} state @param {View} view @param {Acts} acts @returns {Asked} */
function bringBack(state, view, acts) {
  const visits = (view.aside ?? []).map(({id, ticket, state: at}) => ({value: id, words: `${ticket} ${say(`visit.state.${at}`)}`}));
  const positions = ['first', 'last'].map((value) => ({value, words: say(`counter.return.${value}`)}));
  return {
    title: say('counter.return.title'),
    body: html`${radios('visit', say('counter.return.who'), visits, state.dialog?.of ?? '', true)}${radios('position', say('counter.return.where'), positions, 'first')}`,
    send: say('counter.return'),
    submit: (form) => acts.bringBack(String(form.get('visit') ?? ''), String(form.get('position'))),
  };
}

/** @param {string} page @param {Acts} acts @returns {Asked} */
function outcome(page, acts) {
  const outcomes = [['helped', 'check'], ['not-needed', 'minus'], ['not-possible', 'x'], ['passed-on', 'transfer']];
  return {title: say('counter.outcome.title'), body: choices(outcomes.map(([id, picture]) => ({
    id: `outcome-${id}`, icon: picture, words: say(`page.outcome.${id}`), press: () => acts.page(page, 'close', {outcome: id}),
  })))};
}

/** @param {State} state @param {Acts} acts @returns {Asked} */
function help({branch}, acts) {
  return {title: say('counter.help.title'), body: choices(branch.reasons.map((reason) => ({
    id: `reason-${reason}`, icon: reasonIcons[reason] ?? 'help-circle', words: say(`reason.${reason}`), press: () => acts.raise(reason),
  })))};
}

/**
 * One of a few, walked with the arrow keys.
 * @param {string} name
 * @param {string} legend
 * @param {{value: string, words: string}[]} options
 * @param {string} chosen at first
 * @param {boolean} [start] whether the dialog begins here
 */
function radios(name, legend, options, chosen, start = false) {
  return html`<fieldset class="field"><legend>${legend}</legend><div class="radios">${options.map(({value, words}) => html`
    <label class="radio" for="${name}-${value}"><input type="radio" id="${name}-${value}" name=${name} value=${value} ?checked=${value === chosen} ?autofocus=${value === chosen && start}><span>${words}</span></label>`)}</div></fieldset>`;
}
