package queue

import (
	"slices"

	"handrail/server/internal/branch"
)

// service finds a configured service, or nil.
func (p *Policy) service(id branch.ServiceID) *Service {
	for i := range p.Services {
		if p.Services[i].ID == id {
			return &p.Services[i]
		}
	}
	return nil
}

// staff finds a configured member of staff, or nil.
func (p *Policy) staff(id branch.StaffID) *StaffSpec {
	for i := range p.Staff {
		if p.Staff[i].ID == id {
			return &p.Staff[i]
		}
	}
	return nil
}

// looksFor reports whether a need explains why the visit does not answer.
func (p *Policy) looksFor(v *Visit) bool { return sharesAny(v.Needs, p.LookFor) }

// abilities returns what a counter can do now: what is configured and what its
// staff can do, without what was reported lost.
func abilities(p *Policy, c *Counter) []branch.Ability {
	all := slices.Clone(c.Spec.Abilities)
	if staff := p.staff(c.Staff); staff != nil {
		for _, a := range staff.Abilities {
			if !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	return slices.DeleteFunc(all, func(a branch.Ability) bool {
		return slices.ContainsFunc(c.Lost, func(l LostAbility) bool { return l.Ability == a })
	})
}

// eligible reports whether the counter may call the visit. A relaxed visit may
// be called anywhere, with somebody coming to help there.
func (p *Policy) eligible(c *Counter, v *Visit) bool {
	return !v.RelaxedAt.IsZero() || p.serves(c, v)
}

// serves reports whether the counter is right for the visit: the service is in
// its profile and its abilities cover what the service and the needs require.
// After a transfer to one counter only that one is, whatever its profile: the
// staff who sent the person there knew what for.
func (p *Policy) serves(c *Counter, v *Visit) bool {
	if v.Target != "" {
		return v.Target == c.ID
	}
	if !slices.Contains(c.Spec.Services, v.Service) {
		return false
	}
	service := p.service(v.Service)
	return service != nil && containsAll(c.Abilities, service.NeedsCounter) && p.covers(c, v.Needs)
}

// covers reports whether the counter has, for each need that requires any, at
// least one of the required abilities.
func (p *Policy) covers(c *Counter, needs []branch.Need) bool {
	for _, n := range needs {
		if required := p.Requires[n]; len(required) > 0 && !sharesAny(required, c.Abilities) {
			return false
		}
	}
	return true
}

// staffed reports whether somebody is at the counter: it is open or paused.
func (c *Counter) staffed() bool { return c.State != CounterClosed }

// anyStaffed reports whether somebody is at any counter.
func (s *state) anyStaffed() bool { return slices.ContainsFunc(s.counters, (*Counter).staffed) }

// served reports whether a staffed counter is right for the visit.
func (s *state) served(v *Visit) bool {
	return slices.ContainsFunc(s.counters, func(c *Counter) bool { return c.staffed() && s.policy.serves(c, v) })
}

// recheck finds out whether a visit in the line is stranded, or no longer. A
// counter that can serve it ends its relaxation too: its cause is gone.
func (s *state) recheck(v *Visit) {
	delete(s.unserved, v.ID)
	if v.State != Waiting && v.State != AwayFor {
		return
	}
	stranded := !v.StrandedAt.IsZero()
	switch served := s.served(v); {
	case served && stranded:
		freed := *v
		freed.StrandedAt, freed.RelaxedAt = 0, 0
		s.replace(v, &freed)
	case !served && !stranded && v.State == Waiting && s.anyStaffed():
		s.unserved[v.ID] = struct{}{}
	}
}

// recheckAll is recheck after a counter has changed.
func (s *state) recheckAll() {
	for _, v := range s.live {
		s.recheck(v)
	}
}

// lacking lists the abilities that the visit requires and no staffed counter
// has. It is empty when each is there, but not at one counter.
func (s *state) lacking(v *Visit) []branch.Ability {
	if v.Target != "" {
		return nil
	}
	var lacking []branch.Ability
	add := func(alternatives []branch.Ability) {
		if s.anyStaffedWith(alternatives) {
			return
		}
		for _, a := range alternatives {
			if !slices.Contains(lacking, a) {
				lacking = append(lacking, a)
			}
		}
	}
	if service := s.policy.service(v.Service); service != nil {
		for i := range service.NeedsCounter {
			add(service.NeedsCounter[i : i+1])
		}
	}
	for _, n := range v.Needs {
		add(s.policy.Requires[n])
	}
	return lacking
}

// anyStaffedWith reports whether a staffed counter has one of the abilities.
func (s *state) anyStaffedWith(alternatives []branch.Ability) bool {
	return slices.ContainsFunc(s.counters, func(c *Counter) bool {
		return c.staffed() && sharesAny(alternatives, c.Abilities)
	})
}

// sharesAny reports whether a and b have an element in common.
func sharesAny[E comparable](a, b []E) bool {
	return slices.ContainsFunc(a, func(e E) bool { return slices.Contains(b, e) })
}

// containsAll reports whether every element of want is in have.
func containsAll[E comparable](have, want []E) bool {
	return !slices.ContainsFunc(want, func(e E) bool { return !slices.Contains(have, e) })
}

// findCounter finds a counter by its id.
func findCounter(counters []*Counter, id branch.CounterID) (*Counter, bool) {
	for _, c := range counters {
		if c.ID == id {
			return c, true
		}
	}
	return nil, false
}
