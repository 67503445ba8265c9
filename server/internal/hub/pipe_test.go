package hub

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// pipe connects c to the hub without a network, so that the whole connection
// lives in a synctest bubble.
func (b *box) pipe(t *testing.T, c Client) *screen {
	t.Helper()
	ours, theirs := net.Pipe()
	go func() {
		in := bufio.NewReader(ours)
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		w := &pipeWriter{conn: ours, rw: bufio.NewReadWriter(in, bufio.NewWriter(ours)), header: http.Header{}}
		b.hub.Handler(func(*http.Request) (Client, bool) { return c, true }).ServeHTTP(w, request)
	}()
	return dial(t, "ws://box/", &websocket.Dialer{
		NetDialContext: func(context.Context, string, string) (net.Conn, error) { return theirs, nil },
	})
}

// pipeWriter is a ResponseWriter that can only be taken over.
type pipeWriter struct {
	conn   net.Conn
	rw     *bufio.ReadWriter
	header http.Header
}

func (w *pipeWriter) Header() http.Header         { return w.header }
func (w *pipeWriter) Write(p []byte) (int, error) { return w.conn.Write(p) }
func (w *pipeWriter) WriteHeader(int)             {}
func (w *pipeWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return w.conn, w.rw, nil
}

// diary reads a screen all the time and writes down what came when, in seconds.
type diary struct {
	*screen
	begun time.Time
	mu    sync.Mutex
	lines []string
}

func (s *screen) diary() *diary {
	d := &diary{screen: s, begun: time.Now()}
	go func() {
		for {
			_, text, err := s.ReadMessage()
			if err != nil {
				d.write(closeText(err))
				return
			}
			d.write(parse(text).String())
		}
	}()
	return d
}

func closeText(err error) string {
	var e *websocket.CloseError
	if errors.As(err, &e) && e.Code != websocket.CloseAbnormalClosure {
		return fmt.Sprintf("closed %d", e.Code)
	}
	return "cut"
}

func (d *diary) write(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf("%v %s", time.Since(d.begun), line))
}

// wantsLines fails unless exactly these lines were written since the last call.
func (d *diary) wantsLines(lines ...string) {
	d.t.Helper()
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Equal(d.lines, lines) {
		d.t.Errorf("got\n%q, want\n%q", d.lines, lines)
	}
	d.lines = nil
}

func TestASilentPeerIsAskedAndADeadOneGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, Options{})
		alive, dead := b.pipe(t, Client{}), b.pipe(t, Client{})
		pings := 0
		pong := alive.PingHandler()
		alive.SetPingHandler(func(data string) error {
			pings++
			return pong(data)
		})
		dead.SetPingHandler(func(string) error { return nil })
		a, d := alive.diary(), dead.diary()
		time.Sleep(44 * time.Second)
		d.wantsLines("0s live false @0")
		time.Sleep(2 * time.Second)
		d.wantsLines("45s cut")
		time.Sleep(74 * time.Second)
		a.wantsLines("0s live false @0")
		if pings < 7 || pings > 8 {
			t.Errorf("%d pings in two minutes, want one each 15 s", pings)
		}
		if n := b.hub.Stats().Sockets; n != 1 {
			t.Errorf("%d sockets, want the living one", n)
		}
	})
}

func TestAFrameThatCannotBeWrittenInTimeEndsTheSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, Options{})
		b.pipe(t, Client{}) // a pipe has no buffer, and nobody reads
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if n := b.hub.Stats().Sockets; n != 1 {
			t.Errorf("%d sockets after 4 s, want 1", n)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if n := b.hub.Stats().Sockets; n != 0 {
			t.Errorf("%d sockets after 6 s, want 0", n)
		}
	})
}
