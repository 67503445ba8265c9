package engine

import (
	"context"
	"sort"
	"sync"

	"handrail/server/internal/branch"
)

const (
	// recentEvents is how many events the feed keeps for subscribers that are a
	// little late; who is later reads the log.
	recentEvents = 4096
	// rereadEvents is how many events are read from the log at once.
	rereadEvents = 512
)

// feed holds the last commits and wakes those who wait for the next. The writer
// never waits for a reader.
type feed struct {
	mu      sync.Mutex
	recent  []Commit // oldest first, without gaps
	events  int      // in recent
	last    uint64
	changed chan struct{} // closed and replaced by each commit
}

func (f *feed) open(seq uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last, f.changed = seq, make(chan struct{})
}

func (f *feed) tell(c Commit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.recent = append(f.recent, c)
	f.events += len(c.Events)
	for f.events > recentEvents && len(f.recent) > 1 {
		f.events -= len(f.recent[0].Events)
		f.recent[0] = Commit{}
		f.recent = f.recent[1:]
	}
	f.last = c.Last
	close(f.changed)
	f.changed = make(chan struct{})
}

// after returns the commit that follows a sequence number. Without one, known
// tells why: true when nothing has happened since and the channel will be
// closed when it does, false when the feed no longer holds it.
func (f *feed) after(seq uint64) (c Commit, changed <-chan struct{}, known bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if seq >= f.last {
		return Commit{}, f.changed, true
	}
	i := sort.Search(len(f.recent), func(i int) bool { return f.recent[i].Last > seq })
	if i == len(f.recent) || f.recent[i].first() > seq+1 {
		return Commit{}, nil, false
	}
	return f.recent[i].from(seq + 1), nil, true
}

// first is the sequence number of the first event.
func (c Commit) first() uint64 { return c.Last - uint64(len(c.Events)) + 1 }

// from returns the part of the commit from a sequence number on.
func (c Commit) from(seq uint64) Commit {
	c.Events = c.Events[seq-c.first():]
	return c
}

// Subscription hands out commits in order, each event once. It needs no
// closing; one goroutine may use it.
type Subscription struct {
	engine *Engine
	seen   uint64
}

// Subscribe begins with the first commit after now.
func (e *Engine) Subscribe() *Subscription { return &Subscription{engine: e, seen: e.published.Load()} }

// Seen returns the sequence number of the last event handed out.
func (s *Subscription) Seen() uint64 { return s.seen }

// Next waits for the next commit. A subscriber that has fallen behind is told so
// by Commit.Reread and gets what it missed from the log, a page at a time. After
// the engine has stopped Next returns ErrStopped once everything is handed out.
func (s *Subscription) Next(ctx context.Context) (Commit, error) {
	for {
		c, changed, known := s.engine.feed.after(s.seen)
		switch {
		case !known:
			return s.reread()
		case changed == nil:
			s.seen = c.Last
			return c, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Commit{}, ctx.Err()
		case <-s.engine.stopped:
			if s.engine.published.Load() <= s.seen {
				return Commit{}, ErrStopped
			}
		}
	}
}

func (s *Subscription) reread() (Commit, error) {
	events, err := s.engine.Events(s.seen, rereadEvents)
	if err != nil {
		return Commit{}, err
	}
	if len(events) == 0 {
		return Commit{}, &branch.Damage{Seq: s.seen + 1, Problem: "the log no longer holds it"}
	}
	s.seen = events[len(events)-1].Seq
	return Commit{Last: s.seen, Events: events, Reread: true}, nil
}
