package queue

import (
	"slices"

	"handrail/server/internal/branch"
)

// VisitCreated is a ticket taken.
type VisitCreated struct {
	Visit    branch.VisitID   `json:"visit"`
	Ticket   branch.Ticket    `json:"ticket"`
	Number   int              `json:"number"`
	Day      branch.Day       `json:"day"`
	Service  branch.ServiceID `json:"service"`
	Class    branch.Class     `json:"class"`
	Needs    []branch.Need    `json:"needs,omitempty"`
	Language branch.Language  `json:"language"`
	// Place is where the ticket was taken; Print asks for paper there.
	Place branch.PlaceID `json:"place,omitempty"`
	Print bool           `json:"print,omitempty"`
	// Wait is the range that was promised.
	Wait *branch.Wait `json:"wait,omitempty"`
}

// VisitCalled brings a visit to a counter.
type VisitCalled struct {
	Visit    branch.VisitID   `json:"visit"`
	Ticket   branch.Ticket    `json:"ticket"`
	Counter  branch.CounterID `json:"counter"`
	Zone     branch.ZoneID    `json:"zone"`
	Call     branch.CallID    `json:"call"`
	Language branch.Language  `json:"language"`
	Reason   Reason           `json:"reason"`
}

// VisitRecalled is a further call; Recall counts them from 1.
type VisitRecalled struct {
	Visit    branch.VisitID   `json:"visit"`
	Ticket   branch.Ticket    `json:"ticket"`
	Counter  branch.CounterID `json:"counter"`
	Zone     branch.ZoneID    `json:"zone"`
	Call     branch.CallID    `json:"call"`
	Language branch.Language  `json:"language"`
	Recall   int              `json:"recall"`
}

// VisitConfirmed says that the person is at the counter.
type VisitConfirmed struct {
	Visit   branch.VisitID   `json:"visit"`
	Ticket  branch.Ticket    `json:"ticket"`
	Counter branch.CounterID `json:"counter"`
	Call    branch.CallID    `json:"call"`
}

// VisitAway keeps a place until Until. Counter and Call are set when it had
// been called.
type VisitAway struct {
	Visit   branch.VisitID   `json:"visit"`
	Ticket  branch.Ticket    `json:"ticket"`
	Until   branch.Instant   `json:"until"`
	Counter branch.CounterID `json:"counter,omitempty"`
	Call    branch.CallID    `json:"call,omitempty"`
}

// VisitBack ends away.
type VisitBack struct {
	Visit  branch.VisitID `json:"visit"`
	Ticket branch.Ticket  `json:"ticket"`
}

// VisitParked sets a served visit aside until Until.
type VisitParked struct {
	Visit   branch.VisitID   `json:"visit"`
	Ticket  branch.Ticket    `json:"ticket"`
	Counter branch.CounterID `json:"counter"`
	Until   branch.Instant   `json:"until"`
	Reason  string           `json:"reason,omitempty"`
}

// VisitTransferred begins a new segment at Service, or at To only.
type VisitTransferred struct {
	Visit   branch.VisitID   `json:"visit"`
	Ticket  branch.Ticket    `json:"ticket"`
	Counter branch.CounterID `json:"counter"`
	Call    branch.CallID    `json:"call,omitempty"`
	Service branch.ServiceID `json:"service"`
	// To is the only counter that may call it, if any.
	To       branch.CounterID `json:"to,omitempty"`
	QueuedAt branch.Instant   `json:"queuedAt"`
}

// VisitNoShow says that the called person did not come; Look asks for somebody
// to go and look.
type VisitNoShow struct {
	Visit   branch.VisitID   `json:"visit"`
	Ticket  branch.Ticket    `json:"ticket"`
	Counter branch.CounterID `json:"counter"`
	Call    branch.CallID    `json:"call"`
	Until   branch.Instant   `json:"until"`
	Look    bool             `json:"look,omitempty"`
}

// ReturnCause says what brought a visit back.
type ReturnCause string

// A return is asked for, or its time has come.
const (
	ReturnAsked ReturnCause = "asked"
	ReturnTime  ReturnCause = "time"
)

// VisitReturned brings a parked visit or a no-show back to the queue.
type VisitReturned struct {
	Visit    branch.VisitID `json:"visit"`
	Ticket   branch.Ticket  `json:"ticket"`
	QueuedAt branch.Instant `json:"queuedAt"`
	Cause    ReturnCause    `json:"cause"`
}

