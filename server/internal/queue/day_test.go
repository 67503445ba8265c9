package queue_test

import (
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
)

// shanghai is an instant by the clock on the branch's wall.
func shanghai(t tester, clock string) branch.Instant {
	t.Helper()
	return wall(t, "Asia/Shanghai", clock)
}

func wall(t tester, zone, clock string) branch.Instant {
	t.Helper()
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", clock, location)
	if err != nil {
		t.Fatal(err)
	}
	return branch.InstantOf(at)
}

// officeHours opens on weekdays from 9 to 12 and from 14 to 17.
func officeHours() queue.Policy {
	p := policy()
	for day := time.Monday; day <= time.Friday; day++ {
		p.Hours = append(p.Hours, queue.Hours{Weekday: day, From: 9 * 60, To: 12 * 60},
			queue.Hours{Weekday: day, From: 14 * 60, To: 17 * 60})
	}
	return p
}

// at lets time go by until the clock on the wall shows this.
func (b *box) at(clock string) []branch.Event {
	b.t.Helper()
	return b.pass(shanghai(b.t, clock).Sub(b.now))
}

func TestAnAlwaysOpenBranchTurnsItsDayAtMidnight(t *testing.T) {
	b := newBox(t, policy())
	b.at("2026-11-30 23:50")
	b.open("counter-1")
	served, waiting := b.take(), b.take()
	b.callNext("counter-1")
	b.do(counter1, queue.Confirm{Visit: served.ID})
	midnight := shanghai(t, "2026-12-01 00:00")
	if b.module.NextWake() != midnight {
		t.Fatalf("wakes at %v, want midnight", b.module.NextWake().Time())
	}
	expect(t, b.at("2026-12-01 00:00"), "visit.removed", "day.closed", "day.opened")
	m := b.module.Model()
	if m.Day != "2026-12-01" || len(m.Live) != 1 {
		t.Errorf("day %s with %d visits", m.Day, len(m.Live))
	}
	if c := b.counter("counter-1"); c.State != queue.CounterOpen || c.Visit != served.ID {
		t.Errorf("counter %+v: it stays open and serves to the end", c)
	}
	if _, ok := b.module.Visit(waiting.ID); ok {
		t.Errorf("%s is still known on the next day", waiting.Ticket)
	}
	b.do(counter1, queue.Finish{Visit: served.ID})
	if got := b.take(); got.Ticket != "A001" || got.Day != "2026-12-01" {
		t.Errorf("first ticket %s of %s", got.Ticket, got.Day)
	}
}

func TestTheDayThatEndsSaysWhyEachVisitWent(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	called, waiting := b.take(), b.take()
	b.callNext("counter-1")
	b.at("2026-11-04 23:45")
	away := b.take(branch.Hearing)
	b.do(kiosk, queue.Away{Visit: away.ID})
	b.now = shanghai(t, "2026-11-05 08:00")
	events := b.wake()
	expect(t, events, "visit.removed", "visit.removed", "day.closed", "day.opened")
	first, second := events[0].(queue.VisitRemoved), events[1].(queue.VisitRemoved)
	if first.Visit != waiting.ID || first.Cause != queue.RemovedDay {
		t.Errorf("removed %+v", first)
	}
	if v := b.visit(called.ID); v.State != queue.Called || v.Counter != "counter-1" {
		t.Errorf("%+v was called, and the day took it away", v)
	}
	if second.Visit != away.ID || second.Cause != queue.RemovedAway || !second.Look {
		t.Errorf("removed %+v: its own time was over", second)
	}
}

