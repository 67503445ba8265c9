package kioskweb_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// witness notes, before anything of a page runs, what a person would hear of it:
// sentences of the live regions, the hall's voice, tones; and what it asks the
// network for. It changes nothing but the pace of a voice.
const witness = `(pace => {
	const seen = window.witness = {said: [], voice: [], tones: 0, changedAt: 0, asked: new Set(), sockets: []};
	new MutationObserver((records) => {
		for (const {target, addedNodes} of records) {
			const region = (target.nodeType === 1 ? target : target.parentElement)?.closest('[aria-live]');
			for (const node of region ? addedNodes : []) if (node.textContent) seen.said.push(node.textContent);
			if (!region && addedNodes.length) seen.changedAt = performance.now();
		}
	}).observe(document, {subtree: true, childList: true});
	for (const type of ['play', 'ended']) document.addEventListener(type, ({target}) => {
		seen.voice.push({Type: type, Clip: target.src.split('/').at(-1).split('?')[0], Call: document.querySelector('#now-ticket')?.textContent ?? ''});
	}, {capture: true});
	const start = OscillatorNode.prototype.start;
	OscillatorNode.prototype.start = function (...at) { seen.tones += 1; return start.apply(this, at); };
	const play = HTMLMediaElement.prototype.play;
	HTMLMediaElement.prototype.play = function () { seen.asked.add(this.src); this.defaultPlaybackRate = this.playbackRate = pace; return play.call(this); };
	const ask = window.fetch;
	window.fetch = (what, how) => { seen.asked.add(new URL(what, location.href).href); return ask(what, how); };
	const Socket = window.WebSocket;
	window.WebSocket = class extends Socket {
		constructor(url, protocol) { super(url, protocol); seen.asked.add(String(url)); seen.sockets.push(this); }
	};
})`

// The pace of a hall's voice: as people hear it, or so fast that a test need not
// listen to every word.
const (
	spokenPace = 1
	hastyPace  = 6
)

// spokenWithin is how long two calls may take that people hear twice, and longer
// than the box waits for an answer of its hall.
const spokenWithin = 90 * time.Second

// witnessed signs in as signIn does, on a page that has a witness.
func witnessed(t *testing.T, b *box, token, path string, on panel, pace int) *tab {
	t.Helper()
	return witnessedIn(b.profile(), b, token, path, on, pace)
}

// witnessedIn is witnessed in a profile of its own.
func witnessedIn(own *profile, b *box, token, path string, on panel, pace int) *tab {
	own.t.Helper()
	p := own.open(b.url+"/", on)
	addWitness := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument,
			page.AddScriptToEvaluateOnNewDocumentParams{Source: fmt.Sprintf("%s(%d)", witness, pace)})
		return err
	})
	if _, err := do(p, addWitness); err != nil {
		own.t.Fatal(err)
	}
	p.goTo(b.url + "/enter#" + token)
	p.arrive(b.url + path)
	p.until("the screen is connected", `document.querySelector('h1') && !document.querySelector('.offline')`)
	return p
}

// tapID presses an element by its id, where the words of others are the same or
// its own change by themselves.
func (p *tab) tapID(id string) {
	p.t.Helper()
	at := spot{Over: "nothing"}
	eventually(p.t, patience, "#"+id+" can be pressed", func() bool {
		found, err := do(p, chromedp.Evaluate[spot](fmt.Sprintf(`(%s).call(document.getElementById(%q))`, findSpot, id)))
		at = found
		return err == nil && at.Over == ""
	})
	p.until("the page stands still", `performance.now() - window.witness.changedAt > 350`)
	press := chromedp.MouseClickXY(at.X, at.Y)
	if p.panel.touch {
		press = chromedp.TapXY(at.X, at.Y)
	}
	if _, err := do(p, press); err != nil {
		p.t.Fatal(err)
	}
}

// bringToFront looks at this tab again, after another was opened over it.
func (p *tab) bringToFront() {
	p.t.Helper()
	if _, err := call(p, page.BringToFront, cdp.Empty{}); err != nil {
		p.t.Fatal(err)
	}
}

