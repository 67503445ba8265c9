package httpapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/equipment"
	"handrail/server/internal/httpapi"
	"handrail/server/internal/hub"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
	"handrail/server/internal/wire"
)

func TestTheHubIsToldWhoHasConnected(t *testing.T) {
	b := openBox(t)
	for _, c := range []struct {
		role, query string
		want        hub.Client
	}{
		{"hall", "topics=hall:main&after=log.7",
			hub.Client{Identity: "token:hall", Token: "hall", Topics: []string{"hall:main"}, After: "log.7", Mouth: "hall-1", Window: time.Hour}},
		{"counter", "topics=counter:counter-1,pages,pages",
			hub.Client{Identity: "token:counter", Token: "counter", Topics: []string{"counter:counter-1", "pages"}, Staff: "wang", Window: time.Hour}},
		{"pager", "topics=pages",
			hub.Client{Identity: "token:pager", Token: "pager", Topics: []string{"pages"}, Staff: "li", Window: time.Hour}},
		{"supervisor", "topics=supervisor", hub.Client{Identity: "token:supervisor", Token: "supervisor", Topics: []string{"supervisor"}}},
		{"kiosk", "topics=kiosk:kiosk-1,kiosk:kiosk-2",
			hub.Client{Identity: "token:kiosk", Token: "kiosk", Topics: []string{"kiosk:kiosk-1", "kiosk:kiosk-2"}, Window: time.Hour, Refuse: 4003}},
		{"it", "topics=nonsense", hub.Client{Identity: "token:it", Token: "it", Topics: []string{"nonsense"}, Refuse: 4003}},
	} {
		wantStatus(t, b.ask(t, c.role, "GET", "/api/v1/live?"+c.query, "", upgradeHeaders()...), http.StatusOK)
		got := b.live.last(t)
		if got.Header.Get("X-Content-Type-Options") != "nosniff" || got.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: the answer to the upgrade carries %v", c.role, got.Header)
		}
		if (got.Person != nil) != (c.role == "counter") || got.Person != nil && got.Person() != "wang" {
			t.Errorf("%s: the person is not asked for anew", c.role)
		}
		if !got.Valid() {
			t.Errorf("%s: the connection has ended before it began", c.role)
		}
		got.Handle, got.Header, got.Person, got.Valid = nil, nil, nil, nil
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s %s\n got %+v\nwant %+v", c.role, c.query, got, c.want)
		}
	}
}

func TestALiveConnectionHasTheLifeOfItsSession(t *testing.T) {
	var passed atomic.Int64
	b := openBox(t, func(c *httpapi.Config) {
		c.Now = func() branch.Instant { return nine.Add(time.Duration(passed.Load())) }
	})
	header := append(upgradeHeaders(), "Origin", "http://"+b.addr, "Cookie", b.roleCookie(t, "pager"))
	wantStatus(t, b.ask(t, "", "GET", "/api/v1/live?topics=pages", "", header...), http.StatusOK)
	client := b.live.last(t)
	if client.Life <= 0 || !client.Valid() {
		t.Fatalf("a new session has %v left", client.Life)
	}
	passed.Store(int64(client.Life))
	if client.Valid() {
		t.Error("the connection outlives its session")
	}
	frame := wire.ClientFrame{Type: "do", ID: "0123456789abcdef", Command: "duty.off"}
	if _, problem := client.Handle(t.Context(), frame); problem == nil || problem.Code != "unauthenticated" {
		t.Errorf("its command: %+v", problem)
	}
}

func TestABrowserNamesItsRoleInTheAddressOfTheWebsocket(t *testing.T) {
	b := openBox(t)
	header := append(upgradeHeaders(), "Origin", "http://"+b.addr, "Cookie", b.roleCookie(t, "pager")+"; "+b.roleCookie(t, "it"))
	wantStatus(t, b.ask(t, "", "GET", "/api/v1/live?topics=pages&as=pager", "", header...), http.StatusOK)
	if client := b.live.last(t); client.Session == "" || client.Staff != "li" {
		t.Errorf("the client is %+v", client)
	}
	wantProblem(t, b.ask(t, "", "GET", "/api/v1/live?topics=pages", "", header...), 401, branch.CodeUnauthenticated)
}

