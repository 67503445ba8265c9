package main

import (
	"context"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// panel is the glass a screen is shown on.
type panel struct {
	width, height int64
	mm            float64 // CSS pixels per millimetre
	mobile        bool
}

// The panels of the pictures.
var (
	upright15 = panel{1080, 1920, 5.560, false}
	wide10    = panel{1280, 800, 5.884, false}
	wide27    = panel{1920, 1080, 3.212, false}
	desk      = panel{1920, 1080, 3.644, false}
	phone     = panel{390, 844, 6.3, true}
	hall43    = panel{1920, 1080, 2.02, false}
)

// patience is how long a screen may take to show something.
const patience = 30 * time.Second

// failure is what ends the work; the studio returns it as an error. Every step
// would otherwise end in the same three lines.
type failure struct{ error }

// try ends the work when err is not nil.
func try[T any](value T, err error) T {
	if err != nil {
		panic(failure{err})
	}
	return value
}

// startBrowser starts Chromium and returns its handle and what ends it.
func startBrowser(ctx context.Context) (context.Context, func()) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.Flag("headless", "new"),
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		chromedp.Flag("force-device-scale-factor", "1"),
		chromedp.Flag("font-render-hinting", "none"),
	)
	allocator, release := chromedp.NewExecAllocator(ctx, options...)
	browser, _ := chromedp.NewContext(allocator)
	if err := chromedp.Do(browser); err != nil {
		release()
		panic(failure{fmt.Errorf("chromium did not start: %w", err)})
	}
	return browser, func() {
		_ = chromedp.Cancel(browser) // it is killed next
		release()
	}
}

// tab is a screen that somebody looks at.
type tab struct {
	ctx   context.Context
	panel panel
}

// openTab opens a tab as large as a panel, calibrated as on it.
func (s *studio) openTab(on panel) *tab {
	ctx, _ := chromedp.NewContext(s.browser)
	t := &tab{ctx, on}
	options := []chromedp.EmulateViewportOption{}
	if on.mobile {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(on.width, on.height, options...)); err != nil {
		panic(failure{err})
	}
	source := fmt.Sprintf(`if (location.protocol === 'http:') localStorage.setItem('handrail.mm', '%g')`, on.mm)
	try(chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: source}))
	return t
}

// enter signs in with a token and opens the screen of its role.
func (s *studio) enter(token, path string, on panel) *tab {
	t := s.openTab(on)
	t.goTo(s.box.url + "/enter#" + token)
	t.until(fmt.Sprintf(`location.pathname === %q && document.querySelector('#screen h1')`, path))
	return t
}

func (t *tab) goTo(url string) { try(do(t, chromedp.Navigate(url))) }

// do carries out an action within patience.
func do[T any](t *tab, action chromedp.Action[T]) (T, error) {
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, action)
}

// run runs a script in the page; a promise is awaited.
func (t *tab) run(script string) {
	if _, err := do(t, chromedp.Evaluate[chromedp.Void](script, chromedp.EvalAwaitPromise)); err != nil {
		panic(failure{fmt.Errorf("%s: %w", script, err)})
	}
}

// show opens a state of the screen by its address.
func (t *tab) show(fragment string) { t.run(fmt.Sprintf(`location.hash = %q`, fragment)) }

// press presses what a selector names, when it is there and may be pressed.
func (t *tab) press(selector string) {
	selector += ":not([aria-disabled=true])"
	t.until(fmt.Sprintf(`document.querySelector(%q)`, selector))
	t.run(fmt.Sprintf(`document.querySelector(%q).click()`, selector))
}

// until waits until an expression in the page is true.
func (t *tab) until(script string) {
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for {
		holds, err := do(t, chromedp.Evaluate[bool]("Boolean("+script+")"))
		if err == nil && holds {
			return
		}
		select {
		case <-deadline:
			panic(failure{fmt.Errorf("not within %v: %s", patience, script)})
		case <-t.ctx.Done():
			panic(failure{t.ctx.Err()})
		case <-tick.C:
		}
	}
}

// languageTool is the button for the other language.
const languageTool = `document.querySelector('#language, header button[lang]')`

// speak shows the screen in a language; on the pager the button for it is among
// the settings.
func (t *tab) speak(language string) {
	if language == "" {
		return
	}
	script := fmt.Sprintf(`(async () => {
		if (document.documentElement.lang === %q) return;
		const here = location.hash;
		if (!%[2]s) location.hash = '#/settings';
		while (!%[2]s) await new Promise(requestAnimationFrame);
		%[2]s.click();
		location.hash = here;
	})()`, language, languageTool)
	t.run(script)
	t.until(fmt.Sprintf(`document.documentElement.lang === %q`, language))
}

// settled waits until fonts and pictures are there and drawn.
const settled = `document.fonts.ready
	.then(() => Promise.all(Array.from(document.images, (i) => i.decode().catch(() => 0))))
	.then(() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => done())), 150)))`

// longest is how many pixels the longer side of a picture has.
const longest = 1000

// picture returns what the tab shows, as a PNG.
func (t *tab) picture() []byte {
	t.run(settled)
	width, height := float64(t.panel.width), float64(t.panel.height)
	from := try(do(t, chromedp.Evaluate[[]float64](`[scrollX, scrollY]`)))
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	shot := try(chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Clip: &page.Viewport{X: from[0], Y: from[1], Width: width, Height: height, Scale: min(1, longest/max(width, height))}}))
	return shot.Data
}

func (t *tab) close() {
	_ = chromedp.Cancel(t.ctx) // it is of no use any more
}
