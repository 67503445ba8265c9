/** Times as people say them, by the box's clock and the branch's time zone. */

import {language, say} from './words.js';

let offset = 0;
let zone = 'Asia/Shanghai';

/**
 * Learns the branch's time zone, and how far this screen's clock is from the
 * box's.
 * @param {string} timeZone
 * @param {string | null} date the Date header of an answer of the box
 */
export function learnTime(timeZone, date) {
  if (timeZone) zone = timeZone;
  if (!date) return;
  const apart = Date.parse(date) - Date.now();
  // The header is in whole seconds: less than two are no difference.
  offset = Math.abs(apart) < 2000 ? 0 : apart;
}

/** The box's time, in milliseconds. */
export const now = () => Date.now() + offset;

/** A moment as the clock on the wall shows it: 09:05. */
export function clock(/** @type {string | number} */ at) {
  return new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', timeZone: zone}).format(new Date(at));
}

/** A day as it is said: 11月27日 星期五 · Friday, 27 November. */
export function day(/** @type {string | number} */ at) {
  return new Intl.DateTimeFormat(language() === 'en' ? 'en-GB' : 'zh-CN', {month: 'long', day: 'numeric', weekday: 'long', timeZone: zone}).format(new Date(at));
}

/** Today in the branch, as 2026-11-27. */
export function today() {
  return new Intl.DateTimeFormat('en-CA', {timeZone: zone}).format(new Date(now()));
}

/** Seconds since a moment, never negative. */
export const secondsSince = (/** @type {string} */ at) => Math.max(0, Math.floor((now() - Date.parse(at)) / 1000));

/** Whole minutes and seconds, for a clock that runs: 3:07. */
export function stopwatch(/** @type {number} */ seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}

/**
 * A promised range in words, the same as on the slip.
 * @param {{lowSeconds: number, highSeconds: number} | undefined} wait
 */
export function waitWords(wait) {
  if (!wait) return say('wait.unknown');
  const low = Math.ceil(wait.lowSeconds / 60);
  const high = Math.ceil(wait.highSeconds / 60);
  const args = {low, high, minutes: high};
  if (high <= 1) return say('wait.soon', args);
  if (low <= 0) return say('wait.within', args);
  if (low >= high) return say('wait.about', args);
  return say('wait.range', args);
}
