package paging_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"handrail/server/internal/branch"
	"handrail/server/internal/paging"
)

// world is the module beside the reference model, in the same history.
type world struct {
	*box
	ref *refWorld
	// shown is a read model published on the way, with what it said then.
	shown     *paging.Model
	shownThen []byte
}

// cast are the actors of the history.
var cast = []branch.Actor{li, wang, zhao, sun, kiosk1, kiosk2, boss, phone,
	{Role: branch.RoleVisit, Visit: "v_2"}, {Role: branch.RolePager, Token: "t_nobody"}}

func refOf(by branch.Actor) refActor {
	return refActor{string(by.Role), string(by.Place), string(by.Staff), string(by.Visit)}
}

// TestPagesLiveAsTheTableSays lets a random day happen to the module and to the
// reference model, restarts and clock jumps included, and compares them after
// every step.
func TestPagesLiveAsTheTableSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBox(t)
		w := &world{box: b, ref: newWorld(int64(b.now))}
		t.Repeat(map[string]func(*rapid.T){
			"":          w.check,
			"raise":     w.raiseSome,
			"answer":    w.answerSome,
			"accept":    func(t *rapid.T) { w.answerOne(t, "accept") },
			"receive":   w.receiveSome,
			"duty":      w.dutySome,
			"socket":    w.socketSome,
			"wait":      w.waitSome,
			"downtime":  w.restartSome,
			"restore":   func(*rapid.T) { w.reload() },
			"jump":      w.jumpSome,
			"day":       w.closeDay,
			"configure": func(*rapid.T) { w.configure(testPolicy()) },
		})
		w.checkReplay(t)
	})
}

func (w *world) agree(t *rapid.T, cmd branch.Command, err error, want string) {
	if got := string(branch.CodeOf(err)); got != want {
		t.Fatalf("%s %+v: refused as %q, want %q", cmd.CommandName(), cmd, got, want)
	}
}

func (w *world) raiseSome(t *rapid.T) {
	by := rapid.SampledFrom(cast).Draw(t, "by")
	reason := rapid.SampledFrom([]branch.Reason{"help", "water", "sign-language", "fall", "duress"}).Draw(t, "reason")
	place := rapid.SampledFrom([]branch.PlaceID{"", "", "kiosk-1", "kiosk-2"}).Draw(t, "place")
	visit := rapid.SampledFrom([]branch.VisitID{"", "", "v_1", "v_2"}).Draw(t, "visit")
	session := rapid.SampledFrom([]string{"", "s1", "s2"}).Draw(t, "session")
	cmd := paging.Raise{Reason: reason, Place: place, Visit: visit, Session: session}
	events, err := w.try(by, cmd)
	refusal, p := w.ref.raise(refOf(by), string(reason), string(place), string(visit), session)
	w.agree(t, cmd, err, refusal)
	if err != nil {
		return
	}
	answer := events[0].(branch.Answering).Answer()
	if answer.Created != (p.id == "") || p.id != "" && p.id != string(answer.Page) {
		t.Fatalf("answered %+v, want the page %q", answer, p.id)
	}
	p.id = string(answer.Page)
}

// somePage draws a page, with luck one that goes on.
func (w *world) somePage(t *rapid.T) *refPage {
	if len(w.ref.pages) == 0 {
		t.Skip("no page") // rapid then draws another action: this one has nothing to act on
	}
	return rapid.SampledFrom(w.ref.pages).Draw(t, "page")
}

func (w *world) answerSome(t *rapid.T) {
	w.answerOne(t, rapid.SampledFrom([]string{"reject", "arrive", "close", "cancel"}).Draw(t, "verb"))
}

func (w *world) answerOne(t *rapid.T, name string) {
	p := w.somePage(t)
	by := rapid.SampledFrom(cast).Draw(t, "by")
	decide := map[string]func(refActor, *refPage) string{"accept": w.ref.accept, "reject": w.ref.reject,
		"arrive": w.ref.arrive, "close": w.ref.close, "cancel": w.ref.cancel}[name]
	cmd := verb(name, branch.PageID(p.id))
	_, err := w.try(by, cmd)
	w.agree(t, cmd, err, decide(refOf(by), p))
}

