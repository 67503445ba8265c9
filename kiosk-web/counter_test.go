package kioskweb_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// key waits until the control with this key can be pressed, then presses the key.
func (p *tab) key(key string) {
	p.t.Helper()
	p.until("the key "+key+" does something", fmt.Sprintf(`[...(document.querySelector('dialog[open]') ?? document).querySelectorAll('[data-key=%q]')].some((e) => e.checkVisibility() && e.getAttribute('aria-disabled') !== 'true')`, key))
	p.press(key)
}

// moment waits until a counter's card says where the counter is at.
func (p *tab) moment(moment string) {
	p.t.Helper()
	p.until("the counter is at "+moment, fmt.Sprintf(`document.querySelector('.now')?.dataset.moment === %q`, moment))
}

// dialogKey opens a dialog with a key and waits until it has the focus.
func (p *tab) dialogKey(key, dialog string) {
	p.t.Helper()
	p.key(key)
	p.until("the dialog "+dialog+" has the focus", fmt.Sprintf(`document.querySelector('dialog[open]')?.dataset.dialog === %q && document.querySelector('dialog').contains(document.activeElement)`, dialog))
}

// sends sends a dialog with the enter key, once it takes it.
func (p *tab) sends() {
	p.t.Helper()
	p.until("the dialog can be sent", `document.querySelector('#dialog-send')?.getAttribute('aria-disabled') !== 'true'`)
	p.press("Enter")
	p.dialogGone()
}

// dialogGone waits until no dialog is open.
func (p *tab) dialogGone() {
	p.t.Helper()
	p.until("the dialog is closed", `!document.querySelector('dialog[open]')`)
}

// tabsTo walks with the tabulator until an element has the focus.
func (p *tab) tabsTo(id string) {
	p.t.Helper()
	for range 60 {
		if evaluate[string](p, `document.activeElement?.id ?? ''`) == id {
			return
		}
		p.press("Tab")
	}
	p.t.Fatalf("the tabulator does not reach #%s", id)
}

// everyKeyIsReachable fails the test for a control with a key that the tabulator
// does not reach, or whose key is not said to assistive technology.
func (p *tab) everyKeyIsReachable() {
	p.t.Helper()
	const controls = `[...(document.querySelector('dialog[open]') ?? document).querySelectorAll('[data-key]')].filter((e) => e.checkVisibility())`
	want := evaluate[[]string](p, controls+`.map((e) => e.id)`)
	if evaluate[bool](p, controls+`.some((e) => e.getAttribute('aria-keyshortcuts') !== e.dataset.key)`) {
		p.t.Error("a key is not said")
	}
	if keys := evaluate[[]string](p, controls+`.map((e) => e.dataset.key)`); len(slices.Compact(slices.Sorted(slices.Values(keys)))) != len(keys) {
		p.t.Errorf("a key is there twice: %q", keys)
	}
	reached := map[string]bool{}
	for range 60 {
		p.press("Tab")
		reached[evaluate[string](p, `document.activeElement?.id ?? ''`)] = true
		if !slices.ContainsFunc(want, func(id string) bool { return !reached[id] }) {
			return
		}
	}
	p.t.Errorf("of %q the tabulator reaches only %v", want, reached)
}

