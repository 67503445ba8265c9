/** What opens in front of the console. Every dialog has a title and a way out. */

import {html, icon, nothing, state as mark} from '../core/view.js';
import {named, say, sayIn} from '../core/words.js';
import {waitWords} from '../core/time.js';
import {pagesAt, troubleAt, visitOf} from './derive.js';
import {classMark, command, needList, placeName, serviceName, troubleMark} from './parts.js';
import {counterDialog} from './counter.js';
import {visitDialog} from './visit.js';
import {pageCard} from './pages.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').Dialog} Dialog */
/** @typedef {import('./parts.js').Acts} Acts */
/** @typedef {{title: unknown, body: unknown, actions?: unknown}} Content */

/** @type {Record<Dialog['kind'], (state: State, acts: Acts, dialog: Dialog) => Content>} */
const contents = {
  counter: counterDialog, visit: visitDialog, place, cancel, page: closePage, ticket: giveTicket, given, raise, day: turnDay,
};

/** @param {State} state @param {Acts} acts */
export function dialogOf(state, acts) {
  const dialog = /** @type {Dialog} */ (state.dialog);
  const {title, body, actions} = contents[dialog.kind](state, acts, dialog);
  return html`<div class="dialog">
    <h2 id="dialog-title" data-start tabindex="-1">${title}</h2>
    ${state.problem ? html`<p class="notice alarm" id="problem">${icon('alert-triangle')}<span>${state.problem}</span></p>` : nothing}
    ${body}
    <div class="row ways-out">${actions ?? nothing}<button type="button" class="button" id="dialog-close" @click=${acts.hide}>${icon('x')}${say('supervisor.dialog.close')}</button></div>
  </div>`;
}

/** @param {State} state @param {Acts} acts @param {Dialog} dialog @returns {Content} */
function place(state, acts, {id}) {
  const trouble = troubleAt(state, id);
  const devices = state.view.devices.filter((d) => d.place === id && !trouble.includes(d));
  const calls = pagesAt(state, id);
  return {
    title: placeName(state, id),
    body: html`<ul class="marks">${trouble.map((d) => html`<li>${troubleMark(d)}</li>`)}${devices.map((d) => html`<li>${mark(d.admin === 'enabled' ? 'good' : 'soft', d.admin === 'enabled' ? 'circle-check' : 'tool',
        say('supervisor.pair', {name: say(`device.kind.${d.kind}`), value: d.admin === 'enabled' ? say(`device.health.${d.health}`) : say(`device.admin.${d.admin}`)}))}</li>`)}</ul>
      ${calls.length ? html`<ul class="page-list">${calls.map((page) => html`<li>${pageCard(state, acts, page)}</li>`)}</ul>` : nothing}`,
    actions: html`<button type="button" class="button" id="raise-here" @click=${() => acts.show({kind: 'raise', id: '', place: id})}>${icon('bell')}${say('supervisor.raise.here')}</button>`,
  };
}

/** @param {State} state @param {Acts} acts @param {Dialog} dialog @returns {Content} */
function cancel(state, acts, {id}) {
  const visit = visitOf(state, id);
  return {
    title: say('supervisor.cancel.title', {ticket: visit.ticket}),
    body: html`<p>${say('supervisor.cancel.means')}</p>`,
    actions: command(state, {id: 'cancel-now', picture: 'ban', words: say('supervisor.cancel'), kind: 'grave', press: () => acts.command(`visits/${id}/cancel`, {}, null)}),
  };
}

/** @param {State} state @param {Acts} acts @param {Dialog} dialog @returns {Content} */
function closePage(state, acts, {id}) {
  const page = state.view.pages.find((p) => p.id === id);
  const outcomes = ['helped', 'not-needed', 'not-possible', 'passed-on'];
  return {
    title: say('supervisor.page.close.title'),
    body: html`<p>${say('page.alert', {place: placeName(state, page.place), reason: say(`reason.${page.reason}`)})}</p>
      <div class="choices">${outcomes.map((outcome) => command(state, {id: `outcome-${outcome}`, picture: outcome === 'helped' ? 'check' : outcome === 'passed-on' ? 'transfer' : 'minus',
        words: say(`page.outcome.${outcome}`), kind: outcome === 'helped' ? 'primary' : '', press: () => acts.command(`pages/${id}/close`, {outcome}, null)}))}</div>`,
  };
}