func TestWhatCannotBecomeALiveConnectionIsAProblem(t *testing.T) {
	b := openBox(t)
	live := func(query string, header ...string) answer {
		return b.ask(t, "pager", "GET", "/api/v1/live"+query, "", append(upgradeHeaders(), header...)...)
	}
	wantProblem(t, b.ask(t, "pager", "GET", "/api/v1/live?topics=pages", ""), 400, branch.CodeMalformed)
	wantProblem(t, live("?topics=pages", "Sec-WebSocket-Version", "8"), 400, branch.CodeMalformed)
	wantProblem(t, live("?topics=pages", "Sec-WebSocket-Key", ""), 400, branch.CodeMalformed)
	wantProblem(t, live("?topics=pages", "Sec-WebSocket-Protocol", "other.v1"), 400, branch.CodeMalformed)
	wantProblem(t, live(""), 422, branch.CodeInvalid)
	wantStatus(t, live("?topics=pages"), http.StatusOK)
}

func TestACommandOfAFrameIsThatOfItsRoute(t *testing.T) {
	b := openBox(t)
	b.engine.answer = answerEverything
	for _, c := range []struct {
		role, command, data string
		want                branch.Command
	}{
		{"pager", "page.accept", `{"page":"` + ownPage + `"}`, paging.Accept{Page: ownPage}},
		{"pager", "page.reject", `{"page":"` + ownPage + `"}`, paging.Reject{Page: ownPage}},
		{"pager", "page.arrive", `{"page":"` + ownPage + `"}`, paging.Arrive{Page: ownPage}},
		{"pager", "page.close", `{"page":"` + ownPage + `","outcome":"not-needed"}`,
			paging.Close{Page: ownPage, Outcome: paging.OutcomeNotNeeded}},
		{"kiosk", "page.cancel", `{"page":"` + ownPage + `"}`, paging.Cancel{Page: ownPage}},
		{"kiosk", "page.raise", `{"reason":"help","session":"s"}`, paging.Raise{Reason: "help", Place: "kiosk-1", Session: "s"}},
		{"pager", "duty.on", `{"abilities":["sign-language"]}`, paging.DutyOn{Abilities: []branch.Ability{"sign-language"}}},
		{"pager", "duty.off", `{}`, paging.DutyOff{}},
		{"pager", "duty.off", ``, paging.DutyOff{}},
		{"kiosk", "visit.away", `{"visit":"` + ownVisit + `"}`, queue.Away{Visit: ownVisit}},
		{"kiosk", "visit.back", `{"visit":"` + ownVisit + `"}`, queue.Back{Visit: ownVisit}},
		{"kiosk", "visit.cancel", `{"visit":"` + ownVisit + `"}`, queue.Cancel{Visit: ownVisit}},
		{"counter", "counter.call-next", `{"counter":"counter-1"}`, queue.CallNext{Counter: "counter-1"}},
		{"counter", "visit.recall", `{"visit":"` + ownVisit + `"}`, queue.Recall{Visit: ownVisit}},
		{"counter", "visit.confirm", `{"visit":"` + ownVisit + `"}`, queue.Confirm{Visit: ownVisit}},
		{"counter", "visit.finish", `{"visit":"` + ownVisit + `","outcome":"not"}`, queue.Finish{Visit: ownVisit, Outcome: queue.OutcomeNot}},
		{"counter", "visit.no-show", `{"visit":"` + ownVisit + `"}`, queue.NoShow{Visit: ownVisit}},
	} {
		client := b.connect(t, branch.Role(c.role), "pages")
		f := wire.ClientFrame{Type: "do", ID: "0123456789abcdef", Command: c.command, Key: b.keeper.VisitKey(ownVisit)}
		if c.data != "" {
			f.Data = json.RawMessage(c.data)
		}
		if _, problem := client.Handle(t.Context(), f); problem != nil {
			t.Errorf("%s %s: %+v", c.command, c.data, problem)
			continue
		}
		got := b.engine.last(t)
		if !reflect.DeepEqual(got.Command, c.want) || got.ID != "0123456789abcdef" || got.By.Role != branch.Role(c.role) {
			t.Errorf("%s\n got %#v\nwant %#v", c.command, got, c.want)
		}
	}
}

