package queue

import (
	"encoding/json"
	"slices"
	"time"

	"handrail/server/internal/branch"
)

// Apply changes the state by one event; those of other modules only move its
// time. It is deterministic and cannot fail: what an event names and the state
// does not know is left out.
func (m *Module) Apply(env branch.Envelope) {
	s := m.state
	s.now, s.changed = env.At, true
	switch e := env.Event.(type) {
	case branch.ConfigApplied:
		s.configure(e.Policies[m.Name()])
	case branch.ClockJumped:
		s.shift(e.Delta())
	case DayOpened:
		s.applyDayOpened(e, env.At, env.By)
	case DayClosed:
		s.applyDayClosed(env.At, env.By)
	default:
		s.applyVisit(env)
		s.applyEnd(env)
		s.applyCounter(env)
	}
}

// applyVisit changes the state by an event after which the visit still lives.
func (s *state) applyVisit(env branch.Envelope) {
	at := env.At
	switch e := env.Event.(type) {
	case VisitCreated:
		s.applyCreated(e, at)
	case VisitCalled:
		s.applyCalled(e, at)
	case VisitRecalled:
		s.change(e.Visit, func(v *Visit) { v.Recalls, v.LastCallAt, v.Call = e.Recall, at, e.Call })
	case VisitConfirmed:
		s.change(e.Visit, func(v *Visit) { v.State, v.ConfirmedAt = Serving, at })
	case VisitAway:
		s.change(e.Visit, func(v *Visit) {
			s.leaveCounter(v)
			v.State, v.Due = AwayFor, e.Until
		})
	case VisitBack:
		s.change(e.Visit, func(v *Visit) { v.State, v.Due = Waiting, 0 })
	case VisitParked:
		s.change(e.Visit, func(v *Visit) { s.setAside(v, Parked, e.Until) })
	case VisitNoShow:
		s.change(e.Visit, func(v *Visit) { s.setAside(v, NoShowed, e.Until) })
	case VisitTransferred:
		s.change(e.Visit, func(v *Visit) {
			v.Service, v.Target = e.Service, e.To
			s.requeue(v, e.QueuedAt)
		})
	case VisitReturned:
		s.change(e.Visit, func(v *Visit) { s.requeue(v, e.QueuedAt) })
	case VisitStranded:
		s.change(e.Visit, func(v *Visit) { v.StrandedAt = at })
	case VisitRelaxed:
		s.change(e.Visit, func(v *Visit) { v.RelaxedAt = at })
	}
}

// applyEnd changes the state by an event that ends the visit, or may.
func (s *state) applyEnd(env branch.Envelope) {
	end := func(id branch.VisitID, state State, outcome Outcome) {
		s.change(id, func(v *Visit) {
			s.free(v)
			v.State, v.EndedAt, v.Outcome, v.Due, v.SetAsideBy = state, env.At, outcome, 0, ""
		})
	}
	switch e := env.Event.(type) {
	case VisitFinished:
		if e.Next == "" {
			end(e.Visit, Finished, e.Outcome)
			return
		}
		s.change(e.Visit, func(v *Visit) {
			v.Service, v.Target = e.Next, ""
			s.requeue(v, env.At)
		})
	case VisitCancelled:
		end(e.Visit, Removed, "")
	case VisitRemoved:
		end(e.Visit, Removed, "")
	}
}

// applyCounter changes the state by an event of a counter.
func (s *state) applyCounter(env branch.Envelope) {
	enter := func(id branch.CounterID, state CounterState, edit func(*Counter)) {
		s.restaff(id, func(c *Counter) {
			c.State, c.Since, c.Reason = state, env.At, ""
			edit(c)
		})
	}
	switch e := env.Event.(type) {
	case OpenedCounter:
		enter(e.Counter, CounterOpen, func(c *Counter) { c.Staff = e.Staff })
	case PausedCounter:
		enter(e.Counter, CounterPaused, func(c *Counter) { c.Reason = e.Reason })
	case ClosedCounter:
		enter(e.Counter, CounterClosed, func(c *Counter) { c.Staff = "" })
	case AbilityLost:
		s.restaff(e.Counter, func(c *Counter) {
			c.Lost = append(slices.Clone(c.Lost), LostAbility{Ability: e.Ability, Device: e.Device})
		})
	case AbilityRestored:
		s.restaff(e.Counter, func(c *Counter) {
			restored := LostAbility{Ability: e.Ability, Device: e.Device}
			c.Lost = slices.DeleteFunc(slices.Clone(c.Lost), func(l LostAbility) bool { return l == restored })
		})
	}
}