/** @param {State} state @param {Acts} acts @returns {Content} */
function giveTicket(state, acts) {
  const {branch} = state;
  return {
    title: say('supervisor.ticket.title'),
    body: html`<form id="ticket-form" @submit=${acts.giveTicket}>
      <p class="field"><label for="ticket-service">${say('supervisor.ticket.service')}</label>
        <select id="ticket-service" name="service" required>${branch.services.map((s) => html`<option value=${s.id}>${named(s.name)}</option>`)}</select></p>
      <p class="field"><label for="ticket-class">${say('supervisor.ticket.class')}</label>
        <select id="ticket-class" name="class"><option value="">${say('supervisor.ticket.class.needs')}</option>${['ordinary', 'caring', 'urgent'].map((c) => html`<option value=${c}>${say(`class.${c}`)}</option>`)}</select></p>
      <p class="field"><label for="ticket-language">${say('supervisor.ticket.language')}</label>
        <select id="ticket-language" name="language">${branch.languages.map((l) => html`<option value=${l} lang=${l}>${sayIn(l, 'language.name')}</option>`)}</select></p>
      <fieldset><legend>${say('supervisor.ticket.needs')}</legend><div class="checks">${branch.needs.map((need) => html`<label class="check"><input type="checkbox" name="needs" value=${need} id=${`ticket-need-${need}`}><span>${say(`need.${need}`)}</span></label>`)}</div></fieldset>
    </form>`,
    actions: html`<button class="button primary" form="ticket-form" id="ticket-give" aria-disabled=${state.sending}>${icon('ticket')}${say('supervisor.ticket.give')}</button>`,
  };
}

/** @param {State} state @param {Acts} acts @param {Dialog} dialog @returns {Content} */
function given(state, acts, {visit}) {
  return {
    title: html`${say('supervisor.ticket.given')} <span class="ticket huge">${visit.ticket}</span>`,
    body: html`<p>${say('supervisor.pair', {name: serviceName(state, visit.service), value: waitWords(visit.wait)})}</p><p>${classMark(visit.class)}</p>${needList(visit.needs)}`,
    actions: html`<button type="button" class="button" id="given-visit" @click=${() => acts.show({kind: 'visit', id: visit.id})}>${icon('list')}${say('supervisor.details')}</button>`,
  };
}

/** @param {State} state @param {Acts} acts @param {Dialog} dialog @returns {Content} */
function raise(state, acts, {id, place}) {
  const {branch} = state;
  const visit = id ? visitOf(state, id) : undefined;
  const places = [...branch.kiosks, ...branch.counters];
  const here = place ?? visit?.counter ?? '';
  return {
    title: visit ? say('supervisor.raise.for', {ticket: visit.ticket}) : say('supervisor.raise.title'),
    body: html`<form id="raise-form" @submit=${acts.raise}>
      <input type="hidden" name="visit" value=${id}>
      <p class="field"><label for="raise-reason">${say('supervisor.raise.reason')}</label>
        <select id="raise-reason" name="reason" required>${branch.reasons.map((r) => html`<option value=${r}>${say(`reason.${r}`)}</option>`)}</select></p>
      <p class="field"><label for="raise-place">${say('supervisor.raise.place')}</label>
        <select id="raise-place" name="place" required>${places.map((p) => html`<option value=${p.id} ?selected=${p.id === here}>${named(p.name)}</option>`)}</select></p>
    </form>`,
    actions: html`<button class="button primary" form="raise-form" id="raise-now" aria-disabled=${state.sending}>${icon('bell')}${say('supervisor.raise')}</button>`,
  };
}

/** @param {State} state @param {Acts} acts @returns {Content} */
function turnDay(state, acts) {
  const {branch, view} = state;
  const count = view.visits.length;
  if (!branch.open) {
    return {
      title: say('supervisor.day.open.title'), body: html`<p>${say('supervisor.day.open.means')}</p>`,
      actions: command(state, {id: 'day-open-now', picture: 'sun', words: say('supervisor.day.open'), kind: 'primary', press: () => acts.command('day/open', {}, null)}),
    };
  }
  return {
    title: say('supervisor.day.close.title'),
    body: html`<p>${count ? mark('caution', 'alert-triangle', say('supervisor.day.close.still', {count})) : mark('good', 'check', say('supervisor.day.close.nobody'))}</p><p>${say('supervisor.day.close.means')}</p>`,
    actions: command(state, {id: 'day-close-now', picture: 'moon', words: say('supervisor.day.close'), kind: 'grave', press: () => acts.command('day/close', {}, null)}),
  };
}
