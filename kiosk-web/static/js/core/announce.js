/**
 * What a screen says to assistive technology while the eye is elsewhere. This
 * file owns the only two live regions of a page; each sentence is said once.
 */

/** @type {Record<'polite' | 'assertive', HTMLElement>} */
const regions = {polite: region('polite', 'status'), assertive: region('assertive', 'alert')};
/** @type {Map<HTMLElement, ReturnType<typeof setTimeout>>} */
const pending = new Map();

/**
 * @param {'polite' | 'assertive'} how
 * @param {string} role
 */
function region(how, role) {
  const element = document.createElement('div');
  element.className = 'unseen';
  element.setAttribute('role', role);
  element.setAttribute('aria-live', how);
  document.body.append(element);
  return element;
}

/** Says a sentence when there is a pause. */
export const announce = (/** @type {string} */ text) => put(regions.polite, text);

/** Says a sentence at once: somebody must act. */
export const alert = (/** @type {string} */ text) => put(regions.assertive, text);

/**
 * An empty region first, so that the same words are heard again when they are
 * said again.
 * @param {HTMLElement} element
 * @param {string} text
 */
function put(element, text) {
  clearTimeout(pending.get(element));
  element.textContent = '';
  pending.set(element, setTimeout(() => { element.textContent = text; }, 60));
}
