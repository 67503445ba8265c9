/** How the pager looks, and what this browser can and cannot do for it. */

import {html, icon, nothing, state as badge} from '../core/view.js';
import {say} from '../core/words.js';
import {canStayAwake, canVibrate, languageTool, lookTools} from '../core/phone.js';
import {mayChime} from '../core/chime.js';
import {onDuty} from './state.js';

/** @typedef {import('./state.js').State} State */

/**
 * @param {State} state
 * @param {import('./cards.js').Acts} acts
 * @param {string} keptLook
 */
export function settings(state, acts, keptLook) {
  return html`<div class="settings">
    <a class="button" id="back" href="#/">${icon('chevron-left')}${say('kiosk.back')}</a>
    <section aria-labelledby="phone">
      <h2 id="phone">${say('pager.phone')}</h2>
      <ul class="can">${abilities()}</ul>
      <button class="button" id="sound-test" @click=${acts.test}>${icon('volume')}${say('pager.sound.test')}</button>
    </section>
    <section aria-labelledby="look">
      <h2 id="look">${say('pager.look')}</h2>
      <div class="tools">${lookTools(keptLook, acts.look)}${languageTool(acts.language)}</div>
    </section>
    ${onDuty(state) ? html`<section aria-labelledby="duty">
      <h2 id="duty">${badge('good', 'user-check', say('pager.on'))}</h2>
      ${state.turn.code ? html`<p class="fact refused">${icon('alert-triangle')}<span>${say(`problem.${state.turn.code}`)}</span></p>` : nothing}
      <button class="button" id="go-off" @click=${() => acts.duty('off')} aria-disabled=${state.turn.sent}>${icon('logout')}${say(state.turn.sent ? 'pager.sending' : 'pager.go-off')}</button>
    </section>` : nothing}
  </div>`;
}

/** What this browser can do here; beside what it cannot, what to do instead. */
function abilities() {
  return [
    ability('sound', mayChime(), 'volume', 'volume-off', say('pager.sound.do')),
    ability('vibrate', canVibrate(), 'device-mobile-vibration', 'ban', say('pager.vibrate.do')),
    ability('awake', canStayAwake(), 'sun', 'moon', say('pager.awake.do')),
    ability('secure', isSecureContext, 'lock', 'alert-triangle', say('pager.secure.do')),
    html`<li>${badge('soft', 'info-circle', say('pager.open.do'))}</li>`,
  ];
}

/**
 * @param {string} what
 * @param {boolean} can
 * @param {string} yes icon
 * @param {string} no icon
 * @param {string} instead
 */
function ability(what, can, yes, no, instead) {
  return html`<li id="can-${what}" data-can=${can}>${can ? badge('good', yes, say(`pager.${what}.on`)) : html`${badge('caution', no, say(`pager.${what}.off`))}
    <p>${instead}</p>`}</li>`;
}
