// Package equipment knows how the branch's devices are and what they still
// have to do: the announcements each zone must still say, one at a time and in
// order, and the slips each printer must still print. It never touches a
// device: deviceio and the hall screens carry out the head of each list and
// report back with commands.
//
// An announcement enters its zone's list with the event that asks for it and
// leaves it exactly once: announced, or unspoken because its visit was over
// (moot) or its sink kept silent (timeout). A configuration without its zone
// takes the rest along.
package equipment

import (
	"time"

	"handrail/server/internal/branch"
)

// Module is the equipment part of the domain. Its methods are those of the
// engine's modules and run on the writer goroutine only.
type Module struct {
	// model is the whole state. It is replaced at every change and never changed
	// in place, so that what was published stays as it was.
	model *Model
	// started is when this process took over: the announcement that was being
	// said before has its full time again. It is no fact of the log.
	started branch.Instant
}

// New returns a module without devices and zones; branch.ConfigApplied brings
// them.
func New() *Module {
	return &Module{model: &Model{Policy: &Policy{}}}
}

// Name returns "equipment".
func (m *Module) Name() string { return "equipment" }

// Commands lists the commands the module decides.
func (m *Module) Commands() []string {
	return []string{
		Announced{}.CommandName(), DropCall{}.CommandName(), PrintedSlip{}.CommandName(),
		FailSlip{}.CommandName(), ReportHealth{}.CommandName(),
	}
}

// Events lists the events the module makes.
func (m *Module) Events() []string {
	return []string{
		CallAnnounced{}.EventType(), CallUnspoken{}.EventType(), SlipPrinted{}.EventType(), SlipFailed{}.EventType(),
		DeviceChanged{}.EventType(), DeviceFailed{}.EventType(), DeviceRecovered{}.EventType(),
	}
}

// Model returns the read model; it never changes.
func (m *Module) Model() *Model { return m.model }

// Pending reports whether call is still to be said, or being said.
func (m *Module) Pending(call branch.CallID) bool {
	_, _, found := m.model.find(call)
	return found
}

// Start notes when this process took over; there is nothing to catch up with.
func (m *Module) Start(env branch.Env) []branch.Event {
	m.started = env.Now
	return nil
}

// NextWake returns when the first sink that says nothing runs out of time.
func (m *Module) NextWake() branch.Instant {
	var next branch.Instant
	for _, z := range m.model.Zones {
		next = branch.Earliest(next, m.due(z))
	}
	return next
}

// Wake gives up the announcement of each sink that has run out of time.
func (m *Module) Wake(env branch.Env) []branch.Event {
	var events []branch.Event
	for _, z := range m.model.Zones {
		if due := m.due(z); !due.IsZero() && due <= env.Now {
			events = append(events, CallUnspoken{Call: z.Pending[0].Call, Zone: z.Spec.ID, Cause: UnspokenTimeout})
		}
	}
	return events
}

// due is when the zone's head counts as unspoken; zero when nothing is to be
// said.
func (m *Module) due(z *Zone) branch.Instant {
	if len(z.Pending) == 0 {
		return 0
	}
	return max(z.Pending[0].HeadAt, m.started).Add(m.model.Policy.patience())
}

// patience is how long a sink may take to answer.
func (p *Policy) patience() time.Duration { return p.ClipLength + p.AnswerWithin }
