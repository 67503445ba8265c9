/** How the things of this console are named and shown. */

import {html, icon, nothing, state as mark} from '../core/view.js';
import {clock, day, now} from '../core/time.js';
import {language, named, say} from '../core/words.js';
import {inUse} from './state.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').Device} Device */
/** @typedef {import('./state.js').Event} Event */
/** @typedef {import('../core/screen.js').Branch} Branch */

/**
 * What a press sets in motion.
 * @typedef {object} Acts
 * @property {() => void} redraw
 * @property {(event: MouseEvent) => void} skip
 * @property {(filter: Partial<State['filter']>) => void} filter
 * @property {(device: string) => void} test
 * @property {(yaml: string) => void} type a candidate
 * @property {(event: { currentTarget: any }) => void} caret
 * @property {(file: File | undefined) => void} choose
 * @property {(line: number, column: number) => void} goTo
 * @property {(event: SubmitEvent) => void} check
 * @property {(form: Partial<import('./state.js').TokenForm>) => void} form
 * @property {(event: SubmitEvent) => void} make
 * @property {(what: 'token' | 'link') => void} copy
 * @property {() => void} kept
 * @property {(token: string) => void} ask before a token is ended; of none closes
 * @property {(token: string) => void} end
 * @property {() => void} backup
 * @property {() => void} verify
 * @property {() => void} older
 * @property {() => void} newer
 */

/** @param {Branch} branch @param {string | undefined} id */
export function placeName(branch, id) {
  const place = [...branch.kiosks, ...branch.counters, ...branch.staff].find((p) => p.id === id);
  if (place) return named(place.name);
  const hall = branch.halls.find((h) => h.id === id);
  if (!hall) return id ?? '';
  return say('it.hall', {zone: named(branch.zones.find((z) => z.id === hall.zone)?.name), id: hall.id});
}

/** A kind in words; one that only this branch has as it is written. @param {string} kind */
const kindName = (kind) => worded(`device.kind.${kind}`, kind);

/** @param {Branch} branch @param {Device} device */
export const deviceName = (branch, device) => say('it.device', {kind: kindName(device.kind), place: placeName(branch, device.place)});

/** A device that may be gone from the configuration. @param {State} state @param {string} id */
export function nameOfDevice({branch, view}, id) {
  const device = view.devices.find((d) => d.id === id);
  return device ? deviceName(branch, device) : id;
}

/** Why a device is not well, and what to do. @param {string | undefined} code */
export const whyWords = (code) => (code ? worded(`device.why.${code}`, code) : '');

// says: it.means.*, device.kind.*, device.why.*, it.event.*
/** The sentence of a key, or what stands for it where there is none. @param {string} key @param {string} otherwise */
export function worded(key, otherwise) {
  const words = say(key);
  return words === key ? otherwise : words;
}

/** @type {Record<string, ['good' | 'caution' | 'alarm' | 'soft', string]>} */
const looks = {
  ok: ['good', 'circle-check'], degraded: ['caution', 'alert-triangle'], failed: ['alarm', 'circle-x'],
  offline: ['alarm', 'plug-connected-x'], unknown: ['soft', 'help-circle'],
};

/** @param {string} health */
export function healthMark(health) {
  const [tone, picture] = looks[health] ?? looks.unknown;
  return mark(tone, picture, say(`device.health.${health}`));
}

/** @type {Record<string, ['good' | 'soft', string]>} */
const admins = {enabled: ['good', 'plug-connected'], maintenance: ['soft', 'tool'], disabled: ['soft', 'ban']};

/** What people want of a device. @param {Device} device */
export function adminMark({admin}) {
  const [tone, picture] = admins[admin] ?? admins.enabled;
  return mark(tone, picture, say(`device.admin.${admin}`));
}

/** The button that tests a device, and what came of it. @param {State} state @param {Acts} acts @param {Device} device */
export function testTool(state, acts, device) {
  const test = state.tests[device.id] ?? {};
  const name = deviceName(state.branch, device);
  return html`<div class="test">
    <button class="button" id=${`test-${device.id}`} aria-disabled=${test.busy === true || !inUse(device)} aria-label=${say('it.test.long', {device: name})}
      @click=${() => acts.test(device.id)}>${icon('activity-heartbeat')}${say('it.test')}</button>
    <span class="outcome" id=${`outcome-${device.id}`}>${outcome(test)}</span>
  </div>`;
}

/** @param {import('./state.js').Test} test */
function outcome(test) {
  if (test.busy) return mark('soft', 'hourglass', say('it.test.busy'));
  if (test.problem) return mark('alarm', 'alert-circle', test.problem);
  if (test.health === undefined) return nothing;
  return mark(test.ok ? 'good' : 'alarm', test.ok ? 'circle-check' : 'circle-x', testWords(test));
}

