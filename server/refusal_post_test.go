package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/wire"
)

// post is a POST of the contract as it should be sent.
type post struct {
	as, body string
	// event is what it writes; empty when it writes nothing.
	event string
}

// posts are the POSTs of the contract with a body each; {id} becomes something
// in a state that allows the verb.
func posts() map[string]post {
	all := map[string]post{
		"session":           {"", `{"token":"demo-hall"}`, ""},
		"visits":            {"supervisor", `{"service":"cash","needs":["large-print"],"language":"en","class":"urgent"}`, "visit.created"},
		"pages":             {"supervisor", `{"reason":"water","place":"kiosk-2","session":"s-1"}`, "page.raised"},
		"duty/on":           {"pager-2", `{"abilities":["escort"]}`, "staff.on-duty"},
		"duty/off":          {"pager-2", `{}`, "staff.off-duty"},
		"tokens":            {"it", `{"role":"kiosk","place":"kiosk-2","note":"自助机 2"}`, "access.granted"},
		"config/check":      {"it", `{"yaml":"id: nothing"}`, ""},
		"devices/{id}/test": {"it", `{}`, ""},
		"backup":            {"it", `{}`, ""},
		"verify":            {"it", `{}`, ""},
		"day/open":          {"supervisor", `{}`, "day.opened"},
		"day/close":         {"supervisor", `{}`, "day.closed"},
	}
	for verb, body := range visitBodies {
		all["visits/{id}/"+verb] = post{"supervisor", body, visitEvents[verb]}
	}
	for verb, event := range counterEvents {
		all["counters/{id}/"+verb] = post{"supervisor", counterBody(verb, ""), event}
	}
	for verb, body := range pageBodies {
		all["pages/{id}/"+verb] = post{"supervisor", body, pageEvents[verb]}
	}
	all["visits/{id}/park"] = post{"supervisor", `{"minutes":5,"reason":"回家取证件"}`, "visit.parked"}
	all["counters/{id}/open"] = post{"supervisor", `{"staff":"li"}`, "counter.opened"}
	return all
}

// ask prepares the branch for a POST and returns it.
func (x *examiner) ask(route string, p post) asking {
	x.t.Helper()
	switch route {
	case "duty/off":
		x.done(asking{as: p.as, path: "duty/on", body: `{}`}, nil)
	case "day/open":
		x.staff("day/close", `{}`, nil)
	case "counters/{id}/call", "counters/{id}/call-next":
		waiting := x.newVisit().ID
		verb := strings.TrimPrefix(route, "counters/{id}/")
		p.body = counterBody(verb, waiting)
	}
	return asking{as: p.as, path: x.path(route), body: p.body}
}

// schema is the part of a JSON Schema that the tests read.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       any               `json:"type"`
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
}

