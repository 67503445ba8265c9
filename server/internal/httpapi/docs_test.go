package httpapi_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"handrail/server/internal/branch"
)

// openAPI is the part of the description that is checked.
type openAPI struct {
	OpenAPI string `json:"openapi"`
	Info    struct{ Title, Version string }
	Paths   map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Summary     string
		Parameters  []struct {
			Name, In string
			Required bool
		}
		Security  []map[string][]string
		Responses map[string]struct{ Description string }
	}
	Components struct {
		Schemas         map[string]json.RawMessage
		SecuritySchemes map[string]json.RawMessage
	}
}

func TestTheOpenAPIDescriptionIsWholeAndCoversEveryMountedRoute(t *testing.T) {
	b := openBox(t)
	a := b.ask(t, "it", "GET", "/openapi.json", "")
	wantStatus(t, a, 200)
	api := decoded[openAPI](t, a)
	if !strings.HasPrefix(api.OpenAPI, "3.1.") || api.Info.Title == "" || api.Info.Version != "test" {
		t.Errorf("it is %q %+v", api.OpenAPI, api.Info)
	}
	ids, described := map[string]bool{}, 0
	for path, operations := range api.Paths {
		for method, operation := range operations {
			described++
			if ids[operation.OperationID] || operation.OperationID == "" || operation.Summary == "" {
				t.Errorf("%s %s: id %q, summary %q", method, path, operation.OperationID, operation.Summary)
			}
			ids[operation.OperationID] = true
			for _, name := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
				declared := false
				for _, p := range operation.Parameters {
					declared = declared || p.Name == name[1] && p.In == "path" && p.Required
				}
				if !declared {
					t.Errorf("%s %s: the parameter %s is not declared", method, path, name[1])
				}
			}
			for status, response := range operation.Responses {
				if response.Description == "" {
					t.Errorf("%s %s: %s has no description", method, path, status)
				}
			}
			if _, ok := operation.Responses["default"]; !ok || len(operation.Responses) < 2 {
				t.Errorf("%s %s: the answers are %v", method, path, operation.Responses)
			}
			for _, needs := range operation.Security {
				for scheme := range needs {
					if _, ok := api.Components.SecuritySchemes[scheme]; !ok {
						t.Errorf("%s %s: there is no security scheme %s", method, path, scheme)
					}
				}
			}
		}
	}
	for _, route := range b.server.Routes() {
		if _, ok := api.Paths[route.Path][strings.ToLower(route.Method)]; !ok {
			t.Errorf("%s %s is mounted and not described", route.Method, route.Path)
		}
	}
	if described != len(b.server.Routes()) {
		t.Errorf("%d routes are described and %d mounted", described, len(b.server.Routes()))
	}
	for _, ref := range regexp.MustCompile(`"\$ref":"([^"]*)"`).FindAllStringSubmatch(string(a.body), -1) {
		name, ok := strings.CutPrefix(ref[1], "#/components/schemas/")
		if _, there := api.Components.Schemas[name]; !ok || !there {
			t.Errorf("the reference %s leads nowhere", ref[1])
		}
	}
}

func TestTheDescriptionSaysWhatTheAnswersAre(t *testing.T) {
	b := openBox(t)
	a := b.ask(t, "it", "GET", "/openapi.json", "")
	api := decoded[openAPI](t, a)
	visit := string(api.Components.Schemas["Visit"])
	for _, part := range []string{`"createdAt":{"format":"date-time","type":"string"}`, `"needs":{"items":{"type":"string"},"type":"array"}`} {
		if !strings.Contains(visit, part) {
			t.Errorf("a visit is %s", visit)
		}
	}
	for route, statuses := range map[string]string{
		"/api/v1/visits": "200 201", "/api/v1/pages": "200 201", "/api/v1/counters/{id}/call-next": "200 204",
		"/api/v1/tokens": "201", "/api/v1/duty/on": "204", "/api/v1/session": "204",
	} {
		for status := range strings.FieldsSeq(statuses) {
			if _, ok := api.Paths[route]["post"].Responses[status]; !ok {
				t.Errorf("POST %s does not say %s", route, status)
			}
		}
	}
	if strings.Contains(string(a.body), "$schema") {
		t.Error("the answers carry $schema")
	}
}

func TestTheDocsPageNeedsNoScriptAndNoInlineStyle(t *testing.T) {
	b := openBox(t)
	a := b.ask(t, "it", "GET", "/docs", "")
	wantStatus(t, a, 200)
	page := string(a.body)
	if a.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("its type is %q", a.header.Get("Content-Type"))
	}
	for _, banned := range []string{"<script", "<style", " style=", "javascript:", " on", "http://", "https://", "<iframe"} {
		if i := strings.Index(strings.ToLower(page), banned); i >= 0 && (banned != " on" || regexp.MustCompile(` on\w+=`).MatchString(page)) {
			t.Errorf("the page has %q: %.80s", banned, page[i:])
		}
	}
	for _, route := range b.server.Routes() {
		if !strings.Contains(page, "<code>"+route.Method+" "+route.Path+"</code>") {
			t.Errorf("the page lacks %s %s", route.Method, route.Path)
		}
	}
	for _, link := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(page, `id="`+link[1]+`"`) {
			t.Errorf("the link to %s leads nowhere", link[1])
		}
	}
}

func TestFiguresNameRoutesAndCommandsAndNobody(t *testing.T) {
	b := openBox(t)
	b.engine.answer = answerEverything
	wantStatus(t, b.ask(t, "supervisor", "POST", "/api/v1/visits/"+ownVisit+"/away", `{}`), 200)
	b.ask(t, "supervisor", "GET", "/nothing/"+ownVisit, "")
	client := b.connect(t, branch.RoleSupervisor, "supervisor")
	if status := frameStatus(t, client, b.doFrame("visit.back", branch.RoleSupervisor, true)); status != 200 {
		t.Fatalf("the frame: %d", status)
	}
	figures := string(b.ask(t, "it", "GET", "/metrics", "").body)
	for _, line := range []string{
		`handrail_commands_total{code="ok",command="visit.away"} 1`,
		`handrail_commands_total{code="ok",command="visit.back"} 1`,
		`handrail_http_request_seconds_count{method="POST",route="/api/v1/visits/{id}/away",status="200"} 1`,
		`handrail_http_request_seconds_count{method="GET",route="none",status="404"} 1`,
	} {
		if !strings.Contains(figures, line) {
			t.Errorf("the figures lack %s", line)
		}
	}
	for _, banned := range []string{ownVisit, "supervisor", "127.0.0.1"} {
		if strings.Contains(figures, banned) {
			t.Errorf("the figures name %s", banned)
		}
	}
}
