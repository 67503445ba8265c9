// Package branch is the floor of the domain: the typed ids, the words and the
// envelopes in which every other domain package speaks. It holds no rules and
// no state, reads no clock and no random source, and must never learn what a
// websocket, a file or a queue is.
package branch

import "time"

// Instant is a moment in milliseconds since the Unix epoch, UTC. The zero
// Instant means "never" or "not yet".
//
// Domain state uses Instant instead of time.Time because it has one
// representation: snapshots of equal states are equal bytes.
type Instant int64

// InstantOf returns the Instant of t, truncated to the millisecond; the zero
// time gives the zero Instant.
func InstantOf(t time.Time) Instant {
	if t.IsZero() {
		return 0
	}
	return Instant(t.UnixMilli())
}

// Time returns i as a UTC time; the zero Instant gives the zero time.
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(i)).UTC()
}

// Add returns i moved by d, truncated to the millisecond. The zero Instant
// stays zero: what never happens cannot be moved.
func (i Instant) Add(d time.Duration) Instant {
	if i == 0 {
		return 0
	}
	return i + Instant(d.Milliseconds())
}

// Sub returns the time from j to i.
func (i Instant) Sub(j Instant) time.Duration {
	return time.Duration(i-j) * time.Millisecond
}

// IsZero reports whether i means "never" or "not yet".
func (i Instant) IsZero() bool { return i == 0 }

// Earliest returns the earliest of the non-zero instants, or zero when all are
// zero.
func Earliest(instants ...Instant) Instant {
	var first Instant
	for _, i := range instants {
		if i != 0 && (first == 0 || i < first) {
			first = i
		}
	}
	return first
}

// Day is a calendar day of the branch, in its own time zone, as "2006-01-02".
type Day string

// DayOf returns the day on which i falls in loc.
func DayOf(i Instant, loc *time.Location) Day {
	return Day(i.Time().In(loc).Format(time.DateOnly))
}

// Env is what a decision may know besides the module's own state.
type Env struct {
	// Now is the engine's time of the decision.
	Now Instant
	// NewID makes a fresh id "<prefix>_<ULID>", for example NewID("v").
	NewID func(prefix string) string
}
