package queue_test

import (
	"slices"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
)

func TestEveryCounterVerbInEveryState(t *testing.T) {
	commands := map[string]branch.Command{
		"open":  queue.OpenCounter{Counter: "counter-1"},
		"pause": queue.PauseCounter{Counter: "counter-1", Reason: "tea"},
		"close": queue.CloseCounter{Counter: "counter-1"},
	}
	paths := map[queue.CounterState][]string{
		queue.CounterClosed: {},
		queue.CounterOpen:   {"open"},
		queue.CounterPaused: {"open", "pause"},
	}
	lead := map[queue.CounterState]map[string]queue.CounterState{
		queue.CounterClosed: {"open": queue.CounterOpen},
		queue.CounterOpen:   {"pause": queue.CounterPaused, "close": queue.CounterClosed},
		queue.CounterPaused: {"open": queue.CounterOpen, "close": queue.CounterClosed},
	}
	allowed := map[queue.CounterState][]string{
		queue.CounterClosed: {"open"},
		queue.CounterOpen:   {"call", "call-next", "close", "pause"},
		queue.CounterPaused: {"close", "open"},
	}
	for state, path := range paths {
		for verb, command := range commands {
			t.Run(string(state)+" "+verb, func(t *testing.T) {
				b := newBox(t, policy())
				for _, step := range path {
					b.do(counter1, commands[step])
				}
				want, ok := lead[state][verb]
				if !ok {
					refusal := b.refused(branch.CodeWrongState, counter1, command)
					if refusal.State != string(state) || !slices.Equal(refusal.Allowed, allowed[state]) {
						t.Errorf("refused with %s, allowed %q", refusal.State, refusal.Allowed)
					}
					return
				}
				b.do(counter1, command)
				c := b.counter("counter-1")
				if c.State != want || c.Since != b.now || (c.Reason == "tea") != (want == queue.CounterPaused) {
					t.Errorf("counter %+v, want %s", c, want)
				}
			})
		}
	}
}

func TestACounterThatIsNotOpenCallsNobody(t *testing.T) {
	b := newBox(t, policy())
	id := b.take().ID
	refuse := func() {
		t.Helper()
		b.refused(branch.CodeCounterClosed, counter1, queue.CallNext{Counter: "counter-1"})
		b.refused(branch.CodeCounterClosed, supervisor, queue.Call{Counter: "counter-1", Visit: id, Why: "now"})
	}
	refuse()
	b.open("counter-1")
	b.do(counter1, queue.PauseCounter{Counter: "counter-1"})
	refuse()
	b.do(counter1, queue.OpenCounter{Counter: "counter-1"})
	b.callNext("counter-1")
}

func TestACounterWithAVisitIsBusy(t *testing.T) {
	for _, state := range []queue.State{queue.Called, queue.Serving} {
		b, id := visitIn(t, state)
		other := b.take().ID
		for _, cmd := range []branch.Command{
			queue.CallNext{Counter: "counter-1"},
			queue.Call{Counter: "counter-1", Visit: other, Why: "now"},
			queue.PauseCounter{Counter: "counter-1"},
			queue.CloseCounter{Counter: "counter-1"},
		} {
			b.refused(branch.CodeCounterBusy, supervisor, cmd)
		}
		b.do(counter1, queue.Transfer{Visit: id, Service: "pension"})
		b.do(counter1, queue.PauseCounter{Counter: "counter-1"})
		b.do(counter1, queue.CloseCounter{Counter: "counter-1"})
	}
}

func TestCallingWhenNobodyWaitsIsNoEvent(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	b.takeFor("pension", "")
	if events := b.do(counter1, queue.CallNext{Counter: "counter-1"}); len(events) != 0 {
		t.Errorf("called %v, who wants what the counter does not do", events)
	}
}

func TestTwoCountersGetTwoPeopleOrOneGetsNobody(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1", "counter-2")
	b.take()
	b.callNext("counter-1")
	if events := b.do(counter2, queue.CallNext{Counter: "counter-2"}); len(events) != 0 {
		t.Errorf("counter-2 called %v", events)
	}
}

func TestAnUnknownCounterIsNotFound(t *testing.T) {
	b := newBox(t, policy())
	id := b.take().ID
	for _, cmd := range []branch.Command{
		queue.OpenCounter{Counter: "counter-9"}, queue.PauseCounter{Counter: "counter-9"},
		queue.CloseCounter{Counter: "counter-9"}, queue.CallNext{Counter: "counter-9"},
		queue.Call{Counter: "counter-9", Visit: id, Why: "now"},
		queue.LoseAbility{Counter: "counter-9", Ability: "low", Device: "lift"},
		queue.RestoreAbility{Counter: "counter-9", Ability: "low", Device: "lift"},
	} {
		b.refused(branch.CodeNotFound, supervisor, cmd)
	}
}

