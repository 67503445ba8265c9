package queue_test

import (
	"slices"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
)

// once asserts that exactly one event is due, after late even more time, and
// that it is not due a moment earlier nor again.
func once[E branch.Event](t *testing.T, b *box, due, late time.Duration) E {
	t.Helper()
	expect(t, b.pass(due-time.Millisecond))
	if want := b.now + 1; b.module.NextWake() != want {
		t.Fatalf("wakes at %v, want %v", b.module.NextWake().Time(), want.Time())
	}
	events := b.pass(time.Millisecond + late)
	if len(events) != 1 {
		t.Fatalf("%v are due, want one", types(events))
	}
	expect(t, b.pass(0))
	event, ok := events[0].(E)
	if !ok {
		t.Fatalf("%T is due", events[0])
	}
	return event
}

func TestAPlaceIsKeptUntilTheAwayLimit(t *testing.T) {
	for _, late := range []time.Duration{0, time.Hour} {
		b, id := visitIn(t, queue.AwayFor)
		e := once[queue.VisitRemoved](t, b, 20*time.Minute-10*time.Second, late)
		if e.Visit != id || e.Cause != queue.RemovedAway || e.Look {
			t.Errorf("removed %+v", e)
		}
		if v := b.visit(id); v.State != queue.Removed || v.EndedAt != b.now || v.Due != 0 {
			t.Errorf("visit %+v", v)
		}
	}
}

func TestSomebodyLooksForWhoeverStaysAwayWithANeedThatExplainsIt(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-2")
	b.do(kiosk, queue.Away{Visit: b.take(branch.Hearing).ID})
	if e := once[queue.VisitRemoved](t, b, 20*time.Minute, 0); !e.Look {
		t.Errorf("removed %+v", e)
	}
}

func TestBackInTimeStopsTheAwayLimit(t *testing.T) {
	b, id := visitIn(t, queue.AwayFor)
	b.do(kiosk, queue.Back{Visit: id})
	expect(t, b.pass(time.Hour))
}

func TestAParkedVisitComesBackAtItsTimeWithItsPlace(t *testing.T) {
	b, id := visitIn(t, queue.Parked)
	queued := b.visit(id).QueuedAt
	e := once[queue.VisitReturned](t, b, 5*time.Minute-10*time.Second, 30*time.Minute)
	if e.Visit != id || e.Cause != queue.ReturnTime || e.QueuedAt != queued {
		t.Errorf("returned %+v", e)
	}
	if v := b.visit(id); v.State != queue.Waiting || v.Due != 0 || v.Recalls != 0 || v.Call != "" {
		t.Errorf("visit %+v", v)
	}
}

func TestANoShowMayReturnDuringItsGrace(t *testing.T) {
	for _, c := range []struct {
		needs []branch.Need
		grace time.Duration
		look  bool
	}{
		{nil, 3 * time.Minute, false},
		{[]branch.Need{branch.LargePrint}, 3 * time.Minute, false},
		{[]branch.Need{branch.LargePrint, branch.Hearing}, 6 * time.Minute, true},
	} {
		b := newBox(t, policy())
		b.open("counter-1")
		id := b.take(c.needs...).ID
		b.callNext("counter-1")
		e := b.do(counter1, queue.NoShow{Visit: id})[0].(queue.VisitNoShow)
		if e.Look != c.look || e.Until != b.now.Add(c.grace) || e.EndedCall() == "" {
			t.Errorf("no-show %+v with %v", e, c.needs)
		}
		removed := once[queue.VisitRemoved](t, b, c.grace, 0)
		if removed.Cause != queue.RemovedGrace || removed.Look {
			t.Errorf("removed %+v: the look was asked for with the no-show", removed)
		}
		b.refused(branch.CodeWrongState, supervisor, queue.Return{Visit: id, Position: queue.First})
	}
}

