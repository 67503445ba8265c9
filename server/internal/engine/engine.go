package engine

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/oklog/ulid/v2"

	"handrail/server/internal/branch"
)

const (
	// queueSize bounds the commands that wait; one more is told to come back.
	queueSize = 1024
	// batchSize bounds the commands that share one commit.
	batchSize = 512
	// tick is how often clock and disk are looked at when nothing happens.
	tick = time.Second
	// retryAfter is what a refused caller is asked to wait.
	retryAfter = time.Second
)

// ErrStopped is returned to callers whose request was waiting when the engine
// ended. Whether it was done is not known until it is asked again under the
// same id.
var ErrStopped = errors.New("engine: stopped before the answer was known")

// Config says what an engine is built of. Modules, NewModules and Log are
// required.
type Config struct {
	// Modules decide commands and keep the state, in the order in which events
	// are applied. The engine owns them from Open on.
	Modules []Module
	// NewModules makes an empty set of the same modules, for Verify.
	NewModules func() []Module
	// Reactor may be nil. It is built over Modules and keeps no state.
	Reactor Reactor
	Log     Log
	// Clock is SystemClock when nil.
	Clock Clock
	// Publish is called on the writer after each commit and once in Open, before
	// anybody is answered or told. It may be nil.
	Publish func(seq uint64, now branch.Instant)
	// Essential names the commands that are still taken while the disk is short;
	// nil means none.
	Essential func(command string) bool
	// SnapshotEvery is how many events lie between live snapshots, or half as
	// many as there are requests remembered, if that is more, and up to ten times
	// as many while calls keep coming; zero is 20,000.
	SnapshotEvery int
	// Report is told of what went wrong without hurting anybody, such as a live
	// snapshot that could not be saved. It may be nil.
	Report func(error)
}

// Engine is the single writer. Do, Ask, Verify and the reading methods may be
// called from any goroutine but the writer's own.
type Engine struct {
	cfg   Config
	calls chan *call
	asks  chan func()
	// stopped is closed when Run has ended.
	stopped chan struct{}
	feed    feed
	// published is the last sequence number that anybody may see.
	published atomic.Uint64
	stats     statistics

	// The writer's own.
	state   *state
	time    timekeeper
	entropy *ulid.MonotonicEntropy
	space   space
	stalled bool // something is due that could not be done: wait for the tick
	saver   saver
}

// call is a request on its way through the writer.
type call struct {
	ctx    context.Context
	req    branch.Request
	result Result
	err    error
	// done is closed when result and err are set.
	done chan struct{}
}

// Open restores the state from the newest snapshot and the records after it,
// records a clock that was set back meanwhile, and starts the modules. Nothing
// else happens until Run.
func Open(cfg Config) (*Engine, error) {
	e, err := build(cfg)
	if err != nil {
		return nil, err
	}
	if err := e.rebuild(); err != nil {
		return nil, err
	}
	e.published.Store(e.state.seq)
	e.feed.open(e.state.seq)
	if err := e.start(); err != nil {
		return nil, err
	}
	e.publish(e.time.now())
	return e, nil
}

func build(cfg Config) (*Engine, error) {
	if cfg.Clock == nil {
		cfg.Clock = SystemClock()
	}
	if cfg.SnapshotEvery == 0 {
		cfg.SnapshotEvery = 20_000
	}
	s, err := newState(cfg.Modules)
	if err != nil {
		return nil, err
	}
	return &Engine{
		cfg:     cfg,
		calls:   make(chan *call, queueSize),
		asks:    make(chan func()),
		stopped: make(chan struct{}),
		state:   s,
		entropy: ulid.Monotonic(bufio.NewReader(rand.Reader), 0),
	}, nil
}

// rebuild makes the state what the log says, whatever it was.
func (e *Engine) rebuild() error {
	seq, data, err := e.cfg.Log.LoadSnapshot()
	if err != nil {
		return err
	}
	if err := e.state.restore(data); err != nil {
		return err
	}
	if e.state.seq != seq {
		return fmt.Errorf("the snapshot kept for record %d is of record %d", seq, e.state.seq)
	}
	var broken error
	err = e.cfg.Log.Read(seq, func(r branch.Record) bool {
		broken = e.state.replay(r)
		return broken == nil
	})
	e.saver.tried = seq
	e.saver.saved.Store(seq)
	return errors.Join(broken, err)
}

