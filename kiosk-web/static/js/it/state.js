/** What the console of branch IT knows and how it changes. Pure. */

/** @typedef {import('../core/screen.js').Branch} Branch */
/** @typedef {'overview' | 'devices' | 'config' | 'tokens' | 'box' | 'log'} Section */
/** @typedef {{section: Section, part: string}} Route part is a device, a page of the configuration, or a kind of event */

/** @typedef {{id: string, kind: string, place: string, health: string, since?: string, reason?: string, admin: string}} Device */
/** @typedef {{devices: Device[], config: {version: string, since: string}, problems: {code: string, where?: string, since?: string}[]}} View */
/** @typedef {{seq: number, event: string, at: string, by?: {role: string, place?: string, staff?: string, onBehalfOf?: string}, data: any}} Event */

/** @typedef {{busy?: boolean, problem?: string, ok?: boolean, health?: string, reason?: string}} Test */
/** @typedef {{line: number, column: number, path?: string, message: string, hint?: string}} Fault of a configuration */
/** @typedef {{yaml: string, faults: Fault[] | null, checking: boolean, problem: string, line: number, column: number}} Candidate */
/** @typedef {{id: string, role: string, place?: string, note?: string, createdAt: string, token?: string}} Token */
/** @typedef {{role: string, place: string, note: string}} TokenForm */
/** @typedef {{list: Token[] | null, form: TokenForm, wrong: Partial<Record<keyof TokenForm, string>>, made: Token | null, copied: '' | 'token' | 'link' | 'not', ending: string, sending: boolean, problem: string}} Tokens */
/** @typedef {{busy?: boolean, bytes?: number, problem?: string, address?: string, name?: string}} Backup */
/** @typedef {{busy?: boolean, seconds?: number, problem?: string, report?: {ok: boolean, events: number, files: {name: string, first: number, last: number}[], faults: {file: string, seq?: number, message: string}[]}}} Verify */
/** @typedef {{events: Event[] | null, newer: number[], before: number, more: boolean, busy: boolean, problem: string}} Log newer are the pages left behind, each by the event before which it ends; before is where this page ends, 0 at the newest */

/**
 * @typedef {object} State
 * @property {Branch} branch
 * @property {boolean} live
 * @property {boolean} seen whether the box has sent its view
 * @property {View} view
 * @property {Route} route
 * @property {{text: string, health: string}} filter of the devices
 * @property {Record<string, Test>} tests the newest of each device
 * @property {Event[] | null} story what has happened to the device that is shown
 * @property {'loading' | 'shown' | 'empty' | 'none' | 'away'} paper
 * @property {{version: string, since: string, yaml: string} | null} config
 * @property {Candidate} candidate
 * @property {Tokens} tokens
 * @property {any} status the box's figures
 * @property {Backup} backup
 * @property {Verify} verify
 * @property {Log} log
 * @property {number} minute changes with what is said of the time
 */

/**
 * @typedef {{type: 'live', live: boolean}
 *  | {type: 'view', view: View}
 *  | {type: 'branch', branch: Branch}
 *  | {type: 'route', route: Route}
 *  | {type: 'filter', filter: Partial<State['filter']>}
 *  | {type: 'test', device: string, test: Test}
 *  | {type: 'story', story: Event[] | null}
 *  | {type: 'paper', paper: State['paper']}
 *  | {type: 'config', config: State['config']}
 *  | {type: 'candidate', candidate: Partial<Candidate>}
 *  | {type: 'tokens', tokens: Partial<Tokens>}
 *  | {type: 'form', form: Partial<TokenForm>}
 *  | {type: 'status', status: any}
 *  | {type: 'backup', backup: Backup}
 *  | {type: 'verify', verify: Verify}
 *  | {type: 'log', log: Partial<Log>}
 *  | {type: 'happened', events: Event[]}
 *  | {type: 'minute', minute: number}} Message
 */

/** @type {Section[]} */
export const sections = ['overview', 'devices', 'config', 'tokens', 'box', 'log'];
/** The kinds of event that branch IT may read. */
export const kinds = ['device', 'slip', 'config', 'access', 'day', 'clock'];
/** The roles a token can have. */
export const roles = ['kiosk', 'hall', 'counter', 'pager', 'supervisor', 'it'];
/** The health of devices, the worst first. */
export const healths = ['failed', 'offline', 'degraded', 'unknown', 'ok'];
/** How many events stand on a page. */
export const pageOfLog = 30;

/** @type {Log} */
const newest = {events: null, newer: [], before: 0, more: false, busy: false, problem: ''};

