package queue

import (
	"encoding/json"
	"fmt"
	"maps"

	"handrail/server/internal/branch"
)

// snapshot is the stored form of the state, as JSON. It holds no map whose order
// could differ: encoding/json sorts keys.
type snapshot struct {
	Now      branch.Instant                `json:"now"`
	Policy   *Policy                       `json:"policy,omitempty"`
	Day      branch.Day                    `json:"day,omitempty"`
	OpenedAt branch.Instant                `json:"openedAt,omitempty"`
	ByHand   bool                          `json:"byHand,omitempty"`
	LastDay  branch.Day                    `json:"lastDay,omitempty"`
	Shut     branch.Day                    `json:"shut,omitempty"`
	Issued   map[branch.Day]map[string]int `json:"issued,omitempty"`
	Live     []*Visit                      `json:"live,omitempty"`
	Ended    []*Visit                      `json:"ended,omitempty"`
	Counters []*Counter                    `json:"counters,omitempty"`
}

// Snapshot freezes the state; the returned function encodes it on any
// goroutine. Equal states give equal bytes.
func (m *Module) Snapshot() func() ([]byte, error) {
	s := m.state
	frozen := snapshot{Now: s.now, Policy: s.policy, Day: s.day, OpenedAt: s.openedAt, ByHand: s.byHand,
		LastDay: s.lastDay, Shut: s.shut, Issued: map[branch.Day]map[string]int{},
		Live: s.live, Ended: s.ended, Counters: s.counters}
	if !s.configured {
		frozen.Policy = nil
	}
	for day, numbers := range s.issued {
		frozen.Issued[day] = maps.Clone(numbers)
	}
	return func() ([]byte, error) { return json.Marshal(frozen) }
}

// Restore replaces the state by a snapshot, or by the empty state when data is
// nil. An error leaves the state as it was.
func (m *Module) Restore(data []byte) error {
	restored := newState()
	if data != nil {
		var frozen snapshot
		if err := json.Unmarshal(data, &frozen); err != nil {
			return fmt.Errorf("queue: snapshot: %w", err)
		}
		restored.thaw(frozen)
	}
	m.state, m.model = restored, nil
	return nil
}

// thaw fills an empty state and derives what a snapshot leaves out.
func (s *state) thaw(frozen snapshot) {
	s.now, s.day, s.openedAt, s.byHand = frozen.Now, frozen.Day, frozen.OpenedAt, frozen.ByHand
	s.lastDay, s.shut = frozen.LastDay, frozen.Shut
	s.live, s.ended, s.counters = frozen.Live, frozen.Ended, frozen.Counters
	if frozen.Issued != nil {
		s.issued = frozen.Issued
	}
	for _, v := range s.live {
		s.byID[v.ID] = v
	}
	for _, v := range s.ended {
		s.endedByID[v.ID] = v
	}
	s.tallyAll()
	if frozen.Policy != nil {
		s.adopt(frozen.Policy)
	}
	s.recheckAll()
	s.schedule(s.now)
}
