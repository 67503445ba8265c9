package views

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/phrases"
	"handrail/server/internal/queue"
	"handrail/server/internal/wire"
)

// module is what the tests need of the modules: their events.
type module interface {
	Events() []string
	Decode(eventType string, version int, data []byte) (branch.Event, error)
}

// samples returns one event of every type of the log, with every field it has
// filled.
func samples(t *testing.T) []branch.Event {
	t.Helper()
	const full = `{"visit":"v_1","ticket":"A001","day":"2026-11-22","service":"cash","class":"caring",
		"needs":["hearing"],"language":"en","place":"kiosk-1","counter":"counter-1","zone":"main","call":"c_1",
		"recall":1,"until":1,"to":"counter-2","queuedAt":1,"cause":"asked","outcome":"","next":"cards","lacking":["low"],
		"page":"p_1","step":2,"level":1,"session":"s","due":1,"count":2,"device":"printer-1","health":"failed","why":"",
		"token":"t_1","role":"kiosk","ability":"low","reason":%REASON%,"staff":%STAFF%}`
	events := []branch.Event{branch.ConfigApplied{ConfigVersion: "abc"}, branch.ClockJumped{DeltaMillis: 1}}
	for _, m := range []module{queue.New(), paging.New(), equipment.New(), access.New()} {
		for _, name := range m.Events() {
			events = append(events, sample(t, m, name, full))
		}
	}
	return events
}

// sample decodes full as an event; the same key is a word in one event and a
// list or an object in another.
func sample(t *testing.T, m module, name, full string) branch.Event {
	t.Helper()
	for _, reason := range []string{`"help"`, `{"rule":"only","class":"caring"}`} {
		for _, staff := range []string{`"li"`, `["li"]`} {
			text := strings.NewReplacer("%REASON%", reason, "%STAFF%", staff).Replace(full)
			if event, err := m.Decode(name, 1, []byte(text)); err == nil {
				return event
			}
		}
	}
	t.Fatalf("%s cannot be decoded from the sample", name)
	return nil
}

// testSet is a branch with one counter, one waiting visit and one page.
func testSet() *Set {
	visit := &queue.Visit{ID: "v_1", Ticket: "A001", Service: "cash", State: queue.Waiting}
	page := &paging.Page{ID: "p_1", Reason: branch.ReasonHelp, Place: "kiosk-1", Visit: "v_1", Status: paging.Open, Alarm: true}
	return &Set{
		Queue: &queue.Model{
			Policy: &queue.Policy{
				Services: []queue.Service{{ID: "cash", Prefix: "A"}},
				Counters: []queue.CounterSpec{{ID: "counter-1", Zone: "main", Services: []branch.ServiceID{"cash"}}},
			},
			Live: []*queue.Visit{visit}, ByID: map[branch.VisitID]*queue.Visit{"v_1": visit},
		},
		Paging: &paging.Model{
			Policy: &paging.Policy{Places: []paging.PlaceSpec{{ID: "kiosk-1", Zone: "main"}}},
			Pages:  []*paging.Page{page}, ByID: map[branch.PageID]*paging.Page{"p_1": page},
		},
		Equipment: &equipment.Model{},
	}
}

// today is ten in the morning of 2026-11-23.
func today() branch.Instant { return 1_795_428_000_000 }

func testViews(t testing.TB) *Views {
	t.Helper()
	words, err := phrases.Load()
	if err != nil {
		t.Fatal(err)
	}
	dir := &Directory{
		Languages: []string{"zh-CN", "en"},
		Counters:  map[branch.CounterID]wire.Text{"counter-1": {"en": "Counter 1"}},
		Kiosks:    []wire.BranchPlace{{ID: "kiosk-1"}},
		Zones:     []wire.BranchZone{{ID: "main"}},
	}
	return New(dir, words,
		func(branch.VisitID) *queue.Visit { return nil }, time.UTC, today, func() []wire.ITProblem { return nil })
}

func TestEveryEventOfTheLogTellsItsIds(t *testing.T) {
	v, s := testViews(t), testSet()
	for _, event := range samples(t) {
		if data := v.data(s, event); reflect.ValueOf(data).IsZero() {
			t.Errorf("%s is told with nothing in it", event.EventType())
		}
	}
}

