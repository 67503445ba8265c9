package drive

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"handrail/server/internal/wire"
)

// counter is a recorded server at work: it takes whoever the box gives it.
type counter struct {
	shift
	*client
	live *live
	book *book
	// somebody has a value when somebody may be waiting for this counter.
	somebody chan struct{}
}

func (b *box) counter(n int, s shift, bk *book) *counter {
	from := b.source(fromCounter, n)
	c := &counter{shift: s, client: b.client(from), book: bk, somebody: make(chan struct{}, 1)}
	c.live = b.live("counter:"+s.counter, from, c.hear)
	return c
}

// hear wakes the counter when its view names somebody it could call. The view
// follows the events of every commit, so nobody is missed between a call-next
// that found nobody and the next frame.
func (c *counter) hear(f *frame, _ time.Time) {
	if f.Type != wire.TypeView {
		return
	}
	var view wire.CounterView
	if json.Unmarshal(f.View, &view) != nil || len(view.Next) == 0 {
		return
	}
	select {
	case c.somebody <- struct{}{}:
	default:
	}
}

// work is the counter's day: it opens, serves and closes.
func (c *counter) work(ctx context.Context, start time.Time) error {
	if err := pause(ctx, time.Until(start.Add(c.from))); err != nil {
		return err
	}
	if _, err := c.post(ctx, c.path("open"), wire.OpenCounter{}, nil); err != nil {
		return err
	}
	if err := c.serveUntil(ctx, c.closing(ctx, start)); err != nil {
		return err
	}
	_, err := c.post(ctx, c.path("close"), struct{}{}, nil)
	return err
}

func (c *counter) path(verb string) string { return "/api/v1/counters/" + c.shift.counter + "/" + verb }

// closing is closed when the counter may close: its recorded day has ended, and
// so has everybody for whose service it is the last counter.
func (c *counter) closing(ctx context.Context, start time.Time) <-chan struct{} {
	closing := make(chan struct{})
	go func() {
		defer close(closing)
		if pause(ctx, time.Until(start.Add(c.to))) != nil {
			return
		}
		for _, service := range c.last {
			select {
			case <-c.book.gone[service]:
			case <-ctx.Done():
			}
		}
	}()
	return closing
}

// serveUntil serves one visit after the other until the counter may close.
func (c *counter) serveUntil(ctx context.Context, closing <-chan struct{}) error {
	for {
		select {
		case <-closing:
			return ctx.Err()
		default:
		}
		served, err := c.serveNext(ctx)
		if err != nil {
			return err
		}
		if served {
			continue
		}
		select {
		case <-c.somebody:
		case <-closing:
		}
	}
}

// serveNext calls one visit and serves it to its end. It reports false when
// nobody could be called.
func (c *counter) serveNext(ctx context.Context) (bool, error) {
	var visit wire.Visit
	status, err := c.post(ctx, c.path("call-next"), struct{}{}, &visit)
	if err != nil || status == http.StatusNoContent {
		return false, err
	}
	return true, c.serve(ctx, visit.ID)
}

// serve confirms, serves as long as the record says for this very visit, and
// finishes. Somebody who hung up at the moment of the call is let go.
func (c *counter) serve(ctx context.Context, visit string) error {
	s := c.book.called(visit, c.shift.counter)
	who, err := c.book.meet(ctx, s)
	if err != nil && !errors.Is(err, errStranger) {
		return err
	}
	if err := c.act(ctx, visit, "confirm"); err != nil {
		if refusedWith(err, "wrong-state") {
			return nil
		}
		return err
	}
	if err := pause(ctx, who.serve); err != nil {
		return err
	}
	if err := c.act(ctx, visit, "finish"); err != nil {
		return err
	}
	c.book.ended(s, true)
	return nil
}

func (c *counter) act(ctx context.Context, visit, verb string) error {
	_, err := c.post(ctx, "/api/v1/visits/"+visit+"/"+verb, struct{}{}, nil)
	return err
}
