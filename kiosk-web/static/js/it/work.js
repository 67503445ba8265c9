/** What is read and done about devices, the box and the log. */

import {alert, announce} from '../core/announce.js';
import {Problem} from '../core/api.js';
import {today} from '../core/time.js';
import {say} from '../core/words.js';
import {readBack} from './history.js';
import {backup, paperOf, testDevice, verify} from './long.js';
import {bytesWords, nameOfDevice, number, testWords} from './parts.js';
import {inUse, isKind, pageOfLog} from './state.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {{api: import('../core/api.js').Api, send: (message: import('./state.js').Message) => void, state: () => State}} Tools */

/** How much of its story a device's page tells. */
const storyLength = 20;

/** Why something was not done, in words. @param {unknown} error */
export function problemWords(error) {
  const code = error instanceof Problem ? error.code : 'unreachable';
  return code === 'unreachable' ? say('it.unreachable') : say(`problem.${code}`);
}

/** @param {Tools} tools */
export function work(tools) {
  const {api, send, state} = tools;
  const get = (/** @type {string} */ path) => api.get(path);

  async function status() {
    try {
      send({type: 'status', status: await get('status')});
    } catch {
      // The band says that the box cannot be reached; the figures stand as they were.
    }
  }

  async function branch() {
    try {
      send({type: 'branch', branch: await get('branch')});
    } catch {
      // The next event or connection asks again.
    }
  }

  /** Reads what has happened to the device that is shown. */
  async function device() {
    const {part} = state().route;
    paper();
    try {
      const {events} = await readBack(get, {before: 0, want: storyLength, keep: (e) => e.data?.device === part});
      if (state().route.part === part) send({type: 'story', story: events});
    } catch {
      // The connection asks again when it is back.
    }
  }

  /** Puts a printer's paper into the page, as it is now. */
  async function paper() {
    const {part} = state().route;
    if (state().view.devices.find((d) => d.id === part)?.kind !== 'printer') return;
    try {
      const picture = await paperOf(part);
      const roll = document.getElementById('paper');
      if (state().route.part !== part || !roll) return;
      roll.replaceChildren(...(picture ? [document.importNode(picture.documentElement, true)] : []));
      const printed = picture?.querySelector('text') != null;
      send({type: 'paper', paper: printed ? 'shown' : picture ? 'empty' : 'none'});
    } catch {
      if (state().route.part === part) send({type: 'paper', paper: 'away'});
    }
  }

  /** Reads the page of the log before an event. @param {number[]} [newer] @param {number} [before] */
  async function log(newer = [], before = 0) {
    const {part} = state().route;
    send({type: 'log', log: {busy: true, problem: ''}});
    try {
      const {events, more} = await readBack(get, {before, want: pageOfLog, keep: (e) => isKind(e, part)});
      if (state().route.section === 'log' && state().route.part === part) send({type: 'log', log: {events, more, newer, before, busy: false}});
    } catch (error) {
      send({type: 'log', log: {busy: false, problem: problemWords(error)}});
    }
  }

  return {status, branch, device, paper, log: () => { if (!state().log.before) log(); }, acts: {
    test: (/** @type {string} */ id) => test(tools, id),
    backup: () => save(tools),
    verify: () => check(tools),
    older: () => { const {busy, more, newer, before, events} = state().log; if (!busy && more && events?.length) log([...newer, before], events[0].seq); },
    newer: () => { const {busy, newer} = state().log; if (!busy && newer.length) log(newer.slice(0, -1), newer.at(-1)); },
  }};
}

/** @param {Tools} tools @param {string} id */
async function test({send, state}, id) {
  const device = state().view.devices.find((d) => d.id === id);
  if (!device || !inUse(device) || state().tests[id]?.busy) return;
  send({type: 'test', device: id, test: {busy: true}});
  const name = nameOfDevice(state(), id);
  announce(say('it.test.busy'));
  try {
    const result = await testDevice(id);
    send({type: 'test', device: id, test: result});
    (result.ok ? announce : alert)(say('it.test.said', {device: name, result: testWords(result)}));
  } catch (error) {
    const problem = problemWords(error);
    send({type: 'test', device: id, test: {problem}});
    alert(say('it.test.said', {device: name, result: problem}));
  }
}

/** Reads a backup and offers it as a file. @param {Tools} tools */
async function save({send, state}) {
  const {busy, address} = state().backup;
  if (busy) return;
  if (address) URL.revokeObjectURL(address);
  send({type: 'backup', backup: {busy: true, bytes: 0}});
  announce(say('it.backup.started'));
  let shownAt = 0;
  try {
    const blob = await backup((bytes) => {
      if (performance.now() - shownAt < 500) return;
      shownAt = performance.now();
      send({type: 'backup', backup: {busy: true, bytes}});
    });
    const name = `handrail-${state().branch.id}-${today()}.tar`;
    send({type: 'backup', backup: {bytes: blob.size, address: URL.createObjectURL(blob), name}});
    announce(say('it.backup.done', {bytes: bytesWords(blob.size)}));
  } catch (error) {
    const problem = say('it.backup.failed', {why: problemWords(error)});
    send({type: 'backup', backup: {problem}});
    alert(problem);
  }
}

/** Has the log checked, and says for how long it has taken so far. @param {Tools} tools */
async function check({send, state}) {
  if (state().verify.busy) return;
  const begun = performance.now();
  const tick = () => send({type: 'verify', verify: {busy: true, seconds: Math.round((performance.now() - begun) / 1000)}});
  tick();
  announce(say('it.verify.started'));
  const clock = setInterval(tick, 1000);
  try {
    const report = await verify();
    send({type: 'verify', verify: {report}});
    if (report.ok) announce(say('it.verify.ok', {events: number(report.events)}));
    else alert(say('it.verify.not', {count: report.faults.length}));
  } catch (error) {
    const problem = say('it.verify.failed', {why: problemWords(error)});
    send({type: 'verify', verify: {problem}});
    alert(problem);
  } finally {
    clearInterval(clock);
  }
}
