package config

import (
	"encoding/json"
	"reflect"
)

// schema is the part of JSON Schema 2020-12 that a configuration needs.
type schema struct {
	Dialect              string             `json:"$schema,omitempty"`
	Title                string             `json:"title,omitempty"`
	Description          string             `json:"description,omitempty"`
	Type                 string             `json:"type,omitempty"`
	Const                string             `json:"const,omitempty"`
	Enum                 []string           `json:"enum,omitempty"`
	Pattern              string             `json:"pattern,omitempty"`
	Minimum              *float64           `json:"minimum,omitempty"`
	Maximum              *float64           `json:"maximum,omitempty"`
	MinItems             *float64           `json:"minItems,omitempty"`
	MaxItems             *float64           `json:"maxItems,omitempty"`
	UniqueItems          bool               `json:"uniqueItems,omitempty"`
	Items                *schema            `json:"items,omitempty"`
	MinProperties        int                `json:"minProperties,omitempty"`
	MaxProperties        *float64           `json:"maxProperties,omitempty"`
	Properties           map[string]*schema `json:"properties,omitempty"`
	Required             []string           `json:"required,omitempty"`
	PropertyNames        *schema            `json:"propertyNames,omitempty"`
	AdditionalProperties *additional        `json:"additionalProperties,omitempty"`
	AnyOf                []*schema          `json:"anyOf,omitempty"`
	Default              json.RawMessage    `json:"default,omitempty"`
}

// additional is the schema of values under keys that are not listed; without
// one there may be no such keys.
type additional struct{ values *schema }

// MarshalJSON returns the schema, or false.
func (a *additional) MarshalJSON() ([]byte, error) {
	if a.values == nil {
		return []byte("false"), nil
	}
	return json.Marshal(a.values)
}

// Schema returns the JSON Schema (2020-12) of a configuration, made from the
// same structs and rules that Parse obeys. It says all that can be said of a
// single value; references and repeated ids only Parse finds.
func Schema() []byte {
	s := schemaOf(reflect.ValueOf(defaults()).Elem(), "")
	s.Dialect = "https://json-schema.org/draft/2020-12/schema"
	s.Title = "Handrail branch configuration"
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		// Made of strings and numbers only, it cannot fail to encode.
		panic(err)
	}
	return append(text, '\n')
}

// schemaOf describes what may be read into value; what value holds is the
// default.
func schemaOf(value reflect.Value, tag reflect.StructTag) *schema {
	s := &schema{}
	switch of := value.Type(); of.Kind() {
	case reflect.Pointer:
		s = schemaOf(reflect.Zero(of.Elem()), tag)
	case reflect.Struct:
		s = structSchema(value)
	case reflect.Slice:
		s.Type, s.Items = "array", schemaOf(reflect.Zero(of.Elem()), "")
		s.MinItems, s.MaxItems = limits(tag)
		s.UniqueItems = of.Elem().Kind() == reflect.String
	case reflect.Map:
		s.Type, s.PropertyNames = "object", schemaOf(reflect.Zero(of.Key()), "")
		_, s.MaxProperties = limits(tag)
		s.AdditionalProperties = &additional{values: schemaOf(reflect.Zero(of.Elem()), "")}
	case reflect.String:
		s = textSchema(value.Interface().(ruled).rule())
	case reflect.Bool:
		s.Type = "boolean"
	case reflect.Int:
		s.Type = "integer"
		s.Minimum, s.Maximum = limits(tag)
	default:
		s.Type = "number"
		s.Minimum, s.Maximum = limits(tag)
	}
	s.Description = tag.Get("doc")
	s.Default = defaultOf(value)
	return s
}

// structSchema describes a mapping with known keys.
func structSchema(value reflect.Value) *schema {
	s := &schema{Type: "object", Properties: map[string]*schema{}, AdditionalProperties: &additional{}}
	for field, v := range value.Fields() {
		key := field.Tag.Get("yaml")
		s.Properties[key] = schemaOf(v, field.Tag)
		if field.Tag.Get("must") == "be-there" {
			s.Required = append(s.Required, key)
		}
	}
	if word := wordOf(value); word != "" {
		s.MinProperties = 1
		return &schema{AnyOf: []*schema{{Const: word}, s}}
	}
	return s
}

// textSchema describes a scalar that has a rule.
func textSchema(r rule) *schema {
	text := &schema{Type: "string", Enum: r.words, Pattern: r.pattern}
	if r.any {
		return &schema{AnyOf: []*schema{text, {Type: "number"}, {Type: "boolean"}}}
	}
	return text
}

// defaultOf returns what value holds as JSON, nil for a zero value and for
// structs, whose fields have their own.
func defaultOf(value reflect.Value) json.RawMessage {
	if value.IsZero() || value.Kind() == reflect.Struct || holdsStructs(value) {
		return nil
	}
	text, err := json.Marshal(value.Interface())
	if err != nil {
		return nil
	}
	return text
}

func holdsStructs(value reflect.Value) bool {
	k := value.Kind()
	return (k == reflect.Slice || k == reflect.Map) && value.Type().Elem().Kind() == reflect.Struct
}
