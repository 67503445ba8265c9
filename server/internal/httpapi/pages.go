package httpapi

import (
	"cmp"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/paging"
	"handrail/server/internal/wire"
)

func mountPages(s *Server) {
	mount(s, verb[wire.RaisePage, wire.Page]{access.ActPagesRaise, "Ask for a person to come", s.raise, s.changedPage})
	alsoAnswers(s, access.ActPagesRaise, http.StatusCreated, "A new page; 200 when an open one was raised again")
	mountPageList(s)

	onPage := func(action access.Action, summary string, command func(branch.PageID) branch.Command) {
		mount(s, verb[none, wire.Page]{action, summary, func(c *call, _ none) (branch.Command, error) {
			return command(branch.PageID(c.target)), nil
		}, s.changedPage})
	}
	onPage(access.ActPageAccept, "Take a page: the first wins",
		func(id branch.PageID) branch.Command { return paging.Accept{Page: id} })
	onPage(access.ActPageReject, "Leave a page to others",
		func(id branch.PageID) branch.Command { return paging.Reject{Page: id} })
	onPage(access.ActPageArrive, "Say that somebody is with the person",
		func(id branch.PageID) branch.Command { return paging.Arrive{Page: id} })
	onPage(access.ActPageCancel, "Take a page back",
		func(id branch.PageID) branch.Command { return paging.Cancel{Page: id} })
	mount(s, verb[wire.ClosePage, wire.Page]{access.ActPageClose, "End a page", closePage, s.changedPage})

	mount(s, verb[wire.DutyOn, none]{access.ActDutyOn, "Answer pages from now on", dutyOn, answerNothing})
	mount(s, verb[none, none]{access.ActDutyOff, "Answer no pages any more", dutyOff, answerNothing})
}

// mountPageList mounts the one list that can be narrowed.
func mountPageList(s *Server) {
	type in struct {
		State string `query:"state" enum:"open" doc:"open: without the closed and cancelled ones"`
	}
	type out struct{ Body []wire.Page }
	operation := describe(ruleOf(access.ActPagesRead), "List the pages")
	huma.Register(s.api, operation, func(ctx context.Context, in *in) (*out, error) {
		return &out{listed(s.Reads.Pages(in.State == "open", callOf(ctx).by))}, nil
	})
}

// listed returns list, which JSON shows as [] when it is empty.
func listed[T any](list []T) []T { return append([]T{}, list...) }

// raise asks for help at the caller's own place, or at any for a supervisor. A
// kiosk names a visit only with its key; a customer's phone always speaks for
// its own visit.
func (s *Server) raise(c *call, body wire.RaisePage) (branch.Command, error) {
	place, visit := branch.PlaceID(body.Place), branch.VisitID(body.Visit)
	switch c.by.Role {
	case branch.RoleVisit:
		if visit = cmp.Or(visit, c.by.Visit); visit != c.by.Visit {
			return nil, branch.Refuse(branch.CodeForbidden, "This needs the key of the visit.")
		}
	case branch.RoleKiosk, branch.RoleCounter:
		if place = cmp.Or(place, c.by.Place); place != c.by.Place {
			return nil, branch.Refuse(branch.CodeForbidden, "This is another place.")
		}
		if c.by.Role == branch.RoleKiosk && visit != "" && visit != c.by.Visit {
			return nil, branch.Refuse(branch.CodeForbidden, "This needs the key of the visit.")
		}
	case branch.RoleSupervisor:
		c.by.OnBehalfOf = place
	}
	if err := s.knownToStaff(c.by, visit); err != nil {
		return nil, err
	}
	return paging.Raise{Reason: branch.Reason(body.Reason), Place: place, Visit: visit, Session: body.Session}, nil
}

// knownToStaff refuses a visit that staff name and that is none of today.
// Customers have proved theirs with its key, and are never refused help.
func (s *Server) knownToStaff(by branch.Actor, visit branch.VisitID) error {
	if visit == "" || by.Role == branch.RoleVisit || by.Role == branch.RoleKiosk {
		return nil
	}
	if _, known := s.Reads.CounterOf(visit); !known {
		return branch.Refuse(branch.CodeNotFound, "There is no such visit today.")
	}
	return nil
}

func closePage(c *call, body wire.ClosePage) (branch.Command, error) {
	return paging.Close{Page: branch.PageID(c.target), Outcome: paging.Outcome(body.Outcome)}, nil
}

func dutyOn(_ *call, body wire.DutyOn) (branch.Command, error) {
	abilities := make([]branch.Ability, len(body.Abilities))
	for i, ability := range body.Abilities {
		abilities[i] = branch.Ability(ability)
	}
	return paging.DutyOn{Abilities: abilities}, nil
}

func dutyOff(*call, none) (branch.Command, error) { return paging.DutyOff{}, nil }

func (s *Server) changedPage(_ context.Context, c *call, result engine.Result) (*wire.Page, error) {
	page, err := s.Reads.Page(cmp.Or(result.Answer.Page, branch.PageID(c.target)))
	return &page, err
}
