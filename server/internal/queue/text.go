package queue

import (
	"unicode"
	"unicode/utf8"

	"handrail/server/internal/branch"
)

// maxText is how many characters a reason may have: what fits beside a visit on
// a screen.
const maxText = 200

// checkText refuses a text that could not be shown as it was typed: too long, no
// UTF-8, or with characters that control the screen or turn the direction of
// the text around it.
func checkText(field, text string) error {
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxText {
		return invalid(branch.FieldError{Field: field, Message: "must be UTF-8 text of at most 200 characters"})
	}
	for _, r := range text {
		if unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r) {
			return invalid(branch.FieldError{Field: field,
				Message: "must not contain control characters or characters that change the text direction"})
		}
	}
	return nil
}
