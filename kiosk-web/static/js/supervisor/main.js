/** The supervisor's console: the box's view in, the page out, and what a press sets in motion. */

import {begin, leave} from '../core/screen.js';
import {alert, announce} from '../core/announce.js';
import {chime} from '../core/chime.js';
import {deskLanguage, useDesk} from '../core/desk.js';
import {focusStart, keepFocus} from '../core/focus.js';
import {Live} from '../core/socket.js';
import {loop} from '../core/loop.js';
import {named, say} from '../core/words.js';
import {Problem} from '../core/api.js';
import {render} from '../core/view.js';
import {today} from '../core/time.js';
import {useMillimetres} from '../core/display.js';
import {frame} from './frame.js';
import {initial, reduce, routeOf} from './state.js';
import {placeName} from './parts.js';

/** A desk screen that was not measured: 23.8 inches with 1920 × 1080. */
const usual = 3.78;
const figuresEvery = 60_000;

useMillimetres(usual);
const {api, branch} = await begin('supervisor', deskLanguage());
useDesk();
const root = /** @type {HTMLElement} */ (document.getElementById('screen'));
const {send, state} = loop(initial(branch), reduce, draw);

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').Dialog} Dialog */

/** @type {import('./parts.js').Acts} */
const acts = {
  show: (dialog) => send({type: 'dialog', dialog}),
  hide: () => send({type: 'dialog', dialog: null}),
  closed: () => { if (state().dialog && !dialogElement()?.open) send({type: 'dialog', dialog: null}); },
  skip: (event) => { event.preventDefault(); focusStart(); },
  redraw: () => { keepFocus(paint); fitPlots(); },
  refresh: () => loadReport(true),
  command: (path, body, dialog) => command(path, body, () => dialog),
  callNext: (counter) => command(`counters/${counter}/call-next`, {}, (visit) => { if (!visit) throw new Problem({code: 'nobody'}); return undefined; }),
  callNow: submit(({counter, visit, why}) => command(`counters/${counter}/call`, {visit, why}, () => ({kind: 'counter', id: String(counter)}))),
  openCounter: submit(({counter, staff}) => command(`counters/${counter}/open`, staff ? {staff} : {})),
  raise: submit(({reason, place, visit}) => command('pages', {reason, place, ...(visit && {visit})}, () => null)),
  giveTicket: submit(({service, language, class: given, needs}) => command('visits', {service, language, needs, ...(given && {class: given})}, (visit) => ({kind: 'given', id: visit.id, visit}))),
};

/**
 * What a form does with its fields; boxes that can be ticked are a list.
 * @param {(fields: Record<string, any>) => void} use
 */
function submit(use) {
  return (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    use({...Object.fromEntries(data), needs: data.getAll('needs')});
  };
}

/**
 * Sends one command at a time. after says what is open when it is done:
 * undefined leaves it, null closes it.
 * @param {string} path
 * @param {object} [body]
 * @param {(answer: any) => Dialog | null | undefined} [after]
 */
async function command(path, body = {}, after = () => undefined) {
  if (state().sending) return;
  send({type: 'sending'});
  try {
    // A call again that comes too early is refused, not made later.
    const dialog = after(await api.post(path, body, {patient: !path.endsWith('/recall')}));
    send({type: 'sent', dialog});
    announce(say('supervisor.done'));
    if (path.startsWith('day/')) refreshBranch();
  } catch (error) {
    const code = error instanceof Problem ? error.code : 'busy';
    const problem = code === 'nobody' ? say('supervisor.counter.nobody') : say(`problem.${code === 'unreachable' ? 'busy' : code}`);
    send({type: 'sent', problem});
    alert(problem);
  }
}

async function refreshBranch() {
  try {
    send({type: 'branch', branch: await api.get('branch')});
  } catch {
    // The band says that the box cannot be reached.
  }
}

