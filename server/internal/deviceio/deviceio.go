// Package deviceio supervises the branch's devices: it starts their drivers,
// watches their health, and carries out what equipment still has to be said and
// printed, what the lamps must show and whom the pagers must alert. What it
// learns it reports as commands. It decides nothing and keeps nothing that a
// restart needs: the lists are equipment's, and after a restart their heads are
// simply carried out again.
//
// Each device belongs to one goroutine, which alone talks to it.
package deviceio

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"handrail/devices"
	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/phrases"
	"handrail/server/internal/queue"
)

// Device is a configured device with the way to its driver.
type Device struct {
	Spec equipment.DeviceSpec
	// Open makes the driver. It is called again, later and later, as long as it
	// fails.
	Open func(ctx context.Context) (devices.Driver, error)
}

// Names are the words of this branch's configuration.
type Names interface {
	Branch(lang branch.Language) string
	Service(id branch.ServiceID, lang branch.Language) string
	Counter(id branch.CounterID, lang branch.Language) string
	Place(id branch.PlaceID, lang branch.Language) string
}

// Config is what an IO works with. Every field but Poll is needed.
type Config struct {
	// Do gives a command to the engine and waits until it is durable.
	Do      func(ctx context.Context, req branch.Request) error
	Devices []Device
	Words   *phrases.Catalogue
	Names   Names
	// Link is what the QR code on a visit's slip opens. It is the same whenever it
	// is asked for, and as secret as the slip.
	Link func(visit branch.VisitID) string
	// Languages are those of the branch, the first one first.
	Languages []branch.Language
	// Location is the branch's time zone.
	Location *time.Location
	// Poll is the time between two questions to a device how it is; zero means
	// 10 s.
	Poll time.Duration
}

// IO drives the devices of a branch.
type IO struct {
	config  Config
	models  atomic.Pointer[models]
	workers map[branch.DeviceID]*worker
}

// models are the read models after a commit.
type models struct {
	queue     *queue.Model
	paging    *paging.Model
	equipment *equipment.Model
}

// New returns an IO for the devices of config; nothing is started. A disabled
// device is left alone; one in maintenance is watched and can be tested, but
// has nothing to do.
func New(config Config) *IO {
	if config.Poll == 0 {
		config.Poll = 10 * time.Second
	}
	io := &IO{config: config, workers: make(map[branch.DeviceID]*worker)}
	for _, device := range config.Devices {
		if device.Spec.Admin != equipment.Disabled {
			io.workers[device.Spec.ID] = newWorker(io, device)
		}
	}
	return io
}

// Run drives the devices until ctx ends, closes them and returns. Told should
// have been called before: a slip that waits then may have been printed by an
// earlier run and is marked as a reprint.
func (io *IO) Run(ctx context.Context) {
	var wg sync.WaitGroup
	now := io.models.Load()
	for _, w := range io.workers {
		wg.Go(func() { w.run(ctx, now) })
	}
	wg.Wait()
}

// Told hands over the read models after a commit. It never blocks: a device
// that is busy sees the newest models when it is done. It must be called by one
// goroutine at a time, in the order of the commits.
func (io *IO) Told(q *queue.Model, p *paging.Model, e *equipment.Model) {
	now := &models{queue: q, paging: p, equipment: e}
	before := io.models.Swap(now)
	for _, w := range io.workers {
		if before != nil && before.queue.Day != "" && before.queue.Day != now.queue.Day {
			w.cut()
		}
		w.tell(before, now)
	}
}

// TestResult is how a device took a test.
type TestResult struct {
	// OK says that the device did what the test asked.
	OK     bool
	Health equipment.Health
	// Why is a short code such as "paper-out" when the device is not well.
	Why string
}

// Test asks a device how it is and lets it do something harmless that can be
// seen or heard. A device the branch does not drive is branch.CodeNotFound; one
// that is busy until ctx ends is branch.CodeBusy.
func (io *IO) Test(ctx context.Context, id branch.DeviceID) (TestResult, error) {
	w, ok := io.workers[id]
	if !ok {
		return TestResult{}, branch.Refuse(branch.CodeNotFound, "This branch drives no such device.")
	}
	busy := branch.Refuse(branch.CodeBusy, "The device is busy.")
	busy.RetryAfter = time.Second
	answer := make(chan TestResult, 1)
	select {
	case w.tests <- answer:
	case <-ctx.Done():
		return TestResult{}, busy
	}
	select {
	case result := <-answer:
		return result, nil
	case <-ctx.Done():
		return TestResult{}, busy
	}
}

// Paper returns what a virtual printer has printed as one SVG picture; false
// for any other device.
func (io *IO) Paper(id branch.DeviceID) (svg []byte, ok bool) {
	w, ok := io.workers[id]
	if !ok {
		return nil, false
	}
	paper := w.paper.Load()
	if paper == nil {
		return nil, false
	}
	return (*paper).SVG(), true
}
