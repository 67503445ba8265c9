package drive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"handrail/server/internal/wire"
)

const (
	// silence is how long a live connection may be silent; the box pings every
	// 15 s.
	silence = 45 * time.Second
	// writeLimit bounds how long a pong may take.
	writeLimit = 5 * time.Second
	// firstRedial and lastRedial bound the pause before a lost connection is
	// made again.
	firstRedial = 50 * time.Millisecond
	lastRedial  = 2 * time.Second
)

// frame is any frame of the box that the drive cares for.
type frame struct {
	Type   string          `json:"type"`
	Cursor string          `json:"cursor"`
	Replay bool            `json:"replay"`
	Reset  bool            `json:"reset"`
	Events []wire.Event    `json:"events"`
	View   json.RawMessage `json:"view"`
}

// live follows one topic and resumes by cursor after every cut. Its fields up
// to hear are set once, before follow.
type live struct {
	*box
	topic string
	from  net.Addr
	// hear is called with every frame and the time of its arrival, always by
	// the goroutine of follow.
	hear func(f *frame, at time.Time)

	// cursor is where to go on; only follow's goroutine uses it.
	cursor string
	// begun is closed when everything up to now has been heard for the first
	// time.
	begun     chan struct{}
	beginOnce sync.Once

	mu    sync.Mutex
	conn  *websocket.Conn
	until time.Time
	// resumed counts connections after the first, reset the resumes for which
	// the box no longer had the cursor, and slow the times the box closed with
	// 4001.
	resumed, reset, slow int
}

func (b *box) live(topic string, from net.Addr, hear func(*frame, time.Time)) *live {
	return &live{box: b, topic: topic, from: from, hear: hear, begun: make(chan struct{})}
}

// follow hears the topic until ctx ends or the box forbids it.
func (l *live) follow(ctx context.Context) error {
	for wait := firstRedial; ; wait = min(2*wait, lastRedial) {
		heard, err := l.listen(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if fatal(err) {
			return fmt.Errorf("following %s: %w", l.topic, err)
		}
		l.count(err)
		if heard {
			wait = firstRedial
		}
		if err := pause(ctx, max(wait, l.held())); err != nil {
			return err
		}
	}
}

// fatal reports whether another connection would end in the same way.
func fatal(err error) bool {
	var refused *upgradeRefused
	if errors.As(err, &refused) {
		return refused.status < 500 && refused.status != http.StatusTooManyRequests
	}
	return websocket.IsCloseError(err, wire.CloseNotAllowed, wire.CloseProtocol, wire.CloseSessionEnded)
}

// count files why a connection was lost.
func (l *live) count(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.resumed++
	if websocket.IsCloseError(err, wire.CloseSlow) {
		l.slow++
	}
}

// cut breaks the connection without a word, as a network does, and keeps it
// broken for d.
func (l *live) cut(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until = time.Now().Add(d)
	if l.conn != nil {
		l.conn.NetConn().Close()
	}
}

// held returns how long the connection must still stay broken.
func (l *live) held() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Until(l.until)
}

// listen makes one connection and hears it to its end. It reports whether
// anything was heard.
func (l *live) listen(ctx context.Context) (heard bool, err error) {
	conn, err := l.dial(ctx)
	if err != nil {
		return false, err
	}
	l.mu.Lock()
	l.conn = conn
	l.mu.Unlock()
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()

	buf := new(bytes.Buffer)
	for {
		f, err := read(conn, buf)
		if err != nil {
			return heard, err
		}
		heard = true
		l.take(f)
	}
}

// read reads the next frame through buf.
func read(conn *websocket.Conn, buf *bytes.Buffer) (*frame, error) {
	conn.SetReadDeadline(time.Now().Add(silence))
	_, r, err := conn.NextReader()
	if err != nil {
		return nil, err
	}
	buf.Reset()
	if _, err := buf.ReadFrom(r); err != nil {
		return nil, err
	}
	f := new(frame)
	if err := json.Unmarshal(buf.Bytes(), f); err != nil {
		return nil, fmt.Errorf("a frame that is not JSON: %w", err)
	}
	return f, nil
}

// take hands f on and remembers where to resume.
func (l *live) take(f *frame) {
	at := time.Now()
	l.hear(f, at)
	if f.Cursor != "" {
		l.cursor = f.Cursor
	}
	if f.Type != wire.TypeLive {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if f.Reset {
		l.reset++
	}
	l.beginOnce.Do(func() { close(l.begun) })
}

// dial opens the live connection, resuming when there is a cursor.
func (l *live) dial(ctx context.Context) (*websocket.Conn, error) {
	dialer := websocket.Dialer{
		NetDialContext:   (&net.Dialer{LocalAddr: l.from}).DialContext,
		HandshakeTimeout: requestLimit,
		Subprotocols:     []string{wire.Subprotocol},
	}
	conn, res, err := dialer.DialContext(ctx, l.address(), http.Header{"Authorization": {"Bearer " + l.token}})
	if err != nil && res != nil {
		return nil, &upgradeRefused{res.StatusCode}
	}
	if err != nil {
		return nil, err
	}
	conn.SetPingHandler(func(data string) error {
		conn.SetReadDeadline(time.Now().Add(silence))
		return conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeLimit))
	})
	return conn, nil
}

// upgradeRefused is the box's answer to a connection that it does not want.
type upgradeRefused struct{ status int }

func (e *upgradeRefused) Error() string {
	return fmt.Sprintf("the live connection is refused with %d %s", e.status, http.StatusText(e.status))
}

// address is the URL of the live connection.
func (l *live) address() string {
	u := *l.base
	u.Scheme = map[string]string{"http": "ws", "https": "wss"}[u.Scheme]
	query := url.Values{"topics": {l.topic}, "as": {"supervisor"}}
	if l.cursor != "" {
		query.Set("after", l.cursor)
	}
	u.Path, u.RawQuery = "/api/v1/live", query.Encode()
	return u.String()
}
