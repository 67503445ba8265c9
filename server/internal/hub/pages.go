package hub

import (
	"maps"
	"slices"
	"time"

	"handrail/server/internal/wire"
)

// pagesTopic is the topic of staff devices.
const pagesTopic = "pages"

// putOff is how long a page waits when its socket has been told of many.
const putOff = 200 * time.Millisecond

// again returns how long after the first sending a page is sent again.
func again() []time.Duration {
	return []time.Duration{3 * time.Second, 6 * time.Second, 12 * time.Second}
}

// delivery is one page on its way to one socket.
type delivery struct {
	step  int
	frame frame
	// first is when it was sent first, due when it is to be sent next, zero for
	// not any more.
	first, due time.Time
	// sends counts the sendings, received is the highest step received.
	sends, received int
}

// next returns when the page is to be sent; zero for not any more.
func (p *delivery) next() time.Time {
	if p.received >= p.step {
		return time.Time{}
	}
	return p.due
}

// deliver sends the page, or puts it off when the socket was told of many: each
// frame is answered, and neither the queue nor the answers may end the socket
// because much help is wanted at once.
func (s *socket) deliver(p *delivery, now time.Time) {
	if !s.telling.take(now) {
		p.due = now.Add(putOff)
		return
	}
	if p.sends == 0 {
		p.first = now
	}
	p.due = time.Time{}
	if p.sends < len(again()) {
		p.due = p.first.Add(again()[p.sends])
	}
	p.sends++
	s.send(p.frame)
}

// hearsPages reports whether page frames are for s.
func (s *socket) hearsPages() bool {
	return (s.client.Staff != "" || s.client.Person != nil) && slices.Contains(s.client.Topics, pagesTopic)
}

// person returns whose the socket is now; empty for nobody's.
func (s *socket) person() string {
	if s.client.Person != nil {
		return s.client.Person()
	}
	return s.client.Staff
}

// reseat notices who has come to a socket and who has gone.
func (d *dispatcher) reseat() {
	for _, s := range d.hearing {
		if person := s.person(); person != s.staff {
			d.seat(s, person)
		}
	}
}

// seat makes s the socket of person, or nobody's, and tells it of the person's
// pages.
func (d *dispatcher) seat(s *socket, person string) {
	if s.staff != "" {
		drop(d.staff, s.staff, s)
		if len(d.staff[s.staff]) == 0 {
			d.source.Presence(s.staff, false)
		}
	}
	s.staff = person
	if person == "" {
		s.tellPages(nil, time.Now())
		return
	}
	d.staff[person] = append(d.staff[person], s)
	if len(d.staff[person]) == 1 {
		d.source.Presence(person, true)
	}
	d.noteResend(s.tellPages(d.source.PagesFor(person), time.Now()))
}

// tellPages sends every new step, and again what nobody has received in time.
func (d *dispatcher) tellPages(now time.Time) {
	changed, due := d.pages, !d.resendAt.IsZero() && !now.Before(d.resendAt)
	if !changed && !due {
		return
	}
	d.pages, d.resendAt = false, time.Time{}
	for staff, sockets := range d.staff {
		var pages []wire.Page
		if changed {
			pages = d.source.PagesFor(staff)
		}
		for _, s := range sockets {
			if changed {
				s.tellPages(pages, now)
			}
			d.noteResend(s.resendPages(now))
		}
	}
}

func (d *dispatcher) noteResend(next time.Time) { d.resendAt = earliest(d.resendAt, next) }

// tellPages makes pages what the socket knows: a page frame for each step that
// it was not told. It returns when something is to be sent again.
func (s *socket) tellPages(pages []wire.Page, now time.Time) (next time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := make(map[string]*delivery, len(pages))
	for _, page := range pages {
		p := s.pages[page.ID]
		if p == nil {
			p = &delivery{}
		}
		if p.step != page.Step {
			f := encode(wire.PageFrame{Type: wire.TypePage, Step: page.Step, Page: page})
			p = &delivery{step: page.Step, frame: f, received: p.received}
			s.deliver(p, now)
		}
		known[page.ID] = p
		next = earliest(next, p.next())
	}
	s.pages = known
	return next
}

// resendPages sends what is due, the oldest page first, and returns when the next
// is.
func (s *socket) resendPages(now time.Time) (next time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(s.pages)) {
		p := s.pages[id]
		if at := p.next(); !at.IsZero() && !now.Before(at) {
			s.deliver(p, now)
		}
		next = earliest(next, p.next())
	}
	return next
}

// receivePage notes that the peer has a step of a page. It reports whether that
// is news: a step that this socket was told and has not confirmed before.
func (s *socket) receivePage(page string, step int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pages[page]
	if p == nil || step > p.step || step <= p.received {
		return false
	}
	p.received = step
	return true
}

// unreceivePage takes a receipt back that could not be kept: the page is sent
// again, and received again.
func (s *socket) unreceivePage(page string, step int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.pages[page]; p != nil && p.received == step {
		p.received = step - 1
	}
}
