/** Short tones, made by the browser: nothing to load, nothing to fail. */

/** @type {AudioContext | undefined} */
let audio;

/**
 * Plays tones one after another; silently nothing where sound is not allowed
 * before the first touch.
 * @param {number[]} hertz
 * @param {number} [seconds] of each tone
 * @param {number} [loudness] 0 to 1
 */
export function chime(hertz, seconds = 0.16, loudness = 0.2) {
  audio ??= new AudioContext();
  if (audio.state === 'suspended') audio.resume().catch(() => {});
  let at = audio.currentTime + 0.02;
  for (const pitch of hertz) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(loudness, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, at + seconds);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + seconds);
    at += seconds;
  }
}

/** Whether this browser lets the page sound now. */
export function mayChime() {
  audio ??= new AudioContext();
  return audio.state === 'running';
}
