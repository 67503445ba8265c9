// Package hub keeps the websocket sessions: it shows each commit to every
// screen that watches, lets a screen that was away resume from its cursor,
// tells staff devices of pages until they have received them, and gives each
// zone's call to its one mouth.
//
// One goroutine, the dispatcher, owns who watches what and decides the order of
// everything that is shown; each socket has a bounded queue and two goroutines
// of its own. Nothing that a socket does can hold up the dispatcher or another
// socket: a queue that is full ends its socket.
//
// A cursor in a frame is a promise: on this socket, everything of all its
// topics up to there has been sent before. So resuming from the last cursor
// loses nothing, even when the connection broke between two topics' frames of
// one commit.
//
// The package must never know what an event means, decide who may do what, or
// hold on to an *http.Request after the connection was taken over.
package hub

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"handrail/server/internal/wire"
)

// Source is what the hub shows. Its methods may be called from several
// goroutines at once.
type Source interface {
	// LogID names the log of the cursors.
	LogID() string
	// Published returns the sequence number of the read models published now.
	// It has reached Update.Last by the time that update is given to Publish.
	Published() uint64
	// View returns the whole view of a topic and the sequence number it is at.
	// An error means that there is no such topic.
	View(topic string) (view json.RawMessage, seq uint64, err error)
	// Replay yields the topic's events after `after` and up to `upto` in chunks,
	// oldest first, until yield returns false. ok is false, and nothing was
	// yielded, when `after` is older than what is kept or than notBefore; the
	// zero notBefore is older than everything.
	Replay(ctx context.Context, topic string, after, upto uint64, notBefore time.Time,
		yield func([]wire.Event) bool) (ok bool, err error)
	// PagesFor returns the pages not yet closed whose current step this person
	// was told of and has not rejected.
	PagesFor(staff string) []wire.Page
	// SpeakFor returns what this hall place must say now, if it is its zone's
	// mouth.
	SpeakFor(place string) (wire.SpeakFrame, bool)
	// Presence says that the first socket of a person has opened or the last has
	// gone. It must not block.
	Presence(staff string, connected bool)
}

// Client is who has connected and what it may do; its maker has authenticated
// it and checked every topic.
type Client struct {
	// Identity, Session and Token are what End matches.
	Identity, Session, Token string
	Topics                   []string
	// After is the cursor to resume from; empty for none.
	After string
	// Staff is the person for whom page frames are sent when Topics has "pages";
	// empty for none.
	Staff string
	// Person, if set, is asked instead of Staff, at the start and after every
	// commit: a counter's person comes when the counter is opened. It must not
	// block.
	Person func() string
	// Mouth is the hall place that may speak; empty for none.
	Mouth string
	// Window is how far back a replay may go; 0 is without limit.
	Window time.Duration
	// Life is how long the session goes on; 0 is without limit. Valid, if set, is
	// asked once End can find the connection: a session that ended a moment before
	// is closed as well.
	Life  time.Duration
	Valid func() bool
	// Refuse closes the connection at once with this code; 0 does not.
	Refuse int
	// Header goes with the answer to the upgrade.
	Header http.Header
	// Handle carries out do, received and announced. Its answer is the data of
	// the done frame, or a problem. The context ends with the hub, not with the
	// socket: what was sent is carried out.
	Handle func(ctx context.Context, f wire.ClientFrame) (json.RawMessage, *wire.Problem)
}

// Update is one commit. Its functions are called on the dispatcher, some time
// after Publish, and only for topics that somebody watches.
type Update struct {
	// Last is the sequence number of the commit's last event.
	Last uint64
	// Events returns the commit's events as the topic may see them; nil for none
	// on any topic.
	Events func(topic string) []wire.Event
	// Dirty reports whether the topic's view may have changed; nil for none.
	Dirty func(topic string) bool
	// Pages and Speech say that PagesFor and SpeakFor may have changed.
	Pages, Speech bool
}

// Options are the limits; a zero field has the default named.
type Options struct {
	// QueueFrames (1024) and QueueBytes (4 MiB) bound what waits for one socket.
	QueueFrames, QueueBytes int
	// Ping (15 s) is how often a silent peer is asked, Dead (45 s) after how long
	// it is given up, Write (5 s) how long one frame may take.
	Ping, Dead, Write time.Duration
	// Goodbye (700 ms) is how long a closed socket may take to answer.
	Goodbye time.Duration
	// ReadLimit (64 KiB) bounds a client's frame, in bytes.
	ReadLimit int64
	// Rate (50 per second) and Burst (100) bound a client's frames.
	Rate, Burst int
	// InFlight (8) bounds the commands of one socket that are being done.
	InFlight int
	// Window (5 ms) is the longest that commits are gathered under load.
	Window time.Duration
	// Slowest (250 ms) is the longest that an expensive view is put off.
	Slowest time.Duration
}

