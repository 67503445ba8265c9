package httpapi_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/httpapi"
	"handrail/server/internal/hub"
	"handrail/server/internal/speech"
	"handrail/server/internal/wire"
)

// The branch of these tests: two of everything, so that each role has its own
// and a foreign one.
const (
	ownVisit, foreignVisit = "v_01J0000000000000000000000A", "v_01J0000000000000000000000B"
	ownPage, foreignPage   = "p_01J0000000000000000000000A", "p_01J0000000000000000000000B"
	// waitingVisit has been called by nobody.
	waitingVisit = "v_01J0000000000000000000000C"
)

// tokens gives each role its secret and who it is.
func tokens() map[string]branch.Actor {
	return map[string]branch.Actor{
		"kiosk":      {Role: branch.RoleKiosk, Place: "kiosk-1"},
		"hall":       {Role: branch.RoleHall, Place: "hall-1"},
		"counter":    {Role: branch.RoleCounter, Place: "counter-1"},
		"pager":      {Role: branch.RolePager, Staff: "li"},
		"supervisor": {Role: branch.RoleSupervisor},
		"it":         {Role: branch.RoleIT},
	}
}

// engineStub stands for the engine: it keeps what it was asked and answers as
// told.
type engineStub struct {
	mu       sync.Mutex
	requests []branch.Request
	answer   func(branch.Request) (engine.Result, error)
}

func (e *engineStub) Do(_ context.Context, r branch.Request) (engine.Result, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.requests = append(e.requests, r)
	if e.answer == nil {
		return engine.Result{}, nil
	}
	return e.answer(r)
}

func (e *engineStub) last(t *testing.T) branch.Request {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.requests) == 0 {
		t.Fatal("nothing reached the engine")
	}
	return e.requests[len(e.requests)-1]
}

func (e *engineStub) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.requests)
}

// readsStub stands for the read models: a fixed branch.
type readsStub struct{ notReady []string }

func (readsStub) Branch() wire.Branch { return wire.Branch{ID: "test", Open: true} }

func (readsStub) Visit(_ context.Context, id branch.VisitID) (wire.Visit, error) {
	counters := map[branch.VisitID]string{ownVisit: "counter-1", foreignVisit: "counter-2", waitingVisit: ""}
	counter, ok := counters[id]
	if !ok {
		return wire.Visit{}, branch.Refuse(branch.CodeNotFound, "There is no such visit.")
	}
	return wire.Visit{ID: string(id), Ticket: "A017", State: "serving", Counter: counter, Needs: []string{},
		Reason: &wire.Reason{Rule: "only"}}, nil
}

func (r readsStub) CounterOf(id branch.VisitID) (branch.CounterID, bool) {
	visit, err := r.Visit(context.Background(), id)
	return branch.CounterID(visit.Counter), err == nil
}

func (readsStub) Counter(id branch.CounterID) (wire.Counter, error) {
	return wire.Counter{ID: string(id), State: "open", Abilities: []string{}}, nil
}

func (r readsStub) Pages(open bool, _ branch.Actor) []wire.Page {
	own, _ := r.Page(ownPage)
	if open {
		return []wire.Page{own}
	}
	foreign, _ := r.Page(foreignPage)
	return []wire.Page{own, foreign}
}

func (readsStub) Page(id branch.PageID) (wire.Page, error) {
	switch id {
	case ownPage:
		return wire.Page{ID: ownPage, Place: "kiosk-1", Visit: ownVisit, Reason: "help"}, nil
	case foreignPage:
		return wire.Page{ID: foreignPage, Place: "kiosk-2", Visit: foreignVisit, Reason: "help"}, nil
	case counterPage:
		return wire.Page{ID: counterPage, Place: "counter-1", Reason: "help"}, nil
	}
	return wire.Page{}, branch.Refuse(branch.CodeNotFound, "There is no such page.")
}

// counterPage was raised at counter-1.
const counterPage = "p_01J0000000000000000000000C"

func (readsStub) Devices() []wire.Device { return nil }

