/** The box itself: its figures, a backup, a check of its log. */

import {html, icon, nothing, state as mark} from '../core/view.js';
import {say} from '../core/words.js';
import {secondsSince} from '../core/time.js';
import {bytesWords, fact, number, problemNote} from './parts.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./parts.js').Acts} Acts */

/** How the disk is. @param {string} storage */
export function storageMark(storage) {
  if (storage === 'full') return mark('alarm', 'circle-x', say('it.storage.full'));
  return storage === 'low' ? mark('caution', 'alert-triangle', say('it.storage.low')) : mark('good', 'circle-check', say('it.storage.ok'));
}

/** @param {State} state @param {Acts} acts */
export function box(state, acts) {
  return html`<h1 tabindex="-1">${say('it.box')}</h1>
    ${state.status ? figures(state.status) : html`<p>${say('it.reading')}</p>`}
    <div class="halves">${backup(state, acts)}${verify(state, acts)}</div>`;
}

/** @param {any} status */
function figures(status) {
  return html`<dl class="figures" id="figures">
    ${fact(say('it.figure.storage'), storageMark(status.storage))}
    ${fact(say('it.figure.free'), bytesWords(status.freeBytes))}
    ${fact(say('it.figure.log'), bytesWords(status.logBytes))}
    ${fact(say('it.figure.events'), number(status.events))}
    ${fact(say('it.figure.sockets'), number(status.sockets))}
    ${fact(say('it.figure.p50'), say('it.millis', {number: number(status.commitP50us / 1000, 1)}))}
    ${fact(say('it.figure.p99'), say('it.millis', {number: number(status.commitP99us / 1000, 1)}))}
    ${fact(say('it.figure.running'), running(status.startedAt))}
  </dl>
  <dl class="facts">
    ${fact(say('it.figure.version'), status.version)}
    ${fact(say('it.figure.config'), status.configVersion)}
    ${fact(say('it.figure.log-id'), status.logId)}
  </dl>`;
}

/** How long the box has run. @param {string} since */
function running(since) {
  const minutes = Math.floor(secondsSince(since) / 60);
  if (minutes < 60) return say('it.for.minutes', {count: minutes});
  return minutes < 2880 ? say('it.for.hours', {count: Math.floor(minutes / 60)}) : say('it.for.days', {count: Math.floor(minutes / 1440)});
}

/** @param {State} state @param {Acts} acts */
function backup({backup}, acts) {
  const {busy, bytes = 0, problem = '', address, name} = backup;
  return html`<section class="panel stack" aria-labelledby="backup-title"><h2 id="backup-title">${icon('database-export')}${say('it.backup')}</h2>
    <p>${say('it.backup.what')}</p>
    <div class="row"><button type="button" class="button" id="backup-now" aria-disabled=${busy === true} @click=${acts.backup}>${icon('download')}${say('it.backup.now')}</button></div>
    ${busy ? html`<p>${mark('soft', 'hourglass', say('it.backup.busy', {bytes: bytesWords(bytes)}))}</p>` : nothing}
    ${problemNote(problem, 'backup-problem')}
    ${address ? html`<p>${mark('good', 'circle-check', say('it.backup.done', {bytes: bytesWords(bytes)}))}</p><p><a class="button primary" id="backup-save" href=${address} download=${name ?? ''}>${icon('download')}${say('it.backup.save')}</a></p><p class="soft">${name}</p>` : nothing}
    <p>${say('it.backup.restore')}<br><code translate="no">server restore --data DIR FILE</code></p></section>`;
}

/** @param {State} state @param {Acts} acts */
function verify({verify}, acts) {
  const {busy, seconds = 0, problem = '', report} = verify;
  return html`<section class="panel stack" aria-labelledby="verify-title"><h2 id="verify-title">${icon('database')}${say('it.verify')}</h2>
    <p>${say('it.verify.what')}</p>
    <div class="row"><button type="button" class="button" id="verify-now" aria-disabled=${busy === true} @click=${acts.verify}>${icon('check')}${say('it.verify.now')}</button></div>
    ${busy ? html`<p>${mark('soft', 'hourglass', say('it.verify.busy', {seconds}))}</p>` : nothing}
    ${problemNote(problem, 'verify-problem')}
    ${report ? found(report) : nothing}</section>`;
}

/** @param {NonNullable<State['verify']['report']>} report */
function found({ok, events, files, faults}) {
  return html`<div id="verify-report" class="stack">
    <p>${ok ? mark('good', 'circle-check', say('it.verify.ok', {events: number(events)})) : mark('alarm', 'alert-circle', say('it.verify.not', {count: faults.length}))}</p>
    ${faults.length ? html`<ul class="marks">${faults.map((f) => html`<li><strong>${f.file}</strong> ${f.seq ? say('it.verify.seq', {seq: f.seq}) : nothing}<br><span lang="en">${f.message}</span></li>`)}</ul><p>${say('it.verify.do')}</p>` : nothing}
    <ul class="marks">${files.map((f) => html`<li>${say('it.verify.file', {file: f.name, first: number(f.first), last: number(f.last)})}</li>`)}</ul></div>`;
}
