/** The pages of a customer's own telephone. */

import {html, icon, nothing} from '../core/view.js';
import {languageTool, lookTools} from '../core/phone.js';
import {named, say} from '../core/words.js';
import {stepsOf} from '../core/steps.js';
import {waitWords} from '../core/time.js';
import {actsOf, callOf, mayCall} from './state.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {Record<string, (...args: any[]) => any>} Acts what a press does; main.js knows how */

/**
 * @param {State} state
 * @param {Acts} acts
 * @param {string} keptLook
 */
export function page(state, acts, keptLook) {
  return html`
    ${state.live === false ? html`<section class="offline" id="lost" aria-labelledby="lost-words">${icon('wifi-off')}<span id="lost-words">${say('visit.old')}</span></section>` : nothing}
    <header class="head"><p class="branch">${named(state.branch.name)}</p>${languageTool(acts.language)}</header>
    <main data-page=${state.route}>${body(state, acts, keptLook)}</main>
    ${state.route === 'ticket' ? html`<footer class="foot"><a class="button" id="look" href="#/look">${icon('text-size')}${say('visit.look')}</a></footer>` : nothing}`;
}

/** @param {State} state @param {Acts} acts @param {string} keptLook */
function body(state, acts, keptLook) {
  if (!state.visit) return html`<h1>${say('visit.title')}</h1><p class="fact">${icon('hourglass')}<span>${say('pager.connecting')}</span></p>`;
  if (state.route === 'look') return look(acts, keptLook);
  if (!state.visit.id) return html`<h1>${say('visit.gone')}</h1>`;
  if (state.route === 'leave' && actsOf(state.visit).cancel) return leave(state, acts);
  return ticket(state, acts);
}

/** @param {State} state @param {Acts} acts */
function ticket(state, acts) {
  const {visit: v, sent} = state;
  const may = actsOf(v);
  /** @param {string} act @param {string} kind @param {string} picture */
  const button = (act, kind, picture) => html`<button class="button ${kind}" id=${act} @click=${() => acts.act(act)}
    aria-disabled=${sent !== ''}>${icon(sent === act ? 'hourglass' : picture)}${say(`kiosk.${act}`)}</button>`;
  return html`
    <h1><span class="label">${say('kiosk.ticket')}</span> <span class="ticket code">${v.ticket}</span></h1>
    <div class="now ${v.state}" id="state">${icon(stateIcons[v.state] ?? 'circle-check')}<p>${stateWords(v, state.branch)}</p></div>
    ${v.state === 'waiting' ? html`<p class="fact" id="wait">${icon('clock')}<span>${waitWords(v.wait)}</span></p>` : nothing}
    ${state.problem ? html`<p class="fact refused" id="problem">${icon('alert-triangle')}<span>${say(`problem.${state.problem}`)} ${say('kiosk.again')}</span></p>` : nothing}
    ${may.cancel && !state.sound ? html`<button class="button" id="allow-sound" @click=${acts.sound} aria-describedby="sound-line">${icon('volume-off')}${say('visit.sound')}</button><p class="soft" id="sound-line">${say('visit.sound.line')}</p>` : nothing}
    <div class="acts">
      ${may.back ? button('back', 'primary act', 'check') : nothing}
      ${may.help ? help(state, acts) : nothing}
      ${may.away ? button('away', '', 'walk') : nothing}
      ${may.cancel ? html`<a class="button grave" id="leave" href="#/leave">${icon('x')}${say('kiosk.leave')}</a>` : nothing}
    </div>`;
}

/** @type {Record<string, string>} */
const stateIcons = {waiting: 'hourglass', called: 'speakerphone', serving: 'user-check', away: 'walk', parked: 'player-pause', 'no-show': 'alert-triangle', removed: 'door-exit'};

/**
 * Where the visit stands, in words.
 * @param {any} v
 * @param {import('../core/screen.js').Branch} branch
 */
export function stateWords(v, branch) {
  const counter = named(branch.counters.find(({id}) => id === v.counter)?.name);
  switch (v.state) {
    case 'called': return say('kiosk.go-to', {counter});
    case 'serving': return say('visit.serving', {counter});
    case 'away': return say('kiosk.is-away', {minutes: branch.awayMinutes});
    case 'waiting': return v.position > 1 ? say('wait.before', {count: v.position - 1}) : say('kiosk.is-next');
    default: return say(`visit.${v.state}`);
  }
}

/**
 * Calls for help: how far the newest has come, and how to make one.
 * @param {State} state
 * @param {Acts} acts
 */
function help(state, acts) {
  const call = callOf(state);
  return html`
    ${call ? story(call, state, acts) : nothing}
    ${state.callFailed ? html`<p class="fact refused" id="call-failed">${icon('alert-triangle')}<span>${say('kiosk.call.failed')}</span></p>` : nothing}
    ${mayCall(state) ? html`<button class="button help" id="help" @click=${acts.call} aria-disabled=${state.sent !== ''}>
      ${icon(state.sent === 'help' ? 'hourglass' : 'bell-ringing')}${say('kiosk.call')}</button>` : nothing}`;
}

/** @param {any} call @param {State} state @param {Acts} acts */
function story(call, state, acts) {
  const steps = stepsOf(call, (/** @type {string} */ id) => acts.nameOf(id));
  return html`<section class="call" id="call-state" aria-labelledby="call-now">
    <h2 id="call-now">${icon(call.status === 'arrived' ? 'user-check' : 'bell-ringing')}<span>${steps.at(-1)}</span></h2>
    <ol>${steps.slice(-4, -1).map((words) => html`<li class="fact">${icon('check')}<span>${words}</span></li>`)}</ol>
    ${call.status === 'arrived' ? nothing : html`<button class="button" id="no-need" @click=${() => acts.noNeed(call.id)} aria-disabled=${state.sent !== ''}>${icon('x')}${say('kiosk.help.cancel')}</button>`}
  </section>`;
}

/** @param {State} state @param {Acts} acts */
function leave({visit: v, sent}, acts) {
  return html`<h1>${say('kiosk.leave.question', {ticket: v.ticket})}</h1>
    <p class="fact">${icon('alert-circle')}<span>${say('kiosk.leave.means')}</span></p>
    <div class="acts">
      <button class="button grave" id="cancel" @click=${() => acts.act('cancel')} aria-disabled=${sent !== ''}>${icon(sent === 'cancel' ? 'hourglass' : 'x')}${say('kiosk.cancel')}</button>
      <a class="button primary act" id="stay" href="#/">${icon('check')}${say('kiosk.stay')}</a>
    </div>`;
}

/** @param {Acts} acts @param {string} keptLook */
const look = (acts, keptLook) => html`<h1>${say('kiosk.display.question')}</h1>
  <div class="tools">${lookTools(keptLook, acts.draw)}</div>
  <div class="acts"><a class="button primary act" id="done" href="#/">${icon('check')}${say('kiosk.display.done')}</a></div>`;
