package deviceio

import (
	"bytes"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"handrail/devices"
	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/queue"
)

func TestASlipSaysWhatTheCustomerNeedsAndNothingAboutThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		at := branch.InstantOf(time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC))
		h.setQueue(&queue.Model{ByID: map[branch.VisitID]*queue.Visit{"v_1": {ID: "v_1", CreatedAt: at}}})
		one := ticket("v_1", "A017")
		one.Needs = []branch.Need{branch.LargePrint, branch.Hearing, branch.SignLanguage}
		one.Wait = &branch.Wait{LowSeconds: 600, HighSeconds: 890, SaidAt: at}
		two := ticket("v_2", "A018")
		two.Language = branch.English
		two.Wait = &branch.Wait{HighSeconds: 900, SaidAt: at}
		h.happen(one, two)
		slips := h.printer.Slips()
		if len(slips) != 2 {
			t.Fatalf("%d slips", len(slips))
		}
		if s := slips[0]; s.Job != "v_1" || s.Ticket != "A017" || !s.Large || s.Language != "zh-CN" || s.Heading != "和平路支行" {
			t.Errorf("slip %+v", s)
		}
		if s := slips[1]; s.Large || s.Language != "en" || s.Heading != "Peace Road branch" {
			t.Errorf("slip %+v", s)
		}
		wantLines(t, "Chinese lines", slips[0].Lines, "业务：现金", "大约等 10 到 15 分钟", "取号时间：2026-03-04 09:30",
			"请在附近等候，轮到您时会广播并显示号码", "需要离开一会儿？请告诉工作人员，号会保留", "扫码查看排队、暂离或取消")
		wantLines(t, "English lines", slips[1].Lines, "Service: Cash", "Within about 15 min", "Taken at 2026-03-04 09:30",
			"Please wait nearby. We will call your number aloud and show it",
			"Need to step out? Tell a member of staff and your place is kept", "Scan to see your place, step out or cancel")
		if one, two := slips[0].Link, slips[1].Link; one != linkOf("v_1") || two != linkOf("v_2") {
			t.Errorf("the slips open %s and %s", one, two)
		}
		h.wantEvent(equipment.SlipPrinted{Visit: "v_1", Device: "printer"})
		h.wantEvent(equipment.SlipPrinted{Visit: "v_2", Device: "printer"})
	})
}

func TestARangeIsSaidInWholeMinutes(t *testing.T) {
	h := newHall(t)
	io := New(h.config())
	for _, test := range []struct {
		wait *branch.Wait
		want string
	}{
		{nil, "Please watch the hall screen and listen for your number"},
		{&branch.Wait{HighSeconds: 60}, "It will soon be your turn"},
		{&branch.Wait{HighSeconds: 61}, "Within about 2 min"},
		{&branch.Wait{LowSeconds: 290, HighSeconds: 300}, "About 5 min to wait"},
		{&branch.Wait{LowSeconds: 300, HighSeconds: 601}, "About 5 to 11 min to wait"},
	} {
		if got := io.wait(branch.English, test.wait); got != test.want {
			t.Errorf("%+v is said as %q, want %q", test.wait, got, test.want)
		}
	}
}

func TestWithoutPaperTheCustomerIsToldAtOnceAndNothingComesOutLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		h.printer.Fail(devices.ErrPaperOut)
		before := time.Now()
		h.happen(ticket("v_1", "A001"), ticket("v_2", "A002"))
		for _, visit := range []branch.VisitID{"v_1", "v_2"} {
			h.wantEvent(equipment.SlipFailed{Visit: visit, Device: "printer", Place: "kiosk-1", Why: "paper-out"})
		}
		h.wantEvent(equipment.DeviceFailed{Device: "printer", Place: "kiosk-1", Health: equipment.Failed, Why: "paper-out"})
		if waited := time.Since(before); waited != 0 {
			t.Errorf("the customer waited %v for the news", waited)
		}
		h.printer.Recover()
		h.pass(6 * time.Second)
		h.wantEvent(equipment.DeviceRecovered{Device: "printer", Place: "kiosk-1", Health: equipment.Healthy})
		h.happen(ticket("v_3", "A003"))
		if slips := h.printer.Slips(); len(slips) != 1 || slips[0].Ticket != "A003" {
			t.Errorf("printed %+v", slips)
		}
	})
}

func TestAHungPrinterHasNotPrinted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		h.printer.Stall()
		h.happen(ticket("v_1", "A001"))
		h.pass(3 * time.Second)
		h.wantEvent(equipment.SlipFailed{Visit: "v_1", Device: "printer", Place: "kiosk-1", Why: "timeout"})
		h.happen(ticket("v_2", "A002")) // the next customer does not wait for it
		h.wantEvent(equipment.SlipFailed{Visit: "v_2", Device: "printer", Place: "kiosk-1", Why: "timeout"})
		h.printer.Recover()
		h.pass(10 * time.Second)
		if got := h.printer.Printed(); got != 0 {
			t.Errorf("%d slips came out late", got)
		}
	})
}

