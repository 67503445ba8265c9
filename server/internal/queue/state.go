package queue

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"handrail/server/internal/branch"
)

// state is everything the module remembers. Visits, counters and the slices
// that hold them are replaced, never changed in place, because read models and
// snapshots still refer to the old ones.
type state struct {
	// now is the time of the last event applied.
	now branch.Instant
	// policy is the empty one until the branch is configured.
	policy     *Policy
	configured bool
	// calendar is derived from policy.
	calendar calendar

	// day is the open day, empty while the branch is closed; openedAt is when it
	// was opened and byHand whether a person did it.
	day      branch.Day
	openedAt branch.Instant
	byHand   bool
	// lastDay is the latest day entered, shut the day on which a person closed
	// the branch.
	lastDay branch.Day
	shut    branch.Day
	// issued holds the highest number issued per day and prefix.
	issued map[branch.Day]map[string]int

	// live is ordered by QueuedAt, then ID; byID holds the same visits.
	live []*Visit
	byID map[branch.VisitID]*Visit
	// ended only grows during a day; endedByID holds the same visits.
	ended     []*Visit
	endedByID map[branch.VisitID]*Visit
	// tallies is derived from ended.
	tallies  map[branch.CounterID]Tally
	counters []*Counter

	// unserved holds the waiting visits that are to be stranded at once; dayDue is
	// when the day opens or closes by itself. Both are derived.
	unserved map[branch.VisitID]struct{}
	dayDue   branch.Instant

	// changed and visitsChanged say what the published model lacks.
	changed       bool
	visitsChanged bool
}

// newState returns the state of a branch that has no configuration yet.
func newState() *state {
	return &state{
		policy:        &Policy{},
		calendar:      calendar{zone: time.UTC},
		issued:        map[branch.Day]map[string]int{},
		byID:          map[branch.VisitID]*Visit{},
		endedByID:     map[branch.VisitID]*Visit{},
		tallies:       map[branch.CounterID]Tally{},
		unserved:      map[branch.VisitID]struct{}{},
		changed:       true,
		visitsChanged: true,
	}
}

// inLine orders visits by QueuedAt, then by ID.
func inLine(a, b *Visit) int {
	return cmp.Or(cmp.Compare(a.QueuedAt, b.QueuedAt), cmp.Compare(a.ID, b.ID))
}

// visit finds a live visit or one that ended today.
func (s *state) visit(id branch.VisitID) (*Visit, bool) {
	if v, ok := s.byID[id]; ok {
		return v, true
	}
	v, ok := s.endedByID[id]
	return v, ok
}

// counter finds a configured counter.
func (s *state) counter(id branch.CounterID) (*Counter, bool) {
	return findCounter(s.counters, id)
}

// change replaces a live visit by an edited copy.
func (s *state) change(id branch.VisitID, edit func(*Visit)) {
	old, ok := s.byID[id]
	if !ok {
		return
	}
	v := *old
	edit(&v)
	s.replace(old, &v)
	s.recheck(&v)
}

// replace puts v where old was, or where its new QueuedAt or its end belongs.
func (s *state) replace(old, v *Visit) {
	s.changed, s.visitsChanged = true, true
	at, _ := slices.BinarySearchFunc(s.live, old, inLine)
	if !v.State.Ended() && v.QueuedAt == old.QueuedAt {
		s.live = slices.Clone(s.live)
		s.live[at] = v
		s.byID[v.ID] = v
		return
	}
	s.live = slices.Concat(s.live[:at], s.live[at+1:])
	if v.State.Ended() {
		s.end(v)
		return
	}
	s.insert(v)
}

// insert adds a live visit at its place in the line.
func (s *state) insert(v *Visit) {
	s.changed, s.visitsChanged = true, true
	at, _ := slices.BinarySearchFunc(s.live, v, inLine)
	line := make([]*Visit, 0, len(s.live)+1)
	line = append(line, s.live[:at]...)
	line = append(line, v)
	s.live = append(line, s.live[at:]...)
	s.byID[v.ID] = v
}

// end keeps a visit among those that ended today.
func (s *state) end(v *Visit) {
	delete(s.byID, v.ID)
	delete(s.unserved, v.ID)
	s.ended = append(s.ended, v)
	s.endedByID[v.ID] = v
	if v.State == Finished {
		s.tallies = maps.Clone(s.tallies) // a model may refer to the old ones
		s.tally(v)
	}
}

// tally counts a visit that has ended, if it was finished.
func (s *state) tally(v *Visit) {
	if v.State == Finished {
		s.tallies[v.Counter] = s.tallies[v.Counter].with(v)
	}
}

// tallyAll counts anew those who are known to have ended.
func (s *state) tallyAll() {
	s.tallies = map[branch.CounterID]Tally{}
	for _, v := range s.ended {
		s.tally(v)
	}
}

// changeCounter replaces a counter by an edited copy.
func (s *state) changeCounter(id branch.CounterID, edit func(*Counter)) {
	at := slices.IndexFunc(s.counters, func(c *Counter) bool { return c.ID == id })
	if at < 0 {
		return
	}
	c := *s.counters[at]
	edit(&c)
	s.counters = slices.Clone(s.counters)
	s.counters[at] = &c
	s.changed = true
}

// restaff changes what a counter can do for anybody, so every visit is looked
// at again.
func (s *state) restaff(id branch.CounterID, edit func(*Counter)) {
	s.changeCounter(id, func(c *Counter) {
		edit(c)
		c.Abilities = abilities(s.policy, c)
	})
	s.recheckAll()
}

// free takes a visit from the counter that has it.
func (s *state) free(v *Visit) {
	if v.Counter == "" {
		return
	}
	s.changeCounter(v.Counter, func(c *Counter) {
		if c.Visit == v.ID {
			c.Visit = ""
		}
	})
}

// look returns the state as a read model at now that is good until the next
// Apply; unlike Module.Model it costs nothing.
func (s *state) look(now branch.Instant) *Model {
	return &Model{Now: now, Policy: s.policy, Day: s.day, Live: s.live, ByID: s.byID, Counters: s.counters, Today: s.tallies}
}
