package main

import (
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"handrail/server/internal/wire"
)

// screen is a live connection as a browser would have it.
type screen struct {
	t      *testing.T
	conn   *websocket.Conn
	frames chan frame
	// closed holds the close code once the box has ended the connection.
	closed chan int
	cursor string
}

// frame is any frame from the box.
type frame struct {
	Type    string          `json:"type"`
	Topic   string          `json:"topic"`
	Cursor  string          `json:"cursor"`
	Replay  bool            `json:"replay"`
	Reset   bool            `json:"reset"`
	Events  []wire.Event    `json:"events"`
	View    json.RawMessage `json:"view"`
	Step    int             `json:"step"`
	Page    *wire.Page      `json:"page"`
	Call    string          `json:"call"`
	Clip    string          `json:"clip"`
	Text    wire.Text       `json:"text"`
	ID      string          `json:"id"`
	Data    json.RawMessage `json:"data"`
	Problem wire.Problem    `json:"problem"`
}

// watch opens a live connection for topics, after a cursor if there is one.
func (c *client) watch(topics, after string) *screen {
	c.box.t.Helper()
	s, response, err := c.dial(topics, after)
	if err != nil {
		c.box.t.Fatalf("watch %s: %v %v", topics, err, response)
	}
	return s
}

// dial is watch for connections that may be refused.
func (c *client) dial(topics, after string) (*screen, *http.Response, error) {
	query := url.Values{"topics": {topics}}
	if after != "" {
		query.Set("after", after)
	}
	n := addresses.Add(1)
	dialer := websocket.Dialer{
		Subprotocols: []string{wire.Subprotocol},
		NetDialContext: (&net.Dialer{
			LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 2, byte(n>>8), byte(n)|1)},
		}).DialContext,
	}
	header := http.Header{"Authorization": {"Bearer " + c.token}}
	target := "ws" + strings.TrimPrefix(c.box.url, "http") + "/api/v1/live?" + query.Encode()
	conn, response, err := dialer.Dial(target, header)
	if err != nil {
		return nil, response, err
	}
	s := &screen{t: c.box.t, conn: conn, frames: make(chan frame, 4096), closed: make(chan int, 1)}
	c.box.t.Cleanup(func() { conn.Close() })
	go s.read()
	return s, response, nil
}

func (s *screen) read() {
	defer close(s.frames)
	for {
		_, raw, err := s.conn.ReadMessage()
		if err != nil {
			code := 0
			if ended, ok := err.(*websocket.CloseError); ok {
				code = ended.Code
			}
			s.closed <- code
			return
		}
		var f frame
		if err := json.Unmarshal(raw, &f); err != nil {
			s.t.Errorf("the box sent %s: %v", raw, err)
		}
		s.frames <- f
	}
}

// await returns the first frame that wanted takes, within ten seconds; frames
// before it are dropped.
func (s *screen) await(what string, wanted func(frame) bool) frame {
	s.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case f, ok := <-s.frames:
			if !ok {
				s.t.Fatalf("the connection ended before %s", what)
			}
			if f.Cursor != "" {
				s.cursor = f.Cursor
			}
			if wanted(f) {
				return f
			}
		case <-deadline:
			s.t.Fatalf("not within 10 s: %s", what)
		}
	}
}

// event awaits an event of a type.
func (s *screen) event(name string) wire.EventData {
	s.t.Helper()
	var data wire.EventData
	s.await("event "+name, func(f frame) bool {
		for _, e := range f.Events {
			if e.Event == name {
				return json.Unmarshal(e.Data, &data) == nil
			}
		}
		return false
	})
	return data
}

// live awaits the frame that ends the opening of a connection.
func (s *screen) live() frame {
	s.t.Helper()
	return s.await("live", func(f frame) bool { return f.Type == wire.TypeLive })
}

func (s *screen) send(f wire.ClientFrame) {
	s.t.Helper()
	if err := s.conn.WriteJSON(f); err != nil {
		s.t.Fatal(err)
	}
}

// do sends a command and awaits its answer.
func (s *screen) do(id, command string, data any) frame {
	s.t.Helper()
	raw, err := json.Marshal(data)
	if err != nil {
		s.t.Fatal(err)
	}
	s.send(wire.ClientFrame{Type: wire.TypeDo, ID: id, Command: command, Data: raw})
	return s.await("the answer to "+command, func(f frame) bool { return f.ID == id })
}
