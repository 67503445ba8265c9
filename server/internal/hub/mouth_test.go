package hub

import (
	"testing"
	"testing/synctest"
	"time"

	"handrail/server/internal/wire"
)

// hall is a screen that may speak at place hall-1.
func hall(h *handled) Client { return Client{Mouth: "hall-1", Handle: h.do} }

func TestOnlyTheOldestSocketOfAPlaceSpeaksEachCallOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, Options{})
		var h handled
		first := b.pipe(t, hall(&h)).diary()
		synctest.Wait()
		second := b.pipe(t, hall(&h)).diary()
		first.wantsLines("0s live false @0")
		second.wantsLines("0s live false @0")

		b.tell(func() { b.speech["hall-1"] = wire.SpeakFrame{Call: "c_1"} })
		b.tell(func() {})
		first.wantsLines("0s speak c_1")
		second.wantsLines()
		time.Sleep(time.Second)
		b.tell(func() { b.speech["hall-1"] = wire.SpeakFrame{Call: "c_2"} })
		first.wantsLines("1s speak c_2")

		_ = first.Close()
		synctest.Wait()
		second.wantsLines("1s speak c_2")
		b.tell(func() { delete(b.speech, "hall-1") })
		second.wantsLines()
	})
}

func TestANewSocketOfTheMouthSaysWhatIsStillToBeSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, Options{})
		var h handled
		b.tell(func() { b.speech["hall-1"] = wire.SpeakFrame{Call: "c_1"} })
		synctest.Wait()
		b.pipe(t, hall(&h)).diary().wantsLines("0s live false @1", "0s speak c_1")
		b.pipe(t, Client{Mouth: "hall-2", Handle: h.do}).diary().wantsLines("0s live false @1")
	})
}

func TestOnlyTheSocketThatWasGivenACallAnnouncesItOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, Options{})
		var h handled
		first := b.pipe(t, hall(&h)).diary()
		synctest.Wait()
		second := b.pipe(t, hall(&h)).diary()
		synctest.Wait()
		b.tell(func() { b.speech["hall-1"] = wire.SpeakFrame{Call: "c_1"} })
		first.wantsLines("0s live false @0", "0s speak c_1")
		second.wantsLines("0s live false @0")

		second.say(`{"type":"announced","call":"c_1"}`)
		second.wantsLines("0s failed  forbidden")
		first.say(`{"type":"announced","call":"c_0"}`)
		first.wantsLines("0s failed  forbidden")
		h.setRefuse(&wire.Problem{Code: "busy"})
		first.say(`{"type":"announced","call":"c_1"}`)
		first.wantsLines("0s failed  busy")
		h.setRefuse(nil)
		first.say(`{"type":"announced","call":"c_1"}`)
		first.wantsLines()
		first.say(`{"type":"announced","call":"c_1"}`)
		first.wantsLines("0s failed  forbidden")
		if got := h.all(); len(got) != 2 || got[1].Call != "c_1" {
			t.Errorf("handled %v", got)
		}
	})
}
