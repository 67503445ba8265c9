package main

import (
	"net/http"
	"strings"
	"testing"

	"handrail/server/internal/wire"
)

// many returns a JSON array of n copies of a text.
func many(n int, text string) string {
	return `[` + strings.TrimSuffix(strings.Repeat(`"`+text+`",`, n), ",") + `]`
}

// create asks for a ticket with one member of the body replaced.
func create(member string) asking {
	name, _, _ := strings.Cut(member, ":")
	body := replaceMember(`{"service":"cash","language":"en"}`, name, member)
	return asking{as: "supervisor", path: "visits", body: body}
}

// TestATicketNamesWhatTheBranchHas tries every member of a ticket with names
// that mean nothing, and with values of another kind.
func TestATicketNamesWhatTheBranchHas(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	for _, c := range []struct{ name, member, code, fields string }{
		{"an unknown service", `"service":"` + stranger + `"`, "unknown-service", ""},
		{"no service", `"service":""`, "unknown-service", ""},
		{"a long service", `"service":"` + strings.Repeat("x", 65) + `"`, "invalid", "service"},
		{"a service that is a number", `"service":3`, "invalid", "service"},
		{"a service that is null", `"service":null`, "invalid", "service"},
		{"a service that is an object", `"service":{"id":"cash"}`, "invalid", "service"},
		{"an unknown need", `"needs":["hearing","` + stranger + `"]`, "unknown-need", ""},
		{"an empty need", `"needs":[""]`, "unknown-need", ""},
		{"a need twice", `"needs":["hearing","flash","hearing"]`, "invalid", "needs"},
		{"33 needs", `"needs":` + many(33, "hearing"), "invalid", "needs"},
		{"10,000 needs", `"needs":` + many(10_000, "x"), "invalid", "needs"},
		{"10,000 long needs", `"needs":` + many(10_000, "large-print"), "too-large", ""},
		{"needs that are a text", `"needs":"hearing"`, "invalid", "needs"},
		{"a need that is a number", `"needs":["hearing",4]`, "invalid", "needs[1]"},
		{"a need that is a list", `"needs":[["hearing"]]`, "invalid", "needs[0]"},
		{"needs nested deeply", `"needs":` + strings.Repeat(`[`, 5000) + strings.Repeat(`]`, 5000), "invalid", "needs[0]"},
		{"an unknown language", `"language":"` + stranger + `"`, "unknown-language", ""},
		{"a language in capitals", `"language":"EN"`, "unknown-language", ""},
		{"no language", `"language":""`, "unknown-language", ""},
		{"a long language", `"language":"` + strings.Repeat("x", 36) + `"`, "invalid", "language"},
		{"an unknown class", `"class":"` + stranger + `"`, "invalid", "class"},
		{"an empty class", `"class":""`, "invalid", "class"},
		{"a class that is a truth", `"class":true`, "invalid", "class"},
		{"an unknown member", `"name":"` + stranger + `"`, "invalid", "name"},
	} {
		x.row(refusal{name: c.name, ask: create(c.member), code: c.code, fields: c.fields,
			twin: create(`"needs":["hearing","flash"]`), event: "visit.created"})
	}
	valid := create(`"class":"ordinary"`)
	for _, c := range []struct{ name, body, code, fields string }{
		{"an empty body", ``, "malformed", ""},
		{"null", `null`, "malformed", ""},
		{"an empty object", `{}`, "invalid", "language service"},
		{"a cut object", `{"service":"cash","language":"en"`, "malformed", ""},
		{"a comma too many", `{"service":"cash","language":"en",}`, "malformed", ""},
		{"a comment", `{"service":"cash",/* */"language":"en"}`, "malformed", ""},
		{"a byte order mark", "\ufeff" + valid.body, "malformed", ""},
		{"UTF-16", "\xfe\xff\x00{\x00}", "malformed", ""},
	} {
		x.row(refusal{name: c.name, ask: valid.saying(c.body), code: c.code, fields: c.fields, twin: valid, event: "visit.created"})
	}
	x.row(refusal{name: "urgent by a kiosk", ask: create(`"class":"urgent"`).by("kiosk"), code: "forbidden",
		twin: create(`"class":"urgent"`), event: "visit.created"})
	x.row(refusal{name: "urgent by a counter", ask: create(`"class":"urgent"`).by("counter"), code: "forbidden",
		twin: create(`"class":"caring"`).by("counter"), event: "visit.created"})
}

// verb asks for something in a state that allows it, with a body of one's own.
func (x *examiner) verb(route, body string) asking {
	x.t.Helper()
	return asking{as: "supervisor", path: x.path(route), body: body}
}

