package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
)

func request(id string, cmd branch.Command) branch.Request {
	return branch.Request{ID: branch.CommandID(id), By: kiosk("1"), Command: cmd}
}

func withGate(g *gate) func(*setup) { return func(s *setup) { s.cfg.Log = g } }

// poll waits for a condition.
func poll(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestNothingIsPublishedOrAnsweredBeforeTheCommit(t *testing.T) {
	g := newGate()
	published := make(chan uint64, 10)
	b := startBox(t, t.TempDir(), withGate(g), func(s *setup) {
		s.cfg.Publish = func(seq uint64, _ branch.Instant) { published <- seq }
	})
	if seq := <-published; seq != 0 {
		t.Errorf("an empty box publishes %d", seq)
	}
	sub := b.Subscribe()
	g.shut.Lock()
	answered := make(chan engine.Result)
	go func() { answered <- b.do("", add{"a", 1}) }()
	<-g.entered
	if events, err := b.Events(0, 10); err != nil || events != nil {
		t.Errorf("uncommitted events are read: %v, %v", events, err)
	}
	select {
	case <-answered:
		t.Fatal("answered before the commit")
	case <-published:
		t.Fatal("published before the commit")
	default:
	}
	g.shut.Unlock()
	result := <-answered
	select {
	case seq := <-published:
		if seq != result.Seq {
			t.Errorf("published %d, answered %d", seq, result.Seq)
		}
	default:
		t.Error("answered before it was published")
	}
	c, err := sub.Next(context.Background())
	if err != nil || c.Last != 1 || len(c.Events) != 1 {
		t.Errorf("told of %v, %v", c, err)
	}
}

// sendAll sends n requests at once and returns their results once they are
// answered.
func sendAll(b *box, n int, req func(i int) branch.Request) (wait func() ([]engine.Result, []error)) {
	results, errs := make([]engine.Result, n), make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { results[i], errs[i] = b.Do(context.Background(), req(i)) })
	}
	return func() ([]engine.Result, []error) {
		group.Wait()
		return results, errs
	}
}

func TestCommandsThatWaitShareOneCommitAndSeeEachOther(t *testing.T) {
	g := newGate()
	b := startBox(t, t.TempDir(), withGate(g))
	g.shut.Lock()
	first := sendAll(b, 1, func(int) branch.Request { return request("", add{"a", 1}) })
	<-g.entered
	rest := sendAll(b, 100, func(int) branch.Request { return request("", add{"a", 1}) })
	poll(t, "100 calls wait", func() bool { return b.Stats().Queue == 100 })
	g.shut.Unlock()
	first()
	results, errs := rest()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	var totals []int
	for _, r := range results {
		totals = append(totals, r.Events[0].Event.(added).Total)
	}
	slices.Sort(totals)
	if totals[0] != 2 || totals[99] != 101 || len(slices.Compact(totals)) != 100 {
		t.Errorf("totals %v", totals)
	}
	stats := b.Stats()
	if stats.Commits != 2 || stats.Events != 101 || stats.Batches.Sum != 101 || stats.Latency.Counts == nil {
		t.Errorf("stats %+v", stats)
	}
}

func TestAFullQueueIsBusyAndServesWhoWaited(t *testing.T) {
	g := newGate()
	b := startBox(t, t.TempDir(), withGate(g))
	g.shut.Lock()
	first := sendAll(b, 1, func(int) branch.Request { return request("", add{"a", 1}) })
	<-g.entered
	rest := sendAll(b, 1024, func(int) branch.Request { return request("", add{"a", 1}) })
	poll(t, "the queue is full", func() bool { return b.Stats().Queue == 1024 })
	_, err := b.Do(context.Background(), request("", add{"a", 1}))
	var refusal *branch.Error
	if !errors.As(err, &refusal) || refusal.Code != branch.CodeBusy || refusal.RetryAfter != time.Second {
		t.Errorf("one too many is answered with %v", err)
	}
	g.shut.Unlock()
	first()
	if _, errs := rest(); errors.Join(errs...) != nil {
		t.Error(errors.Join(errs...))
	}
	if got := b.total("a"); got != 1025 {
		t.Errorf("total %d", got)
	}
}

func TestARefusalWritesNothing(t *testing.T) {
	b := startBox(t, t.TempDir())
	b.refuses(branch.CodeInvalid, request("", add{"a", -1}))
	b.refuses(branch.CodeNotFound, request("", unknown{}))
	if r := b.do("", add{"a", 0}); r.Events != nil {
		t.Errorf("nothing to do made %v", r.Events)
	}
	b.do("", add{"a", 1})
}

type unknown struct{}

func (unknown) CommandName() string { return "no.such" }

