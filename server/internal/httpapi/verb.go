package httpapi

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
)

// verb is one command of the contract as clients send it: by its route and,
// where the matrix has a "do" command, by a frame. B is the body of the POST
// and of the frame's data, O the body of the answer.
type verb[B, O any] struct {
	action  access.Action
	summary string
	command func(*call, B) (branch.Command, error)
	// answer reads the outcome; nil means that there is nothing to show: 204.
	answer func(context.Context, *call, engine.Result) (*O, error)
}

// none is the body of a verb that needs no more than its target, or that
// answers nothing.
type none struct{}

func isNone[T any]() bool { return reflect.TypeFor[T]() == reflect.TypeFor[none]() }

// answerNothing is the answer of verbs that end in 204.
func answerNothing(context.Context, *call, engine.Result) (*none, error) { return nil, nil }

// input is what huma reads of a POST. The rest of the request is in callOf.
type input[B any] struct {
	Body *B
}

// Resolve refuses text that could hide or reorder what a person reads.
func (in *input[B]) Resolve(huma.Context) []error {
	return foulFields(reflect.ValueOf(in.Body), "body")
}

// output is what huma writes of an answer.
type output[O any] struct {
	Status int
	Body   *O
}

// mount makes a verb reachable.
func mount[B, O any](s *Server, v verb[B, O]) {
	rule := ruleOf(v.action)
	handle := func(ctx context.Context, in *input[B]) (*output[O], error) {
		var body B
		if in.Body != nil {
			body = *in.Body
		}
		return run(ctx, s, v, callOf(ctx), body)
	}
	operation := describe(rule, v.summary)
	operation.RequestBody = &huma.RequestBody{Required: !isNone[B]()}
	if isNone[O]() {
		operation.DefaultStatus = http.StatusNoContent
	}
	huma.Register(s.api, operation, handle)
	if rule.Command != "" {
		s.frames[rule.Command] = frameOf(s, rule, v)
	}
}

// run is the one way from a verb to the engine and back.
func run[B, O any](ctx context.Context, s *Server, v verb[B, O], c *call, body B) (*output[O], error) {
	command, err := v.command(c, body)
	if err != nil {
		return nil, s.refusal(ctx, err)
	}
	result, err := s.do(ctx, c, command)
	if err != nil {
		return nil, s.refusal(ctx, err)
	}
	answer, err := v.answer(ctx, c, result)
	if err != nil {
		return nil, s.refusal(ctx, err)
	}
	out := &output[O]{Status: http.StatusOK, Body: answer}
	switch {
	case answer == nil:
		out.Status = http.StatusNoContent
	case result.Answer.Created && !result.Repeated:
		out.Status = http.StatusCreated
	}
	return out, nil
}

// do hands a command to the engine.
func (s *Server) do(ctx context.Context, c *call, command branch.Command) (engine.Result, error) {
	result, err := s.Do.Do(ctx, branch.Request{ID: c.id, By: c.by, Command: command})
	s.counts.done(command.CommandName(), err)
	return result, err
}
