package hub

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/wire"
)

func TestOpeningShowsTheViewThenLive(t *testing.T) {
	s := serve(t, Options{})
	s.commit("hall:main")
	s.connect(t, Client{Topics: []string{"hall:main"}}).wants("view hall:main 1 @1", "live false @1")
}

func TestOpeningWithoutTopicsIsLiveAtOnce(t *testing.T) {
	s := serve(t, Options{})
	s.commit("hall:main")
	s.connect(t, Client{}).wants("live false @1")
}

func TestEachCommitIsOneEventsFrameAndThenTheView(t *testing.T) {
	s := serve(t, Options{})
	a := s.connect(t, Client{Topics: []string{"a"}})
	a.wants("view a 0 @0", "live false @0")
	s.commit("a")
	a.wants("events a 1 @1", "view a 1 @1")
	s.commit("a", "b", "a")
	a.wants("events a 2,4 @4", "view a 4 @4")
	s.commit("b")
	s.commit("a")
	a.wants("events a 6 @6", "view a 6 @6")
}

func TestAViewFollowsEventsEvenWhenItIsTheSame(t *testing.T) {
	s := serve(t, Options{})
	a := s.connect(t, Client{Topics: []string{"a"}})
	a.wants("view a 0 @0", "live false @0")
	s.hub.Publish(Update{
		Last:   s.Published(),
		Events: func(string) []wire.Event { return nil },
		Dirty:  func(string) bool { return true },
	})
	s.box.mu.Lock()
	s.box.seq = 2
	s.box.mu.Unlock()
	s.hub.Publish(Update{Last: 1, Dirty: func(string) bool { return true }})
	s.hub.Publish(Update{Last: 2, Events: func(topic string) []wire.Event {
		return eventsOf([]fact{{seq: 2, topic: "a"}}, topic)
	}})
	a.wants("events a 2 @2", "view a 0 @2")
}

func TestATopicThatDoesNotExistIsNotAllowed(t *testing.T) {
	s := serve(t, Options{})
	for range 2 {
		s.connect(t, Client{Topics: []string{"no:where"}}).wantsClose(wire.CloseNotAllowed)
	}
	s.connect(t, Client{Topics: []string{"a", "a"}}).wants("view a 0 @0", "live false @0")
}

func TestResumingReplaysWhatWasMissedThenViewThenLive(t *testing.T) {
	s := serve(t, Options{})
	for range 5 {
		s.commit("a")
	}
	a := s.connect(t, Client{Topics: []string{"a"}, After: "log.1"})
	a.wants("events a 2,3,4 replay @4", "events a 5 replay @5", "view a 5 @5", "live false @5")
	s.commit("a")
	a.wants("events a 6 @6", "view a 6 @6")
}

func TestResumingWithNothingMissedIsLiveWithoutReset(t *testing.T) {
	s := serve(t, Options{})
	s.commit("a")
	s.connect(t, Client{Topics: []string{"a"}, After: "log.1"}).wants("view a 1 @1", "live false @1")
}

func TestACursorThatCannotBeUsedIsReset(t *testing.T) {
	s := serve(t, Options{})
	for range 5 {
		s.commit("a")
	}
	s.box.mu.Lock()
	s.kept = 2
	s.box.mu.Unlock()
	for name, cursor := range map[string]string{
		"without a dot": "log3", "only a dot": ".", "no number": "log.", "not a number": "log.x", "negative": "log.-1",
		"with a plus": "log.+3", "with leading zeros": "log.03", "with spaces": "log. 3", "hexadecimal": "log.0x3",
		"beyond 64 bits": "log.99999999999999999999", "of another log": "gol.3", "of no log": ".3",
		"in the future": "log.6", "older than what is kept": "log.1", "very long": strings.Repeat("log.3", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			s.connect(t, Client{Topics: []string{"a"}, After: cursor}).wants("view a 5 @5", "live true @5")
		})
	}
	t.Run("a good one is not", func(t *testing.T) {
		s.connect(t, Client{Topics: []string{"a"}, After: "log.4"}).wants("events a 5 replay @5", "view a 5 @5", "live false @5")
	})
}

func TestOnlySomeRolesMayReplayMoreThanTheWindow(t *testing.T) {
	s := serve(t, Options{})
	s.commit("a")
	s.commit("a")
	s.box.mu.Lock()
	s.facts[1].at = time.Now().Add(-2 * time.Hour)
	s.box.mu.Unlock()
	hall := Client{Topics: []string{"a"}, After: "log.1", Window: time.Hour}
	s.connect(t, hall).wants("view a 2 @2", "live true @2")
	hall.Window = 0
	s.connect(t, hall).wants("events a 2 replay @2", "view a 2 @2", "live false @2")
}

func TestACursorPromisesEveryTopicOfTheSocket(t *testing.T) {
	s := serve(t, Options{})
	both := s.connect(t, Client{Topics: []string{"a", "b"}})
	for range 3 {
		both.next()
	}
	s.commit("a", "b")
	var events, views []anyFrame
	for range 4 {
		switch f := both.next(); f.Type {
		case wire.TypeEvents:
			events = append(events, f)
		case wire.TypeView:
			views = append(views, f)
		}
	}
	if events[0].seq() != 0 || events[1].seq() != 2 {
		t.Errorf("the first frame of the commit has cursor %d, the last %d: want 0 and 2", events[0].seq(), events[1].seq())
	}
	if views[0].seq() != 2 || views[1].seq() != 2 {
		t.Errorf("the views have the cursors %d and %d, want 2", views[0].seq(), views[1].seq())
	}

	resumed := s.connect(t, Client{Topics: []string{"a", "b"}, After: "log.0"})
	resumed.wants("events a 1 replay @0", "events b 2 replay @2", "view a 1 @2", "view b 2 @2", "live false @2")
}