// VisitFinished ends the service; with Next the visit waits again.
type VisitFinished struct {
	Visit   branch.VisitID   `json:"visit"`
	Ticket  branch.Ticket    `json:"ticket"`
	Counter branch.CounterID `json:"counter"`
	Outcome Outcome          `json:"outcome"`
	Next    branch.ServiceID `json:"next,omitempty"`
}

// VisitCancelled ends a visit at the person's wish.
type VisitCancelled struct {
	Visit   branch.VisitID   `json:"visit"`
	Ticket  branch.Ticket    `json:"ticket"`
	Counter branch.CounterID `json:"counter,omitempty"`
	Call    branch.CallID    `json:"call,omitempty"`
}

// RemovalCause says why a visit was removed.
type RemovalCause string

// A visit is removed after its grace, after it stayed away too long, or at the
// end of the day.
const (
	RemovedGrace RemovalCause = "grace"
	RemovedAway  RemovalCause = "away"
	RemovedDay   RemovalCause = "day"
)

// VisitRemoved ends a visit that nobody ended; Look asks for somebody to go and
// look.
type VisitRemoved struct {
	Visit   branch.VisitID   `json:"visit"`
	Ticket  branch.Ticket    `json:"ticket"`
	Counter branch.CounterID `json:"counter,omitempty"`
	Call    branch.CallID    `json:"call,omitempty"`
	Cause   RemovalCause     `json:"cause"`
	Look    bool             `json:"look,omitempty"`
}

// VisitStranded says that no open counter can serve the visit.
type VisitStranded struct {
	Visit  branch.VisitID `json:"visit"`
	Ticket branch.Ticket  `json:"ticket"`
	// Lacking lists what no open counter has, for the page to staff.
	Lacking []branch.Ability `json:"lacking,omitempty"`
}

// VisitRelaxed says that any staffed counter may now call the visit, with
// somebody coming to help there.
type VisitRelaxed struct {
	Visit  branch.VisitID `json:"visit"`
	Ticket branch.Ticket  `json:"ticket"`
}

// OpenedCounter says that a counter calls, with Staff if named.
type OpenedCounter struct {
	Counter branch.CounterID `json:"counter"`
	Staff   branch.StaffID   `json:"staff,omitempty"`
}

// PausedCounter says that a free counter has stopped calling for a while.
type PausedCounter struct {
	Counter branch.CounterID `json:"counter"`
	Reason  string           `json:"reason,omitempty"`
}

// ClosedCounter says that a counter is closed.
type ClosedCounter struct {
	Counter branch.CounterID `json:"counter"`
}

// AbilityLost says that a device no longer gives a counter an ability.
type AbilityLost struct {
	Counter branch.CounterID `json:"counter"`
	Ability branch.Ability   `json:"ability"`
	Device  branch.DeviceID  `json:"device"`
}

// AbilityRestored ends AbilityLost for that device.
type AbilityRestored struct {
	Counter branch.CounterID `json:"counter"`
	Ability branch.Ability   `json:"ability"`
	Device  branch.DeviceID  `json:"device"`
}

// DayOpened begins a day: ticket numbers start anew.
type DayOpened struct {
	Day branch.Day `json:"day"`
}

// DayClosed ends a day.
type DayClosed struct {
	Day branch.Day `json:"day"`
}

// The names of the contract.
func (VisitCreated) EventType() string     { return "visit.created" }
func (VisitCalled) EventType() string      { return "visit.called" }
func (VisitRecalled) EventType() string    { return "visit.recalled" }
func (VisitConfirmed) EventType() string   { return "visit.confirmed" }
func (VisitAway) EventType() string        { return "visit.away" }
func (VisitBack) EventType() string        { return "visit.back" }
func (VisitParked) EventType() string      { return "visit.parked" }
func (VisitTransferred) EventType() string { return "visit.transferred" }
func (VisitNoShow) EventType() string      { return "visit.no-show" }
func (VisitReturned) EventType() string    { return "visit.returned" }
func (VisitFinished) EventType() string    { return "visit.finished" }
func (VisitCancelled) EventType() string   { return "visit.cancelled" }
func (VisitRemoved) EventType() string     { return "visit.removed" }
func (VisitStranded) EventType() string    { return "visit.stranded" }
func (VisitRelaxed) EventType() string     { return "visit.relaxed" }
func (OpenedCounter) EventType() string    { return "counter.opened" }
func (PausedCounter) EventType() string    { return "counter.paused" }
func (ClosedCounter) EventType() string    { return "counter.closed" }
func (AbilityLost) EventType() string      { return "counter.ability-lost" }
func (AbilityRestored) EventType() string  { return "counter.ability-restored" }
func (DayOpened) EventType() string        { return "day.opened" }
func (DayClosed) EventType() string        { return "day.closed" }

