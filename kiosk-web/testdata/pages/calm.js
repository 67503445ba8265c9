// Says what was done to the page, so that a test sees real events arrive.
const said = /** @type {HTMLElement} */ (document.getElementById('said'));

/** @param {string} text */
const say = (text) => {
  said.textContent = text;
};

const button = /** @type {HTMLButtonElement} */ (document.getElementById('large'));
button.addEventListener('click', (event) => {
  button.setAttribute('aria-pressed', 'true');
  say(`${event.isTrusted ? 'real' : 'made up'} ${/** @type {PointerEvent} */ (event).pointerType || 'key'}`);
});
document.addEventListener('keydown', (event) => {
  if (event.key.startsWith('F')) say(`${event.isTrusted ? 'real' : 'made up'} ${event.shiftKey ? 'Shift ' : ''}${event.key}`);
});
