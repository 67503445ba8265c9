package devices

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Model names a driver: a kind of device and the protocol that reaches it, such
// as {"printer", "sim"}.
type Model struct {
	Kind   string
	Driver string
}

// Parameters are a device's settings, as strings by name.
type Parameters map[string]string

// Constructor makes a driver. It fails with ErrMisconfigured when the
// parameters cannot be right and with a retryable fault when the device cannot
// be reached now. The driver lives on after ctx ends.
type Constructor func(ctx context.Context, parameters Parameters) (Driver, error)

// Registry holds the constructors of the drivers a program has. It is a value:
// who wants drivers builds one and passes it on.
type Registry map[Model]Constructor

// Add takes the constructors of other into r. It fails, and changes nothing,
// when a model is there already.
func (r Registry) Add(other Registry) error {
	for model := range other {
		if _, twice := r[model]; twice {
			return fmt.Errorf("devices: two drivers for %s %s", model.Driver, model.Kind)
		}
	}
	maps.Copy(r, other)
	return nil
}

// Open makes the driver of a device. A model that is not in r is
// ErrUnsupported.
func (r Registry) Open(ctx context.Context, model Model, parameters Parameters) (Driver, error) {
	construct, ok := r[model]
	if !ok {
		return Driver{}, fmt.Errorf("%w: no driver %q for a %q", ErrUnsupported, model.Driver, model.Kind)
	}
	return construct(ctx, parameters)
}

// Drivers returns the names of the drivers for a kind, in order.
func (r Registry) Drivers(kind string) []string {
	var names []string
	for model := range r {
		if model.Kind == kind {
			names = append(names, model.Driver)
		}
	}
	slices.Sort(names)
	return names
}
