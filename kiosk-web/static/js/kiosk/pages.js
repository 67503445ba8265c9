/** The pages of a kiosk: one question each. */

import {html, icon, nothing} from '../core/view.js';
import {named, say} from '../core/words.js';
import {waitWords} from '../core/time.js';
import {addressOf, classOf} from './state.js';
import {inOrder, needIcons, serviceIcon} from '../core/choices.js';
import {pageOf} from './layout.js';
import {themes} from '../core/display.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {Record<string, (...args: any[]) => any>} Acts what a press does; main.js knows how */

/**
 * A page: its question, what stands below it, and its actions.
 * @typedef {{question: unknown, body: unknown, actions?: unknown}} Page
 */

/**
 * The page of a state.
 * @param {State} state
 * @param {Layout} layout
 * @param {Acts} acts
 * @returns {Page}
 */
export function pageFor(state, layout, acts) {
  switch (state.route.page) {
    case 'needs': return needs(state, layout, acts);
    case 'service': return service(state, layout, acts);
    case 'confirm': return confirm(state, acts);
    case 'ticket': return state.journey.ticket ? ticket(state, acts) : scan(state, acts);
    case 'visit': return state.journey.ticket ? visit(state, acts) : scan(state, acts);
    case 'leave': return state.journey.ticket ? leave(state, acts) : scan(state, acts);
    case 'scan': return scan(state, acts);
    case 'display': return display(state, layout, acts);
    case 'help': return help(state, acts);
    case 'time': return time(state, acts);
    case 'calibrate': return calibrate(state, acts);
    default: return welcome(state, layout, acts);
  }
}

/**
 * A choice: picture, words, one short line. pressed makes it a switch.
 * @param {{icon: string, words: string, line?: string, id: string, press: () => void, pressed?: boolean, primary?: boolean, start?: boolean}} choice
 */
function choice({icon: picture, words, line, id, press, pressed, primary}) {
  return html`<li><button class="choice ${primary ? 'primary' : ''}" id=${id} @click=${press}
      aria-pressed=${pressed === undefined ? nothing : pressed}>
    <span class="picture yield-3">${icon(picture)}</span>
    <span class="words"><strong>${words}</strong>${line ? html`<span class="line yield-1">${line}</span>` : nothing}</span>
    ${pressed === undefined ? nothing : html`<span class="mark">${icon(pressed ? 'circle-check' : 'circle')}<span class="yield-2">${say(pressed ? 'kiosk.chosen' : 'kiosk.choose')}</span></span>`}
  </button></li>`;
}

/**
 * A list of choices, a page of it at a time.
 * @param {State} state
 * @param {Layout} layout
 * @param {Parameters<typeof choice>[0][]} all
 */
function choices(state, layout, all) {
  const {shown, pages, n} = pageOf(all, state.route.n, layout);
  const list = html`<ul class="choices">${shown.map(choice)}</ul>`;
  const more = pages === 1 ? nothing : html`<a class="button" id="more" href=${addressOf({...state.route, n: n % pages + 1})}>
    ${n < pages ? say('kiosk.more', {page: n, pages}) : say('kiosk.more.first')}${icon(n < pages ? 'chevron-right' : 'arrow-back-up')}</a>`;
  return {list, more};
}

/** @param {State} state @param {Layout} layout @param {Acts} acts @returns {Page} */
function welcome(state, layout, acts) {
  const {branch, journey} = state;
  if (!branch.open) return {question: say('kiosk.closed'), body: html`<p class="lead fits">${say('kiosk.closed.next')}</p>`};
  const large = journey.needs.includes('large-print');
  const {list, more} = choices(state, layout, [
    {id: 'start', icon: 'ticket', words: say('kiosk.start'), line: say('kiosk.start.line'), primary: true, press: () => acts.go('#/service')},
    {id: 'what-helps', icon: 'heart-handshake', words: say('kiosk.helps'), line: say('kiosk.helps.line'), press: () => acts.go('#/needs')},
    {id: 'need-large-print', icon: 'text-size', words: say('need.large-print'), line: say('kiosk.large.line'), pressed: large, press: () => acts.need('large-print')},
    {id: 'have-ticket', icon: 'qrcode', words: say('kiosk.have'), line: say('kiosk.have.line'), press: () => acts.go('#/scan')},
  ]);
  return {question: say('kiosk.welcome', {branch: named(branch.name)}), body: list, actions: more};
}

