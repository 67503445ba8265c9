package branch

import (
	"encoding/json"
	"time"
)

// Event is a fact in the past tense. Its stored form is versioned and kept for
// ever.
type Event interface {
	// EventType is the name in the contract, "visit.called".
	EventType() string
	// Version is the version of the stored form, from 1.
	Version() int
}

// Answering is an Event that tells its command's answer. When several events of
// one command do, the first wins.
type Answering interface {
	Event
	Answer() Answer
}

// Envelope is an event with its place in the log.
type Envelope struct {
	// Seq numbers the events of one log from 1 without gaps.
	Seq uint64
	At  Instant
	By  Actor
	// Command is the id of the request that led to the event, also for
	// follow-ups; empty for timers.
	Command CommandID
	Event   Event
}

// ConfigApplied puts a configuration in force. Each module reads its own
// policy, by its name, from Policies.
type ConfigApplied struct {
	// ConfigVersion is a hash of the configuration file's bytes.
	ConfigVersion string                     `json:"configVersion"`
	Policies      map[string]json.RawMessage `json:"policies"`
}

// EventType returns "config.applied".
func (ConfigApplied) EventType() string { return "config.applied" }

// Version returns 1.
func (ConfigApplied) Version() int { return 1 }

// ClockJumped says that the wall clock moved against the monotonic clock by
// more than 60 s. Modules shift their open due
// times and waiting times by Delta, so that nothing fires twice or is extended.
type ClockJumped struct {
	DeltaMillis int64 `json:"deltaMs"`
}

// EventType returns "clock.jumped".
func (ClockJumped) EventType() string { return "clock.jumped" }

// Version returns 1.
func (ClockJumped) Version() int { return 1 }

// Delta is how far the clock moved; positive is forward.
func (e ClockJumped) Delta() time.Duration { return time.Duration(e.DeltaMillis) * time.Millisecond }

// Announcement is something to be said once in a zone, after everything that
// was asked for before it.
type Announcement struct {
	Call CallID `json:"call"`
	Zone ZoneID `json:"zone"`
	// Visit, Ticket, Counter and Recall belong to a call; Page and Place to an
	// alarm.
	Visit    VisitID   `json:"visit,omitempty"`
	Ticket   Ticket    `json:"ticket,omitempty"`
	Counter  CounterID `json:"counter,omitempty"`
	Recall   int       `json:"recall,omitempty"`
	Language Language  `json:"language,omitempty"`
	Page     PageID    `json:"page,omitempty"`
	Place    PlaceID   `json:"place,omitempty"`
}

// Slip is a ticket to be printed at the kiosk where it was taken.
type Slip struct {
	Visit    VisitID   `json:"visit,omitempty"`
	Ticket   Ticket    `json:"ticket,omitempty"`
	Service  ServiceID `json:"service,omitempty"`
	Kiosk    PlaceID   `json:"kiosk"`
	Language Language  `json:"language,omitempty"`
	Wait     *Wait     `json:"wait,omitempty"`
	// Large asks for large print.
	Large bool `json:"large,omitempty"`
}
