package queue

import (
	"slices"
	"strings"

	"handrail/server/internal/branch"
)

// counterVerbs returns what a counter in state s accepts, sorted.
func counterVerbs(s CounterState) []string {
	switch s {
	case CounterOpen:
		return []string{"call", "call-next", "close", "pause"}
	case CounterPaused:
		return []string{"close", "open"}
	default:
		return []string{"open"}
	}
}

// openCounter opens a counter; one that was paused keeps its staff unless
// somebody else is named.
func (d decision) openCounter(c OpenCounter) (branch.Event, error) {
	counter, err := d.findCounter(c.Counter, "open")
	if err != nil {
		return nil, err
	}
	if c.Staff == "" {
		return OpenedCounter{Counter: counter.ID, Staff: counter.Staff}, nil
	}
	if d.state.policy.staff(c.Staff) == nil {
		return nil, branch.Invalid(branch.FieldError{Field: "staff", Message: "is no member of staff of this branch"})
	}
	return OpenedCounter{Counter: counter.ID, Staff: c.Staff}, nil
}

func (d decision) pauseCounter(c PauseCounter) (branch.Event, error) {
	if err := checkText("reason", c.Reason); err != nil {
		return nil, err
	}
	counter, err := d.findCounter(c.Counter, "pause")
	if err != nil {
		return nil, err
	}
	if counter.Visit != "" {
		return nil, busy()
	}
	return PausedCounter{Counter: counter.ID, Reason: c.Reason}, nil
}

func (d decision) closeCounter(c CloseCounter) (branch.Event, error) {
	counter, err := d.findCounter(c.Counter, "close")
	if err != nil {
		return nil, err
	}
	if counter.Visit != "" {
		return nil, busy()
	}
	return ClosedCounter{Counter: counter.ID}, nil
}

// callNext asks the call rule; nobody eligible is no event.
func (d decision) callNext(c CallNext) (branch.Event, error) {
	counter, err := d.freeCounter(c.Counter)
	if err != nil {
		return nil, err
	}
	next := d.state.look(d.env.Now).Next(d.env.Now, counter.ID, 1)
	if len(next) == 0 {
		return nil, nil
	}
	return d.called(next[0].Visit, counter, next[0].Reason), nil
}

// call brings one person now, whatever the rule says, for a reason that is
// kept.
func (d decision) call(c Call) (branch.Event, error) {
	if strings.TrimSpace(c.Why) == "" {
		return nil, branch.Invalid(branch.FieldError{Field: "why", Message: "must say why this person is called now"})
	}
	if err := checkText("why", c.Why); err != nil {
		return nil, err
	}
	counter, err := d.freeCounter(c.Counter)
	if err != nil {
		return nil, err
	}
	v, err := d.known(c.Visit)
	if err != nil {
		return nil, err
	}
	if v.State != Waiting {
		return nil, wrongState(v)
	}
	return d.called(v, counter, d.state.look(d.env.Now).manual(d.env.Now, counter, v, c.Why)), nil
}

// called is the event of a first call.
func (d decision) called(v *Visit, c *Counter, why Reason) branch.Event {
	return VisitCalled{Visit: v.ID, Ticket: v.Ticket, Counter: c.ID, Zone: c.Spec.Zone,
		Call: branch.CallID(d.env.NewID("c")), Language: v.Language, Reason: why}
}

// loseAbility has nothing to say about a loss that is known.
func (d decision) loseAbility(c LoseAbility) (branch.Event, error) {
	counter, err := d.knownCounter(c.Counter)
	if err != nil || slices.Contains(counter.Lost, LostAbility{Ability: c.Ability, Device: c.Device}) {
		return nil, err
	}
	return AbilityLost(c), nil
}

// restoreAbility has nothing to say about what was not lost.
func (d decision) restoreAbility(c RestoreAbility) (branch.Event, error) {
	counter, err := d.knownCounter(c.Counter)
	if err != nil || !slices.Contains(counter.Lost, LostAbility{Ability: c.Ability, Device: c.Device}) {
		return nil, err
	}
	return AbilityRestored(c), nil
}

// findCounter returns the counter if its state accepts the verb.
func (d decision) findCounter(id branch.CounterID, verb string) (*Counter, error) {
	c, err := d.knownCounter(id)
	if err != nil {
		return nil, err
	}
	if slices.Contains(counterVerbs(c.State), verb) {
		return c, nil
	}
	return nil, branch.WrongState("The counter", string(c.State), counterVerbs(c.State))
}

// freeCounter returns the counter if it is open and has no visit.
func (d decision) freeCounter(id branch.CounterID) (*Counter, error) {
	c, err := d.knownCounter(id)
	switch {
	case err != nil:
		return nil, err
	case c.State != CounterOpen:
		return nil, branch.Refuse(branch.CodeCounterClosed, "The counter is %s.", c.State)
	case c.Visit != "":
		return nil, busy()
	}
	return c, nil
}

func (d decision) knownCounter(id branch.CounterID) (*Counter, error) {
	c, ok := d.state.counter(id)
	if !ok {
		return nil, branch.Refuse(branch.CodeNotFound, "There is no such counter.")
	}
	return c, nil
}

// busy refuses what a counter with a visit cannot do.
func busy() error {
	return branch.Refuse(branch.CodeCounterBusy, "The counter still has a visit.")
}
