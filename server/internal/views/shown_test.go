package views

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
	"handrail/server/internal/wire"
)

// shown renders a topic and reads it.
func shown[V any](t testing.TB, v *Views, s *Set, name string) V {
	t.Helper()
	topic, _ := ParseTopic(name)
	text, err := v.View(s, topic)
	if err != nil {
		t.Fatal(err)
	}
	var view V
	if err := json.Unmarshal(text, &view); err != nil {
		t.Fatal(err)
	}
	return view
}

// crowd is a branch of 6 counters, half of them caring, and 7 services, in which
// n people wait.
func crowd(n int) *Set {
	policy := &queue.Policy{TimeZone: "Asia/Shanghai", AwayLimit: 20 * time.Minute, RecallSpacing: 10 * time.Second,
		CaringNeeds: []branch.Need{branch.Wheelchair}, Staff: []queue.StaffSpec{{ID: "li"}, {ID: "wang"}},
		Requires: map[branch.Need][]branch.Ability{branch.Wheelchair: {"low"}}}
	var all []branch.ServiceID
	for i := range 7 {
		all = append(all, branch.ServiceID("service-"+strconv.Itoa(i)))
		policy.Services = append(policy.Services, queue.Service{ID: all[i], Prefix: string(rune('A' + i)),
			Expected: time.Duration(3+i) * time.Minute})
	}
	m := &queue.Model{Now: today(), Policy: policy, Day: "2026-11-23", ByID: map[branch.VisitID]*queue.Visit{}}
	for i := range 6 {
		spec := queue.CounterSpec{ID: branch.CounterID("counter-" + strconv.Itoa(i+1)), Zone: "main", Services: all[:4+i%4]}
		c := &queue.Counter{ID: spec.ID, State: queue.CounterOpen, Spec: spec}
		if i%2 == 0 {
			c.Abilities = []branch.Ability{branch.AbilityCaring, "low"}
		}
		m.Counters = append(m.Counters, c)
	}
	for i := range n {
		visit := &queue.Visit{ID: branch.VisitID(fmt.Sprintf("v_%06d", i)), Service: all[i%7], State: queue.Waiting,
			Class: branch.Ordinary, Day: "2026-11-23", QueuedAt: today().Add(time.Duration(i-n) * 10 * time.Second)}
		if i%4 == 0 {
			visit.Class, visit.Needs = branch.Caring, []branch.Need{branch.Wheelchair}
		}
		m.Live = append(m.Live, visit)
		m.ByID[visit.ID] = visit
	}
	return &Set{Now: today(), Queue: m, Equipment: &equipment.Model{}, Paging: &paging.Model{Policy: &paging.Policy{}}}
}

func TestAKioskShowsWhatEachServicePromises(t *testing.T) {
	v, s := testViews(t), crowd(40)
	view := shown[wire.KioskView](t, v, s, "kiosk:kiosk-1")
	if len(view.Waits) != 2*len(s.Queue.Policy.Services) {
		t.Fatalf("%d waits", len(view.Waits))
	}
	differ := false
	for i, wait := range view.Waits {
		class := []branch.Class{branch.Ordinary, branch.Caring}[i%2]
		promised := s.Queue.Promises(s.Now, class)[i/2]
		if wait.Service != string(promised.Service) || wait.Class != string(class) || !reflect.DeepEqual(&wait.Wait, Wait(&promised.Wait)) {
			t.Errorf("wait %d is %+v, want %s %+v", i, wait, class, promised)
		}
		differ = differ || i%2 == 1 && wait.Wait.LikelySeconds < view.Waits[i-1].Wait.LikelySeconds
	}
	if !differ {
		t.Errorf("caring waits as long as ordinary: %+v", view.Waits)
	}
}

func TestTheHallShowsWhatAnOrdinaryTicketIsPromised(t *testing.T) {
	v, s := testViews(t), crowd(40)
	view := shown[wire.HallView](t, v, s, "hall:main")
	if len(view.Waiting) != 7 {
		t.Fatalf("%d services", len(view.Waiting))
	}
	for i, p := range s.Queue.Promises(s.Now, branch.Ordinary) {
		waiting := view.Waiting[i]
		if waiting.Service != string(p.Service) || p.Wait.LikelySeconds == 0 || !reflect.DeepEqual(waiting.Wait, Wait(&p.Wait)) {
			t.Errorf("%+v, want %+v", waiting, p)
		}
	}
}

func TestACallStandsWhileItsPersonIsStillToCome(t *testing.T) {
	v, s := testViews(t), crowd(1)
	called := *s.Queue.Live[0]
	s.Queue.Live[0], s.Queue.ByID[called.ID] = &called, &called
	s.Equipment = &equipment.Model{Zones: []*equipment.Zone{{Spec: equipment.ZoneSpec{ID: "main"},
		Recent: []*equipment.Call{
			{Announcement: branch.Announcement{Call: "c_1", Visit: called.ID, Counter: "counter-1"}},
			{Announcement: branch.Announcement{Call: "c_0", Visit: "v_gone", Counter: "counter-2"}},
		}}}}
	for _, test := range []struct {
		state   queue.State
		counter branch.CounterID
		stands  bool
	}{{queue.Called, "counter-1", true}, {queue.Called, "counter-2", false}, {queue.Serving, "counter-1", false}, {queue.AwayFor, "", false}} {
		called.State, called.Counter = test.state, test.counter
		calls := shown[wire.HallView](t, v, s, "hall:main").Calls
		if len(calls) != 2 || calls[0].Standing != test.stands || calls[1].Standing {
			t.Errorf("%s at %q: %+v", test.state, test.counter, calls)
		}
	}
}

