package paging

import (
	"slices"

	"handrail/server/internal/branch"
)

// Supervisor is how a supervisor without a name stands in AcceptedBy and beside
// the lines of a page's story.
const Supervisor branch.StaffID = "supervisor"

// answer decides the commands about a page that exists.
func (m *Module) answer(env branch.Env, by branch.Actor, cmd branch.Command) ([]branch.Event, error) {
	var id branch.PageID
	var decide func(*turn, branch.Actor) error
	switch c := cmd.(type) {
	case Receive:
		id, decide = c.Page, func(t *turn, by branch.Actor) error { return t.receive(by, c.Step) }
	case Accept:
		id, decide = c.Page, m.accept
	case Reject:
		id, decide = c.Page, m.reject
	case Arrive:
		id, decide = c.Page, (*turn).arrive
	case Close:
		id, decide = c.Page, func(t *turn, by branch.Actor) error { return t.close(by, c.Outcome) }
	case Cancel:
		id, decide = c.Page, (*turn).cancel
	default:
		return nil, branch.Refuse(branch.CodeNotFound, "Pages know no such command.")
	}
	p, ok := m.pages[id]
	if !ok {
		return nil, branch.Refuse(branch.CodeNotFound, "There is no such page.")
	}
	t := m.turn(env, p)
	if err := decide(t, by); err != nil {
		return nil, err
	}
	return t.events, nil
}

// receive notes the first receipt of the present step by somebody who was told
// of it; any other receipt is no news. A step that has not happened is a mistake
// of the device.
func (t *turn) receive(by branch.Actor, step int) error {
	p := t.page
	if step < 1 || step > p.Step {
		return errField("step", "names no step of this page")
	}
	told := slices.Contains(p.Notified, by.Staff) && !slices.Contains(p.Received, by.Staff)
	if step == p.Step && told && !p.Status.Ended() {
		t.emit(PageDelivered{Page: p.ID, Step: step, Staff: by.Staff})
	}
	return nil
}

// accept takes the page for the actor's person; the first wins. A person who
// has rejected it may think better of it. Accepting twice is accepting once.
func (m *Module) accept(t *turn, by branch.Actor) error {
	p := t.page
	who, err := m.responder(by)
	switch {
	case err != nil:
		return err
	case p.Status == Accepted && p.AcceptedBy == who:
		return nil
	case p.Status == Accepted:
		return &branch.Error{Code: branch.CodeTaken, By: string(p.AcceptedBy),
			Detail: "This page has already been accepted by " + string(p.AcceptedBy) + "."}
	case p.Status != Open:
		return p.wrongState()
	}
	t.emit(PageAccepted{Page: p.ID, Staff: who, Due: t.in(p.Plan.Arrive), Place: p.Place,
		Alarm: p.Alarm && !p.Reason.Silent(), Zone: p.Zone, Call: p.Call})
	return nil
}

// reject takes the actor's person out of the page. When nobody is left at its
// level the next is called at once; when it was accepted by this very person,
// the page opens again at once.
func (m *Module) reject(t *turn, by branch.Actor) error {
	p := t.page
	who, err := m.responder(by)
	if err != nil {
		return err
	}
	theirs := p.Status == Accepted && p.AcceptedBy == who
	if p.Status != Open && !theirs {
		return p.wrongState()
	}
	if slices.Contains(p.Rejected, who) {
		return nil
	}
	t.emit(PageRejected{Page: p.ID, Staff: who})
	switch {
	case theirs:
		t.reopen()
	case t.page.deserted(t.roster):
		t.advance()
	}
	return nil
}

// responder returns as whom an actor answers pages: a person with a pager, who
// may come to help also when off duty; somebody at a counter while on duty; or a
// supervisor.
func (m *Module) responder(by branch.Actor) (branch.StaffID, error) {
	switch {
	case by.Role == branch.RoleSupervisor:
		return name(by), nil
	case by.Staff == "":
		return "", errNobody()
	case !m.policy.employs(by.Staff):
		return "", errNobody()
	case by.Role != branch.RolePager && m.duty(by.Staff) == nil:
		return "", branch.Refuse(branch.CodeForbidden, "At a counter, pages are answered by staff on duty.")
	}
	return by.Staff, nil
}

