package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
	"handrail/server/internal/wire"
)

// mountBranch mounts what every screen needs to know of the branch.
func mountBranch(s *Server) {
	read(s, access.ActBranch, "Describe the branch", func(context.Context, *call) (wire.Branch, error) {
		return s.Reads.Branch(), nil
	})
	phrases := describe(ruleOf(access.ActPhrases), "Read the catalogue of a language")
	phrases.Responses["200"] = contentResponse("The phrases by key", fiber.MIMEApplicationJSON, huma.TypeObject)
	mountRaw(s, phrases, s.phrases)
}

func (s *Server) phrases(c *fiber.Ctx) error {
	catalogue, ok := s.Reads.Phrases(branch.Language(c.Params("lang")))
	if !ok {
		return branch.Refuse(branch.CodeNotFound, "There is no catalogue of this language.")
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(catalogue)
}

func mountDay(s *Server) {
	mount(s, verb[none, none]{access.ActDayOpen, "Begin the branch's day",
		func(*call, none) (branch.Command, error) { return queue.OpenDay{}, nil }, answerNothing})
	mount(s, verb[none, none]{access.ActDayClose, "End the branch's day",
		func(*call, none) (branch.Command, error) { return queue.CloseDay{}, nil }, answerNothing})
}

// contentResponse describes a success that huma does not write.
func contentResponse(description, mediaType, schemaType string) *huma.Response {
	return &huma.Response{
		Description: description,
		Content:     map[string]*huma.MediaType{mediaType: {Schema: &huma.Schema{Type: schemaType}}},
	}
}
