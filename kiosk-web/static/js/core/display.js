/**
 * How a screen looks: theme, text size, large targets, and how many CSS pixels
 * a millimetre of it has.
 */

/** @typedef {'light' | 'dark' | 'yellow' | 'high' | 'low-glare'} Theme */
/** @typedef {'s' | 'm' | 'l' | 'xl'} Size */
/** @typedef {{theme: Theme, size: Size, motor: boolean}} Display */

/** @type {Theme[]} */
export const themes = ['light', 'dark', 'yellow', 'high', 'low-glare'];
/** @type {Size[]} */
export const sizes = ['s', 'm', 'l', 'xl'];

/** @type {Display} */
export const plainDisplay = {theme: 'light', size: 's', motor: false};

const calibrated = 'handrail.mm';

/**
 * Puts a display in force.
 * @param {Display} display
 */
export function show({theme, size, motor}) {
  const {dataset} = document.documentElement;
  dataset.theme = theme;
  dataset.size = size;
  dataset.motor = motor ? 'on' : 'off';
}

/**
 * Sets the millimetre of this screen: what was measured on it, or else what
 * keeps text and targets large enough on the densest screen of its kind.
 * @param {number} otherwise CSS pixels per millimetre
 */
export function useMillimetres(otherwise) {
  document.documentElement.style.setProperty('--mm', `${millimetre() ?? otherwise}px`);
}

/** The measured CSS pixels per millimetre of this screen, if it was measured. */
export function millimetre() {
  const stored = Number(localStorage.getItem(calibrated));
  return stored >= 1 && stored <= 30 ? stored : undefined;
}

/** Keeps what was measured. */
export function keepMillimetre(/** @type {number} */ px) {
  localStorage.setItem(calibrated, px.toFixed(3));
}

/** The size of the window in millimetres. */
export function panel() {
  const mm = parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--mm'));
  return {width: innerWidth / mm, height: innerHeight / mm, mm};
}

/**
 * The display that a screen was last left with, of those that staff may choose.
 * @param {string} name
 * @returns {Display}
 */
export function keptDisplay(name) {
  try {
    const kept = JSON.parse(localStorage.getItem(name) ?? '{}');
    return {
      theme: themes.includes(kept.theme) ? kept.theme : plainDisplay.theme,
      size: sizes.includes(kept.size) ? kept.size : plainDisplay.size,
      motor: kept.motor === true,
    };
  } catch {
    return plainDisplay;
  }
}

/**
 * Keeps a display under a name.
 * @param {string} name
 * @param {Display} display
 */
export function keepDisplay(name, display) {
  localStorage.setItem(name, JSON.stringify(display));
}
