package hub

import (
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"handrail/server/internal/wire"
)

// socket is one connection. Two goroutines belong to it: run, which alone
// writes messages, and read.
type socket struct {
	hub    *Hub
	conn   *websocket.Conn
	cork   *cork // below conn
	client Client
	queue  queue
	bucket bucket
	// horizon is the oldest moment of a replay; zero for no limit.
	horizon time.Time
	// pinged is when the peer was asked last; of run.
	pinged time.Time
	// malformed counts bad frames, flooded those beyond the rate; of read.
	malformed, flooded int
	// slots has room for the commands in flight.
	slots chan struct{}

	// quit is closed when the socket is closing, with code and force set before.
	quit    chan struct{}
	closing sync.Once
	code    int
	force   *time.Timer
	// deaf is closed when read has ended.
	deaf chan struct{}

	// The dispatcher's: missing views, whether the socket has left, frames to
	// come in this commit, whether any were queued, whose it is. admitted is
	// closed when views and admittedAt are complete; from then on they do not
	// change.
	missing    int
	left       bool
	touched    int
	stirred    bool
	staff      string
	admitted   chan struct{}
	views      map[string]rendered
	admittedAt uint64

	mu    sync.Mutex
	pages map[string]*delivery
	// telling bounds the page frames: half of what the peer may answer.
	telling bucket
	// call is what the socket was given to say last.
	call      string
	announced bool
}

func newSocket(h *Hub, conn *websocket.Conn, cork *cork, client Client) *socket {
	now := time.Now()
	s := &socket{
		hub:      h,
		conn:     conn,
		cork:     cork,
		client:   client,
		queue:    queue{wake: make(chan struct{}, 1)},
		bucket:   newBucket(h.options.Rate, h.options.Burst, now),
		telling:  newBucket(h.options.Rate/2, h.options.Burst/2, now),
		pinged:   now,
		slots:    make(chan struct{}, h.options.InFlight),
		quit:     make(chan struct{}),
		deaf:     make(chan struct{}),
		admitted: make(chan struct{}),
		views:    map[string]rendered{},
	}
	if client.Window > 0 {
		s.horizon = now.Add(-client.Window)
	}
	return s
}

// run lives as long as the connection.
func (s *socket) run() {
	defer s.hub.forget(s)
	s.hub.work.Go(s.read)
	if s.client.Life > 0 {
		defer time.AfterFunc(s.client.Life, s.expire).Stop()
	}
	if s.client.Valid != nil && !s.client.Valid() {
		s.expire()
	}
	if s.client.Refuse != 0 {
		s.close(s.client.Refuse, s.hub.options.Goodbye)
	} else if s.open() {
		s.write()
	}
	s.farewell()
}

// expire ends the socket with its session.
func (s *socket) expire() { s.close(wire.CloseSessionEnded, s.hub.options.Goodbye) }

// write sends what is queued until the socket closes.
func (s *socket) write() {
	ping := time.NewTicker(s.hub.options.Ping)
	defer ping.Stop()
	for {
		s.flush()
		select {
		case <-s.quit:
			s.flush()
			return
		case <-s.queue.wake:
		case <-ping.C:
			s.ping()
		}
	}
}

// flush writes what is queued, small frames together.
func (s *socket) flush() {
	s.cork.hold()
	for f, ok := s.queue.pop(); ok && s.transmit(f); {
		f, ok = s.queue.pop()
	}
	if s.cork.release() != nil {
		s.close(0, 0)
	}
}

// put writes one frame now, unless the socket is closing: then it returns false.
func (s *socket) put(f frame) bool { return !s.isClosing() && s.transmit(f) }

func (s *socket) isClosing() bool {
	select {
	case <-s.quit:
		return true
	default:
		return false
	}
}

// transmit writes one frame. It returns false when the connection has failed.
func (s *socket) transmit(f frame) bool {
	now := time.Now()
	if now.Sub(s.pinged) >= s.hub.options.Ping {
		s.ping()
	}
	_ = s.conn.SetWriteDeadline(now.Add(s.hub.options.Write))
	if err := f.writeTo(s.conn); err != nil {
		s.close(0, 0)
		return false
	}
	s.hub.counts.frames.Add(1)
	s.hub.counts.bytes.Add(uint64(len(f.text)))
	return true
}

func (s *socket) ping() {
	s.pinged = time.Now()
	if err := s.conn.WriteControl(websocket.PingMessage, nil, s.pinged.Add(s.hub.options.Write)); err != nil {
		s.close(0, 0)
	}
}

// send queues a frame and has it written; see enqueue.
func (s *socket) send(f frame) {
	s.enqueue(f)
	s.queue.stir()
}

// enqueue queues a frame; a queue that is full closes the socket with 4001. It
// never blocks.
func (s *socket) enqueue(f frame) {
	if !s.queue.push(f, s.hub.options.QueueFrames, s.hub.options.QueueBytes) {
		s.close(wire.CloseSlow, s.hub.options.Write+s.hub.options.Goodbye)
	}
}

// close begins the end, once: the socket leaves the hub, nothing more is queued,
// and after grace the connection is cut. Code 0 says nothing to the peer. It
// never blocks.
//
// What is queued is still sent when the peer did nothing to prevent that and
// may have it: the answers before a protocol error or a shutdown, but nothing
// to a screen that does not read or whose session has ended.
func (s *socket) close(code int, grace time.Duration) {
	s.closing.Do(func() {
		if code == wire.CloseSlow {
			s.hub.counts.slow.Add(1)
		}
		s.code = code
		s.force = time.AfterFunc(grace, func() { _ = s.conn.Close() })
		s.queue.close(code == wire.CloseProtocol || code == wire.CloseGoingAway)
		close(s.quit)
		s.hub.inbox.leave(s)
	})
}

// farewell tells the peer why and waits for its answer: a connection closed
// with something unread would be reset, and the peer would not learn why.
func (s *socket) farewell() {
	<-s.quit
	if s.code != 0 {
		message := websocket.FormatCloseMessage(s.code, reason(s.code))
		_ = s.conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(s.hub.options.Goodbye))
		<-s.deaf
	}
	s.force.Stop()
	_ = s.conn.Close()
	<-s.deaf
}

// reason says in words what a close code means.
func reason(code int) string {
	switch code {
	case wire.CloseGoingAway:
		return "going away"
	case wire.CloseSlow:
		return "slow"
	case wire.CloseNotAllowed:
		return "not allowed"
	case wire.CloseProtocol:
		return "protocol error"
	case wire.CloseSessionEnded:
		return "session ended"
	default:
		return ""
	}
}

// queue is what waits to be written to one socket.
type queue struct {
	// wake has room for one: there is something to pop.
	wake chan struct{}

	mu     sync.Mutex
	closed bool
	frames []frame
	bytes  int
}

// push returns false when the frame does not fit. One frame always fits.
func (q *queue) push(f frame, maxFrames, maxBytes int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return true
	}
	if n := len(q.frames); n > 0 && (n >= maxFrames || q.bytes+len(f.text) > maxBytes) {
		return false
	}
	q.frames = append(q.frames, f)
	q.bytes += len(f.text)
	return true
}

// stir wakes who pops.
func (q *queue) stir() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *queue) pop() (frame, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.frames) == 0 {
		return frame{}, false
	}
	f := q.frames[0]
	q.frames[0] = frame{}
	q.frames = q.frames[1:]
	q.bytes -= len(f.text)
	return f, true
}

// close lets nothing more in; what is there can be kept.
func (q *queue) close(keep bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	if !keep {
		q.frames, q.bytes = nil, 0
	}
}

func (q *queue) depth() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.frames)
}
