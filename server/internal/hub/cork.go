package hub

import (
	"bufio"
	"net"
	"net/http"
	"sync"
)

// corkSize is how many bytes are gathered at most, and how many a connection
// keeps room for.
const corkSize = 4 << 10

// cork is a connection that can gather small writes into one: the events and
// the view of a commit go out together.
type cork struct {
	net.Conn

	mu       sync.Mutex
	held     bool
	gathered []byte
}

// Write keeps p while the connection is held, unless it is large.
func (c *cork) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.gathered)+len(p) > corkSize {
		if err := c.flush(); err != nil {
			return 0, err
		}
	}
	if !c.held || len(p) > corkSize {
		return c.Conn.Write(p)
	}
	c.gathered = append(c.gathered, p...)
	return len(p), nil
}

// hold begins to gather.
func (c *cork) hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = true
}

// release writes what was gathered and gathers no more.
func (c *cork) release() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = false
	return c.flush()
}

func (c *cork) flush() error {
	if len(c.gathered) == 0 {
		return nil
	}
	_, err := c.Conn.Write(c.gathered)
	c.gathered = c.gathered[:0]
	return err
}

// corker is a ResponseWriter whose connection, once taken over, is a cork.
type corker struct {
	http.ResponseWriter
	cork *cork
}

// Hijack takes the connection over.
func (w *corker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	w.cork = &cork{Conn: conn}
	return w.cork, rw, nil
}
