package queue

import "handrail/server/internal/branch"

// Create takes a ticket. Class may be empty: then the needs decide
// (Policy.CaringNeeds). Urgent is for supervisors.
type Create struct {
	Service  branch.ServiceID `json:"service"`
	Needs    []branch.Need    `json:"needs"`
	Language branch.Language  `json:"language"`
	Class    branch.Class     `json:"class,omitempty"`
	// Promise is the forecast's range, if there is one; without it the module
	// promises by class-aware queue length. It is no part of what the client
	// sent, so it is left out of the command's identity.
	Promise *branch.Wait `json:"-"`
}

// Away keeps the visit's place while the person is away, at most
// Policy.AwayLimit.
type Away struct {
	Visit branch.VisitID `json:"visit"`
}

// Back ends Away.
type Back struct {
	Visit branch.VisitID `json:"visit"`
}

// Cancel takes the visit out of the queue at the person's wish.
type Cancel struct {
	Visit branch.VisitID `json:"visit"`
}

// CallNext calls whoever the call rule says is next for the counter; no event
// when nobody is.
type CallNext struct {
	Counter branch.CounterID `json:"counter"`
}

// Call brings this visit to this counter now, out of turn, with a reason.
type Call struct {
	Counter branch.CounterID `json:"counter"`
	Visit   branch.VisitID   `json:"visit"`
	Why     string           `json:"why"`
}

// Recall calls a called visit again, at the earliest Policy.RecallSpacing after
// the last call.
type Recall struct {
	Visit branch.VisitID `json:"visit"`
}

// Confirm says that the person is at the counter.
type Confirm struct {
	Visit branch.VisitID `json:"visit"`
}

// Outcome says how a visit was served.
type Outcome string

// The outcomes; an empty one means OutcomeDone.
const (
	OutcomeDone   Outcome = "done"
	OutcomePartly Outcome = "partly"
	OutcomeNot    Outcome = "not"
)

// Finish ends the service. With Next the visit waits again, for that service.
type Finish struct {
	Visit   branch.VisitID   `json:"visit"`
	Outcome Outcome          `json:"outcome,omitempty"`
	Next    branch.ServiceID `json:"next,omitempty"`
}

// NoShow says that the called person did not come.
type NoShow struct {
	Visit branch.VisitID `json:"visit"`
}

// Park sets a served visit aside for 1 to 240 minutes.
type Park struct {
	Visit   branch.VisitID `json:"visit"`
	Minutes int            `json:"minutes"`
	Reason  string         `json:"reason"`
}

// Transfer sends the visit to another service or to one counter: exactly one of
// Service and Counter. KeepPlace keeps QueuedAt.
type Transfer struct {
	Visit     branch.VisitID   `json:"visit"`
	Service   branch.ServiceID `json:"service,omitempty"`
	Counter   branch.CounterID `json:"counter,omitempty"`
	KeepPlace bool             `json:"keepPlace"`
}

// Position says where a returning visit waits.
type Position string

// First keeps QueuedAt, Last resets it.
const (
	First Position = "first"
	Last  Position = "last"
)

// Return brings a parked visit, or a no-show in its grace, back to the queue.
type Return struct {
	Visit    branch.VisitID `json:"visit"`
	Position Position       `json:"position"`
}

// OpenCounter opens a closed or paused counter, with a member of staff if named.
type OpenCounter struct {
	Counter branch.CounterID `json:"counter"`
	Staff   branch.StaffID   `json:"staff,omitempty"`
}

// PauseCounter stops calling at a free counter.
type PauseCounter struct {
	Counter branch.CounterID `json:"counter"`
	Reason  string           `json:"reason"`
}

// CloseCounter closes a free counter.
type CloseCounter struct {
	Counter branch.CounterID `json:"counter"`
}

// LoseAbility says that a counter's device no longer gives an ability.
type LoseAbility struct {
	Counter branch.CounterID `json:"counter"`
	Ability branch.Ability   `json:"ability"`
	Device  branch.DeviceID  `json:"device"`
}

// RestoreAbility ends LoseAbility for that device.
type RestoreAbility struct {
	Counter branch.CounterID `json:"counter"`
	Ability branch.Ability   `json:"ability"`
	Device  branch.DeviceID  `json:"device"`
}

// OpenDay begins the branch's day: ticket numbers start anew.
type OpenDay struct{}

// CloseDay ends the branch's day; Policy.CarryOver says what becomes of those
// who still wait.
type CloseDay struct{}

// The names of the contract.
func (Create) CommandName() string         { return "visit.create" }
func (Away) CommandName() string           { return "visit.away" }
func (Back) CommandName() string           { return "visit.back" }
func (Cancel) CommandName() string         { return "visit.cancel" }
func (Recall) CommandName() string         { return "visit.recall" }
func (Confirm) CommandName() string        { return "visit.confirm" }
func (Finish) CommandName() string         { return "visit.finish" }
func (NoShow) CommandName() string         { return "visit.no-show" }
func (Park) CommandName() string           { return "visit.park" }
func (Transfer) CommandName() string       { return "visit.transfer" }
func (Return) CommandName() string         { return "visit.return" }
func (OpenCounter) CommandName() string    { return "counter.open" }
func (PauseCounter) CommandName() string   { return "counter.pause" }
func (CloseCounter) CommandName() string   { return "counter.close" }
func (CallNext) CommandName() string       { return "counter.call-next" }
func (Call) CommandName() string           { return "counter.call" }
func (LoseAbility) CommandName() string    { return "counter.lose-ability" }
func (RestoreAbility) CommandName() string { return "counter.restore-ability" }
func (OpenDay) CommandName() string        { return "day.open" }
func (CloseDay) CommandName() string       { return "day.close" }
