package kioskweb_test

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// panel is the glass a screen is shown on.
type panel struct {
	name          string
	width, height int64   // CSS pixels
	mm            float64 // CSS pixels per millimetre: what calibration would find; 0: not calibrated
	touch         bool    // taps instead of mouse clicks
	mobile        bool    // a phone's browser: viewport and scrollbars as there
}

// The panels that screens are made for; mm is width in pixels over width in
// millimetres of a panel of that diagonal.
var (
	upright15  = panel{"15.6 inch upright", 1080, 1920, 5.560, true, false}
	wide10     = panel{"10.1 inch", 1280, 800, 5.884, true, false}
	wide21     = panel{"21.5 inch", 1920, 1080, 4.034, true, false}
	wide27     = panel{"27 inch", 1920, 1080, 3.212, true, false}
	upright27  = panel{"27 inch upright", 1080, 1920, 3.212, true, false}
	desk       = panel{"desk, 23.8 inch", 1920, 1080, 3.644, false, false}
	phone      = panel{"phone", 390, 844, 6.3, true, true}
	smallPhone = panel{"small phone", 360, 640, 6.3, true, true}
	hall43     = panel{"hall, 43 inch", 1920, 1080, 2.02, false, false}
)

// kioskPanels lists the panels a kiosk may have.
func kioskPanels() []panel { return []panel{upright15, wide10, wide21, wide27, upright27} }

// browser is the one Chromium of a test run.
type browser struct {
	ctx  context.Context // the handle by which chromedp names the browser
	quit func()
}

// chromium starts the browser, once, with a user data folder of its own.
var chromium = sync.OnceValues(func() (*browser, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.Flag("headless", "new"),
		chromedp.Flag("hide-scrollbars", false),
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		chromedp.Flag("force-device-scale-factor", "1"),
		chromedp.Flag("host-resolver-rules", "MAP "+insecureName+" 127.0.0.1"),
	)
	allocator, release := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ := chromedp.NewContext(allocator)
	quit := func() {
		chromedp.Cancel(ctx)
		release()
	}
	if err := chromedp.Do(ctx); err != nil {
		quit()
		return nil, fmt.Errorf("chromium did not start: %w", err)
	}
	return &browser{ctx, quit}, nil
})

// profile holds the cookies and the storage of one or more tabs, apart from all
// others, as a private window does.
type profile struct {
	t   *testing.T
	ctx context.Context // the handle of its first tab; nil before
}

// newProfile returns an empty profile that lives as long as the test.
func newProfile(t *testing.T) *profile { return &profile{t: t} }

// tabContext returns the handle of a new tab, whose events hear gets. The first
// one makes the profile and, being closed last, ends it.
func (p *profile) tabContext(hear func(any)) context.Context {
	p.t.Helper()
	if p.ctx != nil {
		ctx, _ := chromedp.NewContext(p.ctx, chromedp.WithListener(hear))
		return ctx
	}
	b, err := chromium()
	if err != nil {
		p.t.Fatal(err)
	}
	p.ctx, _ = chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(hear))
	return p.ctx
}

// tab is one page that a person looks at. Its methods fail the test when what
// they are asked for cannot be done.
type tab struct {
	t      *testing.T
	ctx    context.Context // the handle by which chromedp names the tab
	panel  panel
	faults *faults
}

// screen opens path of the box on panel, in the profile that the box's tabs
// share: they see each other's cookies and storage.
func screen(t *testing.T, b *box, path string, p panel) *tab {
	t.Helper()
	return b.profile().open(b.url+path, p)
}

// signIn opens the box's entrance with a token and waits until it has led to
// path, which may hold a fragment that is opened then.
func signIn(t *testing.T, b *box, token, path string, p panel) *tab {
	t.Helper()
	entered := screen(t, b, "/enter#"+token, p)
	entered.arrive(b.url + path)
	return entered
}

// arrive waits until the tab shows the page of url, then opens its fragment.
func (p *tab) arrive(url string) {
	p.t.Helper()
	page, fragment, _ := strings.Cut(url, "#")
	p.until("the page is "+page, fmt.Sprintf(`location.href.split('#')[0] === %q && document.readyState === 'complete'`, page))
	if fragment != "" {
		p.run(fmt.Sprintf(`location.hash = %q`, fragment))
	}
}

