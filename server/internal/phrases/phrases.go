// Package phrases holds every word the branch shows, speaks or prints, one
// catalogue per language, so that the same thing is said in the same words on a
// screen, from a loudspeaker and on paper. The browser gets the same files.
//
// A key is flat and dotted, "page.step.accepted"; a sentence may hold named
// arguments, "{ticket}". Keys that end in an id of the contract ("need.hearing",
// "problem.taken") exist for every id the branch knows. The package decides
// nothing: which key is right is for its callers.
package phrases

import (
	"embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

//go:embed zh-CN.json en.json
var files embed.FS

// Languages returns the languages of the catalogue as BCP 47 tags, the first
// one of the branch first.
func Languages() []string { return []string{"zh-CN", "en"} }

// Catalogue holds the sentences of every language. It never changes and may be
// used by many goroutines.
type Catalogue struct {
	languages map[string]language
}

// language is one file: as it is served, and as it is used.
type language struct {
	file      []byte
	sentences map[string]sentence
}

// sentence is the text of a key with the names of its arguments.
type sentence struct {
	text string
	args []string
}

// Load reads the embedded catalogues. It fails when a file is not a flat object
// of strings, has a key twice, or holds a brace that belongs to no argument.
func Load() (*Catalogue, error) {
	c := &Catalogue{languages: make(map[string]language, len(Languages()))}
	for _, tag := range Languages() {
		file, err := files.ReadFile(tag + ".json")
		if err != nil {
			return nil, fmt.Errorf("phrases: %w", err)
		}
		sentences, err := parse(file)
		if err != nil {
			return nil, fmt.Errorf("phrases: %s.json: %w", tag, err)
		}
		c.languages[tag] = language{file: file, sentences: sentences}
	}
	return c, nil
}

// Sentence returns the sentence of key with its arguments filled in. It fails
// when the language or the key is unknown or an argument is missing; arguments
// that the sentence does not name are ignored.
func (c *Catalogue) Sentence(lang, key string, args map[string]string) (string, error) {
	s, ok := c.languages[lang].sentences[key]
	if !ok {
		return "", fmt.Errorf("phrases: no %q in %q", key, lang)
	}
	return s.fill(key, args)
}

// Say returns the sentence of key with its arguments filled in. Where Sentence
// would fail it returns the key itself: a person in front of a screen is better
// served by an odd word than by half a sentence or a blank, and the key tells
// staff what to report.
func (c *Catalogue) Say(lang, key string, args map[string]string) string {
	text, err := c.Sentence(lang, key, args)
	if err != nil {
		return key
	}
	return text
}

// Has reports whether lang has a sentence for key.
func (c *Catalogue) Has(lang, key string) bool {
	_, ok := c.languages[lang].sentences[key]
	return ok
}

// JSON returns the catalogue of lang as a flat object of strings, for the
// browser; false when there is none. The caller must not change the bytes.
func (c *Catalogue) JSON(lang string) ([]byte, bool) {
	l, ok := c.languages[lang]
	return l.file, ok
}

// Keys returns every key of lang in order.
func (c *Catalogue) Keys(lang string) []string {
	return slices.Sorted(maps.Keys(c.languages[lang].sentences))
}

// Args returns the names of the arguments of a sentence, in order; none for an
// unknown key.
func (c *Catalogue) Args(lang, key string) []string {
	return slices.Clone(c.languages[lang].sentences[key].args)
}

func (s sentence) fill(key string, args map[string]string) (string, error) {
	pairs := make([]string, 0, 2*len(s.args))
	for _, name := range s.args {
		value, ok := args[name]
		if !ok {
			return "", fmt.Errorf("phrases: %q needs %q", key, name)
		}
		pairs = append(pairs, "{"+name+"}", value)
	}
	// A Replacer goes through the text once, so that a value which looks like an
	// argument stays as it is.
	return strings.NewReplacer(pairs...).Replace(s.text), nil
}

// newSentence finds the arguments of text.
func newSentence(text string) (sentence, error) {
	argument := regexp.MustCompile(`\{([a-z]+)\}`)
	if strings.ContainsAny(argument.ReplaceAllString(text, ""), "{}") {
		return sentence{}, fmt.Errorf("a brace of %q belongs to no argument", text)
	}
	var args []string
	for _, match := range argument.FindAllStringSubmatch(text, -1) {
		args = append(args, match[1])
	}
	slices.Sort(args)
	return sentence{text: text, args: slices.Compact(args)}, nil
}
