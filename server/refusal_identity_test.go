package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/wire"
)

// keyOf makes the key of any visit, as only the box can.
func keyOf(t *testing.T, b *box, visit string) string {
	t.Helper()
	secret, err := os.ReadFile(filepath.Join(b.data, "visit.key"))
	if err != nil {
		t.Fatal(err)
	}
	keeper, err := access.NewKeeper(access.Keys{Visit: secret, Session: secret, Random: strings.NewReader("")})
	if err != nil {
		t.Fatal(err)
	}
	return keeper.VisitKey(branch.VisitID(visit))
}

// TestAVisitIsItsKeyHolders acts on a visit from a kiosk.
func TestAVisitIsItsKeyHolders(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	var mine, other wire.Visit
	for _, v := range []*wire.Visit{&mine, &other} {
		x.done(asking{as: "kiosk", path: "visits", body: `{"service":"cash","language":"en"}`}, v)
	}
	if key := keyOf(t, x.box, mine.ID); key != mine.Key {
		t.Fatalf("the key of %s is %s, want %s", mine.ID, mine.Key, key)
	}
	const unknown = "v_01ARZ3NDEKTSV4RRFFQ69G5FAV"
	last := mine.Key[len(mine.Key)-1:]
	changed := strings.TrimSuffix(mine.Key, last) + map[bool]string{true: "B", false: "A"}[last == "A"]
	read := asking{as: "kiosk", method: http.MethodGet, path: "visits/" + mine.ID}.with("Visit-Key", mine.Key)
	for _, verb := range []string{"away", "back", "cancel"} {
		ask := asking{as: "kiosk", path: "visits/" + mine.ID + "/" + verb, body: `{}`}
		for _, c := range [][2]string{
			{"no key", ""}, {"a wrong key", changed}, {"half a key", mine.Key[:len(mine.Key)-1]}, {"a key and more", mine.Key + "A"},
			{"the id alone", mine.ID}, {"a key in small letters", strings.ToLower(mine.Key)},
			{"another visit's key", other.Key}, {"another visit's signature", mine.ID + strings.TrimPrefix(other.Key, other.ID)},
			{"a key of no visit", keyOf(t, x.box, unknown)}, {"nonsense", stranger},
		} {
			x.row(refusal{name: verb + " with " + c[0], ask: ask.with("Visit-Key", c[1]), code: "forbidden", twin: read})
		}
		x.allowed(refusal{twin: ask.with("Visit-Key", mine.Key), event: visitEvents[verb]})
	}
	foreign := asking{as: "kiosk", path: "visits/" + unknown + "/cancel", body: `{}`}.with("Visit-Key", keyOf(t, x.box, unknown))
	x.row(refusal{name: "a key of no visit, for that visit", ask: foreign, code: "not-found", twin: read})
	x.row(refusal{name: "reading without a key", ask: read.with("Visit-Key", ""), code: "forbidden", twin: read})
	x.row(refusal{name: "reading with another's key", ask: read.with("Visit-Key", other.Key), code: "forbidden", twin: read})
	page := asking{as: "kiosk", path: "pages", body: object{"reason": "help", "visit": other.ID}.String()}
	x.row(refusal{name: "a page for a visit without its key", ask: page, code: "forbidden",
		twin: page.with("Visit-Key", other.Key), event: "page.raised"})
	wrong := asking{path: "session", body: object{"token": changed}.String()}
	x.row(refusal{name: "signing in with a wrong key", ask: wrong, code: "unauthenticated",
		twin: wrong.saying(object{"token": other.Key}.String())})
}