func TestCarriedVisitsKeepTheirTicketsAndNobodyElseGetsThem(t *testing.T) {
	p := policy()
	p.CarryOver = true
	b := newBox(t, p)
	b.open("counter-1")
	b.take()
	carried := b.take()
	b.callNext("counter-1")
	expect(t, b.at("2026-11-05 00:00"), "day.closed", "day.opened")
	if got := b.take().Ticket; got != "A003" {
		t.Errorf("ticket %s, while A001 and A002 are still here", got)
	}
	b.do(kiosk, queue.Cancel{Visit: carried.ID})
	if got := b.take().Ticket; got != "A004" {
		t.Errorf("ticket %s, want the next one", got)
	}
	if v := b.visit(carried.ID); v.State != queue.Removed {
		t.Errorf("visit %+v", v)
	}
	b.do(counter1, queue.Cancel{Visit: b.counter("counter-1").Visit})
	expect(t, b.at("2026-11-06 00:00"), "day.closed", "day.opened")
	if got := b.take().Ticket; got != "A001" {
		t.Errorf("ticket %s, want A001: nobody holds it any more", got)
	}
}

func TestTheHoursOpenAndCloseTheDayByThemselves(t *testing.T) {
	b := &box{t: t, module: queue.New(), now: shanghai(t, "2026-11-06 08:30")}
	b.configure(officeHours())
	expect(t, b.wake())
	b.refused(branch.CodeBranchClosed, kiosk, cashTicket())

	expect(t, b.at("2026-11-06 09:00"), "day.opened")
	friday := b.do(kiosk, cashTicket())[0].(queue.VisitCreated)

	expect(t, b.at("2026-11-06 12:30"))
	b.refused(branch.CodeBranchClosed, kiosk, cashTicket())
	if v := b.visit(friday.Visit); v.State != queue.Waiting {
		t.Errorf("over lunch the visit became %s", v.State)
	}
	b.at("2026-11-06 14:00")
	b.do(kiosk, cashTicket())

	expect(t, b.at("2026-11-06 17:00"), "visit.removed", "visit.removed", "day.closed")
	b.refused(branch.CodeBranchClosed, kiosk, cashTicket())
	if monday := shanghai(t, "2026-11-09 09:00"); b.module.NextWake() != monday {
		t.Errorf("opens at %v, want Monday morning", b.module.NextWake().Time())
	}
	expect(t, b.at("2026-11-09 09:00"), "day.opened")
	if e := b.do(kiosk, cashTicket())[0].(queue.VisitCreated); e.Ticket != "A001" || e.Day != "2026-11-09" {
		t.Errorf("created %+v", e)
	}
}

func TestTicketsMayBeTakenOutsideHoursIfThePolicySaysSo(t *testing.T) {
	p := officeHours()
	p.TicketsOutsideHours = true
	b := &box{t: t, module: queue.New(), now: shanghai(t, "2026-11-06 08:30")}
	b.configure(p)
	early := b.do(kiosk, cashTicket())[0].(queue.VisitCreated)
	b.do(kiosk, queue.Cancel{Visit: early.Visit})
	expect(t, b.at("2026-11-06 09:00"), "day.opened")
	if v := b.visit(early.Visit); v.State != queue.Removed {
		t.Errorf("visit %+v: it ended today and is not forgotten", v)
	}
	later := b.do(kiosk, cashTicket())[0].(queue.VisitCreated)
	if early.Ticket != "A001" || later.Ticket != "A002" {
		t.Errorf("tickets %s and %s of one day", early.Ticket, later.Ticket)
	}
}

func TestABranchOpenedByHandTakesTicketsUntilMidnight(t *testing.T) {
	b := &box{t: t, module: queue.New(), now: shanghai(t, "2026-11-06 18:00")}
	b.configure(officeHours())
	expect(t, b.wake())
	b.do(supervisor, queue.OpenDay{})
	b.do(kiosk, cashTicket())
	expect(t, b.at("2026-11-06 23:59"))
	b.do(kiosk, cashTicket())
	expect(t, b.at("2026-11-07 00:00"), "visit.removed", "visit.removed", "day.closed")
}

func TestABranchOpenedEarlyByHandClosesWithItsHours(t *testing.T) {
	b := &box{t: t, module: queue.New(), now: shanghai(t, "2026-11-06 08:00")}
	b.configure(officeHours())
	b.do(supervisor, queue.OpenDay{})
	b.do(kiosk, cashTicket())
	expect(t, b.at("2026-11-06 16:59"))
	expect(t, b.at("2026-11-06 17:00"), "visit.removed", "day.closed")
}

