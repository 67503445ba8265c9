package equipment

import (
	"encoding/json"
	"fmt"
	"testing"

	"handrail/server/internal/branch"
)

// The stored forms are kept for ever: a line here may be added, never changed.
var goldenEvents = []struct {
	event  branch.Event
	stored string
}{
	{CallAnnounced{Call: "c_1", Zone: "main"}, `{"call":"c_1","zone":"main"}`},
	{CallUnspoken{Call: "c_1", Zone: "main", Cause: UnspokenTimeout}, `{"call":"c_1","zone":"main","why":"timeout"}`},
	{CallUnspoken{Call: "c_1", Zone: "main", Cause: UnspokenMoot}, `{"call":"c_1","zone":"main","why":"moot"}`},
	{SlipPrinted{Visit: "v_1", Device: "printer-1"}, `{"visit":"v_1","device":"printer-1"}`},
	{SlipFailed{Visit: "v_1", Device: "printer-1", Place: "kiosk-1", Why: "paper-out"},
		`{"visit":"v_1","device":"printer-1","place":"kiosk-1","why":"paper-out"}`},
	{DeviceChanged{Device: "lamp-1", Place: "counter-1", Health: Degraded, Why: "muted"},
		`{"device":"lamp-1","place":"counter-1","health":"degraded","why":"muted"}`},
	{DeviceFailed{Device: "loop-1", Place: "counter-1", Health: Offline, Why: "offline", Lost: []branch.Ability{"hearing-loop"}},
		`{"device":"loop-1","place":"counter-1","health":"offline","why":"offline","lost":["hearing-loop"]}`},
	{DeviceRecovered{Device: "loop-1", Place: "counter-1", Health: Healthy, Restored: []branch.Ability{"hearing-loop"}},
		`{"device":"loop-1","place":"counter-1","health":"ok","restored":["hearing-loop"]}`},
}

func TestStoredFormsStayReadable(t *testing.T) {
	for _, golden := range goldenEvents {
		stored, err := json.Marshal(golden.event)
		if err != nil || string(stored) != golden.stored {
			t.Errorf("%s is stored as %s (%v), want %s", golden.event.EventType(), stored, err, golden.stored)
		}
		read, err := New().Decode(golden.event.EventType(), 1, []byte(golden.stored))
		if err != nil || fmt.Sprintf("%#v", read) != fmt.Sprintf("%#v", golden.event) {
			t.Errorf("%s is read as %#v (%v)", golden.stored, read, err)
		}
	}
}

func TestEveryEventOfTheModuleCanBeRead(t *testing.T) {
	m := New()
	for _, name := range m.Events() {
		if e, err := m.Decode(name, 1, []byte(`{}`)); err != nil || e.EventType() != name {
			t.Errorf("%s is read as %v (%v)", name, e, err)
		}
		if _, err := m.Decode(name, 2, []byte(`{}`)); err == nil {
			t.Errorf("version 2 of %s was read", name)
		}
		if _, err := m.Decode(name, 1, []byte(`{`)); err == nil {
			t.Errorf("half a %s was read", name)
		}
	}
	if _, err := m.Decode("visit.called", 1, []byte(`{}`)); err == nil {
		t.Error("another module's event was read")
	}
}

const goldenSnapshot = `{"policy":{"devices":[{"id":"printer-1","kind":"printer","place":"kiosk-1","admin":"enabled"}],` +
	`"zones":[{"id":"main","hall":"hall-1"}],"clipLength":8000000000,"answerWithin":3000000000},` +
	`"devices":[{"id":"printer-1","health":"failed","why":"paper-out","since":1000000}],` +
	`"zones":[{"id":"main","pending":[{"call":"c_1","zone":"main","visit":"v_1","ticket":"A001","counter":"counter-1",` +
	`"language":"zh-CN","at":1000000,"spoken":"speaking","headAt":1000000}],"recent":[{"call":"c_1","zone":"main",` +
	`"visit":"v_1","ticket":"A001","counter":"counter-1","language":"zh-CN","at":1000000,"spoken":"speaking",` +
	`"headAt":1000000}]}],"slips":{"printer-1":[{"visit":"v_1","kiosk":"kiosk-1"}]}}`

func TestTheSnapshotIsStableAndComesBack(t *testing.T) {
	policy := testPolicy()
	policy.Devices = policy.Devices[:1]
	policy.Zones = []ZoneSpec{{ID: "main", Hall: "hall-1"}}
	b := newBench(t, policy)
	b.call("main", 1)
	b.must(ReportHealth{Device: "printer-1", Health: Failed, Why: "paper-out"})
	b.apply(created{branch.Slip{Visit: "v_1", Kiosk: "kiosk-1"}})
	if got := encoded(t, b.m); got != goldenSnapshot {
		t.Errorf("snapshot\n got %s\nwant %s", got, goldenSnapshot)
	}
	back := New()
	if err := back.Restore([]byte(goldenSnapshot)); err != nil {
		t.Fatal(err)
	}
	if got := encoded(t, back); got != goldenSnapshot {
		t.Errorf("after a restore\n got %s\nwant %s", got, goldenSnapshot)
	}
	if d, _ := back.Model().Device("printer-1"); d.Spec.Kind != KindPrinter {
		t.Errorf("the device lost its spec: %+v", d)
	}
	if z, _ := back.Model().Zone("main"); z.Spec.Hall != "hall-1" {
		t.Errorf("the zone lost its sink: %+v", z.Spec)
	}
}

func TestRestoringNothingIsTheEmptyState(t *testing.T) {
	b := newBench(t, testPolicy())
	b.call("main", 1)
	if err := b.m.Restore(nil); err != nil {
		t.Fatal(err)
	}
	if got, want := encoded(t, b.m), encoded(t, New()); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestASnapshotThatDoesNotHoldTogetherIsRefused(t *testing.T) {
	for name, data := range map[string]string{
		"no JSON":        `{`,
		"no policy":      `{"policy":null}`,
		"device missing": `{"policy":{"devices":[{"id":"a"}]}}`,
		"other device":   `{"policy":{"devices":[{"id":"a"}]},"devices":[{"id":"b"}]}`,
		"null device":    `{"policy":{"devices":[{"id":"a"}]},"devices":[null]}`,
		"zone missing":   `{"policy":{"zones":[{"id":"a"}]}}`,
		"other zone":     `{"policy":{"zones":[{"id":"a"}]},"zones":[{"id":"b"}]}`,
	} {
		b := newBench(t, testPolicy())
		before := b.m.Model()
		if err := b.m.Restore([]byte(data)); err == nil {
			t.Errorf("%s: taken", name)
		}
		if b.m.Model() != before {
			t.Errorf("%s: the state changed", name)
		}
	}
}
