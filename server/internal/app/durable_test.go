package app

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
	"handrail/server/internal/wire"
)

// gated serves the demo branch over a gate, and returns when the devices have
// said how they are, so that nothing happens by itself.
func gated(t *testing.T) (*box, *gate) {
	t.Helper()
	g := newGate()
	b := serve(t, folder(t), clockAt(t, "2026-11-23 10:00"), setup{log: g.over})
	t.Cleanup(b.shut)
	eventually(t, "every device says how it is", func() bool {
		return !slices.ContainsFunc(b.set.Load().Equipment.Devices, func(d *equipment.Device) bool {
			return d.Health == equipment.Unknown
		})
	})
	return b, g
}

func cashTicket() wire.CreateVisit {
	return wire.CreateVisit{Service: "cash", Needs: []string{}, Language: "en"}
}

// sending sends a request and gives its reply when there is one.
func (b *box) sending(path, token string, body any) <-chan reply {
	answered := make(chan reply, 1)
	go func() {
		r, err := b.send(http.MethodPost, path, token, body)
		if err != nil {
			b.t.Errorf("POST %s: %v", path, err)
		}
		answered <- r
	}()
	return answered
}

// TestNobodyKnowsWhatIsNotDurable holds a commit up and asks everybody.
func TestNobodyKnowsWhatIsNotDurable(t *testing.T) {
	b, g := gated(t)
	const topics = "supervisor,pages,hall:main,counter:counter-1,kiosk:kiosk-1"
	screen := b.watch(t, "demo-supervisor", topics, "")
	screen.live()
	b.opened("counter-1")
	shown := map[string]bool{}
	screen.until("the two views that an open counter changes", func(f frame) bool {
		if f.Type == wire.TypeView && b.seqOf(f.Cursor) == b.set.Load().Seq {
			shown[f.Topic] = true
		}
		return len(shown) == 2
	})
	subscriber := b.engine.Subscribe()
	before, views := b.set.Load(), b.render(b.set.Load())

	g.close()
	answered := b.sending("/api/v1/visits", "demo-kiosk", cashTicket())
	<-g.entered
	called := b.sending("/api/v1/counters/counter-1/call-next", "demo-counter", struct{}{})
	eventually(t, "the second command waits", func() bool { return b.engine.Stats().Queue == 1 })

	if now := b.set.Load(); now != before {
		t.Errorf("the read models went on from %d to %d", before.Seq, now.Seq)
	}
	var list wire.EventList
	b.get("/api/v1/events", "demo-supervisor", &list)
	if seq := b.seqOf(list.Cursor); seq != g.durable.Load() {
		t.Errorf("events up to %d are told, and %d is durable", seq, g.durable.Load())
	}
	var status wire.Status
	b.get("/api/v1/status", "demo-it", &status)
	if seq := b.seqOf(status.Cursor); seq != g.durable.Load() {
		t.Errorf("the status is of %d, and %d is durable", seq, g.durable.Load())
	}
	// Two screens that open one after the other have gone through the hub twice:
	// whatever it had for the first screen is out.
	for range 2 {
		for _, f := range b.watch(t, "demo-supervisor", topics, "").live() {
			if seq := b.seqOf(f.Cursor); seq != g.durable.Load() {
				t.Errorf("a new screen is told %s", f.text)
			}
			if f.Type == wire.TypeView && views[f.Topic] != string(f.View) {
				t.Errorf("a new screen sees %s", f.View)
			}
		}
	}
	if n := len(screen.frames); n > 0 {
		t.Errorf("the screen is told %d times: %s", n, (<-screen.frames).text)
	}
	over, cancel := context.WithCancel(context.Background())
	cancel()
	if commit, err := subscriber.Next(over); err == nil {
		t.Errorf("subscribers are told of %v", commit.Events)
	}
	if len(answered)+len(called) > 0 {
		t.Error("a command was answered before its commit")
	}

	g.shut.Unlock()
	if r := <-answered; r.status != http.StatusCreated {
		t.Errorf("the ticket: %d %s", r.status, r.body)
	}
	if r := <-called; r.status != http.StatusOK {
		t.Errorf("the call: %d %s", r.status, r.body)
	}
	screen.event("visit.called")
}

// render returns the view of every topic that needs no visit.
func (b *box) render(set *setOf) map[string]string {
	b.t.Helper()
	views := map[string]string{}
	for _, name := range topics() {
		views[name] = b.view(set, name)
	}
	return views
}

