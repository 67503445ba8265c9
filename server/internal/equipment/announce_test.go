package equipment

import (
	"testing"
	"time"

	"handrail/server/internal/branch"
)

func TestCallsAreSaidOneAtATimeInOrder(t *testing.T) {
	b := newBench(t, testPolicy())
	b.call("main", 1)
	b.call("main", 2)
	b.call("side", 3)
	wantIDs(t, "main", b.zone("main").Pending, "c_1:speaking c_2:waiting ")
	wantIDs(t, "side", b.zone("side").Pending, "c_3:speaking ")

	b.now = b.now.Add(time.Second)
	wantEvents(t, b.must(Announced{Call: "c_1"}), CallAnnounced{Call: "c_1", Zone: "main"})
	wantIDs(t, "main", b.zone("main").Pending, "c_2:speaking ")
	if got := b.zone("main").Head().HeadAt; got != b.now {
		t.Errorf("the next call is at the head since %d, want %d", got, b.now)
	}
	wantIDs(t, "recent", b.zone("main").Recent, "c_2:speaking c_1:done ")
}

func TestOnlyTheHeadCanBeAnnounced(t *testing.T) {
	b := newBench(t, testPolicy())
	b.call("main", 1)
	b.call("main", 2)
	_, err := b.do(Announced{Call: "c_2"})
	wantCode(t, err, branch.CodeWrongState)
	_, err = b.do(Announced{Call: "c_9"})
	wantCode(t, err, branch.CodeNotFound)
	b.must(Announced{Call: "c_1"})
	_, err = b.do(Announced{Call: "c_1"})
	wantCode(t, err, branch.CodeNotFound)
	b.must(Announced{Call: "c_2"})
}

func TestAHallSpeaksForItsOwnZoneOnly(t *testing.T) {
	b := newBench(t, testPolicy())
	b.call("side", 1)
	_, err := b.doAs(branch.Actor{Role: branch.RoleHall, Place: "hall-1"}, Announced{Call: "c_1"})
	wantCode(t, err, branch.CodeForbidden)
	events, err := b.doAs(branch.Actor{Role: branch.RoleHall, Place: "hall-2"}, Announced{Call: "c_1"})
	wantCode(t, err, "")
	wantEvents(t, events, CallAnnounced{Call: "c_1", Zone: "side"})
}

func TestASilentSinkLosesItsTurnAndTheNextCallFollows(t *testing.T) {
	b := newBench(t, testPolicy())
	b.call("main", 1)
	b.call("main", 2)
	wantEvents(t, b.pass(11*time.Second-time.Millisecond))
	wantEvents(t, b.pass(time.Millisecond), CallUnspoken{Call: "c_1", Zone: "main", Cause: UnspokenTimeout})
	wantIDs(t, "main", b.zone("main").Pending, "c_2:speaking ")
	wantIDs(t, "recent", b.zone("main").Recent, "c_2:speaking c_1:unspoken ")
	wantEvents(t, b.pass(11*time.Second-time.Millisecond))
	wantEvents(t, b.pass(time.Millisecond), CallUnspoken{Call: "c_2", Zone: "main", Cause: UnspokenTimeout})
	if next := b.m.NextWake(); !next.IsZero() {
		t.Errorf("with nothing to say it wakes at %d", next)
	}
}

func TestAfterALongDowntimeOneHeadAZoneTimesOut(t *testing.T) {
	b := newBench(t, testPolicy())
	b.call("main", 1)
	b.call("main", 2)
	b.call("side", 3)
	wantEvents(t, b.pass(24*time.Hour),
		CallUnspoken{Call: "c_1", Zone: "main", Cause: UnspokenTimeout},
		CallUnspoken{Call: "c_3", Zone: "side", Cause: UnspokenTimeout})
	wantIDs(t, "main", b.zone("main").Pending, "c_2:speaking ")
}

func TestAfterAStartTheHeadHasItsFullTimeAgain(t *testing.T) {
	b := newBench(t, testPolicy())
	b.call("main", 1)
	b.now = b.now.Add(time.Hour)
	b.start()
	wantEvents(t, b.pass(11*time.Second-time.Millisecond))
	wantEvents(t, b.pass(time.Millisecond), CallUnspoken{Call: "c_1", Zone: "main", Cause: UnspokenTimeout})
}

func TestACallThatIsOverLeavesSilently(t *testing.T) {
	tests := []struct {
		name, drop, left string
	}{
		{"before its turn", "c_2", "c_1:speaking c_3:waiting "},
		{"while it is being said", "c_1", "c_2:speaking c_3:waiting "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t, testPolicy())
			for n := range 3 {
				b.call("main", n+1)
			}
			call := branch.CallID(test.drop)
			wantEvents(t, b.must(DropCall{Call: call}), CallUnspoken{Call: call, Zone: "main", Cause: UnspokenMoot})
			wantIDs(t, "main", b.zone("main").Pending, test.left)
			wantEvents(t, b.must(DropCall{Call: call}))
		})
	}
}

func TestWhoHasComeIsNotCalledByAnEarlierCallEither(t *testing.T) {
	b := newBench(t, testPolicy())
	b.call("main", 1)
	b.call("main", 2)
	b.apply(called{branch.Announcement{Call: "c_2again", Zone: "main", Visit: "v_2", Recall: 1}})
	wantIDs(t, "recent", b.zone("main").Recent, "c_2again:waiting c_1:speaking ")
	wantEvents(t, b.must(DropCall{Call: "c_2again"}),
		CallUnspoken{Call: "c_2", Zone: "main", Cause: UnspokenMoot},
		CallUnspoken{Call: "c_2again", Zone: "main", Cause: UnspokenMoot})
	wantIDs(t, "main", b.zone("main").Pending, "c_1:speaking ")
}

