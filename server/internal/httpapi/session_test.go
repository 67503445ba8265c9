package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/wire"
)

// cookie returns a Cookie header with the session of an actor.
func (b *box) cookie(t *testing.T, actor branch.Actor) string {
	t.Helper()
	c, err := b.keeper.Session(actor, nine)
	if err != nil {
		t.Fatal(err)
	}
	return c.Name + "=" + c.Value
}

// roleCookie is the session of a role's token.
func (b *box) roleCookie(t *testing.T, role string) string {
	t.Helper()
	who, ok := b.keeper.Authenticate(role)
	if !ok {
		t.Fatalf("no token %q", role)
	}
	return b.cookie(t, who.Actor)
}

func TestSigningInGivesASessionThatNoScriptOrOtherSiteCanUse(t *testing.T) {
	b := openBox(t)
	a := b.ask(t, "", "POST", "/api/v1/session", `{"token":"pager"}`)
	wantStatus(t, a, http.StatusNoContent)
	if len(a.body) > 0 {
		t.Errorf("a 204 with a body: %s", a.body)
	}
	cookie, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	if err != nil {
		t.Fatal(err)
	}
	if cookie.Name != "__Host-handrail-pager" || cookie.Path != "/" || !cookie.Secure || !cookie.HttpOnly ||
		cookie.SameSite != http.SameSiteStrictMode || cookie.Domain != "" || cookie.MaxAge <= 0 {
		t.Errorf("the cookie is %s", a.header.Get("Set-Cookie"))
	}
	list := b.ask(t, "", "GET", "/api/v1/pages", "", "Cookie", cookie.Name+"="+cookie.Value)
	wantStatus(t, list, http.StatusOK)
}

func TestSigningInWithAVisitKeyGivesASessionOfThatVisit(t *testing.T) {
	b := openBox(t)
	a := b.ask(t, "", "POST", "/api/v1/session", `{"token":"`+b.keeper.VisitKey(ownVisit)+`"}`)
	wantStatus(t, a, http.StatusNoContent)
	cookie, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	if err != nil || cookie.Name != "__Host-handrail-visit" {
		t.Fatalf("%v, cookie %q", err, a.header.Get("Set-Cookie"))
	}
	visit := b.ask(t, "", "GET", "/api/v1/visits/"+ownVisit, "", "Cookie", cookie.Name+"="+cookie.Value)
	wantStatus(t, visit, http.StatusOK)
	if decoded[wire.Visit](t, visit).Reason != nil {
		t.Error("a customer is told why staff called")
	}
}

func TestAWrongTokenIsRefusedWithoutRepeatingIt(t *testing.T) {
	b := openBox(t)
	for _, a := range []answer{
		b.ask(t, "", "POST", "/api/v1/session", `{"token":"guess-guess"}`),
		b.ask(t, "", "POST", "/api/v1/session", `{"token":"`+ownVisit+`.AAAAAAAAAAAAAAAAAAAAAAAAAA"}`),
		b.ask(t, "guess-guess", "GET", "/api/v1/branch", ""),
		b.ask(t, "", "GET", "/api/v1/branch", ""),
		b.ask(t, "", "GET", "/api/v1/branch", "", "Authorization", "Basic guess-guess"),
		b.ask(t, "", "GET", "/api/v1/branch", "", "Cookie", "__Host-handrail-it=guess-guess"),
	} {
		wantProblem(t, a, http.StatusUnauthorized, branch.CodeUnauthenticated)
		if strings.Contains(string(a.body), "guess") {
			t.Errorf("the answer repeats the token: %s", a.body)
		}
	}
	wantStatus(t, b.ask(t, "kiosk", "GET", "/api/v1/branch", ""), http.StatusOK)
}

func TestWithSeveralSessionsTheClientNamesItsRole(t *testing.T) {
	b := openBox(t)
	both := b.roleCookie(t, "pager") + "; " + b.roleCookie(t, "it")
	p := wantProblem(t, b.ask(t, "", "GET", "/api/v1/devices", "", "Cookie", both), 401, branch.CodeUnauthenticated)
	if !strings.Contains(p.Detail, "pager, it") {
		t.Errorf("the detail %q does not list the roles", p.Detail)
	}
	ask := func(header ...string) answer {
		return b.ask(t, "", "GET", "/api/v1/devices", "", append(header, "Cookie", both)...)
	}
	wantStatus(t, ask("Handrail-Role", "it"), http.StatusOK)
	wantProblem(t, ask("Handrail-Role", "pager"), http.StatusForbidden, branch.CodeForbidden)
	wantProblem(t, ask("Handrail-Role", "kiosk"), http.StatusUnauthorized, branch.CodeUnauthenticated)
	wantStatus(t, b.ask(t, "", "GET", "/api/v1/devices?as=it", "", "Cookie", both), http.StatusOK)
}

