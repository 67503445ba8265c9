package queue_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
	_ "time/tzdata"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
)

// The actors of the tests.
var (
	kiosk      = branch.Actor{Role: branch.RoleKiosk, Place: "kiosk-1", Token: "t_kiosk"}
	supervisor = branch.Actor{Role: branch.RoleSupervisor, Token: "t_supervisor"}
	counter1   = at("counter-1")
	counter2   = at("counter-2")
)

// at is the actor of a counter.
func at(counter branch.PlaceID) branch.Actor {
	return branch.Actor{Role: branch.RoleCounter, Place: counter, Token: branch.TokenID("t_" + counter)}
}

// morning is a Wednesday, 10:00 in Shanghai.
var morning = branch.InstantOf(time.Date(2026, 11, 4, 2, 0, 0, 0, time.UTC))

// policy is a small branch, always open: two services, an ordinary counter, a
// low caring one, and one where only a signing person helps with pensions.
func policy() queue.Policy {
	return queue.Policy{
		TimeZone: "Asia/Shanghai",
		Services: []queue.Service{
			{ID: "cash", Prefix: "A", Expected: 6 * time.Minute, NeedsCounter: []branch.Ability{"cash"}},
			{ID: "pension", Prefix: "P", Expected: 10 * time.Minute},
		},
		Counters: []queue.CounterSpec{
			{ID: "counter-1", Zone: "main", Abilities: []branch.Ability{"cash"}, Services: []branch.ServiceID{"cash"}},
			{ID: "counter-2", Zone: "main", Abilities: []branch.Ability{"cash", "caring", "low"}, Services: []branch.ServiceID{"cash", "pension"}},
			{ID: "counter-3", Zone: "side", Abilities: []branch.Ability{"cash"}, Services: []branch.ServiceID{"pension"}},
		},
		Languages:   []branch.Language{branch.Chinese, branch.English},
		Staff:       []queue.StaffSpec{{ID: "li", Abilities: []branch.Ability{"sign-language"}}, {ID: "wang"}},
		Needs:       []branch.Need{branch.LargePrint, branch.Wheelchair, branch.SignLanguage, branch.Hearing},
		CaringNeeds: []branch.Need{branch.Wheelchair},
		Requires: map[branch.Need][]branch.Ability{
			branch.Wheelchair:   {"low"},
			branch.SignLanguage: {"sign-language"},
		},
		LookFor:       []branch.Need{branch.Hearing, branch.Wheelchair},
		AwayLimit:     20 * time.Minute,
		Grace:         3 * time.Minute,
		LookForGrace:  6 * time.Minute,
		RecallSpacing: 10 * time.Second,
		RelaxAfter:    5 * time.Minute,
	}
}

// tester is what testing.T and rapid.T have in common.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// box plays the engine: it decides, applies, and keeps the log.
type box struct {
	t      tester
	module *queue.Module
	now    branch.Instant
	ids    int
	log    []branch.Envelope
}

// newBox returns a branch with the policy whose day has opened by itself.
func newBox(t tester, p queue.Policy) *box {
	b := &box{t: t, module: queue.New(), now: morning}
	b.configure(p)
	b.wake()
	return b
}

func (b *box) env() branch.Env {
	return branch.Env{Now: b.now, NewID: func(prefix string) string {
		b.ids++
		return fmt.Sprintf("%s_%06d", prefix, b.ids)
	}}
}

func (b *box) apply(by branch.Actor, events ...branch.Event) {
	for _, e := range events {
		env := branch.Envelope{Seq: uint64(len(b.log) + 1), At: b.now, By: by, Event: e}
		b.log = append(b.log, env)
		b.module.Apply(env)
	}
}

func (b *box) configure(p queue.Policy) {
	data, err := json.Marshal(p)
	if err != nil {
		b.t.Fatal(err)
	}
	b.apply(branch.Box(), branch.ConfigApplied{Policies: map[string]json.RawMessage{"queue": data}})
}

// try decides and applies; it returns what the engine would answer.
func (b *box) try(by branch.Actor, cmd branch.Command) ([]branch.Event, error) {
	events, err := b.module.Decide(b.env(), by, cmd)
	b.apply(by, events...)
	return events, err
}

