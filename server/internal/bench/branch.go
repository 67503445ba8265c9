package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"handrail/server/internal/bench/box"
)

//go:embed bench.yaml
var benchBranch []byte

// benchCounters is the number of counters of benchBranch.
const benchCounters = 2

// branch is a running box with the branch of the benchmarks and a supervisor's
// token.
type branch struct {
	*box.Box
	token string
	dir   string
	log   bytes.Buffer
}

// open starts the benchmark branch in a new folder, with its counters open.
func (b *bench) open(ctx context.Context) (*branch, error) {
	dir, err := os.MkdirTemp(b.dir, "handrail-bench-")
	if err != nil {
		return nil, err
	}
	br := &branch{dir: dir}
	if err := br.begin(ctx, b.server, benchBranch); err != nil {
		return nil, errors.Join(fmt.Errorf("%w\n%s", err, br.log.Bytes()), os.RemoveAll(dir))
	}
	if err := br.openCounters(ctx, benchCounters); err != nil {
		return nil, joinEnd(err, br)
	}
	return br, nil
}

// begin starts the server in the branch's folder with a configuration.
func (br *branch) begin(ctx context.Context, server string, config []byte) error {
	file := filepath.Join(br.dir, "branch.yaml")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		return err
	}
	started, err := box.Start(ctx, box.Spec{Binary: server, Data: filepath.Join(br.dir, "data"), Config: file, Log: &br.log})
	if err != nil {
		return err
	}
	br.Box = started
	br.token, err = br.Token(ctx, "supervisor")
	return err
}

// openCounters opens the first n counters.
func (br *branch) openCounters(ctx context.Context, n int) error {
	for i := range n {
		if err := br.do(ctx, http.MethodPost, "/api/v1/counters/"+counterID(i)+"/open", nil); err != nil {
			return err
		}
	}
	return nil
}

func counterID(i int) string { return fmt.Sprintf("counter-%d", i+1) }

// again starts the stopped box anew in its folder.
func (br *branch) again(ctx context.Context) error {
	started, err := box.Start(ctx, br.Spec)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, br.log.Bytes())
	}
	br.Box = started
	return nil
}

// end stops the box and removes its folder.
func (br *branch) end() error { return errors.Join(br.Stop(), os.RemoveAll(br.dir)) }

// host is where the box listens, without the scheme.
func (br *branch) host() string { return strings.TrimPrefix(br.URL, "http://") }

// do sends one request and reads the answer into answer, if it is not nil.
func (br *branch) do(ctx context.Context, method, path string, answer any) error {
	req, err := http.NewRequestWithContext(ctx, method, br.URL+path, strings.NewReader("{}"))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+br.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s", method, path, res.Status)
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(answer)
}

// logged counts the events of the log after a cursor.
type logged struct {
	created, cancelled, others int64
	// lastCancel is the sequence number of the last cancelling.
	lastCancel uint64
	cursor     string
}

// read counts the events of the log after a cursor to its end.
func (br *branch) read(ctx context.Context, after string) (logged, error) {
	l := logged{cursor: after}
	for {
		var list struct {
			Events []struct {
				Seq   uint64 `json:"seq"`
				Event string `json:"event"`
			} `json:"events"`
			Cursor string `json:"cursor"`
		}
		query := url.Values{"after": {l.cursor}, "limit": {"1000"}}
		if err := br.do(ctx, http.MethodGet, "/api/v1/events?"+query.Encode(), &list); err != nil {
			return l, err
		}
		if len(list.Events) == 0 {
			return l, nil
		}
		for _, e := range list.Events {
			l.count(e.Event, e.Seq)
		}
		l.cursor = list.Cursor
	}
}

func (l *logged) count(event string, seq uint64) {
	switch event {
	case "visit.created":
		l.created++
	case "visit.cancelled":
		l.cancelled++
		l.lastCancel = seq
	default:
		l.others++
	}
}

// cursor returns where the log ends now, and the number of its last event.
func (br *branch) cursor(ctx context.Context) (string, uint64, error) {
	w, err := dialWatcher(ctx, br.URL, br.token, watcherForCursor)
	if err != nil {
		return "", 0, err
	}
	defer w.conn.Close()
	w.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if err := w.awaitLive(); err != nil {
		return "", 0, err
	}
	return w.cursor, w.seq.Load(), nil
}

// watcherForCursor has an address that no screen has.
const watcherForCursor = 60_000
