/**
 * What the screens on a telephone share: how they look, and what this browser
 * can do for whoever must not miss something.
 */

import {html, icon} from './view.js';
import {chime, mayChime} from './chime.js';
import {keepDisplay, keptDisplay, show, sizes, themes} from './display.js';
import {language, say, sayIn} from './words.js';

/** @typedef {import('./display.js').Display} Display */

/** CSS pixels of a millimetre where a telephone was not measured. */
export const handheld = 6.3;

/**
 * The buttons for size and colour.
 * @param {string} name under which the display is kept
 * @param {() => void} changed draws the screen anew
 */
export function lookTools(name, changed) {
  const look = keptDisplay(name);
  const at = sizes.indexOf(look.size);
  const theme = themes[(themes.indexOf(look.theme) + 1) % themes.length];
  /** @param {Partial<Display>} change */
  const change = (change) => { keepDisplay(name, {...look, ...change}); show(keptDisplay(name)); changed(); };
  return html`
    <button class="button" id="smaller-text" aria-label=${say('kiosk.smaller.long')} aria-disabled=${at === 0}
      @click=${() => change({size: sizes[Math.max(0, at - 1)]})}>${icon('text-decrease')}${say('kiosk.smaller')}</button>
    <button class="button" id="larger-text" aria-label=${say('kiosk.larger.long')} aria-disabled=${at === sizes.length - 1}
      @click=${() => change({size: sizes[Math.min(sizes.length - 1, at + 1)]})}>${icon('text-increase')}${say('kiosk.larger')}</button>
    <button class="button wide" id="theme" @click=${() => change({theme})}>${icon('contrast')}${say(`display.${look.theme}`)}</button>`;
}

/**
 * The button for the other language.
 * @param {(lang: string) => void} choose
 */
export function languageTool(choose) {
  const other = language() === 'en' ? 'zh-CN' : 'en';
  return html`<button class="button" id="language" lang=${other} @click=${() => choose(other)}>${sayIn(other, 'language.name')}</button>`;
}

/** A browser sounds only after a touch: any touch will do. */
export function soundAfterTouch() {
  for (const touch of ['click', 'keydown']) addEventListener(touch, () => { if (!mayChime()) chime([]); }, {capture: true});
}

/** Whether this browser can shake the telephone. */
export const canVibrate = () => 'vibrate' in navigator;

/**
 * Shakes the telephone, if it can and was touched before.
 * @param {number[]} pattern milliseconds on and off
 */
export function vibrate(pattern) {
  if (canVibrate() && navigator.userActivation?.hasBeenActive) navigator.vibrate(pattern);
}

/** @type {WakeLockSentinel | undefined} */
let lock;

/** Whether this browser can keep the screen on. */
export const canStayAwake = () => 'wakeLock' in navigator;

/**
 * Keeps the screen on, or lets it go dark again. The lock ends by itself when
 * the page is hidden, so this is asked again and again.
 * @param {boolean} wanted
 */
export async function stayAwake(wanted) {
  if (!wanted) {
    lock?.release();
    lock = undefined;
    return;
  }
  if (!canStayAwake() || document.hidden || lock && !lock.released) return;
  try {
    lock = await navigator.wakeLock.request('screen');
  } catch {
    // The battery is low, or the page has just been hidden: the next time will do.
  }
}
