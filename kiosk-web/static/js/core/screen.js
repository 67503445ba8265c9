/**
 * How every screen begins: who am I, what is this branch, which words; then the
 * live connection. A screen that is not signed in goes to the door.
 */

import {Api, Problem} from './api.js';
import {learnTime} from './time.js';
import {loadWords, useLanguage} from './words.js';

/**
 * The branch as screens know it.
 * @typedef {object} Branch
 * @property {string} id
 * @property {Record<string, string>} name
 * @property {boolean} open
 * @property {string} [day]
 * @property {string} timeZone
 * @property {string[]} languages
 * @property {{id: string, prefix: string, name: Record<string, string>, minutes: number}[]} services
 * @property {{id: string, name: Record<string, string>, zone: string, abilities: string[], state: string}[]} counters
 * @property {string[]} needs
 * @property {string[]} caringNeeds
 * @property {string[]} reasons
 * @property {{id: string, name: Record<string, string>, zone: string}[]} kiosks
 * @property {{id: string, name: Record<string, string>}[]} zones
 * @property {{id: string, zone: string}[]} halls
 * @property {{id: string, name: Record<string, string>}[]} staff
 * @property {{id: string, targetSeconds: number}[]} classes
 * @property {number} awayMinutes
 * @property {number} recallSeconds
 */

/** @typedef {{role: string, place: string, zone: string, staff: string, visit: string, speaks: boolean}} Session */
/** @typedef {{api: Api, session: Session, branch: Branch}} Start */

/**
 * Begins a screen in its role. It tries until the box answers.
 * @param {string} role
 * @param {string} [lang]
 * @returns {Promise<Start>}
 */
export async function begin(role, lang = 'zh-CN') {
  const api = new Api(role);
  for (;;) {
    try {
      await loadWords();
      useLanguage(lang);
      const session = await api.get('session');
      const branch = await api.get('branch');
      learnTime(branch.timeZone, await dateOfBox());
      loadEarly('wifi-off', 'hourglass');
      return {api, session, branch};
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return leave(role);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

/**
 * Loads the pictures that say that the line is lost before it is lost.
 * @param {...string} icons
 */
function loadEarly(...icons) {
  for (const name of icons) {
    const picture = document.createElement('span');
    picture.className = 'icon unseen';
    picture.dataset.icon = name;
    picture.setAttribute('aria-hidden', 'true');
    picture.style.setProperty('width', '1px');
    picture.style.setProperty('height', '1px');
    document.body.append(picture);
  }
}

/** Reads the box's clock. */
async function dateOfBox() {
  return (await fetch('/healthz', {cache: 'no-store'})).headers.get('Date');
}

/**
 * Goes to the door, which brings back whoever signs in.
 * @param {string} role
 * @returns {Promise<never>}
 */
export function leave(role) {
  location.replace(`/enter?as=${encodeURIComponent(role)}`);
  return new Promise(() => {});
}
