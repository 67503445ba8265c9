/**
 * What a hall screen knows and how it changes. Pure: no clock, no network, no
 * page.
 */

/** @typedef {import('../core/screen.js').Branch} Branch */
/** @typedef {import('./mouth.js').Speech} Speech */
/** @typedef {{call: string, visit: string, ticket: string, counter: string, at: string, recall: number, spoken: 'waiting' | 'speaking' | 'done' | 'unspoken', standing: boolean}} Call */
/** @typedef {{service: string, count: number, wait?: {lowSeconds: number, highSeconds: number}}} Waiting */
/** @typedef {{page: string, place: string}} Alarm */
/** @typedef {{calls: Call[], waiting: Waiting[], alarms: Alarm[]}} View */
/** @typedef {{event: string, data: {call?: string}}} Event */

/**
 * @typedef {object} State
 * @property {Branch} branch
 * @property {boolean} live
 * @property {View} view the box's view; that of before while it cannot be reached
 * @property {number} now the box's time in milliseconds, in steps of a second
 * @property {{call: string, at: number} | null} fresh the call that was last new on this screen
 * @property {string[]} told calls that were new on this screen once, the latest last
 * @property {Speech | null} speech what this screen is saying
 * @property {boolean} locked whether the browser waits for a click before it lets this screen sound
 */

/**
 * @typedef {{type: 'live', live: boolean, now: number}
 *  | {type: 'view', view: View, now: number}
 *  | {type: 'branch', branch: Branch}
 *  | {type: 'speech', speech: Speech | null, now: number}
 *  | {type: 'locked', locked: boolean}
 *  | {type: 'tick', now: number}} Message
 */

/** How long the frame of a new call stands out. */
export const freshMillis = 3000;
const remembered = 24;

/**
 * @param {Branch} branch
 * @param {number} now
 * @returns {State}
 */
export const initial = (branch, now) => ({
  branch, live: false, view: {calls: [], waiting: [], alarms: []}, now,
  fresh: null, told: [], speech: null, locked: false,
});

/**
 * @param {State} state
 * @param {Message} message
 * @returns {State}
 */
export function reduce(state, message) {
  switch (message.type) {
    case 'live': return freshen({...state, live: message.live, now: message.now}, !state.live);
    case 'view': return freshen({...state, view: message.view, now: message.now}, false);
    case 'speech': return freshen({...withLock(state, message.speech), speech: message.speech, now: message.now}, false);
    case 'tick': return freshen({...state, now: message.now}, false);
    case 'branch': return {...state, branch: message.branch};
    case 'locked': return {...state, locked: message.locked};
  }
}

/**
 * What sounds or is refused tells whether the browser still waits for a click.
 * @param {State} state
 * @param {Speech | null} speech
 * @returns {State}
 */
function withLock(state, speech) {
  return speech && speech.phase !== 'silent' ? {...state, locked: speech.phase === 'locked'} : state;
}

/**
 * Notes when another call has become the call now. What was called before the
 * connection came about is new only if it is still being said.
 * @param {State} state
 * @param {boolean} began whether the connection has just come about
 * @returns {State}
 */
function freshen(state, began) {
  const call = callNow(state);
  if (!state.live || !call || state.told.includes(call.call)) return state;
  const told = [...state.told, call.call].slice(-remembered);
  if (began && call.spoken !== 'speaking') return {...state, told};
  return {...state, told, fresh: {call: call.call, at: state.now}};
}

/**
 * The call now: what this screen says, else what another says, else the newest
 * one that somebody is still to answer.
 * @param {State} state
 * @returns {Call | undefined}
 */
export function callNow(state) {
  const {calls} = state.view;
  return calls.find((c) => c.call === state.speech?.call)
    ?? calls.find((c) => c.spoken === 'speaking')
    ?? calls.find((c) => c.spoken !== 'waiting' && stands(state, c));
}

/**
 * Whether somebody is still to come for a call; a newer call of the same visit
 * takes its place.
 * @param {State} state
 * @param {Call} call
 */
const stands = ({view}, call) => call.standing && view.calls.find((c) => c.visit === call.visit) === call;

/**
 * Calls that wait until others have been said, the first to come first.
 * @param {State} state
 */
export const callsSoon = (state) => state.view.calls.filter((c) => c.spoken === 'waiting').reverse();

/**
 * The last five calls, without the call now and those that wait.
 * @param {State} state
 */
export function callsBefore(state) {
  const now = callNow(state);
  return state.view.calls.filter((c) => c !== now && c.spoken !== 'waiting').slice(0, 5);
}

/**
 * Whether the call now is so new that its frame stands out.
 * @param {State} state
 */
export const isFresh = ({fresh, now}) => fresh !== null && now - fresh.at < freshMillis;
