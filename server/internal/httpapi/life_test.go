package httpapi_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"handrail/server/internal/app"
	"handrail/server/internal/branch"
	"handrail/server/internal/wire"
)

// openRealBox runs the demo branch with nothing standing in for anything.
func openRealBox(t *testing.T) *box {
	t.Helper()
	data := t.TempDir()
	out, said := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		err := app.Serve(ctx, app.Config{Data: data, Listen: "127.0.0.1:0", Version: "test",
			Log: slog.New(slog.DiscardHandler)}, said)
		said.CloseWithError(err)
		ended <- err
	}()
	b := &box{client: &http.Client{Transport: &http.Transport{}}}
	t.Cleanup(func() {
		b.client.CloseIdleConnections()
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the box ended with %v", err)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "http://"); ok {
			b.addr = address
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return b
		}
	}
	t.Fatalf("the box never listened: %v", lines.Err())
	return nil
}

func TestAVisitGoesThroughARealBoxFromTicketToFinish(t *testing.T) {
	b := openRealBox(t)
	const key = "ticket-0123456789"
	take := func(body string) answer {
		return b.ask(t, "demo-kiosk", "POST", "/api/v1/visits", body, "Idempotency-Key", key)
	}
	first := take(`{"service":"cash","language":"en"}`)
	wantStatus(t, first, 201)
	visit := decoded[wire.Visit](t, first)
	wantProblem(t, take(`{"service":"loans","language":"en"}`), 409, branch.CodeIDReused)
	path := "/api/v1/visits/" + visit.ID
	wantProblem(t, b.ask(t, "demo-kiosk", "POST", path+"/away", `{}`), 403, branch.CodeForbidden)
	wantStatus(t, b.ask(t, "demo-kiosk", "GET", path, "", "Visit-Key", visit.Key), 200)

	p := wantProblem(t, b.ask(t, "demo-supervisor", "POST", path+"/confirm", `{}`), 409, branch.CodeWrongState)
	if p.State != "waiting" || len(p.Allowed) == 0 {
		t.Errorf("the problem is %+v", p)
	}
	counter := "/api/v1/counters/counter-1"
	wantProblem(t, b.ask(t, "demo-counter", "POST", counter+"/call-next", `{}`), 409, branch.CodeCounterClosed)
	wantStatus(t, b.ask(t, "demo-counter", "POST", counter+"/open", `{}`), 200)
	called := b.ask(t, "demo-counter", "POST", counter+"/call-next", `{}`)
	wantStatus(t, called, 200)
	if got := decoded[wire.Visit](t, called); got.ID != visit.ID || got.Reason == nil || got.Counter != "counter-1" {
		t.Fatalf("called: %s", called.body)
	}
	wantProblem(t, b.ask(t, "demo-counter-2", "POST", path+"/confirm", `{}`), 403, branch.CodeForbidden)
	wantProblem(t, b.ask(t, "demo-counter-2", "GET", path, ""), 403, branch.CodeForbidden)
	tooSoon := b.ask(t, "demo-counter", "POST", path+"/recall", `{}`)
	wantProblem(t, tooSoon, 429, branch.CodeTooMany)
	if tooSoon.header.Get("Retry-After") == "" {
		t.Error("a recall too soon does not say when")
	}
	wantStatus(t, b.ask(t, "demo-counter", "POST", path+"/confirm", `{}`), 200)
	wantProblem(t, b.ask(t, "demo-counter", "POST", counter+"/close", `{}`), 409, branch.CodeCounterBusy)
	wantStatus(t, b.ask(t, "demo-counter", "POST", path+"/finish", `{}`), 200)
	wantStatus(t, b.ask(t, "demo-counter", "POST", counter+"/call-next", `{}`), 204)

	again := take(`{"service":"cash","language":"en"}`)
	wantStatus(t, again, 200)
	now := decoded[wire.Visit](t, again)
	if now.State != "finished" || now.Ticket != visit.Ticket || now.Key != visit.Key || *now.Wait != *visit.Wait {
		t.Errorf("the repeated request shows %s, the first %s", again.body, first.body)
	}
}