/** @param {State} state @param {Layout} layout @param {Acts} acts @returns {Page} */
function needs(state, layout, acts) {
  const {branch, journey, kiosk} = state;
  const priority = {id: 'priority', icon: 'user-heart', words: say('kiosk.priority'), line: say('kiosk.priority.line'), pressed: journey.priority, press: acts.priority};
  const offered = inOrder(branch.needs).map((need) => ({
    id: `need-${need}`, icon: needIcons[need] ?? 'heart-handshake', words: say(`need.${need}`),
    line: kiosk.missing.includes(need) ? say('kiosk.missing') : say(`need.${need}.line`),
    pressed: journey.needs.includes(need), press: () => acts.need(need),
  }));
  offered.splice(3, 0, priority);
  const {list, more} = choices(state, layout, offered);
  const next = html`<a class="button primary" id="next" href="#/service">${say('kiosk.next')}${icon('chevron-right')}</a>`;
  return {question: say('kiosk.helps.question'), body: list, actions: html`${more}${next}`};
}

/** @param {State} state @param {Layout} layout @param {Acts} acts @returns {Page} */
function service(state, layout, acts) {
  const {list, more} = choices(state, layout, state.branch.services.map(({id, name}) => ({
    id: `service-${id}`, icon: serviceIcon(id), words: named(name), line: waitLine(state, id), press: () => acts.service(id),
  })));
  return {question: say('kiosk.service.question'), body: list, actions: more};
}

/** @param {State} state @param {string} id */
function waitOf(state, id) {
  return state.kiosk.waits.find((w) => w.service === id && w.class === classOf(state))?.wait;
}

/** @param {State} state @param {string} id */
function waitLine(state, id) {
  const wait = waitOf(state, id);
  return wait ? waitWords(wait) : '';
}

/** @param {State} state @param {Acts} acts @returns {Page} */
function confirm(state, acts) {
  const {journey, branch, kiosk} = state;
  const chosen = branch.services.find(({id}) => id === journey.service);
  if (!chosen) return {question: say('kiosk.confirm.none'), body: nothing, actions: html`<a class="button primary" id="choose" href="#/service">${say('kiosk.service.question')}</a>`};
  const wait = waitOf(state, chosen.id);
  const sent = journey.order?.sent ?? false;
  const help = journey.needs.map((need) => say(`need.${need}`));
  if (journey.priority) help.unshift(say('kiosk.priority'));
  return {
    question: say('kiosk.confirm', {service: named(chosen.name)}),
    body: html`<div class="facts fits">
      ${journey.order?.problem ? problem(journey.order.problem) : nothing}
      <p class="fact">${icon('clock')}<span>${waitWords(wait)}</span></p>
      ${help.length ? html`<p class="fact yield-2">${icon('heart-handshake')}<span>${help.join(say('list.comma'))}</span></p>` : nothing}
      ${kiosk.missing.includes('printer') ? html`<p class="fact yield-1">${icon('printer-off')}<span>${say('kiosk.no-printer')}</span></p>` : nothing}
    </div>`,
    actions: html`<button class="button primary wide" id="take" @click=${acts.order} aria-disabled=${sent}>
      ${icon(sent ? 'hourglass' : 'ticket')}${say(sent ? 'kiosk.taking' : 'kiosk.take')}</button>`,
  };
}

/** @param {string} code */
const problem = (code) => html`<p class="fact problem">${icon('alert-triangle')}<span>${say(`problem.${code}`)} ${say('kiosk.again')}</span></p>`;

/** @param {State} state @param {Acts} acts @returns {Page} */
function ticket(state, acts) {
  const {visit, qr} = /** @type {import('./state.js').Ticket} */ (state.journey.ticket);
  return {
    question: html`<span class="ticket-title">${say('kiosk.ticket')}</span>
      <span class="ticket code">${visit.ticket}</span>`,
    body: html`<div class="take">
      <div class="facts fits">
        <p class="fact">${icon('clock')}<span>${waitWords(visit.wait)}</span></p>
        <p class="fact yield-2">${icon('speakerphone')}<span>${say('slip.next')}</span></p>
        ${alsoCalled(visit)}
        <p class="fact yield-1">${icon('printer')}<span>${say(state.kiosk.missing.includes('printer') ? 'kiosk.no-printer' : 'kiosk.printed')}</span></p>
      </div>
      ${codeOf(qr)}
    </div>`,
    actions: html`<a class="button" id="my-ticket" href="#/visit">${icon('dots')}${say('kiosk.my-ticket')}</a>
      <button class="button primary" id="done" @click=${acts.end}>${icon('check')}${say('kiosk.done')}</button>`,
  };
}

