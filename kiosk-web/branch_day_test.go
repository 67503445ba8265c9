package kioskweb_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// branchDay is one branch: four screens in one browser, each in its role.
type branchDay struct {
	t        *testing.T
	b        *box
	language string

	kiosk, hall, counter, pager *tab

	ticket, visit string
}

// phase is a part of a person's way from the ticket to help: what somebody does,
// and what must then be seen by all whom it concerns.
type phase struct {
	name string
	act  func()
	seen func()
}

// openBranch opens the four screens in a language.
func openBranch(t *testing.T, language string) *branchDay {
	t.Helper()
	b := startBox(t)
	d := &branchDay{
		t: t, b: b, language: language,
		kiosk:   witnessed(t, b, "demo-kiosk", "/kiosk", upright15, hastyPace),
		hall:    witnessed(t, b, "demo-hall", "/hall", hall43, hastyPace),
		counter: witnessed(t, b, "demo-counter", "/counter", desk, hastyPace),
		pager:   witnessed(t, b, "demo-pager", "/pager", phone, hastyPace),
	}
	if got := cookies(d.kiosk); len(got) != 4 {
		t.Errorf("the browser is signed in as %v", got)
	}
	d.counter.speakIn(language)
	d.pager.pagerIn(language)
	return d
}

func (d *branchDay) tabs() []*tab { return []*tab{d.kiosk, d.hall, d.counter, d.pager} }

// say returns a sentence in the language of the day.
func (d *branchDay) say(key string, args ...string) string {
	return phrase(d.t, d.language, key, args...)
}

// phases are those of the whole way.
func (d *branchDay) phases() []phase {
	return slices.Concat(d.opening(), d.takingATicket(), d.beingCalled(), d.gettingHelp(), d.beingServed())
}

func (d *branchDay) opening() []phase {
	return []phase{
		{"the pager goes on duty", func() { d.pager.tap("button", d.say("pager.go-on")) }, func() {
			d.pager.contains("#quiet", d.say("pager.quiet"))
		}},
		{"the counter opens", func() {
			d.counter.dialogKey("n", "open")
			d.counter.tabsTo("staff-wang")
			d.counter.press("Enter")
		}, func() { d.counter.moment("free") }},
	}
}

func (d *branchDay) takingATicket() []phase {
	k := d.kiosk
	return []phase{
		{"somebody says what helps", func() {
			if d.language == "en" {
				k.tap("button", phrase(d.t, "en", "language.name"))
			}
			k.tapID("what-helps")
			for !evaluate[bool](k, `document.querySelector('#need-slow-speech') !== null`) {
				before := evaluate[string](k, `location.hash`)
				k.tapID("more")
				k.until("there is another page", fmt.Sprintf(`location.hash !== %q`, before))
			}
			k.tapID("need-slow-speech")
		}, func() {
			k.until("it is chosen", `document.querySelector('#need-slow-speech').getAttribute('aria-pressed') === 'true'`)
		}},
		{"and takes a ticket", func() {
			k.tapID("next")
			k.tapID("service-cash")
			k.tapID("take")
		}, func() {
			k.until("the ticket is shown", `location.hash === '#/ticket' && document.querySelector('.ticket.code')`)
			made := d.b.awaits(1, "visit.created")
			d.ticket, d.visit = made[0].Data.Ticket, made[0].Data.Visit
			k.contains(".ticket.code", d.ticket)
			d.counter.contains("#next-"+d.visit, d.say("need.slow-speech"))
			d.hall.contains("#waiting", d.b.nameOf("en", "cash"))
		}},
	}
}

func (d *branchDay) beingCalled() []phase {
	return []phase{
		{"the counter calls", func() { d.counter.key("n") }, func() {
			d.counter.moment("called")
			d.counter.contains("#need-slow-speech", d.say("need.slow-speech.do"))
			d.hall.shows("#now-ticket", d.ticket)
		}},
		{"the hall says it", func() {}, func() {
			d.b.awaits(1, "call.announced")
			d.hall.hears(phrase(d.t, "zh-CN", "call.first", "ticket", d.ticket, "counter", d.b.nameOf("zh-CN", "counter-1")))
		}},
	}
}