// description is what the box says of itself.
type description struct {
	Paths map[string]map[string]struct {
		RequestBody struct {
			Content map[string]struct {
				Schema schema `json:"schema"`
			} `json:"content"`
		} `json:"requestBody"`
	} `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

func (x *examiner) description() (d description) {
	x.t.Helper()
	x.done(asking{method: http.MethodGet, path: "/openapi.json"}, &d)
	return d
}

// TestEveryPOSTRefusesWhatNoRequestMayBe sends each POST that the box describes
// in every way in which no POST may be sent, and then as it should be.
func TestEveryPOSTRefusesWhatNoRequestMayBe(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	all := posts()
	for path, methods := range x.description().Paths {
		if _, mounted := methods["post"]; !mounted {
			continue
		}
		if route := strings.TrimPrefix(path, "/api/v1/"); all[route].body == "" {
			t.Errorf("POST %s has no row here", path)
		}
	}
	for _, route := range slices.Sorted(maps.Keys(all)) {
		x.run(route, func(x *examiner) {
			ask := x.ask(route, all[route])
			for _, row := range neverRight(route, ask) {
				x.run(row.name, func(x *examiner) { x.refused(row) })
			}
			if route != "visits/{id}/recall" {
				x.allowed(refusal{twin: ask, event: all[route].event})
			}
			x.afterwards(route)
		})
	}
}

// afterwards brings the branch back to where other routes can be tried.
func (x *examiner) afterwards(route string) {
	switch {
	case route == "day/close":
		x.staff("day/open", `{}`, nil)
	case strings.HasPrefix(route, "counters/{id}/call"), strings.HasPrefix(route, "day/"):
		x.endAll()
	}
}

// neverRight are the refusals that every POST has in common.
func neverRight(route string, ask asking) []refusal {
	rows := []refusal{
		{name: "not JSON", ask: ask.saying(`{`), code: "malformed"},
		{name: "two values", ask: ask.saying(ask.body + ` {}`), code: "malformed"},
		{name: "an array", ask: ask.saying(`[]`), code: "malformed"},
		{name: "an array of objects", ask: ask.saying(`[` + ask.body + `]`), code: "malformed"},
		{name: "a number", ask: ask.saying(`7`), code: "malformed"},
		{name: "a string", ask: ask.saying(`"cash"`), code: "malformed"},
		{name: "no UTF-8", ask: ask.saying("{\"\xff\":1}"), code: "malformed"},
		{name: "too deep", ask: ask.saying(strings.Repeat(`[`, 32<<10) + strings.Repeat(`]`, 32<<10)), code: "malformed"},
		{name: "an unknown member", ask: ask.saying(strings.Replace(ask.body, `{`, `{"extra":1,`, 1)), code: "invalid", fields: "extra"},
		{name: "no content type", ask: ask.with("Content-Type", ""), code: "unsupported-media-type"},
		{name: "a form", ask: ask.with("Content-Type", "application/x-www-form-urlencoded"), code: "unsupported-media-type"},
		{name: "plain text", ask: ask.with("Content-Type", "text/plain"), code: "unsupported-media-type"},
		{name: "another charset", ask: ask.with("Content-Type", "application/json; charset=gb18030"), code: "unsupported-media-type"},
		{name: "a byte too much", ask: ask.saying(padded(ask.body, 64<<10+1)), code: "too-large"},
		{name: "1 MB", ask: ask.saying(padded(ask.body, 1<<20)), code: "too-large"},
		{name: "an evil origin", ask: ask.with("Origin", "http://evil.example"), code: "forbidden"},
		{name: "no origin", ask: ask.with("Origin", "null"), code: "forbidden"},
		{name: "an evil host", ask: ask.with("Host", "evil.example"), code: "misdirected"},
	}
	for i, row := range rows {
		if row.name == "an unknown member" && ask.body == `{}` {
			rows[i].ask.body = `{"extra":1}`
		}
	}
	if route == "session" {
		return append(rows, refusal{name: "a wrong token", ask: ask.saying(`{"token":"demo-` + stranger + `"}`), code: "unauthenticated"})
	}
	return append(rows,
		refusal{name: "no token", ask: ask.by(""), code: "unauthenticated"},
		refusal{name: "a wrong token", ask: ask.by(stranger), code: "unauthenticated"},
		refusal{name: "a token in the address", ask: inAddress(ask, "token"), code: "unauthenticated"},
		refusal{name: "another role", ask: ask.by("hall"), code: "forbidden"},
		refusal{name: "a role that is not the token's", ask: ask.with("Handrail-Role", "visit"), code: "forbidden"},
		refusal{name: "an id that is too short", ask: ask.with("Idempotency-Key", strings.Repeat("a", 15)), code: "invalid", fields: "Idempotency-Key"},
		refusal{name: "an id that is too long", ask: ask.with("Idempotency-Key", strings.Repeat("a", 65)), code: "invalid", fields: "Idempotency-Key"},
		refusal{name: "an id with other characters", ask: ask.with("Idempotency-Key", "0123456789 abcdef"), code: "invalid", fields: "Idempotency-Key"},
	)
}

// inAddress moves the token to where it must never stand.
func inAddress(ask asking, name string) asking {
	ask.path += "?" + name + "=demo-" + ask.as
	return ask.by("")
}

// padded returns the body with spaces up to size bytes.
func padded(body string, size int) string { return body + strings.Repeat(" ", size-len(body)) }

// TestEveryReadIsForWhoMayRead asks for each GET and DELETE that the box
// describes as nobody may.
func TestEveryReadIsForWhoMayRead(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	visit, clip := x.newVisit(), x.newClip()
	// The demo branch is eight hours ahead of UTC.
	day := time.Time(visit.CreatedAt).Add(8 * time.Hour).Format(time.DateOnly)
	for path, methods := range x.description().Paths {
		for method := range methods {
			if method == "post" || !strings.HasPrefix(path, "/api/v1/") {
				continue
			}
			ask := asking{as: "it", method: strings.ToUpper(method), path: strings.NewReplacer(
				"devices/{id}", "devices/printer-1", "visits/{id}", "visits/"+visit.ID, "tokens/{id}", "tokens/"+x.newToken(), "{lang}", "en", "{clip}", clip, "{day}", day).Replace(path)}
			if strings.HasSuffix(path, "/qr") {
				ask = ask.by("kiosk").with("Visit-Key", visit.Key)
			}
			x.run(method+" "+path, func(x *examiner) { x.keptFrom(ask) })
		}
	}
}

// keptFrom demands that a request without a body is refused to whoever is
// nobody, and answered to a role that may send it.
func (x *examiner) keptFrom(ask asking) {
	x.t.Helper()
	for name, row := range map[string]refusal{
		"no token":               {ask: ask.by(""), code: "unauthenticated"},
		"a wrong token":          {ask: ask.by(stranger), code: "unauthenticated"},
		"a token in the address": {ask: inAddress(ask, "token"), code: "unauthenticated"},
		"another role":           {ask: ask.with("Handrail-Role", "visit"), code: "forbidden"},
		"an evil host":           {ask: ask.with("Host", "evil.example"), code: "misdirected"},
	} {
		x.run(name, func(x *examiner) { x.refused(row) })
	}
	switch {
	case strings.HasSuffix(ask.path, "/live"):
		return // answered to websockets only, elsewhere
	case strings.HasSuffix(ask.path, "/qr"): // the key is the customer's
	case strings.HasSuffix(ask.path, "/pages"), strings.Contains(ask.path, "/visits/"), strings.Contains(ask.path, "/reports/"):
		ask.as = "supervisor"
	}
	event := map[bool]string{true: "access.revoked"}[strings.Contains(ask.path, "/tokens/")]
	x.allowed(refusal{twin: ask, event: event})
}

func (x *examiner) newToken() string {
	x.t.Helper()
	var token wire.Token
	x.done(asking{as: "it", path: "tokens", body: `{"role":"supervisor"}`}, &token)
	return token.ID
}

// TestABodyOfSixtyFourKiBIsTaken is the twin of a byte too much.
func TestABodyOfSixtyFourKiBIsTaken(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	ask := asking{as: "supervisor", path: "visits", body: padded(posts()["visits"].body, 64<<10)}
	x.allowed(refusal{twin: ask, event: "visit.created"})
	for _, mediaType := range []string{"application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"} {
		x.allowed(refusal{twin: ask.with("Content-Type", mediaType), event: "visit.created"})
	}
	for _, id := range []string{"0123456789abcdef", strings.Repeat("-_Zz", 16)} {
		x.allowed(refusal{twin: ask.with("Idempotency-Key", id), event: "visit.created"})
	}
	for _, origin := range []string{x.box.url, ""} {
		x.allowed(refusal{twin: ask.with("Origin", origin), event: "visit.created"})
	}
}
