package deviceio

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"handrail/devices"
	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
)

func TestHealthIsToldWhenItChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		h.wantEvent(equipment.DeviceChanged{Device: "loop", Place: "counter-3", Health: equipment.Healthy})
		h.pass(10 * time.Minute)
		reports := 0
		for _, cmd := range h.asked {
			if r, ok := cmd.(equipment.ReportHealth); ok && r.Device == "loop" {
				reports++
			}
		}
		if reports != 1 {
			t.Errorf("%d reports of a loop that is well, want 1", reports)
		}
		h.loop.Fail(devices.ErrHardware)
		h.pass(11 * time.Second)
		h.wantEvent(equipment.DeviceFailed{Device: "loop", Place: "counter-3", Health: equipment.Failed, Why: "hardware",
			Lost: []branch.Ability{"hearing-loop"}})
		h.loop.Recover()
		h.pass(6 * time.Second)
		h.wantEvent(equipment.DeviceRecovered{Device: "loop", Place: "counter-3", Health: equipment.Healthy,
			Restored: []branch.Ability{"hearing-loop"}})
	})
}

func TestHealthThatTheEngineCouldNotTakeIsToldLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.refuseAll(errors.New("the engine has stopped"))
		h.start()
		defer h.stop()
		if got := len(h.events); got != 0 {
			t.Fatalf("%d events", got)
		}
		h.refuseAll(nil)
		h.pass(11 * time.Second)
		h.wantEvent(equipment.DeviceChanged{Device: "loop", Place: "counter-3", Health: equipment.Healthy})
	})
}

// counter is a queue model with one counter and, if state is not empty, its
// visit.
func counter(open queue.CounterState, state queue.State) *queue.Model {
	c := &queue.Counter{ID: "counter-3", State: open}
	m := &queue.Model{Counters: []*queue.Counter{c}, ByID: map[branch.VisitID]*queue.Visit{}}
	if state != "" {
		c.Visit = "v_1"
		m.ByID["v_1"] = &queue.Visit{ID: "v_1", State: state}
	}
	return m
}

func TestTheLampShowsHowItsCounterIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		for _, step := range []struct {
			queue *queue.Model
			want  devices.LampState
		}{
			{counter(queue.CounterOpen, ""), devices.LampReady},
			{counter(queue.CounterOpen, queue.Called), devices.LampCalling},
			{counter(queue.CounterOpen, queue.Serving), devices.LampServing},
			{counter(queue.CounterPaused, ""), devices.LampOff},
			{counter(queue.CounterOpen, ""), devices.LampReady},
			{counter(queue.CounterClosed, ""), devices.LampOff},
			{&queue.Model{}, devices.LampOff},
		} {
			h.setQueue(step.queue)
			if got := h.lamp.State(); got != step.want {
				t.Errorf("the lamp is %s, want %s", got, step.want)
			}
		}
	})
}

func TestALampIsSetWhenSomethingChangesAndAfterItWasAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		h.setQueue(counter(queue.CounterOpen, ""))
		shown := h.lamp.Shown()
		for range 5 {
			h.happen()
		}
		if got := h.lamp.Shown(); got != shown {
			t.Errorf("set %d times more without a reason", got-shown)
		}
		h.lamp.Fail(devices.ErrOffline)
		h.pass(11 * time.Second)
		h.lamp.Recover()
		h.pass(7 * time.Second)
		if got := h.lamp.Shown(); got != shown+1 {
			t.Errorf("set %d times after it was away, want once", got-shown)
		}
	})
}

func page(id branch.PageID, reason branch.Reason, status paging.Status, step int) *paging.Page {
	return &paging.Page{ID: id, Reason: reason, Place: "kiosk-1", Status: status, Step: step}
}

func TestAPagerGetsEachStepOfAnOpenPageOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		h.setPages(page("p_1", branch.ReasonHelp, paging.Open, 1), page("p_2", branch.ReasonWater, paging.Accepted, 1))
		h.setPages(page("p_1", branch.ReasonHelp, paging.Open, 1))
		alarm := page("p_1", branch.ReasonHelp, paging.Open, 2)
		alarm.Alarm = true
		h.setPages(alarm)
		h.setPages(page("p_3", branch.ReasonDuress, paging.Open, 1))
		want := []devices.Alert{
			{Page: "p_1", Step: 1, Text: "一号自助机：需要帮忙"},
			{Page: "p_1", Step: 2, Text: "无人应答，请马上去一号自助机：需要帮忙", Urgent: true},
			{Page: "p_3", Step: 1, Text: "一号自助机：请来人，不要声张", Urgent: true, Silent: true},
		}
		got := h.pager.Alerts()
		if len(got) != len(want) {
			t.Fatalf("alerts %+v", got)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("alert %d is %+v, want %+v", i, got[i], want[i])
			}
		}
	})
}

func TestAPagerThatWasAwayGetsWhatIsStillOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		h.pager.Fail(devices.ErrOffline)
		h.setPages(page("p_1", branch.ReasonHelp, paging.Open, 1), page("p_2", branch.ReasonHelp, paging.Open, 1))
		h.setPages(page("p_2", branch.ReasonHelp, paging.Open, 1))
		h.pager.Recover()
		h.pass(7 * time.Second)
		if got := h.pager.Alerts(); len(got) != 1 || got[0].Page != "p_2" {
			t.Errorf("alerts %+v", got)
		}
	})
}