func TestAFramesAnswerIsTheBodyOfThePOSTAndNullForA204(t *testing.T) {
	b := openBox(t)
	client := b.connect(t, branch.RoleCounter, "pages")
	callNext := wire.ClientFrame{Type: "do", ID: "0123456789abcdef", Command: "counter.call-next", Data: json.RawMessage(`{"counter":"counter-1"}`)}
	data, problem := client.Handle(t.Context(), callNext)
	if problem != nil || string(data) != "null" {
		t.Errorf("nobody is next: %s %+v", data, problem)
	}
	b.engine.answer = answerEverything
	data, problem = client.Handle(t.Context(), callNext)
	posted := b.ask(t, "counter", "POST", "/api/v1/counters/counter-1/call-next", `{}`)
	if problem != nil || compact(t, data) != compact(t, posted.body) {
		t.Errorf("the frame gave %s %+v, the POST %s", data, problem, posted.body)
	}
}

func TestAWrongFrameIsRefusedAsTheRouteWouldAndDoesNothing(t *testing.T) {
	b := openBox(t)
	b.engine.answer = answerEverything
	supervisor := b.connect(t, branch.RoleSupervisor, "supervisor")
	for _, c := range []struct {
		id, command, data string
		code              branch.Code
		field             string
	}{
		{"short", "duty.off", `{}`, branch.CodeInvalid, "id"},
		{"0123456789abcdef", "visit.park", `{"visit":"` + ownVisit + `"}`, branch.CodeInvalid, "command"},
		{"0123456789abcdef", "box.explode", `{}`, branch.CodeInvalid, "command"},
		{"0123456789abcdef", "visit.finish", `{}`, branch.CodeInvalid, "visit"},
		{"0123456789abcdef", "visit.finish", `{"visit":7}`, branch.CodeInvalid, "visit"},
		{"0123456789abcdef", "visit.finish", `{"visit":"\u202e"}`, branch.CodeInvalid, "visit"},
		{"0123456789abcdef", "visit.finish", `{"visit":"` + ownVisit + `","outcome":"gone"}`, branch.CodeInvalid, "outcome"},
		{"0123456789abcdef", "visit.finish", `{"visit":"` + ownVisit + `","next":"a\u202eb"}`, branch.CodeInvalid, "next"},
		{"0123456789abcdef", "visit.finish", `{"visit":"` + ownVisit + `","x":1}`, branch.CodeInvalid, "x"},
		{"0123456789abcdef", "visit.finish", `[]`, branch.CodeMalformed, ""},
		{"0123456789abcdef", "visit.finish", `null`, branch.CodeMalformed, ""},
		{"0123456789abcdef", "page.accept", `{"page":"p_unknown"}`, branch.CodeNotFound, ""},
	} {
		f := wire.ClientFrame{Type: "do", ID: c.id, Command: c.command, Data: json.RawMessage(c.data)}
		_, problem := supervisor.Handle(t.Context(), f)
		if problem == nil || problem.Code != string(c.code) {
			t.Errorf("%s %s: %+v, want %s", c.command, c.data, problem, c.code)
			continue
		}
		if c.field != "" && (len(problem.Errors) != 1 || problem.Errors[0].Field != c.field) {
			t.Errorf("%s %s: %+v, want the field %s", c.command, c.data, problem.Errors, c.field)
		}
	}
	if b.engine.count() != 0 {
		t.Error("a wrong frame reached the engine")
	}
}

func TestAVisitNeedsItsKeyInAFrameOfAKiosk(t *testing.T) {
	b := openBox(t)
	b.engine.answer = answerEverything
	kiosk := b.connect(t, branch.RoleKiosk, "kiosk:kiosk-1")
	cancel := wire.ClientFrame{Type: "do", ID: "0123456789abcdef", Command: "visit.cancel", Data: json.RawMessage(`{"visit":"` + ownVisit + `"}`)}
	for _, key := range []string{"", b.keeper.VisitKey(foreignVisit), "nonsense"} {
		cancel.Key = key
		if _, problem := kiosk.Handle(t.Context(), cancel); problem == nil || problem.Code != "forbidden" {
			t.Errorf("key %q: %+v", key, problem)
		}
	}
	cancel.Key = b.keeper.VisitKey(ownVisit)
	if _, problem := kiosk.Handle(t.Context(), cancel); problem != nil {
		t.Errorf("with its key: %+v", problem)
	}
}

