package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/eventlog"
)

// add counts a name up; By below zero is refused, By zero changes nothing.
type add struct {
	Name string `json:"name"`
	By   int    `json:"by"`
}

func (add) CommandName() string { return "tally.add" }

// ring asks for a bell at a moment; it is a call for help.
type ring struct {
	At branch.Instant `json:"at"`
}

func (ring) CommandName() string { return "page.ring" }

type added struct {
	ID    branch.VisitID `json:"id"`
	Name  string         `json:"name"`
	Total int            `json:"total"`
}

func (added) EventType() string { return "tally.added" }
func (added) Version() int      { return 1 }

func (e added) Answer() branch.Answer { return branch.Answer{Visit: e.ID, Created: true} }

type ringSet struct {
	At branch.Instant `json:"at"`
}

func (ringSet) EventType() string { return "page.set" }
func (ringSet) Version() int      { return 1 }

type rang struct {
	Due branch.Instant `json:"due"`
}

func (rang) EventType() string { return "page.rang" }
func (rang) Version() int      { return 1 }

type started struct{}

func (started) EventType() string { return "tally.started" }
func (started) Version() int      { return 1 }

// tally is a small real module: it counts names and rings bells.
type tally struct {
	// greets makes Start tell an event; decoded counts Decode.
	greets bool
	state  tallyState
}

type tallyState struct {
	Totals map[string]int   `json:"totals"`
	Due    []branch.Instant `json:"due"`
	Rang   int              `json:"rang"`
}

func newTally() *tally { return &tally{state: tallyState{Totals: map[string]int{}}} }

func (m *tally) Name() string       { return "tally" }
func (m *tally) Commands() []string { return []string{"tally.add", "page.ring"} }

func (m *tally) Events() []string {
	return []string{"tally.added", "page.set", "page.rang", "tally.started"}
}

func (m *tally) Decide(env branch.Env, _ branch.Actor, cmd branch.Command) ([]branch.Event, error) {
	switch c := cmd.(type) {
	case add:
		switch {
		case c.By < 0:
			return nil, branch.Refuse(branch.CodeInvalid, "A tally only grows.")
		case c.By == 0:
			return nil, nil
		}
		return []branch.Event{added{branch.VisitID(env.NewID("v")), c.Name, m.state.Totals[c.Name] + c.By}}, nil
	case ring:
		return []branch.Event{ringSet(c)}, nil
	}
	return nil, fmt.Errorf("unknown command %T", cmd)
}

func (m *tally) Apply(env branch.Envelope) {
	switch e := env.Event.(type) {
	case added:
		m.state.Totals = maps.Clone(m.state.Totals)
		m.state.Totals[e.Name] = e.Total
	case ringSet:
		m.state.Due = slices.Concat(m.state.Due, []branch.Instant{e.At})
	case rang:
		m.state.Rang++
		m.state.Due = slices.DeleteFunc(slices.Clone(m.state.Due), func(at branch.Instant) bool { return at == e.Due })
	case branch.ClockJumped:
		m.state.Due = slices.Clone(m.state.Due)
		for i := range m.state.Due {
			m.state.Due[i] = m.state.Due[i].Add(e.Delta())
		}
	}
}

func (m *tally) Start(branch.Env) []branch.Event {
	if m.greets {
		return []branch.Event{started{}}
	}
	return nil
}

func (m *tally) NextWake() branch.Instant { return branch.Earliest(m.state.Due...) }

func (m *tally) Wake(env branch.Env) []branch.Event {
	var events []branch.Event
	for _, at := range m.state.Due {
		if at <= env.Now {
			events = append(events, rang{at})
		}
	}
	return events
}

func (m *tally) Decode(eventType string, _ int, data []byte) (branch.Event, error) {
	switch eventType {
	case "tally.added":
		return decode[added](data)
	case "page.set":
		return decode[ringSet](data)
	case "page.rang":
		return decode[rang](data)
	case "tally.started":
		return started{}, nil
	}
	return nil, fmt.Errorf("unknown event %s", eventType)
}

func decode[E branch.Event](data []byte) (branch.Event, error) {
	var e E
	err := json.Unmarshal(data, &e)
	return e, err
}

func (m *tally) Snapshot() func() ([]byte, error) {
	s := m.state
	return func() ([]byte, error) { return json.Marshal(s) }
}

func (m *tally) Restore(data []byte) error {
	m.state = tallyState{Totals: map[string]int{}}
	if data == nil {
		return nil
	}
	return json.Unmarshal(data, &m.state)
}

// farBell is a bell that makes echo react.
const farBell branch.Instant = 9_000_000_000_000

// echo reacts: to "pair" and to farBell with one more event, to "chain" with
// itself for ever, to "wrong" with a command that is refused.
type echo struct{}

func (echo) React(env branch.Envelope) []branch.Command {
	if env.Event == (ringSet{farBell}) {
		return []branch.Command{add{"echo", 1}}
	}
	e, ok := env.Event.(added)
	if !ok {
		return nil
	}
	switch e.Name {
	case "pair":
		return []branch.Command{add{"echo", 1}}
	case "chain":
		return []branch.Command{add{"chain", 1}}
	case "wrong":
		return []branch.Command{add{"wrong", -1}}
	}
	return nil
}

