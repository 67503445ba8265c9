package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
)

// forgetful is a log that saves no snapshot once its process is dead.
type forgetful struct {
	engine.Log
	dead atomic.Bool
}

func (f *forgetful) SaveSnapshot(seq uint64, data []byte) error {
	if f.dead.Load() {
		return nil
	}
	return f.Log.SaveSnapshot(seq, data)
}

// world is a box to which anything may happen, and what is remembered of it.
type world struct {
	*box
	t      *rapid.T
	outer  *testing.T
	setup  setup
	dir    string
	memory *forgetful
	// What was made so far; commands name the latest of them, or what does not
	// exist.
	visits []branch.VisitID
	pages  []branch.PageID
	calls  []branch.CallID
	tokens []branch.TokenID
	sent   []branch.Request
	// seen is the last event looked at, shown the read models of then.
	seen    uint64
	at      branch.Instant
	shown   *setOf
	tickets map[string]bool
}

// newWorld opens a new box, whose day ends in one of the two ways.
func newWorld(outer *testing.T, t *rapid.T) *world {
	w := &world{t: t, outer: outer, dir: folder(outer), tickets: map[string]bool{}}
	if rapid.Bool().Draw(t, "carry over") {
		w.setup.yaml = carryOver().yaml
	}
	w.open(clockAt(t, "2026-11-28 09:00"))
	t.Cleanup(func() {
		if err := w.stop(); err != nil {
			t.Errorf("the box ends with %v", err)
		}
	})
	w.opened("counter-1", "counter-4")
	w.onDuty("li")
	w.learn()
	return w
}

func (w *world) open(c *clock) {
	w.setup.log = func(log engine.Log) engine.Log {
		w.memory = &forgetful{Log: log}
		return w.memory
	}
	w.box = quiet(w.t, w.dir, c, w.setup)
}

// actions are what may happen.
func (w *world) actions() map[string]func(*rapid.T) {
	actions := map[string]func(*rapid.T){
		"repeat": w.repeat, "time": w.time, "jump": w.jumpSome, "leap": w.leapSome,
	}
	for _, some := range []struct {
		name string
		as   branch.Actor
		make func() branch.Command
	}{
		{"create", kiosk(), w.create}, {"create more", kiosk(), w.create}, {"visit", kiosk(), w.visit}, {"visit more", kiosk(), w.visit},
		{"counter", supervisor(), w.counter}, {"counter more", supervisor(), w.counter}, {"open", supervisor(), w.openDesk},
		{"serve", supervisor(), w.serve}, {"serve more", supervisor(), w.serve}, {"serve yet more", supervisor(), w.serve},
		{"page", kiosk(), w.page}, {"page more", kiosk(), w.page}, {"answer", pager("li"), w.answer}, {"answer more", pager("wang"), w.answer},
		{"supervise", supervisor(), w.answer}, {"duty", pager("li"), w.duty}, {"duty more", pager("lobby"), w.duty},
		{"health", branch.Box(), w.health}, {"health more", branch.Box(), w.health}, {"work", branch.Box(), w.work}, {"access", branch.Actor{Role: branch.RoleIT}, w.access},
		{"day", supervisor(), w.day},
	} {
		actions[some.name] = func(*rapid.T) { w.send(some.as, some.make()) }
	}
	return actions
}

// pick draws one of a list.
func pick[E any](w *world, what string, list ...E) E { return rapid.SampledFrom(list).Draw(w.t, what) }

// recent draws one of the latest of a list, and seldom one that does not exist.
func recent[E ~string](w *world, what string, list []E) E {
	list = append(list[max(0, len(list)-8):len(list):len(list)], "x_1")
	return list[len(list)-1-rapid.IntRange(1, len(list)).Draw(w.t, what)%len(list)]
}

// send has the box decide a command of whoever it is for, or of somebody else,
// who may not be entitled to it.
func (w *world) send(by branch.Actor, cmd branch.Command) {
	if rapid.IntRange(0, 3).Draw(w.t, "by another") == 3 {
		by = pick(w, "by", kiosk(), branch.Actor{Role: branch.RoleKiosk, Place: "kiosk-2"}, counter("counter-1"), counter("counter-4"),
			pager("li"), pager("wang"), supervisor(), branch.Actor{Role: branch.RoleIT}, branch.Box(),
			branch.Actor{Role: branch.RoleHall, Place: "hall-1"}, branch.Actor{Role: branch.RoleVisit, Visit: recent(w, "own", w.visits)})
	}
	if by.Role == branch.RoleCounter {
		by.Staff = reads{w.App}.StaffOf(branch.CounterID(by.Place))
	}
	request := branch.Request{By: by, Command: cmd}
	if rapid.Bool().Draw(w.t, "with an id") {
		request.ID = branch.CommandID(fmt.Sprintf("command-%012d", len(w.sent)))
		w.sent = append(w.sent, request)
	}
	w.request(request)
}

