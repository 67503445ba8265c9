package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
	"handrail/server/internal/views"
)

// TestWhateverHappensTheBoxStaysWhole sends what anybody may send at any time to
// all modules over the real log, with restarts, dead processes and new months.
func TestWhateverHappensTheBoxStaysWhole(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, rt)
		actions := w.actions()
		actions["restart"] = w.restart
		actions[""] = func(*rapid.T) { w.check() }
		rt.Repeat(actions)
		w.newMonth()
		w.verify()
		w.aloneFrom()
	})
}

// TestAViewIsShownAgainWheneverItHasChanged holds views.Dirty against the views
// themselves.
func TestAViewIsShownAgainWheneverItHasChanged(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, rt)
		actions := w.actions()
		actions[""] = func(*rapid.T) {
			shown := w.shown
			events := w.learn()
			for _, name := range w.names() {
				w.checkDirty(name, shown, events)
			}
		}
		rt.Repeat(actions)
	})
}

// checkDirty compares a view of then and of now, both as seen now.
func (w *world) checkDirty(name string, shown *setOf, events []branch.Envelope) {
	topic, _ := views.ParseTopic(name)
	if len(events) == 0 || views.Dirty(topic, events) {
		return
	}
	before, after := w.view(at(shown, w.clock.now()), name), w.view(at(w.shown, w.clock.now()), name)
	if before != after {
		w.t.Fatalf("%v left %s clean, but changed %s", events, name, difference(before, after))
	}
}

// learn takes up what happened since the last time and returns it.
func (w *world) learn() (events []branch.Envelope) {
	w.shown = w.set.Load()
	for _, env := range w.log(w.seen) {
		if env.Seq > w.shown.Seq {
			break
		}
		events = append(events, env)
		if env.Seq != w.seen+1 {
			w.t.Fatalf("event %d follows event %d", env.Seq, w.seen)
		}
		if _, jumped := env.Event.(branch.ClockJumped); env.At < w.at && !jumped {
			w.t.Fatalf("event %d is of %v, after %v", env.Seq, env.At.Time(), w.at.Time())
		}
		w.seen, w.at = env.Seq, env.At
		switch e := env.Event.(type) {
		case queue.VisitCreated:
			w.visits = append(w.visits, e.Visit)
			ticket := fmt.Sprint(e.Day, " ", e.Ticket)
			if w.tickets[ticket] {
				w.t.Fatalf("ticket %s is issued twice", ticket)
			}
			w.tickets[ticket] = true
		case queue.VisitCalled:
			w.calls = append(w.calls, e.Call)
		case paging.PageRaised:
			w.pages = append(w.pages, e.Page)
		case access.Granted:
			w.tokens = append(w.tokens, e.Token)
		}
	}
	if w.shown.Seq != w.seen {
		w.t.Fatalf("the read models are of %d, the log ends at %d", w.shown.Seq, w.seen)
	}
	return events
}

// check holds the read models against what must always be true.
func (w *world) check() {
	events := w.learn()
	w.checkPlaces(w.shown.Queue)
	w.checkPages(w.shown.Paging)
	w.checkAbilities(w.shown)
	for _, e := range of[queue.VisitNoShow](events) {
		if e.Look && !lookedFor(events, e.Visit) {
			w.t.Fatalf("nobody goes and looks for %s", e.Ticket)
		}
	}
}

// checkPlaces: each visit is in one place, each counter has one visit.
func (w *world) checkPlaces(m *queue.Model) {
	at := map[branch.VisitID]branch.CounterID{}
	for _, c := range m.Counters {
		if other, taken := at[c.Visit]; taken && c.Visit != "" {
			w.t.Fatalf("%s is at %s and at %s", c.Visit, other, c.ID)
		}
		at[c.Visit] = c.ID
		if v := m.ByID[c.Visit]; c.Visit != "" && (v == nil || v.Counter != c.ID || c.State != queue.CounterOpen) {
			w.t.Fatalf("%s, which is %s, has %+v", c.ID, c.State, v)
		}
	}
	for i, v := range m.Live {
		placed := v.State == queue.Called || v.State == queue.Serving
		if placed && at[v.ID] != v.Counter || !placed && at[v.ID] != "" || v.State.Ended() {
			w.t.Fatalf("%s is %s at %q and stands at %q", v.Ticket, v.State, v.Counter, at[v.ID])
		}
		if m.ByID[v.ID] != v || slices.ContainsFunc(m.Live[:i], func(u *queue.Visit) bool { return u.ID == v.ID }) {
			w.t.Fatalf("%s stands in the line twice", v.Ticket)
		}
		if timed := v.State == queue.AwayFor || v.State == queue.Parked || v.State == queue.NoShowed; timed == v.Due.IsZero() {
			w.t.Fatalf("%s is %s and due at %v", v.Ticket, v.State, v.Due)
		}
	}
	if len(m.ByID) != len(m.Live) {
		w.t.Fatalf("%d visits are known, %d stand in the line", len(m.ByID), len(m.Live))
	}
}

