package app

import (
	"cmp"
	"context"
	"flag"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"handrail/config"
	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/paging"
)

// TestMain lets this program check files for the store as the server does, and
// lets the property tests of this package run few boxes for long.
func TestMain(m *testing.M) {
	Child(os.Args, os.Stdout)
	// Its children need not wait a second for races to be reported.
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil {
		panic(err)
	}
	for name, value := range map[string]string{"rapid.checks": "6", "rapid.steps": "150"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// clock stands still until a test moves it.
type clock struct {
	mu   sync.Mutex
	wall time.Time
	mono time.Duration
	// drift is by how much the wall has jumped without the engine following it.
	drift time.Duration
}

// shanghai is the demo branch's time zone; it has no summer time.
func shanghai() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// clockAt returns a clock that shows a time of the branch, "2026-11-23 10:00".
func clockAt(t tester, text string) *clock {
	t.Helper()
	wall, err := time.ParseInLocation("2006-01-02 15:04", text, shanghai())
	if err != nil {
		t.Fatalf("%v", err)
	}
	return &clock{wall: wall}
}

func (c *clock) Wall() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wall
}

func (c *clock) Monotonic() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mono
}

// now is the engine's time.
func (c *clock) now() branch.Instant {
	c.mu.Lock()
	defer c.mu.Unlock()
	return branch.InstantOf(c.wall.Add(-c.drift))
}

// pass lets time pass; jump sets the wall alone.
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall, c.mono = c.wall.Add(d), c.mono+d
}

func (c *clock) jump(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall, c.drift = c.wall.Add(d), c.drift+d
	if c.drift.Abs() > time.Minute {
		c.drift = 0
	}
}

// after returns the clock of a process that starts when time has moved on.
func (c *clock) after(d time.Duration) *clock { return &clock{wall: c.now().Time().Add(d)} }

// tester is a test or one try of a property.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// box is an App on a data folder, in a time that the test makes.
type box struct {
	*App
	t     tester
	clock *clock
	url   string // of a box that serves
	stop  func() error
}

// setup says how a box differs from the demo branch on a whole log.
type setup struct {
	yaml []byte
	// web is a folder of screens instead of the built-in ones.
	web string
	// speech is the engine that speaks, the machine's own when empty.
	speech string
	// log stands between engine and store.
	log func(engine.Log) engine.Log
	// out takes what the box writes for IT.
	out io.Writer
}

// demoBut is the demo branch with some of its lines replaced by others.
func demoBut(oldnew ...string) []byte {
	return []byte(strings.NewReplacer(oldnew...).Replace(string(config.Demo())))
}

// folder makes a data folder; its path is short, because the admin socket's
// must be.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "box")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "data")
}

// open opens a box; nothing runs.
func open(t tester, dir string, c *clock, s setup) *box {
	t.Helper()
	if s.out == nil {
		s.out = io.Discard
	}
	talk := slog.New(slog.NewTextHandler(s.out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	cfg := Config{Data: dir, WebDir: s.web, Version: "test", Log: talk, Clock: c, SpeechProgram: s.speech}
	if s.yaml != nil {
		cfg.ConfigFile = dir + ".yaml"
		if err := os.WriteFile(cfg.ConfigFile, s.yaml, 0o600); err != nil {
			t.Fatalf("%v", err)
		}
	}
	a, err := Open(cfg)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if s.log != nil {
		a.domain = newDomain()
		if a.engine, err = a.openEngine(s.log(a.store)); err != nil {
			t.Fatalf("%v", err)
		}
		a.presence = newPresence(a.engine)
	}
	return &box{App: a, t: t, clock: c}
}

// quiet runs a box without doors and devices: its engine with its modules and
// its log, and nothing else that acts by itself.
func quiet(t tester, dir string, c *clock, s setup) *box {
	t.Helper()
	b := open(t, dir, c, s)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.engine.Run(ctx) }()
	b.stop = func() error {
		cancel()
		return cmp.Or(<-ended, b.hub.Close(context.Background()), b.Close())
	}
	if err := b.applyConfig(ctx); err != nil {
		t.Fatalf("%v", err)
	}
	b.look()
	return b
}

// serve runs a whole box on a port of its own.
func serve(t tester, dir string, c *clock, s setup) *box {
	t.Helper()
	b := open(t, dir, c, s)
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("%v", err)
	}
	b.url = "http://" + tcp.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- b.Run(ctx, tcp, func() { close(ready) }) }()
	b.stop = func() error {
		cancel()
		return cmp.Or(<-ended, b.Close())
	}
	select {
	case <-ready:
	case err := <-ended:
		t.Fatalf("the box does not start: %v", err)
	}
	return b
}

