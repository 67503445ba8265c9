package paging_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/paging"
)

// samples has one event of each type, with every field set.
func samples() []branch.Event {
	plan := paging.Plan{Levels: []paging.Level{{Wait: 30 * time.Second, Hall: true}}, Start: 1, Loops: 5,
		Arrive: 2 * time.Minute, AlarmEvery: time.Minute, Remind: 10 * time.Minute,
		First: []branch.Ability{branch.AbilitySignLanguage}}
	staff := []branch.StaffID{"li", "wang"}
	return []branch.Event{
		paging.PageRaised{Page: "p_1", Reason: branch.ReasonHelp, Place: "kiosk-1", Visit: "v_1", Zone: "main",
			Session: "s1", Plan: plan, Due: 1700000000000},
		paging.PageNotified{Page: "p_1", Step: 2, Level: 1, First: true, Staff: staff, Call: "c_1", Zone: "main", Place: "kiosk-1"},
		paging.PageDelivered{Page: "p_1", Step: 2, Staff: "li"},
		paging.PageAccepted{Page: "p_1", Staff: "li", Due: 1700000000000, Place: "kiosk-1", Alarm: true, Zone: "main", Call: "c_1"},
		paging.PageRejected{Page: "p_1", Staff: "li"},
		paging.PageArrived{Page: "p_1", Staff: "li", Due: 1700000000000},
		paging.PageClosed{Page: "p_1", Outcome: paging.OutcomeHelped, Staff: "li", Call: "c_1"},
		paging.PageCancelled{Page: "p_1", Call: "c_1"},
		paging.PageEscalated{Page: "p_1", Level: 2, Loop: 1, Due: 1700000000000},
		paging.PageAlarmed{Page: "p_1", Reason: branch.ReasonHelp, Place: "kiosk-1", Zone: "main", Call: "c_1",
			Due: 1700000000000, Step: 3, Staff: staff},
		paging.PageReopened{Page: "p_1", Staff: "li", Level: 1, Due: 1700000000000},
		paging.PageRepeated{Page: "p_1", Count: 2},
		paging.PageReminded{Page: "p_1", Staff: "li", Due: 1700000000000},
		paging.StaffOnDuty{Staff: "li", Abilities: []branch.Ability{branch.AbilitySignLanguage}, Connected: true},
		paging.StaffOffDuty{Staff: "li"},
		paging.StaffConnected{Staff: "li"},
		paging.StaffLeft{Staff: "li"},
	}
}

// The files are the stored forms and kept for ever: a change of one is a new
// version with a new file.
func TestStoredFormsNeverChange(t *testing.T) {
	m := paging.New()
	for _, e := range samples() {
		want, err := os.ReadFile(fmt.Sprintf("testdata/events/%s@%d.json", e.EventType(), e.Version()))
		if err != nil {
			t.Error(err)
			continue
		}
		if got := encode(t, e); !bytes.Equal(got, bytes.TrimSpace(want)) {
			t.Errorf("%s is stored as\n\t%s\nwant\n\t%s", e.EventType(), got, want)
		}
		back, err := m.Decode(e.EventType(), 1, want)
		if err != nil {
			t.Error(err)
		} else if got := encode(t, back); back.EventType() != e.EventType() || !bytes.Equal(got, encode(t, e)) {
			t.Errorf("%s is read back as %s", e.EventType(), got)
		}
	}
}

