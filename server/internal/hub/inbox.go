package hub

import (
	"math"
	"slices"
	"sync"
	"time"
)

// gatherPerEvent is how long commits are gathered for each recent event beyond
// the first.
const gatherPerEvent = 100 * time.Microsecond

// inbox is what waits for the dispatcher.
type inbox struct {
	longest time.Duration
	// wake has room for one: the dispatcher has something to do.
	wake chan struct{}

	mu      sync.Mutex
	closed  bool
	updates []Update
	// last is Last of the newest update, published when it came, due when the
	// updates may be taken.
	last      uint64
	published time.Time
	due       time.Time
	// recent counts the events of about the last longest, window is how long
	// commits are gathered because of them.
	recent float64
	window time.Duration
	// joins and leaves are sockets that want their views and that are gone.
	joins, leaves []*socket
	// stale are topics whose views have changed without a commit.
	stale []string
}

func (in *inbox) init(longest time.Duration) {
	in.longest = longest
	in.wake = make(chan struct{}, 1)
}

// publish adds an update. A commit of one event is taken at once; under load
// commits are gathered so that a screen gets one frame for several.
func (in *inbox) publish(u Update, now time.Time) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return
	}
	in.weigh(max(u.Last, in.last)-in.last, now)
	in.last, in.published = u.Last, now
	if len(in.updates) == 0 {
		in.due = now.Add(in.window)
	}
	in.updates = append(in.updates, u)
	in.poke()
}

// weigh counts further events: many in one commit and many small commits are
// the same load.
func (in *inbox) weigh(events uint64, now time.Time) {
	age := now.Sub(in.published).Seconds() / in.longest.Seconds()
	in.recent = in.recent*math.Exp(-age) + float64(min(events, 1000))
	in.window = 0
	if in.recent >= 2 {
		in.window = min(time.Duration((in.recent-1)*float64(gatherPerEvent)), in.longest)
	}
}

// putBack returns updates that were taken too early.
func (in *inbox) putBack(updates []Update, now time.Time) {
	if len(updates) == 0 {
		return
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.updates = append(updates, in.updates...)
	in.due = now.Add(in.window)
	in.poke()
}

func (in *inbox) join(s *socket) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.joins = append(in.joins, s)
	in.poke()
}

func (in *inbox) leave(s *socket) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.leaves = append(in.leaves, s)
	in.poke()
}

func (in *inbox) refresh(topic string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !slices.Contains(in.stale, topic) {
		in.stale = append(in.stale, topic)
	}
	in.poke()
}

// takeStale returns the topics to be asked for again.
func (in *inbox) takeStale() []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	stale := in.stale
	in.stale = nil
	return stale
}

func (in *inbox) close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.closed = true
	in.poke()
}

func (in *inbox) poke() {
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

// takeSockets returns who has joined and who has left, and whether the inbox is
// closed.
func (in *inbox) takeSockets() (joins, leaves []*socket, closed bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	joins, leaves = in.joins, in.leaves
	in.joins, in.leaves = nil, nil
	return joins, leaves, in.closed
}

// takeUpdates returns the updates that are due.
func (in *inbox) takeUpdates(now time.Time) []Update {
	in.mu.Lock()
	defer in.mu.Unlock()
	if now.Before(in.due) {
		return nil
	}
	return in.takeLocked()
}

// takeEarly returns the updates, due or not.
func (in *inbox) takeEarly() []Update {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.takeLocked()
}

func (in *inbox) takeLocked() []Update {
	updates := in.updates
	in.updates = nil
	return updates
}

// later returns when there are updates to take, zero when none wait.
func (in *inbox) later() time.Time {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.updates) == 0 {
		return time.Time{}
	}
	return in.due
}
