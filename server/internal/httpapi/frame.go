package httpapi

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
)

// frame carries out a "do" command of a sender who is known: it reads the data,
// asks the matrix and runs the verb. What it returns is the body of the matching
// POST, null for a 204.
type frame func(ctx context.Context, c call, key string, data json.RawMessage) (json.RawMessage, error)

func frameOf[B, O any](s *Server, rule access.Rule, v verb[B, O]) frame {
	member := targetMember(rule)
	schema := s.schemas().Schema(reflect.TypeFor[B](), true, "")
	return func(ctx context.Context, c call, key string, data json.RawMessage) (json.RawMessage, error) {
		members, err := membersOf(data)
		if err != nil {
			return nil, err
		}
		if c.target, err = takeTarget(member, members); err != nil {
			return nil, err
		}
		if c.by, err = s.permit(rule, c.who.Actor, key, c.target); err != nil {
			return nil, err
		}
		var body B
		if err := s.read(schema, members, data, &body); err != nil {
			return nil, err
		}
		out, err := run(ctx, s, v, &c, body)
		if err != nil {
			return nil, err
		}
		return json.Marshal(out.Body)
	}
}

// targetMember returns the member of a frame's data that stands for the {id} of
// the route: "page" for page.accept; empty when the route has none.
func targetMember(rule access.Rule) string {
	if !strings.Contains(rule.Path, "{id}") {
		return ""
	}
	kind, _, _ := strings.Cut(string(rule.Action), ".")
	return kind
}

// membersOf reads data as any JSON object; left out it is an empty one.
func membersOf(data json.RawMessage) (map[string]any, error) {
	members := map[string]any{}
	if len(data) == 0 {
		return members, nil
	}
	if err := json.Unmarshal(data, &members); err != nil || members == nil {
		return nil, branch.Refuse(branch.CodeMalformed, "The data must be a JSON object.")
	}
	return members, nil
}

// takeTarget removes the target from members, so that what is left is the body
// of the matching POST.
func takeTarget(member string, members map[string]any) (string, error) {
	if member == "" {
		return "", nil
	}
	target, ok := members[member].(string)
	switch {
	case !ok || target == "":
		return "", invalidField(member, "is required")
	case !branch.CleanText(target):
		return "", invalidField(member, foulText)
	}
	delete(members, member)
	return target, nil
}

// read checks members by the rules of the matching POST and reads data into
// body, which points to a message of the contract.
func (s *Server) read(schema *huma.Schema, members map[string]any, data json.RawMessage, body any) error {
	var result huma.ValidateResult
	path := huma.NewPathBuffer(nil, 0)
	path.Push("body")
	huma.Validate(s.schemas(), schema, path, huma.ModeWriteToServer, members, &result)
	if len(result.Errors) > 0 {
		return invalid(result.Errors)
	}
	if len(data) > 0 {
		if err := json.Unmarshal(data, body); err != nil {
			return branch.Refuse(branch.CodeMalformed, "The data cannot be read.")
		}
	}
	if foul := foulFields(reflect.ValueOf(body), "body"); len(foul) > 0 {
		return invalid(foul)
	}
	return nil
}

// readNothing reads a body that needs no member, for a route that huma does not
// read.
func (s *Server) readNothing(body []byte) error {
	members, err := membersOf(body)
	if err != nil {
		return err
	}
	return s.read(s.schemas().Schema(reflect.TypeFor[none](), true, ""), members, body, &none{})
}

func (s *Server) schemas() huma.Registry { return s.api.OpenAPI().Components.Schemas }
