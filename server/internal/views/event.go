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

// granted and revoked are what this package must know of access events; access
// is not imported, so that no hash can slip into a view.
type (
	granted interface {
		Grantee() (branch.TokenID, branch.Role, branch.PlaceID)
	}
	revoked interface{ RevokedToken() branch.TokenID }
)

// Events returns the envelopes that the topic may see, each redacted for it.
func (v *Views) Events(s *Set, t Topic, envelopes []branch.Envelope) []wire.Event {
	var out []wire.Event
	for _, env := range envelopes {
		if event, ok := v.Event(s, t, env); ok {
			out = append(out, event)
		}
	}
	return out
}

// Event returns one envelope as the topic may see it; ok is false when the
// topic may not.
func (v *Views) Event(s *Set, t Topic, env branch.Envelope) (event wire.Event, ok bool) {
	data := v.data(s, env.Event)
	if !sees(s, t, env.Event, &data) || v.conceals(s, t, &data) {
		return wire.Event{}, false
	}
	v.redact(s, t, env, &data)
	raw, err := json.Marshal(data)
	if err != nil {
		return wire.Event{}, false
	}
	event = wire.Event{Seq: env.Seq, Event: env.Event.EventType(), At: wire.Time(env.At.Time()), Data: raw}
	if t.Kind == TopicSupervisor || t.Kind == TopicIT {
		event.By = &wire.By{Role: string(env.By.Role), Place: string(env.By.Place),
			Staff: string(env.By.Staff), OnBehalfOf: string(env.By.OnBehalfOf)}
	}
	return event, true
}

// sees is the table "Topics: who, view, events" of the contract.
func sees(s *Set, t Topic, event branch.Event, data *wire.EventData) bool {
	family, _, _ := strings.Cut(event.EventType(), ".")
	switch t.Kind {
	case TopicSupervisor:
		return true
	case TopicIT:
		return slices.Contains([]string{"device", "slip", "config", "access", "day", "clock"}, family)
	case TopicPages:
		return family == "page" || family == "staff"
	case TopicHall:
		return hallSees(s, branch.ZoneID(t.Of), event)
	case TopicKiosk:
		p := s.page(data)
		return family == "page" && p != nil && p.Place == branch.PlaceID(t.Of) && Audible(p)
	case TopicVisit:
		return visitSees(s, branch.VisitID(t.Of), family, data)
	case TopicCounter:
		return counterSees(s, branch.CounterID(t.Of), family, data)
	}
	return false
}

// page returns the page an event names, if it is still known.
func (s *Set) page(data *wire.EventData) *paging.Page {
	if data.Page == "" {
		return nil
	}
	return s.Paging.ByID[branch.PageID(data.Page)]
}

// hallSees keeps the hall to calls of its zone and to alarms that are no
// secret. A visit that leaves without having been called there is told to every
// zone, so that no screen keeps it.
func hallSees(s *Set, zone branch.ZoneID, event branch.Event) bool {
	switch e := event.(type) {
	case queue.VisitCalled:
		return e.Zone == zone
	case queue.VisitRecalled:
		return e.Zone == zone
	case queue.VisitConfirmed:
		return counterIn(s, e.Counter, zone)
	case queue.VisitNoShow:
		return counterIn(s, e.Counter, zone)
	case queue.VisitCancelled:
		return e.Counter == "" || counterIn(s, e.Counter, zone)
	case queue.VisitRemoved:
		return e.Counter == "" || counterIn(s, e.Counter, zone)
	case equipment.CallAnnounced:
		return e.Zone == zone
	case equipment.CallUnspoken:
		return e.Zone == zone
	case paging.PageAlarmed:
		return !e.Reason.Silent() && (e.Zone == zone || e.Zone == "")
	case paging.PageAccepted:
		return e.Alarm && (e.Zone == zone || e.Zone == "") && !silentPage(s, e.Page)
	}
	return false
}

// silentPage treats a page that is no longer known as silent: better a line too
// few than a secret.
func silentPage(s *Set, id branch.PageID) bool {
	p := s.Paging.ByID[id]
	return p == nil || p.Reason.Silent()
}

func counterIn(s *Set, id branch.CounterID, zone branch.ZoneID) bool {
	return slices.ContainsFunc(s.Queue.Policy.Counters, func(c queue.CounterSpec) bool {
		return c.ID == id && c.Zone == zone
	})
}

func visitSees(s *Set, id branch.VisitID, family string, data *wire.EventData) bool {
	if family == "visit" {
		return data.Visit == string(id)
	}
	p := s.page(data)
	return family == "page" && p != nil && p.Visit == id && Audible(p)
}

// counterSees gives a counter what happens at it, the pages, and the visits of
// services it has.
func counterSees(s *Set, id branch.CounterID, family string, data *wire.EventData) bool {
	switch family {
	case "page":
		return true
	case "counter":
		return data.Counter == string(id)
	case "visit":
		return data.Counter == string(id) || mayServe(s, id, data)
	}
	return false
}

// mayServe goes by the service in the counter's profile; a visit that has ended
// is told, since the counter may still list it.
func mayServe(s *Set, id branch.CounterID, data *wire.EventData) bool {
	service := branch.ServiceID(data.Service)
	if visit := s.Queue.ByID[branch.VisitID(data.Visit)]; visit != nil && service == "" {
		service = visit.Service
	}
	return service == "" || slices.ContainsFunc(s.Queue.Policy.Counters, func(c queue.CounterSpec) bool {
		return c.ID == id && slices.Contains(c.Services, service)
	})
}

// conceals reports whether the topic itself says for whom a page of a past day
// was: its reason may tell a need.
func (v *Views) conceals(s *Set, t Topic, data *wire.EventData) bool {
	p := s.page(data)
	return t.Kind == TopicVisit && p != nil && v.bygone(s, p.Visit, p.RaisedAt)
}

// redact leaves a topic what the contract gives it. Needs are answered to the
// supervisor only, and only on the day of the visit; what a visit lacked, what a
// page for it was about and what staff wrote about it would tell them, too.
func (v *Views) redact(s *Set, t Topic, env branch.Envelope, data *wire.EventData) {
	if e, ok := env.Event.(queue.VisitCreated); t.Kind != TopicSupervisor || ok && e.Day != v.today() {
		data.Needs = nil
	}
	if v.bygone(s, branch.VisitID(data.Visit), env.At) {
		data.Lacking = nil
		data.Why = withoutStaffWords(env.Event, data.Why)
		if data.Page != "" {
			data.Visit = ""
		}
	}
	switch t.Kind {
	case TopicHall:
		*data = hallData(data)
	case TopicKiosk, TopicVisit:
		data.Staff, data.Reason = nil, nil
		data.Why = withoutStaffWords(env.Event, data.Why)
	case TopicIT:
		data.Visit, data.Ticket = "", ""
	}
}

// withoutStaffWords returns why an event happened, unless staff wrote it about a
// visit in words of their own.
func withoutStaffWords(event branch.Event, why string) string {
	switch event.(type) {
	case queue.VisitCalled, queue.VisitParked:
		return ""
	}
	return why
}

func hallData(data *wire.EventData) wire.EventData {
	if data.Page != "" {
		return wire.EventData{Page: data.Page, Place: data.Place}
	}
	return wire.EventData{Call: data.Call, Visit: data.Visit, Ticket: data.Ticket,
		Counter: data.Counter, Recall: data.Recall}
}
