package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/wire"
)

// codeInternal is the one code outside the domain's list: the box itself made a
// mistake, which is in its log.
const codeInternal branch.Code = "internal"

// maxFieldErrors bounds the list of wrong fields in one problem.
const maxFieldErrors = 16

// problemType is the media type of every refusal.
const problemType = "application/problem+json"

// problem is a refusal on its way out. It satisfies the interfaces by which
// huma learns an error's status, headers and media type.
type problem struct {
	wire.Problem

	retry time.Duration
}

// Error returns the sentence for people.
func (p *problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status.
func (p *problem) GetStatus() int { return p.Status }

// ContentType turns JSON into problem JSON.
func (p *problem) ContentType(string) string { return problemType }

// GetHeaders returns Retry-After, in whole seconds and at least 1, where the
// contract asks for it.
func (p *problem) GetHeaders() http.Header {
	header := http.Header{}
	switch branch.Code(p.Code) {
	case branch.CodeTooMany, branch.CodeBusy, branch.CodeStorage:
		seconds := max(1, int(math.Ceil(p.retry.Seconds())))
		header.Set(fiber.HeaderRetryAfter, strconv.Itoa(seconds))
	}
	return header
}

// problemOf turns any error into a refusal; an error without a code says
// nothing of itself.
func problemOf(err error) *problem {
	var ready *problem
	if errors.As(err, &ready) {
		return ready
	}
	var refusal *branch.Error
	switch {
	case errors.As(err, &refusal):
		return refused(refusal)
	case isUnanswered(err):
		return refused(branch.Refuse(branch.CodeBusy, "The box could not answer in time; ask again under the same id."))
	default:
		return refused(branch.Refuse(codeInternal, "The request could not be carried out."))
	}
}

// isUnanswered reports whether the box was stopped, or the time was up, before
// it was known what became of a request.
func isUnanswered(err error) bool {
	return errors.Is(err, engine.ErrStopped) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func refused(e *branch.Error) *problem {
	p := &problem{retry: e.RetryAfter, Problem: wire.NewProblem(string(e.Code), e.Detail)}
	p.State, p.Allowed, p.By = e.State, e.Allowed, e.By
	for _, f := range e.Fields[:min(len(e.Fields), maxFieldErrors)] {
		p.Errors = append(p.Errors, wire.ProblemField{Field: f.Field, Message: f.Message})
	}
	return p
}

// useProblems makes huma speak in problems. huma has one variable for this, so
// it is set once for the process.
var useProblems = sync.OnceFunc(func() { huma.NewError = newProblem })

// newProblem is what huma calls for a request that it refuses by itself.
func newProblem(status int, _ string, errs ...error) huma.StatusError {
	switch status {
	case http.StatusUnprocessableEntity:
		return refused(invalid(errs))
	case http.StatusBadRequest:
		return refused(branch.Refuse(branch.CodeMalformed, "The body is not the JSON that this route reads."))
	case http.StatusUnsupportedMediaType:
		return refused(branch.Refuse(branch.CodeUnsupportedMediaType, "The body must be JSON."))
	case http.StatusRequestEntityTooLarge:
		return refused(tooLarge())
	}
	return problemOf(errors.Join(errs...))
}

// invalid names each field of a failed validation. A body that is no object at
// all is malformed: there is no field to name.
func invalid(errs []error) *branch.Error {
	e := branch.Refuse(branch.CodeInvalid, "A field of the request is wrong.")
	for _, err := range errs {
		var detail *huma.ErrorDetail
		if !errors.As(err, &detail) {
			continue
		}
		if detail.Location == "body" && detail.Message == validation.MsgExpectedObject {
			return branch.Refuse(branch.CodeMalformed, "The body must be a JSON object.")
		}
		if detail.Location == "body" && isOfDecoder(detail) {
			return branch.Refuse(branch.CodeMalformed, "The body is not the JSON that this route reads.")
		}
		e.Fields = append(e.Fields, fieldError(detail))
	}
	return e
}

// isOfDecoder reports whether a body passed validation and could not be decoded
// all the same, such as 5.0 for an integer. The decoder's sentence tells of Go
// types and names no field of the contract.
func isOfDecoder(detail *huma.ErrorDetail) bool { return strings.HasPrefix(detail.Message, "json: ") }

// fieldError names the field as the contract does: "needs[3]" for huma's
// "body.needs[3]". Of a missing property huma names only the object that lacks
// it; the property stands in its message.
func fieldError(detail *huma.ErrorDetail) branch.FieldError {
	field := detail.Location
	for _, part := range []string{"body", "path", "query", "header"} {
		if rest, ok := strings.CutPrefix(field, part); ok && (rest == "" || rest[0] == '.') {
			field = strings.TrimPrefix(rest, ".")
			break
		}
	}
	before, after, _ := strings.Cut(validation.MsgExpectedRequiredProperty, "%s")
	if rest, ok := strings.CutPrefix(detail.Message, before); ok {
		return branch.FieldError{Field: strings.TrimSuffix(rest, after), Message: "is required"}
	}
	return branch.FieldError{Field: field, Message: detail.Message}
}

func invalidField(field, message string) *branch.Error {
	e := branch.Refuse(branch.CodeInvalid, "A field of the request is wrong.")
	e.Fields = []branch.FieldError{{Field: field, Message: message}}
	return e
}

func tooLarge() *branch.Error {
	return branch.Refuse(branch.CodeTooLarge, "A request may be at most %d KiB.", bodyLimit>>10)
}

// ofFiber gives the errors of Fiber and fasthttp a code; others stay as they
// are. Theirs have sentences that repeat what the client sent.
func ofFiber(err error) error {
	var status *fiber.Error
	if !errors.As(err, &status) {
		return err
	}
	switch status.Code {
	case http.StatusNotFound:
		return branch.Refuse(branch.CodeNotFound, "There is no such route.")
	case http.StatusMethodNotAllowed:
		return branch.Refuse(branch.CodeMethodNotAllowed, "The route has other methods.")
	case http.StatusRequestEntityTooLarge, http.StatusRequestHeaderFieldsTooLarge:
		return tooLarge()
	case http.StatusRequestTimeout:
		return branch.Refuse(branch.CodeMalformed, "The request did not arrive in time.")
	case http.StatusBadRequest:
		return branch.Refuse(branch.CodeMalformed, "The request is not HTTP that this box reads.")
	}
	return err
}

// writeProblem answers with p and nothing else of what was written before.
func writeProblem(ctx *fasthttp.RequestCtx, p *problem) {
	body, err := json.Marshal(p.Problem)
	if err != nil {
		body = nil // cannot happen: a problem is strings and numbers
	}
	secureHeaders(&ctx.Response.Header)
	for name, values := range p.GetHeaders() {
		ctx.Response.Header.Set(name, values[0])
	}
	ctx.Response.Header.SetContentType(problemType)
	ctx.SetStatusCode(p.Status)
	ctx.SetBody(body)
}
