/** What stands on a hall screen. */

import {html, icon, nothing} from '../core/view.js';
import {clock} from '../core/time.js';
import {sayIn} from '../core/words.js';
import {callNow, callsBefore, callsSoon, isFresh} from './state.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').Call} Call */
/** @typedef {Record<string, string>} Text */

/** How long one part of the bottom line stands before the next. */
const standsMillis = 8000;

/**
 * Words in both languages, Chinese first.
 * @param {Text} text
 */
const both = (text) => html`<span class="zh" lang="zh-CN">${text['zh-CN']}</span> <span class="en" lang="en">${text.en}</span>`;

/**
 * @param {string} key
 * @param {Record<string, string | number>} [args]
 */
const words = (key, args) => both(textOf(key, () => args ?? {}));

/**
 * @param {string} key
 * @param {(lang: string) => Record<string, string | number>} args
 * @returns {Text}
 */
const textOf = (key, args) => ({'zh-CN': sayIn('zh-CN', key, args('zh-CN')), en: sayIn('en', key, args('en'))});

/**
 * A name of the branch, or its id when the branch no longer has it.
 * @param {{id: string, name: Text}[]} places
 * @param {string} id
 * @returns {Text}
 */
function nameIn(places, id) {
  const name = places.find((p) => p.id === id)?.name;
  return {'zh-CN': name?.['zh-CN'] ?? id, en: name?.en ?? name?.['zh-CN'] ?? id};
}

/**
 * The sentence of a call.
 * @param {State} state
 * @param {Call} call
 */
export function sentence({branch}, call) {
  const counter = nameIn(branch.counters, call.counter);
  return textOf(call.recall > 0 ? 'call.again' : 'call.first', (lang) => ({ticket: call.ticket, counter: counter[lang]}));
}

/** @typedef {{wide: boolean, ems: number}} Room wide: landscape; ems: how many letter heights of text stand side by side */

/**
 * @param {State} state
 * @param {Room} room
 * @param {{sound: () => void}} acts
 */
export function screen(state, room, acts) {
  const alone = callsBefore(state).length + callsSoon(state).length === 0;
  return html`
    <h1 class="unseen">${sayIn('zh-CN', 'hall.title')} <span lang="en">${sayIn('en', 'hall.title')}</span></h1>
    <div class="bands">${state.live ? nothing : offline()}${state.locked ? soundButton(acts) : nothing}</div>
    <section class="now" data-alone=${alone ? 'yes' : 'no'} data-fresh=${isFresh(state) ? 'yes' : 'no'} data-live=${state.live ? 'yes' : 'no'}>${now(state)}</section>
    ${alone ? nothing : html`<section class="before" data-live=${state.live ? 'yes' : 'no'}>${before(state)}</section>`}
    <section class="foot">${foot(state, room)}</section>`;
}

const offline = () => html`<p class="offline" id="offline">${icon('wifi-off')}<span>${words('offline')}</span></p>`;

/** @param {{sound: () => void}} acts */
const soundButton = (acts) => html`<button class="button primary" id="sound" @click=${acts.sound}>
    ${icon('volume')}<span class="sound-do">${words('hall.sound')}</span><span class="sound-why">${words('hall.sound.why')}</span>
  </button>`;

/** @param {State} state */
function now(state) {
  const call = callNow(state);
  return call ? calling(state, call) : welcome(state);
}

/**
 * @param {State} state
 * @param {Call} call
 */
function calling(state, call) {
  const counter = nameIn(state.branch.counters, call.counter);
  const said = spokenAlarm(state) ? sentence(state, call) : state.speech?.text ?? sentence(state, call);
  return html`
    <p class="now-state">${stateOf(state, call)}<time>${clock(state.now)}</time></p>
    <div class="code-box"><p class="ticket code" id="now-ticket" data-call=${call.call} data-characters=${Math.min(8, call.ticket.length)}>${call.ticket}</p></div>
    <p class="go" id="now-counter">${icon('arrow-right')}${both(counter)}</p>
    <p class="caption" id="caption">${both(said)}</p>`;
}

/**
 * How far a call has come: an icon and a word.
 * @param {State} state
 * @param {Call} call
 */
function stateOf({live, speech}, call) {
  if (!live) return mark('soft', 'wifi-off', 'hall.stale');
  if (speech?.call === call.call && speech.phase !== 'sounding') return mark('caution', 'volume-off', 'hall.silent');
  switch (call.spoken) {
    case 'speaking': return mark('good', 'volume', 'call.spoken.speaking');
    case 'waiting': return mark('soft', 'hourglass', 'call.spoken.waiting');
    case 'unspoken': return mark('caution', 'volume-off', 'call.spoken.unspoken');
    default: return mark('good', 'circle-check', 'call.spoken.done');
  }
}

/**
 * @param {'good' | 'caution' | 'soft'} tone
 * @param {string} name of an icon
 * @param {string} key
 */
const mark = (tone, name, key) => html`<span class="state ${tone}">${icon(name)}<span>${words(key)}</span></span>`;