func TestACounterIsWorkedFromTheKeyboardAlone(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	c := witnessed(t, b, "demo-counter", "/counter", desk, spokenPace)
	for _, language := range languages() {
		c.speakIn(language)
		c.forget()
		c.moment("closed")
		c.sees("heading", phrase(t, language, "counter.state.closed"))
		c.dialogKey("n", "open")
		c.everyKeyIsReachable()
		c.tabsTo("staff-wang")
		c.press("Enter")
		c.moment("free")
		c.dialogGone()
		c.contains(".bar-title", b.nameOf(language, "wang"))

		c.key("n")
		c.shows("#nobody", phrase(t, language, "counter.nobody"))
		c.hears(phrase(t, language, "counter.nobody"))

		first, next := b.give("cash", "slow-speech", "read-aloud"), b.give("cash")
		c.contains("#next-"+first.ID, first.Ticket)
		c.lacks("#nobody")
		c.key("n")
		c.moment("called")
		c.everyKeyIsReachable()
		c.shows(".now .ticket", first.Ticket)
		for _, need := range first.Needs {
			c.contains("#need-"+need, phrase(t, language, "need."+need))
			c.contains("#need-"+need, phrase(t, language, "need."+need+".do"))
		}
		c.contains(".why", phrase(t, language, "counter.why"))
		c.until("there is a reason", `document.querySelector('.why').textContent.trim().length > 10`)
		calledWords := strings.Join([]string{phrase(t, language, "visit.state.called"), first.Ticket, b.nameOf(language, "cash"),
			phrase(t, language, "need.slow-speech.do"), phrase(t, language, "need.read-aloud.do")}, phrase(t, language, "list.comma"))
		c.hears(calledWords)

		c.recallsInTime(language, first)
		c.key("n")
		c.moment("serving")
		c.everyKeyIsReachable()
		c.key("n")
		c.moment("free")
		if got := b.visit(first.ID); got.State != "finished" || got.Recalls != 1 {
			t.Errorf("the visit is %+v", got)
		}
		c.putsAsideAndBack(language, b, next)
		c.dialogKey("o", "pause")
		c.key("1")
		c.moment("paused")
		c.key("n")
		c.moment("free")
		c.key("c")
		c.moment("closed")
		c.hears(calledWords)
	}
}

// recallsInTime calls a visit again, which waits until it is allowed.
func (p *tab) recallsInTime(language string, v visitFacts) {
	p.t.Helper()
	if evaluate[bool](p, `document.querySelector('#recall').getAttribute('aria-disabled') === 'true'`) {
		p.contains("#recall", strings.TrimSpace(strings.Split(catalogue(p.t, language)["counter.recall.in"], "{")[0]))
		p.press("r")
		p.until("it is said that it is too early", fmt.Sprintf(`window.witness.said.includes(%q)`, phrase(p.t, language, "keys.not-now")))
	} else {
		p.t.Error("a call could be repeated at once")
	}
	p.key("r")
	p.contains(".marks", phrase(p.t, language, "counter.recalls", "count", "1"))
	p.until("it waits again", `document.querySelector('#recall').getAttribute('aria-disabled') === 'true'`)
}

// putsAsideAndBack takes a visit, at a free counter, through each way of leaving
// it for later.
func (p *tab) putsAsideAndBack(language string, b *box, v visitFacts) {
	p.t.Helper()
	p.key("n")
	p.moment("called")
	p.key("x")
	p.moment("free")
	p.contains("#aside-"+v.ID, phrase(p.t, language, "visit.state.no-show"))
	p.dialogKey("b", "return")
	p.sends()
	p.contains("#next-"+v.ID, v.Ticket)

	p.key("n")
	p.key("n")
	p.moment("serving")
	p.dialogKey("p", "park")
	p.press("ArrowRight")
	p.sends()
	p.moment("free")
	p.contains("#aside-"+v.ID, phrase(p.t, language, "visit.state.parked"))
	p.dialogKey("b", "return")
	p.press("Escape")
	p.dialogGone()
	p.dialogKey("b", "return")
	p.sends()

	p.key("n")
	p.key("n")
	p.moment("serving")
	p.dialogKey("f", "otherwise")
	p.press("ArrowDown") // partly
	p.tabsTo("next")
	p.press("ArrowDown", "ArrowDown") // cash, personal
	p.until("personal business follows", `document.querySelector('#next').value === 'personal'`)
	p.tabsTo("dialog-send")
	p.press("Enter")
	p.moment("free")
	if got := b.visit(v.ID); got.State != "waiting" || got.Service != "personal" {
		p.t.Errorf("after a part the visit is %+v", got)
	}

	p.key("n")
	p.moment("called")
	p.dialogKey("t", "transfer")
	p.everyKeyIsReachable()
	p.tabsTo("to-cards")
	p.press("Enter")
	p.moment("free")
	if got := b.visit(v.ID); got.State != "waiting" || got.Service != "cards" {
		p.t.Errorf("sent to a service the visit is %+v", got)
	}
	p.key("n")
	p.key("n")
	p.moment("serving")
	p.dialogKey("t", "transfer")
	p.key("1")
	p.moment("free")
	if got := b.visit(v.ID); got.State != "waiting" {
		p.t.Errorf("sent to a counter the visit is %+v", got)
	}
	b.steer("visits/"+v.ID+"/cancel", nil)
}

