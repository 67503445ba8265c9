package kioskweb_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// spot is where a person would put a finger on an element.
type spot struct {
	X, Y float64
	Over string // what is there instead of the element, if anything
}

// findSpot returns the centre of an element in the viewport, and what covers it.
// A page that scrolls is scrolled first, as a person would.
const findSpot = `function () {
	this.scrollIntoView({block: 'nearest', inline: 'nearest', behavior: 'instant'});
	const r = this.getBoundingClientRect();
	const x = r.left + r.width / 2, y = r.top + r.height / 2;
	const hit = document.elementFromPoint(x, y);
	const label = hit?.closest('label')?.control;
	const reached = hit && (this.contains(hit) || label === this);
	return {X: x, Y: y, Over: reached ? '' : hit ? hit.outerHTML.slice(0, 120) : 'nothing: it is outside the screen'};
}`

// click taps or clicks, with real input events, the one element that has this
// role and accessible name, in the middle. It waits until there is one that can
// be reached there and is not disabled.
func (p *tab) click(role, name string) {
	p.t.Helper()
	at := p.reach(role, name)
	press := chromedp.MouseClickXY(at.X, at.Y)
	if p.panel.touch {
		press = chromedp.TapXY(at.X, at.Y)
	}
	if _, err := do(p, press); err != nil {
		p.t.Fatalf("%s %q: %v", role, name, err)
	}
}

// slideOff puts the finger or mouse down on an element and lifts it outside, at
// the screen's corner: nothing may happen.
func (p *tab) slideOff(role, name string) {
	p.t.Helper()
	at := p.reach(role, name)
	drag := chromedp.DragAndDropXY(at.X, at.Y, 1, 1)
	if p.panel.touch {
		drag = chromedp.Steps(
			touch(input.DispatchTouchEventTypeTouchStart, at.X, at.Y),
			touch(input.DispatchTouchEventTypeTouchMove, 1, 1),
			touch(input.DispatchTouchEventTypeTouchEnd))
	}
	if _, err := do(p, drag); err != nil {
		p.t.Fatalf("%s %q: %v", role, name, err)
	}
}

// touch sends one touch event with a finger at x and y, or none.
func touch(kind input.DispatchTouchEventType, xy ...float64) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		fingers := []*input.TouchPoint{}
		if len(xy) == 2 {
			fingers = append(fingers, &input.TouchPoint{X: xy[0], Y: xy[1]})
		}
		_, err := cdp.Call(ctx, t, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: fingers})
		return err
	})
}

// reach waits for the one element of this role and name that a finger can reach,
// and returns where.
func (p *tab) reach(role, name string) spot {
	p.t.Helper()
	at, why := spot{}, "not looked for"
	defer func() {
		if why != "" {
			p.t.Logf("%s %q: %s; the page is:\n%s", role, name, why, p.tree())
		}
	}()
	eventually(p.t, patience, fmt.Sprintf("%s %q can be pressed", role, name), func() bool {
		at, why = p.tryReach(role, name)
		return why == ""
	})
	return at
}

// tryReach is reach for this moment; why says what is in the way.
func (p *tab) tryReach(role, name string) (at spot, why string) {
	nodes, err := p.query(role, name)
	switch {
	case err != nil:
		return at, err.Error()
	case len(nodes) != 1:
		return at, fmt.Sprintf("there are %d", len(nodes))
	case state(nodes[0], "disabled") == "true":
		return at, "it is disabled"
	}
	object, err := call(p, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: nodes[0].BackendDOMNodeID})
	if err != nil {
		return at, err.Error()
	}
	found, err := call(p, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
		FunctionDeclaration: findSpot, ObjectID: object.Object.ObjectID, ReturnByValue: new(true)})
	if err != nil {
		return at, err.Error()
	}
	if err := json.Unmarshal(found.Result.Value, &at); err != nil {
		return at, err.Error()
	}
	if at.Over != "" {
		return at, "in its middle is " + at.Over
	}
	return at, ""
}

// query returns the nodes of the accessibility tree with this role and name.
func (p *tab) query(role, name string) ([]*accessibility.Node, error) {
	document, err := do(p, chromedp.Evaluate[*runtime.RemoteObject]("document"))
	if err != nil {
		return nil, err
	}
	found, err := call(p, accessibility.QueryAXTree,
		accessibility.QueryAXTreeParams{ObjectID: document.ObjectID, Role: role, AccessibleName: name})
	if err != nil {
		return nil, err
	}
	var nodes []*accessibility.Node
	for _, node := range found.Nodes {
		if !node.Ignored {
			nodes = append(nodes, node)
		}
	}
	return nodes, nil
}

