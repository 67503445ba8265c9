package httpapi_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
	"handrail/server/internal/wire"
)

func TestEachPOSTBecomesItsCommand(t *testing.T) {
	b := openBox(t)
	b.engine.answer = answerEverything
	visit, page := "/api/v1/visits/"+ownVisit+"/", "/api/v1/pages/"+ownPage+"/"
	for _, c := range []struct {
		role, path, body string
		want             branch.Command
	}{
		{"kiosk", "/api/v1/visits", `{"service":"cash","needs":["hearing","flash"],"language":"zh-CN","class":"caring"}`,
			queue.Create{Service: "cash", Needs: []branch.Need{"hearing", "flash"}, Language: "zh-CN", Class: branch.Caring}},
		{"supervisor", visit + "away", `{}`, queue.Away{Visit: ownVisit}},
		{"supervisor", visit + "back", `{}`, queue.Back{Visit: ownVisit}},
		{"supervisor", visit + "cancel", `{}`, queue.Cancel{Visit: ownVisit}},
		{"counter", visit + "recall", `{}`, queue.Recall{Visit: ownVisit}},
		{"counter", visit + "confirm", `{}`, queue.Confirm{Visit: ownVisit}},
		{"counter", visit + "no-show", `{}`, queue.NoShow{Visit: ownVisit}},
		{"counter", visit + "finish", `{"outcome":"partly","next":"loans"}`,
			queue.Finish{Visit: ownVisit, Outcome: queue.OutcomePartly, Next: "loans"}},
		{"counter", visit + "park", `{"minutes":5,"reason":"papers"}`, queue.Park{Visit: ownVisit, Minutes: 5, Reason: "papers"}},
		{"counter", visit + "transfer", `{"service":"loans"}`, queue.Transfer{Visit: ownVisit, Service: "loans", KeepPlace: true}},
		{"counter", visit + "transfer", `{"counter":"counter-2","keepPlace":false}`, queue.Transfer{Visit: ownVisit, Counter: "counter-2"}},
		{"counter", visit + "return", `{"position":"last"}`, queue.Return{Visit: ownVisit, Position: queue.Last}},
		{"counter", "/api/v1/counters/counter-1/open", `{"staff":"wang"}`, queue.OpenCounter{Counter: "counter-1", Staff: "wang"}},
		{"counter", "/api/v1/counters/counter-1/pause", `{"reason":"tea"}`, queue.PauseCounter{Counter: "counter-1", Reason: "tea"}},
		{"counter", "/api/v1/counters/counter-1/close", `{}`, queue.CloseCounter{Counter: "counter-1"}},
		{"counter", "/api/v1/counters/counter-1/call-next", `{}`, queue.CallNext{Counter: "counter-1"}},
		{"supervisor", "/api/v1/counters/counter-1/call", `{"visit":"` + ownVisit + `","why":"is in pain"}`,
			queue.Call{Counter: "counter-1", Visit: ownVisit, Why: "is in pain"}},
		{"kiosk", "/api/v1/pages", `{"reason":"help","session":"s1"}`,
			paging.Raise{Reason: "help", Place: "kiosk-1", Session: "s1"}},
		{"supervisor", "/api/v1/pages", `{"reason":"water","place":"kiosk-2","visit":"` + ownVisit + `"}`,
			paging.Raise{Reason: "water", Place: "kiosk-2", Visit: ownVisit}},
		{"pager", page + "accept", `{}`, paging.Accept{Page: ownPage}},
		{"pager", page + "reject", `{}`, paging.Reject{Page: ownPage}},
		{"kiosk", page + "arrive", `{}`, paging.Arrive{Page: ownPage}},
		{"pager", page + "close", `{"outcome":"helped"}`, paging.Close{Page: ownPage, Outcome: paging.OutcomeHelped}},
		{"kiosk", page + "cancel", `{}`, paging.Cancel{Page: ownPage}},
		{"pager", "/api/v1/duty/on", `{"abilities":["sign-language"]}`, paging.DutyOn{Abilities: []branch.Ability{"sign-language"}}},
		{"pager", "/api/v1/duty/off", `{}`, paging.DutyOff{}},
		{"supervisor", "/api/v1/day/open", `{}`, queue.OpenDay{}},
		{"supervisor", "/api/v1/day/close", `{}`, queue.CloseDay{}},
	} {
		a := b.ask(t, c.role, "POST", c.path, c.body)
		if a.status/100 != 2 {
			t.Errorf("%s %s: %d %s", c.path, c.body, a.status, a.body)
			continue
		}
		if got := b.engine.last(t).Command; !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s %s\n got %#v\nwant %#v", c.path, c.body, got, c.want)
		}
	}
}

