package main

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"handrail/server/internal/wire"
)

func TestACommandIDIsForOneRequestOfOneIdentity(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	const id = "a-command-id-0123456789"
	ask := create(`"class":"ordinary"`).with("Idempotency-Key", id)
	var first, again wire.Visit
	x.done(ask, &first)
	x.news()
	if a := x.done(ask, &again); a.status != http.StatusOK || again.ID != first.ID || again.Key != first.Key || again.Ticket != first.Ticket {
		t.Errorf("repeated: %d %+v, first %+v", a.status, again, first)
	}
	x.nothing("a repeated request")
	for _, c := range []struct{ name, path, body string }{
		{"another service", "visits", `{"service":"loans","language":"en","class":"ordinary"}`},
		{"a need more", "visits", `{"service":"cash","language":"en","class":"ordinary","needs":["flash"]}`},
		{"another route", "pages", `{"reason":"help","place":"kiosk-1"}`},
		{"a verb", "visits/" + first.ID + "/away", `{}`},
	} {
		other := asking{as: "supervisor", path: c.path, body: c.body}
		x.row(refusal{name: c.name, ask: other.with("Idempotency-Key", id), code: "id-reused", twin: ask})
	}
	x.allowed(refusal{twin: ask.by("kiosk"), event: "visit.created"})
	x.allowed(refusal{twin: ask.by("counter"), event: "visit.created"})
	wrong := create(`"service":"`+stranger+`"`).with("Idempotency-Key", "another-id-0123456789")
	x.row(refusal{name: "an id that failed may be used again", ask: wrong, code: "unknown-service",
		twin: create(`"class":"caring"`).with("Idempotency-Key", "another-id-0123456789"), event: "visit.created"})
}

func TestTwentyParallelRepeatsAreOneVisit(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	ask := wire.CreateVisit{Service: "cash", Language: "en"}
	var mu sync.Mutex
	seen := map[string]int{}
	parallel(20, func(int) {
		a, err := x.box.as("demo-supervisor").send(http.MethodPost, "/api/v1/visits", "one-id-for-all-of-them", ask)
		var v wire.Visit
		if err != nil || !decode(a.body, &v) {
			t.Errorf("%d %s %v", a.status, a.body, err)
		}
		mu.Lock()
		defer mu.Unlock()
		seen[fmt.Sprint(a.status)]++
		seen[v.ID+" "+v.Ticket+" "+v.Key] += 20
	})
	if seen["201"] != 1 || seen["200"] != 19 || len(seen) != 3 {
		t.Errorf("the answers are %v", seen)
	}
	if types := x.news(); !slices.Equal(types, []string{"visit.created"}) {
		t.Errorf("the log has %v", types)
	}
}

// TestAKioskIsSlowedDownAndStaffAreNot sends as fast as it can.
func TestAKioskIsSlowedDownAndStaffAreNot(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	ticket := asking{as: "kiosk", path: "visits", body: `{"service":"cash","language":"en"}`}
	began, taken := time.Now(), 0
	a := x.send(ticket)
	for ; a.status == http.StatusCreated; a = x.send(ticket) {
		taken++
	}
	x.wants(refusal{code: "too-many"}, a)
	if most := 61 + int(30*time.Since(began).Seconds()); taken < 60 || taken > most {
		t.Errorf("%d tickets were given at once, want 60 to %d", taken, most)
	}
	if events := x.news(); len(events) != taken {
		t.Errorf("%d tickets, %d events", taken, len(events))
	}
	for _, as := range []string{"supervisor", "counter"} {
		for range 150 {
			x.done(ticket.by(as), nil)
		}
	}
	var token wire.Token
	x.done(asking{as: "it", path: "tokens", body: `{"role":"kiosk","place":"kiosk-1"}`}, &token)
	x.allowed(refusal{twin: ticket.with("Authorization", "Bearer "+token.Token), event: "visit.created"})
	eventually(t, 5*time.Second, "the kiosk may go on", func() bool { return x.send(ticket).status == http.StatusCreated })
}
