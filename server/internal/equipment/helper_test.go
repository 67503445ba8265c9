package equipment

import (
	"encoding/json"
	"fmt"
	"time"

	"handrail/server/internal/branch"
)

// called, alarmed, created and dayClosed stand for the events of other modules.
type (
	called    struct{ say branch.Announcement }
	alarmed   struct{ say branch.Announcement }
	created   struct{ slip branch.Slip }
	dayClosed struct{}
)

func (called) EventType() string    { return "visit.called" }
func (alarmed) EventType() string   { return "page.alarmed" }
func (created) EventType() string   { return "visit.created" }
func (dayClosed) EventType() string { return "day.closed" }
func (called) Version() int         { return 1 }
func (alarmed) Version() int        { return 1 }
func (created) Version() int        { return 1 }
func (dayClosed) Version() int      { return 1 }

func (e called) Announcement() branch.Announcement  { return e.say }
func (e alarmed) Announcement() branch.Announcement { return e.say }
func (e created) Slip() (branch.Slip, bool)         { return e.slip, e.slip.Kiosk != "counter-1" }

func testPolicy() Policy {
	return Policy{
		Devices: []DeviceSpec{
			{ID: "printer-1", Kind: KindPrinter, Place: "kiosk-1", Admin: Enabled},
			{ID: "printer-2", Kind: KindPrinter, Place: "kiosk-2", Admin: Maintenance},
			{ID: "loop-1", Kind: KindLoop, Place: "counter-1", Admin: Enabled, Gives: []branch.Ability{"hearing-loop"}},
			{ID: "speaker-1", Kind: KindSpeaker, Place: "hall", Admin: Enabled},
		},
		Zones: []ZoneSpec{
			{ID: "main", Device: "speaker-1"},
			{ID: "side", Hall: "hall-2"},
		},
		ClipLength:   8 * time.Second,
		AnswerWithin: 3 * time.Second,
	}
}

// tester is what *testing.T and *rapid.T have in common.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// bench is a module with the log that made it.
type bench struct {
	t   tester
	m   *Module
	now branch.Instant
	log []branch.Envelope
}

func newBench(t tester, policy Policy) *bench {
	b := &bench{t: t, m: New(), now: 1_000_000}
	if err := b.m.Restore(nil); err != nil {
		t.Fatal(err)
	}
	b.start()
	b.configure(policy)
	return b
}

func (b *bench) env() branch.Env { return branch.Env{Now: b.now} }

func (b *bench) start() { b.apply(b.m.Start(b.env())...) }

func (b *bench) configure(policy Policy) {
	b.t.Helper()
	data, err := json.Marshal(policy)
	if err != nil {
		b.t.Fatal(err)
	}
	b.apply(branch.ConfigApplied{Policies: map[string]json.RawMessage{"equipment": data}})
}

func (b *bench) apply(events ...branch.Event) {
	for _, e := range events {
		env := branch.Envelope{Seq: uint64(len(b.log) + 1), At: b.now, By: branch.Box(), Event: e}
		b.log = append(b.log, env)
		b.m.Apply(env)
	}
}

// do decides a command and applies its events.
func (b *bench) do(cmd branch.Command) ([]branch.Event, error) {
	return b.doAs(branch.Box(), cmd)
}

func (b *bench) doAs(by branch.Actor, cmd branch.Command) ([]branch.Event, error) {
	events, err := b.m.Decide(b.env(), by, cmd)
	b.apply(events...)
	return events, err
}

// must is do for a command that must succeed.
func (b *bench) must(cmd branch.Command) []branch.Event {
	b.t.Helper()
	events, err := b.do(cmd)
	if err != nil {
		b.t.Fatalf("%s: %v", cmd.CommandName(), err)
	}
	return events
}

// pass moves the clock and wakes the module when it asked for it.
func (b *bench) pass(d time.Duration) []branch.Event {
	b.now = b.now.Add(d)
	var all []branch.Event
	if next := b.m.NextWake(); !next.IsZero() && next <= b.now {
		all = b.m.Wake(b.env())
		b.apply(all...)
	}
	return all
}

// call asks for visit n to be called in the zone, as call "c_n".
func (b *bench) call(zone branch.ZoneID, n int) {
	b.apply(called{branch.Announcement{Call: callID(n), Zone: zone, Visit: visitID(n),
		Ticket: branch.Ticket(fmt.Sprintf("A%03d", n)), Counter: "counter-1", Language: branch.Chinese}})
}

func callID(n int) branch.CallID   { return branch.CallID(fmt.Sprintf("c_%d", n)) }
func visitID(n int) branch.VisitID { return branch.VisitID(fmt.Sprintf("v_%d", n)) }

func (b *bench) zone(id branch.ZoneID) *Zone {
	b.t.Helper()
	z, found := b.m.Model().Zone(id)
	if !found {
		b.t.Fatalf("no zone %s", id)
	}
	return z
}

func ids(calls []*Call) string {
	text := ""
	for _, c := range calls {
		text += string(c.Call) + ":" + string(c.Spoken) + " "
	}
	return text
}

func wantIDs(t tester, what string, calls []*Call, want string) {
	t.Helper()
	if got := ids(calls); got != want {
		t.Errorf("%s = %q, want %q", what, got, want)
	}
}

func wantCode(t tester, err error, want branch.Code) {
	t.Helper()
	if got := branch.CodeOf(err); got != want {
		t.Errorf("code %q (%v), want %q", got, err, want)
	}
}

func wantEvents(t tester, got []branch.Event, want ...branch.Event) {
	t.Helper()
	if g, w := fmt.Sprintf("%#v", got), fmt.Sprintf("%#v", want); len(got) != len(want) || len(want) > 0 && g != w {
		t.Errorf("events\n got %s\nwant %s", g, w)
	}
}

func encoded(t tester, m *Module) string {
	t.Helper()
	data, err := m.Snapshot()()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
