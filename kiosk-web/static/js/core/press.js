/**
 * A steady hand for everybody: presses that a tremor makes are not acted on
 * (EN 301 549, 5.8 applied to touch).
 */

/** The same target again within this time is the same press, in milliseconds. */
const repeatWithin = 500;
/** A target right after the page has changed was aimed at the page before. */
const settleWithin = 300;

let changedAt = -Infinity;
let fingers = 0;

/** Notes that the page has changed. */
export function pageChanged() {
  changedAt = performance.now();
}

/** Filters the presses of this page. */
export function steadyPresses() {
  let last = {target: /** @type {Element | null} */ (null), at: -Infinity};
  addEventListener('touchstart', (event) => { fingers = Math.max(fingers, event.touches.length); }, {capture: true, passive: true});
  addEventListener('touchend', (event) => { if (event.touches.length === 0) setTimeout(() => { fingers = 0; }); }, {capture: true, passive: true});
  addEventListener('click', (event) => {
    const target = /** @type {Element} */ (event.target).closest('button, a, [role="button"]');
    const at = performance.now();
    // A key or assistive technology presses without a pointer: it has a filter of its own.
    const byPointer = event.detail > 0;
    const again = target !== null && target === last.target && at - last.at < repeatWithin;
    if (byPointer && (again || at - changedAt < settleWithin || fingers > 1)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    last = {target, at};
  }, {capture: true});
}
