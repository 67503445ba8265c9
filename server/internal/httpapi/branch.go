package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
	"handrail/server/internal/speech"
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
	clip := describe(ruleOf(access.ActSpeech), "Hear what the hall is to hear")
	clip.Responses["200"] = contentResponse("Speech", wavType, huma.TypeString)
	mountRaw(s, clip, s.speech)
}

// wavType is the media type of a clip.
const wavType = "audio/wav"

// speech answers with a clip. A box without a voice is busy: that is the code
// for what may go well later and is no fault of the request, and the caption is
// there meanwhile.
func (s *Server) speech(c *fiber.Ctx) error {
	id, ok := speech.ParseID(c.Params("clip"))
	if !ok {
		return branch.Refuse(branch.CodeNotFound, "There is no such clip.")
	}
	wav, err := s.Reads.Speech(c.UserContext(), id)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, wavType)
	return c.Send(wav)
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
