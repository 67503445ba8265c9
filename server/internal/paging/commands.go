package paging

import "handrail/server/internal/branch"

// Raise asks for a person to come. A press with the same Session or Visit and
// the same Reason as a page that has not been arrived at raises that page again.
type Raise struct {
	Reason branch.Reason `json:"reason"`
	// Place is where the person is needed; empty means the actor's place.
	Place branch.PlaceID `json:"place,omitempty"`
	Visit branch.VisitID `json:"visit,omitempty"`
	// Session is made new by a kiosk at each attract screen.
	Session string `json:"session,omitempty"`
}

// Receive says that a staff device has a step of a page.
type Receive struct {
	Page branch.PageID `json:"page"`
	Step int           `json:"step"`
}

// Accept takes a page; the first wins.
type Accept struct {
	Page branch.PageID `json:"page"`
}

// Reject takes the actor's person out of a page.
type Reject struct {
	Page branch.PageID `json:"page"`
}

// Arrive says that somebody is with the person.
type Arrive struct {
	Page branch.PageID `json:"page"`
}

// Outcome says how a page ended.
type Outcome string

// The outcomes of a page.
const (
	OutcomeHelped      Outcome = "helped"
	OutcomeNotNeeded   Outcome = "not-needed"
	OutcomeNotPossible Outcome = "not-possible"
	OutcomePassedOn    Outcome = "passed-on"
)

// Close ends a page.
type Close struct {
	Page    branch.PageID `json:"page"`
	Outcome Outcome       `json:"outcome"`
}

// Cancel takes a page back while nobody has arrived.
type Cancel struct {
	Page branch.PageID `json:"page"`
}

// DutyOn puts the actor's person on duty with the abilities given, or with the
// configured ones when there are none.
type DutyOn struct {
	Abilities []branch.Ability `json:"abilities"`
}

// DutyOff takes the actor's person off duty.
type DutyOff struct{}

// Connect and Leave say that the first socket of a person on duty has opened
// and that the last has gone.
type Connect struct {
	Staff branch.StaffID `json:"staff"`
}

// Leave is the other half of Connect.
type Leave struct {
	Staff branch.StaffID `json:"staff"`
}

// The names of the contract.
func (Raise) CommandName() string   { return "page.raise" }
func (Receive) CommandName() string { return "page.receive" }
func (Accept) CommandName() string  { return "page.accept" }
func (Reject) CommandName() string  { return "page.reject" }
func (Arrive) CommandName() string  { return "page.arrive" }
func (Close) CommandName() string   { return "page.close" }
func (Cancel) CommandName() string  { return "page.cancel" }
func (DutyOn) CommandName() string  { return "duty.on" }
func (DutyOff) CommandName() string { return "duty.off" }
func (Connect) CommandName() string { return "staff.connect" }
func (Leave) CommandName() string   { return "staff.leave" }
