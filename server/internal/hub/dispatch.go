package hub

import (
	"math"
	"slices"
	"time"

	"handrail/server/internal/wire"
)

// dispatcher owns who watches what. Everything in it belongs to its goroutine.
type dispatcher struct {
	*Hub
	// at is the commit up to which events were given to the sockets.
	at     uint64
	topics map[string]*topic
	mouths map[string][]*socket
	// staff has the sockets of each person, hearing all sockets that page frames
	// are for once they have a person.
	staff   map[string][]*socket
	hearing []*socket
	// stirred are the sockets for which frames were queued in this cycle.
	stirred []*socket
	// pages and speech say that an update has changed them; resendAt is when a
	// page frame is due again, zero for never.
	pages, speech bool
	resendAt      time.Time
}

func newDispatcher(h *Hub) *dispatcher {
	return &dispatcher{
		Hub:    h,
		topics: map[string]*topic{},
		staff:  map[string][]*socket{},
		mouths: map[string][]*socket{},
	}
}

func (d *dispatcher) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-d.inbox.wake:
		case <-timer.C:
		}
		next, closed := d.cycle(time.Now())
		if closed {
			return
		}
		timer.Reset(next)
	}
}

// cycle does what there is to do and returns how long there will be nothing.
func (d *dispatcher) cycle(now time.Time) (next time.Duration, closed bool) {
	joins, leaves, closed := d.inbox.takeSockets()
	for _, s := range joins {
		d.join(s)
	}
	for _, s := range leaves {
		d.leave(s)
	}
	for _, name := range d.inbox.takeStale() {
		if t := d.topics[name]; t != nil {
			t.dirty = true
		}
	}
	if updates := d.inbox.takeUpdates(now); len(updates) > 0 {
		d.inbox.putBack(d.advance(updates), now)
		d.reseat()
	}
	d.show()
	d.stir()
	d.tellPages(now)
	d.tellMouths()
	return d.pause(), closed
}

