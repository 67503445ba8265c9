/**
 * Where the keyboard is. A new page begins at its heading; an update never
 * takes the focus away.
 */

/** Puts the focus on the page's heading, or on what is marked to be first. */
export function focusStart() {
  const start = /** @type {HTMLElement | null} */ (document.querySelector('[data-start]') ?? document.querySelector('h1') ?? document.querySelector('main'));
  if (!start) return;
  if (start.tabIndex < 0) start.tabIndex = -1;
  start.focus({preventScroll: true});
}

/**
 * Runs an update of the page. When what had the focus is gone afterwards, the
 * focus goes to what has its id now, else to what took its place, else to the
 * page's heading.
 * @param {() => void} update
 */
export function keepFocus(update) {
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const id = before?.id;
  const held = before !== null && before !== document.body;
  const order = held ? reachable() : [];
  const place = order.indexOf(/** @type {HTMLElement} */ (before));
  update();
  if (!held || document.activeElement === before && before.id === id && isShown(/** @type {HTMLElement} */ (before))) return;
  const again = id ? document.getElementById(id) : null;
  if (again && isShown(again)) return again.focus({preventScroll: true});
  const near = order.slice(place + 1).concat(order.slice(0, Math.max(place, 0)).reverse()).find((e) => e.isConnected && isShown(e));
  if (place >= 0 && near) return near.focus({preventScroll: true});
  focusStart();
}

/** Everything the keyboard can reach, in order. */
export function reachable(/** @type {ParentNode} */ within = document) {
  const all = within.querySelectorAll('a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [tabindex="0"]');
  return /** @type {HTMLElement[]} */ (Array.from(all)).filter(isShown);
}

/** @param {HTMLElement} element */
function isShown(element) {
  return element.isConnected && element.checkVisibility({visibilityProperty: true});
}
