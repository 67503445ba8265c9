package hub

import (
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"handrail/server/internal/wire"
)

// pager is a staff device of li.
func pager(h *handled) Client {
	return Client{Topics: []string{"pages"}, Staff: "li", Handle: h.do}
}

func step(page string, n int) wire.Page { return wire.Page{ID: page, Step: n} }

func TestAPageIsSentAgainUntilItIsReceived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, Options{})
		var h handled
		deaf, good := b.pipe(t, pager(&h)).diary(), b.pipe(t, pager(&h)).diary()
		deaf.wantsLines("0s view pages 0 @0", "0s live false @0")
		good.wantsLines("0s view pages 0 @0", "0s live false @0")

		b.tell(func() { b.pages["li"] = []wire.Page{step("p_1", 1)} })
		synctest.Wait()
		good.say(`{"type":"received","page":"p_1","step":1}`)
		time.Sleep(20 * time.Second)
		deaf.wantsLines("0s page p_1 1", "3s page p_1 1", "6s page p_1 1", "12s page p_1 1")
		good.wantsLines("0s page p_1 1")
		if got := h.all(); len(got) != 1 || got[0].Page != "p_1" || got[0].Step != 1 {
			t.Errorf("handled %v, want one receipt", got)
		}
	})
}

func TestEachStepOfAPageIsSentAndResentByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, Options{})
		var h handled
		a := b.pipe(t, pager(&h)).diary()
		a.wantsLines("0s view pages 0 @0", "0s live false @0")
		b.tell(func() { b.pages["li"] = []wire.Page{step("p_1", 1)} })
		time.Sleep(4 * time.Second)
		a.wantsLines("0s page p_1 1", "3s page p_1 1")
		b.tell(func() { b.pages["li"] = []wire.Page{step("p_1", 2), step("p_2", 1)} })
		time.Sleep(4 * time.Second)
		a.wantsLines("4s page p_1 2", "4s page p_2 1", "7s page p_1 2", "7s page p_2 1")
		a.say(`{"type":"received","page":"p_2","step":1}`)
		b.tell(func() { b.pages["li"] = []wire.Page{step("p_2", 1)} })
		time.Sleep(time.Minute)
		a.wantsLines()
	})
}

func TestANewSocketIsToldOfEachOpenPageAfterLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, Options{})
		var h handled
		b.tell(func() { b.pages["li"] = []wire.Page{step("p_1", 4)} })
		synctest.Wait()
		a := b.pipe(t, pager(&h)).diary()
		a.wantsLines("0s view pages 0 @1", "0s live false @1", "0s page p_1 4")
		a.say(`{"type":"received","page":"p_1","step":4}`)
		_ = a.Close()
		synctest.Wait()
		again := b.pipe(t, pager(&h)).diary()
		again.wantsLines("0s view pages 0 @1", "0s live false @1", "0s page p_1 4")
		time.Sleep(3 * time.Second)
		again.wantsLines("3s page p_1 4")
	})
}

func TestAReceiptCountsOnceAndOnlyForWhatWasSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, Options{})
		var h handled
		a := b.pipe(t, pager(&h)).diary()
		b.tell(func() { b.pages["li"] = []wire.Page{step("p_1", 2)} })
		synctest.Wait()
		for _, text := range []string{
			`{"type":"received","page":"p_1","step":3}`, `{"type":"received","page":"p_9","step":1}`,
			`{"type":"received","page":"p_1","step":1}`, `{"type":"received","page":"p_1","step":2}`,
			`{"type":"received","page":"p_1","step":2}`, `{"type":"received","page":"p_1","step":1}`,
		} {
			a.say(text)
			synctest.Wait()
		}
		var steps []int
		for _, f := range h.all() {
			steps = append(steps, f.Step)
		}
		if !slices.Equal(steps, []int{1, 2}) {
			t.Errorf("receipts of the steps %v were handled, want 1 and 2", steps)
		}
	})
}

