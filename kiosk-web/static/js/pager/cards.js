/** The cards of a pager: one for each call, as wide as the screen. */

import {html, icon, nothing, state as badge} from '../core/view.js';
import {named, say} from '../core/words.js';
import {now, secondsSince, stopwatch} from '../core/time.js';
import {groups, isEmergency, onDuty} from './state.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').Page} Page */
/** @typedef {Record<string, (...args: any[]) => void>} Acts what a press does; main.js knows how */

/** @param {State} state @param {string} id */
export const staffName = ({branch}, id) => named(branch.staff?.find((s) => s.id === id)?.name) || (id === 'supervisor' ? say('role.supervisor') : say('kiosk.colleague'));

/** @param {State} state @param {string} place */
export function placeName({branch}, place) {
  const found = [...branch.kiosks, ...branch.counters].find(({id}) => id === place);
  if (found) return named(found.name);
  const zone = branch.halls?.find(({id}) => id === place)?.zone ?? place;
  return named(branch.zones.find(({id}) => id === zone)?.name) || place;
}

/**
 * All cards, or what stands there when there are none.
 * @param {State} state
 * @param {Acts} acts
 */
export function cards(state, acts) {
  if (!state.seen) return html`<p class="quiet" id="connecting">${icon('hourglass')}<span>${say('pager.connecting')}</span></p>`;
  const all = groups(state);
  const single = state.pages.length === 1;
  return html`
    ${onDuty(state) ? nothing : offDuty(state, acts)}
    ${all.map(({group, pages}) => html`<section class="group ${single ? 'single' : ''}" data-group=${group}>
      <h2 class=${single ? 'unseen' : ''}>${say(`pager.group.${group}`)}${single ? nothing : html` <span class="number">${pages.length}</span>`}</h2>
      ${pages.map((page) => card(state, page, group, acts))}
    </section>`)}
    ${all.length === 0 && onDuty(state) ? quiet(state) : nothing}`;
}

/** @param {State} state @param {Acts} acts */
function offDuty({turn}, acts) {
  return html`<section class="off" id="off-duty">
    <h2>${badge('caution', 'player-pause', say('pager.off'))}</h2>
    <p>${say('pager.off.line')}</p>
    ${turn.code ? problem(`problem.${turn.code}`) : nothing}
    <button class="button primary act" id="go-on" @click=${() => acts.duty('on')} aria-disabled=${turn.sent}>${icon('bell')}${say(turn.sent ? 'pager.sending' : 'pager.go-on')}</button>
  </section>`;
}

/** @param {State} state */
function quiet(state) {
  const others = state.duty.filter(({who}) => who !== state.me);
  return html`<section class="quiet" id="quiet">
    ${icon('circle-check')}
    <h2>${say('pager.quiet')}</h2>
    <p class="soft">${say('pager.quiet.line')}</p>
    <div class="mates">
      <h3>${say(others.length ? 'pager.others' : 'pager.others.none')}</h3>
      <ul>${others.map(({who, connected}) => html`<li>${connected
        ? badge('good', 'user-check', staffName(state, who))
        : html`${badge('caution', 'user-off', staffName(state, who))} <span class="soft">${say('pager.apart')}</span>`}</li>`)}</ul>
    </div>
  </section>`;
}

// says: problem.*
/** @param {string} key */
const problem = (key) => html`<p class="fact refused">${icon('alert-triangle')}<span>${say(key)}</span></p>`;

/**
 * @param {State} state
 * @param {Page} page
 * @param {import('./state.js').Group} group
 * @param {Acts} acts
 */
function card(state, page, group, acts) {
  const tone = group !== 'now' ? group : page.alarm ? 'alarmed' : isEmergency(page) ? 'emergency' : 'open';
  return html`<article class="page ${tone}" id="page-${page.id}" aria-labelledby="place-${page.id}">
    <p class="top">${status(state, page, group)}<span class="age">${icon('clock')}${age(page)}</span></p>
    <h3 class="where" id="place-${page.id}">${placeName(state, page.place)}</h3>
    <p class="do">${say(`pager.do.${page.reason}`)}</p>
    <ul class="facts">${facts(state, page, group)}</ul>
    ${refusal(state, page)}
    ${buttons(state, page, group, acts)}
  </article>`;
}

/** @param {Page} page */
function age(page) {
  const time = stopwatch(secondsSince(page.raisedAt));
  return html`<span class="unseen">${say('pager.age', {time})}</span><span aria-hidden="true">${time}</span>`;
}

/** @param {State} state @param {Page} page @param {string} group */
function status(state, page, group) {
  if (page.status !== 'open') {
    const there = page.status === 'arrived';
    if (group === 'mine') return badge('good', there ? 'map-pin' : 'walk', say(`page.status.${page.status}`));
    const who = staffName(state, page.acceptedBy ?? '');
    return badge('good', 'user-check', there ? say('pager.there', {who}) : say('page.step.accepted', {who}));
  }
  return html`${isEmergency(page) ? badge('alarm', 'alert-triangle', say('pager.emergency')) : nothing}
    ${page.alarm ? badge('alarm', 'bell-ringing', say('pager.unanswered'))
      : isEmergency(page) ? nothing : badge('caution', 'bell-ringing', say('page.status.open'))}`;
}

