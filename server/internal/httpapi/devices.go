package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/wire"
)

func mountDevices(s *Server) {
	read(s, access.ActDevicesRead, "List the devices", func(context.Context, *call) ([]wire.Device, error) {
		return listed(s.Reads.Devices()), nil
	})
	ask(s, access.ActDeviceTest, "Let a device prove that it works", func(ctx context.Context, c *call) (wire.DeviceTest, error) {
		return s.Admin.TestDevice(ctx, branch.DeviceID(c.target))
	})
	paper := describe(ruleOf(access.ActDevicePaper), "See what a virtual printer has printed")
	paper.Responses["200"] = contentResponse("A picture", "image/*", huma.TypeString)
	mountRaw(s, paper, s.paper)
}

func (s *Server) paper(c *fiber.Ctx) error {
	picture, err := s.Admin.Paper(c.UserContext(), branch.DeviceID(c.Params("id")))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, picture.Type)
	return c.Send(picture.Body)
}

// ask mounts a POST that changes nothing a command could change and needs no
// body.
func ask[O any](s *Server, action access.Action, summary string, answer func(context.Context, *call) (O, error)) {
	type out struct{ Body O }
	operation := describe(ruleOf(action), summary)
	operation.RequestBody = &huma.RequestBody{}
	operation.DefaultStatus = http.StatusOK
	huma.Register(s.api, operation, func(ctx context.Context, _ *input[none]) (*out, error) {
		body, err := answer(ctx, callOf(ctx))
		if err != nil {
			return nil, s.refusal(ctx, err)
		}
		return &out{body}, nil
	})
}