// pause returns the time to the earliest thing that is put off.
func (d *dispatcher) pause() time.Duration {
	first := earliest(d.inbox.later(), d.resendAt)
	for _, t := range d.topics {
		if t.wanted() && t.held == nil {
			first = earliest(first, t.due)
		}
	}
	if first.IsZero() {
		return time.Hour
	}
	return max(0, time.Until(first))
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// join begins to show a socket its topics. While nobody watches anything there
// is no order to keep, so the hub may skip to what is published.
func (d *dispatcher) join(s *socket) {
	if s.left {
		return
	}
	if len(d.topics) == 0 {
		d.reach(max(d.at, d.source.Published()))
	}
	s.missing = len(s.client.Topics)
	for _, name := range s.client.Topics {
		t := d.topics[name]
		if t == nil {
			t = &topic{name: name}
			d.topics[name] = t
		}
		t.dirty = t.dirty || t.view == nil
		t.waiting = append(t.waiting, s)
	}
	if s.missing == 0 {
		d.admit(s)
	}
}

// admit is called when every view of s is at hand: from here on it is live.
func (d *dispatcher) admit(s *socket) {
	s.admittedAt = d.at
	close(s.admitted)
	if s.hearsPages() {
		d.hearing = append(d.hearing, s)
		d.seat(s, s.person())
	}
	if mouth := s.client.Mouth; mouth != "" {
		d.mouths[mouth] = append(d.mouths[mouth], s)
		d.speak(mouth)
	}
}

// leave forgets a socket that is closing, perhaps before it has joined.
func (d *dispatcher) leave(s *socket) {
	s.left = true
	for _, name := range s.client.Topics {
		t := d.topics[name]
		if t == nil {
			continue
		}
		t.watching = without(t.watching, s)
		t.waiting = without(t.waiting, s)
		if len(t.watching)+len(t.waiting) == 0 {
			delete(d.topics, name)
		}
	}
	if slices.Contains(d.hearing, s) {
		d.hearing = without(d.hearing, s)
		d.seat(s, "")
	}
	if mouth := s.client.Mouth; slices.Contains(d.mouths[mouth], s) {
		drop(d.mouths, mouth, s)
		d.speak(mouth)
	}
}

func without(sockets []*socket, s *socket) []*socket {
	return slices.DeleteFunc(sockets, func(other *socket) bool { return other == s })
}

// drop takes s from the sockets of key, and key away with the last.
func drop(of map[string][]*socket, key string, s *socket) {
	of[key] = without(of[key], s)
	if len(of[key]) == 0 {
		delete(of, key)
	}
}

// advance shows the updates: for each topic their events, then the view.
//
// The views are rendered first. They are of the last of the updates or of a
// later commit, and are held until the events up to there have gone out. So one
// frame of events and one view are enough, however many commits there are;
// updates beyond the views wait for the next time.
func (d *dispatcher) advance(updates []Update) (rest []Update) {
	d.mark(updates)
	d.show()
	early := d.inbox.takeEarly()
	d.mark(early)
	updates = append(updates, early...)
	for limit := d.lastHeld(); len(updates) > 0; {
		batch := d.batch(updates)
		d.give(batch)
		d.show()
		updates = updates[len(batch):]
		if len(updates) > 0 && updates[0].Last > limit {
			return updates
		}
	}
	return nil
}

// mark notes which views the updates may have changed.
func (d *dispatcher) mark(updates []Update) {
	for _, t := range d.topics {
		for _, u := range updates {
			t.dirty = t.dirty || u.Last > t.seen && u.Dirty != nil && u.Dirty(t.name)
		}
	}
}

// lastHeld returns the last commit at which a view is held, without bound when
// none is.
func (d *dispatcher) lastHeld() uint64 {
	last := uint64(0)
	for _, t := range d.topics {
		if t.held != nil {
			last = max(last, t.held.seq)
		}
	}
	if last == 0 {
		return math.MaxUint64
	}
	return last
}

// batch returns the updates up to the first commit at which a view is held, but
// at least one.
func (d *dispatcher) batch(updates []Update) []Update {
	end := len(updates)
	for _, t := range d.topics {
		if t.held == nil {
			continue
		}
		past := slices.IndexFunc(updates, func(u Update) bool { return u.Last > t.held.seq })
		if past >= 0 {
			end = min(end, past)
		}
	}
	return updates[:max(1, end)]
}

// give sends the events of one batch.
func (d *dispatcher) give(batch []Update) {
	last := d.at
	for _, u := range batch {
		last = max(last, u.Last)
		d.pages = d.pages || u.Pages
		d.speech = d.speech || u.Speech
	}
	var touched []*topic
	for _, t := range d.topics {
		if t.collect(batch, d.at); len(t.events) > 0 {
			touched = append(touched, t)
		}
	}
	d.giveEvents(touched, last)
	d.reach(last)
}

// giveEvents sends the events of the touched topics. On a socket that gets
// several frames, all but the last carry the cursor from before: the promise of
// the new one is kept only with the last.
func (d *dispatcher) giveEvents(touched []*topic, last uint64) {
	for _, t := range touched {
		for _, s := range t.watching {
			s.touched++
		}
	}
	before, after := d.cursor(d.at), d.cursor(last)
	for _, t := range touched {
		early, late := t.eventsFrame(before), t.eventsFrame(after)
		for _, s := range t.watching {
			s.touched--
			if s.touched > 0 {
				d.send(s, early())
			} else {
				d.send(s, late())
			}
		}
		t.owesView = true
		t.events = nil
	}
}

// send queues a frame for s, to be written together with what else this cycle
// has for it.
func (d *dispatcher) send(s *socket, f frame) {
	s.enqueue(f)
	if !s.stirred {
		s.stirred = true
		d.stirred = append(d.stirred, s)
	}
}

// stir has everything written that was queued.
func (d *dispatcher) stir() {
	for _, s := range d.stirred {
		s.stirred = false
		s.queue.stir()
	}
	clear(d.stirred)
	d.stirred = d.stirred[:0]
}

func (d *dispatcher) reach(seq uint64) {
	d.at = seq
	d.seq.Store(seq)
}

// eventsFrame returns the frame of the collected events, made at first use.
func (t *topic) eventsFrame(cursor string) func() frame {
	var f frame
	events := t.events
	return func() frame {
		if f.text == nil {
			f = encode(wire.EventsFrame{Type: wire.TypeEvents, Topic: t.name, Cursor: cursor, Events: events}).forMany()
		}
		return f
	}
}
