package sim

import (
	"errors"
	"fmt"
	"testing"

	"handrail/devices"
	"handrail/devices/devicetest"
)

func TestEverySimulatedDevicePassesTheSuite(t *testing.T) {
	rigs := map[string]func(t *testing.T) devicetest.Rig{
		"printer": func(*testing.T) devicetest.Rig { p := NewPrinter(); return rig(p, &p.Machine, p.Printed) },
		"speaker": func(*testing.T) devicetest.Rig { s := NewSpeaker(); return rig(s, &s.Machine, s.Spoken) },
		"lamp":    func(*testing.T) devicetest.Rig { l := NewLamp(); return rig(l, &l.Machine, l.Shown) },
		"pager":   func(*testing.T) devicetest.Rig { p := NewPager(); return rig(p, &p.Machine, p.Alerted) },
		"machine": func(*testing.T) devicetest.Rig { m := NewMachine(); return rig(m, m, nil) },
	}
	for name, open := range rigs {
		t.Run(name, func(t *testing.T) { devicetest.Run(t, open) })
	}
}

func rig(device simulated, m *Machine, done func() int) devicetest.Rig {
	return devicetest.Rig{Driver: device.Driver(), Fail: m.Fail, Stall: m.Stall, Recover: m.Recover, Done: done}
}

func TestEveryKindOfTheDemoBranchCanBeOpened(t *testing.T) {
	for _, kind := range []string{"printer", "speaker", "lamp", "pager", "loop", "focuser"} {
		driver, err := Drivers().Open(t.Context(), devices.Model{Kind: kind, Driver: "sim"}, nil)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		for ability, has := range map[string]bool{"printer": driver.Printer != nil, "speaker": driver.Speaker != nil,
			"lamp": driver.Lamp != nil, "pager": driver.Pager != nil} {
			if has != (ability == kind) {
				t.Errorf("a %s can work as a %s: %v", kind, ability, has)
			}
		}
	}
}

func TestADeviceMayBeginWithAFault(t *testing.T) {
	model := devices.Model{Kind: "printer", Driver: "sim"}
	driver, err := Drivers().Open(t.Context(), model, devices.Parameters{"fault": "paper-out"})
	if err != nil {
		t.Fatal(err)
	}
	if err := driver.Printer.Print(t.Context(), devices.Slip{}); !errors.Is(err, devices.ErrPaperOut) {
		t.Errorf("printing: %v", err)
	}
	for _, bad := range []devices.Parameters{{"fault": "tired"}, {"host": "127.0.0.1"}} {
		if _, err := Drivers().Open(t.Context(), model, bad); !errors.Is(err, devices.ErrMisconfigured) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestAPrinterLowOnPaperPrintsAndSaysSo(t *testing.T) {
	p := NewPrinter()
	p.Fail(devices.ErrPaperLow)
	if err := p.Print(t.Context(), devices.Slip{Ticket: "A001"}); err != nil || p.Printed() != 1 {
		t.Errorf("printing: %v, %d printed", err, p.Printed())
	}
	if health, err := p.Health(t.Context()); err != nil || health != (devices.Health{State: devices.Degraded, Why: "paper-low"}) {
		t.Errorf("health %+v, %v", health, err)
	}
}

func TestAnUncertainPrinterMayHavePrinted(t *testing.T) {
	p := NewPrinter()
	p.Fail(devices.ErrUncertain)
	if err := p.Print(t.Context(), devices.Slip{Ticket: "A001"}); !errors.Is(err, devices.ErrUncertain) || p.Printed() != 1 {
		t.Errorf("printing: %v, %d printed", err, p.Printed())
	}
}

func TestDevicesRememberTheLastTwenty(t *testing.T) {
	p, s, g := NewPrinter(), NewSpeaker(), NewPager()
	for n := range Kept + 3 {
		name := fmt.Sprint(n)
		must(t, p.Print(t.Context(), devices.Slip{Job: name}))
		must(t, s.Speak(t.Context(), devices.Utterance{ID: name}))
		must(t, g.Alert(t.Context(), devices.Alert{Page: name}))
	}
	slips, said, alerts := p.Slips(), s.Said(), g.Alerts()
	if len(slips) != Kept || len(said) != Kept || len(alerts) != Kept {
		t.Fatalf("%d slips, %d utterances, %d alerts", len(slips), len(said), len(alerts))
	}
	if slips[0].Job != "3" || said[0].ID != "3" || alerts[0].Page != "3" {
		t.Errorf("the oldest are %v, %v, %v", slips[0], said[0], alerts[0])
	}
	if p.Printed() != Kept+3 {
		t.Errorf("%d printed", p.Printed())
	}
}

func TestAnAlertGivenAgainIsOneAlert(t *testing.T) {
	p := NewPager()
	for _, step := range []int{1, 1, 2} {
		must(t, p.Alert(t.Context(), devices.Alert{Page: "p_1", Step: step}))
	}
	if got := p.Alerted(); got != 2 {
		t.Errorf("%d alerts, want 2", got)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
