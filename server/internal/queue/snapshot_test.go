package queue_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
)

// busyBranch is a branch in which a bit of everything goes on.
func busyBranch(t tester) *box {
	p := policy()
	p.CarryOver = true
	b := newBox(t, p)
	b.do(counter1, queue.OpenCounter{Counter: "counter-1", Staff: "li"})
	b.open("counter-3")
	for range 6 {
		b.take(branch.LargePrint)
		b.takeFor("pension", branch.Caring)
		b.pass(time.Minute)
	}
	served := b.callNext("counter-1").Visit
	b.do(counter1, queue.Confirm{Visit: served})
	b.do(counter1, queue.Finish{Visit: served})
	parked := b.callNext("counter-3").Visit
	b.do(at("counter-3"), queue.Confirm{Visit: parked})
	b.do(at("counter-3"), queue.Park{Visit: parked, Minutes: 30, Reason: "forms"})
	b.callNext("counter-1")
	b.do(at("counter-3"), queue.PauseCounter{Counter: "counter-3", Reason: "tea"})
	b.do(branch.Box(), queue.LoseAbility{Counter: "counter-1", Ability: "cash", Device: "safe"})
	b.wake()
	b.take(branch.Wheelchair)
	return b
}

// replayed applies a log, through its stored form, to an empty module.
func replayed(t tester, log []branch.Envelope) *queue.Module {
	t.Helper()
	m := queue.New()
	for _, env := range log {
		if _, foreign := env.Event.(branch.ConfigApplied); !foreign {
			if _, foreign = env.Event.(branch.ClockJumped); !foreign {
				data, err := json.Marshal(env.Event)
				if err != nil {
					t.Fatal(err)
				}
				if env.Event, err = m.Decode(env.Event.EventType(), env.Event.Version(), data); err != nil {
					t.Fatal(err)
				}
			}
		}
		m.Apply(env)
	}
	return m
}

// restored is a module made from a snapshot of m.
func restored(t tester, m *queue.Module) *queue.Module {
	t.Helper()
	r := queue.New()
	if err := r.Restore([]byte(snapshot(t, m))); err != nil {
		t.Fatal(err)
	}
	return r
}

// show is everything that can be seen of a module from outside, once the engine
// has started it at now.
func show(t tester, m *queue.Module, now branch.Instant) string {
	t.Helper()
	m.Start(branch.Env{Now: now})
	model := *m.Model()
	model.Live = append([]*queue.Visit{}, model.Live...)
	data, err := json.Marshal(model)
	if err != nil {
		t.Fatal(err)
	}
	var counters strings.Builder
	for _, c := range model.Counters {
		fmt.Fprintf(&counters, "%s %v %+v\n", c.ID, c.Abilities, c.Spec)
	}
	return fmt.Sprintf("%s\n%s%v\n%s", data, &counters, m.NextWake(), snapshot(t, m))
}

func TestReplayAndRestoreGiveTheSameState(t *testing.T) {
	b := busyBranch(t)
	live := show(t, b.module, b.now)
	for name, other := range map[string]*queue.Module{
		"replay": replayed(t, b.log), "restore": restored(t, b.module), "restore of a replay": restored(t, replayed(t, b.log)),
	} {
		if got := show(t, other, b.now); got != live {
			t.Errorf("%s differs:\n%s\nwant\n%s", name, got, live)
		}
	}
}

func TestASnapshotIsFrozenWhileTheBranchGoesOn(t *testing.T) {
	b := busyBranch(t)
	want := snapshot(t, b.module)
	encode := b.module.Snapshot()
	var got []byte
	var wait sync.WaitGroup
	wait.Go(func() { got, _ = encode() })
	for range 50 {
		b.do(kiosk, queue.Cancel{Visit: b.take().ID})
		b.pass(time.Minute)
	}
	b.jump(time.Hour)
	b.configure(officeHours())
	wait.Wait()
	if string(got) != want {
		t.Errorf("snapshot\n%s\nwant\n%s", got, want)
	}
}

func TestAPublishedModelNeverChanges(t *testing.T) {
	b := busyBranch(t)
	model := b.module.Model()
	before, err := json.Marshal(model)
	if err != nil {
		t.Fatal(err)
	}
	choices := len(model.Next(b.now, "counter-3", 9))
	for _, v := range model.Live {
		if v.State == queue.Waiting {
			b.do(kiosk, queue.Away{Visit: v.ID})
		}
	}
	b.do(branch.Box(), queue.RestoreAbility{Counter: "counter-1", Ability: "cash", Device: "safe"})
	b.jump(-time.Hour)
	b.at("2026-11-05 00:00")
	b.configure(officeHours())
	after, err := json.Marshal(model)
	if err != nil {
		t.Fatal(err)
	}
	if string(after) != string(before) {
		t.Errorf("the model became\n%s\nfrom\n%s", after, before)
	}
	if got := len(model.Next(model.Now, "counter-3", 9)); got != choices || choices == 0 {
		t.Errorf("%d choices, then %d", choices, got)
	}
}

func TestTheModelIsMadeOncePerChange(t *testing.T) {
	b := busyBranch(t)
	first := b.module.Model()
	if b.module.Model() != first {
		t.Error("made again without a change")
	}
	b.apply(branch.Box(), branch.ClockJumped{})
	if b.module.Model() == first {
		t.Error("not made after an event")
	}
	if m := queue.New().Model(); len(m.Live) != 0 || m.Policy == nil || m.Next(morning, "counter-1", 1) != nil {
		t.Errorf("model of an empty module: %+v", m)
	}
}

func TestRestoreOfNothingForgetsEverything(t *testing.T) {
	b := busyBranch(t)
	if err := b.module.Restore(nil); err != nil {
		t.Fatal(err)
	}
	if got, want := show(t, b.module, b.now), show(t, queue.New(), b.now); got != want {
		t.Errorf("state\n%s\nwant\n%s", got, want)
	}
}

func TestATornSnapshotIsRefusedAndChangesNothing(t *testing.T) {
	b := busyBranch(t)
	before := snapshot(t, b.module)
	if err := b.module.Restore([]byte(before[:len(before)/2])); err == nil {
		t.Error("half a snapshot was restored")
	}
	if snapshot(t, b.module) != before {
		t.Error("a refused snapshot changed the state")
	}
	if err := b.module.Restore([]byte(before)); err != nil {
		t.Error(err)
	}
}

func TestEventsOfVisitsNobodyKnowsAreLeftOut(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	before := snapshot(t, b.module)
	for _, event := range stored[1:] {
		if strings.HasPrefix(event.EventType(), "visit.") {
			b.apply(branch.Box(), event)
		}
	}
	if after := snapshot(t, b.module); after != before {
		t.Errorf("state\n%s\nwant\n%s", after, before)
	}
}
