package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/wire"
)

// gate is a log whose next commits a test holds up, or lets fail for want of
// space. The store below it is the real one.
type gate struct {
	engine.Log
	// shut is held by the test while no commit may go on; entered gets a value
	// whenever one begins.
	shut    sync.Mutex
	entered chan struct{}
	// durable is the last record that the store has committed.
	durable atomic.Uint64
	// full lets commits fail until Tighten has made room for reserve of them.
	full    atomic.Bool
	reserve atomic.Int64
}

func newGate() *gate { return &gate{entered: make(chan struct{}, 1<<16)} }

func (g *gate) over(log engine.Log) engine.Log {
	g.Log = log
	_, last := log.Bounds()
	g.durable.Store(last)
	return g
}

func (g *gate) Append(at branch.Instant, records []branch.Record, head func() ([]byte, error)) error {
	g.entered <- struct{}{}
	g.shut.Lock()
	defer g.shut.Unlock()
	if g.full.Load() && g.reserve.Add(-1) < 0 {
		return &branch.Error{Code: branch.CodeStorage, Detail: "No space."}
	}
	err := g.Log.Append(at, records, head)
	if err == nil {
		g.durable.Store(records[len(records)-1].Seq)
	}
	return err
}

func (g *gate) Room() branch.Room {
	room := branch.Room{Disk: 1 << 40, Total: 1 << 41, File: 1 << 30}
	if g.full.Load() {
		room.Disk = 0
	}
	return room
}

func (g *gate) Tighten() error {
	g.reserve.Store(1 << 20)
	return nil
}

func (g *gate) Relax() error {
	g.reserve.Store(0)
	return nil
}

// close holds up every commit from now on; entered tells of the next one.
func (g *gate) close() {
	for len(g.entered) > 0 {
		<-g.entered
	}
	g.shut.Lock()
}

// reply is what the box answered.
type reply struct {
	status  int
	header  http.Header
	body    []byte
	problem wire.Problem
}

// send sends a request with one of the demo branch's tokens; "" sends none. A
// body is sent as JSON.
func (b *box) send(method, path, token string, body any) (reply, error) {
	return b.sendWith(method, path, token, body, http.Header{})
}

// sendWith is send with more headers.
func (b *box) sendWith(method, path, token string, body any, header http.Header) (reply, error) {
	var payload io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return reply{}, err
		}
		payload = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, b.url+path, payload)
	if err != nil {
		return reply{}, err
	}
	request.Header = header
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	client := http.Client{Timeout: 20 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	r := reply{status: response.StatusCode, header: response.Header}
	r.body, err = io.ReadAll(response.Body)
	if r.status >= http.StatusBadRequest {
		err = errors.Join(err, json.Unmarshal(r.body, &r.problem))
	}
	return r, err
}

// get reads a route that must answer.
func (b *box) get(path, token string, out any) []byte {
	b.t.Helper()
	r, err := b.send(http.MethodGet, path, token, nil)
	if err != nil || r.status != http.StatusOK {
		b.t.Fatalf("GET %s: %d %s %v", path, r.status, r.body, err)
	}
	if out != nil {
		if err := json.Unmarshal(r.body, out); err != nil {
			b.t.Fatalf("GET %s: %v in %s", path, err, r.body)
		}
	}
	return r.body
}

// frame is any frame of the box, with its text.
type frame struct {
	wire.ViewFrame
	Reset   bool         `json:"reset"`
	Events  []wire.Event `json:"events"`
	ID      string       `json:"id"`
	Problem wire.Problem `json:"problem"`
	text    string
}

// screen is a live connection; its frames come in their order until it ends.
type screen struct {
	t      tester
	conn   *websocket.Conn
	frames chan frame
}

// watch opens a live connection for topics, after a cursor if there is one.
func (b *box) watch(t *testing.T, token, topics, after string) *screen {
	t.Helper()
	query := url.Values{"topics": {topics}}
	if after != "" {
		query.Set("after", after)
	}
	target := "ws" + strings.TrimPrefix(b.url, "http") + "/api/v1/live?" + query.Encode()
	dialer := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}}
	conn, response, err := dialer.Dial(target, http.Header{"Authorization": {"Bearer " + token}})
	if err != nil {
		t.Fatalf("watch %s: %v %v", topics, err, response)
	}
	s := &screen{t: t, conn: conn, frames: make(chan frame, 1<<14)}
	t.Cleanup(func() { conn.Close() })
	go s.read()
	return s
}

func (s *screen) read() {
	defer close(s.frames)
	for {
		_, text, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		f := frame{text: string(text)}
		if err := json.Unmarshal(text, &f); err != nil {
			s.t.Errorf("the box sent %s: %v", text, err)
		}
		s.frames <- f
	}
}

// until returns the frames up to the first that is wanted, with it.
func (s *screen) until(what string, wanted func(frame) bool) (frames []frame) {
	s.t.Helper()
	eventually(s.t, what, func() bool {
		select {
		case f, ok := <-s.frames:
			if !ok {
				s.t.Fatalf("the connection ended before %s", what)
			}
			frames = append(frames, f)
			return wanted(f)
		default:
			return false
		}
	})
	return frames
}

// live returns the frames with which a connection opens.
func (s *screen) live() []frame {
	s.t.Helper()
	return s.until("live", func(f frame) bool { return f.Type == wire.TypeLive })
}

// event awaits an event of a type.
func (s *screen) event(name string) {
	s.t.Helper()
	s.until(name, func(f frame) bool {
		for _, e := range f.Events {
			if e.Event == name {
				return true
			}
		}
		return false
	})
}

// seqOf is the sequence number in a cursor.
func (b *box) seqOf(text string) uint64 {
	b.t.Helper()
	seq, err := parseCursor(text, b.store.ID(), 1<<62)
	if err != nil {
		b.t.Fatalf("%q is no cursor", text)
	}
	return seq
}