// Version returns 1 for every event: no stored form has changed yet.
func (VisitCreated) Version() int     { return 1 }
func (VisitCalled) Version() int      { return 1 }
func (VisitRecalled) Version() int    { return 1 }
func (VisitConfirmed) Version() int   { return 1 }
func (VisitAway) Version() int        { return 1 }
func (VisitBack) Version() int        { return 1 }
func (VisitParked) Version() int      { return 1 }
func (VisitTransferred) Version() int { return 1 }
func (VisitNoShow) Version() int      { return 1 }
func (VisitReturned) Version() int    { return 1 }
func (VisitFinished) Version() int    { return 1 }
func (VisitCancelled) Version() int   { return 1 }
func (VisitRemoved) Version() int     { return 1 }
func (VisitStranded) Version() int    { return 1 }
func (VisitRelaxed) Version() int     { return 1 }
func (OpenedCounter) Version() int    { return 1 }
func (PausedCounter) Version() int    { return 1 }
func (ClosedCounter) Version() int    { return 1 }
func (AbilityLost) Version() int      { return 1 }
func (AbilityRestored) Version() int  { return 1 }
func (DayOpened) Version() int        { return 1 }
func (DayClosed) Version() int        { return 1 }

// Answer names the visit, with what was promised.
func (e VisitCreated) Answer() branch.Answer {
	return branch.Answer{Visit: e.Visit, Ticket: e.Ticket, Wait: e.Wait, Created: true}
}
func (e VisitCalled) Answer() branch.Answer      { return branch.Answer{Visit: e.Visit, Counter: e.Counter} }
func (e VisitRecalled) Answer() branch.Answer    { return branch.Answer{Visit: e.Visit} }
func (e VisitConfirmed) Answer() branch.Answer   { return branch.Answer{Visit: e.Visit} }
func (e VisitAway) Answer() branch.Answer        { return branch.Answer{Visit: e.Visit} }
func (e VisitBack) Answer() branch.Answer        { return branch.Answer{Visit: e.Visit} }
func (e VisitParked) Answer() branch.Answer      { return branch.Answer{Visit: e.Visit} }
func (e VisitTransferred) Answer() branch.Answer { return branch.Answer{Visit: e.Visit} }
func (e VisitNoShow) Answer() branch.Answer      { return branch.Answer{Visit: e.Visit} }
func (e VisitReturned) Answer() branch.Answer    { return branch.Answer{Visit: e.Visit} }
func (e VisitFinished) Answer() branch.Answer    { return branch.Answer{Visit: e.Visit} }
func (e VisitCancelled) Answer() branch.Answer   { return branch.Answer{Visit: e.Visit} }
func (e OpenedCounter) Answer() branch.Answer    { return branch.Answer{Counter: e.Counter} }
func (e PausedCounter) Answer() branch.Answer {
	return branch.Answer{Counter: e.Counter}
}
func (e ClosedCounter) Answer() branch.Answer {
	return branch.Answer{Counter: e.Counter}
}

// Announcement is what the hall must say for a call.
func (e VisitCalled) Announcement() branch.Announcement {
	return branch.Announcement{Call: e.Call, Zone: e.Zone, Visit: e.Visit, Ticket: e.Ticket,
		Counter: e.Counter, Language: e.Language}
}

// Announcement is what the hall must say for a further call.
func (e VisitRecalled) Announcement() branch.Announcement {
	return branch.Announcement{Call: e.Call, Zone: e.Zone, Visit: e.Visit, Ticket: e.Ticket,
		Counter: e.Counter, Language: e.Language, Recall: e.Recall}
}

// EndedCall is the call that need not be said any more, if it was not yet.
func (e VisitConfirmed) EndedCall() branch.CallID   { return e.Call }
func (e VisitAway) EndedCall() branch.CallID        { return e.Call }
func (e VisitTransferred) EndedCall() branch.CallID { return e.Call }
func (e VisitNoShow) EndedCall() branch.CallID      { return e.Call }
func (e VisitCancelled) EndedCall() branch.CallID   { return e.Call }
func (e VisitRemoved) EndedCall() branch.CallID     { return e.Call }

// Slip is the paper to print, if the ticket was taken where there is a printer.
func (e VisitCreated) Slip() (branch.Slip, bool) {
	return branch.Slip{Visit: e.Visit, Ticket: e.Ticket, Service: e.Service, Kiosk: e.Place, Language: e.Language,
		Wait: e.Wait, Large: slices.Contains(e.Needs, branch.LargePrint)}, e.Print
}
