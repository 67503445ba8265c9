package access

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"handrail/server/internal/branch"
)

// Hash is the SHA-256 of a token's secret, by which alone the token is known.
type Hash = [sha256.Size]byte

// Token is a token without its secret.
type Token struct {
	ID        branch.TokenID `json:"id"`
	Role      branch.Role    `json:"role"`
	Place     branch.PlaceID `json:"place,omitempty"`
	Staff     branch.StaffID `json:"staff,omitempty"`
	Note      string         `json:"note,omitempty"`
	CreatedAt branch.Instant `json:"createdAt"`
	hash      Hash
}

// Actor returns who acts with the token.
func (t Token) Actor() branch.Actor {
	return branch.Actor{Role: t.Role, Place: t.Place, Staff: t.Staff, Token: t.ID}
}

// Model is what access knows at one moment. It never changes.
type Model struct {
	tokens map[branch.TokenID]Token
	byHash map[Hash]branch.TokenID
	// ended holds the sessions that were ended before their time, with that time.
	ended map[string]branch.Instant
	// firstEnd is the earliest time in ended, zero when it is empty.
	firstEnd branch.Instant
}

func emptyModel() *Model {
	return &Model{
		tokens: map[branch.TokenID]Token{},
		byHash: map[Hash]branch.TokenID{},
		ended:  map[string]branch.Instant{},
	}
}

// Token returns the token id, if it exists and was not revoked.
func (m *Model) Token(id branch.TokenID) (Token, bool) {
	t, ok := m.tokens[id]
	return t, ok
}

// Tokens returns every valid token, the oldest first.
func (m *Model) Tokens() []Token {
	return slices.SortedFunc(maps.Values(m.tokens), func(a, b Token) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
}

// Ended reports whether session was ended before its time.
func (m *Model) Ended(session string) bool {
	_, ended := m.ended[session]
	return ended
}

func (m *Model) grant(e Granted, at branch.Instant) *Model {
	t := Token{ID: e.Token, Role: e.Role, Place: e.Place, Staff: e.Staff, Note: e.Note, CreatedAt: at}
	copy(t.hash[:], e.Hash)
	next := *m
	next.tokens = with(m.tokens, t.ID, t)
	next.byHash = with(m.byHash, t.hash, t.ID)
	return &next
}

func (m *Model) revoke(e Revoked) *Model {
	next := *m
	if e.Session != "" {
		next.ended = with(m.ended, e.Session, e.Until)
		next.firstEnd = branch.Earliest(m.firstEnd, e.Until)
		return &next
	}
	if t, known := m.tokens[e.Token]; known {
		next.tokens = without(m.tokens, t.ID)
		next.byHash = without(m.byHash, t.hash)
	}
	return &next
}

// forget drops the ended sessions whose cookies are void by age at now.
func (m *Model) forget(now branch.Instant) *Model {
	if m.firstEnd.IsZero() || now < m.firstEnd {
		return m
	}
	next := *m
	next.ended, next.firstEnd = map[string]branch.Instant{}, 0
	for session, until := range m.ended {
		if until > now {
			next.ended[session] = until
			next.firstEnd = branch.Earliest(next.firstEnd, until)
		}
	}
	return &next
}

// The stored form of a Model: sorted, so that equal states are equal bytes.
type (
	snapshot struct {
		Tokens []storedToken  `json:"tokens"`
		Ended  []endedSession `json:"ended"`
	}
	storedToken struct {
		Token
		Hash []byte `json:"hash"`
	}
	endedSession struct {
		Session string         `json:"session"`
		Until   branch.Instant `json:"until"`
	}
)

func (m *Model) encode() ([]byte, error) {
	s := snapshot{Tokens: []storedToken{}, Ended: []endedSession{}}
	for _, t := range m.Tokens() {
		s.Tokens = append(s.Tokens, storedToken{Token: t, Hash: t.hash[:]})
	}
	for _, session := range slices.Sorted(maps.Keys(m.ended)) {
		s.Ended = append(s.Ended, endedSession{Session: session, Until: m.ended[session]})
	}
	return json.Marshal(s)
}

func decodeModel(data []byte) (*Model, error) {
	m := emptyModel()
	if data == nil {
		return m, nil
	}
	var s snapshot
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("access: snapshot: %w", err)
	}
	for _, stored := range s.Tokens {
		if len(stored.Hash) != len(Hash{}) {
			return nil, fmt.Errorf("access: snapshot: token %s has a hash of %d bytes", stored.ID, len(stored.Hash))
		}
		t := stored.Token
		t.hash = Hash(stored.Hash)
		m.tokens[t.ID] = t
		m.byHash[t.hash] = t.ID
	}
	for _, e := range s.Ended {
		m.ended[e.Session] = e.Until
		m.firstEnd = branch.Earliest(m.firstEnd, e.Until)
	}
	return m, nil
}

// with and without return a changed copy.
func with[K comparable, V any](old map[K]V, key K, value V) map[K]V {
	next := maps.Clone(old)
	next[key] = value
	return next
}

func without[K comparable, V any](old map[K]V, key K) map[K]V {
	next := maps.Clone(old)
	delete(next, key)
	return next
}