func (readsStub) Events(_ context.Context, _ branch.Actor, after string, limit int) (wire.EventList, error) {
	if after == "bad" {
		return wire.EventList{}, &branch.Error{Code: branch.CodeInvalid, Detail: "The cursor is wrong.",
			Fields: []branch.FieldError{{Field: "after", Message: "is no cursor"}}}
	}
	list := wire.EventList{Cursor: "log.1"}
	for seq := range min(limit, 3) {
		list.Events = append(list.Events, wire.Event{Seq: uint64(seq + 1), Event: "day.opened", Data: json.RawMessage("{}")})
	}
	return list, nil
}

// ownClip is the one that the box can say, muteClip the one it cannot say now.
const (
	ownClip  = "0123456789abcdef0123456789abcdef"
	muteClip = "fedcba9876543210fedcba9876543210"
)

func (readsStub) Speech(_ context.Context, clip speech.ID) ([]byte, error) {
	switch clip {
	case ownClip:
		return []byte("RIFF"), nil
	case muteClip:
		return nil, &branch.Error{Code: branch.CodeBusy, Detail: "mute", RetryAfter: time.Minute}
	}
	return nil, branch.Refuse(branch.CodeNotFound, "There is no such clip.")
}

func (readsStub) Report(_ context.Context, day branch.Day) (wire.DayReport, error) {
	if day != "2026-11-23" {
		return wire.DayReport{}, branch.Refuse(branch.CodeNotFound, "There is nothing of this day.")
	}
	return wire.DayReport{Day: string(day), Tickets: 3}, nil
}

func (readsStub) Phrases(lang branch.Language) ([]byte, bool) {
	return []byte(`{"ticket":"Your ticket"}`), lang == branch.English
}

func (readsStub) StaffOf(counter branch.CounterID) branch.StaffID {
	return map[branch.CounterID]branch.StaffID{"counter-1": "wang"}[counter]
}

func (readsStub) ZoneOf(place branch.PlaceID) (branch.ZoneID, bool) {
	return "main", strings.HasSuffix(string(place), "-1")
}

func (readsStub) KnowsPlace(role branch.Role, place string) bool {
	return role == branch.RolePager && place == "li" || place == string(role)+"-1"
}

func (readsStub) Mouth(place branch.PlaceID) (branch.ZoneID, bool) { return "main", place == "hall-1" }

func (readsStub) Status(context.Context) (wire.Status, error) { return wire.Status{Storage: "ok"}, nil }

func (r readsStub) Ready() []string { return r.notReady }

// adminStub stands for what IT may do to the box.
type adminStub struct{ backup []byte }

func (a adminStub) Backup(_ context.Context, to io.Writer) error {
	_, err := to.Write(a.backup)
	return err
}

func (adminStub) Verify(context.Context) (wire.VerifyReport, error) {
	return wire.VerifyReport{OK: true}, nil
}

func (adminStub) TestDevice(_ context.Context, id branch.DeviceID) (wire.DeviceTest, error) {
	return wire.DeviceTest{OK: true, Health: "ok"}, nil
}

func (adminStub) Paper(context.Context, branch.DeviceID) (httpapi.Picture, error) {
	return httpapi.Picture{Type: "image/svg+xml", Body: []byte("<svg/>")}, nil
}

func (adminStub) Config() wire.Config { return wire.Config{Version: "1"} }

func (adminStub) CheckConfig(yaml []byte) wire.ConfigReport {
	if bytes.Contains(yaml, []byte("\t")) {
		return wire.ConfigReport{Problems: []wire.ConfigProblem{{Line: 1, Column: 1, Message: "a tab"}}}
	}
	return wire.ConfigReport{}
}

func (adminStub) Tokens() []wire.Token { return []wire.Token{{ID: "t_1", Role: "it"}} }

// liveStub stands for the hub: it keeps the clients it is given.
type liveStub struct {
	mu      sync.Mutex
	clients []hub.Client
}

func (l *liveStub) Handler(client func(*http.Request) (hub.Client, bool)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, ok := client(r)
		if !ok {
			http.Error(w, "no client", http.StatusInternalServerError)
			return
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.clients = append(l.clients, given)
	})
}

func (l *liveStub) last(t *testing.T) hub.Client {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.clients) == 0 {
		t.Fatal("no client reached the hub")
	}
	return l.clients[len(l.clients)-1]
}

