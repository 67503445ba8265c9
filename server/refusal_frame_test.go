package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"handrail/server/internal/wire"
)

// say sends a frame as it is.
func (s *screen) say(kind int, text string) {
	s.t.Helper()
	if err := s.conn.WriteMessage(kind, []byte(text)); err != nil {
		s.t.Fatal(err)
	}
}

// failed awaits the refusal of a frame.
func (x *examiner) failed(s *screen, row refusal, id string) wire.Problem {
	x.t.Helper()
	f := s.await("a refusal", func(f frame) bool { return f.Type == wire.TypeFailed || f.Type == wire.TypeDone })
	if f.Type != wire.TypeFailed || f.ID != id || f.Problem.Code != row.code {
		x.t.Fatalf("got %+v, want %s of %q", f, row.code, id)
	}
	x.wellFormed(row, f.Problem)
	return f.Problem
}

// TestTheThirdMalformedFrameEndsTheConnection sends each kind of nonsense three
// times on a connection of its own.
func TestTheThirdMalformedFrameEndsTheConnection(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	for name, c := range map[string]struct {
		kind int
		text string
	}{
		"not JSON":             {websocket.TextMessage, `{`},
		"an empty frame":       {websocket.TextMessage, ``},
		"an array":             {websocket.TextMessage, `[{"type":"do"}]`},
		"null":                 {websocket.TextMessage, `null`},
		"a number":             {websocket.TextMessage, `7`},
		"no type":              {websocket.TextMessage, `{}`},
		"an unknown type":      {websocket.TextMessage, `{"type":"` + stranger + `"}`},
		"a server's type":      {websocket.TextMessage, `{"type":"view"}`},
		"an unknown member":    {websocket.TextMessage, `{"type":"received","page":"p_1","step":1,"extra":1}`},
		"a foreign member":     {websocket.TextMessage, `{"type":"announced","call":"c_1","page":"p_1"}`},
		"a wrong kind":         {websocket.TextMessage, `{"type":"received","page":"p_1","step":"1"}`},
		"a receipt of no step": {websocket.TextMessage, `{"type":"received","page":"p_1"}`},
		"a receipt of no page": {websocket.TextMessage, `{"type":"received","step":1}`},
		"a call without name":  {websocket.TextMessage, `{"type":"announced"}`},
		"two frames in one":    {websocket.TextMessage, `{"type":"received","page":"p_1","step":1}{}`},
		"deep nesting":         {websocket.TextMessage, strings.Repeat(`[`, 20_000)},
		"no UTF-8":             {websocket.TextMessage, "{\"type\":\"\xff\"}"},
		"binary":               {websocket.BinaryMessage, `{"type":"do","id":"0123456789abcdef","command":"duty.on"}`},
	} {
		x.run(name, func(x *examiner) {
			s := x.client("pager").watch("pages", "")
			s.live()
			x.news()
			for range 2 {
				s.say(c.kind, c.text)
				x.failed(s, refusal{code: "malformed"}, "")
			}
			s.say(c.kind, c.text)
			if code := x.ended(s); code != wire.CloseProtocol {
				x.t.Errorf("closed with %d", code)
			}
			x.nothing("a malformed frame")
		})
	}
	x.run("the twin", func(x *examiner) {
		s := x.client("pager").watch("pages", "")
		s.live()
		s.say(websocket.TextMessage, `{`)
		x.failed(s, refusal{code: "malformed"}, "")
		x.news()
		if f := s.do("0123456789abcdef", "duty.on", wire.DutyOn{}); f.Type != wire.TypeDone {
			x.t.Errorf("after one mistake: %+v", f)
		}
		x.wrote("staff.on-duty", "duty.on")
	})
}

