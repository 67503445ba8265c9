package history

import (
	"reflect"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
)

// shanghai is eight hours ahead of UTC all year.
func shanghai() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// diary is a log written by hand.
type diary struct {
	t      *testing.T
	events []branch.Envelope
}

// on writes what happened at a time of the wall clock, "2026-11-23 09:00:00".
func (d *diary) on(clock string, events ...branch.Event) {
	d.t.Helper()
	at, err := time.ParseInLocation(time.DateTime, clock, shanghai())
	if err != nil {
		d.t.Fatal(err)
	}
	for _, e := range events {
		d.events = append(d.events, branch.Envelope{Seq: uint64(len(d.events) + 1), At: branch.InstantOf(at), Event: e})
	}
}

// at is on for the day of most tests.
func (d *diary) at(clock string, events ...branch.Event) {
	d.t.Helper()
	d.on("2026-11-23 "+clock, events...)
}

func (d *diary) figures(day branch.Day) Figures {
	d.t.Helper()
	fold := NewDay(day, shanghai(), 0)
	for _, env := range d.events {
		fold.Take(env)
	}
	figures, ok := fold.Figures()
	if !ok {
		d.t.Fatalf("there is nothing of %s", day)
	}
	return figures
}

func came(visit branch.VisitID, service branch.ServiceID) branch.Event {
	return queue.VisitCreated{Visit: visit, Service: service, Needs: []branch.Need{branch.Hearing}}
}

// called is a call after a wait, by a class with its target of that moment.
func called(visit branch.VisitID, counter branch.CounterID, class branch.Class, waited, target time.Duration) branch.Event {
	return queue.VisitCalled{Visit: visit, Counter: counter,
		Reason: queue.Reason{Class: class, Waited: waited.Milliseconds(), Target: target.Milliseconds()}}
}

func confirmed(visit branch.VisitID, counter branch.CounterID) branch.Event {
	return queue.VisitConfirmed{Visit: visit, Counter: counter}
}

func finished(visit branch.VisitID, next branch.ServiceID) branch.Event {
	return queue.VisitFinished{Visit: visit, Next: next}
}

// wants fails unless two figures of one kind are equal.
func wants[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %+v, want %+v", what, got, want)
	}
}

const (
	ordinaryTarget = 30 * time.Minute
	caringTarget   = 15 * time.Minute
)

// busyDay is a day of six visits.
func busyDay(t *testing.T) *diary {
	d := &diary{t: t}
	d.at("09:00:00", queue.DayOpened{Day: "2026-11-23"}, came("v_1", "cash"), came("v_2", "cash"))
	d.at("09:10:00", came("v_3", "loans"))
	d.at("09:50:00", came("v_4", "cash"), came("v_5", "loans"), came("v_6", "cash"))
	d.at("09:05:00", called("v_1", "counter-1", branch.Ordinary, 5*time.Minute, ordinaryTarget))
	d.at("09:06:00", confirmed("v_1", "counter-1"))
	d.at("09:16:00", finished("v_1", ""))
	d.at("09:40:00", called("v_2", "counter-1", branch.Ordinary, 40*time.Minute, ordinaryTarget))
	d.at("09:41:00", queue.VisitRecalled{Visit: "v_2", Counter: "counter-1", Recall: 1}, confirmed("v_2", "counter-1"))
	d.at("10:01:00", finished("v_2", ""))
	d.at("09:20:00", called("v_3", "counter-2", branch.Caring, 10*time.Minute, caringTarget))
	d.at("09:20:00", confirmed("v_3", "counter-2"))
	d.at("12:00:00", finished("v_3", ""))
	d.at("10:10:00", called("v_4", "counter-1", branch.Caring, 20*time.Minute, caringTarget))
	d.at("10:12:00", queue.VisitNoShow{Visit: "v_4", Counter: "counter-1"})
	d.at("10:22:00", queue.VisitRemoved{Visit: "v_4", Cause: queue.RemovedGrace})
	d.at("10:23:00", queue.VisitCancelled{Visit: "v_5"})
	d.at("17:00:00", queue.VisitRemoved{Visit: "v_6", Cause: queue.RemovedDay}, queue.DayClosed{Day: "2026-11-23"})
	return d
}

