package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// The floors of the design.
const (
	floorRate        = 5000
	floorLatency     = 50 * time.Millisecond
	deliveryRate     = 200
	floorDelivery    = 10 * time.Millisecond
	keptShare        = 0.99
	settleLimit      = 10 * time.Second
	sweepStep        = 2500
	sweepLength      = 8 * time.Second
	timedScreens     = 20
	queueMostAllowed = 500
)

// trial is one run at one rate with everything that is known about it.
type trial struct {
	outcome
	rate int
	// delivery is from the scheduled time of a cancelling to the arrival of its
	// frame at a timed screen, in order.
	delivery []time.Duration
	refused  int64
	why      string
	most     int
	log      logged
	// sum of the acknowledged commands as the generator counted them.
	created, cancelled int64
	low, high          uint64
	settled            bool
}

// kept reports whether the run kept to its schedule.
func (t *trial) kept() bool {
	return t.refused == 0 && t.outcome.rate() >= keptShare*float64(t.rate)
}

// agrees reports whether the log has exactly the acknowledged commands and
// every screen has been told of the last.
func (t *trial) agrees() bool {
	return t.log.created == t.created && t.log.cancelled == t.cancelled && t.settled && t.most <= queueMostAllowed
}

// commands measures the command path at the two rates of the floors and then
// at rising ones until the box or the generator falls behind.
func (b *bench) commands(ctx context.Context) error {
	br, err := b.open(ctx)
	if err != nil {
		return err
	}
	b.title("Commands")
	b.note("Tickets and cancels in turn, at most %d people waiting, %d live hall screens, %d keep-alive connections, open loop, "+
		"latency from the scheduled time to the answer. Delivery is from the scheduled time of a cancelling to its frame "+
		"on %d of the screens.", queueMostAllowed, b.screens, callers, min(b.screens, timedScreens))
	b.head("scheduled/s", "achieved/s", "p50", "p99", "max", "delivery p50", "delivery p99",
		"acknowledged", "events in the log", "last seq of every screen", "waiting at most", "verdict")
	err = b.rates(ctx, br)
	fmt.Fprintln(b.out)
	return joinEnd(err, br)
}

func (b *bench) rates(ctx context.Context, br *branch) error {
	slow, err := b.trial(ctx, br, deliveryRate, b.duration)
	if err != nil {
		return err
	}
	delivery := quantile(slow.delivery, 0.99)
	b.trialRow(slow, b.floor(slow.kept() && slow.agrees() && delivery < floorDelivery,
		"delivery p99 %s at %d/s", ms(delivery), deliveryRate))

	fast, err := b.trial(ctx, br, floorRate, b.duration)
	if err != nil {
		return err
	}
	latency := quantile(fast.latencies, 0.99)
	b.trialRow(fast, b.floor(fast.kept() && fast.agrees() && latency < floorLatency,
		"p99 %s at %d/s scheduled, %.0f/s achieved", ms(latency), floorRate, fast.outcome.rate()))

	for rate := floorRate + sweepStep; rate <= b.top; rate += sweepStep {
		t, err := b.trial(ctx, br, rate, sweepLength)
		if err != nil {
			return err
		}
		verdict := "ok"
		if !t.kept() {
			verdict = "fell behind"
		}
		b.trialRow(t, verdict)
		if !t.kept() || !t.agrees() {
			return nil
		}
	}
	return nil
}

// trialRow writes one run.
func (b *bench) trialRow(t *trial, verdict string) {
	if t.why != "" {
		verdict += ": " + t.why
	}
	b.row(fmt.Sprint(t.rate), number(t.outcome.rate()),
		ms(quantile(t.latencies, 0.5)), ms(quantile(t.latencies, 0.99)), ms(quantile(t.latencies, 1)),
		ms(quantile(t.delivery, 0.5)), ms(quantile(t.delivery, 0.99)),
		fmt.Sprint(t.created+t.cancelled), fmt.Sprint(t.log.created+t.log.cancelled),
		fmt.Sprintf("%d to %d", t.low, t.high), fmt.Sprint(t.most), verdict)
}

// trial makes commands at rate for d and compares what was acknowledged with
// the log and with what the screens were told.
func (b *bench) trial(ctx context.Context, br *branch, rate int, d time.Duration) (*trial, error) {
	fmt.Fprintf(b.progress, "bench: %d/s for %v\n", rate, d)
	after, _, err := br.cursor(ctx)
	if err != nil {
		return nil, err
	}
	clock := newDeliveries()
	screens, err := openWatchers(ctx, br.URL, br.token, b.screens, func(n int, w *watcher) {
		if n%max(1, b.screens/timedScreens) == 0 {
			w.delivered = clock.arrived(n)
		}
	})
	if err != nil {
		return nil, err
	}
	defer screens.close()
	g, err := newGenerator(br.host(), br.token, callers)
	if err != nil {
		return nil, err
	}
	defer g.close()
	g.cancelling = clock.left
	g.fill()

	t := &trial{rate: rate, outcome: g.openLoop(rate, d)}
	g.empty()
	t.created, t.cancelled = g.created.Load(), g.cancels.Load()
	t.refused, t.why, t.most = g.failed.Load(), g.why(), g.queue.most
	if t.log, err = br.read(ctx, after); err != nil {
		return nil, err
	}
	t.settled = screens.settle(t.log.lastCancel, settleLimit)
	t.low, t.high = screens.span()
	screens.close()
	t.delivery = clock.times()
	return t, nil
}

// deliveries times how long a cancelling takes to the screens.
type deliveries struct {
	mu    sync.RWMutex
	due   map[string]time.Time
	found [][]time.Duration
}

func newDeliveries() *deliveries { return &deliveries{due: map[string]time.Time{}} }

// left notes when the cancelling of a visit was due.
func (d *deliveries) left(visit string, due time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.due[visit] = due
}

// arrived returns what the n-th screen calls with every cancelling. Each screen
// writes to a list of its own.
func (d *deliveries) arrived(n int) func(string, time.Time) {
	for len(d.found) <= n {
		d.found = append(d.found, nil)
	}
	return func(visit string, at time.Time) {
		d.mu.RLock()
		due, ok := d.due[visit]
		d.mu.RUnlock()
		if ok && !due.IsZero() {
			d.found[n] = append(d.found[n], at.Sub(due))
		}
	}
}

// times returns all delivery times in order, once the screens have ended.
func (d *deliveries) times() []time.Duration {
	all := slices.Concat(d.found...)
	slices.Sort(all)
	return all
}
