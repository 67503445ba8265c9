/** The console of branch IT: the box's view in, the page out, and what a press sets in motion. */

import {begin, leave} from '../core/screen.js';
import {alert, announce} from '../core/announce.js';
import {deskLanguage, useDesk} from '../core/desk.js';
import {focusStart, keepFocus} from '../core/focus.js';
import {Live} from '../core/socket.js';
import {loop} from '../core/loop.js';
import {named, say} from '../core/words.js';
import {render} from '../core/view.js';
import {useMillimetres} from '../core/display.js';
import {frame} from './frame.js';
import {initial, reduce, routeOf} from './state.js';
import {troubles} from './overview.js';
import {work} from './work.js';
import {configWork} from './candidate.js';
import {tokenWork} from './token.js';

/** @typedef {import('./state.js').State} State */

/** A desk screen that was not measured: 23.8 inches with 1920 × 1080. */
const usual = 3.78;
const figuresEvery = 5000;

useMillimetres(usual);
const {api, branch} = await begin('it', deskLanguage());
useDesk();
const root = /** @type {HTMLElement} */ (document.getElementById('screen'));
const {send, state} = loop(initial(branch), reduce, draw);
const tools = {api, send, state};
const doings = work(tools);
const configuration = configWork(tools);
const tokens = tokenWork(tools);

/** @type {import('./parts.js').Acts} */
const acts = {
  redraw: () => keepFocus(paint),
  skip: (event) => { event.preventDefault(); focusStart(); },
  filter: (filter) => send({type: 'filter', filter}),
  ...doings.acts, ...configuration.acts, ...tokens.acts,
};

/** @param {State} now @param {State} before */
function draw(now, before) {
  const moved = now.route !== before.route;
  hideDialog(now);
  keepFocus(paint);
  showDialog(now, before);
  if (moved) arrive(now, before);
  const news = now.view !== before.view || before.status && now.status !== before.status;
  if (before.seen && news) tell(now, before);
}

function paint() {
  render(frame(state(), acts), root);
  document.title = `${named(state().branch.name)} · ${say('role.it')} · ${say(`it.${state().route.section}`)}`;
}

const dialog = () => /** @type {HTMLDialogElement} */ (document.getElementById('dialog'));

/** A dialog gives the focus back to what opened it. @param {State} now */
function hideDialog(now) {
  if (dialog()?.open && !now.tokens.ending) dialog().close();
}

/** @param {State} now @param {State} before */
function showDialog(now, before) {
  if (!now.tokens.ending || before.tokens.ending) return;
  dialog().showModal();
  document.getElementById('dialog-title')?.focus({preventScroll: true});
}

/** @param {State} now @param {State} before */
function arrive(now, before) {
  if (before.minute) {
    scrollTo(0, 0);
    focusStart();
  }
  refresh();
}

/** Reads what the section shows beside the box's view. */
function refresh() {
  const {section, part} = state().route;
  if (section === 'overview' || section === 'box') doings.status();
  if (section === 'devices' && part) doings.device();
  if (section === 'config') configuration.read();
  if (section === 'tokens') tokens.read();
  if (section === 'log') doings.log();
}

/** Says what broke, and what works again, each once. @param {State} now @param {State} before */
function tell(now, before) {
  const earlier = troubles(before);
  const broken = newIn(troubles(now), earlier).map(({title, todo}) => say('it.said.broken', {what: title, todo}));
  const well = newIn(earlier, troubles(now)).map(({title}) => say('it.said.well', {what: title}));
  // A live region says its newest words only: what comes together is said together.
  if (broken.length) alert(broken.join(' '));
  if (well.length) announce(well.join(' '));
}

/** @template {{id: string}} T @param {T[]} these @param {T[]} those */
const newIn = (these, those) => these.filter(({id}) => !those.some((t) => t.id === id));

/** @param {import('./state.js').Event[]} events @param {boolean} replay */
function hear(events, replay) {
  send({type: 'happened', events});
  const {section, part} = state().route;
  const has = (/** @type {RegExp} */ pattern) => events.some((e) => pattern.test(e.event));
  if (has(/^access\./) && section === 'tokens') tokens.read();
  if (has(/^config\./)) configuration.read();
  if (has(/^(config|day)\./)) doings.branch();
  if (section === 'devices' && events.some((e) => e.event.startsWith('slip.') && e.data.device === part)) doings.paper();
  if (replay && section === 'log') doings.log();
}

addEventListener('hashchange', () => send({type: 'route', route: routeOf(location.hash)}));
setInterval(() => send({type: 'minute', minute: Math.floor(Date.now() / 60_000)}), 5000);
setInterval(() => { if (!document.hidden && ['overview', 'box'].includes(state().route.section)) doings.status(); }, figuresEvery);
new Live('it', ['it'], {
  view: (_, view) => send({type: 'view', view}),
  events: (_, events, replay) => hear(events, replay),
  live: (live) => { send({type: 'live', live}); if (live) refresh(); },
  ended: () => leave('it'),
});
send({type: 'route', route: routeOf(location.hash)});
send({type: 'minute', minute: 1});
