package queue

import (
	"time"

	"handrail/server/internal/branch"
)

// Policy is what the configuration in force says about visits and counters. It
// is stored in the log with branch.ConfigApplied, as JSON; durations are
// nanoseconds there. Lists are in configured order.
type Policy struct {
	// TimeZone is the IANA name of the branch's time zone.
	TimeZone  string            `json:"timeZone"`
	Services  []Service         `json:"services"`
	Counters  []CounterSpec     `json:"counters"`
	Languages []branch.Language `json:"languages"`
	// Staff lists who may open a counter, with what they can do (a signing person
	// gives the counter "sign-language").
	Staff []StaffSpec `json:"staff"`
	// Needs lists the needs this branch offers.
	Needs []branch.Need `json:"needs"`
	// CaringNeeds are the needs that make a visit caring.
	CaringNeeds []branch.Need `json:"caringNeeds"`
	// Requires gives, per need, the abilities of which a counter must have at
	// least one.
	Requires map[branch.Need][]branch.Ability `json:"requires"`
	// LookFor are the needs that explain why somebody does not come when called.
	LookFor []branch.Need `json:"lookFor"`
	// Target, Slope and HeadStart are per class: the promised longest wait, b of
	// accumulating priority (1 to 1000), and the head start in milliseconds of
	// ordinary waiting.
	Target    map[branch.Class]time.Duration `json:"target"`
	Slope     map[branch.Class]int64         `json:"slope"`
	HeadStart map[branch.Class]int64         `json:"headStart"`
	// AwayLimit is how long a place is kept; Grace how long a no-show may return,
	// LookForGrace the same for somebody with one of LookFor (at least 5 minutes).
	AwayLimit    time.Duration `json:"awayLimit"`
	Grace        time.Duration `json:"grace"`
	LookForGrace time.Duration `json:"lookForGrace"`
	// RecallSpacing is the least time between two calls of one visit.
	RecallSpacing time.Duration `json:"recallSpacing"`
	// RelaxAfter is how long a visit that no open counter can serve waits before
	// any staffed counter may call it.
	RelaxAfter time.Duration `json:"relaxAfter"`
	// Hours are the opening hours; none means always open.
	Hours []Hours `json:"hours"`
	// TicketsOutsideHours lets tickets be taken while the branch is closed.
	TicketsOutsideHours bool `json:"ticketsOutsideHours"`
	// CarryOver keeps the waiting visits over the end of the day; otherwise they
	// are removed.
	CarryOver bool `json:"carryOver"`
}

// LongestWait is the wait that the policy promises a class not to exceed.
func (p *Policy) LongestWait(class branch.Class) time.Duration {
	return time.Duration(p.terms(class).target) * time.Millisecond
}

// Service is what a customer may come for.
type Service struct {
	ID     branch.ServiceID `json:"id"`
	Prefix string           `json:"prefix"`
	// Expected is the expected duration of one service.
	Expected time.Duration `json:"expected"`
	// NeedsCounter lists abilities that a counter must have, all of them.
	NeedsCounter []branch.Ability `json:"needsCounter"`
}

// CounterSpec is a configured counter.
type CounterSpec struct {
	ID        branch.CounterID   `json:"id"`
	Zone      branch.ZoneID      `json:"zone"`
	Abilities []branch.Ability   `json:"abilities"`
	Services  []branch.ServiceID `json:"services"`
}

// StaffSpec is a configured member of staff.
type StaffSpec struct {
	ID        branch.StaffID   `json:"id"`
	Abilities []branch.Ability `json:"abilities"`
}

// Hours is one opening of the branch on one weekday; From and To are minutes
// after midnight, To is exclusive and at most 1440.
type Hours struct {
	Weekday time.Weekday `json:"weekday"`
	From    int          `json:"from"`
	To      int          `json:"to"`
}
