package branch

// Command is a wish: a value that names what should happen. A module decides it
// into events or refuses it with an *Error.
type Command interface {
	// CommandName is the name in the contract, "visit.create".
	CommandName() string
}

// Actor says who does something, as it is stored beside every event.
type Actor struct {
	Role Role `json:"role"`
	// Place is the kiosk, hall screen or counter of the identity.
	Place PlaceID `json:"place,omitempty"`
	// Staff is who answers pages: the pager's person, or the person the counter
	// was opened with.
	Staff StaffID `json:"staff,omitempty"`
	// Token is the identity's token; empty for RoleVisit and RoleBox.
	Token TokenID `json:"token,omitempty"`
	// Visit is the visit whose key was presented, if any.
	Visit VisitID `json:"visit,omitempty"`
	// OnBehalfOf is the place for which a supervisor acts.
	OnBehalfOf PlaceID `json:"onBehalfOf,omitempty"`
}

// Box is the actor of timers, reactions and device drivers.
func Box() Actor { return Actor{Role: RoleBox} }

// Identity returns the scope of command ids, receipts and rate limits.
func (a Actor) Identity() string {
	switch {
	case a.Token != "":
		return "token:" + string(a.Token)
	case a.Role == RoleVisit:
		return "visit:" + string(a.Visit)
	default:
		return string(a.Role)
	}
}

// Request is a command with the id that makes it safe to repeat and the actor
// that wants it.
type Request struct {
	// ID may be empty: such a request is not remembered.
	ID      CommandID
	By      Actor
	Command Command
}

// Answer is the part of a command's answer that must be the same each time the
// command is repeated. It is read from the events of the command, so it
// survives in the log.
type Answer struct {
	Visit   VisitID   `json:"visit,omitempty"`
	Counter CounterID `json:"counter,omitempty"`
	Page    PageID    `json:"page,omitempty"`
	Token   TokenID   `json:"token,omitempty"`
	Ticket  Ticket    `json:"ticket,omitempty"`
	Wait    *Wait     `json:"wait,omitempty"`
	// Created tells a new visit, page or token (201) from a change of an old one
	// (200).
	Created bool `json:"created,omitempty"`
}

// Wait is a promised range, in whole seconds from SaidAt.
type Wait struct {
	LikelySeconds int64   `json:"likely"`
	LowSeconds    int64   `json:"low"`
	HighSeconds   int64   `json:"high"`
	SaidAt        Instant `json:"saidAt"`
}
