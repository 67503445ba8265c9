package views

import (
	"slices"
	"strings"

	"handrail/server/internal/branch"
)

// Dirty reports whether the view of a topic may have changed by these events.
// It may say yes too often, never no too often.
func Dirty(t Topic, envelopes []branch.Envelope) bool {
	return slices.ContainsFunc(envelopes, func(env branch.Envelope) bool {
		name := env.Event.EventType()
		family, _, _ := strings.Cut(name, ".")
		return touches(t.Kind, family) || ends(name) && t.Kind == TopicPages
	})
}

// ends reports whether a visit may have ended: one that was carried over the
// night takes with it for whom its pages were.
func ends(name string) bool {
	return name == "visit.finished" || name == "visit.cancelled" || name == "visit.removed"
}

// touches says which families of events change which views.
func touches(kind Kind, family string) bool {
	switch family {
	case "config", "clock", "day":
		return true
	case "visit", "counter":
		return kind != TopicPages && kind != TopicIT
	case "call":
		return kind == TopicHall || kind == TopicSupervisor
	case "page":
		return kind != TopicIT
	case "staff":
		return kind == TopicPages || kind == TopicSupervisor
	case "device":
		return kind == TopicKiosk || kind == TopicCounter || kind == TopicSupervisor || kind == TopicIT
	case "slip", "access":
		return kind == TopicIT
	}
	return true
}
