/** The kiosk: state in, page out, and what a press sets in motion. */

import {begin, leave as toTheDoor} from '../core/screen.js';
import {announce} from '../core/announce.js';
import {chime} from '../core/chime.js';
import {focusStart, keepFocus} from '../core/focus.js';
import {keepMillimetre, panel, show, useMillimetres} from '../core/display.js';
import {listenToKeypad} from '../core/keys.js';
import {Live} from '../core/socket.js';
import {loop} from '../core/loop.js';
import {newId, Problem} from '../core/api.js';
import {named, say, useLanguage} from '../core/words.js';
import {pageChanged, steadyPresses} from '../core/press.js';
import {render} from '../core/view.js';
import {addressOf, backOf, callOf, initial, newJourney, reduce, routeOf} from './state.js';
import {callReason} from '../core/choices.js';
import {fit, layoutOf} from './layout.js';
import {frame} from './frame.js';
import {Idle} from './idle.js';
import {nowOf, stepsOf} from '../core/steps.js';

/** The densest kiosk screen there is: uncalibrated, nothing is too small. */
const densest = 5.9;
const keptJourney = 'handrail.kiosk.journey';

useMillimetres(densest);
const {api, session, branch} = await begin('kiosk');
const root = /** @type {HTMLElement} */ (document.getElementById('screen'));
const {send, state} = loop(initial(branch, newId()), reduce, draw);

const nameOf = (/** @type {string} */ id) => named(state().branch.staff.find((s) => s.id === id)?.name) || say('kiosk.colleague');

/** @type {import('./pages.js').Acts} */
const acts = {
  go: (address) => { location.hash = address; },
  language: (language) => send({type: 'language', language}),
  size: (step) => send({type: 'size', step}),
  theme: (theme) => send({type: 'theme', theme}),
  motor: () => send({type: 'motor'}),
  need: (need) => send({type: 'need', need}),
  priority: () => send({type: 'priority'}),
  service: (id) => { location.hash = `#/confirm/${id}`; },
  order, act, scan, call, end,
  page: actOnPage,
  stay,
  currentCall: () => callOf(state()),
  stepsOf: (page) => stepsOf(page, nameOf),
  nowOf: (page) => nowOf(page, nameOf),
  timeLeft: () => idle.left(),
  calibrate: (factor) => useMillimetresNow(panel().mm * factor),
  keepCalibration: () => { keepMillimetre(panel().mm); location.hash = '#/'; },
};

/** Takes the ticket. One screen shown is one command, however often it is pressed. */
async function order() {
  const {journey} = state();
  if (journey.order?.sent) return;
  const id = newId();
  send({type: 'order', id});
  await takeTicket(id);
}

/** Also after the page was loaded again: the id makes it the same ticket. */
async function takeTicket(/** @type {string} */ id) {
  const {journey} = state();
  const body = {service: journey.service, needs: journey.needs, language: journey.language, ...(journey.priority && {class: 'caring'})};
  try {
    const visit = await api.post('visits', body, {id});
    if (state().journey.session !== journey.session) return;
    send({type: 'ordered', visit});
    location.hash = '#/ticket';
    loadQR(visit.id, visit.key);
  } catch (error) {
    if (state().journey.session === journey.session) send({type: 'order-refused', code: codeOf(error)});
  }
}

/** The QR is a comfort: without it the ticket is as good. */
async function loadQR(/** @type {string} */ visit, /** @type {string} */ key) {
  try {
    send({type: 'qr', visit, svg: await api.text(`visits/${visit}/qr`, {key})});
  } catch {
    // The page shows the ticket without it.
  }
}

/** @param {string} act away, back or cancel */
async function act(act) {
  const {ticket} = state().journey;
  if (!ticket || ticket.sent) return;
  send({type: 'act', act});
  try {
    const visit = await api.post(`visits/${ticket.visit.id}/${act}`, {}, {key: ticket.key});
    send({type: 'acted', visit});
    announce(say(`visit.state.${visit.state}`));
    if (act === 'cancel') location.hash = '#/visit';
  } catch (error) {
    send({type: 'act-refused', code: codeOf(error)});
    refreshTicket();
  }
}

/** Shows the visit as it is now. */
async function refreshTicket() {
  const {ticket} = state().journey;
  if (!ticket) return;
  try {
    send({type: 'acted', visit: await api.get(`visits/${ticket.visit.id}`, {key: ticket.key})});
  } catch {
    // What is shown is the newest there is; the band says that the box is away.
  }
}

const visitKey = /(v_[0-9A-Z]{26}\.[A-Z2-7]{26})\s*$/i;

/** Reads the ticket that was held to the scanner, which types like a keyboard. */
async function scan(/** @type {Event} */ event) {
  event.preventDefault();
  const field = /** @type {HTMLInputElement} */ (document.getElementById('code'));
  const key = visitKey.exec(field.value)?.[1];
  field.value = '';
  field.focus();
  if (!key) return refuseScan('unread');
  try {
    const id = key.split('.')[0];
    const visit = await api.get(`visits/${id}`, {key});
    send({type: 'ticket', visit, key});
    loadQR(id, key);
    location.hash = '#/visit';
  } catch (error) {
    refuseScan(error instanceof Problem && error.status > 0 ? 'unknown' : 'away');
  }
}

/** @param {string} code unread, unknown or away */
function refuseScan(code) {
  send({type: 'scan-refused', code});
  announce(say(`kiosk.scan.${code}`));
}

