package queue

import (
	"slices"

	"handrail/server/internal/branch"
)

// decision is one command being decided: what is known, when, and for whom. It
// changes nothing.
type decision struct {
	state *state
	env   branch.Env
	by    branch.Actor
}

// decide finds the rule for the command.
func (d decision) decide(cmd branch.Command) ([]branch.Event, error) {
	switch c := cmd.(type) {
	case Create:
		return one(d.create(c))
	case Away:
		return one(d.away(c))
	case Back:
		return one(d.back(c))
	case Cancel:
		return one(d.cancel(c))
	case Recall:
		return one(d.recall(c))
	case Confirm:
		return one(d.confirm(c))
	case Finish:
		return one(d.finish(c))
	case NoShow:
		return one(d.noShow(c))
	case Park:
		return one(d.park(c))
	case Transfer:
		return one(d.transfer(c))
	case Return:
		return one(d.bringBack(c))
	case CloseDay:
		return d.closeDay()
	default:
		return one(d.decideCounter(cmd))
	}
}

// decideCounter finds the rule for a command about a counter or the day.
func (d decision) decideCounter(cmd branch.Command) (branch.Event, error) {
	switch c := cmd.(type) {
	case OpenCounter:
		return d.openCounter(c)
	case PauseCounter:
		return d.pauseCounter(c)
	case CloseCounter:
		return d.closeCounter(c)
	case CallNext:
		return d.callNext(c)
	case Call:
		return d.call(c)
	case LoseAbility:
		return d.loseAbility(c)
	case RestoreAbility:
		return d.restoreAbility(c)
	case OpenDay:
		return d.openDay()
	default:
		return nil, branch.Refuse(branch.CodeInvalid, "The queue does not know this command.")
	}
}

// one makes the list of a single event; a nil event makes none.
func one(event branch.Event, err error) ([]branch.Event, error) {
	if err != nil || event == nil {
		return nil, err
	}
	return []branch.Event{event}, nil
}

// verbs returns what a visit in state s accepts, sorted. It is the table of the
// contract: every decision about a visit asks it first.
func verbs(s State) []string {
	switch s {
	case Waiting:
		return []string{"away", "cancel"}
	case Called:
		return []string{"away", "cancel", "confirm", "no-show", "recall", "transfer"}
	case Serving:
		return []string{"finish", "park", "transfer"}
	case AwayFor:
		return []string{"back", "cancel"}
	case Parked, NoShowed:
		return []string{"return"}
	default:
		return []string{}
	}
}

// find returns the visit if its state accepts the verb.
func (d decision) find(id branch.VisitID, verb string) (*Visit, error) {
	v, err := d.known(id)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(verbs(v.State), verb) {
		return nil, wrongState(v)
	}
	return v, nil
}

// findAtCounter is find for the verbs that belong to the counter that has the
// visit: another counter is refused before it learns the state.
func (d decision) findAtCounter(id branch.VisitID, verb string) (*Visit, error) {
	v, err := d.known(id)
	if err != nil {
		return nil, err
	}
	atOther := !v.State.Ended() && v.Counter != "" && branch.PlaceID(v.Counter) != d.by.Place
	if d.by.Role == branch.RoleCounter && atOther {
		return nil, branch.Refuse(branch.CodeForbidden, "Another counter has this visit.")
	}
	return d.find(id, verb)
}

// known returns a live visit or one that ended today.
func (d decision) known(id branch.VisitID) (*Visit, error) {
	v, ok := d.state.visit(id)
	if !ok {
		return nil, branch.Refuse(branch.CodeNotFound, "There is no such visit today.")
	}
	return v, nil
}

// wrongState refuses what the visit's state does not accept.
func wrongState(v *Visit) error {
	return branch.WrongState("The visit", string(v.State), verbs(v.State))
}