// request sends a request; a refusal has one of the contract's codes.
func (w *world) request(request branch.Request) engine.Result {
	before := w.set.Load().Seq
	result, err := w.engine.Do(w.outer.Context(), request)
	switch code := branch.CodeOf(err); {
	case err != nil && code == "":
		w.t.Fatalf("%s: %v", request.Command.CommandName(), err)
	case err != nil && len(result.Events) > 0, result.Seq > w.set.Load().Seq, before > w.set.Load().Seq:
		w.t.Fatalf("%s: %v and %+v at %d", request.Command.CommandName(), err, result, w.set.Load().Seq)
	}
	return result
}

// repeat sends a request again, or its id with another body.
func (w *world) repeat(t *rapid.T) {
	if len(w.sent) == 0 {
		return
	}
	request := w.sent[rapid.IntRange(0, len(w.sent)-1).Draw(t, "which")]
	if rapid.Bool().Draw(t, "another body") {
		request.Command = queue.Create{Service: "loans", Language: branch.English}
	}
	first, again := w.request(request), w.request(request)
	if len(first.Events) > 0 && (!again.Repeated || len(again.Events) > 0 || again.Answer.Ticket != first.Answer.Ticket) {
		t.Fatalf("%s is answered %+v, and again %+v", request.Command.CommandName(), first, again)
	}
}

func (w *world) create() branch.Command {
	needs := []branch.Need{pick(w, "need", branch.Hearing, branch.ReadAloud, branch.Wheelchair, branch.Escort, branch.SignLanguage,
		branch.LargePrint, "levitation")}
	return queue.Create{
		Service:  pick[branch.ServiceID](w, "service", "cash", "personal", "loans", "pension", "cash", "astrology"),
		Needs:    needs[:rapid.IntRange(0, 1).Draw(w.t, "needs")],
		Language: pick(w, "language", branch.Chinese, branch.English, "tlh"),
		Class:    pick(w, "class", "", "", branch.Caring, branch.Urgent, "royal"),
	}
}

func (w *world) visit() branch.Command {
	v := recent(w, "visit", w.visits)
	return pick[branch.Command](w, "verb", queue.Away{Visit: v}, queue.Back{Visit: v}, queue.Cancel{Visit: v},
		queue.Return{Visit: v, Position: pick(w, "position", queue.First, queue.Last, "middle")},
		queue.Call{Counter: w.desk(), Visit: v, Why: pick(w, "why", "", "she fell")})
}

// serve is about a visit at a counter, if there is one.
func (w *world) serve() branch.Command {
	v := recent(w, "visit", w.visits)
	for _, c := range w.set.Load().Queue.Counters {
		if c.Visit != "" && rapid.IntRange(0, 3).Draw(w.t, "another one") < 3 {
			v = c.Visit
		}
	}
	return pick[branch.Command](w, "verb", queue.Confirm{Visit: v}, queue.Confirm{Visit: v}, queue.NoShow{Visit: v}, queue.Recall{Visit: v},
		queue.Finish{Visit: v, Next: pick[branch.ServiceID](w, "next", "", "", "cards", "astrology")},
		queue.Park{Visit: v, Minutes: rapid.IntRange(0, 60).Draw(w.t, "minutes")},
		queue.Transfer{Visit: v, Service: pick[branch.ServiceID](w, "to", "", "loans"), Counter: pick[branch.CounterID](w, "at", "", "counter-3"),
			KeepPlace: rapid.Bool().Draw(w.t, "keep")})
}

func (w *world) desk() branch.CounterID {
	return pick[branch.CounterID](w, "counter", "counter-1", "counter-2", "counter-3", "counter-4", "counter-9")
}

func (w *world) counter() branch.Command {
	c := w.desk()
	return pick[branch.Command](w, "verb", queue.CallNext{Counter: c}, queue.CallNext{Counter: c}, queue.CallNext{Counter: c},
		queue.PauseCounter{Counter: c}, queue.CloseCounter{Counter: c})
}

func (w *world) openDesk() branch.Command {
	return queue.OpenCounter{Counter: w.desk(), Staff: pick[branch.StaffID](w, "staff", "", "", "wang", "ghost")}
}

