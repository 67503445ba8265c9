// Measures the page as it is now, in millimetres, and says in plain words what is
// too small, too close, cut off, covered or not in the served font. The Go side
// (geometry_test.go) runs it inside the page; every check has a page in
// testdata/pages/geometry that it finds at fault.

/**
 * @typedef {object} Limits
 * @property {number} mm CSS pixels per millimetre of this panel
 * @property {number} capMM least height of a capital letter
 * @property {number} targetMM least width and height of what can be pressed; 0: any
 * @property {number} gapMM least distance between two of them; 0: any, but they may not overlap
 * @property {boolean} scroll whether the page, or parts of it, may scroll up and down
 * @property {string} font first family of all text
 */

/**
 * @typedef {object} Measures
 * @property {string[]} findings
 * @property {number} texts how many texts are visible
 * @property {number} targets how many things can be pressed
 * @property {number} capMM smallest capital height; 0: no text
 * @property {number} targetMM smallest side of a target; 0: no target
 * @property {number} gapMM smallest distance of two targets; -1: no two targets
 */

/**
 * @param {Limits} limits
 * @returns {Promise<Measures>}
 */
async function geometry(limits) {
  /** @type {string[]} */
  const findings = [];
  /** @param {string} text */
  const find = (text) => {
    if (!findings.includes(text)) findings.push(text);
  };
  if (!(limits.mm > 0)) return { findings: ['this panel is not calibrated'], texts: 0, targets: 0, capMM: 0, targetMM: 0, gapMM: -1 };
  await document.fonts.load(`100px "${limits.font}"`, 'H');
  await document.fonts.ready;

  // What lies behind an open dialog can be neither read nor pressed.
  const shown = document.querySelector('dialog:modal') ?? document.body;
  // The page stands still while it is measured: each thing is asked for once.
  /** @type {Map<Element, CSSStyleDeclaration>} */
  const styles = new Map();
  /** @type {Map<Element, DOMRect>} */
  const boxes = new Map();
  /** @type {Map<Element, boolean>} */
  const readers = new Map();
  /** @type {Map<string, TextMetrics>} */
  const inks = new Map();
  const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement('canvas').getContext('2d'));
  // A telephone shows a page that is too wide in a wider window: this is the glass.
  const glass = document.documentElement.clientWidth;
  const texts = visibleTexts();
  const targets = visibleTargets();
  if (texts.length === 0) find('nothing is shown');

  const measures = {
    findings,
    texts: texts.length,
    targets: targets.length,
    capMM: checkLetters(),
    targetMM: checkTargets(),
    gapMM: checkGaps(),
  };
  checkFont();
  checkCut();
  checkCovered();
  checkScrolling();
  return measures;

  // --- what is there ---

  /** @param {Element} e */
  function styleOf(e) {
    const style = styles.get(e) ?? getComputedStyle(e);
    styles.set(e, style);
    return style;
  }

  /** @param {Element} e */
  function boxOf(e) {
    const box = boxes.get(e) ?? e.getBoundingClientRect();
    boxes.set(e, box);
    return box;
  }

  /** @typedef {{node: Node, element: Element, text: string, rects: DOMRect[], size: number}} Text */

  /** @returns {Text[]} */
  function visibleTexts() {
    /** @type {Text[]} */
    const found = [];
    const walker = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = (node.nodeValue ?? '').trim();
      if (!element || !text || !isVisible(element) || element.closest('svg title, option, script, style, noscript')) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const rects = [...range.getClientRects()].filter((r) => r.width > 0 && r.height > 0);
      if (rects.length) found.push({ node, element, text, rects, size: fontSize(element) });
    }
    for (const field of shown.querySelectorAll('input, textarea, select')) {
      const text = fieldText(field);
      if (text && isVisible(field)) found.push({ node: field, element: field, text, rects: [field.getBoundingClientRect()], size: fontSize(field) });
    }
    return found;
  }

  /** @param {Element} field */
  function fieldText(field) {
    if (field instanceof HTMLSelectElement) return field.selectedOptions[0]?.text ?? '';
    if (field instanceof HTMLTextAreaElement) return field.value || field.placeholder;
    const input = /** @type {HTMLInputElement} */ (field);
    return /^(checkbox|radio|range|color|file|hidden|image)$/.test(input.type) ? '' : input.value || input.placeholder;
  }

  /** @returns {{element: Element, rect: DOMRect}[]} */
  function visibleTargets() {
    const selector = 'a[href], button, input:not([type=hidden]), select, textarea, summary, audio[controls], video[controls], ' +
      '[tabindex]:not([tabindex^="-"]), [onclick], [contenteditable=true], [role=button], [role=link], [role=checkbox], [role=radio], ' +
      '[role=tab], [role=switch], [role=menuitem], [role=option], [role=slider]';
    const found = [];
    for (const element of shown.querySelectorAll(selector)) {
      const label = /** @type {HTMLInputElement} */ (element).labels?.[0];
      const around = label?.contains(element) ? label : element; // pressing the label presses the field
      if (isVisible(around)) found.push({ element, rect: around.getBoundingClientRect() });
    }
    return found;
  }

  /**
   * Whether the element is shown to the eye: not hidden, not for screen readers only.
   * @param {Element} element
   */
  function isVisible(element) {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })) return false;
    return !isForReaders(element);
  }

  /**
   * @param {Element | null} e
   * @returns {boolean}
   */
  function isForReaders(e) {
    if (!e || e === document.body) return false;
    const known = readers.get(e);
    if (known !== undefined) return known;
    const style = styleOf(e);
    const r = boxOf(e);
    const clipped = style.overflowX !== 'visible' && style.position === 'absolute' && r.width <= 1.5 && r.height <= 1.5;
    const is = clipped || /^inset\((50|100)%/.test(style.clipPath) || style.clip === 'rect(0px, 0px, 0px, 0px)' || isForReaders(e.parentElement);
    readers.set(e, is);
    return is;
  }

  // --- letters ---

  /**
   * The font size in pixels on the glass, after transforms.
   * @param {Element} element
   */
  function fontSize(element) {
    let scale = 1;
    for (let e = /** @type {Element | null} */ (element); e; e = e.parentElement) {
      const width = /** @type {HTMLElement} */ (e).offsetWidth;
      if (width > 0) {
        scale = boxOf(e).width / width;
        break;
      }
    }
    return parseFloat(styleOf(element).fontSize) * (Math.abs(scale - 1) < 0.02 ? 1 : scale);
  }

  function checkLetters() {
    /** @type {Map<string, number>} */
    const ratios = new Map();
    let smallest = 0;
    for (const { element, text, size } of texts) {
      const style = styleOf(element);
      const font = `${style.fontStyle} ${style.fontWeight} 1000px ${style.fontFamily}`;
      if (!ratios.has(font)) {
        pen.font = font;
        ratios.set(font, pen.measureText('H').actualBoundingBoxAscent / 1000);
      }
      const cap = (size * (ratios.get(font) ?? 0)) / limits.mm;
      if (!smallest || cap < smallest) smallest = cap;
      if (cap < limits.capMM - 0.02) find(`capitals of ${mm(cap)}, not ${mm(limits.capMM)}: ${quote(text)} in ${path(element)}`);
    }
    return smallest;
  }

  function checkFont() {
    const faces = [...document.fonts].filter((f) => f.family.replace(/["']/g, '') === limits.font);
    if (faces.length === 0) find(`the page has no font "${limits.font}"`);
    const ranges = faces.map((face) => ({ loaded: face.status === 'loaded', ranges: face.unicodeRange.split(',').map(unicodeRange) }));
    /** @type {Map<string, string>} */
    const wrong = new Map();
    for (const letter of new Set(texts.flatMap(({ text }) => [...text]))) {
      const code = /** @type {number} */ (letter.codePointAt(0));
      const holders = ranges.filter((face) => face.ranges.some(([from, to]) => from <= code && code <= to));
      if (code <= 0x20 || holders.some(({ loaded }) => loaded)) continue;
      wrong.set(letter, holders.length ? `the font is not loaded for ${quote(letter)}` : `the font has no ${quote(letter)}`);
    }
    for (const { element, text } of texts) {
      const style = styleOf(element);
      const first = style.fontFamily.split(',')[0].trim().replace(/["']/g, '');
      if (first !== limits.font) {
        find(`in the font "${first}": ${quote(text)} in ${path(element)}`);
        continue;
      }
      for (const letter of text) {
        if (wrong.has(letter)) find(`${wrong.get(letter)}: ${quote(text)} in ${path(element)}`);
      }
    }
  }

  /**
   * @param {string} range as in U+4E00-9FFF or U+4??
   * @returns {[number, number]}
   */
  function unicodeRange(range) {
    const [from, to] = range.trim().replace(/^U\+/i, '').split('-');
    return [parseInt(from.replaceAll('?', '0'), 16), parseInt((to ?? from).replaceAll('?', 'F'), 16)];
  }

  // --- what can be pressed ---

  function checkTargets() {
    let smallest = 0;
    for (const { element, rect } of targets) {
      const side = Math.min(rect.width, rect.height) / limits.mm;
      if (!smallest || side < smallest) smallest = side;
      if (side < limits.targetMM - 0.05) {
        find(`a target of ${mm(rect.width / limits.mm)} × ${mm(rect.height / limits.mm)}, not ${mm(limits.targetMM)}: ${name(element)}`);
      }
    }
    return smallest;
  }

  function checkGaps() {
    let smallest = -1;
    for (let i = 0; i < targets.length; i++) {
      for (const other of targets.slice(i + 1)) {
        const one = targets[i];
        if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
        const gap = distance(one.rect, other.rect) / limits.mm;
        if (smallest < 0 || gap < smallest) smallest = Math.max(gap, 0);
        const both = `${name(one.element)} and ${name(other.element)}`;
        if (gap < 0) find(`targets overlap: ${both}`);
        else if (gap < limits.gapMM - 0.05) find(`targets ${mm(gap)} apart, not ${mm(limits.gapMM)}: ${both}`);
      }
    }
    return smallest;
  }

  /**
   * The distance of two rectangles in pixels; -1 when they overlap.
   * @param {DOMRect} a
   * @param {DOMRect} b
   */
  function distance(a, b) {
    const across = Math.max(a.left - b.right, b.left - a.right);
    const down = Math.max(a.top - b.bottom, b.top - a.bottom);
    if (across < -0.5 && down < -0.5) return -1;
    return Math.hypot(Math.max(across, 0), Math.max(down, 0));
  }

  // --- what is cut off, covered or scrolls ---

  /**
   * The ink of a line of text: without the room that the font keeps above and
   * below its letters.
   * @param {DOMRect} r
   * @param {Text} text
   */
  function ink(r, { element, text, size }) {
    const style = styleOf(element);
    const font = `${style.fontStyle} ${style.fontWeight} 100px ${style.fontFamily}`;
    let m = inks.get(font + text);
    if (!m) {
      pen.font = font;
      m = pen.measureText(text);
      inks.set(font + text, m);
    }
    const base = r.top + (r.height * m.fontBoundingBoxAscent) / (m.fontBoundingBoxAscent + m.fontBoundingBoxDescent);
    const top = base - (m.actualBoundingBoxAscent / 100) * size;
    return new DOMRect(r.left, top, r.width, Math.max(base + (m.actualBoundingBoxDescent / 100) * size - top, 1));
  }

  function checkCut() {
    for (const one of texts) {
      const { element, node, text, rects } = one;
      const marks = node === element ? rects : rects.map((r) => ink(r, one));
      for (const r of marks) {
        checkInScreen(r, `text ${quote(text)}`, element);
        checkInBoxes(r, `text ${quote(text)}`, element, 0.1 * one.size);
      }
    }
    for (const { element, rect } of targets) {
      checkInScreen(rect, `target ${name(element)}`, element);
      if (element.parentElement) checkInBoxes(rect, `target ${name(element)}`, element.parentElement);
    }
    for (const element of shown.querySelectorAll('*')) {
      if (isVisible(element)) checkBox(element);
    }
    checkTextsApart();
  }

  /**
   * @param {DOMRect} r
   * @param {string} what
   * @param {Element} element
   */
  function checkInScreen(r, what, element) {
    if (r.left < -1 || r.right > glass + 1) find(`${what} leaves the screen sideways, in ${path(element)}`);
    if (!limits.scroll && (r.top < -1 || r.bottom > innerHeight + 1)) find(`${what} leaves the screen, in ${path(element)}`);
  }

  /**
   * Text inside the box that it stands in, and inside every box that cuts. What
   * has scrolled out of a box that may scroll is not cut.
   * @param {DOMRect} r
   * @param {string} what
   * @param {Element} from
   * @param {number} hang how far letters may hang out of a tight line that cuts nothing
   */
  function checkInBoxes(r, what, from, hang = 0) {
    let block = true;
    for (let e = /** @type {Element | null} */ (from); e && e !== document.body; e = e.parentElement) {
      const style = styleOf(e);
      if (style.display === 'inline' || style.display === 'contents') continue;
      const box = boxOf(e);
      const sideways = r.left < box.left - 1 || r.right > box.right + 1;
      const cuts = style.overflowX !== 'visible' || style.overflowY !== 'visible' || style.clipPath !== 'none';
      const slack = cuts ? 1 : 1 + hang;
      const down = r.top < box.top - slack || r.bottom > box.bottom + slack;
      const scrolls = limits.scroll && /auto|scroll/.test(style.overflowY);
      if ((block || cuts) && (sideways || (down && !scrolls))) {
        find(`${what} ${cuts ? 'is cut off by' : 'leaves its box'} ${path(e)}`);
        return;
      }
      if (scrolls || style.position === 'fixed') return;
      block = false;
    }
  }

  /** @param {Element} e */
  function checkBox(e) {
    if (e.clientWidth === 0 || e instanceof SVGElement) return;
    const style = styleOf(e);
    const across = e.scrollWidth - e.clientWidth;
    const down = e.scrollHeight - e.clientHeight;
    const slack = 0.3 * parseFloat(style.fontSize); // room of the font outside the ink
    if (/hidden|clip/.test(style.overflowX) && across > 1) find(`content is cut off sideways by ${path(e)}`);
    if (/hidden|clip/.test(style.overflowY) && down > slack) find(`content is cut off by ${path(e)}`);
    if (/auto|scroll/.test(style.overflowX) && across > 1) find(`${path(e)} scrolls sideways`);
    if (/auto|scroll/.test(style.overflowY) && down > 1 && !limits.scroll) find(`${path(e)} scrolls`);
  }

  function checkTextsApart() {
    const marks = texts.flatMap((t) => (t.node === t.element ? [] : t.rects.map((r) => ({ t, r: ink(r, t) }))));
    for (let i = 0; i < marks.length; i++) {
      for (let j = i + 1; j < marks.length; j++) {
        const [a, b] = [marks[i], marks[j]];
        if (a.t === b.t) continue;
        const across = Math.min(a.r.right, b.r.right) - Math.max(a.r.left, b.r.left);
        const down = Math.min(a.r.bottom, b.r.bottom) - Math.max(a.r.top, b.r.top);
        if (across > 2 && down > 2) find(`texts overlap: ${quote(a.t.text)} and ${quote(b.t.text)}, in ${path(a.t.element)} and ${path(b.t.element)}`);
      }
    }
  }

  function checkCovered() {
    for (const { element, text, rects } of texts) {
      const over = cover(rects[0], element);
      if (over) find(`text ${quote(text)} is covered by ${path(over)}`);
    }
    for (const { element, rect } of targets) {
      const over = cover(rect, element);
      if (over) find(`target ${name(element)} is covered by ${path(over)}`);
    }
  }

  /**
   * What lies over the middle of the rectangle of element and can be seen.
   * @param {DOMRect} r
   * @param {Element} element
   */
  function cover(r, element) {
    const hit = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
    if (!hit || hit.contains(element) || element.contains(hit) || hit.closest('label')?.contains(element)) return null;
    if (styleOf(element).pointerEvents === 'none') return null;
    for (let e = /** @type {Element | null} */ (hit); e && !e.contains(element); e = e.parentElement) {
      const style = styleOf(e);
      const paints = !/^rgba\(.*, 0\)$/.test(style.backgroundColor) || style.backgroundImage !== 'none' || /^(IMG|VIDEO|CANVAS|IFRAME)$/.test(e.tagName);
      if (paints && style.opacity !== '0') return e;
    }
    return null;
  }

  function checkScrolling() {
    const page = document.documentElement;
    if (page.scrollWidth > glass + 1) find(`the page is ${page.scrollWidth - glass} pixels wider than the screen`);
    if (!limits.scroll && page.scrollHeight > innerHeight + 1) find(`the page is ${page.scrollHeight - innerHeight} pixels higher than the screen`);
  }

  // --- words ---

  /** @param {number} n */
  function mm(n) {
    return `${n.toFixed(2)} mm`;
  }

  /** @param {string} text */
  function quote(text) {
    const short = text.replace(/\s+/g, ' ');
    return `"${short.length > 24 ? short.slice(0, 24) + '…' : short}"`;
  }

  /** @param {Element} element */
  function name(element) {
    const label = element.getAttribute('aria-label') || element.textContent?.trim() || '';
    return label ? `${quote(label)} (${path(element)})` : path(element);
  }

  /**
   * @param {Element} element
   * @returns {string}
   */
  function path(element) {
    const parts = [];
    for (let e = /** @type {Element | null} */ (element); e && e !== document.body; e = e.parentElement) {
      if (e.id) {
        parts.unshift(`#${e.id}`);
        break;
      }
      const tag = e.tagName.toLowerCase();
      const twins = e.parentElement ? [...e.parentElement.children].filter((c) => c.tagName === e?.tagName) : [];
      parts.unshift(twins.length > 1 ? `${tag}:nth-of-type(${twins.indexOf(e) + 1})` : tag);
    }
    return parts.join(' > ') || 'body';
  }
}
