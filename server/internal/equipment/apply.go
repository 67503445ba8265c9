package equipment

import (
	"encoding/json"
	"maps"
	"slices"

	"handrail/server/internal/branch"
)

// recentCalls is how many visits a hall shows as called.
const recentCalls = 6

// announcing is an event that asks for something to be said.
type announcing interface {
	Announcement() branch.Announcement
}

// printing is an event that may ask for paper.
type printing interface {
	Slip() (branch.Slip, bool)
}

// Apply changes the state by one event of any module.
func (m *Module) Apply(env branch.Envelope) {
	next := *m.model
	switch e := env.Event.(type) {
	case CallAnnounced:
		next.leave(e.Zone, e.Call, SpokenDone, env.At)
	case CallUnspoken:
		next.leave(e.Zone, e.Call, SpokenNot, env.At)
	case SlipPrinted:
		next.dropSlip(e.Device, e.Visit)
	case SlipFailed:
		next.dropSlip(e.Device, e.Visit)
	case DeviceChanged:
		next.setHealth(e.Device, e.Health, e.Why, env.At)
	case DeviceFailed:
		next.setHealth(e.Device, e.Health, e.Why, env.At)
	case DeviceRecovered:
		next.setHealth(e.Device, e.Health, e.Why, env.At)
	case branch.ConfigApplied:
		next.configure(e.Policies[m.Name()], env.At)
	case branch.ClockJumped:
		next.shift(e)
		m.started = m.started.Add(e.Delta())
	default:
		if !next.applyOther(env) {
			return
		}
	}
	m.model = &next
}

// applyOther takes from an event of another module what is to be said and
// printed. It reports whether anything changed: most events ask for neither.
func (m *Model) applyOther(env branch.Envelope) bool {
	changed := false
	if e, ok := env.Event.(announcing); ok {
		changed = m.enter(e.Announcement(), env.At)
	}
	if e, ok := env.Event.(printing); ok {
		if slip, wanted := e.Slip(); wanted {
			changed = m.queueSlip(slip) || changed
		}
	}
	if env.Event.EventType() == "day.closed" {
		m.endDay()
		changed = true
	}
	return changed
}

// configure takes over the devices and zones of a configuration: what stays
// keeps its health and its lists, a new device is Unknown, and what is gone
// takes its calls and slips along. Data that is no policy changes nothing: the
// engine refuses such a configuration before it becomes an event.
func (m *Model) configure(data json.RawMessage, at branch.Instant) {
	var policy Policy
	if json.Unmarshal(data, &policy) != nil {
		return
	}
	old := *m
	m.Policy = &policy
	m.Devices = make([]*Device, len(policy.Devices))
	m.Slips = nil
	for i, spec := range policy.Devices {
		m.Devices[i] = old.deviceFor(spec, at)
		if slips := old.Slips[spec.ID]; len(slips) > 0 && spec.prints() {
			m.setSlips(spec.ID, slips)
		}
	}
	m.Zones = make([]*Zone, len(policy.Zones))
	for i, spec := range policy.Zones {
		m.Zones[i] = old.zoneFor(spec)
	}
}

func (m *Model) deviceFor(spec DeviceSpec, at branch.Instant) *Device {
	if old, found := m.Device(spec.ID); found {
		d := *old
		d.Spec = spec
		return &d
	}
	return &Device{ID: spec.ID, Health: Unknown, Since: at, Spec: spec}
}

func (m *Model) zoneFor(spec ZoneSpec) *Zone {
	old, found := m.Zone(spec.ID)
	if !found {
		return &Zone{Spec: spec}
	}
	z := *old
	z.Spec = spec
	return &z
}

func (m *Model) setHealth(id branch.DeviceID, health Health, why string, at branch.Instant) {
	i := slices.IndexFunc(m.Devices, func(d *Device) bool { return d.ID == id })
	if i < 0 {
		return
	}
	d := *m.Devices[i]
	if d.Health != health {
		d.Since = at
	}
	d.Health, d.Why = health, why
	m.Devices = slices.Clone(m.Devices)
	m.Devices[i] = &d
}

// queueSlip asks the kiosk's printer for a slip; without a printer there, there
// is no paper to wait for.
func (m *Model) queueSlip(slip branch.Slip) bool {
	i := slices.IndexFunc(m.Devices, func(d *Device) bool {
		return d.Spec.prints() && d.Spec.Place == slip.Kiosk
	})
	if i < 0 {
		return false
	}
	id := m.Devices[i].ID
	// Appending in place is safe although the list is published: nobody sees
	// beyond the end of the list that was given to them, and dropSlip never
	// writes into it.
	m.setSlips(id, append(m.Slips[id], slip))
	return true
}

func (m *Model) dropSlip(id branch.DeviceID, visit branch.VisitID) {
	slips := m.Slips[id]
	switch i := m.slipAt(id, visit); {
	case i < 0:
	case i == 0:
		m.setSlips(id, slips[1:])
	default:
		m.setSlips(id, slices.Concat(slips[:i], slips[i+1:]))
	}
}

// setSlips replaces the list of one printer; an empty list is no entry.
func (m *Model) setSlips(id branch.DeviceID, slips []branch.Slip) {
	next := make(map[branch.DeviceID][]branch.Slip, len(m.Slips)+1)
	maps.Copy(next, m.Slips)
	if len(slips) == 0 {
		delete(next, id)
	} else {
		next[id] = slips
	}
	m.Slips = next
}
