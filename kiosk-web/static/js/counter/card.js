/** The card of whoever is at the counter, and what to do next. */

// says: counter.called.for, counter.serving.for

import {html, icon, nothing, state as tag} from '../core/view.js';
import {named, say} from '../core/words.js';
import {secondsSince, stopwatch} from '../core/time.js';
import {shortcutsOn} from '../core/desk.js';
import {inOrder, needIcons} from '../core/choices.js';
import {lastCallOf, missingFor, momentOf} from './state.js';
import {serviceName, waitedMinutes, whyOf} from './words.js';
import {button, cap, fact, refusal, since} from './parts.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').View} View */
/** @typedef {import('./state.js').Visit} Visit */
/** @typedef {import('./state.js').Moment} Moment */
/** @typedef {import('./parts.js').Acts} Acts */

/**
 * @param {State} state
 * @param {View} view
 * @param {Acts} acts
 */
export function card(state, view, acts) {
  const moment = momentOf(view);
  return html`<section class="now panel" data-moment=${moment} aria-labelledby="now">
    <div class="person">
      ${view.serving ? html`<p class="ticket code">${view.serving.ticket}</p>` : nothing}
      <div class="about">
        <h1 id="now" tabindex="-1">${momentTag(moment)}</h1>
        ${view.serving ? business(state, view.serving) : html`<p class="hint">${say(`counter.hint.${moment}`)}</p>`}
      </div>
    </div>
    ${view.serving ? person(view, view.serving) : nothing}
    <div class="deeds">
      ${refusal(state, 'counter')}
      ${state.nobody ? html`<p class="notice" id="nobody">${icon('info-circle')}<span>${say('counter.nobody')}</span></p>` : nothing}
      <div class="acts" id="acts" role="group" aria-label=${say('counter.actions')}>
        ${primary(state, moment, acts)}
        <div class="others">${others(state, view, moment, acts)}</div>
      </div>
    </div>
  </section>`;
}

/** @param {Moment} moment */
function momentTag(moment) {
  switch (moment) {
    case 'closed': return tag('soft', 'door-exit', say('counter.state.closed'));
    case 'paused': return tag('caution', 'player-pause', say('counter.state.paused'));
    case 'free': return tag('good', 'circle-check', say('counter.free'));
    case 'called': return tag('caution', 'speakerphone', say('visit.state.called'));
    case 'serving': return tag('good', 'user-check', say('visit.state.serving'));
  }
}

/**
 * What somebody has come for.
 * @param {State} state
 * @param {Visit} visit
 */
const business = (state, visit) => html`<p class="service">${serviceName(state, visit.service)}</p>
  <p class="marks">${classTag(visit.class)}${running(visit)}</p>`;

/**
 * Why this person, what helps them, what is missing here.
 * @param {View} view
 * @param {Visit} visit
 */
function person(view, visit) {
  const missing = missingFor(visit, view.counter.abilities);
  // The reason begins with how long the person waited.
  const why = whyOf(visit, visit.reason) || say('counter.waited', {minutes: waitedMinutes(visit)});
  return html`${fact('hourglass', html`<span class="unseen">${say('counter.why')}</span> ${why}`, 'why')}
  ${needs(visit)}
  ${missing.length ? fact('alert-triangle', say('ability.missing', {ability: missing.map((a) => say(`ability.${a}`)).join(say('list.comma'))}), 'missing') : nothing}`;
}

/** @param {string} kind */
function classTag(kind) {
  if (kind === 'caring') return tag('good', 'heart-handshake', say('class.caring'));
  if (kind === 'urgent') return tag('alarm', 'alert-circle', say('class.urgent'));
  return html`<span class="state soft">${icon('user')}<span>${say(`class.${kind}`)}</span></span>`;
}

/**
 * The running clock, and how often the person was called again.
 * @param {Visit} visit
 */
function running(visit) {
  const at = visit.state === 'called' ? visit.calledAt : visit.confirmedAt;
  const key = visit.state === 'called' ? 'counter.called.for' : 'counter.serving.for';
  return html`${at ? since(say(key, {time: stopwatch(secondsSince(at))})) : nothing}
    ${visit.recalls ? html`<span class="clock">${icon('repeat')}<span>${say('counter.recalls', {count: visit.recalls})}</span></span>` : nothing}`;
}

