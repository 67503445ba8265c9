// Every word on a screen is a phrase of the catalogue. Static HTML names it with
// data-say="key" (or data-say-label="key" and the like, for an attribute); a
// script calls say('key', args). A key that is put together begins with a fixed
// part, say(`need.${id}`), which stands for all keys that begin so. Where a key
// comes from elsewhere, say(choice.words), the file says which there are, in a
// comment of one line:
//
//	// says: need.*, reason.caring
//
// Text in an element with translate="no" is a name, not a word; <kbd> is a key.
package kioskweb_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// languages are those of the catalogue.
func languages() []string { return []string{"zh-CN", "en"} }

// catalogue returns the phrases of a language by key.
func catalogue(t *testing.T, language string) map[string]string {
	t.Helper()
	words := map[string]string{}
	if err := json.Unmarshal(read(t, "../server/internal/phrases/"+language+".json"), &words); err != nil {
		t.Fatal(err)
	}
	return words
}

// phrase returns a sentence as a screen shows it; args are names and values in
// turn: phrase(t, "en", "call.first", "ticket", "A017", "counter", "2").
func phrase(t *testing.T, language, key string, args ...string) string {
	t.Helper()
	text, known := catalogue(t, language)[key]
	if !known {
		t.Fatalf("no phrase %q in %s", key, language)
	}
	for i := 0; i+1 < len(args); i += 2 {
		text = strings.ReplaceAll(text, "{"+args[i]+"}", args[i+1])
	}
	if strings.ContainsAny(text, "{}") {
		t.Fatalf("%s in %s lacks an argument: %s", key, language, text)
	}
	return text
}

// usage is what files say of phrases: keys, beginnings of keys ("need."), and
// what is wrong with how they do it.
type usage struct {
	keys     []string
	prefixes []string
	wrong    []string
}

// add joins what another file says.
func (u *usage) add(other usage) {
	u.keys = append(u.keys, other.keys...)
	u.prefixes = append(u.prefixes, other.prefixes...)
	u.wrong = append(u.wrong, other.wrong...)
}

// uses reports whether a key is one of these.
func (u usage) uses(key string) bool {
	return slices.Contains(u.keys, key) || slices.ContainsFunc(u.prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
}

// missing returns the keys, and the beginnings that stand for no key, which
// words does not have.
func (u usage) missing(words map[string]string) []string {
	var missing []string
	for _, key := range u.keys {
		if _, known := words[key]; !known {
			missing = append(missing, key)
		}
	}
	for _, prefix := range u.prefixes {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(words)), func(key string) bool { return strings.HasPrefix(key, prefix) }) {
			missing = append(missing, prefix+"*")
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing)
}

func TestEveryWordOfTheScreensIsInTheCatalogue(t *testing.T) {
	said := screensSay(t)
	for _, wrong := range said.wrong {
		t.Error(wrong)
	}
	for _, language := range languages() {
		for _, key := range said.missing(catalogue(t, language)) {
			t.Errorf("a screen says %s, which is not in %s.json", key, language)
		}
	}
}

func TestEveryPhraseIsSaidSomewhere(t *testing.T) {
	screens, server, held := screensSay(t), goSays(t), scriptTexts(t)
	for key := range catalogue(t, "en") {
		// A script may hold the key in a table and say it later.
		if !screens.uses(key) && !server.uses(key) && !slices.Contains(held, key) {
			t.Errorf("nobody says %s", key)
		}
	}
}

// ownFiles lists the files of the screens with this ending that are not of
// others.
func ownFiles(t *testing.T, ending string) []string {
	t.Helper()
	var names []string
	for _, name := range filesBelow(t, "static") {
		if path.Ext(name) == ending && !strings.HasPrefix(name, "vendor/") {
			names = append(names, "static/"+name)
		}
	}
	return names
}

// screensSay reads all documents and scripts of the screens.
func screensSay(t *testing.T) usage {
	t.Helper()
	var said usage
	for _, name := range ownFiles(t, ".html") {
		said.add(markupSays(name, string(read(t, name))))
	}
	for _, name := range ownFiles(t, ".js") {
		said.add(scriptSays(name, string(read(t, name))))
	}
	return said
}

// scriptTexts returns every string in the scripts of the screens.
func scriptTexts(t *testing.T) []string {
	t.Helper()
	var texts []string
	for _, name := range ownFiles(t, ".js") {
		for _, token := range tokens(string(read(t, name))) {
			if token.kind == text {
				texts = append(texts, token.text)
			}
		}
	}
	return texts
}