func TestAReceiptThatCouldNotBeKeptDoesNotEndTheResends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, Options{})
		h := handled{refuse: &wire.Problem{Code: "busy"}}
		a := b.pipe(t, pager(&h)).diary()
		synctest.Wait()
		b.tell(func() { b.pages["li"] = []wire.Page{step("p_1", 1)} })
		synctest.Wait()
		a.say(`{"type":"received","page":"p_1","step":1}`)
		time.Sleep(4 * time.Second)
		a.wantsLines("0s view pages 0 @0", "0s live false @0", "0s page p_1 1", "0s failed  busy", "3s page p_1 1")
		h.setRefuse(nil)
		a.say(`{"type":"received","page":"p_1","step":1}`)
		time.Sleep(time.Minute)
		a.wantsLines()
	})
}

func TestWhoHearsNoPagesCannotReceiveThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, Options{})
		var h handled
		b.tell(func() { b.pages["li"] = []wire.Page{step("p_1", 1)} })
		synctest.Wait()
		without := b.pipe(t, Client{Topics: []string{"counter:1"}, Staff: "li", Handle: h.do}).diary()
		without.say(`{"type":"received","page":"p_1","step":1}`)
		without.wantsLines("0s view counter:1 0 @1", "0s live false @1", "0s failed  forbidden")
		if len(h.all()) > 0 || len(b.presences()) > 0 {
			t.Errorf("handled %v, presence %v", h.all(), b.presences())
		}
	})
}

func TestPresenceIsTheFirstAndTheLastSocketOfAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, Options{})
		var h handled
		first, second := b.pipe(t, pager(&h)).diary(), b.pipe(t, pager(&h)).diary()
		synctest.Wait()
		_ = first.Close()
		synctest.Wait()
		if got := b.presences(); !slices.Equal(got, []string{"li true"}) {
			t.Errorf("presence %v with one of two sockets gone", got)
		}
		_ = second.Close()
		synctest.Wait()
		if got := b.presences(); !slices.Equal(got, []string{"li true", "li false"}) {
			t.Errorf("presence %v with both sockets gone", got)
		}
	})
}

// A counter's screen is there before the counter is opened with a person.
func TestASocketTakesOverThePagesOfWhoComesToIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, Options{})
		var h handled
		var person atomic.Value
		person.Store("")
		b.pages["li"], b.pages["wang"] = []wire.Page{step("p_1", 1)}, []wire.Page{step("p_2", 1)}
		counter := Client{Topics: []string{"pages"}, Person: func() string { return person.Load().(string) }, Handle: h.do}
		a := b.pipe(t, counter).diary()
		a.wantsLines("0s view pages 0 @0", "0s live false @0")
		for _, c := range []struct{ person, line, presence string }{
			{"li", "1s page p_1 1", "li true"},
			{"wang", "2s page p_2 1", "li true li false wang true"},
		} {
			time.Sleep(time.Second)
			person.Store(c.person)
			b.commit("counter:1")
			a.wantsLines(c.line)
			if got := strings.Join(b.presences(), " "); got != c.presence {
				t.Errorf("presence %s, want %s", got, c.presence)
			}
		}
		person.Store("")
		b.commit("counter:1")
		time.Sleep(time.Minute)
		a.wantsLines()
		if got := b.presences(); got[len(got)-1] != "wang false" {
			t.Errorf("presence %v", got)
		}
	})
}

// take returns the lines that were written since the last call.
func (d *diary) take() []string {
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	lines := d.lines
	d.lines = nil
	return lines
}

// A device answers each page frame: told of all at once it would be closed as
// slow, or as a flood, and never hear of any page again.
func TestManyOpenPagesAreToldAsFastAsTheyCanBeAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const open = 60
		b := newBox(t, Options{QueueFrames: 16, Rate: 20, Burst: 20})
		var pages []wire.Page
		for n := range open {
			pages = append(pages, step("p_"+strconv.Itoa(n+1), 1))
		}
		b.tell(func() { b.pages["li"] = pages })
		synctest.Wait()
		var h handled
		a := b.pipe(t, pager(&h)).diary()
		for range 20 {
			time.Sleep(time.Second)
			for _, line := range a.take() {
				if page, ok := strings.CutPrefix(line[strings.IndexByte(line, ' ')+1:], "page "); ok {
					id, _, _ := strings.Cut(page, " ")
					a.say(`{"type":"received","page":"` + id + `","step":1}`)
				}
			}
		}
		synctest.Wait()
		if got := len(h.all()); got != open {
			t.Errorf("%d of %d pages were received", got, open)
		}
		if left := a.take(); len(left) > 0 {
			t.Errorf("received pages go on: %v", left)
		}
	})
}
