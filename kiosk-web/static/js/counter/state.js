/**
 * What a counter knows and how it changes. Pure: no clock, no network, no page.
 */

/** @typedef {import('../core/screen.js').Branch} Branch */

/**
 * @typedef {object} Visit
 * @property {string} id
 * @property {string} ticket
 * @property {string} service
 * @property {string} class
 * @property {string[]} needs
 * @property {string} state
 * @property {string} queuedAt
 * @property {string} [calledAt]
 * @property {string} [confirmedAt]
 * @property {string} [dueAt]
 * @property {number} recalls
 * @property {Reason} [reason]
 */

/** @typedef {{rule: string, text: Record<string, string>}} Reason why somebody is called */

/**
 * @typedef {object} Page
 * @property {string} id
 * @property {string} reason
 * @property {string} place
 * @property {string} status
 * @property {boolean} alarm
 * @property {string} raisedAt
 * @property {number} count
 * @property {string} [acceptedBy]
 * @property {{step: string, who?: string}[]} steps
 */

/**
 * The box's view of this counter.
 * @typedef {object} View
 * @property {{id: string, name: Record<string, string>, state: 'closed' | 'open' | 'paused', staff?: string, abilities: string[]}} counter
 * @property {Visit} [serving]
 * @property {{visit: Visit, reason: Reason}[]} next
 * @property {Page[]} pages
 * @property {Visit[]} [aside]
 * @property {{served: number, meanServiceSeconds: number}} [today]
 */

/** @typedef {'open' | 'pause' | 'park' | 'transfer' | 'otherwise' | 'return' | 'help' | 'outcome'} DialogName */
/** @typedef {{name: DialogName, of: string}} Dialog of: the visit or the page it is about */
/** @typedef {{at: string, code: string, by: string}} Refusal at: the place on the screen where it is said */

/**
 * @typedef {object} State
 * @property {Branch} branch
 * @property {boolean} live
 * @property {View | null} view
 * @property {{who: string}[]} duty
 * @property {string[]} sent the places of the screen whose command is not answered
 * @property {Refusal | null} refusal
 * @property {boolean} nobody the last call found nobody
 * @property {{visit: string, at: string} | null} recalled the latest recall
 * @property {string[]} raised the calls for help that were made on this screen
 * @property {Dialog | null} dialog
 * @property {number} second changes with the running clocks
 */

/**
 * @typedef {{type: 'live', live: boolean}
 *  | {type: 'view', view: View}
 *  | {type: 'duty', duty: {who: string}[]}
 *  | {type: 'recalled', visit: string, at: string}
 *  | {type: 'sent', at: string}
 *  | {type: 'answered', from: Dialog | null}
 *  | {type: 'settled', at: string}
 *  | {type: 'refused', from: Dialog | null, at: string, code: string, by: string}
 *  | {type: 'nobody'}
 *  | {type: 'raised', page: string}
 *  | {type: 'dialog', dialog: Dialog | null}
 *  | {type: 'second', second: number}} Message
 */

/**
 * @param {Branch} branch
 * @param {string[]} raised
 * @returns {State}
 */
export const initial = (branch, raised) => ({
  branch, live: false, view: null, duty: [], sent: [], refusal: null, nobody: false, recalled: null, raised, dialog: null, second: 0,
});

/**
 * @param {State} state
 * @param {Message} message
 * @returns {State}
 */
export function reduce(state, message) {
  switch (message.type) {
    case 'live': return {...state, live: message.live};
    case 'view': return withView(state, message.view);
    case 'duty': return {...state, duty: message.duty};
    case 'recalled': return {...state, recalled: {visit: message.visit, at: message.at}};
    case 'sent': return {...state, sent: [...state.sent, message.at], refusal: null, nobody: false};
    case 'answered': return message.from && message.from === state.dialog ? {...state, dialog: null} : state;
    case 'settled': return {...state, sent: state.sent.filter((at) => at !== message.at)};
    case 'refused': return {...state, refusal: {at: message.from && message.from === state.dialog ? 'dialog' : message.at, code: message.code, by: message.by}};
    case 'nobody': return {...state, nobody: true};
    case 'raised': return {...state, raised: [...state.raised, message.page]};
    case 'dialog': return {...state, dialog: message.dialog, refusal: null};
    case 'second': return {...state, second: message.second};
  }
}

/**
 * What was said of another moment is taken back when the moment is over.
 * @param {State} state
 * @param {View} view
 * @returns {State}
 */
