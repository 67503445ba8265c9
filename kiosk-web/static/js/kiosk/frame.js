/** What stands around every page of a kiosk, always at the same place. */

import {html, icon, nothing} from '../core/view.js';
import {named, say, sayIn} from '../core/words.js';
import {clock, now} from '../core/time.js';
import {backOf, callOf} from './state.js';
import {pageFor} from './pages.js';

/** @typedef {import('./state.js').State} State */

/**
 * @param {State} state
 * @param {import('./layout.js').Layout} layout
 * @param {import('./pages.js').Acts} acts
 */
export function frame(state, layout, acts) {
  const {question, body, actions} = pageFor(state, layout, acts);
  const back = backOf(state);
  const call = callOf(state);
  return html`
    <header class="top">${strip(state, acts)}</header>
    <main data-page=${state.route.page}>
      <h1 tabindex="-1">${question}</h1>
      ${body}
    </main>
    <section class="band-row" aria-label=${say('kiosk.news')}>
      ${state.live ? nothing : html`<p class="offline">${icon('wifi-off')}<span>${say('offline')}</span></p>`}
      ${call || state.calling ? band(call, acts) : nothing}
    </section>
    <nav class="actions" aria-label=${say('kiosk.actions')}>${actions ?? nothing}</nav>
    <nav class="foot" aria-label=${say('kiosk.always')}>
      ${back ? html`<a class="button" id="back" href=${back}>${icon('chevron-left')}${say('kiosk.back')}</a>` : html`<span></span>`}
      <button class="button help" id="help" @click=${acts.call}>${icon('bell-ringing')}${say('kiosk.call')}</button>
    </nav>`;
}

/**
 * @param {State} state
 * @param {import('./pages.js').Acts} acts
 */
function strip({branch, journey}, acts) {
  const other = journey.language === 'en' ? 'zh-CN' : 'en';
  return html`
    <p class="place yield-0"><span>${named(branch.name)}</span><time>${clock(now())}</time></p>
    <div class="tools">
      <button class="button" id="smaller-text" @click=${() => acts.size(-1)} aria-disabled=${journey.display.size === 's'} aria-label=${say('kiosk.smaller.long')}>${icon('text-decrease')}<span>${say('kiosk.smaller')}</span></button>
      <button class="button" id="larger-text" @click=${() => acts.size(1)} aria-disabled=${journey.display.size === 'xl'} aria-label=${say('kiosk.larger.long')}>${icon('text-increase')}<span>${say('kiosk.larger')}</span></button>
      <a class="button" id="colours" href="#/display">${icon('contrast')}<span>${say('kiosk.colours')}</span></a>
      <button class="button" id="language" lang=${other} @click=${() => acts.language(other)}>${sayIn(other, 'language.name')}</button>
    </div>`;
}

/**
 * The call for help, and how far it has come. It opens the whole story.
 * @param {any} call
 * @param {import('./pages.js').Acts} acts
 */
function band(call, acts) {
  const words = call ? acts.nowOf(call) : say('kiosk.band.raised');
  return html`<a class="band" id="call-state" href="#/help">
    <span class="yield-2">${icon(call?.status === 'arrived' ? 'user-check' : 'bell-ringing')}</span><span class="band-words">${words}</span>${icon('chevron-right')}</a>`;
}
