package httpapi

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"handrail/server/internal/branch"
)

// The POSTs and commands an identity may send.
const (
	postsPerSecond = 30
	postBurst      = 60
)

// limiterLimit is how many identities are remembered before those at rest are
// forgotten.
const limiterLimit = 1024

// limits slows each identity down by itself. It may be used by many goroutines.
type limits struct {
	mu   sync.Mutex
	each map[string]*rate.Limiter
}

func newLimits() *limits { return &limits{each: map[string]*rate.Limiter{}} }

// take counts one POST of by, or refuses it with CodeTooMany. Supervisors and
// counters, who serve many people, are exempt.
func (l *limits) take(by branch.Actor, now time.Time) error {
	if by.Role == branch.RoleSupervisor || by.Role == branch.RoleCounter {
		return nil
	}
	if l.of(by.Identity(), now).AllowN(now, 1) {
		return nil
	}
	refusal := branch.Refuse(branch.CodeTooMany, "At most %d requests a second are taken.", postsPerSecond)
	refusal.RetryAfter = time.Second
	return refusal
}

func (l *limits) of(identity string, now time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	limiter, ok := l.each[identity]
	if !ok {
		l.forget(now)
		limiter = rate.NewLimiter(postsPerSecond, postBurst)
		l.each[identity] = limiter
	}
	return limiter
}

// forget drops the identities that have their whole burst again: a new limiter
// would treat them alike.
func (l *limits) forget(now time.Time) {
	if len(l.each) < limiterLimit {
		return
	}
	for identity, limiter := range l.each {
		if limiter.TokensAt(now) >= postBurst {
			delete(l.each, identity)
		}
	}
}