func (echo) NextWake() branch.Instant         { return 0 }
func (echo) Wake(branch.Env) []branch.Command { return nil }

// testClock is the clock of this process, or of the synctest bubble, with a wall
// that can be moved.
type testClock struct {
	mu     sync.Mutex
	start  time.Time
	offset time.Duration
}

func newClock() *testClock { return &testClock{start: time.Now()} }

func (c *testClock) Wall() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *testClock) Monotonic() time.Duration { return time.Since(c.start) }

func (c *testClock) move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += by
}

// box is an engine over a real log.
type box struct {
	*engine.Engine
	t      *testing.T
	dir    string
	store  *eventlog.Store
	module *tally
	stop   context.CancelFunc
	ended  chan error
}

// setup is what a test may change before a box starts.
type setup struct {
	cfg    engine.Config
	opts   eventlog.Options
	module *tally
}

// startBox opens and runs a box over a folder; it is closed with the test.
func startBox(t *testing.T, dir string, changes ...func(*setup)) *box {
	t.Helper()
	b := openBox(t, dir, changes...)
	b.run()
	return b
}

func openBox(t *testing.T, dir string, changes ...func(*setup)) *box {
	t.Helper()
	s := setup{module: newTally(), opts: eventlog.Options{Ballast: 1 << 20, MaxSize: 256 << 20}}
	s.cfg.Essential = func(name string) bool { return name == "page.ring" }
	s.cfg.NewModules = func() []engine.Module { return []engine.Module{newTally()} }
	s.cfg.Reactor = echo{}
	for _, change := range changes {
		change(&s)
	}
	store, err := eventlog.Open(dir, s.opts)
	if err != nil {
		t.Fatal(err)
	}
	log, modules := engine.Log(store), []engine.Module{s.module}
	if gate, ok := s.cfg.Log.(*gate); ok {
		gate.Log, log = store, gate
	}
	s.cfg.Log, s.cfg.Modules = log, modules
	e, err := engine.Open(s.cfg)
	if err != nil {
		t.Fatal(err)
	}
	return &box{Engine: e, t: t, dir: dir, store: store, module: s.module, ended: make(chan error, 1)}
}

func (b *box) run() {
	ctx, cancel := context.WithCancel(context.Background())
	b.stop = cancel
	go func() { b.ended <- b.Run(ctx) }()
	b.t.Cleanup(b.close)
}

// close ends the writer in good order; a second time does nothing.
func (b *box) close() {
	if b.stop == nil {
		return
	}
	b.stop()
	b.stop = nil
	if err := <-b.ended; err != nil {
		b.t.Errorf("the writer ended with %v", err)
	}
	if err := b.store.Close(); err != nil {
		b.t.Error(err)
	}
}

// crash returns a copy of a running box's folder: what a kill would leave.
func crash(t *testing.T, dir string) string {
	t.Helper()
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return copied
}

// do sends a request that must succeed.
func (b *box) do(id string, cmd branch.Command) engine.Result {
	b.t.Helper()
	result, err := b.Do(context.Background(), branch.Request{ID: branch.CommandID(id), By: kiosk("1"), Command: cmd})
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

// refuses sends a request that must be refused with a code.
func (b *box) refuses(code branch.Code, req branch.Request) {
	b.t.Helper()
	before := b.Stats().Seq
	_, err := b.Do(context.Background(), req)
	if branch.CodeOf(err) != code {
		b.t.Errorf("%v is answered with %v, want %s", req, err, code)
	}
	if after := b.Stats().Seq; after != before {
		b.t.Errorf("a refusal wrote %d events", after-before)
	}
}

func kiosk(n string) branch.Actor {
	return branch.Actor{Role: branch.RoleKiosk, Place: branch.PlaceID("kiosk-" + n), Token: branch.TokenID("t_" + n)}
}

// total asks the live state.
func (b *box) total(name string) (total int) {
	b.t.Helper()
	if err := b.Ask(context.Background(), func() { total = b.module.state.Totals[name] }); err != nil {
		b.t.Fatal(err)
	}
	return total
}

func (b *box) bells() (rang int) {
	b.t.Helper()
	if err := b.Ask(context.Background(), func() { rang = b.module.state.Rang }); err != nil {
		b.t.Fatal(err)
	}
	return rang
}

// types lists the types of all events after one.
func (b *box) types(after uint64) []string {
	b.t.Helper()
	events, err := b.Events(after, 10_000)
	if err != nil {
		b.t.Fatal(err)
	}
	var list []string
	for _, env := range events {
		list = append(list, env.Event.EventType())
	}
	return list
}

// gate holds Append back while it is shut.
type gate struct {
	engine.Log
	shut      sync.Mutex
	entered   chan struct{}
	onTighten func() // may be nil
}

func newGate() *gate { return &gate{entered: make(chan struct{}, 10_000)} }

func (g *gate) Append(at branch.Instant, records []branch.Record, head func() ([]byte, error)) error {
	g.entered <- struct{}{}
	g.shut.Lock()
	defer g.shut.Unlock()
	return g.Log.Append(at, records, head)
}

func (g *gate) Tighten() error {
	if g.onTighten != nil {
		g.onTighten()
	}
	return g.Log.Tighten()
}

// TestMain lets the test binary be the child that fills a fenced file.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "fill-fenced" {
		os.Exit(fillFenced(os.Args[2]))
	}
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
