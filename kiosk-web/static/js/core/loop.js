/**
 * The one way a screen changes: state = reduce(state, message), and the page is
 * drawn anew.
 */

/**
 * @template S, M
 * @param {S} initial
 * @param {(state: S, message: M) => S} reduce pure
 * @param {(state: S, before: S) => void} draw
 * @returns {{send: (message: M) => void, state: () => S}}
 */
export function loop(initial, reduce, draw) {
  let state = initial;
  return {
    send(message) {
      const before = state;
      state = reduce(state, message);
      if (state !== before) draw(state, before);
    },
    state: () => state,
  };
}
