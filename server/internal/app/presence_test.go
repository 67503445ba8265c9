package app

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/paging"
)

// busyOnce refuses the first request as busy and keeps the others.
type busyOnce struct {
	mu    sync.Mutex
	calls int
	done  []branch.Command
}

func (d *busyOnce) Do(_ context.Context, r branch.Request) (engine.Result, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.calls++; d.calls == 1 {
		return engine.Result{}, branch.Refuse(branch.CodeBusy, "Busy.")
	}
	d.done = append(d.done, r.Command)
	return engine.Result{}, nil
}

func TestASecondTryOfAnOldWishDoesNotUndoANewerOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var doer busyOnce
		p := newPresence(&doer)
		go p.Run(t.Context())
		p.Set("li", true)
		synctest.Wait() // refused: it will be tried again after a second
		p.Set("li", false)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if n := len(doer.done); n == 0 || doer.done[n-1] != (paging.Leave{Staff: "li"}) {
			t.Errorf("li has left, but the box was told %v", doer.done)
		}
	})
}

func TestAWishThatTheBoxWasTooBusyForIsCarriedOutLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var doer busyOnce
		p := newPresence(&doer)
		go p.Run(t.Context())
		p.Set("li", true)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if len(doer.done) != 1 || doer.done[0] != (paging.Connect{Staff: "li"}) {
			t.Errorf("the box was told %v", doer.done)
		}
	})
}