// shut ends the box as a polite stop does.
func (b *box) shut() {
	b.t.Helper()
	if err := b.stop(); err != nil {
		b.t.Fatalf("the box ends with %v", err)
	}
}

// do has the engine decide a command and reports its refusal.
func (b *box) do(by branch.Actor, cmd branch.Command) (engine.Result, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return b.engine.Do(ctx, branch.Request{By: by, Command: cmd})
}

// must is do for what has to work.
func (b *box) must(by branch.Actor, cmd branch.Command) engine.Result {
	b.t.Helper()
	result, err := b.do(by, cmd)
	if err != nil {
		b.t.Fatalf("%s: %v", cmd.CommandName(), err)
	}
	return result
}

// ask reads, or moves the clock, between two batches.
func (b *box) ask(read func()) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := b.engine.Ask(ctx, read); err != nil {
		b.t.Fatalf("%v", err)
	}
}

// look makes the engine look at the clock and do what is due, until nothing is:
// what happens may make other things due at once.
func (b *box) look() {
	b.t.Helper()
	for range 20 {
		// This command asks for what is so already.
		b.must(branch.Box(), paging.Leave{Staff: "nobody"})
		if next := b.next(); next == 0 || next > b.clock.now() {
			return
		}
	}
	for _, m := range b.domain.modules() {
		b.t.Errorf("%s is due at %v, it is %v", m.Name(), m.NextWake().Time(), b.clock.now().Time())
	}
	b.t.Fatalf("something stays due whatever is done")
}

// next is when the next thing happens by itself, zero for never.
func (b *box) next() (next branch.Instant) {
	b.t.Helper()
	b.ask(func() {
		for _, m := range b.domain.modules() {
			next = branch.Earliest(next, m.NextWake())
		}
	})
	return next
}

// leap lets time pass at once, as if the machine had been suspended.
func (b *box) leap(d time.Duration) {
	b.t.Helper()
	b.ask(func() { b.clock.pass(d) })
	b.look()
}

// pass lets time pass, and stops wherever something becomes due.
func (b *box) pass(d time.Duration) {
	b.t.Helper()
	for end := b.clock.Monotonic() + d; ; {
		left := end - b.clock.Monotonic()
		step := left
		if next := b.next(); next != 0 {
			step = min(max(next.Sub(b.clock.now()), 0), left)
		}
		b.leap(step)
		if step == left {
			return
		}
	}
}

// jump sets the wall clock, which the engine then sees.
func (b *box) jump(d time.Duration) {
	b.t.Helper()
	b.ask(func() { b.clock.jump(d) })
	b.look()
}

// log returns the events after a sequence number.
func (b *box) log(after uint64) []branch.Envelope {
	b.t.Helper()
	events, err := b.engine.Events(after, 1<<20)
	if err != nil {
		b.t.Fatalf("%v", err)
	}
	return events
}

// of keeps the events of a type.
func of[E branch.Event](events []branch.Envelope) (found []E) {
	for _, env := range events {
		if e, ok := env.Event.(E); ok {
			found = append(found, e)
		}
	}
	return found
}

// verify replays the whole log and compares.
func (b *box) verify() {
	b.t.Helper()
	report, err := b.engine.Verify(context.Background())
	if err != nil || !report.Clean() {
		b.t.Fatalf("verify: %+v, %v", report.Differences, err)
	}
}

// eventually polls a condition until it holds.
func eventually(t tester, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); !holds(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s", what)
		}
	}
}