// TestAFrameTooLargeOrTooManyFramesEndTheConnection, while others go on.
func TestAFrameTooLargeOrTooManyFramesEndTheConnection(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	calm := x.client("pager-2").watch("pages", "")
	calm.live()
	do := func(id string, size int) string {
		frame := `{"type":"do","id":"` + id + `","command":"duty.off","data":{}`
		return frame + strings.Repeat(" ", size-len(frame)-1) + `}`
	}
	x.news()
	x.run("70 KiB", func(x *examiner) {
		s := x.client("pager").watch("pages", "")
		s.live()
		s.say(websocket.TextMessage, do("0123456789abcdef", 64<<10))
		s.await("the answer to 64 KiB", func(f frame) bool { return f.Type == wire.TypeDone })
		s.conn.WriteMessage(websocket.TextMessage, []byte(do("fedcba9876543210", 70<<10))) // may be cut off
		if code := x.ended(s); code != websocket.CloseMessageTooBig && code != 0 {
			x.t.Errorf("closed with %d", code)
		}
		x.nothing("a frame that is too large")
	})
	x.run("a flood", func(x *examiner) {
		s := x.client("pager").watch("pages", "")
		s.live()
		go func() {
			for n := 0; s.conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"received","page":"p_1","step":1}`)) == nil && n < 100_000; n++ {
			}
		}()
		f := s.await("a refusal", func(f frame) bool { return f.Problem.Code == "too-many" })
		x.wellFormed(refusal{code: "too-many"}, f.Problem)
		if code := x.ended(s); code != wire.CloseProtocol && code != 0 {
			x.t.Errorf("closed with %d", code)
		}
		x.nothing("a flood")
	})
	if f := calm.do("0123456789abcdef", "duty.on", wire.DutyOn{}); f.Type != wire.TypeDone {
		t.Errorf("the calm one: %+v", f)
	}
}

// TestADoFailsAsItsRouteDoes sends each wrong command by frame and by route:
// the problem is the same.
func TestADoFailsAsItsRouteDoes(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	waiting, called, page := x.newVisit().ID, x.visitIn("called"), x.newPage("help")
	sockets := map[string]*screen{}
	for as, topic := range map[string]string{"supervisor": "supervisor", "pager": "pages", "kiosk": "kiosk:kiosk-1", "counter": "counter:counter-1", "hall": "hall:main", "it": "it"} {
		sockets[as] = x.client(as).watch(topic, "")
		sockets[as].live()
	}
	for i, c := range []struct {
		as, command string
		data        string
		route, body string
		row         refusal
	}{
		{"supervisor", "visit.confirm", `{"visit":"` + waiting + `"}`, "visits/" + waiting + "/confirm", `{}`, refusal{code: "wrong-state", state: "waiting", allowed: visitVerbs("waiting")}},
		{"supervisor", "visit.back", `{"visit":"` + called + `"}`, "visits/" + called + "/back", `{}`, refusal{code: "wrong-state", state: "called", allowed: visitVerbs("called")}},
		{"supervisor", "visit.cancel", `{"visit":"v_zz-stranger"}`, "visits/v_zz-stranger/cancel", `{}`, refusal{code: "not-found"}},
		{"supervisor", "visit.recall", `{"visit":"` + called + `"}`, "visits/" + called + "/recall", `{}`, refusal{code: "too-many"}},
		{"supervisor", "visit.finish", `{"visit":"` + called + `","outcome":"zz-stranger"}`, "visits/" + called + "/finish", `{"outcome":"zz-stranger"}`, refusal{code: "invalid", fields: "outcome"}},
		{"supervisor", "visit.finish", `{"visit":"` + called + `","outcome":7}`, "visits/" + called + "/finish", `{"outcome":7}`, refusal{code: "invalid", fields: "outcome"}},
		{"supervisor", "visit.finish", `{"visit":"` + called + `","next":"a\u202eb"}`, "visits/" + called + "/finish", `{"next":"a\u202eb"}`, refusal{code: "invalid", fields: "next"}},
		{"supervisor", "visit.away", `{"visit":"` + waiting + `","extra":1}`, "visits/" + waiting + "/away", `{"extra":1}`, refusal{code: "invalid", fields: "extra"}},
		{"supervisor", "counter.call-next", `{"counter":"counter-3"}`, "counters/counter-3/call-next", `{}`, refusal{code: "counter-busy"}},
		{"supervisor", "counter.call-next", `{"counter":"counter-4"}`, "counters/counter-4/call-next", `{}`, refusal{code: "counter-closed"}},
		{"supervisor", "counter.call-next", `{"counter":"zz-stranger"}`, "counters/zz-stranger/call-next", `{}`, refusal{code: "not-found"}},
		{"supervisor", "page.raise", `{"reason":"zz-stranger","place":"kiosk-1"}`, "pages", `{"reason":"zz-stranger","place":"kiosk-1"}`, refusal{code: "unknown-reason"}},
		{"supervisor", "page.raise", `{"reason":"help","place":"zz-stranger"}`, "pages", `{"reason":"help","place":"zz-stranger"}`, refusal{code: "unknown-place"}},
		{"supervisor", "page.raise", `{"reason":"help","place":"kiosk-1","visit":"v_zz-stranger"}`, "pages", `{"reason":"help","place":"kiosk-1","visit":"v_zz-stranger"}`, refusal{code: "not-found"}},
		{"supervisor", "page.raise", `{"reason":["help"]}`, "pages", `{"reason":["help"]}`, refusal{code: "invalid", fields: "reason"}},
		{"pager", "page.arrive", `{"page":"` + page + `"}`, "pages/" + page + "/arrive", `{}`, refusal{code: "wrong-state", state: "open", allowed: pageAllows["open"]}},
		{"pager", "page.accept", `{"page":"p_zz-stranger"}`, "pages/p_zz-stranger/accept", `{}`, refusal{code: "not-found"}},
		{"pager", "page.close", `{"page":"` + page + `"}`, "pages/" + page + "/close", `{}`, refusal{code: "invalid", fields: "outcome"}},
		{"pager", "duty.on", `{"abilities":"escort"}`, "duty/on", `{"abilities":"escort"}`, refusal{code: "invalid", fields: "abilities"}},
		{"kiosk", "visit.cancel", `{"visit":"` + waiting + `"}`, "visits/" + waiting + "/cancel", `{}`, refusal{code: "forbidden"}},
		{"kiosk", "page.accept", `{"page":"` + page + `"}`, "pages/" + page + "/accept", `{}`, refusal{code: "forbidden"}},
		{"counter", "counter.call-next", `{"counter":"counter-2"}`, "counters/counter-2/call-next", `{}`, refusal{code: "forbidden"}},
		{"counter", "visit.confirm", `{"visit":"` + called + `"}`, "visits/" + called + "/confirm", `{}`, refusal{code: "forbidden"}},
		{"hall", "page.raise", `{"reason":"help","place":"kiosk-1"}`, "pages", `{"reason":"help","place":"kiosk-1"}`, refusal{code: "forbidden"}},
		{"it", "duty.on", `{}`, "duty/on", `{}`, refusal{code: "forbidden"}},
	} {
		x.run(fmt.Sprintf("%s %s %s", c.as, c.command, c.row.code), func(x *examiner) {
			x.news()
			id := fmt.Sprintf("command-%08d", i)
			s := sockets[c.as]
			s.say(websocket.TextMessage, object{"type": "do", "id": id, "command": c.command, "data": json.RawMessage(c.data)}.String())
			framed := x.failed(s, c.row, id)
			routed := x.send(asking{as: c.as, path: c.route, body: c.body})
			x.wants(c.row, routed)
			if !reflect.DeepEqual(framed, routed.problem) {
				x.t.Errorf("the frame fails with %+v, the route with %+v", framed, routed.problem)
			}
			x.nothing("a command that failed")
		})
	}
	x.frames(sockets, waiting, called, page)
}

// frames tries what only frames can be: without an id, for commands that are
// HTTP's, receipts of others.
func (x *examiner) frames(sockets map[string]*screen, waiting, called, page string) {
	x.t.Helper()
	supervisor := sockets["supervisor"]
	const id = "0123456789abcdef"
	for _, c := range []struct{ name, frame, id, code, fields string }{
		{"no id", `{"type":"do","command":"visit.away","data":{"visit":"` + waiting + `"}}`, "", "invalid", "id"},
		{"an empty id", `{"type":"do","id":"","command":"visit.away","data":{"visit":"` + waiting + `"}}`, "", "invalid", "id"},
		{"a short id", `{"type":"do","id":"0123456789abcde","command":"visit.away","data":{"visit":"` + waiting + `"}}`, "0123456789abcde", "invalid", "id"},
		{"no command", `{"type":"do","id":"` + id + `"}`, id, "invalid", "command"},
		{"an unknown command", `{"type":"do","id":"` + id + `","command":"zz-stranger","data":{}}`, id, "invalid", "command"},
		{"park", `{"type":"do","id":"` + id + `","command":"visit.park","data":{"visit":"` + called + `","minutes":5}}`, id, "invalid", "command"},
		{"transfer", `{"type":"do","id":"` + id + `","command":"visit.transfer","data":{"visit":"` + called + `","service":"cash"}}`, id, "invalid", "command"},
		{"a ticket", `{"type":"do","id":"` + id + `","command":"visit.create","data":{"service":"cash","language":"en"}}`, id, "invalid", "command"},
		{"data that are a list", `{"type":"do","id":"` + id + `","command":"visit.away","data":[]}`, id, "malformed", ""},
		{"data that are null", `{"type":"do","id":"` + id + `","command":"visit.away","data":null}`, id, "malformed", ""},
		{"data that are a text", `{"type":"do","id":"` + id + `","command":"visit.away","data":"` + waiting + `"}`, id, "malformed", ""},
		{"no data", `{"type":"do","id":"` + id + `","command":"visit.away"}`, id, "invalid", "visit"},
		{"no target", `{"type":"do","id":"` + id + `","command":"visit.away","data":{}}`, id, "invalid", "visit"},
		{"a target that is a number", `{"type":"do","id":"` + id + `","command":"visit.away","data":{"visit":7}}`, id, "invalid", "visit"},
		{"a target that turns", `{"type":"do","id":"` + id + `","command":"visit.away","data":{"visit":"a\u202eb"}}`, id, "invalid", "visit"},
	} {
		x.run(c.name, func(x *examiner) {
			x.news()
			supervisor.say(websocket.TextMessage, c.frame)
			x.failed(supervisor, refusal{code: c.code, fields: c.fields}, c.id)
			x.nothing("a wrong do")
		})
	}
	for as, text := range map[string]string{
		"kiosk": `{"type":"received","page":"` + page + `","step":1}`,
		"hall":  `{"type":"announced","call":"c_zz-stranger"}`,
		"it":    `{"type":"announced","call":"c_zz-stranger"}`,
	} {
		x.run(as+" "+text[9:17], func(x *examiner) {
			x.news()
			sockets[as].say(websocket.TextMessage, text)
			x.failed(sockets[as], refusal{code: "forbidden"}, "")
			x.nothing("a receipt that is another's")
		})
	}
	x.run("the same id for another command", func(x *examiner) {
		x.news()
		if f := supervisor.do(id, "visit.away", object{"visit": waiting}); f.Type != wire.TypeDone {
			x.t.Fatalf("visit.away: %+v", f)
		}
		x.wrote("visit.away", "a do")
		supervisor.say(websocket.TextMessage, `{"type":"do","id":"`+id+`","command":"visit.back","data":{"visit":"`+waiting+`"}}`)
		x.failed(supervisor, refusal{code: "id-reused"}, id)
		x.nothing("a used id")
		if f := supervisor.do(id, "visit.away", object{"visit": waiting}); f.Type != wire.TypeDone {
			x.t.Errorf("repeated: %+v", f)
		}
		x.nothing("a repeated do")
	})
}
