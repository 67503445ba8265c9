package deviceio

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"handrail/devices"
	"handrail/devices/sim"
	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/phrases"
	"handrail/server/internal/queue"
)

// names gives every id a name in both languages.
type names struct{}

func (names) Branch(lang branch.Language) string {
	return map[branch.Language]string{branch.Chinese: "和平路支行", branch.English: "Peace Road branch"}[lang]
}
func (names) Service(_ branch.ServiceID, lang branch.Language) string {
	return map[branch.Language]string{branch.Chinese: "现金", branch.English: "Cash"}[lang]
}
func (names) Counter(_ branch.CounterID, lang branch.Language) string {
	return map[branch.Language]string{branch.Chinese: "3 号窗口", branch.English: "Counter 3"}[lang]
}
func (names) Place(_ branch.PlaceID, lang branch.Language) string {
	return map[branch.Language]string{branch.Chinese: "一号自助机", branch.English: "Kiosk 1"}[lang]
}

// linkOf is the link on the slip of a visit.
func linkOf(visit branch.VisitID) string { return "http://box/enter#" + string(visit) + ".KEY" }

// hall is a branch without an engine: a real equipment module, the models of the
// other modules as a test sets them, and simulated devices.
type hall struct {
	t       *testing.T
	io      *IO
	stop    context.CancelFunc
	printer *sim.Printer
	speaker *sim.Speaker
	lamp    *sim.Lamp
	pager   *sim.Pager
	loop    *sim.Machine
	// admin is the printer's.
	admin equipment.Admin

	mu sync.Mutex
	// openFails makes the printer unreachable; opened notes each attempt.
	openFails error
	opened    []time.Time
	module    *equipment.Module
	queue     *queue.Model
	paging    *paging.Model
	events    []branch.Event
	asked     []branch.Command
	// refuse is what the engine answers instead of deciding.
	refuse error
	// late keeps what was decided from the devices.
	late bool
}

func newHall(t *testing.T) *hall {
	h := &hall{t: t, printer: sim.NewPrinter(), speaker: sim.NewSpeaker(), lamp: sim.NewLamp(), pager: sim.NewPager(),
		loop: sim.NewMachine(), admin: equipment.Enabled, module: equipment.New(),
		queue: &queue.Model{ByID: map[branch.VisitID]*queue.Visit{}}, paging: &paging.Model{}}
	h.apply(branch.ConfigApplied{Policies: map[string]json.RawMessage{"equipment": h.policy()}})
	h.events = nil
	return h
}

func (h *hall) specs() []equipment.DeviceSpec {
	return []equipment.DeviceSpec{
		{ID: "printer", Kind: equipment.KindPrinter, Place: "kiosk-1", Admin: h.admin},
		{ID: "speaker", Kind: equipment.KindSpeaker, Place: "hall-1", Admin: equipment.Enabled},
		{ID: "lamp", Kind: equipment.KindLamp, Place: "counter-3", Admin: equipment.Enabled},
		{ID: "pager", Kind: equipment.KindPager, Place: "lobby", Admin: equipment.Enabled},
		{ID: "loop", Kind: equipment.KindLoop, Place: "counter-3", Admin: equipment.Enabled, Gives: []branch.Ability{"hearing-loop"}},
	}
}

func (h *hall) policy() json.RawMessage {
	data, err := json.Marshal(equipment.Policy{
		Devices: h.specs(), Zones: []equipment.ZoneSpec{{ID: "main", Device: "speaker"}, {ID: "side", Device: "speaker"}},
		ClipLength: 8 * time.Second, AnswerWithin: 3 * time.Second,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return data
}

func (h *hall) config() Config {
	words, err := phrases.Load()
	if err != nil {
		h.t.Fatal(err)
	}
	drivers := map[branch.DeviceID]devices.Driver{"printer": h.printer.Driver(), "speaker": h.speaker.Driver(),
		"lamp": h.lamp.Driver(), "pager": h.pager.Driver(), "loop": h.loop.Driver()}
	config := Config{Do: h.do, Words: words, Names: names{}, Location: time.UTC, Link: linkOf,
		Languages: []branch.Language{branch.Chinese, branch.English}}
	for _, spec := range h.specs() {
		config.Devices = append(config.Devices, Device{Spec: spec, Open: func(context.Context) (devices.Driver, error) {
			return drivers[spec.ID], h.open(spec.ID)
		}})
	}
	return config
}

// open notes an attempt to open a device and says how it went.
func (h *hall) open(id branch.DeviceID) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if id != "printer" {
		return nil
	}
	h.opened = append(h.opened, time.Now())
	return h.openFails
}

// failOpening makes the printer unreachable; nil ends it.
func (h *hall) failOpening(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.openFails = err
}

// attempts returns when the printer was opened.
func (h *hall) attempts() []time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.opened)
}