function withView(state, view) {
  const nobody = state.nobody && view.next.length === 0 && !view.serving;
  return {...state, view, nobody};
}

/** @typedef {'closed' | 'paused' | 'free' | 'called' | 'serving'} Moment what a counter is at */

/**
 * @param {View} view
 * @returns {Moment}
 */
export function momentOf({counter, serving}) {
  if (serving) return serving.state === 'called' ? 'called' : 'serving';
  return counter.state === 'open' ? 'free' : counter.state;
}

/**
 * Whether whoever sits here answers calls for help.
 * @param {State} state
 */
export function onDuty({view, duty}) {
  const staff = view?.counter.staff;
  return staff !== undefined && duty.some(({who}) => who === staff);
}

const living = ['open', 'accepted', 'arrived'];
const silent = 'duress';
const closedAtSource = ['fall', 'illness'];

/**
 * The calls for help that this counter shows: all while it answers, otherwise its
 * own.
 * @param {State} state
 * @returns {Page[]}
 */
export function pagesOf(state) {
  const {view} = state;
  if (!view) return [];
  const here = view.counter.id;
  return view.pages
    .filter((page) => living.includes(page.status) && !isSilentHere(page, here))
    .filter((page) => onDuty(state) || page.place === here || page.acceptedBy !== undefined && page.acceptedBy === view.counter.staff)
    .sort((a, b) => rank(a) - rank(b) || (a.raisedAt < b.raisedAt ? -1 : 1));
}

/**
 * A silent call is never shown or heard where it came from: whoever is feared may
 * stand there.
 * @param {Page} page
 * @param {string} here
 */
export const isSilentHere = (page, here) => page.reason === silent && page.place === here;

/** Whoever has not been answered comes first. */
const rank = (/** @type {Page} */ page) => (page.status === 'open' ? page.alarm ? 0 : 1 : 2);

/** @typedef {'accept' | 'reject' | 'arrive' | 'close' | 'cancel'} PageVerb */

/**
 * What may be done about a page from here, the most useful first.
 * @param {Page} page
 * @param {State} state
 * @returns {PageVerb[]}
 */
export function verbsOf(page, state) {
  const {counter} = /** @type {View} */ (state.view);
  const mine = page.acceptedBy !== undefined && page.acceptedBy === counter.staff;
  const here = page.place === counter.id;
  /** @type {PageVerb[]} */
  const back = state.raised.includes(page.id) ? ['cancel'] : [];
  switch (page.status) {
    case 'open':
      if (back.length || !onDuty(state)) return back;
      return hasLeft(page, counter.staff) ? ['accept'] : ['accept', 'reject'];
    case 'accepted':
      if (mine) return ['arrive', 'reject'];
      return here ? ['arrive', ...back] : [];
    case 'arrived':
      return (closedAtSource.includes(page.reason) ? here : mine) ? ['close'] : [];
    default: return [];
  }
}

/**
 * Whether somebody has left the page to others, and has not thought better of it.
 * @param {Page} page
 * @param {string | undefined} staff
 */
function hasLeft(page, staff) {
  const own = page.steps.filter(({step, who}) => who === staff && (step === 'accepted' || step === 'rejected'));
  return own.at(-1)?.step === 'rejected';
}

/**
 * When a called visit was last called.
 * @param {State} state
 * @param {Visit} visit
 */
export function lastCallOf({recalled}, visit) {
  const called = visit.calledAt ?? '';
  return recalled?.visit === visit.id && recalled.at > called ? recalled.at : called;
}

/**
 * What must be there for a need to be met as it was meant; one of them will do.
 * @type {Record<string, string[]>}
 */
const served = {
  hearing: ['hearing-loop', 'sound-focuser'], wheelchair: ['low'], 'low-counter': ['low'], 'sign-language': ['sign-language'],
};

/**
 * The abilities that would help this person and that this counter has not now.
 * @param {Visit} visit
 * @param {string[]} abilities
 */
export function missingFor({needs}, abilities) {
  const unmet = needs.filter((need) => served[need] && !served[need].some((ability) => abilities.includes(ability)));
  return [...new Set(unmet.flatMap((need) => served[need]))];
}

/** Reasons of a call that are about the person at the counter. */
const aboutThePerson = ['wheelchair', 'escort', 'sign-language', 'reading', 'braille-guide', 'water'];

/**
 * The visit that a call for help from here is about.
 * @param {State} state
 * @param {string} reason
 */
export function visitOfCall({view}, reason) {
  return aboutThePerson.includes(reason) ? view?.serving?.id : undefined;
}
