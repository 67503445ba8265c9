/**
 * What a kiosk knows and how it changes. Pure: no clock, no network, no page.
 */

import {plainDisplay, sizes, themes} from '../core/display.js';
import {newerOf, withEnded} from '../core/steps.js';

/** @typedef {import('../core/display.js').Display} Display */
/** @typedef {import('../core/screen.js').Branch} Branch */

/**
 * @typedef {'welcome' | 'needs' | 'service' | 'confirm' | 'ticket' | 'scan' | 'visit' | 'leave' | 'display' | 'help' | 'time' | 'calibrate'} PageName
 * @typedef {{page: PageName, n: number, of: string}} Route n is the page of a list, of what an address names
 */

/**
 * One person's dealings with the kiosk; forgotten when they end.
 * @typedef {object} Journey
 * @property {string} session names the journey to the box
 * @property {string} language
 * @property {Display} display
 * @property {string[]} needs
 * @property {boolean} priority
 * @property {string} service
 * @property {Order | null} order
 * @property {Ticket | null} ticket
 * @property {string[]} calls pages raised in this journey
 * @property {Route} from where a page that can be opened from everywhere goes back to
 */

/** @typedef {{id: string, sent: boolean, problem: string}} Order a ticket that is asked for; id names the command */
/** @typedef {{visit: any, key: string, qr: string, sent: string, problem: string}} Ticket */

/**
 * @typedef {object} State
 * @property {Branch} branch
 * @property {boolean} live
 * @property {{pages: any[], missing: string[], waits: {service: string, class: string, wait: any}[]}} kiosk the box's view
 * @property {Route} route
 * @property {Journey} journey
 * @property {string} scanProblem
 * @property {number} minute changes with the clock on the wall
 * @property {string[]} over pages that have ended
 * @property {boolean} calling whether a call for help is on its way to the box
 */

/**
 * @typedef {{type: 'live', live: boolean}
 *  | {type: 'view', view: any}
 *  | {type: 'events', events: any[]}
 *  | {type: 'branch', branch: Branch}
 *  | {type: 'route', route: Route}
 *  | {type: 'language', language: string}
 *  | {type: 'size', step: 1 | -1}
 *  | {type: 'theme', theme: Display['theme']}
 *  | {type: 'motor'}
 *  | {type: 'need', need: string}
 *  | {type: 'priority'}
 *  | {type: 'service', service: string}
 *  | {type: 'order', id: string}
 *  | {type: 'ordered', visit: any}
 *  | {type: 'order-refused', code: string}
 *  | {type: 'qr', visit: string, svg: string}
 *  | {type: 'ticket', visit: any, key: string}
 *  | {type: 'act', act: string}
 *  | {type: 'acted', visit: any}
 *  | {type: 'act-refused', code: string}
 *  | {type: 'scan-refused', code: string}
 *  | {type: 'calling'}
 *  | {type: 'called', page: string}
 *  | {type: 'call-failed'}
 *  | {type: 'page', page: any}
 *  | {type: 'minute', minute: number}
 *  | {type: 'restore', journey: Journey}
 *  | {type: 'end', session: string}} Message
 */

/** @type {Route} */
export const welcome = {page: 'welcome', n: 1, of: ''};

/**
 * Pages that can be opened from everywhere, and go back to where that was.
 * @type {string[]}
 */
export const aside = ['display', 'help', 'time'];

/**
 * A journey that has not begun.
 * @param {string} session
 * @returns {Journey}
 */
export const newJourney = (session) => ({
  session, language: 'zh-CN', display: plainDisplay, needs: [], priority: false, service: '',
  order: null, ticket: null, calls: [], from: welcome,
});

/**
 * @param {Branch} branch
 * @param {string} session
 * @returns {State}
 */
export const initial = (branch, session) => ({
  branch, live: false, kiosk: {pages: [], missing: [], waits: []}, route: welcome,
  journey: newJourney(session), scanProblem: '', minute: 0, over: [], calling: false,
});

/**
 * @param {State} state
 * @param {Message} message
 * @returns {State}
 */