// do is try for what must be accepted.
func (b *box) do(by branch.Actor, cmd branch.Command) []branch.Event {
	b.t.Helper()
	events, err := b.try(by, cmd)
	if err != nil {
		b.t.Fatalf("%s by %s: %v", cmd.CommandName(), by.Role, err)
	}
	return events
}

// wake applies everything that is due, as often as the module asks for it.
func (b *box) wake() []branch.Event {
	b.t.Helper()
	var all []branch.Event
	for range 100 {
		due := b.module.NextWake()
		if due.IsZero() || due > b.now {
			return all
		}
		events := b.module.Wake(b.env())
		b.apply(branch.Box(), events...)
		all = append(all, events...)
	}
	b.t.Fatalf("the module never stops waking: %v, now %v", b.module.NextWake(), b.now)
	return nil
}

// pass lets time go by without waking in between, as if the box had been off.
func (b *box) pass(d time.Duration) []branch.Event {
	b.t.Helper()
	b.now = b.now.Add(d)
	return b.wake()
}

// jump moves the wall clock.
func (b *box) jump(d time.Duration) []branch.Event {
	b.t.Helper()
	b.now = b.now.Add(d)
	b.apply(branch.Box(), branch.ClockJumped{DeltaMillis: d.Milliseconds()})
	return b.wake()
}

// take takes an ordinary cash ticket with these needs.
func (b *box) take(needs ...branch.Need) *queue.Visit {
	b.t.Helper()
	return b.takeFor("cash", "", needs...)
}

func (b *box) takeFor(service branch.ServiceID, class branch.Class, needs ...branch.Need) *queue.Visit {
	b.t.Helper()
	cmd := queue.Create{Service: service, Needs: needs, Language: branch.Chinese, Class: class}
	return b.visit(b.do(supervisor, cmd)[0].(queue.VisitCreated).Visit)
}

func (b *box) visit(id branch.VisitID) *queue.Visit {
	b.t.Helper()
	v, ok := b.module.Visit(id)
	if !ok {
		b.t.Fatalf("visit %s is forgotten", id)
	}
	return v
}

func (b *box) counter(id branch.CounterID) *queue.Counter {
	b.t.Helper()
	for _, c := range b.module.Model().Counters {
		if c.ID == id {
			return c
		}
	}
	b.t.Fatalf("no counter %s", id)
	return nil
}

func (b *box) open(counters ...branch.CounterID) {
	b.t.Helper()
	for _, id := range counters {
		b.do(supervisor, queue.OpenCounter{Counter: id})
	}
}

// callNext calls at the counter and returns the call, or fails.
func (b *box) callNext(id branch.CounterID) queue.VisitCalled {
	b.t.Helper()
	events := b.do(at(branch.PlaceID(id)), queue.CallNext{Counter: id})
	if len(events) != 1 {
		b.t.Fatalf("call-next at %s called nobody", id)
	}
	return events[0].(queue.VisitCalled)
}

// refused asserts the code, and that nothing was decided.
func (b *box) refused(code branch.Code, by branch.Actor, cmd branch.Command) *branch.Error {
	b.t.Helper()
	events, err := b.try(by, cmd)
	if branch.CodeOf(err) != code || len(events) != 0 {
		b.t.Fatalf("%s = %v, %v; want %s", cmd.CommandName(), events, err, code)
	}
	return err.(*branch.Error)
}

// fields asserts which fields a refusal names.
func fields(t tester, err *branch.Error, want ...string) {
	t.Helper()
	var got []string
	for _, f := range err.Fields {
		got = append(got, f.Field)
	}
	if !slices.Equal(got, want) {
		t.Errorf("fields %v, want %v", got, want)
	}
}

// types lists the events' types.
func types(events []branch.Event) []string {
	names := []string{}
	for _, e := range events {
		names = append(names, e.EventType())
	}
	return names
}

// expect asserts the types of events.
func expect(t tester, events []branch.Event, want ...string) {
	t.Helper()
	if got := types(events); !slices.Equal(got, want) && len(got)+len(want) > 0 {
		t.Fatalf("events %v, want %v", got, want)
	}
}

// snapshot encodes the module's state.
func snapshot(t tester, m *queue.Module) string {
	t.Helper()
	data, err := m.Snapshot()()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
