/**
 * The door: a link /enter#<token> signs in and goes to the screen of its role.
 * Without one, whoever has a token types it.
 */

// says: enter.working, enter.unknown, enter.away

import {html, icon, nothing, render} from '../core/view.js';
import {loadWords, say, useLanguage} from '../core/words.js';
import {Problem, signIn} from '../core/api.js';
import {announce} from '../core/announce.js';
import {useMillimetres} from '../core/display.js';

useMillimetres(innerWidth < 600 ? 6.3 : 3.8);
const root = /** @type {HTMLElement} */ (document.getElementById('screen'));
const wanted = new URLSearchParams(location.search).get('as') ?? '';
const token = decoded(location.hash.slice(1));
// The secret must not stay where somebody may read it later.
history.replaceState(null, '', location.pathname + location.search);

await words();
useLanguage(navigator.language.startsWith('en') ? 'en' : 'zh-CN');
draw('');
if (token) enter(token);

/** What a link holds, also one that was cut short. @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The door waits for the box. */
async function words() {
  for (;;) {
    try {
      return await loadWords();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

/** @param {string} secret */
async function enter(secret) {
  draw('enter.working');
  try {
    const {role} = await signIn(secret);
    location.replace(`/${role}`);
  } catch (error) {
    const known = error instanceof Problem && error.status === 401;
    draw(known ? 'enter.unknown' : 'enter.away');
    announce(say(known ? 'enter.unknown' : 'enter.away'));
  }
}

/** @param {SubmitEvent} event */
function submit(event) {
  event.preventDefault();
  const field = /** @type {HTMLInputElement} */ (document.getElementById('token'));
  const typed = field.value.trim();
  if (!typed) return field.focus();
  enter(typed.split('#').at(-1) ?? typed);
}

/** @param {string} message a phrase key, or nothing */
function draw(message) {
  document.title = say('enter.title');
  const failed = message === 'enter.unknown' || message === 'enter.away';
  render(html`<main class="door">
    <h1>${say('enter.title')}</h1>
    <p>${wanted ? say('enter.for', {role: say(`role.${wanted}`)}) : say('enter.how')}</p>
    <form @submit=${submit}>
      <label for="token">${say('enter.token')}</label>
      <input id="token" type="password" autocomplete="off" spellcheck="false"
        aria-invalid=${failed} aria-describedby=${message ? 'message' : nothing}>
      ${message ? html`<p id="message" class="state ${failed ? 'alarm' : 'soft'}">${icon(failed ? 'alert-triangle' : 'hourglass')}<span>${say(message)}</span></p>` : nothing}
      <button class="button primary">${icon('login')}${say('enter.go')}</button>
    </form>
    <p class="soft">${say('enter.lost')}</p>
    <a class="button" href="/">${icon('arrow-left')}${say('enter.all')}</a>
  </main>`, root);
}
