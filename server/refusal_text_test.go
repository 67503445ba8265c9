package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// foul are texts that hide or turn what is read, as JSON writes them.
var foul = map[string]string{
	"null": `\u0000`, "bell": `\u0007`, "line end": `\n`, "escape": `\u001b[31m`, "delete": `\u007f`, "next line": `\u0085`,
	"letter mark": `\u061c`, "left to right": `\u200e`, "embedding": `\u202a`, "override": `\u202e`, "isolate": `\u2066`,
	"pop": `\u2069`, "line separator": `\u2028`, "paragraph": `\u2029`,
}

// TestEveryTextFieldRefusesTextThatHidesOrTurns takes the fields from the box's
// own description, so that none is forgotten. The text of a configuration has
// lines and says itself what is wrong with it.
func TestEveryTextFieldRefusesTextThatHidesOrTurns(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	d, all, tried := x.description(), posts(), 0
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		operation, ok := d.Paths[path]["post"]
		route := strings.TrimPrefix(path, "/api/v1/")
		if !ok || route == "config/check" {
			continue
		}
		body := operation.RequestBody.Content["application/json"].Schema
		fields := d.Components.Schemas[strings.TrimPrefix(body.Ref, "#/components/schemas/")].Properties
		for _, field := range slices.Sorted(maps.Keys(fields)) {
			if template, named := textField(field, fields[field]); named != "" {
				x.run(route+" "+field, func(x *examiner) { x.foulField(route, all[route], template, named) })
				tried++
			}
		}
	}
	if tried < 20 {
		t.Errorf("the description has %d text fields only", tried)
	}
}

// textField returns the member of a body with %s for its text, and how a
// refusal names it.
func textField(name string, s schema) (member, field string) {
	is := func(s schema, kind string) bool {
		list, _ := s.Type.([]any)
		return s.Type == kind || slices.Contains(list, any(kind))
	}
	switch {
	case is(s, "string"):
		return `"` + name + `":"%s"`, name
	case is(s, "array") && s.Items != nil && is(*s.Items, "string"):
		return `"` + name + `":["large-print","%s"]`, name + "[1]"
	}
	return "", ""
}

func (x *examiner) foulField(route string, p post, template, field string) {
	x.t.Helper()
	ask := x.ask(route, p)
	name, _, _ := strings.Cut(template, ":")
	for _, kind := range slices.Sorted(maps.Keys(foul)) {
		body := replaceMember(ask.body, name, strings.Replace(template, "%s", "a"+foul[kind]+"b", 1))
		row := refusal{ask: ask.saying(body), code: "invalid", fields: field}
		x.run(kind, func(x *examiner) { x.refused(row) })
	}
	broken := replaceMember(ask.body, name, strings.Replace(template, "%s", "a\xffb", 1))
	x.run("broken UTF-8", func(x *examiner) { x.refused(refusal{ask: ask.saying(broken), code: "malformed"}) })
}

// replaceMember returns the object with its member of this quoted name replaced
// or added.
func replaceMember(body, name, member string) string {
	var members object
	decode([]byte(body), &members)
	delete(members, strings.Trim(name, `"`))
	rest := strings.TrimPrefix(members.String(), `{`)
	if rest != `}` {
		member += `,`
	}
	return `{` + member + rest
}
