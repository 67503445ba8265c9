package queue_test

import (
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
)

// serve brings the next visit to a counter and has it served for d.
func (b *box) serve(counter branch.CounterID, d time.Duration, finish queue.Finish) branch.VisitID {
	b.t.Helper()
	finish.Visit = b.callNext(counter).Visit
	actor := at(branch.PlaceID(counter))
	b.do(actor, queue.Confirm{Visit: finish.Visit})
	b.pass(d)
	b.do(actor, finish)
	return finish.Visit
}

// today is a counter's tally, the same after a replay and a restore.
func (b *box) today(counter branch.CounterID) queue.Tally {
	b.t.Helper()
	tally := b.module.Model().Today[counter]
	for name, other := range map[string]*queue.Module{"replay": replayed(b.t, b.log), "restore": restored(b.t, b.module)} {
		if got := other.Model().Today[counter]; got != tally {
			b.t.Errorf("%s at %s: %+v, want %+v", name, counter, got, tally)
		}
	}
	return tally
}

func TestACounterCountsWhomItHasFinishedToday(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1", "counter-2")
	for range 6 {
		b.take()
	}
	before := b.module.Model()
	b.serve("counter-1", 4*time.Minute, queue.Finish{})
	b.serve("counter-1", 8*time.Minute, queue.Finish{Outcome: queue.OutcomeNot})
	b.serve("counter-2", time.Minute, queue.Finish{Next: "pension"})
	b.do(counter1, queue.NoShow{Visit: b.callNext("counter-1").Visit})
	b.do(kiosk, queue.Cancel{Visit: b.callNext("counter-2").Visit})

	if got := b.today("counter-1"); got != (queue.Tally{Served: 2, Spent: 12 * time.Minute}) || got.Mean() != 6*time.Minute {
		t.Errorf("counter-1: %+v, mean %v", got, got.Mean())
	}
	if got := b.today("counter-2"); got != (queue.Tally{}) || got.Mean() != 0 {
		t.Errorf("counter-2 has sent one on and lost one: %+v", got)
	}
	if len(before.Today) != 0 {
		t.Errorf("the model of before has become %v", before.Today)
	}
	b.serve("counter-2", 3*time.Minute, queue.Finish{})
	if got := b.today("counter-2"); got.Served != 1 || got.Mean() != 3*time.Minute {
		t.Errorf("counter-2: %+v", got)
	}
}

func TestACountersTallyBeginsAnewWithTheDayAndNotWithTheClock(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	b.take()
	b.take()
	b.serve("counter-1", 5*time.Minute, queue.Finish{})
	b.do(counter1, queue.Confirm{Visit: b.callNext("counter-1").Visit})
	b.jump(2 * time.Hour)
	b.do(counter1, queue.Finish{Visit: b.counter("counter-1").Visit})
	if got := b.today("counter-1"); got != (queue.Tally{Served: 2, Spent: 5 * time.Minute}) {
		t.Errorf("after a jump: %+v", got)
	}
	b.pass(24 * time.Hour)
	if got := b.today("counter-1"); got != (queue.Tally{}) {
		t.Errorf("the next day: %+v", got)
	}
}

func TestAVisitRemembersWhoSetItAsideUntilItIsBackOrGone(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1", "counter-2")
	for range 4 {
		b.take()
	}
	lost := b.callNext("counter-1").Visit
	b.do(counter1, queue.NoShow{Visit: lost})
	parked := b.callNext("counter-2").Visit
	b.do(counter2, queue.Confirm{Visit: parked})
	b.do(supervisor, queue.Park{Visit: parked, Minutes: 30, Reason: "forms"})
	want := func(id branch.VisitID, counter branch.CounterID) {
		t.Helper()
		for _, m := range []*queue.Module{b.module, replayed(t, b.log), restored(t, b.module)} {
			if v, ok := m.Visit(id); !ok || v.SetAsideBy != counter {
				t.Errorf("%s was set aside by %q, want %q", id, v.SetAsideBy, counter)
			}
		}
	}
	want(lost, "counter-1")
	want(parked, "counter-2")
	b.do(counter1, queue.Return{Visit: parked, Position: queue.First})
	want(parked, "")
	b.pass(10 * time.Minute)
	if v := b.visit(lost); v.State != queue.Removed {
		t.Fatalf("the no-show is %s", v.State)
	}
	want(lost, "")
}

// A snapshot that was written before visits remembered it can still be read: it
// just does not say who set a visit aside.
func TestASnapshotOfBeforeIsRead(t *testing.T) {
	const old = `{"now":1793757600000,"day":"2026-11-04","lastDay":"2026-11-04",
		"live":[{"id":"v_1","ticket":"A001","day":"2026-11-04","service":"cash","class":"ordinary","language":"en",
			"state":"parked","createdAt":1793757600000,"queuedAt":1793757600000,"due":1793759400000}],
		"ended":[{"id":"v_0","ticket":"A000","day":"2026-11-04","service":"cash","class":"ordinary","language":"en",
			"state":"finished","counter":"counter-1","createdAt":1793757000000,"queuedAt":1793757000000,
			"confirmedAt":1793757000000,"endedAt":1793757120000,"outcome":"done"}]}`
	m := queue.New()
	if err := m.Restore([]byte(old)); err != nil {
		t.Fatal(err)
	}
	if v, ok := m.Visit("v_1"); !ok || v.State != queue.Parked || v.SetAsideBy != "" {
		t.Errorf("the parked visit is %+v", v)
	}
	if got := m.Model().Today["counter-1"]; got != (queue.Tally{Served: 1, Spent: 2 * time.Minute}) {
		t.Errorf("counter-1: %+v", got)
	}
}
