package paging_test

import (
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/paging"
)

// connected returns a box with these people on duty, each with a socket.
func connected(t *testing.T, on ...branch.Actor) *box {
	b := crewed(t, on...)
	for _, by := range on {
		b.do(branch.Box(), paging.Connect{Staff: by.Staff})
	}
	return b
}

func TestAStartSaysThatEveryoneHasLeft(t *testing.T) {
	b := connected(t, li, zhao)
	b.do(branch.Box(), paging.Connect{Staff: "sun"})
	seen := len(b.log)
	b.restart(time.Minute)
	var left []branch.Event
	for _, env := range b.log[seen:] {
		left = append(left, env.Event)
	}
	b.expect(left, "staff.left", "staff.left", "staff.left")
	b.expectDuty("li", "zhao")
	b.expect(b.do(branch.Box(), paging.Connect{Staff: "li"}), "staff.connected")
}

func TestAfterDowntimeAnOverduePageTakesOneStep(t *testing.T) {
	b := connected(t, li, zhao)
	b.raise(kiosk1, help)
	b.restart(time.Hour)
	b.do(branch.Box(), paging.Connect{Staff: "li"})
	b.expect(b.pass(0), "escalated to level 1 loop 0, next in 30s", "step 2 level 1 tells [li zhao]")
	b.expect(b.pass(29 * time.Second))
}

func TestOfOverduePagesTheLongestOverdueGoesFirst(t *testing.T) {
	b := connected(t, li, zhao)
	patient := b.raise(kiosk1, paging.Raise{Reason: branch.ReasonFall})
	urgent := b.raise(kiosk1, help)
	b.restart(time.Hour)
	b.now = b.now.Add(10 * time.Second)
	events := b.wake()
	first, second := events[0].(paging.PageEscalated).Page, events[2].(paging.PageEscalated).Page
	if first != urgent || second != patient {
		t.Errorf("%s went first, then %s", first, second)
	}
}

func TestAfterDowntimeAnAcceptedPageOpensOnce(t *testing.T) {
	b := connected(t, li, zhao)
	b.do(li, paging.Accept{Page: b.raise(kiosk1, help)})
	b.restart(time.Hour)
	b.expect(b.pass(0), "reopened after li at level 1, next in 30s", "step 2 level 1 tells [li zhao]")
}

func TestAfterAStartNoPageEscalatesForWantOfSockets(t *testing.T) {
	b := connected(t, li, zhao)
	b.raise(kiosk1, help)
	b.restart(time.Minute)
	if got := b.m.NextWake().Sub(b.now); got != 10*time.Second {
		t.Errorf("the module wakes in %s, want 10s", got)
	}
	if events := b.m.Wake(b.env()); len(events) > 0 {
		t.Errorf("woken early it decides %d events", len(events))
	}
	b.do(branch.Box(), paging.Connect{Staff: "zhao"})
	b.expect(b.pass(10*time.Second-1), []string(nil)...)
	b.expect(b.pass(time.Millisecond), "escalated to level 1 loop 0, next in 30s", "step 2 level 1 tells [li zhao]")
}

func TestAfterAStartTheAlarmDoesNotWaitForSockets(t *testing.T) {
	b := crewed(t)
	b.raise(kiosk1, help)
	b.restart(time.Minute)
	b.expect(b.pass(0), "alarm step 2 tells [] and the hall, next in 1m0s")
}

func TestAClockThatJumpsMovesDueTimes(t *testing.T) {
	for _, jump := range []time.Duration{time.Hour, -time.Hour} {
		b := crewed(t, li, zhao)
		b.raise(kiosk1, help)
		b.pass(10 * time.Second)
		b.now = b.now.Add(jump)
		b.apply(branch.Box(), branch.ClockJumped{DeltaMillis: jump.Milliseconds()})
		b.expect(b.pass(20*time.Second-time.Millisecond), []string(nil)...)
		b.expect(b.pass(time.Millisecond), "escalated to level 1 loop 0, next in 30s", "step 2 level 1 tells [li zhao]")
	}
}

func TestAClockThatJumpsMovesTheGraceAfterAStart(t *testing.T) {
	b := connected(t, li)
	b.raise(kiosk1, help)
	b.restart(time.Minute)
	b.now = b.now.Add(time.Hour)
	b.apply(branch.Box(), branch.ClockJumped{DeltaMillis: time.Hour.Milliseconds()})
	if got := b.m.NextWake().Sub(b.now); got != 10*time.Second {
		t.Errorf("the module wakes in %s, want 10s", got)
	}
}

func TestADueTimeSurvivesAnyJump(t *testing.T) {
	b := crewed(t, li)
	id := b.raise(kiosk1, help)
	due := b.page(id).DueAt
	b.apply(branch.Box(), branch.ClockJumped{DeltaMillis: -int64(due)})
	if b.page(id).DueAt.IsZero() || b.m.NextWake().IsZero() {
		t.Error("an open page has lost its due time")
	}
}

func TestEndedPagesAreFoundUntilTheDayChanges(t *testing.T) {
	b := crewed(t, li)
	ended, open := b.raise(kiosk1, help), b.raise(kiosk1, help)
	b.do(kiosk1, paging.Cancel{Page: ended})
	if b.m.Model().ByID[ended] == nil || len(b.m.Model().Pages) != 1 {
		t.Error("a page that ended today is not found")
	}
	b.pass(time.Minute)
	b.apply(boss, foreign("day.opened"))
	if b.m.Model().ByID[ended] != nil || b.m.Model().ByID[open] == nil {
		t.Error("the new day does not begin with the open pages alone")
	}
}

func TestEndedPagesAreForgottenAfterADay(t *testing.T) {
	b := crewed(t, li)
	old := b.raise(kiosk1, help)
	b.do(kiosk1, paging.Cancel{Page: old})
	b.now = b.now.Add(24 * time.Hour)
	b.raise(kiosk1, help)
	b.page(old)
	b.now = b.now.Add(time.Millisecond)
	b.raise(kiosk1, help)
	if _, found := b.m.Page(old); found {
		t.Error("a page that ended more than a day ago is still kept")
	}
}

func TestAButtonThatIsPlayedWithDoesNotFillTheMemory(t *testing.T) {
	b := crewed(t)
	for range 1200 {
		b.do(kiosk1, paging.Cancel{Page: b.raise(kiosk1, help)})
	}
	if n := len(b.m.Model().ByID); n != 1000 {
		t.Errorf("%d ended pages are kept, want the latest 1000", n)
	}
}
