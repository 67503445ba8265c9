package paging_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"handrail/server/internal/branch"
	"handrail/server/internal/paging"
)

// The people and places of the branch of these tests.
var (
	li      = branch.Actor{Role: branch.RolePager, Staff: "li", Token: "t_li"}
	wang    = branch.Actor{Role: branch.RolePager, Staff: "wang", Token: "t_wang"}
	zhao    = branch.Actor{Role: branch.RolePager, Staff: "zhao", Token: "t_zhao"}
	sun     = branch.Actor{Role: branch.RolePager, Staff: "sun", Token: "t_sun"}
	kiosk1  = branch.Actor{Role: branch.RoleKiosk, Place: "kiosk-1", Token: "t_kiosk1"}
	kiosk2  = branch.Actor{Role: branch.RoleKiosk, Place: "kiosk-2", Token: "t_kiosk2"}
	counter = branch.Actor{Role: branch.RoleCounter, Place: "counter-1", Token: "t_counter"}
	boss    = branch.Actor{Role: branch.RoleSupervisor, Token: "t_boss"}
	phone   = branch.Actor{Role: branch.RoleVisit, Visit: "v_1"}
)

// testPolicy is a branch whose li and wang (who signs) are called at level 0,
// zhao at 1 and sun at 3.
func testPolicy() paging.Policy {
	levels := []paging.Level{{Wait: 30 * time.Second}, {Wait: 30 * time.Second},
		{Wait: 60 * time.Second, Hall: true}, {Wait: 60 * time.Second}}
	plan := paging.Plan{Levels: levels, Loops: 2, Arrive: 120 * time.Second, AlarmEvery: 60 * time.Second,
		Remind: 10 * time.Minute}
	emergency, signing, short, forever := plan, plan, plan, plan
	emergency.Start = 2
	signing.First = []branch.Ability{branch.AbilitySignLanguage}
	short.Levels, short.Loops = levels[:1], 1
	forever.Remind = 0
	return paging.Policy{
		Staff: []paging.StaffSpec{{ID: "li"}, {ID: "wang", Abilities: []branch.Ability{branch.AbilitySignLanguage}},
			{ID: "zhao", Level: 1}, {ID: "sun", Level: 3}},
		Places: []paging.PlaceSpec{{ID: "kiosk-1", Zone: "main"}, {ID: "kiosk-2", Zone: "main"},
			{ID: "counter-1", Zone: "upstairs"}},
		Reasons: map[branch.Reason]paging.Plan{branch.ReasonHelp: plan, branch.ReasonSignLanguage: signing,
			branch.ReasonWater: short, branch.ReasonReading: forever, branch.ReasonFall: emergency,
			branch.ReasonDuress: emergency, branch.ReasonGoAndLook: plan, branch.ReasonDeviceBroken: plan},
	}
}

// box does for a module what the engine does: it gives the time and the ids,
// applies what is decided and keeps the log.
type box struct {
	t   rapid.TB
	m   *paging.Module
	now branch.Instant
	ids int
	log []branch.Envelope
}

func newBox(t rapid.TB) *box {
	b := &box{t: t, m: paging.New(), now: 1_700_000_000_000}
	b.configure(testPolicy())
	return b
}

// crewed returns a box with these people on duty.
func crewed(t *testing.T, on ...branch.Actor) *box {
	b := newBox(t)
	for _, by := range on {
		b.do(by, paging.DutyOn{})
	}
	return b
}

func (b *box) configure(p paging.Policy) {
	data, err := json.Marshal(p)
	if err != nil {
		b.t.Fatal(err)
	}
	b.apply(branch.Box(), branch.ConfigApplied{Policies: map[string]json.RawMessage{"paging": data}})
}

func (b *box) env() branch.Env {
	return branch.Env{Now: b.now, NewID: func(prefix string) string {
		b.ids++
		return fmt.Sprintf("%s_%04d", prefix, b.ids)
	}}
}

func (b *box) apply(by branch.Actor, events ...branch.Event) {
	for _, e := range events {
		env := branch.Envelope{Seq: uint64(len(b.log) + 1), At: b.now, By: by, Event: e}
		b.log = append(b.log, env)
		b.m.Apply(env)
	}
}

func (b *box) try(by branch.Actor, cmd branch.Command) ([]branch.Event, error) {
	events, err := b.m.Decide(b.env(), by, cmd)
	if err == nil {
		b.apply(by, events...)
	}
	return events, err
}

func (b *box) do(by branch.Actor, cmd branch.Command) []branch.Event {
	b.t.Helper()
	events, err := b.try(by, cmd)
	if err != nil {
		b.t.Fatalf("%s by %s: %v", cmd.CommandName(), by.Identity(), err)
	}
	return events
}