func TestAVisitNobodyCanServeIsStrandedAtOnceAndThenRelaxed(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	id := b.take(branch.Wheelchair, branch.SignLanguage).ID
	events := b.wake()
	expect(t, events, "visit.stranded")
	want := []branch.Ability{"low", "sign-language"}
	if e := events[0].(queue.VisitStranded); e.Visit != id || !slices.Equal(e.Lacking, want) {
		t.Errorf("stranded %+v, want lacking %v", e, want)
	}
	if v := b.visit(id); v.StrandedAt != b.now {
		t.Errorf("visit %+v", v)
	}
	expect(t, b.do(counter1, queue.CallNext{Counter: "counter-1"}))
	e := once[queue.VisitRelaxed](t, b, 5*time.Minute, time.Hour)
	if e.Visit != id || b.visit(id).RelaxedAt != b.now {
		t.Errorf("relaxed %+v", e)
	}
	if b.callNext("counter-1").Visit != id {
		t.Error("a relaxed visit is called at any counter")
	}
	if v := b.visit(id); v.RelaxedAt == 0 {
		t.Error("whoever helps there must see that the call was relaxed")
	}
}

func TestNobodyIsStrandedBeforeACounterIsStaffed(t *testing.T) {
	b := newBox(t, policy())
	b.take(branch.Wheelchair)
	other := b.take()
	expect(t, b.pass(time.Hour))
	b.open("counter-1")
	expect(t, b.wake(), "visit.stranded")
	b.do(counter1, queue.CloseCounter{Counter: "counter-1"})
	b.do(kiosk, queue.Away{Visit: other.ID})
	expect(t, b.pass(time.Hour), "visit.removed")
	b.do(counter1, queue.OpenCounter{Counter: "counter-1"})
	expect(t, b.wake(), "visit.relaxed")
}

func TestAPausedCounterThatCanServeIsGoodEnough(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1", "counter-2")
	b.do(counter2, queue.PauseCounter{Counter: "counter-2"})
	b.take(branch.Wheelchair)
	expect(t, b.pass(time.Hour))
	b.do(counter2, queue.CloseCounter{Counter: "counter-2"})
	expect(t, b.wake(), "visit.stranded")
}

func TestACounterThatCanServeEndsTheStranding(t *testing.T) {
	low := queue.LoseAbility{Counter: "counter-2", Ability: "low", Device: "lift"}
	for name, rescue := range map[string]branch.Command{
		"by opening":   queue.OpenCounter{Counter: "counter-2"},
		"by its staff": queue.OpenCounter{Counter: "counter-3", Staff: "li"},
		"by a device":  queue.RestoreAbility(low),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t, policy())
			b.open("counter-1")
			need := branch.Wheelchair
			switch name {
			case "by its staff":
				need = branch.SignLanguage
			case "by a device":
				b.open("counter-2")
				b.do(branch.Box(), low)
			}
			id := b.takeFor("pension", "", need).ID
			expect(t, b.wake(), "visit.stranded")
			b.pass(4 * time.Minute)
			b.do(supervisor, rescue)
			if v := b.visit(id); v.StrandedAt != 0 {
				t.Errorf("still stranded: %+v", v)
			}
			expect(t, b.pass(time.Hour))
		})
	}
}

func TestALostAbilityStrandsWhoNeedsIt(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1", "counter-2")
	b.take(branch.Wheelchair)
	b.take()
	expect(t, b.wake())
	b.do(branch.Box(), queue.LoseAbility{Counter: "counter-2", Ability: "low", Device: "lift"})
	expect(t, b.wake(), "visit.stranded")
}

func TestWhoIsSentToACounterThatClosesIsStranded(t *testing.T) {
	b, id := visitIn(t, queue.Serving)
	b.do(counter1, queue.Transfer{Visit: id, Counter: "counter-2"})
	expect(t, b.wake())
	b.do(counter2, queue.CloseCounter{Counter: "counter-2"})
	events := b.wake()
	expect(t, events, "visit.stranded")
	if e := events[0].(queue.VisitStranded); len(e.Lacking) != 0 {
		t.Errorf("no ability is lacking, only the counter: %+v", e)
	}
	expect(t, b.pass(5*time.Minute), "visit.relaxed")
	if b.callNext("counter-1").Visit != id {
		t.Error("nobody is eligible nowhere")
	}
}
