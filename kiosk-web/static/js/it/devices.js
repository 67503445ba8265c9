/** The devices of the branch, and one of them. */

import {html, icon, nothing} from '../core/view.js';
import {say} from '../core/words.js';
import {adminMark, deviceName, eventTable, fact, healthMark, placeName, testTool, when, whyWords, worded} from './parts.js';
import {addressOf, filtered, healths, inUse} from './state.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').Device} Device */
/** @typedef {import('./parts.js').Acts} Acts */

/** @param {State} state @param {Acts} acts */
export function devices(state, acts) {
  if (state.route.part) return oneDevice(state, acts);
  const {filter, view, branch} = state;
  const shown = filtered(state, (d) => deviceName(branch, d));
  return html`<h1 tabindex="-1">${say('it.devices')}</h1>
    <form class="filters" role="search" @submit=${(/** @type {SubmitEvent} */ e) => e.preventDefault()}>
      <p class="field"><label for="filter-text">${say('it.filter.text')}</label><input id="filter-text" type="search" autocomplete="off" .value=${filter.text} @input=${(/** @type {any} */ e) => acts.filter({text: e.target.value})}></p>
      <p class="field"><label for="filter-health">${say('it.filter.health')}</label><select id="filter-health" @change=${(/** @type {any} */ e) => acts.filter({health: e.target.value})}>
        <option value="" ?selected=${!filter.health}>${say('it.filter.all')}</option>${healths.map((h) => html`<option value=${h} ?selected=${h === filter.health}>${say(`device.health.${h}`)}</option>`)}<option value="aside" ?selected=${filter.health === 'aside'}>${say('it.filter.aside')}</option></select></p>
      <p class="count-shown" id="count">${say('it.filter.count', {count: shown.length, all: view.devices.length})}</p>
    </form>
    ${shown.length ? table(state, acts, shown) : html`<p class="empty">${say('it.filter.none')}</p>`}`;
}

/** @param {State} state @param {Acts} acts @param {Device[]} shown */
function table(state, acts, shown) {
  return html`<table role="table" class="wide" id="devices"><caption class="unseen">${say('it.devices')}</caption>
    <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">${say('it.column.device')}</th><th role="columnheader" scope="col">${say('it.column.health')}</th><th role="columnheader" scope="col">${say('it.column.admin')}</th><th role="columnheader" scope="col">${say('it.column.test')}</th></tr></thead>
    <tbody role="rowgroup">${shown.map((d) => html`<tr role="row" id=${`device-${d.id}`}>
      <th role="rowheader" scope="row"><a id=${`to-${d.id}`} href=${addressOf('devices', d.id)}>${deviceName(state.branch, d)}</a><span class="soft">${d.id}</span></th>
      <td role="cell"><span class="lines">${healthMark(d.health)}${d.reason ? html`<span>${whyWords(d.reason)}</span>` : nothing}${d.since ? html`<time class="soft" datetime=${d.since}>${say('it.since', {time: when(d.since)})}</time>` : nothing}</span></td>
      <td role="cell">${adminMark(d)}</td>
      <td role="cell">${testTool(state, acts, d)}</td></tr>`)}</tbody></table>`;
}

/** @param {State} state @param {Acts} acts */
function oneDevice(state, acts) {
  const device = state.view.devices.find((d) => d.id === state.route.part);
  const back = html`<p><a class="button" id="all-devices" href=${addressOf('devices')}>${icon('chevron-left')}${say('it.devices.all')}</a></p>`;
  if (!device) return html`${back}<h1 tabindex="-1">${state.seen ? say('it.device.gone') : say('it.reading')}</h1>`;
  return html`${back}
    <h1 tabindex="-1">${deviceName(state.branch, device)}</h1>
    <div class="device ${device.kind === 'printer' ? 'with-paper' : ''}">
      <div class="stack">${nowOf(state, acts, device)}${story(state)}</div>
      ${device.kind === 'printer' ? paper(state) : nothing}
    </div>`;
}

/** @param {State} state @param {Acts} acts @param {Device} device */
function nowOf(state, acts, device) {
  const bad = ['failed', 'offline'].includes(device.health);
  return html`<section class="panel" aria-labelledby="now">
    <h2 id="now">${healthMark(device.health)}</h2>
    ${device.reason ? html`<p class="todo">${icon('tool')}<span>${whyWords(device.reason)}</span></p>` : nothing}
    ${bad && inUse(device) ? html`<p>${worded(`it.means.${device.kind}`, say('it.means.other'))}</p>` : nothing}
    <dl class="facts">
      ${device.since ? fact(say('it.column.since'), when(device.since)) : nothing}
      ${fact(say('it.column.admin'), adminMark(device))}
      ${fact(say('it.column.place'), placeName(state.branch, device.place))}
      ${fact(say('it.column.id'), device.id)}
    </dl>
    ${testTool(state, acts, device)}
    ${inUse(device) ? nothing : html`<p>${say('it.test.aside')}</p>`}
  </section>`;
}

/** @param {State} state */
function story(state) {
  return html`<section class="panel" aria-labelledby="story-title"><h2 id="story-title">${icon('history')}${say('it.story')}</h2>
    ${state.story === null ? html`<p>${say('it.reading')}</p>`
      : state.story.length ? eventTable(state, state.story, {id: 'story', caption: say('it.story'), device: state.route.part}) : html`<p>${say('it.story.none')}</p>`}</section>`;
}

/** What is printed is put into the roll by the screen's main part. @param {State} state */
function paper({paper}) {
  return html`<section class="panel" aria-labelledby="paper-title"><h2 id="paper-title">${icon('receipt')}${say('it.paper')}</h2>
    ${paper === 'shown' ? nothing : html`<p>${say(`it.paper.${paper}`)}</p>`}
    <div class="roll" id="roll" tabindex="0" role="region" aria-labelledby="paper-title" ?hidden=${paper !== 'shown'}><div id="paper" role="img" aria-label=${say('it.paper.label')}></div></div>
  </section>`;
}
