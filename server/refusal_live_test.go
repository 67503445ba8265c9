package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"handrail/server/internal/wire"
)

// upgrade asks for a live connection with exactly these headers besides those
// of websockets.
func (x *examiner) upgrade(query string, header http.Header, protocols ...string) (*screen, answer) {
	x.t.Helper()
	dialer := websocket.Dialer{Subprotocols: protocols}
	conn, response, err := dialer.Dial("ws://"+x.box.host()+"/api/v1/live?"+query, header)
	if response == nil {
		x.t.Fatal(err)
	}
	a := answer{status: response.StatusCode, header: response.Header}
	if err != nil {
		raw := make([]byte, 4<<10)
		n, _ := response.Body.Read(raw) // the dialer has read it already
		decode(raw[:n], &a.problem)
		a.body = raw[:n]
		return nil, a
	}
	s := &screen{t: x.t, conn: conn, frames: make(chan frame, 4096), closed: make(chan int, 1)}
	x.t.Cleanup(func() { conn.Close() })
	go s.read()
	return s, a
}

// TestALiveConnectionIsRefusedBeforeItBegins: what is wrong with the request is
// a problem, like on every route.
func TestALiveConnectionIsRefusedBeforeItBegins(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	hall := func(more ...string) http.Header {
		h := http.Header{"Authorization": {"Bearer demo-hall"}}
		for i := 0; i < len(more); i += 2 {
			if h.Set(more[i], more[i+1]); more[i+1] == "" {
				h.Del(more[i])
			}
		}
		return h
	}
	cookie := x.signIn("demo-hall")
	many := "topics=" + strings.TrimSuffix(strings.Repeat("hall:%d,", 33), ",")
	for i := range 33 {
		many = strings.Replace(many, "%d", fmt.Sprint(i), 1)
	}
	for _, c := range []struct {
		name, query  string
		header       http.Header
		protocol     string
		code, fields string
	}{
		{"no token", "topics=hall:main", http.Header{}, wire.Subprotocol, "unauthenticated", ""},
		{"a wrong token", "topics=hall:main", hall("Authorization", "Bearer "+stranger), wire.Subprotocol, "unauthenticated", ""},
		{"a token in the address", "topics=hall:main&token=demo-hall", http.Header{}, wire.Subprotocol, "unauthenticated", ""},
		{"another role named", "topics=hall:main&as=supervisor", hall(), wire.Subprotocol, "forbidden", ""},
		{"an evil origin", "topics=hall:main", hall("Origin", "http://evil.example"), wire.Subprotocol, "forbidden", ""},
		{"a null origin", "topics=hall:main", hall("Origin", "null"), wire.Subprotocol, "forbidden", ""},
		{"a cookie without an origin", "topics=hall:main", hall("Authorization", "", "Cookie", cookie), wire.Subprotocol, "forbidden", ""},
		{"an evil host", "topics=hall:main", hall("Host", "evil.example"), wire.Subprotocol, "misdirected", ""},
		{"no subprotocol", "topics=hall:main", hall(), "", "malformed", ""},
		{"another subprotocol", "topics=hall:main", hall(), "handrail.v2", "malformed", ""},
		{"no topic", "", hall(), wire.Subprotocol, "invalid", "topics"},
		{"33 topics", many, hall(), wire.Subprotocol, "invalid", "topics"},
		{"a topic that turns", "topics=hall:%E2%80%AE", hall(), wire.Subprotocol, "invalid", "topics"},
	} {
		x.run(c.name, func(x *examiner) {
			x.news()
			var protocols []string
			if c.protocol != "" {
				protocols = []string{c.protocol}
			}
			_, a := x.upgrade(c.query, c.header, protocols...)
			x.wants(refusal{code: c.code, fields: c.fields}, a)
			x.nothing("a refused connection")
		})
	}
	plain := asking{as: "hall", method: http.MethodGet, path: "live?topics=hall:main"}
	x.row(refusal{name: "no websocket", ask: plain, code: "malformed", twin: asking{as: "hall", method: http.MethodGet, path: "branch"}})
	for name, header := range map[string]http.Header{
		"token":  hall(),
		"role":   hall("Handrail-Role", "hall"),
		"origin": hall("Origin", x.box.url),
		"cookie": hall("Authorization", "", "Cookie", cookie, "Origin", x.box.url),
	} {
		s, a := x.upgrade("topics=hall:main&as=hall", header, "other", wire.Subprotocol)
		if s == nil || s.conn.Subprotocol() != wire.Subprotocol {
			t.Fatalf("%s: %d %s", name, a.status, a.body)
		}
		s.live()
	}
}

