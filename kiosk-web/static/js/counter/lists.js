/** Who is next, who is set aside, who calls for help. */

import {html, icon, nothing, state as tag} from '../core/view.js';
import {say} from '../core/words.js';
import {clock, secondsSince, stopwatch} from '../core/time.js';
import {needIcons} from '../core/choices.js';
import {onDuty, pagesOf, verbsOf} from './state.js';
import {pageState, placeName, reasonIcons, serviceName, whyOf} from './words.js';
import {button, refusal, since} from './parts.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').View} View */
/** @typedef {import('./state.js').Visit} Visit */
/** @typedef {import('./state.js').Page} Page */
/** @typedef {import('./state.js').PageVerb} PageVerb */
/** @typedef {import('./parts.js').Acts} Acts */

/**
 * @param {State} state
 * @param {View} view
 */
export function next(state, view) {
  return html`<section class="panel next" aria-labelledby="next-title">
    <div class="head"><h2 id="next-title">${icon('users')}${say('counter.next')}</h2>${today(view)}</div>
    ${view.next.length === 0 ? html`<p class="soft">${say('counter.nobody.line')}</p>` : html`<ol>${view.next.map(({visit, reason}) => html`<li id="next-${visit.id}">
      <strong class="ticket">${visit.ticket}</strong>
      <span class="what"><strong>${serviceName(state, visit.service)}</strong> <span>${whyOf(visit, reason)}</span>
        ${visit.needs.map((need) => html`<span class="help">${icon(needIcons[need] ?? 'heart-handshake')}<span>${say(`need.${need}`)}</span></span>`)}</span>
    </li>`)}</ol>`}
  </section>`;
}

/**
 * My day in one line.
 * @param {View} view
 */
function today({today: done}) {
  if (!done?.served) return nothing;
  return html`<p class="today">${say('counter.today', {count: done.served, minutes: Math.max(1, Math.round(done.meanServiceSeconds / 60))})}</p>`;
}

/**
 * @param {State} state
 * @param {View} view
 * @param {Acts} acts
 */
export function aside(state, view, acts) {
  const visits = view.aside ?? [];
  if (visits.length === 0) return nothing;
  return html`<section class="panel aside" aria-labelledby="aside-title">
    <h2 id="aside-title">${icon('clock-pause')}${say('counter.aside')}</h2>
    ${refusal(state, 'aside')}
    <ul>${visits.map((visit, i) => html`<li id="aside-${visit.id}">
      <strong class="ticket">${visit.ticket}</strong>
      <span class="what">${visit.state === 'parked' ? tag('soft', 'clock-pause', say('visit.state.parked')) : tag('caution', 'user-off', say('visit.state.no-show'))}
        <span>${visit.dueAt ? say(`counter.aside.${visit.state}`, {time: clock(visit.dueAt)}) : nothing}</span></span>
      ${button({id: `return-${visit.id}`, key: i === 0 ? 'b' : undefined, icon: 'arrow-back-up', words: say('counter.return'), press: () => acts.ask('return', visit.id)})}
    </li>`)}</ul>
  </section>`;
}

/**
 * @param {State} state
 * @param {View} view
 * @param {Acts} acts
 */
export function pages(state, view, acts) {
  const list = pagesOf(state);
  const duty = onDuty(state);
  return html`<section class="panel pages" aria-labelledby="pages-title">
    <div class="head"><h2 id="pages-title">${icon('bell-ringing')}${say('counter.pages')}</h2>${dutyTag(duty)}</div>
    <div class="row">
      ${button({id: 'call-colleague', key: 'h', icon: 'user-plus', words: say('counter.help'), press: () => acts.ask('help')})}
      ${dutyButton(state, view, duty, acts)}
    </div>
    ${refusal(state, 'help')}${refusal(state, 'duty')}${bygone(state, list)}
    ${list.length ? html`<ul>${list.map((page, i) => pageItem(state, page, i, acts))}</ul>`
    : html`<p class="soft">${say(duty ? 'counter.pages.none' : view.counter.staff ? 'counter.pages.off' : 'counter.duty.who')}</p>`}
  </section>`;
}

/**
 * A refusal about a page that has just gone.
 * @param {State} state
 * @param {Page[]} list
 */
function bygone(state, list) {
  const at = state.refusal?.at ?? '';
  return at.startsWith('p_') && !list.some(({id}) => id === at) ? refusal(state, at) : nothing;
}

/** @param {boolean} duty */
const dutyTag = (duty) => (duty ? tag('good', 'bell-ringing', say('counter.duty.is-on')) : html`<span class="state soft">${icon('minus')}<span>${say('counter.duty.is-off')}</span></span>`);

/**
 * @param {State} state
 * @param {View} view
 * @param {boolean} duty
 * @param {Acts} acts
 */
function dutyButton(state, view, duty, acts) {
  return button({
    id: 'duty', key: 'd', icon: duty ? 'logout' : 'login', words: say(duty ? 'counter.duty.off' : 'counter.duty.on'),
    press: acts.duty, off: !view.counter.staff || state.sent.includes('duty'),
  });
}

/**
 * @param {State} state
 * @param {Page} page
 * @param {number} i
 * @param {Acts} acts
 */
function pageItem(state, page, i, acts) {
  const off = state.sent.includes(page.id);
  const urgent = page.status === 'open' ? 'caution' : 'good';
  return html`<li class="page ${page.alarm ? 'alarmed' : ''}" id="page-${page.id}">
    <p class="what">${icon(reasonIcons[page.reason] ?? 'help-circle')}<strong>${placeName(state, page.place)}</strong> <span>${say(`reason.${page.reason}`)}</span></p>
    <div class="step"><p class="marks">${tag(page.alarm ? 'alarm' : urgent, page.status === 'open' ? 'bell-ringing' : 'user-check', pageState(state, page))}
      ${since(stopwatch(secondsSince(page.raisedAt)))}
      ${page.count > 1 ? html`<span>${say('counter.page.count', {count: page.count})}</span>` : nothing}</p>
    <div class="row">${verbsOf(page, state).map((verb, n) => pageButton(state, page, verb, n === 0 && i < 9 ? String(i + 1) : undefined, off, acts))}</div></div>
    ${refusal(state, page.id)}
  </li>`;
}

/** @type {Record<PageVerb, string>} */
const verbIcons = {accept: 'walk', reject: 'user-minus', arrive: 'map-pin', close: 'check', cancel: 'x'};

/**
 * @param {State} state
 * @param {Page} page
 * @param {PageVerb} verb
 * @param {string | undefined} key
 * @param {boolean} off
 * @param {Acts} acts
 */
function pageButton(state, page, verb, key, off, acts) {
  const elsewhere = page.acceptedBy !== state.view?.counter.staff;
  const words = verb === 'arrive' && elsewhere ? 'here' : verb;
  return button({
    id: `${verb}-${page.id}`, key, icon: verbIcons[verb], words: say(`counter.page.${words}`), off, tone: verb === 'accept' ? 'primary' : '',
    press: () => (verb === 'close' ? acts.ask('outcome', page.id) : acts.page(page.id, verb)),
  });
}
