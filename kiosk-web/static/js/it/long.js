/** What the box takes long to answer: it is asked once, and waited for. */

import {Problem, newId} from '../core/api.js';

/** A device may take 20 s to prove itself; a check of the whole log may take minutes. */
const answerWithin = {test: 30_000, verify: 30 * 60_000, backup: 60 * 60_000};

/**
 * @param {string} path below /api/v1/
 * @param {keyof typeof answerWithin} what
 */
async function ask(path, what) {
  const answer = await fetch(`/api/v1/${path}`, {
    method: 'POST', body: '{}', cache: 'no-store', signal: AbortSignal.timeout(answerWithin[what]),
    headers: {'Handrail-Role': 'it', 'Content-Type': 'application/json', 'Idempotency-Key': newId()},
  });
  if (answer.ok) return answer;
  throw new Problem({status: answer.status, ...await answer.json().catch(() => ({}))});
}

/** Lets a device prove that it works. */
export const testDevice = (/** @type {string} */ id) => ask(`devices/${encodeURIComponent(id)}/test`, 'test').then((a) => a.json());

/** Has the whole log replayed and compared. */
export const verify = () => ask('verify', 'verify').then((a) => a.json());

/**
 * Reads a backup to its end.
 * @param {(bytes: number) => void} progress how much has been read
 * @returns {Promise<Blob>}
 */
export async function backup(progress) {
  const answer = await ask('backup', 'backup');
  const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (answer.body).getReader();
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const pieces = [];
  for (let bytes = 0;;) {
    const {done, value} = await reader.read();
    if (done) return new Blob(pieces, {type: 'application/octet-stream'});
    pieces.push(value);
    progress(bytes += value.length);
  }
}

/**
 * The picture of what a virtual printer has printed, as a document: nothing of
 * it is parsed as this page's markup.
 * @param {string} id
 * @returns {Promise<Document | null>} null where the printer has no such picture
 */
export function paperOf(id) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('GET', `/api/v1/devices/${encodeURIComponent(id)}/paper`);
    request.responseType = 'document';
    request.setRequestHeader('Handrail-Role', 'it');
    request.timeout = 8000;
    request.onload = () => {
      if (request.status === 200 && request.responseXML) return resolve(request.responseXML);
      if (request.status === 404) return resolve(null);
      reject(new Problem({status: request.status}));
    };
    request.onerror = request.ontimeout = () => reject(new Problem({}));
    request.send();
  });
}
