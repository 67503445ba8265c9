// Package policy is where the modules of the branch meet: it turns what happened
// in one into a wish to another, within the same batch. Somebody does not come
// to the counter, so somebody is asked to go and look; a device breaks, so its
// counter loses an ability.
//
// It reads the modules' states and keeps none of its own. It must never decide
// an event: what it wishes is decided, or refused, by the module that owns it.
package policy

import (
	"slices"

	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
)

// Policy reacts to the events of the modules it was built over. Only the
// engine's writer may use it.
type Policy struct {
	queue     *queue.Module
	paging    *paging.Module
	equipment *equipment.Module
}

// New returns the reactions over these modules.
func New(q *queue.Module, p *paging.Module, e *equipment.Module) *Policy {
	return &Policy{queue: q, paging: p, equipment: e}
}

// React returns the commands that follow an event, in the order in which they
// are to be decided; the event has been applied already. The box is their actor.
// One that is refused changes nothing.
func (p *Policy) React(env branch.Envelope) []branch.Command {
	commands := p.hush(env.Event)
	switch e := env.Event.(type) {
	case queue.VisitNoShow:
		commands = append(commands, p.look(e.Look, e.Visit, branch.PlaceID(e.Counter))...)
	case queue.VisitRemoved:
		commands = append(commands, p.look(e.Look, e.Visit, p.ticketPlace(e.Visit))...)
	case queue.VisitStranded:
		commands = append(commands, p.findHelp(e)...)
	case queue.VisitCalled:
		commands = append(commands, p.helpAtCounter(e)...)
	case equipment.DeviceFailed:
		commands = append(commands, p.deviceFailed(e)...)
	case equipment.DeviceRecovered:
		commands = append(commands, p.deviceRecovered(e)...)
	case branch.ConfigApplied:
		commands = append(commands, p.reconcile()...)
	case equipment.SlipFailed:
		commands = append(commands, p.deviceBroken(e.Device, e.Place)...)
	}
	return commands
}

// NextWake returns zero: nothing here happens by time alone yet.
func (*Policy) NextWake() branch.Instant { return 0 }

// Wake returns no commands, as NextWake says.
func (*Policy) Wake(branch.Env) []branch.Command { return nil }

// hush takes an announcement out of the hall when what it was for is over and
// its turn has not come.
func (p *Policy) hush(e branch.Event) []branch.Command {
	ended, ok := e.(interface{ EndedCall() branch.CallID })
	if !ok || !p.equipment.Pending(ended.EndedCall()) {
		return nil
	}
	return []branch.Command{equipment.DropCall{Call: ended.EndedCall()}}
}

// look asks somebody to go and look for a person whose needs explain why they
// do not come.
func (p *Policy) look(wanted bool, visit branch.VisitID, place branch.PlaceID) []branch.Command {
	if !wanted {
		return nil
	}
	return p.raise(paging.Raise{Reason: branch.ReasonGoAndLook, Visit: visit, Place: place})
}

// findHelp asks for somebody who can help a person whom no open counter can
// serve.
func (p *Policy) findHelp(e queue.VisitStranded) []branch.Command {
	signing := slices.Contains(e.Lacking, branch.AbilitySignLanguage)
	return p.raise(paging.Raise{Reason: p.helper(signing), Visit: e.Visit, Place: p.ticketPlace(e.Visit)})
}

// helper is the reason that calls whoever can help: somebody who signs when that
// is what is lacking.
func (p *Policy) helper(signing bool) branch.Reason {
	if signing && p.paging.Offers(branch.ReasonSignLanguage) {
		return branch.ReasonSignLanguage
	}
	return branch.ReasonHelp
}

// helpAtCounter asks for help at a counter that was allowed to call a person it
// lacks an ability for. What the box asked for where the person was waiting is
// taken back, or the further press would send somebody there.
func (p *Policy) helpAtCounter(e queue.VisitCalled) []branch.Command {
	v, ok := p.queue.Visit(e.Visit)
	if !ok || v.RelaxedAt.IsZero() {
		return nil
	}
	place := branch.PlaceID(e.Counter)
	var commands []branch.Command
	for _, reason := range []branch.Reason{branch.ReasonHelp, branch.ReasonSignLanguage} {
		if old, ok := p.paging.OpenFor(e.Visit, reason); ok && old.By == branch.Box() && old.Place != place {
			commands = append(commands, paging.Cancel{Page: old.ID})
		}
	}
	signing := slices.Contains(v.Needs, branch.SignLanguage) && !p.signsAt(e.Counter)
	return append(commands, p.raise(paging.Raise{Reason: p.helper(signing), Visit: e.Visit, Place: place})...)
}

