/** One person's stay: the facts, and what may be done for them now. */

import {html, icon, nothing, state as mark} from '../core/view.js';
import {language, named, say} from '../core/words.js';
import {clock, waitWords} from '../core/time.js';
import {freeCounters, visitOf} from './derive.js';
import {classMark, command, fact, placeName, running, serviceName, visitMark, waitMark} from './parts.js';
import {visitActions} from './counter.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./parts.js').Acts} Acts */

/** @param {State} state @param {Acts} acts @param {import('./state.js').Dialog} dialog @returns {import('./dialogs.js').Content} */
export function visitDialog(state, acts, {id}) {
  const visit = visitOf(state, id);
  if (!visit) return {title: id, body: nothing};
  return {
    title: html`<span class="ticket huge">${visit.ticket}</span> <span class="beside">${serviceName(state, visit.service)} ${visitMark(visit)}</span>`,
    body: html`${facts(state, visit)}
      ${visit.stranded ? html`<p>${mark('alarm', 'alert-triangle', say('supervisor.stranded.long'))}</p>` : nothing}
      ${visit.needs.length ? html`<ul class="marks">${visit.needs.map((/** @type {string} */ need) => html`<li>${say('supervisor.pair', {name: say(`need.${need}`), value: say(`need.${need}.do`)})}</li>`)}</ul>` : nothing}
      ${visit.state === 'waiting' ? callNow(state, acts, visit) : html`<div class="choices" role="group" aria-labelledby="dialog-title">${others(state, acts, visit)}</div>`}`,
    actions: html`
      <button type="button" class="button" id="visit-raise" @click=${() => acts.show({kind: 'raise', id})}>${icon('bell')}${say('supervisor.raise')}</button>
      ${visit.state === 'waiting' ? command(state, {id: 'visit-away', picture: 'clock-pause', words: say('supervisor.visit.away'), press: () => acts.command(`visits/${id}/away`)}) : nothing}
      ${['waiting', 'away', 'called'].includes(visit.state) ? html`<button type="button" class="button grave" id="visit-cancel" @click=${() => acts.show({kind: 'cancel', id})}>${icon('ban')}${say('supervisor.cancel')}</button>` : nothing}`,
  };
}

/** @param {State} state @param {any} visit */
function facts(state, visit) {
  const at = ['called', 'serving'].includes(visit.state) ? html`${placeName(state, visit.counter)} ${running(visit.confirmedAt ?? visit.calledAt)}` : '';
  return html`<dl class="facts-list">
    ${fact(say('supervisor.ticket.class'), classMark(visit.class))}
    ${fact(say('supervisor.taken'), clock(visit.createdAt))}
    ${visit.state === 'waiting' ? fact(say('supervisor.column.wait'), waitMark(state, visit)) : nothing}
    ${fact(say('supervisor.place-in-line'), visit.position ? say('supervisor.position', {position: visit.position}) : '')}
    ${visit.wait ? fact(say('supervisor.promised'), say('supervisor.said', {words: waitWords(visit.wait), time: clock(visit.wait.saidAt)}), true) : nothing}
    ${fact(say('supervisor.where'), at)}
    ${fact(say('supervisor.until.name'), visit.dueAt && visit.state !== 'waiting' && !at ? clock(visit.dueAt) : '')}
    ${fact(say('supervisor.why'), visit.reason?.text[language()], true)}
  </dl>`;
}

/** Calls this person now, to a free counter and for a reason. @param {State} state @param {Acts} acts @param {any} visit */
function callNow(state, acts, visit) {
  const free = freeCounters(state);
  const wants = needed(state, visit);
  const fits = (/** @type {any} */ counter) => wants.every((a) => counter.abilities.includes(a));
  return html`<form id="call-form" class="card" aria-labelledby="call-title" @submit=${acts.callNow}>
    <h3 id="call-title">${say('supervisor.call.title')}</h3>
    <input type="hidden" name="visit" value=${visit.id}>
    ${free.length ? html`<fieldset><legend>${say('supervisor.call.where')}</legend><div class="checks">${free.map((c) => html`<label class="check"><input type="radio" name="counter" value=${c.id} id=${`call-at-${c.id}`} required ?checked=${free.length === 1}><span>${named(c.name)}${fits(c) ? nothing : html` ${mark('caution', 'alert-triangle', say('supervisor.call.unfit'))}`}</span></label>`)}</div></fieldset>
    <p class="field"><label for="call-why">${say('supervisor.call.why')}</label><input id="call-why" name="why" required maxlength="200" autocomplete="off"></p>
    <p><button class="button primary" id="call-now" aria-disabled=${state.sending}>${icon('speakerphone')}${say('supervisor.call.now', {ticket: visit.ticket})}</button></p>`
    : html`<p>${mark('caution', 'info-circle', say('supervisor.call.none'))}</p>`}
  </form>`;
}

/** What the service needs of a counter. @param {State} state @param {any} visit @returns {string[]} */
const needed = ({branch}, visit) => /** @type {any} */ (branch.services.find((s) => s.id === visit.service))?.needsCounter ?? [];

/** @param {State} state @param {Acts} acts @param {any} visit */
function others(state, acts, visit) {
  const at = `visits/${visit.id}`;
  switch (visit.state) {
    case 'called': case 'serving': return visitActions(state, acts, visit);
    case 'away': return command(state, {id: 'visit-back', picture: 'arrow-back-up', words: say('supervisor.visit.back'), kind: 'primary', press: () => acts.command(`${at}/back`)});
    default: return html`
      ${command(state, {id: 'return-first', picture: 'arrow-up', words: say('supervisor.return.first'), kind: 'primary', press: () => acts.command(`${at}/return`, {position: 'first'})})}
      ${command(state, {id: 'return-last', picture: 'arrow-down', words: say('supervisor.return.last'), press: () => acts.command(`${at}/return`, {position: 'last'})})}`;
  }
}
