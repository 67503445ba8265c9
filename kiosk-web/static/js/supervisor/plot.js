/**
 * Plots, drawn by hand: columns and bars of three kinds that differ without
 * colour (full, hatched, hollow). Texts have the size of the page.
 */

import {html, nothing, svg} from '../core/view.js';

/** @typedef {import('./state.js').Paper} Paper */
/** @typedef {'full' | 'hatched' | 'hollow'} Ink */
/** @typedef {{words: string, ink: Ink | 'line'}} Entry of a legend */
/** @typedef {{words: string, ink: Ink, values: number[]}} Series */
/** @typedef {{label: string, bars: {value: number, words: string, ink: Ink}[], target?: number, over?: boolean}} Row */

/** The pattern of what is hatched; an id is unique on the page. @param {string} id @param {number} em */
const hatching = (id, em) => svg`<defs><pattern id=${id} width=${em * 0.34} height=${em * 0.34} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
  <rect class="paper" width=${em * 0.34} height=${em * 0.34}></rect><rect class="ink" width=${em * 0.14} height=${em * 0.34}></rect></pattern></defs>`;

/**
 * Round steps from 0 to just above the largest value.
 * @param {number} max
 * @param {number} wanted how many, about
 * @returns {number[]}
 */
export function ticks(max, wanted) {
  const rough = Math.max(max, 1) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((s) => s >= rough) ?? rough);
  return Array.from({length: Math.ceil(Math.max(max, 1) / step) + 1}, (_, i) => i * step);
}

/** About how wide a text is. @param {string} text @param {number} em */
export const widthOf = (text, em) => [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2E80 ? 1 : 0.58), 0) * em;

