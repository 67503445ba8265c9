/** The small things of which the console is made. */

import {html, icon, nothing, state as mark} from '../core/view.js';
import {named, say} from '../core/words.js';
import {now, secondsSince, stopwatch} from '../core/time.js';
import {needIcons} from '../core/choices.js';
import {pressureOn, waited} from './derive.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {Record<string, (...args: any[]) => void>} Acts what a press does; main.js knows how */

/** @param {State} state @param {string} id */
export const serviceName = ({branch}, id) => named(branch.services.find((s) => s.id === id)?.name) || id;

/** @param {State} state @param {string} id of a member of staff, or supervisor */
export function staffName({branch}, id) {
  if (id === 'supervisor') return say('role.supervisor');
  return named(branch.staff?.find((s) => s.id === id)?.name) || id;
}

/** @param {State} state @param {string} id of a counter, a kiosk or a hall screen */
export function placeName({branch}, id) {
  const place = branch.counters.find((c) => c.id === id) ?? branch.kiosks.find((k) => k.id === id);
  if (place) return named(place.name);
  const hall = branch.halls?.find((h) => h.id === id);
  if (!hall) return id || named(branch.name);
  return say('supervisor.hall', {zone: named(branch.zones.find((z) => z.id === hall.zone)?.name)});
}

/** Whole minutes in words. */
export const minutes = (/** @type {number} */ seconds) => say('supervisor.minutes', {minutes: Math.floor(seconds / 60)});

/** A clock that has run since a moment. */
export const running = (/** @type {string} */ at) => html`<span class="clock">${stopwatch(secondsSince(at))}</span>`;

/** @type {Record<string, string>} */
const classIcons = {urgent: 'alert-circle', caring: 'user-heart', ordinary: 'user'};

/** @param {string} id of a class */
export const classMark = (id) => html`<span class="state ${id === 'urgent' ? 'alarm' : ''}">${icon(classIcons[id] ?? 'user')}<span>${say(`class.${id}`)}</span></span>`;

/** @type {Record<string, ['good' | 'caution' | 'alarm' | 'soft', string]>} */
const visitMarks = {
  waiting: ['soft', 'clock'], called: ['caution', 'speakerphone'], serving: ['good', 'user-check'],
  away: ['soft', 'clock-pause'], parked: ['soft', 'player-pause'], 'no-show': ['caution', 'user-off'],
};

/** @param {any} visit */
export function visitMark(visit) {
  const [tone, picture] = visitMarks[visit.state] ?? ['soft', 'circle'];
  return mark(tone, picture, say(`visit.state.${visit.state}`));
}

/** @type {Record<string, ['good' | 'caution' | 'alarm' | 'soft', string]>} */
const counterMarks = {
  called: ['caution', 'speakerphone'], serving: ['good', 'user-check'], free: ['good', 'circle-check'],
  paused: ['caution', 'circle-pause'], closed: ['soft', 'circle-x'],
};

/** @param {string} doing called, serving, free, paused or closed */
export function counterMark(doing) {
  const words = doing === 'called' || doing === 'serving' ? say(`visit.state.${doing}`)
    : doing === 'free' ? say('supervisor.free') : say(`counter.state.${doing}`);
  return mark(...counterMarks[doing], words);
}

/** @param {any} page */
export function pageMark(page) {
  if (page.status === 'open' && page.alarm) return mark('alarm', 'bell-ringing', say('supervisor.page.unanswered'));
  if (page.status === 'open') return mark('caution', 'bell', say('page.status.open'));
  return mark('good', page.status === 'accepted' ? 'walk' : 'user-check', say(`page.status.${page.status}`));
}

/** @param {any} device that does not work as it should */
export function troubleMark(device) {
  const why = device.reason ? say(`device.why.${device.reason}`) : say(`device.health.${device.health}`);
  return mark(device.health === 'degraded' ? 'caution' : 'alarm', device.health === 'degraded' ? 'alert-triangle' : 'plug-connected-x',
    say('supervisor.pair', {name: say(`device.kind.${device.kind}`), value: why}));
}

/** What helps a person, each with its picture. @param {string[]} needs */
export const needList = (needs) => (needs.length
  ? html`<ul class="needs">${needs.map((need) => html`<li>${icon(needIcons[need] ?? 'heart-handshake')}<span>${say(`need.${need}`)}</span></li>`)}</ul>` : nothing);

/** How long a visit has waited, and whether that is too long. @param {State} state @param {any} visit */
export function waitMark(state, visit) {
  const seconds = waited(visit, now());
  const words = say('supervisor.waited', {minutes: Math.floor(seconds / 60)});
  const pressure = pressureOn(state, visit, now());
  if (pressure === 'over') return mark('alarm', 'alert-triangle', say('supervisor.waited.over', {minutes: Math.floor(seconds / 60)}));
  return pressure === 'near' ? mark('caution', 'hourglass', words) : html`<span>${words}</span>`;
}

/**
 * A button that sends a command: it says so when it cannot be pressed.
 * @param {State} state
 * @param {{id: string, picture: string, words: string, press: () => void, kind?: string}} button
 */
export const command = (state, {id, picture, words, press, kind = ''}) => html`<button type="button" class="button ${kind}" id=${id} aria-disabled=${state.sending} @click=${press}>${icon(picture)}${words}</button>`;

/**
 * A named fact of a list of facts; nothing when there is none.
 * @param {string} words
 * @param {unknown} value
 * @param {boolean} [wide] it is a sentence
 */
export const fact = (words, value, wide = false) => (value === undefined || value === '' || value === nothing ? nothing : html`<div class=${wide ? 'wide' : ''}><dt>${words}</dt><dd>${value}</dd></div>`);
