package deviceio

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"handrail/devices"
	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
)

// speaking is the duty of a loudspeaker: the head of each zone it speaks for.
// What it cannot say stays the head; equipment gives it up in time.
type speaking struct{}

func (speaking) concerned(_ equipment.DeviceSpec, before, now *models) bool {
	return before.equipment != now.equipment
}

func (speaking) refuse(context.Context, *worker, *models, devices.Fault) {}

func (speaking) work(ctx context.Context, w *worker, now *models) error {
	w.forget(func(call string) bool { return now.isHead(branch.CallID(call)) })
	for _, zone := range now.equipment.Zones {
		head := zone.Head()
		if zone.Spec.Device != w.device.Spec.ID || head == nil || w.finished[string(head.Call)] {
			continue
		}
		if err := w.speak(ctx, head, now.equipment.Policy); err != nil {
			return err
		}
	}
	return nil
}

// utterance is what a loudspeaker is saying.
type utterance struct {
	call branch.CallID
	stop context.CancelFunc
	over atomic.Bool
}

// stopIfOver stops the words when nobody needs them any more: the next call's
// time has begun.
func (u *utterance) stopIfOver(now *models) {
	if !now.isHead(u.call) {
		u.over.Store(true)
		u.stop()
	}
}

func (m *models) isHead(call branch.CallID) bool {
	return slices.ContainsFunc(m.equipment.Zones, func(z *equipment.Zone) bool {
		head := z.Head()
		return head != nil && head.Call == call
	})
}

func (w *worker) speak(ctx context.Context, head *equipment.Call, policy *equipment.Policy) error {
	if w.driver.Speaker == nil {
		return devices.ErrUnsupported
	}
	within, stop := context.WithTimeout(ctx, policy.ClipLength+policy.AnswerWithin)
	defer stop()
	said := &utterance{call: head.Call, stop: stop}
	w.saying.Store(said)
	defer w.saying.Store(nil)
	// The call may have left between the models this round began with and the
	// moment from which tell can stop it.
	said.stopIfOver(w.io.models.Load())
	err := w.driver.Speaker.Speak(within, w.io.words(head))
	switch {
	case said.over.Load():
		return nil
	case err != nil:
		return err
	}
	w.finished[string(head.Call)] = true
	w.owe(ctx, equipment.Announced{Call: head.Call})
	return nil
}

// printing is the duty of a printer: the slips in order. A slip that cannot be
// printed is reported at once, so that the customer is told to note the number.
type printing struct{}

func (printing) concerned(_ equipment.DeviceSpec, before, now *models) bool {
	return before.equipment != now.equipment
}

// begin notes the slip at the head when this run began.
func (w *worker) begin(before *models) {
	if before == nil {
		return
	}
	if slips := before.equipment.Slips[w.device.Spec.ID]; len(slips) > 0 {
		w.before = slips[0].Visit
	}
}

// work prints every slip that waits. The printer is asked how it is before
// each: what lies in the buffer of a printer without paper comes out later,
// beside a second one.
func (printing) work(ctx context.Context, w *worker, now *models) error {
	for slip := range w.slips(now) {
		if w.driver.Printer == nil {
			return devices.ErrUnsupported
		}
		if err := w.probe(ctx); err != nil {
			return err
		}
		if err := w.print(ctx, now, slip); err != nil {
			return err
		}
		if w.owed != nil {
			return nil
		}
	}
	return nil
}

func (w *worker) print(ctx context.Context, now *models, slip branch.Slip) error {
	within, cancel := context.WithTimeout(ctx, jobWithin)
	defer cancel()
	err := w.driver.Printer.Print(within, w.io.paper(slip, now.queue, slip.Visit == w.before))
	if ctx.Err() != nil {
		return err
	}
	w.finished[string(slip.Visit)] = true
	if err != nil {
		w.owe(ctx, equipment.FailSlip{Visit: slip.Visit, Device: w.device.Spec.ID, Why: string(devices.FaultOf(err))})
		return err
	}
	w.owe(ctx, equipment.PrintedSlip{Visit: slip.Visit, Device: w.device.Spec.ID})
	return nil
}

func (printing) refuse(ctx context.Context, w *worker, now *models, fault devices.Fault) {
	for slip := range w.slips(now) {
		w.finished[string(slip.Visit)] = true
		w.owe(ctx, equipment.FailSlip{Visit: slip.Visit, Device: w.device.Spec.ID, Why: string(fault)})
		if w.owed != nil {
			return
		}
	}
}