// goSays returns what the Go code may say: its strings that are keys, and those
// that end in a dot or are a format of one.
func goSays(t *testing.T) usage {
	t.Helper()
	var said usage
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "kiosk-web" || d.Name() == ".git") {
			return skipFolder(err)
		}
		if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				said.addText(literal.Value)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return said
}

// skipFolder leaves a folder out, unless it could not be read.
func skipFolder(err error) error {
	if err != nil {
		return err
	}
	return fs.SkipDir
}

// addText notes a Go string as a key or the beginning of keys.
func (u *usage) addText(quoted string) {
	text, err := strconv.Unquote(quoted)
	if err != nil {
		return
	}
	start, _, made := strings.Cut(text, "%")
	switch {
	case regexp.MustCompile(`^([a-z-]+\.)+$`).MatchString(start):
		u.prefixes = append(u.prefixes, start)
	case !made:
		u.keys = append(u.keys, text)
	}
}

// said finds data-say="key" and data-say-label="key".
var said = regexp.MustCompile(`\sdata-say(?:-[a-z]+)?=(?:"([^"]*)"|'([^']*)'|([^\s>]*))`)

// markupSays reads HTML, a document or the text of a template in which hole
// stands for what a script fills in.
func markupSays(name, markup string) usage {
	var u usage
	for _, m := range said.FindAllStringSubmatch(markup, -1) {
		key := m[1] + m[2] + m[3]
		if key == "" || strings.ContainsRune(key, hole) {
			u.wrong = append(u.wrong, fmt.Sprintf("%s: data-say is not written out; in a script use say(…)", name))
			continue
		}
		u.keys = append(u.keys, key)
	}
	for _, words := range ownWords(markup) {
		u.wrong = append(u.wrong, fmt.Sprintf("%s: %q is not from the catalogue", name, words))
	}
	return u
}

// Parts of HTML.
var (
	invisible  = regexp.MustCompile(`(?s)<!--.*?-->|<!doctype[^>]*>|<(script|style)\b.*?</(?:script|style)>`)
	tagOrText  = regexp.MustCompile(`(?s)<(/?)([a-zA-Z][\w-]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>|[^<]+`)
	spoken     = regexp.MustCompile(`(?s)\s(?:aria-label|aria-description|aria-roledescription|aria-valuetext|title|alt|placeholder|label)=("[^"]*"|'[^']*'|[^\s>]+)`)
	buttonText = regexp.MustCompile(`(?s)\svalue=("[^"]*"|'[^']*'|[^\s>]+)`)
	entity     = regexp.MustCompile(`&#?\w+;`)
)

// ownWords returns the texts that a person would see or hear of markup itself.
func ownWords(markup string) []string {
	var words []string
	keep := func(text string) {
		text = strings.TrimSpace(strings.ReplaceAll(entity.ReplaceAllString(text, " "), string(hole), " "))
		if strings.ContainsFunc(text, unicode.IsLetter) {
			words = append(words, text)
		}
	}
	name := false // inside what is a name
	for _, m := range tagOrText.FindAllStringSubmatch(invisible.ReplaceAllString(markup, ""), -1) {
		tag, attributes := strings.ToLower(m[2]), m[3]
		if tag == "" {
			if !name {
				keep(m[0])
			}
			continue
		}
		name = m[1] == "" && (tag == "kbd" || strings.Contains(attributes, `translate="no"`))
		for _, a := range spoken.FindAllStringSubmatch(attributes, -1) {
			keep(strings.Trim(a[1], `"'`))
		}
		if a := buttonText.FindStringSubmatch(attributes); a != nil && tag == "input" && regexp.MustCompile(`type="?(button|submit|reset)`).MatchString(attributes) {
			keep(strings.Trim(a[1], `"'`))
		}
	}
	return words
}

// listed finds the comment that names keys from elsewhere.
var listed = regexp.MustCompile(`(?m)^\s*(?://|\*|/\*\*?)\s*says:\s*([a-z0-9.*, -]+?)\s*(?:\*/)?$`)

// scriptSays reads a script.
func scriptSays(name, script string) usage {
	var u usage
	elsewhere := listed.FindAllStringSubmatch(script, -1)
	for _, m := range elsewhere {
		for key := range strings.SplitSeq(m[1], ",") {
			u.addKey(strings.TrimSpace(key))
		}
	}
	all := tokens(script)
	for i, t := range all {
		switch {
		case t.kind == word && t.text == "say":
			if key, call := sayArgument(all[i:]); call && !(i > 0 && all[i-1].text == "function") {
				if !u.addArgument(key) && len(elsewhere) == 0 {
					u.wrong = append(u.wrong, fmt.Sprintf("%s:%d: say(…) without a key: write it out, or name the keys in a comment: says: …", name, t.line))
				}
			}
		case t.kind == template && (t.tag == "html" || t.tag == "svg"):
			u.add(markupSays(fmt.Sprintf("%s:%d", name, t.line), t.text))
		case (t.kind == text || t.kind == template) && strings.ContainsFunc(t.text, isHan):
			u.wrong = append(u.wrong, fmt.Sprintf("%s:%d: %q is not from the catalogue", name, t.line, t.text))
		case t.kind == text && strings.ContainsFunc(t.text, unicode.IsLetter) && isShown(all[:i]):
			u.wrong = append(u.wrong, fmt.Sprintf("%s:%d: %q is not from the catalogue", name, t.line, t.text))
		}
	}
	return u
}

