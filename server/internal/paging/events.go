package paging

import "handrail/server/internal/branch"

// PageRaised opens a page. Notified follows in the same batch, or Alarmed when
// nobody is on duty.
type PageRaised struct {
	Page   branch.PageID  `json:"page"`
	Reason branch.Reason  `json:"reason"`
	Place  branch.PlaceID `json:"place"`
	Visit  branch.VisitID `json:"visit,omitempty"`
	// Zone is where the hall speaks for the page; empty for a silent reason.
	Zone    branch.ZoneID  `json:"zone,omitempty"`
	Session string         `json:"session,omitempty"`
	Plan    Plan           `json:"plan"`
	Due     branch.Instant `json:"due"`
}

// PageNotified tells Staff of a step: of a new one, or, with the number of the
// current one, of that too, because they have come on duty since.
type PageNotified struct {
	Page  branch.PageID `json:"page"`
	Step  int           `json:"step"`
	Level int           `json:"level"`
	// First says that only people with an ability of Plan.First are called.
	First bool             `json:"first,omitempty"`
	Staff []branch.StaffID `json:"staff"`
	// Call, Zone and Place are what the hall says at a level that speaks there.
	Call  branch.CallID  `json:"call,omitempty"`
	Zone  branch.ZoneID  `json:"zone,omitempty"`
	Place branch.PlaceID `json:"place,omitempty"`
}

// PageDelivered is the first receipt of a step by a person's device.
type PageDelivered struct {
	Page  branch.PageID  `json:"page"`
	Step  int            `json:"step"`
	Staff branch.StaffID `json:"staff"`
}

// PageAccepted says who comes.
type PageAccepted struct {
	Page  branch.PageID  `json:"page"`
	Staff branch.StaffID `json:"staff"`
	Due   branch.Instant `json:"due"`
	// Alarm and Zone say which hall text goes away, if any.
	Place branch.PlaceID `json:"place"`
	Alarm bool           `json:"alarm,omitempty"`
	Zone  branch.ZoneID  `json:"zone,omitempty"`
	// Call is the latest the hall was asked to say, and need not say any more.
	Call branch.CallID `json:"call,omitempty"`
}

// PageRejected takes a person out of the page.
type PageRejected struct {
	Page  branch.PageID  `json:"page"`
	Staff branch.StaffID `json:"staff"`
}

// PageArrived says that somebody is there; Staff is whoever had accepted. Due is
// the reminder to close, zero for none.
type PageArrived struct {
	Page  branch.PageID  `json:"page"`
	Staff branch.StaffID `json:"staff,omitempty"`
	Due   branch.Instant `json:"due,omitempty"`
}

// PageClosed ends a page.
type PageClosed struct {
	Page    branch.PageID  `json:"page"`
	Outcome Outcome        `json:"outcome"`
	Staff   branch.StaffID `json:"staff,omitempty"`
	// Call is as in PageAccepted.
	Call branch.CallID `json:"call,omitempty"`
}

// PageCancelled ends a page at the wish of who raised it.
type PageCancelled struct {
	Page branch.PageID `json:"page"`
	// Call is as in PageAccepted.
	Call branch.CallID `json:"call,omitempty"`
}

// PageEscalated moves an open page to Level, in Loop.
type PageEscalated struct {
	Page  branch.PageID  `json:"page"`
	Level int            `json:"level"`
	Loop  int            `json:"loop,omitempty"`
	Due   branch.Instant `json:"due"`
}

// PageAlarmed says that nobody has answered: the hall is told, and told again
// at Due.
type PageAlarmed struct {
	Page   branch.PageID  `json:"page"`
	Reason branch.Reason  `json:"reason"`
	Place  branch.PlaceID `json:"place"`
	Zone   branch.ZoneID  `json:"zone,omitempty"`
	// Call is what the hall says; empty for a silent reason.
	Call branch.CallID  `json:"call,omitempty"`
	Due  branch.Instant `json:"due"`
	// Step is the step in which everyone on duty is told, but for those who
	// rejected the page: Staff.
	Step  int              `json:"step"`
	Staff []branch.StaffID `json:"staff,omitempty"`
}

// PageReopened says that whoever accepted did not arrive in time.
type PageReopened struct {
	Page  branch.PageID  `json:"page"`
	Staff branch.StaffID `json:"staff"`
	Level int            `json:"level"`
	Due   branch.Instant `json:"due"`
}

// PageRepeated is a further press; Count counts them all.
type PageRepeated struct {
	Page  branch.PageID `json:"page"`
	Count int           `json:"count"`
}

