/**
 * The one key map. A kiosk's keypad sends F17 to F24; on staff screens a control
 * names its own key with data-key.
 */

import {alert, announce} from './announce.js';
import {reachable} from './focus.js';
import {say} from './words.js';

/** @typedef {'help' | 'up' | 'down' | 'action' | 'back' | 'next' | 'first' | 'last'} KeypadKey */

/**
 * The eight keys of an assistive keypad by the code a browser reports, with the
 * keys of an ordinary keyboard that stand in for them.
 * @type {Record<string, KeypadKey>}
 */
const keypad = {
  F17: 'help', F18: 'up', F19: 'down', F20: 'action', F21: 'back', F22: 'next', F23: 'first', F24: 'last',
  F1: 'help', ArrowUp: 'up', ArrowDown: 'down', Escape: 'back', ArrowRight: 'next', ArrowLeft: 'back', Home: 'first', End: 'last',
};

/** The same key within half a second is the same press (EN 301 549, 5.8). */
const doubleStrike = 500;

/**
 * Lets a kiosk be walked with its keypad.
 * @param {(key: KeypadKey) => void} act does help, back and next; the rest is done here
 */
export function listenToKeypad(act) {
  let last = {code: '', at: -doubleStrike};
  addEventListener('keydown', (event) => {
    const key = keypad[event.code];
    if (!key || isEditing(event) && !event.code.startsWith('F') && !['up', 'down'].includes(key)) return;
    event.preventDefault();
    // Walking on is no double strike: only the keys that do something are filtered.
    const walks = ['up', 'down'].includes(key);
    if (event.repeat || !walks && last.code === event.code && event.timeStamp - last.at < doubleStrike) return;
    last = {code: event.code, at: event.timeStamp};
    if (key === 'up') return walk(-1);
    if (key === 'down') return walk(1);
    if (key === 'first') return reachable()[0]?.focus();
    if (key === 'last') return reachable().at(-1)?.focus();
    if (key === 'action') return /** @type {HTMLElement | null} */ (document.activeElement)?.click();
    act(key);
  });
}

/** Moves along what can be reached, without going round at the ends. */
function walk(/** @type {number} */ step) {
  const order = reachable();
  const at = order.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = at < 0 ? (step > 0 ? 0 : order.length - 1) : at + step;
  if (to < 0) return announce(say('keys.first'));
  if (to >= order.length) return announce(say('keys.last'));
  order[to].focus();
}

/**
 * Lets staff press the key that stands on a control, as long as they do not
 * type. on says whether they want to.
 * @param {() => boolean} on
 */
export function listenToShortcuts(on) {
  addEventListener('keydown', (event) => {
    if (!on() || event.repeat || event.ctrlKey || event.altKey || event.metaKey || isEditing(event)) return;
    const within = document.querySelector('dialog[open]') ?? document;
    const control = Array.from(within.querySelectorAll(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`))
      .find((e) => /** @type {HTMLElement} */ (e).checkVisibility());
    if (!control) return;
    event.preventDefault();
    const button = /** @type {HTMLElement} */ (control);
    if (button.getAttribute('aria-disabled') === 'true') return alert(say('keys.not-now'));
    button.focus();
    button.click();
  });
}

/** @param {KeyboardEvent} event */
function isEditing(event) {
  const target = /** @type {HTMLElement | null} */ (event.target);
  return target?.matches?.('input, select, textarea') ?? false;
}
