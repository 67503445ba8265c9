package queue_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
)

func TestAVisitAtACounterThatIsNoMoreConfiguredWaitsAgainAtItsPlace(t *testing.T) {
	for _, state := range []queue.State{queue.Called, queue.Serving} {
		b, id := visitIn(t, state)
		queued := b.visit(id).QueuedAt
		p := policy()
		p.Counters = p.Counters[1:]
		b.configure(p)
		if v := b.visit(id); v.State != queue.Waiting || v.Counter != "" || v.QueuedAt != queued {
			t.Errorf("%s became %+v", state, v)
		}
		b.refused(branch.CodeNotFound, counter1, queue.CallNext{Counter: "counter-1"})
		if b.callNext("counter-2").Visit != id {
			t.Error("nobody calls it")
		}
	}
}

func TestATransferToACounterThatIsNoMoreConfiguredIsOpenToAll(t *testing.T) {
	b, id := visitIn(t, queue.Serving)
	b.do(counter1, queue.Transfer{Visit: id, Counter: "counter-3"})
	p := policy()
	p.Counters = p.Counters[:2]
	b.configure(p)
	if b.callNext("counter-2").Visit != id {
		t.Error("nobody calls it")
	}
}

func TestANewConfigurationKeepsWhatGoesOnAtTheCounters(t *testing.T) {
	b, id := visitIn(t, queue.Serving)
	b.do(branch.Box(), queue.LoseAbility{Counter: "counter-2", Ability: "low", Device: "lift"})
	p := policy()
	p.Counters = append(p.Counters, queue.CounterSpec{ID: "counter-4", Zone: "main"})
	slices.Reverse(p.Counters)
	p.Counters[2].Abilities = append(p.Counters[2].Abilities, "hearing-loop")
	b.pass(time.Minute)
	b.configure(p)
	ids := []branch.CounterID{}
	for _, c := range b.module.Model().Counters {
		ids = append(ids, c.ID)
	}
	if !slices.Equal(ids, []branch.CounterID{"counter-4", "counter-3", "counter-2", "counter-1"}) {
		t.Errorf("counters %v are not in configured order", ids)
	}
	if c := b.counter("counter-1"); c.State != queue.CounterOpen || c.Visit != id {
		t.Errorf("counter %+v", c)
	}
	if c := b.counter("counter-2"); !slices.Equal(c.Abilities, []branch.Ability{"cash", "caring", "hearing-loop"}) {
		t.Errorf("abilities %v", c.Abilities)
	}
	if c := b.counter("counter-4"); c.State != queue.CounterClosed {
		t.Errorf("counter %+v", c)
	}
}

func TestAServiceThatIsNoMoreConfiguredStrandsItsVisits(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1", "counter-2")
	id := b.takeFor("pension", "").ID
	p := policy()
	p.Services = p.Services[:1]
	b.configure(p)
	expect(t, b.wake(), "visit.stranded")
	expect(t, b.pass(5*time.Minute), "visit.relaxed")
	if b.callNext("counter-1").Visit != id {
		t.Error("nobody is eligible nowhere")
	}
}

func TestUnreadableConfigurationChangesNothing(t *testing.T) {
	b := newBox(t, policy())
	b.take()
	before := snapshot(t, b.module)
	for _, policies := range []map[string]json.RawMessage{nil, {"queue": json.RawMessage(`{"services":7}`)}} {
		b.apply(branch.Box(), branch.ConfigApplied{Policies: policies})
	}
	if after := snapshot(t, b.module); after != before {
		t.Errorf("state changed from\n%s\nto\n%s", before, after)
	}
}

func TestNewHoursMoveTheEndOfTheDay(t *testing.T) {
	b := newBox(t, officeHours())
	p := officeHours()
	for i := range p.Hours {
		if p.Hours[i].To == 17*60 {
			p.Hours[i].To = 15 * 60
		}
	}
	b.at("2026-11-04 16:00")
	b.configure(p)
	expect(t, b.wake(), "day.closed")
	p.Hours = nil
	b.configure(p)
	expect(t, b.wake(), "day.opened")
}