/** Calls a person: from everywhere, at once, and never twice for one press. */
async function call() {
  const {journey, branch, calling} = state();
  if (calling) return;
  send({type: 'calling'});
  const reason = callReason(journey.needs, branch.reasons);
  const {ticket} = journey;
  try {
    const page = await api.post('pages', {reason, session: journey.session, ...(ticket && {visit: ticket.visit.id})}, ticket ? {key: ticket.key} : {});
    if (state().journey.session !== journey.session) return send({type: 'call-failed'});
    send({type: 'page', page});
    send({type: 'called', page: page.id});
  } catch {
    send({type: 'call-failed'});
    announce(say('kiosk.call.failed'));
  }
}

/** @param {string} id @param {string} verb cancel or arrive */
async function actOnPage(id, verb) {
  try {
    send({type: 'page', page: await api.post(`pages/${id}/${verb}`)});
    location.hash = addressOf(state().journey.from);
  } catch {
    // The page has moved on; the box's view tells how.
  }
}

const codeOf = (/** @type {unknown} */ error) => (error instanceof Problem ? error.code : 'busy');

/** The journey is over: nothing of it stays. */
function end() {
  idle.stay();
  send({type: 'end', session: newId()});
  if (location.hash !== '#/') location.hash = '#/';
  focusStart();
}

function stay() {
  idle.stay();
  location.hash = addressOf(state().journey.from);
}

function useMillimetresNow(/** @type {number} */ px) {
  document.documentElement.style.setProperty('--mm', `${px}px`);
}

/**
 * @param {import('./state.js').State} now
 * @param {import('./state.js').State} before
 */
function draw(now, before) {
  show(now.journey.display);
  if (now.journey.language !== before.journey.language) useLanguage(now.journey.language);
  const moved = addressOf(now.route) !== addressOf(before.route);
  if (moved) pageChanged();
  keepFocus(paint);
  if (moved) focusStart();
  if (now.journey !== before.journey) keep(now.journey);
  tellCall(now, before);
  if (moved && now.route.page === 'visit') refreshTicket();
}

function paint() {
  const banded = callOf(state()) !== undefined || state().calling || !state().live;
  const layout = layoutOf(state().journey.display, banded);
  const {dataset, style} = document.documentElement;
  dataset.panel = layout.short ? 'short' : 'tall';
  dataset.banded = banded ? 'yes' : 'no';
  style.setProperty('--columns', String(layout.columns));
  style.setProperty('--rows', String(layout.rows));
  render(frame(state(), layout, acts), root);
  document.title = `${named(state().branch.name)} · ${say('role.kiosk')}`;
  fit();
}

/**
 * Says each new step of a call for help.
 * @param {import('./state.js').State} now
 * @param {import('./state.js').State} before
 */
function tellCall(now, before) {
  const [page, earlier] = [callOf(now), callOf(before)];
  if (!page || page === earlier) return;
  const known = earlier ? acts.stepsOf(earlier) : [];
  const news = acts.stepsOf(page).filter((/** @type {string} */ words) => !known.includes(words));
  if (news.length) announce(news.join(say('list.stop')));
}

/** Keeps the journey over a reload, on this screen only and until it ends. */
function keep(/** @type {import('./state.js').Journey} */ journey) {
  sessionStorage.setItem(keptJourney, JSON.stringify(journey));
}

function restore() {
  try {
    const journey = JSON.parse(sessionStorage.getItem(keptJourney) ?? '');
    send({type: 'restore', journey: {...newJourney(newId()), ...journey}});
    if (journey.order?.sent) takeTicket(journey.order.id);
  } catch {
    // There is no journey to go on with.
  }
}

/** The way back for a keypad; help and the rest are where they are for the finger. */
function onKeypad(/** @type {string} */ key) {
  if (key === 'help') return document.getElementById('help')?.click();
  if (key === 'back') { const back = backOf(state()); if (back) location.hash = back; return; }
  if (key === 'next') (document.querySelector(/** @type {'a'} */ ('.actions .primary')) ?? document.getElementById('more'))?.click();
}

async function refreshBranch() {
  try {
    send({type: 'branch', branch: await api.get('branch')});
  } catch {
    // The band says that the box cannot be reached.
  }
}

const idle = new Idle({
  busy: () => !callOf(state()) && !state().journey.order?.sent && (state().route.page !== 'welcome' || state().journey !== blank()),
  slow: () => state().journey.needs.length > 0 || state().journey.display.motor,
  ask: () => { location.hash = '#/time'; chime([660, 880]); announce(say('kiosk.time.question')); },
  tick: () => keepFocus(paint),
  end,
});

/** @type {import('./state.js').Journey | undefined} */
let untouched;
/** The journey as it was when it began: then there is nothing to forget. */
function blank() {
  const {journey} = state();
  const {session, from, ...rest} = journey;
  const {session: s, from: f, ...begun} = newJourney(session);
  if (JSON.stringify(rest) === JSON.stringify(begun)) untouched = journey;
  return untouched;
}

addEventListener('hashchange', () => send({type: 'route', route: routeOf(location.hash)}));
addEventListener('resize', () => keepFocus(paint));
document.fonts.addEventListener('loadingdone', () => fit());
listenToKeypad(onKeypad);
steadyPresses();
setInterval(() => {
  const minute = Math.floor(Date.now() / 60_000);
  if (minute !== state().minute) {
    send({type: 'minute', minute});
    refreshBranch(); // the day may have ended
  }
  // The box's view of this place says nothing of one visit.
  if (state().route.page === 'visit') refreshTicket();
}, 5000);
new Live('kiosk', [`kiosk:${session.place}`], {
  view: (_, view) => { send({type: 'view', view}); if (state().route.page === 'visit') refreshTicket(); },
  events: (_, events) => send({type: 'events', events}),
  live: (live) => { send({type: 'live', live}); if (live) refreshBranch(); },
  ended: () => toTheDoor('kiosk'),
});
restore();
send({type: 'route', route: routeOf(location.hash)});
focusStart();