/** @param {Visit} visit */
function needs(visit) {
  if (!visit.needs.length) return html`<p class="fact soft">${icon('heart-handshake')}<span>${say('counter.needs.none')}</span></p>`;
  return html`<ul class="needs" aria-label=${say('counter.needs')}>${inOrder(visit.needs).map((need) => html`<li id="need-${need}">
    ${icon(needIcons[need] ?? 'heart-handshake')}<strong>${say(`need.${need}`)}</strong><span class="do">${icon('arrow-right')}<span>${say(`need.${need}.do`)}</span></span></li>`)}</ul>`;
}

/** @type {Record<Moment, string>} */
const primaryIcons = {closed: 'door-enter', paused: 'player-play', free: 'speakerphone', called: 'user-check', serving: 'check'};

/**
 * The next right thing: one button, one key, in every state.
 * @param {State} state
 * @param {Moment} moment
 * @param {Acts} acts
 */
function primary(state, moment, acts) {
  const sent = state.sent.includes('counter');
  return html`<button type="button" class="button primary" id="primary" data-key="n" aria-keyshortcuts=${shortcutsOn() ? 'n' : nothing} aria-disabled=${sent ? 'true' : nothing}
      aria-describedby=${state.refusal?.at === 'counter' ? 'refusal' : nothing} @click=${acts.primary}>
    ${icon(primaryIcons[moment])}<span>${say(`counter.primary.${moment}`)}</span>${cap('n')}</button>`;
}

/**
 * @param {State} state
 * @param {View} view
 * @param {Moment} moment
 * @param {Acts} acts
 */
function others(state, view, moment, acts) {
  const off = state.sent.includes('counter');
  switch (moment) {
    case 'called': return html`
      ${recall(state, /** @type {Visit} */ (view.serving), acts)}
      ${button({id: 'no-show', key: 'x', icon: 'user-off', words: say('counter.no-show'), press: () => acts.visit('no-show'), off})}
      ${button({id: 'away', key: 'a', icon: 'walk', words: say('counter.away'), press: () => acts.visit('away'), off})}
      ${transfer(acts, off)}`;
    case 'serving': return html`
      ${button({id: 'otherwise', key: 'f', icon: 'list', words: say('counter.otherwise'), press: () => acts.ask('otherwise', view.serving?.id), off})}
      ${button({id: 'park', key: 'p', icon: 'clock-pause', words: say('counter.park'), press: () => acts.ask('park', view.serving?.id), off})}
      ${transfer(acts, off)}`;
    case 'free': return html`
      ${button({id: 'pause', key: 'o', icon: 'player-pause', words: say('counter.pause'), press: () => acts.ask('pause'), off})}
      ${close(acts, off)}`;
    case 'paused': return close(acts, off);
    default: return nothing;
  }
}

/** @param {Acts} acts @param {boolean} off */
const transfer = (acts, off) => button({id: 'transfer', key: 't', icon: 'transfer', words: say('counter.transfer'), press: () => acts.ask('transfer'), off});

/** @param {Acts} acts @param {boolean} off */
const close = (acts, off) => button({id: 'close', key: 'c', icon: 'door-exit', words: say('counter.close'), press: () => acts.counter('close'), off});

/** @param {State} state @param {Visit} visit @param {Acts} acts */
function recall(state, visit, acts) {
  const left = Math.ceil((state.branch.recallSeconds ?? 10) - secondsSince(lastCallOf(state, visit)));
  const words = left > 0 ? say('counter.recall.in', {seconds: left}) : say('counter.recall');
  return button({id: 'recall', key: 'r', icon: 'repeat', words, press: () => acts.visit('recall'), off: left > 0 || state.sent.includes('counter')});
}

/**
 * Whose counter this is.
 * @param {View} view
 * @param {string} staff
 */
export const titleOf = ({counter}, staff) => [named(counter.name), staff].filter(Boolean).join(' · ');