// addKey notes a key, or its beginning before a star.
func (u *usage) addKey(key string) {
	if start, star := strings.CutSuffix(key, "*"); star {
		u.prefixes = append(u.prefixes, start)
	} else if key != "" {
		u.keys = append(u.keys, key)
	}
}

// sayArgument returns the tokens of the first argument of a call of say, and
// whether these tokens begin with a call rather than a definition.
func sayArgument(from []scriptToken) (argument []scriptToken, call bool) {
	if len(from) < 2 || from[1].text != "(" || from[1].kind != mark {
		return nil, false
	}
	depth, comma := 0, false
	for i, t := range from[1:] {
		opens, closes := t.kind == mark && strings.Contains("([{", t.text), t.kind == mark && strings.Contains(")]}", t.text)
		if closes {
			depth--
		}
		switch {
		case depth == 0 && closes:
			return argument, i+2 >= len(from) || from[i+2].text != "{"
		case depth == 1 && t.kind == mark && t.text == ",":
			comma = true
		case depth == 1 && !comma && !opens && !closes:
			argument = append(argument, t)
		}
		if opens {
			depth++
		}
	}
	return nil, false
}

// addArgument notes the keys in the first argument of say, and reports whether
// there was one. What is only compared is no key.
func (u *usage) addArgument(argument []scriptToken) bool {
	found := false
	for i, t := range argument {
		if t.kind != text && t.kind != template {
			continue
		}
		before, after := neighbour(argument, i-1), neighbour(argument, i+1)
		if strings.HasPrefix(before, "=") || strings.HasPrefix(after, "=") || strings.HasPrefix(after, "!") {
			continue
		}
		start, _, made := strings.Cut(t.text, string(hole))
		switch {
		case (made || after == "+") && start != "":
			u.prefixes, found = append(u.prefixes, start), true
		case !made:
			u.keys, found = append(u.keys, t.text), true
		}
	}
	return found
}

// neighbour returns the text of the mark at i, if there is one.
func neighbour(list []scriptToken, i int) string {
	if i < 0 || i >= len(list) || list[i].kind != mark {
		return ""
	}
	return list[i].text
}

// isShown reports whether what comes after these tokens is shown or read aloud.
func isShown(before []scriptToken) bool {
	n := len(before)
	shown := []string{"textContent", "innerText", "title", "ariaLabel", "ariaDescription", "placeholder", "alt"}
	if n >= 3 && before[n-1].text == "=" && before[n-3].text == "." {
		return slices.Contains(shown, before[n-2].text)
	}
	spokenNames := []string{"aria-label", "aria-description", "title", "alt", "placeholder"}
	return n >= 4 && before[n-1].text == "," && slices.Contains(spokenNames, before[n-2].text) && before[n-4].text == "setAttribute"
}

// isHan reports whether a letter is Chinese.
func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

