/** What is broken, first; then that the rest works; then how the box is. */

import {html, icon, nothing, state as mark} from '../core/view.js';
import {say, sayIn} from '../core/words.js';
import {bytesWords, deviceName, fact, healthMark, number, testTool, when, whyWords, worded} from './parts.js';
import {storageMark} from './box.js';
import {addressOf, inUse} from './state.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').Device} Device */
/** @typedef {import('./parts.js').Acts} Acts */
/** @typedef {{id: string, grave: boolean, title: string, what: unknown, means: string, todo: string, since?: string, device?: Device}} Trouble */

/** @param {State} state @param {Acts} acts */
export function overview(state, acts) {
  const all = troubles(state);
  const aside = state.view.devices.filter((d) => !inUse(d));
  return html`<h1 tabindex="-1">${title(state, all)}</h1>
    ${all.length ? html`<ul class="troubles">${all.map((t) => html`<li class="trouble ${t.grave ? 'grave' : ''}" id=${`trouble-${t.id}`}>${trouble(state, acts, t)}</li>`)}</ul>` : nothing}
    ${state.seen ? html`<section class="panel calm" aria-labelledby="works">
      <h2 id="works">${working(state, all)}</h2>
      ${aside.length ? html`<p>${mark('soft', 'tool', say('it.aside', {devices: aside.map((d) => deviceName(state.branch, d)).join(say('list.comma'))}))}</p>` : nothing}
    </section>` : nothing}
    ${figures(state)}`;
}

/** @param {State} state @param {Trouble[]} all */
function title({seen}, all) {
  if (!seen) return say('it.reading');
  return all.length ? say('it.broken', {count: all.length}) : say('it.well');
}

/** @param {State} state @param {Trouble[]} all */
function working({view}, all) {
  const works = view.devices.filter((d) => inUse(d) && d.health === 'ok').length;
  return mark('good', 'circle-check', say(all.length ? 'it.works.rest' : 'it.works.all', {count: works}));
}

/**
 * Everything that somebody should look at, the worst first.
 * @param {State} state
 * @returns {Trouble[]}
 */
export function troubles(state) {
  const {view} = state;
  const sick = view.devices.filter((d) => inUse(d) && ['failed', 'offline', 'degraded'].includes(d.health)).map((d) => ofDevice(state, d));
  const other = view.problems.filter((p) => !view.devices.some((d) => d.id === p.where && p.code.startsWith('device-'))).map(ofBox);
  return [...storage(state), ...sick, ...other].sort((a, b) => Number(b.grave) - Number(a.grave));
}

/** @param {State} state @param {Device} device @returns {Trouble} */
function ofDevice({branch}, device) {
  return {
    id: device.id, grave: device.health !== 'degraded', title: deviceName(branch, device), what: healthMark(device.health), device, since: device.since,
    means: device.health === 'degraded' ? say('it.means.degraded') : worded(`it.means.${device.kind}`, say('it.means.other')),
    todo: whyWords(device.reason) || say(device.health === 'offline' ? 'device.why.offline' : 'it.todo.other'),
  };
}

/** @param {State['view']['problems'][number]} problem @returns {Trouble} */
function ofBox({code, where = '', since}) {
  const known = code === 'speech-unavailable';
  const name = known ? sayIn(where, 'language.name') : where;
  return {
    id: `${code}-${where}`, grave: known, since,
    title: known ? say('it.speech', {language: name}) : code,
    what: mark('alarm', 'volume-off', say(known ? 'it.speech.what' : 'it.problem.what')),
    means: known ? say('it.speech.means') : where, todo: say(known ? 'it.speech.do' : 'it.todo.other'),
  };
}

/** @param {State} state @returns {Trouble[]} */
function storage({status}) {
  if (!status || status.storage === 'ok') return [];
  const full = status.storage === 'full';
  return [{
    id: 'storage', grave: full, title: say('it.storage'), what: storageMark(status.storage),
    means: say(full ? 'it.storage.full.means' : 'it.storage.low.means', {free: bytesWords(status.freeBytes)}), todo: say('it.storage.do'),
  }];
}

/** @param {State} state @param {Acts} acts @param {Trouble} trouble */
function trouble(state, acts, {title, what, means, todo, since, device}) {
  return html`<div class="spread"><h2>${title}</h2>${what}</div>
    <p class="todo">${icon('tool')}<span>${todo}</span></p>
    <p>${means}</p>
    ${since ? html`<p class="soft"><time datetime=${since}>${say('it.since', {time: when(since)})}</time></p>` : nothing}
    ${device ? html`<div class="row">${testTool(state, acts, device)}<a class="button" id=${`more-${device.id}`} href=${addressOf('devices', device.id)}>${icon('list')}${say('it.details')}</a></div>` : nothing}`;
}

/** How the box is, in one row. @param {State} state */
function figures({status, view}) {
  if (!status) return nothing;
  return html`<section aria-labelledby="box-figures"><h2 class="unseen" id="box-figures">${say('it.box')}</h2><dl class="figures">
    ${fact(say('it.figure.storage'), storageMark(status.storage))}
    ${fact(say('it.figure.free'), bytesWords(status.freeBytes))}
    ${fact(say('it.figure.sockets'), number(status.sockets))}
    ${fact(say('it.figure.devices'), number(view.devices.length))}
    ${fact(say('it.figure.version'), status.version)}
  </dl></section>`;
}