func TestARefusalIsSaidWhereTheHandIsAndTheFocusStays(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	c := witnessed(t, b, "demo-counter", "/counter", desk, spokenPace)
	b.steer("counters/counter-1/open", map[string]any{"staff": "li"})
	for _, language := range languages() {
		c.speakIn(language)
		c.moment("free")
		v := b.give("cash", "hearing")
		b.steer("counters/counter-1/call", map[string]any{"visit": v.ID, "why": "test"})
		c.moment("called")
		c.contains(".missing", phrase(t, language, "ability.hearing-loop"))
		c.key("n")
		c.moment("serving")
		c.until("it may be pressed", `document.querySelector('#primary').getAttribute('aria-disabled') !== 'true'`)
		c.allowRefusal(http.StatusConflict, b.url+"/api/v1/visits/"+v.ID+"/finish")
		c.forget()
		// The supervisor finishes a moment before the news can be here.
		c.run(`window.witness.sockets.at(-1).onmessage = null; 0`)
		b.steer("visits/"+v.ID+"/finish", nil)
		c.run(`document.querySelector('#primary').focus()`)
		c.press("Enter")
		words := phrase(t, language, "problem.wrong-state")
		c.contains("#refusal", words)
		c.contains("#refusal", phrase(t, language, "counter.next.wrong-state"))
		c.hears(words + phrase(t, language, "list.comma") + phrase(t, language, "counter.next.wrong-state"))
		if got := evaluate[string](c, `document.activeElement.id`); got != "primary" {
			t.Errorf("the focus is on %q", got)
		}
		c.run(`window.witness.sockets.at(-1).close()`)
		c.allowLost()
		c.moment("free")
	}
}

func TestShortcutsCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	c := witnessed(t, b, "demo-counter", "/counter", desk, spokenPace)
	for _, language := range languages() {
		c.speakIn(language)
		c.moment("closed")
		c.click("button", phrase(t, language, "desk.keys"))
		c.until("no key is shown or said", `!document.querySelector('kbd') && !document.querySelector('[aria-keyshortcuts]')`)
		c.press("n")
		c.tabsTo("primary") // what came before has been done
		if evaluate[bool](c, `document.querySelector('dialog') !== null`) {
			t.Error("a key that is off did something")
		}
		c.press("Enter")
		c.until("the button works", `document.querySelector('dialog[open]')`)
		c.press("Escape")
		c.dialogGone()
		c.click("button", phrase(t, language, "desk.keys"))
		c.dialogKey("n", "open")
		c.press("Escape")
		c.dialogGone()
	}
}

func TestACounterAnswersCallsForHelp(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	c := witnessed(t, b, "demo-counter", "/counter", desk, spokenPace)
	b.steer("counters/counter-1/open", map[string]any{"staff": "li"})
	for i, language := range languages() {
		c.speakIn(language)
		c.forget()
		c.moment("free")
		c.key("d")
		c.contains(".pages", phrase(t, language, "counter.duty.is-on"))
		p := b.raise("demo-kiosk", "help", fmt.Sprintf("session-of-counter-%d", i))
		c.contains("#page-"+p.ID, b.nameOf(language, "kiosk-1"))
		c.hears(phrase(t, language, "page.alert", "place", b.nameOf(language, "kiosk-1"), "reason", phrase(t, language, "reason.help")))
		c.key("1")
		c.contains("#page-"+p.ID, phrase(t, language, "page.step.accepted", "who", b.nameOf(language, "li")))
		c.key("1")
		c.contains("#page-"+p.ID, phrase(t, language, "page.status.arrived"))
		c.dialogKey("1", "outcome")
		c.key("1")
		c.lacks("#page-" + p.ID)
		c.dialogGone()
		c.key("d")
		c.contains(".pages", phrase(t, language, "counter.duty.is-off"))

		c.dialogKey("h", "help")
		c.everyKeyIsReachable()
		c.tabsTo("reason-help")
		c.press("Enter")
		c.contains("li.page", phrase(t, language, "reason.help"))
		c.key("1") // takes it back
		c.lacks("li.page")
	}
}
