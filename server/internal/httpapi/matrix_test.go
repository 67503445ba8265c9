package httpapi_test

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/httpapi"
	"handrail/server/internal/hub"
	"handrail/server/internal/wire"
)

//go:embed testdata/matrix.txt
var matrixText string

// columns are the roles of the matrix, in its order.
func columns() []branch.Role {
	return []branch.Role{branch.RoleKiosk, branch.RoleHall, branch.RoleCounter, branch.RolePager,
		branch.RoleSupervisor, branch.RoleIT, branch.RoleVisit, ""}
}

// matrixRow is what the matrix says of one route, command, frame or topic.
type matrixRow struct {
	kind, name string
	cells      map[branch.Role]string
}

func matrixRows(t *testing.T) map[string]matrixRow {
	t.Helper()
	rows := map[string]matrixRow{}
	lines := bufio.NewScanner(strings.NewReader(matrixText))
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || words[0] == "#" || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) != 2+len(columns()) {
			t.Fatalf("matrix.txt: %q has %d cells", lines.Text(), len(words)-2)
		}
		row := matrixRow{kind: words[0], name: words[1], cells: map[branch.Role]string{}}
		for i, role := range columns() {
			row.cells[role] = words[2+i]
		}
		rows[row.kind+" "+row.name] = row
	}
	return rows
}

// answerEverything lets the engine say yes.
func answerEverything(r branch.Request) (engine.Result, error) {
	return engine.Result{Answer: branch.Answer{Visit: ownVisit, Page: ownPage, Token: "t_1"}}, nil
}

// bodyOf returns a body that the route takes.
func bodyOf(path string) string {
	switch path[strings.LastIndex(path, "/")+1:] {
	case "session":
		return `{"token":"it"}`
	case "visits":
		return `{"service":"cash","language":"en"}`
	case "park":
		return `{"minutes":5,"reason":"papers"}`
	case "transfer":
		return `{"service":"loans"}`
	case "return":
		return `{"position":"first"}`
	case "call":
		return `{"visit":"` + ownVisit + `","why":"has an appointment"}`
	case "tokens":
		return `{"role":"supervisor"}`
	}
	if strings.HasSuffix(path, "/pages/{id}/close") {
		return `{"outcome":"helped"}`
	}
	if strings.HasSuffix(path, "/config/check") {
		return `{"yaml":"id: test"}`
	}
	return `{}`
}

// pageTarget returns a page of the role's own, or of somebody else.
func pageTarget(role branch.Role, own bool) string {
	switch {
	case !own:
		return foreignPage
	case role == branch.RoleCounter:
		return counterPage
	default:
		return ownPage
	}
}

// targetOf returns what stands for {id} in a route, or for the target of a
// command: of the role's own, or of somebody else.
func targetOf(kind string, role branch.Role, own bool) string {
	switch kind {
	case "visits", "visit":
		if own {
			return ownVisit
		}
		return foreignVisit
	case "counters", "counter":
		if own {
			return "counter-1"
		}
		return "counter-2"
	case "pages", "page":
		return pageTarget(role, own)
	}
	return "x"
}

// raiseBody asks for help at the role's own place or visit, or at another.
func raiseBody(role branch.Role, own bool) string {
	switch {
	case role == branch.RoleVisit && own:
		return `{"reason":"help","visit":"` + ownVisit + `"}`
	case role == branch.RoleVisit:
		return `{"reason":"help","visit":"` + foreignVisit + `"}`
	case own:
		return `{"reason":"help"}`
	default:
		return `{"reason":"help","place":"somewhere-else"}`
	}
}

// visitCookie is the session of the customer whose visit is ownVisit.
func (b *box) visitCookie(t *testing.T) string {
	t.Helper()
	return b.cookie(t, branch.Actor{Role: branch.RoleVisit, Visit: ownVisit})
}

// askAs sends a request as a role, own or foreign.
func (b *box) askAs(t *testing.T, role branch.Role, route httpapi.Route, own bool) answer {
	t.Helper()
	path, body := strings.NewReplacer("{lang}", "en", "{path}", "app.js", "{clip}", ownClip, "{day}", "2026-11-23").Replace(route.Path), bodyOf(route.Path)
	if parts := strings.Split(path, "/"); strings.Contains(path, "{id}") {
		path = strings.Replace(path, "{id}", targetOf(parts[3], role, own), 1)
	}
	if route.Path == "/api/v1/pages" && route.Method == http.MethodPost {
		body = raiseBody(role, own)
	}
	if route.Method != http.MethodPost {
		body = ""
	}
	header := []string{"Visit-Key", b.keeper.VisitKey(ownVisit)}
	token := string(role)
	if role == branch.RoleVisit {
		token = ""
		header = append(header, "Cookie", b.visitCookie(t), "Origin", "http://"+b.addr)
	}
	if strings.HasSuffix(path, "/live") {
		path += "?topics=pages"
		header = append(header, upgradeHeaders()...)
	}
	return b.ask(t, token, route.Method, path, body, header...)
}

func upgradeHeaders() []string {
	return []string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13",
		"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol", wire.Subprotocol}
}

// wantCell fails unless an outcome is what the matrix says; off tells that the
// box does not listen on loopback.
func wantCell(t *testing.T, cell string, role branch.Role, own, off bool, status int) {
	t.Helper()
	refusal := http.StatusForbidden
	if role == "" {
		refusal = http.StatusUnauthorized
	}
	allowed := cell == "any" || cell == "own" && own || cell == "loop" && !off
	switch {
	case allowed && status/100 != 2:
		t.Errorf("role %q, own %v: %d, want success", role, own, status)
	case !allowed && status != refusal:
		t.Errorf("role %q, own %v: %d, want %d", role, own, status, refusal)
	}
}