/** The code that opens the ticket on a telephone, once it is there. @param {string} svg */
const codeOf = (svg) => !svg ? nothing : html`<figure class="qr yield-3">
  <img src="data:image/svg+xml,${encodeURIComponent(svg)}" alt=${say('kiosk.qr')}><figcaption class="yield-1">${say('kiosk.scan-phone')}</figcaption></figure>`;

/**
 * How else this person is called. The slip does not say it: a need is nobody's
 * business.
 * @param {{needs: string[]}} visit
 */
function alsoCalled({needs}) {
  /** @param {string} picture @param {string} words */
  const fact = (picture, words) => html`<p class="fact yield-3">${icon(picture)}<span>${words}</span></p>`;
  if (needs.includes('vibrate')) return fact('device-mobile-vibration', say('kiosk.called.vibrate'));
  if (needs.includes('hearing') || needs.includes('sign-language') || needs.includes('flash')) return fact('bulb', say('kiosk.called.light'));
  if (needs.includes('escort') || needs.includes('wheelchair')) return fact('walk', say('kiosk.called.escort'));
  return nothing;
}

/** @param {State} state @param {Acts} acts @returns {Page} */
function visit(state, acts) {
  const {visit: v, qr, sent, problem: refused} = /** @type {import('./state.js').Ticket} */ (state.journey.ticket);
  const counter = state.branch.counters.find(({id}) => id === v.counter);
  /** @param {string} act @param {string} picture */
  const button = (act, picture) => html`<button class="button ${act === 'back' ? 'primary' : ''}" id=${act} @click=${() => acts.act(act)} aria-disabled=${sent !== ''}>${icon(picture)}${say(`kiosk.${act}`)}</button>`;
  return {
    question: html`<span class="ticket code small">${v.ticket}</span>`,
    body: html`<div class="take">
      <div class="facts fits">
        ${refused ? problem(refused) : nothing}
        <p class="fact">${icon(stateIcon(v.state))}<span>${stateWords(v, counter, state.branch)}</span></p>
        ${v.state === 'waiting' ? html`<p class="fact yield-2">${icon('clock')}<span>${waitWords(v.wait)}</span></p>` : nothing}
      </div>
      ${codeOf(qr)}
    </div>`,
    actions: html`
      ${['waiting', 'called'].includes(v.state) ? button('away', 'walk') : nothing}
      ${v.state === 'away' ? button('back', 'check') : nothing}
      ${['waiting', 'called', 'away'].includes(v.state) ? html`<a class="button grave" id="leave" href="#/leave">${icon('x')}${say('kiosk.leave')}</a>` : nothing}
      <button class="button" id="done" @click=${acts.end}>${icon('check')}${say('kiosk.done')}</button>`,
  };
}

const stateIcon = (/** @type {string} */ state) => ({waiting: 'hourglass', called: 'speakerphone', serving: 'user-check', away: 'walk', parked: 'player-pause'})[state] ?? 'circle-check';

/** @param {any} v @param {any} counter @param {any} branch */
function stateWords(v, counter, branch) {
  if (v.state === 'called' || v.state === 'serving') return say('kiosk.go-to', {counter: named(counter?.name)});
  if (v.state === 'away') return say('kiosk.is-away', {minutes: branch.awayMinutes});
  if (v.state === 'waiting' && v.position > 1) return say('wait.before', {count: v.position - 1});
  if (v.state === 'waiting') return say('kiosk.is-next');
  return say(`visit.state.${v.state}`);
}

/**
 * The ticket is not cancelled from where it was asked for: a second press there,
 * which a tremor makes, must not do it.
 * @param {State} state @param {Acts} acts @returns {Page}
 */
function leave(state, acts) {
  const {visit: v, sent, problem: refused} = /** @type {import('./state.js').Ticket} */ (state.journey.ticket);
  return {
    question: say('kiosk.leave.question', {ticket: v.ticket}),
    body: html`<div class="facts fits">${refused ? problem(refused) : nothing}<p class="fact yield-3">${icon('alert-circle')}<span>${say('kiosk.leave.means')}</span></p>
      <button class="button grave" id="cancel" @click=${() => acts.act('cancel')} aria-disabled=${sent !== ''}>${icon('x')}${say('kiosk.cancel')}</button></div>`,
    actions: html`<a class="button primary" id="stay" href="#/visit">${icon('check')}${say('kiosk.stay')}</a>`,
  };
}

