/** What stands around every section of the console. */

import {html, icon, nothing} from '../core/view.js';
import {deskBar} from '../core/desk.js';
import {named, say} from '../core/words.js';
import {addressOf, sections} from './state.js';
import {box} from './box.js';
import {config} from './config.js';
import {devices} from './devices.js';
import {log} from './log.js';
import {overview, troubles} from './overview.js';
import {endDialog, tokens} from './tokens.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./parts.js').Acts} Acts */

/** @type {Record<import('./state.js').Section, string>} */
const pictures = {overview: 'home', devices: 'printer', config: 'settings', tokens: 'key', box: 'server', log: 'list'};
const bodies = {overview, devices, config, tokens, box, log};

/** @param {State} state @param {Acts} acts */
export function frame(state, acts) {
  const {branch, route} = state;
  return html`${deskBar({title: say('it.title', {branch: named(branch.name)}), live: state.live, skip: html`<a class="skip button" href=${addressOf(route.section, route.part)} @click=${acts.skip}>${say('it.skip')}</a>`, changed: acts.redraw})}
    <nav class="ways" aria-label=${say('it.nav')}><ul>${sections.map((s) => way(state, s))}</ul></nav>
    <main id="main" tabindex="-1" class=${route.section}>${bodies[route.section](state, acts)}</main>
    <dialog id="dialog" aria-labelledby="dialog-title" @close=${() => acts.ask('')}>${endDialog(state, acts)}</dialog>`;
}

/** @param {State} state @param {import('./state.js').Section} section */
function way(state, section) {
  const count = section === 'overview' ? troubles(state).length : 0;
  return html`<li><a class="button" id=${`to-${section}`} href=${addressOf(section)} aria-current=${state.route.section === section ? 'page' : nothing}>
    ${icon(pictures[section])}${say(`it.${section}`)}${count ? html`<span class="count" aria-hidden="true">${count}</span><span class="unseen">${say('it.broken', {count})}</span>` : nothing}</a></li>`;
}