// refuse expects a command to be refused with the code and to change nothing.
func (b *box) refuse(by branch.Actor, cmd branch.Command, code branch.Code) *branch.Error {
	b.t.Helper()
	before := b.snapshot()
	events, err := b.m.Decide(b.env(), by, cmd)
	var refusal *branch.Error
	if !errors.As(err, &refusal) || refusal.Code != code || len(events) > 0 {
		b.t.Fatalf("%s by %s: got %v and %d events, want %s", cmd.CommandName(), by.Identity(), err, len(events), code)
	}
	if b.snapshot() != before {
		b.t.Fatalf("%s: a refusal changed the state", cmd.CommandName())
	}
	return refusal
}

// raise raises a page and returns its id.
func (b *box) raise(by branch.Actor, cmd paging.Raise) branch.PageID {
	b.t.Helper()
	return b.do(by, cmd)[0].(branch.Answering).Answer().Page
}

func (b *box) page(id branch.PageID) *paging.Page {
	b.t.Helper()
	p, ok := b.m.Page(id)
	if !ok {
		b.t.Fatalf("no page %s", id)
	}
	return p
}

// pass lets time go by, waking the module whenever it asks for it.
func (b *box) pass(d time.Duration) []branch.Event {
	var events []branch.Event
	for end := b.now.Add(d); ; {
		at := b.m.NextWake()
		if at.IsZero() || at > end {
			b.now = end
			return events
		}
		b.now = max(b.now, at)
		events = append(events, b.wake()...)
	}
}

func (b *box) wake() []branch.Event {
	b.t.Helper()
	events := b.m.Wake(b.env())
	if len(events) == 0 {
		b.t.Fatalf("the module asked to be woken and had nothing to do")
	}
	b.apply(branch.Box(), events...)
	return events
}

// restart ends the process and starts another after some downtime.
func (b *box) restart(down time.Duration) {
	b.t.Helper()
	b.m = b.restored()
	b.now = b.now.Add(down)
	b.apply(branch.Box(), b.m.Start(b.env())...)
}

func (b *box) restored() *paging.Module {
	b.t.Helper()
	m := paging.New()
	if err := m.Restore([]byte(b.snapshot())); err != nil {
		b.t.Fatal(err)
	}
	return m
}

func (b *box) snapshot() string { return snapshotOf(b.t, b.m) }

func snapshotOf(t rapid.TB, m *paging.Module) string {
	t.Helper()
	data, err := m.Snapshot()()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// expect compares events with their short forms.
func (b *box) expect(events []branch.Event, want ...string) {
	b.t.Helper()
	var got []string
	for _, e := range events {
		got = append(got, b.short(e))
	}
	if !slices.Equal(got, want) {
		b.t.Fatalf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// short writes an event as a person would tell it; times are from now.
func (b *box) short(e branch.Event) string {
	switch e := e.(type) {
	case paging.PageRaised:
		return fmt.Sprint("raised, next in ", e.Due.Sub(b.now))
	case paging.PageNotified:
		return fmt.Sprintf("step %d level %d%s tells %v%s", e.Step, e.Level, flag(e.First, " first"), e.Staff,
			flag(e.Call != "", " and the hall"))
	case paging.PageEscalated:
		return fmt.Sprintf("escalated to level %d loop %d, next in %s", e.Level, e.Loop, e.Due.Sub(b.now))
	case paging.PageAlarmed:
		return fmt.Sprintf("alarm step %d tells %v%s, next in %s", e.Step, e.Staff, flag(e.Call != "", " and the hall"),
			e.Due.Sub(b.now))
	case paging.PageDelivered:
		return fmt.Sprintf("step %d delivered to %s", e.Step, e.Staff)
	case paging.PageAccepted:
		return fmt.Sprintf("accepted by %s, next in %s", e.Staff, e.Due.Sub(b.now))
	case paging.PageRejected:
		return fmt.Sprint("rejected by ", e.Staff)
	case paging.PageArrived:
		return fmt.Sprint("arrived ", e.Staff)
	case paging.PageClosed:
		return fmt.Sprintf("closed %s by %s", e.Outcome, e.Staff)
	case paging.PageReopened:
		return fmt.Sprintf("reopened after %s at level %d, next in %s", e.Staff, e.Level, e.Due.Sub(b.now))
	case paging.PageRepeated:
		return fmt.Sprint("pressed ", e.Count)
	case paging.PageReminded:
		return fmt.Sprint("reminded ", e.Staff)
	case paging.StaffOnDuty:
		return fmt.Sprint("on duty ", e.Staff, e.Abilities, flag(e.Connected, " connected"))
	default:
		return e.EventType()
	}
}

func flag(on bool, text string) string {
	if on {
		return text
	}
	return ""
}

// foreign is an event of another module, of which only the name is known here.
type foreign string

func (f foreign) EventType() string { return string(f) }
func (f foreign) Version() int      { return 1 }