func TestWhoDoesItIsToldToTheEngine(t *testing.T) {
	b := openBox(t)
	b.engine.answer = answerEverything
	for _, c := range []struct {
		role, path, body string
		want             branch.Actor
	}{
		{"counter", "/api/v1/counters/counter-1/close", `{}`,
			branch.Actor{Role: "counter", Place: "counter-1", Staff: "wang", Token: "counter"}},
		{"supervisor", "/api/v1/counters/counter-2/close", `{}`,
			branch.Actor{Role: "supervisor", Token: "supervisor", OnBehalfOf: "counter-2"}},
		{"supervisor", "/api/v1/visits/" + foreignVisit + "/confirm", `{}`,
			branch.Actor{Role: "supervisor", Token: "supervisor", OnBehalfOf: "counter-2"}},
		{"supervisor", "/api/v1/pages/" + ownPage + "/cancel", `{}`,
			branch.Actor{Role: "supervisor", Token: "supervisor", OnBehalfOf: "kiosk-1"}},
		{"supervisor", "/api/v1/pages", `{"reason":"help","place":"kiosk-2"}`,
			branch.Actor{Role: "supervisor", Token: "supervisor", OnBehalfOf: "kiosk-2"}},
		{"pager", "/api/v1/duty/off", `{}`, branch.Actor{Role: "pager", Staff: "li", Token: "pager"}},
	} {
		a := b.ask(t, c.role, "POST", c.path, c.body)
		if got := b.engine.last(t).By; a.status/100 != 2 || got != c.want {
			t.Errorf("%s as %s: %d\n got %+v\nwant %+v", c.path, c.role, a.status, got, c.want)
		}
	}
}

func TestAWrongBodyNamesEachField(t *testing.T) {
	b := openBox(t)
	needs := strings.TrimSuffix(strings.Repeat(`"x",`, 5000), ",")
	visit := "/api/v1/visits/" + ownVisit
	for _, c := range []struct {
		path, body string
		status     int
		code       branch.Code
		fields     string
	}{
		{"/api/v1/visits", `{`, 400, branch.CodeMalformed, ""},
		{"/api/v1/visits", ``, 400, branch.CodeMalformed, ""},
		{"/api/v1/visits", `[]`, 400, branch.CodeMalformed, ""},
		{"/api/v1/visits", `null`, 400, branch.CodeMalformed, ""},
		{"/api/v1/visits", `"cash"`, 400, branch.CodeMalformed, ""},
		{"/api/v1/visits", `{"service":"cash","language":"en"} {}`, 400, branch.CodeMalformed, ""},
		{"/api/v1/visits", `{}`, 422, branch.CodeInvalid, "language service"},
		{"/api/v1/visits", `{"service":3,"language":"en"}`, 422, branch.CodeInvalid, "service"},
		{"/api/v1/visits", `{"service":null,"language":"en"}`, 422, branch.CodeInvalid, "service"},
		{"/api/v1/visits", `{"service":"cash","language":"en","needs":"hearing"}`, 422, branch.CodeInvalid, "needs"},
		{"/api/v1/visits", `{"service":"cash","language":"en","needs":["a","b","c",4]}`, 422, branch.CodeInvalid, "needs[3]"},
		{"/api/v1/visits", `{"service":"cash","language":"en","needs":[` + needs + `]}`, 422, branch.CodeInvalid, "needs"},
		{"/api/v1/visits", `{"service":"cash","language":"en","class":"royal"}`, 422, branch.CodeInvalid, "class"},
		{"/api/v1/visits", `{"service":"cash","language":"en","name":"x"}`, 422, branch.CodeInvalid, "name"},
		{"/api/v1/visits", `{"service":"` + strings.Repeat("x", 65) + `","language":"en"}`, 422, branch.CodeInvalid, "service"},
		{visit + "/away", `{"x":1}`, 422, branch.CodeInvalid, "x"},
		{visit + "/park", `{"minutes":0}`, 422, branch.CodeInvalid, "minutes"},
		{visit + "/park", `{"minutes":241}`, 422, branch.CodeInvalid, "minutes"},
		{visit + "/park", `{"minutes":1.5}`, 422, branch.CodeInvalid, "minutes"},
		{visit + "/park", `{"minutes":5.0}`, 400, branch.CodeMalformed, ""},
		{"/api/v1/visits", `{"service":"cash","language":"en","LANGUAGE":5}`, 400, branch.CodeMalformed, ""},
		{visit + "/finish", `{"outcome":"gone"}`, 422, branch.CodeInvalid, "outcome"},
		{visit + "/transfer", `{}`, 422, branch.CodeInvalid, "service"},
		{visit + "/transfer", `{"service":"cash","counter":"counter-1"}`, 422, branch.CodeInvalid, "service"},
		{visit + "/return", `{"position":"middle"}`, 422, branch.CodeInvalid, "position"},
		{"/api/v1/counters/counter-1/call", `{"visit":"v","why":""}`, 422, branch.CodeInvalid, "why"},
		{"/api/v1/pages/" + ownPage + "/close", `{}`, 422, branch.CodeInvalid, "outcome"},
	} {
		p := wantProblem(t, b.ask(t, "supervisor", "POST", c.path, c.body), c.status, c.code)
		var fields []string
		for _, e := range p.Errors {
			fields = append(fields, e.Field)
		}
		if got := strings.Join(fields, " "); got != c.fields {
			t.Errorf("%s %.80s: fields %q, want %q", c.path, c.body, got, c.fields)
		}
	}
	if b.engine.count() != 0 {
		t.Error("a refused body reached the engine")
	}
}

