package httpapi

import (
	"context"
	"net/http"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/queue"
	"handrail/server/internal/wire"
)

func mountCounters(s *Server) {
	mount(s, verb[wire.OpenCounter, wire.Counter]{access.ActCounterOpen, "Open a counter", openCounter, s.changedCounter})
	mount(s, verb[wire.PauseCounter, wire.Counter]{access.ActCounterPause, "Stop calling at a free counter", pauseCounter, s.changedCounter})
	mount(s, verb[none, wire.Counter]{access.ActCounterClose, "Close a free counter", closeCounter, s.changedCounter})
	mount(s, verb[none, wire.Visit]{access.ActCounterCallNext, "Call whoever is next", callNext, s.calledVisit})
	alsoAnswers(s, access.ActCounterCallNext, http.StatusNoContent, "Nobody is next")
	mount(s, verb[wire.Call, wire.Visit]{access.ActCounterCall, "Call this person now, out of turn", callVisit, s.calledVisit})
}

func openCounter(c *call, body wire.OpenCounter) (branch.Command, error) {
	return queue.OpenCounter{Counter: branch.CounterID(c.target), Staff: branch.StaffID(body.Staff)}, nil
}

func pauseCounter(c *call, body wire.PauseCounter) (branch.Command, error) {
	return queue.PauseCounter{Counter: branch.CounterID(c.target), Reason: body.Reason}, nil
}

func closeCounter(c *call, _ none) (branch.Command, error) {
	return queue.CloseCounter{Counter: branch.CounterID(c.target)}, nil
}

func callNext(c *call, _ none) (branch.Command, error) {
	return queue.CallNext{Counter: branch.CounterID(c.target)}, nil
}

func callVisit(c *call, body wire.Call) (branch.Command, error) {
	return queue.Call{Counter: branch.CounterID(c.target), Visit: branch.VisitID(body.Visit), Why: body.Why}, nil
}

func (s *Server) changedCounter(_ context.Context, c *call, _ engine.Result) (*wire.Counter, error) {
	counter, err := s.Reads.Counter(branch.CounterID(c.target))
	return &counter, err
}

// calledVisit shows who was called and why, or nothing when nobody was.
func (s *Server) calledVisit(ctx context.Context, c *call, result engine.Result) (*wire.Visit, error) {
	if result.Answer.Visit == "" {
		return nil, nil
	}
	visit, err := s.visit(ctx, c, result.Answer.Visit)
	return &visit, err
}
