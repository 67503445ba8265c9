package engine_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
)

func withClock(c *testClock) func(*setup) { return func(s *setup) { s.cfg.Clock = c } }

// at is a moment of the bubble's clock.
func at(c *testClock, in time.Duration) branch.Instant { return branch.InstantOf(c.Wall().Add(in)) }

func TestWhatIsDueHappensOnceAndInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock()
		b := startBox(t, t.TempDir(), withClock(c))
		b.do("", ring{at(c, 90*time.Second)})
		b.do("", ring{at(c, 90*time.Second)})
		b.do("", ring{at(c, 3*time.Hour)})
		time.Sleep(89 * time.Second)
		synctest.Wait()
		if got := b.bells(); got != 0 {
			t.Errorf("%d bells too early", got)
		}
		time.Sleep(time.Second + time.Millisecond)
		synctest.Wait()
		if got := b.bells(); got != 2 {
			t.Errorf("%d bells at their time", got)
		}
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if got := b.bells(); got != 2 {
			t.Errorf("%d bells later", got)
		}
		b.close()
	})
}

func TestWhatWasDueWhileTheBoxWasOffHappensOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, c := t.TempDir(), newClock()
		b := startBox(t, dir, withClock(c))
		b.do("", ring{at(c, time.Minute)})
		b.do("", ring{at(c, 10*time.Hour)})
		b.close()
		time.Sleep(5 * time.Hour)
		b = startBox(t, dir, withClock(newClock()))
		time.Sleep(time.Second)
		synctest.Wait()
		if got := b.types(0); !slices.Equal(got, []string{"page.set", "page.set", "page.rang"}) {
			t.Errorf("the log holds %v", got)
		}
		b.close()
	})
}

func TestAJumpOfTheClockIsAnEventAndChangesNoWaiting(t *testing.T) {
	for name, jump := range map[string]time.Duration{
		"an hour ahead": time.Hour, "an hour back": -time.Hour, "61 seconds": 61 * time.Second,
		"over midnight": 24 * time.Hour, "into the next month": 32 * 24 * time.Hour, "into the last month": -32 * 24 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClock()
				b := startBox(t, t.TempDir(), withClock(c))
				bell := ring{at(c, 10*time.Minute)}
				b.do(commandID, bell)
				time.Sleep(5 * time.Minute)
				c.move(jump)
				time.Sleep(2 * time.Second)
				synctest.Wait()
				events, err := b.Events(1, 10)
				if err != nil || len(events) != 1 {
					t.Fatalf("after the jump the log holds %v, %v", events, err)
				}
				if jumped := events[0].Event.(branch.ClockJumped); (jumped.Delta() - jump).Abs() > time.Second {
					t.Errorf("a jump of %v is told as %v", jump, jumped.Delta())
				}
				if events[0].At.Sub(at(c, 0)).Abs() > 2*time.Second {
					t.Errorf("the jump is stamped %v", events[0].At.Time())
				}
				time.Sleep(4*time.Minute + 50*time.Second)
				synctest.Wait()
				if got := b.bells(); got != 0 {
					t.Error("the bell rang early")
				}
				time.Sleep(10 * time.Second)
				synctest.Wait()
				if got := b.bells(); got != 1 {
					t.Errorf("%d bells after their time", got)
				}
				if !b.do(commandID, bell).Repeated {
					t.Error("the jump made the box forget a request")
				}
				if r, err := b.Verify(context.Background()); err != nil || !r.Clean() {
					t.Errorf("verify: %+v, %v", r, err)
				}
				b.close()
			})
		})
	}
}

func TestADriftOfLessThanAMinuteIsNoJump(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock()
		b := startBox(t, t.TempDir(), withClock(c))
		c.move(59 * time.Second)
		time.Sleep(5 * time.Second)
		c.move(-118 * time.Second)
		time.Sleep(5 * time.Second)
		b.do("", add{"a", 1})
		if got := b.types(0); !slices.Equal(got, []string{"tally.added"}) {
			t.Errorf("the log holds %v", got)
		}
		b.close()
	})
}

func TestAClockSetBackWhileTheBoxWasOffIsAJump(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, c := t.TempDir(), newClock()
		b := startBox(t, dir, withClock(c))
		b.do("", ring{at(c, time.Minute)})
		b.close()
		c = newClock()
		c.move(-time.Hour)
		b = startBox(t, dir, withClock(c))
		if got := b.types(1); !slices.Equal(got, []string{"clock.jumped"}) {
			t.Errorf("the start tells %v", got)
		}
		time.Sleep(50 * time.Second)
		synctest.Wait()
		if b.bells() != 0 {
			t.Error("the bell rang early")
		}
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if got := b.bells(); got != 1 {
			t.Errorf("%d bells", got)
		}
		b.close()
	})
}

func TestTimeNeverGoesBackAfterASmallStepBackBetweenRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		b := startBox(t, dir, withClock(newClock()))
		b.do("", add{"a", 1})
		b.close()
		c := newClock()
		c.move(-30 * time.Second)
		b = startBox(t, dir, withClock(c))
		b.do("", add{"a", 1})
		events, err := b.Events(0, 10)
		if err != nil || len(events) != 2 || events[1].At < events[0].At {
			t.Errorf("events %v, %v", events, err)
		}
		b.close()
	})
}

