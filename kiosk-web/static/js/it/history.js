/**
 * Reads the log backwards. The box reads it forwards from a cursor, which is
 * the log's id and the number of an event.
 */

/** @typedef {import('./state.js').Event} Event */

const pieceMost = 1000;
const widest = 64_000;

/**
 * The newest events before one, the oldest first.
 * @param {(path: string) => Promise<any>} get
 * @param {{before: number, want: number, keep: (event: Event) => boolean}} what before is an event's number, 0 for the end of the log
 * @returns {Promise<{events: Event[], more: boolean}>} more says that there may be older ones
 */
export async function readBack(get, {before, want, keep}) {
  const status = await get('status');
  const last = Number(status.cursor.split('.').at(-1));
  const first = last - status.events + 1;
  let end = before || last + 1;
  /** @type {Event[]} */
  let found = [];
  for (let width = want * 4; found.length <= want && end > first; width = Math.min(width * 2, widest)) {
    const start = Math.max(first, end - width);
    found = [...(await readPiece(get, status.logId, start, end)).filter(keep), ...found];
    end = start;
  }
  return {events: found.slice(-want), more: found.length > want};
}

/**
 * The events from start up to, without, end.
 * @param {(path: string) => Promise<any>} get
 * @param {string} log
 * @param {number} start
 * @param {number} end
 * @returns {Promise<Event[]>}
 */
async function readPiece(get, log, start, end) {
  /** @type {Event[]} */
  const piece = [];
  for (let after = `${log}.${start - 1}`;;) {
    const {events, cursor} = await get(`events?after=${encodeURIComponent(after)}&limit=${Math.min(pieceMost, end - start)}`);
    piece.push(...events.filter((/** @type {Event} */ e) => e.seq < end));
    const at = Number(cursor.split('.').at(-1));
    if (!events.length || at >= end - 1) return piece;
    after = cursor;
  }
}