/** @param {State} state @param {Acts} acts @returns {Page} */
function scan(state, acts) {
  const problem = state.scanProblem;
  return {
    question: problem ? html`<span class="scan-problem" id="scan-problem">${icon('alert-triangle')} ${say(`kiosk.scan.${problem}`)}</span>` : say('kiosk.scan.question'),
    body: html`<form class="scan fits" @submit=${acts.scan}>
      <p class="fact yield-2">${icon('qrcode')}<span>${say('kiosk.scan.how')}</span></p>
      <label class="yield-3" for="code">${say('kiosk.scan.field')}</label>
      <input id="code" name="code" autocomplete="off" autocapitalize="off" spellcheck="false" data-start aria-label=${say('kiosk.scan.field')}
        aria-invalid=${problem !== ''} aria-describedby=${problem ? 'scan-problem' : nothing}>
    </form>`,
    actions: html`<button class="button primary" id="show" @click=${acts.scan}>${icon('check')}${say('kiosk.scan.show')}</button>`,
  };
}

/** @param {State} state @param {Layout} layout @param {Acts} acts @returns {Page} */
function display(state, layout, acts) {
  const {display: now} = state.journey;
  const {list, more} = choices(state, layout, [
    ...themes.map((theme) => ({
      id: `theme-${theme}`, icon: themeIcons[theme], words: say(`display.${theme}`), pressed: now.theme === theme, press: () => acts.theme(theme),
    })),
    {id: 'motor', icon: 'hand-finger', words: say('display.motor'), line: say('display.motor.line'), pressed: now.motor, press: acts.motor},
  ]);
  const done = html`<a class="button primary" id="done" href=${addressOf(state.journey.from)}>${icon('check')}${say('kiosk.display.done')}</a>`;
  return {question: say('kiosk.display.question'), body: list, actions: html`${more}${done}`};
}

/** @type {Record<string, string>} */
const themeIcons = {light: 'sun', dark: 'moon', yellow: 'contrast', high: 'contrast-2', 'low-glare': 'sun-low'};

/** @param {State} state @param {Acts} acts @returns {Page} */
function help(state, acts) {
  const page = acts.currentCall();
  if (!page) return {question: say('kiosk.help.none'), body: html`<p class="lead fits">${say('kiosk.help.none.line')}</p>`};
  const steps = acts.stepsOf(page);
  return {
    question: steps.at(-1) ?? '',
    body: html`<ol class="steps fits">${steps.slice(-4, -1).map((/** @type {string} */ words, /** @type {number} */ i) => html`<li class="fact yield-${i + 1}">${icon('check')}<span>${words}</span></li>`)}</ol>`,
    actions: html`
      ${page.status === 'arrived' ? nothing : html`<button class="button" id="no-need" @click=${() => acts.page(page.id, 'cancel')}>${icon('x')}${say('kiosk.help.cancel')}</button>
      <button class="button primary" id="here" @click=${() => acts.page(page.id, 'arrive')}>${icon('user-check')}${say('kiosk.help.here')}</button>`}`,
  };
}

/** @param {State} state @param {Acts} acts @returns {Page} */
function time(state, acts) {
  return {
    question: say('kiosk.time.question'),
    body: html`<div class="facts fits"><p class="fact yield-3">${icon('clock')}<span>${say('kiosk.time.line')}</span></p>
      <progress class="time-left" max="100" value=${acts.timeLeft()} aria-label=${say('kiosk.time.left')}></progress></div>`,
    actions: html`<button class="button" id="end" @click=${acts.end}>${icon('x')}${say('kiosk.time.end')}</button>
      <button class="button primary" id="stay" data-start @click=${acts.stay}>${icon('check')}${say('kiosk.time.more')}</button>`,
  };
}

/** @param {State} state @param {Acts} acts @returns {Page} */
function calibrate(state, acts) {
  return {
    question: say('kiosk.calibrate.question'),
    body: html`<div class="card-outline fits" role="img" aria-label=${say('kiosk.calibrate.card')}></div>`,
    actions: html`<button class="button" id="smaller" @click=${() => acts.calibrate(1 / 1.01)}>${say('kiosk.calibrate.smaller')}</button>
      <button class="button" id="larger" @click=${() => acts.calibrate(1.01)}>${say('kiosk.calibrate.larger')}</button>
      <button class="button primary" id="keep" @click=${acts.keepCalibration}>${say('kiosk.calibrate.keep')}</button>`,
  };
}
