package branch

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanText reports whether a reader sees text as it was typed: it is UTF-8
// without control characters, line separators, and characters that turn the
// direction of what stands around them.
func CleanText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.Is(unicode.Bidi_Control, r) || unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp)
	})
}
