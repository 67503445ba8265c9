package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Problem is one thing wrong with a configuration.
type Problem struct {
	// File is the name given to Parse.
	File string
	// Line and Column count from 1; columns are characters, not bytes.
	Line   int
	Column int
	// Path leads to the value, "services[2].prefix"; empty for the whole file.
	Path    string
	Message string
	// Hint says what to do about it; it may be empty.
	Hint string
}

// Error returns "branch.yaml:12:7: services[2].prefix: message (hint)".
func (p Problem) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s:%d:%d: ", p.File, p.Line, p.Column)
	if p.Path != "" {
		text.WriteString(p.Path + ": ")
	}
	text.WriteString(p.Message)
	if p.Hint != "" {
		text.WriteString(" (" + p.Hint + ")")
	}
	return text.String()
}

// Problems is a non-empty list of problems as one error.
type Problems []Problem

// Error returns the problems, one a line.
func (list Problems) Error() string {
	lines := make([]string, len(list))
	for i, p := range list {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// maxProblems bounds the list: a file that is no configuration at all would
// otherwise be answered with itself, many times over.
const maxProblems = 500

// report puts problems in the order of the file, each once, and names the file.
func report(file string, problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Path, b.Path))
	})
	problems = slices.Compact(problems)
	if len(problems) > maxProblems {
		last := problems[maxProblems]
		last.Path, last.Hint = "", "mend these first"
		last.Message = fmt.Sprintf("%d more problems are not shown", len(problems)-maxProblems)
		problems = append(problems[:maxProblems:maxProblems], last)
	}
	for i := range problems {
		problems[i].File = file
	}
	return problems
}

// quote shows what stands in the file, shortened, with what cannot be seen
// written out.
func quote(text string) string {
	const longest = 40
	if utf8.RuneCountInString(text) > longest {
		text = string([]rune(text)[:longest]) + "…"
	}
	return fmt.Sprintf("%q", text)
}

// suggest returns a hint for a word that is none of words: the nearest one, or
// all of them when they are few.
func suggest(word string, words []string) string {
	if near := nearest(word, words); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	const few = 15
	if len(words) == 0 || len(words) > few {
		return ""
	}
	return "known: " + strings.Join(words, ", ")
}

// nearest returns the word at the least distance from word, or "" when none is
// near enough to be a slip of the keyboard.
func nearest(word string, words []string) string {
	const longest = 64
	if len(word) > longest {
		return ""
	}
	best, limit := "", len(word)/3+2
	for _, w := range words {
		if d := distance(strings.ToLower(word), strings.ToLower(w)); d < limit && d < len(w) {
			best, limit = w, d
		}
	}
	return best
}

// distance is the number of bytes to insert, delete or replace to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