func TestACounterCanDoWhatItsStaffCanDo(t *testing.T) {
	b := newBox(t, policy())
	fields(t, b.refused(branch.CodeInvalid, counter1, queue.OpenCounter{Counter: "counter-1", Staff: "nobody"}), "staff")
	b.do(counter1, queue.OpenCounter{Counter: "counter-1", Staff: "li"})
	want := []branch.Ability{"cash", "sign-language"}
	if c := b.counter("counter-1"); c.Staff != "li" || !slices.Equal(c.Abilities, want) {
		t.Errorf("counter %+v", c)
	}
	signing := b.take(branch.SignLanguage).ID
	b.do(counter1, queue.PauseCounter{Counter: "counter-1"})
	b.do(counter1, queue.OpenCounter{Counter: "counter-1"})
	if got := b.counter("counter-1").Staff; got != "li" {
		t.Errorf("after a pause the counter has %q", got)
	}
	b.do(counter1, queue.PauseCounter{Counter: "counter-1"})
	b.do(counter1, queue.OpenCounter{Counter: "counter-1", Staff: "wang"})
	if events := b.do(counter1, queue.CallNext{Counter: "counter-1"}); len(events) != 0 {
		t.Error("somebody who does not sign called a signing visit")
	}
	b.do(counter1, queue.CloseCounter{Counter: "counter-1"})
	if c := b.counter("counter-1"); c.Staff != "" {
		t.Errorf("a closed counter has %s", c.Staff)
	}
	b.do(counter1, queue.OpenCounter{Counter: "counter-1", Staff: "li"})
	if got := b.callNext("counter-1").Visit; got != signing {
		t.Errorf("called %s", got)
	}
}

func TestALostAbilityIsBackWhenEveryDeviceThatLostItIs(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-2", "counter-1")
	id := b.take(branch.Wheelchair).ID
	lose := func(d branch.DeviceID) branch.Command {
		return queue.LoseAbility{Counter: "counter-2", Ability: "low", Device: d}
	}
	restore := func(d branch.DeviceID) branch.Command {
		return queue.RestoreAbility{Counter: "counter-2", Ability: "low", Device: d}
	}
	calls := func() int { return len(b.module.Model().Next(b.now, "counter-2", 1)) }
	expect(t, b.do(branch.Box(), restore("lift")))
	expect(t, b.do(branch.Box(), lose("lift")), "counter.ability-lost")
	expect(t, b.do(branch.Box(), lose("lift")))
	expect(t, b.do(branch.Box(), lose("ramp")), "counter.ability-lost")
	expect(t, b.do(branch.Box(), restore("lift")), "counter.ability-restored")
	if calls() != 0 {
		t.Error("the ramp is still lost")
	}
	expect(t, b.do(branch.Box(), restore("ramp")), "counter.ability-restored")
	if calls() != 1 || b.callNext("counter-2").Visit != id {
		t.Error("everything is back")
	}
}

func TestATransferGoesToTheServiceOrToTheOneCounter(t *testing.T) {
	b, id := visitIn(t, queue.Serving)
	b.open("counter-3")
	queued := b.visit(id).QueuedAt
	e := b.do(counter1, queue.Transfer{Visit: id, Counter: "counter-3", KeepPlace: true})[0].(queue.VisitTransferred)
	if e.Service != "cash" || e.To != "counter-3" || e.QueuedAt != queued || e.Counter != "counter-1" {
		t.Errorf("transferred %+v", e)
	}
	if events := b.do(counter2, queue.CallNext{Counter: "counter-2"}); len(events) != 0 {
		t.Error("another counter called it")
	}
	if b.callNext("counter-3").Visit != id {
		t.Error("its counter did not call it, whatever its profile")
	}
	b.pass(time.Minute)
	e = b.do(at("counter-3"), queue.Transfer{Visit: id, Service: "pension"})[0].(queue.VisitTransferred)
	if e.Service != "pension" || e.To != "" || e.QueuedAt != b.now || e.Call == "" {
		t.Errorf("transferred %+v", e)
	}
	if b.callNext("counter-2").Visit != id {
		t.Error("any counter of the new service may call it")
	}
}

func TestAFinishedServiceMayLeadToTheNext(t *testing.T) {
	b, id := visitIn(t, queue.Serving)
	b.pass(time.Minute)
	e := b.do(counter1, queue.Finish{Visit: id, Next: "pension"})[0].(queue.VisitFinished)
	if e.Outcome != queue.OutcomeDone {
		t.Errorf("outcome %q, want done by default", e.Outcome)
	}
	v := b.visit(id)
	if v.State != queue.Waiting || v.Service != "pension" || v.QueuedAt != b.now || v.CalledAt != 0 || v.Reason != nil {
		t.Errorf("visit %+v", v)
	}
}
