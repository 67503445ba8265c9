package queue_test

import (
	"math/big"
	"slices"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
)

// reference is the queue as a plain person would write it down: maps, loops and
// big numbers, from the contract's table and the design's call rule. It shares
// no code with the package and uses only its commands, events and policy to talk
// about them.
type reference struct {
	t      tester
	policy queue.Policy
	visits map[branch.VisitID]*person
	desks  map[branch.CounterID]*desk
	day    branch.Day
	byHand bool
	// lastDay is the day opened last.
	lastDay branch.Day
	// issued holds every day and ticket ever given.
	issued map[string]branch.VisitID
}

// person is one visit.
type person struct {
	id               branch.VisitID
	ticket           branch.Ticket
	day              branch.Day
	service          branch.ServiceID
	class            branch.Class
	needs            []branch.Need
	state            queue.State
	desk, onlyAt     branch.CounterID
	queued, lastCall branch.Instant
	due              branch.Instant
	stranded         bool
	relaxed          bool
}

// desk is one counter.
type desk struct {
	spec  queue.CounterSpec
	state queue.CounterState
	staff branch.StaffID
	lost  []queue.LostAbility
}

func newReference(t tester, p queue.Policy) *reference {
	r := &reference{t: t, policy: p, visits: map[branch.VisitID]*person{}, desks: map[branch.CounterID]*desk{},
		issued: map[string]branch.VisitID{}}
	for _, spec := range p.Counters {
		r.desks[spec.ID] = &desk{spec: spec, state: queue.CounterClosed}
	}
	return r
}

// at returns who is at the desk, nil when nobody.
func (r *reference) at(id branch.CounterID) *person {
	var found *person
	for _, v := range r.visits {
		if v.desk == id && (v.state == queue.Called || v.state == queue.Serving) {
			if found != nil {
				r.t.Fatalf("%s and %s are both at %s", found.id, v.id, id)
			}
			found = v
		}
	}
	return found
}

// can reports whether the desk is right for the person.
func (r *reference) can(d *desk, v *person) bool {
	if v.onlyAt != "" {
		return v.onlyAt == d.spec.ID
	}
	if !slices.Contains(d.spec.Services, v.service) {
		return false
	}
	var required [][]branch.Ability
	for _, s := range r.policy.Services {
		if s.ID == v.service {
			for _, a := range s.NeedsCounter {
				required = append(required, []branch.Ability{a})
			}
		}
	}
	for _, n := range v.needs {
		if anyOf, ok := r.policy.Requires[n]; ok {
			required = append(required, anyOf)
		}
	}
	for _, anyOf := range required {
		met := false
		for _, a := range anyOf {
			met = met || r.has(d, a)
		}
		if !met {
			return false
		}
	}
	return true
}

// has reports whether the desk has the ability now.
func (r *reference) has(d *desk, a branch.Ability) bool {
	for _, l := range d.lost {
		if l.Ability == a {
			return false
		}
	}
	for _, s := range r.policy.Staff {
		if s.ID == d.staff && slices.Contains(s.Abilities, a) {
			return true
		}
	}
	return slices.Contains(d.spec.Abilities, a)
}

// abandoned reports whether desks are staffed, but none is right.
func (r *reference) abandoned(v *person) bool {
	staffed := false
	for _, d := range r.desks {
		if d.state != queue.CounterClosed {
			staffed = true
			if r.can(d, v) {
				return false
			}
		}
	}
	return staffed
}

// rate is how far a wait is towards the promise, and the accumulated priority.
func rate(v *person, now branch.Instant) (share *big.Rat, score int64) {
	target := map[branch.Class]int64{branch.Urgent: 60_000, branch.Caring: 900_000, branch.Ordinary: 1_800_000}
	slope := map[branch.Class]int64{branch.Urgent: 60, branch.Caring: 4, branch.Ordinary: 1}
	wait := max(int64(now-v.queued), 0)
	return big.NewRat(wait, target[v.class]), wait * slope[v.class]
}

// line lists whom the desk may call, by queue time, then id.
func (r *reference) line(d *desk) []*person {
	var line []*person
	for _, v := range r.visits {
		if v.state == queue.Waiting && (v.relaxed || r.can(d, v)) {
			line = append(line, v)
		}
	}
	slices.SortFunc(line, func(a, b *person) int {
		if a.queued != b.queued {
			return int(a.queued - b.queued)
		}
		if a.id < b.id {
			return -1
		}
		return 1
	})
	return line
}

// next is whom the desk calls, nil when nobody, and the rule's name.
func (r *reference) next(d *desk, now branch.Instant) (*person, queue.Rule) {
	line := r.line(d)
	if len(line) == 0 {
		return nil, ""
	}
	if len(line) == 1 {
		return line[0], queue.RuleOnly
	}
	heads := map[branch.Class]*person{}
	for _, v := range slices.Backward(line) {
		heads[v.class] = v
	}
	inLine := slices.DeleteFunc(line, func(v *person) bool { return heads[v.class] != v })
	if v := r.mostOverdue(inLine, now); v != nil {
		return v, queue.RuleGuard
	}
	if v := heads[branch.Caring]; v != nil && r.has(d, "caring") {
		return v, queue.RulePriority
	}
	best := inLine[0]
	for _, v := range inLine {
		_, score := rate(v, now)
		if _, top := rate(best, now); score > top {
			best = v
		}
	}
	return best, queue.RulePriority
}