func TestOneCommandTooManyIsBusyAndNobodyWhoWaitedIsForgotten(t *testing.T) {
	b, g := gated(t)
	counter := b.watch(t, "demo-supervisor", "supervisor", "")
	counter.live()
	b.opened("counter-1")
	g.close()
	const waiting = 1024
	var group sync.WaitGroup
	results, errs := make([]engine.Result, waiting+1), make([]error, waiting+1)
	take := func(i int) {
		group.Go(func() {
			results[i], errs[i] = b.do(supervisor(), queue.Create{Service: "cash", Language: branch.English})
		})
	}
	take(waiting)
	<-g.entered
	for i := range waiting {
		take(i)
	}
	eventually(t, "the queue is full", func() bool { return b.engine.Stats().Queue == waiting })

	for path, body := range map[string]any{
		"/api/v1/visits": cashTicket(), "/api/v1/pages": wire.RaisePage{Reason: "help", Place: "kiosk-1"},
		"/api/v1/counters/counter-1/pause": wire.PauseCounter{},
	} {
		r, err := b.send(http.MethodPost, path, "demo-supervisor", body)
		if err != nil || r.status != http.StatusServiceUnavailable || r.problem.Code != "busy" || r.header.Get("Retry-After") != "1" {
			t.Errorf("POST %s: %d %s %v", path, r.status, r.body, err)
		}
	}
	do := wire.ClientFrame{Type: wire.TypeDo, ID: "one-command-too-many", Command: "counter.call-next", Data: []byte(`{"counter":"counter-1"}`)}
	if err := counter.conn.WriteJSON(do); err != nil {
		t.Fatal(err)
	}
	frames := counter.until("the answer", func(f frame) bool { return f.ID == do.ID })
	if last := frames[len(frames)-1]; last.Type != wire.TypeFailed || last.Problem.Code != "busy" {
		t.Errorf("the frame is answered %s", last.text)
	}
	b.get("/api/v1/branch", "demo-kiosk", nil)
	b.get("/healthz", "", nil)

	g.shut.Unlock()
	group.Wait()
	tickets := map[branch.Ticket]bool{}
	for i, err := range errs {
		if err != nil {
			t.Fatalf("command %d: %v", i, err)
		}
		tickets[results[i].Answer.Ticket] = true
	}
	if len(tickets) != waiting+1 || len(b.set.Load().Queue.Live) != waiting+1 {
		t.Errorf("%d tickets, %d visits", len(tickets), len(b.set.Load().Queue.Live))
	}
	if r := <-b.sending("/api/v1/visits", "demo-supervisor", cashTicket()); r.status != http.StatusCreated {
		t.Errorf("afterwards: %d %s", r.status, r.body)
	}
}

// state is the whole state of the box as its modules store it.
func (b *box) state() string {
	b.t.Helper()
	var frozen []func() ([]byte, error)
	b.ask(func() {
		for _, m := range b.domain.modules() {
			frozen = append(frozen, m.Snapshot())
		}
	})
	var all []string
	for _, encode := range frozen {
		data, err := encode()
		if err != nil {
			b.t.Fatalf("%v", err)
		}
		all = append(all, string(data))
	}
	return strings.Join(all, "\n")
}

func TestAFullDiskRefusesTicketsAndTakesPagesUntilThereIsRoom(t *testing.T) {
	b, g := gated(t)
	ticket := func(want int) reply {
		t.Helper()
		r, err := b.send(http.MethodPost, "/api/v1/visits", "demo-supervisor", cashTicket())
		if err != nil || r.status != want {
			t.Fatalf("a ticket: %d %s %v, want %d", r.status, r.body, err, want)
		}
		return r
	}
	ticket(http.StatusCreated)
	state, views, seq := b.state(), b.render(b.set.Load()), b.set.Load().Seq

	g.full.Store(true)
	for range 3 {
		r := ticket(http.StatusServiceUnavailable)
		if r.problem.Code != "storage" || r.header.Get("Retry-After") != "1" {
			t.Errorf("a ticket is refused with %v %s", r.header, r.body)
		}
	}
	if now := b.state(); now != state || b.set.Load().Seq != seq {
		t.Errorf("the refused tickets left\n%s\ninstead of\n%s", now, state)
	}
	for topic, view := range b.render(b.set.Load()) {
		if view != views[topic] {
			t.Errorf("%s shows %s instead of %s", topic, view, views[topic])
		}
	}
	if r, _ := b.send(http.MethodGet, "/readyz", "", nil); r.status != http.StatusServiceUnavailable || !bytes.Contains(r.body, []byte("disk")) {
		t.Errorf("readyz: %d %s", r.status, r.body)
	}
	for n := range 3 {
		r, err := b.send(http.MethodPost, "/api/v1/pages", "demo-kiosk", wire.RaisePage{Reason: "help", Session: fmt.Sprint("s", n)})
		if err != nil || r.status != http.StatusCreated {
			t.Errorf("a page: %d %s %v", r.status, r.body, err)
		}
	}

	g.full.Store(false)
	b.leap(tickOfTheEngine)
	var visit wire.Visit
	mustDecode(t, ticket(http.StatusCreated).body, &visit)
	if visit.Ticket != "A002" {
		t.Errorf("the next ticket is %s", visit.Ticket)
	}
	b.get("/readyz", "", nil)
	b.verify()
}

// TestABatchThatTheDiskDoesNotTakeIsSplit lets tickets and pages share the one
// batch that fails.
func TestABatchThatTheDiskDoesNotTakeIsSplit(t *testing.T) {
	b, g := gated(t)
	g.close()
	var group sync.WaitGroup
	group.Go(func() { b.must(supervisor(), queue.OpenCounter{Counter: "counter-1"}) })
	<-g.entered
	tickets, pages := make([]error, 20), make([]error, 20)
	for i := range 20 {
		group.Go(func() {
			_, tickets[i] = b.do(kiosk(), queue.Create{Service: "cash", Language: branch.English})
		})
		group.Go(func() {
			_, pages[i] = b.do(kiosk(), paging.Raise{Reason: branch.ReasonHelp, Session: fmt.Sprint("s", i)})
		})
	}
	eventually(t, "all wait", func() bool { return b.engine.Stats().Queue == 40 })
	g.reserve.Store(1) // for the commit that is under way
	g.full.Store(true)
	g.shut.Unlock()
	group.Wait()
	for i := range 20 {
		if branch.CodeOf(tickets[i]) != branch.CodeStorage || pages[i] != nil {
			t.Errorf("ticket %v, page %v", tickets[i], pages[i])
		}
	}
	if set := b.set.Load(); len(set.Queue.Live) != 0 || len(set.Paging.Pages) != 20 || b.engine.Stats().Failed != 1 {
		t.Errorf("%d visits, %d pages, %d failed commits", len(set.Queue.Live), len(set.Paging.Pages), b.engine.Stats().Failed)
	}
	g.full.Store(false)
	b.verify()
}
