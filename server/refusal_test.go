package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/wire"
)

// stranger is a name that means nothing to any branch. No refusal may repeat
// it: what a client sends must not come back out of the box.
const stranger = "zz-stranger"

// statusOf is the contract's table from codes to statuses, written down here
// once more.
var statusOf = map[string]int{
	"invalid": 422, "malformed": 400, "unsupported-media-type": 415, "too-large": 413,
	"unknown-service": 422, "unknown-need": 422, "unknown-reason": 422, "unknown-place": 422, "unknown-language": 422,
	"not-found": 404, "method-not-allowed": 405, "unauthenticated": 401, "forbidden": 403,
	"wrong-state": 409, "counter-busy": 409, "counter-closed": 409, "taken": 409, "id-reused": 409, "branch-closed": 409,
	"misdirected": 421, "too-many": 429, "busy": 503, "storage": 503,
}

// asking is one request, as raw as it goes over the wire.
type asking struct {
	// as is a demo token without "demo-"; empty for no token.
	as string
	// method is POST when it is empty.
	method string
	// path is below /api/v1/ unless it begins with a slash.
	path string
	body string
	// header replaces what is sent otherwise; an empty value leaves it out.
	header map[string]string
}

// with returns the request with one header replaced.
func (q asking) with(name, value string) asking {
	header := map[string]string{name: value}
	for k, v := range q.header {
		if k != name {
			header[k] = v
		}
	}
	q.header = header
	return q
}

// saying returns the request with another body.
func (q asking) saying(body string) asking { q.body = body; return q }

// by returns the request of another identity.
func (q asking) by(token string) asking { q.as = token; return q }

// refusal is what must be refused, how, and its allowed twin.
type refusal struct {
	name string
	ask  asking
	code string
	// fields are the wrong fields, sorted and separated by spaces; one may be
	// wrong in two ways.
	fields string
	// state and allowed belong to wrong-state, by to taken.
	state   string
	allowed []string
	by      string
	// twin is the request as it should have been, event what it writes: empty
	// for what only reads.
	twin  asking
	event string
}

// examiner sends requests to a box and watches its log.
type examiner struct {
	t   *testing.T
	box *box
	*memory
}

// memory is what the examiner of a test and those of its subtests share.
type memory struct {
	clients map[string]*client
	// cursor is how far the log was read.
	cursor string
	// staged is the visit at the stage's counter.
	staged string
}

func examine(t *testing.T, b *box) *examiner {
	t.Helper()
	x := &examiner{t, b, &memory{clients: map[string]*client{}}}
	x.news()
	return x
}

// run runs a subtest.
func (x *examiner) run(name string, test func(x *examiner)) {
	x.t.Run(name, func(t *testing.T) { test(&examiner{t, x.box, x.memory}) })
}

func (x *examiner) client(as string) *client {
	c, ok := x.clients[as]
	if !ok {
		c = x.box.as("demo-" + as)
		x.clients[as] = c
	}
	return c
}

// send sends the request as it is.
func (x *examiner) send(q asking) answer {
	x.t.Helper()
	header := http.Header{}
	if q.as != "" {
		header.Set("Authorization", "Bearer demo-"+q.as)
	}
	if q.method == "" {
		q.method = http.MethodPost
	}
	if q.method == http.MethodPost {
		header.Set("Content-Type", "application/json")
	}
	for name, value := range q.header {
		if header.Set(name, value); value == "" {
			header.Del(name)
		}
	}
	if !strings.HasPrefix(q.path, "/") {
		q.path = "/api/v1/" + q.path
	}
	exchange := x.client(q.as).exchange
	if len(q.body) > 64<<10 {
		exchange = x.box.insist
	}
	a, err := exchange(q.method, q.path, header, []byte(q.body))
	if err != nil {
		x.t.Fatalf("%s %s: %v\n%s", q.method, q.path, err, x.box.stderr)
	}
	return a
}

// insist is exchange for what the box refuses before it has read it: the answer
// is read although the rest cannot be written.
func (b *box) insist(method, path string, header http.Header, body []byte) (answer, error) {
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", method, path, b.host(), len(body))
	if err := header.Write(&head); err != nil {
		return answer{}, err
	}
	return b.say(append([]byte(head.String()+"\r\n"), body...))
}

// host is the address of the box.
func (b *box) host() string { return strings.TrimPrefix(b.url, "http://") }

// say sends bytes on a connection of their own and reads one answer.
func (b *box) say(request []byte) (answer, error) {
	conn, err := net.Dial("tcp", b.host())
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return answer{}, err
	}
	go conn.Write(request) // fails when the box has heard enough
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	a := answer{status: response.StatusCode, header: response.Header, body: raw}
	json.Unmarshal(raw, &a.problem)
	return a, err
}

