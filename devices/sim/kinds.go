package sim

import (
	"context"
	"slices"

	"handrail/devices"
	"handrail/devices/qr"
)

// Printer is a virtual ticket printer.
type Printer struct {
	Machine
	slips memory[devices.Slip]
}

// NewPrinter returns a printer with an endless roll of paper.
func NewPrinter() *Printer { return &Printer{} }

// Driver returns the printer's driver.
func (p *Printer) Driver() devices.Driver {
	return devices.Driver{Prober: p, Printer: p, Paper: p, Closer: p}
}

// Print puts slip on the virtual paper. A link that no QR code can hold is
// devices.ErrUnsupported.
func (p *Printer) Print(ctx context.Context, slip devices.Slip) error {
	if _, err := qr.Of(slip.Link); slip.Link != "" && err != nil {
		return devices.ErrUnsupported
	}
	slip.Lines = slices.Clone(slip.Lines)
	return p.do(ctx, func() { p.slips.add(slip) })
}

// Slips returns the last slips printed, the oldest first.
func (p *Printer) Slips() []devices.Slip {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.slips.last)
}

// Printed counts all slips ever printed.
func (p *Printer) Printed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.slips.count
}

// Cut forgets the slips on the paper; Printed goes on counting.
func (p *Printer) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.slips.last = nil
}

// SVG returns the last slips as one picture of the paper, the newest on top.
func (p *Printer) SVG() []byte {
	slips := p.Slips()
	slices.Reverse(slips)
	return drawPaper(slips)
}

// Speaker is a loudspeaker that has said everything as soon as it is asked.
type Speaker struct {
	Machine
	said memory[devices.Utterance]
}

// NewSpeaker returns a loudspeaker.
func NewSpeaker() *Speaker { return &Speaker{} }

// Driver returns the loudspeaker's driver.
func (s *Speaker) Driver() devices.Driver { return devices.Driver{Prober: s, Speaker: s, Closer: s} }

// Speak says the utterance.
func (s *Speaker) Speak(ctx context.Context, utterance devices.Utterance) error {
	utterance.Parts = slices.Clone(utterance.Parts)
	return s.do(ctx, func() { s.said.add(utterance) })
}

// Said returns the last things said, the oldest first.
func (s *Speaker) Said() []devices.Utterance {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.said.last)
}

// Spoken counts everything ever said.
func (s *Speaker) Spoken() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.count
}

// Lamp is a counter's light.
type Lamp struct {
	Machine
	state devices.LampState
	shown int
}

// NewLamp returns a lamp that is off.
func NewLamp() *Lamp { return &Lamp{state: devices.LampOff} }

// Driver returns the lamp's driver.
func (l *Lamp) Driver() devices.Driver { return devices.Driver{Prober: l, Lamp: l, Closer: l} }

// Show changes the light.
func (l *Lamp) Show(ctx context.Context, state devices.LampState) error {
	return l.do(ctx, func() { l.state, l.shown = state, l.shown+1 })
}

// State returns what the lamp shows.
func (l *Lamp) State() devices.LampState {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

// Shown counts how often the light was set.
func (l *Lamp) Shown() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shown
}

// Pager is a device that alerts staff.
type Pager struct {
	Machine
	alerts memory[devices.Alert]
}

// NewPager returns a pager without alerts.
func NewPager() *Pager { return &Pager{} }

// Driver returns the pager's driver.
func (p *Pager) Driver() devices.Driver { return devices.Driver{Prober: p, Pager: p, Closer: p} }

// Alert takes an alert; one it still remembers is not taken twice.
func (p *Pager) Alert(ctx context.Context, alert devices.Alert) error {
	return p.do(ctx, func() {
		if !slices.Contains(p.alerts.last, alert) {
			p.alerts.add(alert)
		}
	})
}

// Alerts returns the last alerts, the oldest first.
func (p *Pager) Alerts() []devices.Alert {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.alerts.last)
}

// Alerted counts all alerts ever taken.
func (p *Pager) Alerted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.alerts.count
}
