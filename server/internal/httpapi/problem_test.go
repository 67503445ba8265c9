package httpapi_test

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/httpapi"
)

// problems.json holds, by code, the whole body of a refusal by the domain.
//
//go:embed testdata/problems.json
var problemsText []byte

// refusals are what the domain may say, one of each code.
func refusals() []*branch.Error {
	return []*branch.Error{
		{Code: branch.CodeInvalid, Detail: "A field is wrong.", Fields: []branch.FieldError{{Field: "minutes", Message: "is too long"}}},
		{Code: branch.CodeMalformed, Detail: "Not JSON."},
		{Code: branch.CodeUnsupportedMediaType, Detail: "Not JSON."},
		{Code: branch.CodeTooLarge, Detail: "Too large."},
		{Code: branch.CodeUnknownService, Detail: "No such service."},
		{Code: branch.CodeUnknownNeed, Detail: "No such need."},
		{Code: branch.CodeUnknownReason, Detail: "No such reason."},
		{Code: branch.CodeUnknownPlace, Detail: "No such place."},
		{Code: branch.CodeUnknownLanguage, Detail: "No such language."},
		{Code: branch.CodeNotFound, Detail: "No such visit."},
		{Code: branch.CodeMethodNotAllowed, Detail: "No such method."},
		{Code: branch.CodeUnauthenticated, Detail: "Sign in."},
		{Code: branch.CodeForbidden, Detail: "Not yours."},
		{Code: branch.CodeWrongState, Detail: "It waits.", State: "waiting", Allowed: []string{"away", "cancel"}},
		{Code: branch.CodeCounterBusy, Detail: "It has a visit."},
		{Code: branch.CodeCounterClosed, Detail: "It is closed."},
		{Code: branch.CodeTaken, Detail: "Li has it.", By: "li"},
		{Code: branch.CodeIDReused, Detail: "Another body."},
		{Code: branch.CodeBranchClosed, Detail: "Closed."},
		{Code: branch.CodeMisdirected, Detail: "Not here."},
		{Code: branch.CodeTooMany, Detail: "Slower.", RetryAfter: 1500 * time.Millisecond},
		{Code: branch.CodeBusy, Detail: "Busy."},
		{Code: branch.CodeStorage, Detail: "Full.", RetryAfter: 30 * time.Second},
	}
}

func TestEveryCodeOfTheDomainHasItsStatusAndBody(t *testing.T) {
	golden := map[string]json.RawMessage{}
	if err := json.Unmarshal(problemsText, &golden); err != nil {
		t.Fatal(err)
	}
	b := openBox(t)
	retry := map[branch.Code]string{branch.CodeTooMany: "2", branch.CodeBusy: "1", branch.CodeStorage: "30"}
	for _, refusal := range refusals() {
		b.engine.answer = func(branch.Request) (engine.Result, error) { return engine.Result{}, refusal }
		a := b.ask(t, "supervisor", "POST", "/api/v1/day/open", `{}`)
		p := a.problem(t)
		if p.Status != a.status {
			t.Errorf("%s: status %d in a body of %d", refusal.Code, a.status, p.Status)
		}
		want, ok := golden[string(refusal.Code)]
		if !ok {
			t.Errorf("%s has no row in problems.json; it is %s", refusal.Code, a.body)
			continue
		}
		if got, want := compact(t, a.body), compact(t, want); got != want {
			t.Errorf("%s:\n got %s\nwant %s", refusal.Code, got, want)
		}
		if got := a.header.Get("Retry-After"); got != retry[refusal.Code] {
			t.Errorf("%s: Retry-After %q", refusal.Code, got)
		}
	}
}

func compact(t *testing.T, data []byte) string {
	t.Helper()
	var value map[string]any
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(value)
	return string(text)
}

func TestAFaultOfTheBoxIsLoggedByItsRouteAndSaysNothingOfItself(t *testing.T) {
	var log bytes.Buffer
	b := openBox(t, func(c *httpapi.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	b.engine.answer = func(branch.Request) (engine.Result, error) {
		return engine.Result{}, errors.New("the file is torn")
	}
	p := wantProblem(t, b.ask(t, "supervisor", "POST", "/api/v1/visits/"+ownVisit+"/away", `{}`), 500, "internal")
	if strings.Contains(p.Detail, "torn") {
		t.Errorf("the detail is %q", p.Detail)
	}
	lines := strings.Count(log.String(), "\n")
	if lines != 1 || !strings.Contains(log.String(), "torn") || !strings.Contains(log.String(), "/api/v1/visits/{id}/away") ||
		strings.Contains(log.String(), ownVisit) {
		t.Errorf("the log is %q", log.String())
	}
	wantProblem(t, b.ask(t, "supervisor", "GET", "/api/v1/visits/v_unknown", ""), 404, branch.CodeNotFound)
	if strings.Count(log.String(), "\n") != lines {
		t.Errorf("a refusal was logged: %q", log.String())
	}
}

func TestAHandlerThatPanicsEndsNothingElse(t *testing.T) {
	b := openBox(t)
	b.engine.answer = func(branch.Request) (engine.Result, error) { panic("a bug") }
	a := b.ask(t, "supervisor", "POST", "/api/v1/day/open", `{}`)
	wantProblem(t, a, 500, "internal")
	wantSecureHeaders(t, "after a panic", a.header)
	b.engine.answer = nil
	wantStatus(t, b.ask(t, "supervisor", "POST", "/api/v1/day/open", `{}`), 204)
}

func TestARequestThatWasLeftWithoutAnAnswerMayBeAskedAgain(t *testing.T) {
	b := openBox(t)
	for _, err := range []error{engine.ErrStopped, context.Canceled, context.DeadlineExceeded} {
		b.engine.answer = func(branch.Request) (engine.Result, error) { return engine.Result{}, fmt.Errorf("asking: %w", err) }
		a := b.ask(t, "kiosk", "POST", "/api/v1/visits", `{"service":"cash","language":"en"}`)
		wantProblem(t, a, 503, branch.CodeBusy)
		if a.header.Get("Retry-After") == "" {
			t.Errorf("%v: no Retry-After", err)
		}
	}
}
