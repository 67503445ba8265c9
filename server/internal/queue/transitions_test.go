package queue_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
)

// The contract's table: for each state the verbs it accepts and the state they
// lead to. Everything else is refused.
var transitions = map[queue.State]map[string]queue.State{
	queue.Waiting: {"away": queue.AwayFor, "cancel": queue.Removed, "call": queue.Called},
	queue.Called: {"away": queue.AwayFor, "cancel": queue.Removed, "confirm": queue.Serving,
		"no-show": queue.NoShowed, "recall": queue.Called, "transfer": queue.Waiting},
	queue.Serving:  {"finish": queue.Finished, "park": queue.Parked, "transfer": queue.Waiting},
	queue.AwayFor:  {"back": queue.Waiting, "cancel": queue.Removed},
	queue.Parked:   {"return": queue.Waiting},
	queue.NoShowed: {"return": queue.Waiting},
	queue.Finished: {},
	queue.Removed:  {},
}

// verbs makes the command of each verb.
var verbs = map[string]func(id branch.VisitID) branch.Command{
	"away":     func(id branch.VisitID) branch.Command { return queue.Away{Visit: id} },
	"back":     func(id branch.VisitID) branch.Command { return queue.Back{Visit: id} },
	"cancel":   func(id branch.VisitID) branch.Command { return queue.Cancel{Visit: id} },
	"recall":   func(id branch.VisitID) branch.Command { return queue.Recall{Visit: id} },
	"confirm":  func(id branch.VisitID) branch.Command { return queue.Confirm{Visit: id} },
	"finish":   func(id branch.VisitID) branch.Command { return queue.Finish{Visit: id} },
	"no-show":  func(id branch.VisitID) branch.Command { return queue.NoShow{Visit: id} },
	"park":     func(id branch.VisitID) branch.Command { return queue.Park{Visit: id, Minutes: 5} },
	"transfer": func(id branch.VisitID) branch.Command { return queue.Transfer{Visit: id, Service: "pension"} },
	"return":   func(id branch.VisitID) branch.Command { return queue.Return{Visit: id, Position: queue.First} },
	"call": func(id branch.VisitID) branch.Command {
		return queue.Call{Counter: "counter-2", Visit: id, Why: "feels unwell"}
	},
}

// paths lead a new visit at counter-1 into each state.
var paths = map[queue.State][]string{
	queue.Waiting:  {},
	queue.Called:   {"call-next"},
	queue.Serving:  {"call-next", "confirm"},
	queue.AwayFor:  {"away"},
	queue.Parked:   {"call-next", "confirm", "park"},
	queue.NoShowed: {"call-next", "no-show"},
	queue.Finished: {"call-next", "confirm", "finish"},
	queue.Removed:  {"cancel"},
}

// visitIn brings a visit into the state.
func visitIn(t *testing.T, state queue.State) (*box, branch.VisitID) {
	b := newBox(t, policy())
	b.open("counter-1", "counter-2")
	id := b.take().ID
	for _, verb := range paths[state] {
		if verb == "call-next" {
			b.callNext("counter-1")
		} else {
			b.do(counter1, verbs[verb](id))
		}
	}
	b.pass(10 * time.Second)
	if got := b.visit(id).State; got != state {
		t.Fatalf("the path to %s leads to %s", state, got)
	}
	return b, id
}

// allowed are the visit's own verbs in a state, as a refusal lists them; call is
// the counter's.
func allowed(state queue.State) []string {
	list := []string{}
	for verb := range transitions[state] {
		if verb != "call" {
			list = append(list, verb)
		}
	}
	slices.Sort(list)
	return list
}

func TestEveryVerbInEveryStateDoesWhatTheTableSays(t *testing.T) {
	for state := range paths {
		for verb, command := range verbs {
			t.Run(string(state)+" "+verb, func(t *testing.T) {
				b, id := visitIn(t, state)
				want, ok := transitions[state][verb]
				if !ok {
					refusal := b.refused(branch.CodeWrongState, supervisor, command(id))
					if refusal.State != string(state) || !slices.Equal(refusal.Allowed, allowed(state)) {
						t.Errorf("refused with %s, allowed %q; want %q", refusal.State, refusal.Allowed, allowed(state))
					}
					return
				}
				if events := b.do(supervisor, command(id)); len(events) != 1 {
					t.Fatalf("%d events", len(events))
				}
				if got := b.visit(id).State; got != want {
					t.Errorf("leads to %s, want %s", got, want)
				}
			})
		}
	}
}

func TestAVisitAndItsCounterLetGoOfEachOtherTogether(t *testing.T) {
	for state, verb := range map[queue.State]string{
		queue.Called:  "away cancel no-show transfer",
		queue.Serving: "finish park transfer",
	} {
		for _, verb := range strings.Fields(verb) {
			b, id := visitIn(t, state)
			if got := b.counter("counter-1").Visit; got != id {
				t.Fatalf("counter-1 has %q", got)
			}
			b.do(counter1, verbs[verb](id))
			if got := b.counter("counter-1").Visit; got != "" {
				t.Errorf("after %s counter-1 still has %s", verb, got)
			}
			if v := b.visit(id); v.Counter != "" && !v.State.Ended() {
				t.Errorf("after %s the visit is still at %s", verb, v.Counter)
			}
		}
	}
}

func TestOnlyTheServingCounterActsOnItsVisit(t *testing.T) {
	for verb, state := range map[string]queue.State{
		"recall": queue.Called, "confirm": queue.Called, "no-show": queue.Called,
		"finish": queue.Serving, "park": queue.Serving, "transfer": queue.Serving,
	} {
		t.Run(verb, func(t *testing.T) {
			b, id := visitIn(t, state)
			b.refused(branch.CodeForbidden, counter2, verbs[verb](id))
			b.do(counter1, verbs[verb](id))
		})
	}
}

func TestAnUnknownVisitIsNotFound(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-2")
	for verb, command := range verbs {
		if _, err := b.try(supervisor, command("v_nobody")); branch.CodeOf(err) != branch.CodeNotFound {
			t.Errorf("%s: %v", verb, err)
		}
	}
}

func TestRecallWaitsUntilTheHallHasHeardTheLastCall(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	id := b.take().ID
	first := b.callNext("counter-1")
	b.pass(9999 * time.Millisecond)
	if e := b.refused(branch.CodeTooMany, counter1, queue.Recall{Visit: id}); e.RetryAfter != time.Millisecond {
		t.Errorf("retry after %v, want 1ms", e.RetryAfter)
	}
	b.pass(time.Millisecond)
	recall := b.do(counter1, queue.Recall{Visit: id})[0].(queue.VisitRecalled)
	if recall.Recall != 1 || recall.Call == first.Call || recall.Zone != "main" {
		t.Errorf("recall %+v after %+v", recall, first)
	}
	b.refused(branch.CodeTooMany, counter1, queue.Recall{Visit: id})
	b.pass(10 * time.Second)
	if again := b.do(counter1, queue.Recall{Visit: id})[0].(queue.VisitRecalled); again.Recall != 2 {
		t.Errorf("second recall counts %d", again.Recall)
	}
	if v := b.visit(id); v.Recalls != 2 || v.LastCallAt != b.now {
		t.Errorf("visit %+v", v)
	}
}
