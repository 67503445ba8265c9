package queue_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
)

var update = flag.Bool("update", false, "write the golden files of new events")

// stored holds one of every event with every field set.
var stored = []branch.Event{
	queue.VisitCreated{Visit: "v_1", Ticket: "A017", Number: 17, Day: "2026-11-04", Service: "cash",
		Class: branch.Caring, Needs: []branch.Need{branch.Wheelchair, branch.LargePrint}, Language: branch.Chinese,
		Place: "kiosk-1", Print: true,
		Wait: &branch.Wait{LikelySeconds: 400, LowSeconds: 300, HighSeconds: 600, SaidAt: morning}},
	queue.VisitCalled{Visit: "v_1", Ticket: "A017", Counter: "counter-1", Zone: "main", Call: "c_1",
		Language: branch.English, Reason: queue.Reason{Rule: queue.RuleManual, Class: branch.Urgent, Waited: 1000,
			Target: 60000, Score: 60000, RunnerUp: "v_2", Overtook: 3, Why: "晕倒"}},
	queue.VisitRecalled{Visit: "v_1", Ticket: "A017", Counter: "counter-1", Zone: "main", Call: "c_2",
		Language: branch.Chinese, Recall: 2},
	queue.VisitConfirmed{Visit: "v_1", Ticket: "A017", Counter: "counter-1", Call: "c_2"},
	queue.VisitAway{Visit: "v_1", Ticket: "A017", Until: morning, Counter: "counter-1", Call: "c_2"},
	queue.VisitBack{Visit: "v_1", Ticket: "A017"},
	queue.VisitParked{Visit: "v_1", Ticket: "A017", Counter: "counter-1", Until: morning, Reason: "forms"},
	queue.VisitTransferred{Visit: "v_1", Ticket: "A017", Counter: "counter-1", Call: "c_2", Service: "loans",
		To: "counter-3", QueuedAt: morning},
	queue.VisitNoShow{Visit: "v_1", Ticket: "A017", Counter: "counter-1", Call: "c_2", Until: morning, Look: true},
	queue.VisitReturned{Visit: "v_1", Ticket: "A017", QueuedAt: morning, Cause: queue.ReturnTime},
	queue.VisitFinished{Visit: "v_1", Ticket: "A017", Counter: "counter-1", Outcome: queue.OutcomePartly, Next: "loans"},
	queue.VisitCancelled{Visit: "v_1", Ticket: "A017", Counter: "counter-1", Call: "c_2"},
	queue.VisitRemoved{Visit: "v_1", Ticket: "A017", Counter: "counter-1", Call: "c_2", Cause: queue.RemovedDay, Look: true},
	queue.VisitStranded{Visit: "v_1", Ticket: "A017", Lacking: []branch.Ability{"low"}},
	queue.VisitRelaxed{Visit: "v_1", Ticket: "A017"},
	queue.OpenedCounter{Counter: "counter-1", Staff: "li"},
	queue.PausedCounter{Counter: "counter-1", Reason: "tea"},
	queue.ClosedCounter{Counter: "counter-1"},
	queue.AbilityLost{Counter: "counter-1", Ability: "low", Device: "lift"},
	queue.AbilityRestored{Counter: "counter-1", Ability: "low", Device: "lift"},
	queue.DayOpened{Day: "2026-11-04"},
	queue.DayClosed{Day: "2026-11-04"},
}

func TestTheStoredFormOfEveryEventIsKeptForEver(t *testing.T) {
	m := queue.New()
	var seen []string
	for _, event := range stored {
		seen = append(seen, event.EventType())
		path := filepath.Join("testdata", "stored", event.EventType()+"@1.json")
		data, err := json.MarshalIndent(event, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, '\n')
		if _, err := os.Stat(path); *update && os.IsNotExist(err) {
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		golden, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(golden) != string(data) {
			t.Errorf("%s is stored as\n%swant\n%s", event.EventType(), data, golden)
		}
		read, err := m.Decode(event.EventType(), event.Version(), golden)
		if err != nil || !reflect.DeepEqual(read, event) {
			t.Errorf("%s reads back as %+v, %v", event.EventType(), read, err)
		}
	}
	slices.Sort(seen)
	if !slices.Equal(seen, m.Events()) {
		t.Errorf("golden files for %v, events %v", seen, m.Events())
	}
}

func TestBytesThatAreNoEventOfOursAreRefused(t *testing.T) {
	m := queue.New()
	for _, c := range []struct {
		event   string
		version int
		data    string
	}{
		{"page.raised", 1, `{}`}, {"visit.called", 2, `{}`}, {"visit.called", 0, `{}`},
		{"visit.called", 1, `{"visit":7}`}, {"visit.called", 1, `{`}, {"visit.called", 1, ``},
	} {
		if event, err := m.Decode(c.event, c.version, []byte(c.data)); err == nil {
			t.Errorf("%s@%d %q is read as %+v", c.event, c.version, c.data, event)
		}
	}
	if _, err := m.Decode("visit.called", 1, []byte(`{}`)); err != nil {
		t.Error(err)
	}
}

func TestWhatTheHallMustSayFollowsFromTheCall(t *testing.T) {
	called, recalled := stored[1].(queue.VisitCalled), stored[2].(queue.VisitRecalled)
	want := branch.Announcement{Call: "c_1", Zone: "main", Visit: "v_1", Ticket: "A017", Counter: "counter-1",
		Language: branch.English}
	if got := called.Announcement(); got != want {
		t.Errorf("announcement %+v", got)
	}
	want.Call, want.Language, want.Recall = "c_2", branch.Chinese, 2
	if got := recalled.Announcement(); got != want {
		t.Errorf("announcement %+v", got)
	}
}

func TestEveryEventOfACommandAnswersWithItsVisitOrCounter(t *testing.T) {
	for _, event := range stored {
		answering, ok := event.(branch.Answering)
		if !ok {
			continue
		}
		if a := answering.Answer(); a.Visit != "v_1" && a.Counter != "counter-1" {
			t.Errorf("%s answers %+v", event.EventType(), a)
		}
	}
}
