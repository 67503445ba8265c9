/** What a branch offers its customers, with the picture of each: the same on every screen. */

/**
 * The picture of each need.
 * @type {Record<string, string>}
 */
export const needIcons = {
  'large-print': 'text-size', 'high-contrast': 'contrast', 'read-aloud': 'volume', 'slow-speech': 'message-2',
  hearing: 'ear', flash: 'bulb', vibrate: 'device-mobile-vibration', wheelchair: 'disabled-2',
  'low-counter': 'armchair', 'sign-language': 'hand-love-you', escort: 'walk', companion: 'users',
  'easy-read': 'book', dialect: 'messages',
};

/**
 * The order in which needs are offered: what most people look for first.
 */
const needOrder = [
  'large-print', 'hearing', 'wheelchair', 'read-aloud', 'slow-speech', 'escort', 'sign-language', 'high-contrast',
  'low-counter', 'vibrate', 'flash', 'companion', 'easy-read', 'dialect',
];

/**
 * The needs of a branch in the order in which they are offered.
 * @param {string[]} needs
 */
export const inOrder = (needs) => [...needs].sort((a, b) => rank(a) - rank(b));

const rank = (/** @type {string} */ need) => (needOrder.indexOf(need) + needOrder.length + 1) % (needOrder.length + 1);

/**
 * The picture of a service, by its id; a service that a branch has named itself
 * has a plain one.
 * @type {Record<string, string>}
 */
const serviceIcons = {
  cash: 'cash', personal: 'user', loans: 'building-bank', cards: 'credit-card', pension: 'pig-money',
  remittance: 'send', 'new-citizen': 'building-community',
};

/** @param {string} service */
export const serviceIcon = (service) => serviceIcons[service] ?? 'file-text';

/**
 * What the staff may be asked for in a call, by what this person needs; plain
 * help otherwise.
 * @param {string[]} needs
 * @param {string[]} reasons offered by the branch
 */
export function callReason(needs, reasons) {
  const reason = needs.includes('sign-language') ? 'sign-language' : needs.includes('escort') ? 'escort' : 'help';
  return reasons.includes(reason) ? reason : 'help';
}
