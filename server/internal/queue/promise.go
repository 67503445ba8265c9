package queue

import (
	"time"

	"handrail/server/internal/branch"
)

// Promise is what Create would promise a ticket of a service and a class that is
// taken at a moment, with no need that requires an ability, when there is no
// forecast.
type Promise struct {
	Service branch.ServiceID
	Class   branch.Class
	Wait    branch.Wait
}

// Promises returns the promises of every service in configured order, each for
// every class named, at now. It takes time in proportion to the number of
// services and of live visits, hardly more for several classes than for one.
func (m *Model) Promises(now branch.Instant, classes ...branch.Class) []Promise {
	then := *m
	then.Now = now
	promises := make([]Promise, 0, len(m.Policy.Services)*len(classes))
	for i := range m.Policy.Services {
		service := m.Policy.Services[i].ID
		for j, wait := range then.newcomers(service, classes) {
			promises = append(promises, Promise{Service: service, Class: classes[j], Wait: then.rangeOf(wait)})
		}
	}
	return promises
}

// newcomers runs the call rule forward once, as turns does, for a newcomer of
// each class that would be alone: the last of its class, it competes as soon as
// nobody of that class is left before it.
func (m *Model) newcomers(service branch.ServiceID, classes []branch.Class) []time.Duration {
	v := &Visit{Service: service, QueuedAt: m.Now}
	rivals := m.rivals(v)
	lineup := m.others(rivals)
	hands, busy := m.hands(v)
	wait := time.Duration(0)
	if busy {
		wait = expected(rivals, service) / hands
	}
	waits, open, last := make([]time.Duration, len(classes)), len(classes), entry{visit: v, place: lineup.size}
	answered := make([]bool, len(classes))
	for open > 0 {
		at := m.Now.Add(wait)
		next, best := lineup.best(at)
		for i, class := range classes {
			r := lineup.rows[rank(class)]
			if answered[i] || len(r.entries) > 0 {
				continue
			}
			r.entries = []entry{last}
			if next < 0 || r.bid(at).beats(best) {
				waits[i], answered[i] = wait, true
				open--
			}
		}
		if next >= 0 {
			wait += expected(rivals, lineup.take(next).Service) / hands
		}
	}
	return waits
}

// others lines up everybody who keeps a place and wants one of the services.
func (m *Model) others(services []*Service) *lineup {
	l := newLineup(m.Policy, len(m.Live))
	for _, u := range m.Live {
		if inQueue(u) && serviceIn(services, u.Service) != nil {
			l.add(u)
		}
	}
	return l
}
