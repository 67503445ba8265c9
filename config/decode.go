package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// decoder reads a document into a Branch. It goes on after a problem, so that
// all of them are found in one go.
type decoder struct {
	problems []Problem
	// places is where the value of each path stands.
	places map[string]place
}

// target is what a node is read into.
type target struct {
	path  string
	value reflect.Value
	tag   reflect.StructTag
}

// decode reads the document whose root is node into b.
func (d *decoder) decode(node ast.Node, b *Branch) {
	d.value(node, target{value: reflect.ValueOf(b).Elem()})
}

// problem notes what is wrong with the value at path, or in it.
func (d *decoder) problem(path, message, hint string) {
	d.problems = append(d.problems, d.placeOf(path).problem(path, message, hint))
}

// placeOf returns where the value of path stands, or what should hold it when
// it was left out.
func (d *decoder) placeOf(path string) place {
	for {
		if at, ok := d.places[path]; ok || path == "" {
			return at
		}
		path = parent(path)
	}
}

// parent returns the path of what holds path: "a.b[2]" is in "a.b", in "a".
func parent(path string) string { return path[:max(strings.LastIndexAny(path, ".["), 0)] }

// value reads node into t.
func (d *decoder) value(node ast.Node, t target) {
	d.places[t.path] = begin(node)
	if node.Type() == ast.NullType {
		d.problem(t.path, "has no value", "write one, or leave the key out")
		return
	}
	switch t.value.Kind() {
	case reflect.Pointer:
		t.value.Set(reflect.New(t.value.Type().Elem()))
		d.value(node, target{path: t.path, value: t.value.Elem(), tag: t.tag})
	case reflect.Struct:
		d.structure(node, t)
	case reflect.Slice:
		d.list(node, t)
	case reflect.Map:
		d.table(node, t)
	case reflect.String:
		d.text(node, t)
	case reflect.Bool:
		d.boolean(node, t)
	default:
		d.number(node, t)
	}
}

// begin returns where node begins; the parser's own idea of a block mapping is
// its first colon.
func begin(node ast.Node) place {
	if m, ok := node.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return placeOf(m.Values[0].Key.GetToken())
	}
	return placeOf(node.GetToken())
}

// structure reads a mapping into a struct: every key known, none twice, none
// left out that must be there.
func (d *decoder) structure(node ast.Node, t target) {
	word := wordOf(t.value)
	if word != "" && scalar(node) == word {
		t.value.SetZero()
		return
	}
	entries, ok := d.entries(node, t)
	if !ok {
		return
	}
	if word != "" && len(entries) == 0 {
		d.problem(t.path, "is empty", fmt.Sprintf("write %q instead", word))
	}
	fields := fieldsOf(t.value.Type())
	for _, e := range entries {
		field, known := fields[e.key]
		if !known {
			keys := slices.Sorted(maps.Keys(fields))
			d.problems = append(d.problems, e.at.problem(t.path, "unknown key "+quote(e.key), suggest(e.key, keys)))
			continue
		}
		d.value(e.value, target{path: join(t.path, e.key), value: t.value.FieldByIndex(field.Index), tag: field.Tag})
	}
	d.missing(entries, t)
}

// wordOf returns the word that stands for the zero value, "" when there is none.
func wordOf(value reflect.Value) string {
	if w, ok := value.Interface().(interface{ word() string }); ok {
		return w.word()
	}
	return ""
}

// missing reports the keys that must be there and are not.
func (d *decoder) missing(entries []entry, t target) {
	for field := range t.value.Type().Fields() {
		key := field.Tag.Get("yaml")
		there := slices.ContainsFunc(entries, func(e entry) bool { return e.key == key })
		if field.Tag.Get("must") == "be-there" && !there {
			d.problem(t.path, fmt.Sprintf("the key %q is missing", key), field.Tag.Get("doc"))
		}
	}
}

// table reads a mapping with keys of one kind.
func (d *decoder) table(node ast.Node, t target) {
	entries, ok := d.entries(node, t)
	if !ok {
		return
	}
	keyType, valueType := t.value.Type().Key(), t.value.Type().Elem()
	result := reflect.MakeMapWithSize(t.value.Type(), len(entries))
	for _, e := range entries {
		if message, hint := breach(keyType, e.key); message != "" {
			d.problems = append(d.problems, e.at.problem(t.path, message, hint))
			continue
		}
		value := reflect.New(valueType).Elem()
		d.value(e.value, target{path: join(t.path, e.key), value: value})
		result.SetMapIndex(reflect.ValueOf(e.key).Convert(keyType), value)
	}
	d.counted(t, len(entries))
	t.value.Set(result)
}

// entry is a key of a mapping with its value.
type entry struct {
	key   string
	at    place
	value ast.Node
}

// entries returns the keys and values of a mapping, repeated keys left out; ok
// is false when node is none.
func (d *decoder) entries(node ast.Node, t target) (entries []entry, ok bool) {
	mapping, ok := node.(ast.MapNode)
	if !ok {
		hint := ""
		if word := wordOf(t.value); word != "" {
			hint = fmt.Sprintf("the only word here is %q", word)
		}
		d.problem(t.path, "must be keys with values, not "+kindOf(node), hint)
		return nil, false
	}
	first := map[string]place{}
	for it := mapping.MapRange(); it.Next(); {
		e := entry{key: it.Key().GetToken().Value, at: placeOf(it.Key().GetToken()), value: it.Value()}
		if earlier, twice := first[e.key]; twice {
			d.problems = append(d.problems, e.at.problem(t.path, "the key "+quote(e.key)+" stands here twice", firstAt(earlier)))
			continue
		}
		first[e.key] = e.at
		entries = append(entries, e)
	}
	return entries, true
}

