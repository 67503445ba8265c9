package access

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"handrail/server/internal/branch"
)

// secretBytes is the strength of a token: 256 bit.
const secretBytes = 32

// maxSecret is the longest secret worth hashing, in bytes.
const maxSecret = 256

// NewSecret returns a fresh token's secret, 43 characters of base64url, and the
// hash that Grant takes. The secret is to be shown once and kept nowhere.
func NewSecret(random io.Reader) (secret string, hash Hash, err error) {
	var b [secretBytes]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", Hash{}, fmt.Errorf("access: no randomness: %w", err)
	}
	secret = base64.RawURLEncoding.EncodeToString(b[:])
	return secret, HashOf(secret), nil
}

// HashOf returns the hash by which a secret is known.
func HashOf(secret string) Hash { return sha256.Sum256([]byte(secret)) }

// Identity is who a client has proved to be.
type Identity struct {
	Actor branch.Actor
	// Session names the session of a cookie; empty for a bearer token.
	Session string
	// Until is when the session ends by itself; zero for a bearer token.
	Until branch.Instant
}

// Keys are what only this box knows.
type Keys struct {
	// Visit makes the visit keys, Session signs the cookies: at least 32 bytes
	// each.
	Visit, Session []byte
	// Random names new sessions: crypto/rand.Reader.
	Random io.Reader
}

// Keeper lets clients in. Its methods may be used by many goroutines.
type Keeper struct {
	keys   Keys
	model  atomic.Pointer[Model]
	static map[Hash]branch.Actor
}

// NewKeeper returns a keeper that knows no token yet. It fails when a key is
// too short.
func NewKeeper(keys Keys) (*Keeper, error) {
	if len(keys.Visit) < secretBytes || len(keys.Session) < secretBytes {
		return nil, errors.New("access: a key is shorter than 32 bytes")
	}
	if keys.Random == nil {
		return nil, errors.New("access: no random source")
	}
	k := &Keeper{keys: keys, static: map[Hash]branch.Actor{}}
	k.Publish(emptyModel())
	return k, nil
}

// Publish makes m what the keeper answers from. App calls it after each commit.
func (k *Keeper) Publish(m *Model) { k.model.Store(m) }

// Model returns what was published last.
func (k *Keeper) Model() *Model { return k.model.Load() }

// AddStatic lets in whoever presents secret as actor. It is for the demo branch
// on loopback alone, whose secrets are no secrets, and must not be called once
// clients are served. An empty actor.Token becomes the secret itself.
func (k *Keeper) AddStatic(secret string, actor branch.Actor) {
	if actor.Token == "" {
		actor.Token = branch.TokenID(secret)
	}
	k.static[HashOf(secret)] = actor
}

// Authenticate returns the identity of a token's secret.
//
// Only hashes are compared: whoever measures how long that takes learns about
// the hash of a guess, which helps no further guess.
func (k *Keeper) Authenticate(secret string) (Identity, bool) {
	if secret == "" || len(secret) > maxSecret {
		return Identity{}, false
	}
	hash := HashOf(secret)
	m := k.Model()
	if id, ok := m.byHash[hash]; ok {
		return Identity{Actor: m.tokens[id].Actor()}, true
	}
	actor, ok := k.static[hash]
	return Identity{Actor: actor}, ok
}

// Holds reports whether an identity that was let in before would still be: its
// session has not ended, and its token was not revoked.
func (k *Keeper) Holds(who Identity, now branch.Instant) bool {
	if who.Session != "" && (now >= who.Until || k.Model().Ended(who.Session)) {
		return false
	}
	if who.Actor.Token == "" {
		return true // a visit, or the box's own socket
	}
	_, ok := k.actor(who.Actor.Token)
	return ok
}

// actor returns who acts with the token id, granted or static.
func (k *Keeper) actor(id branch.TokenID) (branch.Actor, bool) {
	if t, ok := k.Model().Token(id); ok {
		return t.Actor(), true
	}
	for _, actor := range k.static {
		if actor.Token == id {
			return actor, true
		}
	}
	return branch.Actor{}, false
}
