/** The counter: a teller's tool, all day, from the keyboard. */

import {begin, leave} from '../core/screen.js';
import {Problem} from '../core/api.js';
import {Live} from '../core/socket.js';
import {loop} from '../core/loop.js';
import {html, render} from '../core/view.js';
import {deskBar, deskLanguage, shortcutsOn, useDesk} from '../core/desk.js';
import {useMillimetres} from '../core/display.js';
import {alert, announce} from '../core/announce.js';
import {focusStart, keepFocus} from '../core/focus.js';
import {listenToShortcuts} from '../core/keys.js';
import {chime} from '../core/chime.js';
import {say} from '../core/words.js';
import {initial, isSilentHere, momentOf, onDuty, reduce, visitOfCall} from './state.js';
import {nowWords, pageWords, refusalWords, staffName} from './words.js';
import {card, titleOf} from './card.js';
import {aside, next, pages} from './lists.js';
import {dialog} from './dialogs.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./parts.js').Acts} Acts */

/** Two presses of the same key within this time are one (EN 301 549, 5.8). */
const doubleStrike = 500;

const {api, session, branch} = await begin('counter', deskLanguage());
const place = session.place;
const root = /** @type {HTMLElement} */ (document.getElementById('screen'));
const keptStaff = `handrail.counter.staff.${place}`;
const keptRaised = `handrail.counter.raised.${place}`;
const {send, state} = loop(initial(branch, raisedBefore()), reduce, draw);

/** Where the focus was when the dialog opened. */
let opener = '';
/** The steps of pages that have been told, so that each is told once. */
const told = new Set();

/**
 * Sends a command. The place of the screen that it belongs to takes no other
 * until it is answered.
 * @param {string} at
 * @param {string} path
 * @param {object} [body]
 */
async function act(at, path, body = {}) {
  if (state().sent.includes(at)) return undefined;
  const sentAt = performance.now();
  // While a dialog is open nothing else can be pressed.
  const from = state().dialog;
  send({type: 'sent', at});
  try {
    const answer = await api.post(path, body);
    send({type: 'answered', from});
    return answer;
  } catch (error) {
    refuse(at, from, error);
    return undefined;
  } finally {
    const rest = doubleStrike - (performance.now() - sentAt);
    setTimeout(() => send({type: 'settled', at}), Math.max(0, rest));
  }
}

/**
 * @param {string} at
 * @param {import('./state.js').Dialog | null} from
 * @param {unknown} error
 */
function refuse(at, from, error) {
  if (!(error instanceof Problem)) throw error;
  if (error.status === 401) { leave('counter'); return; }
  send({type: 'refused', from, at, code: error.code, by: error.by ?? ''});
  const {refusal} = state();
  if (refusal) alert(refusalWords(state(), refusal).join(say('list.comma')));
}

/** @type {Acts} */
const acts = {
  primary,
  visit: (verb, body) => visitAct('counter', state().view?.serving?.id, verb, body),
  counter: openOrClose,
  page: (page, verb, body) => { act(page, `pages/${page}/${verb}`, body); },
  raise,
  bringBack: (visit, position) => visitAct('aside', visit, 'return', {position}),
  duty: () => { act('duty', onDuty(state()) ? 'duty/off' : 'duty/on'); },
  ask: (name, of = '') => { send({type: 'dialog', dialog: {name, of}}); },
  dismiss: () => { send({type: 'dialog', dialog: null}); },
  redraw: paintInPlace,
};

function primary() {
  const {view} = state();
  if (!view || state().sent.includes('counter')) return;
  switch (momentOf(view)) {
    case 'closed': return acts.ask('open');
    case 'paused': return acts.counter('open', {});
    case 'free': return callNext();
    case 'called': return acts.visit('confirm');
    case 'serving': return acts.visit('finish');
  }
}

/**
 * Calls a colleague; whoever called may take it back.
 * @param {string} reason
 */
async function raise(reason) {
  const page = await act('help', 'pages', {reason, place, visit: visitOfCall(state(), reason)});
  if (!page) return;
  send({type: 'raised', page: page.id});
  sessionStorage.setItem(keptRaised, JSON.stringify(state().raised));
}