func (o Options) withDefaults() Options {
	return Options{
		QueueFrames: cmp.Or(o.QueueFrames, 1024),
		QueueBytes:  cmp.Or(o.QueueBytes, 4<<20),
		Ping:        cmp.Or(o.Ping, 15*time.Second),
		Dead:        cmp.Or(o.Dead, 45*time.Second),
		Write:       cmp.Or(o.Write, 5*time.Second),
		Goodbye:     cmp.Or(o.Goodbye, 700*time.Millisecond),
		ReadLimit:   cmp.Or(o.ReadLimit, 64<<10),
		Rate:        cmp.Or(o.Rate, 50),
		Burst:       cmp.Or(o.Burst, 100),
		InFlight:    cmp.Or(o.InFlight, 8),
		Window:      cmp.Or(o.Window, 5*time.Millisecond),
		Slowest:     cmp.Or(o.Slowest, 250*time.Millisecond),
	}
}

// Hub keeps the sessions. Its methods may be used by many goroutines.
type Hub struct {
	source  Source
	options Options
	inbox   inbox
	// seq is the commit up to which everything was handed to the sockets.
	seq atomic.Uint64

	ctx  context.Context
	stop context.CancelFunc
	// work counts the goroutines of sockets, dispatching the dispatcher.
	work        sync.WaitGroup
	dispatching sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	sockets map[*socket]struct{}

	counts counts
}

type counts struct {
	frames, bytes, received, slow atomic.Uint64
}

// New returns a running hub; Close ends it. Source must already be able to
// answer when the first client comes.
func New(source Source, options Options) *Hub {
	ctx, stop := context.WithCancel(context.Background())
	h := &Hub{
		source:  source,
		options: options.withDefaults(),
		ctx:     ctx,
		stop:    stop,
		sockets: map[*socket]struct{}{},
	}
	h.inbox.init(h.options.Window)
	h.dispatching.Go(func() { newDispatcher(h).run() })
	return h
}

// Publish takes a commit to be shown. Commits must come in their order, each
// after its read models were published. It never blocks on a socket.
func (h *Hub) Publish(u Update) { h.inbox.publish(u, time.Now()) }

// Refresh has a topic's view asked for again, for what changes without a commit.
// It never blocks.
func (h *Hub) Refresh(topic string) { h.inbox.refresh(topic) }

// End closes with 4010, within a second, every socket whose client matches.
func (h *Hub) End(match func(identity, session, token string) bool) {
	for _, s := range h.all() {
		if match(s.client.Identity, s.client.Session, s.client.Token) {
			s.expire()
		}
	}
}

// Close closes every socket with 1001 and waits until all are gone and every
// command in flight was answered. When ctx ends first, it cuts what is left and
// returns ctx's error. New clients are refused from the moment of the call.
func (h *Hub) Close(ctx context.Context) error {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	for _, s := range h.all() {
		s.close(wire.CloseGoingAway, h.options.Goodbye)
	}
	gone := make(chan struct{})
	go func() {
		h.work.Wait()
		close(gone)
	}()
	var err error
	select {
	case <-gone:
	case <-ctx.Done():
		err = ctx.Err()
		h.cut()
		<-gone
	}
	h.inbox.close()
	h.dispatching.Wait()
	h.stop()
	return err
}

// cut ends every connection without a word, and the commands in flight.
func (h *Hub) cut() {
	h.stop()
	for _, s := range h.all() {
		_ = s.conn.NetConn().Close()
	}
}

// Stats are figures for metrics; the counters begin with the hub.
type Stats struct {
	// Sockets is how many are open now, Queued how many frames wait for them,
	// Deepest how many wait for the one that has most.
	Sockets, Queued, Deepest int
	// Frames and Bytes were sent, Received came in, and Slow sockets were closed
	// with 4001.
	Frames, Bytes, Received, Slow uint64
}

// Stats returns the figures as they are now.
func (h *Hub) Stats() Stats {
	stats := Stats{
		Frames:   h.counts.frames.Load(),
		Bytes:    h.counts.bytes.Load(),
		Received: h.counts.received.Load(),
		Slow:     h.counts.slow.Load(),
	}
	for _, s := range h.all() {
		depth := s.queue.depth()
		stats.Sockets++
		stats.Queued += depth
		stats.Deepest = max(stats.Deepest, depth)
	}
	return stats
}

func (h *Hub) all() []*socket {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]*socket, 0, len(h.sockets))
	for s := range h.sockets {
		all = append(all, s)
	}
	return all
}

// start runs a socket unless the hub is closed.
func (h *Hub) start(s *socket) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.sockets[s] = struct{}{}
	h.work.Go(s.run)
	return true
}

func (h *Hub) forget(s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sockets, s)
}
