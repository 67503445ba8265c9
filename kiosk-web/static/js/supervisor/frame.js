/** What stands around every section of the console. */

import {html, icon, nothing} from '../core/view.js';
import {named, say} from '../core/words.js';
import {deskBar} from '../core/desk.js';
import {addressOf, sections} from './state.js';
import {day} from './day.js';
import {dialogOf} from './dialogs.js';
import {floor} from './floor.js';
import {pages} from './pages.js';
import {visits} from './visits.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./parts.js').Acts} Acts */

/** @type {Record<import('./state.js').Section, string>} */
const pictures = {floor: 'desk', visits: 'users', pages: 'bell', day: 'chart-bar'};

/** @param {State} state @param {Acts} acts */
export function frame(state, acts) {
  const {branch, route} = state;
  return html`${deskBar({title: say('supervisor.title', {section: named(branch.name)}), live: state.live, skip: html`<a class="skip button" href=${addressOf(route.section, route.filter)} @click=${acts.skip}>${say('supervisor.skip')}</a>`, changed: acts.redraw})}
    <div class="ways">
      <nav aria-label=${say('supervisor.nav')}><ul>${sections.map((s) => way(state, s))}</ul></nav>
      <div class="row">
        <button class="button" id="give-ticket" @click=${() => acts.show({kind: 'ticket', id: ''})}>${icon('ticket')}${say('supervisor.ticket')}</button>
        <button class="button" id="raise-page" @click=${() => acts.show({kind: 'raise', id: ''})}>${icon('bell')}${say('supervisor.raise')}</button>
      </div>
    </div>
    ${branch.open ? nothing : html`<p class="notice">${icon('moon')}<span>${say('supervisor.day.closed')}</span></p>`}
    ${state.problem && !state.dialog ? html`<p class="notice alarm" id="problem">${icon('alert-triangle')}<span>${state.problem}</span></p>` : nothing}
    <main id="main" tabindex="-1"><h1 class="unseen" tabindex="-1">${say('supervisor.title', {section: say(`supervisor.${route.section}`)})}</h1>${body(state, acts)}</main>
    <dialog id="dialog" aria-labelledby="dialog-title" @close=${acts.closed}>${state.dialog ? dialogOf(state, acts) : nothing}</dialog>`;
}

/** @param {State} state @param {Acts} acts */
function body(state, acts) {
  switch (state.route.section) {
    case 'visits': return visits(state, acts);
    case 'pages': return pages(state, acts);
    case 'day': return day(state, acts);
    default: return floor(state, acts);
  }
}

/** @param {State} state @param {import('./state.js').Section} section */
function way({view, route}, section) {
  const count = section === 'visits' ? view.visits.length : section === 'pages' ? view.pages.length : 0;
  const alarm = section === 'pages' && view.pages.some((p) => p.alarm && p.status === 'open');
  return html`<li><a class="button" id=${`to-${section}`} href=${addressOf(section)} aria-current=${route.section === section ? 'page' : nothing}>
    ${icon(alarm ? 'bell-ringing' : pictures[section])}${say(`supervisor.${section}`)}${count ? html`<span class="count">${count}</span>` : nothing}${alarm ? html`<span class="unseen">${say('supervisor.page.unanswered')}</span>` : nothing}</a></li>`;
}