func TestEveryRouteIsForTheRolesOfTheMatrixAndNoOthers(t *testing.T) {
	rows := matrixRows(t)
	off := openBox(t, func(c *httpapi.Config) { c.Loopback = false })
	off.engine.answer = answerEverything
	seen := map[string]bool{}
	for _, route := range off.server.Routes() {
		key := route.Method + " " + route.Path
		row, ok := rows[key]
		if !ok {
			t.Errorf("%s is mounted and has no row in matrix.txt", key)
			continue
		}
		seen[key] = true
		t.Run(key, func(t *testing.T) {
			for _, role := range columns() {
				for _, own := range []bool{true, false} {
					a := off.askAs(t, role, route, own)
					wantCell(t, row.cells[role], role, own, true, a.status)
				}
			}
		})
	}
	for key, row := range rows {
		if row.kind == strings.ToUpper(row.kind) && !seen[key] {
			t.Errorf("%s has a row in matrix.txt and is not mounted", key)
		}
	}
}

func TestOnLoopbackFiguresAndDescriptionsNeedNoRole(t *testing.T) {
	b := openBox(t)
	for _, path := range []string{"/metrics", "/openapi.json", "/docs", "/docs.css"} {
		wantStatus(t, b.ask(t, "", "GET", path, ""), http.StatusOK)
	}
}

// connect returns the client that the hub is given for a role.
func (b *box) connect(t *testing.T, role branch.Role, topics string) hub.Client {
	t.Helper()
	token, header := string(role), append(upgradeHeaders(), "Origin", "http://"+b.addr)
	if role == branch.RoleVisit {
		token, header = "", append(header, "Cookie", b.visitCookie(t))
	}
	wantStatus(t, b.ask(t, token, "GET", "/api/v1/live?topics="+topics, "", header...), http.StatusOK)
	return b.live.last(t)
}

// frameStatus is the status of a frame's outcome as a POST would have had it.
func frameStatus(t *testing.T, client hub.Client, f wire.ClientFrame) int {
	t.Helper()
	if _, problem := client.Handle(context.Background(), f); problem != nil {
		return problem.Status
	}
	return http.StatusOK
}

// doFrame is a valid frame of a command, for the role's own or another.
func (b *box) doFrame(command string, role branch.Role, own bool) wire.ClientFrame {
	kind, verb, _ := strings.Cut(command, ".")
	data := map[string]any{kind: targetOf(kind, role, own)}
	switch {
	case command == "page.raise":
		data = map[string]any{}
		_ = json.Unmarshal([]byte(raiseBody(role, own)), &data)
	case command == "page.close":
		data["outcome"] = "helped"
	case kind == "duty":
		data = map[string]any{}
	}
	encoded, _ := json.Marshal(data)
	return wire.ClientFrame{Type: "do", ID: "command-" + verb + "-0000000000", Command: command, Data: encoded,
		Key: b.keeper.VisitKey(ownVisit)}
}

func TestEveryCommandOfAFrameIsForTheRolesOfTheMatrixAndNoOthers(t *testing.T) {
	rows := matrixRows(t)
	b := openBox(t)
	b.engine.answer = answerEverything
	for key, row := range rows {
		if row.kind == "do" && !slices.Contains(b.server.Commands(), row.name) {
			t.Errorf("%s has a row in matrix.txt and cannot be sent", key)
		}
	}
	for _, command := range b.server.Commands() {
		row, ok := rows["do "+command]
		if !ok {
			t.Errorf("the command %s can be sent and has no row in matrix.txt", command)
			continue
		}
		for _, role := range columns()[:7] {
			client := b.connect(t, role, "pages")
			for _, own := range []bool{true, false} {
				status := frameStatus(t, client, b.doFrame(command, role, own))
				t.Run(command, func(t *testing.T) { wantCell(t, row.cells[role], role, own, false, status) })
			}
		}
	}
}

func TestReceiptsAndAnnouncementsAreForTheRolesOfTheMatrixAndNoOthers(t *testing.T) {
	rows := matrixRows(t)
	b := openBox(t)
	for rule := range access.Matrix() {
		if rule.Frame == "" {
			continue
		}
		row, ok := rows["frame "+rule.Frame]
		if !ok {
			t.Fatalf("the frame %s has no row in matrix.txt", rule.Frame)
		}
		for _, role := range columns()[:7] {
			f := wire.ClientFrame{Type: rule.Frame, Page: ownPage, Step: 1, Call: "c_1"}
			status := frameStatus(t, b.connect(t, role, "pages"), f)
			wantCell(t, row.cells[role], role, true, false, status)
		}
	}
}

func TestEveryTopicIsForTheRolesOfTheMatrixAndNoOthers(t *testing.T) {
	rows := matrixRows(t)
	b := openBox(t)
	whose := map[string][2]string{"kiosk": {":kiosk-1", ":kiosk-2"}, "hall": {":main", ":upstairs"},
		"counter": {":counter-1", ":counter-2"}, "visit": {":" + ownVisit, ":" + foreignVisit}}
	for rule := range access.Matrix() {
		if rule.Topic == "" {
			continue
		}
		row, ok := rows["topic "+rule.Topic]
		if !ok {
			t.Fatalf("the topic %s has no row in matrix.txt", rule.Topic)
		}
		for _, role := range columns()[:7] {
			for i, own := range []bool{true, false} {
				refuse := b.connect(t, role, rule.Topic+whose[rule.Topic][i]).Refuse
				status := map[int]int{0: http.StatusOK, wire.CloseNotAllowed: http.StatusForbidden}[refuse]
				t.Run(rule.Topic, func(t *testing.T) { wantCell(t, row.cells[role], role, own, false, status) })
			}
		}
	}
}
