package hub

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"handrail/server/internal/wire"
)

// handled records what clients had done.
type handled struct {
	mu     sync.Mutex
	frames []wire.ClientFrame
	refuse *wire.Problem
}

func (h *handled) do(_ context.Context, f wire.ClientFrame) (json.RawMessage, *wire.Problem) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.frames = append(h.frames, f)
	if h.refuse != nil {
		return nil, h.refuse
	}
	return f.Data, nil
}

func (h *handled) all() []wire.ClientFrame {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]wire.ClientFrame(nil), h.frames...)
}

func (h *handled) setRefuse(p *wire.Problem) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refuse = p
}

func TestACommandIsAnsweredByItsID(t *testing.T) {
	s := serve(t, Options{})
	var h handled
	a := s.connect(t, Client{Handle: h.do})
	a.wants("live false @0")
	a.say(`{"type":"do","id":"one","command":"visit.away","data":{"visit":"v_1"},"key":"v_1.KEY"}`)
	a.wants(`done one {"visit":"v_1"}`)
	a.say(`{"type":"do","id":"two","command":"duty.on"}`)
	a.wants("done two null")
	h.setRefuse(&wire.Problem{Code: "taken", By: "li"})
	a.say(`{"type":"do","id":"three","command":"page.accept","data":{"page":"p_1"}}`)
	a.wants("failed three taken")
	if got := h.all()[0]; got.Command != "visit.away" || got.Key != "v_1.KEY" {
		t.Errorf("handled %+v", got)
	}
}

func TestACommandNeedsAnIDAndAName(t *testing.T) {
	s := serve(t, Options{})
	var h handled
	a := s.connect(t, Client{Handle: h.do})
	a.next()
	for range maxMalformed {
		a.say(`{"type":"do","command":"duty.on"}`)
		a.wants("failed  invalid")
	}
	a.say(`{"type":"do","id":"one"}`)
	if f := a.next(); f.String() != "failed one invalid" || f.Problem.Errors[0].Field != "command" {
		t.Errorf("got %v %+v", f, f.Problem)
	}
	if len(h.all()) > 0 {
		t.Errorf("handled %v", h.all())
	}
}

func TestMalformedFramesAreAnsweredTwiceAndEndTheSocketTheThirdTime(t *testing.T) {
	for name, text := range map[string]string{
		"empty": ``, "not JSON": `hello`, "half": `{"type":"do"`, "two objects": `{"type":"do","id":"1","command":"x"} {}`,
		"a list": `[]`, "null": `null`, "a number": `1`, "a string": `"do"`, "no type": `{"id":"1"}`, "unknown type": `{"type":"view"}`,
		"wrong type of a member": `{"type":"do","id":1,"command":"x"}`, "unknown member": `{"type":"do","id":"1","command":"x","more":1}`,
		"received without page": `{"type":"received","step":1}`, "received without step": `{"type":"received","page":"p_1"}`,
		"received with a negative step": `{"type":"received","page":"p_1","step":-1}`,
		"received with a call":          `{"type":"received","page":"p_1","step":1,"call":"c_1"}`,
		"announced without call":        `{"type":"announced"}`, "announced with an id": `{"type":"announced","call":"c_1","id":"1"}`,
		"do with a page": `{"type":"do","id":"1","command":"x","page":"p_1"}`, "not UTF-8": "{\"type\":\"\xff\"}",
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, Options{})
			var h handled
			a := s.connect(t, Client{Handle: h.do})
			a.next()
			for range maxMalformed - 1 {
				a.say(text)
				if f := a.next(); f.Type != wire.TypeFailed || f.Problem.Code != "malformed" || f.Problem.Status != 400 {
					t.Fatalf("got %v", f)
				}
				a.say(`{"type":"do","id":"good","command":"duty.on"}`)
				a.wants("done good null")
			}
			a.say(text)
			a.wantsClose(wire.CloseProtocol)
			if n := len(h.all()); n != maxMalformed-1 {
				t.Errorf("%d commands were done, want the good ones", n)
			}
		})
	}
}

