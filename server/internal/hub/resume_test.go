package hub

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"handrail/server/internal/wire"
)

// traveller is a screen that is cut off again and again and resumes from the
// last cursor it saw.
type traveller struct {
	topics []string
	random *rand.Rand
	cursor string
	seen   map[string][]uint64
	// live and shown are of the connection now: whether live has come, and which
	// topics' views.
	live  bool
	shown map[string]bool
	cuts  int
}

func newTraveller(seed uint64, topics ...string) *traveller {
	return &traveller{
		topics: topics,
		random: rand.New(rand.NewPCG(seed, 1)),
		cursor: "log.0",
		seen:   map[string][]uint64{},
	}
}

// travel connects again and again until it has seen everything up to last,
// which is known once the writer is done.
func (v *traveller) travel(s *server, t *testing.T, last func() (map[string]uint64, bool)) error {
	for {
		conn := s.connect(t, Client{Topics: v.topics, After: v.cursor})
		v.live, v.shown = false, map[string]bool{}
		for range 1 + v.random.IntN(80) {
			f, err := conn.read()
			if err != nil {
				return err
			}
			if err := v.note(f); err != nil {
				return fmt.Errorf("%w (after %d cuts)", err, v.cuts)
			}
			if final, done := last(); done && v.hasSeen(final) {
				return nil
			}
		}
		v.cuts++
		_ = conn.NetConn().Close()
	}
}

func (v *traveller) note(f anyFrame) error {
	switch f.Type {
	case wire.TypeEvents:
		if f.Replay && (v.live || v.shown[f.Topic]) || !f.Replay && !v.live {
			return fmt.Errorf("out of order: %v, live %t", f, v.live)
		}
		for _, e := range f.Events {
			if err := v.see(f.Topic, e.Seq); err != nil {
				return err
			}
		}
	case wire.TypeView:
		v.shown[f.Topic] = true
		if f.View.Last != v.latest(f.Topic) {
			return fmt.Errorf("%v, but the events went up to %d", f, v.latest(f.Topic))
		}
	case wire.TypeLive:
		v.live = true
		if f.Reset || len(v.shown) != len(v.topics) {
			return fmt.Errorf("%v with the views of %v", f, v.shown)
		}
	}
	v.cursor = f.Cursor
	return nil
}

// see notes an event. With one topic none may come twice; with several the
// cursor of a frame stays behind until the last topic's, so after a cut some do.
func (v *traveller) see(topic string, seq uint64) error {
	if seq <= v.latest(topic) {
		if len(v.topics) == 1 || !slices.Contains(v.seen[topic], seq) {
			return fmt.Errorf("event %d of %s came again after %d", seq, topic, v.latest(topic))
		}
		return nil
	}
	v.seen[topic] = append(v.seen[topic], seq)
	return nil
}

func (v *traveller) latest(topic string) uint64 {
	if n := len(v.seen[topic]); n > 0 {
		return v.seen[topic][n-1]
	}
	return 0
}

func (v *traveller) hasSeen(last map[string]uint64) bool {
	return !slices.ContainsFunc(v.topics, func(topic string) bool { return v.latest(topic) < last[topic] })
}

func TestResumingLosesAndDoublesNothingWhileCommitsGoOn(t *testing.T) {
	s := serve(t, Options{})
	s.chunk = 40
	topics := []string{"a", "b", "c"}

	var mu sync.Mutex
	written, done := map[string][]uint64{}, false
	last := func() (map[string]uint64, bool) {
		mu.Lock()
		defer mu.Unlock()
		final := map[string]uint64{}
		for topic, seqs := range written {
			final[topic] = seqs[len(seqs)-1]
		}
		return final, done
	}

	var travellers []*traveller
	for i := range 4 {
		seed := uint64(3 * i)
		travellers = append(travellers, newTraveller(seed, "a"), newTraveller(seed+1, "b"), newTraveller(seed+2, "c", "a", "b"))
	}
	var work sync.WaitGroup
	for _, v := range travellers {
		work.Go(func() {
			if err := v.travel(s, t, last); err != nil {
				t.Errorf("a screen of %v: %v", v.topics, err)
			}
		})
	}
	random := rand.New(rand.NewPCG(1, 2))
	watching := s.connect(t, Client{Topics: topics})
	for range 4 {
		watching.next()
	}
	for range 1500 {
		var batch []string
		for range 1 + random.IntN(4) {
			batch = append(batch, topics[random.IntN(len(topics))])
		}
		seq := s.commit(batch...)
		mu.Lock()
		for i, topic := range batch {
			written[topic] = append(written[topic], seq-uint64(len(batch)-1-i))
		}
		mu.Unlock()
		if random.IntN(20) == 0 { // let the screens keep pace
			for f := watching.next(); f.seq() < seq; {
				f = watching.next()
			}
		}
	}
	mu.Lock()
	done = true
	mu.Unlock()
	s.commit(topics...) // so that nobody waits for a frame in vain
	work.Wait()

	cuts := 0
	for _, v := range travellers {
		cuts += v.cuts
		for _, topic := range v.topics {
			if want := written[topic]; !slices.Equal(v.seen[topic][:min(len(want), len(v.seen[topic]))], want) {
				t.Errorf("a screen of %v saw other events of %s than were written", v.topics, topic)
			}
		}
	}
	if cuts < len(travellers) {
		t.Errorf("only %d cuts: the test tests nothing", cuts)
	}
}

func TestAReplayNeverFillsTheLiveQueue(t *testing.T) {
	s := serve(t, Options{QueueFrames: 16})
	for range 5000 {
		s.commit("a")
	}
	s.chunk = 1 // 5000 frames
	a := s.connect(t, Client{Topics: []string{"a"}, After: "log.0"})
	seq := uint64(0)
	for f := a.next(); f.Type != wire.TypeLive; f = a.next() {
		if seq < 5100 && seq%50 == 0 {
			s.commit("a")
		}
		for _, e := range f.Events {
			if e.Seq != seq+1 {
				t.Fatalf("event %d after %d", e.Seq, seq)
			}
			seq = e.Seq
		}
	}
	if seq < 5000 || s.hub.Stats().Slow > 0 {
		t.Errorf("replayed up to %d with %d slow closes", seq, s.hub.Stats().Slow)
	}
}

func TestASocketThatLeavesWhileItOpensLeavesNothingBehind(t *testing.T) {
	s := serve(t, Options{})
	for range 2000 {
		s.commit("a", "b")
	}
	for range 30 {
		a := s.connect(t, Client{Topics: []string{"a", "b"}, After: "log.0"})
		_ = a.Close()
	}
	eventually(t, "every socket is gone", func() bool { return s.hub.Stats().Sockets == 0 })
	s.commit("a")
	s.connect(t, Client{Topics: []string{"a"}}).wants("view a 4001 @4001", "live false @4001")
}
