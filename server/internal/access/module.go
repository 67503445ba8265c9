package access

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"handrail/server/internal/branch"
)

// The longest texts a token may carry, in characters.
const (
	maxName = 64
	maxNote = 200
)

// Module is the part of the engine that knows tokens and ended sessions. Its
// methods run on the writer only.
type Module struct {
	model *Model
}

// New returns a module without any token.
func New() *Module { return &Module{model: emptyModel()} }

// Name returns "access".
func (*Module) Name() string { return "access" }

// Commands returns the names of Grant and Revoke.
func (*Module) Commands() []string {
	return []string{Grant{}.CommandName(), Revoke{}.CommandName()}
}

// Events returns the names of Granted and Revoked.
func (*Module) Events() []string {
	return []string{Granted{}.EventType(), Revoked{}.EventType()}
}

// Model returns the read model. It never changes; after a further event there
// is another one.
func (m *Module) Model() *Model { return m.model }

// Decide turns Grant and Revoke into their events. It refuses with invalid a
// grant that names a wrong role, place, person or a hash already in use, and
// with not-found the revocation of a token that does not exist.
func (m *Module) Decide(env branch.Env, _ branch.Actor, cmd branch.Command) ([]branch.Event, error) {
	switch c := cmd.(type) {
	case Grant:
		return m.grant(env, c)
	case Revoke:
		return m.revoke(env, c)
	default:
		return nil, branch.Refuse(branch.CodeNotFound, "There is no such command.")
	}
}

func (m *Module) grant(env branch.Env, g Grant) ([]branch.Event, error) {
	wrong := append(wrongBearer(g), m.wrongHash(g.Hash)...)
	if !plainText(g.Note, maxNote) {
		wrong = append(wrong, branch.FieldError{Field: "note", Message: "is too long or has control characters"})
	}
	if len(wrong) > 0 {
		return nil, branch.Invalid(wrong...)
	}
	return []branch.Event{Granted{
		Token: branch.TokenID(env.NewID("t")),
		Hash:  g.Hash[:],
		Role:  g.Role,
		Place: g.Place,
		Staff: g.Staff,
		Note:  g.Note,
	}}, nil
}

// wrongBearer says what is wrong with the role and with what it belongs to: a
// place for what stands somewhere, a person for a pager, neither otherwise.
func wrongBearer(g Grant) []branch.FieldError {
	place, staff := false, false
	switch g.Role {
	case branch.RoleKiosk, branch.RoleHall, branch.RoleCounter:
		place = true
	case branch.RolePager:
		staff = true
	case branch.RoleSupervisor, branch.RoleIT:
	default:
		return []branch.FieldError{{Field: "role", Message: "is no role that a token can have"}}
	}
	return append(wrongName("place", string(g.Place), place), wrongName("staff", string(g.Staff), staff)...)
}

func wrongName(field, value string, wanted bool) []branch.FieldError {
	switch {
	case wanted && value == "":
		return []branch.FieldError{{Field: field, Message: "is required for this role"}}
	case !wanted && value != "":
		return []branch.FieldError{{Field: field, Message: "does not belong to this role"}}
	case !plainText(value, maxName):
		return []branch.FieldError{{Field: field, Message: "is too long or has control characters"}}
	default:
		return nil
	}
}

func (m *Module) wrongHash(hash Hash) []branch.FieldError {
	if _, taken := m.model.byHash[hash]; taken || hash == (Hash{}) {
		return []branch.FieldError{{Field: "hash", Message: "is empty or in use"}}
	}
	return nil
}

func (m *Module) revoke(env branch.Env, r Revoke) ([]branch.Event, error) {
	switch {
	case (r.Token == "") == (r.Session == ""):
		return nil, branch.Invalid(branch.FieldError{Field: "token", Message: "exactly one of token and session is required"})
	case r.Session != "":
		return m.revokeSession(env, r)
	}
	if _, known := m.model.tokens[r.Token]; !known {
		return nil, branch.Refuse(branch.CodeNotFound, "There is no such token.")
	}
	return []branch.Event{Revoked{Token: r.Token}}, nil
}

// revokeSession ends a session; that has no effect when it has ended already.
// Sessions are kept by the browser alone, so an unknown one is as good as any.
func (m *Module) revokeSession(env branch.Env, r Revoke) ([]branch.Event, error) {
	if !validNonce(r.Session) {
		return nil, branch.Invalid(branch.FieldError{Field: "session", Message: "is not the name of a session"})
	}
	longest := env.Now.Add(screenLife)
	if r.Until.IsZero() || r.Until > longest {
		r.Until = longest
	}
	if m.model.Ended(r.Session) || r.Until <= env.Now {
		return nil, nil
	}
	return []branch.Event{Revoked{Session: r.Session, Until: r.Until}}, nil
}

// Apply keeps what Granted and Revoked say, and forgets ended sessions whose
// time is over.
func (m *Module) Apply(env branch.Envelope) {
	m.model = m.model.forget(env.At)
	switch e := env.Event.(type) {
	case Granted:
		m.model = m.model.grant(e, env.At)
	case Revoked:
		m.model = m.model.revoke(e)
	}
}

// Start has nothing to do.
func (*Module) Start(branch.Env) []branch.Event { return nil }

// NextWake returns zero: nothing here is ever due.
func (*Module) NextWake() branch.Instant { return 0 }

// Wake has nothing to do.
func (*Module) Wake(branch.Env) []branch.Event { return nil }

// Decode reads the stored form of Granted and Revoked.
func (*Module) Decode(eventType string, version int, data []byte) (branch.Event, error) {
	switch {
	case version != 1:
		return nil, fmt.Errorf("access: %s has no version %d", eventType, version)
	case eventType == Granted{}.EventType():
		return decode[Granted](data)
	case eventType == Revoked{}.EventType():
		return decode[Revoked](data)
	default:
		return nil, fmt.Errorf("access: unknown event %s", eventType)
	}
}

func decode[E branch.Event](data []byte) (branch.Event, error) {
	var e E
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, fmt.Errorf("access: %s: %w", e.EventType(), err)
	}
	return e, nil
}

// Snapshot returns the encoding of the state as it is now.
func (m *Module) Snapshot() func() ([]byte, error) { return m.model.encode }

// Restore replaces the state; nil gives the state without any token. On an
// error the state stays as it was.
func (m *Module) Restore(data []byte) error {
	model, err := decodeModel(data)
	if err != nil {
		return err
	}
	m.model = model
	return nil
}

// plainText reports whether s is at most limit characters long and has none
// that could hide or turn what a reader sees.
func plainText(s string, limit int) bool {
	return utf8.RuneCountInString(s) <= limit && branch.CleanText(s)
}