// start commits what modules have to say about having been away.
func (e *Engine) start() error {
	var jump time.Duration
	e.time, jump = startTime(e.cfg.Clock, e.state.at)
	e.space.look(e.cfg.Log.Room())
	opening := func() *batch {
		b := e.begin(nil)
		b.jump(jump)
		b.startModules()
		return b
	}
	b := opening()
	err := e.commit(b)
	if branch.CodeOf(err) == branch.CodeStorage {
		if err = e.makeRoom(); err == nil {
			b = opening()
			err = e.commit(b)
		}
	}
	if err == nil {
		e.announce(b)
	}
	return err
}

// Do has the writer decide a request and returns when its events are durable.
// A refusal is a *branch.Error. When ctx ends first the request may still be
// done: ask again under the same id.
func (e *Engine) Do(ctx context.Context, req branch.Request) (Result, error) {
	c := &call{ctx: ctx, req: req, done: make(chan struct{})}
	select {
	case <-e.stopped:
		return Result{}, ErrStopped
	default:
	}
	select {
	case e.calls <- c:
	default:
		return Result{}, &branch.Error{Code: branch.CodeBusy, Detail: "Too many requests are waiting; try again in a moment.", RetryAfter: retryAfter}
	}
	select {
	case <-c.done:
		return c.result, c.err
	case <-ctx.Done():
		return Result{}, ctx.Err()
	case <-e.stopped:
		return c.afterStop()
	}
}

// afterStop returns the answer that was given in the last moment, if any.
func (c *call) afterStop() (Result, error) {
	select {
	case <-c.done:
		return c.result, c.err
	default:
		return Result{}, ErrStopped
	}
}

// ApplyConfig puts a configuration in force; it does nothing when the very same
// one is.
func (e *Engine) ApplyConfig(ctx context.Context, c branch.ConfigApplied, by branch.Actor) error {
	_, err := e.Do(ctx, branch.Request{By: by, Command: configApply{c}})
	return err
}

// ConfigVersion returns the version of the configuration in force, empty when
// there is none. Call it through Ask, or before Run.
func (e *Engine) ConfigVersion() string { return e.state.ledger.configVersion }

// Ask runs read on the writer between two batches, where modules may be asked
// anything, and waits for it. read must be short and must not call the engine.
func (e *Engine) Ask(ctx context.Context, read func()) error {
	done := make(chan struct{})
	select {
	case e.asks <- func() { read(); close(done) }:
	case <-ctx.Done():
		return ctx.Err()
	case <-e.stopped:
		return ErrStopped
	}
	<-done
	return nil
}

// Events returns at most limit committed events after a sequence number. Events
// that are not yet published are not among them.
func (e *Engine) Events(after uint64, limit int) ([]branch.Envelope, error) {
	var events []branch.Envelope
	var broken error
	upTo := e.published.Load()
	if limit <= 0 || after >= upTo {
		return nil, nil
	}
	err := e.cfg.Log.Read(after, func(r branch.Record) bool {
		if r.Seq > upTo {
			return false
		}
		var f fact
		if f, broken = e.state.decoders.decode(r); broken == nil {
			events = append(events, f.env)
		}
		return broken == nil && len(events) < limit && r.Seq < upTo
	})
	return events, errors.Join(broken, err)
}

// newID makes an id from the time and a random source that counts on within a
// millisecond.
func (e *Engine) newID(now branch.Instant, prefix string) string {
	id, err := ulid.New(uint64(now), e.entropy)
	if err != nil { // the count ran over: take a new random start
		e.entropy = ulid.Monotonic(bufio.NewReader(rand.Reader), 0)
		id = ulid.MustNew(uint64(now), e.entropy)
	}
	return prefix + "_" + id.String()
}

// report tells cfg.Report.
func (e *Engine) report(err error) {
	if err != nil && e.cfg.Report != nil {
		e.cfg.Report(err)
	}
}
