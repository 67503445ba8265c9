package equipment

import (
	"errors"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/branch"
)

func TestOnlyATransitionOfHealthIsAnEvent(t *testing.T) {
	b := newBench(t, testPolicy())
	loop := []branch.Ability{"hearing-loop"}
	steps := []struct {
		health Health
		why    string
		want   []branch.Event
	}{
		{Unknown, "", nil},
		{Healthy, "", []branch.Event{DeviceChanged{Device: "loop-1", Place: "counter-1", Health: Healthy}}},
		{Healthy, "", nil},
		{Failed, "hardware", []branch.Event{
			DeviceFailed{Device: "loop-1", Place: "counter-1", Health: Failed, Why: "hardware", Lost: loop}}},
		{Failed, "hardware", nil},
		{Offline, "offline", []branch.Event{
			DeviceChanged{Device: "loop-1", Place: "counter-1", Health: Offline, Why: "offline"}}},
		{Degraded, "muted", []branch.Event{
			DeviceRecovered{Device: "loop-1", Place: "counter-1", Health: Degraded, Why: "muted", Restored: loop}}},
		{Degraded, "muted", nil},
		{Healthy, "", []branch.Event{DeviceChanged{Device: "loop-1", Place: "counter-1", Health: Healthy}}},
	}
	for i, step := range steps {
		got := b.must(ReportHealth{Device: "loop-1", Health: step.health, Why: step.why})
		wantEvents(t, got, step.want...)
		if d, _ := b.m.Model().Device("loop-1"); d.Health != step.health || d.Why != step.why {
			t.Errorf("step %d: the device is %s %q", i, d.Health, d.Why)
		}
	}
}

func TestSinceIsTheTimeOfTheHealthNotOfItsReason(t *testing.T) {
	b := newBench(t, testPolicy())
	b.now = b.now.Add(time.Minute)
	failedAt := b.now
	b.must(ReportHealth{Device: "printer-1", Health: Failed, Why: "paper-out"})
	b.now = b.now.Add(time.Minute)
	b.must(ReportHealth{Device: "printer-1", Health: Failed, Why: "cover-open"})
	if d, _ := b.m.Model().Device("printer-1"); d.Since != failedAt {
		t.Errorf("since %d, want %d", d.Since, failedAt)
	}
}

func TestAReportThatCannotBeIsRefused(t *testing.T) {
	tests := []struct {
		name  string
		cmd   ReportHealth
		code  branch.Code
		field string
	}{
		{"unknown device", ReportHealth{Device: "radio", Health: Healthy}, branch.CodeNotFound, ""},
		{"unknown health", ReportHealth{Device: "loop-1", Health: "tired"}, branch.CodeInvalid, "health"},
		{"no health", ReportHealth{Device: "loop-1"}, branch.CodeInvalid, "health"},
		{"text", ReportHealth{Device: "loop-1", Health: Failed, Why: "Error 5!"}, branch.CodeInvalid, "why"},
		{"long", ReportHealth{Device: "loop-1", Health: Failed, Why: strings.Repeat("a", 41)}, branch.CodeInvalid, "why"},
	}
	b := newBench(t, testPolicy())
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			events, err := b.do(test.cmd)
			wantCode(t, err, test.code)
			wantEvents(t, events)
			wantField(t, err, test.field)
		})
	}
	b.must(ReportHealth{Device: "loop-1", Health: Failed, Why: strings.Repeat("a", 40)})
}

func wantField(t *testing.T, err error, field string) {
	t.Helper()
	var refusal *branch.Error
	switch {
	case !errors.As(err, &refusal):
		t.Errorf("%v is no *branch.Error", err)
	case field == "" && len(refusal.Fields) == 0:
	case len(refusal.Fields) != 1 || refusal.Fields[0].Field != field:
		t.Errorf("fields %v, want %q", refusal.Fields, field)
	}
}

func TestASlipWaitsAtTheEnabledPrinterOfItsKiosk(t *testing.T) {
	b := newBench(t, testPolicy())
	for _, slip := range []branch.Slip{
		{Visit: "v_1", Kiosk: "kiosk-1"},
		{Visit: "v_2", Kiosk: "kiosk-2"},   // its printer is in maintenance
		{Visit: "v_3", Kiosk: "kiosk-9"},   // no printer there
		{Visit: "v_4", Kiosk: "counter-1"}, // no slip wanted
		{Visit: "v_5", Kiosk: "kiosk-1"},
	} {
		b.apply(created{slip})
	}
	slips := b.m.Model().Slips
	if len(slips) != 1 || len(slips["printer-1"]) != 2 ||
		slips["printer-1"][0].Visit != "v_1" || slips["printer-1"][1].Visit != "v_5" {
		t.Errorf("slips %v", slips)
	}
}

