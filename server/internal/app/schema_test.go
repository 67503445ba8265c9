package app

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"handrail/server/internal/branch"
)

// eventTypes returns every event that the log can hold, in its present version.
func eventTypes(t *testing.T) []branch.Event {
	t.Helper()
	events := []branch.Event{branch.ConfigApplied{}, branch.ClockJumped{}}
	for _, m := range newDomain().modules() {
		for _, name := range m.Events() {
			event, err := m.Decode(name, 1, []byte("{}"))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			events = append(events, event)
		}
	}
	return events
}

// field is a member of a stored event, also one within another.
type field struct {
	path string
	kind reflect.Type
}

// fields lists the members of a stored type under their JSON names.
func fields(of reflect.Type, under string) (all []field) {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice && of.Elem().Kind() == reflect.Struct {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct {
		return nil
	}
	for i := range of.NumField() {
		member := of.Field(i)
		name, _, _ := strings.Cut(member.Tag.Get("json"), ",")
		if !member.IsExported() || name == "-" {
			continue
		}
		all = append(all, field{under + name, member.Type})
		all = append(all, fields(member.Type, under+name+".")...)
	}
	return all
}

// TestTheStoredEventsAreThoseOfTheGoldenSchema keeps a new member from being
// stored by the way: bbolt does not forget, so each is written down here first.
func TestTheStoredEventsAreThoseOfTheGoldenSchema(t *testing.T) {
	var lines []string
	for _, event := range eventTypes(t) {
		for _, f := range fields(reflect.TypeOf(event), "") {
			lines = append(lines, fmt.Sprintf("%s@%d %s %s\n", event.EventType(), event.Version(), f.path, f.kind))
		}
	}
	slices.Sort(lines)
	golden, err := os.ReadFile("testdata/events.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Collect(strings.Lines(string(golden)))
	for _, line := range lines {
		if !slices.Contains(want, line) {
			t.Errorf("not in testdata/events.txt: %s", line)
		}
	}
	for _, line := range want {
		if !slices.Contains(lines, line) {
			t.Errorf("no longer stored: %s", line)
		}
	}
}

// TestNeedsAreStoredOnlyBesideAVisitThatNamesNobody walks every event of the log.
func TestNeedsAreStoredOnlyBesideAVisitThatNamesNobody(t *testing.T) {
	personal := []string{"name", "note", "phone", "person", "staff", "who", "by", "acceptedBy", "why", "text", "reason", "session", "token"}
	need, ability := reflect.TypeFor[[]branch.Need](), reflect.TypeFor[[]branch.Ability]()
	for _, event := range eventTypes(t) {
		var names []string
		needs, lacks := false, false
		for _, f := range fields(reflect.TypeOf(event), "") {
			names = append(names, f.path)
			needs = needs || f.kind == need || f.kind == need.Elem() || strings.Contains(strings.ToLower(f.path), "need")
			// Below a plan are the abilities that the configuration asks for.
			lacks = lacks || f.kind == ability && !strings.HasPrefix(f.path, "plan.")
		}
		lacks = lacks && slices.Contains(names, "visit")
		if needs != (event.EventType() == "visit.created") || lacks != (event.EventType() == "visit.stranded") {
			t.Errorf("%s tells needs: %t, and what a visit lacks: %t", event.EventType(), needs, lacks)
		}
		if !needs && !lacks {
			continue
		}
		if !slices.Contains(names, "visit") {
			t.Errorf("%s tells needs, but not of which visit", event.EventType())
		}
		for _, name := range personal {
			if slices.Contains(names, name) {
				t.Errorf("%s tells needs beside %s", event.EventType(), name)
			}
		}
	}
}
