package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"handrail/server/internal/bench/box"
	"handrail/server/internal/bench/life"
)

const (
	// visitsPerDay is a busy branch's day; lifeCounters serve it.
	visitsPerDay = 1024
	lifeCounters = 32
	// eventsPerVisit are created, called, announced or not, confirmed, finished.
	eventsPerVisit = 5
)

// lifeBranch is the branch of the benchmarks with more counters.
func lifeBranch() []byte {
	file := bytes.NewBuffer(bytes.Clone(benchBranch))
	for i := benchCounters; i < lifeCounters; i++ {
		fmt.Fprintf(file, "  - {id: %[1]s, name: {zh-CN: %[2]d号窗口, en: Counter %[2]d}, zone: main}\n", counterID(i), i+1)
	}
	return file.Bytes()
}

// livedThrough is what a life came to.
type livedThrough struct {
	days   int
	events uint64
}

// liveThrough fills the data folder under dir with at least the events asked
// for, ending today.
func (b *bench) liveThrough(ctx context.Context, dir string) (lived livedThrough, err error) {
	lived.days = int(b.startEvents/(visitsPerDay*eventsPerVisit)) + 1
	l, err := startLife(ctx, b.server, dir, time.Now().Add(-time.Duration(lived.days)*24*time.Hour))
	if err != nil {
		return lived, err
	}
	for day := 1; lived.events < b.startEvents; day++ {
		if err := l.day(); err != nil {
			return lived, errors.Join(err, l.box.Stop())
		}
		if day < lived.days {
			l.box.Forward(24 * time.Hour)
		}
		if _, lived.events, err = l.branch.cursor(ctx); err != nil {
			return lived, errors.Join(err, l.box.Stop())
		}
		fmt.Fprintf(b.progress, "bench: day %d, %d of %d events\n", day, lived.events, b.startEvents)
	}
	l.close()
	return lived, l.box.Stop()
}

// lifetime is a box under a clock that leaps, with a caller per counter.
type lifetime struct {
	box     *life.Box
	branch  *branch
	callers []*caller
	next    atomic.Uint64
}

func startLife(ctx context.Context, server, dir string, from time.Time) (*lifetime, error) {
	config, data := filepath.Join(dir, "branch.yaml"), filepath.Join(dir, "data")
	if err := os.WriteFile(config, lifeBranch(), 0o600); err != nil {
		return nil, err
	}
	running, err := life.Start(ctx, data, config, from)
	if err != nil {
		return nil, err
	}
	l := &lifetime{box: running, branch: &branch{Box: &box.Box{URL: running.URL}, dir: dir}}
	if err := l.staff(ctx, server, data); err != nil {
		return nil, errors.Join(err, running.Stop())
	}
	return l, nil
}

// staff opens the counters and connects their callers.
func (l *lifetime) staff(ctx context.Context, server, data string) (err error) {
	if l.branch.token, err = box.Token(ctx, server, data, "supervisor"); err != nil {
		return err
	}
	if err := l.branch.openCounters(ctx, lifeCounters); err != nil {
		return err
	}
	for i := range lifeCounters {
		c, err := dialCaller(l.branch.host(), l.branch.token, i)
		if err != nil {
			return err
		}
		l.callers = append(l.callers, c)
	}
	return nil
}

func (l *lifetime) close() {
	for _, c := range l.callers {
		c.close()
	}
}

// day lets every counter serve its share of the day's visits.
func (l *lifetime) day() error {
	errs := make([]error, len(l.callers))
	var working sync.WaitGroup
	for i, c := range l.callers {
		working.Go(func() {
			for range visitsPerDay / lifeCounters {
				if errs[i] = l.visit(c, counterID(i)); errs[i] != nil {
					return
				}
			}
		})
	}
	working.Wait()
	return errors.Join(errs...)
}

// visit takes a ticket and serves whoever is next at a counter.
func (l *lifetime) visit(c *caller, counter string) error {
	if _, err := l.command(c, "/api/v1/visits", ticket, http.StatusCreated); err != nil {
		return err
	}
	called, err := l.command(c, "/api/v1/counters/"+counter+"/call-next", "{}", http.StatusOK)
	if err != nil {
		return err
	}
	for _, verb := range []string{"confirm", "finish"} {
		if _, err := l.command(c, "/api/v1/visits/"+called+"/"+verb, "{}", http.StatusOK); err != nil {
			return err
		}
	}
	return nil
}

// command makes one command and returns the visit that its answer names.
func (l *lifetime) command(c *caller, path, body string, want int) (string, error) {
	key := fmt.Sprintf("life-%012d", l.next.Add(1))
	status, answer, err := c.post(path, key, body)
	if err != nil {
		return "", err
	}
	if status != want {
		return "", fmt.Errorf("%s: %d %.200s", path, status, answer)
	}
	return visitOf(answer)
}
