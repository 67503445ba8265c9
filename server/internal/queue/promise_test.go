package queue_test

import (
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
)

func TestPromisesAreWhatTicketsTakenNowArePromised(t *testing.T) {
	b := newBox(t, policy())
	seen := map[branch.Wait]bool{}
	same := func() {
		t.Helper()
		promises := b.module.Model().Promises(b.now, branch.Classes()...)
		if len(promises) != 2*len(branch.Classes()) {
			t.Fatalf("%d promises", len(promises))
		}
		for _, p := range promises {
			v := b.takeFor(p.Service, p.Class)
			if *v.Wait != p.Wait {
				t.Errorf("promised %+v, the ticket says %+v", p, *v.Wait)
			}
			b.do(kiosk, queue.Cancel{Visit: v.ID})
			p.Wait.SaidAt = 0
			seen[p.Wait] = true
		}
	}
	same()
	b.open("counter-1", "counter-2")
	for range 8 {
		b.take()
		b.takeFor("pension", branch.Caring)
		b.now = b.now.Add(time.Minute)
		same()
	}
	b.callNext("counter-1")
	same()
	b.callNext("counter-2")
	same()
	b.do(kiosk, queue.Away{Visit: b.module.Model().Live[5].ID})
	b.now = b.now.Add(20 * time.Minute) // nothing has happened since
	same()
	if len(seen) < 12 {
		t.Errorf("only %d different promises were compared: %v", len(seen), seen)
	}
}

func TestALongestWaitIsTheTargetOfTheCallRule(t *testing.T) {
	p := policy()
	if got := p.LongestWait(branch.Caring); got != queue.DefaultCaringTarget {
		t.Errorf("caring: %v", got)
	}
	p.Target = map[branch.Class]time.Duration{branch.Caring: 7 * time.Minute}
	if got := p.LongestWait(branch.Caring); got != 7*time.Minute {
		t.Errorf("caring, configured: %v", got)
	}
}
