/** Markup for the changing parts of a page. */

import {html, nothing, render, svg} from '../../vendor/lit-html/lit-html.js';

export {html, nothing, render, svg};

/**
 * An icon of the set; it is decoration, the words are beside it.
 * @param {string} name
 */
export const icon = (name) => html`<span class="icon" data-icon=${name} aria-hidden="true"></span>`;

/**
 * A state: icon, word and colour.
 * @param {'good' | 'caution' | 'alarm' | 'soft'} tone
 * @param {string} name of an icon
 * @param {string} words
 */
export const state = (tone, name, words) => html`<span class="state ${tone}">${icon(name)}<span>${words}</span></span>`;