// TestWhatIsNamedMustExist names, route by route, what the branch does not have.
func TestWhatIsNamedMustExist(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	var token wire.Token
	x.done(asking{as: "it", path: "tokens", body: `{"role":"it"}`}, &token)
	long := strings.Repeat("x", 201)
	for _, c := range []struct {
		name, route, wrong, right, code, fields, event string
	}{
		{"finish for an unknown service", "visits/{id}/finish", `{"next":"zz-stranger"}`, `{"next":"loans"}`, "unknown-service", "next", "visit.finished"},
		{"finish with an unknown outcome", "visits/{id}/finish", `{"outcome":"zz-stranger"}`, `{}`, "invalid", "outcome", "visit.finished"},
		{"transfer to an unknown service", "visits/{id}/transfer", `{"service":"zz-stranger"}`, `{"service":"loans"}`, "unknown-service", "service", "visit.transferred"},
		{"transfer to an unknown counter", "visits/{id}/transfer", `{"counter":"zz-stranger"}`, `{"counter":"counter-2"}`, "invalid", "counter", "visit.transferred"},
		{"transfer to nowhere", "visits/{id}/transfer", `{}`, `{"counter":"counter-1","keepPlace":false}`, "invalid", "service", "visit.transferred"},
		{"transfer to two places", "visits/{id}/transfer", `{"service":"cash","counter":"counter-1"}`, `{"service":"cash"}`, "invalid", "service", "visit.transferred"},
		{"park for no time", "visits/{id}/park", `{"minutes":0}`, `{"minutes":1}`, "invalid", "minutes", "visit.parked"},
		{"park for too long", "visits/{id}/park", `{"minutes":241}`, `{"minutes":240}`, "invalid", "minutes", "visit.parked"},
		{"park for a part of a minute", "visits/{id}/park", `{"minutes":1.5}`, `{"minutes":2}`, "invalid", "minutes", "visit.parked"},
		{"park for a text", "visits/{id}/park", `{"minutes":"5"}`, `{"minutes":5}`, "invalid", "minutes", "visit.parked"},
		{"park without minutes", "visits/{id}/park", `{"reason":"x"}`, `{"minutes":5}`, "invalid", "minutes", "visit.parked"},
		{"park with a long reason", "visits/{id}/park", `{"minutes":5,"reason":"` + long + `"}`, `{"minutes":5,"reason":"` + long[1:] + `"}`, "invalid", "reason", "visit.parked"},
		{"return to an unknown position", "visits/{id}/return", `{"position":"zz-stranger"}`, `{"position":"last"}`, "invalid", "position", "visit.returned"},
		{"return to no position", "visits/{id}/return", `{}`, `{"position":"first"}`, "invalid", "position", "visit.returned"},
		{"open with unknown staff", "counters/{id}/open", `{"staff":"zz-stranger"}`, `{"staff":"wang"}`, "invalid", "staff", "counter.opened"},
		{"pause with a long reason", "counters/{id}/pause", `{"reason":"` + long + `"}`, `{"reason":"喝水"}`, "invalid", "reason", "counter.paused"},
		{"close without an outcome", "pages/{id}/close", `{}`, `{"outcome":"passed-on"}`, "invalid", "outcome", "page.closed"},
		{"close with an unknown outcome", "pages/{id}/close", `{"outcome":"zz-stranger"}`, `{"outcome":"not-needed"}`, "invalid", "outcome", "page.closed"},
	} {
		x.run(c.name, func(x *examiner) {
			ask := x.verb(c.route, c.wrong)
			x.refused(refusal{ask: ask, code: c.code, fields: c.fields})
			x.allowed(refusal{twin: ask.saying(c.right), event: c.event})
		})
	}
	get := func(path string) asking { return asking{as: "supervisor", method: http.MethodGet, path: path} }
	it := func(q asking) asking { return q.by("it") }
	remove := func(id string) asking { return asking{as: "it", method: http.MethodDelete, path: "tokens/" + id} }
	page := func(body string) asking { return asking{as: "supervisor", path: "pages", body: body} }
	grant := func(body string) asking { return asking{as: "it", path: "tokens", body: body} }
	visit := x.newVisit().ID
	for _, row := range []refusal{
		{name: "an unknown visit is read", ask: get("visits/v_" + stranger), code: "not-found", twin: get("visits/" + visit)},
		{name: "no visit at all is read", ask: get("visits/" + stranger), code: "not-found", twin: get("visits/" + visit)},
		{name: "an unknown page is accepted", ask: asking{as: "pager", path: "pages/p_" + stranger + "/accept", body: `{}`}, code: "not-found",
			twin: asking{as: "pager", path: "pages/" + x.newPage("help") + "/accept", body: `{}`}, event: "page.accepted"},
		{name: "an unknown counter is opened", ask: asking{as: "supervisor", path: "counters/" + stranger + "/open", body: `{}`}, code: "not-found",
			twin: asking{as: "supervisor", path: "counters/counter-1/open", body: `{}`}, event: "counter.opened"},
		{name: "an unknown visit is called", ask: asking{as: "supervisor", path: "counters/counter-1/call", body: `{"visit":"v_zz-stranger","why":"x"}`}, code: "not-found",
			twin: asking{as: "supervisor", path: "counters/counter-1/call", body: object{"visit": visit, "why": "x"}.String()}, event: "visit.called"},
		{name: "a call says no reason", ask: asking{as: "supervisor", path: "counters/counter-1/call", body: object{"visit": visit, "why": " "}.String()}, code: "invalid", fields: "why",
			twin: asking{as: "supervisor", path: "visits/" + visit + "/cancel", body: `{}`}, event: "visit.cancelled"},
		{name: "an unknown device is tested", ask: asking{as: "it", path: "devices/" + stranger + "/test", body: `{}`}, code: "not-found",
			twin: asking{as: "it", path: "devices/lamp-1/test", body: `{}`}},
		{name: "an unknown printer's paper", ask: it(get("devices/" + stranger + "/paper")), code: "not-found", twin: it(get("devices/printer-1/paper"))},
		{name: "a lamp's paper", ask: it(get("devices/lamp-1/paper")), code: "not-found", twin: it(get("devices/printer-2/paper"))},
		{name: "an unknown token is revoked", ask: remove("t_" + stranger), code: "not-found", twin: remove(token.ID), event: "access.revoked"},
		{name: "a token is revoked twice", ask: remove(token.ID), code: "not-found", twin: it(get("tokens"))},
		{name: "a page for an unknown reason", ask: page(`{"reason":"zz-stranger","place":"kiosk-1"}`), code: "unknown-reason",
			twin: page(`{"reason":"escort","place":"kiosk-1"}`), event: "page.raised"},
		{name: "a page at an unknown place", ask: page(`{"reason":"water","place":"zz-stranger"}`), code: "unknown-place",
			twin: page(`{"reason":"water","place":"counter-2"}`), event: "page.raised"},
		{name: "a page at no place", ask: page(`{"reason":"reading"}`), code: "invalid", fields: "place",
			twin: page(`{"reason":"reading","place":"hall-1"}`), event: "page.raised"},
		{name: "a page for an unknown visit", ask: page(`{"reason":"help","place":"kiosk-1","visit":"v_zz-stranger"}`), code: "not-found",
			twin: page(object{"reason": "help", "place": "kiosk-1", "visit": visit}.String()), event: "page.raised"},
		{name: "a page with a session of other characters", ask: page(`{"reason":"help","place":"kiosk-1","session":"a b"}`), code: "invalid", fields: "session",
			twin: page(`{"reason":"help","place":"kiosk-1","session":"a-b"}`), event: "page.raised"},
		{name: "a token for an unknown place", ask: grant(`{"role":"kiosk","place":"zz-stranger"}`), code: "unknown-place",
			twin: grant(`{"role":"kiosk","place":"kiosk-2"}`), event: "access.granted"},
		{name: "a token for a place of another kind", ask: grant(`{"role":"hall","place":"kiosk-1"}`), code: "unknown-place",
			twin: grant(`{"role":"hall","place":"hall-2"}`), event: "access.granted"},
		{name: "a token for an unknown person", ask: grant(`{"role":"pager","place":"zz-stranger"}`), code: "unknown-place",
			twin: grant(`{"role":"pager","place":"lobby"}`), event: "access.granted"},
		{name: "a token for no place", ask: grant(`{"role":"counter"}`), code: "invalid", fields: "place",
			twin: grant(`{"role":"counter","place":"counter-1"}`), event: "access.granted"},
		{name: "a token for a role nobody has", ask: grant(`{"role":"visit"}`), code: "invalid", fields: "role",
			twin: grant(`{"role":"supervisor"}`), event: "access.granted"},
		{name: "a supervisor's token for a place", ask: grant(`{"role":"supervisor","place":"kiosk-1"}`), code: "invalid", fields: "place",
			twin: grant(`{"role":"supervisor","note":"行长"}`), event: "access.granted"},
		{name: "an unknown catalogue", ask: get("phrases/" + stranger), code: "not-found", twin: get("phrases/en")},
		{name: "pages in an unknown state", ask: get("pages?state=" + stranger), code: "invalid", fields: "state", twin: get("pages?state=open")},
		{name: "no events", ask: get("events?limit=0"), code: "invalid", fields: "limit", twin: get("events?limit=1")},
		{name: "too many events", ask: get("events?limit=1001"), code: "invalid", fields: "limit", twin: get("events?limit=1000")},
		{name: "events by no number", ask: get("events?limit=" + stranger), code: "invalid", fields: "limit", twin: get("events")},
		{name: "events after no cursor", ask: get("events?after=" + stranger), code: "invalid", fields: "after", twin: get("events?after=" + x.cursor)},
		{name: "events after another log", ask: get("events?after=zzzz.1"), code: "invalid", fields: "after", twin: get("events?after=")},
		{name: "events in the future", ask: get("events?after=" + x.cursor + "999"), code: "invalid", fields: "after", twin: get("events?after=" + x.cursor)},
	} {
		x.row(row)
	}
}
