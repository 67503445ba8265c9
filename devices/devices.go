// Package devices holds what the branch asks of a device and nothing of how it
// is done: one small interface per ability, the faults a device can show, and a
// Registry of drivers as a value. Each protocol has its own folder below, and
// every driver passes the suite in devicetest.
//
// Three rules bind every driver:
//
//   - Success means that the device said so. That bytes were written is no
//     success: a hung printer takes thousands of tickets that way.
//   - A method returns soon after its context ends. What may or may not have
//     happened then is ErrUncertain, never a guess.
//   - A fault is a Fault. Text from a device is never passed on: it may hold
//     anything.
//
// A driver must never retry, queue or remember work by itself; its supervisor
// does. It is given public words only: no name, no need, no amount. The one
// secret it may be given is a slip's link, for the paper and nothing else.
package devices

import (
	"context"
	"io"
)

// Driver is one running device. Prober and Closer are always set; of the others
// those that the device can do.
type Driver struct {
	Prober  Prober
	Printer Printer
	Speaker Speaker
	Lamp    Lamp
	Pager   Pager
	// Paper is set by virtual printers only.
	Paper  Paper
	Closer io.Closer
}

// Prober asks a device how it is.
type Prober interface {
	// Health returns what the device says of itself. An error means that it
	// could not be asked.
	Health(ctx context.Context) (Health, error)
}

// Printer puts slips on paper.
type Printer interface {
	// Print returns nil once the device has said that the slip is on paper.
	// Before it sends anything it asks the device: nothing is left in a buffer
	// to come out later. ErrUncertain means that a part may be on paper.
	Print(ctx context.Context, slip Slip) error
}

// Speaker says something in a part of the hall.
type Speaker interface {
	// Speak returns nil once everything has been said. When ctx ends it stops
	// at once, in the middle of a word if need be.
	Speak(ctx context.Context, utterance Utterance) error
}

// Lamp is the light of a counter.
type Lamp interface {
	// Show returns nil once the device has said that it shows state.
	Show(ctx context.Context, state LampState) error
}

// Pager alerts staff.
type Pager interface {
	// Alert returns nil once the device has the alert. The same alert given
	// again is one alert.
	Alert(ctx context.Context, alert Alert) error
}

// Paper shows what a virtual printer has printed.
type Paper interface {
	// SVG returns the paper as one self-contained picture without scripts. Each
	// line of a slip is the text of one text element.
	SVG() []byte
	// Cut throws away what has been printed: what comes later is on new paper.
	Cut()
}

// Slip is a paper ticket in the words of its language, ready to be laid out.
type Slip struct {
	// Job names this slip; a slip printed again has the same one.
	Job string
	// Language is the BCP 47 tag of the words.
	Language string
	// Heading is the branch; Ticket is printed largest of all; Lines follow it
	// in order.
	Heading string
	Ticket  string
	Lines   []string
	// Link is what the QR code on the slip opens, empty for none; the last of
	// Lines then says what it is for, and stands beside it. It is the secret of
	// whoever holds the slip: a driver must never log it.
	Link string
	// Large asks for large print.
	Large bool
}

// Utterance is something the whole hall may hear. What only one person may hear
// must never be put into one.
type Utterance struct {
	// ID names what is said; the same thing said again has the same one.
	ID string
	// Parts are said in order, all of them Times times.
	Parts []Spoken
	Times int
}

// Spoken is a sentence in one language, a BCP 47 tag.
type Spoken struct {
	Language string
	Text     string
}

// LampState is what a counter's light says.
type LampState string

// The states of a lamp.
const (
	// LampOff: the counter is closed or paused.
	LampOff LampState = "off"
	// LampReady is dim: the counter is open and free.
	LampReady LampState = "ready"
	// LampCalling flashes, slower than three times a second: somebody is called.
	LampCalling LampState = "calling"
	// LampServing is steady: somebody is served.
	LampServing LampState = "serving"
)

// Alert is one step of a page.
type Alert struct {
	// Page and Step name the alert.
	Page string
	Step int
	// Text is what to do and where.
	Text string
	// Urgent asks for the strongest signal; Silent allows no sound at all.
	Urgent bool
	Silent bool
}