/**
 * @param {Branch} branch
 * @returns {State}
 */
export const initial = (branch) => ({
  branch, live: false, seen: false, view: {devices: [], config: {version: '', since: ''}, problems: []},
  route: {section: 'overview', part: ''}, filter: {text: '', health: ''}, tests: {}, story: null, paper: 'loading',
  config: null, candidate: {yaml: '', faults: null, checking: false, problem: '', line: 1, column: 1},
  tokens: {list: null, form: {role: 'counter', place: '', note: ''}, wrong: {}, made: null, copied: '', ending: '', sending: false, problem: ''},
  status: null, backup: {}, verify: {}, log: newest, minute: 0,
});

/**
 * @param {State} state
 * @param {Message} message
 * @returns {State}
 */
export function reduce(state, message) {
  switch (message.type) {
    case 'view': return {...state, view: message.view, seen: true};
    case 'route': return arrived(state, message.route);
    case 'filter': return {...state, filter: {...state.filter, ...message.filter}};
    case 'test': return {...state, tests: {...state.tests, [message.device]: message.test}};
    case 'candidate': return {...state, candidate: {...state.candidate, ...message.candidate}};
    case 'tokens': return {...state, tokens: {...state.tokens, ...message.tokens}};
    case 'form': return filled(state, message.form);
    case 'log': return {...state, log: {...state.log, ...message.log}};
    case 'happened': return happened(state, message.events);
    default: {
      // The other messages are named after what they replace.
      const {type, ...change} = message;
      return {...state, ...change};
    }
  }
}

/** @param {State} state @param {Route} route @returns {State} */
function arrived(state, route) {
  const same = route.section === state.route.section && route.part === state.route.part;
  return {...state, route, story: null, paper: 'loading', log: same ? state.log : newest, tokens: {...state.tokens, ending: ''}};
}

/** Another role has other places. @param {State} state @param {Partial<TokenForm>} form @returns {State} */
function filled(state, form) {
  const {tokens} = state;
  const place = form.role && form.role !== tokens.form.role ? {place: ''} : {};
  const wrong = Object.fromEntries(Object.entries(tokens.wrong).filter(([field]) => !(field in form)));
  return {...state, tokens: {...tokens, form: {...tokens.form, ...place, ...form}, wrong}};
}

/** Adds what has just happened where it is shown. @param {State} state @param {Event[]} events @returns {State} */
function happened(state, events) {
  const {route, log, story} = state;
  const ofDevice = events.filter((e) => route.section === 'devices' && e.data?.device === route.part);
  const ofLog = events.filter((e) => route.section === 'log' && isKind(e, route.part));
  return {
    ...state,
    story: story && ofDevice.length ? added(story, ofDevice) : story,
    log: log.events && !log.before && ofLog.length ? {...log, events: added(log.events, ofLog)} : log,
  };
}

/** @param {Event[]} before @param {Event[]} events */
function added(before, events) {
  const last = before.at(-1)?.seq ?? 0;
  return [...before, ...events.filter((e) => e.seq > last)];
}

/** Whether an event is of a kind; every event is of no kind in particular. @param {Event} event @param {string} kind */
export const isKind = (event, kind) => !kind || event.event.startsWith(`${kind}.`);

/** Whether people want the device to work. */
export const inUse = (/** @type {Device} */ device) => device.admin === 'enabled';

/** The devices that pass the filter, the worst first. @param {State} state @param {(device: Device) => string} nameOf */
export function filtered({view, filter}, nameOf) {
  const text = filter.text.trim().toLowerCase();
  return view.devices
    .filter((d) => filter.health === '' || (filter.health === 'aside' ? !inUse(d) : inUse(d) && d.health === filter.health))
    .filter((d) => `${nameOf(d)} ${d.id} ${d.kind}`.toLowerCase().includes(text))
    .sort((a, b) => rank(a) - rank(b));
}

const rank = (/** @type {Device} */ d) => (inUse(d) ? healths.indexOf(d.health) : healths.length);

/** @param {Section} section @param {string} [part] */
export const addressOf = (section, part = '') => `#/${section === 'overview' ? '' : section}${part ? `/${encodeURIComponent(part)}` : ''}`;

/**
 * What an address names; the overview when it names nothing.
 * @param {string} address
 * @returns {Route}
 */
export function routeOf(address) {
  const [, name, part = ''] = address.split('/');
  const section = sections.find((s) => s === name) ?? 'overview';
  return {section, part: decoded(part)};
}

function decoded(/** @type {string} */ part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