func TestAThousandWrongFieldsGiveAShortAnswer(t *testing.T) {
	b := openBox(t)
	body := `{"service":"cash","language":"en","needs":[` + strings.TrimSuffix(strings.Repeat("1,", 20000), ",") + `]}`
	a := b.ask(t, "supervisor", "POST", "/api/v1/visits", body)
	wantProblem(t, a, 422, branch.CodeInvalid)
	if len(a.body) > 4<<10 {
		t.Errorf("the answer has %d bytes", len(a.body))
	}
}

func TestTextThatHidesOrTurnsWhatIsReadIsRefusedEverywhere(t *testing.T) {
	b := openBox(t)
	b.engine.answer = answerEverything
	visit := "/api/v1/visits/" + ownVisit
	for _, foul := range []string{`\u0000`, `\u0007`, `\n`, `\u001b[31m`, `\u007f`, `\u0085`, `\u061c`, `\u200e`, `\u200f`,
		`\u202a`, `\u202e`, `\u2028`, `\u2029`, `\u2066`, `\u2069`} {
		for _, c := range [][4]string{
			{"/api/v1/visits", `{"service":"%s","language":"en"}`, "service", "supervisor"},
			{"/api/v1/visits", `{"service":"cash","language":"%s"}`, "language", "supervisor"},
			{"/api/v1/visits", `{"service":"cash","language":"en","needs":["a","%s"]}`, "needs[1]", "supervisor"},
			{visit + "/finish", `{"next":"%s"}`, "next", "supervisor"},
			{visit + "/park", `{"minutes":5,"reason":"a%s"}`, "reason", "supervisor"},
			{visit + "/transfer", `{"service":"%s"}`, "service", "supervisor"},
			{visit + "/transfer", `{"counter":"%s"}`, "counter", "supervisor"},
			{"/api/v1/counters/counter-1/open", `{"staff":"%s"}`, "staff", "supervisor"},
			{"/api/v1/counters/counter-1/pause", `{"reason":"%s"}`, "reason", "supervisor"},
			{"/api/v1/counters/counter-1/call", `{"visit":"%s","why":"x"}`, "visit", "supervisor"},
			{"/api/v1/counters/counter-1/call", `{"visit":"x","why":"%s"}`, "why", "supervisor"},
			{"/api/v1/pages", `{"reason":"%s"}`, "reason", "supervisor"},
			{"/api/v1/pages", `{"reason":"help","place":"%s"}`, "place", "supervisor"},
			{"/api/v1/pages", `{"reason":"help","session":"%s"}`, "session", "supervisor"},
			{"/api/v1/pages", `{"reason":"help","visit":"%s"}`, "visit", "supervisor"},
			{"/api/v1/duty/on", `{"abilities":["%s"]}`, "abilities[0]", "pager"},
			{"/api/v1/tokens", `{"role":"supervisor","note":"%s"}`, "note", "it"},
			{"/api/v1/tokens", `{"role":"kiosk","place":"%s"}`, "place", "it"},
			{"/api/v1/session", `{"token":"%s"}`, "token", "it"},
		} {
			a := b.ask(t, c[3], "POST", c[0], fmt.Sprintf(c[1], foul))
			p := wantProblem(t, a, 422, branch.CodeInvalid)
			if len(p.Errors) != 1 || p.Errors[0].Field != c[2] {
				t.Errorf("%s with %s: %s", c[0], foul, a.body)
			}
		}
	}
	if b.engine.count() != 0 {
		t.Error("foul text reached the engine")
	}
	good := b.ask(t, "supervisor", "POST", visit+"/park", `{"minutes":5,"reason":"取材料 – 5 分钟 👩‍🦽"}`)
	wantStatus(t, good, 200)
}

