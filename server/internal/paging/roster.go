package paging

import (
	"slices"

	"handrail/server/internal/branch"
)

// roster answers whom a page calls, given who is on duty.
type roster struct {
	policy *Policy
	crew   []*Duty
}

// called returns whom the present step of an open page calls: everyone when it
// sounds the alarm, otherwise those of its level.
func (r roster) called(p *Page) []branch.StaffID {
	switch {
	case p.Alarm:
		return r.everyone(p.Rejected)
	case p.First:
		return r.first(&p.Plan, p.Rejected)
	default:
		return r.level(&p.Plan, p.Level, p.Rejected)
	}
}

// everyone returns who is on duty and not out of the page.
func (r roster) everyone(out []branch.StaffID) []branch.StaffID {
	return r.who(out, func(*Duty) bool { return true })
}

// first returns those with an ability of Plan.First.
func (r roster) first(plan *Plan, out []branch.StaffID) []branch.StaffID {
	return r.who(out, plan.prefers)
}

// level returns those whom a level calls: the ones configured for it or for a
// lower one, and at every level those with an ability of Plan.First.
func (r roster) level(plan *Plan, level int, out []branch.StaffID) []branch.StaffID {
	return r.who(out, func(d *Duty) bool { return r.policy.reaches(level, d.Staff) || plan.prefers(d) })
}

func (r roster) who(out []branch.StaffID, fits func(*Duty) bool) []branch.StaffID {
	var who []branch.StaffID
	for _, d := range r.crew {
		if fits(d) && !slices.Contains(out, d.Staff) {
			who = append(who, d.Staff)
		}
	}
	return who
}

// reaches reports whether a level calls a member of staff.
func (p *Policy) reaches(level int, id branch.StaffID) bool {
	return slices.ContainsFunc(p.Staff, func(s StaffSpec) bool { return s.ID == id && s.Level <= level })
}

// prefers reports whether a person has one of the abilities of First.
func (plan *Plan) prefers(d *Duty) bool {
	return slices.ContainsFunc(plan.First, func(a branch.Ability) bool { return slices.Contains(d.Abilities, a) })
}

// from returns the nearest level, from the one given upwards, that calls
// anybody; an empty level is skipped.
func (r roster) from(plan *Plan, level int, out []branch.StaffID) (int, bool) {
	for ; level < len(plan.Levels); level++ {
		if len(r.level(plan, level, out)) > 0 {
			return level, true
		}
	}
	return 0, false
}

// start returns whom a new page calls: those with an ability of Plan.First, else
// the nearest level from Plan.Start on that calls anybody, else nobody.
func (r roster) start(plan *Plan) (level int, first bool, who []branch.StaffID) {
	if who = r.first(plan, nil); len(who) > 0 {
		return plan.Start, true, who
	}
	if level, ok := r.from(plan, plan.Start, nil); ok {
		return level, false, r.level(plan, level, nil)
	}
	return plan.Start, false, nil
}

// loopLimit is the most often that the levels are gone through.
const loopLimit = 5

// next returns the level and the loop after the present ones; not ok when the
// levels are exhausted or call nobody, which is when the alarm sounds.
func (r roster) next(p *Page) (level, loop int, ok bool) {
	level = p.Level + 1
	if p.First {
		level = p.Level
	}
	if level, ok = r.from(&p.Plan, level, p.Rejected); ok {
		return level, p.Loop, true
	}
	if p.Loop+1 >= min(p.Plan.Loops, loopLimit) {
		return 0, 0, false
	}
	level, ok = r.from(&p.Plan, p.Plan.Start, p.Rejected)
	return level, p.Loop + 1, ok
}

// reopenLevel is where a page goes on when whoever accepted did not arrive: at
// least at level 1, and never below where it started.
func (plan *Plan) reopenLevel() int {
	return max(0, min(max(1, plan.Start), len(plan.Levels)-1))
}
