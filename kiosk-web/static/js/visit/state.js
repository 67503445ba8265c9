/** What a customer's own telephone knows of their visit, and how it changes. */

import {callReason} from '../core/choices.js';
import {newerOf, withEnded} from '../core/steps.js';

/** @typedef {import('../core/screen.js').Branch} Branch */
/** @typedef {'ticket' | 'leave' | 'look'} Route */

/**
 * @typedef {object} State
 * @property {Branch} branch
 * @property {boolean | undefined} live undefined until it is known
 * @property {any} visit undefined until the box's view has come; without an id when it has ended
 * @property {any[]} pages the calls for help
 * @property {string[]} over those that have ended
 * @property {string} sent what is on its way to the box
 * @property {string} problem why it was refused
 * @property {boolean} callFailed
 * @property {Route} route
 * @property {boolean} sound whether this telephone may ring
 */

/**
 * @typedef {{type: 'live', live: boolean}
 *  | {type: 'events', events: any[]}
 *  | {type: 'view', view: {visit: any, pages: any[]}}
 *  | {type: 'send', act: string}
 *  | {type: 'acted', visit: any}
 *  | {type: 'called', page: any}
 *  | {type: 'refused', code: string}
 *  | {type: 'call-failed'}
 *  | {type: 'branch', branch: Branch}
 *  | {type: 'route', route: Route}
 *  | {type: 'sound', sound: boolean}
 *  | {type: 'draw'}} Message
 */

/**
 * @param {Branch} branch
 * @returns {State}
 */
export const initial = (branch) => ({
  branch, live: undefined, visit: undefined, pages: [], over: [], sent: '', problem: '', callFailed: false, route: 'ticket', sound: true,
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
    case 'view': return {...state, visit: message.view.visit, pages: message.view.pages};
    case 'send': return {...state, sent: message.act, problem: '', callFailed: false};
    case 'acted': return {...state, sent: '', visit: {...state.visit, ...message.visit}};
    case 'called': return withPage({...state, sent: ''}, message.page);
    case 'refused': return {...state, sent: '', problem: message.code};
    case 'call-failed': return {...state, sent: '', callFailed: true};
    case 'branch': return {...state, branch: message.branch};
    case 'route': return {...state, route: message.route, problem: ''};
    case 'sound': return message.sound === state.sound ? state : {...state, sound: message.sound};
    case 'draw': return {...state};
  }
}

/**
 * @param {State} state
 * @param {any} page
 * @returns {State}
 */
function withPage(state, page) {
  if (state.over.includes(page.id)) return state;
  const known = state.pages.find(({id}) => id === page.id);
  return {...state, pages: [...state.pages.filter((other) => other !== known), newerOf(known, page)]};
}

/** The pages by which somebody is being called, the newest first. @param {State} state */
const calls = ({pages}) => pages
  .filter(({status}) => ['open', 'accepted', 'arrived'].includes(status))
  .sort((a, b) => (a.raisedAt < b.raisedAt ? 1 : -1));

/** The newest of them. @param {State} state */
export const callOf = (state) => calls(state).at(0);

/** Whom a press of this person calls. @param {State} state */
export const reasonOf = ({visit, branch}) => callReason(visit.needs ?? [], branch.reasons);

/**
 * Whether this person can call somebody: not again while somebody is coming for
 * the same. The branch may have called for another reason by itself.
 * @param {State} state
 */
export const mayCall = (state) => !calls(state).some(({reason, status}) => reason === reasonOf(state) && status !== 'arrived');

/** What a visit can still do. @param {any} visit */
export const actsOf = (visit) => ({
  away: ['waiting', 'called'].includes(visit.state),
  back: visit.state === 'away',
  cancel: ['waiting', 'called', 'away'].includes(visit.state),
  help: !['finished', 'removed'].includes(visit.state),
});

/** Names a call of the visit to a counter: it is told once. @param {any} visit */
export const callingOf = (visit) => (visit?.state === 'called' ? `${visit.id} ${visit.calledAt} ${visit.recalls}` : '');

/** The page of an address. @param {string} hash @returns {Route} */
export const routeOf = (hash) => (hash === '#/leave' ? 'leave' : hash === '#/look' ? 'look' : 'ticket');
