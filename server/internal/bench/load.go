package main

import (
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// callers is the number of connections that make commands.
	callers = 128
	// queueFloor is the number of people waiting above which a command cancels
	// the oldest ticket instead of taking a new one; with every caller taking a
	// ticket at once, queueFloor + callers wait.
	queueFloor = 300
	ticket     = `{"service":"general","language":"zh-CN"}`
)

// queue is the people who wait, as the generator knows them.
type queue struct {
	mu      sync.Mutex
	waiting []string
	// floor is the number above which oldest takes out.
	floor int
	most  int
}

func (q *queue) add(visit string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, visit)
	q.most = max(q.most, len(q.waiting))
}

// oldest takes out who has waited longest, when more than the floor wait.
func (q *queue) oldest() (string, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) <= q.floor {
		return "", false
	}
	visit := q.waiting[0]
	q.waiting = q.waiting[1:]
	return visit, true
}

// generator makes commands over its own connections; it is used by one run at a
// time.
type generator struct {
	callers []*caller
	queue   queue
	// run makes keys that no other process makes, next numbers them.
	run  string
	next atomic.Uint64

	created, cancels atomic.Int64
	failed           atomic.Int64
	failure          atomic.Pointer[string]
	// cancelling is told which visit is about to be cancelled for a command due
	// at that time, if set.
	cancelling func(visit string, due time.Time)
}

func newGenerator(host, token string, n int) (*generator, error) {
	g := &generator{queue: queue{floor: queueFloor}, run: strconv.FormatInt(time.Now().UnixNano(), 36)}
	for i := range n {
		c, err := dialCaller(host, token, i)
		if err != nil {
			g.close()
			return nil, err
		}
		g.callers = append(g.callers, c)
	}
	return g, nil
}

func (g *generator) close() {
	for _, c := range g.callers {
		c.close()
	}
}

// command makes one command: a ticket, or the cancelling of the oldest one when
// enough people wait.
func (g *generator) command(c *caller, due time.Time) bool {
	key := "bench-" + g.run + "-" + strconv.FormatUint(g.next.Add(1), 10)
	visit, cancel := g.queue.oldest()
	if !cancel {
		return g.take(c, key)
	}
	if g.cancelling != nil {
		g.cancelling(visit, due)
	}
	status, body, err := c.post("/api/v1/visits/"+visit+"/cancel", key, "{}")
	if err != nil || status != http.StatusOK {
		return g.fail(status, body, err)
	}
	g.cancels.Add(1)
	return true
}

// take takes a ticket.
func (g *generator) take(c *caller, key string) bool {
	status, body, err := c.post("/api/v1/visits", key, ticket)
	if err != nil || status != http.StatusCreated {
		return g.fail(status, body, err)
	}
	visit, err := visitOf(body)
	if err != nil {
		return g.fail(status, body, err)
	}
	g.created.Add(1)
	g.queue.add(visit)
	return true
}

// fail counts a command that was not acknowledged and keeps the last reason.
func (g *generator) fail(status int, body []byte, err error) bool {
	why := fmt.Sprintf("status %d: %.200s", status, body)
	if err != nil {
		why = err.Error()
	}
	g.failure.Store(&why)
	g.failed.Add(1)
	return false
}

// why returns the last reason of a failure, or nothing.
func (g *generator) why() string {
	if reason := g.failure.Load(); reason != nil {
		return *reason
	}
	return ""
}

// fill takes tickets until the queue is at its floor.
func (g *generator) fill() {
	for len(g.queue.waiting) < queueFloor && g.failed.Load() == 0 {
		g.command(g.callers[0], time.Now())
	}
}

// empty cancels all tickets, so that the next run begins with nobody waiting.
func (g *generator) empty() {
	g.queue.floor = 0
	g.cancelling = nil
	for len(g.queue.waiting) > 0 && g.failed.Load() == 0 {
		g.command(g.callers[0], time.Now())
	}
}

// outcome is what a run came to.
type outcome struct {
	scheduled, acknowledged int
	took                    time.Duration
	// latencies are from the scheduled time to the answer, in order.
	latencies []time.Duration
}

// rate is the number of acknowledged commands per second.
func (o outcome) rate() float64 { return float64(o.acknowledged) / o.took.Seconds() }

// openLoop makes rate commands per second for d, each due at its own time
// whether or not earlier ones have been answered.
func (g *generator) openLoop(rate int, d time.Duration) outcome {
	n := int(float64(rate) * d.Seconds())
	due := make(chan time.Time, n)
	results := make([][]time.Duration, len(g.callers))
	var working sync.WaitGroup
	begin := time.Now().Add(10 * time.Millisecond)
	for i, c := range g.callers {
		working.Go(func() { results[i] = g.serve(c, due) })
	}
	schedule(begin, rate, n, due)
	working.Wait()
	return summarise(n, time.Since(begin), results)
}

// serve makes the commands that are due, one after the other.
func (g *generator) serve(c *caller, due <-chan time.Time) []time.Duration {
	var latencies []time.Duration
	for at := range due {
		if g.command(c, at) {
			latencies = append(latencies, time.Since(at))
		}
	}
	return latencies
}

// schedule hands out n due times at rate per second, each when it has come. It
// sleeps by a system call of its own: the runtime's timers are rounded up to a
// millisecond while the network is polled.
func schedule(begin time.Time, rate, n int, due chan<- time.Time) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(due)
	for i := range n {
		at := begin.Add(time.Duration(float64(i) / float64(rate) * float64(time.Second)))
		if wait := time.Until(at); wait > 0 {
			ts := syscall.NsecToTimespec(int64(wait))
			_ = syscall.Nanosleep(&ts, nil) // woken early, the command is early
		}
		due <- at
	}
}

// closedLoop lets the first n callers make commands as fast as they are
// answered, until d has passed or enough were made.
func (g *generator) closedLoop(n int, d time.Duration, enough int64) outcome {
	results := make([][]time.Duration, n)
	var working sync.WaitGroup
	var made atomic.Int64
	begin := time.Now()
	for i, c := range g.callers[:n] {
		working.Go(func() {
			for time.Since(begin) < d && made.Add(1) <= enough {
				at := time.Now()
				if !g.command(c, at) {
					return
				}
				results[i] = append(results[i], time.Since(at))
			}
		})
	}
	working.Wait()
	return summarise(0, time.Since(begin), results)
}

func summarise(scheduled int, took time.Duration, results [][]time.Duration) outcome {
	latencies := slices.Concat(results...)
	slices.Sort(latencies)
	return outcome{scheduled: scheduled, acknowledged: len(latencies), took: took, latencies: latencies}
}

// quantile returns the nearest-rank quantile of sorted; 0 of nothing.
func quantile(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	i := int(share*float64(len(sorted))+0.999999) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}