// tap presses as click does, once the page has stood still for as long as it takes
// to see it: a screen takes no press that was aimed at what stood there before.
func (p *tab) tap(role, name string) {
	p.t.Helper()
	p.reach(role, name)
	p.until("the page stands still", `performance.now() - window.witness.changedAt > 350`)
	p.click(role, name)
}

// said returns the sentences that the live regions have said so far.
func (p *tab) said() []string {
	p.t.Helper()
	return evaluate[[]string](p, `window.witness.said`)
}

// hears waits until the live regions have said a sentence, and fails the test
// when they have said it more than once since the last forget.
func (p *tab) hears(sentence string) {
	p.t.Helper()
	p.until(fmt.Sprintf("the screen says %q", sentence), fmt.Sprintf(`window.witness.said.includes(%q)`, sentence))
	if n := times(p.said(), sentence); n != 1 {
		p.t.Errorf("%q was said %d times", sentence, n)
	}
}

// forget forgets what was said and heard so far.
func (p *tab) forget() {
	p.t.Helper()
	p.run(`window.witness.said.length = 0; window.witness.voice.length = 0; window.witness.tones = 0`)
}

// times counts a text in a list.
func times(list []string, text string) int {
	n := 0
	for _, other := range list {
		if other == text {
			n++
		}
	}
	return n
}

// heardVoice is one happening of the hall's voice: play or ended, of a clip, with
// the ticket that stood large at that moment.
type heardVoice struct{ Type, Clip, Call string }

// voice returns what the hall's voice has done so far.
func (p *tab) voice() []heardVoice {
	p.t.Helper()
	return evaluate[[]heardVoice](p, `window.witness.voice`)
}

// plays counts how often a hall's voice began.
func (p *tab) plays() int {
	p.t.Helper()
	return evaluate[int](p, `window.witness.voice.filter(({Type}) => Type === 'play').length`)
}

// shows waits until an element that a selector finds is visible with exactly this
// text, apart from spaces and the names of keys.
func (p *tab) shows(selector, text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("%s shows %q", selector, text), fmt.Sprintf(`[...document.querySelectorAll(%q)].some((e) => {
		if (!e.checkVisibility()) return false;
		const copy = e.cloneNode(true);
		for (const key of copy.querySelectorAll('kbd')) key.remove();
		return copy.textContent.replace(/\s+/g, ' ').trim() === %q;
	})`, selector, text))
}

// contains waits until an element that a selector finds is visible and holds a text.
func (p *tab) contains(selector, text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("%s holds %q", selector, text),
		fmt.Sprintf(`[...document.querySelectorAll(%q)].some((e) => e.checkVisibility() && e.textContent.replace(/\s+/g, ' ').includes(%q))`, selector, text))
}

// lacks waits until no element that a selector finds is visible.
func (p *tab) lacks(selector string) {
	p.t.Helper()
	p.until("there is no "+selector, fmt.Sprintf(`![...document.querySelectorAll(%q)].some((e) => e.checkVisibility())`, selector))
}

// speakIn shows the screen in a language, by its button.
func (p *tab) speakIn(language string) {
	p.t.Helper()
	if evaluate[string](p, `document.documentElement.lang`) != language {
		p.click("button", phrase(p.t, language, "language.name"))
	}
	p.until("the screen is in "+language, fmt.Sprintf(`document.documentElement.lang === %q`, language))
}

// allowRefusal lets pass what Chromium itself says of an answer that refuses what
// a test asks for on purpose, such as 409 Conflict.
func (p *tab) allowRefusal(status int, url string) {
	p.allow(fmt.Sprintf("error: Failed to load resource: the server responded with a status of %d (%s) (%s)", status, http.StatusText(status), url))
}

// cutPower kills the box while these tabs are open, waits until each says that it
// reconnects, and starts the box again; each must come back by itself.
func (b *box) cutPower(tabs ...*tab) {
	b.t.Helper()
	b.kill()
	for _, p := range tabs {
		p.until("the screen says that it reconnects", `document.querySelector('.offline')?.checkVisibility()`)
	}
	b.start()
	for _, p := range tabs {
		p.until("the screen has come back", `!document.querySelector('.offline')`)
		p.allowLost()
	}
}

