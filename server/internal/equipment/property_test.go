package equipment

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"handrail/server/internal/branch"
)

// hall is the reference: what each zone must still say, and how often each call
// has left.
type hall struct {
	pending map[branch.ZoneID][]branch.CallID
	visits  map[branch.CallID]branch.VisitID
	left    map[branch.CallID]UnspokenCause
}

const said UnspokenCause = "said"

// take notes the events of one step and checks that each call leaves once, and
// that only moot ones leave out of turn.
func (h *hall) take(t *rapid.T, events []branch.Event) {
	for _, event := range events {
		switch e := event.(type) {
		case CallAnnounced:
			h.leave(t, e.Zone, e.Call, said)
		case CallUnspoken:
			h.leave(t, e.Zone, e.Call, e.Cause)
		}
	}
}

func (h *hall) leave(t *rapid.T, zone branch.ZoneID, call branch.CallID, how UnspokenCause) {
	if before, twice := h.left[call]; twice {
		t.Fatalf("%s left as %s and again as %s", call, before, how)
	}
	at := slices.Index(h.pending[zone], call)
	if at < 0 {
		t.Fatalf("%s left %s, where it was not", call, zone)
	}
	if at > 0 && how != UnspokenMoot {
		t.Fatalf("%s left as %s before its turn: %v", call, how, h.pending[zone])
	}
	h.left[call] = how
	h.pending[zone] = slices.Delete(h.pending[zone], at, at+1)
}

// agree checks the module against the reference.
func (h *hall) agree(t *rapid.T, b *bench) {
	for _, zone := range []branch.ZoneID{"main", "side"} {
		var got []branch.CallID
		for i, c := range b.zone(zone).Pending {
			got = append(got, c.Call)
			if speaking := c.Spoken == SpokenSpeaking; speaking != (i == 0) || c.HeadAt.IsZero() != (i > 0) {
				t.Fatalf("%s at place %d is %s since %d", c.Call, i, c.Spoken, c.HeadAt)
			}
		}
		if !slices.Equal(got, h.pending[zone]) {
			t.Fatalf("%s has %v to say, want %v", zone, got, h.pending[zone])
		}
		if n := len(b.zone(zone).Recent); n > recentCalls {
			t.Fatalf("%d recent calls", n)
		}
	}
	if open := len(h.pending["main"]) + len(h.pending["side"]); (open == 0) != b.m.NextWake().IsZero() {
		t.Fatalf("%d calls to say, next wake at %d", open, b.m.NextWake())
	}
}

func TestEveryAnnouncementLeavesOnceAndReplayIsLive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBench(t, testPolicy())
		h := &hall{pending: map[branch.ZoneID][]branch.CallID{}, visits: map[branch.CallID]branch.VisitID{},
			left: map[branch.CallID]UnspokenCause{}}
		t.Repeat(map[string]func(*rapid.T){
			"":         func(t *rapid.T) { h.agree(t, b) },
			"call":     func(t *rapid.T) { h.call(t, b) },
			"announce": func(t *rapid.T) { h.announce(t, b) },
			"drop":     func(t *rapid.T) { h.drop(t, b) },
			"wait": func(t *rapid.T) {
				h.take(t, b.pass(time.Duration(rapid.IntRange(0, 15_000).Draw(t, "ms"))*time.Millisecond))
			},
			"health":  func(t *rapid.T) { reportAny(t, b) },
			"slip":    func(t *rapid.T) { slipAny(t, b) },
			"restart": func(t *rapid.T) { restart(t, b) },
		})
		replay(t, b)
	})
}

func (h *hall) call(t *rapid.T, b *bench) {
	zone := rapid.SampledFrom([]branch.ZoneID{"main", "side"}).Draw(t, "zone")
	id := callID(len(h.visits) + 1)
	visit := visitID(rapid.IntRange(1, 5).Draw(t, "visit"))
	h.visits[id] = visit
	h.pending[zone] = append(h.pending[zone], id)
	b.apply(called{branch.Announcement{Call: id, Zone: zone, Visit: visit}})
}

