package drive

import (
	"context"
	"errors"
	"sync"
	"time"
)

// strangerAfter is how long a counter waits to learn whom it has called: the
// ticket's own answer may come after the call's.
const strangerAfter = 10 * time.Second

// stay is what the drive knows about one visit.
type stay struct {
	// known is closed when arrival is set, called when a counter has called.
	known  chan struct{}
	called chan struct{}

	arrival arrival
	ticket  string
	ended   bool
}

// book is the drive's own memory of the day: who has taken a ticket, been
// called and left. The report's figures do not come from here but from the
// box's log, which the audit compares with it.
type book struct {
	mu    sync.Mutex
	stays map[string]*stay
	// calls are the answers to call-next: visit and counter.
	calls []answeredCall
	// open counts, by service, the arrivals that have not left yet, also those
	// still to come. A channel of gone is closed when its service's are 0, drained
	// when all are.
	open map[string]int
	gone map[string]chan struct{}
	// remaining counts them all.
	remaining int
	drained   chan struct{}
	// moved is when somebody last arrived, was called or left.
	moved time.Time
	// totals for the progress line and the report.
	taken, served, cancelled, stayed, strangers int
}

// answeredCall is a counter's answer from call-next.
type answeredCall struct{ visit, counter string }

func newBook(arrivals []arrival) *book {
	b := &book{
		stays: map[string]*stay{}, open: map[string]int{}, gone: map[string]chan struct{}{},
		remaining: len(arrivals), drained: make(chan struct{}), moved: time.Now(),
	}
	for _, a := range arrivals {
		if b.open[a.service] == 0 {
			b.gone[a.service] = make(chan struct{})
		}
		b.open[a.service]++
	}
	if len(arrivals) == 0 {
		close(b.drained)
	}
	return b
}

// stay returns the stay of a visit, which may not be known yet. The caller
// holds mu.
func (b *book) stay(visit string) *stay {
	s, ok := b.stays[visit]
	if !ok {
		s = &stay{known: make(chan struct{}), called: make(chan struct{})}
		b.stays[visit] = s
	}
	return s
}

// arrived notes that a now has a ticket.
func (b *book) arrived(visit, ticket string, a arrival) *stay {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.stay(visit)
	s.arrival, s.ticket = a, ticket
	close(s.known)
	b.taken++
	b.moved = time.Now()
	return s
}

// turnedAway notes that somebody got no ticket.
func (b *book) turnedAway(a arrival) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.leave(a)
}

// called notes the answer to call-next.
func (b *book) called(visit, counter string) *stay {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.stay(visit)
	b.calls = append(b.calls, answeredCall{visit, counter})
	select {
	case <-s.called:
	default:
		close(s.called)
	}
	b.moved = time.Now()
	return s
}

// errStranger says that a visit was called that this drive did not bring.
var errStranger = errors.New("nobody of this drive")

// meet waits until s is known and returns who it is.
func (b *book) meet(ctx context.Context, s *stay) (arrival, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, strangerAfter, errStranger)
	defer cancel()
	select {
	case <-s.known:
		return s.arrival, nil
	case <-ctx.Done():
	}
	if errors.Is(context.Cause(ctx), errStranger) {
		b.mu.Lock()
		b.strangers++
		b.mu.Unlock()
	}
	return arrival{}, context.Cause(ctx)
}

// ended notes that a visit is over: served, or left by itself. It counts once.
func (b *book) ended(s *stay, served bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-s.known:
	default:
		return
	}
	if s.ended {
		return
	}
	s.ended = true
	if served {
		b.served++
	} else {
		b.cancelled++
	}
	b.leave(s.arrival)
}

// remained notes that somebody who would have left had been called before.
func (b *book) remained() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stayed++
}

// leave counts one arrival as done. The caller holds mu.
func (b *book) leave(a arrival) {
	b.moved = time.Now()
	if b.open[a.service]--; b.open[a.service] == 0 {
		close(b.gone[a.service])
	}
	if b.remaining--; b.remaining == 0 {
		close(b.drained)
	}
}

// drain waits until everybody has left, or nobody has moved for patience.
func (b *book) drain(ctx context.Context, patience time.Duration) error {
	for {
		still := b.stillFor()
		if still >= patience {
			return nil
		}
		select {
		case <-b.drained:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(patience - still):
		}
	}
}

// stillFor returns for how long nobody has moved.
func (b *book) stillFor() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Since(b.moved)
}

// counts is how far the day has come; remaining are those who have not left yet.
type counts struct{ taken, served, cancelled, remaining int }

func (b *book) counts() counts {
	b.mu.Lock()
	defer b.mu.Unlock()
	return counts{taken: b.taken, served: b.served, cancelled: b.cancelled, remaining: b.remaining}
}

// tickets returns the acknowledged tickets by visit.
func (b *book) tickets() map[string]string {
	b.mu.Lock()
	defer b.mu.Unlock()
	tickets := map[string]string{}
	for id, s := range b.stays {
		if s.ticket != "" {
			tickets[id] = s.ticket
		}
	}
	return tickets
}
