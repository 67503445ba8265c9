/**
 * How many choices a page has, and what gives way where there is little room.
 * Nothing on a kiosk scrolls.
 */

import {panel} from '../core/display.js';

/** Below this height in millimetres a panel is short: the actions share a row with back and help. */
const short = 200;

/**
 * @typedef {{short: boolean, columns: number, rows: number}} Layout
 */

/**
 * The layout for this screen. At most four choices, two at the largest size.
 * @param {import('../core/display.js').Display} display
 * @param {boolean} banded whether a call for help is told in a band
 * @returns {Layout}
 */
export function layoutOf({size, motor}, banded) {
  const {height} = panel();
  if (height >= short) return {short: false, columns: 1, rows: rowsOfTall(height, size, motor, banded)};
  const single = size === 'l' || size === 'xl' || motor || banded;
  return {short: true, columns: 2, rows: single ? 1 : 2};
}

/**
 * @param {number} height
 * @param {string} size
 * @param {boolean} motor
 * @param {boolean} banded
 */
function rowsOfTall(height, size, motor, banded) {
  if (size === 'xl') return 2;
  const crowded = height < 300 && (motor || size === 'l') && banded;
  return crowded ? 2 : height < 300 && (motor || size === 'l') ? 3 : 4;
}

/** The steps in which a page gives up what it can do without. */
const steps = 5;

/**
 * Hides what can be done without, step by step, until the page fits. What has
 * the class yield-n goes at step n; it is always told elsewhere, too. On a short
 * panel the actions first get a row of their own.
 */
export function fit() {
  const {dataset} = document.documentElement;
  dataset.fit = '0';
  dataset.actions = 'beside';
  if (spills('.actions, .foot, .actions .button, .foot .button')) dataset.actions = 'row';
  for (let step = 0; step <= steps; step++) {
    dataset.fit = String(step);
    if (!spills('html, main, .choice, .button, .band, .choices') && !spillsSideways('.words')) return;
  }
}

/**
 * Whether something of the page has no room.
 * @param {string} selector
 */
function spills(selector) {
  return spillsSideways(selector) || Array.from(document.querySelectorAll(selector)).some((box) =>
    box.scrollHeight > box.clientHeight + 1 && getComputedStyle(box).display !== 'inline');
}

/**
 * Whether a word is wider than its box.
 * @param {string} selector
 */
function spillsSideways(selector) {
  return Array.from(document.querySelectorAll(selector)).some((box) => box.scrollWidth > box.clientWidth + 1);
}

/**
 * The choices of one page of a list, and how many pages there are.
 * @template T
 * @param {T[]} all
 * @param {number} n from 1
 * @param {Layout} layout
 * @returns {{shown: T[], pages: number, n: number}}
 */
export function pageOf(all, n, layout) {
  const size = layout.columns * layout.rows;
  const pages = Math.max(1, Math.ceil(all.length / size));
  const at = Math.min(n, pages);
  return {shown: all.slice((at - 1) * size, at * size), pages, n: at};
}