// mostOverdue is who has waited for the largest share of the promise, of those
// for whom it is broken.
func (r *reference) mostOverdue(heads []*person, now branch.Instant) *person {
	var worst *person
	for _, v := range heads {
		share, _ := rate(v, now)
		if share.Cmp(big.NewRat(1, 1)) < 0 {
			continue
		}
		if worst != nil {
			if top, _ := rate(worst, now); share.Cmp(top) <= 0 {
				continue
			}
		}
		worst = v
	}
	return worst
}

// takesTickets reports whether the branch gives tickets.
func (r *reference) takesTickets(now branch.Instant) bool {
	if r.day == "" {
		return false
	}
	if r.byHand || len(r.policy.Hours) == 0 {
		return true
	}
	zone, err := time.LoadLocation(r.policy.TimeZone)
	if err != nil {
		r.t.Fatal(err)
	}
	local := now.Time().In(zone)
	for _, h := range r.policy.Hours {
		minute := local.Hour()*60 + local.Minute()
		if h.Weekday == local.Weekday() && minute >= h.From && minute < h.To {
			return true
		}
	}
	return false
}

// code predicts how a command is answered; empty when it is accepted.
func (r *reference) code(by branch.Actor, now branch.Instant, cmd branch.Command) branch.Code {
	switch c := cmd.(type) {
	case queue.Create:
		if c.Class == branch.Urgent && by.Role != branch.RoleSupervisor {
			return branch.CodeForbidden
		}
		if !r.takesTickets(now) {
			return branch.CodeBranchClosed
		}
	case queue.Away:
		return r.verb(c.Visit, "away")
	case queue.Back:
		return r.verb(c.Visit, "back")
	case queue.Cancel:
		return r.verb(c.Visit, "cancel")
	case queue.Return:
		return r.verb(c.Visit, "return")
	case queue.Recall:
		if code := r.verbAt(by, c.Visit, "recall"); code != "" {
			return code
		}
		if now-r.visits[c.Visit].lastCall < 10_000 {
			return branch.CodeTooMany
		}
	case queue.Confirm:
		return r.verbAt(by, c.Visit, "confirm")
	case queue.Finish:
		return r.verbAt(by, c.Visit, "finish")
	case queue.NoShow:
		return r.verbAt(by, c.Visit, "no-show")
	case queue.Park:
		return r.verbAt(by, c.Visit, "park")
	case queue.Transfer:
		return r.verbAt(by, c.Visit, "transfer")
	default:
		return r.deskCode(cmd)
	}
	return ""
}

// deskCode is code for the commands of counters and the day.
func (r *reference) deskCode(cmd branch.Command) branch.Code {
	switch c := cmd.(type) {
	case queue.CallNext:
		return r.free(c.Counter)
	case queue.Call:
		if code := r.free(c.Counter); code != "" {
			return code
		}
		return r.verb(c.Visit, "call")
	case queue.OpenCounter:
		if r.desks[c.Counter].state == queue.CounterOpen {
			return branch.CodeWrongState
		}
	case queue.PauseCounter:
		return r.leave(c.Counter, queue.CounterPaused)
	case queue.CloseCounter:
		return r.leave(c.Counter, "")
	case queue.OpenDay:
		if r.day != "" {
			return branch.CodeWrongState
		}
	case queue.CloseDay:
		if r.day == "" {
			return branch.CodeWrongState
		}
	}
	return ""
}

// verb predicts a verb by the contract's table.
func (r *reference) verb(id branch.VisitID, verb string) branch.Code {
	v, ok := r.visits[id]
	if !ok {
		return branch.CodeNotFound
	}
	if _, ok := transitions[v.state][verb]; !ok {
		return branch.CodeWrongState
	}
	return ""
}

// verbAt is verb for what only the serving counter may do.
func (r *reference) verbAt(by branch.Actor, id branch.VisitID, verb string) branch.Code {
	v, ok := r.visits[id]
	if ok && by.Role == branch.RoleCounter && v.desk != "" && branch.PlaceID(v.desk) != by.Place {
		return branch.CodeForbidden
	}
	return r.verb(id, verb)
}

// free predicts whether the desk may call.
func (r *reference) free(id branch.CounterID) branch.Code {
	switch {
	case r.desks[id].state != queue.CounterOpen:
		return branch.CodeCounterClosed
	case r.at(id) != nil:
		return branch.CodeCounterBusy
	}
	return ""
}

// leave predicts whether the desk may pause or close; it cannot be in the state
// already.
func (r *reference) leave(id branch.CounterID, already queue.CounterState) branch.Code {
	switch {
	case r.desks[id].state == already || r.desks[id].state == queue.CounterClosed:
		return branch.CodeWrongState
	case r.at(id) != nil:
		return branch.CodeCounterBusy
	}
	return ""
}
