package app

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
	"handrail/server/internal/wire"
)

// report reads the figures of a day over the real route; they name nobody.
func (b *box) report(day string) (report wire.DayReport) {
	b.t.Helper()
	text := string(b.get("/api/v1/reports/day/"+day, "demo-supervisor", &report))
	for _, personal := range []string{`"v_`, `"p_`, `"li"`, `"papers"`, `"A0`, "kiosk"} {
		if strings.Contains(text, personal) || len(needsIn(text)) > 0 {
			b.t.Errorf("the report tells %s: %s", personal, text)
		}
	}
	return report
}

// morning is a morning with two people who are served, one who goes, one who
// does not come, and a call for help.
func morning(b *box) {
	b.t.Helper()
	b.opened("counter-1", "counter-2")
	b.onDuty("li")
	first := b.ticket("cash")
	second := b.must(kiosk(), queue.Create{Service: "cash", Class: branch.Caring, Language: branch.English}).Answer.Visit
	b.must(kiosk(), queue.Cancel{Visit: b.ticket("cash", branch.LargePrint)})
	b.pass(5 * time.Minute)
	b.served("counter-1", first)
	b.pass(4 * time.Minute)
	b.must(supervisor(), queue.Finish{Visit: first, Next: "personal"})
	b.pass(time.Minute)
	b.served("counter-1", first)
	b.served("counter-2", second)
	b.pass(2 * time.Minute)
	b.must(supervisor(), queue.Park{Visit: second, Minutes: 30, Reason: "papers"})
	b.must(supervisor(), queue.Finish{Visit: first})
	b.must(supervisor(), queue.Return{Visit: second, Position: queue.First})
	b.pass(time.Minute)
	b.served("counter-2", second)
	b.pass(6 * time.Minute)
	b.must(supervisor(), queue.Finish{Visit: second})
	third := b.ticket("cash")
	b.called("counter-1", third)
	b.must(supervisor(), queue.NoShow{Visit: third})
	page := b.page(branch.ReasonHelp)
	b.must(pager("li"), paging.Receive{Page: page, Step: 1})
	if b.page(branch.ReasonHelp) != page {
		b.t.Errorf("a second press is another page")
	}
	b.pass(10 * time.Second)
	b.must(pager("li"), paging.Accept{Page: page})
	b.pass(20 * time.Second)
	b.must(pager("li"), paging.Arrive{Page: page})
}

// figuresOfTheMorning are worked out by hand. Of the three waits of 0, 300 and
// 600 seconds the second visit's is the longest; it was served for 2 and 6
// minutes, the first one for 4 at one service and 2 at the next.
func figuresOfTheMorning(day string) wire.DayReport {
	return wire.DayReport{
		Day: day, Tickets: 4, Served: 2, Cancelled: 1, NoShows: 1,
		Hours:          []wire.DayHour{{Hour: 10, Tickets: 4, Calls: 5, Served: 2}},
		Waits:          wire.DayWaits{Count: 3, MedianSeconds: 300, P90Seconds: 600, LongestSeconds: 600},
		WaitsByService: []wire.ServiceWait{{Service: "cash", DayWaits: wire.DayWaits{Count: 3, MedianSeconds: 300, P90Seconds: 600, LongestSeconds: 600}}},
		WaitsByClass: []wire.ClassWait{
			{Class: "caring", TargetSeconds: 900, Within: 1, DayWaits: wire.DayWaits{Count: 1, MedianSeconds: 600, P90Seconds: 600, LongestSeconds: 600}},
			{Class: "ordinary", TargetSeconds: 1800, Within: 1, DayWaits: wire.DayWaits{Count: 2, P90Seconds: 300, LongestSeconds: 300}},
		},
		Services: []wire.ServiceTime{{Service: "cash", Served: 2, MedianSeconds: 240, MeanSeconds: 360},
			{Service: "personal", Served: 1, MedianSeconds: 120, MeanSeconds: 120}},
		Counters: []wire.CounterTime{{Counter: "counter-1", Served: 1, MedianSeconds: 360, MeanSeconds: 360},
			{Counter: "counter-2", Served: 1, MedianSeconds: 480, MeanSeconds: 480}},
		Pages: wire.DayPages{Raised: 1, Delivered: 1, Accepted: 1, Arrived: 1, Merged: 1,
			ToAccepted: wire.PageReach{P50Ms: 10_000, P95Ms: 10_000}, ToArrived: wire.PageReach{P50Ms: 30_000, P95Ms: 30_000},
			Levels: []wire.PageLevel{{Level: 0, Pages: 1}}},
	}
}

