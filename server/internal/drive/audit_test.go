package drive

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/wire"
)

var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// goodLog is two visits: one served, one cancelled after its call.
func goodLog() []entry {
	at := func(s int) time.Time { return nine.Add(time.Duration(s) * time.Second) }
	return []entry{
		{seq: 11, event: "visit.created", at: at(0), visit: "v_1", ticket: "A001", class: "ordinary"},
		{seq: 12, event: "visit.created", at: at(1), visit: "v_2", ticket: "A002", class: "caring"},
		{seq: 13, event: "visit.called", at: at(5), visit: "v_2", ticket: "A002", counter: "counter-1", rule: "priority"},
		{seq: 14, event: "visit.confirmed", at: at(6), visit: "v_2", counter: "counter-1"},
		{seq: 15, event: "call.announced", at: at(6)},
		{seq: 16, event: "visit.finished", at: at(8), visit: "v_2", counter: "counter-1"},
		{seq: 17, event: "visit.called", at: at(10), visit: "v_1", ticket: "A001", counter: "counter-1", rule: "only"},
		{seq: 18, event: "visit.cancelled", at: at(11), visit: "v_1", counter: "counter-1"},
	}
}

func goodAnswers() answers {
	return answers{
		tickets: map[string]string{"v_1": "A001", "v_2": "A002"},
		calls:   []answeredCall{{"v_2", "counter-1"}, {"v_1", "counter-1"}},
	}
}

func TestAWholeDayHasNothingLostOrDoubled(t *testing.T) {
	a := auditLog(goodLog(), goodAnswers())
	if len(a.lost)+len(a.doubled) > 0 {
		t.Errorf("lost %q, doubled %q", a.lost, a.doubled)
	}
	if a.ended("visit.finished") != 1 || a.ended("visit.cancelled") != 1 {
		t.Errorf("%d finished, %d cancelled, want 1 and 1", a.ended("visit.finished"), a.ended("visit.cancelled"))
	}
	if a.rules["priority"] != 1 || a.rules["only"] != 1 {
		t.Errorf("calls by rule: %v", a.rules)
	}
	if waits := a.waits(); waits["caring"][0] != 4*time.Second || waits["ordinary"][0] != 10*time.Second {
		t.Errorf("waits %v", waits)
	}
}

// TestEveryPlantedFaultIsFound plants one fault at a time in a good day.
func TestEveryPlantedFaultIsFound(t *testing.T) {
	insert := func(log []entry, i int, e entry) []entry { return slices.Insert(log, i, e) }
	for name, c := range map[string]struct {
		plant   func(log []entry, given *answers) []entry
		lost    string
		doubled string
	}{
		"an answered ticket is not in the log": {
			plant: func(log []entry, given *answers) []entry { given.tickets["v_3"] = "A003"; return log },
			lost:  "A003 of v_3 was answered but is not in the log",
		},
		"the log has another ticket than the answer": {
			plant: func(log []entry, given *answers) []entry { given.tickets["v_1"] = "A009"; return log },
			lost:  "was answered ticket A009",
		},
		"a ticket that nobody was answered": {
			plant: func(log []entry, given *answers) []entry {
				return insert(log, 2, entry{seq: 12, event: "visit.created", visit: "v_4", ticket: "A004"})
			},
			doubled: "A004 of v_4 is in the log but nobody",
		},
		"one ticket for two visits": {
			plant:   func(log []entry, given *answers) []entry { log[1].ticket = "A001"; return log },
			doubled: "ticket A001 is given to v_1 and to v_2",
		},
		"a visit created twice": {
			plant:   func(log []entry, given *answers) []entry { return insert(log, 2, log[0]) },
			doubled: "v_1 is created a second time",
		},
		"an answered call is not in the log": {
			plant: func(log []entry, given *answers) []entry {
				given.calls = append(given.calls, answeredCall{"v_1", "counter-9"})
				return log
			},
			lost: "call of v_1 to counter-9 was answered but",
		},
		"a call that no counter was answered": {
			plant:   func(log []entry, given *answers) []entry { given.calls = given.calls[:1]; return log },
			doubled: "v_1 is called to counter-1 in the log but no counter",
		},
		"a visit called twice": {
			plant: func(log []entry, given *answers) []entry {
				e := log[2]
				e.counter = "counter-2"
				return insert(log, 3, e)
			},
			doubled: "v_2 is called by event 13 although it was called",
		},
		"a counter with two visits": {
			plant: func(log []entry, given *answers) []entry {
				return insert(log, 4, entry{seq: 14, event: "visit.called", visit: "v_1", counter: "counter-1"})
			},
			doubled: "counter-1 calls v_1 by event 14 while it has v_2",
		},
		"a visit that never ends": {
			plant: func(log []entry, given *answers) []entry { return log[:7] },
			lost:  "v_1 has not ended: it is called",
		},
		"a visit that ends twice": {
			plant: func(log []entry, given *answers) []entry {
				return append(log, entry{seq: 19, event: "visit.cancelled", visit: "v_1"})
			},
			doubled: "v_1 ends a second time",
		},
		"a visit finished without being served": {
			plant:   func(log []entry, given *answers) []entry { log[7].event = "visit.finished"; return log },
			doubled: "v_1 is finished by event 18 although it was called",
		},
		"a visit removed by the box": {
			plant: func(log []entry, given *answers) []entry { log[7].event = "visit.removed"; return log },
			lost:  "v_1 is removed by the box with event 18",
		},
		"events out of order": {
			plant:   func(log []entry, given *answers) []entry { log[4], log[5] = log[5], log[4]; return log },
			doubled: "event 15 stands in the log after event 16",
		},
	} {
		t.Run(name, func(t *testing.T) {
			given := goodAnswers()
			log := c.plant(goodLog(), &given)
			a := auditLog(log, given)
			if c.lost != "" && !mentions(a.lost, c.lost) {
				t.Errorf("lost %q, want one with %q", a.lost, c.lost)
			}
			if c.doubled != "" && !mentions(a.doubled, c.doubled) {
				t.Errorf("doubled %q, want one with %q", a.doubled, c.doubled)
			}
		})
	}
}

