/**
 * The mouth of a zone: it says one call at a time and answers for each that was
 * heard to its end. It knows no screen and no socket.
 */

/** @typedef {{call: string, clip: string, text: Record<string, string>, times: number}} Speak what the box wants said */

/**
 * What is being said. sounding: it is heard; silent: there is no sound to be had,
 * so it can only be read; locked: the browser waits for a click.
 * @typedef {{call: string, text: Record<string, string>, phase: 'sounding' | 'silent' | 'locked'}} Speech
 */

/**
 * @typedef {object} Hearers
 * @property {(speech: Speech | null) => void} changed
 * @property {(call: string) => void} announced a call was heard to its end
 */

const breath = 600;
/** A clip that could not be had is asked for once more: the box may be on its way back. */
const againAfter = 3000;
/** Slow readers manage four characters a second. */
const perCharacter = 250;
const leastReading = 4000;
/** Enough for all that the box could ask about again. */
const remembered = 32;

export class Mouth {
  /** @type {Speak | null} */
  #speak = null;
  /** @type {Speech['phase']} */
  #phase = 'sounding';
  #left = 0;
  #tries = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {string[]} calls that were heard to their end */
  #heard = [];

  /**
   * @param {HTMLAudioElement} audio
   * @param {Hearers} hearers
   */
  constructor(audio, hearers) {
    this.audio = audio;
    this.hearers = hearers;
    audio.addEventListener('ended', () => this.#once());
    audio.addEventListener('error', () => { if (this.#phase === 'sounding' && audio.hasAttribute('src')) this.#read(); });
  }

  /**
   * Says a call. The box asks again after every reconnect: what is being said
   * goes on, what was heard is only answered, what could only be read may sound
   * now.
   * @param {Speak} speak
   */
  speak(speak) {
    if (this.#heard.includes(speak.call)) return this.hearers.announced(speak.call);
    if (this.#speak?.call === speak.call && this.#phase !== 'silent') return;
    this.#hush();
    this.#speak = speak;
    this.#left = speak.times;
    this.#tries = 0;
    if (!speak.clip) return this.#read();
    this.#load();
  }

  /**
   * Stops a call that is not to be said any more.
   * @param {string} call
   */
  drop(call) {
    if (this.#speak?.call !== call) return;
    this.#hush();
    this.hearers.changed(null);
  }

  /** After a click: says what has waited for it. */
  unlock() {
    if (this.#speak && this.#phase === 'locked') this.#play();
  }

  #load() {
    const {clip} = /** @type {Speak} */ (this.#speak);
    this.#tries += 1;
    this.audio.src = `/api/v1/speech/${encodeURIComponent(clip)}?as=hall`;
    this.#play();
  }

  async #play() {
    const speak = this.#speak;
    this.#turn('sounding');
    try {
      await this.audio.play();
    } catch (error) {
      if (speak !== this.#speak || !(error instanceof DOMException)) return;
      if (error.name === 'NotAllowedError') this.#turn('locked');
      else if (error.name !== 'AbortError') this.#read();
    }
  }

  /** One time is over. */
  #once() {
    const speak = this.#speak;
    if (!speak || this.#phase !== 'sounding') return;
    this.#left -= 1;
    if (this.#left > 0) {
      this.#timer = setTimeout(() => this.#play(), breath);
      return;
    }
    this.#heard = [...this.#heard, speak.call].slice(-remembered);
    this.#hush();
    this.hearers.changed(null);
    this.hearers.announced(speak.call);
  }

  /**
   * Without sound the words stay for as long as reading takes. It is not
   * answered as said: the box shall tell staff that nobody heard it.
   */
  #read() {
    const speak = /** @type {Speak} */ (this.#speak);
    if (this.#phase === 'silent') return;
    this.#turn('silent');
    if (this.#tries === 1) {
      this.#timer = setTimeout(() => this.#load(), againAfter);
      return;
    }
    const longest = Math.max(...Object.values(speak.text).map((text) => text.length));
    const millis = Math.max(leastReading, longest * perCharacter) * speak.times;
    this.#timer = setTimeout(() => { if (this.#speak === speak) this.drop(speak.call); }, millis);
  }

  /** @param {Speech['phase']} phase */
  #turn(phase) {
    const {call, text} = /** @type {Speak} */ (this.#speak);
    this.#phase = phase;
    this.hearers.changed({call, text, phase});
  }

  #hush() {
    clearTimeout(this.#timer);
    this.#speak = null;
    this.#phase = 'sounding';
    this.audio.pause();
    this.audio.removeAttribute('src');
  }
}

/**
 * Whether this browser lets the page sound before anybody has clicked. It needs a
 * moment to tell; later is better than never having been told.
 */
export async function maySound() {
  const context = new AudioContext();
  const running = () => context.state === 'running';
  if (!running()) await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, 1500))]);
  const answer = running();
  await context.close();
  return answer;
}