func TestWhatARealBranchDoesNotHaveIsRefusedByItsOwnCode(t *testing.T) {
	b := openRealBox(t)
	for _, c := range []struct {
		role, path, body string
		status           int
		code             branch.Code
	}{
		{"demo-kiosk", "/api/v1/visits", `{"service":"sushi","language":"en"}`, 422, branch.CodeUnknownService},
		{"demo-kiosk", "/api/v1/visits", `{"service":"cash","language":"en","needs":["wings"]}`, 422, branch.CodeUnknownNeed},
		{"demo-kiosk", "/api/v1/visits", `{"service":"cash","language":"tlh"}`, 422, branch.CodeUnknownLanguage},
		{"demo-kiosk", "/api/v1/pages", `{"reason":"boredom"}`, 422, branch.CodeUnknownReason},
		{"demo-supervisor", "/api/v1/pages", `{"reason":"help","place":"roof"}`, 422, branch.CodeUnknownPlace},
		{"demo-it", "/api/v1/tokens", `{"role":"kiosk","place":"roof"}`, 422, branch.CodeUnknownPlace},
		{"demo-supervisor", "/api/v1/counters/roof/open", `{}`, 404, branch.CodeNotFound},
		{"demo-supervisor", "/api/v1/visits/v_unknown/away", `{}`, 404, branch.CodeNotFound},
		{"demo-supervisor", "/api/v1/pages/p_unknown/accept", `{}`, 404, branch.CodeNotFound},
		{"demo-it", "/api/v1/devices/toaster/test", `{}`, 404, branch.CodeNotFound},
	} {
		wantProblem(t, b.ask(t, c.role, "POST", c.path, c.body), c.status, c.code)
	}
	wantStatus(t, b.ask(t, "demo-kiosk", "POST", "/api/v1/visits", `{"service":"cash","language":"en"}`), 201)
	wantStatus(t, b.ask(t, "demo-kiosk", "POST", "/api/v1/pages", `{"reason":"help"}`), 201)
}

func TestATokenOfARealBoxWorksUntilItIsRevoked(t *testing.T) {
	b := openRealBox(t)
	made := b.ask(t, "demo-it", "POST", "/api/v1/tokens", `{"role":"supervisor","note":"desk"}`)
	wantStatus(t, made, 201)
	token := decoded[wire.Token](t, made)
	wantStatus(t, b.ask(t, token.Token, "GET", "/api/v1/pages", ""), 200)
	signedIn := b.ask(t, "", "POST", "/api/v1/session", `{"token":"`+token.Token+`"}`)
	wantStatus(t, signedIn, 204)
	cookie, _, _ := strings.Cut(signedIn.header.Get("Set-Cookie"), ";")
	wantStatus(t, b.ask(t, "", "GET", "/api/v1/pages", "", "Cookie", cookie), 200)

	wantStatus(t, b.ask(t, "demo-it", "DELETE", "/api/v1/tokens/"+token.ID, ""), 204)
	wantProblem(t, b.ask(t, token.Token, "GET", "/api/v1/pages", ""), 401, branch.CodeUnauthenticated)
	wantProblem(t, b.ask(t, "", "GET", "/api/v1/pages", "", "Cookie", cookie), 401, branch.CodeUnauthenticated)
	wantProblem(t, b.ask(t, "demo-it", "DELETE", "/api/v1/tokens/"+token.ID, ""), 404, branch.CodeNotFound)
}

func TestAnEndedSessionOfARealBoxStaysEnded(t *testing.T) {
	b := openRealBox(t)
	signedIn := b.ask(t, "", "POST", "/api/v1/session", `{"token":"demo-pager"}`)
	wantStatus(t, signedIn, 204)
	cookie, _, _ := strings.Cut(signedIn.header.Get("Set-Cookie"), ";")
	wantStatus(t, b.ask(t, "", "GET", "/api/v1/pages", "", "Cookie", cookie), 200)
	wantStatus(t, b.ask(t, "", "DELETE", "/api/v1/session", "", "Cookie", cookie, "Origin", "http://"+b.addr), 204)
	wantProblem(t, b.ask(t, "", "GET", "/api/v1/pages", "", "Cookie", cookie), 401, branch.CodeUnauthenticated)
}
