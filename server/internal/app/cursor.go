package app

import (
	"strconv"
	"strings"

	"handrail/server/internal/branch"
)

// cursor writes a place in the log as clients keep it.
func cursor(logID string, seq uint64) string {
	return logID + "." + strconv.FormatUint(seq, 10)
}

// parseCursor reads a client's cursor; the empty one is the beginning. A cursor
// of another log or beyond last is refused: it names nothing here.
func parseCursor(text, logID string, last uint64) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	id, number, _ := strings.Cut(text, ".")
	seq, err := strconv.ParseUint(number, 10, 64)
	if err != nil || id != logID || seq > last {
		return 0, &branch.Error{Code: branch.CodeInvalid, Detail: "The cursor is not one of this log.",
			Fields: []branch.FieldError{{Field: "after", Message: "is not a cursor of this log"}}}
	}
	return seq, nil
}
