package drive

import (
	"fmt"
	"os"
	"slices"
	"time"

	"handrail/server/internal/recorded"
	"handrail/server/internal/wire"
)

// The names that the written configuration and the drive share.
const (
	zoneID   = "main"
	language = "zh-CN"
)

// LoadDay reads one day, as YYMMDD, from a file of recorded calls, which may
// be gzipped.
func LoadDay(path, day string) (recorded.Day, error) {
	file, err := os.Open(path)
	if err != nil {
		return recorded.Day{}, err
	}
	defer file.Close()
	return recorded.Read(file, day)
}

// arrival is a recorded call to be played. Moments count from the beginning of
// the plan; all durations are real time, the record's divided by the speed.
type arrival struct {
	at      time.Duration
	service string
	class   string
	// patience is after how long the caller hung up; 0: never.
	patience time.Duration
	// serve is how long a counter serves this caller.
	serve time.Duration
}

// shift is a recorded server's day at its counter.
type shift struct {
	counter  string
	from, to time.Duration
	// last are the services of which it is the last counter to close: it stays
	// open beyond to until everybody who comes for them has left.
	last []string
}

// plan is a day as it is to be played.
type plan struct {
	// arrivals are in order of at.
	arrivals []arrival
	shifts   []shift
	services []string
	// begins is the recorded time of day at which the plan starts.
	begins time.Duration
	// length is the time from the beginning to the last recorded event, longest
	// the longest service; both are real time.
	length, longest time.Duration
	recorded        Recorded
}

// newPlan makes the plan of a day that has at least one call.
func newPlan(day recorded.Day, speed int) *plan {
	names := newNames(day)
	begins, ends := bounds(day)
	p := &plan{
		services: names.serviceIDs(), begins: begins,
		length:   (ends - begins) / time.Duration(speed),
		recorded: recordedOf(day),
	}
	typical := medians(day)
	for _, c := range day.Calls {
		a := arrival{
			at:      (c.At - begins) / time.Duration(speed),
			service: names.service(c.Service), class: string(c.Class),
			serve: c.ServiceTime() / time.Duration(speed),
		}
		if c.GaveUp {
			// Nobody knows how long they would have been served.
			a.patience = max(c.Queued/time.Duration(speed), 1)
			a.serve = typical[c.Service] / time.Duration(speed)
		}
		p.longest = max(p.longest, a.serve)
		p.arrivals = append(p.arrivals, a)
	}
	p.shifts = shifts(day, names, begins, speed)
	return p
}

// bounds returns the first and the last moment of the day's calls.
func bounds(day recorded.Day) (first, last time.Duration) {
	first = day.Calls[0].At
	for _, c := range day.Calls {
		first = min(first, c.At)
		last = max(last, c.At, c.End)
	}
	return first, last
}

// shifts gives every server a counter.
func shifts(day recorded.Day, names *names, begins time.Duration, speed int) []shift {
	last := lastOf(day, names)
	var list []shift
	for n, s := range day.Servers {
		list = append(list, shift{
			counter: names.counter(n),
			from:    max(0, s.First-begins) / time.Duration(speed),
			to:      (s.Last - begins) / time.Duration(speed),
			last:    last[s.Name],
		})
	}
	return list
}

// lastOf returns, by server, the services of which that server was the last to
// end.
func lastOf(day recorded.Day, names *names) map[string][]string {
	last := map[string][]string{}
	for _, service := range names.services {
		var latest recorded.Server
		for _, s := range day.Servers {
			if offers(day, s, service) && s.Last > latest.Last {
				latest = s
			}
		}
		last[latest.Name] = append(last[latest.Name], names.service(service))
	}
	return last
}

// servicesOf returns the services of the day's calls, sorted.
func servicesOf(day recorded.Day) []string {
	var list []string
	for _, c := range day.Calls {
		list = append(list, c.Service)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// offers reports whether a server's counter serves a service: it did that day,
// or nobody did.
func offers(day recorded.Day, s recorded.Server, service string) bool {
	nobody := !slices.ContainsFunc(day.Servers, func(s recorded.Server) bool {
		return slices.Contains(s.Services, service)
	})
	return nobody || slices.Contains(s.Services, service)
}

// medians returns the median recorded service time per service; for a service
// that nobody served, that of all.
func medians(day recorded.Day) map[string]time.Duration {
	times := map[string][]time.Duration{}
	var all []time.Duration
	for _, c := range day.Calls {
		if !c.GaveUp {
			times[c.Service] = append(times[c.Service], c.ServiceTime())
			all = append(all, c.ServiceTime())
		}
	}
	result := map[string]time.Duration{}
	for _, service := range servicesOf(day) {
		result[service] = median(times[service], all)
	}
	return result
}

// median returns the median of list, or of otherwise when list is empty.
func median(list, otherwise []time.Duration) time.Duration {
	if len(list) == 0 {
		list = otherwise
	}
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	return rank(sorted, 0.5)
}

// recordedOf counts what of the record is played and what is not.
func recordedOf(day recorded.Day) Recorded {
	c := day.Counts
	r := Recorded{
		Agent: c.Agent, AgentNeverQueued: c.AgentNeverQueued, Hang: c.Hang,
		Played: len(day.Calls), Counters: len(day.Servers),
		Skipped: map[string]int{
			"hung up before queueing": c.HangNeverQueued,
			"phantom":                 c.Phantom,
			"no server":               c.NoServer,
			"overlap":                 c.Overlaps,
			"unusable":                len(c.Faults),
		},
	}
	for _, call := range day.Calls {
		if call.GaveUp {
			r.HungUp++
		}
	}
	return r
}

// fits returns why the plan cannot be played in branch, in a sentence.
func (p *plan) fits(branch *wire.Branch) error {
	for _, id := range p.services {
		if !slices.ContainsFunc(branch.Services, func(s wire.BranchService) bool { return s.ID == id }) {
			return p.misfit("service", id)
		}
	}
	for _, s := range p.shifts {
		i := slices.IndexFunc(branch.Counters, func(c wire.BranchCounter) bool { return c.ID == s.counter })
		if i < 0 {
			return p.misfit("counter", s.counter)
		}
		if state := branch.Counters[i].State; state != "closed" {
			return fmt.Errorf("%s is %s: a day begins with every counter closed; use a fresh data folder", s.counter, state)
		}
	}
	return nil
}

func (p *plan) misfit(what, id string) error {
	return fmt.Errorf("the box has no %s %s: write the configuration of the day with --write-config and start the box with it", what, id)
}
