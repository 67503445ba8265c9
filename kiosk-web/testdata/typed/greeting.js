// A script as the screens have them: a relative import of the vendored library,
// whose types the check must find.
import { html, render } from '../../static/vendor/lit-html/lit-html.js';

/**
 * @param {string} name
 * @returns {import('../../static/vendor/lit-html/lit-html.js').TemplateResult}
 */
export function greeting(name) {
  return html`<p>${name}</p>`;
}

render(greeting('A017'), document.body);
