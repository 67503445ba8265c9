package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"handrail/server/internal/bench/box"
	"handrail/server/internal/wire"
)

// watcher is one live hall screen that reads as little as it can: the cursor of
// every frame and, when it times deliveries, which visits a frame cancels.
type watcher struct {
	conn *websocket.Conn
	// cursor is the last one that awaitLive read; seq is the last sequence number
	// of the log that the screen was told.
	cursor string
	seq    atomic.Uint64
	// bytes counts what was received, cancels the frames that cancel a visit.
	bytes   atomic.Int64
	cancels atomic.Int64
	err     error
	buf     bytes.Buffer
	// delivered is called with each visit whose cancelling arrives, if set.
	delivered func(visit string, at time.Time)
	// woken is called after each frame that cancels a visit, if set.
	woken func()
}

// dialWatcher connects the n-th screen.
func dialWatcher(ctx context.Context, url, token string, n int) (*watcher, error) {
	dialer := websocket.Dialer{
		NetDialContext:   (&net.Dialer{LocalAddr: box.Address(fromWatcher, n)}).DialContext,
		HandshakeTimeout: 30 * time.Second,
		Subprotocols:     []string{wire.Subprotocol},
		ReadBufferSize:   4 << 10,
		WriteBufferSize:  256,
	}
	live := "ws" + strings.TrimPrefix(url, "http") + "/api/v1/live?topics=hall:main&as=supervisor"
	conn, res, err := dialer.DialContext(ctx, live, http.Header{"Authorization": {"Bearer " + token}})
	if res != nil && err != nil {
		return nil, fmt.Errorf("screen %d: %w: %s", n, err, res.Status)
	}
	if err != nil {
		return nil, fmt.Errorf("screen %d: %w", n, err)
	}
	return &watcher{conn: conn}, nil
}

// frame reads the next frame into w.buf.
func (w *watcher) frame() ([]byte, error) {
	_, r, err := w.conn.NextReader()
	if err != nil {
		return nil, err
	}
	w.buf.Reset()
	n, err := io.Copy(&w.buf, r)
	w.bytes.Add(n)
	return w.buf.Bytes(), err
}

// awaitLive reads until the box has sent all that was before.
func (w *watcher) awaitLive() error {
	for {
		f, err := w.frame()
		if err != nil {
			return err
		}
		w.cursor = w.note(f)
		if bytes.Contains(f[:min(len(f), 32)], []byte(`"type":"live"`)) {
			return nil
		}
	}
}

// watch reads until the connection ends.
func (w *watcher) watch() {
	for {
		f, err := w.frame()
		at := time.Now()
		if err != nil {
			w.err = err
			return
		}
		w.note(f)
		if bytes.Contains(f, cancelled) {
			w.cancels.Add(1)
			w.tell(f, at)
		}
	}
}

var cancelled = []byte(`"event":"visit.cancelled"`)

// note remembers how far the frame's cursor is, and returns it.
func (w *watcher) note(f []byte) string {
	_, rest, found := bytes.Cut(f, []byte(`"cursor":"`))
	cursor, _, _ := bytes.Cut(rest, []byte(`"`))
	dot := bytes.LastIndexByte(cursor, '.')
	if !found || dot < 0 {
		return ""
	}
	if seq, err := strconv.ParseUint(string(cursor[dot+1:]), 10, 64); err == nil {
		w.seq.Store(seq)
	}
	return string(cursor)
}

// tell hands on what a frame that cancels visits says.
func (w *watcher) tell(f []byte, at time.Time) {
	if w.woken != nil {
		w.woken()
	}
	if w.delivered == nil {
		return
	}
	for found := true; found; {
		_, f, found = bytes.Cut(f, cancelled)
		_, after, ok := bytes.Cut(f, []byte(`"visit":"`))
		visit, _, _ := bytes.Cut(after, []byte(`"`))
		if found && ok {
			w.delivered(string(visit), at)
		}
	}
}

// watchers are all the screens of a run.
type watchers struct {
	all  []*watcher
	done sync.WaitGroup
}

// openWatchers connects n screens and waits until all are live; prepare sets
// each of them up before it begins to watch.
func openWatchers(ctx context.Context, url, token string, n int, prepare func(n int, w *watcher)) (*watchers, error) {
	ws := &watchers{}
	for i := range n {
		w, err := dialWatcher(ctx, url, token, i)
		if err == nil {
			ws.all = append(ws.all, w)
			err = w.awaitLive()
		}
		if err != nil {
			ws.close()
			return nil, err
		}
	}
	for i, w := range ws.all {
		prepare(i, w)
		ws.done.Go(w.watch)
	}
	return ws, nil
}

// span returns the lowest and the highest of the last sequence numbers that
// the screens were told.
func (ws *watchers) span() (low, high uint64) {
	low = ^uint64(0)
	for _, w := range ws.all {
		low, high = min(low, w.seq.Load()), max(high, w.seq.Load())
	}
	return low, high
}

// settle waits until every screen has been told of seq and returns whether they
// were within limit.
func (ws *watchers) settle(seq uint64, limit time.Duration) bool {
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if low, _ := ws.span(); low >= seq {
			return true
		}
	}
	return false
}

// received is the number of bytes that all screens have received.
func (ws *watchers) received() int64 {
	var total int64
	for _, w := range ws.all {
		total += w.bytes.Load()
	}
	return total
}

// close ends all screens and waits for them.
func (ws *watchers) close() {
	for _, w := range ws.all {
		w.conn.Close()
	}
	ws.done.Wait()
}