// has reports whether the page has, at this moment, an element of this role and
// accessible name.
func (p *tab) has(role, name string) bool {
	p.t.Helper()
	nodes, err := p.query(role, name)
	return err == nil && len(nodes) > 0
}

// sees waits until the page has an element of this role and accessible name.
func (p *tab) sees(role, name string) {
	p.t.Helper()
	eventually(p.t, patience, fmt.Sprintf("the page has a %s %q", role, name), func() bool { return p.has(role, name) })
}

// press presses keys one after another, by their names in KeyboardEvent.key:
// "Tab", "Shift+Tab", "F13", "Enter", "a".
func (p *tab) press(keys ...string) {
	p.t.Helper()
	for _, name := range keys {
		symbol, modifiers := name, chromedp.ModifierNone
		for word, modifier := range map[string]chromedp.Modifier{"Shift+": kb.ModifierShift, "Ctrl+": kb.ModifierCtrl, "Alt+": kb.ModifierAlt} {
			if strings.Contains(symbol, word) {
				symbol, modifiers = strings.Replace(symbol, word, "", 1), modifiers|modifier
			}
		}
		if _, err := do(p, chromedp.KeyEvent(string(keyNamed(p.t, symbol)), chromedp.KeyModifiers(modifiers))); err != nil {
			p.t.Fatalf("key %s: %v", name, err)
		}
	}
}

// keyNamed returns the rune by which chromedp knows a key.
func keyNamed(t *testing.T, name string) rune {
	t.Helper()
	if name == "Enter" { // there are two runes for it
		return '\r'
	}
	for symbol, key := range kb.Keys {
		if key.Key == name {
			return symbol
		}
	}
	t.Fatalf("no key %q", name)
	return 0
}

// write types text where the focus is, as a keyboard or an input method does.
func (p *tab) write(text string) {
	p.t.Helper()
	if _, err := call(p, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		p.t.Fatalf("typing %q: %v", text, err)
	}
}

// focused returns role and name of what has the focus, such as `button "取号"`.
func (p *tab) focused() string {
	p.t.Helper()
	for _, node := range p.nodes() {
		if state(node, "focused") == "true" && plain(node.Role) != "RootWebArea" {
			return fmt.Sprintf("%s %q", plain(node.Role), plain(node.Name))
		}
	}
	return ""
}

// tree writes the accessibility tree as a screen reader has it: a line for each
// node with role, name, value and states, indented.
func (p *tab) tree() string {
	p.t.Helper()
	nodes := p.nodes()
	depth := map[accessibility.NodeID]int{}
	var text strings.Builder
	for _, node := range nodes { // parents come before their children
		level := depth[node.ParentID]
		if node.Ignored || plain(node.Role) == "InlineTextBox" {
			depth[node.NodeID] = level
			continue
		}
		depth[node.NodeID] = level + 1
		fmt.Fprintf(&text, "%s%s %q", strings.Repeat("  ", level), plain(node.Role), plain(node.Name))
		if value := plain(node.Value); value != "" {
			fmt.Fprintf(&text, " = %q", value)
		}
		for _, name := range []string{"focused", "disabled", "expanded", "checked", "pressed", "selected", "invalid", "live"} {
			if value := state(node, name); value != "" && value != "false" {
				fmt.Fprintf(&text, " %s:%s", name, value)
			}
		}
		text.WriteByte('\n')
	}
	return text.String()
}

// nodes returns the whole accessibility tree.
func (p *tab) nodes() []*accessibility.Node {
	p.t.Helper()
	tree, err := call(p, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		p.t.Fatal(err)
	}
	return tree.Nodes
}

// state returns a state of a node as text, empty when it has none.
func state(node *accessibility.Node, name string) string {
	for _, property := range node.Properties {
		if string(property.Name) == name {
			return plain(property.Value)
		}
	}
	return ""
}

// plain returns a value of the accessibility tree as text.
func plain(value *accessibility.Value) string {
	if value == nil {
		return ""
	}
	var text string
	if json.Unmarshal(value.Value, &text) == nil {
		return text
	}
	return string(value.Value)
}

// pages serves this folder with the policy of the box, for the small pages that
// prove the checks, and returns its address.
func pages(t *testing.T) string {
	t.Helper()
	return site(t).URL
}

// site is pages for a test that ends the server.
func site(t *testing.T) *httptest.Server {
	t.Helper()
	files := http.FileServer(http.Dir("."))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html")
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server
}

