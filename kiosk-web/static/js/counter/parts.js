/** Pieces that the parts of a counter share. */

import {html, icon, nothing} from '../core/view.js';
import {shortcutsOn} from '../core/desk.js';
import {refusalWords} from './words.js';

/** @typedef {import('./state.js').State} State */

/**
 * What a counter does.
 * @typedef {object} Acts
 * @property {() => void} primary the next right thing
 * @property {(verb: string, body?: object) => void} visit about the visit at the counter
 * @property {(verb: string, body?: object) => void} counter about the counter
 * @property {(page: string, verb: string, body?: object) => void} page
 * @property {(reason: string) => void} raise
 * @property {(visit: string, position: string) => void} bringBack
 * @property {() => void} duty
 * @property {(name: import('./state.js').DialogName, of?: string) => void} ask opens a dialog
 * @property {() => void} dismiss closes it
 * @property {() => void} redraw
 */

/**
 * A control that has a key of its own.
 * @param {{id: string, key?: string, icon?: string, words: string, press: () => void, off?: boolean, tone?: string, start?: boolean}} control
 *   off: not possible now
 */
export function button({id, key, icon: picture, words, press, off, tone, start}) {
  return html`<button type="button" class="button ${tone ?? ''}" id=${id} data-key=${key ?? nothing} aria-keyshortcuts=${key && shortcutsOn() ? key : nothing}
      aria-disabled=${off ? 'true' : nothing} ?autofocus=${start} @click=${() => { if (!off) press(); }}>
    ${picture ? icon(picture) : nothing}<span>${words}</span>${cap(key)}</button>`;
}

/** The key of a control, when staff want keys. */
export const cap = (/** @type {string | undefined} */ key) => (key && shortcutsOn() ? html`<kbd aria-hidden="true">${key.toUpperCase()}</kbd>` : nothing);

/**
 * A refusal, near the control that was pressed.
 * @param {State} state
 * @param {string} at
 */
export function refusal(state, at) {
  if (state.refusal?.at !== at) return nothing;
  const [told, next] = refusalWords(state, state.refusal);
  return html`<p class="refusal" id="refusal">${icon('alert-triangle')}<span><strong>${told}</strong> ${next}</span></p>`;
}

/**
 * Words with a picture.
 * @param {string} picture
 * @param {unknown} words
 * @param {string} [tone]
 */
export const fact = (picture, words, tone = '') => html`<p class="fact ${tone}">${icon(picture)}<span>${words}</span></p>`;

/** A running clock, with what it counts. */
export const since = (/** @type {string} */ words) => html`<span class="clock">${icon('clock')}<span>${words}</span></span>`;
