/**
 * The live connection of a screen: it opens by itself, says when it is lost,
 * comes back with the cursor it had, and gives up only when the session has
 * ended.
 */

/**
 * What a screen hears. Every handler is optional.
 * @typedef {object} Hears
 * @property {(topic: string, view: any) => void} [view] the newest whole view of a topic
 * @property {(topic: string, events: any[], replay: boolean) => void} [events] what happened; a replay is for state, never for sound
 * @property {(page: any, step: number) => void} [page] a step of a page, for staff
 * @property {(speak: {call: string, clip: string, text: Record<string, string>, times: number}) => void} [speak] for the zone's mouth
 * @property {(live: boolean) => void} [live] whether the box can be reached
 * @property {() => void} [ended] the session has ended
 */

const pauses = [200, 400, 800, 1600, 3000];
const heartbeat = 10000;
const heartbeatWithin = 5000;
const sessionEnded = 4010;
const notAllowed = 4003;

export class Live {
  /** @type {WebSocket | undefined} */
  #socket;
  #cursor = '';
  #failures = 0;
  /** @type {boolean | undefined} what the screen was last told */
  #told;
  #over = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;

  /**
   * @param {string} role
   * @param {string[]} topics
   * @param {Hears} hears
   */
  constructor(role, topics, hears) {
    this.role = role;
    this.topics = topics;
    this.hears = hears;
    this.#open();
    setInterval(() => this.#beat(), heartbeat);
    addEventListener('offline', () => this.#drop());
    addEventListener('online', () => this.#again(0));
    // A page that was left may be kept for the way back, and must not be taken for
    // one that somebody sees or hears.
    addEventListener('pagehide', () => this.#drop());
  }

  /**
   * Says something to the box, if it can be reached: what must not be lost goes
   * over HTTP.
   * @param {object} frame
   */
  send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #open() {
    const address = new URL('/api/v1/live', location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    address.searchParams.set('as', this.role);
    address.searchParams.set('topics', this.topics.join(','));
    if (this.#cursor) address.searchParams.set('after', this.#cursor);
    const socket = new WebSocket(address, 'handrail.v1');
    this.#socket = socket;
    socket.onmessage = ({data}) => { if (socket === this.#socket) this.#hear(JSON.parse(data)); };
    socket.onclose = ({code}) => { if (socket === this.#socket) this.#lost(code); };
  }

  /** @param {any} frame */
  #hear(frame) {
    if (frame.cursor) this.#cursor = frame.cursor;
    switch (frame.type) {
      case 'view': return this.hears.view?.(frame.topic, frame.view);
      case 'events': return this.hears.events?.(frame.topic, frame.events, frame.replay);
      case 'page': return this.hears.page?.(frame.page, frame.step);
      case 'speak': return this.hears.speak?.(frame);
      case 'live':
        this.#failures = 0;
        return this.#tell(true);
    }
  }

  /** @param {number} code */
  #lost(code) {
    this.#socket = undefined;
    this.#tell(false);
    if (code === sessionEnded || code === notAllowed) return this.#end();
    // The reason of a refused upgrade is hidden from scripts, so ask.
    this.#askSession();
    this.#again(pauses[Math.min(this.#failures++, pauses.length - 1)] * (0.8 + Math.random() * 0.4));
  }

  /** @param {number} millis */
  #again(millis) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => { if (!this.#over && !this.#socket) this.#open(); }, millis);
  }

  async #askSession() {
    try {
      const answer = await fetch('/api/v1/session', {headers: {'Handrail-Role': this.role}, signal: AbortSignal.timeout(heartbeatWithin)});
      if (answer.status === 401) this.#end();
    } catch {
      // The box cannot be reached; the next attempt will tell.
    }
  }

  /** A cable that was pulled closes no socket: only an answer proves the box. */
  async #beat() {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return;
    try {
      await fetch('/healthz', {signal: AbortSignal.timeout(heartbeatWithin)});
    } catch {
      if (socket === this.#socket) this.#drop();
    }
  }

  /**
   * Gives the connection up. On a dead line the farewell is never answered, so
   * nobody waits for it.
   */
  #drop() {
    if (!this.#socket) return;
    const socket = this.#socket;
    this.#lost(0);
    socket.close();
  }

  #end() {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#retry);
    this.hears.ended?.();
  }

  /** @param {boolean} live */
  #tell(live) {
    if (live === this.#told) return;
    this.#told = live;
    this.hears.live?.(live);
  }
}
