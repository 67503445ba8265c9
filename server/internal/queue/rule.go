package queue

import (
	"cmp"
	"math/bits"
	"time"

	"handrail/server/internal/branch"
)

// The bounds within which the rule computes, so that no score overflows: a wait
// of 100 years in milliseconds, a slope of 1000, and a head start that still
// leaves room for both.
const (
	maxWaited    = int64(100 * 366 * 24 * time.Hour / time.Millisecond)
	maxSlope     = 1000
	maxHeadStart = int64(1) << 60
)

// terms are what the policy says of one class, in milliseconds.
type terms struct {
	target    int64
	slope     int64
	headStart int64
}

// terms returns the class's terms, with the defaults where the policy is
// silent, within the bounds of the rule.
func (p *Policy) terms(class branch.Class) terms {
	target, slope := p.Target[class], p.Slope[class]
	if target < time.Millisecond {
		target = defaultTarget(class)
	}
	if slope < 1 {
		slope = defaultSlope(class)
	}
	return terms{
		target:    target.Milliseconds(),
		slope:     min(slope, maxSlope),
		headStart: min(max(p.HeadStart[class], 0), maxHeadStart),
	}
}

// defaultTarget is the longest wait promised to a class.
func defaultTarget(class branch.Class) time.Duration {
	switch class {
	case branch.Urgent:
		return DefaultUrgentTarget
	case branch.Caring:
		return DefaultCaringTarget
	default:
		return DefaultOrdinaryTarget
	}
}

// defaultSlope is how fast a class gathers priority.
func defaultSlope(class branch.Class) int64 {
	switch class {
	case branch.Urgent:
		return 60
	case branch.Caring:
		return 4
	default:
		return 1
	}
}

// waited is for how long a visit has been in the line, in milliseconds.
func waited(v *Visit, now branch.Instant) int64 {
	return min(max(int64(now-v.QueuedAt), 0), maxWaited)
}

// score is the accumulated priority, in milliseconds of ordinary waiting.
func (t terms) score(waited int64) int64 { return t.slope*waited + t.headStart }

// bid is what the head of a class puts forward.
type bid struct {
	waited, target, score int64
	// breached says that the target was reached, favoured that a caring counter
	// takes this class first.
	breached, favoured bool
	// place is the position among those eligible, by queuedAt, then id.
	place int
}

// beats is the call rule: the guard, then a caring counter's preference, then
// accumulated priority, then the line.
func (a bid) beats(b bid) bool {
	switch {
	case a.breached != b.breached:
		return a.breached
	case a.breached:
		if c := compareRatio(a.waited, a.target, b.waited, b.target); c != 0 {
			return c > 0
		}
	case a.favoured != b.favoured:
		return a.favoured
	case a.score != b.score:
		return a.score > b.score
	}
	return a.place < b.place
}

// compareRatio compares a/b with c/d exactly; none may be negative, b and d not
// zero.
func compareRatio(a, b, c, d int64) int {
	aHigh, aLow := bits.Mul64(uint64(a), uint64(d))
	cHigh, cLow := bits.Mul64(uint64(c), uint64(b))
	return cmp.Or(cmp.Compare(aHigh, cHigh), cmp.Compare(aLow, cLow))
}
