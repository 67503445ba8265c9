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
// not wait, so only the newest wish per person is kept until it is done.
type presence struct {
	do     engine.Doer
	wake   chan struct{}
	mu     sync.Mutex
	wanted map[branch.StaffID]bool
}

func newPresence(do engine.Doer) *presence {
	return &presence{do: do, wake: make(chan struct{}, 1), wanted: map[branch.StaffID]bool{}}
}

// Set notes that staff can be reached, or not. It never blocks.
func (p *presence) Set(staff branch.StaffID, connected bool) {
	p.mu.Lock()
	p.wanted[staff] = connected
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
	wanted := p.wanted
	p.wanted = map[branch.StaffID]bool{}
	return wanted
}

// carryOut tries again after a second when the box is busy or its disk full,
// unless there is a newer wish for this person.
func (p *presence) carryOut(ctx context.Context, staff branch.StaffID, connected bool) {
	var command branch.Command = paging.Leave{Staff: staff}
	if connected {
		command = paging.Connect{Staff: staff}
	}
	_, err := p.do.Do(ctx, branch.Request{By: branch.Box(), Command: command})
	if code := branch.CodeOf(err); code != branch.CodeBusy && code != branch.CodeStorage {
		return
	}
	time.AfterFunc(time.Second, func() { p.retry(staff, connected) })
}

func (p *presence) retry(staff branch.StaffID, connected bool) {
	p.mu.Lock()
	_, newer := p.wanted[staff]
	p.mu.Unlock()
	if !newer {
		p.Set(staff, connected)
	}
}
