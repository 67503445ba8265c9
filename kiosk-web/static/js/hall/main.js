/** The hall screen: state in, page out, and the mouth of its zone if it is that. */

import {begin, leave as toTheDoor} from '../core/screen.js';
import {announce} from '../core/announce.js';
import {keepFocus} from '../core/focus.js';
import {Live} from '../core/socket.js';
import {loop} from '../core/loop.js';
import {now} from '../core/time.js';
import {render} from '../core/view.js';
import {maySound, Mouth} from './mouth.js';
import {callNow, freshMillis, initial, reduce} from './state.js';
import {screen, sentence} from './parts.js';

const second = 1000;
const readBranchEvery = 60 * second;

const {api, session, branch} = await begin('hall');
const root = /** @type {HTMLElement} */ (document.getElementById('screen'));
const audio = /** @type {HTMLAudioElement} */ (document.getElementById('mouth'));
const {send, state} = loop(initial(branch, now()), reduce, draw);

const mouth = new Mouth(audio, {
  changed: (speech) => send({type: 'speech', speech, now: now()}),
  announced: (call) => live.send({type: 'announced', call}),
});

const live = new Live('hall', [`hall:${session.zone}`], {
  view: (_, view) => { send({type: 'view', view, now: now()}); dropUnspoken(view); },
  events: (_, events) => dropMoot(events),
  speak: (frame) => mouth.speak(frame),
  live: (isLive) => { send({type: 'live', live: isLive, now: now()}); if (isLive) readBranch(); },
  ended: () => toTheDoor('hall'),
});

/** The box has given a call up: it must not be heard any more. */
function dropMoot(/** @type {import('./state.js').Event[]} */ events) {
  for (const {event, data} of events) if (event === 'call.unspoken' && data.call) mouth.drop(data.call);
}

/** The same after a cut, of which the events are no longer kept. */
function dropUnspoken(/** @type {import('./state.js').View} */ view) {
  for (const {call, spoken} of view.calls) if (spoken === 'unspoken') mouth.drop(call);
}

/** The click that the browser waits for. */
function sound() {
  send({type: 'locked', locked: false});
  mouth.unlock();
}

/**
 * @param {import('./state.js').State} state
 * @param {import('./state.js').State} [before]
 */
function draw(state, before) {
  keepFocus(() => { render(screen(state, room(), {sound}), root); hideWhatIsCut(); });
  if (before && state.fresh !== before.fresh) sayFresh(state);
}

/** How much text stands side by side, apart from the label before it. */
function room() {
  const label = 6;
  const wide = innerWidth > innerHeight;
  return {wide, ems: innerWidth / parseFloat(getComputedStyle(document.documentElement).fontSize) - label};
}

/** A call stands there whole or not at all. */
function hideWhatIsCut() {
  const end = root.querySelector('.before')?.getBoundingClientRect().bottom ?? 0;
  const rows = /** @type {HTMLElement[]} */ (Array.from(root.querySelectorAll('#rows li')));
  for (const row of rows) row.hidden = false;
  for (const row of rows) row.hidden = row.getBoundingClientRect().bottom > end + 1;
}

/** A new call is told once, and its frame is taken back in time. */
function sayFresh(/** @type {import('./state.js').State} */ state) {
  const call = callNow(state);
  if (call) announce(sentence(state, call)['zh-CN']);
  setTimeout(() => send({type: 'tick', now: now()}), freshMillis);
}

/** Whether the branch is open may have changed; names hardly ever. */
async function readBranch() {
  try {
    send({type: 'branch', branch: await api.get('branch')});
  } catch {
    // What was read before stays.
  }
}

draw(state());
addEventListener('resize', () => draw(state()));
setInterval(() => send({type: 'tick', now: now()}), second);
setInterval(readBranch, readBranchEvery);
// Whoever sets the screen up shall see it now, not when the first call is lost.
if (session.speaks && !await maySound()) send({type: 'locked', locked: true});
