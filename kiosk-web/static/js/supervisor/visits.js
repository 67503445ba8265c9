/** Everybody who is in the branch, longest first. */

import {html, icon, nothing, state as mark} from '../core/view.js';
import {say} from '../core/words.js';
import {clock} from '../core/time.js';
import {addressOf, filters} from './state.js';
import {filtered} from './derive.js';
import {classMark, needList, placeName, serviceName, visitMark, waitMark} from './parts.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./parts.js').Acts} Acts */

/** @param {State} state @param {Acts} acts */
export function visits(state, acts) {
  const {view, route} = state;
  const shown = filtered(view.visits, route.filter);
  return html`<nav class="filters" aria-label=${say('supervisor.filter')}><ul>${filters.map((filter) => html`<li><a class="button" id=${`filter-${filter}`}
      href=${addressOf('visits', filter)} aria-current=${filter === route.filter ? 'true' : nothing}>${say(`supervisor.filter.${filter}`)}<span class="count">${filtered(view.visits, filter).length}</span></a></li>`)}</ul></nav>
    ${shown.length ? html`<table class="visits">
      <thead><tr>${['ticket', 'service', 'needs', 'wait', 'state'].map((column) => html`<th scope="col">${say(`supervisor.column.${column}`)}</th>`)}</tr></thead>
      <tbody>${shown.map((visit) => row(state, acts, visit))}</tbody>
    </table>` : html`<p class="empty">${say('supervisor.visits.none')}</p>`}`;
}

/** @param {State} state @param {Acts} acts @param {any} visit */
function row(state, acts, visit) {
  return html`<tr id=${visit.id}>
    <th scope="row"><button class="button ticket" id=${`visit-${visit.id}`} @click=${() => acts.show({kind: 'visit', id: visit.id})}>${visit.ticket}${icon('chevron-right')}</button></th>
    <td><span class="lines"><span>${serviceName(state, visit.service)}</span>${classMark(visit.class)}</span></td>
    <td>${needList(visit.needs)}</td>
    <td><span class="lines">${waitMark(state, visit)}${visit.position ? html`<span>${say('supervisor.position', {position: visit.position})}</span>` : nothing}</span></td>
    <td><span class="lines">${visitMark(visit)}${whereWords(state, visit)}${visit.stranded ? mark('alarm', 'alert-triangle', say('supervisor.stranded')) : nothing}</span></td>
  </tr>`;
}

/** Where a visit is, or until when it is set aside. @param {State} state @param {any} visit */
function whereWords(state, visit) {
  if (visit.counter && ['called', 'serving'].includes(visit.state)) return html`<span>${placeName(state, visit.counter)}</span>`;
  if (visit.dueAt && ['away', 'parked', 'no-show'].includes(visit.state)) return html`<span>${say('supervisor.until', {time: clock(visit.dueAt)})}</span>`;
  return visit.page ? mark('caution', 'bell', say('supervisor.calls', {count: 1})) : nothing;
}