// open opens a tab on url and waits until it has loaded.
func (p *profile) open(url string, on panel) *tab {
	p.t.Helper()
	o := &tab{t: p.t, panel: on, faults: new(faults)}
	o.ctx = p.tabContext(o.hear)
	p.t.Cleanup(o.close)
	err := chromedp.Do(o.ctx, on.emulate(), o.calibrate())
	if err == nil {
		_, err = call(o, audits.Enable, cdp.Empty{})
	}
	if err != nil {
		p.t.Fatalf("%s: %v", url, err)
	}
	o.goTo(url)
	return o
}

// do carries out an action in the tab, within patience: a page that hangs must
// not hold the test.
func do[T any](p *tab, action chromedp.Action[T]) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, action)
}

// call gives the tab a command of the debugging protocol, within patience.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) (R, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Call(ctx, command, params)
}

// goTo leads the tab to another address and waits until it has loaded.
func (p *tab) goTo(url string) {
	p.t.Helper()
	if _, err := do(p, chromedp.Navigate(url)); err != nil {
		p.t.Fatalf("%s: %v", url, err)
	}
}

// emulate makes a tab as large as the panel.
func (n panel) emulate() chromedp.Action[chromedp.Void] {
	options := []chromedp.EmulateViewportOption{}
	if n.touch {
		options = append(options, chromedp.EmulateTouch)
	}
	if n.mobile {
		options = append(options, chromedp.EmulateMobile)
	}
	return chromedp.EmulateViewport(n.width, n.height, options...)
}

// calibrate stores the panel's pixels per millimetre before each page loads, as
// whoever installed the screen would have.
func (p *tab) calibrate() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if p.panel.mm == 0 {
			return nil
		}
		source := fmt.Sprintf(`if (location.protocol === 'http:') localStorage.setItem('handrail.mm', '%g')`, p.panel.mm)
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: source})
		return err
	})
}

// close ends the tab, with a picture when the test has failed, and reports what
// went wrong in it.
func (p *tab) close() {
	for _, fault := range p.heard() {
		p.t.Errorf("in the browser, on %s: %s", p.panel.name, fault)
	}
	if p.t.Failed() {
		p.shot(p.panel.name)
	}
	chromedp.Cancel(p.ctx)
}

// shot stores a picture of the tab and says where.
func (p *tab) shot(name string) {
	p.t.Helper()
	picture, err := do(p, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Logf("no picture of %s: %v", name, err)
		return
	}
	folder := cmp.Or(os.Getenv("HANDRAIL_SHOTS"), filepath.Join(os.TempDir(), "handrail-shots"))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		p.t.Logf("no picture of %s: %v", name, err)
		return
	}
	file, err := os.CreateTemp(folder, regexp.MustCompile(`[^\w.-]+`).ReplaceAllString(p.t.Name()+" "+name, "-")+"-*.png")
	if err != nil {
		p.t.Logf("no picture of %s: %v", name, err)
		return
	}
	defer file.Close()
	if _, err := file.Write(picture); err != nil {
		p.t.Logf("no picture of %s: %v", name, err)
		return
	}
	p.t.Logf("picture: %s", filepath.ToSlash(file.Name()))
}

// evaluate returns the value of a script in the page; a promise is awaited.
func evaluate[T any](p *tab, script string) T {
	p.t.Helper()
	value, err := do(p, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%.200s: %v", script, err)
	}
	return value
}

// run runs a script in the page for what it does.
func (p *tab) run(script string) {
	p.t.Helper()
	evaluate[chromedp.Void](p, script)
}

// until waits until the script, an expression in the page, is true. While a page
// is being left it is not.
func (p *tab) until(what, script string) {
	p.t.Helper()
	eventually(p.t, patience, what, func() bool {
		holds, err := do(p, chromedp.Evaluate[bool]("Boolean("+script+")"))
		return err == nil && holds
	})
}