func TestASessionThatHasEndedCanDoNothingMoreOnItsSocket(t *testing.T) {
	var later atomic.Int64
	b := openBox(t, func(c *httpapi.Config) {
		c.Now = func() branch.Instant { return nine + branch.Instant(later.Load()) }
	})
	b.engine.answer = answerEverything
	customer := b.connect(t, branch.RoleVisit, "visit:"+ownVisit)
	away := wire.ClientFrame{Type: "do", ID: "0123456789abcdef", Command: "visit.away", Data: json.RawMessage(`{"visit":"` + ownVisit + `"}`)}
	if _, problem := customer.Handle(t.Context(), away); problem != nil {
		t.Errorf("within the session: %+v", problem)
	}
	later.Store((24 * time.Hour).Milliseconds())
	if _, problem := customer.Handle(t.Context(), away); problem == nil || problem.Code != "unauthenticated" {
		t.Errorf("after its end: %+v", problem)
	}
}

func TestReceiptsAndAnnouncementsBecomeCommands(t *testing.T) {
	b := openBox(t)
	pager, hall := b.connect(t, branch.RolePager, "pages"), b.connect(t, branch.RoleHall, "hall:main")
	if _, problem := pager.Handle(t.Context(), wire.ClientFrame{Type: "received", Page: ownPage, Step: 4}); problem != nil {
		t.Fatalf("%+v", problem)
	}
	got := b.engine.last(t)
	if got.Command != (paging.Receive{Page: ownPage, Step: 4}) || got.By.Staff != "li" || got.ID != "" {
		t.Errorf("the engine was asked for %+v", got)
	}
	if _, problem := hall.Handle(t.Context(), wire.ClientFrame{Type: "announced", Call: "c_1"}); problem != nil {
		t.Fatalf("%+v", problem)
	}
	if got := b.engine.last(t); got.Command != (equipment.Announced{Call: "c_1"}) || got.By.Place != "hall-1" {
		t.Errorf("the engine was asked for %+v", got)
	}
	if _, problem := pager.Handle(t.Context(), wire.ClientFrame{Type: "nonsense"}); problem == nil || problem.Code != "malformed" {
		t.Errorf("a frame of no type: %+v", problem)
	}
}

func TestPOSTsAndFramesOfOneIdentityAreLimitedTogether(t *testing.T) {
	b := openBox(t, func(c *httpapi.Config) { c.Now = func() branch.Instant { return nine } })
	b.engine.answer = answerEverything
	pager := b.connect(t, branch.RolePager, "pages")
	frame := wire.ClientFrame{Type: "do", ID: "0123456789abcdef", Command: "duty.off"}
	for i := range 60 {
		if i%2 == 0 {
			wantStatus(t, b.ask(t, "pager", "POST", "/api/v1/duty/off", `{}`), 204)
		} else if _, problem := pager.Handle(t.Context(), frame); problem != nil {
			t.Fatalf("frame %d: %+v", i, problem)
		}
	}
	a := b.ask(t, "pager", "POST", "/api/v1/duty/off", `{}`)
	wantProblem(t, a, 429, branch.CodeTooMany)
	if a.header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
	}
	if _, problem := pager.Handle(t.Context(), frame); problem == nil || problem.Code != "too-many" {
		t.Errorf("the 61st frame: %+v", problem)
	}
	if b.engine.count() != 60 {
		t.Errorf("%d commands reached the engine", b.engine.count())
	}
	wantStatus(t, b.ask(t, "pager", "GET", "/api/v1/pages", ""), 200)
	for range 100 { // others are not slowed down, and who serves many is never
		wantStatus(t, b.ask(t, "supervisor", "POST", "/api/v1/day/open", `{}`), 204)
		wantStatus(t, b.ask(t, "counter", "POST", "/api/v1/duty/off", `{}`), 204)
	}
	wantStatus(t, b.ask(t, "kiosk", "POST", "/api/v1/visits", `{"service":"cash","language":"en"}`), 200)
	for range 60 {
		wantStatus(t, b.ask(t, "it", "POST", "/api/v1/config/check", `{"yaml":""}`), 200)
	}
	wantProblem(t, b.ask(t, "it", "POST", "/api/v1/config/check", `{"yaml":""}`), 429, branch.CodeTooMany)
}

