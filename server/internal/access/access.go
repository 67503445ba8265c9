// Package access knows who may do what: tokens, sessions, visit keys and the
// role matrix. It is a module of the engine (grants and revocations are events)
// and must never hold a secret: a token is known by its SHA-256 only.
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

// Revoke ends a token, or one session of it.
type Revoke struct {
	Token   branch.TokenID `json:"token,omitempty"`
	Session string         `json:"session,omitempty"`
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
}

// The names of the contract.
func (Granted) EventType() string { return "access.granted" }
func (Revoked) EventType() string { return "access.revoked" }

// Version returns 1 for every event: no stored form has changed yet.
func (Granted) Version() int { return 1 }
func (Revoked) Version() int { return 1 }

// Answer names the token.
func (e Granted) Answer() branch.Answer { return branch.Answer{Token: e.Token, Created: true} }
func (e Revoked) Answer() branch.Answer { return branch.Answer{Token: e.Token} }