func TestPromisesAreThoseOfTheSetThatIsShown(t *testing.T) {
	v, few, many := testViews(t), crowd(4), crowd(40)
	for range 2 {
		for _, s := range []*Set{few, many} {
			view := shown[wire.KioskView](t, v, s, "kiosk:kiosk-1")
			if want := kioskWaits(s.Queue.Promises(s.Now, branch.Ordinary, branch.Caring)); !reflect.DeepEqual(view.Waits, want) {
				t.Errorf("%d people wait: %+v, want %+v", len(s.Queue.Live), view.Waits, want)
			}
		}
	}
	later := *few
	later.Now = later.Now.Add(time.Minute)
	if view := shown[wire.KioskView](t, v, &later, "kiosk:kiosk-1"); !reflect.DeepEqual(&view.Waits[0].Wait.SaidAt, at(later.Now)) {
		t.Errorf("a minute later it still says %+v", view.Waits[0])
	}
}

func TestACounterShowsWhomItMayBringBackAndWhatItHasDone(t *testing.T) {
	v, s := testViews(t), crowd(4)
	due := today().Add(time.Minute)
	for i, visit := range s.Queue.Live[:3] {
		aside := *visit
		aside.State, aside.Due = []queue.State{queue.Parked, queue.NoShowed, queue.Parked}[i], due
		aside.SetAsideBy = []branch.CounterID{"counter-1", "counter-1", "counter-2"}[i]
		s.Queue.Live[i], s.Queue.ByID[aside.ID] = &aside, &aside
	}
	s.Queue.Today = map[branch.CounterID]queue.Tally{"counter-1": {Served: 3, Spent: 10 * time.Minute}}
	v.dir.Counters["counter-2"] = wire.Text{"en": "Counter 2"}

	view := shown[wire.CounterView](t, v, s, "counter:counter-1")
	if len(view.Aside) != 2 || view.Aside[0].ID != "v_000000" || view.Aside[0].State != "parked" ||
		view.Aside[1].State != "no-show" || !reflect.DeepEqual(view.Aside[1].DueAt, at(due)) {
		t.Errorf("aside are %+v", view.Aside)
	}
	if view.Today != (wire.CounterToday{Served: 3, MeanServiceSeconds: 200}) {
		t.Errorf("today is %+v", view.Today)
	}
	other := shown[wire.CounterView](t, v, s, "counter:counter-2")
	if len(other.Aside) != 1 || other.Aside[0].ID != "v_000002" || other.Today != (wire.CounterToday{}) {
		t.Errorf("counter-2 shows %+v and %+v", other.Aside, other.Today)
	}
}

func TestABranchSaysWhatScreensNeedToKnow(t *testing.T) {
	v, s := testViews(t), crowd(0)
	v.dir.Staff = map[branch.StaffID]wire.Text{"li": {"zh-CN": "李经理"}, "wang": {"zh-CN": "王柜员"}}
	v.dir.Halls = []wire.BranchHall{{ID: "hall-1", Zone: "main"}}
	b := v.Branch(s)
	if b.TimeZone != "Asia/Shanghai" || b.AwayMinutes != 20 || b.RecallSeconds != 10 || b.Counters[0].Zone != "main" {
		t.Errorf("the branch is %+v", b)
	}
	if want := []wire.BranchStaff{{ID: "li", Name: wire.Text{"zh-CN": "李经理"}}, {ID: "wang", Name: wire.Text{"zh-CN": "王柜员"}}}; !reflect.DeepEqual(b.Staff, want) {
		t.Errorf("staff are %+v", b.Staff)
	}
	if want := []wire.BranchClass{{ID: "urgent", TargetSeconds: 60}, {ID: "caring", TargetSeconds: 900}, {ID: "ordinary", TargetSeconds: 1800}}; !reflect.DeepEqual(b.Classes, want) {
		t.Errorf("classes are %+v", b.Classes)
	}
	if !reflect.DeepEqual(b.Halls, v.dir.Halls) || !reflect.DeepEqual(b.CaringNeeds, []string{"wheelchair"}) {
		t.Errorf("halls are %+v, caring needs %v", b.Halls, b.CaringNeeds)
	}
}

// benchmarkView renders topics as after a commit.
func benchmarkView(b *testing.B, names ...string) {
	v, s := testViews(b), crowd(200)
	for b.Loop() {
		after := *s
		after.Now++
		s = &after
		for _, name := range names {
			topic, _ := ParseTopic(name)
			if _, err := v.View(s, topic); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkKioskViewWith200Waiting(b *testing.B) { benchmarkView(b, "kiosk:kiosk-1") }
func BenchmarkHallViewWith200Waiting(b *testing.B)  { benchmarkView(b, "hall:main") }
func BenchmarkTwoKiosksAndHallsWith200Waiting(b *testing.B) {
	benchmarkView(b, "kiosk:kiosk-1", "kiosk:kiosk-1", "hall:main", "hall:main")
}
func BenchmarkCounterViewWith200Waiting(b *testing.B)    { benchmarkView(b, "counter:counter-1") }
func BenchmarkSupervisorViewWith200Waiting(b *testing.B) { benchmarkView(b, "supervisor") }

func TestEveryStepOfAVisitMayChangeWhatAKioskPromises(t *testing.T) {
	for _, event := range samples(t) {
		family, _, _ := strings.Cut(event.EventType(), ".")
		one := []branch.Envelope{{Seq: 1, Event: event}}
		if family == "visit" && !Dirty(Topic{Kind: TopicKiosk, Of: "kiosk-1"}, one) {
			t.Errorf("%s leaves the kiosk clean", event.EventType())
		}
		if family == "slip" && Dirty(Topic{Kind: TopicKiosk, Of: "kiosk-1"}, one) {
			t.Errorf("%s is shown at the kiosk", event.EventType())
		}
	}
}