func TestATicketMayComeAgainOnTheNextDay(t *testing.T) {
	log := append(goodLog(), entry{seq: 19, event: "day.opened"},
		entry{seq: 20, event: "visit.created", visit: "v_3", ticket: "A001"},
		entry{seq: 21, event: "visit.cancelled", visit: "v_3"})
	given := goodAnswers()
	given.tickets["v_3"] = "A001"
	if a := auditLog(log, given); len(a.doubled) > 0 {
		t.Errorf("doubled %q", a.doubled)
	}
}

func TestAScreenMustSeeEveryCallOnceAndInOrder(t *testing.T) {
	calls := []sighting{{3, "visit.called"}, {5, "visit.recalled"}, {8, "visit.called"}}
	for name, c := range map[string]struct {
		seen []sighting
		want string
	}{
		"whole":             {seen: calls},
		"one is missing":    {seen: []sighting{calls[0], calls[2]}, want: "did not see event 5, visit.recalled"},
		"one comes twice":   {seen: []sighting{calls[0], calls[1], calls[1], calls[2]}, want: "saw event 5, visit.recalled, 2 times"},
		"out of order":      {seen: []sighting{calls[0], calls[2], calls[1]}, want: "saw event 5 after event 8"},
		"not in the log":    {seen: append([]sighting{{2, "visit.called"}}, calls...), want: "saw event 2, visit.called, which is not"},
		"another at a seq":  {seen: []sighting{calls[0], {5, "visit.called"}, calls[2]}, want: "did not see event 5, visit.recalled"},
		"nothing was there": {seen: nil, want: "did not see event 3, visit.called"},
	} {
		t.Run(name, func(t *testing.T) {
			faults := compareScreen(c.seen, calls)
			if c.want == "" && len(faults) > 0 || c.want != "" && !mentions(faults, c.want) {
				t.Errorf("faults %q, want %q", faults, c.want)
			}
		})
	}
}

func TestCallsAndRecallsOfTheLogAreWhatScreensMustSee(t *testing.T) {
	log := append(goodLog(), entry{seq: 19, event: "visit.recalled", visit: "v_1"})
	want := []sighting{{13, "visit.called"}, {17, "visit.called"}, {19, "visit.recalled"}}
	if got := callsOf(log); !slices.Equal(got, want) {
		t.Errorf("calls %v, want %v", got, want)
	}
}

func TestAnEventOfTheLogIsReadAsTheWireHasIt(t *testing.T) {
	e, err := readEntry(wire.Event{Seq: 7, Event: "visit.called", At: wire.Time(nine),
		Data: json.RawMessage(`{"visit":"v_1","ticket":"A001","counter":"counter-2","reason":{"rule":"guard"}}`)})
	want := entry{seq: 7, event: "visit.called", at: nine, visit: "v_1", ticket: "A001", counter: "counter-2", rule: "guard"}
	if err != nil || e != want {
		t.Errorf("read %+v, %v", e, err)
	}
	if _, err := readEntry(wire.Event{Seq: 8, Event: "visit.called", Data: json.RawMessage(`[]`)}); err == nil {
		t.Error("a call without data is read")
	}
	if _, err := readEntry(wire.Event{Seq: 9, Event: "visit.parked", Data: json.RawMessage(`{"visit":"v_1","reason":"lunch"}`)}); err != nil {
		t.Errorf("a parked visit: %v", err)
	}
}

func mentions(sentences []string, part string) bool {
	return slices.ContainsFunc(sentences, func(s string) bool { return strings.Contains(s, part) })
}
