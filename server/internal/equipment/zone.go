package equipment

import (
	"slices"

	"handrail/server/internal/branch"
)

// Device returns the device with this id.
func (m *Model) Device(id branch.DeviceID) (*Device, bool) {
	i := slices.IndexFunc(m.Devices, func(d *Device) bool { return d.ID == id })
	if i < 0 {
		return nil, false
	}
	return m.Devices[i], true
}

// Zone returns the zone with this id.
func (m *Model) Zone(id branch.ZoneID) (*Zone, bool) {
	i := m.zoneAt(id)
	if i < 0 {
		return nil, false
	}
	return m.Zones[i], true
}

// Head returns the announcement that is being said, nil for none.
func (z *Zone) Head() *Call {
	if len(z.Pending) == 0 {
		return nil
	}
	return z.Pending[0]
}

func (m *Model) zoneAt(id branch.ZoneID) int {
	return slices.IndexFunc(m.Zones, func(z *Zone) bool { return z.Spec.ID == id })
}

// find returns the zone of a pending call and its place in the zone's list.
func (m *Model) find(call branch.CallID) (zone *Zone, at int, found bool) {
	for _, z := range m.Zones {
		if i := indexOf(z.Pending, call); i >= 0 {
			return z, i, true
		}
	}
	return nil, 0, false
}

// slipAt returns the place of a slip in the printer's list, -1 for none.
func (m *Model) slipAt(printer branch.DeviceID, visit branch.VisitID) int {
	return slices.IndexFunc(m.Slips[printer], func(s branch.Slip) bool { return s.Visit == visit })
}

// enter puts an announcement at the end of its zone's list. One without a call,
// or in a zone the branch does not have, has nowhere to be said.
func (m *Model) enter(a branch.Announcement, at branch.Instant) bool {
	i := m.zoneAt(a.Zone)
	if a.Call == "" || i < 0 {
		return false
	}
	m.changeZone(i, func(z *Zone) { z.enter(a, at) })
	return true
}

// leave takes a call out of its zone's list, said or not.
func (m *Model) leave(zone branch.ZoneID, call branch.CallID, spoken Spoken, at branch.Instant) {
	if i := m.zoneAt(zone); i >= 0 {
		m.changeZone(i, func(z *Zone) { z.leave(call, spoken, at) })
	}
}

// endDay forgets who was called today, but not what is still to be said.
func (m *Model) endDay() {
	for i := range m.Zones {
		m.changeZone(i, func(z *Zone) {
			z.Recent = without(z.Recent, func(c *Call) bool { return indexOf(z.Pending, c.Call) < 0 })
		})
	}
}

// shift moves the time of each head with a clock that jumped.
func (m *Model) shift(e branch.ClockJumped) {
	for i := range m.Zones {
		m.changeZone(i, func(z *Zone) {
			if head := z.Head(); head != nil {
				z.begin(head.HeadAt.Add(e.Delta()))
			}
		})
	}
}

// changeZone replaces one zone by a changed copy.
func (m *Model) changeZone(i int, change func(*Zone)) {
	z := *m.Zones[i]
	change(&z)
	m.Zones = slices.Clone(m.Zones)
	m.Zones[i] = &z
}

func (z *Zone) enter(a branch.Announcement, at branch.Instant) {
	c := &Call{Announcement: a, At: at, Spoken: SpokenWaiting}
	z.Pending = append(slices.Clip(z.Pending), c)
	if c.Visit != "" {
		z.show(c)
	}
	if len(z.Pending) == 1 {
		z.begin(at)
	}
}

func (z *Zone) leave(call branch.CallID, spoken Spoken, at branch.Instant) {
	i := indexOf(z.Pending, call)
	if i < 0 {
		return
	}
	left := *z.Pending[i]
	left.Spoken = spoken
	z.Recent = replace(z.Recent, &left)
	z.Pending = without(z.Pending, func(c *Call) bool { return c.Call == call })
	if i == 0 && len(z.Pending) > 0 {
		z.begin(at)
	}
}

// begin makes the first of the list the one that is being said, since at.
func (z *Zone) begin(at branch.Instant) {
	head := *z.Pending[0]
	head.HeadAt, head.Spoken = at, SpokenSpeaking
	z.Pending = replace(z.Pending, &head)
	z.Recent = replace(z.Recent, &head)
}

// show puts a call first among the recent ones. A visit stands there once, with
// its newest call.
func (z *Zone) show(c *Call) {
	others := without(z.Recent, func(r *Call) bool { return r.Visit == c.Visit })
	recent := append([]*Call{c}, others...)
	z.Recent = recent[:min(len(recent), recentCalls)]
}

func indexOf(calls []*Call, id branch.CallID) int {
	return slices.IndexFunc(calls, func(c *Call) bool { return c.Call == id })
}

// replace returns calls with c in place of the call of the same id, if it is
// there.
func replace(calls []*Call, c *Call) []*Call {
	i := indexOf(calls, c.Call)
	if i < 0 {
		return calls
	}
	next := slices.Clone(calls)
	next[i] = c
	return next
}

// without returns a new list of the calls that are not left out.
func without(calls []*Call, leftOut func(*Call) bool) []*Call {
	return slices.DeleteFunc(slices.Clone(calls), leftOut)
}
