package paging

import (
	"slices"
	"strings"

	"handrail/server/internal/branch"
)

// pageEvent is an event about a page that exists. Its change is the whole truth of what
// the event does to the page: it reads nothing but the event and the page.
type pageEvent interface {
	branch.Event
	about() branch.PageID
	change(p *Page, at branch.Instant)
}

func (e PageNotified) about() branch.PageID  { return e.Page }
func (e PageDelivered) about() branch.PageID { return e.Page }
func (e PageAccepted) about() branch.PageID  { return e.Page }
func (e PageRejected) about() branch.PageID  { return e.Page }
func (e PageArrived) about() branch.PageID   { return e.Page }
func (e PageClosed) about() branch.PageID    { return e.Page }
func (e PageCancelled) about() branch.PageID { return e.Page }
func (e PageEscalated) about() branch.PageID { return e.Page }
func (e PageAlarmed) about() branch.PageID   { return e.Page }
func (e PageReopened) about() branch.PageID  { return e.Page }
func (e PageRepeated) about() branch.PageID  { return e.Page }
func (e PageReminded) about() branch.PageID  { return e.Page }

// newPage returns the page that a press opens.
func newPage(env branch.Envelope, e PageRaised) *Page {
	p := &Page{ID: e.Page, Reason: e.Reason, Place: e.Place, Visit: e.Visit, Zone: e.Zone, Session: e.Session,
		By: env.By, Status: Open, Level: e.Plan.Start, Count: 1, RaisedAt: env.At, DueAt: e.Due, Plan: e.Plan}
	p.tell(env.At, e, "")
	return p
}

// after returns the page as the event leaves it; p stays as it is.
func (p *Page) after(at branch.Instant, e pageEvent) *Page {
	next := *p
	e.change(&next, at)
	return &next
}

func (e PageNotified) change(p *Page, at branch.Instant) {
	if e.Step == p.Step {
		p.Notified = with(p.Notified, e.Staff...)
	} else {
		p.Step, p.Level, p.First = e.Step, e.Level, e.First
		p.Notified, p.Received = slices.Clone(e.Staff), nil
	}
	if e.Call != "" {
		p.Call = e.Call
	}
	who := branch.StaffID("")
	if len(e.Staff) == 1 {
		who = e.Staff[0]
	}
	p.tell(at, e, who)
}

func (e PageDelivered) change(p *Page, at branch.Instant) {
	p.Received = with(p.Received, e.Staff)
	p.tell(at, e, e.Staff)
}

func (e PageAccepted) change(p *Page, at branch.Instant) {
	p.Status, p.AcceptedBy, p.AcceptedAt, p.DueAt = Accepted, e.Staff, at, e.Due
	p.Rejected = without(p.Rejected, e.Staff)
	p.Alarm, p.First, p.Call = false, false, ""
	p.tell(at, e, e.Staff)
}

func (e PageRejected) change(p *Page, at branch.Instant) {
	p.Rejected = with(p.Rejected, e.Staff)
	p.forget(e.Staff)
	p.tell(at, e, e.Staff)
}

func (e PageArrived) change(p *Page, at branch.Instant) {
	p.Status, p.ArrivedAt, p.DueAt = Arrived, at, e.Due
	p.tell(at, e, e.Staff)
}

func (e PageClosed) change(p *Page, at branch.Instant) {
	p.end(Closed, at)
	p.Outcome = e.Outcome
	p.tell(at, e, e.Staff)
}

func (e PageCancelled) change(p *Page, at branch.Instant) {
	p.end(Cancelled, at)
	p.tell(at, e, "")
}

func (e PageEscalated) change(p *Page, at branch.Instant) {
	p.Level, p.Loop, p.DueAt, p.First = e.Level, e.Loop, e.Due, false
	p.tell(at, e, "")
}

func (e PageAlarmed) change(p *Page, at branch.Instant) {
	p.Alarm, p.First, p.DueAt, p.Call = true, false, e.Due, e.Call
	p.Step, p.Notified, p.Received = e.Step, slices.Clone(e.Staff), nil
	p.tell(at, e, "")
}

func (e PageReopened) change(p *Page, at branch.Instant) {
	p.Status, p.Level, p.DueAt = Open, e.Level, e.Due
	p.AcceptedBy, p.AcceptedAt = "", 0
	p.tell(at, e, e.Staff)
}

func (e PageRepeated) change(p *Page, at branch.Instant) {
	p.Count = e.Count
	p.tell(at, e, "")
}

func (e PageReminded) change(p *Page, at branch.Instant) {
	p.Reminded, p.DueAt = true, e.Due
	p.tell(at, e, e.Staff)
}

func (p *Page) end(as Status, at branch.Instant) {
	p.Status, p.ClosedAt, p.DueAt = as, at, 0
	p.Alarm, p.First, p.Call = false, false, ""
}

// forget takes a person out of the present step.
func (p *Page) forget(who branch.StaffID) {
	p.Notified, p.Received = without(p.Notified, who), without(p.Received, who)
}

// storyLimit bounds the lines of a page's story.
const storyLimit = 200

// tell adds a line to the page's story. Of the same line again and again (an
// impatient finger, an alarm all night) the first and the latest are kept, so
// that they do not push out what else happened.
func (p *Page) tell(at branch.Instant, e branch.Event, who branch.StaffID) {
	line := Happened{At: at, Step: strings.TrimPrefix(e.EventType(), "page."), Who: who}
	kept := p.Steps
	if n := len(kept); n >= 2 && kept[n-1].says(line) && kept[n-2].says(line) {
		kept = kept[:n-1]
	}
	kept = kept[max(0, len(kept)+1-storyLimit):]
	p.Steps = append(slices.Clip(kept), line)
}

func (h Happened) says(o Happened) bool { return h.Step == o.Step && h.Who == o.Who }

// with returns a new list that has each of who once.
func with(list []branch.StaffID, who ...branch.StaffID) []branch.StaffID {
	list = slices.Clip(list)
	for _, w := range who {
		if !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}

// without returns a new list that lacks who, nil when nobody is left.
func without(list []branch.StaffID, who branch.StaffID) []branch.StaffID {
	var rest []branch.StaffID
	for _, w := range list {
		if w != who {
			rest = append(rest, w)
		}
	}
	return rest
}
