package views

import (
	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
	"handrail/server/internal/wire"
)

// promised keeps the promises of one set: the screens of all kiosks and halls
// show the same ones after each commit.
type promised struct {
	queue    *queue.Model
	now      branch.Instant
	promises []queue.Promise
}

// promises returns what tickets taken now are promised, those of every service
// for ordinary, then caring.
func (v *Views) promises(s *Set) []queue.Promise {
	if last := v.promised.Load(); last != nil && last.queue == s.Queue && last.now == s.Now {
		return last.promises
	}
	fresh := &promised{queue: s.Queue, now: s.Now, promises: s.Queue.Promises(s.Now, branch.Ordinary, branch.Caring)}
	v.promised.Store(fresh)
	return fresh.promises
}

func kioskWaits(promises []queue.Promise) []wire.KioskWait {
	out := make([]wire.KioskWait, len(promises))
	for i, p := range promises {
		out[i] = wire.KioskWait{Service: string(p.Service), Class: string(p.Class), Wait: *Wait(&p.Wait)}
	}
	return out
}
