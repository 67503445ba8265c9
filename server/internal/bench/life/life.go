// Package life runs the box in this process under a clock that can be set
// forward, so that half a year of a branch's log can be lived through in
// minutes: with a month per file, a snapshot at the head of each, and only the
// commands of the last two days remembered. Everything else is the real box,
// its routes included. It must never be used to measure speed.
package life

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"handrail/server/internal/app"
	"handrail/server/internal/bench/box"
)

// Box is a box whose clock can be set forward.
type Box struct {
	// URL is where it listens.
	URL   string
	clock *clock
	stop  context.CancelFunc
	ended chan error
}

// Start opens the data folder under a clock that says from and runs on from
// there, and returns once the box listens.
func Start(ctx context.Context, data, config string, from time.Time) (*Box, error) {
	ctx, stop := context.WithCancel(ctx)
	b := &Box{clock: newClock(from), stop: stop, ended: make(chan error, 1)}
	listening := box.NewAnnouncement()
	go func() {
		b.ended <- app.Serve(ctx, app.Config{
			Data: data, Listen: "127.0.0.1:0", ConfigFile: config, Version: "bench",
			Log: slog.New(slog.DiscardHandler), Clock: b.clock,
		}, listening)
	}()
	select {
	case b.URL = <-listening.URL:
		return b, nil
	case err := <-b.ended:
		stop()
		return nil, fmt.Errorf("the box ended before it listened: %w", err)
	}
}

// Forward sets the clock forward.
func (b *Box) Forward(d time.Duration) { b.clock.skipped.Add(int64(d)) }

// Stop ends the box in order.
func (b *Box) Stop() error {
	b.stop()
	return <-b.ended
}

// clock runs as fast as time does, from a moment of its own, and leaps.
type clock struct {
	from, start time.Time
	skipped     atomic.Int64
}

func newClock(from time.Time) *clock { return &clock{from: from.Round(0), start: time.Now()} }

// Wall returns the moment.
func (c *clock) Wall() time.Time { return c.from.Add(c.Monotonic()) }

// Monotonic returns the time since the clock was made, leaps included: for the
// box they are time that has passed, not a wall clock that was set.
func (c *clock) Monotonic() time.Duration {
	return time.Since(c.start) + time.Duration(c.skipped.Load())
}