func encode(t *testing.T, e branch.Event) []byte {
	t.Helper()
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestEveryEventIsListedAndHasASample(t *testing.T) {
	var want []string
	for _, e := range samples() {
		want = append(want, e.EventType())
	}
	if got := paging.New().Events(); !slices.Equal(got, want) {
		t.Errorf("the events are %v, want %v", got, want)
	}
}

func TestTheCommandsAreThoseOfTheContract(t *testing.T) {
	want := []string{"page.raise", "page.receive", "page.accept", "page.reject", "page.arrive", "page.close",
		"page.cancel", "duty.on", "duty.off", "staff.connect", "staff.leave"}
	if got := paging.New().Commands(); !slices.Equal(got, want) {
		t.Errorf("the commands are %v, want %v", got, want)
	}
	if got := paging.New().Name(); got != "paging" {
		t.Errorf("the module is named %q", got)
	}
}

func TestForeignStoredFormsAreRefused(t *testing.T) {
	m := paging.New()
	for _, row := range []struct {
		eventType string
		version   int
		data      string
	}{
		{"page.raised", 2, `{}`}, {"page.raised", 0, `{}`}, {"visit.created", 1, `{}`},
		{"page.raised", 1, `{"page":7}`}, {"page.raised", 1, `{`}, {"page.raised", 1, ``},
	} {
		if e, err := m.Decode(row.eventType, row.version, []byte(row.data)); err == nil {
			t.Errorf("%s@%d %q is read as %v", row.eventType, row.version, row.data, e)
		}
	}
	if _, err := m.Decode("page.raised", 1, []byte(`{"page":"p_1"}`)); err != nil {
		t.Error(err)
	}
}

func TestADamagedSnapshotIsRefusedAndNoneIsTheEmptyState(t *testing.T) {
	b := crewed(t, li)
	b.raise(kiosk1, help)
	if err := b.m.Restore([]byte(`{"pages":7}`)); err == nil {
		t.Error("a damaged snapshot is restored")
	}
	if len(b.m.Model().Pages) != 1 {
		t.Error("a damaged snapshot changed the state")
	}
	if err := b.m.Restore(nil); err != nil {
		t.Fatal(err)
	}
	if got, want := b.snapshot(), snapshotOf(t, paging.New()); got != want {
		t.Errorf("the empty state is %s, want %s", got, want)
	}
}

func TestASnapshotIsFrozenAndTheReadModelToo(t *testing.T) {
	b := connected(t, li, wang)
	id := b.raise(kiosk1, help)
	freeze, model := b.m.Snapshot(), b.m.Model()
	want, page := b.snapshot(), *model.ByID[id]
	b.do(li, paging.Receive{Page: id, Step: 1})
	b.do(wang, paging.Reject{Page: id})
	b.do(branch.Box(), paging.Leave{Staff: "li"})
	b.do(li, paging.DutyOff{})
	b.pass(time.Minute)
	if got, err := freeze(); err != nil || string(got) != want {
		t.Errorf("the snapshot became\n\t%s\nwant\n\t%s", got, want)
	}
	now := model.ByID[id]
	if len(now.Received) != 0 || len(now.Steps) != len(page.Steps) || !slices.Equal(now.Notified, page.Notified) ||
		len(model.Duty) != 2 || !model.Duty[0].Connected {
		t.Error("a published read model changed")
	}
}

func TestEqualStatesAreEqualBytes(t *testing.T) {
	b := connected(t, li, wang, zhao)
	for range 20 {
		id := b.raise(kiosk1, help)
		b.do(li, paging.Accept{Page: id})
		b.do(boss, paging.Close{Page: b.raise(kiosk2, help), Outcome: paging.OutcomeHelped})
	}
	want := b.snapshot()
	for range 20 {
		if got := snapshotOf(t, b.restored()); got != want {
			t.Fatalf("restored, the state is\n\t%s\nwant\n\t%s", got, want)
		}
	}
}

func TestEveryAnswerNamesThePage(t *testing.T) {
	b := crewed(t, li)
	raised := b.do(kiosk1, paging.Raise{Reason: branch.ReasonHelp, Session: "s"})[0].(paging.PageRaised)
	id := raised.Page
	if a := raised.Answer(); a.Page != id || !a.Created {
		t.Errorf("raise answers %+v", a)
	}
	for _, step := range []struct {
		by  branch.Actor
		cmd branch.Command
	}{{zhao, nil}, {wang, nil}, {li, paging.Reject{Page: id}}, {boss, paging.Accept{Page: id}},
		{boss, paging.Arrive{Page: id}}, {boss, paging.Close{Page: id, Outcome: paging.OutcomeHelped}}} {
		if step.cmd == nil {
			b.do(step.by, paging.DutyOn{})
			continue
		}
		answering, ok := b.do(step.by, step.cmd)[0].(branch.Answering)
		if !ok || answering.Answer() != (branch.Answer{Page: id}) {
			t.Errorf("%s does not answer with the page", step.cmd.CommandName())
		}
	}
	other := b.raise(kiosk1, help)
	if a := b.do(kiosk1, paging.Cancel{Page: other})[0].(branch.Answering).Answer(); a.Page != other || a.Created {
		t.Errorf("cancel answers %+v", a)
	}
}
