package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func readSchema(t *testing.T) map[string]any {
	t.Helper()
	var s map[string]any
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheSchemaAcceptsTheDemoAndTheSmallestBranch(t *testing.T) {
	for name, file := range map[string][]byte{"demo": Demo(), "small": read(t, "testdata/small.yaml")} {
		for _, fault := range validate(readSchema(t), "", document(t, file)) {
			t.Errorf("%s: %s", name, fault)
		}
	}
}

// The mistakes of testdata/bad that no single value shows; all others the
// schema must refuse as well.
func TestTheSchemaRefusesWhatIsWrongInASingleValue(t *testing.T) {
	wrong := []string{
		"unknown-key", "unknown-top-key", "missing-key", "number-for-text", "text-for-list", "list-for-text", "text-for-name",
		"text-for-number", "fraction-for-level", "level-too-high", "word-for-boolean", "number-too-low", "number-too-high",
		"no-value", "bad-id", "bad-prefix", "escaped-control-character", "escaped-direction-character", "name-too-long",
		"repeated-item", "unknown-kind", "unknown-state-of-device", "bad-parameter", "unknown-need", "unknown-need-required",
		"unknown-language", "no-language", "unknown-end-of-day", "unknown-reason", "unknown-reason-of-plan",
		"hours-that-are-none", "hours-on-no-day", "hours-in-a-word", "hours-on-an-unknown-day", "no-keys",
	}
	for _, name := range wrong {
		file := read(t, filepath.Join("testdata", "bad", name+".yaml"))
		if len(validate(readSchema(t), "", document(t, file))) == 0 {
			t.Errorf("the schema accepts %s", name)
		}
	}
}

func TestEveryKeyStandsInTheSchemaWithASentence(t *testing.T) {
	checkKeys(t, "", reflect.TypeFor[Branch](), readSchema(t))
}

// checkKeys walks a type beside its schema.
func checkKeys(t *testing.T, path string, of reflect.Type, s map[string]any) {
	t.Helper()
	if either, ok := s["anyOf"].([]any); ok && of.Kind() == reflect.Struct {
		s = either[1].(map[string]any)
	}
	switch of.Kind() {
	case reflect.Pointer:
		checkKeys(t, path, of.Elem(), s)
	case reflect.Slice:
		checkKeys(t, path+"[]", of.Elem(), s["items"].(map[string]any))
	case reflect.Map:
		checkKeys(t, path+".*", of.Elem(), s["additionalProperties"].(map[string]any))
	case reflect.Struct:
		properties := s["properties"].(map[string]any)
		for field := range of.Fields() {
			key := field.Tag.Get("yaml")
			property, ok := properties[key].(map[string]any)
			if description, _ := property["description"].(string); !ok || !strings.HasSuffix(description, ".") {
				t.Errorf("%s.%s: no sentence in the schema", path, key)
				continue
			}
			checkKeys(t, path+"."+key, field.Type, property)
		}
	}
}

func TestEveryKeyIsShownInTheDemoOrNamedBelow(t *testing.T) {
	unshown := []string{"reasons", "params", "admin"}
	text := string(Demo())
	for key := range keysOf(reflect.TypeFor[Branch]()) {
		weekday := slices.Contains([]string{"tuesday", "wednesday", "thursday", "friday", "sunday"}, key)
		if !regexp.MustCompile(`(^|[\s{])`+regexp.QuoteMeta(key)+":").MatchString(text) && !weekday && !slices.Contains(unshown, key) {
			t.Errorf("the demo does not show %q", key)
		}
	}
}

// keysOf returns every key that may stand in a file.
func keysOf(of reflect.Type) map[string]bool {
	keys := map[string]bool{}
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return keysOf(of.Elem())
	case reflect.Struct:
		for field := range of.Fields() {
			keys[field.Tag.Get("yaml")] = true
			maps.Copy(keys, keysOf(field.Type))
		}
	}
	return keys
}

