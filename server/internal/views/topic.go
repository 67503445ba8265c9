package views

import (
	"encoding/json"
	"slices"
	"strings"

	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
	"handrail/server/internal/wire"
)

// Kind is what a topic is about.
type Kind string

// The kinds of topics; all but pages, supervisor and it name a place or a visit
// after a colon.
const (
	TopicKiosk      Kind = "kiosk"
	TopicHall       Kind = "hall"
	TopicCounter    Kind = "counter"
	TopicVisit      Kind = "visit"
	TopicPages      Kind = "pages"
	TopicSupervisor Kind = "supervisor"
	TopicIT         Kind = "it"
)

// Topic is what a screen may watch.
type Topic struct {
	Kind Kind
	Of   string
}

// ParseTopic reads "hall:main" or "pages"; ok is false for anything else.
func ParseTopic(text string) (t Topic, ok bool) {
	kind, of, named := strings.Cut(text, ":")
	t = Topic{Kind: Kind(kind), Of: of}
	switch t.Kind {
	case TopicKiosk, TopicHall, TopicCounter, TopicVisit:
		return t, named && of != ""
	case TopicPages, TopicSupervisor, TopicIT:
		return t, !named
	}
	return t, false
}

// View renders the whole view of a topic, or refuses with not-found one of a
// place that does not exist: a mistyped one would look like a quiet one.
func (v *Views) View(s *Set, t Topic) (json.RawMessage, error) {
	if !v.exists(t) {
		return nil, branch.Refuse(branch.CodeNotFound, "There is no such topic.")
	}
	switch t.Kind {
	case TopicKiosk:
		return json.Marshal(v.kiosk(s, branch.PlaceID(t.Of)))
	case TopicHall:
		return json.Marshal(v.hall(s, branch.ZoneID(t.Of)))
	case TopicCounter:
		return json.Marshal(v.counter(s, branch.CounterID(t.Of)))
	case TopicPages:
		return json.Marshal(wire.PagesView{Pages: v.Pages(s, Every), Duty: Duty(s)})
	case TopicVisit:
		return json.Marshal(v.visit(s, branch.VisitID(t.Of)))
	case TopicSupervisor:
		return json.Marshal(v.supervisor(s))
	case TopicIT:
		return json.Marshal(v.it(s))
	}
	return nil, branch.Refuse(branch.CodeNotFound, "There is no such topic.")
}

// exists reports whether the branch has the place that a topic names. A visit of
// another day is nobody's mistake: its view is empty.
func (v *Views) exists(t Topic) bool {
	switch t.Kind {
	case TopicKiosk:
		return slices.ContainsFunc(v.dir.Kiosks, func(k wire.BranchPlace) bool { return k.ID == t.Of })
	case TopicHall:
		return slices.ContainsFunc(v.dir.Zones, func(z wire.BranchZone) bool { return z.ID == t.Of })
	case TopicCounter:
		return v.dir.Counters[branch.CounterID(t.Of)] != nil
	}
	return true
}

func (v *Views) kiosk(s *Set, place branch.PlaceID) wire.KioskView {
	return wire.KioskView{
		Place:   string(place),
		Pages:   v.Pages(s, func(p *paging.Page) bool { return p.Place == place && Audible(p) }),
		Missing: missing(s, place),
		Waits:   kioskWaits(v.promises(s)),
	}
}

// missing lists the help that a kiosk must not promise now: needs that no
// staffed counter can meet, and "printer" when there is no paper to be had.
func missing(s *Set, place branch.PlaceID) []string {
	out := []string{}
	for _, need := range s.Queue.Policy.Needs {
		if required := s.Queue.Policy.Requires[need]; len(required) > 0 && !offered(s, required) {
			out = append(out, string(need))
		}
	}
	if slices.ContainsFunc(s.Equipment.Devices, func(d *equipment.Device) bool {
		return d.Spec.Place == place && d.Spec.Kind == equipment.KindPrinter && !d.Able()
	}) {
		out = append(out, "printer")
	}
	return out
}

// offered reports whether a counter that is open or paused has one of the
// abilities.
func offered(s *Set, abilities []branch.Ability) bool {
	return slices.ContainsFunc(s.Queue.Counters, func(c *queue.Counter) bool {
		return c.State != queue.CounterClosed && slices.ContainsFunc(abilities, func(a branch.Ability) bool {
			return slices.Contains(c.Abilities, a)
		})
	})
}

func (v *Views) hall(s *Set, zone branch.ZoneID) wire.HallView {
	return wire.HallView{Calls: hallCalls(s, zone), Waiting: hallWaiting(s, v.promises(s)), Alarms: hallAlarms(s, zone)}
}

func hallCalls(s *Set, zone branch.ZoneID) []wire.HallCall {
	out := []wire.HallCall{}
	for _, z := range s.Equipment.Zones {
		if z.Spec.ID != zone {
			continue
		}
		for _, c := range z.Recent {
			out = append(out, wire.HallCall{
				Call: string(c.Call), Visit: string(c.Visit), Ticket: string(c.Ticket),
				Counter: string(c.Counter), At: wire.Time(c.At.Time()), Recall: c.Recall,
				Spoken: string(c.Spoken), Standing: standing(s, c),
			})
		}
	}
	return out
}

