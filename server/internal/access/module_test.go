package access

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/branch"
)

func TestAGrantIsAToken(t *testing.T) {
	for _, grant := range []Grant{
		{Role: branch.RoleKiosk, Place: "kiosk-1"},
		{Role: branch.RoleHall, Place: "hall-1"},
		{Role: branch.RoleCounter, Place: "counter-1", Note: "左边第一个窗口"},
		{Role: branch.RolePager, Staff: "li"},
		{Role: branch.RoleSupervisor, Note: strings.Repeat("注", maxNote)},
		{Role: branch.RoleIT},
	} {
		d := newDesk(t)
		_, grant.Hash = fresh(t, 1)
		events := d.do(grant)
		answer := events[0].(Granted).Answer()
		if len(events) != 1 || answer.Token != "t_1" || !answer.Created {
			t.Errorf("%s: %+v", grant.Role, events)
		}
		want := Token{ID: "t_1", Role: grant.Role, Place: grant.Place, Staff: grant.Staff, Note: grant.Note,
			CreatedAt: morning, hash: grant.Hash}
		if got, ok := d.m.Model().Token("t_1"); !ok || got != want {
			t.Errorf("%s: %+v, want %+v", grant.Role, got, want)
		}
	}
}

func TestAGrantThatMakesNoSenseIsInvalid(t *testing.T) {
	_, hash := fresh(t, 1)
	for name, c := range map[string]struct {
		grant Grant
		field string
	}{
		"no role":                   {Grant{Hash: hash}, "role"},
		"unknown role":              {Grant{Hash: hash, Role: "boss"}, "role"},
		"the role of a visit":       {Grant{Hash: hash, Role: branch.RoleVisit}, "role"},
		"the role of the box":       {Grant{Hash: hash, Role: branch.RoleBox}, "role"},
		"a kiosk nowhere":           {Grant{Hash: hash, Role: branch.RoleKiosk}, "place"},
		"a hall screen nowhere":     {Grant{Hash: hash, Role: branch.RoleHall}, "place"},
		"a counter nowhere":         {Grant{Hash: hash, Role: branch.RoleCounter}, "place"},
		"a pager of nobody":         {Grant{Hash: hash, Role: branch.RolePager}, "staff"},
		"a pager at a place":        {Grant{Hash: hash, Role: branch.RolePager, Staff: "li", Place: "x"}, "place"},
		"a kiosk of a person":       {Grant{Hash: hash, Role: branch.RoleKiosk, Place: "x", Staff: "li"}, "staff"},
		"a supervisor at a place":   {Grant{Hash: hash, Role: branch.RoleSupervisor, Place: "x"}, "place"},
		"a place that is too long":  {Grant{Hash: hash, Role: branch.RoleKiosk, Place: branch.PlaceID(strings.Repeat("x", maxName+1))}, "place"},
		"a note that is too long":   {Grant{Hash: hash, Role: branch.RoleIT, Note: strings.Repeat("x", maxNote+1)}, "note"},
		"a note of two lines":       {Grant{Hash: hash, Role: branch.RoleIT, Note: "a\nb"}, "note"},
		"a note that turns around":  {Grant{Hash: hash, Role: branch.RoleIT, Note: "a\u202eb"}, "note"},
		"a note that is not UTF-8":  {Grant{Hash: hash, Role: branch.RoleIT, Note: "a\xff"}, "note"},
		"a place with a null":       {Grant{Hash: hash, Role: branch.RoleKiosk, Place: "a\x00"}, "place"},
		"a hash that was never set": {Grant{Role: branch.RoleIT}, "hash"},
	} {
		t.Run(name, func(t *testing.T) { newDesk(t).refused(c.grant, branch.CodeInvalid, c.field) })
	}
}

func TestASecretCannotBeGrantedTwice(t *testing.T) {
	d := newDesk(t)
	_, hash := fresh(t, 1)
	d.do(Grant{Hash: hash, Role: branch.RoleIT})
	d.refused(Grant{Hash: hash, Role: branch.RoleSupervisor}, branch.CodeInvalid, "hash")
	_, other := fresh(t, 2)
	d.do(Grant{Hash: other, Role: branch.RoleSupervisor})
	d.do(Revoke{Token: "t_1"})
	d.do(Grant{Hash: hash, Role: branch.RoleIT})
}

