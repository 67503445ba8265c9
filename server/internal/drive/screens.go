package drive

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"handrail/server/internal/wire"
)

const (
	// cutScreens is how many screens lose their connection in mid-day.
	cutScreens = 10
	// leastCut is the shortest time for which they lose it.
	leastCut = time.Second
	// catchUp is how long the screens may lag behind the end of the day.
	catchUp = 20 * time.Second
)

// sighting is a call or recall that a screen was told of.
type sighting struct {
	seq   uint64
	event string
}

// screen is one hall screen. It relies on frames alone.
type screen struct {
	*live
	// seen and delays belong to follow's goroutine until it has ended.
	seen   []sighting
	delays []time.Duration
	last   atomic.Uint64
}

func (b *box) screen(n int, zone string) *screen {
	s := &screen{}
	s.live = b.live("hall:"+zone, b.source(fromScreen, n), s.look)
	return s
}

// look notes the calls of a frame and, unless they are a replay, how old they
// are on arrival.
func (s *screen) look(f *frame, at time.Time) {
	if f.Type != wire.TypeEvents {
		return
	}
	for _, e := range f.Events {
		if !isCall(e.Event) {
			continue
		}
		s.seen = append(s.seen, sighting{e.Seq, e.Event})
		s.last.Store(e.Seq)
		if !f.Replay {
			s.delays = append(s.delays, at.Sub(time.Time(e.At)))
		}
	}
}

// isCall reports whether an event is heard in the hall.
func isCall(event string) bool { return event == "visit.called" || event == "visit.recalled" }

// hall is all the screens.
type hall struct {
	screens []*screen
	stop    context.CancelFunc
	done    sync.WaitGroup
	mu      sync.Mutex
	failed  error
}

// openHall connects n screens to zone and waits until each of them is live.
func openHall(ctx context.Context, b *box, n int, zone string) (*hall, error) {
	ctx, stop := context.WithCancel(ctx)
	h := &hall{stop: stop}
	for i := range n {
		s := b.screen(i, zone)
		h.screens = append(h.screens, s)
		h.done.Go(func() { h.follow(ctx, s) })
	}
	for i, s := range h.screens {
		if err := h.await(ctx, s); err != nil {
			h.close()
			return nil, fmt.Errorf("screen %d of %d: %w", i+1, n, err)
		}
	}
	return h, nil
}

// await waits for the beginning of one screen.
func (h *hall) await(ctx context.Context, s *screen) error {
	select {
	case <-s.begun:
		return nil
	case <-ctx.Done():
		return h.failure(ctx.Err())
	}
}

// follow runs one screen; a screen that the box refuses ends them all.
func (h *hall) follow(ctx context.Context, s *screen) {
	err := s.follow(ctx)
	if ctx.Err() != nil {
		return
	}
	h.mu.Lock()
	h.failed = err
	h.mu.Unlock()
	h.stop()
}

// failure returns why a screen was refused, or otherwise.
func (h *hall) failure(otherwise error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.failed != nil {
		return h.failed
	}
	return otherwise
}

// cutSome breaks the first screens for d and returns how many.
func (h *hall) cutSome(d time.Duration) int {
	some := h.screens[:min(cutScreens, len(h.screens))]
	for _, s := range some {
		s.cut(max(d, leastCut))
	}
	return len(some)
}

// settle waits until every screen has been told of the call at seq, or too
// much time has passed: the audit says then what is missing.
func (h *hall) settle(ctx context.Context, seq uint64) {
	ctx, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	for _, s := range h.screens {
		for s.last.Load() < seq && pause(ctx, 10*time.Millisecond) == nil {
		}
	}
}

// close ends all screens and waits for them; then what they saw may be read.
func (h *hall) close() {
	h.stop()
	h.done.Wait()
}
