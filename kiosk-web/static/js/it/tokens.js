/** Who may sign in: tokens in force, a new one, and the end of one. */

import {html, icon, nothing} from '../core/view.js';
import {named, say} from '../core/words.js';
import {placeName, problemNote, roleAndPlace, when} from './parts.js';
import {roles} from './state.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./state.js').Token} Token */
/** @typedef {import('./parts.js').Acts} Acts */

/** @param {State} state @param {Acts} acts */
export function tokens(state, acts) {
  return html`<h1 tabindex="-1">${say('it.tokens')}</h1>
    ${state.tokens.made ? made(state, acts, state.tokens.made) : form(state, acts)}
    <section class="panel" aria-labelledby="tokens-title"><h2 id="tokens-title">${icon('key')}${say('it.tokens.list')}</h2>${list(state, acts)}</section>`;
}

/** The link that signs in with a token. @param {Token} token */
export const linkOf = (token) => `${location.origin}/enter#${token.token}`;

/** @param {State} state @param {Acts} acts @param {Token} token */
function made({branch, tokens}, acts, token) {
  /** @param {'token' | 'link'} what @param {string} value */
  const line = (what, value) => html`<p class="field"><label for=${`made-${what}`}>${say(`it.made.${what}`)}</label>
    <span class="row copy"><textarea id=${`made-${what}`} rows="1" readonly .value=${value} @focus=${(/** @type {any} */ e) => e.target.select()}></textarea><button type="button" class="button" id=${`copy-${what}`} @click=${() => acts.copy(what)}>${icon('copy')}${say('it.made.copy')}</button></span></p>`;
  return html`<section class="panel made stack" aria-labelledby="made-title"><h2 id="made-title" tabindex="-1">${icon('circle-check')}${say('it.made', {role: holder(branch, token)})}</h2>
    <p><strong>${say('it.made.once')}</strong></p>
    ${line('link', linkOf(token))}${line('token', token.token ?? '')}
    <div class="row"><button type="button" class="button primary" id="made-kept" @click=${acts.kept}>${icon('check')}${say('it.made.kept')}</button><span>${tokens.copied ? say(`it.made.copied.${tokens.copied}`) : nothing}</span></div></section>`;
}

/** @param {State['branch']} branch @param {Token} token */
const holder = (branch, {role, place}) => roleAndPlace(branch, role, place);

/** @param {State} state @param {Acts} acts */
function form(state, acts) {
  const {tokens} = state;
  const places = placesOf(state.branch, tokens.form.role);
  return html`<section class="panel" aria-labelledby="new-title"><h2 id="new-title">${icon('plus')}${say('it.tokens.new')}</h2>
    <form class="stack" @submit=${acts.make} novalidate>
      ${wrongs(tokens)}${problemNote(tokens.problem, 'token-problem')}
      <div class="fields">
        <p class="field"><label for="token-role">${say('it.tokens.role')}</label><select id="token-role" @change=${(/** @type {any} */ e) => acts.form({role: e.target.value})}>${roles.map((r) => html`<option value=${r} ?selected=${r === tokens.form.role}>${say(`role.${r}`)}</option>`)}</select></p>
        ${places ? html`<p class="field"><label for="token-place">${say(tokens.form.role === 'pager' ? 'it.tokens.person' : 'it.tokens.place')}</label>${wrong(tokens, 'place')}
          <select id="token-place" .value=${tokens.form.place} aria-invalid=${tokens.wrong.place ? 'true' : 'false'} aria-describedby=${tokens.wrong.place ? 'wrong-place' : nothing} @change=${(/** @type {any} */ e) => acts.form({place: e.target.value})}>
            <option value="" ?selected=${!tokens.form.place}>${say('it.tokens.choose')}</option>${places.map((p) => html`<option value=${p.id} ?selected=${p.id === tokens.form.place}>${p.name}</option>`)}</select></p>` : nothing}
        <p class="field"><label for="token-note">${say('it.tokens.note')}</label>${wrong(tokens, 'note')}<input id="token-note" maxlength="200" autocomplete="off" .value=${tokens.form.note} aria-invalid=${tokens.wrong.note ? 'true' : 'false'} aria-describedby=${tokens.wrong.note ? 'wrong-note' : nothing} @input=${(/** @type {any} */ e) => acts.form({note: e.target.value})}></p>
      </div>
      <div class="row"><button class="button primary" id="token-make" aria-disabled=${tokens.sending}>${icon('plus')}${say('it.tokens.make')}</button></div>
    </form></section>`;
}

