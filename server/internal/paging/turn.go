package paging

import (
	"cmp"
	"slices"
	"time"

	"handrail/server/internal/branch"
)

// turn is one page on its way through one decision. Every event is put into
// effect on the turn's own copy at once, so each step of the decision sees what
// the steps before it did.
type turn struct {
	roster
	env    branch.Env
	page   *Page
	events []branch.Event
}

func (m *Module) turn(env branch.Env, p *Page) *turn {
	return &turn{roster: roster{m.policy, m.crew}, env: env, page: p}
}

func (t *turn) emit(e pageEvent) {
	t.page = t.page.after(t.env.Now, e)
	t.events = append(t.events, e)
}

// in returns the due time after d. A plan without a time would make the box
// spin, so there is always at least a second.
func (t *turn) in(d time.Duration) branch.Instant { return t.env.Now.Add(max(d, time.Second)) }

// wait returns how long a level lasts.
func (plan *Plan) wait(level int) time.Duration {
	if level < len(plan.Levels) {
		return plan.Levels[level].Wait
	}
	return plan.AlarmEvery
}

// announce returns the id of something the hall is to say; none for a silent
// reason, which has no zone.
func (t *turn) announce() branch.CallID {
	if t.page.Zone == "" {
		return ""
	}
	return branch.CallID(t.env.NewID("c"))
}

// notify calls the people given in a new step.
func (t *turn) notify(level int, first bool, staff []branch.StaffID) {
	p := t.page
	e := PageNotified{Page: p.ID, Step: p.Step + 1, Level: level, First: first, Staff: staff}
	if !first && p.Plan.Levels[level].Hall {
		if e.Call = t.announce(); e.Call != "" {
			e.Zone, e.Place = p.Zone, p.Place
		}
	}
	t.emit(e)
}

// alarm sounds the alarm, or sounds it again.
func (t *turn) alarm() {
	p := t.page
	t.emit(PageAlarmed{Page: p.ID, Reason: p.Reason, Place: p.Place, Zone: p.Zone, Call: t.announce(),
		Due: t.in(p.Plan.AlarmEvery), Step: p.Step + 1, Staff: t.everyone(p.Rejected)})
}

// advance goes on to the next level that calls anybody, or to the alarm.
func (t *turn) advance() {
	p := t.page
	level, loop, ok := t.next(p)
	if !ok {
		t.alarm()
		return
	}
	t.emit(PageEscalated{Page: p.ID, Level: level, Loop: loop, Due: t.in(p.Plan.wait(level))})
	t.notify(level, false, t.level(&p.Plan, level, p.Rejected))
}

// reopen calls for somebody else when whoever accepted has not come.
func (t *turn) reopen() {
	p := t.page
	level, ok := t.from(&p.Plan, p.Plan.reopenLevel(), p.Rejected)
	if !ok {
		level = p.Plan.reopenLevel()
	}
	t.emit(PageReopened{Page: p.ID, Staff: p.AcceptedBy, Level: level, Due: t.in(p.Plan.wait(level))})
	if !ok {
		t.alarm()
		return
	}
	t.notify(level, false, t.level(&p.Plan, level, p.Rejected))
}

// timeout takes the one step that is due.
func (t *turn) timeout() {
	switch p := t.page; {
	case p.Status == Arrived:
		t.emit(PageReminded{Page: p.ID, Staff: p.AcceptedBy})
	case p.Status == Accepted:
		t.reopen()
	case p.Alarm:
		t.alarm()
	default:
		t.advance()
	}
}

// graceAfterStart is how long after a start a page does not escalate because
// nobody it calls has a socket yet.
const graceAfterStart = 10 * time.Second

// Start says of everyone who had a socket that it has gone: this process has
// none.
func (m *Module) Start(env branch.Env) []branch.Event {
	m.started, m.wake = env.Now, nil
	var events []branch.Event
	for _, id := range m.online {
		events = append(events, StaffLeft{Staff: id})
	}
	return events
}

// NextWake returns the earliest due time of a page, zero for none.
func (m *Module) NextWake() branch.Instant {
	if m.wake == nil {
		var first branch.Instant
		for _, p := range m.pages {
			first = branch.Earliest(first, m.due(p))
		}
		m.wake = &first
	}
	return *m.wake
}

// Wake takes one step for each page that is due, the longest overdue first.
func (m *Module) Wake(env branch.Env) []branch.Event {
	var events []branch.Event
	for _, p := range m.dueAt(env.Now) {
		t := m.turn(env, p)
		t.timeout()
		events = append(events, t.events...)
	}
	return events
}

// dueAt returns the pages whose time has come, by due time, then age.
func (m *Module) dueAt(now branch.Instant) []*Page {
	var due []*Page
	for _, p := range m.pages {
		if at := m.due(p); !at.IsZero() && at <= now {
			due = append(due, p)
		}
	}
	slices.SortFunc(due, func(a, b *Page) int { return cmp.Or(cmp.Compare(a.DueAt, b.DueAt), byAge(a, b)) })
	return due
}

// due returns when a page moves by itself, zero for never. For a while after a
// start an open page waits for the sockets of those it calls; the alarm does
// not wait, because the hall hears it without them.
func (m *Module) due(p *Page) branch.Instant {
	if p.Status != Open || p.Alarm || m.started.IsZero() || m.heard(p) {
		return p.DueAt
	}
	return max(p.DueAt, m.started.Add(graceAfterStart))
}

// heard reports whether somebody whom the page calls has a socket.
func (m *Module) heard(p *Page) bool {
	called := roster{m.policy, m.crew}.called(p)
	return slices.ContainsFunc(called, func(id branch.StaffID) bool { return slices.Contains(m.online, id) })
}