// TestEachRoleKeepsToItsOwn tries, for each role, what is another role's or
// another place's.
func TestEachRoleKeepsToItsOwn(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	get := func(as, path string) asking { return asking{as: as, method: http.MethodGet, path: path} }
	say := func(as, path string) asking { return asking{as: as, path: path, body: `{}`} }
	served, page := "visits/"+x.visitIn("called"), "pages/"+x.newPage("help")
	x.staff("counters/counter-1/open", `{"staff":"li"}`, nil)
	mine := x.newVisit().ID
	x.staff("counters/counter-1/call", object{"visit": mine, "why": "x"}.String(), nil)
	raise := func(as, place string) asking {
		return asking{as: as, path: "pages", body: object{"reason": "water", "place": place}.String()}
	}
	token := asking{as: "supervisor", path: "tokens", body: `{"role":"it"}`}
	for _, row := range []refusal{
		{name: "a kiosk opens a counter", ask: say("kiosk", "counters/counter-2/open"), twin: say("counter-2", "counters/counter-2/open"), event: "counter.opened"},
		{name: "a kiosk reads pages", ask: get("kiosk", "pages"), twin: get("pager", "pages")},
		{name: "a kiosk accepts a page", ask: say("kiosk", page+"/accept"), twin: say("pager", page+"/accept"), event: "page.accepted"},
		{name: "a kiosk raises a page elsewhere", ask: raise("kiosk", "kiosk-2"), twin: raise("kiosk", "kiosk-1"), event: "page.raised"},
		{name: "a kiosk reads the log", ask: get("kiosk", "events"), twin: get("it", "events")},
		{name: "a hall screen takes a ticket", ask: create(`"class":"caring"`).by("hall"), twin: create(`"class":"caring"`).by("kiosk"), event: "visit.created"},
		{name: "a hall screen raises a page", ask: raise("hall", "hall-1"), twin: get("hall", "branch")},
		{name: "a counter opens another", ask: say("counter", "counters/counter-4/open"), twin: say("supervisor", "counters/counter-4/open"), event: "counter.opened"},
		{name: "a counter calls at another", ask: say("counter", "counters/counter-2/call-next"), twin: say("counter-2", "counters/counter-2/call-next"), event: "visit.called"},
		{name: "a counter calls out of turn", ask: asking{as: "counter", path: "counters/counter-1/call", body: `{"visit":"v_1","why":"x"}`}, twin: say("counter", "visits/"+mine+"/confirm"), event: "visit.confirmed"},
		{name: "a counter confirms another's visit", ask: say("counter", served+"/confirm"), twin: say("supervisor", served+"/confirm"), event: "visit.confirmed"},
		{name: "a counter reads another's visit", ask: get("counter", served), twin: get("counter", "visits/"+mine)},
		{name: "a counter finishes another's visit", ask: say("counter-2", "visits/"+mine+"/finish"), twin: say("counter", "visits/"+mine+"/finish"), event: "visit.finished"},
		{name: "a counter raises a page elsewhere", ask: raise("counter", "counter-2"), twin: raise("counter", "counter-1"), event: "page.raised"},
		{name: "a counter without a person goes on duty", ask: say("counter-2", "duty/on"), twin: say("counter", "duty/on"), event: "staff.on-duty"},
		{name: "a pager takes a ticket", ask: create(`"class":"caring"`).by("pager"), twin: create(`"class":"caring"`).by("counter"), event: "visit.created"},
		{name: "a pager cancels a page", ask: say("pager", page+"/cancel"), twin: say("pager", page+"/arrive"), event: "page.arrived"},
		{name: "a pager closes the day", ask: say("pager", "day/close"), twin: get("pager", "branch")},
		{name: "a supervisor makes a token", ask: token, twin: token.by("it"), event: "access.granted"},
		{name: "a supervisor goes on duty", ask: say("supervisor", "duty/on"), twin: say("pager", "duty/off"), event: ""},
		{name: "a supervisor backs up", ask: say("supervisor", "backup"), twin: say("it", "backup")},
		{name: "a supervisor reads the status", ask: get("supervisor", "status"), twin: get("it", "status")},
		{name: "it takes a ticket", ask: create(`"class":"caring"`).by("it"), twin: create(`"class":"caring"`), event: "visit.created"},
		{name: "it reads a visit", ask: get("it", served), twin: get("supervisor", served)},
		{name: "it reads pages", ask: get("it", "pages"), twin: get("supervisor", "pages")},
	} {
		row.code = "forbidden"
		if row.name == "a supervisor goes on duty" {
			row.event = "staff.off-duty" // li, who is on duty from counter-1
		}
		x.row(row)
	}
}

// TestATokenStandsInTheHeaderOnly: an address is remembered and shown by
// browsers, proxies and logs.
func TestATokenStandsInTheHeaderOnly(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	twin := asking{as: "supervisor", method: http.MethodGet, path: "branch"}
	for _, name := range []string{"token", "access_token", "key", "as"} {
		x.row(refusal{name: name, ask: inAddress(twin, name), code: "unauthenticated", twin: twin})
	}
	for _, value := range []string{"Basic ZGVtby1zdXBlcnZpc29yOg==", "Bearer", "Bearer " + strings.Repeat("a", 300), "demo-hall", "Token demo-" + stranger} {
		ask := twin.with("Authorization", value)
		if value == "demo-hall" {
			ask = twin.with("Authorization", "demo-hall, demo-supervisor")
		}
		x.row(refusal{name: value[:min(len(value), 20)], ask: ask, code: "unauthenticated", twin: twin})
	}
	x.row(refusal{name: "another role", ask: twin.with("Handrail-Role", "it"), code: "forbidden", twin: twin.with("Handrail-Role", "supervisor")})
	x.row(refusal{name: "a role of no one", ask: twin.with("Handrail-Role", stranger), code: "forbidden", twin: twin})
}

