/** What happened, as far as branch IT may read it. */

import {html, icon, nothing} from '../core/view.js';
import {say} from '../core/words.js';
import {eventTable, problemNote} from './parts.js';
import {addressOf, kinds} from './state.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./parts.js').Acts} Acts */

/** @param {State} state @param {Acts} acts */
export function log(state, acts) {
  const {log, route} = state;
  return html`<h1 tabindex="-1">${say('it.log')}</h1>
    <nav class="parts" aria-label=${say('it.log.kinds')}><ul class="row">${['', ...kinds].map((kind) => html`<li><a class="button" id=${`kind-${kind || 'all'}`} href=${addressOf('log', kind)} aria-current=${kind === route.part ? 'page' : nothing}>${say(`it.kind.${kind || 'all'}`)}</a></li>`)}</ul></nav>
    ${problemNote(log.problem, 'log-problem')}
    ${table(state)}
    <div class="row pager"><button type="button" class="button" id="newer" aria-disabled=${log.busy || !log.before} @click=${acts.newer}>${icon('chevron-left')}${say('it.log.newer')}</button>
      <button type="button" class="button" id="older" aria-disabled=${log.busy || !log.more} @click=${acts.older}>${say('it.log.older')}${icon('chevron-right')}</button>
      <span>${log.busy ? say('it.reading') : log.before ? nothing : say('it.log.newest')}</span></div>`;
}

/** @param {State} state */
function table(state) {
  const {log} = state;
  if (!log.events) return log.busy ? nothing : html`<p class="empty">${say('it.reading')}</p>`;
  if (!log.events.length) return html`<p class="empty">${say('it.log.none')}</p>`;
  return html`<div class="panel">${eventTable(state, log.events, {id: 'events', caption: say('it.log')})}</div>`;
}
