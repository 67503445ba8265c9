// Package access knows who may do what: tokens, sessions, visit keys and the
// role matrix.
//
// Module is the part that the log drives: grants and revocations are events,
// and a token is known by its SHA-256 only. Keeper is the part that meets
// clients: it holds the box's two keys and answers from the published Model.
// Matrix is the table of roles and actions.
//
// The package must never store a secret, put one into an event or an error, or
// touch a file, a socket or a clock.
package access

import "handrail/server/internal/branch"

// Grant gives a role at a place to whoever presents a token with this hash.
type Grant struct {
	Hash  [32]byte       `json:"hash"`
	Role  branch.Role    `json:"role"`
	Place branch.PlaceID `json:"place,omitempty"`
	// Staff is the person of a pager.
	Staff branch.StaffID `json:"staff,omitempty"`
	Note  string         `json:"note,omitempty"`
}

// Revoke ends a token, or one session: exactly one of Token and Session.
type Revoke struct {
	Token   branch.TokenID `json:"token,omitempty"`
	Session string         `json:"session,omitempty"`
	// Until is when the session ends by itself, so that the revocation can be
	// forgotten; zero, or later than a session can last, means the longest life
	// of a session from now.
	Until branch.Instant `json:"until,omitempty"`
}

// The names used in the engine.
func (Grant) CommandName() string  { return "access.grant" }
func (Revoke) CommandName() string { return "access.revoke" }

// Granted says that a token exists.
type Granted struct {
	Token branch.TokenID `json:"token"`
	Hash  []byte         `json:"hash"`
	Role  branch.Role    `json:"role"`
	Place branch.PlaceID `json:"place,omitempty"`
	Staff branch.StaffID `json:"staff,omitempty"`
	Note  string         `json:"note,omitempty"`
}

// Revoked says that a token, or one session, is no longer valid.
type Revoked struct {
	Token   branch.TokenID `json:"token,omitempty"`
	Session string         `json:"session,omitempty"`
	// Until belongs to Session: the moment after which nobody need remember.
	Until branch.Instant `json:"until,omitempty"`
}

// The names of the contract.
func (Granted) EventType() string { return "access.granted" }
func (Revoked) EventType() string { return "access.revoked" }

// Version returns 1 for every event: no stored form has changed yet.
func (Granted) Version() int { return 1 }
func (Revoked) Version() int { return 1 }

// Answer names the new token.
func (e Granted) Answer() branch.Answer { return branch.Answer{Token: e.Token, Created: true} }

// Answer names the token that has ended; empty for a session.
func (e Revoked) Answer() branch.Answer { return branch.Answer{Token: e.Token} }