/** Nobody is called: the time, and that people are welcome. @param {State} state */
function welcome(state) {
  const {branch, now, live} = state;
  const line = branch.open ? textOf('kiosk.welcome', (lang) => ({branch: branch.name[lang] ?? branch.name['zh-CN']})) : textOf('kiosk.closed', () => ({}));
  const said = spokenAlarm(state) ? undefined : state.speech?.text;
  const below = said ?? (branch.open ? textOf('hall.listen', () => ({})) : null);
  return html`
    <p class="now-state">${live ? nothing : mark('soft', 'wifi-off', 'hall.stale')}</p>
    <div class="code-box"><p class="ticket code" data-characters="5"><time id="clock">${clock(now)}</time></p></div>
    <p class="go welcome" id="welcome">${both(line)}</p>
    <p class="caption" id="caption">${below ? both(below) : nothing}</p>`;
}

/** The calls before, and those that wait for their turn. @param {State} state */
function before(state) {
  const soon = callsSoon(state);
  const rows = callsBefore(state);
  return html`
    ${soon.length === 0 ? nothing : html`
      <h2>${icon('hourglass')}${words('hall.soon')}</h2>
      <ol class="soon" id="soon">${soon.map((c) => html`<li class="ticket">${c.ticket}</li>`)}</ol>`}
    ${rows.length === 0 ? nothing : html`
      <h2>${icon('history')}${words('hall.called')}</h2>
      <ol class="rows" id="rows">${rows.map((c) => row(state, c))}</ol>`}`;
}

/**
 * @param {State} state
 * @param {Call} call
 */
function row({branch}, call) {
  return html`<li><span class="ticket">${call.ticket}</span>${icon('arrow-right')}${both(nameIn(branch.counters, call.counter))}</li>`;
}

/**
 * The bottom line, one thing at a time: an alarm as long as there is one, else
 * who waits for what.
 * @param {State} state
 * @param {Room} room
 */
function foot(state, room) {
  const {branch, view, now} = state;
  const turn = Math.floor(now / standsMillis);
  if (view.alarms.length > 0) return alarm(branch, spokenAlarm(state) ?? view.alarms[turn % view.alarms.length]);
  if (view.waiting.length === 0) return html`<p class="waiting-none">${icon('users')}<span>${words('hall.nobody')}</span></p>`;
  const pages = pagesOf(view.waiting.map((w) => lineOf(branch, w)), room);
  const page = turn % pages.length;
  return html`
    <h2><span>${words('hall.waiting')}</span>${pages.length > 1 ? html`<span class="page">${page + 1}/${pages.length}</span>` : nothing}</h2>
    <ul class="waiting" id="waiting">${pages[page].map(waiting)}</ul>`;
}

/** @typedef {{name: Text, count: number, range: Text}} Line */

/**
 * @param {import('../core/screen.js').Branch} branch
 * @param {import('./state.js').Waiting} waiting
 * @returns {Line}
 */
const lineOf = (branch, {service, count, wait}) => ({name: nameIn(branch.services, service), count, range: wait ? rangeOf(wait) : {'zh-CN': '', en: ''}});

/**
 * As many services as stand side by side in letters that are read from far; two
 * below each other on an upright panel.
 * @param {Line[]} lines
 * @param {Room} room
 */
function pagesOf(lines, {wide, ems}) {
  /** @type {Line[][]} */
  const pages = [];
  let left = 0;
  for (const line of lines) {
    const width = wide ? widthOf(line) : ems / 2;
    if (pages.length === 0 || width > left) {
      pages.push([]);
      left = ems;
    }
    pages[pages.length - 1].push(line);
    left -= width;
  }
  return pages;
}

/** About how wide a service is, in letter heights, with what is between two. @param {Line} line */
function widthOf({name, count, range}) {
  const chinese = name['zh-CN'].length + 0.5 + String(count).length * 0.6 + (range['zh-CN'] ? 6 : 0);
  const english = name.en.length * 0.54 + (range.en ? 0.5 + range.en.length * 0.54 : 0);
  return Math.max(chinese, english) + 1.6;
}

/** @param {Line} line */
const waiting = ({name, count, range}) => html`<li>
    <span class="service"><span class="zh" lang="zh-CN">${name['zh-CN']}</span><strong>${count}</strong><span class="range" lang="zh-CN">${range['zh-CN']}</span></span>
    <span class="service"><span class="en" lang="en">${name.en}</span><span class="range" lang="en">${range.en}</span></span>
  </li>`;

/** @param {{lowSeconds: number, highSeconds: number}} wait */
function rangeOf({lowSeconds, highSeconds}) {
  const low = Math.ceil(lowSeconds / 60);
  const high = Math.max(1, Math.ceil(highSeconds / 60));
  return textOf(low < 1 || low >= high ? 'hall.within' : 'hall.minutes', () => ({low, high}));
}

/**
 * The alarm that this screen says, if it says one. The bottom line is its
 * caption; what is said names no page.
 * @param {State} state
 */
const spokenAlarm = ({branch, view, speech}) => view.alarms.find((a) => alarmText(branch, a)['zh-CN'] === speech?.text['zh-CN']);

/**
 * @param {import('../core/screen.js').Branch} branch
 * @param {import('./state.js').Alarm} alarm
 */
function alarmText(branch, {place}) {
  const name = nameIn([...branch.kiosks, ...branch.counters, ...branch.zones], place);
  return textOf('alarm.hall', (lang) => ({place: name[lang]}));
}

/**
 * @param {import('../core/screen.js').Branch} branch
 * @param {import('./state.js').Alarm} alarm
 */
const alarm = (branch, alarm) => html`<p class="alarm" id="alarm" data-page=${alarm.page}>${icon('alert-triangle')}<span>${both(alarmText(branch, alarm))}</span></p>`;