/** @param {string} picture @param {string} words */
const fact = (picture, words) => html`<li class="fact">${icon(picture)}<span>${words}</span></li>`;

/** @param {State} state @param {Page} page @param {string} group */
function facts(state, page, group) {
  const pressed = page.count > 1 ? fact('repeat', say('pager.presses', {count: page.count})) : nothing;
  if (group === 'others') return pressed;
  if (group === 'mine') return html`${deadline(page)}${pressed}`;
  const said = (/** @type {string} */ step) => [...new Set(page.steps.filter((s) => s.step === step && s.who && s.who !== state.me).map((s) => s.who ?? ''))];
  const cannot = said('rejected');
  const told = said('delivered').filter((who) => !cannot.includes(who));
  const names = (/** @type {string[]} */ ids) => ids.map((id) => staffName(state, id)).join(say('list.comma'));
  return html`${pressed}
    ${fact('users', told.length ? say('pager.told', {who: names(told)}) : say('pager.told.only'))}
    ${cannot.length ? fact('user-off', say('pager.cannot-come', {who: names(cannot)})) : nothing}`;
}

/** How long I have, once I have said that I go; what is to be done, once I am there. */
function deadline(/** @type {Page} */ page) {
  if (page.status === 'arrived') {
    const reminded = page.steps.at(-1)?.step === 'reminded';
    return reminded ? fact('clock-check', say('pager.reminded')) : nothing;
  }
  if (!page.dueAt) return nothing;
  const left = Math.floor((Date.parse(page.dueAt) - now()) / 1000);
  return fact('hourglass', left > 0 ? say('pager.due', {time: stopwatch(left)}) : say('pager.overdue'));
}

/** @param {State} state @param {Page} page */
function refusal(state, {id}) {
  const refused = state.refused[id];
  if (!refused) return nothing;
  if (refused.code !== 'taken') return problem(`problem.${refused.code}`);
  return html`<p class="fact" id="taken-${id}">${icon('info-circle')}<span>${say('pager.taken', {who: staffName(state, refused.by)})}</span></p>`;
}

const outcomes = ['helped', 'not-needed', 'not-possible', 'passed-on'];
/** @type {Record<string, string>} */
const outcomeIcons = {helped: 'circle-check', 'not-needed': 'minus', 'not-possible': 'circle-x', 'passed-on': 'arrow-forward-up'};

/**
 * What I can say to a call. A colleague's is theirs.
 * @param {State} state
 * @param {Page} page
 * @param {string} group
 * @param {Acts} acts
 */
function buttons(state, page, group, acts) {
  const sent = state.sent[page.id];
  /** @param {string} verb @param {string} kind @param {string} picture @param {string} words */
  const button = (verb, kind, picture, words) => html`<button class="button ${kind}" id="${verb}-${page.id}" @click=${() => acts.answer(page.id, verb)}
    aria-disabled=${sent !== undefined} aria-describedby="place-${page.id}">${icon(sent === verb ? 'hourglass' : picture)}${sent === verb ? say('pager.sending') : words}</button>`;
  const cannot = button('reject', 'less', 'x', say('pager.cannot'));
  if (group === 'others') return nothing;
  if (group === 'declined') return html`<div class="acts">${button('accept', 'less', 'walk', say('pager.accept'))}</div>`;
  if (group === 'now') return html`<div class="acts">${cannot}${button('accept', 'primary act', 'walk', say('pager.accept'))}</div>`;
  if (page.status === 'accepted') return html`<div class="acts">${cannot}${button('arrive', 'primary act', 'map-pin', say('pager.here'))}</div>`;
  return closing(state, page, acts);
}

/** How it went, in one touch. @param {State} state @param {Page} page @param {Acts} acts */
function closing(state, page, acts) {
  // An emergency ends where it is, or with the supervisor; a silent one never where it is.
  if (isEmergency(page) && page.reason !== 'duress') return html`<p class="fact">${icon('info-circle')}<span>${say('pager.close.elsewhere')}</span></p>`;
  const sent = state.sent[page.id];
  return html`<fieldset class="acts">
    <legend>${say('pager.how')}</legend>
    ${outcomes.map((outcome) => html`<button class="button ${outcome === 'helped' ? 'primary' : ''}" id="close-${outcome}-${page.id}" @click=${() => acts.close(page.id, outcome)}
      aria-disabled=${sent !== undefined}>${icon(sent === outcome ? 'hourglass' : outcomeIcons[outcome])}${say(`page.outcome.${outcome}`)}</button>`)}
  </fieldset>`;
}
