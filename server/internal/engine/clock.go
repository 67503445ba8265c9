package engine

import (
	"time"

	"handrail/server/internal/branch"
)

// jumpLimit is how far wall clock and monotonic clock may drift apart before
// the engine calls it a jump.
const jumpLimit = 60 * time.Second

// Clock is what the engine knows of time: what the wall says, and a clock that
// only runs forward.
type Clock interface {
	Wall() time.Time
	Monotonic() time.Duration
}

// SystemClock returns the clock of this computer.
func SystemClock() Clock { return systemClock{start: time.Now()} }

type systemClock struct{ start time.Time }

func (systemClock) Wall() time.Time            { return time.Now().Round(0) }
func (c systemClock) Monotonic() time.Duration { return time.Since(c.start) }

// timekeeper makes engine time: wall time at the start plus the monotonic
// clock. It is a value, so that a batch that fails can put back the one before.
type timekeeper struct {
	clock Clock
	// base is engine time when the monotonic clock was zero.
	base branch.Instant
	// last is the latest time told; time never goes back except by a jump.
	last branch.Instant
}

// startTime begins to keep time after a log whose last record is of lastAt. The
// duration is the jump to be recorded first: it is negative when the wall
// stands more than jumpLimit before the log. A wall that stands after the log
// is only a box that was off.
func startTime(clock Clock, lastAt branch.Instant) (timekeeper, time.Duration) {
	t := timekeeper{clock: clock, last: lastAt}
	t.base = branch.InstantOf(clock.Wall()) - branch.Instant(clock.Monotonic().Milliseconds())
	behind := t.running().Sub(lastAt)
	if behind >= -jumpLimit {
		return t, 0
	}
	t.last = 0
	return t, behind
}

// running is base plus the monotonic clock, which may stand before last after a
// start with the wall a little behind the log.
func (t *timekeeper) running() branch.Instant {
	return t.base + branch.Instant(t.clock.Monotonic().Milliseconds())
}

// now returns engine time.
func (t *timekeeper) now() branch.Instant {
	t.last = max(t.last, t.running())
	return t.last
}

// follow moves engine time to the wall when they are more than jumpLimit apart
// and returns by how much engine time moved, zero for no jump.
func (t *timekeeper) follow() time.Duration {
	divergence := branch.InstantOf(t.clock.Wall()).Sub(t.running())
	if divergence.Abs() <= jumpLimit {
		return 0
	}
	before := t.now()
	t.base += branch.Instant(divergence.Milliseconds())
	t.last = t.running()
	return t.last.Sub(before)
}
