package app

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
)

// carryOver is the demo branch, in which who waits stays over the night.
func carryOver() setup { return setup{yaml: demoBut("dayEnd: close", "dayEnd: carry-over")} }

func TestABoxThatWakesBeforeItsOwnLogGoesOnFromThere(t *testing.T) {
	dir := folder(t)
	b := quiet(t, dir, clockAt(t, "2026-11-23 10:00"), carryOver())
	c := gather(b, true)
	last := b.log(0)[len(b.log(0))-1].At
	due := b.set.Load().Paging.ByID[c.open].DueAt.Sub(last)
	b.shut()

	b = quiet(t, dir, b.clock.after(-2*time.Hour), carryOver())
	defer b.shut()
	events := b.log(0)
	told := of[branch.ClockJumped](events)
	if want := b.clock.now().Sub(last); len(told) != 1 || told[0].Delta() != want {
		t.Fatalf("the clock jumped by %v, want once %v", told, want)
	}
	before := b.set.Load().Seq
	b.pass(due - time.Millisecond)
	if early := b.log(before); len(early) > 0 {
		t.Errorf("too early: %v", early[0].Event)
	}
	b.pass(time.Millisecond)
	if got := steps(b.log(before))[c.open]; !slices.Equal(got, []string{"page.escalated"}) {
		t.Errorf("%v after the last event the page takes the steps %v", due, got)
	}
	b.pass(20 * time.Minute)
	events = b.log(before)
	for _, visit := range []branch.VisitID{c.away, c.absent} {
		if n := count(of[queue.VisitRemoved](events), func(e queue.VisitRemoved) bool { return e.Visit == visit }); n != 1 {
			t.Errorf("%s is removed %d times", visit, n)
		}
	}
	b.verify()
}

func count[E any](list []E, counts func(E) bool) (n int) {
	for _, e := range list {
		if counts(e) {
			n++
		}
	}
	return n
}

// steps are the events by which a page moves by itself, by page.
func steps(events []branch.Envelope) map[branch.PageID][]string {
	found := map[branch.PageID][]string{}
	for _, env := range events {
		name := env.Event.EventType()
		switch e := env.Event.(type) {
		case paging.PageEscalated:
			found[e.Page] = append(found[e.Page], name)
		case paging.PageAlarmed:
			found[e.Page] = append(found[e.Page], name)
		case paging.PageReopened:
			found[e.Page] = append(found[e.Page], name)
		case paging.PageReminded:
			found[e.Page] = append(found[e.Page], name)
		}
	}
	return found
}

// TestAfterAnyDowntimeEachDueThingHappensOnce counts what a box does in the
// first half minute, in which no page is due for a second time.
func TestAfterAnyDowntimeEachDueThingHappensOnce(t *testing.T) {
	for name, downtime := range map[string]time.Duration{
		"an hour": time.Hour, "a day": 24 * time.Hour, "a month": 31 * 24 * time.Hour, "a year": 366 * 24 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t)
			b := quiet(t, dir, clockAt(t, "2026-11-23 10:00"), carryOver())
			c := gather(b, true)
			second := b.page(branch.ReasonEscort)
			before := b.set.Load().Seq
			b.shut()

			b = quiet(t, dir, b.clock.after(downtime), carryOver())
			defer b.shut()
			b.look()
			if early := steps(b.log(before)); len(early[c.open])+len(early[second]) > 0 {
				t.Errorf("before any pager can have connected: %v", early)
			}
			b.pass(29 * time.Second)
			events := b.log(before)
			for page, story := range map[branch.PageID][]string{
				c.accepted: {"page.reopened"}, c.arrived: {"page.reminded"},
				c.open: {"page.escalated"}, second: {"page.escalated"},
			} {
				if downtime >= 24*time.Hour && story[0] == "page.escalated" {
					story = []string{"page.alarmed"} // the day has ended, and with it everybody's duty
				}
				got := steps(events)[page]
				if page == c.accepted && len(got) == 2 && got[1] == "page.alarmed" {
					got = got[:1] // it opens again to nobody, which is an alarm
				}
				if !slices.Equal(got, story) {
					t.Errorf("%s takes the steps %v, want %v", b.set.Load().Paging.ByID[page].Reason, got, story)
				}
			}
			checkVisitsMoveOnce(t, c, events)
			b.verify()
		})
	}
}

func checkVisitsMoveOnce(t *testing.T, c crowd, events []branch.Envelope) {
	t.Helper()
	moved := map[branch.VisitID]string{}
	for _, env := range events {
		switch e := env.Event.(type) {
		case queue.VisitRemoved:
			moved[e.Visit] += string(e.Cause) + " "
		case queue.VisitReturned:
			moved[e.Visit] += string(e.Cause) + " "
		case queue.VisitRelaxed:
			moved[e.Visit] += "relaxed "
		}
	}
	want := map[branch.VisitID]string{c.away: "away ", c.absent: "grace ", c.parked: "time ", c.stranded: "relaxed "}
	if fmt.Sprint(moved) != fmt.Sprint(want) {
		t.Errorf("visits moved %v, want %v", moved, want)
	}
}

func TestTheDayTurnsOnceHoweverLongTheBoxWasOff(t *testing.T) {
	for name, downtime := range map[string]time.Duration{"a night": 20 * time.Hour, "a month": 31 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t)
			b := quiet(t, dir, clockAt(t, "2026-11-23 10:00"), setup{})
			gather(b, true)
			waiting := len(b.set.Load().Queue.Live)
			before := b.set.Load().Seq
			b.shut()

			b = quiet(t, dir, b.clock.after(downtime), setup{})
			defer b.shut()
			b.look()
			events := b.log(before)
			closed, opened := of[queue.DayClosed](events), of[queue.DayOpened](events)
			if len(closed) != 1 || closed[0].Day != "2026-11-23" || len(opened) != 1 || opened[0].Day != b.today() {
				t.Errorf("closed %v, opened %v", closed, opened)
			}
			if n := len(of[queue.VisitRemoved](events)); n != waiting || len(b.set.Load().Queue.Live) != 0 {
				t.Errorf("%d of %d visits were removed", n, waiting)
			}
			if ticket := b.must(kiosk(), queue.Create{Service: "cash", Language: branch.English}).Answer.Ticket; ticket != "A001" {
				t.Errorf("the first ticket of the day is %s", ticket)
			}
			b.verify()
		})
	}
}

func TestAMonthsFileBeginsWithAllThatWentBefore(t *testing.T) {
	for name, next := range map[string]func(t *testing.T, b *box) *box{
		"while the box runs": func(_ *testing.T, b *box) *box {
			b.pass(time.Hour)
			return b
		},
		"while the box is off": func(t *testing.T, b *box) *box {
			b.shut()
			b = quiet(t, b.cfg.Data, b.clock.after(time.Hour), carryOver())
			b.look()
			return b
		},
	} {
		t.Run(name, func(t *testing.T) {
			// Files are of months in UTC, which begin at eight in the morning here.
			b := quiet(t, folder(t), clockAt(t, "2026-12-01 07:20"), carryOver())
			gather(b, false)
			b = next(t, b)
			defer b.shut()
			files := b.store.Files()
			if len(files) != 2 || files[0].Name != "log/2026-11.db" || files[1].Name != "log/2026-12.db" {
				t.Fatalf("the log has the files %v", files)
			}
			seq, head, err := b.store.Head(files[1].Name)
			if err != nil || seq != files[0].Last || files[1].First != seq+1 || len(head) == 0 {
				t.Errorf("the head is of record %d and %d bytes long, %v; the files are %v", seq, len(head), err, files)
			}
			b.verify()
		})
	}
}
