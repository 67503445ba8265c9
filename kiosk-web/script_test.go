package kioskweb_test

import (
	"slices"
	"strings"
	"unicode"
)

// tokenKind is what a part of a script is.
type tokenKind int

const (
	word     tokenKind = iota // a name or number
	mark                      // an operator or bracket
	text                      // a string
	template                  // a template literal
)

// hole stands, in the text of a template, for what a script fills in.
const hole = '\x00'

// scriptToken is a part of a script. What fills a template's holes follows it, in
// brackets.
type scriptToken struct {
	kind tokenKind
	text string // of a string or template: what it holds
	tag  string // of a template: the name before it
	line int
}

// tokens splits a script into its parts, without comments and regular
// expressions. It knows of JavaScript what finding words in it takes.
func tokens(script string) []scriptToken {
	s := scanner{rest: script, line: 1}
	s.scan(false)
	return s.tokens
}

// scanner reads a script from front to back.
type scanner struct {
	rest   string
	line   int
	tokens []scriptToken
}

// scan reads code up to its end, or up to the brace that closes a hole.
func (s *scanner) scan(inHole bool) {
	depth := 0
	for s.rest != "" {
		switch c := s.rest[0]; {
		case strings.HasPrefix(s.rest, "//"):
			s.skip(until(s.rest, "\n"))
		case strings.HasPrefix(s.rest, "/*"):
			s.skip(2 + until(s.rest[2:], "*/") + 2)
		case c == '/' && s.beforeValue():
			s.skip(regexpLength(s.rest))
		case c == '\'' || c == '"':
			n := stringLength(s.rest)
			s.add(text, unescape(s.rest[1:max(n-1, 1)]))
			s.skip(n)
		case c == '`':
			s.template()
		case c == '}' && depth == 0 && inHole:
			s.skip(1)
			return
		case isWord(rune(c)) || c >= 0x80:
			n := len(s.rest) - len(strings.TrimLeftFunc(s.rest, isWord))
			s.add(word, s.rest[:max(n, 1)])
			s.skip(max(n, 1))
		case unicode.IsSpace(rune(c)):
			s.skip(1)
		default:
			depth += strings.Count("{", string(c)) - strings.Count("}", string(c))
			s.operator()
		}
	}
}

// operator reads a bracket or sign; comparisons stay in one piece.
func (s *scanner) operator() {
	n := 1
	for _, long := range []string{"===", "!==", "==", "!=", "=>", "+=", "<=", ">="} {
		if strings.HasPrefix(s.rest, long) {
			n = len(long)
			break
		}
	}
	s.add(mark, s.rest[:n])
	s.skip(n)
}

// template reads a template literal and the code in its holes.
func (s *scanner) template() {
	at := len(s.tokens)
	tag := ""
	if at > 0 && s.tokens[at-1].kind == word {
		tag = s.tokens[at-1].text
	}
	s.tokens = append(s.tokens, scriptToken{kind: template, tag: tag, line: s.line})
	var held strings.Builder
	s.skip(1)
	for s.rest != "" && s.rest[0] != '`' {
		switch {
		case strings.HasPrefix(s.rest, "${"):
			held.WriteRune(hole)
			s.skip(2)
			s.add(mark, "(")
			s.scan(true)
			s.add(mark, ")")
		case s.rest[0] == '\\' && len(s.rest) > 1:
			held.WriteString(unescape(s.rest[:2]))
			s.skip(2)
		default:
			held.WriteByte(s.rest[0])
			s.skip(1)
		}
	}
	s.skip(1)
	s.tokens[at].text = held.String()
}

// beforeValue reports whether a value may come next, so that a slash begins a
// regular expression and does not divide.
func (s *scanner) beforeValue() bool {
	if len(s.tokens) == 0 {
		return true
	}
	switch last := s.tokens[len(s.tokens)-1]; last.kind {
	case mark:
		return last.text != ")" && last.text != "]" && last.text != "}"
	case word:
		return slices.Contains([]string{"return", "typeof", "case", "in", "of"}, last.text)
	}
	return false
}

func (s *scanner) add(kind tokenKind, held string) {
	s.tokens = append(s.tokens, scriptToken{kind: kind, text: held, line: s.line})
}

// skip goes on by n bytes.
func (s *scanner) skip(n int) {
	n = min(n, len(s.rest))
	s.line += strings.Count(s.rest[:n], "\n")
	s.rest = s.rest[n:]
}

// until returns how many bytes come before mark.
func until(code, mark string) int {
	if i := strings.Index(code, mark); i >= 0 {
		return i
	}
	return len(code)
}

// stringLength returns how long the string is that code begins with.
func stringLength(code string) int {
	for i := 1; i < len(code); i++ {
		switch code[i] {
		case '\\':
			i++
		case code[0]:
			return i + 1
		}
	}
	return len(code)
}

// regexpLength returns how long the regular expression is that code begins with.
func regexpLength(code string) int {
	class := false
	for i := 1; i < len(code); i++ {
		switch c := code[i]; {
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			return i + 1
		}
	}
	return len(code)
}

// unescape takes the backslashes out of a string.
func unescape(held string) string { return strings.ReplaceAll(held, `\`, "") }

func isWord(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r) }
