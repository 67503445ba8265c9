/** What the supervisor's console knows and how it changes. Pure. */

/** @typedef {import('../core/screen.js').Branch} Branch */
/** @typedef {'floor' | 'visits' | 'pages' | 'day'} Section */
/** @typedef {'all' | 'waiting' | 'counter' | 'aside'} Filter */
/** @typedef {{section: Section, filter: Filter}} Route */

/**
 * What is open in front of the console: a counter, a place, a visit, a page, or
 * something to be filled in or confirmed.
 * @typedef {{kind: 'counter' | 'place' | 'visit' | 'cancel' | 'page' | 'ticket' | 'given' | 'raise' | 'day', id: string, place?: string, visit?: any}} Dialog
 */

/** @typedef {{counters: any[], visits: any[], pages: any[], devices: any[]}} View the box's view */
/** @typedef {{figures: any, problem: '' | 'none' | 'away', at: number}} Report figures are the newest there are */
/** @typedef {{width: number, em: number}} Paper how much room a plot has, in CSS pixels */

/**
 * @typedef {object} State
 * @property {Branch} branch
 * @property {boolean} live
 * @property {View} view
 * @property {boolean} seen whether the box has sent its view
 * @property {Route} route
 * @property {Dialog | null} dialog
 * @property {boolean} sending whether a command is on its way
 * @property {string} problem why the last command was not done, in words
 * @property {Report} report
 * @property {Paper} paper
 * @property {number} second changes with the clocks that run
 */

/**
 * @typedef {{type: 'live', live: boolean}
 *  | {type: 'view', view: View}
 *  | {type: 'branch', branch: Branch}
 *  | {type: 'route', route: Route}
 *  | {type: 'dialog', dialog: Dialog | null}
 *  | {type: 'sending'}
 *  | {type: 'sent', dialog?: Dialog | null, problem?: string}
 *  | {type: 'report', report: Report}
 *  | {type: 'paper', paper: Paper}
 *  | {type: 'second', second: number}} Message
 */

/** @type {Section[]} */
export const sections = ['floor', 'visits', 'pages', 'day'];
/** @type {Filter[]} */
export const filters = ['all', 'waiting', 'counter', 'aside'];

/**
 * @param {Branch} branch
 * @returns {State}
 */
export const initial = (branch) => ({
  branch, live: false, view: {counters: [], visits: [], pages: [], devices: []}, seen: false,
  route: {section: 'floor', filter: 'all'}, dialog: null, sending: false, problem: '',
  report: {figures: null, problem: '', at: 0}, paper: {width: 640, em: 24}, second: 0,
});

/**
 * @param {State} state
 * @param {Message} message
 * @returns {State}
 */
export function reduce(state, message) {
  switch (message.type) {
    case 'live': return {...state, live: message.live};
    case 'view': return withoutTheGone({...state, view: message.view, seen: true});
    case 'branch': return {...state, branch: message.branch};
    case 'route': return {...state, route: message.route, dialog: null, problem: ''};
    case 'dialog': return {...state, dialog: message.dialog, problem: ''};
    case 'sending': return {...state, sending: true, problem: ''};
    case 'sent': return {...state, sending: false, problem: message.problem ?? '', dialog: message.dialog === undefined ? state.dialog : message.dialog};
    case 'report': return {...state, report: message.report};
    case 'paper': return {...state, paper: message.paper};
    case 'second': return {...state, second: message.second};
  }
}

/**
 * Closes what is open of a visit or page that is over.
 * @param {State} state
 * @returns {State}
 */
function withoutTheGone(state) {
  const {dialog, view} = state;
  const gone = dialog && (['visit', 'cancel'].includes(dialog.kind) && !view.visits.some((v) => v.id === dialog.id)
    || dialog.kind === 'page' && !view.pages.some((p) => p.id === dialog.id));
  return gone ? {...state, dialog: null, problem: ''} : state;
}

/**
 * The address of a section.
 * @param {Section} section
 * @param {Filter} [filter]
 */
export const addressOf = (section, filter = 'all') => `#/${section}${section === 'visits' && filter !== 'all' ? `/${filter}` : ''}`;

/**
 * What an address names; the floor when it names nothing.
 * @param {string} address
 * @returns {Route}
 */
export function routeOf(address) {
  const [, name, part] = address.split('/');
  return {
    section: sections.find((s) => s === name) ?? 'floor',
    filter: filters.find((f) => f === part) ?? 'all',
  };
}
