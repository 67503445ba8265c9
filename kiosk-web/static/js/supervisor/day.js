/** The day: opening and closing it, and its figures as plots with tables. */

import {html, icon, nothing, state as mark} from '../core/view.js';
import {say} from '../core/words.js';
import {clock, day as dayWords, now} from '../core/time.js';
import {placeName} from './parts.js';
import {bars, columns, legend} from './plot.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./parts.js').Acts} Acts */
/** @typedef {{id: string, title: string, plot: unknown, head: string[], rows: (string | number)[][]}} Figure */

/** @param {State} state @param {Acts} acts */
export function day(state, acts) {
  const {branch} = state;
  return html`<section class="panel spread" aria-labelledby="today-title">
      <h2 id="today-title">${dayWords(now())}</h2>
      ${branch.open ? mark('good', 'sun', say('supervisor.day.is-open')) : mark('soft', 'moon', say('supervisor.day.is-closed'))}
      <button class="button" id="day-turn" @click=${() => acts.show({kind: 'day', id: ''})}>${icon(branch.open ? 'moon' : 'sun')}${say(branch.open ? 'supervisor.day.close' : 'supervisor.day.open')}</button>
    </section>
    <section aria-labelledby="figures-title">
      <p class="spread figures-head"><strong id="figures-title" role="heading" aria-level="2">${say('supervisor.figures')}</strong>${newness(state)}
        <button class="button" id="refresh" @click=${acts.refresh}>${icon('refresh')}${say('supervisor.figures.refresh')}</button></p>
      ${state.report.figures ? figures(state, state.report.figures) : html`<p class="empty">${state.report.problem === 'none' ? say('supervisor.figures.none') : state.report.problem ? say('supervisor.figures.away') : say('supervisor.figures.loading')}</p>`}
    </section>`;
}

/** @param {State} state */
function newness({report}) {
  if (report.problem === 'away' && report.figures) return mark('caution', 'wifi-off', say('supervisor.figures.old', {time: clock(report.at)}));
  return report.figures ? html`<span>${say('supervisor.figures.at', {time: clock(report.at)})}</span>` : nothing;
}

/** @param {State} state @param {any} f */
function figures(state, f) {
  const totals = /** @type {[string, number][]} */ ([['tickets', f.tickets], ['served', f.served], ['no-shows', f.noShows], ['cancelled', f.cancelled], ['removed', f.removed]]);
  const shown = [hours, waits, counters, pages].map((make) => make(state, f)).filter((figure) => figure.rows.length);
  return html`<dl class="totals">${totals.map(([name, value]) => html`<div><dt>${say(`supervisor.total.${name}`)}</dt><dd>${value}</dd></div>`)}</dl>
    <div class="plots">${shown.map(figureOf)}</div>`;
}

/** @param {Figure} figure */
const figureOf = ({id, title, plot, head, rows}) => html`<figure class="panel" aria-labelledby=${`plot-${id}-title`}>
  <h3 id=${`plot-${id}-title`}>${title}</h3>
  <div class="plot-space">${plot}</div>
  <details><summary class="button" id=${`plot-${id}-table`}>${icon('list')}${say('supervisor.plot.table')}</summary>
    <table><caption class="unseen">${title}</caption><thead><tr>${head.map((words) => html`<th scope="col">${words}</th>`)}</tr></thead>
      <tbody>${rows.map(([name, ...cells]) => html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></details>
</figure>`;

/** @param {State} state @param {any} f @returns {Figure} */
function hours({paper}, f) {
  const kinds = /** @type {const} */ ([['tickets', 'full'], ['calls', 'hatched'], ['served', 'hollow']]);
  const series = kinds.map(([name, ink]) => ({words: say(`supervisor.total.${name}`), ink, values: f.hours.map((/** @type {any} */ h) => h[name])}));
  const title = say('supervisor.plot.hours');
  return {
    id: 'hours', title,
    plot: html`${legend('hours-legend', series, paper.em)}${columns(paper, {id: 'hours-hatch', words: title, x: say('supervisor.axis.hour'), y: say('supervisor.axis.people'), labels: f.hours.map((/** @type {any} */ h) => String(h.hour)), series})}`,
    head: [say('supervisor.axis.hour'), ...series.map((s) => s.words)],
    rows: f.hours.map((/** @type {any} */ h) => [say('supervisor.plot.hour', {hour: h.hour, next: h.hour + 1}), h.tickets, h.calls, h.served]),
  };
}

/** Minutes to one decimal. */
const inMinutes = (/** @type {number} */ seconds) => Math.round(seconds / 6) / 10;

