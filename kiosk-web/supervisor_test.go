package kioskweb_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"
)

// dialogTitled waits until the console's dialog is open and its title holds words.
func (p *tab) dialogTitled(words string) {
	p.t.Helper()
	p.until("the dialog is about "+words, fmt.Sprintf(`document.querySelector('dialog[open] #dialog-title')?.textContent.replace(/\s+/g, ' ').includes(%q)`, words))
}

func TestASupervisorActsForACounter(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	s := witnessed(t, b, "demo-supervisor", "/supervisor", desk, spokenPace)
	for _, language := range languages() {
		s.speakIn(language)
		v := b.give("cash", "slow-speech")
		s.contains("#tile-counter-1", phrase(t, language, "counter.state.closed"))
		s.tapID("tile-counter-1")
		s.dialogTitled(b.nameOf(language, "counter-1"))
		s.run(`document.querySelector('#open-staff').focus()`)
		s.press("ArrowDown") // the first of the staff
		s.tap("button", phrase(t, language, "supervisor.counter.open"))
		s.contains("dialog", phrase(t, language, "supervisor.free"))
		s.contains("dialog", b.nameOf(language, "li"))
		s.tap("button", phrase(t, language, "supervisor.counter.next"))
		s.contains("dialog", v.Ticket)
		s.contains("dialog", phrase(t, language, "need.slow-speech"))
		s.tap("button", phrase(t, language, "supervisor.visit.confirm"))
		eventually(t, patience, "the visit is served", func() bool { return b.visit(v.ID).State == "serving" })
		s.tap("button", phrase(t, language, "supervisor.visit.finish"))
		eventually(t, patience, "the visit has ended", func() bool { return b.visit(v.ID).State == "finished" })
		s.tap("button", phrase(t, language, "supervisor.counter.next"))
		s.shows("dialog #problem span:last-child", phrase(t, language, "supervisor.counter.nobody"))
		s.tap("button", phrase(t, language, "supervisor.counter.close"))
		s.tap("button", phrase(t, language, "supervisor.dialog.close"))
		s.dialogGone()
		if got := evaluate[string](s, `document.activeElement.id`); got != "tile-counter-1" {
			t.Errorf("the focus went to %q", got)
		}
	}
	for _, f := range b.facts("counter.opened") {
		if f.Data.Counter != "counter-1" || f.Data.Who != "li" {
			t.Errorf("opened was %+v", f)
		}
	}
}

func TestASupervisorCallsThisPersonNowAndTheHallSaysSo(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	s := witnessed(t, b, "demo-supervisor", "/supervisor#/visits", desk, spokenPace)
	hall := witnessed(t, b, "demo-hall", "/hall", hall43, hastyPace)
	b.steer("counters/counter-1/open", nil)
	for _, language := range languages() {
		s.speakIn(language)
		b.give("cash")
		v := b.give("cash")
		s.tap("button", v.Ticket)
		s.dialogTitled(v.Ticket)
		s.tap("textbox", phrase(t, language, "supervisor.call.why"))
		s.write("a train to catch")
		s.tap("button", phrase(t, language, "supervisor.call.now", "ticket", v.Ticket))
		s.dialogTitled(b.nameOf(language, "counter-1"))
		hall.shows("#now-ticket", v.Ticket)
		s.tap("button", phrase(t, language, "supervisor.visit.confirm"))
		eventually(t, patience, "the visit is served", func() bool { return b.visit(v.ID).State == "serving" })
		s.tap("button", phrase(t, language, "supervisor.visit.finish"))
		eventually(t, patience, "the visit has ended", func() bool { return b.visit(v.ID).State == "finished" })
		s.tap("button", phrase(t, language, "supervisor.dialog.close"))
		s.dialogGone()
	}
	if got := b.facts("visit.called"); len(got) != 2 || got[0].Data.Why != "a train to catch" {
		t.Errorf("called were %+v", got)
	}
}

func TestASupervisorGivesAnUrgentTicketAndAnswersACall(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	s := witnessed(t, b, "demo-supervisor", "/supervisor", desk, spokenPace)
	for i, language := range languages() {
		s.speakIn(language)
		s.tap("button", phrase(t, language, "supervisor.ticket"))
		s.dialogTitled(phrase(t, language, "supervisor.ticket.title"))
		s.run(`document.querySelector('#ticket-class').focus()`)
		s.press("ArrowDown", "ArrowDown", "ArrowDown")
		s.tap("checkbox", phrase(t, language, "need.slow-speech"))
		s.tap("button", phrase(t, language, "supervisor.ticket.give"))
		s.dialogTitled(phrase(t, language, "supervisor.ticket.given"))
		s.contains("dialog", phrase(t, language, "class.urgent"))
		s.tap("button", phrase(t, language, "supervisor.dialog.close"))
		s.contains("#class-urgent", phrase(t, language, "supervisor.count", "count", strconv.Itoa(i+1)))

		s.forget()
		page := b.raise("demo-kiosk", "help", fmt.Sprintf("session-of-a-supervisor-%d", i))
		words := map[string]string{"place": b.nameOf(language, "kiosk-1"), "reason": phrase(t, language, "reason.help")}
		s.hears(phrase(t, language, "page.alert.alarm", "place", words["place"], "reason", words["reason"]))
		s.run(`location.hash = '#/pages'`)
		s.contains("#page-"+page.ID, phrase(t, language, "page.alert", "place", words["place"], "reason", words["reason"]))
		s.tap("button", phrase(t, language, "supervisor.page.accept"))
		s.contains("#page-"+page.ID, phrase(t, language, "supervisor.page.comes", "who", phrase(t, language, "role.supervisor")))
		s.tap("button", phrase(t, language, "supervisor.page.arrive"))
		s.contains("#page-"+page.ID, phrase(t, language, "supervisor.page.there", "who", phrase(t, language, "role.supervisor")))
		s.tap("button", phrase(t, language, "supervisor.page.close"))
		s.dialogTitled(phrase(t, language, "supervisor.page.close.title"))
		s.tap("button", phrase(t, language, "page.outcome.helped"))
		s.lacks("#page-" + page.ID)
		s.dialogGone()
		s.run(`location.hash = '#/floor'`)
	}
	for _, f := range b.facts("visit.created") {
		if got := b.visit(f.Data.Visit); got.Class != "urgent" || len(got.Needs) != 1 || got.Needs[0] != "slow-speech" {
			t.Errorf("given was %+v", got)
		}
	}
}

