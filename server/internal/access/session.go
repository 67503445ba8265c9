package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"handrail/server/internal/branch"
)

// How long a session lasts.
const (
	screenLife = 30 * 24 * time.Hour
	visitLife  = 24 * time.Hour
)

// nonceBytes make the name of a session: 22 characters of base64url.
const nonceBytes = 16

// The longest cookie and visit key worth looking at, in bytes.
const (
	maxCookie   = 256
	maxVisitKey = 128
)

// Cookie is a session as the browser keeps it; the box keeps nothing.
type Cookie struct {
	// Name is "__Host-handrail-" and the role, so that the screens of several
	// roles can live in one browser.
	Name string
	// Value is "<session>.<token or visit>.<end in ms>.<HMAC-SHA256>".
	Value string
	// Session names the session, as in Revoke.
	Session string
	// Until is when the session ends: 30 days from now, 24 h for a visit.
	Until branch.Instant
}

// CookieName returns the name of the cookie of a role.
func CookieName(role branch.Role) string { return "__Host-handrail-" + string(role) }

// Session begins a session of actor: of its token, or of its visit when it has
// none. It fails only when there is no randomness.
func (k *Keeper) Session(actor branch.Actor, now branch.Instant) (Cookie, error) {
	var nonce [nonceBytes]byte
	if _, err := io.ReadFull(k.keys.Random, nonce[:]); err != nil {
		return Cookie{}, fmt.Errorf("access: no randomness: %w", err)
	}
	subject, life := string(actor.Token), screenLife
	if actor.Role == branch.RoleVisit {
		subject, life = string(actor.Visit), visitLife
	}
	c := Cookie{
		Name:    CookieName(actor.Role),
		Session: base64.RawURLEncoding.EncodeToString(nonce[:]),
		Until:   now.Add(life),
	}
	signed := c.Session + "." + subject + "." + strconv.FormatInt(int64(c.Until), 10)
	c.Value = signed + "." + k.sign(signed)
	return c, nil
}

// FromCookie returns the identity of a session's cookie, unless it was forged,
// has ended, was ended, or its token was revoked.
func (k *Keeper) FromCookie(value string, now branch.Instant) (Identity, bool) {
	if len(value) > maxCookie {
		return Identity{}, false
	}
	dot := strings.LastIndexByte(value, '.')
	if dot < 0 || !hmac.Equal([]byte(value[dot+1:]), []byte(k.sign(value[:dot]))) {
		return Identity{}, false
	}
	session, subject, until, ok := splitSigned(value[:dot])
	if !ok || now >= until || k.Model().Ended(session) {
		return Identity{}, false
	}
	actor, ok := k.subject(subject)
	return Identity{Actor: actor, Session: session, Until: until}, ok
}

// splitSigned takes apart what sign has vouched for.
func splitSigned(signed string) (session, subject string, until branch.Instant, ok bool) {
	session, rest, _ := strings.Cut(signed, ".")
	dot := strings.LastIndexByte(rest, '.')
	if dot < 0 {
		return "", "", 0, false
	}
	ms, err := strconv.ParseInt(rest[dot+1:], 10, 64)
	return session, rest[:dot], branch.Instant(ms), err == nil
}

// subject returns who acts in a session of a visit or of a token.
func (k *Keeper) subject(name string) (branch.Actor, bool) {
	if strings.HasPrefix(name, visitPrefix) {
		return branch.Actor{Role: branch.RoleVisit, Visit: branch.VisitID(name)}, true
	}
	return k.actor(branch.TokenID(name))
}

// sign returns the HMAC-SHA256 of a session's parts. The prefix keeps it apart
// from whatever else the key may sign one day.
func (k *Keeper) sign(signed string) string {
	mac := hmac.New(sha256.New, k.keys.Session)
	mac.Write([]byte("session:" + signed))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func validNonce(session string) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(session)
	return err == nil && len(b) == nonceBytes
}

// visitPrefix begins every visit id.
const visitPrefix = "v_"

// VisitKey returns the key of a visit: "<visit>." and 26 characters, the first
// 128 bits of HMAC-SHA256 of the id in base32 (RFC 4648, upper case, no
// padding). It is the same each time, so it is stored nowhere.
func (k *Keeper) VisitKey(id branch.VisitID) string {
	mac := hmac.New(sha256.New, k.keys.Visit)
	mac.Write([]byte(id))
	return string(id) + "." + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac.Sum(nil)[:16])
}

// CheckVisitKey returns the visit that key opens. It takes equally long for
// every wrong key of a visit.
func (k *Keeper) CheckVisitKey(key string) (branch.VisitID, bool) {
	id, _, found := strings.Cut(key, ".")
	if !found || len(key) > maxVisitKey || !strings.HasPrefix(id, visitPrefix) {
		return "", false
	}
	visit := branch.VisitID(id)
	if !hmac.Equal([]byte(key), []byte(k.VisitKey(visit))) {
		return "", false
	}
	return visit, true
}
