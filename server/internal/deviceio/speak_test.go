package deviceio

import (
	"testing"
	"testing/synctest"
	"time"

	"handrail/devices"
	"handrail/devices/sim"
	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
)

func TestCallsAreSaidOnceEachAndInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		h.happen(call("c_1", "v_1", "A001"), call("c_2", "v_2", "A002"),
			queue.VisitRecalled{Visit: "v_1", Ticket: "A001", Counter: "counter-3", Zone: "side", Call: "c_3",
				Language: branch.Chinese, Recall: 1})
		h.pass(time.Minute)
		wantLines(t, "said", h.said(), "zh-CN:请 A001 号到 3 号窗口|", "zh-CN:再次叫号：请 A001 号到 3 号窗口|",
			"zh-CN:请 A002 号到 3 号窗口|")
		if got := h.count("call.announced"); got != 3 {
			t.Errorf("%d calls announced, want 3", got)
		}
	})
}

func TestACallIsSaidInTheLanguageOfTheVisitAndOfTheBranch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		english := call("c_1", "v_1", "A001")
		english.Language = branch.English
		h.happen(english)
		h.happen(paging.PageAlarmed{Page: "p_1", Reason: branch.ReasonHelp, Place: "kiosk-1", Zone: "main", Call: "c_2"})
		wantLines(t, "said", h.said(),
			"en:Ticket A001, please go to Counter 3|zh-CN:请 A001 号到 3 号窗口|",
			"zh-CN:请工作人员到一号自助机|en:A member of staff, please come to Kiosk 1|")
	})
}

func TestARestartSaysTheUnfinishedHeadAndNothingElseAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		h.happen(call("c_1", "v_1", "A001"))
		h.refuseAll(branch.Refuse(branch.CodeStorage, "The disk is full."))
		h.happen(call("c_2", "v_2", "A002"))
		h.stop() // said, but not durable
		wantLines(t, "said before", h.said(), "zh-CN:请 A001 号到 3 号窗口|", "zh-CN:请 A002 号到 3 号窗口|")
		h.refuseAll(nil)
		h.speaker = sim.NewSpeaker()
		h.start()
		defer h.stop()
		h.pass(time.Minute)
		wantLines(t, "said after", h.said(), "zh-CN:请 A002 号到 3 号窗口|")
		if got := h.count("call.announced"); got != 2 {
			t.Errorf("%d calls announced, want 2", got)
		}
	})
}

func TestABusyEngineIsToldLaterAndTheCallIsNotSaidAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		h.refuseAll(branch.Refuse(branch.CodeBusy, "Too much to do."))
		h.happen(call("c_1", "v_1", "A001"))
		h.pass(5 * time.Second)
		if h.module.Pending("c_1") == false {
			t.Error("c_1 left without a decision")
		}
		h.refuseAll(nil)
		h.pass(2 * time.Second)
		h.wantEvent(equipment.CallAnnounced{Call: "c_1", Zone: "main"})
		if got := h.speaker.Spoken(); got != 1 {
			t.Errorf("said %d times", got)
		}
	})
}

func TestACallThatIsOverIsCutOffSoThatTheNextCanBeSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		h.speaker.Stall() // it is in the middle of its words
		h.happen(call("c_1", "v_1", "A001"), call("c_2", "v_2", "A002"))
		h.happen(equipment.CallUnspoken{Call: "c_1", Zone: "main", Cause: equipment.UnspokenMoot})
		h.speaker.Recover()
		h.pass(time.Second)
		wantLines(t, "said", h.said(), "zh-CN:请 A002 号到 3 号窗口|")
		if got := h.count("device.failed"); got != 0 {
			t.Errorf("the loudspeaker counts as failed %d times", got)
		}
	})
}

func TestALoudspeakerThatComesBackSaysWhatIsStillPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		h.speaker.Fail(devices.ErrMuted)
		h.happen(call("c_1", "v_1", "A001"))
		h.wantEvent(equipment.DeviceFailed{Device: "speaker", Place: "hall-1", Health: equipment.Failed, Why: "muted"})
		if !h.module.Pending("c_1") {
			t.Fatal("c_1 is lost")
		}
		h.speaker.Recover()
		h.pass(6 * time.Second)
		h.wantEvent(equipment.DeviceRecovered{Device: "speaker", Place: "hall-1", Health: equipment.Healthy})
		wantLines(t, "said", h.said(), "zh-CN:请 A001 号到 3 号窗口|")
	})
}

func TestALoudspeakerThatNeverAnswersIsOffline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		h.speaker.Stall()
		h.happen(call("c_1", "v_1", "A001"))
		h.pass(11*time.Second + time.Millisecond)
		h.wantEvent(equipment.DeviceFailed{Device: "speaker", Place: "hall-1", Health: equipment.Offline, Why: "timeout"})
		if h.speaker.Spoken() != 0 || h.count("call.announced") != 0 {
			t.Error("silence counts as said")
		}
	})
}

func TestWhatWasDoneIsNotDoneAgainWhenTheModelsComeLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		h.mu.Lock()
		h.late = true
		h.mu.Unlock()
		h.happen(call("c_1", "v_1", "A001"), ticket("v_2", "A002"))
		h.pass(time.Minute)
		if said, printed := h.speaker.Spoken(), h.printer.Printed(); said != 1 || printed != 1 {
			t.Errorf("said %d times, printed %d times", said, printed)
		}
	})
}