func TestASlipLeavesWhenItIsPrintedOrHasFailed(t *testing.T) {
	b := newBench(t, testPolicy())
	b.apply(created{branch.Slip{Visit: "v_1", Kiosk: "kiosk-1"}}, created{branch.Slip{Visit: "v_2", Kiosk: "kiosk-1"}})
	wantEvents(t, b.must(FailSlip{Visit: "v_1", Device: "printer-1", Why: "paper-out"}),
		SlipFailed{Visit: "v_1", Device: "printer-1", Place: "kiosk-1", Why: "paper-out"})
	wantEvents(t, b.must(PrintedSlip{Visit: "v_2", Device: "printer-1"}), SlipPrinted{Visit: "v_2", Device: "printer-1"})
	if slips := b.m.Model().Slips; len(slips) != 0 {
		t.Errorf("slips %v", slips)
	}
}

func TestASlipThatDoesNotWaitCannotBeReported(t *testing.T) {
	b := newBench(t, testPolicy())
	b.apply(created{branch.Slip{Visit: "v_1", Kiosk: "kiosk-1"}})
	for name, test := range map[string]struct {
		cmd  branch.Command
		code branch.Code
	}{
		"unknown printer": {PrintedSlip{Visit: "v_1", Device: "printer-9"}, branch.CodeNotFound},
		"other printer":   {PrintedSlip{Visit: "v_1", Device: "printer-2"}, branch.CodeNotFound},
		"unknown slip":    {PrintedSlip{Visit: "v_9", Device: "printer-1"}, branch.CodeNotFound},
		"failed unknown":  {FailSlip{Visit: "v_9", Device: "printer-1", Why: "timeout"}, branch.CodeNotFound},
		"no reason":       {FailSlip{Visit: "v_1", Device: "printer-1"}, branch.CodeInvalid},
		"text":            {FailSlip{Visit: "v_1", Device: "printer-1", Why: "out of paper"}, branch.CodeInvalid},
	} {
		events, err := b.do(test.cmd)
		if branch.CodeOf(err) != test.code || len(events) > 0 {
			t.Errorf("%s: %v %v", name, events, err)
		}
	}
	b.must(PrintedSlip{Visit: "v_1", Device: "printer-1"})
}

func TestAnUnknownCommandIsRefused(t *testing.T) {
	b := newBench(t, testPolicy())
	_, err := b.do(nil)
	wantCode(t, err, branch.CodeInvalid)
}

func TestANewConfigurationKeepsWhatStaysAndDropsWhatIsGone(t *testing.T) {
	b := newBench(t, testPolicy())
	b.call("main", 1)
	b.call("side", 2)
	b.must(ReportHealth{Device: "printer-1", Health: Failed, Why: "paper-out"})
	failed, _ := b.m.Model().Device("printer-1")
	b.apply(created{branch.Slip{Visit: "v_1", Kiosk: "kiosk-1"}})
	b.now = b.now.Add(time.Minute)
	b.configure(Policy{
		Devices: []DeviceSpec{
			{ID: "lamp-1", Kind: KindLamp, Place: "counter-1", Admin: Enabled},
			{ID: "printer-1", Kind: KindPrinter, Place: "kiosk-1", Admin: Enabled},
		},
		Zones:      []ZoneSpec{{ID: "main", Hall: "hall-1"}},
		ClipLength: time.Second,
	})
	model := b.m.Model()
	if lamp, _ := model.Device("lamp-1"); lamp == nil || lamp.Health != Unknown || lamp.Since != b.now {
		t.Errorf("lamp-1 is %+v", lamp)
	}
	if printer, _ := model.Device("printer-1"); printer.Health != Failed || printer.Since != failed.Since {
		t.Errorf("printer-1 is %+v", printer)
	}
	if _, found := model.Device("loop-1"); found {
		t.Error("loop-1 is still there")
	}
	if !b.m.Pending("c_1") || b.m.Pending("c_2") {
		t.Error("a zone that stays keeps its calls, one that goes takes them along")
	}
	if len(model.Slips["printer-1"]) != 1 {
		t.Errorf("slips %v", model.Slips)
	}
	if z, _ := model.Zone("main"); z.Spec.Hall != "hall-1" {
		t.Errorf("sink %+v", z.Spec)
	}

	b.configure(Policy{Devices: []DeviceSpec{{ID: "printer-1", Kind: KindPrinter, Place: "kiosk-1", Admin: Disabled}}})
	if slips := b.m.Model().Slips; len(slips) != 0 {
		t.Errorf("a disabled printer keeps slips: %v", slips)
	}
}

func TestAConfigurationWithoutEquipmentChangesNothing(t *testing.T) {
	b := newBench(t, testPolicy())
	before := encoded(t, b.m)
	b.apply(branch.ConfigApplied{})
	if after := encoded(t, b.m); after != before {
		t.Errorf("%s\n%s", before, after)
	}
}
