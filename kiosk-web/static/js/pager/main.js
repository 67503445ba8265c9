/** The pager: a telephone in the hand of whoever comes to help. */

import {begin, leave as toTheDoor} from '../core/screen.js';
import {alert, announce} from '../core/announce.js';
import {handheld, soundAfterTouch, stayAwake} from '../core/phone.js';
import {html, icon, nothing, render, state as badge} from '../core/view.js';
import {keepFocus} from '../core/focus.js';
import {keptDisplay, show, useMillimetres} from '../core/display.js';
import {Live} from '../core/socket.js';
import {loop} from '../core/loop.js';
import {mayChime} from '../core/chime.js';
import {pageChanged, steadyPresses} from '../core/press.js';
import {Problem} from '../core/api.js';
import {say, useLanguage} from '../core/words.js';
import {asking, declined, groups, initial, onDuty, reduce, routeOf} from './state.js';
import {callFor, colourBack, goOnFor, lineLost, tryOut} from './alarm.js';
import {cards, placeName, staffName} from './cards.js';
import {settings} from './settings.js';

const keptLook = 'handrail.pager.display';
const keptLanguage = 'handrail.pager.language';
const keptTold = 'handrail.pager.told';
/** A line that is gone this long is told, in milliseconds. */
const lostAfter = 5000;

useMillimetres(handheld);
show(keptDisplay(keptLook));
const {api, session, branch} = await begin('pager', localStorage.getItem(keptLanguage) ?? 'zh-CN');
const root = /** @type {HTMLElement} */ (document.getElementById('screen'));
const {send, state} = loop(initial(branch, session.staff), reduce, draw);

/** @type {import('./cards.js').Acts} */
const acts = {
  answer: (page, verb) => post(page, verb, verb, {}),
  close: (page, outcome) => post(page, 'close', outcome, {outcome}),
  duty,
  test: tryOut,
  look: () => send({type: 'look'}),
  language: (lang) => { localStorage.setItem(keptLanguage, lang); useLanguage(lang); send({type: 'look'}); },
};

/**
 * Says something to a page; the box decides who is first.
 * @param {string} page
 * @param {string} verb
 * @param {string} shown what is shown as being sent
 * @param {object} body
 */
async function post(page, verb, shown, body) {
  if (state().sent[page]) return;
  send({type: 'send', page, verb: shown});
  try {
    send({type: 'answered', page: await api.post(`pages/${page}/${verb}`, body)});
  } catch (error) {
    const {code, by = ''} = error instanceof Problem ? error : {code: 'busy'};
    send({type: 'refused', page, code, by});
    alert(code === 'taken' ? say('pager.taken', {who: staffName(state(), by)}) : say(`problem.${code}`));
  }
}

/** @param {string} turn on or off */
async function duty(turn) {
  if (state().turn.sent) return;
  send({type: 'turn', sent: true, code: ''});
  try {
    await api.post(`duty/${turn}`);
    send({type: 'turn', sent: false, code: ''});
    announce(say(`pager.${turn}`));
    location.hash = '#/';
  } catch (error) {
    send({type: 'turn', sent: false, code: error instanceof Problem ? error.code : 'busy'});
  }
}

/**
 * @param {import('./state.js').State} now
 * @param {import('./state.js').State} before
 */
function draw(now, before) {
  if (now.route !== before.route || orderOf(now) !== orderOf(before)) pageChanged();
  keepFocus(paint);
  if (now.route !== before.route) scrollTo(0, 0);
  tellReminders(now, before);
}

/** What is under a finger may have moved when this has changed. */
const orderOf = (/** @type {import('./state.js').State} */ now) => groups(now).map(({pages}) => pages.map(({id, status}) => id + status)).join();