func (d *branchDay) gettingHelp() []phase {
	li := d.b.nameOf(d.language, "li")
	return []phase{
		{"somebody calls a person", func() { d.kiosk.tapID("help") }, func() {
			d.pager.contains("article.page", d.b.nameOf(d.language, "kiosk-1"))
			d.kiosk.contains("#call-state", d.say("kiosk.band.delivered"))
		}},
		{"the pager accepts", func() { d.pager.tap("button", d.say("pager.accept")) }, func() {
			d.kiosk.contains("#call-state", d.say("kiosk.band.accepted", "who", li))
			d.pager.contains("article.page", d.say("page.status.accepted"))
		}},
		{"and is there", func() { d.pager.tap("button", d.say("pager.here")) }, func() {
			d.kiosk.contains("#call-state", d.say("kiosk.band.arrived"))
		}},
		{"and ends the call", func() { d.pager.tap("button", d.say("page.outcome.helped")) }, func() {
			d.pager.contains("#quiet", d.say("pager.quiet"))
			d.kiosk.lacks("#call-state")
		}},
	}
}

func (d *branchDay) beingServed() []phase {
	return []phase{
		{"the counter confirms", func() { d.counter.key("n") }, func() {
			d.counter.moment("serving")
			d.hall.lacks("#now-ticket")
			d.hall.shows("#rows .ticket", d.ticket)
		}},
		{"and finishes", func() { d.counter.key("n") }, func() { d.counter.moment("free") }},
	}
}

// endsWell fails the test unless each thing has happened once and every screen
// shows and has said what has become of it.
func (d *branchDay) endsWell() {
	d.t.Helper()
	for _, once := range []string{"visit.created", "visit.called", "visit.confirmed", "visit.finished", "call.announced",
		"page.raised", "page.accepted", "page.arrived", "page.closed", "counter.opened", "staff.on-duty"} {
		if got := d.b.facts(once); len(got) != 1 {
			d.t.Errorf("%s: %d times", once, len(got))
		}
	}
	for _, never := range []string{"call.unspoken", "page.alarmed", "page.escalated", "page.reopened", "visit.recalled", "visit.no-show"} {
		if got := d.b.facts(never); len(got) != 0 {
			d.t.Errorf("%s: %+v", never, got)
		}
	}
	d.kiosk.lacks("#call-state")
	d.pager.lacks("article.page")
	d.counter.contains(".next", d.say("counter.nobody.line"))
	d.hall.shows("#rows .ticket", d.ticket)
	d.hall.lacks("#alarm")
	for _, p := range d.tabs() {
		said := p.said()
		if len(slices.Compact(slices.Sorted(slices.Values(said)))) != len(said) {
			d.t.Errorf("on %s something was said twice: %q", p.panel.name, said)
		}
	}
	li := d.b.nameOf(d.language, "li")
	d.kiosk.hears(d.say("page.step.arrived"))
	d.counter.hears(d.say("visit.state.serving") + d.say("list.comma") + d.ticket + d.say("list.comma") + d.b.nameOf(d.language, "cash") + d.say("list.comma") + d.say("need.slow-speech.do"))
	d.pager.hears(d.say("page.alert", "place", d.b.nameOf(d.language, "kiosk-1"), "reason", d.say("pager.do.help")))
	if !slices.ContainsFunc(d.kiosk.said(), func(text string) bool {
		return strings.HasPrefix(text, d.say("page.step.accepted", "who", li))
	}) {
		d.t.Errorf("the kiosk did not say who comes, but %q", d.kiosk.said())
	}
}

func TestFromTheTicketToHelpOnFourScreensOfOneBrowser(t *testing.T) {
	t.Parallel()
	for _, language := range languages() {
		t.Run(language, func(t *testing.T) {
			d := openBranch(t, language)
			for _, p := range d.phases() {
				p.act()
				p.seen()
			}
			d.endsWell()
			if n := d.hall.plays(); n != 2 {
				t.Errorf("the voice began %d times", n)
			}
		})
	}
}

func TestAPowerCutInEachPhaseLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	d := openBranch(t, "zh-CN")
	for _, p := range d.phases() {
		p.act()
		d.b.cutPower(d.tabs()...)
		p.seen()
	}
	d.endsWell()
	// What was being said is said once more, nothing else.
	if n := d.hall.plays(); n < 2 || n > 6 {
		t.Errorf("the voice began %d times", n)
	}
}
