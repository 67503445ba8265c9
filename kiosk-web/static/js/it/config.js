/** The configuration in force, and one that may follow it. */

import {html, icon, nothing, state as mark} from '../core/view.js';
import {say} from '../core/words.js';
import {problemNote, when} from './parts.js';
import {addressOf} from './state.js';
import {changes, diff, linesOf} from './diff.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').Fault} Fault */
/** @typedef {import('./parts.js').Acts} Acts */

/** The pages of this section. */
const parts = ['', 'check', 'changes'];
/** How much a check takes, in characters. */
export const longest = 60_000;

/** @param {State} state @param {Acts} acts */
export function config(state, acts) {
  const part = parts.includes(state.route.part) ? state.route.part : '';
  const bodies = {'': inForce, check, changes: compared};
  return html`<h1 tabindex="-1">${say('it.config')}</h1>
    <nav class="parts" aria-label=${say('it.config')}><ul class="row">${parts.map((p) => html`<li><a class="button" id=${`config-${p || 'now'}`} href=${addressOf('config', p)} aria-current=${p === part ? 'page' : nothing}>${say(p ? `it.config.${p}` : 'it.config.now')}</a></li>`)}</ul></nav>
    ${bodies[/** @type {keyof typeof bodies} */ (part)](state, acts)}`;
}

/** How it is put in force, which cannot be done here. */
const apply = () => html`<section class="panel" aria-labelledby="apply"><h2 id="apply">${icon('info-circle')}${say('it.config.apply')}</h2><p>${say('it.config.apply.how')}</p><p><code translate="no">server --config branch.yaml</code></p></section>`;

/** @param {State} state */
function inForce({config}) {
  if (!config) return html`<p>${say('it.reading')}</p>`;
  return html`<p>${say('it.config.since', {version: config.version, time: when(config.since)})}</p>
    ${apply()}
    <section class="panel" aria-labelledby="text-title"><h2 id="text-title">${icon('file-text')}${say('it.config.text')}</h2>
      <ol class="code" id="config-text">${linesOf(config.yaml).map((line, at) => html`<li><span class="nr" aria-hidden="true">${at + 1}</span><span lang=${langOf(line)}>${line}</span></li>`)}</ol></section>`;
}

/** A line of letters only is no Chinese. @param {string} line */
const langOf = (line) => (/\p{Script=Han}/u.test(line) ? 'zh-CN' : 'en');

/** @param {State} state @param {Acts} acts */
function check({candidate}, acts) {
  const {yaml, faults, checking, problem, line, column} = candidate;
  return html`<form class="stack" @submit=${acts.check} novalidate>
    ${summary(faults, acts)}
    ${problemNote(problem, 'candidate-problem')}
    <p class="file"><input class="unseen" id="candidate-file" type="file" accept=".yaml,.yml,text/yaml" @change=${(/** @type {any} */ e) => { acts.choose(e.target.files[0]); e.target.value = ''; }}><label class="button" for="candidate-file">${icon('file-text')}${say('it.check.file')}</label></p>
    <p class="field"><label for="candidate">${say('it.check.text')}</label>
      <span class="hint" id="candidate-hint">${say('it.check.hint')}</span>
      <textarea id="candidate" class="code" rows="16" spellcheck="false" autocomplete="off" autocapitalize="off" aria-describedby="candidate-hint candidate-place" aria-invalid=${faults?.length ? 'true' : 'false'}
        .value=${yaml} @input=${(/** @type {any} */ e) => { acts.type(e.target.value); acts.caret({currentTarget: e.target}); }} @keyup=${acts.caret} @click=${acts.caret}></textarea>
      <span class="hint" id="candidate-place">${say('it.check.place', {line, column})}</span></p>
    <div class="row"><button class="button primary" id="check-now" aria-disabled=${checking}>${icon('check')}${say('it.check.now')}</button>${verdict(candidate)}</div>
  </form>${apply()}`;
}

/** @param {State['candidate']} candidate */
function verdict({faults, checking, yaml}) {
  if (checking) return mark('soft', 'hourglass', say('it.check.busy'));
  if (faults === null || !yaml) return nothing;
  return faults.length ? mark('alarm', 'alert-circle', say('it.check.faults', {count: faults.length})) : mark('good', 'circle-check', say('it.check.good'));
}

/** All that is wrong, each a way to its line. @param {Fault[] | null} faults @param {Acts} acts */
function summary(faults, acts) {
  if (!faults?.length) return nothing;
  return html`<div class="summary" id="summary" role="group" tabindex="-1" aria-labelledby="summary-title">
    <h2 id="summary-title">${icon('alert-triangle')}${say('it.check.summary', {count: faults.length})}</h2>
    <ol>${faults.map((fault, at) => html`<li><button type="button" class="fault" id=${`fault-${at}`} @click=${() => acts.goTo(fault.line, fault.column)}>
      <span class="where">${say('it.check.place', {line: fault.line, column: fault.column})}</span><span lang="en"><strong>${fault.path ? `${fault.path}: ` : nothing}${fault.message}</strong>${fault.hint ? html`<br>${fault.hint}` : nothing}</span></button></li>`)}</ol></div>`;
}

/** @param {State} state */
function compared({config, candidate}) {
  if (!candidate.yaml) return html`<p class="empty">${say('it.changes.empty')}</p>`;
  if (!config) return html`<p>${say('it.reading')}</p>`;
  const lines = diff(config.yaml, candidate.yaml);
  const added = lines.filter((l) => l.kind === 'added').length;
  const removed = lines.filter((l) => l.kind === 'removed').length;
  if (!added && !removed) return html`<p class="empty">${mark('good', 'circle-check', say('it.changes.none'))}</p>`;
  return html`<p id="changes-count">${say('it.changes.count', {added, removed})}</p>
    <section class="panel" aria-labelledby="changes-title"><h2 id="changes-title">${icon('arrows-exchange')}${say('it.config.changes')}</h2>
    <ol class="code changes" id="changes">${changes(lines).map((row) => (row.kind === 'gap' ? html`<li class="gap">${say('it.changes.gap', {count: row.count})}</li>` : changed(row)))}</ol></section>${apply()}`;
}

/** @param {import('./diff.js').Line} line */
function changed({kind, text, before, after}) {
  const sign = {added: '+', removed: '−', same: ''}[kind];
  return html`<li class=${kind}><span class="nr">${after || before}</span><span class="sign" aria-hidden="true">${sign}</span><span class="word">${kind === 'same' ? nothing : say(`it.changes.${kind}`)}</span><span lang=${langOf(text)}>${text}</span></li>`;
}
