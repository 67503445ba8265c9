// Package paging calls people to people: it keeps every page (a request for
// somebody to come) from the press to its closing, and who is on duty to answer.
// A page is never in vain: while it is open or accepted it has a due time, at
// which it calls the next level, opens again, or sounds the alarm.
//
// It decides and remembers, nothing else. It must never send, speak or show
// anything, read a clock, or learn what a visit, a socket or a device is.
package paging

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"handrail/server/internal/branch"
)

// Module is the state of pages and duty with its rules. Only the engine's
// writer may use it; what Model returns may be read by everybody.
type Module struct {
	// policy is nil until a configuration has been applied.
	policy *Policy
	// pages holds those not ended and those of ended.
	pages map[branch.PageID]*Page
	// ended lists the ended pages that can still be found, in order of ending.
	ended []branch.PageID
	// crew lists who is on duty, by staff id; it is replaced, never changed.
	crew []*Duty
	// online lists who has a socket, on duty or not, in order; likewise.
	online []branch.StaffID
	// started is when this process began to decide, zero before: no part of the
	// state, because it is no fact of the log.
	started branch.Instant

	// model and wake are computed from the above when asked for, and forgotten
	// by every change.
	model *Model
	wake  *branch.Instant
}

// endedLimit bounds the ended pages that can still be found: many times what a
// branch has in a day, little memory if somebody plays with the button.
const endedLimit = 1000

// endedFor is how long an ended page can be found, in a branch whose day never
// changes.
const endedFor = 24 * time.Hour

// The events of the day, which belong to the queue: only their names matter
// here, because nothing they carry does.
const (
	dayOpened = "day.opened"
	dayClosed = "day.closed"
)

// New returns a module without a policy: it refuses every command with
// branch.CodeBusy until it has applied one.
func New() *Module { return &Module{pages: map[branch.PageID]*Page{}} }

// Name returns "paging".
func (m *Module) Name() string { return "paging" }

// Apply changes the state by one event of any module.
func (m *Module) Apply(env branch.Envelope) {
	switch e := env.Event.(type) {
	case PageRaised:
		m.forget(env.At.Add(-endedFor))
		m.pages[e.Page] = newPage(env, e)
	case pageEvent:
		m.applyToPage(env.At, e)
	case StaffOnDuty, StaffOffDuty, StaffConnected, StaffLeft:
		m.applyToDuty(env.At, e)
	case branch.ConfigApplied:
		m.applyPolicy(env.At, e.Policies[m.Name()])
	case branch.ClockJumped:
		m.shift(e)
	default:
		if !m.applyToDay(env) {
			return
		}
	}
	m.model, m.wake = nil, nil
}

// applyToPage replaces a page by what the event makes of it.
func (m *Module) applyToPage(at branch.Instant, e pageEvent) {
	p, ok := m.pages[e.about()]
	if !ok || p.Status.Ended() {
		return
	}
	next := p.after(at, e)
	m.pages[p.ID] = next
	if next.Status.Ended() {
		m.ended = append(m.ended, p.ID)
		m.forget(0)
	}
}

// forget drops the pages that ended before the moment given, and the oldest
// above the limit.
func (m *Module) forget(before branch.Instant) {
	old := 0
	for _, id := range m.ended {
		if len(m.ended)-old <= endedLimit && m.pages[id].ClosedAt >= before {
			break
		}
		delete(m.pages, id)
		old++
	}
	m.ended = m.ended[old:]
}

// applyToDay drops yesterday's pages when a day opens and ends all duty when it
// closes. It reports whether anything may have changed.
func (m *Module) applyToDay(env branch.Envelope) bool {
	switch env.Event.EventType() {
	case dayOpened:
		m.forget(env.At)
	case dayClosed:
		m.endDuty(env.At, func(*Duty) bool { return true })
	default:
		return false
	}
	return true
}

// applyPolicy puts a policy in force. Pages keep the plan they were raised
// with; staff who are not configured any more go off duty.
func (m *Module) applyPolicy(at branch.Instant, data json.RawMessage) {
	var next Policy
	if json.Unmarshal(data, &next) != nil {
		return
	}
	m.policy = &next
	m.endDuty(at, func(d *Duty) bool { return !next.employs(d.Staff) })
}

// shift moves the pages that have not ended with the wall clock: what is due,
// and since when somebody waits.
func (m *Module) shift(e branch.ClockJumped) {
	for id, p := range m.pages {
		if p.Status.Ended() {
			continue
		}
		moved := *p
		for _, at := range []*branch.Instant{&moved.RaisedAt, &moved.AcceptedAt, &moved.ArrivedAt, &moved.DueAt} {
			if !at.IsZero() {
				// Never to zero, which would mean never.
				*at = max(1, at.Add(e.Delta()))
			}
		}
		m.pages[id] = &moved
	}
	m.started = m.started.Add(e.Delta())
}

// Page finds a page that has not ended, or that ended today. Only the writer
// may ask.
func (m *Module) Page(id branch.PageID) (*Page, bool) {
	p, ok := m.pages[id]
	return p, ok
}

// OpenFor finds the oldest page about a visit for a reason to which somebody is
// still to come. Only the writer may ask.
func (m *Module) OpenFor(visit branch.VisitID, reason branch.Reason) (*Page, bool) {
	p := m.pressed(Raise{Reason: reason, Visit: visit})
	return p, p != nil
}

// HasPlace reports whether a page may be raised for a place. Only the writer
// may ask.
func (m *Module) HasPlace(id branch.PlaceID) bool {
	return m.policy != nil && slices.ContainsFunc(m.policy.Places, func(s PlaceSpec) bool { return s.ID == id })
}

// Offers reports whether this branch offers a reason. Only the writer may ask.
func (m *Module) Offers(reason branch.Reason) bool {
	if m.policy == nil {
		return false
	}
	_, ok := m.policy.Reasons[reason]
	return ok
}

// Model returns the read model of the present state. Only the writer may ask,
// everybody may read the answer.
func (m *Module) Model() *Model {
	if m.model == nil {
		m.model = &Model{Policy: m.policy, Pages: m.live(), ByID: maps.Clone(m.pages), Duty: m.crew}
	}
	return m.model
}

// live returns the pages that have not ended, by RaisedAt, then ID.
func (m *Module) live() []*Page {
	live := make([]*Page, 0, len(m.pages)-len(m.ended))
	for _, p := range m.pages {
		if !p.Status.Ended() {
			live = append(live, p)
		}
	}
	slices.SortFunc(live, byAge)
	return live
}

func byAge(a, b *Page) int {
	return cmp.Or(cmp.Compare(a.RaisedAt, b.RaisedAt), cmp.Compare(a.ID, b.ID))
}

// employs reports whether a member of staff is configured.
func (p *Policy) employs(id branch.StaffID) bool {
	return slices.ContainsFunc(p.Staff, func(s StaffSpec) bool { return s.ID == id })
}

// zoneOf returns the zone in which the hall speaks for a place. A page without
// a place, or for one that has no zone, is spoken in the zone of the first
// place: an alarm that no hall hears would be silence.
func (p *Policy) zoneOf(place branch.PlaceID) branch.ZoneID {
	for _, s := range p.Places {
		if s.ID == place && s.Zone != "" {
			return s.Zone
		}
	}
	for _, s := range p.Places {
		if s.Zone != "" {
			return s.Zone
		}
	}
	return ""
}