// allowLost lets pass what Chromium says of requests that failed while the box
// was down: those that the witness has seen, and pictures.
func (p *tab) allowLost() {
	p.t.Helper()
	for _, url := range evaluate[[]string](p, `[...window.witness.asked, ...performance.getEntriesByType('resource').map(({name}) => name), location.origin + '/static/icon.svg']`) {
		p.allow(lost(url)...)
		for _, text := range lost(url)[:1] {
			p.allow(strings.ReplaceAll(text, "CONNECTION_REFUSED", "INTERNET_DISCONNECTED"))
		}
	}
}

// visitFacts is a visit as the box tells it.
type visitFacts struct {
	ID, Ticket, Service, Class, State, Counter, Key string
	Needs                                           []string
	Recalls                                         int
}

// give gives somebody a ticket.
func (b *box) give(service string, needs ...string) visitFacts {
	b.t.Helper()
	var v visitFacts
	b.call("demo-supervisor", http.MethodPost, "/api/v1/visits",
		map[string]any{"service": service, "needs": append([]string{}, needs...), "language": "zh-CN"}, &v)
	return v
}

// visit returns a visit as it is now.
func (b *box) visit(id string) visitFacts {
	b.t.Helper()
	var v visitFacts
	b.call("demo-supervisor", http.MethodGet, "/api/v1/visits/"+id, nil, &v)
	return v
}

// steer does something as the supervisor.
func (b *box) steer(path string, body map[string]any) {
	b.t.Helper()
	if body == nil {
		body = map[string]any{}
	}
	b.call("demo-supervisor", http.MethodPost, "/api/v1/"+path, body, nil)
}

// callNext calls the next person to a counter, as the supervisor.
func (b *box) callNext(counter string) visitFacts {
	b.t.Helper()
	var v visitFacts
	b.call("demo-supervisor", http.MethodPost, "/api/v1/counters/"+counter+"/call-next", map[string]any{}, &v)
	return v
}

// pageFacts is a call for help as the box tells it.
type pageFacts struct {
	ID, Reason, Place, Visit, Status, AcceptedBy, Outcome string
	Count                                                 int
	Alarm                                                 bool
}

// raise calls for help with a token.
func (b *box) raise(token, reason, session string) pageFacts {
	b.t.Helper()
	var p pageFacts
	body := map[string]any{"reason": reason}
	if session != "" {
		body["session"] = session
	}
	b.call(token, http.MethodPost, "/api/v1/pages", body, &p)
	return p
}

// fact is one event of the box's log.
type fact struct {
	Event string
	Data  struct{ Visit, Ticket, Counter, Call, Page, Who, Why string }
}

// facts returns all events of these names, in order.
func (b *box) facts(names ...string) []fact {
	b.t.Helper()
	var all []fact
	cursor := ""
	for {
		var part struct {
			Events []fact
			Cursor string
		}
		b.call("demo-supervisor", http.MethodGet, "/api/v1/events?limit=100&after="+cursor, nil, &part)
		if len(part.Events) == 0 {
			return all
		}
		for _, f := range part.Events {
			if slices.Contains(names, f.Event) {
				all = append(all, f)
			}
		}
		cursor = part.Cursor
	}
}

// awaits polls until the log has that many events of these names.
func (b *box) awaits(n int, names ...string) []fact {
	b.t.Helper()
	var found []fact
	eventually(b.t, spokenWithin, fmt.Sprintf("there are %d %s", n, strings.Join(names, ", ")), func() bool {
		found = b.facts(names...)
		return len(found) >= n
	})
	if len(found) != n {
		b.t.Errorf("there are %d %v, not %d", len(found), names, n)
	}
	return found
}

// nameOf returns what a counter, service, kiosk, zone or member of staff of the
// demo branch is called in a language.
func (b *box) nameOf(language, id string) string {
	b.t.Helper()
	type named struct {
		ID   string
		Name map[string]string
	}
	var branch struct{ Services, Counters, Kiosks, Zones, Staff []named }
	b.call("demo-supervisor", http.MethodGet, "/api/v1/branch", nil, &branch)
	for _, n := range slices.Concat(branch.Services, branch.Counters, branch.Kiosks, branch.Zones, branch.Staff) {
		if n.ID == id {
			return n.Name[language]
		}
	}
	b.t.Fatalf("nothing is called %s", id)
	return ""
}
