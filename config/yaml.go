package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The bounds of a file. Real branches stay under a tenth of them.
const (
	maxBytes  = 256 << 10
	maxTokens = 20_000
	maxDepth  = 16
)

// place is where something stands in the file, from 1; columns are characters.
type place struct{ line, column int }

// start returns the place of what is wrong with the whole file.
func start() place { return place{line: 1, column: 1} }

func placeOf(t *token.Token) place { return place{line: t.Position.Line, column: t.Position.Column} }

// after returns the place after r.
func (p place) after(r rune) place {
	if r == '\n' {
		return place{line: p.line + 1, column: 1}
	}
	return place{line: p.line, column: p.column + 1}
}

// compare orders places as they follow one another in the file.
func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.line, q.line), cmp.Compare(p.column, q.column))
}

func (p place) problem(path, message, hint string) Problem {
	return Problem{Line: p.line, Column: p.column, Path: path, Message: message, Hint: hint}
}

// parseYAML returns the one document in data.
func parseYAML(data []byte) (ast.Node, []Problem) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if problems := checkText(data); len(problems) > 0 {
		return nil, problems
	}
	tokens := lexer.Tokenize(string(data))
	if problems := checkTokens(tokens); len(problems) > 0 {
		return nil, problems
	}
	// Repeated keys are for the decoder to report: it knows their paths.
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, []Problem{syntaxProblem(err)}
	}
	return onlyDocument(file)
}

// onlyDocument returns the root of the one document in file.
func onlyDocument(file *ast.File) (ast.Node, []Problem) {
	var root ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case root == nil:
			root = doc.Body
		default:
			return nil, []Problem{begin(doc.Body).problem("", "a second document begins", "one file is one branch")}
		}
	}
	if root == nil {
		return nil, []Problem{start().problem("", "the file is empty", "begin with the demo branch")}
	}
	return root, nil
}

// checkText refuses what is too long, is not UTF-8 or holds characters that
// cannot be seen.
func checkText(data []byte) []Problem {
	if len(data) > maxBytes {
		message := fmt.Sprintf("the file has %d bytes, more than %d", len(data), maxBytes)
		return []Problem{start().problem("", message, "")}
	}
	var problems []Problem
	at := start()
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && size == 1:
			problems = append(problems, at.problem("", "a byte that is not UTF-8", "save the file as UTF-8"))
		case invisible(r):
			problems = append(problems, at.problem("", fmt.Sprintf("the character %U cannot be seen", r), "remove it"))
		}
		at = at.after(r)
		data = data[size:]
	}
	return problems
}

// invisible reports whether r is a control or direction character; only the
// ends of lines are none.
func invisible(r rune) bool {
	if r == '\n' || r == '\r' {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// checkTokens refuses what a configuration has no use for before the parser
// spends time on it: references (a few bytes of them can stand for gigabytes),
// tags, and nesting so deep that parsing takes minutes.
func checkTokens(tokens token.Tokens) []Problem {
	var problems []Problem
	var depth nesting
	for i, t := range tokens {
		if i == maxTokens || depth.after(t) > maxDepth {
			return append(problems, placeOf(t).problem("", "too much for one branch, or nested too deeply", ""))
		}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			problems = append(problems, placeOf(t).problem("", "references are not allowed", "write the value out"))
		case token.TagType, token.DirectiveType:
			problems = append(problems, placeOf(t).problem("", "tags and directives are not allowed", "remove it"))
		}
	}
	return problems
}

// nesting counts what nests on a single line: brackets, and dashes in a row.
// Nesting by indentation is bounded by the size of the file.
type nesting struct{ brackets, dashes int }

// after returns the depth after t.
func (n *nesting) after(t *token.Token) int {
	if t.Type == token.SequenceEntryType {
		n.dashes++
	} else {
		n.dashes = 0
	}
	switch t.Type {
	case token.MappingStartType, token.SequenceStartType:
		n.brackets++
	case token.MappingEndType, token.SequenceEndType:
		n.brackets--
	}
	return n.brackets + n.dashes
}

// syntaxProblem turns the parser's error into a problem.
func syntaxProblem(err error) Problem {
	var syntax yaml.Error
	if errors.As(err, &syntax) && syntax.GetToken() != nil {
		return placeOf(syntax.GetToken()).problem("", "not YAML: "+syntax.GetMessage(), "look at the indentation and the colons")
	}
	return start().problem("", "not YAML: "+err.Error(), "")
}