func TestBinaryFramesAreMalformed(t *testing.T) {
	s := serve(t, Options{})
	a := s.connect(t, Client{})
	a.next()
	for range maxMalformed {
		if err := a.WriteMessage(websocket.BinaryMessage, []byte(`{"type":"do","id":"1","command":"x"}`)); err != nil {
			t.Fatal(err)
		}
	}
	a.wants("failed  malformed", "failed  malformed")
	a.wantsClose(wire.CloseProtocol)
}

func TestAFrameBeyondTheLimitEndsTheSocket(t *testing.T) {
	s := serve(t, Options{})
	var h handled
	a := s.connect(t, Client{Handle: h.do})
	a.next()
	frameOf := func(size int) string {
		empty := `{"type":"do","id":"1","command":""}`
		return strings.Replace(empty, `""`, `"`+strings.Repeat("x", size-len(empty))+`"`, 1)
	}
	a.say(frameOf(64 << 10))
	a.wants("done 1 null")
	a.say(frameOf(64<<10 + 1))
	a.wantsClose(websocket.CloseMessageTooBig)
}

func TestAFloodIsRefusedAndThenEndsTheSocket(t *testing.T) {
	s := serve(t, Options{Burst: 10})
	var h handled
	a := s.connect(t, Client{Handle: h.do})
	a.next()
	go func() {
		for i := range 100_000 {
			text := `{"type":"do","id":"` + strconv.Itoa(i) + `","command":"duty.on"}`
			if a.WriteMessage(websocket.TextMessage, []byte(text)) != nil {
				return
			}
		}
	}()
	refused := 0
	for {
		f, err := a.read()
		if err != nil {
			if !websocket.IsCloseError(err, wire.CloseProtocol) {
				t.Errorf("ended with %v, want 4008", err)
			}
			break
		}
		if f.Type == wire.TypeFailed && f.Problem.Code == "too-many" && f.ID != "" {
			refused++
		}
	}
	if refused == 0 {
		t.Error("nothing was refused with too-many before the end")
	}
}

func TestTheBucketFillsWithTime(t *testing.T) {
	now := time.Unix(0, 0)
	b := newBucket(50, 2, now)
	if !b.take(now) || !b.take(now) || b.take(now) {
		t.Error("want exactly the burst at once")
	}
	now = now.Add(20 * time.Millisecond)
	if !b.take(now) || b.take(now) {
		t.Error("want one more frame after a fiftieth of a second")
	}
	if b.full(now) || !b.full(now.Add(time.Second)) {
		t.Error("want a calm peer to have its burst again")
	}
}

func TestOnlySoManyCommandsAreInFlight(t *testing.T) {
	s := serve(t, Options{InFlight: 2})
	begun, finish := make(chan string, 10), make(chan struct{})
	a := s.connect(t, Client{Handle: func(_ context.Context, f wire.ClientFrame) (json.RawMessage, *wire.Problem) {
		begun <- f.ID
		<-finish
		return nil, nil
	}})
	a.next()
	for i := range 3 {
		a.say(`{"type":"do","id":"` + strconv.Itoa(i) + `","command":"duty.on"}`)
	}
	<-begun
	<-begun
	eventually(t, "the third was read", func() bool { return s.hub.Stats().Received == 3 })
	if len(begun) > 0 {
		t.Error("a third command was begun")
	}
	close(finish)
	for range 3 {
		if f := a.next(); f.Type != wire.TypeDone {
			t.Errorf("got %v", f)
		}
	}
}

func TestAClientThatGoesDoesNotCancelItsCommand(t *testing.T) {
	s := serve(t, Options{})
	begun, gone := make(chan struct{}), make(chan error, 1)
	finish := make(chan struct{})
	a := s.connect(t, Client{Handle: func(ctx context.Context, _ wire.ClientFrame) (json.RawMessage, *wire.Problem) {
		close(begun)
		<-finish
		gone <- ctx.Err()
		return nil, nil
	}})
	a.next()
	a.say(`{"type":"do","id":"1","command":"duty.on"}`)
	<-begun
	_ = a.Close()
	eventually(t, "the socket is gone", func() bool { return s.hub.Stats().Sockets == 0 })
	close(finish)
	if err := <-gone; err != nil {
		t.Errorf("the command's context ended: %v", err)
	}
}
