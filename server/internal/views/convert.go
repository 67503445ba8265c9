package views

import (
	"strconv"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
	"handrail/server/internal/wire"
)

// Visit returns the visit as it stands in s; visit itself may be one that has
// ended and is no longer in the model.
func (v *Views) Visit(s *Set, visit *queue.Visit) wire.Visit {
	out := v.visitWithoutPosition(s, visit)
	if visit.State == queue.Waiting {
		out.Position = s.Queue.Position(visit.ID)
	}
	return out
}

// visitWithoutPosition is for those who show many: a position takes time in
// proportion to the number of live visits, all of them together hardly more.
func (v *Views) visitWithoutPosition(s *Set, visit *queue.Visit) wire.Visit {
	out := wire.Visit{
		ID: string(visit.ID), Ticket: string(visit.Ticket), Service: string(visit.Service),
		Class: string(visit.Class), Needs: texts(visit.Needs), Language: string(visit.Language),
		State: string(visit.State), Counter: string(visit.Counter),
		CreatedAt: wire.Time(visit.CreatedAt.Time()), QueuedAt: wire.Time(visit.QueuedAt.Time()),
		CalledAt: at(visit.CalledAt), ConfirmedAt: at(visit.ConfirmedAt), EndedAt: at(visit.EndedAt),
		DueAt:   at(visit.Due),
		Recalls: visit.Recalls, Wait: Wait(visit.Wait), Stranded: stranded(visit),
		Page: string(pageOf(s, visit.ID)),
	}
	if visit.Day != v.today() {
		out.Needs = []string{}
	}
	return out
}

// stranded reports whether the visit is in the line and no open counter can serve
// it. One that was called after all keeps the moment, but has a counter.
func stranded(visit *queue.Visit) bool {
	return !visit.StrandedAt.IsZero() && (visit.State == queue.Waiting || visit.State == queue.AwayFor)
}

// pageOf returns the newest page that is open for the visit; silent ones are
// not shown with it.
func pageOf(s *Set, id branch.VisitID) branch.PageID {
	for i := len(s.Paging.Pages) - 1; i >= 0; i-- {
		if p := s.Paging.Pages[i]; p.Visit == id && !p.Reason.Silent() {
			return p.ID
		}
	}
	return ""
}

// Served returns the visit with why it was called, for staff.
func (v *Views) Served(s *Set, visit *queue.Visit) wire.Visit {
	out := v.Visit(s, visit)
	out.Reason = v.reasonOf(s, visit)
	return out
}

func (v *Views) reasonOf(s *Set, visit *queue.Visit) *wire.Reason {
	if visit.Reason == nil {
		return nil
	}
	reason := v.Reason(s, visit.Ticket, *visit.Reason)
	return &reason
}

// Wait returns the wire form of a promised range, nil for none.
func Wait(w *branch.Wait) *wire.Wait {
	if w == nil {
		return nil
	}
	return &wire.Wait{LikelySeconds: w.LikelySeconds, LowSeconds: w.LowSeconds,
		HighSeconds: w.HighSeconds, SaidAt: wire.Time(w.SaidAt.Time())}
}

// Reason returns why the visit with this ticket was called, in plain words of
// every language.
func (v *Views) Reason(s *Set, ticket branch.Ticket, r queue.Reason) wire.Reason {
	text := wire.Text{}
	for _, lang := range v.dir.Languages {
		text[lang] = v.words.Say(lang, reasonKey(r), map[string]string{
			"ticket":  string(ticket),
			"minutes": strconv.FormatInt(r.Waited/time.Minute.Milliseconds(), 10),
		})
	}
	return wire.Reason{
		Rule: string(r.Rule), WaitedSeconds: r.Waited / 1000, TargetSeconds: r.Target / 1000,
		Score: r.Score, RunnerUp: string(r.RunnerUp), Overtook: r.Overtook, Text: text,
	}
}

// reasonKey is the phrase of a reason; who is next by priority hears of which.
func reasonKey(r queue.Reason) string {
	if r.Rule == queue.RulePriority {
		return "reason.priority." + string(r.Class)
	}
	return "reason." + string(r.Rule)
}

// Counter returns the wire form of a counter.
func (v *Views) Counter(c *queue.Counter) wire.Counter {
	return wire.Counter{
		ID: string(c.ID), Name: v.dir.Counters[c.ID], State: string(c.State),
		Staff: string(c.Staff), Serving: string(c.Visit), Abilities: texts(c.Abilities),
	}
}

// Page returns the wire form of a page. Its reason may tell a need, so the page
// of a past day does not say for whom it was.
func (v *Views) Page(s *Set, p *paging.Page) wire.Page {
	out := wire.Page{
		ID: string(p.ID), Reason: string(p.Reason), Place: string(p.Place), Visit: string(p.Visit),
		Status: string(p.Status), Level: p.Level, Alarm: p.Alarm,
		RaisedAt: wire.Time(p.RaisedAt.Time()), Count: p.Count, DueAt: at(p.DueAt),
		AcceptedBy: string(p.AcceptedBy), AcceptedAt: at(p.AcceptedAt), ArrivedAt: at(p.ArrivedAt),
		ClosedAt: at(p.ClosedAt), Outcome: string(p.Outcome),
		Step: p.Step, Steps: make([]wire.PageStep, len(p.Steps)),
	}
	for i, h := range p.Steps {
		out.Steps[i] = wire.PageStep{At: wire.Time(h.At.Time()), Step: h.Step, Who: string(h.Who)}
	}
	if v.bygone(s, p.Visit, p.RaisedAt) {
		out.Visit = ""
	}
	return out
}

// Pages returns the open, accepted and arrived pages for which keep says so.
func (v *Views) Pages(s *Set, keep func(*paging.Page) bool) []wire.Page {
	out := []wire.Page{}
	for _, p := range s.Paging.Pages {
		if keep(p) {
			out = append(out, v.Page(s, p))
		}
	}
	return out
}

// Every keeps each page; Audible those of which a customer may know.
func Every(*paging.Page) bool { return true }

// Audible reports whether a customer may see or hear anything of p.
func Audible(p *paging.Page) bool { return !p.Reason.Silent() }

// Device returns the wire form of a device.
func Device(d *equipment.Device) wire.Device {
	return wire.Device{
		ID: string(d.ID), Kind: d.Spec.Kind, Place: string(d.Spec.Place),
		Health: string(d.Health), Since: at(d.Since), Reason: d.Why, Admin: string(d.Spec.Admin),
	}
}

// Devices returns every device of s.
func Devices(s *Set) []wire.Device {
	out := make([]wire.Device, len(s.Equipment.Devices))
	for i, d := range s.Equipment.Devices {
		out[i] = Device(d)
	}
	return out
}

// Duty returns who answers pages.
func Duty(s *Set) []wire.Duty {
	out := make([]wire.Duty, len(s.Paging.Duty))
	for i, d := range s.Paging.Duty {
		out[i] = wire.Duty{Who: string(d.Staff), Abilities: texts(d.Abilities), Connected: d.Connected}
	}
	return out
}