// TestADaysFiguresAreThoseOfItsLog asks a whole box in the middle of the day,
// later, after a restart, and on another day.
func TestADaysFiguresAreThoseOfItsLog(t *testing.T) {
	dir := folder(t)
	b := serve(t, dir, clockAt(t, "2026-11-23 10:00"), setup{})
	if early := b.report("2026-11-23"); early.Tickets != 0 || early.Hours == nil || early.Services == nil {
		t.Errorf("before anybody came the report is %+v", early)
	}
	morning(b)
	want := figuresOfTheMorning("2026-11-23")
	check := func(when string) {
		t.Helper()
		if got := b.report("2026-11-23"); !reflect.DeepEqual(got, want) {
			t.Errorf("%s the report is\n%+v, want\n%+v", when, got, want)
		}
	}
	check("on the day")
	b.shut()

	b = serve(t, dir, b.clock.after(time.Minute), setup{})
	check("after a restart")
	b.ticket("loans")
	want.Tickets, want.Hours[0].Tickets = 5, 5
	check("after one more ticket")

	b.leap(24 * time.Hour)
	defer b.shut()
	next := b.report("2026-11-24")
	if next.Tickets != 0 || next.Removed+b.report("2026-11-23").Removed == 0 {
		t.Errorf("the day after has %+v", next)
	}
	want.Removed = b.report("2026-11-23").Removed
	want.Hours = b.report("2026-11-23").Hours
	check("on the day after")
	for day, code := range map[string]branch.Code{
		"2026-11-22": branch.CodeNotFound, "2026-11-25": branch.CodeNotFound, "1970-01-01": branch.CodeNotFound,
		"today": branch.CodeInvalid, "2026-11-31": branch.CodeInvalid, "2026-11-3": branch.CodeInvalid, "%20": branch.CodeInvalid,
	} {
		r, err := b.send(http.MethodGet, "/api/v1/reports/day/"+day, "demo-supervisor", nil)
		var problem wire.Problem
		if err != nil || json.Unmarshal(r.body, &problem) != nil || problem.Code != string(code) {
			t.Errorf("%s is answered %d %s (%v), want %s", day, r.status, r.body, err, code)
		}
	}
}

// TestADayThatLiesInTwoFilesIsReportedWhole begins a day in Shanghai, where files
// of the log change at eight in the morning.
func TestADayThatLiesInTwoFilesIsReportedWhole(t *testing.T) {
	b := quiet(t, folder(t), clockAt(t, "2026-11-30 23:30"), carryOver())
	defer b.shut()
	late := b.ticket("cash") // is served the day after
	b.leap(8*time.Hour + 15*time.Minute)
	b.ticket("cash")
	b.opened("counter-1")
	b.pass(30 * time.Minute)
	b.served("counter-1", late)
	b.pass(time.Minute)
	b.must(supervisor(), queue.Finish{Visit: late})
	for range 2 { // as the current day, and as one that is over
		report, err := reads{b.App}.Report(t.Context(), "2026-12-01")
		if err != nil || len(b.store.Files()) != 2 {
			t.Fatalf("%v; the files are %v", err, b.store.Files())
		}
		if report.Tickets != 1 || report.Served != 1 || len(report.Services) != 1 || report.Services[0].Service != "cash" ||
			report.Services[0].MeanSeconds != 60 || report.Waits.LongestSeconds != int64((8*time.Hour+45*time.Minute)/time.Second) {
			t.Errorf("the day has %+v", report)
		}
		b.leap(24 * time.Hour)
	}
}
