package hub

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"handrail/server/internal/wire"
)

func TestARefusedClientIsClosedAtOnce(t *testing.T) {
	s := serve(t, Options{})
	_, err := s.connect(t, Client{Topics: []string{"a"}, Refuse: wire.CloseNotAllowed}).read()
	if !websocket.IsCloseError(err, wire.CloseNotAllowed) {
		t.Errorf("got %v, want 4003 before any frame", err)
	}
	s.connect(t, Client{Topics: []string{"a"}}).wants("view a 0 @0", "live false @0")
}

func TestEndClosesExactlyTheSocketsThatMatch(t *testing.T) {
	s := serve(t, Options{})
	byToken := s.connect(t, Client{Identity: "token:t_1", Token: "t_1"})
	bySession := s.connect(t, Client{Identity: "token:t_2", Session: "nonce", Token: "t_2"})
	other := s.connect(t, Client{Identity: "token:t_2", Session: "other", Token: "t_2", Topics: []string{"a"}})
	byToken.next()
	bySession.next()
	other.wants("view a 0 @0", "live false @0")

	begun := time.Now()
	s.hub.End(func(_, session, token string) bool { return token == "t_1" || session == "nonce" })
	byToken.wantsClose(wire.CloseSessionEnded)
	bySession.wantsClose(wire.CloseSessionEnded)
	if took := time.Since(begun); took > time.Second {
		t.Errorf("took %v, want at most 1 s", took)
	}
	s.commit("a")
	other.wants("events a 1 @1", "view a 1 @1")
}

func TestEndIsDoneWithinASecondWithAPeerThatDoesNotAnswer(t *testing.T) {
	s := serve(t, Options{})
	mute := s.connect(t, Client{Token: "t_1"})
	mute.next()
	begun := time.Now()
	s.hub.End(func(string, string, string) bool { return true })
	eventually(t, "the socket is gone", func() bool { return s.hub.Stats().Sockets == 0 })
	if took := time.Since(begun); took > time.Second {
		t.Errorf("took %v, want at most 1 s", took)
	}
}

func TestCloseSaysGoodbyeToAllAndRefusesNewClients(t *testing.T) {
	s := serve(t, Options{})
	a, b := s.connect(t, Client{}), s.connect(t, Client{Topics: []string{"a"}})
	a.next()
	b.next()
	closed := make(chan error)
	go func() { closed <- s.hub.Close(t.Context()) }()
	a.wantsClose(wire.CloseGoingAway)
	b.wantsClose(wire.CloseGoingAway)
	if err := <-closed; err != nil {
		t.Errorf("Close: %v", err)
	}
	status, p := refusal(t, s, http.Header{})
	if status != http.StatusServiceUnavailable || p.Code != "busy" {
		t.Errorf("a new client was answered %d %s, want 503 busy", status, p.Code)
	}
}

func TestCloseWaitsForCommandsInFlight(t *testing.T) {
	s := serve(t, Options{})
	begun, finish := make(chan struct{}), make(chan struct{})
	a := s.connect(t, Client{Handle: func(context.Context, wire.ClientFrame) (json.RawMessage, *wire.Problem) {
		close(begun)
		<-finish
		return nil, nil
	}})
	a.next()
	a.say(`{"type":"do","id":"1","command":"duty.on"}`)
	<-begun
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	closed := make(chan error)
	go func() { closed <- s.hub.Close(ctx) }()
	a.wantsClose(wire.CloseGoingAway)
	select {
	case err := <-closed:
		t.Fatalf("Close returned %v before the command was done", err)
	case <-ctx.Done():
	}
	close(finish)
	if err := <-closed; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Close: %v, want that its time was over", err)
	}
}

// refusal asks for an upgrade with the headers of a websocket and returns the
// answer, which must be a problem.
func refusal(t *testing.T, s *server, without http.Header) (int, wire.Problem) {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, s.URL+"?client=0", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key": {"AAAAAAAAAAAAAAAAAAAAAA=="}, "Sec-Websocket-Protocol": {wire.Subprotocol},
	}
	for name := range without {
		request.Header.Del(name)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	var p wire.Problem
	if err := json.Unmarshal(body, &p); err != nil || response.Header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("answered %s %q", response.Status, body)
	}
	return response.StatusCode, p
}

