package views

import (
	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
	"handrail/server/internal/wire"
)

// data gives the wire form of an event, unredacted. An event type that is not
// listed here is told with empty data; a test walks all types of the log.
func (v *Views) data(s *Set, event branch.Event) wire.EventData {
	switch e := event.(type) {
	case granted:
		token, role, place := e.Grantee()
		return wire.EventData{Token: string(token), Role: string(role), Place: string(place)}
	case revoked:
		return wire.EventData{Token: string(e.RevokedToken())}
	case branch.ConfigApplied:
		return wire.EventData{ConfigVersion: e.ConfigVersion}
	case branch.ClockJumped:
		return wire.EventData{DeltaMillis: e.DeltaMillis}
	case queue.DayOpened:
		return wire.EventData{Day: string(e.Day)}
	case queue.DayClosed:
		return wire.EventData{Day: string(e.Day)}
	}
	if data, ok := v.visitData(s, event); ok {
		return data
	}
	if data, ok := counterData(event); ok {
		return data
	}
	if data, ok := pageData(event); ok {
		return data
	}
	return equipmentData(event)
}

func (v *Views) visitData(s *Set, event branch.Event) (data wire.EventData, ok bool) {
	switch e := event.(type) {
	case queue.VisitCreated:
		return wire.EventData{Visit: string(e.Visit), Ticket: string(e.Ticket), Service: string(e.Service),
			Class: string(e.Class), Needs: texts(e.Needs), Language: string(e.Language),
			Place: string(e.Place), Wait: Wait(e.Wait)}, true
	case queue.VisitCalled:
		reason := v.Reason(s, e.Ticket, e.Reason)
		return wire.EventData{Call: string(e.Call), Visit: string(e.Visit), Ticket: string(e.Ticket),
			Counter: string(e.Counter), Reason: &reason, Why: e.Reason.Why}, true
	case queue.VisitRecalled:
		return wire.EventData{Call: string(e.Call), Visit: string(e.Visit), Ticket: string(e.Ticket),
			Counter: string(e.Counter), Recall: e.Recall}, true
	case queue.VisitConfirmed:
		return wire.EventData{Call: string(e.Call), Visit: string(e.Visit), Ticket: string(e.Ticket),
			Counter: string(e.Counter)}, true
	case queue.VisitAway:
		return wire.EventData{Call: string(e.Call), Visit: string(e.Visit), Ticket: string(e.Ticket),
			Counter: string(e.Counter), Until: at(e.Until)}, true
	case queue.VisitBack:
		return wire.EventData{Visit: string(e.Visit), Ticket: string(e.Ticket)}, true
	case queue.VisitParked:
		return wire.EventData{Visit: string(e.Visit), Ticket: string(e.Ticket), Counter: string(e.Counter),
			Until: at(e.Until), Why: e.Reason}, true
	case queue.VisitTransferred:
		return wire.EventData{Call: string(e.Call), Visit: string(e.Visit), Ticket: string(e.Ticket),
			Counter: string(e.Counter), Service: string(e.Service), Next: string(e.To), QueuedAt: at(e.QueuedAt)}, true
	}
	return visitEndData(event)
}

// visitEndData covers the visits that leave the queue, come back, or cannot be
// served.
func visitEndData(event branch.Event) (data wire.EventData, ok bool) {
	switch e := event.(type) {
	case queue.VisitNoShow:
		return wire.EventData{Call: string(e.Call), Visit: string(e.Visit), Ticket: string(e.Ticket),
			Counter: string(e.Counter), Until: at(e.Until)}, true
	case queue.VisitReturned:
		return wire.EventData{Visit: string(e.Visit), Ticket: string(e.Ticket), QueuedAt: at(e.QueuedAt),
			Why: string(e.Cause)}, true
	case queue.VisitFinished:
		return wire.EventData{Visit: string(e.Visit), Ticket: string(e.Ticket), Counter: string(e.Counter),
			Outcome: string(e.Outcome), Next: string(e.Next)}, true
	case queue.VisitCancelled:
		return wire.EventData{Call: string(e.Call), Visit: string(e.Visit), Ticket: string(e.Ticket),
			Counter: string(e.Counter)}, true
	case queue.VisitRemoved:
		return wire.EventData{Call: string(e.Call), Visit: string(e.Visit), Ticket: string(e.Ticket),
			Counter: string(e.Counter), Why: string(e.Cause)}, true
	case queue.VisitStranded:
		return wire.EventData{Visit: string(e.Visit), Ticket: string(e.Ticket), Lacking: texts(e.Lacking)}, true
	case queue.VisitRelaxed:
		return wire.EventData{Visit: string(e.Visit), Ticket: string(e.Ticket)}, true
	}
	return wire.EventData{}, false
}

