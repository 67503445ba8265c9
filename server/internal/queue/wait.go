package queue

import (
	"iter"
	"slices"
	"time"

	"handrail/server/internal/branch"
)

// rounding is the step of a promised range, in seconds: nobody believes a
// minute.
const rounding = 5 * 60

// firstWait is what is honestly known of a new visit's wait when no forecast
// says better. It runs the call rule forward once, with the expected durations
// of the visits in front: their number and class are known, who comes later is
// not. So it is the class-aware queue length, in time.
//
// The range has a third of the likely wait on either side: low is rounded down
// and high up to 5 minutes, and high is never less than 5 minutes, because
// somebody may always be in the middle of something.
func (m *Model) firstWait(v *Visit) branch.Wait {
	_, wait := m.forward(v)
	return m.rangeOf(wait)
}

// rangeOf is the range around a likely wait.
func (m *Model) rangeOf(wait time.Duration) branch.Wait {
	likely := int64(wait / time.Second)
	return branch.Wait{
		LikelySeconds: likely,
		LowSeconds:    likely * 2 / 3 / rounding * rounding,
		HighSeconds:   max((likely*4/3+rounding-1)/rounding, 1) * rounding,
		SaidAt:        m.Now,
	}
}

// Position returns the live visit's place in the line, 1 for who would be called
// first: how many the call rule would call before it, of those who compete for
// the same counters, and one. A visit that is neither waiting nor away has none:
// zero. It takes time in proportion to the number of live visits; Positions is
// cheaper for all of them.
func (m *Model) Position(id branch.VisitID) int {
	v, ok := m.ByID[id]
	if !ok || !inQueue(v) {
		return 0
	}
	before, _ := m.forward(v)
	return before + 1
}

// Positions returns the Position of every visit that has one.
func (m *Model) Positions() map[branch.VisitID]int {
	positions := make(map[branch.VisitID]int, len(m.Live))
	for _, v := range m.Live {
		if _, done := positions[v.ID]; done || !inQueue(v) {
			continue
		}
		group, place := m.peersOf(v), 0
		for next := range m.turns(v) {
			place++
			if m.peersOf(next) == group {
				positions[next.ID] = place
			}
		}
	}
	return positions
}

// peers is what the visits have in common that the same counters can serve.
type peers struct {
	service branch.ServiceID
	target  branch.CounterID
	relaxed bool
	// needs are those that require an ability, joined.
	needs string
}

func (m *Model) peersOf(v *Visit) peers {
	p := peers{service: v.Service, target: v.Target, relaxed: !v.RelaxedAt.IsZero()}
	for _, n := range v.Needs {
		if len(m.Policy.Requires[n]) > 0 {
			p.needs += string(n) + " "
		}
	}
	return p
}

// inQueue reports whether the visit has a place in the line.
func inQueue(v *Visit) bool { return v.State == Waiting || v.State == AwayFor }

// forward says how many come before v by the rule, and when its turn is. v need
// not be live yet.
func (m *Model) forward(v *Visit) (before int, wait time.Duration) {
	for next, at := range m.turns(v) {
		if next.ID == v.ID {
			return before, at
		}
		before++
	}
	return before, 0
}

// turns calls by the rule whoever competes with v, and v, each after a wait.
//
// It treats the counters that can serve v as one line with as many hands as are
// open, at least one: exact for like counters, and close enough for a range of
// 5 minutes.
func (m *Model) turns(v *Visit) iter.Seq2[*Visit, time.Duration] {
	return func(yield func(*Visit, time.Duration) bool) {
		rivals := m.rivals(v)
		lineup := m.contest(v, rivals)
		hands, busy := m.hands(v)
		wait := time.Duration(0)
		if busy {
			wait = expected(rivals, v.Service) / hands
		}
		for lineup.size > 0 {
			i, _ := lineup.best(m.Now.Add(wait))
			next := lineup.take(i)
			if !yield(next, wait) {
				return
			}
			wait += expected(rivals, next.Service) / hands
		}
	}
}

// contest lines up everybody who keeps a place and wants one of the services,
// with v at its place among them.
func (m *Model) contest(v *Visit, rivals []*Service) *lineup {
	l := newLineup(m.Policy, len(m.Live))
	added := false
	for _, u := range m.Live {
		if !added && inLine(v, u) <= 0 {
			l.add(v)
			added = true
		}
		if u.ID != v.ID && inQueue(u) && serviceIn(rivals, u.Service) != nil {
			l.add(u)
		}
	}
	if !added {
		l.add(v)
	}
	return l
}

// rivals lists the services of the counters that can serve v, open or not, and
// v's own.
func (m *Model) rivals(v *Visit) []*Service {
	var rivals []*Service
	for i := range m.Policy.Services {
		service := &m.Policy.Services[i]
		if service.ID == v.Service || slices.ContainsFunc(m.Counters, func(c *Counter) bool {
			return slices.Contains(c.Spec.Services, service.ID) && m.Policy.eligible(c, v)
		}) {
			rivals = append(rivals, service)
		}
	}
	return rivals
}

// hands is how many open counters can serve v, at least one, and whether all of
// them have a visit now.
func (m *Model) hands(v *Visit) (open time.Duration, busy bool) {
	idle := 0
	for _, c := range m.Counters {
		if c.State == CounterOpen && m.Policy.eligible(c, v) {
			open++
			if c.Visit == "" {
				idle++
			}
		}
	}
	return max(open, 1), open > 0 && idle == 0
}

// expected is how long one service takes; zero when it is not in the list.
func expected(services []*Service, id branch.ServiceID) time.Duration {
	if service := serviceIn(services, id); service != nil {
		return service.Expected
	}
	return 0
}

// serviceIn finds a service in the list, or nil.
func serviceIn(services []*Service, id branch.ServiceID) *Service {
	for _, service := range services {
		if service.ID == id {
			return service
		}
	}
	return nil
}
