package history

import (
	"maps"
	"slices"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
)

// visits folds what happened to the visits.
type visits struct {
	// live are the visits that have not ended.
	live map[branch.VisitID]*visit
	// absent are the visits that did not come when called today.
	absent map[branch.VisitID]bool
	hours  [24]Hour
	// cancelled and removed count today's.
	cancelled, removed int
	waits              []wait
	// served is how long each visit was at each counter for each service, of the
	// times that ended today.
	served map[stay]time.Duration
}

// visit is what must be known of a visit until it ends.
type visit struct {
	service branch.ServiceID
	// called says that it was called before.
	called bool
	// counter serves it since; empty while none does.
	counter branch.CounterID
	since   branch.Instant
}

// wait is how long a visit waited for its first call.
type wait struct {
	class   branch.Class
	service branch.ServiceID
	// waited and target are those of the call.
	waited, target time.Duration
}

// stay is a visit at a counter for a service.
type stay struct {
	visit   branch.VisitID
	service branch.ServiceID
	counter branch.CounterID
}

func newVisits() visits {
	return visits{live: map[branch.VisitID]*visit{}, absent: map[branch.VisitID]bool{}, served: map[stay]time.Duration{}}
}

// of returns a visit; one that came before what was read of the log has no
// service.
func (v *visits) of(id branch.VisitID) *visit {
	known := v.live[id]
	if known == nil {
		known = new(visit)
		v.live[id] = known
	}
	return known
}

// shift moves what is open along with the clock.
func (v *visits) shift(delta time.Duration) {
	for _, one := range v.live {
		one.since = one.since.Add(delta)
	}
}

// take adds an event of a visit that goes on.
func (v *visits) take(event branch.Event, at moment) {
	switch e := event.(type) {
	case queue.VisitCreated:
		v.of(e.Visit).service = e.Service
		if at.today {
			v.hours[at.hour].Tickets++
		}
	case queue.VisitCalled:
		v.called(e, at)
	case queue.VisitConfirmed:
		one := v.of(e.Visit)
		one.counter, one.since = e.Counter, at.at
	case queue.VisitParked:
		v.leave(e.Visit, at)
	case queue.VisitTransferred:
		v.leave(e.Visit, at)
		v.of(e.Visit).service = e.Service
	case queue.VisitNoShow:
		if at.today {
			v.absent[e.Visit] = true
		}
	default:
		v.end(event, at)
	}
}

// end adds an event that ends a visit, or may.
func (v *visits) end(event branch.Event, at moment) {
	switch e := event.(type) {
	case queue.VisitFinished:
		v.leave(e.Visit, at)
		if e.Next != "" {
			v.of(e.Visit).service = e.Next
			return
		}
		delete(v.live, e.Visit)
		if at.today {
			v.hours[at.hour].Served++
		}
	case queue.VisitCancelled:
		delete(v.live, e.Visit)
		if at.today {
			v.cancelled++
		}
	case queue.VisitRemoved:
		delete(v.live, e.Visit)
		if at.today {
			v.removed++
		}
	}
}

func (v *visits) called(e queue.VisitCalled, at moment) {
	one := v.of(e.Visit)
	first := !one.called
	one.called, one.counter = true, ""
	if !at.today {
		return
	}
	v.hours[at.hour].Calls++
	if first {
		v.waits = append(v.waits, wait{class: e.Reason.Class, service: one.service,
			waited: milliseconds(e.Reason.Waited), target: milliseconds(e.Reason.Target)})
	}
}

// leave ends the time of a visit at a counter, if it was being served there.
func (v *visits) leave(id branch.VisitID, at moment) {
	one := v.of(id)
	if one.counter != "" && at.today {
		v.served[stay{visit: id, service: one.service, counter: one.counter}] += max(0, at.at.Sub(one.since))
	}
	one.counter, one.since = "", 0
}

func milliseconds(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// fill writes what is known of the visits into figures.
func (v *visits) fill(figures *Figures) {
	figures.Cancelled, figures.NoShows, figures.Removed = v.cancelled, len(v.absent), v.removed
	for hour, h := range v.hours {
		h.Hour = hour
		figures.Tickets += h.Tickets
		figures.Served += h.Served
		figures.Hours = append(figures.Hours, h)
	}
	figures.Hours = busy(figures.Hours)
	var all spread
	for _, w := range v.waits {
		all = append(all, w.waited)
	}
	figures.Waits = all.waits()
	figures.WaitsByClass = v.waitsByClass()
	figures.WaitsByService = v.waitsByService()
	figures.Services = v.services()
	figures.Counters = v.counters()
}

// busy leaves out the hours before the first and after the last in which
// something happened.
func busy(hours []Hour) []Hour {
	quiet := func(h Hour) bool { return h == Hour{Hour: h.Hour} }
	for len(hours) > 0 && quiet(hours[0]) {
		hours = hours[1:]
	}
	for len(hours) > 0 && quiet(hours[len(hours)-1]) {
		hours = hours[:len(hours)-1]
	}
	return hours
}

func (v *visits) waitsByClass() []ClassWaits {
	spreads, classes := map[branch.Class]spread{}, map[branch.Class]*ClassWaits{}
	for _, w := range v.waits {
		spreads[w.class] = append(spreads[w.class], w.waited)
		if classes[w.class] == nil {
			classes[w.class] = &ClassWaits{Class: w.class}
		}
		classes[w.class].Target = w.target
		if w.waited <= w.target {
			classes[w.class].Within++
		}
	}
	var list []ClassWaits
	for _, class := range slices.Sorted(maps.Keys(classes)) {
		classes[class].Waits = spreads[class].waits()
		list = append(list, *classes[class])
	}
	return list
}

func (v *visits) waitsByService() []ServiceWaits {
	spreads := map[branch.ServiceID]spread{}
	for _, w := range v.waits {
		spreads[w.service] = append(spreads[w.service], w.waited)
	}
	delete(spreads, "")
	var list []ServiceWaits
	for _, service := range slices.Sorted(maps.Keys(spreads)) {
		list = append(list, ServiceWaits{Service: service, Waits: spreads[service].waits()})
	}
	return list
}

func (v *visits) services() []ServiceTimes {
	byService := timesBy(v.served, func(s stay) branch.ServiceID { return s.service })
	var list []ServiceTimes
	for _, service := range slices.Sorted(maps.Keys(byService)) {
		list = append(list, ServiceTimes{Service: service, Times: byService[service]})
	}
	return list
}

func (v *visits) counters() []CounterTimes {
	byCounter := timesBy(v.served, func(s stay) branch.CounterID { return s.counter })
	var list []CounterTimes
	for _, counter := range slices.Sorted(maps.Keys(byCounter)) {
		list = append(list, CounterTimes{Counter: counter, Times: byCounter[counter]})
	}
	return list
}

// timesBy adds up the stays of each visit that are alike in key, and leaves out
// those of which it is not known.
func timesBy[K ~string](served map[stay]time.Duration, key func(stay) K) map[K]Times {
	sums := map[K]map[branch.VisitID]time.Duration{}
	for s, d := range served {
		k := key(s)
		if k == "" {
			continue
		}
		if sums[k] == nil {
			sums[k] = map[branch.VisitID]time.Duration{}
		}
		sums[k][s.visit] += d
	}
	times := map[K]Times{}
	for k, visits := range sums {
		times[k] = spread(slices.Collect(maps.Values(visits))).times()
	}
	return times
}
