// Package devicetest is the suite that every driver passes. A driver is tested
// over a fake of its device, whose faults the suite scripts; the suite asks the
// fake, never the driver, what was really done.
package devicetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"handrail/devices"
)

// Rig is a driver with the fake device behind it.
type Rig struct {
	Driver devices.Driver
	// Fail gives the fake a fault; Stall makes it hang without an answer; Recover
	// ends both.
	Fail    func(fault devices.Fault)
	Stall   func()
	Recover func()
	// Done counts the jobs that the fake has done. It is not called for a driver
	// that can only be probed.
	Done func() int
}

// patience is how long the suite waits for what should happen at once.
const patience = 5 * time.Second

// Run runs the suite; open makes a new driver over a new fake that works.
func Run(t *testing.T, open func(t *testing.T) Rig) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, rig Rig)
	}{
		{"it can be probed and closed", testComplete},
		{"success means done", testSuccess},
		{"a fault is told, does nothing and goes away", testFaults},
		{"an ended context does nothing", testEnded},
		{"a hung device does not hold its callers", testStalled},
		{"many may use it at once", testConcurrent},
		{"once closed it is offline", testClosed},
	} {
		t.Run(test.name, func(t *testing.T) {
			rig := open(t)
			if rig.Driver.Prober == nil || rig.Driver.Closer == nil {
				t.Fatal("every driver has a Prober and a Closer")
			}
			t.Cleanup(func() { _ = rig.Driver.Closer.Close() })
			test.run(t, rig)
		})
	}
}

// job asks the driver for its n-th piece of work.
type job struct {
	name string
	do   func(ctx context.Context, n int) error
}

// jobs returns one kind of work for each ability of the driver.
func (r Rig) jobs() []job {
	var jobs []job
	if p := r.Driver.Printer; p != nil {
		jobs = append(jobs, job{"print", func(ctx context.Context, n int) error { return p.Print(ctx, slip(n)) }})
	}
	if s := r.Driver.Speaker; s != nil {
		jobs = append(jobs, job{"speak", func(ctx context.Context, n int) error { return s.Speak(ctx, utterance(n)) }})
	}
	if l := r.Driver.Lamp; l != nil {
		states := []devices.LampState{devices.LampOff, devices.LampReady, devices.LampCalling, devices.LampServing}
		jobs = append(jobs, job{"show", func(ctx context.Context, n int) error { return l.Show(ctx, states[n%len(states)]) }})
	}
	if p := r.Driver.Pager; p != nil {
		jobs = append(jobs, job{"alert", func(ctx context.Context, n int) error { return p.Alert(ctx, alert(n)) }})
	}
	return jobs
}

func slip(n int) devices.Slip {
	return devices.Slip{Job: fmt.Sprint("v_", n), Language: "zh-CN", Heading: "和平路支行", Ticket: fmt.Sprintf("A%03d", n),
		Lines: []string{"业务：现金", "扫码查看排队"}, Link: "http://127.0.0.1:8080/enter#v_1.KEY"}
}

func utterance(n int) devices.Utterance {
	return devices.Utterance{ID: fmt.Sprint("c_", n), Times: 1,
		Parts: []devices.Spoken{{Language: "zh-CN", Text: "请 A001 号到 1 号窗口"}}}
}

func alert(n int) devices.Alert {
	return devices.Alert{Page: fmt.Sprint("p_", n), Step: 1, Text: "自助机：需要帮忙"}
}

// health asks the driver; what cannot be asked is as bad as its fault.
func (r Rig) health(ctx context.Context) devices.Health {
	health, err := r.Driver.Prober.Health(ctx)
	if err != nil {
		return devices.FaultOf(err).Health()
	}
	return health
}

func testComplete(t *testing.T, rig Rig) {
	if got := rig.health(t.Context()); got.State != devices.OK {
		t.Errorf("a new device is %+v", got)
	}
	if err := rig.Driver.Closer.Close(); err != nil {
		t.Errorf("closing: %v", err)
	}
}

