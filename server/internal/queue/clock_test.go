package queue_test

import (
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
)

func TestAClockJumpChangesNobodysWaitAndFiresNothingEarlyOrTwice(t *testing.T) {
	for _, jump := range []time.Duration{time.Hour, -time.Hour} {
		t.Run(jump.String(), func(t *testing.T) {
			b := newBox(t, policy())
			b.open("counter-1", "counter-2")
			away := b.take().ID
			b.do(kiosk, queue.Away{Visit: away})
			noShow := b.take().ID
			b.callNext("counter-1")
			b.do(counter1, queue.NoShow{Visit: noShow})
			parked := b.take().ID
			b.callNext("counter-1")
			b.do(counter1, queue.Confirm{Visit: parked})
			b.do(counter1, queue.Park{Visit: parked, Minutes: 5})
			called := b.take().ID
			b.callNext("counter-1")
			waiting := b.take(branch.SignLanguage).ID
			expect(t, b.wake(), "visit.stranded")
			b.pass(time.Minute)

			expect(t, b.jump(jump))
			expect(t, b.pass(119*time.Second))
			b.do(counter1, queue.Recall{Visit: called})
			expect(t, b.pass(time.Second), "visit.removed")
			if v := b.visit(noShow); v.State != queue.Removed {
				t.Errorf("the no-show is %s", v.State)
			}
			expect(t, b.pass(2*time.Minute-time.Millisecond))
			expect(t, b.pass(time.Millisecond), "visit.returned", "visit.relaxed")
			if call := b.callNext("counter-2"); call.Visit != parked || call.Reason.Waited != 5*60_000 {
				t.Errorf("called %+v", call)
			}
			b.do(counter2, queue.Cancel{Visit: parked})
			if call := b.callNext("counter-2"); call.Visit != waiting || call.Reason.Waited != 5*60_000 {
				t.Errorf("called %+v", call)
			}
			expect(t, b.pass(15*time.Minute), "visit.removed")
			if v := b.visit(away); v.State != queue.Removed {
				t.Errorf("away is %s", v.State)
			}
		})
	}
}

func TestASmallStepBackIsNoEarlyRecall(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	id := b.take().ID
	b.callNext("counter-1")
	b.jump(-time.Hour)
	if e := b.refused(branch.CodeTooMany, counter1, queue.Recall{Visit: id}); e.RetryAfter != 10*time.Second {
		t.Errorf("retry after %v", e.RetryAfter)
	}
	b.pass(10 * time.Second)
	b.do(counter1, queue.Recall{Visit: id})
}

func TestAJumpKeepsTheOrderOfTheLine(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	first := b.take()
	b.jump(-time.Hour)
	second := b.take()
	if call := b.callNext("counter-1"); call.Visit != first.ID || call.Reason.RunnerUp != second.ID {
		t.Errorf("called %+v", call)
	}
	if wait := b.visit(second.ID).Wait; wait.SaidAt != b.now {
		t.Errorf("promised %+v", wait)
	}
}

func TestAClockSetForwardOverMidnightTurnsTheDayOnce(t *testing.T) {
	b := newBox(t, policy())
	b.at("2026-11-30 23:30")
	b.take()
	expect(t, b.jump(time.Hour), "visit.removed", "day.closed", "day.opened")
	if got := b.module.Model().Day; got != "2026-12-01" {
		t.Errorf("day %s", got)
	}
	b.take()
	// It is set right again: today is not closed, yesterday does not come back,
	// and no number is given twice.
	expect(t, b.jump(-time.Hour))
	if got := b.take(); got.Ticket != "A002" || got.Day != "2026-12-01" {
		t.Errorf("ticket %s of %s", got.Ticket, got.Day)
	}
	expect(t, b.at("2026-12-01 00:00"))
	if got := b.take().Ticket; got != "A003" {
		t.Errorf("ticket %s", got)
	}
	b.do(supervisor, queue.CloseDay{})
	expect(t, b.jump(-time.Hour))
	b.do(supervisor, queue.OpenDay{})
	if got := b.take(); got.Ticket != "A004" || got.Day != "2026-12-01" {
		t.Errorf("ticket %s of %s", got.Ticket, got.Day)
	}
}

func TestAClockThatWasYearsAheadDoublesNoTicket(t *testing.T) {
	b := newBox(t, policy())
	b.take()
	const years = 3650 * 24 * time.Hour
	b.jump(years)
	if got := b.take(); got.Ticket != "A001" || got.Day[:4] != "2036" {
		t.Errorf("ticket %s of %s", got.Ticket, got.Day)
	}
	expect(t, b.jump(-years), "visit.removed", "day.closed", "day.opened")
	if got := b.take(); got.Ticket != "A002" || got.Day != "2026-11-04" {
		t.Errorf("ticket %s of %s", got.Ticket, got.Day)
	}
}

func TestAJumpOverTheEndOfTheHoursClosesTheDay(t *testing.T) {
	b := newBox(t, officeHours())
	b.at("2026-11-04 16:30")
	expect(t, b.jump(time.Hour), "day.closed")
	expect(t, b.jump(-time.Hour), "day.opened")
}
