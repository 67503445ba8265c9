/** The floor at a glance: counters and kiosks, who waits, who calls for help. */

import {html, icon, nothing, state as mark} from '../core/view.js';
import {named, say} from '../core/words.js';
import {now} from '../core/time.js';
import {classLines, doingOf, filtered, floorOf, openPages, pagesAt, troubleAt, visitOf} from './derive.js';
import {classMark, counterMark, minutes, placeName, running, serviceName, staffName, troubleMark, waitMark} from './parts.js';
import {pageCard} from './pages.js';
import {level} from './plot.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./parts.js').Acts} Acts */

/** How many of those who wait longest stand on the floor. */
const longestShown = 5;

/** @param {State} state @param {Acts} acts */
export function floor(state, acts) {
  return html`<div class="floor">
    <section class="zones" aria-label=${say('supervisor.floor')}>${floorOf(state).map((z) => zone(state, acts, z))}${longest(state, acts)}</section>
    <div class="side">${classes(state, acts)}${calls(state, acts)}</div>
  </div>`;
}

/** @param {State} state @param {Acts} acts @param {ReturnType<typeof floorOf>[0]} zone */
function zone(state, acts, {zone, counters, kiosks, halls}) {
  const heading = `zone-${zone.id}`;
  return html`<section class="panel" aria-labelledby=${heading}>
    <h2 id=${heading}>${icon('map-pin')}${named(zone.name)}</h2>
    ${counters.length ? html`<ul class="tiles">${counters.map((c) => counterTile(state, acts, c))}</ul>` : nothing}
    <ul class="tiles small">${[...kiosks, ...halls].map((k) => placeTile(state, acts, k.id))}</ul>
  </section>`;
}

/** @param {State} state @param {Acts} acts @param {any} counter */
function counterTile(state, acts, counter) {
  const visit = counter.serving ? visitOf(state, counter.serving) : undefined;
  const doing = doingOf(state, counter);
  return html`<li><button class="tile ${doing}" id=${`tile-${counter.id}`} @click=${() => acts.show({kind: 'counter', id: counter.id})}>
    <span class="tile-head"><strong>${named(counter.name)}</strong>${counter.staff ? html`<span class="who">${staffName(state, counter.staff)}</span>` : nothing}</span>
    <span class="tile-body">${visit ? html`<span class="ticket">${visit.ticket}</span>${running(visit.confirmedAt ?? visit.calledAt)}` : nothing}</span>
    <span class="tile-foot">${counterMark(doing)}${visit ? html`<span>${serviceName(state, visit.service)}</span>` : nothing}</span>
    ${troubles(state, counter.id)}
  </button></li>`;
}

/** @param {State} state @param {Acts} acts @param {string} place a kiosk or a hall screen */
function placeTile(state, acts, place) {
  const calls = pagesAt(state, place).length;
  const well = !calls && !troubleAt(state, place).length;
  return html`<li><button class="tile" id=${`tile-${place}`} @click=${() => acts.show({kind: 'place', id: place})}>
    <span class="tile-head"><strong>${placeName(state, place)}</strong></span>
    ${well ? mark('good', 'circle-check', say('supervisor.well')) : nothing}${troubles(state, place)}
  </button></li>`;
}

/** @param {State} state @param {string} place */
function troubles(state, place) {
  const calls = pagesAt(state, place);
  const alarm = calls.some((p) => p.alarm && p.status === 'open');
  return html`${calls.length ? mark(alarm ? 'alarm' : 'caution', alarm ? 'bell-ringing' : 'bell', say('supervisor.calls', {count: calls.length})) : nothing}
    ${troubleAt(state, place).map(troubleMark)}`;
}

/** Those who have waited longest, whoever is called next. @param {State} state @param {Acts} acts */
function longest(state, acts) {
  const first = filtered(state.view.visits, 'waiting').slice(0, longestShown);
  if (!first.length) return nothing;
  return html`<section class="panel" aria-labelledby="longest-title">
    <h2 id="longest-title">${icon('hourglass')}${say('supervisor.longest')}</h2>
    <ol class="longest">${first.map((visit) => html`<li>
      <button class="button ticket" id=${`longest-${visit.id}`} @click=${() => acts.show({kind: 'visit', id: visit.id})}>${visit.ticket}${icon('chevron-right')}</button>
      <span>${serviceName(state, visit.service)}</span>${classMark(visit.class)}${waitMark(state, visit)}</li>`)}</ol>
  </section>`;
}

/** @param {State} state @param {Acts} acts */
function classes(state, acts) {
  return html`<section class="panel" aria-labelledby="classes-title">
    <h2 id="classes-title">${icon('clock')}${say('supervisor.classes')}</h2>
    <ul class="classes">${classLines(state, now()).map((line) => classLine(line, acts))}</ul>
  </section>`;
}

/** @param {import('./derive.js').ClassLine} line @param {Acts} acts */
function classLine(line, acts) {
  const {id, count, oldest, seconds, target, pressure} = line;
  return html`<li id=${`class-${id}`} data-pressure=${pressure}>
    <p class="spread">${classMark(id)}<strong>${count ? say('supervisor.count', {count}) : say('supervisor.nobody-waits')}</strong>
      ${count ? html`<button class="button" id=${`oldest-${id}`} @click=${() => acts.show({kind: 'visit', id: oldest.id})}><span class="unseen">${say('supervisor.oldest.who')}</span>${oldest.ticket}${icon('chevron-right')}</button>` : nothing}</p>
    ${count ? html`${level(seconds, target, pressure === 'over')}
      <p class="spread"><span>${say('supervisor.oldest', {minutes: Math.floor(seconds / 60), target: Math.round(target / 60)})}</span>${pressureMark(pressure)}</p>`
      : html`<p class="soft">${say('supervisor.target', {target: minutes(target)})}</p>`}
  </li>`;
}

/** @param {import('./derive.js').Pressure} pressure */
function pressureMark(pressure) {
  if (pressure === 'over') return mark('alarm', 'alert-triangle', say('supervisor.over'));
  return pressure === 'near' ? mark('caution', 'hourglass', say('supervisor.near')) : mark('good', 'check', say('supervisor.within'));
}

/** @param {State} state @param {Acts} acts */
function calls(state, acts) {
  const open = openPages(state);
  return html`<section class="panel" aria-labelledby="calls-title">
    <h2 id="calls-title">${icon('bell')}${say('supervisor.pages')}</h2>
    ${open.length ? html`<ul class="page-list">${open.map((page) => html`<li>${pageCard(state, acts, page)}</li>`)}</ul>`
      : html`<p>${mark('good', 'circle-check', say('supervisor.pages.none'))}</p>`}
  </section>`;
}