func (w *world) receiveSome(t *rapid.T) {
	p := w.somePage(t)
	by := rapid.SampledFrom(cast).Draw(t, "by")
	cmd := paging.Receive{Page: branch.PageID(p.id), Step: rapid.IntRange(p.step-1, p.step+1).Draw(t, "step")}
	_, err := w.try(by, cmd)
	w.agree(t, cmd, err, w.ref.receive(refOf(by), p, cmd.Step))
}

func (w *world) dutySome(t *rapid.T) {
	by := rapid.SampledFrom([]branch.Actor{li, wang, zhao, sun}).Draw(t, "by")
	if rapid.Bool().Draw(t, "on") {
		skill := rapid.SampledFrom([]branch.Ability{"", "sign-language", "dialect"}).Draw(t, "skill")
		cmd := paging.DutyOn{}
		if skill != "" {
			cmd.Abilities = []branch.Ability{skill}
		}
		w.do(by, cmd)
		w.ref.comeOn(string(by.Staff), string(skill))
		return
	}
	w.do(by, paging.DutyOff{})
	if _, on := w.ref.duty[string(by.Staff)]; on {
		w.ref.goOff(string(by.Staff))
		for _, p := range w.ref.pages {
			w.ref.moveOn(p)
		}
	}
}

func (w *world) socketSome(t *rapid.T) {
	id := rapid.SampledFrom([]branch.StaffID{"li", "wang", "zhao", "sun"}).Draw(t, "who")
	if rapid.Bool().Draw(t, "connect") {
		w.do(branch.Box(), paging.Connect{Staff: id})
		w.ref.online[string(id)] = true
		return
	}
	w.do(branch.Box(), paging.Leave{Staff: id})
	delete(w.ref.online, string(id))
}

func (w *world) waitSome(t *rapid.T) {
	d := rapid.Int64Range(0, 200_000).Draw(t, "ms")
	end := w.ref.now + d
	for at := w.ref.next(); at != 0 && at <= end; at = w.ref.next() {
		w.ref.now = max(w.ref.now, at)
		w.ref.tick()
	}
	w.ref.now = end
	w.pass(time.Duration(d) * time.Millisecond)
}

func (w *world) restartSome(t *rapid.T) {
	down := rapid.Int64Range(1, 3_600_000).Draw(t, "ms")
	w.restart(time.Duration(down) * time.Millisecond)
	w.ref.now += down
	w.ref.started = w.ref.now
	w.ref.online = map[string]bool{}
}

// reload is what the engine does after a commit that failed for want of space:
// the state is read back, and the process has not decided anything yet.
func (w *world) reload() {
	w.m = w.restored()
	w.ref.started = 0
}

func (w *world) jumpSome(t *rapid.T) {
	delta := rapid.Int64Range(-3_600_000, 3_600_000).Draw(t, "ms")
	w.now += branch.Instant(delta)
	w.apply(branch.Box(), branch.ClockJumped{DeltaMillis: delta})
	w.ref.jump(delta)
}

func (w *world) closeDay(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "rarely") == 0 {
		w.apply(boss, foreign("day.closed"))
		w.ref.dayOver()
	}
}

// check compares the whole state with the reference and looks at what must
// always be so.
func (w *world) check(t *rapid.T) {
	if got, want := int64(w.m.NextWake()), w.ref.next(); got != want {
		t.Fatalf("the next wake is at %d, want %d", got, want)
	}
	for _, p := range w.ref.pages {
		got, ok := w.m.Page(branch.PageID(p.id))
		if !ok {
			t.Fatalf("page %s is lost", p.id)
		}
		if a, b := flatten(got), flattenRef(p); a != b {
			t.Fatalf("the page is\n\t%s\nwant\n\t%s", a, b)
		}
		checkPage(t, got)
	}
	w.checkModel(t)
}

