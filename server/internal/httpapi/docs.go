package httpapi

import (
	"bytes"
	_ "embed" // docs.html, docs.css
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
)

//go:embed docs.html
var docsHTML string

//go:embed docs.css
var docsCSS []byte

// mountDocs mounts the description of the routes, for machines and for people.
// It comes last: both are made once, from everything mounted.
func mountDocs(s *Server) {
	var openAPI, page []byte
	spec := describe(ruleOf(access.ActOpenAPI), "This description")
	spec.Responses["200"] = contentResponse("OpenAPI 3.1", fiber.MIMEApplicationJSON, huma.TypeObject)
	mountRaw(s, spec, serveBytes(fiber.MIMEApplicationJSON, &openAPI))
	docs := describe(ruleOf(access.ActDocs), "This description, for reading")
	docs.Responses["200"] = contentResponse("A page", fiber.MIMETextHTML, huma.TypeString)
	mountRaw(s, docs, serveBytes(fiber.MIMETextHTMLCharsetUTF8, &page))

	style := describe(ruleOf(access.ActDocsCSS), "How the description looks")
	style.Responses["200"] = contentResponse("A style sheet", "text/css", huma.TypeString)
	mountRaw(s, style, serveBytes("text/css; charset=utf-8", &docsCSS))

	api := s.api.OpenAPI()
	tidy(api)
	openAPI = must(json.Marshal(api))
	page = must(renderDocs(api))
}

// tidy corrects what huma says of every API: our lists are never null, and a 204
// has no body.
func tidy(api *huma.OpenAPI) {
	for _, schema := range api.Components.Schemas.Map() {
		for _, property := range schema.Properties {
			property.Nullable = property.Nullable && property.Type != huma.TypeArray
		}
	}
	for _, item := range api.Paths {
		for _, operation := range operationsOf(item) {
			if empty, ok := operation.Responses["204"]; ok {
				empty.Content = nil
			}
		}
	}
}

// operationsOf returns the operations of a path, in the order of the methods.
func operationsOf(item *huma.PathItem) []*huma.Operation {
	all := []*huma.Operation{item.Get, item.Post, item.Delete}
	return slices.DeleteFunc(all, func(o *huma.Operation) bool { return o == nil })
}

// serveBytes serves what body points to by the time of the first request.
func serveBytes(mediaType string, body *[]byte) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, mediaType)
		return c.Send(*body)
	}
}

// must returns what is made of the program's own text, and panics when that
// text is wrong.
func must[T any](value T, err error) T {
	if err != nil {
		panic("httpapi: " + err.Error())
	}
	return value
}

// What docs.html shows.
type (
	docsPage struct {
		Title, Version, Description string
		Groups                      []docsGroup
		Messages                    []docsMessage
	}
	docsGroup struct {
		Name   string
		Routes []docsRoute
	}
	docsRoute struct {
		ID, Method, Path, Summary, Roles string
		Params                           []docsParam
		Body                             *docsType
		Answers                          []docsAnswer
	}
	docsParam  struct{ Name, In, Meaning string }
	docsAnswer struct {
		Status, Description string
		Message             docsType
	}
	docsMessage struct {
		Name    string
		Members []docsMember
	}
	docsMember struct {
		Name, Meaning string
		Required      bool
		Type          docsType
	}
	docsType struct {
		Name, Suffix string
		// Linked says that Name is a message of the page.
		Linked bool
	}
)

func renderDocs(api *huma.OpenAPI) ([]byte, error) {
	page := docsPage{
		Title: api.Info.Title, Version: api.Info.Version, Description: api.Info.Description,
		Groups:   docsGroups(api),
		Messages: docsMessages(api.Components.Schemas.Map()),
	}
	var out bytes.Buffer
	err := template.Must(template.New("docs").Parse(docsHTML)).Execute(&out, page)
	return out.Bytes(), err
}

