/** The list of the screens. On the demo branch it signs in to each by a link. */

import {html, icon, nothing, render} from '../core/view.js';
import {loadWords, say, sayIn, language, useLanguage} from '../core/words.js';
import {useMillimetres} from '../core/display.js';

useMillimetres(innerWidth < 600 ? 6.3 : 3.8);
const root = /** @type {HTMLElement} */ (document.getElementById('screen'));

/** The screens, with the token that signs in to each on the demo branch. */
const screens = [
  {role: 'kiosk', token: 'demo-kiosk', picture: 'ticket'},
  {role: 'hall', token: 'demo-hall', picture: 'device-desktop'},
  {role: 'counter', token: 'demo-counter', picture: 'user-check'},
  {role: 'pager', token: 'demo-pager', picture: 'bell-ringing'},
  {role: 'supervisor', token: 'demo-supervisor', picture: 'chart-bar'},
  {role: 'it', token: 'demo-it', picture: 'tool'},
];

await loadWords();
useLanguage(navigator.language.startsWith('en') ? 'en' : 'zh-CN');
const {demo} = await (await fetch('/healthz')).json();
draw();

function draw() {
  const other = language() === 'en' ? 'zh-CN' : 'en';
  document.title = say('index.title');
  render(html`<main class="door list">
    <header><h1>${say('index.title')}</h1>
      <button class="button" id="language" lang=${other} @click=${() => { useLanguage(other); draw(); }}>${sayIn(other, 'language.name')}</button></header>
    <p>${say('index.what')}</p>
    ${demo ? html`<p class="state soft">${icon('info-circle')}<span>${say('index.demo')}</span></p>` : nothing}
    <ul>${screens.map(({role, token, picture}) => html`<li>
      <a class="tile" href=${demo ? `/enter#${token}` : `/${role}`} target=${`handrail-${role}`} rel="noopener">
        ${icon(picture)}<span><strong>${say(`role.${role}`)}</strong><span class="soft">${say(`index.${role}`)}</span></span></a></li>`)}</ul>
  </main>`, root);
}
