package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestOnlyRoutesOfTheContractExist asks for routes, methods and hosts that the
// box does not have.
func TestOnlyRoutesOfTheContractExist(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	twin := asking{as: "it", method: http.MethodGet, path: "status"}
	for _, path := range []string{stranger, "visits/", "Status", "status/", "visits/v_1/sing", "../healthz", "%2e%2e/%2e%2e/data/visit.key", "//status", "/.git/config", "/api/v2/status"} {
		ask := asking{as: "it", method: http.MethodGet, path: path}
		x.row(refusal{name: "GET " + path, ask: ask, code: "not-found", twin: twin})
	}
	for _, c := range [][2]string{
		{http.MethodPut, "status"}, {http.MethodPost, "status"}, {http.MethodDelete, "status"}, {http.MethodPatch, "status"}, {http.MethodOptions, "status"},
		{http.MethodTrace, "status"}, {"BREW", "status"}, {http.MethodGet, "visits"}, {http.MethodPut, "session"}, {http.MethodGet, "duty/on"}, {http.MethodPost, "/healthz"},
	} {
		ask := asking{as: "it", method: c[0], path: c[1], body: `{}`}
		x.row(refusal{name: c[0] + " " + c[1], ask: ask, code: "method-not-allowed", twin: twin})
	}
	for _, path := range []string{"visits/%E2%80%AE", "visits/a%00b", "visits/a%0Ab"} {
		ask := asking{as: "supervisor", method: http.MethodGet, path: path}
		x.row(refusal{name: "GET " + path, ask: ask, code: "invalid", fields: "id", twin: twin})
	}
	ask := asking{as: "supervisor", method: http.MethodGet, path: "events?after=%E2%80%AE"}
	x.row(refusal{name: "a query that turns", ask: ask, code: "invalid", fields: "after", twin: twin})
}

// TestOnlyTheBoxsOwnHostIsAnswered says the first line and the host as a
// rebinding page, a proxy or a careless script would.
func TestOnlyTheBoxsOwnHostIsAnswered(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	_, port, _ := strings.Cut(x.box.host(), ":")
	const body = `{"service":"cash","language":"en"}`
	say := func(x *examiner, target, host string) answer {
		a, err := x.box.say(fmt.Appendf(nil, "POST %s HTTP/1.1\r\n%sAuthorization: Bearer demo-supervisor\r\n"+
			"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", target, host, len(body), body))
		if err != nil {
			x.t.Fatal(err)
		}
		return a
	}
	for _, c := range [][3]string{
		{"an evil host", "/api/v1/visits", "Host: evil.example\r\n"},
		{"an evil host with the port", "/api/v1/visits", "Host: evil.example:" + port + "\r\n"},
		{"a trailing dot", "/api/v1/visits", "Host: localhost.:" + port + "\r\n"},
		{"a name that begins like ours", "/api/v1/visits", "Host: localhost.evil.example:" + port + "\r\n"},
		{"IPv6", "/api/v1/visits", "Host: [::1]:" + port + "\r\n"},
		{"IPv4 within IPv6", "/api/v1/visits", "Host: [::ffff:127.0.0.1]:" + port + "\r\n"},
		{"no port", "/api/v1/visits", "Host: 127.0.0.1\r\n"},
		{"another port", "/api/v1/visits", "Host: 127.0.0.1:1\r\n"},
		{"somebody before the host", "/api/v1/visits", "Host: evil@" + x.box.host() + "\r\n"},
		{"an absolute form", "http://evil.example/api/v1/visits", "Host: " + x.box.host() + "\r\n"},
		{"an absolute form of our own", x.box.url + "/api/v1/visits", "Host: " + x.box.host() + "\r\n"},
	} {
		x.run(c[0], func(x *examiner) {
			x.news()
			x.wants(refusal{code: "misdirected"}, say(x, c[1], c[2]))
			x.nothing("a request for another host")
		})
	}
	// HTTP/1.1 calls a request without a host malformed.
	for _, host := range []string{"", "Host: \r\n"} {
		x.wants(refusal{code: "malformed"}, say(x, "/api/v1/visits", host))
		x.nothing("a request for no host")
	}
	for _, host := range []string{"127.0.0.1:" + port, "localhost:" + port, "LOCALHOST:" + port} {
		if a := say(x, "/api/v1/visits", "Host: "+host+"\r\n"); a.status != http.StatusCreated {
			t.Errorf("Host %s: %d %s", host, a.status, a.body)
		}
		x.wrote("visit.created", "a request for "+host)
	}
}
