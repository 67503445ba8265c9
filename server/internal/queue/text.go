package queue

import (
	"unicode/utf8"

	"handrail/server/internal/branch"
)

// maxText is how many characters a reason may have: what fits beside a visit on
// a screen.
const maxText = 200

// checkText refuses a text that could not be shown as it was typed.
func checkText(field, text string) error {
	if !branch.CleanText(text) || utf8.RuneCountInString(text) > maxText {
		return branch.Invalid(branch.FieldError{Field: field,
			Message: "must be at most 200 characters, without control and direction characters"})
	}
	return nil
}