func TestOnlyTheSupervisorIsToldNeedsAndOnlyOnTheirDay(t *testing.T) {
	v, s := testViews(t), testSet()
	created := queue.VisitCreated{Visit: "v_1", Service: "cash", Needs: []branch.Need{branch.Hearing}, Day: "2026-11-23"}
	told := func(topic string, event branch.Event) bool {
		t.Helper()
		parsed, ok := ParseTopic(topic)
		if !ok {
			t.Fatalf("%s is no topic", topic)
		}
		out, ok := v.Event(s, parsed, branch.Envelope{Seq: 1, Event: event})
		return ok && strings.Contains(string(out.Data), "hearing")
	}
	if !told("supervisor", created) {
		t.Error("the supervisor is not told the needs of today")
	}
	for _, topic := range []string{"counter:counter-1", "visit:v_1", "it", "hall:main", "kiosk:kiosk-1", "pages"} {
		if told(topic, created) {
			t.Errorf("%s is told needs", topic)
		}
	}
	created.Day = "2026-11-22"
	if told("supervisor", created) {
		t.Error("the supervisor is told needs of a past day")
	}
}

func TestWhatStaffWroteIsForStaffAndForTheDay(t *testing.T) {
	v, s := testViews(t), testSet()
	parked := queue.VisitParked{Visit: "v_1", Counter: "counter-1", Reason: "SECRET"}
	called := queue.VisitCalled{Visit: "v_1", Counter: "counter-1", Zone: "main",
		Reason: queue.Reason{Rule: queue.RuleManual, Why: "SECRET"}}
	told := func(topic string, at branch.Instant, event branch.Event) bool {
		parsed, _ := ParseTopic(topic)
		out, _ := v.Event(s, parsed, branch.Envelope{Seq: 1, At: at, Event: event})
		return strings.Contains(string(out.Data), "SECRET")
	}
	yesterday := today() - branch.Instant(24*time.Hour/time.Millisecond)
	for _, event := range []branch.Event{parked, called} {
		for _, topic := range []string{"supervisor", "counter:counter-1"} {
			if !told(topic, today(), event) {
				t.Errorf("%s is not told why: %s", topic, event.EventType())
			}
		}
		for _, topic := range []string{"visit:v_1", "hall:main", "kiosk:kiosk-1", "it"} {
			if told(topic, today(), event) {
				t.Errorf("%s is told what staff wrote: %s", topic, event.EventType())
			}
		}
	}
	s.Queue.ByID = nil
	if told("supervisor", yesterday, parked) || told("supervisor", yesterday, called) {
		t.Error("what staff wrote about a visit outlives its day")
	}
}

func TestAVisitIsStrandedWhileItWaitsOnly(t *testing.T) {
	v, s := testViews(t), testSet()
	for state, want := range map[queue.State]bool{queue.Waiting: true, queue.AwayFor: true, queue.Called: false,
		queue.Serving: false, queue.Finished: false} {
		shown := v.Visit(s, &queue.Visit{ID: "v_1", State: state, StrandedAt: 1})
		if shown.Stranded != want {
			t.Errorf("%s: stranded %t", state, shown.Stranded)
		}
	}
}

func TestTheHallIsToldIdsOnly(t *testing.T) {
	v, s := testViews(t), testSet()
	for _, event := range samples(t) {
		out, ok := v.Event(s, Topic{Kind: TopicHall, Of: "main"}, branch.Envelope{Seq: 1, Event: event})
		if !ok {
			continue
		}
		var members map[string]any
		if err := json.Unmarshal(out.Data, &members); err != nil {
			t.Fatal(err)
		}
		for name := range members {
			if !slices.Contains([]string{"call", "visit", "ticket", "counter", "recall", "page", "place"}, name) {
				t.Errorf("%s tells the hall %s", out.Event, name)
			}
		}
		if out.By != nil {
			t.Errorf("%s tells the hall who did it", out.Event)
		}
	}
}