func TestAMonthThatBeginsWhileTheBoxRunsBeginsAFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock() // the bubble begins on the first of January
		c.move(31*24*time.Hour - time.Minute)
		b := startBox(t, t.TempDir(), withClock(c))
		b.do("", add{"a", 1})
		time.Sleep(2 * time.Minute)
		b.do("", add{"a", 1})
		b.do("", add{"a", 1})
		want := []branch.LogFile{{Name: "log/2000-01.db", First: 1, Last: 1}, {Name: "log/2000-02.db", First: 2, Last: 3}}
		if got := b.store.Files(); !slices.Equal(got, want) {
			t.Errorf("files %v", got)
		}
		if r, err := b.Verify(context.Background()); err != nil || !r.Clean() || r.Files != 2 || r.Events != 3 {
			t.Errorf("verify: %+v, %v", r, err)
		}
		b.close()
	})
}

func TestEachFileReplaysAlone(t *testing.T) {
	dir := threeMonths(t)
	store := mustOpen(t, dir)
	for _, month := range []string{"01", "02"} {
		if err := store.Drop("2000-" + month); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(store.SaveSnapshot(0, nil), store.Close()); err != nil {
		t.Fatal(err)
	}
	b := startBox(t, dir)
	if got := b.total("wood"); got != 3 {
		t.Errorf("total %d from the last file", got)
	}
	if r, err := b.Verify(context.Background()); err != nil || !r.Clean() || r.Files != 1 || r.Events != 3 {
		t.Errorf("verify: %+v, %v", r, err)
	}
}

// threeMonths makes a closed folder with three files of three events each, from
// January 2000 on.
func threeMonths(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for month := range 3 {
		c := newClock()
		c.move(time.Until(time.Date(2000, time.Month(month+1), 15, 12, 0, 0, 0, time.UTC)))
		b := startBox(t, dir, withClock(c))
		for _, name := range []string{"wood", "iron", "glass"} {
			b.do("", add{name, 1})
		}
		b.close()
	}
	return dir
}

func TestVerifyNamesEachFlippedBit(t *testing.T) {
	good := threeMonths(t)
	cases := []struct {
		text string
		want branch.Damage
	}{
		{`"name":"iron"`, branch.Damage{File: "log/2000-02.db", Seq: 5, Problem: "its checksum is wrong"}},
		{`"by":{"role":"kiosk"`, branch.Damage{File: "log/2000-03.db", Seq: 7, Problem: "its checksum is wrong"}},
		{`handrail-snapshot-1`, branch.Damage{File: "log/2000-02.db", Problem: "the checksum of its snapshot is wrong"}},
		{`handrail-snapshot-1`, branch.Damage{File: "state.db", Problem: "the checksum of its snapshot is wrong"}},
	}
	for _, c := range cases {
		t.Run(c.text+" in "+c.want.File, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(good)); err != nil {
				t.Fatal(err)
			}
			flip(t, filepath.Join(dir, c.want.File), c.text)
			r, err := startBox(t, dir).Verify(context.Background())
			if err != nil || len(r.Differences) != 1 || r.Differences[0] != c.want {
				t.Errorf("found %+v, %v", r, err)
			}
		})
	}
}

func TestVerifyFindsNothingWhereNothingIs(t *testing.T) {
	b := startBox(t, threeMonths(t))
	r, err := b.Verify(context.Background())
	if err != nil || !r.Clean() || r.Files != 3 || r.Events != 9 {
		t.Errorf("verify: %+v, %v", r, err)
	}
	r, err = engine.Verify(context.Background(), b.store, func() []engine.Module { return []engine.Module{newTally()} })
	if err != nil || !r.Clean() || r.Events != 9 {
		t.Errorf("verify without an engine: %+v, %v", r, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := b.Verify(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestVerifyNamesAStateThatIsNotThatOfTheLog(t *testing.T) {
	b := startBox(t, t.TempDir())
	b.do("", add{"a", 1})
	if err := b.Ask(context.Background(), func() { b.module.state.Rang = 7 }); err != nil {
		t.Fatal(err)
	}
	r, err := b.Verify(context.Background())
	if err != nil || len(r.Differences) != 1 {
		t.Fatalf("verify: %+v, %v", r, err)
	}
	d := r.Differences[0]
	if d.File != "the running state" || d.Seq != 1 || !strings.Contains(d.Problem, "another state of tally") {
		t.Errorf("difference %+v", d)
	}
}

func TestDamageAfterTheSnapshotIsRefusedByName(t *testing.T) {
	dir := t.TempDir()
	b := startBox(t, dir)
	b.do("", add{"wood", 1})
	b.do("", add{"iron", 1})
	dir = crash(t, dir)
	if err := mustOpen(t, dir).Close(); err != nil { // whole, but without a snapshot
		t.Fatal(err)
	}
	flip(t, logFiles(t, dir)[0], `"name":"iron"`)
	store := mustOpen(t, dir)
	_, err := engine.Open(engine.Config{Log: store, Modules: []engine.Module{newTally()}})
	var d *branch.Damage
	if !errors.As(err, &d) || d.Seq != 2 || d.File != store.Files()[0].Name {
		t.Errorf("the start ends with %v", err)
	}
}

// logFiles lists the log files, oldest first.
func logFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "log", "*.db"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	return files
}

// flip changes one bit in every place where a text stands: all but one are free
// pages.
func flip(t *testing.T, path, text string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), text) {
		t.Fatalf("%q is not in %s", text, path)
	}
	flipped := []byte(text)
	flipped[len(flipped)-2] ^= 1
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(data), text, string(flipped))), 0o600); err != nil {
		t.Fatal(err)
	}
}