func firstAt(p place) string { return fmt.Sprintf("first in line %d", p.line) }

// list reads a sequence. Texts must differ from one another: every list of
// texts is a set.
func (d *decoder) list(node ast.Node, t target) {
	sequence, ok := node.(*ast.SequenceNode)
	if !ok {
		d.problem(t.path, "must be a list, not "+kindOf(node), "")
		return
	}
	result := reflect.MakeSlice(t.value.Type(), len(sequence.Values), len(sequence.Values))
	first := map[string]place{}
	for i, v := range sequence.Values {
		item := target{path: fmt.Sprintf("%s[%d]", t.path, i), value: result.Index(i)}
		d.value(v, item)
		text := scalar(v)
		if earlier, twice := first[text]; twice && item.value.Kind() == reflect.String {
			d.problem(item.path, quote(text)+" stands here twice", firstAt(earlier))
		}
		first[text] = begin(v)
	}
	d.counted(t, len(sequence.Values))
	t.value.Set(result)
}

// text reads a scalar that has a rule. It keeps a text that breaks its rule, so
// that references to it do not seem to dangle.
func (d *decoder) text(node ast.Node, t target) {
	rule := t.value.Interface().(ruled).rule()
	switch node.Type() {
	case ast.StringType, ast.LiteralType:
	case ast.IntegerType, ast.FloatType, ast.BoolType:
		if !rule.any {
			d.problem(t.path, "must be a text, not "+kindOf(node), "write it in quotes")
			t.value.SetString(scalar(node))
			return
		}
	default:
		d.problem(t.path, "must be a text, not "+kindOf(node), "")
		return
	}
	text := scalar(node)
	if message, hint := breach(t.value.Type(), text); message != "" {
		d.problem(t.path, message, hint)
	}
	t.value.SetString(text)
}

// breach says how text breaks the rule of its type; "" when it does not.
func breach(of reflect.Type, text string) (message, hint string) {
	rule := reflect.Zero(of).Interface().(ruled).rule()
	switch {
	case rule.allows(text):
		return "", ""
	case rule.words != nil:
		return quote(text) + " is not " + rule.what, suggest(text, rule.words)
	default:
		return quote(text) + " must be " + rule.what, ""
	}
}

// boolean reads true or false.
func (d *decoder) boolean(node ast.Node, t target) {
	b, ok := node.(*ast.BoolNode)
	if !ok {
		d.problem(t.path, "must be true or false, not "+kindOf(node), "")
		return
	}
	t.value.SetBool(b.Value)
}

// number reads an integer, or for a float target any number.
func (d *decoder) number(node ast.Node, t target) {
	n, err := strconv.ParseFloat(scalar(node), 64)
	whole := t.value.Kind() == reflect.Int
	switch {
	case whole && (node.Type() != ast.IntegerType || err != nil):
		d.problem(t.path, "must be a whole number, not "+kindOf(node), "")
	case node.Type() != ast.IntegerType && node.Type() != ast.FloatType || err != nil:
		d.problem(t.path, "must be a number, not "+kindOf(node), "")
	case !d.within(t, n):
	case whole:
		t.value.SetInt(int64(n))
	default:
		t.value.SetFloat(n)
	}
}

// within reports whether n keeps the limits of t, and notes a problem when it
// does not.
func (d *decoder) within(t target, n float64) bool {
	least, greatest := limits(t.tag)
	switch {
	case least != nil && n < *least:
		d.problem(t.path, fmt.Sprintf("must be %v or more, not %v", *least, n), "")
	case greatest != nil && n > *greatest:
		d.problem(t.path, fmt.Sprintf("must be %v or less, not %v", *greatest, n), "")
	default:
		return true
	}
	return false
}

// counted is within for the length of a list or a table.
func (d *decoder) counted(t target, n int) {
	least, greatest := limits(t.tag)
	switch {
	case least != nil && float64(n) < *least:
		d.problem(t.path, fmt.Sprintf("must have %v or more items, not %d", *least, n), "")
	case greatest != nil && float64(n) > *greatest:
		d.problem(t.path, fmt.Sprintf("must have %v or fewer items, not %d", *greatest, n), "")
	}
}

// limits reads the tags min and max; nil means that there is none.
func limits(tag reflect.StructTag) (least, greatest *float64) {
	read := func(key string) *float64 {
		n, err := strconv.ParseFloat(tag.Get(key), 64)
		if err != nil {
			return nil
		}
		return &n
	}
	return read("min"), read("max")
}

// fieldsOf returns the fields of a struct type by their keys.
func fieldsOf(of reflect.Type) map[string]reflect.StructField {
	fields := map[string]reflect.StructField{}
	for field := range of.Fields() {
		fields[field.Tag.Get("yaml")] = field
	}
	return fields
}

// join returns the path of key in what path leads to.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// scalar returns the text of a scalar node, "" for others.
func scalar(node ast.Node) string {
	switch n := node.(type) {
	case *ast.LiteralNode:
		return n.Value.Value
	case ast.ScalarNode:
		return n.GetToken().Value
	}
	return ""
}

// kindOf names what a node is, for a problem.
func kindOf(node ast.Node) string {
	switch node.Type() {
	case ast.MappingType, ast.MappingValueType:
		return "keys with values"
	case ast.SequenceType:
		return "a list"
	case ast.IntegerType, ast.FloatType, ast.InfinityType, ast.NanType:
		return "the number " + quote(scalar(node))
	case ast.BoolType:
		return "the value " + quote(scalar(node))
	case ast.StringType, ast.LiteralType:
		return "the text " + quote(scalar(node))
	}
	return "something else"
}