// TestEachTopicIsToldTheEventsOfTheContract writes the table "Topics: who,
// view, events" out, for events about counter-1, kiosk-1 and v_1.
func TestEachTopicIsToldTheEventsOfTheContract(t *testing.T) {
	hall := []string{"visit.called", "visit.recalled", "visit.confirmed", "visit.no-show", "visit.cancelled",
		"visit.removed", "call.announced", "call.unspoken", "page.alarmed"}
	families := map[string][]string{
		"kiosk:kiosk-1":     {"page"},
		"counter:counter-1": {"visit", "counter", "page"},
		"pages":             {"page", "staff"},
		"visit:v_1":         {"visit", "page"},
		"it":                {"device", "slip", "config", "access", "day", "clock"},
		"supervisor":        {"visit", "counter", "page", "staff", "device", "slip", "config", "access", "day", "clock", "call"},
	}
	v, s := testViews(t), testSet()
	for _, event := range samples(t) {
		family, _, _ := strings.Cut(event.EventType(), ".")
		for topic, sees := range families {
			expect(t, v, s, topic, event, slices.Contains(sees, family))
		}
		expect(t, v, s, "hall:main", event, slices.Contains(hall, event.EventType()))
		expect(t, v, s, "kiosk:kiosk-2", event, false)
		expect(t, v, s, "visit:v_2", event, false)
	}
}

func expect(t *testing.T, v *Views, s *Set, topic string, event branch.Event, want bool) {
	t.Helper()
	parsed, _ := ParseTopic(topic)
	if _, got := v.Event(s, parsed, branch.Envelope{Seq: 1, Event: event}); got != want {
		t.Errorf("%s sees %s: %t, want %t", topic, event.EventType(), got, want)
	}
}

func TestNoCustomerIsToldOfASilentPage(t *testing.T) {
	v, s := testViews(t), testSet()
	s.Paging.ByID["p_1"].Reason = branch.ReasonDuress
	alarmed := paging.PageAlarmed{Page: "p_1", Reason: branch.ReasonDuress, Place: "kiosk-1", Zone: "main"}
	for _, event := range []branch.Event{alarmed, paging.PageRaised{Page: "p_1", Place: "kiosk-1"}, paging.PageAccepted{Page: "p_1", Alarm: true, Zone: "main"}} {
		for _, topic := range []string{"hall:main", "kiosk:kiosk-1", "visit:v_1"} {
			expect(t, v, s, topic, event, false)
		}
		for _, topic := range []string{"pages", "supervisor", "counter:counter-1"} {
			expect(t, v, s, topic, event, true)
		}
	}
	for _, topic := range []string{"hall:main", "kiosk:kiosk-1", "visit:v_1"} {
		parsed, _ := ParseTopic(topic)
		view, err := v.View(s, parsed)
		if err != nil || strings.Contains(string(view), "p_1") {
			t.Errorf("%s shows %s %v", topic, view, err)
		}
	}
}

func TestTopicsThatNameNothingAreNoTopics(t *testing.T) {
	for _, text := range []string{"", "hall", "hall:", "pages:x", "supervisor:", "moon", "it:it"} {
		if topic, ok := ParseTopic(text); ok {
			t.Errorf("%q is read as %+v", text, topic)
		}
	}
	for _, text := range []string{"hall:main", "pages", "it", "visit:v_1"} {
		if _, ok := ParseTopic(text); !ok {
			t.Errorf("%q is not read", text)
		}
	}
	v, s := testViews(t), testSet()
	for _, text := range []string{"hall:moon", "kiosk:moon", "counter:moon"} {
		topic, _ := ParseTopic(text)
		if view, err := v.View(s, topic); branch.CodeOf(err) != branch.CodeNotFound {
			t.Errorf("%s shows %s %v", text, view, err)
		}
	}
}

func TestViewsHaveTheMembersOfTheContract(t *testing.T) {
	v, s := testViews(t), testSet()
	for topic, members := range map[string][]string{
		"hall:main":         {"calls", "waiting", "alarms"},
		"kiosk:kiosk-1":     {"place", "pages", "missing", "waits"},
		"counter:counter-1": {"counter", "next", "pages", "aside", "today"},
		"pages":             {"pages", "duty"},
		"visit:v_1":         {"visit", "pages"},
		"supervisor":        {"counters", "visits", "pages", "devices"},
		"it":                {"devices", "config", "problems"},
	} {
		parsed, _ := ParseTopic(topic)
		view, err := v.View(s, parsed)
		var got map[string]json.RawMessage
		if err != nil || json.Unmarshal(view, &got) != nil {
			t.Fatalf("%s: %s %v", topic, view, err)
		}
		for _, member := range members {
			if value, ok := got[member]; !ok || string(value) == "null" {
				t.Errorf("%s has no %s: %s", topic, member, view)
			}
		}
	}
}