func TestARequestThatIsNoLiveConnectionIsAProblem(t *testing.T) {
	s := serve(t, Options{})
	if status, p := refusal(t, s, nil); status != http.StatusUnauthorized || p.Code != "unauthenticated" {
		t.Errorf("without a client: %d %s, want 401 unauthenticated", status, p.Code)
	}
	s.connect(t, Client{}).next()
	for _, header := range []string{"Sec-Websocket-Protocol", "Upgrade", "Connection", "Sec-Websocket-Version", "Sec-Websocket-Key"} {
		status, p := refusal(t, s, http.Header{header: nil})
		if status != http.StatusBadRequest || p.Code != "malformed" {
			t.Errorf("without %s: %d %s, want 400 malformed", header, status, p.Code)
		}
	}
}

// A screen that never reads is closed with 4001, which it learns when it reads
// again; the others get every frame meanwhile.
func TestAScreenThatNeverReadsIsClosedAndTheOthersDoNotNotice(t *testing.T) {
	s := serve(t, Options{QueueFrames: 64})
	const others = 8
	var screens []*screen
	for range others {
		screens = append(screens, s.connect(t, Client{Topics: []string{"a"}}))
	}
	for _, a := range screens {
		a.wants("view a 0 @0", "live false @0")
	}
	alone := latencies(s, screens, 200)

	stuck := s.connect(t, Client{Topics: []string{"a", "big"}})
	for range 3 {
		stuck.next()
	}
	eventually(t, "the stuck screen is closed", func() bool {
		s.fill("big")
		return s.hub.Stats().Slow == 1
	})
	beside := latencies(s, screens, 200)
	stuck.wantsClose(wire.CloseSlow)
	eventually(t, "the stuck screen is gone", func() bool { return s.hub.Stats().Sockets == others })
	if p99(beside) > 10*p99(alone)+50*time.Millisecond {
		t.Errorf("p99 was %v alone and %v beside a stuck screen", p99(alone), p99(beside))
	}
}

// fill publishes an event of 200 kB on a topic.
func (b *box) fill(topic string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seq++
	seq := b.seq
	data := json.RawMessage(`"` + strings.Repeat("x", 200_000) + `"`)
	b.hub.Publish(Update{Last: seq, Events: func(name string) []wire.Event {
		if name != topic {
			return nil
		}
		return []wire.Event{{Seq: seq, Event: "x", Data: data}}
	}})
}

// latencies commits n times on topic a and returns how long each commit took to
// reach each screen.
func latencies(s *server, screens []*screen, n int) []time.Duration {
	var took []time.Duration
	for range n {
		begun := time.Now()
		seq := s.commit("a")
		for _, a := range screens {
			for f := a.next(); f.Type != wire.TypeView || f.seq() < seq; {
				f = a.next()
			}
			took = append(took, time.Since(begun))
		}
	}
	return took
}

func p99(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)*99/100]
}

func TestAQueueThatIsFullTakesNoMore(t *testing.T) {
	q := queue{wake: make(chan struct{}, 1)}
	big, small := frame{text: make([]byte, 100)}, frame{text: make([]byte, 1)}
	if !q.push(big, 2, 10) {
		t.Error("one frame must fit, however big")
	}
	if q.push(small, 2, 10) {
		t.Error("took more bytes than allowed")
	}
	if _, ok := q.pop(); !ok || q.depth() != 0 {
		t.Error("the frame cannot be taken out")
	}
	if !q.push(small, 2, 10) || !q.push(small, 2, 10) {
		t.Error("two small frames must fit")
	}
	if q.push(small, 2, 10) {
		t.Error("took more frames than allowed")
	}
	q.close(true)
	if _, ok := q.pop(); !ok {
		t.Error("what was queued is gone")
	}
	q.close(false)
	if _, ok := q.pop(); ok || !q.push(small, 2, 10) {
		t.Error("a closed queue must swallow everything")
	}
}

func TestASocketEndsWithItsSession(t *testing.T) {
	s := serve(t, Options{})
	short := s.connect(t, Client{Topics: []string{"a"}, Life: 20 * time.Millisecond})
	long := s.connect(t, Client{Topics: []string{"a"}, Life: time.Hour})
	short.wants("view a 0 @0", "live false @0")
	short.wantsClose(wire.CloseSessionEnded)
	long.wants("view a 0 @0", "live false @0")
}

func TestASessionThatEndedDuringTheUpgradeHasNoSocket(t *testing.T) {
	s := serve(t, Options{})
	s.connect(t, Client{Topics: []string{"a"}, Valid: func() bool { return false }}).wantsClose(wire.CloseSessionEnded)
	s.connect(t, Client{Topics: []string{"a"}, Valid: func() bool { return true }}).wants("view a 0 @0", "live false @0")
}