export function reduce(state, message) {
  switch (message.type) {
    case 'live': return {...state, live: message.live};
    case 'view': return withPages({...state, kiosk: {waits: [], ...message.view}}, message.view.pages);
    case 'events': return {...state, over: withEnded(state.over, message.events)};
    case 'branch': return {...state, branch: message.branch};
    case 'minute': return {...state, minute: message.minute};
    case 'route': return arrive(state, message.route);
    case 'calling': return {...state, calling: true};
    case 'call-failed': return {...state, calling: false};
    case 'page': return withPages(state, [message.page]);
    case 'called': return withCall({...state, calling: false}, message.page);
    case 'scan-refused': return {...state, scanProblem: message.code};
    case 'restore': return {...state, journey: message.journey};
    case 'end': return {...state, kiosk: {...state.kiosk, pages: []}, journey: newJourney(message.session), scanProblem: '', route: welcome};
    default: return {...state, journey: travel(state.journey, message)};
  }
}

/**
 * @param {State} state
 * @param {Route} route
 * @returns {State}
 */
function arrive(state, route) {
  const from = aside.includes(state.route.page) ? state.journey.from : state.route;
  const journey = {...state.journey, from};
  // A refusal belongs to the page on which it was said.
  if (journey.order?.problem) journey.order = null;
  if (journey.ticket?.problem) journey.ticket = {...journey.ticket, problem: ''};
  if (route.page === 'confirm' && route.of) journey.service = route.of;
  return {...state, route, journey, scanProblem: ''};
}

/**
 * @param {State} state
 * @param {string} page
 * @returns {State}
 */
function withCall(state, page) {
  const {journey} = state;
  return journey.calls.includes(page) ? state : {...state, journey: {...journey, calls: [...journey.calls, page]}};
}

/**
 * Keeps the newest of each page of this journey, also when it has ended and the
 * box's view leaves it out. An answer may come after the view of what followed.
 * @param {State} state
 * @param {any[]} pages
 * @returns {State}
 */
function withPages(state, pages) {
  const known = new Map(state.kiosk.pages.map((page) => [page.id, page]));
  for (const page of pages.filter(({id}) => !state.over.includes(id))) known.set(page.id, newerOf(known.get(page.id), page));
  return {...state, kiosk: {...state.kiosk, pages: [...known.values()]}};
}

/**
 * @param {Journey} journey
 * @param {Message} message
 * @returns {Journey}
 */
function travel(journey, message) {
  switch (message.type) {
    case 'language': return {...journey, language: message.language};
    case 'size': return withDisplay(journey, {size: stepSize(journey.display.size, message.step)});
    case 'theme': return withDisplay(journey, {theme: message.theme});
    case 'motor': return withDisplay(journey, {motor: !journey.display.motor});
    case 'need': return toggleNeed(journey, message.need);
    case 'priority': return {...journey, priority: !journey.priority};
    case 'service': return {...journey, service: message.service, order: null};
    case 'order': return {...journey, order: {id: message.id, sent: true, problem: ''}};
    case 'order-refused': return {...journey, order: {id: '', sent: false, problem: message.code}};
    case 'ordered': return {...journey, order: null, ticket: ticketOf(message.visit, message.visit.key)};
    case 'ticket': return rememberNeeds({...journey, ticket: ticketOf(message.visit, message.key)});
    case 'qr': return withTicket(journey, (t) => t.visit.id === message.visit ? {...t, qr: message.svg} : t);
    case 'act': return withTicket(journey, (t) => ({...t, sent: message.act, problem: ''}));
    case 'acted': return withTicket(journey, (t) => t.visit.id === message.visit.id ? {...t, visit: {...t.visit, ...message.visit}, sent: ''} : t);
    case 'act-refused': return withTicket(journey, (t) => ({...t, sent: '', problem: message.code}));
    default: return journey;
  }
}

/**
 * @param {any} visit
 * @param {string} key
 * @returns {Ticket}
 */
const ticketOf = (visit, key) => ({visit, key, qr: '', sent: '', problem: ''});

/**
 * @param {Journey} journey
 * @param {(ticket: Ticket) => Ticket} change
 * @returns {Journey}
 */
function withTicket(journey, change) {
  return journey.ticket ? {...journey, ticket: change(journey.ticket)} : journey;
}