/** Reads today's figures; says so when somebody asked for them. */
async function loadReport(asked = false) {
  const {figures, at} = state().report;
  try {
    send({type: 'report', report: {figures: await api.get(`reports/day/${today()}`), problem: '', at: Date.now()}});
    if (asked) announce(say('supervisor.figures.fresh'));
  } catch (error) {
    const none = error instanceof Problem && error.status === 404;
    send({type: 'report', report: {figures: none ? null : figures, problem: none ? 'none' : 'away', at}});
    if (asked) announce(say(none ? 'supervisor.figures.none' : 'supervisor.figures.away'));
  }
}

/** @param {State} now @param {State} before */
function draw(now, before) {
  const moved = now.route !== before.route;
  hideDialog(now);
  const held = document.activeElement?.id;
  keepFocus(paint);
  showDialog(now, before, held);
  if (moved) arrive(now);
  fitPlots();
  if (before.seen) tell(now, before);
}

function paint() {
  render(frame(state(), acts), root);
  document.title = `${named(state().branch.name)} · ${say('role.supervisor')}`;
}

const dialogElement = () => /** @type {HTMLDialogElement | null} */ (document.getElementById('dialog'));

/** A dialog gives the focus back to what opened it, as long as that is there. */
function hideDialog(/** @type {State} */ now) {
  const element = dialogElement();
  if (element?.open && !now.dialog) element.close();
}

/**
 * Shows what is open. When what had the focus is gone, the title has it: never a
 * button that means something else.
 * @param {State} now
 * @param {State} before
 * @param {string | undefined} held the id of what had the focus
 */
function showDialog({dialog}, before, held) {
  if (!dialog) return;
  const element = dialogElement();
  if (!element) return;
  if (!element.open) element.showModal();
  const other = dialog !== before.dialog;
  if (other) element.scrollTop = 0;
  const lost = !element.contains(document.activeElement) || document.activeElement?.id !== held;
  if (other || lost) document.getElementById('dialog-title')?.focus({preventScroll: true});
}

function arrive(/** @type {State} */ {route}) {
  scrollTo(0, 0);
  focusStart();
  if (route.section === 'day') loadReport();
}

/** Draws the plots anew when their room or the text has another size. */
function fitPlots() {
  const space = document.querySelector('.plot-space');
  if (!space) return;
  const paper = {width: Math.floor(space.clientWidth), em: parseFloat(getComputedStyle(space).fontSize)};
  const {width, em} = state().paper;
  if (paper.width !== width || paper.em !== em) send({type: 'paper', paper});
}

/**
 * Says what somebody must know who looks elsewhere: a call for help, and one that
 * nobody answers. Each is said once, however often the box sends it.
 * @param {State} now
 * @param {State} before
 */
function tell(now, before) {
  if (now.view === before.view) return;
  for (const page of now.view.pages) {
    if (page.status !== 'open') continue;
    const earlier = before.view.pages.find((p) => p.id === page.id);
    const words = {place: placeName(now, page.place), reason: say(`reason.${page.reason}`)};
    if (page.alarm && !(earlier?.alarm && earlier.status === 'open')) {
      alert(say('page.alert.alarm', words));
      chime([880, 660, 880]);
    } else if (!earlier) {
      announce(say('page.alert', words));
      chime([660, 880]);
    }
  }
}

addEventListener('hashchange', () => send({type: 'route', route: routeOf(location.hash)}));
addEventListener('resize', fitPlots);
setInterval(() => send({type: 'second', second: Math.floor(Date.now() / 1000)}), 1000);
setInterval(() => { if (state().route.section === 'day') loadReport(); }, figuresEvery);
new Live('supervisor', ['supervisor'], {
  view: (_, view) => send({type: 'view', view}),
  events: (_, events) => { if (events.some((e) => /^(day|config)\./.test(e.event))) refreshBranch(); },
  live: (live) => { send({type: 'live', live}); if (live) refreshBranch(); },
  ended: () => leave('supervisor'),
});
send({type: 'route', route: routeOf(location.hash)});
