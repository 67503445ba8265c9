/**
 * The words of the branch, by key, in the language that is shown. Both
 * catalogues are read when a screen opens, so that changing the language needs
 * no box.
 */

/** @typedef {Record<string, string>} Catalogue */

/** @type {Map<string, Catalogue>} */
const catalogues = new Map();
let shown = 'zh-CN';

/** The languages of the catalogue, the branch's own first. */
export const languages = ['zh-CN', 'en'];

/** Reads the catalogues; fails when the box cannot be reached. */
export async function loadWords() {
  await Promise.all(languages.map(async (lang) => {
    const answer = await fetch(`/static/words/${lang}.json`);
    if (!answer.ok) throw new Error(`no words in ${lang}`);
    catalogues.set(lang, await answer.json());
  }));
}

/** Shows another language; the document says so to assistive technology. */
export function useLanguage(/** @type {string} */ lang) {
  shown = catalogues.has(lang) ? lang : languages[0];
  document.documentElement.lang = shown;
}

/** The language that is shown. */
export const language = () => shown;

/**
 * The sentence of a key with its arguments filled in; the key itself when there
 * is none, so that staff know what to report.
 * @param {string} key
 * @param {Record<string, string | number>} [args]
 */
export function say(key, args = {}) {
  return sayIn(shown, key, args);
}

/**
 * The sentence of a key in a language that may not be the one shown.
 * @param {string} lang
 * @param {string} key
 * @param {Record<string, string | number>} [args]
 */
export function sayIn(lang, key, args = {}) {
  const text = catalogues.get(lang)?.[key];
  if (text === undefined) return key;
  return text.replace(/\{([a-z]+)\}/g, (whole, name) => (name in args ? String(args[name]) : whole));
}

/**
 * A name of the branch's configuration in the language that is shown.
 * @param {Record<string, string> | undefined} text
 */
export const named = (text) => text?.[shown] ?? text?.[languages[0]] ?? '';