func TestTheVisitsOfADayAreCountedAndTimed(t *testing.T) {
	f := busyDay(t).figures("2026-11-23")
	wants(t, "the counts", []int{f.Tickets, f.Served, f.Cancelled, f.NoShows, f.Removed}, []int{6, 3, 1, 1, 2})
	wants(t, "the hours", f.Hours, []Hour{{9, 6, 3, 1}, {10, 0, 1, 1}, {11, 0, 0, 0}, {12, 0, 0, 1}})
	// The waits are 5, 10, 20 and 40 minutes.
	wants(t, "all waits", f.Waits, Waits{4, 10 * time.Minute, 40 * time.Minute, 40 * time.Minute})
	wants(t, "the waits by class", f.WaitsByClass, []ClassWaits{
		{branch.Caring, caringTarget, 1, Waits{2, 10 * time.Minute, 20 * time.Minute, 20 * time.Minute}},
		{branch.Ordinary, ordinaryTarget, 1, Waits{2, 5 * time.Minute, 40 * time.Minute, 40 * time.Minute}},
	})
	wants(t, "the waits by service", f.WaitsByService, []ServiceWaits{
		{"cash", Waits{3, 20 * time.Minute, 40 * time.Minute, 40 * time.Minute}},
		{"loans", Waits{1, 10 * time.Minute, 10 * time.Minute, 10 * time.Minute}},
	})
	wants(t, "the services", f.Services, []ServiceTimes{
		{"cash", Times{2, 10 * time.Minute, 15 * time.Minute}}, {"loans", Times{1, 160 * time.Minute, 160 * time.Minute}},
	})
	wants(t, "the counters", f.Counters, []CounterTimes{
		{"counter-1", Times{2, 10 * time.Minute, 15 * time.Minute}}, {"counter-2", Times{1, 160 * time.Minute, 160 * time.Minute}},
	})
}

// TestAVisitThatIsSetAsideSentOnAndComesBackCountsOnce lets one visit be served
// at two counters for three services, with a no-show between.
func TestAVisitThatIsSetAsideSentOnAndComesBackCountsOnce(t *testing.T) {
	d := &diary{t: t}
	d.at("09:00:00", came("v_1", "cash"))
	d.at("09:10:00", called("v_1", "counter-1", branch.Ordinary, 10*time.Minute, ordinaryTarget), confirmed("v_1", "counter-1"))
	d.at("09:14:00", queue.VisitParked{Visit: "v_1", Counter: "counter-1"})
	d.at("09:30:00", queue.VisitReturned{Visit: "v_1", Cause: queue.ReturnTime})
	d.at("09:31:00", called("v_1", "counter-1", branch.Ordinary, time.Minute, ordinaryTarget))
	d.at("09:32:00", queue.VisitNoShow{Visit: "v_1", Counter: "counter-1"}, queue.VisitReturned{Visit: "v_1", Cause: queue.ReturnAsked})
	d.at("09:33:00", called("v_1", "counter-1", branch.Ordinary, time.Minute, ordinaryTarget))
	d.at("09:34:00", queue.VisitNoShow{Visit: "v_1", Counter: "counter-1"}, queue.VisitReturned{Visit: "v_1", Cause: queue.ReturnAsked})
	d.at("09:40:00", called("v_1", "counter-1", branch.Ordinary, 40*time.Minute, ordinaryTarget), confirmed("v_1", "counter-1"))
	d.at("09:42:00", queue.VisitTransferred{Visit: "v_1", Counter: "counter-1", Service: "loans"})
	d.at("09:50:00", called("v_1", "counter-2", branch.Ordinary, 50*time.Minute, ordinaryTarget), confirmed("v_1", "counter-2"))
	d.at("10:00:00", finished("v_1", "cards"))
	d.at("10:05:00", called("v_1", "counter-2", branch.Ordinary, 5*time.Minute, ordinaryTarget), confirmed("v_1", "counter-2"))
	d.at("10:20:00", finished("v_1", ""))
	f := d.figures("2026-11-23")
	wants(t, "the counts", []int{f.Tickets, f.Served, f.Cancelled, f.NoShows, f.Removed}, []int{1, 1, 0, 1, 0})
	wants(t, "the hours", f.Hours, []Hour{{9, 1, 5, 0}, {10, 0, 1, 1}})
	wants(t, "the waits", f.Waits, Waits{1, 10 * time.Minute, 10 * time.Minute, 10 * time.Minute})
	once := func(d time.Duration) Times { return Times{1, d, d} }
	wants(t, "the services", f.Services, []ServiceTimes{
		{"cards", once(15 * time.Minute)}, {"cash", once(6 * time.Minute)}, {"loans", once(10 * time.Minute)}})
	wants(t, "the counters", f.Counters, []CounterTimes{{"counter-1", once(6 * time.Minute)}, {"counter-2", once(25 * time.Minute)}})
}

