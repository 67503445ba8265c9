package app

import (
	"handrail/server/internal/branch"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
)

// The people and places of the demo branch.
func kiosk() branch.Actor      { return branch.Actor{Role: branch.RoleKiosk, Place: "kiosk-1"} }
func supervisor() branch.Actor { return branch.Actor{Role: branch.RoleSupervisor} }
func pager(who branch.StaffID) branch.Actor {
	return branch.Actor{Role: branch.RolePager, Staff: who, Token: branch.TokenID("t_" + who)}
}
func counter(id branch.CounterID) branch.Actor {
	return branch.Actor{Role: branch.RoleCounter, Place: branch.PlaceID(id)}
}

// ticket takes a ticket at the kiosk.
func (b *box) ticket(service branch.ServiceID, needs ...branch.Need) branch.VisitID {
	b.t.Helper()
	return b.must(kiosk(), queue.Create{Service: service, Needs: needs, Language: branch.English}).Answer.Visit
}

// called brings a visit to a counter that is open.
func (b *box) called(counter branch.CounterID, visit branch.VisitID) {
	b.t.Helper()
	b.must(supervisor(), queue.Call{Counter: counter, Visit: visit, Why: "for this test"})
}

// served brings a visit to a counter, where the person is.
func (b *box) served(at branch.CounterID, visit branch.VisitID) {
	b.t.Helper()
	b.called(at, visit)
	b.must(counter(at), queue.Confirm{Visit: visit})
}

// opened opens counters.
func (b *box) opened(counters ...branch.CounterID) {
	b.t.Helper()
	for _, id := range counters {
		b.must(supervisor(), queue.OpenCounter{Counter: id})
	}
}

// onDuty puts people on duty whose pagers are connected.
func (b *box) onDuty(staff ...branch.StaffID) {
	b.t.Helper()
	for _, who := range staff {
		b.must(branch.Box(), paging.Connect{Staff: who})
		b.must(pager(who), paging.DutyOn{})
	}
}

// page asks for help for a reason, in a session of its own.
func (b *box) page(reason branch.Reason) branch.PageID {
	b.t.Helper()
	return b.must(kiosk(), paging.Raise{Reason: reason, Session: string(reason)}).Answer.Page
}