/**
 * @param {Journey} journey
 * @param {Partial<Display>} change
 * @returns {Journey}
 */
const withDisplay = (journey, change) => ({...journey, display: {...journey.display, ...change}});

/**
 * The next size in a direction; it stays at the ends.
 * @param {Display['size']} size
 * @param {number} step
 */
export const stepSize = (size, step) => sizes[Math.min(sizes.length - 1, Math.max(0, sizes.indexOf(size) + step))];

/**
 * What helps changes the screen at once.
 * @param {Journey} journey
 * @param {string} need
 * @returns {Journey}
 */
function toggleNeed(journey, need) {
  const on = !journey.needs.includes(need);
  const needs = on ? [...journey.needs, need] : journey.needs.filter((n) => n !== need);
  return withDisplay({...journey, needs}, effect(journey.display, need, on));
}

/**
 * @param {Display} display
 * @param {string} need
 * @param {boolean} on
 * @returns {Partial<Display>}
 */
function effect(display, need, on) {
  if (need === 'large-print') return {size: on ? larger(display.size, 'l') : 's'};
  if (need === 'high-contrast') return {theme: on ? 'high' : themes[0]};
  return {};
}

/**
 * @param {Display['size']} a
 * @param {Display['size']} b
 */
const larger = (a, b) => (sizes.indexOf(a) > sizes.indexOf(b) ? a : b);

/**
 * Whoever brings a ticket is met as they asked when they took it.
 * @param {Journey} journey
 * @returns {Journey}
 */
function rememberNeeds(journey) {
  const visit = journey.ticket?.visit;
  let changed = {...journey, language: visit.language || journey.language};
  for (const need of visit.needs ?? []) {
    if (!changed.needs.includes(need)) changed = toggleNeed(changed, need);
  }
  return changed;
}

/**
 * The class that a ticket would have: by the plain choice, or by a need that the
 * branch has named.
 * @param {State} state
 */
export function classOf({branch, journey}) {
  return journey.priority || journey.needs.some((need) => branch.caringNeeds.includes(need)) ? 'caring' : 'ordinary';
}

/**
 * The page of this journey that somebody is called by, the newest one; none when
 * it has ended.
 * @param {State} state
 */
export function callOf({kiosk, journey}) {
  const own = kiosk.pages.filter((page) => journey.calls.includes(page.id) && ['open', 'accepted', 'arrived'].includes(page.status));
  return own.sort((a, b) => (a.raisedAt < b.raisedAt ? 1 : -1))[0];
}

/**
 * Where "back" goes from a page; nowhere when there is nothing to go back to.
 * @param {State} state
 * @returns {string}
 */
export function backOf({route, journey}) {
  if (route.n > 1) return addressOf({...route, n: route.n - 1});
  switch (route.page) {
    case 'needs': case 'scan': case 'calibrate': return '#/';
    case 'service': return '#/needs';
    case 'confirm': return '#/service';
    case 'visit': return '#/';
    case 'leave': return '#/visit';
    case 'display': case 'help': case 'time': return addressOf(journey.from);
    default: return '';
  }
}

/**
 * The address of a page.
 * @param {Route} route
 */
export function addressOf({page, n, of}) {
  /** @type {string[]} */
  const parts = page === 'welcome' && n === 1 ? [] : [page];
  if (of) parts.push(of);
  if (n > 1) parts.push(String(n));
  return `#/${parts.join('/')}`;
}

/** @type {PageName[]} */
const pages = ['welcome', 'needs', 'service', 'confirm', 'ticket', 'scan', 'visit', 'leave', 'display', 'help', 'time', 'calibrate'];

/**
 * The page of an address; an unknown one is the first page.
 * @param {string} hash
 * @returns {Route}
 */
export function routeOf(hash) {
  const [name = '', ...rest] = hash.replace(/^#\/?/, '').split('/');
  const page = pages.find((p) => p === name);
  if (!page) return welcome;
  const numbers = rest.filter((part) => /^[1-9]\d?$/.test(part));
  const of = rest.find((part) => /^[a-z][a-z0-9-]*$/.test(part)) ?? '';
  return {page, n: Number(numbers[0] ?? 1), of};
}