func TestAConfigurationMayHaveLineEnds(t *testing.T) {
	b := openBox(t)
	a := b.ask(t, "it", "POST", "/api/v1/config/check", `{"yaml":"id: test\nname: x\n"}`)
	if a.status != 200 || strings.TrimSpace(string(a.body)) != `{"problems":[]}` {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestTheIdempotencyKeyIsTheCommandsIDAndHasAForm(t *testing.T) {
	b := openBox(t)
	b.engine.answer = answerEverything
	for _, key := range []string{"short", strings.Repeat("a", 15), strings.Repeat("a", 65), "with space 123456", "with/slash/123456", "umlaut-ä-12345678"} {
		a := b.ask(t, "supervisor", "POST", "/api/v1/day/open", `{}`, "Idempotency-Key", key)
		p := wantProblem(t, a, 422, branch.CodeInvalid)
		if len(p.Errors) != 1 || p.Errors[0].Field != "Idempotency-Key" {
			t.Errorf("%q: %s", key, a.body)
		}
	}
	for _, key := range []string{strings.Repeat("a", 16), strings.Repeat("Z", 64), "0123456789_-abcdefXYZ"} {
		wantStatus(t, b.ask(t, "supervisor", "POST", "/api/v1/day/open", `{}`, "Idempotency-Key", key), 204)
		if got := b.engine.last(t).ID; string(got) != key {
			t.Errorf("the engine was told %q, want %q", got, key)
		}
	}
}

func TestANewVisitIs201WithItsKeyAndARepeated200WithWhatWasSaidFirst(t *testing.T) {
	b := openBox(t)
	result := engine.Result{Answer: branch.Answer{Visit: ownVisit, Ticket: "B003", Created: true,
		Wait: &branch.Wait{LikelySeconds: 300, LowSeconds: 120, HighSeconds: 600, SaidAt: nine}}}
	b.engine.answer = func(branch.Request) (engine.Result, error) { return result, nil }
	create := func() answer {
		return b.ask(t, "kiosk", "POST", "/api/v1/visits", `{"service":"cash","language":"en"}`, "Idempotency-Key", "0123456789abcdef")
	}
	first := create()
	wantStatus(t, first, 201)
	visit := decoded[wire.Visit](t, first)
	if visit.Ticket != "B003" || visit.Key != b.keeper.VisitKey(ownVisit) || visit.Wait == nil || visit.Wait.LikelySeconds != 300 {
		t.Errorf("the visit is %s", first.body)
	}
	result.Repeated = true
	again := create()
	wantStatus(t, again, 200)
	if string(again.body) != string(first.body) {
		t.Errorf("again:\n%s, first:\n%s", again.body, first.body)
	}
}

func TestOnlyASupervisorMakesAVisitUrgent(t *testing.T) {
	b := openBox(t)
	b.engine.answer = answerEverything
	body := `{"service":"cash","language":"en","class":"urgent"}`
	wantProblem(t, b.ask(t, "kiosk", "POST", "/api/v1/visits", body), 403, branch.CodeForbidden)
	wantProblem(t, b.ask(t, "counter", "POST", "/api/v1/visits", body), 403, branch.CodeForbidden)
	wantStatus(t, b.ask(t, "supervisor", "POST", "/api/v1/visits", body), 200)
}

func TestANewPageIs201AndOneRaisedAgain200(t *testing.T) {
	b := openBox(t)
	for _, created := range []bool{true, false} {
		b.engine.answer = func(branch.Request) (engine.Result, error) {
			return engine.Result{Answer: branch.Answer{Page: ownPage, Created: created}}, nil
		}
		a := b.ask(t, "kiosk", "POST", "/api/v1/pages", `{"reason":"help","session":"s"}`)
		wantStatus(t, a, map[bool]int{true: 201, false: 200}[created])
		if decoded[wire.Page](t, a).ID != ownPage {
			t.Errorf("the page is %s", a.body)
		}
	}
}

func TestAKioskNamesAVisitInAPageOnlyWithItsKey(t *testing.T) {
	b := openBox(t)
	b.engine.answer = answerEverything
	body := `{"reason":"help","visit":"` + ownVisit + `"}`
	wantProblem(t, b.ask(t, "kiosk", "POST", "/api/v1/pages", body), 403, branch.CodeForbidden)
	wantStatus(t, b.ask(t, "kiosk", "POST", "/api/v1/pages", body, "Visit-Key", b.keeper.VisitKey(ownVisit)), 200)
}

func TestCallNextIs204WhenNobodyIsNextAndElseSaysWhy(t *testing.T) {
	b := openBox(t)
	nobody := b.ask(t, "counter", "POST", "/api/v1/counters/counter-1/call-next", `{}`)
	wantStatus(t, nobody, 204)
	if len(nobody.body) != 0 {
		t.Errorf("a 204 with %s", nobody.body)
	}
	b.engine.answer = answerEverything
	called := b.ask(t, "counter", "POST", "/api/v1/counters/counter-1/call-next", `{}`)
	wantStatus(t, called, 200)
	if visit := decoded[wire.Visit](t, called); visit.ID != ownVisit || visit.Reason == nil {
		t.Errorf("the visit is %s", called.body)
	}
}

func TestATokenIsShownOnceAndOnlyItsHashGoesOn(t *testing.T) {
	b := openBox(t)
	b.engine.answer = answerEverything
	a := b.ask(t, "it", "POST", "/api/v1/tokens", `{"role":"pager","place":"li","note":"phone"}`)
	wantStatus(t, a, 201)
	token := decoded[wire.Token](t, a)
	grant, ok := b.engine.last(t).Command.(access.Grant)
	if !ok || grant.Staff != "li" || grant.Place != "" || grant.Role != "pager" || grant.Note != "phone" {
		t.Errorf("the engine was asked for %+v", grant)
	}
	if len(token.Token) != 43 || grant.Hash != access.HashOf(token.Token) || token.ID != "t_1" {
		t.Errorf("the token is %s", a.body)
	}
	if stored, _ := json.Marshal(grant); strings.Contains(string(stored), token.Token) {
		t.Error("the secret reached the engine")
	}
	list := b.ask(t, "it", "GET", "/api/v1/tokens", "")
	if strings.Contains(string(list.body), `"token"`) {
		t.Errorf("the list is %s", list.body)
	}
}

func TestATokenIsForAPlaceOfTheBranch(t *testing.T) {
	b := openBox(t)
	b.engine.answer = answerEverything
	wantProblem(t, b.ask(t, "it", "POST", "/api/v1/tokens", `{"role":"kiosk","place":"kiosk-9"}`), 422, branch.CodeUnknownPlace)
	wantProblem(t, b.ask(t, "it", "POST", "/api/v1/tokens", `{"role":"pager"}`), 422, branch.CodeInvalid)
	wantProblem(t, b.ask(t, "it", "POST", "/api/v1/tokens", `{"role":"visit"}`), 422, branch.CodeInvalid)
	wantStatus(t, b.ask(t, "it", "POST", "/api/v1/tokens", `{"role":"kiosk","place":"kiosk-1"}`), 201)
	wantStatus(t, b.ask(t, "it", "DELETE", "/api/v1/tokens/t_1", ""), 204)
	if got := b.engine.last(t).Command; got != (access.Revoke{Token: "t_1"}) {
		t.Errorf("the engine was asked for %+v", got)
	}
}
