/** What is different between two texts, line by line. Pure. */

/** @typedef {{kind: 'same' | 'added' | 'removed', text: string, before: number, after: number}} Line with its numbers in both texts, 0 where it is not */
/** @typedef {Line | {kind: 'gap', count: number}} Row */

/** Beyond this many comparisons the middle is told as removed and added. */
const most = 4_000_000;

/**
 * Every line of both texts in one order, by their longest common subsequence.
 * @param {string} before
 * @param {string} after
 * @returns {Line[]}
 */
export function diff(before, after) {
  const a = linesOf(before);
  const b = linesOf(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const middle = compare(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  const kinds = [...Array(head).fill('same'), ...middle, ...Array(tail).fill('same')];
  return numbered(kinds, a, b);
}

/** A text's lines; the line end at its very end begins no further one. */
export const linesOf = (/** @type {string} */ text) => text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');

/**
 * @param {string[]} a
 * @param {string[]} b
 * @returns {Line['kind'][]}
 */
function compare(a, b) {
  if (a.length * b.length > most) return [...a.map(() => /** @type {const} */ ('removed')), ...b.map(() => /** @type {const} */ ('added'))];
  const length = lengths(a, b);
  const width = b.length + 1;
  /** @type {Line['kind'][]} */
  const kinds = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      kinds.push('same');
      i++;
      j++;
    } else if (j === b.length || i < a.length && length[(i + 1) * width + j] >= length[i * width + j + 1]) {
      kinds.push('removed');
      i++;
    } else {
      kinds.push('added');
      j++;
    }
  }
  return kinds;
}

/** How much the rests of both have in common, from each pair of places. @param {string[]} a @param {string[]} b */
function lengths(a, b) {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] = a[i] === b[j] ? table[(i + 1) * width + j + 1] + 1 : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
  }
  return table;
}

/** @param {Line['kind'][]} kinds @param {string[]} a @param {string[]} b @returns {Line[]} */
function numbered(kinds, a, b) {
  let i = 0;
  let j = 0;
  return kinds.map((kind) => {
    const before = kind === 'added' ? 0 : ++i;
    const after = kind === 'removed' ? 0 : ++j;
    return {kind, text: before ? a[before - 1] : b[after - 1], before, after};
  });
}

/**
 * The changes with a few lines around each; what lies between is counted.
 * @param {Line[]} lines
 * @param {number} [around]
 * @returns {Row[]}
 */
export function changes(lines, around = 3) {
  const near = lines.map((_, at) => lines.slice(Math.max(0, at - around), at + around + 1).some((l) => l.kind !== 'same'));
  /** @type {Row[]} */
  const rows = [];
  for (const [at, line] of lines.entries()) {
    const last = rows.at(-1);
    if (near[at]) rows.push(line);
    else if (last?.kind === 'gap') last.count++;
    else rows.push({kind: 'gap', count: 1});
  }
  return rows;
}
