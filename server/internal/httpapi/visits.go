package httpapi

import (
	"cmp"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/queue"
	"handrail/server/internal/wire"
)

func mountVisits(s *Server) {
	mount(s, verb[wire.CreateVisit, wire.Visit]{access.ActVisitsCreate, "Take a ticket", createVisit, s.createdVisit})
	alsoAnswers(s, access.ActVisitsCreate, http.StatusCreated, "A new visit; 200 when the request was repeated")
	read(s, access.ActVisitRead, "Read a visit", func(ctx context.Context, c *call) (wire.Visit, error) {
		return s.visit(ctx, c, branch.VisitID(c.target))
	})

	qr := describe(ruleOf(access.ActVisitQR), "See the visit's link as a QR code")
	qr.Responses["200"] = contentResponse("A picture", "image/svg+xml", huma.TypeString)
	mountRaw(s, qr, s.qr)

	onVisit := func(action access.Action, summary string, command func(branch.VisitID) branch.Command) {
		mount(s, verb[none, wire.Visit]{action, summary, func(c *call, _ none) (branch.Command, error) {
			return command(branch.VisitID(c.target)), nil
		}, s.changedVisit})
	}
	onVisit(access.ActVisitAway, "Leave the hall for a while and keep the place",
		func(id branch.VisitID) branch.Command { return queue.Away{Visit: id} })
	onVisit(access.ActVisitBack, "Be back in the hall",
		func(id branch.VisitID) branch.Command { return queue.Back{Visit: id} })
	onVisit(access.ActVisitCancel, "Leave the queue",
		func(id branch.VisitID) branch.Command { return queue.Cancel{Visit: id} })
	onVisit(access.ActVisitRecall, "Call again",
		func(id branch.VisitID) branch.Command { return queue.Recall{Visit: id} })
	onVisit(access.ActVisitConfirm, "Say that the person is at the counter",
		func(id branch.VisitID) branch.Command { return queue.Confirm{Visit: id} })
	onVisit(access.ActVisitNoShow, "Say that the called person did not come",
		func(id branch.VisitID) branch.Command { return queue.NoShow{Visit: id} })

	mount(s, verb[wire.Finish, wire.Visit]{access.ActVisitFinish, "End the service", finish, s.changedVisit})
	mount(s, verb[wire.Park, wire.Visit]{access.ActVisitPark, "Set a served visit aside", park, s.changedVisit})
	mount(s, verb[wire.Transfer, wire.Visit]{access.ActVisitTransfer, "Send to a service or a counter", transfer, s.changedVisit})
	mount(s, verb[wire.Return, wire.Visit]{access.ActVisitReturn, "Bring back to the queue", returnVisit, s.changedVisit})
}

// qr shows the link of a visit of today to whoever has its key.
func (s *Server) qr(c *fiber.Ctx) error {
	id := branch.VisitID(callOf(c.Context()).target)
	if _, err := s.Reads.Visit(c.UserContext(), id); err != nil {
		return err
	}
	picture, err := s.QR(id)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, picture.Type)
	return c.Send(picture.Body)
}

func createVisit(c *call, body wire.CreateVisit) (branch.Command, error) {
	class := branch.Class(body.Class)
	if class == branch.Urgent && c.by.Role != branch.RoleSupervisor {
		return nil, branch.Refuse(branch.CodeForbidden, "Only a supervisor gives the class urgent.")
	}
	needs := make([]branch.Need, len(body.Needs))
	for i, need := range body.Needs {
		needs[i] = branch.Need(need)
	}
	return queue.Create{
		Service:  branch.ServiceID(body.Service),
		Needs:    needs,
		Language: branch.Language(body.Language),
		Class:    class,
	}, nil
}

func finish(c *call, body wire.Finish) (branch.Command, error) {
	return queue.Finish{
		Visit:   branch.VisitID(c.target),
		Outcome: queue.Outcome(body.Outcome),
		Next:    branch.ServiceID(body.Next),
	}, nil
}

func park(c *call, body wire.Park) (branch.Command, error) {
	return queue.Park{Visit: branch.VisitID(c.target), Minutes: body.Minutes, Reason: body.Reason}, nil
}

func transfer(c *call, body wire.Transfer) (branch.Command, error) {
	if (body.Service == "") == (body.Counter == "") {
		return nil, invalidField("service", "exactly one of service and counter is required")
	}
	return queue.Transfer{
		Visit:     branch.VisitID(c.target),
		Service:   branch.ServiceID(body.Service),
		Counter:   branch.CounterID(body.Counter),
		KeepPlace: body.KeepPlace == nil || *body.KeepPlace,
	}, nil
}

func returnVisit(c *call, body wire.Return) (branch.Command, error) {
	return queue.Return{Visit: branch.VisitID(c.target), Position: queue.Position(body.Position)}, nil
}

// createdVisit shows a new visit with its key. Asked again, it shows the visit
// as it is now, with the ticket, the wait and the key that were answered first.
func (s *Server) createdVisit(ctx context.Context, c *call, result engine.Result) (*wire.Visit, error) {
	visit, err := s.changedVisit(ctx, c, result)
	if err != nil {
		return nil, err
	}
	visit.Ticket = cmp.Or(string(result.Answer.Ticket), visit.Ticket)
	visit.Key = s.Keeper.VisitKey(branch.VisitID(visit.ID))
	if wait := result.Answer.Wait; wait != nil {
		visit.Wait = &wire.Wait{
			LikelySeconds: wait.LikelySeconds,
			LowSeconds:    wait.LowSeconds,
			HighSeconds:   wait.HighSeconds,
			SaidAt:        wire.Time(wait.SaidAt.Time()),
		}
	}
	return visit, nil
}

func (s *Server) changedVisit(ctx context.Context, c *call, result engine.Result) (*wire.Visit, error) {
	visit, err := s.visit(ctx, c, cmp.Or(result.Answer.Visit, branch.VisitID(c.target)))
	return &visit, err
}

// visit reads a visit for whoever asks: why it was called is for staff.
func (s *Server) visit(ctx context.Context, c *call, id branch.VisitID) (wire.Visit, error) {
	visit, err := s.Reads.Visit(ctx, id)
	if c.by.Role == branch.RoleKiosk || c.by.Role == branch.RoleVisit {
		visit.Reason = nil
	}
	return visit, err
}