func counterData(event branch.Event) (data wire.EventData, ok bool) {
	switch e := event.(type) {
	case queue.OpenedCounter:
		return wire.EventData{Counter: string(e.Counter), Who: string(e.Staff)}, true
	case queue.PausedCounter:
		return wire.EventData{Counter: string(e.Counter), Why: e.Reason}, true
	case queue.ClosedCounter:
		return wire.EventData{Counter: string(e.Counter)}, true
	case queue.AbilityLost:
		return wire.EventData{Counter: string(e.Counter), Ability: string(e.Ability), Device: string(e.Device)}, true
	case queue.AbilityRestored:
		return wire.EventData{Counter: string(e.Counter), Ability: string(e.Ability), Device: string(e.Device)}, true
	}
	return wire.EventData{}, false
}

func pageData(event branch.Event) (data wire.EventData, ok bool) {
	switch e := event.(type) {
	case paging.PageRaised:
		return wire.EventData{Page: string(e.Page), PageReason: string(e.Reason), Place: string(e.Place),
			Visit: string(e.Visit), DueAt: at(e.Due)}, true
	case paging.PageNotified:
		return wire.EventData{Page: string(e.Page), Step: e.Step, Level: &e.Level, Staff: texts(e.Staff)}, true
	case paging.PageDelivered:
		return wire.EventData{Page: string(e.Page), Step: e.Step, Who: string(e.Staff)}, true
	case paging.PageAccepted:
		return wire.EventData{Page: string(e.Page), Place: string(e.Place), Who: string(e.Staff), DueAt: at(e.Due)}, true
	case paging.PageRejected:
		return wire.EventData{Page: string(e.Page), Who: string(e.Staff)}, true
	case paging.PageArrived:
		return wire.EventData{Page: string(e.Page), Who: string(e.Staff)}, true
	case paging.PageClosed:
		return wire.EventData{Page: string(e.Page), Outcome: string(e.Outcome), Who: string(e.Staff)}, true
	case paging.PageCancelled:
		return wire.EventData{Page: string(e.Page)}, true
	case paging.PageEscalated:
		return wire.EventData{Page: string(e.Page), Level: &e.Level, DueAt: at(e.Due)}, true
	case paging.PageAlarmed:
		return wire.EventData{Page: string(e.Page), PageReason: string(e.Reason), Place: string(e.Place),
			Call: string(e.Call), Step: e.Step, DueAt: at(e.Due)}, true
	case paging.PageReopened:
		return wire.EventData{Page: string(e.Page), Level: &e.Level, Who: string(e.Staff), DueAt: at(e.Due)}, true
	case paging.PageRepeated:
		return wire.EventData{Page: string(e.Page), Count: e.Count}, true
	case paging.PageReminded:
		return wire.EventData{Page: string(e.Page), Who: string(e.Staff)}, true
	}
	return staffData(event)
}

func staffData(event branch.Event) (data wire.EventData, ok bool) {
	switch e := event.(type) {
	case paging.StaffOnDuty:
		return wire.EventData{Who: string(e.Staff), Abilities: texts(e.Abilities)}, true
	case paging.StaffOffDuty:
		return wire.EventData{Who: string(e.Staff)}, true
	case paging.StaffConnected:
		return wire.EventData{Who: string(e.Staff)}, true
	case paging.StaffLeft:
		return wire.EventData{Who: string(e.Staff)}, true
	}
	return wire.EventData{}, false
}

func equipmentData(event branch.Event) wire.EventData {
	switch e := event.(type) {
	case equipment.CallAnnounced:
		return wire.EventData{Call: string(e.Call), Zone: string(e.Zone)}
	case equipment.CallUnspoken:
		return wire.EventData{Call: string(e.Call), Zone: string(e.Zone), Why: string(e.Cause)}
	case equipment.SlipPrinted:
		return wire.EventData{Visit: string(e.Visit), Device: string(e.Device)}
	case equipment.SlipFailed:
		return wire.EventData{Visit: string(e.Visit), Device: string(e.Device), Place: string(e.Place), Why: e.Why}
	case equipment.DeviceChanged:
		return wire.EventData{Device: string(e.Device), Place: string(e.Place), Health: string(e.Health), Why: e.Why}
	case equipment.DeviceFailed:
		return wire.EventData{Device: string(e.Device), Place: string(e.Place), Health: string(e.Health), Why: e.Why}
	case equipment.DeviceRecovered:
		return wire.EventData{Device: string(e.Device), Place: string(e.Place), Health: string(e.Health)}
	}
	return wire.EventData{}
}
