package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
)

// crowd is a branch in which everything that has a due time is under way.
type crowd struct {
	waiting, away, parked, absent, stranded branch.VisitID
	open, accepted, arrived                 branch.PageID
}

// gather fills the branch. Without anybody on duty every page is an alarm, which
// the end of a day does not change.
func gather(b *box, duty bool) (c crowd) {
	b.t.Helper()
	b.opened("counter-1", "counter-2")
	if duty {
		b.onDuty("li", "lobby")
	}
	c.parked, c.absent = b.ticket("cash"), b.ticket("cash", branch.ReadAloud)
	b.pass(90 * time.Second)
	c.waiting, c.away = b.ticket("cash"), b.ticket("cash")
	c.stranded = b.ticket("loans", branch.Wheelchair)
	b.served("counter-1", c.parked)
	b.called("counter-2", c.absent)
	c.accepted, c.arrived = b.page(branch.ReasonWater), b.page(branch.ReasonReading)
	b.must(pager("li"), paging.Accept{Page: c.arrived})
	b.must(pager("li"), paging.Arrive{Page: c.arrived})
	b.pass(20 * time.Second)
	b.must(counter("counter-1"), queue.Park{Visit: c.parked, Minutes: 20})
	b.must(counter("counter-2"), queue.NoShow{Visit: c.absent})
	b.must(kiosk(), queue.Away{Visit: c.away})
	b.must(pager("li"), paging.Accept{Page: c.accepted})
	c.open = b.page(branch.ReasonHelp)
	b.pass(10 * time.Second)
	return c
}

// story tells what happened after a moment, and how long after, by the clock
// that never jumps. Ids, which are random, become their order of appearance.
func story(events []branch.Envelope, since branch.Instant) (lines []string) {
	names := map[string]string{}
	name := func(id string) string {
		if names[id] == "" {
			names[id] = fmt.Sprint("page ", len(names))
		}
		return names[id]
	}
	for _, env := range events {
		about := ""
		switch e := env.Event.(type) {
		case branch.ClockJumped, queue.DayOpened, queue.DayClosed:
			continue
		case paging.PageAlarmed:
			about = name(string(e.Page))
		case paging.PageEscalated:
			about = name(string(e.Page)) + fmt.Sprint(" to ", e.Level)
		case paging.PageReopened:
			about = name(string(e.Page))
		case queue.VisitRemoved:
			about = string(e.Ticket) + " " + string(e.Cause)
		case queue.VisitReturned:
			about = string(e.Ticket) + " " + string(e.Cause)
		case queue.VisitRelaxed:
			about = string(e.Ticket)
		}
		lines = append(lines, fmt.Sprintln(env.At.Sub(since), env.Event.EventType(), about))
	}
	return lines
}

// waits says for how long everybody has been in the line, and has asked for help.
func waits(b *box) (lines []string) {
	set := b.set.Load()
	for _, v := range set.Queue.Live {
		lines = append(lines, fmt.Sprintln(v.Ticket, v.State, b.clock.now().Sub(v.QueuedAt), b.clock.now().Sub(v.CreatedAt)))
	}
	for _, p := range set.Paging.Pages {
		lines = append(lines, fmt.Sprintln(p.Reason, p.Status, b.clock.now().Sub(p.RaisedAt)))
	}
	return lines
}

// live is a stretch of a branch's day; its clock jumps at the beginning.
func live(t *testing.T, from string, jump time.Duration, duty bool) (what, waiting []string) {
	t.Helper()
	b := quiet(t, folder(t), clockAt(t, from), setup{yaml: demoBut("dayEnd: close", "dayEnd: carry-over")})
	defer b.shut()
	gather(b, duty)
	before := b.set.Load().Seq
	start := b.clock.now().Add(jump)
	if jump != 0 {
		b.jump(jump)
	}
	told := of[branch.ClockJumped](b.log(before))
	if jump != 0 && (len(told) != 1 || told[0].Delta() != jump) {
		t.Errorf("a jump of %v is told as %v", jump, told)
	}
	b.pass(21 * time.Minute)
	b.verify()
	events := b.log(before)
	if again := of[branch.ClockJumped](events); len(again) > len(told) {
		t.Errorf("the jump is told again: %v", again)
	}
	return story(events, start), waits(b)
}

