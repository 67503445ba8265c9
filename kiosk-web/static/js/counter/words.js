/** The words and pictures of a counter that are put together from others. */

import {language, named, say} from '../core/words.js';
import {secondsSince} from '../core/time.js';

/** @typedef {import('./state.js').Visit} Visit */
/** @typedef {import('./state.js').Page} Page */
/** @typedef {import('./state.js').State} State */

/**
 * The picture of each reason of a call for help.
 * @type {Record<string, string>}
 */
export const reasonIcons = {
  help: 'help-circle', 'come-to-kiosk': 'device-desktop', wheelchair: 'wheelchair', escort: 'walk',
  'sign-language': 'hand-love-you', reading: 'volume', 'braille-guide': 'book', water: 'heart-handshake',
  'device-broken': 'tool', elastic: 'desk', 'go-and-look': 'eye', scam: 'alert-circle', fall: 'alert-triangle',
  illness: 'stethoscope', duress: 'hand-stop',
};

/** @param {State} state @param {string} id */
export const serviceName = ({branch}, id) => named(branch.services.find((service) => service.id === id)?.name) || id;

/**
 * How somebody is addressed; a supervisor has no name.
 * @param {State} state
 * @param {string | undefined} id
 */
export function staffName({branch}, id) {
  if (id === 'supervisor') return say('role.supervisor');
  return named(branch.staff?.find((person) => person.id === id)?.name) || id || '';
}

/**
 * The name of a place; the branch itself for a call that has none.
 * @param {State} state
 * @param {string} id
 */
export function placeName({branch}, id) {
  if (!id) return named(branch.name);
  return named([...branch.counters, ...branch.kiosks].find((place) => place.id === id)?.name) || id;
}

/** For how long somebody waited until they were called, or waits now. */
export function waitedMinutes(/** @type {Visit} */ visit) {
  const until = visit.calledAt ? (Date.parse(visit.calledAt) - Date.parse(visit.queuedAt)) / 1000 : secondsSince(visit.queuedAt);
  return Math.max(0, Math.floor(until / 60));
}

/**
 * Why somebody is called, without the ticket, which stands beside it.
 * @param {Visit} visit
 * @param {import('./state.js').Reason | undefined} reason
 */
export function whyOf(visit, reason) {
  const text = reason?.text[language()] ?? '';
  const why = text.replace(visit.ticket, '').trim();
  return why.charAt(0).toUpperCase() + why.slice(1);
}

/**
 * What a page is, in one sentence.
 * @param {State} state
 * @param {Page} page
 */
export function pageWords(state, page) {
  return say(page.alarm ? 'page.alert.alarm' : 'page.alert', {place: placeName(state, page.place), reason: say(`reason.${page.reason}`)});
}

/**
 * How far a page has come.
 * @param {State} state
 * @param {Page} page
 */
export function pageState(state, page) {
  if (page.status === 'accepted') return say('page.step.accepted', {who: staffName(state, page.acceptedBy)});
  return say(`page.status.${page.status}`);
}

/**
 * A refusal, and what to do next.
 * @param {State} state
 * @param {import('./state.js').Refusal} refusal
 * @returns {[told: string, next: string]}
 */
export function refusalWords(state, {code, by}) {
  const told = by ? say('page.step.accepted', {who: staffName(state, by)}) : say(`problem.${code}`);
  return [told, say(`counter.next.${nextSteps.includes(code) ? code : 'other'}`)];
}

/** Refusals that have a next step of their own. */
const nextSteps = ['wrong-state', 'counter-busy', 'counter-closed', 'taken', 'forbidden', 'too-many', 'branch-closed'];

/**
 * What is happening at the counter, for whoever does not look.
 * @param {State} state
 * @param {Visit} visit
 */
export function nowWords(state, visit) {
  const helps = visit.needs.map((need) => say(`need.${need}.do`));
  return [say(`visit.state.${visit.state}`), visit.ticket, serviceName(state, visit.service), ...helps].join(say('list.comma'));
}