func TestACallThatWasGivenUpBeforeItsTurnIsNotDone(t *testing.T) {
	g := newGate()
	b := startBox(t, t.TempDir(), withGate(g))
	g.shut.Lock()
	first := sendAll(b, 1, func(int) branch.Request { return request("", add{"a", 1}) })
	<-g.entered
	ctx, cancel := context.WithCancel(context.Background())
	given := make(chan error)
	go func() {
		_, err := b.Do(ctx, request("", add{"a", 1}))
		given <- err
	}()
	poll(t, "the call waits", func() bool { return b.Stats().Queue == 1 })
	cancel()
	if err := <-given; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	g.shut.Unlock()
	first()
	if got := b.total("a"); got != 1 {
		t.Errorf("total %d", got)
	}
}

func TestReactionsAreInTheSameCommit(t *testing.T) {
	b := startBox(t, t.TempDir())
	sub := b.Subscribe()
	result := b.do("pair-0000000000001", add{"pair", 1})
	if len(result.Events) != 2 {
		t.Fatalf("events %v", result.Events)
	}
	if result.Answer.Visit != result.Events[0].Event.(added).ID {
		t.Error("the answer is that of a reaction")
	}
	reaction := result.Events[1]
	if reaction.By != branch.Box() || reaction.Command != "pair-0000000000001" || reaction.Event.(added).Name != "echo" {
		t.Errorf("the reaction is %+v", reaction)
	}
	if c, err := sub.Next(context.Background()); err != nil || len(c.Events) != 2 {
		t.Errorf("told of %v, %v", c, err)
	}
}

func TestReactionsEndAtDepthFourAndRefusedOnesAreDropped(t *testing.T) {
	b := startBox(t, t.TempDir())
	if r := b.do("", add{"chain", 1}); len(r.Events) != 5 {
		t.Errorf("a chain of %d events", len(r.Events))
	}
	if r := b.do("", add{"wrong", 1}); len(r.Events) != 1 {
		t.Errorf("a refused reaction made %v", r.Events)
	}
	if got := b.Stats().Dropped; got != 2 {
		t.Errorf("%d reactions were dropped", got)
	}
}

func TestIDsAreSortedByTheirMaking(t *testing.T) {
	b := startBox(t, t.TempDir())
	last := branch.VisitID("v_")
	for range 100 {
		id := b.do("", add{"a", 1}).Answer.Visit
		if id <= last || len(id) != len("v_")+26 {
			t.Fatalf("%s after %s", id, last)
		}
		last = id
	}
}

func TestTheStateComesBackAfterARestart(t *testing.T) {
	dir := t.TempDir()
	for run := range 3 {
		b := startBox(t, dir)
		if got := b.total("a"); got != run {
			t.Errorf("total %d after %d restarts", got, run)
		}
		b.do("", add{"a", 1})
		b.close()
	}
}

func TestTheStateComesBackAfterACrash(t *testing.T) {
	dir := t.TempDir()
	b := startBox(t, dir)
	for range 50 {
		b.do("", add{"a", 1})
	}
	dir = crash(t, dir)
	if got := startBox(t, dir).total("a"); got != 50 {
		t.Errorf("total %d", got)
	}
}

func TestALiveSnapshotIsSavedEverySoOftenAndAtTheEnd(t *testing.T) {
	b := startBox(t, t.TempDir(), func(s *setup) { s.cfg.SnapshotEvery = 10 })
	saved := func() uint64 {
		seq, _, err := b.store.LiveSnapshot()
		if err != nil {
			t.Fatal(err)
		}
		return seq
	}
	for range 12 {
		b.do("", add{"a", 1})
	}
	poll(t, "a snapshot is saved once nobody calls", func() bool { return saved() == 12 })
	for range 3 {
		b.do("", add{"a", 1})
	}
	b.stop()
	if err := <-b.ended; err != nil {
		t.Fatal(err)
	}
	b.ended <- nil
	if seq := saved(); seq != 15 {
		t.Errorf("the last snapshot is of %d", seq)
	}
}

func TestWhileCallsKeepComingALiveSnapshotWaitsTenTimesAsLong(t *testing.T) {
	b := startBox(t, t.TempDir(), func(s *setup) { s.cfg.SnapshotEvery = 10 })
	holding, hold := make(chan struct{}), make(chan struct{})
	go b.Ask(t.Context(), func() { close(holding); <-hold })
	<-holding
	var calls sync.WaitGroup
	for range 150 {
		calls.Go(func() { b.do("", add{"a", 1}) })
	}
	poll(t, "all calls wait", func() bool { return b.Stats().Queue == 150 })
	close(hold)
	calls.Wait()
	poll(t, "a snapshot of one busy turn is saved", func() bool {
		seq, _, err := b.store.LiveSnapshot()
		return err == nil && seq == 150
	})
}

func TestModulesAreStartedOncePerStart(t *testing.T) {
	dir := t.TempDir()
	greets := func(s *setup) { s.module.greets = true }
	for run := range 2 {
		b := startBox(t, dir, greets)
		if got := b.types(0); len(got) != run+1 {
			t.Errorf("after %d restarts the log holds %v", run, got)
		}
		b.close()
	}
}