// A commit may be published while its view is being rendered: the view is then
// of a later commit than the events sent.
func TestAViewWaitsForTheEventsUpToIt(t *testing.T) {
	s := serve(t, Options{})
	a := s.connect(t, Client{Topics: []string{"a"}})
	a.wants("view a 0 @0", "live false @0")

	s.box.mu.Lock()
	s.facts = []fact{{seq: 1, topic: "a"}, {seq: 2, topic: "a"}}
	s.seq = 2 // both are published, but the hub is told of the first only
	s.box.mu.Unlock()
	dirty := func(string) bool { return true }
	one := func(topic string) []wire.Event { return eventsOf([]fact{{seq: 1, topic: "a"}}, topic) }
	two := func(topic string) []wire.Event { return eventsOf([]fact{{seq: 2, topic: "a"}}, topic) }
	s.hub.Publish(Update{Last: 1, Events: one, Dirty: dirty})
	a.wants("events a 1 @1")
	s.hub.Publish(Update{Last: 2, Events: two, Dirty: dirty})
	a.wants("events a 2 @2", "view a 2 @2")
}

func TestAnExpensiveViewIsRenderedRarelyAndItsLastStateIsShown(t *testing.T) {
	s := serve(t, Options{Slowest: 100 * time.Millisecond})
	s.slowView = 10 * time.Millisecond
	a := s.connect(t, Client{Topics: []string{"a"}})
	a.wants("view a 0 @0", "live false @0")
	begun := time.Now()
	events, shown := 0, uint64(0)
	take := func() {
		f := a.next()
		events += len(f.Events)
		shown = max(shown, f.View.Last)
	}
	const commits = 100
	for n := range commits {
		for s.commit("a"); events <= n; {
			take()
		}
	}
	for shown < commits {
		take()
	}
	if events != commits {
		t.Errorf("%d events, want %d", events, commits)
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if most := 3 + int(time.Since(begun)/(100*time.Millisecond)); s.rendered["a"] > most {
		t.Errorf("rendered %d times, want at most %d", s.rendered["a"], most)
	}
}

func TestBigCommitsAreGatheredAndSingleEventsAreNot(t *testing.T) {
	var in inbox
	in.init(5 * time.Millisecond)
	now := time.Unix(0, 0)
	for _, c := range []struct {
		last uint64
		want time.Duration
	}{{1, 0}, {2, 0}, {4, gatherPerEvent}, {5, 0}, {16, 10 * gatherPerEvent}, {1000, 5 * time.Millisecond}} {
		now = now.Add(time.Second)
		in.publish(Update{Last: c.last}, now)
		if got := in.later().Sub(now).Round(time.Microsecond); got != c.want {
			t.Errorf("after a commit up to %d: gathered for %v, want %v", c.last, got, c.want)
		}
		if c.want > 0 && len(in.takeUpdates(now)) > 0 {
			t.Errorf("updates were taken before they were due")
		}
		if got := len(in.takeUpdates(now.Add(c.want + time.Microsecond))); got != 1 {
			t.Errorf("%d updates when due, want 1", got)
		}
	}
}

func TestManySmallCommitsAreLoadToo(t *testing.T) {
	for _, c := range []struct {
		perSecond int
		low, high time.Duration
	}{
		{100, 0, 0}, {200, 0, 0},
		{1000, 300 * time.Microsecond, 600 * time.Microsecond},
		{5000, 2 * time.Millisecond, 3 * time.Millisecond},
		{20_000, 5 * time.Millisecond, 5 * time.Millisecond},
	} {
		var in inbox
		in.init(5 * time.Millisecond)
		now := time.Unix(0, 0)
		for i := range c.perSecond {
			now = now.Add(time.Second / time.Duration(c.perSecond))
			in.publish(Update{Last: uint64(i + 1)}, now)
		}
		if in.window < c.low || in.window > c.high {
			t.Errorf("at %d commits a second they are gathered for %v", c.perSecond, in.window)
		}
	}
}

func TestAViewFrameIsWhatTheContractSays(t *testing.T) {
	view := json.RawMessage(`{"calls":["<b>"]}`)
	got := viewFrame(`hall:"main"`, "k.1", view)
	want, err := json.Marshal(wire.ViewFrame{Type: wire.TypeView, Topic: `hall:"main"`, Cursor: "k.1", View: view})
	if err != nil {
		t.Fatal(err)
	}
	var a, b wire.ViewFrame
	if json.Unmarshal(got.text, &a) != nil || json.Unmarshal(want, &b) != nil {
		t.Fatal("not JSON")
	}
	if a.Topic != b.Topic || a.Cursor != b.Cursor || a.Type != b.Type || !slices.Equal(a.View, view) {
		t.Errorf("got %s, want %s", got.text, want)
	}
}
