// Package views turns the read models of the modules into the messages of the
// contract: one view per topic, one redacted form per event and topic. It
// decides nothing and must never show a topic more than the contract gives it.
package views

import (
	"sync/atomic"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/phrases"
	"handrail/server/internal/queue"
	"handrail/server/internal/wire"
)

// Set is everything published after one commit. It never changes, and it is
// swapped whole, so that all views of one moment agree.
type Set struct {
	// Seq is the last event the models have seen.
	Seq uint64
	// Now is the engine's time of the commit.
	Now       branch.Instant
	Queue     *queue.Model
	Paging    *paging.Model
	Equipment *equipment.Model
	Config    ConfigInForce
}

// ConfigInForce names the configuration that the set was decided under.
type ConfigInForce struct {
	Version string
	Since   branch.Instant
}

// Directory is what screens are told about the branch that no rule depends on:
// names, and which place lies in which zone.
type Directory struct {
	ID        string
	Name      wire.Text
	Languages []string
	Services  map[branch.ServiceID]wire.Text
	Counters  map[branch.CounterID]wire.Text
	Staff     map[branch.StaffID]wire.Text
	Kiosks    []wire.BranchPlace
	Halls     []wire.BranchHall
	Zones     []wire.BranchZone
	// Places are the kiosks, hall screens and counters.
	Places map[branch.PlaceID]Place
}

// Place is where a screen stands; a hall screen has no Name.
type Place struct {
	Zone branch.ZoneID
	Name wire.Text
}

// Views renders sets of one branch in its words.
type Views struct {
	dir   *Directory
	words *phrases.Catalogue
	ended func(branch.VisitID) *queue.Visit
	zone  *time.Location
	now   func() branch.Instant
	// promised is what was promised last; it may be computed anew at any time.
	promised atomic.Pointer[promised]
	// faults are IT's problems that no read model knows.
	faults func() []wire.ITProblem
}

// New returns the views of the branch that dir describes. A set holds the live
// visits only, so ended must find one that ended today, or return nil. now and
// the branch's zone tell the day at the moment of asking: what belongs to a past
// day must not be shown merely because nothing has happened since. faults are
// IT's problems that stand in no set: of the box itself, not of its devices.
func New(dir *Directory, words *phrases.Catalogue, ended func(branch.VisitID) *queue.Visit, zone *time.Location,
	now func() branch.Instant, faults func() []wire.ITProblem) *Views {
	return &Views{dir: dir, words: words, ended: ended, zone: zone, now: now, faults: faults}
}

func (v *Views) today() branch.Day { return branch.DayOf(v.now(), v.zone) }

// bygone reports whether what was asked for a visit at a moment belongs to a past
// day: then nobody may learn what that visit was in need of. A visit that was
// carried over the night still lives, and so does what helps it.
func (v *Views) bygone(s *Set, visit branch.VisitID, at branch.Instant) bool {
	return s.Queue.ByID[visit] == nil && branch.DayOf(at, v.zone) != v.today()
}

// Find returns a visit that lives in s or ended today, or nil.
func (v *Views) Find(s *Set, id branch.VisitID) *queue.Visit {
	if visit := s.Queue.ByID[id]; visit != nil {
		return visit
	}
	return v.ended(id)
}

// Branch describes the branch as it is in s.
func (v *Views) Branch(s *Set) wire.Branch {
	b := wire.Branch{
		ID: v.dir.ID, Name: v.dir.Name, Languages: v.dir.Languages,
		Open: s.Queue.Day != "", Day: string(s.Queue.Day),
		Needs: texts(s.Queue.Policy.Needs), Reasons: v.reasons(s),
		Kiosks: v.dir.Kiosks, Zones: v.dir.Zones,
		Services: []wire.BranchService{}, Counters: []wire.BranchCounter{},
		TimeZone: s.Queue.Policy.TimeZone, Halls: append([]wire.BranchHall{}, v.dir.Halls...),
		Staff: v.staff(s), Classes: classes(s), CaringNeeds: texts(s.Queue.Policy.CaringNeeds),
		AwayMinutes:   int(s.Queue.Policy.AwayLimit.Minutes()),
		RecallSeconds: int(s.Queue.Policy.RecallSpacing.Seconds()),
	}
	for _, svc := range s.Queue.Policy.Services {
		b.Services = append(b.Services, wire.BranchService{
			ID: string(svc.ID), Prefix: svc.Prefix, Name: v.dir.Services[svc.ID],
			Minutes: int(svc.Expected.Minutes()), NeedsCounter: texts(svc.NeedsCounter),
		})
	}
	for _, c := range s.Queue.Counters {
		b.Counters = append(b.Counters, wire.BranchCounter{
			ID: string(c.ID), Name: v.dir.Counters[c.ID],
			Abilities: texts(c.Abilities), State: string(c.State), Zone: string(c.Spec.Zone),
		})
	}
	return b
}

// staff names those who may open a counter or answer pages, as customers address
// them.
func (v *Views) staff(s *Set) []wire.BranchStaff {
	out := []wire.BranchStaff{}
	for _, person := range s.Queue.Policy.Staff {
		out = append(out, wire.BranchStaff{ID: string(person.ID), Name: v.dir.Staff[person.ID]})
	}
	return out
}

func classes(s *Set) []wire.BranchClass {
	out := []wire.BranchClass{}
	for _, class := range branch.Classes() {
		out = append(out, wire.BranchClass{ID: string(class), TargetSeconds: int64(s.Queue.Policy.LongestWait(class).Seconds())})
	}
	return out
}

// reasons lists the reasons this branch offers, in the product's order.
func (v *Views) reasons(s *Set) []string {
	offered := []string{}
	for _, r := range branch.Reasons() {
		if _, ok := s.Paging.Policy.Reasons[r]; ok {
			offered = append(offered, string(r))
		}
	}
	return offered
}

// texts returns words as plain strings, never nil, so that JSON shows [].
func texts[T ~string](words []T) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return out
}

// at returns the wire form of a moment, nil for never.
func at(i branch.Instant) *wire.Time {
	if i.IsZero() {
		return nil
	}
	t := wire.Time(i.Time())
	return &t
}
