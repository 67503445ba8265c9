package app

import (
	"context"
	"sync"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/paging"
)

// presence brings what the hub says of staff sockets into the log. The hub must
// not wait, so only the newest wish per person counts, also for a second try of
// an older one.
type presence struct {
	do   engine.Doer
	wake chan struct{}

	mu sync.Mutex
	// connected is the newest wish of each person, due has those to carry out.
	connected map[branch.StaffID]bool
	due       map[branch.StaffID]struct{}
}

func newPresence(do engine.Doer) *presence {
	return &presence{
		do: do, wake: make(chan struct{}, 1),
		connected: map[branch.StaffID]bool{}, due: map[branch.StaffID]struct{}{},
	}
}

// Set notes that staff can be reached, or not. It never blocks.
func (p *presence) Set(staff branch.StaffID, connected bool) {
	p.mu.Lock()
	p.connected[staff] = connected
	p.mu.Unlock()
	p.remind(staff)
}

// remind has the newest wish of staff carried out.
func (p *presence) remind(staff branch.StaffID) {
	p.mu.Lock()
	p.due[staff] = struct{}{}
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Run carries the wishes out until ctx ends.
func (p *presence) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		}
		for staff, connected := range p.take() {
			p.carryOut(ctx, staff, connected)
		}
	}
}

func (p *presence) take() map[branch.StaffID]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	wishes := map[branch.StaffID]bool{}
	for staff := range p.due {
		wishes[staff] = p.connected[staff]
	}
	clear(p.due)
	return wishes
}

// carryOut tries again after a second when the box is busy or its disk full.
func (p *presence) carryOut(ctx context.Context, staff branch.StaffID, connected bool) {
	var command branch.Command = paging.Leave{Staff: staff}
	if connected {
		command = paging.Connect{Staff: staff}
	}
	_, err := p.do.Do(ctx, branch.Request{By: branch.Box(), Command: command})
	if code := branch.CodeOf(err); code == branch.CodeBusy || code == branch.CodeStorage {
		time.AfterFunc(time.Second, func() { p.remind(staff) })
	}
}