// anyCall draws a call that was made, or one that never was.
func (h *hall) anyCall(t *rapid.T) branch.CallID {
	return callID(rapid.IntRange(1, len(h.visits)+1).Draw(t, "call"))
}

func (h *hall) announce(t *rapid.T, b *bench) {
	call := h.anyCall(t)
	want := branch.CodeNotFound
	for _, pending := range h.pending {
		switch slices.Index(pending, call) {
		case -1:
		case 0:
			want = ""
		default:
			want = branch.CodeWrongState
		}
	}
	events, err := b.do(Announced{Call: call})
	if got := branch.CodeOf(err); got != want {
		t.Fatalf("announcing %s: %q, want %q", call, got, want)
	}
	h.take(t, events)
}

func (h *hall) drop(t *rapid.T, b *bench) {
	call := h.anyCall(t)
	was := b.m.Pending(call)
	events, err := b.do(DropCall{Call: call})
	if err != nil || was != (len(events) > 0) {
		t.Fatalf("dropping %s, pending %v: %v %v", call, was, events, err)
	}
	h.take(t, events)
	if !was {
		return
	}
	for _, pending := range h.pending {
		for _, other := range pending {
			if h.visits[other] == h.visits[call] {
				t.Fatalf("%s left, but %s still calls the same visit", call, other)
			}
		}
	}
}

func reportAny(t *rapid.T, b *bench) {
	health := rapid.SampledFrom([]Health{Healthy, Degraded, Failed, Offline, Unknown}).Draw(t, "health")
	before, _ := b.m.Model().Device("loop-1")
	for _, event := range b.must(ReportHealth{Device: "loop-1", Health: health}) {
		_, failed := event.(DeviceFailed)
		_, recovered := event.(DeviceRecovered)
		if failed != (before.Health.Works() && !health.Works()) || recovered != (!before.Health.Works() && health.Works()) {
			t.Fatalf("from %s to %s: %s", before.Health, health, event.EventType())
		}
	}
}

func slipAny(t *rapid.T, b *bench) {
	slips := b.m.Model().Slips["printer-1"]
	if len(slips) == 0 || rapid.Bool().Draw(t, "new") {
		visit := branch.VisitID(fmt.Sprintf("v_s%d", len(b.log)))
		b.apply(created{branch.Slip{Visit: visit, Kiosk: "kiosk-1"}})
		return
	}
	slip := slips[rapid.IntRange(0, len(slips)-1).Draw(t, "slip")]
	b.must(PrintedSlip{Visit: slip.Visit, Device: "printer-1"})
	if got := len(b.m.Model().Slips["printer-1"]); got != len(slips)-1 {
		t.Fatalf("%d slips, want %d", got, len(slips)-1)
	}
}

// restart goes through a snapshot and a start, as a new process does: the same
// head is still the one to be said, with its full time.
func restart(t *rapid.T, b *bench) {
	data := encoded(t, b.m)
	b.m = New()
	if err := b.m.Restore([]byte(data)); err != nil {
		t.Fatal(err)
	}
	if again := encoded(t, b.m); again != data {
		t.Fatalf("restored\n%s\nfrom\n%s", again, data)
	}
	b.start()
	if next := b.m.NextWake(); !next.IsZero() && next.Sub(b.now) != 11*time.Second {
		t.Fatalf("the head times out %v after the start", next.Sub(b.now))
	}
}

// replay builds the state again from the log alone.
func replay(t *rapid.T, b *bench) {
	again := New()
	for _, env := range b.log {
		again.Apply(env)
	}
	if got, want := encoded(t, again), encoded(t, b.m); got != want {
		t.Fatalf("replayed\n%s\nlive\n%s", got, want)
	}
}