/** @param {State} state @param {any} f @returns {Figure} */
function waits({branch, paper}, f) {
  const lines = branch.classes.flatMap(({id}) => f.waitsByClass.filter((/** @type {any} */ w) => w.class === id && w.count));
  const percent = (/** @type {any} */ w) => say('supervisor.percent', {percent: Math.round(w.within * 100)});
  const title = say('supervisor.plot.waits');
  /** @type {import('./plot.js').Row[]} */
  const rows = lines.map((w) => ({
    label: say('supervisor.plot.waits.row', {name: say(`class.${w.class}`), target: inMinutes(w.targetSeconds), percent: percent(w)}), target: w.targetSeconds / 60, over: w.p90Seconds > w.targetSeconds,
    bars: [{value: w.medianSeconds / 60, ink: 'full', words: say('supervisor.minutes', {minutes: inMinutes(w.medianSeconds)})}, {value: w.p90Seconds / 60, ink: 'hatched', words: say('supervisor.minutes', {minutes: inMinutes(w.p90Seconds)})}],
  }));
  return {
    id: 'waits', title,
    plot: html`${legend('waits-legend', [{words: say('supervisor.plot.median'), ink: 'full'}, {words: say('supervisor.plot.p90'), ink: 'hatched'}, {words: say('supervisor.plot.target'), ink: 'line'}], paper.em)}${bars(paper, {id: 'waits-hatch', words: title, x: say('supervisor.axis.minutes'), rows})}`,
    head: ['class', 'count', 'median', 'p90', 'longest', 'target', 'within'].map((c) => say(`supervisor.plot.${c}.name`)),
    rows: lines.map((/** @type {any} */ w) => [say(`class.${w.class}`), w.count, inMinutes(w.medianSeconds), inMinutes(w.p90Seconds), inMinutes(w.longestSeconds), inMinutes(w.targetSeconds), percent(w)]),
  };
}

/** @param {State} state @param {any} f @returns {Figure} */
function counters(state, f) {
  const title = say('supervisor.plot.counters');
  const rows = f.counters.map((/** @type {any} */ c) => ({
    label: say('supervisor.pair', {name: placeName(state, c.counter), value: say('supervisor.count.served', {count: c.served})}),
    bars: [{value: c.medianSeconds / 60, ink: 'full', words: say('supervisor.minutes', {minutes: inMinutes(c.medianSeconds)})}],
  }));
  return {
    id: 'counters', title,
    plot: html`${legend('counters-legend', [{words: say('supervisor.plot.median'), ink: 'full'}], state.paper.em)}${bars(state.paper, {id: 'counters-hatch', words: title, x: say('supervisor.axis.minutes'), rows})}`,
    head: ['counter', 'served', 'median', 'mean'].map((c) => say(`supervisor.plot.${c}.name`)),
    rows: f.counters.map((/** @type {any} */ c) => [placeName(state, c.counter), c.served, inMinutes(c.medianSeconds), inMinutes(c.meanSeconds)]),
  };
}

/** @param {State} state @param {any} f @returns {Figure} */
function pages({paper}, f) {
  const title = say('supervisor.plot.pages');
  const p = f.pages;
  const seconds = (/** @type {number} */ ms) => Math.ceil(ms / 1000);
  const steps = /** @type {[string, number, any][]} */ ([['raised', p.raised, null], ['delivered', p.delivered, p.toDelivered], ['accepted', p.accepted, p.toAccepted], ['arrived', p.arrived, p.toArrived]]);
  const rows = steps.map(([name, count, reach]) => ({
    label: reach && count ? say('supervisor.plot.pages.row', {name: say(`supervisor.step.${name}`), half: seconds(reach.p50Ms), most: seconds(reach.p95Ms)}) : say(`supervisor.step.${name}`),
    bars: [{value: count, ink: /** @type {import('./plot.js').Ink} */ (name === 'raised' ? 'hollow' : 'full'), words: String(count)}],
  }));
  return {
    id: 'pages', title,
    plot: html`<p>${p.alarmed ? mark('alarm', 'bell-ringing', say('supervisor.plot.alarmed', {count: p.alarmed})) : mark('good', 'circle-check', say('supervisor.plot.alarmed.none'))}</p>${bars(paper, {id: 'pages-hatch', words: title, x: say('supervisor.axis.calls'), rows})}`,
    head: ['step', 'calls', 'p50', 'p95'].map((c) => say(`supervisor.plot.${c}.name`)),
    rows: p.raised || p.accepted ? steps.map(([name, count, reach]) => [say(`supervisor.step.${name}`), count, reach ? seconds(reach.p50Ms) : '', reach ? seconds(reach.p95Ms) : '']) : [],
  };
}
