package queue

import (
	"slices"
	"time"

	"handrail/server/internal/branch"
)

// maxParkMinutes is the longest time for which a served visit may be set aside.
const maxParkMinutes = 240

func (d decision) away(c Away) (branch.Event, error) {
	v, err := d.find(c.Visit, "away")
	if err != nil {
		return nil, err
	}
	return VisitAway{Visit: v.ID, Ticket: v.Ticket, Until: d.env.Now.Add(d.state.policy.AwayLimit),
		Counter: v.Counter, Call: v.Call}, nil
}

func (d decision) back(c Back) (branch.Event, error) {
	v, err := d.find(c.Visit, "back")
	if err != nil {
		return nil, err
	}
	return VisitBack{Visit: v.ID, Ticket: v.Ticket}, nil
}

func (d decision) cancel(c Cancel) (branch.Event, error) {
	v, err := d.find(c.Visit, "cancel")
	if err != nil {
		return nil, err
	}
	return VisitCancelled{Visit: v.ID, Ticket: v.Ticket, Counter: v.Counter, Call: v.Call}, nil
}

// recall calls again, when the hall has had time to hear the last call.
func (d decision) recall(c Recall) (branch.Event, error) {
	v, err := d.findAtCounter(c.Visit, "recall")
	if err != nil {
		return nil, err
	}
	if early := d.state.policy.RecallSpacing - d.env.Now.Sub(v.LastCallAt); early > 0 {
		err := branch.Refuse(branch.CodeTooMany, "The visit was called a moment ago.")
		err.RetryAfter = early
		return nil, err
	}
	return VisitRecalled{Visit: v.ID, Ticket: v.Ticket, Counter: v.Counter, Zone: d.zone(v.Counter),
		Call: branch.CallID(d.env.NewID("c")), Language: v.Language, Recall: v.Recalls + 1}, nil
}

func (d decision) confirm(c Confirm) (branch.Event, error) {
	v, err := d.findAtCounter(c.Visit, "confirm")
	if err != nil {
		return nil, err
	}
	return VisitConfirmed{Visit: v.ID, Ticket: v.Ticket, Counter: v.Counter, Call: v.Call}, nil
}

func (d decision) finish(c Finish) (branch.Event, error) {
	outcomes := []Outcome{OutcomeDone, OutcomePartly, OutcomeNot}
	outcome := c.Outcome
	if outcome == "" {
		outcome = OutcomeDone
	}
	if !slices.Contains(outcomes, outcome) {
		return nil, branch.Invalid(branch.FieldError{Field: "outcome", Message: "must be done, partly or not"})
	}
	v, err := d.findAtCounter(c.Visit, "finish")
	if err != nil {
		return nil, err
	}
	if c.Next != "" {
		if err := d.checkService("next", c.Next); err != nil {
			return nil, err
		}
	}
	return VisitFinished{Visit: v.ID, Ticket: v.Ticket, Counter: v.Counter, Outcome: outcome, Next: c.Next}, nil
}

// noShow gives the person time to come back; somebody goes and looks when a need
// explains the silence.
func (d decision) noShow(c NoShow) (branch.Event, error) {
	v, err := d.findAtCounter(c.Visit, "no-show")
	if err != nil {
		return nil, err
	}
	p := d.state.policy
	grace, look := p.Grace, p.looksFor(v)
	if look {
		grace = p.LookForGrace
	}
	return VisitNoShow{Visit: v.ID, Ticket: v.Ticket, Counter: v.Counter, Call: v.Call,
		Until: d.env.Now.Add(grace), Look: look}, nil
}

func (d decision) park(c Park) (branch.Event, error) {
	if c.Minutes < 1 || c.Minutes > maxParkMinutes {
		return nil, branch.Invalid(branch.FieldError{Field: "minutes", Message: "must be 1 to 240"})
	}
	if err := checkText("reason", c.Reason); err != nil {
		return nil, err
	}
	v, err := d.findAtCounter(c.Visit, "park")
	if err != nil {
		return nil, err
	}
	until := d.env.Now.Add(time.Duration(c.Minutes) * time.Minute)
	return VisitParked{Visit: v.ID, Ticket: v.Ticket, Counter: v.Counter, Until: until, Reason: c.Reason}, nil
}

// transfer begins a new segment at a service or at one counter.
func (d decision) transfer(c Transfer) (branch.Event, error) {
	if err := d.checkTransfer(c); err != nil {
		return nil, err
	}
	v, err := d.findAtCounter(c.Visit, "transfer")
	if err != nil {
		return nil, err
	}
	e := VisitTransferred{Visit: v.ID, Ticket: v.Ticket, Counter: v.Counter, Call: openCall(v),
		Service: v.Service, To: c.Counter, QueuedAt: d.env.Now}
	if c.Service != "" {
		e.Service = c.Service
	}
	if c.KeepPlace {
		e.QueuedAt = v.QueuedAt
	}
	return e, nil
}

// openCall is the call that may still have to be said: none after the person is
// there.
func openCall(v *Visit) branch.CallID {
	if v.State != Called {
		return ""
	}
	return v.Call
}

// checkTransfer wants exactly one place to go, and one that exists.
func (d decision) checkTransfer(c Transfer) error {
	if (c.Service == "") == (c.Counter == "") {
		const message = "name exactly one of service and counter"
		return branch.Invalid(branch.FieldError{Field: "service", Message: message},
			branch.FieldError{Field: "counter", Message: message})
	}
	if c.Service != "" {
		return d.checkService("service", c.Service)
	}
	if _, ok := d.state.counter(c.Counter); !ok {
		return branch.Invalid(branch.FieldError{Field: "counter", Message: "is no counter of this branch"})
	}
	return nil
}

// checkService refuses a service that this branch does not have.
func (d decision) checkService(field string, id branch.ServiceID) error {
	if d.state.policy.service(id) != nil {
		return nil
	}
	err := branch.Refuse(branch.CodeUnknownService, "This branch has no such service.")
	err.Fields = []branch.FieldError{{Field: field, Message: "is no service of this branch"}}
	return err
}

// bringBack returns a parked visit or a no-show to the queue.
func (d decision) bringBack(c Return) (branch.Event, error) {
	if c.Position != First && c.Position != Last {
		return nil, branch.Invalid(branch.FieldError{Field: "position", Message: "must be first or last"})
	}
	v, err := d.find(c.Visit, "return")
	if err != nil {
		return nil, err
	}
	e := VisitReturned{Visit: v.ID, Ticket: v.Ticket, QueuedAt: v.QueuedAt, Cause: ReturnAsked}
	if c.Position == Last {
		e.QueuedAt = d.env.Now
	}
	return e, nil
}

// zone is where a counter's calls are heard.
func (d decision) zone(id branch.CounterID) branch.ZoneID {
	if c, ok := d.state.counter(id); ok {
		return c.Spec.Zone
	}
	return ""
}