func TestOnlyATokenThatExistsIsRevoked(t *testing.T) {
	d := newDesk(t)
	_, id := d.token(Grant{Role: branch.RoleIT})
	d.refused(Revoke{Token: "t_9"}, branch.CodeNotFound)
	d.do(Revoke{Token: id})
	if _, ok := d.m.Model().Token(id); ok {
		t.Error("the token is still there")
	}
	d.refused(Revoke{Token: id}, branch.CodeNotFound)
}

func TestARevocationNamesEitherATokenOrASession(t *testing.T) {
	d := newDesk(t)
	d.refused(Revoke{}, branch.CodeInvalid, "token")
	d.refused(Revoke{Token: "t_1", Session: nonceOf(1)}, branch.CodeInvalid, "token")
	for _, session := range []string{"x", nonceOf(1) + "A", nonceOf(1)[1:], strings.Repeat("=", 22), nonceOf(1)[:21] + "B"} {
		d.refused(Revoke{Session: session}, branch.CodeInvalid, "session")
	}
	d.do(Revoke{Session: nonceOf(1)})
}

// nonceOf is the name of a session.
func nonceOf(n byte) string {
	c, err := (&Keeper{keys: Keys{Random: bytes.NewReader(bytes.Repeat([]byte{n}, nonceBytes))}}).Session(branch.Actor{}, morning)
	if err != nil {
		panic(err)
	}
	return c.Session
}

func TestAnEndedSessionIsForgottenWhenItsTimeIsOver(t *testing.T) {
	d := newDesk(t)
	events := d.do(Revoke{Session: nonceOf(1), Until: morning.Add(time.Hour)})
	if got := events[0].(Revoked).Until; got != morning.Add(time.Hour) {
		t.Errorf("remembered until %v", got.Time())
	}
	if events := d.do(Revoke{Session: nonceOf(1), Until: morning.Add(time.Hour)}); len(events) > 0 {
		t.Errorf("ended twice: %v", events)
	}
	d.pass(time.Hour - 1*time.Millisecond)
	d.apply(branch.ClockJumped{})
	if !d.m.Model().Ended(nonceOf(1)) {
		t.Error("forgotten too early")
	}
	d.pass(time.Millisecond)
	d.apply(branch.ClockJumped{})
	if d.m.Model().Ended(nonceOf(1)) {
		t.Error("not forgotten")
	}
	if events := d.do(Revoke{Session: nonceOf(1), Until: morning}); len(events) > 0 {
		t.Errorf("a session that had ended by itself was ended: %v", events)
	}
}

func TestNoSessionIsRememberedForLongerThanOneCanLast(t *testing.T) {
	for _, until := range []branch.Instant{0, morning.Add(screenLife + time.Hour)} {
		d := newDesk(t)
		if got := d.do(Revoke{Session: nonceOf(1), Until: until})[0].(Revoked).Until; got != morning.Add(screenLife) {
			t.Errorf("remembered until %v", got.Time())
		}
	}
}

func TestAnUnknownCommandIsRefused(t *testing.T) {
	newDesk(t).refused(strange{}, branch.CodeNotFound)
}

type strange struct{}

func (strange) CommandName() string { return "strange" }

func TestTheModuleOwnsItsNames(t *testing.T) {
	m := New()
	if m.Name() != "access" || !slices.Equal(m.Commands(), []string{"access.grant", "access.revoke"}) ||
		!slices.Equal(m.Events(), []string{"access.granted", "access.revoked"}) {
		t.Errorf("%s owns %v and %v", m.Name(), m.Commands(), m.Events())
	}
	if m.NextWake() != 0 || m.Wake(branch.Env{}) != nil || m.Start(branch.Env{}) != nil {
		t.Error("something is due")
	}
}

// stored are the events as they stand in logs for ever.
func stored() map[string]branch.Event {
	hash := HashOf("secret")
	return map[string]branch.Event{
		"access.granted@1": Granted{Token: "t_1", Hash: hash[:], Role: branch.RolePager, Staff: "li", Note: "手机"},
		"access.revoked@1": Revoked{Session: nonceOf(1), Until: morning},
	}
}

