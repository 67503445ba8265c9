package queue

import (
	"handrail/server/internal/branch"
)

// openDay begins the day by hand.
func (d decision) openDay() (branch.Event, error) {
	s := d.state
	if s.day != "" {
		return nil, branch.WrongState("The branch", "open", []string{"close"})
	}
	return DayOpened{Day: s.today(d.env.Now)}, nil
}

// closeDay ends the day by hand.
func (d decision) closeDay() ([]branch.Event, error) {
	if d.state.day == "" {
		return nil, branch.WrongState("The branch", "closed", []string{"open"})
	}
	return d.state.closing(d.env.Now), nil
}

// today names the day at now. A clock that was set back over midnight does not
// bring yesterday back: the day just lasts longer.
func (s *state) today(now branch.Instant) branch.Day {
	if s.day != "" && !s.left(now) {
		return s.day
	}
	day := s.calendar.dayOf(now)
	if day < s.lastDay && day >= dayAfter(s.lastDay, -1) {
		return s.lastDay
	}
	return day
}

// left reports whether the calendar has left the open day: for a later one, or
// for one so much earlier that the clock must have been wrong.
func (s *state) left(now branch.Instant) bool {
	day := s.calendar.dayOf(now)
	return day > s.day || day < dayAfter(s.day, -1)
}

// takesTickets reports whether a ticket may be taken at now. A day that was
// opened by hand takes them until it is closed.
func (s *state) takesTickets(now branch.Instant) bool {
	switch {
	case s.policy.TicketsOutsideHours:
		return true
	case s.day == "":
		return s.opens(now) && s.calendar.within(now)
	default:
		return s.byHand || s.calendar.within(now)
	}
}

// opens reports whether the hours open the day at now: not again after a person
// closed it.
func (s *state) opens(now branch.Instant) bool {
	from, to, ok := s.calendar.span(s.calendar.dayOf(now))
	return ok && from <= now && now < to && s.shut != s.today(now)
}

// turnDay returns the events with which the day closes, opens, or both, at now.
func (s *state) turnDay(now branch.Instant) []branch.Event {
	if !s.configured {
		return nil
	}
	if s.day == "" {
		if s.opens(now) {
			return []branch.Event{DayOpened{Day: s.today(now)}}
		}
		return nil
	}
	if now < s.dayDue {
		return nil
	}
	events := s.closing(now)
	if s.opens(now) {
		events = append(events, DayOpened{Day: s.today(now)})
	}
	return events
}

// closing returns the events that end the open day at now: nobody disappears
// without one, and whoever is at a counter is served to the end.
func (s *state) closing(now branch.Instant) []branch.Event {
	var events []branch.Event
	if !s.policy.CarryOver {
		for _, v := range s.live {
			if v.State != Called && v.State != Serving {
				events = append(events, s.lastOf(v, now))
			}
		}
	}
	return append(events, DayClosed{Day: s.day})
}

// lastOf is the event that ends a visit with the day: its own end if that is
// due, else the day's.
func (s *state) lastOf(v *Visit, now branch.Instant) branch.Event {
	if removed, ok := s.due(v, now).(VisitRemoved); ok {
		return removed
	}
	return VisitRemoved{Visit: v.ID, Ticket: v.Ticket, Cause: RemovedDay}
}

// schedule sets dayDue: when the open day ends or the next one begins.
func (s *state) schedule(now branch.Instant) {
	switch {
	case !s.configured:
		s.dayDue = 0
	case s.day != "" && s.left(now):
		s.dayDue = now
	case s.day != "":
		s.dayDue = s.closes()
	default:
		s.dayDue = s.nextOpening(now)
	}
}

// closes is when the open day ends by itself: with its hours, or at midnight
// when it was opened after them.
func (s *state) closes() branch.Instant {
	if _, to, ok := s.calendar.span(s.day); ok && to > s.openedAt {
		return to
	}
	return s.calendar.start(dayAfter(s.day, 1))
}

// nextOpening is when the hours open the branch, zero if not within a week; it
// may be past.
func (s *state) nextOpening(now branch.Instant) branch.Instant {
	today := s.calendar.dayOf(now)
	for i := range 8 {
		from, to, ok := s.calendar.span(dayAfter(today, i))
		shut := i == 0 && s.shut == s.today(now)
		if ok && now < to && !shut {
			return from
		}
	}
	return 0
}

// applyDayOpened enters the day; the visits that ended on earlier days are
// forgotten.
func (s *state) applyDayOpened(e DayOpened, at branch.Instant, by branch.Actor) {
	if e.Day != s.lastDay {
		s.forget(e.Day)
	}
	s.day, s.lastDay, s.openedAt = e.Day, e.Day, at
	s.byHand = by.Role != branch.RoleBox
	s.shut = ""
	s.schedule(at)
}

// applyDayClosed leaves the day; closed by hand it stays closed until tomorrow.
func (s *state) applyDayClosed(at branch.Instant, by branch.Actor) {
	if by.Role != branch.RoleBox {
		s.shut = s.today(at)
	}
	s.day, s.openedAt, s.byHand = "", 0, false
	s.schedule(at)
}

// forget drops the visits that ended before the day.
func (s *state) forget(day branch.Day) {
	var kept []*Visit
	clear(s.endedByID)
	for _, v := range s.ended {
		if v.Day == day {
			kept = append(kept, v)
			s.endedByID[v.ID] = v
		}
	}
	s.ended = kept
	s.tallyAll()
}
