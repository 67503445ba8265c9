package paging

import (
	"time"

	"handrail/server/internal/branch"
)

// Policy is what the configuration in force says about pages.
type Policy struct {
	Staff []StaffSpec `json:"staff"`
	// Places lists where a page may be raised, each with its zone.
	Places []PlaceSpec `json:"places"`
	// Reasons gives the plan of each reason this branch offers.
	Reasons map[branch.Reason]Plan `json:"reasons"`
}

// StaffSpec is a configured member of staff; Level is the first level of a page
// at which this person is called, from 0.
type StaffSpec struct {
	ID        branch.StaffID   `json:"id"`
	Level     int              `json:"level"`
	Abilities []branch.Ability `json:"abilities"`
}

// PlaceSpec is a place and the zone in which its alarm is heard.
type PlaceSpec struct {
	ID   branch.PlaceID `json:"id"`
	Zone branch.ZoneID  `json:"zone"`
}

// Plan is how a page for one reason proceeds. The plan in force when a page is
// raised is stored with the page.
type Plan struct {
	Levels []Level `json:"levels"`
	// Start is the level of the first step.
	Start int `json:"start"`
	// Loops is how often the levels are gone through before the standing alarm,
	// at most 5.
	Loops int `json:"loops"`
	// Arrive is the time from acceptance to arrival before the page opens again.
	Arrive time.Duration `json:"arrive"`
	// AlarmEvery is the time between two alarms of a page nobody accepts.
	AlarmEvery time.Duration `json:"alarmEvery"`
	// Remind is the time from arrival to the reminder to close.
	Remind time.Duration `json:"remind"`
	// First lists abilities; people on duty who have one of them are called
	// before all others, whatever their level, and again at every level.
	First []branch.Ability `json:"first,omitempty"`
}

// Level is one step of escalation: everybody whose StaffSpec.Level is at most
// the level's index is called, and Wait passes before the next.
type Level struct {
	Wait time.Duration `json:"wait"`
	// Hall lets the hall speak at this level; never for a silent reason.
	Hall bool `json:"hall,omitempty"`
}
