package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"handrail/server/internal/wire"
)

// patience is how long a test waits for what must happen.
const patience = 10 * time.Second

// fact is one event of the box, on one topic.
type fact struct {
	seq   uint64
	topic string
	at    time.Time
}

// box is a Source over a list of facts, and the writer that adds to it.
type box struct {
	hub *Hub

	mu       sync.Mutex
	logID    string
	facts    []fact
	seq      uint64
	kept     uint64 // facts up to here are deleted
	pages    map[string][]wire.Page
	speech   map[string]wire.SpeakFrame
	presence []string
	rendered map[string]int
	slowView time.Duration
	chunk    int
}

func newBox(t testing.TB, options Options) *box {
	b := &box{
		logID: "log", chunk: 3,
		pages: map[string][]wire.Page{}, speech: map[string]wire.SpeakFrame{}, rendered: map[string]int{},
	}
	b.hub = New(b, options)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := b.hub.Close(ctx); err != nil {
			t.Errorf("closing the hub: %v", err)
		}
	})
	return b
}

// commit adds one fact for each topic, in one commit, and publishes it.
func (b *box) commit(topics ...string) uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	var facts []fact
	for _, topic := range topics {
		b.seq++
		facts = append(facts, fact{seq: b.seq, topic: topic, at: time.Now()})
	}
	b.facts = append(b.facts, facts...)
	b.hub.Publish(Update{
		Last:   b.seq,
		Events: func(topic string) []wire.Event { return eventsOf(facts, topic) },
		Dirty:  func(topic string) bool { return len(eventsOf(facts, topic)) > 0 },
	})
	return b.seq
}

// tell publishes that pages or speech have changed.
func (b *box) tell(change func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change()
	b.seq++
	b.hub.Publish(Update{Last: b.seq, Pages: true, Speech: true})
}

func eventsOf(facts []fact, topic string) []wire.Event {
	var events []wire.Event
	for _, f := range facts {
		if f.topic == topic {
			events = append(events, wire.Event{Seq: f.seq, Event: "visit.called", At: wire.Time(f.at), Data: json.RawMessage(`{}`)})
		}
	}
	return events
}

func (b *box) LogID() string { return b.logID }

func (b *box) Published() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.seq
}

// View is {"last": the topic's last fact}.
func (b *box) View(topic string) (json.RawMessage, uint64, error) {
	if strings.HasPrefix(topic, "no:") {
		return nil, 0, errors.New("no such topic")
	}
	time.Sleep(b.slowView)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rendered[topic]++
	last := uint64(0)
	for _, f := range slices.Backward(b.facts) {
		if f.topic == topic {
			last = f.seq
			break
		}
	}
	return json.RawMessage(`{"last":` + strconv.FormatUint(last, 10) + `}`), b.seq, nil
}

func (b *box) Replay(_ context.Context, topic string, after, upto uint64, notBefore time.Time, yield func([]wire.Event) bool) (bool, error) {
	b.mu.Lock()
	facts, kept := slices.Clone(b.facts), b.kept
	b.mu.Unlock()
	facts = slices.DeleteFunc(facts, func(f fact) bool { return f.seq <= after || f.seq > upto })
	if after < kept || len(facts) > 0 && facts[0].at.Before(notBefore) {
		return false, nil
	}
	for part := range slices.Chunk(eventsOf(facts, topic), b.chunk) {
		if !yield(part) {
			break
		}
	}
	return true, nil
}

func (b *box) PagesFor(staff string) []wire.Page {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.pages[staff])
}

func (b *box) SpeakFor(place string) (wire.SpeakFrame, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f, ok := b.speech[place]
	return f, ok
}

func (b *box) Presence(staff string, connected bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.presence = append(b.presence, fmt.Sprintf("%s %t", staff, connected))
}

func (b *box) presences() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.presence)
}

// anyFrame is what a test wants to know of a frame from the server.
type anyFrame struct {
	Type    string
	Topic   string
	Cursor  string
	Replay  bool
	Reset   bool
	Events  []wire.Event
	View    struct{ Last uint64 }
	Step    int
	Page    wire.Page
	Call    string
	ID      string
	Data    json.RawMessage
	Problem wire.Problem
}

