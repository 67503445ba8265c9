package paging

import "handrail/server/internal/branch"

// Status is where a page is in its life.
type Status string

// The statuses of a page.
const (
	Open      Status = "open"
	Accepted  Status = "accepted"
	Arrived   Status = "arrived"
	Closed    Status = "closed"
	Cancelled Status = "cancelled"
)

// Ended reports whether nothing can happen to the page any more.
func (s Status) Ended() bool { return s == Closed || s == Cancelled }

// Page is a request for a person to come. A *Page that has been published never
// changes.
type Page struct {
	ID     branch.PageID  `json:"id"`
	Reason branch.Reason  `json:"reason"`
	Place  branch.PlaceID `json:"place"`
	Visit  branch.VisitID `json:"visit,omitempty"`
	// Zone is where the hall speaks for the page; empty for a silent reason.
	Zone    branch.ZoneID `json:"zone,omitempty"`
	Session string        `json:"session,omitempty"`
	// By is who raised it.
	By     branch.Actor `json:"by"`
	Status Status       `json:"status"`
	Level  int          `json:"level"`
	// Loop counts how often the levels have been gone through, from 0.
	Loop  int  `json:"loop,omitempty"`
	Alarm bool `json:"alarm,omitempty"`
	// First says that the current step calls only people with an ability of
	// Plan.First.
	First bool `json:"first,omitempty"`
	// Call is the latest the hall was asked to say while the page is open.
	Call branch.CallID `json:"call,omitempty"`
	// Count is the number of presses, from 1.
	Count int `json:"count"`
	// Step numbers what devices are told, from 1.
	Step       int            `json:"step"`
	RaisedAt   branch.Instant `json:"raisedAt"`
	AcceptedAt branch.Instant `json:"acceptedAt,omitempty"`
	ArrivedAt  branch.Instant `json:"arrivedAt,omitempty"`
	ClosedAt   branch.Instant `json:"closedAt,omitempty"`
	// DueAt is when the page moves by itself; never zero while open or accepted,
	// zero when arrived and reminded, and when ended.
	DueAt      branch.Instant `json:"dueAt,omitempty"`
	AcceptedBy branch.StaffID `json:"acceptedBy,omitempty"`
	Outcome    Outcome        `json:"outcome,omitempty"`
	Reminded   bool           `json:"reminded,omitempty"`
	// Rejected lists who is out of this page, in order of rejection.
	Rejected []branch.StaffID `json:"rejected,omitempty"`
	// Notified lists who was told of the current step; Received who has it.
	Notified []branch.StaffID `json:"notified,omitempty"`
	Received []branch.StaffID `json:"received,omitempty"`
	// Steps is what happened, for the person who waits: the latest 200 lines.
	Steps []Happened `json:"steps"`
	Plan  Plan       `json:"plan"`
}

// Happened is one line of a page's story; Step is the event's name without
// "page.".
type Happened struct {
	At   branch.Instant `json:"at"`
	Step string         `json:"step"`
	Who  branch.StaffID `json:"who,omitempty"`
}

// Duty is a member of staff who answers pages.
type Duty struct {
	Staff     branch.StaffID   `json:"staff"`
	Abilities []branch.Ability `json:"abilities,omitempty"`
	Connected bool             `json:"connected,omitempty"`
	Since     branch.Instant   `json:"since"`
}

// Model is the read model: pages and duty as they are after a commit. It never
// changes.
type Model struct {
	Policy *Policy
	// Pages are those not ended, by RaisedAt, then ID.
	Pages []*Page
	// ByID finds those pages and the ones that ended today.
	ByID map[branch.PageID]*Page
	// Duty lists who is on duty, by staff id.
	Duty []*Duty
}