// docsGroups lists the routes by the first word of their path.
func docsGroups(api *huma.OpenAPI) []docsGroup {
	routes := map[string][]docsRoute{}
	for _, path := range slices.Sorted(maps.Keys(api.Paths)) {
		for _, operation := range operationsOf(api.Paths[path]) {
			group := operation.Tags[0]
			routes[group] = append(routes[group], docsOf(operation))
		}
	}
	var groups []docsGroup
	for _, name := range slices.Sorted(maps.Keys(routes)) {
		groups = append(groups, docsGroup{Name: name, Routes: routes[name]})
	}
	return groups
}

func docsOf(operation *huma.Operation) docsRoute {
	route := docsRoute{
		ID: operation.OperationID, Method: operation.Method, Path: operation.Path,
		Summary: operation.Summary, Roles: docsRoles(operation),
	}
	for _, p := range operation.Parameters {
		meaning := p.Description
		if p.Schema != nil && meaning == "" {
			meaning = p.Schema.Description
		}
		route.Params = append(route.Params, docsParam{Name: p.Name, In: p.In, Meaning: meaning})
	}
	if operation.RequestBody != nil {
		body := docsContent(operation.RequestBody.Content)
		route.Body = &body
	}
	for _, status := range slices.Sorted(maps.Keys(operation.Responses)) {
		response := operation.Responses[status]
		route.Answers = append(route.Answers, docsAnswer{
			Status: status, Description: response.Description, Message: docsContent(response.Content),
		})
	}
	return route
}

// docsRoles names the roles of the matrix that may; none when nobody is asked.
func docsRoles(operation *huma.Operation) string {
	rule, _ := access.RuleOfRoute(operation.Method, operation.Path)
	if rule.Gate == access.GateOpen {
		return ""
	}
	var roles []string
	for _, role := range branch.Roles() {
		switch rule.May.Of(role) {
		case access.ScopeOwn:
			roles = append(roles, string(role)+" (own)")
		case access.ScopeAny:
			roles = append(roles, string(role))
		}
	}
	if rule.Gate == access.GateLoopback {
		roles = append(roles, "anybody on loopback")
	}
	return strings.Join(roles, ", ")
}

func docsContent(content map[string]*huma.MediaType) docsType {
	for mediaType, media := range content {
		if media.Schema != nil && strings.Contains(mediaType, "json") {
			return docsTypeOf(media.Schema)
		}
		return docsType{Name: mediaType}
	}
	return docsType{}
}

func docsMessages(schemas map[string]*huma.Schema) []docsMessage {
	var messages []docsMessage
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		message := docsMessage{Name: name}
		schema := schemas[name]
		for _, member := range slices.Sorted(maps.Keys(schema.Properties)) {
			property := schema.Properties[member]
			message.Members = append(message.Members, docsMember{
				Name: member, Meaning: docsMeaning(property),
				Required: slices.Contains(schema.Required, member), Type: docsTypeOf(property),
			})
		}
		messages = append(messages, message)
	}
	return messages
}

// docsMeaning is the description of a member and what bounds its value.
func docsMeaning(schema *huma.Schema) string {
	var words []string
	if schema.Description != "" {
		words = append(words, schema.Description+".")
	}
	if len(schema.Enum) > 0 {
		words = append(words, "One of "+strings.Trim(fmt.Sprint(schema.Enum...), "[]")+".")
	}
	if schema.MaxLength != nil {
		words = append(words, fmt.Sprintf("At most %d characters.", *schema.MaxLength))
	}
	return strings.Join(words, " ")
}

func docsTypeOf(schema *huma.Schema) docsType {
	switch {
	case schema.Ref != "":
		return docsType{Name: schema.Ref[strings.LastIndex(schema.Ref, "/")+1:], Linked: true}
	case schema.Type == huma.TypeArray && schema.Items != nil:
		item := docsTypeOf(schema.Items)
		item.Suffix += "[]"
		return item
	case schema.Format != "":
		return docsType{Name: schema.Type + " (" + schema.Format + ")"}
	default:
		return docsType{Name: schema.Type}
	}
}