// slips yields what waits at the printer and has not been dealt with.
func (w *worker) slips(now *models) func(yield func(branch.Slip) bool) {
	waiting := now.equipment.Slips[w.device.Spec.ID]
	w.forget(func(visit string) bool {
		return slices.ContainsFunc(waiting, func(s branch.Slip) bool { return string(s.Visit) == visit })
	})
	return func(yield func(branch.Slip) bool) {
		for _, slip := range waiting {
			if !w.finished[string(slip.Visit)] && !yield(slip) {
				return
			}
		}
	}
}

// lighting is the duty of a lamp: to show how its counter is.
type lighting struct{}

func (lighting) concerned(spec equipment.DeviceSpec, before, now *models) bool {
	id := branch.CounterID(spec.Place)
	return lampState(before.queue, id) != lampState(now.queue, id)
}

// refuse forgets what the lamp showed: after a fault nobody knows.
func (lighting) refuse(_ context.Context, w *worker, _ *models, _ devices.Fault) { w.shown = "" }

func (lighting) work(ctx context.Context, w *worker, now *models) error {
	wanted := lampState(now.queue, branch.CounterID(w.device.Spec.Place))
	if wanted == w.shown {
		return nil
	}
	if w.driver.Lamp == nil {
		return devices.ErrUnsupported
	}
	within, cancel := context.WithTimeout(ctx, jobWithin)
	defer cancel()
	if err := w.driver.Lamp.Show(within, wanted); err != nil {
		return err
	}
	w.shown = wanted
	return nil
}

// lampState is what the lamp of a counter should show.
func lampState(q *queue.Model, id branch.CounterID) devices.LampState {
	i := slices.IndexFunc(q.Counters, func(c *queue.Counter) bool { return c.ID == id })
	if i < 0 {
		return devices.LampOff
	}
	counter := q.Counters[i]
	visit := q.ByID[counter.Visit]
	switch {
	case visit != nil && visit.State == queue.Called:
		return devices.LampCalling
	case visit != nil && visit.State == queue.Serving:
		return devices.LampServing
	case counter.State == queue.CounterOpen:
		return devices.LampReady
	default:
		return devices.LampOff
	}
}

// alerting is the duty of a pager device: each step of each page that nobody
// has accepted.
type alerting struct{}

func (alerting) concerned(_ equipment.DeviceSpec, before, now *models) bool {
	return before.paging != now.paging
}

func (alerting) refuse(context.Context, *worker, *models, devices.Fault) {}

func (alerting) work(ctx context.Context, w *worker, now *models) error {
	w.forget(func(key string) bool {
		return slices.ContainsFunc(now.paging.Pages, func(p *paging.Page) bool { return stepKey(p) == key })
	})
	for _, page := range now.paging.Pages {
		if page.Status != paging.Open || w.finished[stepKey(page)] {
			continue
		}
		if w.driver.Pager == nil {
			return devices.ErrUnsupported
		}
		if err := w.alert(ctx, w.io.alert(page)); err != nil {
			return err
		}
		w.finished[stepKey(page)] = true
	}
	return nil
}

func stepKey(p *paging.Page) string { return fmt.Sprintf("%s/%d", p.ID, p.Step) }

func (w *worker) alert(ctx context.Context, alert devices.Alert) error {
	within, cancel := context.WithTimeout(ctx, jobWithin)
	defer cancel()
	return w.driver.Pager.Alert(within, alert)
}

// tryOut lets the device do something that can be seen or heard and changes
// nothing.
func (w *worker) tryOut(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, jobWithin)
	defer cancel()
	job := fmt.Sprintf("test-%d", time.Now().UnixMilli())
	switch d := w.driver; {
	case d.Printer != nil:
		return d.Printer.Print(within, w.io.testSlip(job))
	case d.Speaker != nil:
		return d.Speaker.Speak(within, w.io.testUtterance(job))
	case d.Pager != nil:
		return d.Pager.Alert(within, w.io.testAlert(job))
	case d.Lamp != nil:
		w.shown = "" // the next round shows again what is wanted
		return d.Lamp.Show(within, devices.LampCalling)
	}
	return nil
}
