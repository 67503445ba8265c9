package deviceio

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"handrail/devices"
	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
)

// How long a device may take, and how long it is left alone after a failure.
const (
	openWithin  = 5 * time.Second
	probeWithin = 2 * time.Second
	jobWithin   = 15 * time.Second
	// firstRetry doubles up to lastRetry while a device cannot be reached.
	firstRetry = 5 * time.Second
	lastRetry  = 80 * time.Second
	// reportRetry is the pause after the engine could not take a report.
	reportRetry = time.Second
)

// duty is what a kind of device has to do.
type duty interface {
	// concerned reports whether there may be work in now that was not in before.
	// It is called from outside, at every commit: most are about something else.
	concerned(spec equipment.DeviceSpec, before, now *models) bool
	// work does what now asks for and has not been done. An error is the
	// device's, never the engine's.
	work(ctx context.Context, w *worker, now *models) error
	// refuse does what must be done while the device does not work because of
	// fault.
	refuse(ctx context.Context, w *worker, now *models, fault devices.Fault)
}

// worker drives one device. Except for the channels and the atomic fields it is
// touched by its own goroutine only.
type worker struct {
	io     *IO
	device Device
	duty   duty

	news   chan struct{} // holds one: something has changed
	tests  chan chan TestResult
	paper  atomic.Pointer[devices.Paper]
	saying atomic.Pointer[utterance]

	driver *devices.Driver // nil while it could not be opened
	// fault is why the device does not work, empty while it does. It is left alone
	// until retryAt; failures counts the attempts in a row that did not reach it.
	fault    devices.Fault
	retryAt  time.Time
	failures int
	probeAt  time.Time
	// health is how the device is, told what the engine has taken of it.
	health, told equipment.ReportHealth
	// owed is a report the engine could not take yet: what it tells is done and
	// must not be done again.
	owed branch.Command
	// finished holds what was done and reported, until the models show it.
	finished map[string]bool
	// before is the slip that an earlier run may have printed.
	before branch.VisitID
	// shown is what the lamp shows, empty when nobody knows.
	shown devices.LampState
}

func newWorker(io *IO, device Device) *worker {
	return &worker{
		io: io, device: device, duty: dutyOf(device.Spec),
		news: make(chan struct{}, 1), tests: make(chan chan TestResult),
		finished: make(map[string]bool),
	}
}

func dutyOf(spec equipment.DeviceSpec) duty {
	if spec.Admin != equipment.Enabled {
		return noDuty{}
	}
	switch spec.Kind {
	case equipment.KindPrinter:
		return printing{}
	case equipment.KindSpeaker:
		return speaking{}
	case equipment.KindLamp:
		return lighting{}
	case equipment.KindPager:
		return alerting{}
	default:
		return noDuty{}
	}
}

// noDuty is for devices that are only watched.
type noDuty struct{}

func (noDuty) concerned(equipment.DeviceSpec, *models, *models) bool   { return false }
func (noDuty) work(context.Context, *worker, *models) error            { return nil }
func (noDuty) refuse(context.Context, *worker, *models, devices.Fault) {}

// tell wakes the worker if it is concerned and stops what it says in vain. It is
// called from outside and never blocks.
func (w *worker) tell(before, now *models) {
	if before != nil && !w.duty.concerned(w.device.Spec, before, now) {
		return
	}
	if u := w.saying.Load(); u != nil {
		u.stopIfOver(now)
	}
	select {
	case w.news <- struct{}{}:
	default:
	}
}

// cut ends the roll of a virtual printer with the branch's day: its slips are
// nobody's business any more.
func (w *worker) cut() {
	if paper := w.paper.Load(); paper != nil {
		(*paper).Cut()
	}
}

// run drives the device until ctx ends. before are the models at the start.
func (w *worker) run(ctx context.Context, before *models) {
	defer w.close()
	w.begin(before)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		timer.Reset(w.round(ctx))
		select {
		case <-ctx.Done():
		case <-w.news:
		case <-timer.C:
		case answer := <-w.tests:
			answer <- w.test(ctx)
		}
	}
}

func (w *worker) close() {
	if w.driver != nil {
		// What a driver says while it is thrown away helps nobody.
		_ = w.driver.Closer.Close()
	}
}

// round does what can be done now and returns how long it may rest without
// news.
func (w *worker) round(ctx context.Context) time.Duration {
	now := w.io.models.Load()
	if !w.deliver(ctx) {
		return reportRetry
	}
	if time.Until(w.retryAt) <= 0 {
		w.attempt(ctx, now)
	}
	if ctx.Err() != nil {
		return 0 // what ended was this run, not the device
	}
	w.report(ctx)
	if w.fault != "" && now != nil {
		w.duty.refuse(ctx, w, now, w.fault)
	}
	if w.owed != nil {
		return reportRetry
	}
	return max(0, min(time.Until(w.probeAt), w.io.config.Poll), time.Until(w.retryAt))
}