func TestTheTimerDoesNotUndoASupervisor(t *testing.T) {
	for name, p := range map[string]queue.Policy{"always open": policy(), "office hours": officeHours()} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t, p)
			b.do(kiosk, cashTicket())
			expect(t, b.do(supervisor, queue.CloseDay{}), "visit.removed", "day.closed")
			b.refused(branch.CodeWrongState, supervisor, queue.CloseDay{})
			expect(t, b.at("2026-11-04 15:00"))
			b.refused(branch.CodeBranchClosed, kiosk, cashTicket())

			expect(t, b.do(supervisor, queue.OpenDay{}), "day.opened")
			if e := b.refused(branch.CodeWrongState, supervisor, queue.OpenDay{}); e.State != "open" || e.Allowed[0] != "close" {
				t.Errorf("refused with %+v", e)
			}
			if e := b.do(kiosk, cashTicket())[0].(queue.VisitCreated); e.Ticket != "A002" {
				t.Errorf("ticket %s: a number is issued once a day", e.Ticket)
			}
			b.do(supervisor, queue.CloseDay{})
			b.at("2026-11-05 10:00")
			if e := b.do(kiosk, cashTicket())[0].(queue.VisitCreated); e.Ticket != "A001" {
				t.Errorf("ticket %s on the next day", e.Ticket)
			}
		})
	}
}

func TestAWeekOfDowntimeTurnsTheDayOnce(t *testing.T) {
	b := newBox(t, officeHours())
	b.take()
	expect(t, b.at("2026-11-11 10:00"), "visit.removed", "day.closed", "day.opened")
	b.do(supervisor, queue.CloseDay{})
	expect(t, b.at("2026-11-14 10:00"))
	if monday := shanghai(t, "2026-11-16 09:00"); b.module.NextWake() != monday {
		t.Errorf("wakes at %v, want Monday", b.module.NextWake().Time())
	}
}

func TestStartLooksPastAnOpeningThatWasSleptThrough(t *testing.T) {
	b := newBox(t, officeHours())
	b.at("2026-11-04 17:00")
	data := snapshot(t, b.module)
	b.module = queue.New()
	if err := b.module.Restore([]byte(data)); err != nil {
		t.Fatal(err)
	}
	b.now = shanghai(t, "2026-11-05 20:00")
	if events := b.module.Start(b.env()); len(events) != 0 {
		t.Errorf("starts with %v", types(events))
	}
	if friday := shanghai(t, "2026-11-06 09:00"); b.module.NextWake() != friday {
		t.Errorf("wakes at %v, want Friday", b.module.NextWake().Time())
	}
}

func TestADayHas23Or25HoursWhereClocksChange(t *testing.T) {
	for _, c := range []struct {
		zone, noon, day string
		hours           time.Duration
	}{
		{"Europe/Berlin", "2026-03-28 12:00", "2026-03-29", 23 * time.Hour},
		{"Europe/Berlin", "2026-10-24 12:00", "2026-10-25", 25 * time.Hour},
		{"America/Havana", "2026-10-31 12:00", "2026-11-01", 25 * time.Hour},
		{"America/Sao_Paulo", "2018-11-03 12:00", "2018-11-04", 23 * time.Hour},
	} {
		t.Run(c.zone+" "+c.day, func(t *testing.T) {
			p := policy()
			p.TimeZone = c.zone
			b := &box{t: t, module: queue.New(), now: wall(t, c.zone, c.noon)}
			b.configure(p)
			b.wake()
			b.pass(b.module.NextWake().Sub(b.now))
			if m := b.module.Model(); string(m.Day) != c.day {
				t.Fatalf("day %s", m.Day)
			}
			if lasts := b.module.NextWake().Sub(b.now); lasts != c.hours {
				t.Errorf("the day lasts %v, want %v", lasts, c.hours)
			}
		})
	}
}