func TestADayEndsAtMidnightOfTheBranch(t *testing.T) {
	d := &diary{t: t}
	d.on("2026-11-22 23:50:00", came("v_1", "cash"), came("v_2", "loans"))
	d.on("2026-11-22 23:55:00", called("v_1", "counter-1", branch.Ordinary, 5*time.Minute, ordinaryTarget), confirmed("v_1", "counter-1"))
	d.on("2026-11-22 23:59:59", paging.PageRaised{Page: "p_1"})
	d.on("2026-11-23 00:00:00", came("v_3", "cash"))
	d.on("2026-11-23 00:05:00", finished("v_1", ""), paging.PageAccepted{Page: "p_1"})
	d.on("2026-11-23 00:10:00", called("v_2", "counter-1", branch.Ordinary, 20*time.Minute, ordinaryTarget))
	d.on("2026-11-23 23:59:59", queue.VisitCancelled{Visit: "v_2"})
	d.on("2026-11-24 00:00:00", queue.VisitCancelled{Visit: "v_3"})

	before, day, after := d.figures("2026-11-22"), d.figures("2026-11-23"), d.figures("2026-11-24")
	wants(t, "the tickets", []int{before.Tickets, day.Tickets, after.Tickets}, []int{2, 1, 0})
	wants(t, "the served", []int{before.Served, day.Served, after.Served}, []int{0, 1, 0})
	wants(t, "the cancelled", []int{before.Cancelled, day.Cancelled, after.Cancelled}, []int{0, 1, 1})
	wants(t, "the hours before", before.Hours, []Hour{{23, 2, 1, 0}})
	wants(t, "the hours of the day", day.Hours, []Hour{{0, 1, 1, 1}})
	wants(t, "what was served across midnight", day.Services, []ServiceTimes{{"cash", Times{1, 10 * time.Minute, 10 * time.Minute}}})
	wants(t, "the wait across midnight", day.WaitsByService, []ServiceWaits{{"loans", Waits{1, 20 * time.Minute, 20 * time.Minute, 20 * time.Minute}}})
	wants(t, "the pages", []int{before.Pages.Raised, before.Pages.Accepted, day.Pages.Raised, day.Pages.Accepted}, []int{1, 0, 0, 1})
	if _, ok := NewDay("2026-11-25", shanghai(), 0).Figures(); ok {
		t.Error("a day of which nothing is known has figures")
	}
}

func TestTheZoneDecidesWhichDayItIs(t *testing.T) {
	d := &diary{t: t}
	d.on("2026-11-23 07:00:00", came("v_1", "cash")) // 23:00 of the day before in Greenwich
	fold := NewDay("2026-11-22", time.UTC, 0)
	fold.Take(d.events[0])
	figures, _ := fold.Figures()
	wants(t, "the hours in Greenwich", figures.Hours, []Hour{{23, 1, 0, 0}})
	wants(t, "the hours in Shanghai", d.figures("2026-11-23").Hours, []Hour{{7, 1, 0, 0}})
}