func TestAnAcceptedAlarmAndItsRepetitionsLeaveTogether(t *testing.T) {
	b := newBench(t, testPolicy())
	b.call("main", 1)
	for _, call := range []branch.CallID{"c_a", "c_b"} {
		b.apply(alarmed{branch.Announcement{Call: call, Zone: "main", Page: "p_1", Place: "kiosk-1"}})
	}
	b.must(DropCall{Call: "c_b"})
	wantIDs(t, "main", b.zone("main").Pending, "c_1:speaking ")
	wantIDs(t, "recent", b.zone("main").Recent, "c_1:speaking ")
}

func TestAnAnnouncementWithoutACallOrAZoneIsIgnored(t *testing.T) {
	b := newBench(t, testPolicy())
	before := b.m.Model()
	b.apply(alarmed{branch.Announcement{Zone: "main", Page: "p_1"}},
		called{branch.Announcement{Call: "c_1", Zone: "attic", Visit: "v_1"}})
	if b.m.Model() != before {
		t.Error("the model changed")
	}
	if b.m.Pending("c_1") {
		t.Error("c_1 is pending nowhere")
	}
	b.call("main", 1)
	if !b.m.Pending("c_1") {
		t.Error("c_1 is not pending")
	}
}

func TestTheHallShowsTheLastSixVisitsEachWithItsNewestCall(t *testing.T) {
	b := newBench(t, testPolicy())
	for n := range 7 {
		b.call("main", n+1)
		b.must(Announced{Call: callID(n + 1)})
	}
	b.apply(called{branch.Announcement{Call: "c_3again", Zone: "main", Visit: "v_3", Recall: 1}})
	wantIDs(t, "recent", b.zone("main").Recent,
		"c_3again:speaking c_7:done c_6:done c_5:done c_4:done c_2:done ")
	if got := b.zone("main").Recent[0].Recall; got != 1 {
		t.Errorf("recall %d, want 1", got)
	}
}

func TestTheNextDayBeginsWithoutYesterdaysCalls(t *testing.T) {
	b := newBench(t, testPolicy())
	b.call("main", 1)
	b.call("main", 2)
	b.must(Announced{Call: "c_1"})
	b.apply(dayClosed{})
	wantIDs(t, "recent", b.zone("main").Recent, "c_2:speaking ")
	wantIDs(t, "main", b.zone("main").Pending, "c_2:speaking ")
}

func TestAClockJumpNeitherFiresNorExtendsAnAnnouncement(t *testing.T) {
	for _, jump := range []time.Duration{time.Hour, -time.Hour} {
		t.Run(jump.String(), func(t *testing.T) {
			b := newBench(t, testPolicy())
			b.call("main", 1)
			b.now = b.now.Add(5*time.Second + jump)
			b.apply(branch.ClockJumped{DeltaMillis: jump.Milliseconds()})
			wantEvents(t, b.pass(6*time.Second-time.Millisecond))
			wantEvents(t, b.pass(time.Millisecond), CallUnspoken{Call: "c_1", Zone: "main", Cause: UnspokenTimeout})
		})
	}
}

func TestTheSinkOfAZone(t *testing.T) {
	b := newBench(t, testPolicy())
	if z, found := b.m.Model().Zone("side"); !found || z.Spec.Hall != "hall-2" {
		t.Errorf("side: %+v, %v", z, found)
	}
	if z, found := b.m.Model().Zone("attic"); found {
		t.Errorf("attic: %+v", z)
	}
}

func TestWhatWasPublishedNeverChanges(t *testing.T) {
	b := newBench(t, testPolicy())
	b.call("main", 1)
	b.call("main", 2)
	b.apply(created{branch.Slip{Visit: "v_1", Kiosk: "kiosk-1"}}, created{branch.Slip{Visit: "v_2", Kiosk: "kiosk-1"}})
	model, frozen := b.m.Model(), b.m.Snapshot()
	before, err := frozen()
	if err != nil {
		t.Fatal(err)
	}
	b.must(DropCall{Call: "c_1"})
	b.must(PrintedSlip{Visit: "v_2", Device: "printer-1"})
	b.must(PrintedSlip{Visit: "v_1", Device: "printer-1"})
	b.apply(created{branch.Slip{Visit: "v_3", Kiosk: "kiosk-1"}})
	b.must(ReportHealth{Device: "loop-1", Health: Failed})
	b.call("main", 3)

	if after, err := frozen(); err != nil || string(after) != string(before) {
		t.Errorf("a frozen snapshot changed:\n%s\n%s (%v)", before, after, err)
	}
	z, _ := model.Zone("main")
	wantIDs(t, "main", z.Pending, "c_1:speaking c_2:waiting ")
	if slips := model.Slips["printer-1"]; len(slips) != 2 || slips[0].Visit != "v_1" || slips[1].Visit != "v_2" {
		t.Errorf("slips %v", slips)
	}
	if d, _ := model.Device("loop-1"); d.Health != Unknown {
		t.Errorf("loop-1 is %s", d.Health)
	}
}
