package paging

import (
	"strings"
	"time"

	"handrail/server/internal/branch"
)

// Decide turns a command into events or refuses it with an *branch.Error. It
// changes nothing. A command that asks for what is already so yields no events
// and no error.
func (m *Module) Decide(env branch.Env, by branch.Actor, cmd branch.Command) ([]branch.Event, error) {
	if m.policy == nil {
		err := branch.Refuse(branch.CodeBusy, "The branch has no configuration yet.")
		err.RetryAfter = time.Second
		return nil, err
	}
	switch c := cmd.(type) {
	case Raise:
		return m.raise(env, by, c)
	case DutyOn:
		return m.dutyOn(env, by, c)
	case DutyOff:
		return m.dutyOff(env, by)
	case Connect:
		return m.connect(c.Staff)
	case Leave:
		return m.leave(c.Staff)
	default:
		return m.answer(env, by, cmd)
	}
}

// raise opens a page, or counts a further press of one.
func (m *Module) raise(env branch.Env, by branch.Actor, cmd Raise) ([]branch.Event, error) {
	plan, ok := m.policy.Reasons[cmd.Reason]
	if !ok {
		return nil, branch.Refuse(branch.CodeUnknownReason, "This branch does not offer that reason.")
	}
	cmd, err := m.complete(by, cmd)
	if err != nil {
		return nil, err
	}
	if p := m.pressed(cmd); p != nil {
		return []branch.Event{PageRepeated{Page: p.ID, Count: p.Count + 1}}, nil
	}
	return m.open(env, by, cmd, plan), nil
}

// complete checks the words of a Raise and fills in what the actor implies: the
// visit of a visit's own phone, and the place of whoever stands somewhere. A
// page may lack a place when it names a visit (staff look for the person by the
// ticket) or when the box raises it (its session names the device).
func (m *Module) complete(by branch.Actor, cmd Raise) (Raise, error) {
	if !plain(cmd.Session) {
		return cmd, errField("session", "must be at most 64 letters, digits and _.:-")
	}
	if !plain(string(cmd.Visit)) {
		return cmd, errField("visit", "must be at most 64 letters, digits and _.:-")
	}
	if by.Role == branch.RoleVisit {
		if cmd.Visit != "" && cmd.Visit != by.Visit {
			return cmd, branch.Refuse(branch.CodeForbidden, "A visit asks for help for itself only.")
		}
		cmd.Visit = by.Visit
	}
	if cmd.Place == "" {
		cmd.Place = standsAt(by)
	}
	return cmd, m.checkPlace(by, cmd)
}

// checkPlace refuses a place that is missing, unknown or another's.
func (m *Module) checkPlace(by branch.Actor, cmd Raise) error {
	fixed := by.Role == branch.RoleKiosk || by.Role == branch.RoleCounter
	switch {
	case cmd.Place == "" && cmd.Visit == "" && by.Role != branch.RoleBox:
		return errField("place", "is required without a visit")
	case cmd.Place != "" && !m.HasPlace(cmd.Place):
		return branch.Refuse(branch.CodeUnknownPlace, "There is no such place in this branch.")
	case fixed && cmd.Place != by.Place:
		return branch.Refuse(branch.CodeForbidden, "A page is raised from one's own place.")
	}
	return nil
}

// standsAt returns the place for which an actor speaks.
func standsAt(by branch.Actor) branch.PlaceID {
	if by.OnBehalfOf != "" {
		return by.OnBehalfOf
	}
	return by.Place
}

// pressed finds the page of which this is a further press: the oldest one that
// nobody has arrived at, for the same reason and the same visit, or the same
// session at the same place. Two kiosks that make the same session by chance
// are two calls for help.
func (m *Module) pressed(cmd Raise) *Page {
	var oldest *Page
	for _, p := range m.pages {
		if p.pressedBy(cmd) && (oldest == nil || byAge(p, oldest) < 0) {
			oldest = p
		}
	}
	return oldest
}

func (p *Page) pressedBy(cmd Raise) bool {
	sameVisit := cmd.Visit != "" && cmd.Visit == p.Visit
	sameSession := cmd.Session != "" && cmd.Session == p.Session && cmd.Place == p.Place
	return p.coming() && p.Reason == cmd.Reason && (sameVisit || sameSession)
}

// coming reports whether somebody is still to arrive.
func (p *Page) coming() bool { return p.Status == Open || p.Status == Accepted }

// open raises a new page and calls the first people for it, or sounds the alarm
// when there are none.
func (m *Module) open(env branch.Env, by branch.Actor, cmd Raise, plan Plan) []branch.Event {
	t := m.turn(env, nil)
	level, first, who := t.start(&plan)
	wait := plan.wait(level)
	if len(who) == 0 {
		wait = plan.AlarmEvery
	}
	e := PageRaised{Page: branch.PageID(env.NewID("p")), Reason: cmd.Reason, Place: cmd.Place, Visit: cmd.Visit,
		Session: cmd.Session, Plan: plan, Due: t.in(wait)}
	if !cmd.Reason.Silent() {
		e.Zone = m.policy.zoneOf(cmd.Place)
	}
	t.page, t.events = newPage(branch.Envelope{At: env.Now, By: by, Event: e}, e), []branch.Event{e}
	if len(who) == 0 {
		t.alarm()
	} else {
		t.notify(level, first, who)
	}
	return t.events
}

// wordLimit bounds the words that clients choose.
const wordLimit = 64

// plain reports whether a word is at most 64 of [A-Za-z0-9_.:-]; the empty one
// is.
func plain(word string) bool {
	foreign := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
			r == '_' || r == '.' || r == ':' || r == '-')
	}
	return len(word) <= wordLimit && !strings.ContainsFunc(word, foreign)
}

func errField(field, message string) error {
	return branch.Invalid(branch.FieldError{Field: field, Message: message})
}

func errNobody() error {
	return branch.Refuse(branch.CodeForbidden, "No configured member of staff is signed in here.")
}
