package engine

import (
	"context"
	"time"

	"handrail/server/internal/branch"
)

// Run is the writer: it returns nil when ctx has ended and the last snapshot is
// saved, or the error of a commit after which nobody knows what is on disk. The
// process must then end. Call it once.
func (e *Engine) Run(ctx context.Context) error {
	defer close(e.stopped)
	timer := time.NewTimer(0)
	defer timer.Stop()
	defer e.saver.running.Wait()
	for {
		var err error
		select {
		case <-ctx.Done():
			e.saver.last(e)
			return nil
		case read := <-e.asks:
			read()
		case c := <-e.calls:
			err = e.settle(e.drain(c))
		case <-timer.C:
			err = e.settle(nil)
			e.saveWhenDue(quiet)
		}
		if err != nil {
			return err
		}
		timer.Reset(e.wait())
	}
}

// drain takes the calls that are waiting, without waiting for more.
func (e *Engine) drain(first *call) []*call {
	calls := []*call{first}
	for len(calls) < batchSize {
		select {
		case c := <-e.calls:
			calls = append(calls, c)
		default:
			return calls
		}
	}
	return calls
}

// wait is how long nothing needs to be done.
func (e *Engine) wait() time.Duration {
	next := e.nextWake()
	if next.IsZero() || e.stalled {
		return tick
	}
	return min(max(next.Sub(e.time.now()), 0), tick)
}

func (e *Engine) nextWake() branch.Instant {
	var next branch.Instant
	for _, m := range e.state.modules {
		next = branch.Earliest(next, m.NextWake())
	}
	if e.cfg.Reactor != nil {
		next = branch.Earliest(next, e.cfg.Reactor.NextWake())
	}
	return next
}

// settle decides, commits, publishes and answers one batch. Its error is fatal.
func (e *Engine) settle(calls []*call) error {
	if err := e.watchSpace(); err != nil {
		return err
	}
	b := e.run(calls)
	err := e.commit(b)
	if branch.CodeOf(err) == branch.CodeStorage {
		return e.settleEssential(calls)
	}
	if err != nil {
		return err
	}
	e.announce(b)
	return nil
}

// settleEssential is for a batch that the disk did not take: ordinary calls are
// refused, the essential ones get what was set aside for them.
func (e *Engine) settleEssential(calls []*call) error {
	essential, ordinary := e.split(calls)
	refuse(ordinary)
	if err := e.makeRoom(); err != nil {
		return err
	}
	b := e.run(essential)
	err := e.commit(b)
	if branch.CodeOf(err) == branch.CodeStorage {
		e.space.rest(e.cfg.Clock.Monotonic())
		refuse(essential)
		return e.rebuild()
	}
	if err != nil {
		return err
	}
	e.announce(b)
	return nil
}

// makeRoom follows a commit that the disk did not take: the state goes back to
// what the log says, and the log gives up what it had set aside.
func (e *Engine) makeRoom() error {
	e.space.tight = true
	e.stats.sawSpace(&e.space)
	if err := e.rebuild(); err != nil {
		return err
	}
	if err := e.cfg.Log.Tighten(); branch.CodeOf(err) != branch.CodeStorage {
		return err
	}
	return nil
}

// refuse answers calls whose batch was not stored; what they were told in it is
// void.
func refuse(calls []*call) {
	for _, c := range calls {
		c.result, c.err = Result{}, diskFull()
		close(c.done)
	}
}

// commit makes a batch durable. With a storage error everything is as if the
// batch had never been, except the state, which the caller rebuilds.
func (e *Engine) commit(b *batch) error {
	if b.err != nil || len(b.facts) == 0 {
		return b.err
	}
	records := make([]branch.Record, len(b.facts))
	for i, f := range b.facts {
		var err error
		if records[i], err = f.encode(); err != nil {
			return err
		}
	}
	start := e.cfg.Clock.Monotonic()
	err := e.cfg.Log.Append(b.now, records, b.head)
	if err != nil {
		e.time = b.before
		e.stats.failed()
		return err
	}
	e.stats.committed(len(b.calls), len(records), e.cfg.Clock.Monotonic()-start)
	return nil
}

// announce publishes a durable batch, then answers its callers, then tells the
// subscribers.
func (e *Engine) announce(b *batch) {
	if len(b.facts) > 0 {
		e.publish(b.now)
	}
	for _, c := range b.calls {
		c.result.Seq = e.state.seq
		close(c.done)
	}
	if len(b.facts) > 0 {
		e.feed.tell(Commit{Last: e.state.seq, Events: envelopes(b.facts)})
	}
	e.saveWhenDue(busy)
}

func (e *Engine) publish(now branch.Instant) {
	e.published.Store(e.state.seq)
	if e.cfg.Publish != nil {
		e.cfg.Publish(e.state.seq, now)
	}
}

// How many times SnapshotEvery may go by before a live snapshot is saved: one in
// a quiet moment, when no call has come since the last turn; ten while calls keep
// coming, because a snapshot takes processor and disk from those who wait.
const (
	quiet = 1
	busy  = 10
)

// saveWhenDue saves a live snapshot when enough events lie behind the last one:
// more when many requests are remembered, so that writing snapshots never costs
// much more than writing the log.
func (e *Engine) saveWhenDue(patience int) {
	every := max(patience*e.cfg.SnapshotEvery, len(e.state.ledger.memory.entries)/2)
	if e.state.seq-e.saver.tried >= uint64(every) {
		e.saver.save(e)
	}
}
