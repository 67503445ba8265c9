package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"handrail/server/internal/access"
	"handrail/server/internal/wire"
)

// mountAll mounts every route of the contract.
func (s *Server) mountAll() {
	s.api = humafiber.NewWithGroup(s.fiber, gated{s.fiber, s}, apiConfig(s.Version))
	mountVisits(s)
	mountCounters(s)
	mountPages(s)
	mountDay(s)
	mountScreens(s)
	mountBranch(s)
	mountSession(s)
	mountTokens(s)
	mountDevices(s)
	mountReports(s)
	mountBox(s)
	mountLive(s)
	mountDocs(s)
}

// apiConfig leaves out what huma would serve by itself: its documentation pages
// need scripts of other hosts, and its schema links change the answers.
func apiConfig(version string) huma.Config {
	schemas := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	schemas.RegisterTypeAlias(reflect.TypeFor[wire.Time](), reflect.TypeFor[time.Time]())
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "Handrail",
				Version:     version,
				Description: "The accessible branch, in one box.",
			},
			Components: &huma.Components{
				Schemas: schemas,
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token":   {Type: "http", Scheme: "bearer"},
					"session": {Type: "apiKey", In: "cookie", Name: "__Host-handrail-<role>"},
				},
			},
		},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
	}
}

// gated is Fiber's router with admit in front of every route. All routes are
// added through it, huma's too.
type gated struct {
	fiber.Router
	s *Server
}

// Add mounts a route behind its row of the role matrix. It panics when the
// route has none.
func (g gated) Add(method, path string, handlers ...fiber.Handler) fiber.Router {
	rule, ok := access.RuleOfRoute(method, inContract(path))
	if !ok {
		panic(fmt.Sprintf("httpapi: no row in the role matrix for %s %s", method, path))
	}
	return g.Router.Add(method, path, append([]fiber.Handler{g.s.admit(rule)}, handlers...)...)
}

// inContract writes Fiber's path as the contract does: "/visits/{id}" for
// "/visits/:id", "/static/{path}" for "/static/*".
func inContract(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if part == "*" {
			parts[i] = "{path}"
		}
		if name, ok := strings.CutPrefix(part, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

// ruleOf returns the row of an action. It panics when there is none.
func ruleOf(action access.Action) access.Rule {
	rule, ok := access.RuleOf(action)
	if !ok {
		panic(fmt.Sprintf("httpapi: no row in the role matrix for %s", action))
	}
	return rule
}

// read mounts a GET whose answer is JSON.
func read[O any](s *Server, action access.Action, summary string, answer func(context.Context, *call) (O, error)) {
	type out struct{ Body O }
	huma.Register(s.api, describe(ruleOf(action), summary), func(ctx context.Context, _ *struct{}) (*out, error) {
		body, err := answer(ctx, callOf(ctx))
		if err != nil {
			return nil, s.refusal(ctx, err)
		}
		return &out{body}, nil
	})
}

// mountRaw mounts a handler that writes its answer itself, and describes it.
func mountRaw(s *Server, operation huma.Operation, handler fiber.Handler) {
	s.api.OpenAPI().AddOperation(&operation)
	path := strings.NewReplacer("{path}", "*", "{", ":", "}", "").Replace(operation.Path)
	gated{s.fiber, s}.Add(operation.Method, path, handler)
}

// describe returns the description of a route of the matrix.
func describe(rule access.Rule, summary string) huma.Operation {
	operation := huma.Operation{
		OperationID: strings.ReplaceAll(string(rule.Action), ".", "-"),
		Method:      rule.Method,
		Path:        rule.Path,
		Summary:     summary,
		Tags:        []string{tagOf(rule.Path)},
		Responses:   map[string]*huma.Response{"default": problemResponse()},
	}
	if rule.Gate != access.GateOpen {
		operation.Security = []map[string][]string{{"token": {}}, {"session": {}}}
		operation.Parameters = append(operation.Parameters, textParam("Handrail-Role", "header",
			"The role to act in, when several are signed in"))
	}
	for _, name := range []string{"id", "lang", "path", "clip"} {
		if strings.Contains(rule.Path, "{"+name+"}") {
			operation.Parameters = append(operation.Parameters, textParam(name, "path", ""))
		}
	}
	if rule.Method == http.MethodPost && rule.Gate == access.GateRole {
		operation.Parameters = append(operation.Parameters, textParam("Idempotency-Key", "header",
			"The id of the command, 16 to 64 characters of [A-Za-z0-9_-]: a repeated request is done once"))
	}
	if rule.May.Kiosk == access.ScopeOwn {
		operation.Parameters = append(operation.Parameters, textParam("Visit-Key", "header",
			"The key of the visit, from a kiosk"))
	}
	return operation
}

// tagOf groups a route by the first word of its path.
func tagOf(path string) string {
	rest, ok := strings.CutPrefix(path, "/api/v1/")
	if !ok {
		return "box"
	}
	word, _, _ := strings.Cut(rest, "/")
	return word
}

// alsoAnswers describes a second success of a POST, with the same body unless it
// is a 204.
func alsoAnswers(s *Server, action access.Action, status int, description string) {
	operation := s.api.OpenAPI().Paths[ruleOf(action).Path].Post
	response := &huma.Response{Description: description}
	if status != http.StatusNoContent {
		response.Content = operation.Responses["200"].Content
	}
	operation.Responses[strconv.Itoa(status)] = response
}

func textParam(name, in, description string) *huma.Param {
	return &huma.Param{Name: name, In: in, Description: description, Required: in == "path",
		Schema: &huma.Schema{Type: huma.TypeString}}
}

func problemResponse() *huma.Response {
	return &huma.Response{
		Description: "A refusal",
		Content:     map[string]*huma.MediaType{problemType: {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}}},
	}
}
