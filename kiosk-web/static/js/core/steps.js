/** How a call for help has gone, told to the person who waits. */

import {say} from './words.js';

/** What a person is told of a page, step by step. */
const told = ['raised', 'notified', 'delivered', 'accepted', 'rejected', 'escalated', 'alarmed', 'reopened', 'arrived'];

/**
 * The steps of a page as sentences, the newest last. The same thing is not said
 * twice in a row.
 * @param {any} page
 * @param {(staff: string) => string} nameOf
 */
export function stepsOf(page, nameOf) {
  /** @type {string[]} */
  const steps = [];
  for (const {step, who} of page.steps) {
    if (!told.includes(step)) continue;
    add(steps, say(`page.step.${step}`, {who: nameOf(who ?? '')}));
    // What is due after an arrival, or after a helper was held up, is another matter.
    if (step === 'accepted' && page.status === 'accepted') add(steps, say('page.step.on-the-way', {minutes: minutesOf(page)}));
  }
  return steps.length ? steps : [say('page.step.raised')];
}

/**
 * @param {string[]} steps
 * @param {string} words
 */
function add(steps, words) {
  const at = steps.indexOf(words);
  if (at >= 0) steps.splice(at, 1);
  steps.push(words);
}

/** In how many minutes whoever accepted is to be there. */
function minutesOf(/** @type {any} */ page) {
  if (!page.dueAt || !page.acceptedAt) return 2;
  return Math.max(1, Math.round((Date.parse(page.dueAt) - Date.parse(page.acceptedAt)) / 60000));
}

/**
 * The newest step in a few words.
 * @param {any} page
 * @param {(staff: string) => string} nameOf
 */
export function nowOf(page, nameOf) {
  const newest = page.steps.findLast((/** @type {any} */ s) => told.includes(s.step)) ?? {step: 'raised'};
  return say(`kiosk.band.${newest.step}`, {who: nameOf(newest.who ?? '')});
}

/**
 * The newer of two accounts of a page: the answer to a press may come after the
 * box's view has told what followed from it.
 * @param {any} known what is known, if anything
 * @param {any} page
 */
export const newerOf = (known, page) => (known && lastAt(known) > lastAt(page) ? known : page);

const lastAt = (/** @type {any} */ page) => Date.parse(page.steps.at(-1)?.at ?? page.raisedAt);

/** How many ended pages a screen remembers: far more than can end while an answer is on its way. */
const remembered = 64;

/**
 * The pages that have ended, with those that these events end. An answer that
 * comes late must not bring one back: the box's view leaves it out already.
 * @param {string[]} over
 * @param {{event: string, data: {page?: string}}[]} events
 */
export const withEnded = (over, events) => [...over, ...events
  .filter(({event}) => event === 'page.closed' || event === 'page.cancelled')
  .map(({data}) => data.page ?? '')].slice(-remembered);