// signIn returns the cookie of a session and its value.
func (x *examiner) signIn(secret string) string {
	x.t.Helper()
	a := x.done(asking{path: "session", body: object{"token": secret}.String()}.with("Origin", x.box.url), nil)
	cookies := (&http.Response{Header: a.header}).Cookies()
	if a.status != http.StatusNoContent || len(cookies) != 1 {
		x.t.Fatalf("signing in: %d %v", a.status, a.header)
	}
	c := cookies[0]
	if !strings.HasPrefix(c.Name, "__Host-handrail-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" {
		x.t.Errorf("the cookie is %s", a.header.Get("Set-Cookie"))
	}
	return c.Name + "=" + c.Value
}

// withCookie is a request of a browser that has these cookies.
func (x *examiner) withCookie(q asking, cookies ...string) asking {
	return q.by("").with("Cookie", strings.Join(cookies, "; ")).with("Origin", x.box.url)
}

func TestASessionIsOneRolesAndEndsForGood(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	pager, kiosk := x.signIn("demo-pager"), x.signIn("demo-kiosk")
	read := asking{method: http.MethodGet, path: "branch"}
	raise := asking{path: "pages", body: `{"reason":"help"}`}

	both := x.withCookie(read, pager, kiosk)
	x.row(refusal{name: "two roles, none named", ask: both, code: "unauthenticated", twin: both.with("Handrail-Role", "pager")})
	if detail := x.send(both).problem.Detail; !strings.Contains(detail, "kiosk") || !strings.Contains(detail, "pager") || strings.Contains(detail, "hall") {
		t.Errorf("the refusal says %q", detail)
	}
	x.row(refusal{name: "a third role named", ask: both.with("Handrail-Role", "hall"), code: "unauthenticated", twin: both.with("Handrail-Role", "kiosk")})
	x.row(refusal{name: "the wrong one named", ask: x.withCookie(raise, pager, kiosk).with("Handrail-Role", "pager"), code: "forbidden",
		twin: x.withCookie(raise, pager, kiosk).with("Handrail-Role", "kiosk"), event: "page.raised"})

	own := x.withCookie(raise, kiosk)
	for _, c := range [][2]string{
		{"an evil origin", "http://evil.example"}, {"a null origin", "null"}, {"no origin", ""}, {"our name on another port", "http://127.0.0.1:1"},
		{"another scheme", strings.Replace(x.box.url, "http", "https", 1)}, {"our origin and more", x.box.url + ".evil.example"}, {"our origin with a path", x.box.url + "/"},
	} {
		x.row(refusal{name: c[0], ask: own.with("Origin", c[1]), code: "forbidden", twin: own, event: "page.raised"})
	}
	name, value, _ := strings.Cut(kiosk, "=")
	for _, c := range [][2]string{
		{"a changed cookie", name + "=" + value + "A"}, {"a cookie under another name", strings.Replace(kiosk, "kiosk=", "supervisor=", 1)},
		{"a token as a cookie", name + "=demo-kiosk"}, {"no cookie of ours", "a=b"},
	} {
		x.row(refusal{name: c[0], ask: x.withCookie(raise, c[1]), code: "unauthenticated", twin: own, event: "page.raised"})
	}

	out := asking{method: http.MethodDelete, path: "session"}
	x.row(refusal{name: "signing out by an evil origin", ask: x.withCookie(out, kiosk).with("Origin", "http://evil.example"), code: "forbidden",
		twin: x.withCookie(out, kiosk), event: "access.revoked"})
	x.row(refusal{name: "a cookie after signing out", ask: own, code: "unauthenticated",
		twin: x.withCookie(raise, x.signIn("demo-kiosk")), event: "page.raised"})
	x.row(refusal{name: "signing out twice", ask: x.withCookie(out, kiosk), code: "unauthenticated", twin: x.withCookie(read, pager)})
	x.row(refusal{name: "signing out without a session", ask: out, code: "unauthenticated", twin: out.by("pager")})
}

// TestAVisitsSessionIsForThatVisit signs in with the key on a slip.
func TestAVisitsSessionIsForThatVisit(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	mine, other := x.newVisit(), x.newVisit()
	cookie := x.signIn(mine.Key)
	get := func(path string) asking { return x.withCookie(asking{method: http.MethodGet, path: path}, cookie) }
	say := func(path, body string) asking { return x.withCookie(asking{path: path, body: body}, cookie) }
	own := get("visits/" + mine.ID)
	for _, row := range []refusal{
		{name: "another visit", ask: get("visits/" + other.ID), twin: own},
		{name: "leaving for another", ask: say("visits/"+other.ID+"/cancel", `{}`), twin: say("visits/"+mine.ID+"/away", `{}`), event: "visit.away"},
		{name: "confirming oneself", ask: say("visits/"+mine.ID+"/confirm", `{}`), twin: say("visits/"+mine.ID+"/back", `{}`), event: "visit.back"},
		{name: "a further ticket", ask: say("visits", `{"service":"cash","language":"en"}`), twin: own},
		{name: "help for another", ask: say("pages", object{"reason": "help", "visit": other.ID}.String()), twin: say("pages", `{"reason":"help"}`), event: "page.raised"},
		{name: "the pages of all", ask: get("pages"), twin: own},
		{name: "the log", ask: get("events"), twin: own},
	} {
		row.code = "forbidden"
		x.row(row)
	}
	ghost := x.signIn(keyOf(t, x.box, "v_01ARZ3NDEKTSV4RRFFQ69G5FAV"))
	x.row(refusal{name: "a visit that is not of today", code: "not-found", twin: own,
		ask: x.withCookie(asking{path: "visits/v_01ARZ3NDEKTSV4RRFFQ69G5FAV/cancel", body: `{}`}, ghost)})
}
