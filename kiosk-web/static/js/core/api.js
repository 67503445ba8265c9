/**
 * The box over HTTP, in one role. What changes something carries an id that the
 * screen has made, so that it may be sent again until it is answered and is done
 * once.
 */

/** A refusal of the box, with the contract's code. */
export class Problem extends Error {
  /** @param {{code?: string, status?: number, detail?: string, by?: string, state?: string}} body */
  constructor(body) {
    super(body.detail ?? body.code ?? '');
    this.code = body.code ?? 'unreachable';
    this.status = body.status ?? 0;
    this.by = body.by;
    this.state = body.state;
  }
}

/** A new command id: 128 bits of chance. randomUUID is absent on plain http. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

const answerWithin = 8000;
const pauses = [300, 700, 1500, 3000];

/** @typedef {{id?: string, key?: string, signal?: AbortSignal, patient?: boolean}} How */

export class Api {
  /** @param {string} role the role in which this screen acts */
  constructor(role) {
    this.role = role;
  }

  /**
   * Reads; the answer is parsed JSON.
   * @param {string} path below /api/v1/
   * @param {How} [how]
   * @returns {Promise<any>}
   */
  get(path, how = {}) {
    return this.#once('GET', path, undefined, how).then((answer) => answer.json());
  }

  /**
   * Reads text, such as a picture.
   * @param {string} path below /api/v1/
   * @param {How} [how]
   */
  text(path, how = {}) {
    return this.#once('GET', path, undefined, how).then((answer) => answer.text());
  }

  /**
   * Changes something. It is sent again, with the same id, as long as the box
   * cannot be reached or is too busy; any other refusal is thrown. The answer is
   * parsed JSON, null for a 204.
   * @param {string} path below /api/v1/
   * @param {object} [body]
   * @param {How} [how] id names the command; key is a visit key; patient false gives up at once
   * @returns {Promise<any>}
   */
  async post(path, body = {}, how = {}) {
    const id = how.id ?? newId();
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await this.#once('POST', path, body, {...how, id});
        return answer.status === 204 ? null : await answer.json();
      } catch (error) {
        if (how.patient === false || !mayTryAgain(error) || how.signal?.aborted) throw error;
        await pause(pauses[Math.min(attempt, pauses.length - 1)], how.signal);
      }
    }
  }

  /** @param {string} path below /api/v1/ */
  async remove(path) {
    await this.#once('DELETE', path, undefined, {});
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object | undefined} body
   * @param {How} how
   */
  async #once(method, path, body, {id, key, signal}) {
    /** @type {Record<string, string>} */
    const headers = {'Handrail-Role': this.role};
    if (body) headers['Content-Type'] = 'application/json';
    if (id && method === 'POST') headers['Idempotency-Key'] = id;
    if (key) headers['Visit-Key'] = key;
    const limit = AbortSignal.timeout(answerWithin);
    const answer = await fetch(`/api/v1/${path}`, {
      method, headers, body: body && JSON.stringify(body), cache: 'no-store',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    if (!answer.ok) throw await problemOf(answer);
    return answer;
  }
}

/** @param {Response} answer */
async function problemOf(answer) {
  try {
    return new Problem({status: answer.status, ...await answer.json()});
  } catch {
    return new Problem({status: answer.status});
  }
}

/** Whether the same command may be sent again: nobody has decided it yet. */
function mayTryAgain(/** @type {unknown} */ error) {
  return !(error instanceof Problem) || ['busy', 'storage', 'too-many'].includes(error.code);
}

/**
 * @param {number} millis
 * @param {AbortSignal} [signal]
 */
function pause(millis, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, millis);
    signal?.addEventListener('abort', () => { clearTimeout(timer); resolve(undefined); }, {once: true});
  });
}

/**
 * Exchanges a token or a visit key for a session and says which role it has.
 * @param {string} token
 * @returns {Promise<{role: string, place?: string, zone?: string, staff?: string, visit?: string, speaks?: boolean}>}
 */
export async function signIn(token) {
  const answer = await fetch('/api/v1/session', {
    method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({token}),
    signal: AbortSignal.timeout(answerWithin),
  });
  if (!answer.ok) throw await problemOf(answer);
  // A visit key is not a token: it signs in, and then the session speaks.
  /** @type {Record<string, string>} */
  const who = token.startsWith('v_') ? {'Handrail-Role': 'visit'} : {Authorization: `Bearer ${token}`};
  const session = await fetch('/api/v1/session', {headers: who, signal: AbortSignal.timeout(answerWithin)});
  if (!session.ok) throw await problemOf(session);
  return await session.json();
}