func (w *world) page() branch.Command {
	return paging.Raise{
		Reason:  pick(w, "reason", branch.ReasonHelp, branch.ReasonWater, branch.ReasonSignLanguage, branch.ReasonFall, branch.ReasonDuress, "boredom"),
		Place:   pick[branch.PlaceID](w, "place", "", "", "kiosk-1", "counter-4", "moon"),
		Visit:   pick(w, "visit", "", "", recent(w, "whose", w.visits)),
		Session: pick(w, "session", "", "s1", "s2"),
	}
}

func (w *world) answer() branch.Command {
	p := recent(w, "page", w.pages)
	return pick[branch.Command](w, "verb", paging.Accept{Page: p}, paging.Accept{Page: p}, paging.Reject{Page: p}, paging.Arrive{Page: p},
		paging.Close{Page: p, Outcome: pick(w, "outcome", paging.OutcomeHelped, "vanished")}, paging.Cancel{Page: p},
		paging.Receive{Page: p, Step: rapid.IntRange(0, 4).Draw(w.t, "step")})
}

func (w *world) duty() branch.Command {
	who := pick[branch.StaffID](w, "who", "li", "wang", "lobby", "ghost")
	return pick[branch.Command](w, "verb", paging.DutyOn{}, paging.DutyOn{Abilities: []branch.Ability{"dialect"}}, paging.DutyOff{},
		paging.Connect{Staff: who}, paging.Leave{Staff: who})
}

func (w *world) health() branch.Command {
	return equipment.ReportHealth{
		Device: pick[branch.DeviceID](w, "device", "printer-1", "loop-4", "loop-4", "focuser-4", "toaster"),
		Health: pick(w, "health", equipment.Healthy, equipment.Failed, equipment.Offline, equipment.Degraded, "tired"),
	}
}

// work is what devices and screens report of what they had to do.
func (w *world) work() branch.Command {
	v, c := recent(w, "visit", w.visits), recent(w, "call", w.calls)
	return pick[branch.Command](w, "report", equipment.PrintedSlip{Visit: v, Device: "printer-1"},
		equipment.FailSlip{Visit: v, Device: "printer-1", Why: "paper-out"},
		equipment.Announced{Call: c}, equipment.Announced{Call: c}, equipment.DropCall{Call: c})
}

func (w *world) access() branch.Command {
	return pick[branch.Command](w, "verb", access.Revoke{Token: recent(w, "token", w.tokens)},
		access.Grant{Hash: access.HashOf(fmt.Sprint(len(w.tokens))), Role: pick(w, "role", branch.RoleKiosk, branch.RolePager, branch.RoleBox),
			Place: "kiosk-1", Staff: pick[branch.StaffID](w, "staff", "", "li")})
}

func (w *world) day() branch.Command {
	return pick[branch.Command](w, "verb", queue.OpenDay{}, queue.CloseDay{}, queue.LoseAbility{Counter: w.desk(), Ability: "low", Device: "none"})
}

// time passes, and what is due happens in time.
func (w *world) time(t *rapid.T) {
	w.pass(time.Duration(rapid.IntRange(0, 900).Draw(t, "seconds")) * time.Second)
}

// leapSome lets up to three days pass at once.
func (w *world) leapSome(t *rapid.T) {
	w.leap(time.Duration(rapid.IntRange(1, 72).Draw(t, "hours")) * time.Hour)
}

func (w *world) jumpSome(t *rapid.T) {
	w.jump(time.Duration(rapid.IntRange(-5400, 5400).Draw(t, "seconds")) * time.Second)
}

// die ends the box as a kill does: with no snapshot of the end, and without the
// note that its files are whole.
func (w *world) die() {
	marks := filepath.Join(w.dir, "clean.json")
	before, err := os.ReadFile(marks)
	if err != nil {
		w.t.Fatalf("%v", err)
	}
	w.memory.dead.Store(true)
	w.shut()
	if err := os.WriteFile(marks, before, 0o600); err != nil {
		w.t.Fatalf("%v", err)
	}
}

// everything renders all topics at one moment. Who has a socket is left out: a
// process that ends has none.
func (w *world) everything(b *box) string {
	now := at(b.set.Load(), b.clock.now())
	var all strings.Builder
	for _, name := range w.names() {
		fmt.Fprintln(&all, name, b.view(now, name))
	}
	return strings.ReplaceAll(all.String(), `"connected":true`, `"connected":false`)
}

// names are all topics, of the latest visits only.
func (w *world) names() []string {
	names := topics()
	for _, visit := range w.visits[max(0, len(w.visits)-8):] {
		names = append(names, "visit:"+string(visit))
	}
	return names
}