func TestASupervisorTurnsTheDayAfterAQuestion(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	s := witnessed(t, b, "demo-supervisor", "/supervisor#/day", desk, spokenPace)
	for _, language := range languages() {
		s.speakIn(language)
		v := b.give("cash")
		s.tap("button", phrase(t, language, "supervisor.day.close"))
		s.dialogTitled(phrase(t, language, "supervisor.day.close.title"))
		s.contains("dialog", phrase(t, language, "supervisor.day.close.still", "count", "1"))
		s.tap("button", phrase(t, language, "supervisor.dialog.close"))
		s.dialogGone()
		if got := b.visit(v.ID); got.State != "waiting" {
			t.Errorf("before the day is closed the visit is %+v", got)
		}
		s.tapID("day-turn")
		s.until("the question is asked again", `document.querySelector('dialog[open] #day-close-now')`)
		s.tapID("day-close-now")
		s.contains(".notice", phrase(t, language, "supervisor.day.closed"))
		s.tapID("day-turn")
		s.dialogTitled(phrase(t, language, "supervisor.day.open.title"))
		s.tapID("day-open-now")
		s.dialogGone()
		s.lacks(".notice")
	}
}

func TestThePlotsOfTheDayShowTheFiguresOfTheReport(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	s := witnessed(t, b, "demo-supervisor", "/supervisor", desk, spokenPace)
	b.steer("counters/counter-1/open", map[string]any{"staff": "li"})
	for range 3 {
		v := b.give("cash")
		b.callNext("counter-1")
		b.steer("visits/"+v.ID+"/confirm", nil)
		b.steer("visits/"+v.ID+"/finish", nil)
	}
	b.give("loans")
	b.raise("demo-kiosk", "help", "session-of-a-day-in-figures")

	var report struct {
		Day                                          string
		Tickets, Served, NoShows, Cancelled, Removed int
		Hours                                        []struct{ Hour, Tickets, Calls, Served int }
		Pages                                        struct{ Raised int }
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	b.call("demo-supervisor", http.MethodGet, "/api/v1/reports/day/"+time.Now().In(zone).Format(time.DateOnly), nil, &report)
	if report.Tickets != 4 || report.Served != 3 || report.Pages.Raised != 1 {
		t.Fatalf("the report says %+v", report)
	}
	for _, language := range languages() {
		s.speakIn(language)
		s.run(`location.hash = '#/day'`)
		totals := []int{report.Tickets, report.Served, report.NoShows, report.Cancelled, report.Removed}
		s.until("the totals are those of the report", fmt.Sprintf(`[...document.querySelectorAll('.totals dd')].map((e) => Number(e.textContent)).join() === %q`, joined(totals)))
		var hours, pages []int
		for _, h := range report.Hours {
			hours = append(hours, h.Tickets, h.Calls, h.Served)
		}
		s.opensTable("plot-hours-table", hours)
		pages = append(pages, report.Pages.Raised)
		s.until("the calls are those of the report", fmt.Sprintf(`document.querySelector('#plot-pages-table').parentElement.querySelector('td').textContent === %q`, joined(pages)))
		for _, id := range []string{"hours", "waits", "counters", "pages"} {
			if !evaluate[bool](s, fmt.Sprintf(`document.querySelector('#plot-%s-table').closest('figure').querySelectorAll('svg.plot rect, svg.plot path').length > 0`, id)) {
				t.Errorf("the plot of %s is empty", id)
			}
		}
		s.tapID("plot-hours-table") // closes it again
		s.run(`location.hash = '#/floor'`)
	}
}

// opensTable opens the table of a plot and compares its numbers.
func (p *tab) opensTable(id string, want []int) {
	p.t.Helper()
	p.tapID(id)
	p.until("the table is open", fmt.Sprintf(`document.getElementById(%q).parentElement.open`, id))
	p.until("its numbers are those of the report", fmt.Sprintf(`[...document.getElementById(%q).parentElement.querySelectorAll('td')].map((e) => Number(e.textContent)).join() === %q`, id, joined(want)))
}

// joined writes numbers with commas between them.
func joined(numbers []int) string {
	text := ""
	for i, n := range numbers {
		if i > 0 {
			text += ","
		}
		text += strconv.Itoa(n)
	}
	return text
}
