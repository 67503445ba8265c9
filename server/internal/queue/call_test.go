package queue_test

import (
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
)

func TestACallSaysWhyThisPersonWasNext(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	ordinary := b.take()
	b.pass(10 * time.Minute)
	caring := b.takeFor("cash", branch.Caring)
	b.pass(14 * time.Minute)
	third := b.take()

	call := b.callNext("counter-1")
	want := queue.Reason{Rule: queue.RulePriority, Class: branch.Caring, Waited: 14 * 60_000, Target: 15 * 60_000,
		Score: 56 * 60_000, RunnerUp: ordinary.ID, Overtook: 1}
	if call.Visit != caring.ID || call.Reason != want {
		t.Errorf("called %s because %+v, want %s because %+v", call.Visit, call.Reason, caring.ID, want)
	}
	if stored := b.visit(caring.ID); *stored.Reason != want || stored.CalledAt != b.now || stored.Counter != "counter-1" {
		t.Errorf("stored %+v", stored)
	}
	b.do(counter1, queue.NoShow{Visit: caring.ID})

	b.pass(6 * time.Minute)
	call = b.callNext("counter-1")
	want = queue.Reason{Rule: queue.RuleGuard, Class: branch.Ordinary, Waited: 30 * 60_000, Target: 30 * 60_000,
		Score: 30 * 60_000, RunnerUp: third.ID}
	if call.Visit != ordinary.ID || call.Reason != want {
		t.Errorf("called %s because %+v, want %s because %+v", call.Visit, call.Reason, ordinary.ID, want)
	}
	b.do(counter1, queue.NoShow{Visit: ordinary.ID})

	call = b.callNext("counter-1")
	if call.Visit != third.ID || call.Reason.Rule != queue.RuleOnly || call.Reason.RunnerUp != "" {
		t.Errorf("called %s because %+v", call.Visit, call.Reason)
	}
}

func TestASupervisorsCallIsExplainedAgainstTheRule(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	first := b.take()
	b.pass(time.Minute)
	second, third := b.take(), b.take()
	e := b.do(supervisor, queue.Call{Counter: "counter-1", Visit: third.ID, Why: "baby cries"})[0].(queue.VisitCalled)
	want := queue.Reason{Rule: queue.RuleManual, Class: branch.Ordinary, Target: 30 * 60_000,
		RunnerUp: first.ID, Overtook: 2, Why: "baby cries"}
	if e.Reason != want {
		t.Errorf("reason %+v, want %+v", e.Reason, want)
	}
	b.do(counter1, queue.Cancel{Visit: third.ID})
	e = b.do(supervisor, queue.Call{Counter: "counter-1", Visit: first.ID, Why: "no matter"})[0].(queue.VisitCalled)
	if e.Reason.RunnerUp != second.ID || e.Reason.Overtook != 0 {
		t.Errorf("reason %+v", e.Reason)
	}
}

func TestASupervisorMayCallWhomTheCounterIsNotFor(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	id := b.takeFor("pension", "").ID
	b.do(supervisor, queue.Call{Counter: "counter-1", Visit: id, Why: "we can help"})
}

func TestTheNextThreeAreTheNextThreeCalls(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	for range 3 {
		b.take()
		b.pass(2 * time.Minute)
		b.takeFor("cash", branch.Caring)
		b.pass(time.Minute)
	}
	b.takeFor("pension", "")
	preview := b.module.Model().Next(b.now, "counter-1", 6)
	if len(preview) != 6 {
		t.Fatalf("%d choices, want 6", len(preview))
	}
	for i, choice := range preview {
		call := b.callNext("counter-1")
		if call.Visit != choice.Visit.ID || call.Reason != choice.Reason {
			t.Errorf("call %d: %s because %+v; shown %s because %+v",
				i, call.Visit, call.Reason, choice.Visit.ID, choice.Reason)
		}
		b.do(counter1, queue.Cancel{Visit: call.Visit})
	}
	if got := b.module.Model().Next(b.now, "counter-9", 3); got != nil {
		t.Errorf("an unknown counter calls %v", got)
	}
}

func TestACaringCounterTakesCaringVisitsFirstUntilAPromiseIsBroken(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-2")
	ordinary := b.take()
	b.pass(29 * time.Minute)
	caring := b.takeFor("cash", branch.Caring)
	if call := b.callNext("counter-2"); call.Visit != caring.ID || call.Reason.Overtook != 1 {
		t.Errorf("called %+v", call)
	}
	b.do(counter2, queue.Away{Visit: caring.ID})
	b.do(counter2, queue.Back{Visit: caring.ID})
	b.pass(time.Minute)
	if call := b.callNext("counter-2"); call.Visit != ordinary.ID || call.Reason.Rule != queue.RuleGuard {
		t.Errorf("called %+v", call)
	}
}

func TestTiesGoToTheSmallerID(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	first, second := b.take(), b.take()
	if call := b.callNext("counter-1"); call.Visit != first.ID || call.Reason.RunnerUp != second.ID {
		t.Errorf("called %s, then %s", call.Visit, call.Reason.RunnerUp)
	}
}

func TestNeedsAreMetByOneOfTheRequiredAbilities(t *testing.T) {
	p := policy()
	p.Requires[branch.Hearing] = []branch.Ability{"hearing-loop", "sound-focuser"}
	p.Counters[0].Abilities = []branch.Ability{"cash", "sound-focuser"}
	b := newBox(t, p)
	id := b.take(branch.Hearing, branch.LargePrint).ID
	m := b.module.Model()
	if got := m.Next(b.now, "counter-2", 1); len(got) != 0 {
		t.Errorf("counter-2 has neither, but calls %v", got)
	}
	if got := m.Next(b.now, "counter-1", 1); len(got) != 1 || got[0].Visit.ID != id {
		t.Errorf("counter-1 has one, but calls %v", got)
	}
}

func TestAwayKeepsThePlaceAndParkedDoesNotWait(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	away := b.take()
	b.do(kiosk, queue.Away{Visit: away.ID})
	b.pass(10 * time.Minute)
	later := b.take()
	if events := b.module.Model().Next(b.now, "counter-1", 2); len(events) != 1 {
		t.Fatalf("who is away is called: %v", events)
	}
	b.do(kiosk, queue.Back{Visit: away.ID})
	if call := b.callNext("counter-1"); call.Visit != away.ID || call.Reason.Waited != 10*60_000 {
		t.Errorf("called %+v", call)
	}
	b.do(counter1, queue.Confirm{Visit: away.ID})
	b.do(counter1, queue.Park{Visit: away.ID, Minutes: 60})
	if call := b.callNext("counter-1"); call.Visit != later.ID || call.Reason.Rule != queue.RuleOnly {
		t.Errorf("called %+v", call)
	}
}

func TestAReturnGoesFirstOrLast(t *testing.T) {
	for position, firstCalled := range map[queue.Position]bool{queue.First: true, queue.Last: false} {
		b, id := visitIn(t, queue.NoShowed)
		b.take()
		b.pass(time.Minute)
		b.do(counter1, queue.Return{Visit: id, Position: position})
		if got := b.callNext("counter-1").Visit == id; got != firstCalled {
			t.Errorf("returned %s, called first: %v", position, got)
		}
	}
}