// TestARoleWatchesItsOwnTopics opens each topic as who may and as who may not.
func TestARoleWatchesItsOwnTopics(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	visit := x.newVisit()
	x.news()
	for _, c := range []struct{ as, foreign, own string }{
		{"kiosk", "kiosk:kiosk-2", "kiosk:kiosk-1"}, {"kiosk", "hall:main", "kiosk:kiosk-1"}, {"kiosk", "pages", "kiosk:kiosk-1"},
		{"kiosk", "visit:" + visit.ID, "kiosk:kiosk-1"},
		{"hall", "hall:consulting", "hall:main"}, {"hall", "supervisor", "hall:main"}, {"hall", "hall:main,hall:consulting", "hall:main"},
		{"counter", "counter:counter-2", "counter:counter-1"}, {"counter", "it", "counter:counter-1,pages"},
		{"pager", "supervisor", "pages"}, {"pager", "counter:counter-1", "pages"},
		{"it", "supervisor", "it"}, {"it", "pages", "it"}, {"it", "visit:" + visit.ID, "it"},
		{"supervisor", stranger, "supervisor"}, {"supervisor", "hall", "hall:consulting"}, {"supervisor", "hall:", "kiosk:kiosk-2"},
		{"supervisor", "pages:all", "pages,it"}, {"supervisor", "supervisor:x", "counter:counter-4"},
		{"supervisor", "hall:" + stranger, "hall:main"}, {"supervisor", "counter:" + stranger, "counter:counter-1"},
		{"supervisor", "kiosk:" + stranger, "kiosk:kiosk-1"}, {"supervisor", "visit", "visit:" + visit.ID},
	} {
		x.run(c.as+" "+c.foreign, func(x *examiner) {
			s := x.client(c.as).watch(c.foreign, "")
			if code := x.ended(s); code != wire.CloseNotAllowed {
				x.t.Errorf("%s was closed with %d", c.foreign, code)
			}
			if f, sent := <-s.frames; sent {
				x.t.Errorf("before the end the box sent %+v", f)
			}
			x.client(c.as).watch(c.own, "").live()
			x.nothing("watching")
		})
	}
	x.run("visit", func(x *examiner) {
		cookie := http.Header{"Cookie": {x.signIn(visit.Key)}, "Origin": {x.box.url}}
		s, _ := x.upgrade("topics=visit:"+x.newVisit().ID, cookie, wire.Subprotocol)
		if code := x.ended(s); code != wire.CloseNotAllowed {
			x.t.Errorf("another's visit was closed with %d", code)
		}
		s, _ = x.upgrade("topics=visit:"+visit.ID, cookie, wire.Subprotocol)
		s.live()
	})
}

// ended returns the code with which the box closes a connection.
func (x *examiner) ended(s *screen) int {
	x.t.Helper()
	select {
	case code := <-s.closed:
		return code
	case <-time.After(10 * time.Second):
		x.t.Fatal("the connection stays open")
		return 0
	}
}

// TestACursorThatCannotBeUsedStartsAnew shows the view and says so.
func TestACursorThatCannotBeUsedStartsAnew(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	supervisor := x.client("supervisor")
	x.newVisit()
	x.news()
	first := supervisor.watch("supervisor", "")
	first.live()
	id, seq, _ := strings.Cut(first.cursor, ".")
	for _, c := range []struct {
		cursor string
		reset  bool
	}{
		{stranger, true}, {"zzzz." + seq, true}, {id, true}, {id + ".", true}, {id + "." + seq + "x", true}, {id + ".-1", true}, {id + ".+1", true},
		{id + "." + seq + "999", true}, {id + ".99999999999999999999999", true}, {"." + seq, true}, {seq, true}, {first.cursor + ".1", true},
		{first.cursor, false}, {id + ".1", false}, {"", false},
	} {
		x.run(c.cursor, func(x *examiner) {
			s, views, replays := supervisor.watch("supervisor", c.cursor), 0, 0
			live := s.await("live", func(f frame) bool {
				if f.Type == wire.TypeView {
					views++
				}
				replays += len(f.Events)
				return f.Type == wire.TypeLive
			})
			if live.Reset != c.reset || views != 1 || live.Cursor == "" {
				x.t.Errorf("reset is %v after %d views", live.Reset, views)
			}
			if past := c.cursor == id+".1"; past != (replays > 0) {
				x.t.Errorf("%d events were replayed", replays)
			}
			x.nothing("a cursor")
		})
	}
}

// TestAnEndedSessionsConnectionIsClosed, and no other.
func TestAnEndedSessionsConnectionIsClosed(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	open := func(cookie string) *screen {
		s, a := x.upgrade(url.Values{"topics": {"kiosk:kiosk-1"}, "as": {"kiosk"}}.Encode(),
			http.Header{"Cookie": {cookie}, "Origin": {x.box.url}}, wire.Subprotocol)
		if s == nil {
			t.Fatalf("%d %s", a.status, a.body)
		}
		s.live()
		return s
	}
	first, second := x.signIn("demo-kiosk"), x.signIn("demo-kiosk")
	ended, stays := open(first), open(second)
	var token wire.Token
	x.done(asking{as: "it", path: "tokens", body: `{"role":"kiosk","place":"kiosk-1"}`}, &token)
	granted := open(x.signIn(token.Token))

	x.done(x.withCookie(asking{method: http.MethodDelete, path: "session"}, first), nil)
	if code := <-ended.closed; code != wire.CloseSessionEnded {
		t.Errorf("signed out, the socket was closed with %d", code)
	}
	x.done(asking{as: "it", method: http.MethodDelete, path: "tokens/" + token.ID}, nil)
	if code := <-granted.closed; code != wire.CloseSessionEnded {
		t.Errorf("with its token revoked, the socket was closed with %d", code)
	}
	if f := stays.do("0123456789abcdef", "page.raise", object{"reason": "help"}); f.Type != wire.TypeDone {
		t.Errorf("the other session: %+v", f)
	}
}