func testSuccess(t *testing.T, rig Rig) {
	for i, job := range rig.jobs() {
		if err := job.do(t.Context(), i); err != nil {
			t.Errorf("%s: %v", job.name, err)
		}
		if got := rig.Done(); got != i+1 {
			t.Errorf("after %s the device has done %d jobs, want %d", job.name, got, i+1)
		}
	}
}

func testFaults(t *testing.T, rig Rig) {
	done := 0
	for _, fault := range []devices.Fault{devices.ErrHardware, devices.ErrOffline} {
		rig.Fail(fault)
		if got, want := rig.health(t.Context()), fault.Health(); got.State != want.State {
			t.Errorf("with %s the device is %+v, want %s", fault, got, want.State)
		}
		for _, job := range rig.jobs() {
			if err := job.do(t.Context(), 0); !errors.Is(err, fault) {
				t.Errorf("with %s, %s returns %v", fault, job.name, err)
			}
			if got := rig.Done(); got != done {
				t.Errorf("with %s the device did %s all the same", fault, job.name)
			}
		}
		rig.Recover()
		if got := rig.health(t.Context()); got.State != devices.OK {
			t.Errorf("after %s the device is %+v", fault, got)
		}
		for _, job := range rig.jobs() {
			done++
			if err := job.do(t.Context(), done); err != nil || rig.Done() != done {
				t.Errorf("after %s, %s: %v with %d done, want %d", fault, job.name, err, rig.Done(), done)
			}
		}
	}
}

func testEnded(t *testing.T, rig Rig) {
	ended, end := context.WithCancel(t.Context())
	end()
	for _, job := range rig.jobs() {
		if err := job.do(ended, 0); err == nil || rig.Done() != 0 {
			t.Errorf("%s: %v with %d done", job.name, err, rig.Done())
		}
	}
	if _, err := rig.Driver.Prober.Health(ended); err == nil {
		t.Error("its health is told after the end")
	}
}

// testStalled ends the context of a call to a device that hangs. The call must
// come back; the deadline is only there to fail the test.
func testStalled(t *testing.T, rig Rig) {
	rig.Stall()
	calls := append(rig.jobs(), job{"health", func(ctx context.Context, _ int) error {
		_, err := rig.Driver.Prober.Health(ctx)
		return err
	}})
	for _, call := range calls {
		ctx, end := context.WithCancel(t.Context())
		back := make(chan error, 1)
		go func() { back <- call.do(ctx, 0) }()
		end()
		select {
		case err := <-back:
			if err == nil {
				t.Errorf("%s: success without an answer", call.name)
			}
		case <-time.After(patience):
			t.Errorf("%s did not come back", call.name)
		}
	}
	rig.Recover()
	if got := rig.health(t.Context()); got.State != devices.OK {
		t.Errorf("after the hang the device is %+v", got)
	}
}

func testConcurrent(t *testing.T, rig Rig) {
	const callers, each = 8, 10
	var wg sync.WaitGroup
	for caller := range callers {
		wg.Go(func() {
			for i := range each {
				for _, job := range rig.jobs() {
					if err := job.do(t.Context(), caller*each+i); err != nil {
						t.Errorf("%s: %v", job.name, err)
					}
				}
				if got := rig.health(t.Context()); got.State != devices.OK {
					t.Errorf("the device is %+v", got)
				}
			}
		})
	}
	wg.Wait()
	want := callers * each * len(rig.jobs())
	if want > 0 && rig.Done() != want {
		t.Errorf("%d jobs done, want %d", rig.Done(), want)
	}
}

func testClosed(t *testing.T, rig Rig) {
	for range 2 {
		if err := rig.Driver.Closer.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	}
	if got := rig.health(t.Context()); got.State != devices.Offline {
		t.Errorf("once closed it is %+v", got)
	}
	for _, job := range rig.jobs() {
		if err := job.do(t.Context(), 0); !errors.Is(err, devices.ErrOffline) {
			t.Errorf("once closed, %s returns %v", job.name, err)
		}
	}
}