/** @param {Ink} ink @param {string} hatch @param {number} x @param {number} y @param {number} width @param {number} height */
const block = (ink, hatch, x, y, width, height) => svg`<rect class=${`block ${ink}`} fill=${ink === 'hatched' ? `url(#${hatch})` : nothing} x=${x} y=${y} width=${Math.max(0, width)} height=${Math.max(0, height)}></rect>`;

/** The line of a target, with a band of paper so that it stands off what it crosses. @param {number | string} x @param {number | string} y1 @param {number | string} y2 */
const goal = (x, y1, y2) => svg`<line class="target band" x1=${x} x2=${x} y1=${y1} y2=${y2}></line><line class="target" x1=${x} x2=${x} y1=${y1} y2=${y2}></line>`;

/**
 * What the kinds of blocks mean.
 * @param {string} id
 * @param {Entry[]} entries
 * @param {number} em
 */
export const legend = (id, entries, em) => html`<ul class="legend">${entries.map(({words, ink}) => html`<li><svg width=${em} height=${em} aria-hidden="true">
  ${ink === 'line' ? goal(em / 2, 0, em) : svg`${hatching(`${id}-${ink}`, em)}${block(ink, `${id}-${ink}`, 2, 2, em - 4, em - 4)}`}</svg><span>${words}</span></li>`)}</ul>`;

/**
 * Columns side by side for each place on the axis below.
 * @param {Paper} paper
 * @param {{id: string, words: string, x: string, y: string, labels: string[], series: Series[]}} plot
 */
export function columns({width, em}, {id, words, x, y, labels, series}) {
  const steps = ticks(Math.max(...series.flatMap((s) => s.values)), 4);
  const top = em * 2, high = em * 7, left = em * 0.8 + widthOf(String(steps.at(-1)), em);
  const up = (/** @type {number} */ value) => top + high * (1 - value / (steps.at(-1) ?? 1));
  const group = (width - left) / labels.length;
  const wide = Math.min(group * 0.82 / series.length, em * 1.6);
  const every = Math.ceil(widthOf('00', em) * 1.3 / group);
  return html`<svg class="plot" width=${width} height=${top + high + em * 2.9} role="img" aria-label=${words}>${hatching(id, em)}
    <text x="0" y=${em}>${y}</text>
    ${steps.map((n) => svg`<line class="grid" x1=${left} x2=${width} y1=${up(n)} y2=${up(n)}></line><text class="end" x=${left - em * 0.4} y=${up(n) + em * 0.35}>${n}</text>`)}
    ${labels.map((label, i) => svg`${series.map(({ink, values}, k) => block(ink, id, left + group * (i + 0.5) + wide * (k - series.length / 2), up(values[i]), wide * 0.9, high + top - up(values[i])))}
      ${i % every ? nothing : svg`<text class="middle" x=${left + group * (i + 0.5)} y=${top + high + em * 1.2}>${label}</text>`}`)}
    <text class="end" x=${width} y=${top + high + em * 2.5}>${x}</text></svg>`;
}

/**
 * Bars from the left, each with its words at its end; rows have their name above.
 * @param {Paper} paper
 * @param {{id: string, words: string, x: string, rows: Row[]}} plot
 */
export function bars({width, em}, {id, words, x, rows}) {
  const all = rows.flatMap((r) => r.bars);
  const room = Math.min(width * 0.5, Math.max(...all.map((b) => widthOf(b.words, em)), 0) + em * 0.6);
  const steps = ticks(Math.max(...all.map((b) => b.value), ...rows.map((r) => r.target ?? 0)), 4);
  const across = (/** @type {number} */ value) => (width - room) * value / (steps.at(-1) ?? 1);
  const thick = em * 1.15, name = em * 1.5;
  const tops = rows.map((_, i) => rows.slice(0, i).reduce((sum, r) => sum + name + r.bars.length * thick + em * 0.5, 0));
  const bottom = rows.length ? (tops.at(-1) ?? 0) + name + rows[rows.length - 1].bars.length * thick : 0;
  return html`<svg class="plot" width=${width} height=${bottom + em * 3} role="img" aria-label=${words}>${hatching(id, em)}
    ${steps.map((n) => svg`<line class="grid" x1=${across(n)} x2=${across(n)} y1="0" y2=${bottom + em * 0.2}></line><text class=${n ? 'middle' : ''} x=${across(n)} y=${bottom + em * 1.4}>${n}</text>`)}
    ${rows.map((row, i) => barRow(row, {id, em, y: tops[i], thick, name, across}))}
    <text class="end" x=${width} y=${bottom + em * 2.7}>${x}</text></svg>`;
}

/**
 * @param {Row} row
 * @param {{id: string, em: number, y: number, thick: number, name: number, across: (value: number) => number}} at
 */
function barRow({label, bars: all, target, over}, {id, em, y, thick, name, across}) {
  return svg`${all.map(({value, ink}, k) => block(ink, id, 0, y + name + k * thick, across(value), thick * 0.82))}
    ${target === undefined ? nothing : goal(across(target), y + name - em * 0.15, y + name + all.length * thick)}
    <text class=${over ? 'name alarm' : 'name'} x="0" y=${y + em * 1.1}>${label}</text>
    ${all.map(({value, words}, k) => svg`<text x=${endOf(across(value), target === undefined ? 0 : across(target), widthOf(words, em) + em) + em * 0.5} y=${y + name + k * thick + thick * 0.7}>${words}</text>`)}`;
}

/** Where the words of a bar begin: behind the target when they would cross it. @param {number} bar @param {number} target @param {number} room */
const endOf = (bar, target, room) => (bar < target && target - bar < room ? target : bar);

/**
 * How far something is on the way to its target, and beyond; the words beside it
 * say the same.
 * @param {number} value
 * @param {number} target
 * @param {boolean} over
 */
export function level(value, target, over) {
  const end = Math.max(target * 1.25, value, 1);
  const at = (/** @type {number} */ n) => `${(100 * n / end).toFixed(2)}%`;
  return html`<svg class="level ${over ? 'over' : ''}" aria-hidden="true"><rect class="rail" width="100%" height="100%"></rect>
    <rect class="filled" width=${at(value)} height="100%"></rect>${goal(at(target), '0', '100%')}</svg>`;
}