// checkPages: whoever calls for help has a due time, and no step was missed.
func (w *world) checkPages(m *paging.Model) {
	// A box that has just started waits a little for the pagers to connect.
	patient := w.clock.Monotonic() < 10*time.Second
	for _, p := range m.Pages {
		coming := p.Status == paging.Open || p.Status == paging.Accepted
		if coming && p.DueAt.IsZero() {
			w.t.Fatalf("the page for %s is %s and never due", p.Reason, p.Status)
		}
		if coming && !patient && p.DueAt < w.clock.now() {
			w.t.Fatalf("the page for %s is due since %v", p.Reason, w.clock.now().Sub(p.DueAt))
		}
		if m.ByID[p.ID] != p {
			w.t.Fatalf("the page %s is not found", p.ID)
		}
	}
}

// checkAbilities: a counter lacks what its broken devices gave, and nothing else
// but what this test took away.
func (w *world) checkAbilities(set *setOf) {
	for _, d := range set.Equipment.Devices {
		for _, ability := range d.Spec.Gives {
			lost := slices.ContainsFunc(set.Queue.Counters, func(c *queue.Counter) bool {
				return branch.PlaceID(c.ID) == d.Spec.Place && slices.Contains(c.Lost, queue.LostAbility{Ability: ability, Device: d.ID})
			})
			if lost == d.Health.Works() && d.Health != equipment.Unknown {
				w.t.Fatalf("%s is %s, and %s is lost: %t", d.ID, d.Health, ability, lost)
			}
		}
	}
}

// lookedFor reports whether somebody is asked to go and look for a visit.
func lookedFor(events []branch.Envelope, visit branch.VisitID) bool {
	raised := func(e paging.PageRaised) bool { return e.Visit == visit && e.Reason == branch.ReasonGoAndLook }
	return slices.ContainsFunc(of[paging.PageRaised](events), raised) || len(of[paging.PageRepeated](events)) > 0
}

// restart ends the box politely or as a kill does, and opens it again: at once,
// or after a while.
func (w *world) restart(t *rapid.T) {
	if rapid.IntRange(0, 2).Draw(t, "seldom") > 0 {
		return
	}
	w.look()
	before := w.everything(w.box)
	w.verify()
	if rapid.Bool().Draw(t, "killed") {
		w.die()
	} else {
		w.shut()
	}
	down := time.Duration(rapid.SampledFrom([]int{0, 0, 1, 30, -3}).Draw(t, "hours")) * time.Hour
	w.open(w.clock.after(down))
	if after := w.everything(w.box); down == 0 && after != before {
		t.Fatalf("the restart changed %s", difference(before, after))
	}
	w.look()
}

// difference tells the first line in which two texts differ.
func difference(before, after string) string {
	was, is := strings.Split(before, "\n"), strings.Split(after, "\n")
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			return was[i] + "\ninto " + is[i]
		}
	}
	return "how many lines there are"
}

// newMonth makes sure that there are two files, the last of which has not much
// in it.
func (w *world) newMonth() {
	for len(w.store.Files()) < 2 {
		w.leap(7 * 24 * time.Hour)
		w.must(kiosk(), paging.Raise{Reason: branch.ReasonHelp})
	}
	w.check()
}

// aloneFrom opens a copy of the folder in which only the last file is left.
func (w *world) aloneFrom() {
	w.look()
	shown, files := w.everything(w.box), w.store.Files()
	w.die()
	copied := folder(w.outer)
	for _, name := range []string{"state.db", "visit.key", "session.key", files[len(files)-1].Name} {
		w.copyFile(copied, name)
	}
	w.open(w.clock.after(0))
	last := quiet(w.t, copied, w.clock.after(0), setup{})
	defer last.shut()
	if first, _ := last.store.Bounds(); first != files[len(files)-1].First {
		w.t.Fatalf("the copy begins with event %d", first)
	}
	if alone := w.everything(last); alone != shown {
		w.t.Fatalf("without the older files the box changes %s", difference(shown, alone))
	}
	last.verify()
}

func (w *world) copyFile(to, name string) {
	data, err := os.ReadFile(filepath.Join(w.dir, name))
	if err == nil {
		err = os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(to, name), data, 0o600)
	}
	if err != nil {
		w.t.Fatalf("%v", err)
	}
}