// start runs an IO over the hall until end; the models are known before, as in
// the product.
func (h *hall) start() {
	h.io = New(h.config())
	h.tell()
	ctx, stop := context.WithCancel(h.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); h.io.Run(ctx) }()
	h.stop = func() { stop(); <-done }
	synctest.Wait()
}

// do is the engine: it decides, applies and tells.
func (h *hall) do(_ context.Context, req branch.Request) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, req.Command)
	if h.refuse != nil {
		return h.refuse
	}
	events, err := h.module.Decide(branch.Env{Now: branch.InstantOf(time.Now())}, req.By, req.Command)
	if err != nil {
		return err
	}
	h.applyLocked(events...)
	if h.late {
		return nil
	}
	h.io.Told(h.queue, h.paging, h.module.Model())
	return nil
}

func (h *hall) applyLocked(events ...branch.Event) {
	for _, e := range events {
		h.events = append(h.events, e)
		h.module.Apply(branch.Envelope{At: branch.InstantOf(time.Now()), By: branch.Box(), Event: e})
	}
}

// apply lets events happen without telling the devices.
func (h *hall) apply(events ...branch.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.applyLocked(events...)
}

func (h *hall) tell() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.io.Told(h.queue, h.paging, h.module.Model())
}

// happen lets events happen and waits until the devices have done their part.
func (h *hall) happen(events ...branch.Event) {
	h.apply(events...)
	h.tell()
	synctest.Wait()
}

// pass lets time go by.
func (h *hall) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// refuseAll makes the engine answer every command with err; nil ends it.
func (h *hall) refuseAll(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refuse = err
}

// count counts the events of one type.
func (h *hall) count(eventType string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, e := range h.events {
		if e.EventType() == eventType {
			n++
		}
	}
	return n
}

func (h *hall) has(want branch.Event) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.ContainsFunc(h.events, func(e branch.Event) bool { return same(e, want) })
}

func same(a, b branch.Event) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return a.EventType() == b.EventType() && string(x) == string(y)
}

func (h *hall) wantEvent(want branch.Event) {
	h.t.Helper()
	if !h.has(want) {
		h.t.Errorf("no %s %+v among %+v", want.EventType(), want, h.events)
	}
}

// setQueue and setPages replace the models of the other modules.
func (h *hall) setQueue(m *queue.Model) {
	h.mu.Lock()
	h.queue = m
	h.mu.Unlock()
	h.happen()
}

func (h *hall) setPages(pages ...*paging.Page) {
	h.mu.Lock()
	h.paging = &paging.Model{Pages: pages}
	h.mu.Unlock()
	h.happen()
}

func call(id branch.CallID, visit branch.VisitID, ticket branch.Ticket) queue.VisitCalled {
	return queue.VisitCalled{Visit: visit, Ticket: ticket, Counter: "counter-3", Zone: "main", Call: id,
		Language: branch.Chinese}
}

func ticket(visit branch.VisitID, number branch.Ticket) queue.VisitCreated {
	return queue.VisitCreated{Visit: visit, Ticket: number, Service: "cash", Language: branch.Chinese, Place: "kiosk-1",
		Print: true}
}

// said returns the sentences of the loudspeaker, each utterance on its line.
func (h *hall) said() []string {
	var lines []string
	for _, u := range h.speaker.Said() {
		line := ""
		for _, part := range u.Parts {
			line += part.Language + ":" + part.Text + "|"
		}
		lines = append(lines, line)
	}
	return lines
}

func wantLines(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s\n got %q\nwant %q", what, got, want)
	}
}
