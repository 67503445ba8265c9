package branch

import (
	"errors"
	"fmt"
	"time"
)

// Code names a refusal for machines; the list is the contract's.
type Code string

// The codes of the contract.
const (
	CodeInvalid              Code = "invalid"
	CodeMalformed            Code = "malformed"
	CodeUnsupportedMediaType Code = "unsupported-media-type"
	CodeTooLarge             Code = "too-large"
	CodeUnknownService       Code = "unknown-service"
	CodeUnknownNeed          Code = "unknown-need"
	CodeUnknownReason        Code = "unknown-reason"
	CodeUnknownPlace         Code = "unknown-place"
	CodeUnknownLanguage      Code = "unknown-language"
	CodeNotFound             Code = "not-found"
	CodeMethodNotAllowed     Code = "method-not-allowed"
	CodeUnauthenticated      Code = "unauthenticated"
	CodeForbidden            Code = "forbidden"
	CodeWrongState           Code = "wrong-state"
	CodeCounterBusy          Code = "counter-busy"
	CodeCounterClosed        Code = "counter-closed"
	CodeTaken                Code = "taken"
	CodeIDReused             Code = "id-reused"
	CodeBranchClosed         Code = "branch-closed"
	CodeMisdirected          Code = "misdirected"
	CodeTooMany              Code = "too-many"
	CodeBusy                 Code = "busy"
	CodeStorage              Code = "storage"
)

// Error is a refusal: a code for machines and a sentence for people.
type Error struct {
	Code Code
	// Detail is one plain English sentence. It never repeats what the client
	// sent, beyond configured ids.
	Detail string
	// Fields names each wrong field of a CodeInvalid.
	Fields []FieldError
	// State and Allowed belong to CodeWrongState: the state it is in and the
	// verbs it allows.
	State   string
	Allowed []string
	// By belongs to CodeTaken: who accepted.
	By string
	// RetryAfter belongs to CodeTooMany, CodeBusy and CodeStorage.
	RetryAfter time.Duration
}

// FieldError says what is wrong with one field, named as in the contract.
type FieldError struct {
	Field   string
	Message string
}

// Error returns the code and the sentence.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Detail }

// Is reports whether target is an *Error with the same code, so that
// errors.Is(err, &Error{Code: c}) works.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Refuse returns an *Error with a formatted sentence.
func Refuse(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// Invalid refuses wrong fields, each named.
func Invalid(fields ...FieldError) *Error {
	return &Error{Code: CodeInvalid, Detail: "A field of the request is wrong.", Fields: fields}
}

// WrongState refuses what something in this state does not allow; allowed lists
// the verbs that it does, none but not nil when it allows nothing any more. what
// begins the sentence: "The visit".
func WrongState(what, state string, allowed []string) *Error {
	err := Refuse(CodeWrongState, "%s is %s: this cannot be done now.", what, state)
	err.State, err.Allowed = state, allowed
	return err
}

// CodeOf returns the code of err, or "" when it carries none.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
