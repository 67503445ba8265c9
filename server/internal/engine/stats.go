package engine

import (
	"slices"
	"sync"
	"time"

	"handrail/server/internal/branch"
)

// Stats are figures of an engine since Open.
type Stats struct {
	// Commits and Events were made durable; Failed commits were not, for want
	// of room.
	Commits, Events, Failed uint64
	// Dropped counts reactions that were refused or too deep.
	Dropped uint64
	// Batches counts commits by the number of calls that shared them, Latency
	// by how long the log took, in seconds.
	Batches, Latency Histogram
	// Queue is how many calls are waiting, Seq the last sequence number
	// published.
	Queue int
	Seq   uint64
	// Tight reports that the disk is short and ordinary commands are refused.
	Tight bool
	Room  branch.Room
}

// Histogram counts values by upper bound, as metrics want them.
type Histogram struct {
	// Bounds are the upper bounds; Counts has one more, for what is above.
	Bounds []float64
	Counts []uint64
	Sum    float64
}

func (h *Histogram) add(value float64) {
	i, found := slices.BinarySearch(h.Bounds, value)
	_ = found // a value on a bound belongs below it, and that is where i points
	h.Counts[i]++
	h.Sum += value
}

func (h Histogram) clone() Histogram {
	h.Counts = slices.Clone(h.Counts)
	return h
}

func newHistogram(bounds ...float64) Histogram {
	return Histogram{Bounds: bounds, Counts: make([]uint64, len(bounds)+1)}
}

// statistics is the one place where the writer and the curious meet.
type statistics struct {
	mu sync.Mutex
	s  Stats
}

func (t *statistics) change(f func(s *Stats)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.s.Batches.Counts == nil {
		t.s.Batches = newHistogram(0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
		t.s.Latency = newHistogram(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
	}
	f(&t.s)
}

func (t *statistics) committed(calls, events int, took time.Duration) {
	t.change(func(s *Stats) {
		s.Commits++
		s.Events += uint64(events)
		s.Batches.add(float64(calls))
		s.Latency.add(took.Seconds())
	})
}

func (t *statistics) failed()  { t.change(func(s *Stats) { s.Failed++ }) }
func (t *statistics) dropped() { t.change(func(s *Stats) { s.Dropped++ }) }

func (t *statistics) sawSpace(space *space) {
	t.change(func(s *Stats) { s.Tight, s.Room = space.tight, space.room })
}

// Stats returns the figures; it may be called from any goroutine.
func (e *Engine) Stats() Stats {
	var now Stats
	e.stats.change(func(s *Stats) {
		now = *s
		now.Batches, now.Latency = s.Batches.clone(), s.Latency.clone()
	})
	now.Queue, now.Seq = len(e.calls), e.published.Load()
	return now
}
