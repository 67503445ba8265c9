package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/eventlog"
	"handrail/server/internal/eventlog/eventlogtest"
)

func mustOpen(t *testing.T, dir string) *eventlog.Store {
	t.Helper()
	s, err := eventlog.Open(dir, eventlog.Options{Ballast: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestAFullDiskRefusesTheBatchAndTheBoxStaysUp(t *testing.T) {
	dir := t.TempDir()
	b := startBox(t, dir)
	b.do("", add{"a", 1})
	fault := eventlogtest.Inject(b.store)
	fault.Fail(1, syscall.ENOSPC)
	b.refuses(branch.CodeStorage, request(commandID, add{"a", 1}))
	if got := b.total("a"); got != 1 {
		t.Errorf("total %d: memory runs ahead of the disk", got)
	}
	fault.Fail(0, syscall.ENOSPC)
	b.refuses(branch.CodeStorage, request(commandID, add{"a", 1}))
	b.refuses(branch.CodeStorage, request("", ring{at(newClock(), time.Hour)}))
	if stats := b.Stats(); !stats.Tight || stats.Failed == 0 || stats.Room.Disk == 0 {
		t.Errorf("stats %+v", stats)
	}
	fault.Heal()
	poll(t, "the box recovers", func() bool {
		_, err := b.Do(context.Background(), request(commandID, add{"a", 1}))
		return err == nil
	})
	poll(t, "the box says so", func() bool { return !b.Stats().Tight })
	if _, err := os.Stat(filepath.Join(dir, "ballast")); err != nil {
		t.Errorf("nothing is set aside again: %v", err)
	}
	if got := b.total("a"); got != 2 {
		t.Errorf("total %d", got)
	}
	if r, err := b.Verify(context.Background()); err != nil || !r.Clean() {
		t.Errorf("verify: %+v, %v", r, err)
	}
	b.close()
	if got := startBox(t, dir).total("a"); got != 2 {
		t.Errorf("total %d after a restart", got)
	}
}

func TestWhileTheDiskIsFullCallsForHelpAreTaken(t *testing.T) {
	g := newGate()
	b := startBox(t, t.TempDir(), withGate(g))
	b.do("", add{"a", 1})
	<-g.entered
	fault := eventlogtest.Inject(b.store)
	g.onTighten = fault.Heal // the ballast is room enough
	g.shut.Lock()
	first := sendAll(b, 1, func(int) branch.Request { return request("", ring{at(newClock(), time.Hour)}) })
	<-g.entered
	far := at(newClock(), time.Hour)
	rest := sendAll(b, 40, func(i int) branch.Request {
		if i%2 == 0 {
			return request("", ring{far})
		}
		return request("", add{"a", 1})
	})
	poll(t, "40 calls wait", func() bool { return b.Stats().Queue == 40 })
	fault.Fail(0, syscall.ENOSPC)
	g.shut.Unlock()
	if _, errs := first(); errs[0] != nil {
		t.Error(errs[0])
	}
	_, errs := rest()
	for i, err := range errs {
		if want := []branch.Code{"", branch.CodeStorage}[i%2]; branch.CodeOf(err) != want || want == "" && err != nil {
			t.Errorf("request %d is answered with %v", i, err)
		}
	}
	if got := b.total("a"); got != 1 {
		t.Errorf("total %d", got)
	}
	if got := len(b.types(1)); got != 21 {
		t.Errorf("%d calls for help in the log", got)
	}
}

func TestABrokenDiskEndsTheWriterWithoutAnAnswer(t *testing.T) {
	dir := t.TempDir()
	b := startBox(t, dir)
	b.do("", add{"a", 1})
	eventlogtest.Inject(b.store).Break()
	_, err := b.Do(context.Background(), request("", add{"a", 1}))
	if !errors.Is(err, engine.ErrStopped) {
		t.Errorf("answered with %v", err)
	}
	if err := <-b.ended; err == nil || branch.CodeOf(err) != "" {
		t.Errorf("the writer ended with %v", err)
	}
	b.ended <- nil
}

// TestAFencedFileTakesCallsForHelpAndRecovers runs a process under a file size
// limit, as "ulimit -f" sets it.
func TestAFencedFileTakesCallsForHelpAndRecovers(t *testing.T) {
	out, err := exec.Command(os.Args[0], "fill-fenced", t.TempDir()).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{"ordinary storage", "help taken 500", "ordinary storage still", "recovered", "clean"} {
		if !strings.Contains(string(out), want+"\n") {
			t.Errorf("the child does not say %q: %s", want, out)
		}
	}
}

// fence sets the limit of this process, in bytes.
func fence(bytes uint64) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	limit.Cur = bytes
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
}

// fillFenced is the child: it fills the log up to its fence, calls for help,
// and goes on when the fence is moved. It returns the exit code.
func fillFenced(dir string) int {
	if err := fillFencedBox(dir); err != nil {
		fmt.Println("failed:", err)
		return 1
	}
	return 0
}

func fillFencedBox(dir string) error {
	if err := fence(12 << 20); err != nil {
		return err
	}
	store, err := eventlog.Open(dir, eventlog.Options{})
	if err != nil {
		return err
	}
	module := newTally()
	e, err := engine.Open(engine.Config{
		Log: store, Modules: []engine.Module{module},
		NewModules: func() []engine.Module { return []engine.Module{newTally()} },
		Essential:  func(name string) bool { return strings.HasPrefix(name, "page.") },
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	if err := playFenced(ctx, e); err != nil {
		return err
	}
	cancel()
	return errors.Join(<-ended, store.Close())
}

func playFenced(ctx context.Context, e *engine.Engine) error {
	long := strings.Repeat("x", 200<<10)
	var err error
	for err == nil {
		_, err = e.Do(ctx, request("", add{long, 1}))
	}
	fmt.Println("ordinary", branch.CodeOf(err))
	for i := range 500 {
		if _, err := e.Do(ctx, request("", ring{branch.InstantOf(time.Now().Add(time.Hour)) + branch.Instant(i)})); err != nil {
			return fmt.Errorf("call for help %d: %w", i, err)
		}
	}
	fmt.Println("help taken 500")
	_, err = e.Do(ctx, request("", add{long, 1}))
	fmt.Println("ordinary", branch.CodeOf(err), "still")
	if err := fence(64 << 20); err != nil {
		return err
	}
	for range 2000 {
		if _, err = e.Do(ctx, request("", add{"a", 1})); err == nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err != nil {
		return fmt.Errorf("it does not recover: %w", err)
	}
	fmt.Println("recovered")
	r, err := e.Verify(ctx)
	if err == nil && r.Clean() {
		fmt.Println("clean")
	}
	return err
}