// seq is the number of the frame's cursor.
func (f anyFrame) seq() uint64 {
	n, _ := strconv.ParseUint(f.Cursor[strings.LastIndexByte(f.Cursor, '.')+1:], 10, 64)
	return n
}

// String writes a frame in short: "events a 3,4 replay @4", "view a 4 @4".
func (f anyFrame) String() string {
	switch f.Type {
	case wire.TypeEvents:
		var seqs []string
		for _, e := range f.Events {
			seqs = append(seqs, strconv.FormatUint(e.Seq, 10))
		}
		replay := ""
		if f.Replay {
			replay = " replay"
		}
		return fmt.Sprintf("events %s %s%s @%d", f.Topic, strings.Join(seqs, ","), replay, f.seq())
	case wire.TypeView:
		return fmt.Sprintf("view %s %d @%d", f.Topic, f.View.Last, f.seq())
	case wire.TypeLive:
		return fmt.Sprintf("live %t @%d", f.Reset, f.seq())
	case wire.TypePage:
		return fmt.Sprintf("page %s %d", f.Page.ID, f.Step)
	case wire.TypeSpeak:
		return "speak " + f.Call
	case wire.TypeFailed:
		return "failed " + f.ID + " " + f.Problem.Code
	default:
		return f.Type + " " + f.ID + " " + string(f.Data)
	}
}

// server is a box behind a listener on loopback.
type server struct {
	*box
	*httptest.Server
	mu      sync.Mutex
	clients map[string]Client
}

func serve(t testing.TB, options Options) *server {
	s := &server{box: newBox(t, options), clients: map[string]Client{}}
	s.Server = httptest.NewServer(s.hub.Handler(s.client))
	t.Cleanup(s.Server.Close)
	return s
}

// client finds who connects by the query, as a middleware would by the cookie.
func (s *server) client(r *http.Request) (Client, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.clients[r.URL.Query().Get("client")]
	return c, ok
}

// screen is the other end of a socket.
type screen struct {
	*websocket.Conn
	t testing.TB
}

// connect opens a socket for c.
func (s *server) connect(t testing.TB, c Client) *screen {
	t.Helper()
	s.mu.Lock()
	key := strconv.Itoa(len(s.clients))
	s.clients[key] = c
	s.mu.Unlock()
	return dial(t, "ws"+strings.TrimPrefix(s.URL, "http")+"?client="+key, websocket.DefaultDialer)
}

func dial(t testing.TB, url string, dialer *websocket.Dialer) *screen {
	t.Helper()
	d := *dialer
	d.Subprotocols = []string{wire.Subprotocol}
	conn, response, err := d.Dial(url, nil)
	if err != nil {
		t.Fatalf("connecting: %v (%v)", err, response)
	}
	if got := conn.Subprotocol(); got != wire.Subprotocol {
		t.Errorf("subprotocol %q", got)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &screen{Conn: conn, t: t}
}

// next returns the next frame.
func (s *screen) next() anyFrame {
	s.t.Helper()
	f, err := s.read()
	if err != nil {
		s.t.Fatalf("waiting for a frame: %v", err)
	}
	return f
}

func (s *screen) read() (anyFrame, error) {
	_ = s.SetReadDeadline(time.Now().Add(patience))
	_, text, err := s.ReadMessage()
	if err != nil {
		return anyFrame{}, err
	}
	return parse(text), nil
}

// parse reads a frame; one that is not JSON has no type.
func parse(text []byte) anyFrame {
	var f anyFrame
	if json.Unmarshal(text, &f) != nil {
		return anyFrame{}
	}
	return f
}

// wants fails unless exactly these frames come next.
func (s *screen) wants(frames ...string) {
	s.t.Helper()
	for _, want := range frames {
		if got := s.next().String(); got != want {
			s.t.Fatalf("got %q, want %q", got, want)
		}
	}
}

// wantsClose reads on until the connection ends, which must be with code.
func (s *screen) wantsClose(code int) {
	s.t.Helper()
	for {
		_, err := s.read()
		if err == nil {
			continue
		}
		if !websocket.IsCloseError(err, code) {
			s.t.Fatalf("ended with %v, want %d", err, code)
		}
		return
	}
}

func (s *screen) say(text string) {
	s.t.Helper()
	if err := s.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		s.t.Fatalf("sending: %v", err)
	}
}

// eventually fails unless the condition comes true.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}
