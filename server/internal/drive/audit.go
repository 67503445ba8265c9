package drive

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"handrail/server/internal/wire"
)

// entry is one event of the box's log, as far as the audit reads it.
type entry struct {
	seq     uint64
	event   string
	at      time.Time
	visit   string
	ticket  string
	class   string
	counter string
	rule    string
}

// readEntry reads an event of the log.
func readEntry(e wire.Event) (entry, error) {
	var data struct {
		Visit   string `json:"visit"`
		Ticket  string `json:"ticket"`
		Class   string `json:"class"`
		Counter string `json:"counter"`
		Reason  struct {
			Rule string `json:"rule"`
		} `json:"reason"`
	}
	read := entry{seq: e.Seq, event: e.Event, at: time.Time(e.At)}
	if !isVisit(e.Event) {
		return read, nil
	}
	// The reason of a parked visit is a sentence; only a call's has a rule.
	if err := json.Unmarshal(e.Data, &data); err != nil && e.Event == "visit.called" {
		return entry{}, fmt.Errorf("event %d, %s: %w", e.Seq, e.Event, err)
	}
	read.visit, read.ticket, read.class = data.Visit, data.Ticket, data.Class
	read.counter, read.rule = data.Counter, data.Reason.Rule
	return read, nil
}

func isVisit(event string) bool { return len(event) > 6 && event[:6] == "visit." }

// answers is what the box has acknowledged to the drive's clients.
type answers struct {
	// tickets holds the ticket of each visit.
	tickets map[string]string
	calls   []answeredCall
}

// journey is one visit as the log tells it.
type journey struct {
	class   string
	created time.Time
	called  time.Time
	state   string
	counter string
	end     string
}

// audit compares the log with what was answered. Every difference is a fault:
// a sentence that names the visit and the event.
type audit struct {
	journeys map[string]*journey
	// issued maps a ticket of the open day to its visit, at a counter to the
	// visit that it has called.
	issued map[string]string
	at     map[string]string
	rules  map[string]int

	lost, doubled []string
}

// auditLog reads the log of the day from its first event to its last.
func auditLog(log []entry, given answers) *audit {
	a := &audit{journeys: map[string]*journey{}, issued: map[string]string{}, at: map[string]string{}, rules: map[string]int{}}
	for i, e := range log {
		if i > 0 && e.seq <= log[i-1].seq {
			a.double("event %d stands in the log after event %d", e.seq, log[i-1].seq)
		}
		a.read(e)
	}
	a.compareTickets(given.tickets, log)
	a.compareCalls(given.calls, log)
	a.findUnended(given.tickets)
	return a
}

func (a *audit) lose(format string, args ...any) {
	a.lost = append(a.lost, fmt.Sprintf(format, args...))
}
func (a *audit) double(format string, args ...any) {
	a.doubled = append(a.doubled, fmt.Sprintf(format, args...))
}

// read follows one event.
func (a *audit) read(e entry) {
	switch e.event {
	case "day.opened":
		clear(a.issued)
	case "visit.created":
		a.create(e)
	case "visit.called":
		a.call(e)
	case "visit.confirmed":
		a.move(e, "called", "serving")
	case "visit.finished", "visit.cancelled", "visit.removed":
		a.end(e)
	}
}

func (a *audit) create(e entry) {
	if _, ok := a.journeys[e.visit]; ok {
		a.double("visit %s is created a second time by event %d", e.visit, e.seq)
		return
	}
	if other, ok := a.issued[e.ticket]; ok {
		a.double("ticket %s is given to %s and to %s on one day", e.ticket, other, e.visit)
	}
	a.issued[e.ticket] = e.visit
	a.journeys[e.visit] = &journey{class: e.class, created: e.at, state: "waiting"}
}

func (a *audit) call(e entry) {
	if other := a.at[e.counter]; other != "" {
		a.double("counter %s calls %s by event %d while it has %s", e.counter, e.visit, e.seq, other)
	}
	a.rules[e.rule]++
	a.at[e.counter] = e.visit
	if j := a.move(e, "waiting", "called"); j != nil {
		j.called, j.counter = e.at, e.counter
	}
}

// move takes a visit from one state to another. A visit that was here before
// the day began is nobody of this drive.
func (a *audit) move(e entry, from, to string) *journey {
	j, ok := a.journeys[e.visit]
	if !ok {
		return nil
	}
	if j.state != from {
		a.double("visit %s is %s by event %d although it was %s", e.visit, to, e.seq, j.state)
	}
	j.state = to
	return j
}

