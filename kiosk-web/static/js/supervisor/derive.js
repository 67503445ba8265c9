/** What follows from the box's view. Pure; the time is given in milliseconds. */

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').Filter} Filter */

/** @typedef {'calm' | 'near' | 'over'} Pressure how a wait stands to its target */
/** @typedef {{id: string, count: number, oldest: any, seconds: number, target: number, pressure: Pressure}} ClassLine */

/** From this share of its target on, a wait is near it. */
const nearShare = 0.75;

/** Seconds that a visit has waited. */
export const waited = (/** @type {any} */ visit, /** @type {number} */ now) => Math.max(0, Math.floor((now - Date.parse(visit.queuedAt)) / 1000));

/** @param {number} seconds @param {number} target @returns {Pressure} */
export function pressureOf(seconds, target) {
  if (target > 0 && seconds >= target) return 'over';
  return target > 0 && seconds >= target * nearShare ? 'near' : 'calm';
}

/**
 * Who waits, class by class, against what is promised.
 * @param {State} state
 * @param {number} now
 * @returns {ClassLine[]}
 */
export function classLines({branch, view}, now) {
  return (branch.classes ?? []).map(({id, targetSeconds}) => {
    const waiting = longestFirst(view.visits.filter((v) => v.state === 'waiting' && v.class === id));
    const oldest = waiting[0];
    const seconds = oldest ? waited(oldest, now) : 0;
    return {id, count: waiting.length, oldest, seconds, target: targetSeconds, pressure: pressureOf(seconds, targetSeconds)};
  });
}

/** @param {State} state @param {any} visit @param {number} now */
export function pressureOn({branch}, visit, now) {
  const target = branch.classes?.find((c) => c.id === visit.class)?.targetSeconds ?? 0;
  return visit.state === 'waiting' ? pressureOf(waited(visit, now), target) : 'calm';
}

/** @param {any[]} visits */
export const longestFirst = (visits) => [...visits].sort((a, b) => Date.parse(a.queuedAt) - Date.parse(b.queuedAt) || (a.id < b.id ? -1 : 1));

/** @type {Record<Filter, string[]>} */
const statesOf = {
  all: ['waiting', 'called', 'serving', 'away', 'parked', 'no-show'],
  waiting: ['waiting'], counter: ['called', 'serving'], aside: ['away', 'parked', 'no-show'],
};

/** @param {any[]} visits @param {Filter} filter */
export const filtered = (visits, filter) => longestFirst(visits.filter((v) => statesOf[filter].includes(v.state)));

/** Pages that have not ended, what nobody has answered first. */
export const openPages = (/** @type {State} */ {view}) => [...view.pages].sort((a, b) => urgency(b) - urgency(a) || Date.parse(a.raisedAt) - Date.parse(b.raisedAt));

/** @param {any} page */
const urgency = (page) => (page.status !== 'open' ? 0 : page.alarm ? 2 : 1);

/** @param {State} state @param {string} place */
export const pagesAt = (state, place) => openPages(state).filter((p) => p.place === place);

/** The devices of a place that do not work as they should. */
export const troubleAt = (/** @type {State} */ {view}, /** @type {string} */ place) => view.devices.filter((d) => d.place === place && d.admin === 'enabled' && !['ok', 'unknown'].includes(d.health));

/** @param {State} state @param {string} id */
export const visitOf = ({view}, id) => view.visits.find((v) => v.id === id);

/** The counters to which somebody can be called now. */
export const freeCounters = (/** @type {State} */ {view}) => view.counters.filter((c) => c.state === 'open' && !c.serving);

/**
 * The floor: counters, kiosks and hall screens by zone. What has no zone that is
 * known stands in the first.
 * @param {State} state
 */
export function floorOf({branch, view}) {
  const zones = branch.zones.length ? branch.zones : [{id: '', name: {}}];
  const at = (/** @type {string | undefined} */ zone) => (zones.some((z) => z.id === zone) ? zone : zones[0].id);
  const zoneOf = new Map(branch.counters.map((c) => [c.id, c.zone]));
  return zones.map((zone) => ({
    zone,
    counters: view.counters.filter((c) => at(zoneOf.get(c.id)) === zone.id),
    kiosks: branch.kiosks.filter((k) => at(k.zone) === zone.id),
    halls: (branch.halls ?? []).filter((h) => at(h.zone) === zone.id),
  }));
}

/** Who says they have received a page, each once. */
export const knowers = (/** @type {any} */ page) => [...new Set(page.steps.filter((/** @type {any} */ s) => s.step === 'delivered' && s.who).map((/** @type {any} */ s) => s.who))];

/** What a counter does now. @param {State} state @param {any} counter */
export function doingOf(state, counter) {
  const visit = counter.serving ? visitOf(state, counter.serving) : undefined;
  if (visit) return visit.state === 'called' ? 'called' : 'serving';
  return counter.state === 'open' ? 'free' : counter.state;
}