func TestATapAClickAndAKeyAreReal(t *testing.T) {
	for _, p := range []panel{{"touch", 800, 600, 4, true, false}, {"mouse", 800, 600, 4, false, false}, {"phone", 390, 844, 4, true, true}} {
		t.Run(p.name, func(t *testing.T) {
			o := newProfile(t).open(pages(t)+"/testdata/pages/calm.html", p)
			o.slideOff("button", "Large text 大字")
			o.press("F13")
			o.until("the key arrived", `said.textContent === 'real F13'`)
			if strings.Contains(o.tree(), "pressed:true") {
				t.Error("sliding off pressed the button")
			}
			o.click("button", "Large text 大字")
			want := "real mouse"
			if p.touch {
				want = "real touch"
			}
			o.until(want, fmt.Sprintf(`said.textContent === %q`, want))
			o.press("Shift+F13")
			o.until("the key arrived", `said.textContent === 'real Shift F13'`)
			if !strings.Contains(o.tree(), `button "Large text 大字" focused:true pressed:true`) {
				t.Errorf("the tree is:\n%s", o.tree())
			}
		})
	}
}

func TestKeysMoveTheFocusAndTextIsTyped(t *testing.T) {
	o := newProfile(t).open(pages(t)+"/testdata/pages/calm.html", desk)
	o.press("Tab")
	o.write("王小明 12")
	if got := evaluate[string](o, `document.querySelector('input').value`); got != "王小明 12" {
		t.Errorf("typed %q", got)
	}
	o.press("Tab")
	if got := o.focused(); got != `button "Large text 大字"` {
		t.Errorf("focus on %s", got)
	}
	o.press("Shift+Tab")
	if got := o.focused(); got != `textbox "Name"` {
		t.Errorf("focus on %s", got)
	}
	o.press("Tab", "Enter")
	o.until("the key presses the button", `said.textContent === 'real key'`)
}

func TestWhatCannotBePressedIsNotPressed(t *testing.T) {
	o := newProfile(t).open(pages(t)+"/testdata/pages/calm.html", desk)
	o.run(`const cover = document.createElement('aside'); cover.textContent = 'Please wait';
		for (const [k, v] of Object.entries({position: 'fixed', inset: '0', opacity: '0'})) cover.style.setProperty(k, v);
		document.body.append(cover); 0`)
	for name, want := range map[string]string{
		"Large text 大字": "in its middle is <aside",
		"Print":         "it is disabled",
		"Nothing":       "there are 0",
	} {
		if _, why := o.tryReach("button", name); !strings.HasPrefix(why, want) {
			t.Errorf("%s: %q, want %q", name, why, want)
		}
	}
	o.sees("heading", "Take a ticket 取号")
	if o.has("heading", "Take") {
		t.Error("part of a name is not the name")
	}
}

func TestAPanelHasItsSizeAndItsCalibration(t *testing.T) {
	site := pages(t)
	own := newProfile(t)
	for _, p := range append(kioskPanels(), desk, phone, smallPhone, hall43) {
		o := own.open(site+"/testdata/pages/calm.html", p)
		got := evaluate[[]float64](o, `[innerWidth, innerHeight, devicePixelRatio, Number(localStorage.getItem('handrail.mm'))]`)
		if got[0] != float64(p.width) || got[1] != float64(p.height) || got[2] != 1 || got[3] != p.mm {
			t.Errorf("%s has %v", p.name, got)
		}
	}
}

func TestProfilesShareNothing(t *testing.T) {
	site := pages(t)
	one, other := newProfile(t), newProfile(t)
	one.open(site+"/testdata/pages/calm.html", desk).run(`localStorage.setItem('needs', 'hearing'); document.cookie = 'a=b'`)
	const kept = `localStorage.getItem('needs') + ' ' + document.cookie`
	if got := evaluate[string](one.open(site+"/testdata/pages/calm.html", phone), kept); got != "hearing a=b" {
		t.Errorf("the same profile has %q", got)
	}
	if got := evaluate[string](other.open(site+"/testdata/pages/calm.html", phone), kept); got != "null " {
		t.Errorf("another profile has %q", got)
	}
}

func TestSigningInArrivesAtTheScreenAndItsState(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("/testdata/", http.FileServer(http.Dir(".")))
	mux.Handle("/static/", http.FileServer(http.Dir(".")))
	mux.HandleFunc("/enter", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><link rel=icon href=data:,><script>if (location.hash === '#demo-kiosk') location.replace('/testdata/pages/calm.html')</script>`)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	o := signIn(t, &box{t: t, url: server.URL}, "demo-kiosk", "/testdata/pages/calm.html#/needs", upright15)
	if got := evaluate[string](o, `location.href`); got != server.URL+"/testdata/pages/calm.html#/needs" {
		t.Errorf("arrived at %s", got)
	}
}
