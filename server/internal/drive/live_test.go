package drive

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"handrail/server/internal/wire"
)

// fakeLive hands each connection, with the cursor it asks for, to serve.
func fakeLive(t *testing.T, serve func(conn *websocket.Conn, after string)) *box {
	upgrader := websocket.Upgrader{Subprotocols: []string{wire.Subprotocol}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		serve(conn, r.URL.Query().Get("after"))
	}))
	t.Cleanup(server.Close)
	b, err := newBox(server.URL, "secret")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func say(conn *websocket.Conn, frames ...string) {
	for _, f := range frames {
		conn.WriteMessage(websocket.TextMessage, []byte(f))
	}
}

// hold keeps a connection until the client ends it.
func hold(conn *websocket.Conn) { conn.ReadMessage() }

func calledFrame(replay bool, seqs ...int) string {
	var events []string
	for _, seq := range seqs {
		events = append(events, fmt.Sprintf(`{"seq":%d,"event":"visit.called","at":"2026-11-23T09:00:00.000Z","data":{}}`, seq))
	}
	return fmt.Sprintf(`{"type":"events","topic":"hall:main","cursor":"k.%d","replay":%v,"events":[%s]}`,
		seqs[len(seqs)-1], replay, strings.Join(events, ","))
}

func TestAScreenThatIsCutResumesWhereItWas(t *testing.T) {
	first, afters := make(chan *websocket.Conn, 1), make(chan string, 2)
	b := fakeLive(t, func(conn *websocket.Conn, after string) {
		afters <- after
		if after == "" {
			say(conn, `{"type":"view","cursor":"k.4","view":{}}`, `{"type":"live","cursor":"k.4","reset":false}`, calledFrame(false, 5, 6))
			first <- conn
		} else {
			say(conn, calledFrame(true, 7), `{"type":"live","cursor":"k.8","reset":false}`, calledFrame(false, 9))
		}
		hold(conn)
	})
	h, err := openHall(t.Context(), b, 1, "main")
	if err != nil {
		t.Fatal(err)
	}
	<-first
	s := h.screens[0]
	h.settle(t.Context(), 6)
	s.cut(10 * time.Millisecond)
	h.settle(t.Context(), 9)
	h.close()

	want := []sighting{{5, "visit.called"}, {6, "visit.called"}, {7, "visit.called"}, {9, "visit.called"}}
	if !slices.Equal(s.seen, want) {
		t.Errorf("saw %v, want %v", s.seen, want)
	}
	if len(s.delays) != 3 {
		t.Errorf("%d delays, want 3: a replayed call is not timed", len(s.delays))
	}
	if got := []string{<-afters, <-afters}; got[1] != "k.6" || s.resumed != 1 || s.reset != 0 {
		t.Errorf("asked after %q, resumed %d, reset %d", got, s.resumed, s.reset)
	}
}

func TestAResetAndASlowCloseAreCounted(t *testing.T) {
	b := fakeLive(t, func(conn *websocket.Conn, after string) {
		say(conn, fmt.Sprintf(`{"type":"live","cursor":"k.1","reset":%v}`, after != ""))
		if after == "" {
			conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(wire.CloseSlow, ""), time.Now().Add(time.Second))
		} else {
			say(conn, calledFrame(false, 2))
		}
		hold(conn)
	})
	h, err := openHall(t.Context(), b, 1, "main")
	if err != nil {
		t.Fatal(err)
	}
	h.settle(t.Context(), 2)
	h.close()
	if s := h.screens[0]; s.slow != 1 || s.reset != 1 {
		t.Errorf("slow %d, reset %d, want 1 and 1", s.slow, s.reset)
	}
}

func TestAScreenThatTheBoxRefusesEndsTheDrive(t *testing.T) {
	b := fakeLive(t, func(conn *websocket.Conn, _ string) {
		conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(wire.CloseNotAllowed, ""), time.Now().Add(time.Second))
		hold(conn)
	})
	if _, err := openHall(t.Context(), b, 3, "main"); !websocket.IsCloseError(unwrapAll(err), wire.CloseNotAllowed) {
		t.Errorf("not allowed: %v", err)
	}
	b.token = "wrong"
	if _, err := openHall(t.Context(), b, 3, "main"); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("unauthenticated: %v", err)
	}
}

func TestACounterIsWokenOnlyWhenItsViewNamesSomebody(t *testing.T) {
	c := &counter{somebody: make(chan struct{}, 1)}
	c.hear(&frame{Type: wire.TypeEvents}, time.Time{})
	c.hear(&frame{Type: wire.TypeView, View: []byte(`{"next":[]}`)}, time.Time{})
	select {
	case <-c.somebody:
		t.Fatal("woken for nobody")
	default:
	}
	for range 2 {
		c.hear(&frame{Type: wire.TypeView, View: []byte(`{"next":[{"visit":{"id":"v_1"}}]}`)}, time.Time{})
	}
	select {
	case <-c.somebody:
	default:
		t.Error("not woken")
	}
}

// unwrapAll returns the innermost error.
func unwrapAll(err error) error {
	for {
		inner, ok := err.(interface{ Unwrap() error })
		if !ok {
			return err
		}
		err = inner.Unwrap()
	}
}

func TestTheHallEndsWithItsContext(t *testing.T) {
	b := fakeLive(t, func(conn *websocket.Conn, _ string) { hold(conn) })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := openHall(ctx, b, 2, "main"); err == nil {
		t.Error("a hall whose screens are never live is open")
	}
}