// attempt opens the device if need be, asks it how it is when that is due, and
// lets it work.
func (w *worker) attempt(ctx context.Context, now *models) {
	err := w.ready(ctx)
	if err == nil && now != nil {
		err = w.duty.work(ctx, w, now)
	}
	if err != nil {
		w.fail(devices.FaultOf(err))
	}
}

// ready opens the device and asks how it is, each if due.
func (w *worker) ready(ctx context.Context) error {
	if err := w.open(ctx); err != nil {
		return err
	}
	if time.Until(w.probeAt) > 0 {
		return nil
	}
	return w.probe(ctx)
}

func (w *worker) open(ctx context.Context) error {
	if w.driver != nil {
		return nil
	}
	within, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	driver, err := w.device.Open(within)
	if err != nil {
		return err
	}
	w.driver = &driver
	if driver.Paper != nil {
		w.paper.Store(&driver.Paper)
	}
	return nil
}

// probe asks the device how it is; a device that does not work is an error.
func (w *worker) probe(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, probeWithin)
	defer cancel()
	health, err := w.driver.Prober.Health(within)
	if err != nil {
		return err
	}
	fault := devices.FaultOf(devices.Fault(health.Why))
	switch health.State {
	case devices.OK:
		health.Why = ""
	case devices.Degraded:
		health.Why = string(fault)
	default:
		return fault
	}
	w.fault, w.failures, w.retryAt = "", 0, time.Time{}
	w.probeAt = time.Now().Add(w.io.config.Poll)
	w.note(health)
	return nil
}

// fail notes a fault and when to try again: a device that cannot be reached is
// asked less and less often, one that answers at every poll, so that new paper
// is seen at once.
func (w *worker) fail(fault devices.Fault) {
	health := fault.Health()
	w.note(health)
	w.fault = ""
	if health.State != devices.Degraded {
		w.fault = fault
	}
	wait := min(w.io.config.Poll, firstRetry)
	if w.driver == nil || health.State == devices.Offline {
		wait = backoff(w.failures)
		w.failures++
	}
	w.retryAt = time.Now().Add(wait)
	w.probeAt = w.retryAt
}

// backoff returns how long to wait after so many failures in a row; up to a
// fifth is chance, so that the devices of a branch do not all come back at
// once.
func backoff(failures int) time.Duration {
	wait := min(firstRetry<<min(failures, 8), lastRetry)
	return wait + rand.N(wait/5)
}

// note sets the health that report has to tell.
func (w *worker) note(health devices.Health) {
	w.health = equipment.ReportHealth{Device: w.device.Spec.ID, Health: equipment.Health(health.State), Why: health.Why}
}

// report tells the engine the device's health, once. When the engine cannot
// take it the next round tries again.
func (w *worker) report(ctx context.Context) {
	if w.health == w.told || w.health.Health == "" {
		return
	}
	if taken(w.do(ctx, w.health)) {
		w.told = w.health
	}
}

// owe hands a report to the engine, now or as soon as it can take it.
func (w *worker) owe(ctx context.Context, report branch.Command) {
	w.owed = report
	w.deliver(ctx)
}

// deliver hands over what is owed and reports whether nothing is owed any more.
func (w *worker) deliver(ctx context.Context) bool {
	if w.owed != nil && taken(w.do(ctx, w.owed)) {
		w.owed = nil
	}
	return w.owed == nil
}

func (w *worker) do(ctx context.Context, cmd branch.Command) error {
	return w.io.config.Do(ctx, branch.Request{By: branch.Box(), Command: cmd})
}

// taken reports whether the engine has dealt with a report: it took it, or
// refused it because the state has moved on. An engine that is busy, has no
// room or has stopped has not dealt with it.
func taken(err error) bool {
	if err == nil {
		return true
	}
	code := branch.CodeOf(err)
	return code != "" && code != branch.CodeBusy && code != branch.CodeStorage
}

// forget drops from finished what the models do not show any more.
func (w *worker) forget(shown func(key string) bool) {
	for key := range w.finished {
		if !shown(key) {
			delete(w.finished, key)
		}
	}
}

// test lets the device do something harmless, whether or not it is to be left
// alone for a while.
func (w *worker) test(ctx context.Context) TestResult {
	err := w.open(ctx)
	if err == nil {
		err = w.probe(ctx)
	}
	if err == nil {
		err = w.tryOut(ctx)
	}
	if err != nil {
		w.fail(devices.FaultOf(err))
	}
	w.report(ctx)
	return TestResult{OK: err == nil, Health: w.health.Health, Why: w.health.Why}
}