/** What a test has shown, in words. @param {import('./state.js').Test} test */
export const testWords = ({ok, health, reason}) => say(ok ? 'it.test.ok' : 'it.test.not', {why: whyWords(reason) || say(`device.health.${health}`)});

/** A moment: its time today, with the day before. @param {string | undefined} at */
export function when(at) {
  if (!at) return '';
  return day(at) === day(now()) ? clock(at) : say('it.when', {day: day(at), time: clock(at)});
}

/** A moment to the second, as a log needs it. @param {string} at */
export function exact(at) {
  const seconds = String(new Date(at).getUTCSeconds()).padStart(2, '0');
  return `${when(at)}:${seconds}`;
}

/** Bytes in the unit that is easy to read. @param {number} bytes */
export function bytesWords(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let power = 0;
  for (; bytes >= 1000 && power < units.length - 1; power++) bytes /= 1000;
  return say('it.bytes', {number: number(bytes, bytes < 10 && power > 0 ? 1 : 0), unit: units[power]});
}

/** @param {number} value @param {number} [digits] */
export const number = (value, digits = 0) => new Intl.NumberFormat(language() === 'en' ? 'en-GB' : 'zh-CN', {maximumFractionDigits: digits}).format(value);

/** Who did it. @param {Branch} branch @param {Event} event */
function byWords(branch, {by}) {
  if (!by) return say('role.box');
  const who = roleAndPlace(branch, by.role, by.staff ?? by.place);
  return by.onBehalfOf ? say('it.by.for', {who, place: placeName(branch, by.onBehalfOf)}) : who;
}

/** Whom a token is for, or who did something. @param {Branch} branch @param {string} role @param {string | undefined} place */
export function roleAndPlace(branch, role, place) {
  return place ? say('it.who', {role: say(`role.${role}`), place: placeName(branch, place)}) : say(`role.${role}`);
}

/** What happened. @param {Event} event */
const eventWords = (event) => worded(`it.event.${event.event}`, event.event);

/** What an event says beside its name. @param {State} state @param {Event} event @param {string} [known] the device of which everybody knows that it is about it */
function detailWords(state, {data}, known) {
  /** @type {string[]} */
  const parts = [];
  if (data.device && data.device !== known) parts.push(nameOfDevice(state, data.device));
  if (data.place && !data.device) parts.push(placeName(state.branch, data.place));
  if (data.role) parts.push(say(`role.${data.role}`));
  if (data.why) parts.push(whyWords(data.why));
  else if (data.health) parts.push(say(`device.health.${data.health}`));
  if (data.day) parts.push(data.day);
  if (data.configVersion) parts.push(say('it.version', {version: data.configVersion}));
  if (data.deltaMs) parts.push(say(data.deltaMs > 0 ? 'it.clock.ahead' : 'it.clock.back', {seconds: number(Math.abs(data.deltaMs) / 1000, 1)}));
  if (data.token) parts.push(say('it.token', {id: data.token}));
  return parts.join(' · ');
}

/** A notice of what went wrong. @param {string} words @param {string} id */
export const problemNote = (words, id) => (words ? html`<p class="notice alarm" id=${id}>${icon('alert-triangle')}<span>${words}</span></p>` : nothing);

/** A name and its value. @param {unknown} name @param {unknown} value */
export const fact = (name, value) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

/** A table of events, the newest first. @param {State} state @param {Event[]} events @param {{id: string, caption: string, device?: string}} table of one device or of all */
export function eventTable(state, events, {id, caption, device}) {
  return html`<table role="table" class="events" id=${id}>
    <caption class="unseen">${caption}</caption>
    <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">${say('it.column.time')}</th><th role="columnheader" scope="col">${say('it.column.event')}</th><th role="columnheader" scope="col">${say('it.column.by')}</th><th role="columnheader" scope="col">${say('it.column.detail')}</th></tr></thead>
    <tbody role="rowgroup">${[...events].reverse().map((e) => html`<tr role="row" id=${`event-${e.seq}`}>
      <td role="cell"><time datetime=${e.at}>${exact(e.at)}</time></td><th role="rowheader" scope="row">${eventMark(e)}</th><td role="cell">${byWords(state.branch, e)}</td><td role="cell">${detailWords(state, e, device)}</td></tr>`)}</tbody>
  </table>`;
}

/** @param {Event} event */
function eventMark(event) {
  const bad = ['device.failed', 'slip.failed', 'clock.jumped'].includes(event.event);
  const good = ['device.recovered', 'slip.printed'].includes(event.event);
  return mark(bad ? 'alarm' : good ? 'good' : 'soft', bad ? 'alert-circle' : good ? 'circle-check' : 'info-circle', eventWords(event));
}