func TestThePagesOfADayAreCountedAndTimed(t *testing.T) {
	plan := func(start int) paging.Plan { return paging.Plan{Start: start} }
	d := &diary{t: t}
	d.at("09:00:00", paging.PageRaised{Page: "p_1", Plan: plan(0)}, paging.PageNotified{Page: "p_1", Step: 1})
	d.at("09:00:01", paging.PageDelivered{Page: "p_1", Step: 1, Staff: "li"})
	d.at("09:00:05", paging.PageRepeated{Page: "p_1", Count: 2}, paging.PageRepeated{Page: "p_1", Count: 3})
	d.at("09:00:09", paging.PageDelivered{Page: "p_1", Step: 1, Staff: "wang"}) // not the first
	d.at("09:00:10", paging.PageAccepted{Page: "p_1", Staff: "li"})
	d.at("09:02:10", paging.PageReopened{Page: "p_1", Staff: "li", Level: 1})
	d.at("09:02:20", paging.PageAccepted{Page: "p_1", Staff: "wang"}) // not the first
	d.at("09:03:00", paging.PageArrived{Page: "p_1", Staff: "wang"})
	d.at("09:05:00", paging.PageClosed{Page: "p_1", Outcome: paging.OutcomeHelped})

	d.at("10:00:00", paging.PageRaised{Page: "p_2", Plan: plan(2)})
	d.at("10:00:30", paging.PageEscalated{Page: "p_2", Level: 3}, paging.PageNotified{Page: "p_2", Step: 2, Level: 3})
	d.at("10:01:00", paging.PageEscalated{Page: "p_2", Level: 0, Loop: 1}, paging.PageAlarmed{Page: "p_2"})
	d.at("10:02:00", paging.PageAlarmed{Page: "p_2"})
	d.at("10:02:20", paging.PageDelivered{Page: "p_2", Step: 3}, paging.PageAccepted{Page: "p_2"})
	d.at("10:03:00", paging.PageCancelled{Page: "p_2"})

	d.at("11:00:00", paging.PageRaised{Page: "p_3"})
	d.at("11:00:03", paging.PageDelivered{Page: "p_3", Step: 1}, paging.PageNotified{Page: "p_3", Step: 2, Level: 1})
	d.at("11:00:20", paging.PageAccepted{Page: "p_3"})
	d.at("11:00:40", paging.PageArrived{Page: "p_3"})

	wants(t, "the pages", d.figures("2026-11-23").Pages, Pages{
		Raised: 3, Delivered: 3, Accepted: 3, Arrived: 2, Alarmed: 1, Merged: 2,
		ToDelivered: Reach{3 * time.Second, 140 * time.Second}, ToAccepted: Reach{20 * time.Second, 140 * time.Second},
		ToArrived: Reach{40 * time.Second, 180 * time.Second},
		Levels:    []LevelPages{{1, 2}, {3, 1}},
	})
}

func TestAJumpOfTheClockMakesNothingLongerOrShorter(t *testing.T) {
	d := &diary{t: t}
	d.at("09:00:00", came("v_1", "cash"), confirmed("v_1", "counter-1"), paging.PageRaised{Page: "p_1"})
	d.at("09:00:10", branch.ClockJumped{DeltaMillis: (2 * time.Hour).Milliseconds()})
	d.at("11:00:30", finished("v_1", ""), paging.PageAccepted{Page: "p_1"})
	f := d.figures("2026-11-23")
	wants(t, "the times", f.Services, []ServiceTimes{{"cash", Times{1, 30 * time.Second, 30 * time.Second}}})
	wants(t, "the reach", f.Pages.ToAccepted, Reach{30 * time.Second, 30 * time.Second})
}

func TestTheOrderOfReadingIsThatOfTheLogAndNothingIsTakenTwice(t *testing.T) {
	d := busyDay(t)
	whole, pieces := d.figures("2026-11-23"), NewDay("2026-11-23", shanghai(), 0)
	for _, upto := range []int{3, 9, len(d.events)} {
		for _, env := range d.events[:upto] { // each piece begins at the beginning again
			pieces.Take(env)
		}
	}
	figures, _ := pieces.Figures()
	wants(t, "the figures in pieces", figures, whole)
	wants(t, "the cursor", pieces.Cursor(), uint64(len(d.events)))
	late := NewDay("2026-11-23", shanghai(), 3)
	for _, env := range d.events {
		late.Take(env)
	}
	behind, _ := late.Figures()
	// Of the visits that came before, the service is not known, but the wait is.
	if behind.Tickets != 4 || behind.Waits != whole.Waits || behind.WaitsByService[0].Count != 1 || len(behind.Services) != 1 {
		t.Errorf("a fold that begins behind two tickets has %+v", behind)
	}
}

func TestAQuantileIsTheNearestRank(t *testing.T) {
	var hundred spread
	for i := range 100 {
		hundred = append(hundred, time.Duration(i+1))
	}
	for _, test := range []struct {
		of      spread
		percent int
		want    time.Duration
	}{
		{nil, 50, 0}, {spread{7}, 50, 7}, {spread{7}, 95, 7}, {spread{1, 2}, 50, 1}, {spread{1, 2, 3}, 50, 2},
		{hundred, 50, 50}, {hundred, 90, 90}, {hundred, 95, 95}, {hundred, 100, 100},
	} {
		if got := test.of.quantile(test.percent); got != test.want {
			t.Errorf("%d %% of %d are within %d, want %d", test.percent, len(test.of), got, test.want)
		}
	}
}