// name returns who acts, empty for a place.
func name(by branch.Actor) branch.StaffID {
	if by.Staff == "" && by.Role == branch.RoleSupervisor {
		return Supervisor
	}
	return by.Staff
}

// arrive says that whoever accepted is there: they say so themselves, or the
// place where the page belongs, or a supervisor. Of a silent page the place has
// no say: whoever was feared may stand there.
func (t *turn) arrive(by branch.Actor) error {
	p := t.page
	there := by.Role == branch.RoleSupervisor || p.at(by) && !p.Reason.Silent()
	switch {
	case !there && by.Staff == "":
		return errNotYours()
	case p.Status != Accepted:
		return p.wrongState()
	case !there && by.Staff != p.AcceptedBy:
		return errNotYours()
	}
	e := PageArrived{Page: p.ID, Staff: p.AcceptedBy}
	if p.Plan.Remind > 0 {
		e.Due = t.in(p.Plan.Remind)
	}
	t.emit(e)
	return nil
}

// close ends the page: after arrival by whoever accepted, or for an emergency at
// the place where it is; by a supervisor at any time.
func (t *turn) close(by branch.Actor, outcome Outcome) error {
	p := t.page
	if !outcome.valid() {
		return errField("outcome", "must be helped, not-needed, not-possible or passed-on")
	}
	if by.Role != branch.RoleSupervisor {
		if err := p.mayClose(by); err != nil {
			return err
		}
	}
	if p.Status.Ended() {
		return p.wrongState()
	}
	t.emit(PageClosed{Page: p.ID, Outcome: outcome, Staff: name(by), Call: p.Call})
	return nil
}

// mayClose refuses whoever may not close the page, then the page that may not
// be closed, then who of those that might is not the one. An emergency is closed
// at its source, so that somebody has been there; a silent page never there, where
// whoever was feared may stand.
func (p *Page) mayClose(by branch.Actor) error {
	atSource := p.Reason.Emergency() && !p.Reason.Silent()
	switch {
	case atSource && !p.at(by), !atSource && by.Staff == "":
		return errNotYours()
	case p.Status != Arrived:
		return p.wrongState()
	case !atSource && by.Staff != p.AcceptedBy:
		return errNotYours()
	}
	return nil
}

// cancel ends the page at the wish of who raised it, while nobody has arrived.
// Only a supervisor cancels a silent one: nobody can be made to take it back.
func (t *turn) cancel(by branch.Actor) error {
	p := t.page
	switch {
	case by.Role != branch.RoleSupervisor && (p.Reason.Silent() || !p.raisedBy(by)):
		return errNotYours()
	case !p.coming():
		return p.wrongState()
	}
	t.emit(PageCancelled{Page: p.ID, Call: p.Call})
	return nil
}

// raisedBy reports whether an actor raised the page, or speaks for the place or
// the visit that did.
func (p *Page) raisedBy(by branch.Actor) bool {
	samePlace := by.Place != "" && by.Place == standsAt(p.By)
	sameVisit := by.Visit != "" && by.Visit == p.Visit
	return by.Identity() == p.By.Identity() || samePlace || sameVisit
}

// at reports whether an actor is the place where the page belongs.
func (p *Page) at(by branch.Actor) bool { return by.Place != "" && by.Place == p.Place }

func (o Outcome) valid() bool {
	switch o {
	case OutcomeHelped, OutcomeNotNeeded, OutcomeNotPossible, OutcomePassedOn:
		return true
	}
	return false
}

// wrongState refuses what the page's status does not allow.
func (p *Page) wrongState() error {
	return branch.WrongState("The page", string(p.Status), p.Status.allowed())
}

// allowed returns the verbs of a status, empty for one that has ended. Besides,
// a supervisor may close whatever has not ended.
func (s Status) allowed() []string {
	switch s {
	case Open:
		return []string{"accept", "reject", "cancel"}
	case Accepted:
		return []string{"arrive", "reject", "cancel"}
	case Arrived:
		return []string{"close"}
	}
	return []string{}
}

func errNotYours() error {
	return branch.Refuse(branch.CodeForbidden, "This page is not yours to end or to answer.")
}