func TestTheSchemaNamesItsDialectAndItsDefaults(t *testing.T) {
	s := readSchema(t)
	if s["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("dialect %v", s["$schema"])
	}
	away := s["properties"].(map[string]any)["awayMinutes"].(map[string]any)
	if away["default"] != 15.0 {
		t.Errorf("awayMinutes: %v", away)
	}
}

// document reads YAML into what JSON would give.
func document(t *testing.T, file []byte) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(file, &value); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	value = nil
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// validate is as much of JSON Schema as the schema uses, written from the
// standard and not from schema.go.
func validate(s map[string]any, path string, value any) []string {
	var faults []string
	fault := func(format string, args ...any) {
		faults = append(faults, path+": "+fmt.Sprintf(format, args...))
	}
	if either, ok := s["anyOf"].([]any); ok {
		matches := func(option any) bool { return len(validate(option.(map[string]any), path, value)) == 0 }
		if !slices.ContainsFunc(either, matches) {
			fault("matches none of %d schemas", len(either))
		}
	}
	if want, ok := s["const"]; ok && want != value {
		fault("is not %v", want)
	}
	if words, ok := s["enum"].([]any); ok && !slices.Contains(words, value) {
		fault("is none of %v", words)
	}
	if want, ok := s["type"].(string); ok && !hasType(want, value) {
		fault("%v is no %s", value, want)
		return faults
	}
	switch v := value.(type) {
	case string:
		if pattern, ok := s["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(v) {
			fault("%q does not match %s", v, pattern)
		}
	case float64:
		if outside(s, "minimum", "maximum", v) {
			fault("%v is out of range", v)
		}
	case []any:
		faults = append(faults, validateList(s, path, v)...)
	case map[string]any:
		faults = append(faults, validateObject(s, path, v)...)
	}
	return faults
}

func outside(s map[string]any, least, greatest string, n float64) bool {
	low, hasLow := s[least].(float64)
	high, hasHigh := s[greatest].(float64)
	return hasLow && n < low || hasHigh && n > high
}

func hasType(want string, value any) bool {
	switch v := value.(type) {
	case string:
		return want == "string"
	case bool:
		return want == "boolean"
	case float64:
		return want == "number" || want == "integer" && v == float64(int(v))
	case []any:
		return want == "array"
	case map[string]any:
		return want == "object"
	}
	return false
}

func validateList(s map[string]any, path string, list []any) []string {
	var faults []string
	if outside(s, "minItems", "maxItems", float64(len(list))) {
		faults = append(faults, fmt.Sprintf("%s: %d items", path, len(list)))
	}
	for i, item := range list {
		faults = append(faults, validate(s["items"].(map[string]any), fmt.Sprintf("%s[%d]", path, i), item)...)
		if s["uniqueItems"] == true && slices.Contains(list[:i], item) {
			faults = append(faults, fmt.Sprintf("%s[%d]: twice", path, i))
		}
	}
	return faults
}

func validateObject(s map[string]any, path string, object map[string]any) []string {
	var faults []string
	if outside(s, "minProperties", "maxProperties", float64(len(object))) {
		faults = append(faults, fmt.Sprintf("%s: %d keys", path, len(object)))
	}
	required, _ := s["required"].([]any)
	for _, key := range required {
		if _, ok := object[key.(string)]; !ok {
			faults = append(faults, fmt.Sprintf("%s: no %s", path, key))
		}
	}
	properties, _ := s["properties"].(map[string]any)
	for key, value := range object {
		at := path + "." + key
		if names, ok := s["propertyNames"].(map[string]any); ok {
			faults = append(faults, validate(names, at, key)...)
		}
		if property, ok := properties[key].(map[string]any); ok {
			faults = append(faults, validate(property, at, value)...)
		} else if others, ok := s["additionalProperties"].(map[string]any); ok {
			faults = append(faults, validate(others, at, value)...)
		} else if s["additionalProperties"] == false {
			faults = append(faults, at+": unknown")
		}
	}
	return faults
}
