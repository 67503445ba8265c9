/** A customer's own telephone: the ticket, where it stands, and a call for help. */

import {begin, leave as toTheDoor} from '../core/screen.js';
import {alert, announce} from '../core/announce.js';
import {chime, mayChime} from '../core/chime.js';
import {focusStart, keepFocus} from '../core/focus.js';
import {handheld, soundAfterTouch, vibrate} from '../core/phone.js';
import {keepDisplay, keptDisplay, show, useMillimetres} from '../core/display.js';
import {Live} from '../core/socket.js';
import {loop} from '../core/loop.js';
import {named, say, useLanguage} from '../core/words.js';
import {pageChanged, steadyPresses} from '../core/press.js';
import {Problem} from '../core/api.js';
import {render} from '../core/view.js';
import {stepsOf} from '../core/steps.js';
import {callingOf, callOf, initial, reasonOf, reduce, routeOf} from './state.js';
import {page, stateWords} from './pages.js';

const keptLook = 'handrail.visit.display';
const keptLanguage = 'handrail.visit.language';
const keptTold = 'handrail.visit.told';

useMillimetres(handheld);
show(keptDisplay(keptLook));
const {api, session, branch} = await begin('visit', sessionStorage.getItem(keptLanguage) ?? 'zh-CN');
const root = /** @type {HTMLElement} */ (document.getElementById('screen'));
const {send, state} = loop(initial(branch), reduce, draw);

/** @param {string} id */
const nameOf = (id) => named(state().branch.staff?.find((s) => s.id === id)?.name) || say('kiosk.colleague');

/** @type {import('./pages.js').Acts} */
const acts = {
  act, call, noNeed, nameOf,
  sound: ring,
  draw: () => send({type: 'draw'}),
  language: (lang) => { sessionStorage.setItem(keptLanguage, lang); useLanguage(lang); send({type: 'draw'}); },
};

/** @param {string} act away, back or cancel */
async function act(act) {
  if (state().sent) return;
  send({type: 'send', act});
  try {
    send({type: 'acted', visit: await api.post(`visits/${session.visit}/${act}`)});
  } catch (error) {
    send({type: 'refused', code: error instanceof Problem ? error.code : 'busy'});
    announce(`${say(`problem.${state().problem}`)} ${say('kiosk.again')}`);
  }
  if (act === 'cancel') location.hash = '#/';
}

/** Calls a person. */
async function call() {
  if (state().sent) return;
  send({type: 'send', act: 'help'});
  try {
    send({type: 'called', page: await api.post('pages', {reason: reasonOf(state()), visit: session.visit})});
  } catch {
    send({type: 'call-failed'});
    announce(say('kiosk.call.failed'));
  }
}

/** @param {string} id of the page that is not needed any more */
async function noNeed(id) {
  if (state().sent) return;
  send({type: 'send', act: 'no-need'});
  try {
    send({type: 'called', page: await api.post(`pages/${id}/cancel`)});
    announce(say('page.step.cancelled'));
  } catch (error) {
    send({type: 'refused', code: error instanceof Problem ? error.code : 'busy'});
  }
}

/**
 * @param {import('./state.js').State} now
 * @param {import('./state.js').State} before
 */
function draw(now, before) {
  if (now.visit && !before.visit) meet(now.visit);
  const moved = now.route !== before.route;
  if (moved || now.visit?.state !== before.visit?.state) pageChanged();
  keepFocus(paint);
  if (moved) {
    scrollTo(0, 0);
    focusStart();
  }
  tellState(now, before);
  tellCall(now, before);
}

/** Whoever opens their ticket is met as they asked when they took it. */
function meet(/** @type {any} */ visit) {
  if (visit.language && !sessionStorage.getItem(keptLanguage)) useLanguage(visit.language);
  const needs = visit.needs ?? [];
  if (localStorage.getItem(keptLook) === null && needs.some((/** @type {string} */ need) => ['large-print', 'high-contrast'].includes(need))) {
    keepDisplay(keptLook, {theme: needs.includes('high-contrast') ? 'high' : 'light', size: needs.includes('large-print') ? 'l' : 's', motor: false});
    show(keptDisplay(keptLook));
  }
}

function paint() {
  const {visit, branch} = state();
  render(page(state(), acts, keptLook), root);
  document.title = visit?.id ? `${visit.ticket} · ${stateWords(visit, branch)}` : say('visit.title');
}

/**
 * Tells where the visit stands when that has changed; a call to a counter rings,
 * once on this telephone.
 * @param {import('./state.js').State} now
 * @param {import('./state.js').State} before
 */
function tellState({visit, branch}, before) {
  const calling = callingOf(visit);
  if (calling && calling !== sessionStorage.getItem(keptTold)) {
    sessionStorage.setItem(keptTold, calling);
    // What may not sound now must not be heard later.
    if (mayChime()) ring();
    else shake();
    location.hash = '#/';
    return alert(stateWords(visit, branch));
  }
  if (!calling && before.visit && visit.state !== before.visit.state && visit.id) announce(stateWords(visit, branch));
}

function ring() {
  chime([660, 880, 660, 880], 0.3, 0.5);
  shake();
}

const shake = () => vibrate([500, 200, 500, 200, 500]);

/**
 * Says each new step of a call for help.
 * @param {import('./state.js').State} now
 * @param {import('./state.js').State} before
 */
function tellCall(now, before) {
  const [call, earlier] = [callOf(now), callOf(before)];
  if (!call || call === earlier) return;
  const words = stepsOf(call, nameOf).at(-1);
  if (words && words !== (earlier && stepsOf(earlier, nameOf).at(-1))) announce(words);
}

async function refreshBranch() {
  try {
    send({type: 'branch', branch: await api.get('branch')});
  } catch {
    // The line above says that the box cannot be reached.
  }
}

const hearSound = () => send({type: 'sound', sound: mayChime()});

new Live('visit', [`visit:${session.visit}`], {
  view: (_, view) => send({type: 'view', view}),
  events: (_, events) => send({type: 'events', events}),
  live: (live) => { send({type: 'live', live}); if (live) refreshBranch(); },
  ended: () => toTheDoor('visit'),
});
addEventListener('hashchange', () => send({type: 'route', route: routeOf(location.hash)}));
steadyPresses();
soundAfterTouch();
hearSound();
setInterval(hearSound, 1000);
send({type: 'route', route: routeOf(location.hash)});
paint();