/** @returns {string[]} what this screen had called before it was loaded anew */
function raisedBefore() {
  return JSON.parse(sessionStorage.getItem(keptRaised) ?? '[]');
}

async function callNext() {
  const answer = await act('counter', `counters/${place}/call-next`);
  if (answer !== null) return;
  send({type: 'nobody'});
  announce(say('counter.nobody'));
}

/**
 * @param {string} at
 * @param {string | undefined} visit
 * @param {string} verb
 * @param {object} [body]
 */
function visitAct(at, visit, verb, body) {
  if (visit) act(at, `visits/${visit}/${verb}`, body);
}

/**
 * Remembers on this screen who opened it, for the next morning.
 * @param {string} verb
 * @param {{staff?: string}} [body]
 */
async function openOrClose(verb, body = {}) {
  const opens = verb === 'open' && state().dialog !== null;
  const answer = await act('counter', `counters/${place}/${verb}`, body);
  if (opens && answer) localStorage.setItem(keptStaff, body.staff ?? '');
}

/**
 * @param {State} now
 * @param {State} before
 */
function draw(now, before) {
  if (now.dialog && !before.dialog) opener = document.activeElement?.id ?? '';
  paintInPlace();
  if (now.dialog && !before.dialog) return dialogElement()?.showModal();
  if (before.dialog && !now.dialog) (document.getElementById(opener) ?? primaryButton())?.focus({preventScroll: true});
  if (now.view !== before.view) tell(now, before);
}

/**
 * Draws anew with the focus where it was: on the control of the same name, else
 * on the first of what it belonged to, else on the next right thing.
 */
function paintInPlace() {
  const held = document.activeElement;
  const id = held?.id ?? '';
  const home = held?.closest('#acts, li[id]')?.id;
  keepFocus(paint);
  if (!home || document.activeElement?.id === id) return;
  const again = document.getElementById(id) ?? document.getElementById(home)?.querySelector('button');
  (again ?? primaryButton())?.focus({preventScroll: true});
}

const primaryButton = () => document.getElementById('primary');
const dialogElement = () => /** @type {HTMLDialogElement | null} */ (document.getElementById('dialog'));

/**
 * Says who is here now, when that has changed on this screen.
 * @param {State} now
 * @param {State} before
 */
function tell(now, before) {
  if (!before.view) return focusStart();
  const visit = now.view?.serving;
  const was = before.view.serving;
  if (visit && (visit.id !== was?.id || visit.state !== was.state)) announce(nowWords(now, visit));
}

function paint() {
  const now = state();
  const {view} = now;
  if (!view) return;
  const staff = staffName(now, view.counter.staff);
  render(html`
    ${deskBar({title: titleOf(view, staff), live: now.live, keys: true, changed: acts.redraw})}
    <main>
      <div class="left">${card(now, view, acts)}${next(now, view)}</div>
      <div class="right">${pages(now, view, acts)}${aside(now, view, acts)}</div>
    </main>
    ${dialog(now, acts, localStorage.getItem(keptStaff))}`, root);
}

/**
 * A step of a page: received, told once, and heard while somebody must come.
 * @param {any} page
 * @param {number} step
 */
function pageStep(page, step) {
  live.send({type: 'received', page: page.id, step});
  const name = `${page.id}/${step}`;
  // The frame of a call that is made here may come before its answer.
  const own = state().raised.includes(page.id) || page.place === place && state().sent.includes('help');
  if (told.has(name) || own || isSilentHere(page, place)) return;
  told.add(name);
  if (page.status !== 'open') return;
  chime([880, 660]);
  alert(pageWords(state(), page));
}

useDesk();
useMillimetres(3.644);
listenToShortcuts(shortcutsOn);
setInterval(() => { if (state().view) send({type: 'second', second: Math.floor(performance.now() / 1000)}); }, 1000);

const topic = `counter:${place}`;
const live = new Live('counter', [topic, 'pages'], {
  view: (of, view) => send(of === topic ? {type: 'view', view} : {type: 'duty', duty: view.duty}),
  events: (of, events) => {
    if (of !== topic) return;
    for (const {event, at, data} of events) if (event === 'visit.recalled') send({type: 'recalled', visit: data.visit, at});
  },
  page: pageStep,
  live: (on) => send({type: 'live', live: on}),
  ended: () => { leave('counter'); },
});