// signsAt reports whether somebody at the counter signs.
func (p *Policy) signsAt(id branch.CounterID) bool {
	return slices.ContainsFunc(p.queue.Model().Counters, func(c *queue.Counter) bool {
		return c.ID == id && slices.Contains(c.Abilities, branch.AbilitySignLanguage)
	})
}

// deviceFailed takes the device's abilities from its counter and asks for
// somebody to see to it, unless it was taken out of use: then somebody is there.
func (p *Policy) deviceFailed(e equipment.DeviceFailed) []branch.Command {
	commands := lose(e.Device, e.Place, e.Lost)
	if d, ok := p.equipment.Model().Device(e.Device); ok && d.Spec.Admin != equipment.Enabled {
		return commands
	}
	return append(commands, p.deviceBroken(e.Device, e.Place)...)
}

// lose takes the abilities that a device gives from the counter where it stands.
func lose(device branch.DeviceID, place branch.PlaceID, abilities []branch.Ability) []branch.Command {
	var commands []branch.Command
	for _, a := range abilities {
		commands = append(commands, queue.LoseAbility{Counter: branch.CounterID(place), Ability: a, Device: device})
	}
	return commands
}

// deviceRecovered gives the abilities back, unless the device is out of use.
func (p *Policy) deviceRecovered(e equipment.DeviceRecovered) []branch.Command {
	if d, ok := p.equipment.Model().Device(e.Device); ok && !d.Able() {
		return nil
	}
	var commands []branch.Command
	for _, a := range e.Restored {
		commands = append(commands, queue.RestoreAbility{Counter: branch.CounterID(e.Place), Ability: a, Device: e.Device})
	}
	return commands
}

// reconcile brings what the counters have lost in line with the devices of a new
// configuration: a device that is gone, or stands elsewhere, never reports that
// it works again, and one that comes into use broken has reported it before.
func (p *Policy) reconcile() []branch.Command {
	devices := p.equipment.Model()
	var commands []branch.Command
	for _, c := range p.queue.Model().Counters {
		for _, l := range c.Lost {
			if !withholds(devices, c.ID, l) {
				commands = append(commands, queue.RestoreAbility{Counter: c.ID, Ability: l.Ability, Device: l.Device})
			}
		}
	}
	for _, d := range devices.Devices {
		if !d.Able() {
			commands = append(commands, lose(d.ID, d.Spec.Place, d.Spec.Gives)...)
		}
	}
	return commands
}

// withholds reports whether the device that is blamed for a loss should give the
// ability to this counter, and cannot.
func withholds(devices *equipment.Model, counter branch.CounterID, l queue.LostAbility) bool {
	d, ok := devices.Device(l.Device)
	return ok && !d.Able() && d.Spec.Place == branch.PlaceID(counter) && slices.Contains(d.Spec.Gives, l.Ability)
}

// deviceBroken asks for somebody to see to a device. The device is the session:
// every further failure, until somebody is there, is the same page.
func (p *Policy) deviceBroken(device branch.DeviceID, place branch.PlaceID) []branch.Command {
	return p.raise(paging.Raise{Reason: branch.ReasonDeviceBroken, Place: place, Session: "device:" + string(device)})
}

// raise returns the wish for a page, or nothing when the branch does not offer
// the reason. A place that pages do not know is left out: the visit or the
// device says where to go.
func (p *Policy) raise(cmd paging.Raise) []branch.Command {
	if !p.paging.Offers(cmd.Reason) {
		return nil
	}
	if !p.paging.HasPlace(cmd.Place) {
		cmd.Place = ""
	}
	return []branch.Command{cmd}
}

// ticketPlace returns where a visit took its ticket, empty when that is not
// known any more.
func (p *Policy) ticketPlace(id branch.VisitID) branch.PlaceID {
	if v, ok := p.queue.Visit(id); ok {
		return v.Place
	}
	return ""
}