func checkPage(t *rapid.T, p *paging.Page) {
	waiting := p.Status == paging.Open || p.Status == paging.Accepted
	switch {
	case waiting && p.DueAt.IsZero():
		t.Fatalf("page %s is %s and has no due time", p.ID, p.Status)
	case p.Status.Ended() && !p.DueAt.IsZero():
		t.Fatalf("page %s is %s and due", p.ID, p.Status)
	case p.Alarm && p.Status != paging.Open:
		t.Fatalf("page %s is %s and sounds an alarm", p.ID, p.Status)
	case p.Status == paging.Accepted && p.AcceptedBy == "":
		t.Fatalf("page %s is accepted by nobody", p.ID)
	case p.Level < 0 || p.Level >= len(p.Plan.Levels) || p.Loop >= p.Plan.Loops:
		t.Fatalf("page %s is at level %d, loop %d", p.ID, p.Level, p.Loop)
	case len(p.Steps) == 0 || len(p.Steps) > 200:
		t.Fatalf("page %s has a story of %d lines", p.ID, len(p.Steps))
	}
}

func (w *world) checkModel(t *rapid.T) {
	m := w.m.Model()
	if !slices.IsSortedFunc(m.Pages, func(a, b *paging.Page) int { return int(a.RaisedAt - b.RaisedAt) }) &&
		!w.jumped() {
		t.Fatalf("the pages are not in the order in which they were raised")
	}
	for _, p := range m.Pages {
		if p.Status.Ended() || m.ByID[p.ID] != p {
			t.Fatalf("page %s stands wrongly among the pages that go on", p.ID)
		}
	}
	for _, d := range m.Duty {
		if d.Connected != w.ref.online[string(d.Staff)] {
			t.Fatalf("%s is said to be connected %t", d.Staff, d.Connected)
		}
	}
	if len(m.Duty) != len(w.ref.duty) {
		t.Fatalf("%d people on duty, want %d", len(m.Duty), len(w.ref.duty))
	}
	if w.shown != nil {
		if now, _ := json.Marshal(w.shown); string(now) != string(w.shownThen) {
			t.Fatalf("a published read model changed")
		}
	}
	if len(w.log)%7 == 0 {
		w.shown = m
		w.shownThen, _ = json.Marshal(m)
	}
}

// jumped reports whether the clock ever went back.
func (w *world) jumped() bool {
	return slices.ContainsFunc(w.log, func(e branch.Envelope) bool { _, ok := e.Event.(branch.ClockJumped); return ok })
}

// checkReplay applies the stored log to an empty module: the same state, to the
// byte.
func (w *world) checkReplay(t *rapid.T) {
	m := paging.New()
	for _, env := range w.log {
		env.Event = stored(t, m, env.Event)
		m.Apply(env)
	}
	if got, want := snapshotOf(t, m), w.snapshot(); got != want {
		t.Fatalf("the log gives\n\t%s\nwant\n\t%s", got, want)
	}
}

// stored sends an event of the module through its stored form.
func stored(t *rapid.T, m *paging.Module, e branch.Event) branch.Event {
	if !slices.Contains(m.Events(), e.EventType()) {
		return e
	}
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	back, err := m.Decode(e.EventType(), e.Version(), data)
	if err != nil {
		t.Fatal(err)
	}
	if reflect.TypeOf(back) != reflect.TypeOf(e) {
		t.Fatalf("%T is read back as %T", e, back)
	}
	return back
}

func flatten(p *paging.Page) string {
	set := func(list []branch.StaffID) []string {
		words := []string{}
		for _, id := range list {
			words = append(words, string(id))
		}
		slices.Sort(words)
		return words
	}
	return fmt.Sprintf("%s %s at %q for %q in %q: %s level %d loop %d count %d step %d alarm %t first %t due %d by %q told %v has %v out %v",
		p.ID, p.Reason, p.Place, p.Visit, p.Session, p.Status, p.Level, p.Loop, p.Count, p.Step, p.Alarm, p.First,
		p.DueAt, p.AcceptedBy, set(p.Notified), set(p.Received), set(p.Rejected))
}

func flattenRef(p *refPage) string {
	return fmt.Sprintf("%s %s at %q for %q in %q: %s level %d loop %d count %d step %d alarm %t first %t due %d by %q told %v has %v out %v",
		p.id, p.reason, p.place, p.visit, p.session, p.status, p.level, p.loop, p.count, p.step, p.alarm, p.first,
		p.due, p.acceptedBy, sorted(p.told), sorted(p.has), sorted(p.out))
}
