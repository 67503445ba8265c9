/**
 * What the working screens of staff have around them: whose screen it is, how it
 * looks, whether the box can be reached. The choice of look stays on the screen.
 */

import {html, icon, nothing} from './view.js';
import {keepDisplay, keptDisplay, show, sizes, themes} from './display.js';
import {language, languages, say, sayIn, useLanguage} from './words.js';
import {clock, now} from './time.js';

/** @typedef {import('./display.js').Display} Display */

const keptLanguage = 'handrail.desk.language';
const keptLook = 'handrail.desk.display';
const keptKeys = 'handrail.desk.keys';

/** The language that staff last chose on this screen. */
export const deskLanguage = () => localStorage.getItem(keptLanguage) ?? languages[0];

/** Whether staff want one-key shortcuts (WCAG 2.1.4: they can be turned off). */
export const shortcutsOn = () => localStorage.getItem(keptKeys) !== 'off';

/** Puts the look that staff last chose in force. */
export function useDesk() {
  useLanguage(deskLanguage());
  show(keptDisplay(keptLook));
}

/**
 * The bar of a working screen.
 * @param {{title: string, live: boolean, keys?: boolean, extra?: unknown, skip?: unknown, changed: () => void}} bar
 *   keys: it has shortcuts; extra: what else stands there; skip: the link past it; changed draws the screen anew
 */
export function deskBar({title, live, keys, extra, skip, changed}) {
  const look = keptDisplay(keptLook);
  const other = language() === 'en' ? 'zh-CN' : 'en';
  /** @param {Partial<Display>} change */
  const change = (change) => { keepDisplay(keptLook, {...keptDisplay(keptLook), ...change}); useDesk(); changed(); };
  const at = sizes.indexOf(look.size);
  const theme = themes[(themes.indexOf(look.theme) + 1) % themes.length];
  return html`<header class="bar">${skip ?? nothing}
      <p class="bar-title"><strong>${title}</strong><time>${clock(now())}</time></p>
      <div class="bar-tools">
        ${extra ?? nothing}
        ${keys ? html`<button class="button" id="keys" aria-pressed=${shortcutsOn()} @click=${() => { localStorage.setItem(keptKeys, shortcutsOn() ? 'off' : 'on'); changed(); }}>${icon('keyboard')}${say('desk.keys')}</button>` : nothing}
        <button class="button" id="smaller-text" aria-label=${say('kiosk.smaller.long')} aria-disabled=${at === 0} @click=${() => change({size: sizes[Math.max(0, at - 1)]})}>${icon('text-decrease')}${say('kiosk.smaller')}</button>
        <button class="button" id="larger-text" aria-label=${say('kiosk.larger.long')} aria-disabled=${at === sizes.length - 1} @click=${() => change({size: sizes[Math.min(sizes.length - 1, at + 1)]})}>${icon('text-increase')}${say('kiosk.larger')}</button>
        <button class="button" id="theme" @click=${() => change({theme})}>${icon('contrast')}${say(`display.${look.theme}`)}</button>
        <button class="button" id="language" lang=${other} @click=${() => { localStorage.setItem(keptLanguage, other); useDesk(); changed(); }}>${sayIn(other, 'language.name')}</button>
      </div>
    </header>
    ${live ? nothing : html`<section class="offline" aria-labelledby="lost-words">${icon('wifi-off')}<span id="lost-words">${say('offline')}</span></section>`}`;
}
