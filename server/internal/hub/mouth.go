package hub

import "handrail/server/internal/wire"

// tellMouths gives each hall place what it must say now.
func (d *dispatcher) tellMouths() {
	if !d.speech {
		return
	}
	d.speech = false
	for place := range d.mouths {
		d.speak(place)
	}
}

// speak gives the place's call to its oldest socket, once.
func (d *dispatcher) speak(place string) {
	sockets := d.mouths[place]
	if len(sockets) == 0 {
		return
	}
	if f, ok := d.source.SpeakFor(place); ok {
		sockets[0].speak(f)
	}
}

// speak sends f unless its call is the one that was sent last.
func (s *socket) speak(f wire.SpeakFrame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.call == f.Call {
		return
	}
	s.call, s.announced = f.Call, false
	f.Type = wire.TypeSpeak
	s.send(encode(f))
}

// announce notes that the peer has said call. It reports whether that is news:
// the call that this socket was given last, not announced before.
func (s *socket) announce(call string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.call != call || s.announced {
		return false
	}
	s.announced = true
	return true
}

// unannounce takes an answer back that could not be kept.
func (s *socket) unannounce(call string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.call == call {
		s.announced = false
	}
}
