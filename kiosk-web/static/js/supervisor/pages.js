/** Calls for help: what each is about, how long it lasts, who knows, who comes. */

import {html, icon, nothing, state as mark} from '../core/view.js';
import {say} from '../core/words.js';
import {clock, now, stopwatch} from '../core/time.js';
import {knowers, openPages, visitOf} from './derive.js';
import {command, needList, pageMark, placeName, running, staffName} from './parts.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./parts.js').Acts} Acts */

/** How much of its story a call for help tells: the newest. */
const stepsShown = 10;

/** @param {State} state @param {Acts} acts */
export function pages(state, acts) {
  const open = openPages(state);
  if (!open.length) return html`<p class="empty">${mark('good', 'circle-check', say('supervisor.pages.none'))}</p>`;
  return html`<h2 class="unseen">${say('supervisor.pages')}</h2><ul class="page-list wide">${open.map((page) => html`<li>${pageCard(state, acts, page, html`${needsOf(state, page)}${story(state, page)}`)}</li>`)}</ul>`;
}

/**
 * A call for help with what may be done about it.
 * @param {State} state
 * @param {Acts} acts
 * @param {any} page
 * @param {unknown} [more] what else stands in the card
 */
export function pageCard(state, acts, page, more) {
  return html`<article class="page ${page.alarm && page.status === 'open' ? 'unanswered' : ''}" id=${`page-${page.id}`} aria-labelledby=${`place-${page.id}`}>
    <p class="spread">${pageMark(page)}${running(page.raisedAt)}</p>
    <h3 id=${`place-${page.id}`}>${say('page.alert', {place: placeName(state, page.place), reason: say(`reason.${page.reason}`)})}</h3>
    <p class="facts">${factsOf(state, page).map((words) => html`<span>${words}</span>`)}</p>
    ${more ?? nothing}
    <div class="row">${buttons(state, acts, page)}</div>
  </article>`;
}

/** @param {State} state @param {any} page */
function factsOf(state, page) {
  const visit = page.visit ? visitOf(state, page.visit) : undefined;
  const who = knowers(page).map((id) => staffName(state, String(id)));
  const facts = [];
  if (visit) facts.push(visit.ticket);
  if (page.acceptedBy) facts.push(say(page.status === 'arrived' ? 'supervisor.page.there' : 'supervisor.page.comes', {who: staffName(state, page.acceptedBy)}));
  else facts.push(who.length ? say('supervisor.page.known', {who: who.join(say('list.comma'))}) : say('supervisor.page.unknown'));
  if (page.level) facts.push(say('supervisor.page.level', {level: page.level}));
  if (page.count > 1) facts.push(say('supervisor.page.count', {count: page.count}));
  if (page.dueAt && page.status !== 'arrived') facts.push(dueWords(page));
  return facts;
}

/** What happens next by itself, and when. @param {any} page */
function dueWords(page) {
  const left = stopwatch(Math.max(0, Math.ceil((Date.parse(page.dueAt) - now()) / 1000)));
  return say(page.status === 'accepted' ? 'supervisor.page.due.arrive' : page.alarm ? 'supervisor.page.due.repeat' : 'supervisor.page.due.escalate', {left});
}

/** @param {State} state @param {Acts} acts @param {any} page */
function buttons(state, acts, page) {
  const {id, status} = page;
  return html`
    ${status === 'open' ? command(state, {id: `accept-${id}`, picture: 'check', words: say('supervisor.page.accept'), kind: 'primary', press: () => acts.command(`pages/${id}/accept`)}) : nothing}
    ${status === 'accepted' ? command(state, {id: `arrive-${id}`, picture: 'user-check', words: say('supervisor.page.arrive'), kind: 'primary', press: () => acts.command(`pages/${id}/arrive`)}) : nothing}
    <button class="button" id=${`close-${id}`} @click=${() => acts.show({kind: 'page', id})}>${icon('x')}${say('supervisor.page.close')}</button>`;
}

/** @param {State} state @param {any} page */
function needsOf(state, page) {
  const visit = page.visit ? visitOf(state, page.visit) : undefined;
  return visit ? needList(visit.needs) : nothing;
}

/** @param {State} state @param {any} page */
function story(state, page) {
  return html`<ol class="story">${page.steps.slice(-stepsShown).map((/** @type {any} */ {at, step, who}) => html`<li><time>${clock(at)}</time><span>${say(`supervisor.step.${step}`)}</span>${who ? html`<span>${staffName(state, who)}</span>` : nothing}</li>`)}</ol>`;
}