func (a *audit) end(e entry) {
	for counter, visit := range a.at {
		if visit == e.visit {
			delete(a.at, counter)
		}
	}
	j, ok := a.journeys[e.visit]
	if !ok {
		return
	}
	if j.end != "" {
		a.double("visit %s ends a second time by event %d", e.visit, e.seq)
	}
	if e.event == "visit.finished" && j.state != "serving" {
		a.double("visit %s is finished by event %d although it was %s", e.visit, e.seq, j.state)
	}
	if e.event == "visit.removed" {
		a.lose("visit %s is removed by the box with event %d", e.visit, e.seq)
	}
	j.state, j.end = "ended", e.event
}

// compareTickets holds every acknowledged ticket against the log, both ways.
func (a *audit) compareTickets(tickets map[string]string, log []entry) {
	written := map[string]string{}
	for _, e := range log {
		if e.event == "visit.created" {
			written[e.visit] = e.ticket
		}
	}
	for visit, ticket := range tickets {
		switch has, ok := written[visit]; {
		case !ok:
			a.lose("ticket %s of %s was answered but is not in the log", ticket, visit)
		case has != ticket:
			a.lose("visit %s was answered ticket %s but the log says %s", visit, ticket, has)
		}
	}
	for visit, ticket := range written {
		if _, ok := tickets[visit]; !ok {
			a.double("ticket %s of %s is in the log but nobody was answered it", ticket, visit)
		}
	}
}

// compareCalls looks for every acknowledged call in the log, each once.
func (a *audit) compareCalls(calls []answeredCall, log []entry) {
	written := map[answeredCall]int{}
	for _, e := range log {
		if e.event == "visit.called" {
			written[answeredCall{e.visit, e.counter}]++
		}
	}
	for _, c := range calls {
		if written[c] == 0 {
			a.lose("the call of %s to %s was answered but is not in the log", c.visit, c.counter)
			continue
		}
		written[c]--
	}
	for c, n := range written {
		if n > 0 {
			a.double("%s is called to %s in the log but no counter was answered so", c.visit, c.counter)
		}
	}
}

// findUnended looks for visits that are still here.
func (a *audit) findUnended(tickets map[string]string) {
	for visit := range tickets {
		if j, ok := a.journeys[visit]; ok && j.end == "" {
			a.lose("visit %s has not ended: it is %s", visit, j.state)
		}
	}
}

// ended counts the visits that ended by the given event.
func (a *audit) ended(event string) int {
	n := 0
	for _, j := range a.journeys {
		if j.end == event {
			n++
		}
	}
	return n
}

// waits returns how long the called visits of each class had waited, in order.
func (a *audit) waits() map[string][]time.Duration {
	waits := map[string][]time.Duration{}
	for _, j := range a.journeys {
		if !j.called.IsZero() {
			waits[j.class] = append(waits[j.class], j.called.Sub(j.created))
		}
	}
	for _, list := range waits {
		slices.Sort(list)
	}
	return waits
}

// callsOf returns the calls and recalls of the log, as every screen must have
// seen them.
func callsOf(log []entry) []sighting {
	var calls []sighting
	for _, e := range log {
		if isCall(e.event) {
			calls = append(calls, sighting{e.seq, e.event})
		}
	}
	return calls
}

// compareScreen returns how what one screen has seen differs from the calls of
// the log: what it missed, saw more than once or out of order, or saw without
// its being there.
func compareScreen(seen, calls []sighting) []string {
	var faults []string
	times := map[sighting]int{}
	for i, s := range seen {
		times[s]++
		if i > 0 && s.seq < seen[i-1].seq {
			faults = append(faults, fmt.Sprintf("saw event %d after event %d", s.seq, seen[i-1].seq))
		}
	}
	for _, c := range calls {
		switch n := times[c]; {
		case n == 0:
			faults = append(faults, fmt.Sprintf("did not see event %d, %s", c.seq, c.event))
		case n > 1:
			faults = append(faults, fmt.Sprintf("saw event %d, %s, %d times", c.seq, c.event, n))
		}
		delete(times, c)
	}
	for s := range times {
		faults = append(faults, fmt.Sprintf("saw event %d, %s, which is not in the log", s.seq, s.event))
	}
	return faults
}