func (s *state) applyCreated(e VisitCreated, at branch.Instant) {
	v := &Visit{
		ID: e.Visit, Ticket: e.Ticket, Day: e.Day, Service: e.Service, Class: e.Class, Needs: e.Needs,
		Language: e.Language, Place: e.Place, State: Waiting, CreatedAt: at, QueuedAt: at, Wait: e.Wait,
	}
	if service := s.policy.service(e.Service); service != nil {
		s.issue(e.Day, service.Prefix, e.Number)
	}
	s.insert(v)
	s.recheck(v)
}

func (s *state) applyCalled(e VisitCalled, at branch.Instant) {
	why := e.Reason
	s.change(e.Visit, func(v *Visit) {
		v.State, v.Counter, v.CalledAt = Called, e.Counter, at
		v.Recalls, v.LastCallAt, v.Call, v.Reason = 0, at, e.Call, &why
		s.changeCounter(e.Counter, func(c *Counter) { c.Visit = e.Visit })
	})
}

// setAside takes the visit from its counter until a time; what is known of its
// call stays for those who look at it.
func (s *state) setAside(v *Visit, state State, until branch.Instant) {
	s.free(v)
	v.State, v.SetAsideBy, v.Counter, v.Due = state, v.Counter, "", until
}

// leaveCounter takes the visit from its counter as if it had not been called.
func (s *state) leaveCounter(v *Visit) {
	s.free(v)
	v.Counter, v.Call, v.Reason, v.Recalls = "", "", nil, 0
	v.CalledAt, v.LastCallAt, v.ConfirmedAt = 0, 0, 0
}

// requeue lets the visit wait as if it had just come, but since queuedAt.
func (s *state) requeue(v *Visit, queuedAt branch.Instant) {
	s.leaveCounter(v)
	v.State, v.SetAsideBy, v.QueuedAt, v.Due = Waiting, "", queuedAt, 0
	v.StrandedAt, v.RelaxedAt = 0, 0
}

// configure puts a policy in force. Unreadable bytes change nothing: Apply
// cannot fail, and whoever made the event had checked them.
func (s *state) configure(data json.RawMessage) {
	p := new(Policy)
	if json.Unmarshal(data, p) != nil {
		return
	}
	s.adopt(p)
	s.releaseStray()
	s.recheckAll()
	s.schedule(s.now)
}

// adopt reads a policy and brings the counters into its order. A counter that is
// new starts closed; one that is gone is forgotten.
func (s *state) adopt(p *Policy) {
	s.policy, s.configured, s.calendar = p, true, newCalendar(p)
	counters := make([]*Counter, 0, len(p.Counters))
	for _, spec := range p.Counters {
		c := Counter{ID: spec.ID, State: CounterClosed, Since: s.now}
		if old, ok := s.counter(spec.ID); ok {
			c = *old
		}
		c.Spec = spec
		c.Abilities = abilities(p, &c)
		counters = append(counters, &c)
	}
	s.counters = counters
}

// releaseStray sends the visits of counters that are gone back to their places
// in the line, and lifts the restriction to such a counter.
func (s *state) releaseStray() {
	for _, v := range s.live {
		if _, ok := s.counter(v.Counter); v.Counter != "" && !ok {
			s.change(v.ID, func(v *Visit) { s.requeue(v, v.QueuedAt) })
		}
		if _, ok := s.counter(v.Target); v.Target != "" && !ok {
			s.change(v.ID, func(v *Visit) { v.Target = "" })
		}
	}
}

// shift moves what is open along with the clock, so that nobody has waited
// longer or shorter. The order of the line stays.
func (s *state) shift(delta time.Duration) {
	moved := make([]*Visit, len(s.live))
	for i, old := range s.live {
		v := *old
		for _, at := range []*branch.Instant{&v.CreatedAt, &v.QueuedAt, &v.CalledAt, &v.ConfirmedAt,
			&v.Due, &v.StrandedAt, &v.RelaxedAt, &v.LastCallAt} {
			*at = at.Add(delta)
		}
		if v.Wait != nil {
			wait := *v.Wait
			wait.SaidAt = wait.SaidAt.Add(delta)
			v.Wait = &wait
		}
		moved[i] = &v
		s.byID[v.ID] = &v
	}
	s.live, s.visitsChanged = moved, true
	for _, c := range s.counters {
		s.changeCounter(c.ID, func(c *Counter) { c.Since = c.Since.Add(delta) })
	}
	s.schedule(s.now)
}
