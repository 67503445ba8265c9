package queue

import (
	"slices"

	"handrail/server/internal/branch"
)

// maxNeeds is how many needs a client may send: twice what there are.
const maxNeeds = 32

// create takes a ticket.
func (d decision) create(c Create) (branch.Event, error) {
	service, err := d.checkCreate(c)
	if err != nil {
		return nil, err
	}
	s := d.state
	day := s.today(d.env.Now)
	number := s.nextNumber(day, service.Prefix)
	v := &Visit{
		ID:       branch.VisitID(d.env.NewID("v")),
		Service:  c.Service,
		Class:    d.class(c),
		Needs:    slices.Clone(c.Needs),
		State:    Waiting,
		QueuedAt: d.env.Now,
	}
	return VisitCreated{
		Visit:    v.ID,
		Ticket:   ticket(service.Prefix, number),
		Number:   number,
		Day:      day,
		Service:  v.Service,
		Class:    v.Class,
		Needs:    v.Needs,
		Language: c.Language,
		Place:    d.place(),
		Print:    d.by.Role == branch.RoleKiosk,
		Wait:     d.promise(c, v),
	}, nil
}

// checkCreate refuses what cannot be taken; it returns the service.
func (d decision) checkCreate(c Create) (*Service, error) {
	p := d.state.policy
	service := p.service(c.Service)
	if service == nil {
		return nil, branch.Refuse(branch.CodeUnknownService, "This branch has no such service.")
	}
	if err := p.checkNeeds(c.Needs); err != nil {
		return nil, err
	}
	if !slices.Contains(p.Languages, c.Language) {
		return nil, branch.Refuse(branch.CodeUnknownLanguage, "This branch does not speak that language.")
	}
	if c.Class != "" && !c.Class.Valid() {
		return nil, branch.Invalid(branch.FieldError{Field: "class", Message: "must be ordinary, caring or urgent"})
	}
	if c.Class == branch.Urgent && d.by.Role != branch.RoleSupervisor {
		return nil, branch.Refuse(branch.CodeForbidden, "Only a supervisor gives the class urgent.")
	}
	if !d.state.takesTickets(d.env.Now) {
		return nil, branch.Refuse(branch.CodeBranchClosed, "The branch is closed and takes no tickets now.")
	}
	return service, nil
}

// checkNeeds refuses too many, repeated or unknown needs.
func (p *Policy) checkNeeds(needs []branch.Need) error {
	if len(needs) > maxNeeds {
		return branch.Invalid(branch.FieldError{Field: "needs", Message: "must be at most 32"})
	}
	for i, n := range needs {
		if slices.Contains(needs[:i], n) {
			return branch.Invalid(branch.FieldError{Field: "needs", Message: "must not name a need twice"})
		}
		if !slices.Contains(p.Needs, n) {
			return branch.Refuse(branch.CodeUnknownNeed, "This branch does not offer one of these needs.")
		}
	}
	return nil
}

// class is the class asked for, else what the needs make of it.
func (d decision) class(c Create) branch.Class {
	switch {
	case c.Class != "":
		return c.Class
	case sharesAny(c.Needs, d.state.policy.CaringNeeds):
		return branch.Caring
	default:
		return branch.Ordinary
	}
}

// place is where the ticket is taken.
func (d decision) place() branch.PlaceID {
	if d.by.OnBehalfOf != "" {
		return d.by.OnBehalfOf
	}
	return d.by.Place
}

// promise is the forecast's range, or the first honest one.
func (d decision) promise(c Create, v *Visit) *branch.Wait {
	if c.Promise != nil {
		promised := *c.Promise
		return &promised
	}
	first := d.state.look(d.env.Now).firstWait(v)
	return &first
}