function paint() {
  const now = state();
  const open = asking(now).length;
  document.title = `${open ? `(${open}) ` : ''}${say('role.pager')}`;
  render(html`
    ${now.live === false ? html`<section class="offline lost" id="lost" aria-labelledby="lost-words">${icon('wifi-off')}<p><strong id="lost-words">${say('pager.lost')}</strong><span>${say('pager.lost.line')}</span>${now.pages.length ? html`<span>${say('pager.old')}</span>` : nothing}</p></section>` : nothing}
    <header class="head">
      <h1>${staffName(now, now.me)}<span class="unseen"> ${say('role.pager')}</span></h1>
      ${now.seen ? onDuty(now) ? badge('good', 'user-check', say('pager.on')) : badge('caution', 'player-pause', say('pager.off')) : nothing}
    </header>
    <main>
      ${now.route === 'settings' ? settings(now, acts, keptLook) : html`
        ${mayChime() ? nothing : html`<button class="button sound" id="allow-sound" @click=${acts.test}>${icon('volume-off')}${say('pager.sound.allow')}</button>`}
        ${cards(now, acts)}`}
    </main>
    ${now.route === 'settings' ? nothing : html`<footer class="foot">
      <a class="button" id="settings" href="#/settings">${icon('settings')}${say('pager.settings')}</a>
    </footer>`}`, root);
}

/**
 * Alerts to a step of a page once on this telephone, also after the page was
 * loaded again.
 * @param {import('./state.js').Page} page
 * @param {number} step
 */
function hear(page, step) {
  live.send({type: 'received', page: page.id, step});
  send({type: 'called', page, step});
  const told = toldSteps();
  if (page.status !== 'open' || declined(state(), page) || (told[page.id] ?? 0) >= step) return;
  sessionStorage.setItem(keptTold, JSON.stringify({...told, [page.id]: step}));
  if (state().route !== 'cards') location.hash = '#/';
  callFor(page);
  const words = {place: placeName(state(), page.place), reason: say(`pager.do.${page.reason}`)};
  alert(say(page.alarm ? 'page.alert.alarm' : 'page.alert', words));
  bringUp(page.id);
}

/** Shows the card of a page, with what stands above the first. @param {string} id */
function bringUp(id) {
  const card = document.getElementById(`page-${id}`);
  if (card === document.querySelector('.page')) return scrollTo(0, 0);
  card?.scrollIntoView({block: 'start'});
}

/** @returns {Record<string, number>} the last step told, by page */
function toldSteps() {
  try {
    return JSON.parse(sessionStorage.getItem(keptTold) ?? '{}');
  } catch {
    return {};
  }
}

/**
 * Reminds of a page that was not closed.
 * @param {import('./state.js').State} now
 * @param {import('./state.js').State} before
 */
function tellReminders(now, before) {
  for (const page of now.pages) {
    if (page.acceptedBy !== now.me || page.steps.at(-1)?.step !== 'reminded') continue;
    const earlier = before.pages.find(({id}) => id === page.id);
    if (earlier && earlier.steps.at(-1)?.step !== 'reminded') announce(`${placeName(now, page.place)} ${say('pager.reminded')}`);
  }
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let losing;

/** @param {boolean} connected */
function line(connected) {
  send({type: 'live', live: connected});
  clearTimeout(losing);
  if (connected) refreshBranch();
  else losing = setTimeout(() => {
    alert(`${say('pager.lost')} ${say('pager.lost.line')}`);
    if (onDuty(state())) lineLost();
  }, lostAfter);
}

async function refreshBranch() {
  try {
    send({type: 'branch', branch: await api.get('branch')});
  } catch {
    // The banner says that the box cannot be reached.
  }
}

function tick() {
  send({type: 'second', second: Math.floor(Date.now() / 1000)});
  const duty = onDuty(state());
  stayAwake(duty);
  if (state().live && duty) goOnFor(asking(state()));
}

const live = new Live('pager', ['pages'], {
  view: (_, view) => send({type: 'view', view}),
  events: (_, events) => send({type: 'events', events}),
  page: hear,
  live: line,
  ended: () => toTheDoor('pager'),
});
addEventListener('hashchange', () => send({type: 'route', route: routeOf(location.hash)}));
addEventListener('pointerdown', colourBack, {capture: true});
addEventListener('keydown', colourBack, {capture: true});
steadyPresses();
soundAfterTouch();
send({type: 'route', route: routeOf(location.hash)});
tick();
setInterval(tick, 1000);