// PageReminded asks whoever arrived, and the supervisor, to close the page. It
// happens once.
type PageReminded struct {
	Page  branch.PageID  `json:"page"`
	Staff branch.StaffID `json:"staff,omitempty"`
	// Due is the next reminder; zero, because there is none.
	Due branch.Instant `json:"due,omitempty"`
}

// StaffOnDuty puts a person on duty.
type StaffOnDuty struct {
	Staff     branch.StaffID   `json:"staff"`
	Abilities []branch.Ability `json:"abilities,omitempty"`
	Connected bool             `json:"connected,omitempty"`
}

// StaffOffDuty takes a person off duty.
type StaffOffDuty struct {
	Staff branch.StaffID `json:"staff"`
}

// StaffConnected says that a person on duty can be reached.
type StaffConnected struct {
	Staff branch.StaffID `json:"staff"`
}

// StaffLeft says that the last socket of a person has gone; the duty goes on.
type StaffLeft struct {
	Staff branch.StaffID `json:"staff"`
}

// The names of the contract.
func (PageRaised) EventType() string     { return "page.raised" }
func (PageNotified) EventType() string   { return "page.notified" }
func (PageDelivered) EventType() string  { return "page.delivered" }
func (PageAccepted) EventType() string   { return "page.accepted" }
func (PageRejected) EventType() string   { return "page.rejected" }
func (PageArrived) EventType() string    { return "page.arrived" }
func (PageClosed) EventType() string     { return "page.closed" }
func (PageCancelled) EventType() string  { return "page.cancelled" }
func (PageEscalated) EventType() string  { return "page.escalated" }
func (PageAlarmed) EventType() string    { return "page.alarmed" }
func (PageReopened) EventType() string   { return "page.reopened" }
func (PageRepeated) EventType() string   { return "page.repeated" }
func (PageReminded) EventType() string   { return "page.reminded" }
func (StaffOnDuty) EventType() string    { return "staff.on-duty" }
func (StaffOffDuty) EventType() string   { return "staff.off-duty" }
func (StaffConnected) EventType() string { return "staff.connected" }
func (StaffLeft) EventType() string      { return "staff.left" }

// Version returns 1 for every event: no stored form has changed yet.
func (PageRaised) Version() int     { return 1 }
func (PageNotified) Version() int   { return 1 }
func (PageDelivered) Version() int  { return 1 }
func (PageAccepted) Version() int   { return 1 }
func (PageRejected) Version() int   { return 1 }
func (PageArrived) Version() int    { return 1 }
func (PageClosed) Version() int     { return 1 }
func (PageCancelled) Version() int  { return 1 }
func (PageEscalated) Version() int  { return 1 }
func (PageAlarmed) Version() int    { return 1 }
func (PageReopened) Version() int   { return 1 }
func (PageRepeated) Version() int   { return 1 }
func (PageReminded) Version() int   { return 1 }
func (StaffOnDuty) Version() int    { return 1 }
func (StaffOffDuty) Version() int   { return 1 }
func (StaffConnected) Version() int { return 1 }
func (StaffLeft) Version() int      { return 1 }

// Answer names the page.
func (e PageRaised) Answer() branch.Answer    { return branch.Answer{Page: e.Page, Created: true} }
func (e PageRepeated) Answer() branch.Answer  { return branch.Answer{Page: e.Page} }
func (e PageAccepted) Answer() branch.Answer  { return branch.Answer{Page: e.Page} }
func (e PageRejected) Answer() branch.Answer  { return branch.Answer{Page: e.Page} }
func (e PageArrived) Answer() branch.Answer   { return branch.Answer{Page: e.Page} }
func (e PageClosed) Answer() branch.Answer    { return branch.Answer{Page: e.Page} }
func (e PageCancelled) Answer() branch.Answer { return branch.Answer{Page: e.Page} }

// Announcement is what the hall must say; none for a silent reason.
func (e PageAlarmed) Announcement() branch.Announcement {
	return branch.Announcement{Call: e.Call, Zone: e.Zone, Page: e.Page, Place: e.Place}
}

// Announcement is what the hall must say; none at a level that does not speak
// in the hall, and none for a silent reason.
func (e PageNotified) Announcement() branch.Announcement {
	return branch.Announcement{Call: e.Call, Zone: e.Zone, Page: e.Page, Place: e.Place}
}

// EndedCall is the call that need not be said any more, if it was not yet.
func (e PageAccepted) EndedCall() branch.CallID  { return e.Call }
func (e PageClosed) EndedCall() branch.CallID    { return e.Call }
func (e PageCancelled) EndedCall() branch.CallID { return e.Call }
