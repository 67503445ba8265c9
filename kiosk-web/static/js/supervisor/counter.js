/** What a supervisor may do for one counter. */

import {html, icon, nothing} from '../core/view.js';
import {named, language, say} from '../core/words.js';
import {doingOf, troubleAt, visitOf} from './derive.js';
import {classMark, command, counterMark, fact, needList, running, serviceName, staffName, troubleMark} from './parts.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./parts.js').Acts} Acts */

/** @param {State} state @param {Acts} acts @param {import('./state.js').Dialog} dialog @returns {import('./dialogs.js').Content} */
export function counterDialog(state, acts, {id}) {
  const counter = state.view.counters.find((c) => c.id === id);
  if (!counter) return {title: id, body: nothing};
  const visit = counter.serving ? visitOf(state, counter.serving) : undefined;
  const doing = doingOf(state, counter);
  return {
    title: html`${named(counter.name)} <span class="beside">${counterMark(doing)}</span>`,
    body: html`<dl class="facts-list">
        ${fact(say('supervisor.staff'), counter.staff ? staffName(state, counter.staff) : '')}
        ${fact(say('supervisor.abilities'), counter.abilities.map((/** @type {string} */ a) => say(`ability.${a}`)).join(say('list.comma')))}
      </dl>
      ${troubleAt(state, id).map((d) => html`<p>${troubleMark(d)}</p>`)}
      ${visit ? served(state, acts, visit) : nothing}
      <div class="choices" role="group" aria-labelledby="dialog-title">${actions(state, acts, counter, doing, visit)}</div>`,
  };
}

/** @param {State} state @param {Acts} acts @param {any} visit */
function served(state, acts, visit) {
  return html`<section class="card"><p class="spread"><span class="ticket huge">${visit.ticket}</span>${running(visit.confirmedAt ?? visit.calledAt)}
      <button type="button" class="button" id="counter-visit" @click=${() => acts.show({kind: 'visit', id: visit.id})}>${icon('list')}${say('supervisor.details')}</button></p>
    <p class="spread"><span>${serviceName(state, visit.service)}</span>${classMark(visit.class)}</p>
    ${needList(visit.needs)}
    ${visit.reason ? html`<p>${visit.reason.text[language()]}</p>` : nothing}</section>`;
}

/** @param {State} state @param {Acts} acts @param {any} counter @param {string} doing @param {any} visit */
function actions(state, acts, counter, doing, visit) {
  const at = `counters/${counter.id}`;
  const close = command(state, {id: 'counter-close', picture: 'circle-x', words: say('supervisor.counter.close'), press: () => acts.command(`${at}/close`)});
  switch (doing) {
    case 'called': case 'serving': return visitActions(state, acts, visit);
    case 'free': return html`
      ${command(state, {id: 'counter-next', picture: 'speakerphone', words: say('supervisor.counter.next'), kind: 'primary', press: () => acts.callNext(counter.id)})}
      ${command(state, {id: 'counter-pause', picture: 'circle-pause', words: say('supervisor.counter.pause'), press: () => acts.command(`${at}/pause`)})}${close}`;
    default: return html`${opening(state, acts, counter)}${doing === 'paused' ? close : nothing}`;
  }
}

/** @param {State} state @param {Acts} acts @param {any} visit */
export function visitActions(state, acts, visit) {
  const at = `visits/${visit.id}`;
  if (visit.state === 'serving') return command(state, {id: 'visit-finish', picture: 'check', words: say('supervisor.visit.finish'), kind: 'primary', press: () => acts.command(`${at}/finish`)});
  return html`
    ${command(state, {id: 'visit-confirm', picture: 'user-check', words: say('supervisor.visit.confirm'), kind: 'primary', press: () => acts.command(`${at}/confirm`)})}
    ${command(state, {id: 'visit-recall', picture: 'repeat', words: say('supervisor.visit.recall'), press: () => acts.command(`${at}/recall`)})}
    ${command(state, {id: 'visit-no-show', picture: 'user-off', words: say('supervisor.visit.no-show'), press: () => acts.command(`${at}/no-show`)})}`;
}

/** A closed or paused counter is opened with somebody. @param {State} state @param {Acts} acts @param {any} counter */
function opening({branch, sending}, acts, counter) {
  return html`<form id="open-form" class="row" @submit=${acts.openCounter}>
    <input type="hidden" name="counter" value=${counter.id}>
    <p class="field"><label for="open-staff">${say('supervisor.counter.with')}</label>
      <select id="open-staff" name="staff"><option value="">${counter.staff ? say('supervisor.counter.same') : say('supervisor.counter.unnamed')}</option>
        ${(branch.staff ?? []).map((s) => html`<option value=${s.id}>${named(s.name)}</option>`)}</select></p>
    <button class="button primary" id="counter-open" aria-disabled=${sending}>${icon('player-play')}${say('supervisor.counter.open')}</button>
  </form>`;
}