func TestTwoOwnersOfOneNameAreRefused(t *testing.T) {
	_, err := engine.Open(engine.Config{Modules: []engine.Module{newTally(), newTally()}})
	if err == nil || err.Error() != "tally.add is claimed by tally and by tally" {
		t.Error(err)
	}
}

func TestTheSameConfigurationIsAppliedOnce(t *testing.T) {
	dir := t.TempDir()
	b := startBox(t, dir)
	apply := func(b *box, policy string, events int) {
		t.Helper()
		before := b.Stats().Seq
		c := branch.ConfigApplied{ConfigVersion: "v1"}
		c.Policies = map[string]json.RawMessage{"tally": json.RawMessage(policy)}
		if err := b.ApplyConfig(context.Background(), c, branch.Box()); err != nil {
			t.Fatal(err)
		}
		if got := int(b.Stats().Seq - before); got != events {
			t.Errorf("%s made %d events", policy, got)
		}
	}
	apply(b, `{"a":1}`, 1)
	apply(b, `{ "a": 1 }`, 0)
	apply(b, `{"a":2}`, 1)
	b.close()
	b = startBox(t, dir)
	apply(b, `{"a":2}`, 0)
	var version string
	if err := b.Ask(context.Background(), func() { version = b.ConfigVersion() }); err != nil || version != "v1" {
		t.Errorf("version %q in force, %v", version, err)
	}
	err := b.ApplyConfig(context.Background(), branch.ConfigApplied{Policies: map[string]json.RawMessage{"tally": json.RawMessage("{")}}, branch.Box())
	if branch.CodeOf(err) != branch.CodeInvalid {
		t.Errorf("a broken policy is answered with %v", err)
	}
}

func TestAfterTheEndEverybodyIsToldSo(t *testing.T) {
	b := startBox(t, t.TempDir())
	sub := b.Subscribe()
	b.do("", add{"a", 1})
	b.close()
	if _, err := b.Do(context.Background(), request("", add{"a", 1})); !errors.Is(err, engine.ErrStopped) {
		t.Error(err)
	}
	if err := b.Ask(context.Background(), func() {}); !errors.Is(err, engine.ErrStopped) {
		t.Error(err)
	}
	if c, err := sub.Next(context.Background()); err != nil || c.Last != 1 {
		t.Errorf("what was committed is lost: %v, %v", c, err)
	}
	if _, err := sub.Next(context.Background()); !errors.Is(err, engine.ErrStopped) {
		t.Error(err)
	}
}

func TestEventsAreReadInPages(t *testing.T) {
	b := startBox(t, t.TempDir())
	for i := range 10 {
		b.do("", add{fmt.Sprint(i), 1})
	}
	for _, c := range []struct {
		after uint64
		limit int
		want  []uint64
	}{{0, 3, []uint64{1, 2, 3}}, {8, 100, []uint64{9, 10}}, {10, 5, nil}, {99, 5, nil}, {0, 0, nil}} {
		events, err := b.Events(c.after, c.limit)
		if err != nil {
			t.Fatal(err)
		}
		var got []uint64
		for _, env := range events {
			got = append(got, env.Seq)
			if env.By != kiosk("1") || env.At.IsZero() || env.Event.(added).Name != fmt.Sprint(env.Seq-1) {
				t.Errorf("envelope %+v", env)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%d events after %d: %v", c.limit, c.after, got)
		}
	}
}

func TestSubscribersGetEachCommitInOrder(t *testing.T) {
	b := startBox(t, t.TempDir())
	b.do("", add{"before", 1})
	sub := b.Subscribe()
	wait := sendAll(b, 300, func(int) branch.Request { return request("", add{"pair", 1}) })
	for next := uint64(2); next <= 601; {
		c, err := sub.Next(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, env := range c.Events {
			if env.Seq != next || c.Reread {
				t.Fatalf("%d instead of %d", env.Seq, next)
			}
			next++
		}
	}
	wait()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := sub.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestASlowSubscriberIsToldSoAndMissesNothing(t *testing.T) {
	b := startBox(t, t.TempDir())
	sub := b.Subscribe()
	for range 12 { // nobody reads, and nobody is held up by that
		_, errs := sendAll(b, 500, func(int) branch.Request { return request("", add{"a", 1}) })()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	var next uint64 = 1
	var reread, live bool
	for next <= 6000 {
		c, err := sub.Next(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		reread, live = reread || c.Reread, live || !c.Reread
		for _, env := range c.Events {
			if env.Seq != next {
				t.Fatalf("%d instead of %d", env.Seq, next)
			}
			next++
		}
	}
	if !reread || !live || sub.Seen() != 6000 {
		t.Errorf("reread %v, then live %v, seen %d", reread, live, sub.Seen())
	}
}
