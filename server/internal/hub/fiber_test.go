package hub

import (
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gorilla/websocket"
	"github.com/valyala/fasthttp/fasthttpadaptor"

	"handrail/server/internal/wire"
)

// mounted is a hub as the server mounts it: behind Fiber, with the client made
// by a middleware before the upgrade. These four tests stay for ever, since
// other ways of mounting a websocket have failed each of them.
type mounted struct {
	*box
	app *fiber.App
	url string
}

func mount(t *testing.T, client func() Client) *mounted {
	m := &mounted{box: newBox(t, Options{})}
	m.app = fiber.New(fiber.Config{
		Immutable: true, DisableStartupMessage: true,
		ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: 75 * time.Second,
	})
	live := fasthttpadaptor.NewFastHTTPHandler(m.hub.Handler(func(r *http.Request) (Client, bool) {
		c, ok := r.Context().Value(clientKey{}).(Client)
		return c, ok
	}))
	m.app.Get("/live", func(c *fiber.Ctx) error {
		c.Context().SetUserValue(clientKey{}, client())
		live(c.Context())
		return nil
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.url = "ws://" + listener.Addr().String() + "/live"
	served := make(chan error, 1)
	go func() { served <- m.app.Listener(listener) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_ = m.hub.Close(ctx) // first: Shutdown leaves sockets alone
		_ = m.app.Shutdown()
		<-served
	})
	return m
}

type clientKey struct{}

func (m *mounted) connect(t *testing.T) *screen { return dial(t, m.url, websocket.DefaultDialer) }

func TestTheUpgradeWorksThroughFiber(t *testing.T) {
	var h handled
	m := mount(t, func() Client { return Client{Topics: []string{"a"}, Handle: h.do} })
	a := m.connect(t)
	a.wants("view a 0 @0", "live false @0")
	m.commit("a")
	a.wants("events a 1 @1", "view a 1 @1")
	a.say(`{"type":"do","id":"1","command":"duty.on","data":{}}`)
	a.wants("done 1 {}")

	response, err := http.Get("http" + m.url[len("ws"):])
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusBadRequest ||
		response.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("a plain request was answered %s %s", response.Status, body)
	}
}

func TestAStaleWriteNeverReachesAnotherSocket(t *testing.T) {
	var topic atomic.Value
	topic.Store("old")
	m := mount(t, func() Client { return Client{Topics: []string{topic.Load().(string)}} })
	for range 50 {
		topic.Store("old")
		old := m.connect(t)
		old.wants("view old 0 @0", "live false @0")
		stale := m.hub.all()[0]
		_ = old.Close()
		eventually(t, "the old socket is gone", func() bool { return m.hub.Stats().Sockets == 0 })

		topic.Store("new")
		fresh := m.connect(t)
		if err := stale.conn.WriteMessage(websocket.TextMessage, []byte("stale")); err == nil {
			t.Fatal("a write to a socket that is gone succeeded")
		}
		if _, err := stale.conn.NetConn().Write([]byte("\x81\x05stale")); err == nil {
			t.Fatal("a write to a connection that is gone succeeded")
		}
		fresh.wants("view new 0 @0", "live false @0")
		_ = fresh.Close()
		eventually(t, "the new socket is gone", func() bool { return m.hub.Stats().Sockets == 0 })
	}
}

func TestCloseFromTheHubReallyCloses(t *testing.T) {
	m := mount(t, func() Client { return Client{Topics: []string{"a"}} })
	var screens []*screen
	for range 5 {
		a := m.connect(t)
		a.wants("view a 0 @0", "live false @0")
		screens = append(screens, a)
	}
	if err := m.hub.Close(t.Context()); err != nil {
		t.Errorf("Close: %v", err)
	}
	for _, a := range screens {
		a.wantsClose(wire.CloseGoingAway)
		if _, err := a.NetConn().Read(make([]byte, 1)); err == nil {
			t.Error("the connection is still open")
		}
	}
	eventually(t, "the server has no connection left", func() bool { return m.app.Server().GetOpenConnectionsCount() == 0 })
}

func TestGoroutinesReturnToWhereTheyWere(t *testing.T) {
	m := mount(t, func() Client { return Client{Topics: []string{"a"}} })
	warm := m.connect(t)
	warm.next()
	_ = warm.Close()
	eventually(t, "the first socket is gone", func() bool { return m.hub.Stats().Sockets == 0 })
	base := runtime.NumGoroutine()
	for range 10 {
		var screens []*screen
		for range 10 {
			screens = append(screens, m.connect(t))
		}
		for i, a := range screens {
			a.next()
			if i%2 == 0 {
				_ = a.Close()
			}
		}
		m.hub.End(func(string, string, string) bool { return true })
		for _, a := range screens {
			_ = a.Close()
		}
	}
	eventually(t, "the goroutines are gone", func() bool { return runtime.NumGoroutine() <= base+2 })
}
