package queue

import (
	"handrail/server/internal/branch"
)

// NextWake returns the earliest moment at which Wake has something to do: a
// visit's due time, a visit that nobody can serve, or the turn of the day; zero
// for never.
func (m *Module) NextWake() branch.Instant {
	s := m.state
	wake := s.dayDue
	if len(s.unserved) > 0 {
		wake = branch.Earliest(wake, s.now)
	}
	staffed := s.anyStaffed()
	for _, v := range s.live {
		wake = branch.Earliest(wake, v.Due)
		if staffed {
			wake = branch.Earliest(wake, s.relaxAt(v))
		}
	}
	return wake
}

// Wake returns what is due at env.Now. Each due thing fires once, because its
// event takes it out of the state. The turn of the day comes first and alone: what
// it leaves is due at the next Wake.
func (m *Module) Wake(env branch.Env) []branch.Event {
	s := m.state
	if turn := s.turnDay(env.Now); len(turn) > 0 {
		return turn
	}
	if s.dayDue <= env.Now {
		s.schedule(env.Now)
	}
	var events []branch.Event
	for _, v := range s.live {
		if event := s.dueOrStranded(v, env.Now); event != nil {
			events = append(events, event)
		}
	}
	return events
}

// dueOrStranded is what must be said of the visit at now, nil when nothing.
func (s *state) dueOrStranded(v *Visit, now branch.Instant) branch.Event {
	if event := s.due(v, now); event != nil {
		return event
	}
	if _, ok := s.unserved[v.ID]; ok {
		return VisitStranded{Visit: v.ID, Ticket: v.Ticket, Lacking: s.lacking(v)}
	}
	if at := s.relaxAt(v); !at.IsZero() && at <= now && s.anyStaffed() {
		return VisitRelaxed{Visit: v.ID, Ticket: v.Ticket}
	}
	return nil
}

// due is what ends a visit's time at now, nil when it has none left to end.
func (s *state) due(v *Visit, now branch.Instant) branch.Event {
	if v.Due.IsZero() || now < v.Due {
		return nil
	}
	switch v.State {
	case AwayFor:
		return VisitRemoved{Visit: v.ID, Ticket: v.Ticket, Cause: RemovedAway, Look: s.policy.looksFor(v)}
	case NoShowed:
		return VisitRemoved{Visit: v.ID, Ticket: v.Ticket, Cause: RemovedGrace}
	default:
		return VisitReturned{Visit: v.ID, Ticket: v.Ticket, QueuedAt: v.QueuedAt, Cause: ReturnTime}
	}
}

// relaxAt is when a stranded visit may be called anywhere, zero for never.
func (s *state) relaxAt(v *Visit) branch.Instant {
	if v.State != Waiting || !v.RelaxedAt.IsZero() {
		return 0
	}
	return v.StrandedAt.Add(s.policy.RelaxAfter)
}