// box is a server on a loopback address with stubs behind it.
type box struct {
	server *httpapi.Server
	keeper *access.Keeper
	engine *engineStub
	live   *liveStub
	addr   string
	client *http.Client
}

// openBox serves until the test ends. change may alter the configuration.
func openBox(t *testing.T, change ...func(*httpapi.Config)) *box {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &box{engine: &engineStub{}, live: &liveStub{}, addr: listener.Addr().String(), keeper: newKeeper(t)}
	config := b.config()
	for _, c := range change {
		c(&config)
	}
	b.server = httpapi.New(config)
	b.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	serveUntilEnd(t, b.server, func() error { return b.server.Serve(listener) })
	t.Cleanup(b.client.CloseIdleConnections)
	return b
}

// config is what the box's server stands on.
func (b *box) config() httpapi.Config {
	return httpapi.Config{
		Hosts: []string{b.addr}, Loopback: true, Version: "test",
		Do: b.engine, Keeper: b.keeper, Reads: readsStub{}, Admin: adminStub{}, Live: b.live, QR: drawQR,
		Web:     testScreens(),
		Metrics: prometheus.NewRegistry(),
		Now:     ticking(),
		Log:     slog.New(slog.DiscardHandler),
	}
}

// drawQR stands for the box's pictures.
func drawQR(visit branch.VisitID) (httpapi.Picture, error) {
	return httpapi.Picture{Type: "image/svg+xml", Body: []byte("<svg>" + visit + "</svg>")}, nil
}

// nine is when these tests take place.
const nine branch.Instant = 1_777_885_200_000

// ticking returns a clock that moves on by 100 ms each time it is read, so that
// nobody runs into the limit of POSTs.
func ticking() func() branch.Instant {
	var reads atomic.Int64
	return func() branch.Instant { return nine + branch.Instant(100*reads.Add(1)) }
}

func serveUntilEnd(t *testing.T, server *httpapi.Server, serve func() error) {
	t.Helper()
	served := make(chan error, 1)
	go func() { served <- serve() }()
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
		defer stop()
		if err := server.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

func newKeeper(t *testing.T) *access.Keeper {
	t.Helper()
	keeper, err := access.NewKeeper(access.Keys{
		Visit: bytes.Repeat([]byte{1}, 32), Session: bytes.Repeat([]byte{2}, 32), Random: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	for secret, actor := range tokens() {
		keeper.AddStatic(secret, actor)
	}
	return keeper
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) problem(t *testing.T) wire.Problem {
	t.Helper()
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Fatalf("a refusal of type %q: %d %s", got, a.status, a.body)
	}
	return decoded[wire.Problem](t, a)
}

func decoded[T any](t *testing.T, a answer) T {
	t.Helper()
	var value T
	if err := json.Unmarshal(a.body, &value); err != nil {
		t.Fatalf("%v in %d %s", err, a.status, a.body)
	}
	return value
}

// ask sends a request with a token and a JSON body; header holds names and
// values in turn, an empty value removes.
func (b *box) ask(t *testing.T, token, method, path, body string, header ...string) answer {
	t.Helper()
	request, err := http.NewRequest(method, "http://"+b.addr+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		switch {
		case header[i+1] == "":
			request.Header.Del(header[i])
		case header[i] == "Host":
			request.Host = header[i+1]
		default:
			request.Header.Set(header[i], header[i+1])
		}
	}
	response, err := b.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, read}
}

// wantProblem fails unless a is a refusal with this status and code.
func wantProblem(t *testing.T, a answer, status int, code branch.Code) wire.Problem {
	t.Helper()
	p := a.problem(t)
	if a.status != status || p.Status != status || p.Code != string(code) || p.Type != "urn:handrail:problem:"+string(code) || p.Title == "" {
		t.Fatalf("answer %d %s, want %d %s", a.status, a.body, status, code)
	}
	return p
}

// wantStatus fails unless a has this status.
func wantStatus(t *testing.T, a answer, status int) {
	t.Helper()
	if a.status != status {
		t.Fatalf("answer %d %s, want %d", a.status, a.body, status)
	}
}
