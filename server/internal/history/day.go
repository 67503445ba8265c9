// Package history folds the log into the figures of one day of the branch. It
// is pure: what it knows can be deleted and folded again from the log, and the
// same events give the same figures. The figures name services, counters and
// classes; they must never name a visit, a person or a need.
package history

import (
	"time"

	"handrail/server/internal/branch"
)

// Day folds what happened on one day. It must be given the events of the log in
// order, and may be given those of the days before and after too: a visit can
// have come, and be at a counter, since before midnight. It is for one goroutine
// at a time.
type Day struct {
	day  branch.Day
	zone *time.Location
	// seq is the last event taken.
	seq uint64
	// seen says that the log has something of the day.
	seen   bool
	visits visits
	pages  pages
}

// NewDay returns the empty fold of a day as it was on the wall clocks of zone. It
// begins behind the event with the number after.
func NewDay(day branch.Day, zone *time.Location, after uint64) *Day {
	return &Day{day: day, zone: zone, seq: after, visits: newVisits(), pages: newPages()}
}

// Cursor is the number of the last event taken.
func (d *Day) Cursor() uint64 { return d.seq }

// Take adds one event. One that was taken before changes nothing.
func (d *Day) Take(env branch.Envelope) {
	if env.Seq <= d.seq {
		return
	}
	d.seq = env.Seq
	at := moment{at: env.At, today: branch.DayOf(env.At, d.zone) == d.day, hour: env.At.Time().In(d.zone).Hour()}
	d.seen = d.seen || at.today
	if jumped, ok := env.Event.(branch.ClockJumped); ok {
		d.visits.shift(jumped.Delta())
		d.pages.shift(jumped.Delta())
		return
	}
	d.visits.take(env.Event, at)
	d.pages.take(env.Event, at)
}

// Figures returns the figures so far; false when the log has nothing of the day.
func (d *Day) Figures() (Figures, bool) {
	figures := Figures{Day: d.day, Pages: d.pages.figures()}
	d.visits.fill(&figures)
	return figures, d.seen
}

// moment is when an event happened.
type moment struct {
	at    branch.Instant
	today bool
	// hour is that of the clock on the wall, 0 to 23.
	hour int
}
