/**
 * Nobody is there any more: the kiosk asks, and then forgets. It never asks a
 * person who waits for help.
 */

/** How long nobody may touch the kiosk before it asks, in milliseconds (2 to 5 min, WCAG 2.2.1). */
const idle = 120_000;
/** How long the answer may take; ten times that for whoever asked for something that helps. */
const answer = 30_000;

export class Idle {
  #touchedAt = Date.now();
  #askedAt = 0;

  /**
   * @param {{busy: () => boolean, slow: () => boolean, ask: () => void, tick: () => void, end: () => void}} acts
   *   busy: there is something to forget; slow: this person needs more time
   */
  constructor(acts) {
    this.acts = acts;
    for (const touch of ['pointerdown', 'keydown']) {
      addEventListener(touch, () => { if (!this.#askedAt) this.#touchedAt = Date.now(); }, {capture: true});
    }
    setInterval(() => this.#look(), 1000);
  }

  /** Goes on as if nothing had been asked. */
  stay() {
    this.#askedAt = 0;
    this.#touchedAt = Date.now();
  }

  /** What is left of the time to answer, in percent. */
  left() {
    if (!this.#askedAt) return 100;
    return Math.max(0, 100 - (Date.now() - this.#askedAt) / this.#limit() * 100);
  }

  #limit() {
    return this.acts.slow() ? answer * 10 : answer;
  }

  #look() {
    if (!this.acts.busy()) return this.stay();
    if (!this.#askedAt && Date.now() - this.#touchedAt >= idle) {
      this.#askedAt = Date.now();
      return this.acts.ask();
    }
    if (!this.#askedAt) return;
    if (Date.now() - this.#askedAt >= this.#limit()) {
      this.stay();
      return this.acts.end();
    }
    this.acts.tick();
  }
}
