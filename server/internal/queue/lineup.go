package queue

import (
	"slices"

	"handrail/server/internal/branch"
)

// entry is a visit that may be called, with its place among those.
type entry struct {
	visit *Visit
	place int
}

// row is what competes of one class: the oldest entry is its head.
type row struct {
	class   branch.Class
	terms   terms
	entries []entry
}

// lineup is the competition for one counter. It is consumed by take.
type lineup struct {
	// rows are one per class, the most pressing first.
	rows [3]row
	// caring says that the counter takes caring visits first, below the guard.
	caring bool
	// size is how many visits are left in it.
	size int
	// taken are the places of the visits already taken.
	taken []int
}

// newLineup returns a competition without anybody, with room for about as many
// as live.
func newLineup(p *Policy, live int) *lineup {
	l := &lineup{}
	for i, class := range branch.Classes() {
		l.rows[i] = row{class: class, terms: p.terms(class)}
		if class != branch.Urgent {
			l.rows[i].entries = make([]entry, 0, live/2+1)
		}
	}
	return l
}

// rank is the index of a class in lineup.rows; an unknown class is ordinary.
func rank(class branch.Class) int {
	switch class {
	case branch.Urgent:
		return 0
	case branch.Caring:
		return 1
	default:
		return 2
	}
}

// add puts a visit behind all that were added before.
func (l *lineup) add(v *Visit) {
	r := &l.rows[rank(v.Class)]
	r.entries = append(r.entries, entry{visit: v, place: l.size})
	l.size++
}

// best returns the index of the row whose head is next at now, and its bid; -1
// when nobody is left.
func (l *lineup) best(now branch.Instant) (int, bid) {
	winner, best := -1, bid{}
	for i := range l.rows {
		r := &l.rows[i]
		if len(r.entries) == 0 {
			continue
		}
		b := r.bid(now)
		b.favoured = l.caring && r.class == branch.Caring
		if winner < 0 || b.beats(best) {
			winner, best = i, b
		}
	}
	return winner, best
}

// bid is what the row's head puts forward at now.
func (r *row) bid(now branch.Instant) bid {
	head := r.entries[0]
	w := waited(head.visit, now)
	return bid{waited: w, target: r.terms.target, score: r.terms.score(w),
		breached: w >= r.terms.target, place: head.place}
}

// take removes the head of the row and returns it.
func (l *lineup) take(i int) *Visit {
	r := &l.rows[i]
	head := r.entries[0]
	r.entries = r.entries[1:]
	l.size--
	return head.visit
}

// Choice is a visit that would be called, and why.
type Choice struct {
	Visit  *Visit
	Reason Reason
}

// Next returns up to n visits in the order in which the counter would call them
// at now, if nobody else came, went or called: the first is what call-next
// does. The counter need not be open; an unknown one has nobody.
func (m *Model) Next(now branch.Instant, counter branch.CounterID, n int) []Choice {
	c, ok := findCounter(m.Counters, counter)
	if !ok {
		return nil
	}
	return m.lineup(c).choose(now, n)
}

// lineup returns those whom the counter may call.
func (m *Model) lineup(c *Counter) *lineup {
	l := newLineup(m.Policy, len(m.Live))
	l.caring = slices.Contains(c.Abilities, branch.AbilityCaring)
	for _, v := range m.Live {
		if v.State == Waiting && m.Policy.eligible(c, v) {
			l.add(v)
		}
	}
	return l
}

// choose takes up to n visits out of the lineup, each with its reason.
func (l *lineup) choose(now branch.Instant, n int) []Choice {
	var choices []Choice
	for len(choices) < n && l.size > 0 {
		i, b := l.best(now)
		choice := Choice{Visit: l.take(i), Reason: l.reason(l.rows[i].class, b)}
		if j, _ := l.best(now); j >= 0 {
			choice.Reason.RunnerUp = l.rows[j].entries[0].visit.ID
		}
		choices = append(choices, choice)
	}
	return choices
}

// reason says why the visit with the bid, just taken, was next.
func (l *lineup) reason(class branch.Class, b bid) Reason {
	r := Reason{Rule: RulePriority, Class: class, Waited: b.waited, Target: b.target, Score: b.score,
		Overtook: b.place - l.takenBefore(b.place)}
	switch {
	case l.size == 0:
		r.Rule = RuleOnly
	case b.breached:
		r.Rule = RuleGuard
	}
	l.taken = append(l.taken, b.place)
	return r
}

// takenBefore counts the places before place that are no longer in the lineup.
func (l *lineup) takenBefore(place int) int {
	n := 0
	for _, t := range l.taken {
		if t < place {
			n++
		}
	}
	return n
}

// manual is the reason of a call out of turn: what the rule would have said of
// the visit, and whom it would have called.
func (m *Model) manual(now branch.Instant, c *Counter, v *Visit, why string) Reason {
	terms := m.Policy.terms(v.Class)
	w := waited(v, now)
	r := Reason{Rule: RuleManual, Class: v.Class, Waited: w, Target: terms.target, Score: terms.score(w), Why: why}
	for _, choice := range m.lineup(c).choose(now, 2) {
		if choice.Visit.ID != v.ID {
			r.RunnerUp = choice.Visit.ID
			break
		}
	}
	r.Overtook = m.overtaken(c, v)
	return r
}

// overtaken counts the visits the counter may call that are before v in the
// line.
func (m *Model) overtaken(c *Counter, v *Visit) int {
	n := 0
	for _, u := range m.Live {
		if inLine(u, v) >= 0 {
			break
		}
		if u.State == Waiting && m.Policy.eligible(c, u) {
			n++
		}
	}
	return n
}
