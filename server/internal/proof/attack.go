package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"handrail/server/internal/bench/box"
)

const (
	// trickle is the pause between two bytes of an attacker.
	trickle = 500 * time.Millisecond
	// surrender is how long an attacker holds out.
	surrender = 20 * time.Second
	// glance is how often the memory of the box is read, visit how often the
	// honest visitor opens the page.
	glance = 20 * time.Millisecond
	visit  = 20 * time.Millisecond
	// atOnce is how many attackers connect at the same moment.
	atOnce = 200

	attackers byte = 60
	honest    byte = 61
)

// result is what became of the attack.
type result struct {
	settings
	// before and peak are the resident memory of the box before and during the
	// attack, in bytes.
	before, peak int64
	// held is how long each attacker held its connection, in order; refused
	// counts those that the box let go before their first pause.
	held    []time.Duration
	refused int
	// pages are the honest visitor's times, in order, each with a connection of
	// its own; failures what went wrong there.
	pages    []time.Duration
	failures []string
}

// attack sends everybody at once and watches until the last has gone.
func attack(ctx context.Context, s *settings) (*result, error) {
	memory, err := box.MemoryOf(s.pid)
	if err != nil {
		return nil, err
	}
	r := &result{settings: *s, before: memory.Resident}
	watching, stop := context.WithCancel(ctx)
	var watchers sync.WaitGroup
	watchers.Go(func() { r.watchMemory(watching) })
	watchers.Go(func() { r.openPages(watching) })

	r.held, r.refused = r.assault(ctx)
	stop()
	watchers.Wait()
	slices.Sort(r.held)
	slices.Sort(r.pages)
	return r, ctx.Err()
}

// assault lets every attacker connect and returns how long each held out.
func (r *result) assault(ctx context.Context) (held []time.Duration, refused int) {
	host := strings.TrimPrefix(r.url, "http://")
	var mu sync.Mutex
	var all sync.WaitGroup
	gate := make(chan struct{}, atOnce)
	for n := range r.bodies + r.heads {
		opening := slowHeader(host)
		if evenly(n, r.bodies, r.bodies+r.heads) {
			opening = slowBody(host)
		}
		gate <- struct{}{}
		all.Go(func() {
			took, err := hold(ctx, host, box.Address(attackers, n%r.addresses), opening, func() { <-gate })
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				held = append(held, took)
			}
			if err != nil || took < trickle {
				refused++
			}
		})
	}
	all.Wait()
	return held, refused
}

// evenly reports whether the n-th of all is one of some, which are spread evenly.
func evenly(n, some, all int) bool { return n*some/all != (n+1)*some/all }

func slowHeader(host string) string {
	return "POST /api/v1/visits HTTP/1.1\r\nHost: " + host + "\r\nX-Slow: "
}

func slowBody(host string) string {
	return "POST /api/v1/visits HTTP/1.1\r\nHost: " + host +
		"\r\nContent-Type: application/json\r\nContent-Length: 4194304\r\n\r\n{"
}

// hold connects, sends opening and then a byte at a time, until the box ends
// the connection. It calls connected once the connection is made or refused.
func hold(ctx context.Context, host string, from net.Addr, opening string, connected func()) (time.Duration, error) {
	conn, err := (&net.Dialer{LocalAddr: from}).DialContext(ctx, "tcp", host)
	connected()
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	begin := time.Now()
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, conn) // how it ends does not matter
		close(ended)
	}()
	_, _ = conn.Write([]byte(opening)) // a box that has hung up is seen below
	tick := time.NewTicker(trickle)
	defer tick.Stop()
	for time.Since(begin) < surrender {
		select {
		case <-ended:
			return time.Since(begin), nil
		case <-ctx.Done():
			return time.Since(begin), ctx.Err()
		case <-tick.C:
			_, _ = conn.Write([]byte("x"))
		}
	}
	return time.Since(begin), nil
}

// watchMemory keeps the most memory that the box had.
func (r *result) watchMemory(ctx context.Context) {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for {
		if memory, err := box.MemoryOf(r.pid); err == nil {
			r.peak = max(r.peak, memory.Resident)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// openPages opens the page again and again, each time over a new connection,
// as somebody does who has just come.
func (r *result) openPages(ctx context.Context) {
	dialer := &net.Dialer{LocalAddr: box.Address(honest, 0)}
	client := &http.Client{
		Timeout:   surrender,
		Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true},
	}
	tick := time.NewTicker(visit)
	defer tick.Stop()
	for {
		begin := time.Now()
		if err := r.openPage(ctx, client); ctx.Err() == nil && err != nil {
			r.failures = append(r.failures, err.Error())
		} else if err == nil {
			r.pages = append(r.pages, time.Since(begin))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (r *result) openPage(ctx context.Context, client *http.Client) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+r.page, nil)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", r.page, res.Status)
	}
	return nil
}