// TestAJumpOfTheClockChangesNothingThatIsUnderWay compares each stretch with the
// same one without a jump: what happens, when, and who has waited how long.
func TestAJumpOfTheClockChangesNothingThatIsUnderWay(t *testing.T) {
	type outcome struct{ what, waiting []string }
	want := map[bool]outcome{}
	for _, duty := range []bool{true, false} {
		what, waiting := live(t, "2026-11-23 10:00", 0, duty)
		want[duty] = outcome{what, waiting}
	}
	for name, day := range map[string]struct {
		from string
		jump time.Duration
		duty bool
	}{
		"an hour ahead":            {"2026-11-23 10:00", time.Hour, true},
		"an hour back":             {"2026-11-23 10:00", -time.Hour, true},
		"a minute and a bit ahead": {"2026-11-23 10:00", 61 * time.Second, true},
		"ahead over midnight":      {"2026-11-23 23:25", time.Hour, false},
		"back over midnight":       {"2026-11-24 00:10", -time.Hour, false},
		"ahead into the month":     {"2026-11-30 23:25", time.Hour, false},
		"back out of the month":    {"2026-12-01 00:10", -time.Hour, false},
		// Log files are of months in UTC, which begin at eight in the morning here.
		"ahead into a new file": {"2026-12-01 07:25", time.Hour, true},
		"back out of a file":    {"2026-12-01 08:10", -time.Hour, true},
		"back out of the year":  {"2027-01-01 08:10", -time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			what, waiting := live(t, day.from, day.jump, day.duty)
			if want := want[day.duty].what; !slices.Equal(what, want) {
				t.Errorf("with the jump:\n%swithout it:\n%s", strings.Join(what, ""), strings.Join(want, ""))
			}
			if want := want[day.duty].waiting; !slices.Equal(waiting, want) {
				t.Errorf("with the jump:\n%swithout it:\n%s", strings.Join(waiting, ""), strings.Join(want, ""))
			}
		})
	}
}

// TestWhatTheJumpsAreComparedWithIsRight holds that story against the due times
// of the demo branch.
func TestWhatTheJumpsAreComparedWithIsRight(t *testing.T) {
	what, _ := live(t, "2026-11-23 10:00", 0, false)
	for _, line := range []string{
		"9m50s visit.removed A002 grace\n", "14m50s visit.removed A004 away\n", "19m50s visit.returned A001 time\n",
		"9m30s page.reminded \n", "4m50s page.reopened page 3\n",
	} {
		if n := strings.Count(strings.Join(what, ""), line); n != 1 {
			t.Errorf("%q stands %d times in\n%s", line, n, strings.Join(what, ""))
		}
	}
}

func TestADayTurnsOnceWhenTheClockJumpsOverMidnight(t *testing.T) {
	for name, day := range map[string]struct {
		from           string
		jump           time.Duration
		closed, opened int
	}{
		"ahead":             {"2026-11-30 23:25", time.Hour, 1, 1},
		"back":              {"2026-12-01 00:10", -time.Hour, 0, 0},
		"ahead by two days": {"2026-11-30 23:25", 48 * time.Hour, 1, 1},
		"back by a month":   {"2026-12-01 00:10", -31 * 24 * time.Hour, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			b := quiet(t, folder(t), clockAt(t, day.from), setup{})
			defer b.shut()
			gather(b, false)
			before := b.set.Load().Seq
			b.jump(day.jump)
			for range 10 {
				b.look()
			}
			events := b.log(before)
			closed, opened := of[queue.DayClosed](events), of[queue.DayOpened](events)
			if len(closed) != day.closed || len(opened) != day.opened {
				t.Errorf("closed %v, opened %v", closed, opened)
			}
			if ended := of[queue.VisitRemoved](events); len(ended) != 5*day.closed {
				t.Errorf("removed %v", ended)
			}
			b.verify()
		})
	}
}

func TestADriftOfAMinuteIsNoJump(t *testing.T) {
	b := quiet(t, folder(t), clockAt(t, "2026-11-23 10:00"), setup{})
	defer b.shut()
	for _, drift := range []time.Duration{60 * time.Second, -2 * time.Minute} {
		b.jump(drift)
	}
	if told := of[branch.ClockJumped](b.log(0)); told != nil {
		t.Errorf("told as %v", told)
	}
	b.jump(-time.Second)
	if told := of[branch.ClockJumped](b.log(0)); len(told) != 1 || told[0].Delta() != -61*time.Second {
		t.Errorf("a second more is told as %v", told)
	}
}
