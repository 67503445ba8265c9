package hub

import (
	"context"

	"handrail/server/internal/wire"
)

// nearEnough is how many events may be left to replay, in sequence numbers,
// when a socket joins: while it reads those, what is new waits in its queue.
const nearEnough = 512

// open shows the socket where it stands: what it has missed, each topic's view,
// and live. It returns false when the socket is closing.
func (s *socket) open() bool {
	at, resumed := s.resumePoint()
	if resumed {
		at, resumed = s.catchUp(at)
	}
	s.hub.inbox.join(s)
	select {
	case <-s.quit:
		return false
	case <-s.admitted:
	}
	base := s.base()
	if resumed {
		resumed = s.replayRest(at, base)
	}
	for _, topic := range s.client.Topics {
		if !s.put(viewFrame(topic, s.hub.cursor(base), s.views[topic].view)) {
			return false
		}
	}
	return s.put(encode(wire.LiveFrame{
		Type: wire.TypeLive, Cursor: s.hub.cursor(base), Reset: s.client.After != "" && !resumed,
	}))
}

// resumePoint returns where to go on, if the client's cursor can be used.
func (s *socket) resumePoint() (at uint64, ok bool) {
	if s.client.After == "" {
		return 0, false
	}
	at, ok = s.hub.parseCursor(s.client.After)
	return at, ok && at <= s.hub.source.Published()
}

// catchUp replays as fast as the peer reads until little is missing. Nothing is
// queued for the socket meanwhile. It returns how far it came, and false when
// the cursor is too old.
//
// Several topics are replayed a piece at a time, so that the cursor gets on
// even on a connection that breaks often.
func (s *socket) catchUp(at uint64) (uint64, bool) {
	for {
		upto := s.hub.source.Published()
		if upto <= at+nearEnough || s.isClosing() {
			return at, true
		}
		if len(s.client.Topics) > 1 {
			upto = at + nearEnough
		}
		for i, topic := range s.client.Topics {
			if !s.replay(topic, at, upto, s.replayCursor(i, at, upto)) {
				return at, false
			}
		}
		at = upto
	}
}

// replayRest replays each topic from at up to its view.
func (s *socket) replayRest(at, base uint64) bool {
	for i, topic := range s.client.Topics {
		if !s.replay(topic, at, s.views[topic].seq, s.replayCursor(i, at, base)) {
			return false
		}
	}
	return true
}

// replayCursor returns the cursor of a frame of the i-th topic that ends with
// the event seq: only the last topic's frames come nearer to upto, since while
// they are sent every other topic is complete up to there.
func (s *socket) replayCursor(i int, at, upto uint64) func(seq uint64) uint64 {
	last := i == len(s.client.Topics)-1
	return func(seq uint64) uint64 {
		if last {
			return max(at, min(seq, upto))
		}
		return at
	}
}

// replay sends the events of a topic after at and up to upto. It returns false
// when they are not kept any more or may not be read.
func (s *socket) replay(topic string, at, upto uint64, cursor func(seq uint64) uint64) bool {
	if at >= upto {
		return true
	}
	ctx, cancel := s.untilQuit()
	defer cancel()
	ok, err := s.hub.source.Replay(ctx, topic, at, upto, s.horizon, func(events []wire.Event) bool {
		if len(events) == 0 {
			return true
		}
		return s.put(encode(wire.EventsFrame{
			Type:   wire.TypeEvents,
			Topic:  topic,
			Cursor: s.hub.cursor(cursor(events[len(events)-1].Seq)),
			Replay: true,
			Events: events,
		}))
	})
	return ok && err == nil
}

// untilQuit returns a context that ends with the socket.
func (s *socket) untilQuit() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(s.hub.ctx)
	go func() {
		select {
		case <-s.quit:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// base returns the commit up to which every topic was shown.
func (s *socket) base() uint64 {
	base := s.admittedAt
	for _, v := range s.views {
		base = min(base, v.seq)
	}
	return base
}