// done sends what must succeed and decodes the answer into out.
func (x *examiner) done(q asking, out any) answer {
	x.t.Helper()
	a := x.send(q)
	if a.status >= 300 {
		x.t.Fatalf("%s %s %.200s: %d %s", q.method, q.path, q.body, a.status, a.body)
	}
	if out != nil && !decode(a.body, out) {
		x.t.Fatalf("%s %s answers %s", q.method, q.path, a.body)
	}
	return a
}

// news returns the types of the events that clients have caused since the last
// call. What the box does by itself, such as printing, is nobody's request.
func (x *examiner) news() (types []string) {
	x.t.Helper()
	for {
		var list wire.EventList
		x.client("supervisor").get("/api/v1/events?limit=1000&after="+x.cursor, &list)
		x.cursor = list.Cursor
		if len(list.Events) == 0 {
			return types
		}
		for _, e := range list.Events {
			if e.By == nil || e.By.Role != "box" {
				types = append(types, e.Event)
			}
		}
	}
}

// nothing demands that no event was written.
func (x *examiner) nothing(what string) {
	x.t.Helper()
	if types := x.news(); len(types) > 0 {
		x.t.Errorf("%s wrote %v", what, types)
	}
}

// wrote demands that an event of this type was written, or none for "".
func (x *examiner) wrote(event, what string) {
	x.t.Helper()
	if event == "" {
		x.nothing(what)
		return
	}
	if types := x.news(); !slices.Contains(types, event) {
		x.t.Errorf("%s wrote %v, want %s", what, types, event)
	}
}

// refused sends the request of the row and demands its refusal: the problem, and
// that nothing has happened.
func (x *examiner) refused(row refusal) {
	x.t.Helper()
	x.news()
	x.wants(row, x.send(row.ask))
	x.nothing("a refused request")
}

// row is refused and its twin done.
func (x *examiner) row(row refusal) {
	x.run(row.name, func(x *examiner) {
		x.refused(row)
		x.allowed(row)
	})
}

// allowed sends the twin of the row, which must succeed and write its event.
func (x *examiner) allowed(row refusal) {
	x.t.Helper()
	x.news()
	if a := x.send(row.twin); a.status >= 300 {
		x.t.Errorf("the allowed twin: %d %s", a.status, a.body)
	}
	x.wrote(row.event, "the allowed twin")
}

// wants demands that an answer is the refusal of the row.
func (x *examiner) wants(row refusal, a answer) {
	x.t.Helper()
	if a.problem.Code != row.code || a.status != statusOf[row.code] {
		x.t.Errorf("got %d %.300s, want %d %s", a.status, a.body, statusOf[row.code], row.code)
		return
	}
	x.wellFormed(row, a.problem)
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		x.t.Errorf("the content type is %q", got)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
		if got := a.header.Get(name); got != want {
			x.t.Errorf("%s: %q", name, got)
		}
	}
	if a.header.Get("Content-Security-Policy") == "" || a.header.Get("Access-Control-Allow-Origin") != "" {
		x.t.Errorf("the headers are %v", a.header)
	}
	waits := row.code == "too-many" || row.code == "busy" || row.code == "storage"
	if after := a.header.Get("Retry-After"); waits != (after != "") || after == "0" {
		x.t.Errorf("Retry-After of %s: %q", row.code, after)
	}
}

// wellFormed demands every member that the contract gives a problem.
func (x *examiner) wellFormed(row refusal, p wire.Problem) {
	x.t.Helper()
	if p.Type != "urn:handrail:problem:"+row.code || p.Code != row.code || p.Status != statusOf[row.code] || p.Title == "" || p.Detail == "" {
		x.t.Errorf("the problem is %+v, want %s", p, row.code)
	}
	said := []string{p.Title, p.Detail}
	var fields []string
	for _, e := range p.Errors {
		fields = append(fields, e.Field)
		said = append(said, e.Message)
		if e.Message == "" {
			x.t.Errorf("nothing is said of the field %s", e.Field)
		}
	}
	slices.Sort(fields)
	if got := strings.Join(slices.Compact(fields), " "); row.fields != "" && got != row.fields || row.code == "invalid" && got == "" {
		x.t.Errorf("the wrong fields are %q, want %q", got, row.fields)
	}
	if words := strings.Join(said, " "); strings.Contains(words, stranger) || strings.ContainsAny(words, "\u202e\u0000") {
		x.t.Errorf("the refusal repeats what was sent: %s", words)
	}
	allowed := slices.Sorted(slices.Values(p.Allowed))
	isState := row.code == "wrong-state"
	if p.State != row.state || isState != (p.Allowed != nil) || isState && !slices.Equal(allowed, slices.Sorted(slices.Values(row.allowed))) {
		x.t.Errorf("state %q allows %#v, want %q %v", p.State, p.Allowed, row.state, row.allowed)
	}
	if p.By != row.by {
		x.t.Errorf("by is %q, want %q", p.By, row.by)
	}
}

// object is a JSON object for a body.
type object map[string]any

func (o object) String() string {
	raw, err := json.Marshal(o)
	if err != nil {
		panic(fmt.Sprintf("a body that is no JSON: %v", err))
	}
	return string(raw)
}
