package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"handrail/server/internal/wire"
)

const (
	// maxMalformed is the malformed frame that ends the socket.
	maxMalformed = 3
	// maxFlooded is how many frames beyond the rate are answered before the
	// socket is ended; a peer that has calmed down starts anew.
	maxFlooded = 50
	// doTime is the longest that a command may take.
	doTime = 15 * time.Second
)

// read takes what the peer sends until the connection ends.
func (s *socket) read() {
	defer close(s.deaf)
	defer s.close(0, 0)
	s.conn.SetReadLimit(s.hub.options.ReadLimit)
	s.conn.SetPongHandler(func(string) error { return s.alive() })
	s.conn.SetPingHandler(s.pong)
	_ = s.alive()
	for {
		kind, text, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		_ = s.alive()
		if !s.isClosing() {
			s.hub.counts.received.Add(1)
			s.take(kind, text)
		}
	}
}

// alive puts off the moment when the peer is taken for dead.
func (s *socket) alive() error {
	return s.conn.SetReadDeadline(time.Now().Add(s.hub.options.Dead))
}

// pong answers a peer's ping; pings count as frames.
func (s *socket) pong(data string) error {
	if !s.bucket.take(time.Now()) {
		s.flood("")
		return nil
	}
	_ = s.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(s.hub.options.Write))
	return s.alive()
}

// take judges one frame.
func (s *socket) take(kind int, text []byte) {
	f, err := decode(kind, text)
	now := time.Now()
	if s.bucket.full(now) {
		s.flooded = 0
	}
	switch {
	case !s.bucket.take(now):
		s.flood(f.ID)
	case err != nil:
		s.refuseMalformed(f.ID, err)
	default:
		s.obey(f)
	}
}

func (s *socket) flood(id string) {
	s.flooded++
	if s.flooded > maxFlooded {
		s.close(wire.CloseProtocol, s.hub.options.Goodbye)
		return
	}
	s.fail(id, wire.NewProblem("too-many", "Send fewer frames."))
}

func (s *socket) refuseMalformed(id string, err error) {
	s.malformed++
	if s.malformed >= maxMalformed {
		s.close(wire.CloseProtocol, s.hub.options.Goodbye)
		return
	}
	s.fail(id, wire.NewProblem("malformed", err.Error()))
}

// obey carries out a well-formed frame.
func (s *socket) obey(f wire.ClientFrame) {
	switch f.Type {
	case wire.TypeDo:
		s.do(f)
	case wire.TypeReceived:
		s.received(f)
	case wire.TypeAnnounced:
		s.announcedBy(f)
	}
}

func (s *socket) do(f wire.ClientFrame) {
	if missing := missingIn(f); missing != "" {
		p := wire.NewProblem("invalid", "A command needs an id and a name.")
		p.Errors = []wire.ProblemField{{Field: missing, Message: "is required"}}
		s.fail(f.ID, p)
		return
	}
	s.handle(f, func(data json.RawMessage, p *wire.Problem) {
		if p != nil {
			s.fail(f.ID, *p)
			return
		}
		s.send(encode(wire.DoneFrame{Type: wire.TypeDone, ID: f.ID, Data: data}))
	})
}

func missingIn(f wire.ClientFrame) string {
	switch {
	case f.ID == "":
		return "id"
	case f.Command == "":
		return "command"
	default:
		return ""
	}
}

// received passes on a receipt that is news. Others are common, since a frame
// that was sent again is received twice, and are nobody's fault.
func (s *socket) received(f wire.ClientFrame) {
	if !s.hearsPages() {
		s.fail("", forbidden("Page frames are not sent here."))
		return
	}
	if !s.receivePage(f.Page, f.Step) {
		return
	}
	s.handle(f, func(_ json.RawMessage, p *wire.Problem) {
		if p != nil {
			s.unreceivePage(f.Page, f.Step)
			s.fail("", *p)
		}
	})
}

// announcedBy passes on that the call given to this socket was said.
func (s *socket) announcedBy(f wire.ClientFrame) {
	if !s.announce(f.Call) {
		s.fail("", forbidden("This call was not given here to be said, or was announced before."))
		return
	}
	s.handle(f, func(_ json.RawMessage, p *wire.Problem) {
		if p != nil {
			s.unannounce(f.Call)
			s.fail("", *p)
		}
	})
}

// handle carries f out beside the reading, as soon as there is a free slot;
// until then the peer is not read.
func (s *socket) handle(f wire.ClientFrame, answer func(json.RawMessage, *wire.Problem)) {
	select {
	case s.slots <- struct{}{}:
	case <-s.quit:
		return
	}
	s.hub.work.Go(func() {
		defer func() { <-s.slots }()
		ctx, cancel := context.WithTimeout(s.hub.ctx, doTime)
		defer cancel()
		answer(s.client.Handle(ctx, f))
	})
}

func (s *socket) fail(id string, p wire.Problem) {
	s.send(encode(wire.FailedFrame{Type: wire.TypeFailed, ID: id, Problem: p}))
}

func forbidden(detail string) wire.Problem {
	return wire.NewProblem("forbidden", detail)
}

// malformed says what is wrong with a frame, in one sentence for people.
type malformed string

func (m malformed) Error() string { return string(m) }

const (
	errNotText   malformed = "A frame must be UTF-8 text."
	errNotObject malformed = "A frame must be one JSON object with the members of its type."
	errNotKnown  malformed = "A frame must have a known type and its members."
)

// decode reads a client's frame. On an error the frame has at most its ID.
func decode(kind int, text []byte) (wire.ClientFrame, error) {
	var f wire.ClientFrame
	if kind != websocket.TextMessage || !utf8.Valid(text) {
		return f, errNotText
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return wire.ClientFrame{}, errNotObject
	}
	if _, err := dec.Token(); err != io.EOF {
		return wire.ClientFrame{}, errNotObject
	}
	if !wellFormed(f) {
		return wire.ClientFrame{ID: f.ID}, errNotKnown
	}
	return f, nil
}

// wellFormed reports whether f has the members of its type and no others. A do
// may lack its id: that is answered with "invalid".
func wellFormed(f wire.ClientFrame) bool {
	receipt := f.Page != "" || f.Step != 0
	command := f.ID != "" || f.Command != "" || f.Data != nil || f.Key != ""
	switch f.Type {
	case wire.TypeReceived:
		return f.Page != "" && f.Step > 0 && f.Call == "" && !command
	case wire.TypeAnnounced:
		return f.Call != "" && !receipt && !command
	case wire.TypeDo:
		return !receipt && f.Call == ""
	default:
		return false
	}
}

// bucket lets rate frames a second through, burst at once.
type bucket struct {
	rate, burst, tokens float64
	filled              time.Time
}

func newBucket(rate, burst int, now time.Time) bucket {
	return bucket{rate: float64(rate), burst: float64(burst), tokens: float64(burst), filled: now}
}

// take reports whether one more frame may pass now.
func (b *bucket) take(now time.Time) bool {
	b.fill(now)
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

func (b *bucket) fill(now time.Time) {
	b.tokens = min(b.burst, b.tokens+now.Sub(b.filled).Seconds()*b.rate)
	b.filled = now
}

// full reports whether the peer has been calm.
func (b *bucket) full(now time.Time) bool {
	b.fill(now)
	return b.tokens >= b.burst
}