func TestTheLimitGivesThirtyPOSTsASecond(t *testing.T) {
	now := nine
	b := openBox(t, func(c *httpapi.Config) { c.Now = func() branch.Instant { return now } })
	b.engine.answer = func(branch.Request) (engine.Result, error) { return engine.Result{}, nil }
	taken := func(tries int) (taken int) {
		for range tries {
			if b.ask(t, "pager", "POST", "/api/v1/duty/off", `{}`).status == 204 {
				taken++
			}
		}
		return taken
	}
	if got := taken(80); got != 60 {
		t.Errorf("%d of a burst were taken, want 60", got)
	}
	now += 1000
	if got := taken(40); got != 30 {
		t.Errorf("%d were taken a second later, want 30", got)
	}
}

// quietSource is a branch in which nothing happens.
type quietSource struct{}

func (quietSource) LogID() string     { return "log" }
func (quietSource) Published() uint64 { return 0 }
func (quietSource) View(string) (json.RawMessage, uint64, error) {
	return json.RawMessage(`{}`), 0, nil
}
func (quietSource) PagesFor(string) []wire.Page                         { return nil }
func (quietSource) SpeakFor(string) (speak wire.SpeakFrame, there bool) { return speak, false }
func (quietSource) Presence(string, bool)                               {}
func (quietSource) Replay(context.Context, string, uint64, uint64, time.Time, func([]wire.Event) bool) (bool, error) {
	return true, nil
}

func TestARealWebsocketIsUpgradedAndCarriesACommand(t *testing.T) {
	h := hub.New(quietSource{}, hub.Options{})
	b := openBox(t, func(c *httpapi.Config) { c.Live = h })
	t.Cleanup(func() {
		if err := h.Close(context.Background()); err != nil {
			t.Errorf("hub: %v", err)
		}
	})
	dialer := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}, HandshakeTimeout: 5 * time.Second}
	header := http.Header{"Authorization": {"Bearer pager"}}
	conn, response, err := dialer.Dial("ws://"+b.addr+"/api/v1/live?topics=pages", header)
	if err != nil {
		t.Fatalf("%v: %+v", err, response)
	}
	defer conn.Close()
	if err := conn.WriteJSON(map[string]any{"type": "do", "id": "0123456789abcdef", "command": "duty.off"}); err != nil {
		t.Fatal(err)
	}
	done := readUntil(t, conn, wire.TypeDone)
	if done.ID != "0123456789abcdef" || string(done.Data) != "null" {
		t.Errorf("the answer is %+v", done)
	}
	if got := b.engine.last(t); got.Command != (paging.DutyOff{}) || got.By.Staff != "li" {
		t.Errorf("the engine was asked for %+v", got)
	}
}

func TestATopicOfOthersClosesTheWebsocketWith4003(t *testing.T) {
	h := hub.New(quietSource{}, hub.Options{})
	b := openBox(t, func(c *httpapi.Config) { c.Live = h })
	t.Cleanup(func() { _ = h.Close(context.Background()) })
	dialer := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}, HandshakeTimeout: 5 * time.Second}
	conn, _, err := dialer.Dial("ws://"+b.addr+"/api/v1/live?topics=supervisor", http.Header{"Authorization": {"Bearer pager"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, _, err = conn.ReadMessage(); !websocket.IsCloseError(err, wire.CloseNotAllowed) {
		t.Errorf("the connection ended with %v", err)
	}
}

// readUntil returns the first frame of a type.
func readUntil(t *testing.T, conn *websocket.Conn, frameType string) wire.DoneFrame {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	for {
		var f wire.DoneFrame
		if err := conn.ReadJSON(&f); err != nil {
			t.Fatal(err)
		}
		if f.Type == frameType {
			return f
		}
	}
}
