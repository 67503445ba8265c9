package access

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"handrail/server/internal/branch"
)

const visit = branch.VisitID("v_01JD3W0000000000000000000A")

func keyOf(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

func newKeeper(t *testing.T, visitKey, sessionKey byte) *Keeper {
	t.Helper()
	k, err := NewKeeper(Keys{Visit: keyOf(visitKey), Session: keyOf(sessionKey), Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// lobby is a desk with a keeper that follows it.
func lobby(t *testing.T) (*desk, *Keeper) { return newDesk(t), newKeeper(t, 1, 2) }

func TestASecretIs256BitsThatAreKnownByTheirHash(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		secret, hash, err := NewSecret(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := base64.RawURLEncoding.DecodeString(secret)
		if err != nil || len(raw) != 32 || len(secret) != 43 || hash != sha256.Sum256([]byte(secret)) || seen[secret] {
			t.Fatalf("secret %q with hash %x", secret, hash)
		}
		seen[secret] = true
	}
	broken := errors.New("broken")
	if _, _, err := NewSecret(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("without randomness: %v", err)
	}
}

func TestAKeeperNeedsItsKeys(t *testing.T) {
	good := Keys{Visit: keyOf(1), Session: keyOf(2), Random: rand.Reader}
	for name, spoil := range map[string]func(*Keys){
		"a short visit key":   func(k *Keys) { k.Visit = k.Visit[1:] },
		"a short session key": func(k *Keys) { k.Session = nil },
		"no random source":    func(k *Keys) { k.Random = nil },
	} {
		bad := good
		spoil(&bad)
		if _, err := NewKeeper(bad); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := NewKeeper(good); err != nil {
		t.Error(err)
	}
}

func TestATokenLetsInUntilItIsRevoked(t *testing.T) {
	d, k := lobby(t)
	secret, id := d.token(Grant{Role: branch.RoleCounter, Place: "counter-1"})
	if _, ok := k.Authenticate(secret); ok {
		t.Error("let in before the grant was published")
	}
	k.Publish(d.m.Model())
	who, ok := k.Authenticate(secret)
	if want := (branch.Actor{Role: branch.RoleCounter, Place: "counter-1", Token: id}); !ok || who.Actor != want || who.Session != "" {
		t.Errorf("got %+v, %t", who, ok)
	}
	for _, wrong := range []string{"", secret[1:], secret + "A", strings.ToLower(secret), string(id), "demo-it", strings.Repeat("A", 1<<20)} {
		if who, ok := k.Authenticate(wrong); ok || who != (Identity{}) {
			t.Errorf("%.50q was let in as %+v", wrong, who)
		}
	}
	d.do(Revoke{Token: id})
	k.Publish(d.m.Model())
	if _, ok := k.Authenticate(secret); ok {
		t.Error("let in after the token was revoked")
	}
}

func TestAnIdentityHoldsUntilItsSessionOrItsTokenEnds(t *testing.T) {
	d, k := lobby(t)
	_, id := d.token(Grant{Role: branch.RoleIT})
	k.Publish(d.m.Model())
	token := Identity{Actor: branch.Actor{Role: branch.RoleIT, Token: id}}
	cookie := session(t, k, token.Actor)
	browser, ok := k.FromCookie(cookie.Value, morning)
	if !ok || !k.Holds(browser, morning) || !k.Holds(token, morning) {
		t.Fatal("what has just been let in does not hold")
	}
	if k.Holds(browser, cookie.Until) || !k.Holds(token, cookie.Until) {
		t.Error("a session holds beyond its end, or a token ends with it")
	}
	d.do(Revoke{Session: cookie.Session, Until: cookie.Until})
	k.Publish(d.m.Model())
	if k.Holds(browser, morning) || !k.Holds(token, morning) {
		t.Error("an ended session holds, or ends its token")
	}
	d.do(Revoke{Token: id})
	k.Publish(d.m.Model())
	if k.Holds(token, morning) {
		t.Error("a revoked token holds")
	}
	if phone := (Identity{Actor: branch.Actor{Role: branch.RoleVisit, Visit: visit}}); !k.Holds(phone, morning) {
		t.Error("a visit without a token does not hold")
	}
}

func TestAStaticTokenLetsInOnlyWhereItWasAdded(t *testing.T) {
	k := newKeeper(t, 1, 2)
	if _, ok := k.Authenticate("demo-pager"); ok {
		t.Fatal("let in without having been added")
	}
	k.AddStatic("demo-pager", branch.Actor{Role: branch.RolePager, Staff: "li"})
	who, ok := k.Authenticate("demo-pager")
	if want := (branch.Actor{Role: branch.RolePager, Staff: "li", Token: "demo-pager"}); !ok || who.Actor != want {
		t.Errorf("got %+v, %t", who, ok)
	}
	cookie := session(t, k, who.Actor)
	if again, ok := k.FromCookie(cookie.Value, morning); !ok || again.Actor != who.Actor {
		t.Errorf("its session is of %+v, %t", again, ok)
	}
	if _, ok := newKeeper(t, 1, 2).FromCookie(cookie.Value, morning); ok {
		t.Error("its session goes on in a box that does not have it")
	}
}

func session(t *testing.T, k *Keeper, actor branch.Actor) Cookie {
	t.Helper()
	c, err := k.Session(actor, morning)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestASessionLastsAcrossARestartUntilItsTimeIsOver(t *testing.T) {
	d, k := lobby(t)
	_, id := d.token(Grant{Role: branch.RoleKiosk, Place: "kiosk-1"})
	k.Publish(d.m.Model())
	for name, c := range map[string]struct {
		actor branch.Actor
		life  time.Duration
	}{
		"__Host-handrail-kiosk": {branch.Actor{Role: branch.RoleKiosk, Place: "kiosk-1", Token: id}, 30 * 24 * time.Hour},
		"__Host-handrail-visit": {branch.Actor{Role: branch.RoleVisit, Visit: visit}, 24 * time.Hour},
	} {
		cookie := session(t, k, c.actor)
		if cookie.Name != name || cookie.Until != morning.Add(c.life) {
			t.Errorf("%s until %v, want %s for %v", cookie.Name, cookie.Until.Time(), name, c.life)
		}
		restarted := newKeeper(t, 1, 2)
		restarted.Publish(d.m.Model())
		last := morning.Add(c.life - time.Millisecond)
		want := Identity{Actor: c.actor, Session: cookie.Session, Until: cookie.Until}
		if got, ok := restarted.FromCookie(cookie.Value, last); !ok || got != want {
			t.Errorf("%s: %+v, %t, want %+v", name, got, ok, want)
		}
		if _, ok := restarted.FromCookie(cookie.Value, last+1); ok {
			t.Errorf("%s is still good after %v", name, c.life)
		}
	}
}

func TestASessionEndsWithItselfAndWithItsToken(t *testing.T) {
	d, k := lobby(t)
	_, id := d.token(Grant{Role: branch.RoleIT})
	k.Publish(d.m.Model())
	first := session(t, k, branch.Actor{Role: branch.RoleIT, Token: id})
	second := session(t, k, branch.Actor{Role: branch.RoleIT, Token: id})
	if first.Session == second.Session {
		t.Fatal("two sessions have one name")
	}
	d.do(Revoke{Session: first.Session, Until: first.Until})
	k.Publish(d.m.Model())
	if _, ok := k.FromCookie(first.Value, morning); ok {
		t.Error("a session that was ended goes on")
	}
	if _, ok := k.FromCookie(second.Value, morning); !ok {
		t.Error("ending one session has ended another")
	}
	d.do(Revoke{Token: id})
	k.Publish(d.m.Model())
	if _, ok := k.FromCookie(second.Value, morning); ok {
		t.Error("a session outlives its token")
	}
}

func TestASessionThatWasAlteredIsNone(t *testing.T) {
	_, k := lobby(t)
	k.AddStatic("demo-it", branch.Actor{Role: branch.RoleIT})
	k.AddStatic("demo-hall", branch.Actor{Role: branch.RoleHall, Place: "hall-1"})
	good := session(t, k, branch.Actor{Role: branch.RoleHall, Place: "hall-1", Token: "demo-hall"}).Value
	if _, ok := k.FromCookie(good, morning); !ok {
		t.Fatal("the unaltered one is not good")
	}
	if _, ok := newKeeper(t, 1, 3).FromCookie(good, morning); ok {
		t.Error("a box with another key takes it")
	}
	for _, bad := range []string{
		"", ".", "...", good + "A", good[:len(good)-1], good + ".", strings.Replace(good, "demo-hall", "demo-it", 1),
		strings.Replace(good, ".1", ".9", 1), strings.TrimSuffix(good, good[strings.LastIndexByte(good, '.'):]),
		strings.Repeat("A", 1<<16),
	} {
		if who, ok := k.FromCookie(bad, morning); ok || who != (Identity{}) {
			t.Errorf("%.80q was taken for %+v", bad, who)
		}
	}
	for i := range good {
		altered := []byte(good)
		altered[i] ^= 1
		if _, ok := k.FromCookie(string(altered), morning); ok {
			t.Errorf("taken with byte %d altered", i)
		}
	}
}

func TestWithoutRandomnessThereIsNoSession(t *testing.T) {
	k, err := NewKeeper(Keys{Visit: keyOf(1), Session: keyOf(2), Random: iotest.ErrReader(io.ErrUnexpectedEOF)})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := k.Session(branch.Actor{Role: branch.RoleIT, Token: "t_1"}, morning); err == nil {
		t.Errorf("got %+v", c)
	}
}

func TestAVisitKeyIsTheSameEachTimeAndOpensOnlyItsVisit(t *testing.T) {
	k := newKeeper(t, 1, 2)
	key := k.VisitKey(visit)
	mac := hmac.New(sha256.New, keyOf(1))
	mac.Write([]byte(visit))
	want := string(visit) + "." + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac.Sum(nil)[:16])
	if key != want || len(key) != len(visit)+1+26 || key != newKeeper(t, 1, 9).VisitKey(visit) {
		t.Errorf("key %s, want %s", key, want)
	}
	if id, ok := k.CheckVisitKey(key); !ok || id != visit {
		t.Errorf("opens %q, %t", id, ok)
	}
	other := k.VisitKey("v_01JD3W0000000000000000000B")
	tail := key[len(visit):]
	for _, wrong := range []string{
		"", ".", string(visit), string(visit) + ".", strings.ToLower(key), key + "A", key[:len(key)-1], key + ".", tail,
		other[:len(visit)] + tail, "p_1" + tail, newKeeper(t, 3, 2).VisitKey(visit), strings.Repeat("v_", 1<<16) + tail,
	} {
		if id, ok := k.CheckVisitKey(wrong); ok || id != "" {
			t.Errorf("%.80q opens %q", wrong, id)
		}
	}
}

func TestNoSecretStandsInEventsOrSnapshots(t *testing.T) {
	d, k := lobby(t)
	secret, id := d.token(Grant{Role: branch.RoleIT})
	cookie := session(t, k, branch.Actor{Role: branch.RoleIT, Token: id})
	d.do(Revoke{Session: cookie.Session})
	if data := string(snapshotOf(t, d.m)); strings.Contains(data, secret) || strings.Contains(data, cookie.Value) {
		t.Errorf("a secret stands in %s", data)
	}
}
