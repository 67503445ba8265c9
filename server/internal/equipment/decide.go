package equipment

import (
	"strings"

	"handrail/server/internal/branch"
)

// Decide turns a command of the module into events. It refuses with
// branch.CodeNotFound what names no known device, pending call or waiting slip,
// with CodeWrongState a call whose turn has not come, with CodeForbidden a hall
// that is not the sink of the call's zone and with CodeInvalid a report that
// cannot be.
func (m *Module) Decide(_ branch.Env, by branch.Actor, cmd branch.Command) ([]branch.Event, error) {
	switch c := cmd.(type) {
	case Announced:
		return m.announced(by, c)
	case DropCall:
		return m.dropCall(c), nil
	case PrintedSlip:
		return m.printedSlip(c)
	case FailSlip:
		return m.failSlip(c)
	case ReportHealth:
		return m.reportHealth(c)
	default:
		return nil, branch.Refuse(branch.CodeInvalid, "Equipment does not know this command.")
	}
}

func (m *Module) announced(by branch.Actor, c Announced) ([]branch.Event, error) {
	zone, at, found := m.model.find(c.Call)
	switch {
	case !found:
		return nil, branch.Refuse(branch.CodeNotFound, "No such call is waiting to be announced.")
	case by.Role == branch.RoleHall && by.Place != zone.Spec.Hall:
		return nil, branch.Refuse(branch.CodeForbidden, "Another place speaks for this zone.")
	case at > 0:
		return nil, branch.WrongState("The call", string(SpokenWaiting), []string{})
	}
	return []branch.Event{CallAnnounced{Call: c.Call, Zone: zone.Spec.ID}}, nil
}

// dropCall takes a call out of the lists, whether it waits or is being said,
// together with the other calls of the same visit or page: an earlier call of
// somebody who has come must not be said either. What is no longer pending
// needs no dropping.
func (m *Module) dropCall(c DropCall) []branch.Event {
	zone, at, found := m.model.find(c.Call)
	if !found {
		return nil
	}
	dropped := zone.Pending[at]
	var events []branch.Event
	for _, z := range m.model.Zones {
		for _, p := range z.Pending {
			if p.sameAs(dropped) {
				events = append(events, CallUnspoken{Call: p.Call, Zone: z.Spec.ID, Cause: UnspokenMoot})
			}
		}
	}
	return events
}

// sameAs reports whether c calls for the same visit or page as other.
func (c *Call) sameAs(other *Call) bool {
	return c.Call == other.Call ||
		c.Visit != "" && c.Visit == other.Visit ||
		c.Page != "" && c.Page == other.Page
}

func (m *Module) printedSlip(c PrintedSlip) ([]branch.Event, error) {
	if _, err := m.printerOf(c.Device, c.Visit); err != nil {
		return nil, err
	}
	return []branch.Event{SlipPrinted(c)}, nil
}

func (m *Module) failSlip(c FailSlip) ([]branch.Event, error) {
	printer, err := m.printerOf(c.Device, c.Visit)
	if err != nil {
		return nil, err
	}
	if c.Why == "" || !shortCode(c.Why) {
		return nil, invalid("why", "must be a short code such as paper-out")
	}
	return []branch.Event{SlipFailed{Visit: c.Visit, Device: c.Device, Place: printer.Spec.Place, Why: c.Why}}, nil
}

// printerOf returns the device at which the slip of visit waits.
func (m *Module) printerOf(id branch.DeviceID, visit branch.VisitID) (*Device, error) {
	device, found := m.model.Device(id)
	if !found {
		return nil, unknownDevice()
	}
	if m.model.slipAt(id, visit) < 0 {
		return nil, branch.Refuse(branch.CodeNotFound, "No slip of this visit waits at this printer.")
	}
	return device, nil
}

// reportHealth makes an event of a transition only: a device that says the same
// again is no news.
func (m *Module) reportHealth(c ReportHealth) ([]branch.Event, error) {
	device, found := m.model.Device(c.Device)
	if !found {
		return nil, unknownDevice()
	}
	if !c.Health.Valid() {
		return nil, invalid("health", "must be ok, degraded, failed, offline or unknown")
	}
	if !shortCode(c.Why) {
		return nil, invalid("why", "must be a short code such as paper-out")
	}
	if device.Health == c.Health && device.Why == c.Why {
		return nil, nil
	}
	return []branch.Event{device.transition(c.Health, c.Why)}, nil
}

// transition is the event of a device that is found in another health.
func (d *Device) transition(health Health, why string) branch.Event {
	id, place := d.ID, d.Spec.Place
	switch {
	case d.Health.Works() && !health.Works():
		return DeviceFailed{Device: id, Place: place, Health: health, Why: why, Lost: d.Spec.Gives}
	case !d.Health.Works() && health.Works():
		return DeviceRecovered{Device: id, Place: place, Health: health, Why: why, Restored: d.Spec.Gives}
	default:
		return DeviceChanged{Device: id, Place: place, Health: health, Why: why}
	}
}

// shortCode reports whether s is a code such as "paper-out", or empty: at most
// 40 characters of [a-z0-9-]. Text from a device never enters the log.
func shortCode(s string) bool {
	return len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func unknownDevice() *branch.Error {
	return branch.Refuse(branch.CodeNotFound, "This branch has no such device.")
}

func invalid(field, message string) *branch.Error {
	return branch.Invalid(branch.FieldError{Field: field, Message: message})
}