func TestStoredFormsNeverChange(t *testing.T) {
	for name, event := range stored() {
		golden, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		encoded, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := string(encoded), strings.TrimSpace(string(golden)); got != want {
			t.Errorf("%s is stored as\n%s, want\n%s", name, got, want)
		}
		decoded, err := New().Decode(event.EventType(), event.Version(), golden)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := json.Marshal(decoded); !bytes.Equal(again, encoded) {
			t.Errorf("%s is read as %s", name, again)
		}
	}
}

func TestWhatIsNoStoredFormIsAnError(t *testing.T) {
	for _, c := range []struct {
		name    string
		version int
		data    string
	}{
		{"access.granted", 2, `{}`}, {"access.granted", 0, `{}`}, {"visit.created", 1, `{}`},
		{"access.granted", 1, `{`}, {"access.revoked", 1, `[]`},
	} {
		if event, err := New().Decode(c.name, c.version, []byte(c.data)); err == nil {
			t.Errorf("%s@%d %s was read as %v", c.name, c.version, c.data, event)
		}
	}
}

func TestASnapshotRestoresTheStateByteForByte(t *testing.T) {
	d := newDesk(t)
	for _, place := range []branch.PlaceID{"a", "b", "c"} {
		d.token(Grant{Role: branch.RoleKiosk, Place: place})
		d.do(Revoke{Session: nonceOf(byte(d.seq))})
	}
	d.do(Revoke{Token: "t_1"})
	before := snapshotOf(t, d.m)
	restored := New()
	if err := restored.Restore(before); err != nil {
		t.Fatal(err)
	}
	if after := snapshotOf(t, restored); !bytes.Equal(before, after) {
		t.Errorf("restored\n%s, want\n%s", after, before)
	}
	_, hash := fresh(t, 9)
	for _, m := range []*Module{d.m, restored} {
		m.Apply(branch.Envelope{At: morning.Add(31 * 24 * time.Hour), Event: Granted{Token: "t_9", Hash: hash[:], Role: branch.RoleIT}})
	}
	if a, b := snapshotOf(t, d.m), snapshotOf(t, restored); !bytes.Equal(a, b) || strings.Contains(string(a), nonceOf(1)) {
		t.Errorf("went on differently:\n%s\n%s", a, b)
	}
}

func TestASnapshotIsOfTheMomentItWasTaken(t *testing.T) {
	d := newDesk(t)
	encode, model := d.m.Snapshot(), d.m.Model()
	d.token(Grant{Role: branch.RoleIT})
	data, err := encode()
	if err != nil || string(data) != `{"tokens":[],"ended":[]}` {
		t.Errorf("got %s, %v", data, err)
	}
	if len(model.Tokens()) > 0 {
		t.Error("a model that was given away has changed")
	}
}

func TestABadSnapshotIsRefusedAndNilIsTheBeginning(t *testing.T) {
	d := newDesk(t)
	_, id := d.token(Grant{Role: branch.RoleIT})
	for _, data := range []string{``, `{`, `{"tokens":[{"id":"t_2","hash":"AAAA"}]}`} {
		if err := d.m.Restore([]byte(data)); err == nil {
			t.Errorf("%q was restored", data)
		}
	}
	if _, ok := d.m.Model().Token(id); !ok {
		t.Error("a refused snapshot has changed the state")
	}
	if err := d.m.Restore(nil); err != nil || len(d.m.Model().Tokens()) > 0 {
		t.Errorf("nil: %v with %d tokens", err, len(d.m.Model().Tokens()))
	}
}

func TestTokensAreListedOldestFirst(t *testing.T) {
	d := newDesk(t)
	for _, place := range []branch.PlaceID{"c", "a", "b"} {
		d.pass(time.Minute)
		d.token(Grant{Role: branch.RoleKiosk, Place: place})
	}
	var places []branch.PlaceID
	for _, token := range d.m.Model().Tokens() {
		places = append(places, token.Place)
	}
	if !slices.Equal(places, []branch.PlaceID{"c", "a", "b"}) {
		t.Errorf("got %v", places)
	}
}