func TestATestAsksTheDeviceAndLetsItDoSomething(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		h.setQueue(counter(queue.CounterOpen, ""))
		for _, id := range []branch.DeviceID{"printer", "speaker", "lamp", "pager", "loop"} {
			result, err := h.io.Test(t.Context(), id)
			if err != nil || result != (TestResult{OK: true, Health: equipment.Healthy}) {
				t.Errorf("%s: %+v, %v", id, result, err)
			}
		}
		synctest.Wait()
		if h.printer.Printed() != 1 || h.speaker.Spoken() != 1 || h.pager.Alerted() != 1 {
			t.Errorf("%d slips, %d utterances, %d alerts", h.printer.Printed(), h.speaker.Spoken(), h.pager.Alerted())
		}
		if got := h.lamp.State(); got != devices.LampReady {
			t.Errorf("after its test the lamp is %s", got)
		}
		h.printer.Fail(devices.ErrCoverOpen)
		result, err := h.io.Test(t.Context(), "printer")
		if err != nil || result != (TestResult{Health: equipment.Failed, Why: "cover-open"}) {
			t.Errorf("with its cover open: %+v, %v", result, err)
		}
		h.printer.Recover()
		if result, err := h.io.Test(t.Context(), "printer"); err != nil || !result.OK {
			t.Errorf("once it is closed: %+v, %v", result, err)
		}
	})
}

func TestATestOfNoDeviceOrABusyOneIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.start()
		defer h.stop()
		if _, err := h.io.Test(t.Context(), "radio"); branch.CodeOf(err) != branch.CodeNotFound {
			t.Errorf("no such device: %v", err)
		}
		h.speaker.Stall()
		h.happen(call("c_1", "v_1", "A001"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := h.io.Test(ctx, "speaker"); branch.CodeOf(err) != branch.CodeBusy {
			t.Errorf("a busy device: %v", err)
		}
	})
}

func TestADeviceInMaintenanceIsWatchedAndTestedButNotUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.apply(ticket("v_1", "A001")) // it waits from before
		h.admin = equipment.Maintenance
		h.start()
		h.happen()
		h.wantEvent(equipment.DeviceChanged{Device: "printer", Place: "kiosk-1", Health: equipment.Healthy})
		if result, err := h.io.Test(t.Context(), "printer"); err != nil || !result.OK {
			t.Errorf("its test: %+v, %v", result, err)
		}
		if got := h.printer.Printed(); got != 1 {
			t.Errorf("%d slips, want the test only", got)
		}
		h.stop()

		h.admin = equipment.Disabled
		h.start()
		defer h.stop()
		if _, err := h.io.Test(t.Context(), "printer"); branch.CodeOf(err) != branch.CodeNotFound {
			t.Errorf("a disabled device: %v", err)
		}
	})
}

func TestADriverThatLacksTheAbilityOfItsKindIsUnsupported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		config := h.config()
		for i := range config.Devices {
			config.Devices[i].Open = func(context.Context) (devices.Driver, error) { return h.loop.Driver(), nil }
		}
		h.io = New(config)
		h.tell()
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); h.io.Run(ctx) }()
		h.setQueue(counter(queue.CounterOpen, ""))
		h.setPages(page("p_1", branch.ReasonHelp, paging.Open, 1))
		h.happen(ticket("v_1", "A001"), call("c_1", "v_1", "A001"))
		h.wantEvent(equipment.SlipFailed{Visit: "v_1", Device: "printer", Place: "kiosk-1", Why: "unsupported"})
		for _, id := range []branch.DeviceID{"printer", "speaker", "lamp", "pager"} {
			device, _ := h.module.Model().Device(id)
			if device.Why != "unsupported" {
				t.Errorf("%s is %s %q", id, device.Health, device.Why)
			}
		}
		stop()
		<-done
	})
}

func TestToldNeverBlocksAndRunEndsWithAHungDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.printer.Stall()
		h.speaker.Stall()
		h.start()
		h.happen(ticket("v_1", "A001"), call("c_1", "v_1", "A001"))
		before := time.Now()
		for range 1000 {
			h.tell()
		}
		h.stop()
		if took := time.Since(before); took != 0 {
			t.Errorf("it took %v", took)
		}
		if h.count("slip.failed")+h.count("call.announced")+h.count("device.failed") != 0 {
			t.Errorf("the end of a run counts as a failure: %+v", h.events)
		}
	})
}

func TestOnlyWhoIsConcernedIsWoken(t *testing.T) {
	h := newHall(t)
	h.io = New(h.config())
	open := counter(queue.CounterOpen, "")
	e, p := h.module.Model(), &paging.Model{}
	h.io.Told(open, p, e)
	h.apply(call("c_1", "v_1", "A001"))
	said := h.module.Model()
	for _, step := range []struct {
		name   string
		queue  *queue.Model
		paging *paging.Model
		equip  *equipment.Model
		want   []branch.DeviceID
	}{
		{"a ticket", counter(queue.CounterOpen, ""), p, e, nil},
		{"a call", counter(queue.CounterOpen, queue.Called), p, said, []branch.DeviceID{"printer", "speaker", "lamp"}},
		{"a page", counter(queue.CounterOpen, queue.Called), &paging.Model{}, said, []branch.DeviceID{"pager"}},
	} {
		for _, w := range h.io.workers {
			select {
			case <-w.news:
			default:
			}
		}
		h.io.Told(step.queue, step.paging, step.equip)
		for id, w := range h.io.workers {
			if woken := len(w.news) > 0; woken != slices.Contains(step.want, id) {
				t.Errorf("%s wakes %s: %v", step.name, id, woken)
			}
		}
	}
}
