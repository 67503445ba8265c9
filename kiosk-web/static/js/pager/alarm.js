/** How a call makes itself known: colour, sound, vibration. */

import {chime, mayChime} from '../core/chime.js';
import {vibrate} from '../core/phone.js';
import {isSilent} from './state.js';

/** @typedef {import('./state.js').Page} Page */

/** How long the screen has another colour, in milliseconds. One steady change: nothing blinks. */
const colourFor = 2000;
/** How often it sounds while nobody has answered, in milliseconds. */
const soundEvery = 10_000;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let soundedAt = -Infinity;

/** Calls for a page: the whole screen changes its colour until it is touched. */
export function callFor(/** @type {Page} */ page) {
  document.documentElement.dataset.colour = 'alarm';
  clearTimeout(timer);
  timer = setTimeout(colourBack, colourFor);
  vibrate(page.alarm ? [600, 150, 600, 150, 600] : [400, 200, 400]);
  if (!isSilent(page)) sound(page.alarm);
}

/** Gives the screen its own colour back. */
export function colourBack() {
  clearTimeout(timer);
  delete document.documentElement.dataset.colour;
}

/** Sounds again while pages ask for somebody. */
export function goOnFor(/** @type {Page[]} */ asking) {
  const loud = asking.filter((page) => !isSilent(page));
  if (loud.length === 0 || performance.now() - soundedAt < soundEvery) return;
  const alarm = loud.some((page) => page.alarm);
  soundedAt = performance.now();
  vibrate(alarm ? [600, 150, 600] : [400]);
  sound(alarm);
}

/**
 * What may not sound now must not be heard later.
 * @param {boolean} alarm
 */
function sound(alarm) {
  if (!mayChime()) return;
  soundedAt = performance.now();
  if (alarm) return chime([988, 740, 988, 740, 988], 0.22, 0.6);
  chime([784, 988, 784], 0.2, 0.4);
}

/** Lets a person hear and feel what a call is like. */
export function tryOut() {
  chime([784, 988, 784], 0.2, 0.4);
  vibrate([400, 200, 400]);
}

/** Tells that the box is gone: a broken line is news, too. */
export function lineLost() {
  if (mayChime()) chime([440, 330], 0.3, 0.3);
  vibrate([200, 100, 200]);
}
