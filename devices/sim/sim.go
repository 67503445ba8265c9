// Package sim simulates the devices of a branch: a printer whose paper is a
// picture, a loudspeaker, a lamp, a pager, a hearing loop and a directional
// loudspeaker. They do at once what they are asked, remember what they did, and
// can be told to fail, so that a branch can be rehearsed without hardware. They
// must never be kinder than a real device: a failed one does nothing.
package sim

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"handrail/devices"
)

// Kept is how many slips, utterances and alerts a device remembers.
const Kept = 20

// Drivers returns the constructors of every simulated device. The only
// parameter is "fault", a fault's code with which the device begins.
func Drivers() devices.Registry {
	return devices.Registry{
		{Kind: "printer", Driver: "sim"}: construct(NewPrinter),
		{Kind: "speaker", Driver: "sim"}: construct(NewSpeaker),
		{Kind: "lamp", Driver: "sim"}:    construct(NewLamp),
		{Kind: "pager", Driver: "sim"}:   construct(NewPager),
		{Kind: "loop", Driver: "sim"}:    construct(NewMachine),
		{Kind: "focuser", Driver: "sim"}: construct(NewMachine),
	}
}

// simulated is what every device of the package is.
type simulated interface {
	Driver() devices.Driver
	Fail(fault devices.Fault)
}

func construct[D simulated](build func() D) devices.Constructor {
	return func(_ context.Context, parameters devices.Parameters) (devices.Driver, error) {
		device := build()
		for name, value := range parameters {
			fault := devices.Fault(value)
			if name != "fault" || !slices.Contains(devices.Faults(), fault) {
				return devices.Driver{}, fmt.Errorf("%w: parameter %q", devices.ErrMisconfigured, name)
			}
			device.Fail(fault)
		}
		return device.Driver(), nil
	}
}

// Machine is the part all simulated devices share: how it is, and the script of
// its faults. By itself it is a device that only works or does not, such as a
// loop or a focuser. All methods may be used by many goroutines.
type Machine struct {
	mu      sync.Mutex
	fault   devices.Fault
	stalled chan struct{} // not nil while stalled; closed by Recover and Close
	closed  bool
}

// NewMachine returns a device that works.
func NewMachine() *Machine { return &Machine{} }

// Driver returns the driver of a device that can only be asked how it is.
func (m *Machine) Driver() devices.Driver { return devices.Driver{Prober: m, Closer: m} }

// Fail gives the device a fault, until Recover.
func (m *Machine) Fail(fault devices.Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = fault
}

// Stall makes the device hang: it takes what it is given and never answers,
// until Recover.
func (m *Machine) Stall() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stalled == nil {
		m.stalled = make(chan struct{})
	}
}

// Recover makes the device work again.
func (m *Machine) Recover() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = ""
	m.resume()
}

// Close ends the device: from now on it is offline.
func (m *Machine) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.resume()
	return nil
}

func (m *Machine) resume() {
	if m.stalled != nil {
		close(m.stalled)
		m.stalled = nil
	}
}

// Health returns how the device is.
func (m *Machine) Health(ctx context.Context) (devices.Health, error) {
	if err := m.answer(ctx); err != nil {
		return devices.Health{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.closed:
		return devices.Health{}, devices.ErrOffline
	case m.fault != "":
		return m.fault.Health(), nil
	}
	return devices.Health{State: devices.OK}, nil
}

// do lets the device do act, if it can. Of what is uncertain this device has
// done it: that is the harder case for whoever asked.
func (m *Machine) do(ctx context.Context, act func()) error {
	if err := m.answer(ctx); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.closed:
		return devices.ErrOffline
	case m.fault == "" || m.fault == devices.ErrPaperLow:
		act()
		return nil
	case m.fault == devices.ErrUncertain:
		act()
	}
	return m.fault
}

// answer waits while the device hangs, at most until ctx ends.
func (m *Machine) answer(ctx context.Context) error {
	m.mu.Lock()
	stalled := m.stalled
	m.mu.Unlock()
	if stalled != nil {
		select {
		case <-stalled:
		case <-ctx.Done():
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", devices.ErrTimeout, err)
	}
	return nil
}

// memory keeps the last few things a device did and counts them all.
type memory[T any] struct {
	last  []T
	count int
}

func (m *memory[T]) add(thing T) {
	m.count++
	m.last = append(m.last, thing)
	if len(m.last) > Kept {
		m.last = slices.Delete(m.last, 0, 1)
	}
}