/** @param {State['tokens']} tokens @param {'place' | 'note'} field */
const wrong = ({wrong}, field) => (wrong[field] ? html`<span class="wrong" id=${`wrong-${field}`}>${icon('alert-circle')}${wrong[field]}</span>` : nothing);

/** @param {State['tokens']} tokens */
function wrongs({wrong}) {
  const fields = Object.entries(wrong);
  if (!fields.length) return nothing;
  return html`<div class="summary" id="summary" role="group" tabindex="-1" aria-labelledby="summary-title"><h3 id="summary-title">${icon('alert-triangle')}${say('problem.invalid')}</h3>
    <ul>${fields.map(([field, words]) => html`<li><button type="button" class="fault" id=${`fault-${field}`} @click=${() => document.getElementById(`token-${field}`)?.focus()}>${words}</button></li>`)}</ul></div>`;
}

/** The places for which a role has tokens; none for a role of the whole branch. @param {State['branch']} branch @param {string} role */
export function placesOf(branch, role) {
  const lists = {kiosk: branch.kiosks, hall: branch.halls, counter: branch.counters, pager: branch.staff};
  return lists[/** @type {keyof typeof lists} */ (role)]?.map((p) => ({id: p.id, name: 'name' in p ? named(p.name) : placeName(branch, p.id)}));
}

/** @param {State} state @param {Acts} acts */
function list({tokens, branch}, acts) {
  if (!tokens.list) return html`<p>${say('it.reading')}</p>`;
  if (!tokens.list.length) return html`<p>${say('it.tokens.none')}</p>`;
  return html`<table role="table" class="wide" id="tokens"><caption class="unseen">${say('it.tokens.list')}</caption>
    <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">${say('it.column.who')}</th><th role="columnheader" scope="col">${say('it.column.note')}</th><th role="columnheader" scope="col">${say('it.column.made')}</th><th role="columnheader" scope="col">${say('it.column.end')}</th></tr></thead>
    <tbody role="rowgroup">${tokens.list.map((t) => html`<tr role="row" id=${`token-${t.id}`}><th role="rowheader" scope="row">${holder(branch, t)}<span class="soft">${t.id}</span></th><td role="cell">${t.note ?? nothing}</td><td role="cell"><time datetime=${t.createdAt}>${when(t.createdAt)}</time></td>
      <td role="cell"><button type="button" class="button grave" id=${`end-${t.id}`} aria-label=${say('it.end.long', {who: holder(branch, t)})} @click=${() => acts.ask(t.id)}>${icon('ban')}${say('it.end')}</button></td></tr>`)}</tbody></table>`;
}

/** Asks before a token is ended. @param {State} state @param {Acts} acts */
export function endDialog({tokens, branch}, acts) {
  const token = tokens.list?.find((t) => t.id === tokens.ending);
  if (!token) return nothing;
  return html`<div class="body"><h2 id="dialog-title" tabindex="-1">${say('it.end.question', {who: holder(branch, token)})}</h2>
    <p>${token.note ? html`${token.note}<br>` : nothing}<span class="soft">${token.id}</span></p>
    <p>${say('it.end.means')}</p>
    ${problemNote(tokens.problem, 'end-problem')}
    <div class="row"><button type="button" class="button" id="end-keep" @click=${() => acts.ask('')}>${icon('arrow-back-up')}${say('it.end.keep')}</button><button type="button" class="button grave" id="end-now" aria-disabled=${tokens.sending} @click=${() => acts.end(token.id)}>${icon('ban')}${say('it.end.now')}</button></div></div>`;
}
