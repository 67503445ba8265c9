package drive

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"handrail/server/internal/wire"
)

// fakeBox answers the n-th request, from 0, with handler n, and keeps the keys.
type fakeBox struct {
	*httptest.Server
	mu   sync.Mutex
	keys []string
}

func newFakeBox(t *testing.T, answers ...http.HandlerFunc) *fakeBox {
	f := &fakeBox{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		n := len(f.keys)
		f.keys = append(f.keys, r.Header.Get("Idempotency-Key"))
		f.mu.Unlock()
		answers[min(n, len(answers)-1)](w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fakeBox) client(t *testing.T) *client {
	b, err := newBox(f.URL, "secret")
	if err != nil {
		t.Fatal(err)
	}
	return b.client(b.source(fromDoor, 0))
}

func answer(status int, body any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(body)
	}
}

// reset breaks the connection without an answer.
func reset(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }

func TestAnUnansweredRequestIsRepeatedWithTheSameKey(t *testing.T) {
	busy := answer(http.StatusServiceUnavailable, wire.Problem{Code: "busy"})
	full := func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }
	box := newFakeBox(t, reset, busy, full, answer(http.StatusCreated, wire.Visit{ID: "v_1"}))
	c := box.client(t)

	var visit wire.Visit
	status, err := c.post(t.Context(), "/api/v1/visits", wire.CreateVisit{}, &visit)
	if err != nil || status != http.StatusCreated || visit.ID != "v_1" {
		t.Fatalf("status %d, visit %q, %v", status, visit.ID, err)
	}
	if len(box.keys) != 4 {
		t.Fatalf("%d requests, want 4", len(box.keys))
	}
	for _, key := range box.keys {
		if key != box.keys[0] || len(key) < 16 || len(key) > 64 {
			t.Errorf("keys %q", box.keys)
		}
	}
	refused, unanswered := c.tally.totals()
	if refused["busy"] != 1 || refused["http-429"] != 1 || unanswered != 1 {
		t.Errorf("refused %v, unanswered %d", refused, unanswered)
	}
}

func TestTwoRequestsHaveDifferentKeys(t *testing.T) {
	box := newFakeBox(t, answer(http.StatusOK, struct{}{}))
	c := box.client(t)
	for range 2 {
		if _, err := c.post(t.Context(), "/", struct{}{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if box.keys[0] == box.keys[1] {
		t.Errorf("two requests with the key %s", box.keys[0])
	}
}

func TestARefusalIsNotRepeatedAndKeepsItsCode(t *testing.T) {
	box := newFakeBox(t, answer(http.StatusConflict, wire.Problem{Code: "wrong-state", State: "removed"}))
	c := box.client(t)
	_, err := c.post(t.Context(), "/api/v1/visits/v_1/confirm", struct{}{}, nil)
	if !refusedWith(err, "wrong-state") || len(box.keys) != 1 {
		t.Errorf("%v after %d requests", err, len(box.keys))
	}
	if refused, _ := c.tally.totals(); refused["wrong-state"] != 1 {
		t.Errorf("refused %v", refused)
	}
}

func TestARequestEndsWithItsContext(t *testing.T) {
	box := newFakeBox(t, answer(http.StatusServiceUnavailable, wire.Problem{Code: "busy"}))
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := box.client(t).post(ctx, "/", struct{}{}, nil); err != context.DeadlineExceeded {
		t.Errorf("the request ended with %v", err)
	}
}

func TestOnlyABoxOnLoopbackIsDialledFromLoopbackAddresses(t *testing.T) {
	for address, bound := range map[string]bool{
		"http://127.0.0.1:8080": true, "http://localhost:8080": true,
		"https://box.example": false, "http://192.0.2.7:8080": false, "http://[::1]:8080": false,
	} {
		b, err := newBox(address, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := b.source(fromScreen, 0) != nil; got != bound {
			t.Errorf("%s: bound to a loopback address: %v", address, got)
		}
	}
	for _, address := range []string{"", "127.0.0.1:8080", "ftp://127.0.0.1"} {
		if _, err := newBox(address, ""); err == nil {
			t.Errorf("the address %q is taken", address)
		}
	}
}

func TestEverySourceAddressIsAnother(t *testing.T) {
	b, err := newBox("http://127.0.0.1:1", "")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, kind := range []byte{fromDoor, fromCounter, fromScreen} {
		for n := range 10_000 {
			seen[b.source(kind, n).String()] = true
		}
	}
	if len(seen) != 30_000 {
		t.Errorf("%d different addresses of 30000", len(seen))
	}
}
