package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"handrail/server/internal/wire"
)

// wish is a request of the load; answered is what the box acknowledged, kept
// here and not in the box.
type wish struct {
	key      string
	path     string
	body     any
	answered *wire.Visit
	page     *wire.Page
}

// ledger is the clients' list of what was acknowledged and what was not.
type ledger struct {
	mu   sync.Mutex
	open []*wish
	done []*wish
	// faults are refusals of what must be possible, such as a cancellation of a
	// visit that was acknowledged and is gone.
	faults []string
	limit  int
	full   chan struct{}
}

// note records the outcome of a wish; after limit acknowledgements the load has
// lasted long enough and full is closed.
func (l *ledger) note(w *wish, a answer, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil || a.status >= 500 {
		l.open = append(l.open, w)
		return
	}
	var problem error
	if strings.HasSuffix(w.path, "/pages") {
		w.page = new(wire.Page)
		problem = json.Unmarshal(a.body, w.page)
	} else {
		w.answered = new(wire.Visit)
		problem = json.Unmarshal(a.body, w.answered)
	}
	if problem != nil || a.status >= 400 {
		l.faults = append(l.faults, fmt.Sprintf("%s: %d %s", w.path, a.status, a.body))
	} else {
		l.done = append(l.done, w)
	}
	if l.limit--; l.limit == 0 {
		close(l.full)
	}
}

// TestNothingAcknowledgedIsLostOrDoubledByTwentyPowerCuts kills the real
// process at random instants with requests in flight, repeats the unanswered
// ones with their keys, and compares id by id.
func TestNothingAcknowledgedIsLostOrDoubledByTwentyPowerCuts(t *testing.T) {
	const rounds, clients = 20, 8
	data := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	book := &ledger{}
	for round := range rounds {
		b := startBox(t, data)
		book.repeat(b)
		book.limit, book.full = 20+random.IntN(80), make(chan struct{})
		stop := make(chan struct{})
		var load sync.WaitGroup
		for n := range clients {
			load.Go(func() { book.load(b, fmt.Sprintf("round-%02d-client-%d", round, n), stop) })
		}
		<-book.full
		b.kill()
		close(stop)
		load.Wait()
	}
	b := startBox(t, data)
	book.repeat(b)
	book.compare(t, b)
	if out, err := command(t, "verify", "--data", data); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
}

// load takes tickets, cancels every third of its own and raises a page now and
// then, until the box is gone or stop is closed.
func (l *ledger) load(b *box, name string, stop <-chan struct{}) {
	c := b.as("demo-supervisor")
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		default:
		}
		w := nextWish(fmt.Sprintf("%s-%06d", name, n), n)
		a, err := c.send(http.MethodPost, w.path, w.key, w.body)
		l.note(w, a, err)
		if err != nil {
			return
		}
		if n%3 == 0 && w.answered != nil {
			cancel := &wish{key: w.key + "-cancel", path: "/api/v1/visits/" + w.answered.ID + "/cancel", body: struct{}{}}
			a, err := c.send(http.MethodPost, cancel.path, cancel.key, cancel.body)
			l.note(cancel, a, err)
			if err != nil {
				return
			}
		}
	}
}

func nextWish(key string, n int) *wish {
	if n%7 == 6 {
		return &wish{key: key, path: "/api/v1/pages", body: wire.RaisePage{Reason: "help", Place: "kiosk-1", Session: key}}
	}
	return &wish{key: key, path: "/api/v1/visits", body: wire.CreateVisit{Service: "cash", Language: "zh-CN", Needs: []string{}}}
}

// repeat sends again what was not answered, with the same keys.
func (l *ledger) repeat(b *box) {
	b.t.Helper()
	c := b.as("demo-supervisor")
	again := l.open
	l.open, l.limit, l.full = nil, len(again)+1, make(chan struct{})
	for _, w := range again {
		a, err := c.send(http.MethodPost, w.path, w.key, w.body)
		if err != nil {
			b.t.Fatalf("repeat %s: %v", w.path, err)
		}
		l.note(w, a, err)
	}
	if len(l.open) > 0 {
		b.t.Fatalf("%d requests are refused after the restart", len(l.open))
	}
}

// compare holds every acknowledged answer against the box and its log.
func (l *ledger) compare(t *testing.T, b *box) {
	t.Helper()
	for _, fault := range l.faults {
		t.Error(fault)
	}
	c := b.as("demo-supervisor")
	created, pages := map[string]int{}, map[string]int{}
	tickets := map[string]string{}
	for _, event := range c.events() {
		var data wire.EventData
		if err := json.Unmarshal(event.Data, &data); err != nil {
			t.Fatal(err)
		}
		switch event.Event {
		case "visit.created":
			created[data.Visit]++
			if other, taken := tickets[data.Ticket]; taken {
				t.Errorf("ticket %s names %s and %s", data.Ticket, other, data.Visit)
			}
			tickets[data.Ticket] = data.Visit
		case "page.raised":
			pages[data.Page]++
		}
	}
	var open []wire.Page
	c.get("/api/v1/pages?state=open", &open)
	isOpen := map[string]bool{}
	for _, page := range open {
		isOpen[page.ID] = true
	}
	acknowledged := map[string]bool{}
	for _, w := range l.done {
		if w.page == nil {
			acknowledged[w.answered.ID] = true
			l.compareVisit(c, w, created[w.answered.ID])
			continue
		}
		acknowledged[w.page.ID] = true
		if n := pages[w.page.ID]; n != 1 || !isOpen[w.page.ID] {
			t.Errorf("page %s was acknowledged; it is in the log %d times, open: %t", w.page.ID, n, isOpen[w.page.ID])
		}
	}
	for id := range created {
		if !acknowledged[id] {
			t.Errorf("visit %s is in the log and nobody was told of it", id)
		}
	}
	for id := range pages {
		if !acknowledged[id] {
			t.Errorf("page %s is in the log and nobody was told of it", id)
		}
	}
	t.Logf("%d answers acknowledged over the power cuts: %d visits, %d pages", len(l.done), len(created), len(pages))
}

func (l *ledger) compareVisit(c *client, w *wish, inLog int) {
	t := c.box.t
	if inLog != 1 {
		t.Errorf("visit %s was acknowledged and is in the log %d times", w.answered.ID, inLog)
	}
	var now wire.Visit
	c.get("/api/v1/visits/"+w.answered.ID, &now)
	if now.Ticket != w.answered.Ticket {
		t.Errorf("visit %s was %s and is %s", w.answered.ID, w.answered.Ticket, now.Ticket)
	}
	if w.answered.State == "removed" && now.State != "removed" {
		t.Errorf("visit %s was cancelled and is %s", w.answered.ID, now.State)
	}
}