func TestWhatAScriptSaysIsFound(t *testing.T) {
	tests := map[string]struct {
		script string
		want   usage
	}{
		"a key":                {`say('wait.none')`, usage{keys: []string{"wait.none"}}},
		"with arguments":       {`words.say("call.first", {ticket: a['x'], counter: say('b.c')})`, usage{keys: []string{"call.first", "b.c"}}},
		"one of two":           {`say(state === 'open' ? 'a.b' : "a.c")`, usage{keys: []string{"a.b", "a.c"}}},
		"a beginning":          {"say(`need.${id}`, f({}))", usage{prefixes: []string{"need."}}},
		"a sum":                {`say('need.' + id)`, usage{prefixes: []string{"need."}}},
		"in a template":        {"html`<b title=${say('a.b')}>${list.map((x) => html`<i>${say(`c.${x}`)}</i>`)}</b>`", usage{keys: []string{"a.b"}, prefixes: []string{"c."}}},
		"data-say in template": {"html`<b data-say=\"a.b\"></b>`", usage{keys: []string{"a.b"}}},
		"from elsewhere":       {"// says: need.*, a.b\nsay(choice.words)", usage{keys: []string{"a.b"}, prefixes: []string{"need."}}},
		"in JSDoc":             {"/**\n * says: need.*\n */\nsay(choice.words)", usage{prefixes: []string{"need."}}},
		"its definition":       {`export function say(key, args) { return key }`, usage{}},
		"as a method":          {`class W { say(key) { return key } }`, usage{}},
		"comment and regexp":   {"// say('x.y') 中文\n/* say('x.y') */ const r = /say('x')/; const n = a / b / c; say('a.b')", usage{keys: []string{"a.b"}}},
		"no key":               {`say(key)`, usage{wrong: []string{"f.js:1: say(…) without a key: write it out, or name the keys in a comment: says: …"}}},
		"only a hole":          {"say(`${key}`)", usage{wrong: []string{"f.js:1: say(…) without a key: write it out, or name the keys in a comment: says: …"}}},
		"Chinese":              {"\nconst a = '中文'", usage{wrong: []string{`f.js:2: "中文" is not from the catalogue`}}},
		"text of an element":   {`a.textContent = 'Hello'; a.textContent = ''; a.id = 'x'`, usage{wrong: []string{`f.js:1: "Hello" is not from the catalogue`}}},
		"label of an element":  {`a.setAttribute('aria-label', 'Hello'); a.setAttribute('lang', 'en')`, usage{wrong: []string{`f.js:1: "Hello" is not from the catalogue`}}},
		"text in a template":   {"html`<b>Hello ${a}</b>`", usage{wrong: []string{`f.js:1: "Hello" is not from the catalogue`}}},
		"label in a template":  {"html`<b aria-label=\"Hello ${a}\" class=\"x\">${a}</b>`", usage{wrong: []string{`f.js:1: "Hello" is not from the catalogue`}}},
		"made up data-say":     {"html`<b data-say=${key}></b>`", usage{wrong: []string{"f.js:1: data-say is not written out; in a script use say(…)"}}},
	}
	for name, test := range tests {
		if got := scriptSays("f.js", test.script); fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestWhatADocumentSaysIsFound(t *testing.T) {
	tests := map[string]struct {
		markup string
		want   usage
	}{
		"keys":          {`<!doctype html><title data-say="a.b"></title><input data-say-label='c.d' type="text" value="x">`, usage{keys: []string{"a.b", "c.d"}}},
		"no words":      {"<!-- Hello --><script>hello()</script><style>b {}</style><p>\n 12 &nbsp;· </p>", usage{}},
		"a name":        {`<b translate="no">Handrail</b><kbd>F2</kbd>`, usage{}},
		"text":          {`<p>Hello</p>`, usage{wrong: []string{`f: "Hello" is not from the catalogue`}}},
		"Chinese":       {`<p>你好</p>`, usage{wrong: []string{`f: "你好" is not from the catalogue`}}},
		"after a name":  {`<b translate="no">Handrail</b> box`, usage{wrong: []string{`f: "box" is not from the catalogue`}}},
		"alternative":   {`<img alt="A hand" src="hand.svg">`, usage{wrong: []string{`f: "A hand" is not from the catalogue`}}},
		"title":         {`<title>Kiosk</title>`, usage{wrong: []string{`f: "Kiosk" is not from the catalogue`}}},
		"a button":      {`<input type="submit" value="Go">`, usage{wrong: []string{`f: "Go" is not from the catalogue`}}},
		"an empty name": {`<p data-say=""></p>`, usage{wrong: []string{"f: data-say is not written out; in a script use say(…)"}}},
	}
	for name, test := range tests {
		if got := markupSays("f", test.markup); fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestAMissingPhraseIsFound(t *testing.T) {
	words := map[string]string{"need.hearing": "", "a.b": ""}
	if got := (usage{keys: []string{"a.b"}, prefixes: []string{"need."}}).missing(words); got != nil {
		t.Errorf("missing %v of what is there", got)
	}
	if got := (usage{keys: []string{"a.c", "a.c"}, prefixes: []string{"kneed."}}).missing(words); !slices.Equal(got, []string{"a.c", "kneed.*"}) {
		t.Errorf("missing %v", got)
	}
	used := usage{keys: []string{"a.b"}, prefixes: []string{"need."}}
	if !used.uses("a.b") || !used.uses("need.hearing") || used.uses("a.bc") {
		t.Error("a key is used by its name or its beginning")
	}
}

func TestAPhraseIsFilledIn(t *testing.T) {
	if got := phrase(t, "en", "call.first", "ticket", "A017", "counter", "2"); got != "Ticket A017, please go to 2" {
		t.Errorf("said %q", got)
	}
}