func TestWhatMayBeOnPaperIsNotPrintedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		h.printer.Fail(devices.ErrUncertain)
		h.happen(ticket("v_1", "A001"))
		h.wantEvent(equipment.SlipFailed{Visit: "v_1", Device: "printer", Place: "kiosk-1", Why: "uncertain"})
		h.printer.Recover()
		h.happen(ticket("v_2", "A002"))
		h.pass(time.Minute)
		h.wantEvent(equipment.SlipPrinted{Visit: "v_2", Device: "printer"})
		if got := h.printer.Printed(); got != 2 {
			t.Errorf("%d slips, want each once", got)
		}
	})
}

func TestABusyEngineIsToldLaterAndTheSlipIsNotPrintedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		h.refuseAll(branch.Refuse(branch.CodeStorage, "The disk is full."))
		h.happen(ticket("v_1", "A001"))
		h.pass(time.Minute)
		h.refuseAll(nil)
		h.pass(2 * time.Second)
		h.wantEvent(equipment.SlipPrinted{Visit: "v_1", Device: "printer"})
		if got := h.printer.Printed(); got != 1 {
			t.Errorf("printed %d times", got)
		}
	})
}

func TestASlipThatAnEarlierRunMayHavePrintedIsMarked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.apply(ticket("v_1", "A001"), ticket("v_2", "A002"))
		h.start()
		defer h.stop()
		h.happen(ticket("v_3", "A003"))
		slips := h.printer.Slips()
		if len(slips) != 3 {
			t.Fatalf("%d slips", len(slips))
		}
		for i, marked := range []bool{true, false, false} {
			if slices.Contains(slips[i].Lines, "补打，号码不变") != marked {
				t.Errorf("slip %d says %q", i, slips[i].Lines)
			}
			// The line of the code stays the last one, and a reprint opens the same.
			if last := len(slips[i].Lines) - 1; slips[i].Lines[last] != "扫码查看排队、暂离或取消" ||
				slips[i].Link != linkOf(branch.VisitID(slips[i].Job)) {
				t.Errorf("slip %d ends with %q and opens %s", i, slips[i].Lines[last], slips[i].Link)
			}
		}
	})
}

func TestAPrinterThatCannotBeOpenedIsTriedLessAndLessOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.failOpening(devices.ErrOffline)
		h.start()
		defer h.stop()
		h.happen(ticket("v_1", "A001"))
		h.wantEvent(equipment.SlipFailed{Visit: "v_1", Device: "printer", Place: "kiosk-1", Why: "offline"})
		h.pass(10 * time.Minute)
		opened := h.attempts()
		for i, want := range []time.Duration{5, 10, 20, 40, 80, 80} {
			least := want * time.Second
			if got := opened[i+1].Sub(opened[i]); got < least || got > least+least/5 {
				t.Errorf("pause %d is %v, want %v and up to a fifth more", i, got, least)
			}
		}
		if got := h.count("device.failed"); got != 1 {
			t.Errorf("%d failures told, want the first only", got)
		}
		h.failOpening(nil)
		h.pass(100 * time.Second)
		h.wantEvent(equipment.DeviceRecovered{Device: "printer", Place: "kiosk-1", Health: equipment.Healthy})
		h.happen(ticket("v_2", "A002"))
		h.wantEvent(equipment.SlipPrinted{Visit: "v_2", Device: "printer"})
	})
}

func TestThePaperOfAVirtualPrinterCanBeSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		h.happen(ticket("v_1", "A017"))
		if svg, ok := h.io.Paper("printer"); !ok || !bytes.Contains(svg, []byte("A017")) {
			t.Errorf("paper %v %s", ok, svg)
		}
		for _, id := range []branch.DeviceID{"lamp", "radio"} {
			if _, ok := h.io.Paper(id); ok {
				t.Errorf("%s has paper", id)
			}
		}
	})
}

func TestThePaperOfAVirtualPrinterIsCutWhenTheDayEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		day := func(day branch.Day) {
			h.setQueue(&queue.Model{Day: day, ByID: map[branch.VisitID]*queue.Visit{}})
		}
		h.start()
		defer h.stop()
		day("2026-03-04")
		h.happen(ticket("v_1", "A017"))
		day("2026-03-04")
		if n := len(h.printer.Slips()); n != 1 {
			t.Fatalf("in the middle of the day %d slips are on the paper", n)
		}
		day("")
		if svg, ok := h.io.Paper("printer"); !ok || bytes.Contains(svg, []byte("A017")) {
			t.Errorf("after the day the paper is %v %s", ok, svg)
		}
		h.happen(ticket("v_2", "A001"))
		day("2026-03-05")
		if slips := h.printer.Slips(); len(slips) != 1 || slips[0].Job != "v_2" {
			t.Errorf("the next day begins with %+v", slips)
		}
	})
}
