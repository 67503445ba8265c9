/** What the pager knows, and how it changes. */

import {newerOf, withEnded} from '../core/steps.js';

/** @typedef {import('../core/screen.js').Branch} Branch */

/** @typedef {{id: string, reason: string, place: string, status: string, level: number, alarm: boolean, raisedAt: string, count: number, dueAt?: string, acceptedBy?: string, step: number, steps: {at: string, step: string, who?: string}[]}} Page */
/** @typedef {{who: string, abilities: string[], connected: boolean}} Duty */
/** @typedef {'cards' | 'settings'} Route */

/**
 * @typedef {object} State
 * @property {string} me
 * @property {Branch} branch
 * @property {boolean | undefined} live undefined until it is known
 * @property {boolean} seen whether the box's view has come
 * @property {Page[]} pages
 * @property {string[]} over pages that have ended
 * @property {Duty[]} duty
 * @property {Record<string, number>} called the step in which I was called, by page
 * @property {Record<string, string>} sent what is on its way to the box, by page
 * @property {Record<string, {code: string, by: string}>} refused by page
 * @property {{sent: boolean, code: string}} turn going on or off duty
 * @property {Route} route
 * @property {number} second changes with the running clocks
 */

/**
 * @typedef {{type: 'live', live: boolean}
 *  | {type: 'view', view: {pages: Page[], duty: Duty[]}}
 *  | {type: 'events', events: any[]}
 *  | {type: 'called', page: Page, step: number}
 *  | {type: 'send', page: string, verb: string}
 *  | {type: 'answered', page: Page}
 *  | {type: 'refused', page: string, code: string, by: string}
 *  | {type: 'turn', sent: boolean, code: string}
 *  | {type: 'branch', branch: Branch}
 *  | {type: 'route', route: Route}
 *  | {type: 'second', second: number}
 *  | {type: 'look'}} Message
 */

/**
 * @param {Branch} branch
 * @param {string} me
 * @returns {State}
 */
export const initial = (branch, me) => ({
  me, branch, live: undefined, seen: false, pages: [], over: [], duty: [], called: {}, sent: {}, refused: {},
  turn: {sent: false, code: ''}, route: 'cards', second: 0,
});

/**
 * @param {State} state
 * @param {Message} message
 * @returns {State}
 */
export function reduce(state, message) {
  switch (message.type) {
    case 'live': return {...state, live: message.live};
    case 'events': return {...state, over: withEnded(state.over, message.events)};
    case 'view': return withView(state, message.view);
    case 'called': return withPage({...state, called: {...state.called, [message.page.id]: message.step}}, message.page);
    case 'send': return {...state, sent: {...state.sent, [message.page]: message.verb}, refused: without(state.refused, message.page)};
    case 'answered': return withPage({...state, sent: without(state.sent, message.page.id)}, message.page);
    case 'refused': return {
      ...state, sent: without(state.sent, message.page),
      refused: {...state.refused, [message.page]: {code: message.code, by: message.by}},
    };
    case 'turn': return {...state, turn: {sent: message.sent, code: message.code}};
    case 'branch': return {...state, branch: message.branch};
    case 'route': return {...state, route: message.route};
    case 'second': return {...state, second: message.second};
    case 'look': return {...state};
  }
}

/**
 * The view names every page that has not ended; what is known of one that it
 * does not name is over. An answer to a press may be newer than the view.
 * @param {State} state
 * @param {{pages: Page[], duty: Duty[]}} view
 * @returns {State}
 */
function withView(state, view) {
  const pages = view.pages.map((page) => newerOf(state.pages.find(({id}) => id === page.id), page));
  const known = (/** @type {string} */ id) => pages.some((page) => page.id === id);
  return {
    ...state, seen: true, pages, duty: view.duty,
    called: only(state.called, known), sent: only(state.sent, known), refused: only(state.refused, known),
  };
}

/**
 * @param {State} state
 * @param {Page} page
 * @returns {State}
 */
function withPage(state, page) {
  const others = state.pages.filter(({id}) => id !== page.id);
  if (state.over.includes(page.id) || page.status === 'closed' || page.status === 'cancelled') return {...state, pages: others};
  return {...state, pages: [...others, newerOf(state.pages.find(({id}) => id === page.id), page)]};
}

/**
 * @template T
 * @param {Record<string, T>} record
 * @param {(key: string) => boolean} keep
 * @returns {Record<string, T>}
 */
const only = (record, keep) => Object.fromEntries(Object.entries(record).filter(([key]) => keep(key)));

/**
 * @template T
 * @param {Record<string, T>} record
 * @param {string} key
 */
const without = (record, key) => only(record, (k) => k !== key);

const emergencies = ['fall', 'illness', 'duress'];

/** Whether somebody may be hurt. */
export const isEmergency = (/** @type {Page} */ page) => emergencies.includes(page.reason);

/** Whether it must make no sound: whoever is feared may hear it. */
export const isSilent = (/** @type {Page} */ page) => page.reason === 'duress';

/** Whether I am on duty. */
export const onDuty = (/** @type {State} */ {duty, me}) => duty.some(({who}) => who === me);

/**
 * What I said last about a page.
 * @param {State} state
 * @param {Page} page
 */
export function declined({me}, page) {
  const last = page.steps.filter(({step, who}) => who === me && (step === 'accepted' || step === 'rejected')).at(-1);
  return page.status === 'open' && last?.step === 'rejected';
}

/**
 * The pages that ask for me now: I was called, nobody has answered.
 * @param {State} state
 */
export const asking = (state) => state.pages.filter((page) => page.status === 'open' && page.id in state.called && !declined(state, page));

/** @typedef {'now' | 'mine' | 'declined' | 'others'} Group */

/**
 * The cards by urgency: what is urgent and mine to answer, where I go, the rest
 * that is open, what I cannot do, what colleagues do. Nothing is left out.
 * @param {State} state
 * @returns {{group: Group, urgent: boolean, pages: Page[]}[]}
 */
export function groups(state) {
  /** @param {Page} page @returns {Group} */
  const groupOf = (page) => {
    if (page.status !== 'open') return page.acceptedBy === state.me ? 'mine' : 'others';
    return declined(state, page) ? 'declined' : 'now';
  };
  const urgent = (/** @type {Page} */ page) => page.alarm || isEmergency(page);
  /** @param {Group} group @param {(page: Page) => boolean} [fits] */
  const pick = (group, fits = () => true) => state.pages.filter((page) => groupOf(page) === group && fits(page)).sort(byUrgency);
  return [
    {group: /** @type {Group} */ ('now'), urgent: true, pages: pick('now', urgent)},
    {group: /** @type {Group} */ ('mine'), urgent: false, pages: pick('mine')},
    {group: /** @type {Group} */ ('now'), urgent: false, pages: pick('now', (page) => !urgent(page))},
    {group: /** @type {Group} */ ('declined'), urgent: false, pages: pick('declined')},
    {group: /** @type {Group} */ ('others'), urgent: false, pages: pick('others')},
  ].filter(({pages}) => pages.length > 0);
}

/**
 * Alarms first and the newest of them, then emergencies, then who has waited
 * longest.
 * @param {Page} a
 * @param {Page} b
 */
function byUrgency(a, b) {
  const rank = (/** @type {Page} */ page) => (page.alarm ? 0 : isEmergency(page) ? 1 : 2);
  const age = a.raisedAt < b.raisedAt ? -1 : 1;
  return rank(a) - rank(b) || (a.alarm ? -age : age);
}

/** The cards of an address. */
export const routeOf = (/** @type {string} */ hash) => /** @type {Route} */ (hash === '#/settings' ? 'settings' : 'cards');
