package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"handrail/server/internal/bench/box"
)

const (
	// rounds is how often each fan-out is timed.
	rounds = 60
	// roundLimit is how long one round may take.
	roundLimit = 10 * time.Second
)

// fanOut times one cancelling from its request to the last of many sockets,
// and a plain loop that writes as many bytes to as many TCP connections.
func (b *bench) fanOut(ctx context.Context) error {
	b.title("Fan-out")
	b.note("From the request that cancels a ticket to the frame on the last socket, %d times; beside it a loop that writes "+
		"the same number of bytes to as many TCP connections, from its first write to the last reader.", rounds)
	b.head("sockets", "bytes per socket", "request to last socket p50", "p99", "raw loop p50", "p99", "ratio of p50")
	for text := range strings.SplitSeq(b.sockets, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return err
		}
		if err := b.fanOutRow(ctx, n); err != nil {
			return fmt.Errorf("%d sockets: %w", n, err)
		}
	}
	fmt.Fprintln(b.out)
	return nil
}

func (b *bench) fanOutRow(ctx context.Context, n int) error {
	fmt.Fprintf(b.progress, "bench: %d sockets\n", n)
	br, err := b.open(ctx)
	if err != nil {
		return err
	}
	hub, size, err := hubRounds(ctx, br, n)
	if err = joinEnd(err, br); err != nil {
		return err
	}
	raw, err := rawRounds(n, size)
	if err != nil {
		return err
	}
	p50, rawP50 := quantile(hub, 0.5), quantile(raw, 0.5)
	b.row(fmt.Sprint(n), fmt.Sprint(size), ms(p50), ms(quantile(hub, 0.99)), ms(rawP50), ms(quantile(raw, 0.99)),
		fmt.Sprintf("%.1f", float64(p50)/float64(rawP50)))
	return nil
}

// arrivals tells when the last of n receivers has received.
type arrivals struct {
	n    int64
	got  atomic.Int64
	last chan time.Time
}

func newArrivals(n int) *arrivals { return &arrivals{n: int64(n), last: make(chan time.Time, 1)} }

// one counts one receiver.
func (a *arrivals) one() {
	if a.got.Add(1)%a.n == 0 {
		a.last <- time.Now()
	}
}

// await returns the time from begin to the last receiver.
func (a *arrivals) await(begin time.Time) (time.Duration, error) {
	select {
	case at := <-a.last:
		return at.Sub(begin), nil
	case <-time.After(roundLimit):
		return 0, fmt.Errorf("only %d of %d receivers have received", a.got.Load()%a.n, a.n)
	}
}

// hubRounds times the box, and returns how many bytes a socket receives for one
// cancelling.
func hubRounds(ctx context.Context, br *branch, n int) (times []time.Duration, size int64, err error) {
	all := newArrivals(n)
	screens, err := openWatchers(ctx, br.URL, br.token, n, func(_ int, w *watcher) { w.woken = all.one })
	if err != nil {
		return nil, 0, err
	}
	defer screens.close()
	g, err := newGenerator(br.host(), br.token, 1)
	if err != nil {
		return nil, 0, err
	}
	defer g.close()
	g.fill()
	if err := quiet(screens); err != nil {
		return nil, 0, err
	}
	g.queue.floor = 0
	before := screens.received()
	for range rounds {
		begin := time.Now()
		if !g.command(g.callers[0], begin) {
			return nil, 0, errors.New(g.why())
		}
		took, err := all.await(begin)
		if err != nil {
			return nil, 0, err
		}
		times = append(times, took)
		if err := quiet(screens); err != nil {
			return nil, 0, err
		}
	}
	slices.Sort(times)
	return times, (screens.received() - before) / int64(n*rounds), nil
}

// quiet waits until nothing more arrives at the screens.
func quiet(screens *watchers) error {
	deadline := time.Now().Add(roundLimit)
	for last := int64(-1); ; time.Sleep(15 * time.Millisecond) {
		now := screens.received()
		if now == last {
			return nil
		}
		if time.Now().After(deadline) {
			return errors.New("the screens do not come to rest")
		}
		last = now
	}
}

// rawRounds times a loop that writes size bytes to each of n connections.
func rawRounds(n int, size int64) (times []time.Duration, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	all := newArrivals(n)
	var writers []net.Conn
	var readers sync.WaitGroup
	defer func() {
		for _, c := range writers {
			c.Close()
		}
		readers.Wait()
	}()
	for i := range n {
		dialer := net.Dialer{LocalAddr: box.Address(fromWatcher, i)}
		reader, err := dialer.Dial("tcp", listener.Addr().String())
		if err != nil {
			return nil, err
		}
		readers.Go(func() { readBlocks(reader, size, all.one) })
		writer, err := listener.Accept()
		if err != nil {
			return nil, err
		}
		writers = append(writers, writer)
	}
	block := make([]byte, size)
	for range rounds {
		begin := time.Now()
		for _, c := range writers {
			if _, err := c.Write(block); err != nil {
				return nil, err
			}
		}
		took, err := all.await(begin)
		if err != nil {
			return nil, err
		}
		times = append(times, took)
	}
	slices.Sort(times)
	return times, nil
}

// readBlocks calls whole after every size bytes, until the connection ends.
func readBlocks(conn net.Conn, size int64, whole func()) {
	defer conn.Close()
	block := make([]byte, size)
	for {
		if _, err := io.ReadFull(conn, block); err != nil {
			return
		}
		whole()
	}
}