// standing reports whether the person of a call is still to come to its counter.
func standing(s *Set, c *equipment.Call) bool {
	visit := s.Queue.ByID[c.Visit]
	return visit != nil && visit.State == queue.Called && visit.Counter == c.Counter
}

// hallWaiting counts the waiting people of each service that has any.
func hallWaiting(s *Set, promises []queue.Promise) []wire.HallWaiting {
	counts := map[branch.ServiceID]int{}
	for _, visit := range s.Queue.Live {
		if visit.State == queue.Waiting {
			counts[visit.Service]++
		}
	}
	out := []wire.HallWaiting{}
	for _, p := range promises {
		if n := counts[p.Service]; n > 0 && p.Class == branch.Ordinary {
			out = append(out, wire.HallWaiting{Service: string(p.Service), Count: n, Wait: Wait(&p.Wait)})
		}
	}
	return out
}

// hallAlarms lists the pages whose alarm the zone may know of.
func hallAlarms(s *Set, zone branch.ZoneID) []wire.HallAlarm {
	out := []wire.HallAlarm{}
	for _, p := range s.Paging.Pages {
		if p.Alarm && p.Status == paging.Open && Audible(p) && inZone(s, p.Place, zone) {
			out = append(out, wire.HallAlarm{Page: string(p.ID), Place: string(p.Place)})
		}
	}
	return out
}

// inZone reports whether an alarm at place is shown in zone; a place without a
// zone is everybody's.
func inZone(s *Set, place branch.PlaceID, zone branch.ZoneID) bool {
	for _, spec := range s.Paging.Policy.Places {
		if spec.ID == place {
			return spec.Zone == zone || spec.Zone == ""
		}
	}
	return true
}

func (v *Views) counter(s *Set, id branch.CounterID) wire.CounterView {
	view := wire.CounterView{Next: []wire.CounterNext{}, Pages: v.Pages(s, Every),
		Aside: v.aside(s, id), Today: counterToday(s, id)}
	for _, c := range s.Queue.Counters {
		if c.ID != id {
			continue
		}
		view.Counter = v.Counter(c)
		if visit := s.Queue.ByID[c.Visit]; visit != nil {
			serving := v.Served(s, visit)
			view.Serving = &serving
		}
		for _, choice := range s.Queue.Next(s.Now, c.ID, 3) {
			view.Next = append(view.Next, wire.CounterNext{
				Visit:  v.Visit(s, choice.Visit),
				Reason: v.Reason(s, choice.Visit.Ticket, choice.Reason),
			})
		}
	}
	return view
}

// aside lists the visits that the counter may bring back.
func (v *Views) aside(s *Set, id branch.CounterID) []wire.Visit {
	out := []wire.Visit{}
	for _, visit := range s.Queue.Live {
		if visit.SetAsideBy == id {
			out = append(out, v.Visit(s, visit))
		}
	}
	return out
}

func counterToday(s *Set, id branch.CounterID) wire.CounterToday {
	tally := s.Queue.Today[id]
	return wire.CounterToday{Served: tally.Served, MeanServiceSeconds: int64(tally.Mean().Seconds())}
}

func (v *Views) visit(s *Set, id branch.VisitID) wire.VisitView {
	view := wire.VisitView{Visit: wire.Visit{Needs: []string{}}, Pages: v.Pages(s, func(p *paging.Page) bool {
		return p.Visit == id && Audible(p) && !v.bygone(s, id, p.RaisedAt)
	})}
	if visit := v.Find(s, id); visit != nil {
		view.Visit = v.Visit(s, visit)
	}
	return view
}

func (v *Views) supervisor(s *Set) wire.SupervisorView {
	view := wire.SupervisorView{
		Counters: make([]wire.Counter, len(s.Queue.Counters)),
		Visits:   make([]wire.Visit, len(s.Queue.Live)),
		Pages:    v.Pages(s, Every),
		Devices:  Devices(s),
	}
	for i, c := range s.Queue.Counters {
		view.Counters[i] = v.Counter(c)
	}
	positions := s.Queue.Positions()
	for i, visit := range s.Queue.Live {
		shown := v.visitWithoutPosition(s, visit)
		shown.Reason = v.reasonOf(s, visit)
		if visit.State == queue.Waiting {
			shown.Position = positions[visit.ID]
		}
		view.Visits[i] = shown
	}
	return view
}

func (v *Views) it(s *Set) wire.ITView {
	view := wire.ITView{
		Devices:  Devices(s),
		Config:   wire.ConfigState{Version: s.Config.Version, Since: wire.Time(s.Config.Since.Time())},
		Problems: []wire.ITProblem{},
	}
	for _, d := range s.Equipment.Devices {
		if !d.Health.Works() {
			view.Problems = append(view.Problems, wire.ITProblem{
				Code: "device-" + string(d.Health), Where: string(d.ID), Since: at(d.Since)})
		}
	}
	view.Problems = append(view.Problems, v.faults()...)
	return view
}
