package equipment

import (
	"encoding/json"
	"fmt"

	"handrail/server/internal/branch"
)

// Decode reads the stored form of one of the module's events. It fails on a
// type or a version the module never wrote.
func (m *Module) Decode(eventType string, version int, data []byte) (branch.Event, error) {
	if version != 1 {
		return nil, fmt.Errorf("equipment: no version %d of %s", version, eventType)
	}
	switch eventType {
	case CallAnnounced{}.EventType():
		return decode[CallAnnounced](data)
	case CallUnspoken{}.EventType():
		return decode[CallUnspoken](data)
	case SlipPrinted{}.EventType():
		return decode[SlipPrinted](data)
	case SlipFailed{}.EventType():
		return decode[SlipFailed](data)
	case DeviceChanged{}.EventType():
		return decode[DeviceChanged](data)
	case DeviceFailed{}.EventType():
		return decode[DeviceFailed](data)
	case DeviceRecovered{}.EventType():
		return decode[DeviceRecovered](data)
	default:
		return nil, fmt.Errorf("equipment: no event %s", eventType)
	}
}

func decode[E branch.Event](data []byte) (branch.Event, error) {
	var e E
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, fmt.Errorf("equipment: %s: %w", e.EventType(), err)
	}
	return e, nil
}

// snapshot is the stored form of the state. Specs are not repeated: they stand
// in the policy.
type snapshot struct {
	Policy  *Policy                           `json:"policy"`
	Devices []*Device                         `json:"devices,omitempty"`
	Zones   []zoneSnapshot                    `json:"zones,omitempty"`
	Slips   map[branch.DeviceID][]branch.Slip `json:"slips,omitempty"`
}

type zoneSnapshot struct {
	ID      branch.ZoneID `json:"id"`
	Pending []*Call       `json:"pending,omitempty"`
	Recent  []*Call       `json:"recent,omitempty"`
}

// Snapshot freezes the state: since a model never changes, keeping it is
// enough.
func (m *Module) Snapshot() func() ([]byte, error) {
	model := m.model
	return func() ([]byte, error) {
		s := snapshot{Policy: model.Policy, Devices: model.Devices, Slips: model.Slips}
		for _, z := range model.Zones {
			s.Zones = append(s.Zones, zoneSnapshot{ID: z.Spec.ID, Pending: z.Pending, Recent: z.Recent})
		}
		return json.Marshal(s)
	}
}

// Restore replaces the state by a snapshot, or by the empty state. It fails,
// and changes nothing, when data is not a snapshot or its parts do not match
// its policy.
func (m *Module) Restore(data []byte) error {
	s := snapshot{Policy: &Policy{}}
	if data != nil {
		if err := json.Unmarshal(data, &s); err != nil {
			return fmt.Errorf("equipment: snapshot: %w", err)
		}
	}
	model, err := s.model()
	if err != nil {
		return err
	}
	m.model = model
	return nil
}

func (s snapshot) model() (*Model, error) {
	if s.Policy == nil || len(s.Devices) != len(s.Policy.Devices) || len(s.Zones) != len(s.Policy.Zones) {
		return nil, fmt.Errorf("equipment: snapshot: devices or zones do not match the policy")
	}
	model := &Model{Policy: s.Policy, Devices: s.Devices, Slips: s.Slips}
	for i, spec := range s.Policy.Devices {
		if s.Devices[i] == nil || s.Devices[i].ID != spec.ID {
			return nil, fmt.Errorf("equipment: snapshot: device %d is not %q", i, spec.ID)
		}
		s.Devices[i].Spec = spec
	}
	for i, spec := range s.Policy.Zones {
		z := s.Zones[i]
		if z.ID != spec.ID {
			return nil, fmt.Errorf("equipment: snapshot: zone %d is not %q", i, spec.ID)
		}
		model.Zones = append(model.Zones, &Zone{Spec: spec, Pending: z.Pending, Recent: z.Recent})
	}
	return model, nil
}
