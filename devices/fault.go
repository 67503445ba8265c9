package devices

import (
	"context"
	"errors"
	"slices"
)

// State is how a device is.
type State string

// The states of a device, those of the contract but for "unknown", which is the
// state of a device nobody could ask yet.
const (
	OK       State = "ok"
	Degraded State = "degraded"
	Failed   State = "failed"
	Offline  State = "offline"
)

// Health is what a device says of itself; Why is a fault's code when it is not
// OK.
type Health struct {
	State State
	Why   string
}

// Fault is an error by which a device shows what is wrong with it: a short code
// such as "paper-out". Faults are compared with errors.Is, and every one is
// either ErrRetryable or ErrPermanent.
type Fault string //nolint:errname // the word of the devices: a printer shows a fault, not an error

// The faults a driver may report.
const (
	ErrPaperOut  Fault = "paper-out"
	ErrPaperLow  Fault = "paper-low"
	ErrPaperJam  Fault = "paper-jam"
	ErrCoverOpen Fault = "cover-open"
	// ErrHardware: the device says that it is broken.
	ErrHardware Fault = "hardware"
	// ErrMuted: nothing was heard.
	ErrMuted Fault = "muted"
	// ErrOffline: the device cannot be reached.
	ErrOffline Fault = "offline"
	// ErrTimeout: the device was reached and did not answer in time, and
	// certainly did nothing.
	ErrTimeout Fault = "timeout"
	// ErrUncertain: the device may or may not have done what was asked. It is
	// never repeated blindly.
	ErrUncertain Fault = "uncertain"
	// ErrUnsupported: the device cannot do what was asked.
	ErrUnsupported Fault = "unsupported"
	// ErrMisconfigured: its parameters cannot be right.
	ErrMisconfigured Fault = "misconfigured"
)

// The two kinds of fault, for errors.Is: after a retryable one the same may be
// tried again, after a permanent one somebody must change something first.
const (
	ErrRetryable Fault = "retryable"
	ErrPermanent Fault = "permanent"
)

// Faults returns every fault a driver may report.
func Faults() []Fault {
	return []Fault{ErrPaperOut, ErrPaperLow, ErrPaperJam, ErrCoverOpen, ErrHardware, ErrMuted, ErrOffline,
		ErrTimeout, ErrUncertain, ErrUnsupported, ErrMisconfigured}
}

// Error returns the code with the package's name.
func (f Fault) Error() string { return "devices: " + string(f) }

// Is reports whether f is of the kind target.
func (f Fault) Is(target error) bool {
	switch target {
	case ErrPermanent:
		return f == ErrUnsupported || f == ErrMisconfigured
	case ErrRetryable:
		return f != ErrUnsupported && f != ErrMisconfigured
	}
	return false
}

// Health returns how a device with this fault is.
func (f Fault) Health() Health {
	switch f {
	case ErrPaperLow, ErrUncertain:
		return Health{State: Degraded, Why: string(f)}
	case ErrOffline, ErrTimeout:
		return Health{State: Offline, Why: string(f)}
	default:
		return Health{State: Failed, Why: string(f)}
	}
}

// FaultOf returns the fault that err carries; the end of a context is
// ErrTimeout. Any other error, or a fault that is not one of Faults, is
// ErrHardware: no driver should return it, and what it says is never passed on.
func FaultOf(err error) Fault {
	var f Fault
	switch {
	case errors.As(err, &f) && slices.Contains(Faults(), f):
		return f
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return ErrTimeout
	default:
		return ErrHardware
	}
}