func TestASessionUnderAnotherRolesNameIsNone(t *testing.T) {
	b := openBox(t)
	_, value, _ := strings.Cut(b.roleCookie(t, "pager"), "=")
	forged := access.CookieName(branch.RoleIT) + "=" + value
	wantProblem(t, b.ask(t, "", "GET", "/api/v1/pages", "", "Cookie", forged), 401, branch.CodeUnauthenticated)
}

func TestATokenActsInItsOwnRoleOnly(t *testing.T) {
	b := openBox(t)
	a := b.ask(t, "kiosk", "GET", "/api/v1/branch", "", "Handrail-Role", "supervisor")
	wantProblem(t, a, http.StatusForbidden, branch.CodeForbidden)
	wantStatus(t, b.ask(t, "kiosk", "GET", "/api/v1/branch", "", "Handrail-Role", "kiosk"), http.StatusOK)
}

func TestSigningOutEndsTheSessionAndClearsTheCookie(t *testing.T) {
	b := openBox(t)
	a := b.ask(t, "", "DELETE", "/api/v1/session", "", "Cookie", b.roleCookie(t, "pager"), "Origin", "http://"+b.addr)
	wantStatus(t, a, http.StatusNoContent)
	cookie, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	if err != nil || cookie.MaxAge >= 0 || cookie.Value != "" {
		t.Errorf("%v, cookie %q", err, a.header.Get("Set-Cookie"))
	}
	revoke, ok := b.engine.last(t).Command.(access.Revoke)
	if !ok || revoke.Session == "" || revoke.Token != "" || revoke.Until == 0 {
		t.Errorf("the engine was asked for %+v", revoke)
	}
}

func TestAKioskActsOnAVisitOnlyWithItsKey(t *testing.T) {
	b := openBox(t)
	away := func(key string) answer {
		return b.ask(t, "kiosk", "POST", "/api/v1/visits/"+ownVisit+"/away", `{}`, "Visit-Key", key)
	}
	wantProblem(t, away(""), http.StatusForbidden, branch.CodeForbidden)
	wantProblem(t, away(b.keeper.VisitKey(foreignVisit)), http.StatusForbidden, branch.CodeForbidden)
	wantProblem(t, away(ownVisit+".AAAAAAAAAAAAAAAAAAAAAAAAAA"), http.StatusForbidden, branch.CodeForbidden)
	if b.engine.count() != 0 {
		t.Error("a refused request reached the engine")
	}
	wantStatus(t, away(b.keeper.VisitKey(ownVisit)), http.StatusOK)
	if by := b.engine.last(t).By; by.Visit != ownVisit || by.Role != branch.RoleKiosk || by.Place != "kiosk-1" {
		t.Errorf("it was done by %+v", by)
	}
}

func TestACounterIsToldWhyItCannotActOnAVisitThatNobodyCalled(t *testing.T) {
	b := openBox(t)
	wrong := &branch.Error{Code: branch.CodeWrongState, Detail: "It waits.", State: "waiting", Allowed: []string{"away"}}
	b.engine.answer = func(branch.Request) (engine.Result, error) { return engine.Result{}, wrong }
	a := b.ask(t, "counter", "POST", "/api/v1/visits/"+waitingVisit+"/confirm", `{}`)
	if p := wantProblem(t, a, http.StatusConflict, branch.CodeWrongState); p.State != "waiting" {
		t.Errorf("the problem is %s", a.body)
	}
	wantProblem(t, b.ask(t, "counter", "GET", "/api/v1/visits/"+waitingVisit, ""), http.StatusForbidden, branch.CodeForbidden)
}

func TestASessionSaysWhoIsActing(t *testing.T) {
	b := openBox(t)
	for token, want := range map[string]wire.Session{
		"kiosk":      {Role: "kiosk", Place: "kiosk-1", Zone: "main"},
		"hall":       {Role: "hall", Place: "hall-1", Zone: "main", Speaks: true},
		"counter":    {Role: "counter", Place: "counter-1", Zone: "main", Staff: "wang"},
		"pager":      {Role: "pager", Staff: "li"},
		"supervisor": {Role: "supervisor"},
		"it":         {Role: "it"},
	} {
		// A kiosk that shows a visit's key is still nobody's own phone.
		a := b.ask(t, token, "GET", "/api/v1/session", "", "Visit-Key", b.keeper.VisitKey(ownVisit))
		if got := decoded[wire.Session](t, a); got != want {
			t.Errorf("%s: %+v", token, got)
		}
		cookie := b.ask(t, "", "GET", "/api/v1/session", "", "Cookie", b.roleCookie(t, token))
		if got := decoded[wire.Session](t, cookie); got != want {
			t.Errorf("%s by its cookie: %+v", token, got)
		}
	}
	a := b.ask(t, "", "GET", "/api/v1/session", "", "Cookie", b.visitCookie(t))
	if got := decoded[wire.Session](t, a); got != (wire.Session{Role: "visit", Visit: ownVisit}) {
		t.Errorf("a visit: %+v", got)
	}
	wantProblem(t, b.ask(t, "", "GET", "/api/v1/session", ""), 401, branch.CodeUnauthenticated)
}
