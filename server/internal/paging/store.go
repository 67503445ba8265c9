package paging

import (
	"encoding/json"
	"fmt"

	"handrail/server/internal/branch"
)

// Commands returns the names of the commands of this module.
func (m *Module) Commands() []string {
	var names []string
	for _, c := range []branch.Command{Raise{}, Receive{}, Accept{}, Reject{}, Arrive{}, Close{}, Cancel{},
		DutyOn{}, DutyOff{}, Connect{}, Leave{}} {
		names = append(names, c.CommandName())
	}
	return names
}

// Events returns the names of the events of this module.
func (m *Module) Events() []string {
	var names []string
	for _, e := range []branch.Event{PageRaised{}, PageNotified{}, PageDelivered{}, PageAccepted{}, PageRejected{},
		PageArrived{}, PageClosed{}, PageCancelled{}, PageEscalated{}, PageAlarmed{}, PageReopened{}, PageRepeated{},
		PageReminded{}, StaffOnDuty{}, StaffOffDuty{}, StaffConnected{}, StaffLeft{}} {
		names = append(names, e.EventType())
	}
	return names
}

// Decode reads the stored form of an event. All forms are of version 1.
func (m *Module) Decode(eventType string, version int, data []byte) (branch.Event, error) {
	if version != 1 {
		return nil, fmt.Errorf("paging: no stored form %s@%d", eventType, version)
	}
	switch eventType {
	case "page.raised":
		return read[PageRaised](data)
	case "page.notified":
		return read[PageNotified](data)
	case "page.delivered":
		return read[PageDelivered](data)
	case "page.accepted":
		return read[PageAccepted](data)
	case "page.rejected":
		return read[PageRejected](data)
	case "page.arrived":
		return read[PageArrived](data)
	case "page.closed":
		return read[PageClosed](data)
	case "page.cancelled":
		return read[PageCancelled](data)
	case "page.escalated":
		return read[PageEscalated](data)
	case "page.alarmed":
		return read[PageAlarmed](data)
	case "page.reopened":
		return read[PageReopened](data)
	case "page.repeated":
		return read[PageRepeated](data)
	case "page.reminded":
		return read[PageReminded](data)
	case "staff.on-duty":
		return read[StaffOnDuty](data)
	case "staff.off-duty":
		return read[StaffOffDuty](data)
	case "staff.connected":
		return read[StaffConnected](data)
	case "staff.left":
		return read[StaffLeft](data)
	}
	return nil, fmt.Errorf("paging: no stored form %s@%d", eventType, version)
}

func read[E branch.Event](data []byte) (branch.Event, error) {
	var e E
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, fmt.Errorf("paging: stored %s: %w", e.EventType(), err)
	}
	return e, nil
}

// snapshot is the stored form of the state. Every list has one order, so equal
// states are equal bytes.
type snapshot struct {
	Policy *Policy `json:"policy"`
	// Pages are by age, Ended in order of ending.
	Pages  []*Page          `json:"pages,omitempty"`
	Ended  []*Page          `json:"ended,omitempty"`
	Duty   []*Duty          `json:"duty,omitempty"`
	Online []branch.StaffID `json:"online,omitempty"`
}

// Snapshot freezes the state; the function returned encodes it on any goroutine.
func (m *Module) Snapshot() func() ([]byte, error) {
	s := snapshot{Policy: m.policy, Pages: m.live(), Duty: m.crew, Online: m.online}
	for _, id := range m.ended {
		s.Ended = append(s.Ended, m.pages[id])
	}
	return func() ([]byte, error) { return json.Marshal(s) }
}

// Restore replaces the state by a snapshot, or by the empty state when data is
// nil.
func (m *Module) Restore(data []byte) error {
	var s snapshot
	if data != nil {
		if err := json.Unmarshal(data, &s); err != nil {
			return fmt.Errorf("paging: snapshot: %w", err)
		}
	}
	*m = *New()
	m.policy, m.crew, m.online = s.Policy, s.Duty, s.Online
	for _, p := range s.Pages {
		m.pages[p.ID] = p
	}
	for _, p := range s.Ended {
		m.pages[p.ID] = p
		m.ended = append(m.ended, p.ID)
	}
	return nil
}
