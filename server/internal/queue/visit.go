package queue

import (
	"time"

	"handrail/server/internal/branch"
)

// State is where a visit is in its life.
type State string

// The states of a visit.
const (
	Waiting  State = "waiting"
	Called   State = "called"
	Serving  State = "serving"
	AwayFor  State = "away"
	Parked   State = "parked"
	NoShowed State = "no-show"
	Finished State = "finished"
	Removed  State = "removed"
)

// Ended reports whether nothing can happen to the visit any more.
func (s State) Ended() bool { return s == Finished || s == Removed }

// Visit is one person's stay. A *Visit that has been published never changes.
type Visit struct {
	ID       branch.VisitID   `json:"id"`
	Ticket   branch.Ticket    `json:"ticket"`
	Day      branch.Day       `json:"day"`
	Service  branch.ServiceID `json:"service"`
	Class    branch.Class     `json:"class"`
	Needs    []branch.Need    `json:"needs,omitempty"`
	Language branch.Language  `json:"language"`
	// Place is the kiosk or counter where the ticket was taken.
	Place branch.PlaceID `json:"place,omitempty"`
	State State          `json:"state"`
	// Counter is the counter that has called or serves the visit.
	Counter branch.CounterID `json:"counter,omitempty"`
	// SetAsideBy is the counter that parked it or called it in vain, while it is
	// parked or a no-show.
	SetAsideBy branch.CounterID `json:"setAsideBy,omitempty"`
	// Target is the only counter that may call it, after a transfer to it.
	Target branch.CounterID `json:"target,omitempty"`

	CreatedAt   branch.Instant `json:"createdAt"`
	QueuedAt    branch.Instant `json:"queuedAt"`
	CalledAt    branch.Instant `json:"calledAt,omitempty"`
	ConfirmedAt branch.Instant `json:"confirmedAt,omitempty"`
	EndedAt     branch.Instant `json:"endedAt,omitempty"`
	// Due is when away, parked or no-show ends by itself.
	Due branch.Instant `json:"due,omitempty"`
	// StrandedAt is since when no open counter can serve it; RelaxedAt since when
	// any staffed counter may.
	StrandedAt branch.Instant `json:"strandedAt,omitempty"`
	RelaxedAt  branch.Instant `json:"relaxedAt,omitempty"`

	// Recalls counts the calls after the first, LastCallAt is the latest of all.
	Recalls    int            `json:"recalls,omitempty"`
	LastCallAt branch.Instant `json:"lastCallAt,omitempty"`
	// Call is the announcement of the latest call.
	Call branch.CallID `json:"call,omitempty"`
	// Reason is why it was called; nil before the first call.
	Reason  *Reason      `json:"reason,omitempty"`
	Outcome Outcome      `json:"outcome,omitempty"`
	Wait    *branch.Wait `json:"wait,omitempty"`
}

// Rule is the part of the call rule that chose.
type Rule string

// The rules of a reason.
const (
	// RuleGuard: the class's target was reached.
	RuleGuard Rule = "guard"
	// RulePriority: the highest accumulated priority.
	RulePriority Rule = "priority"
	// RuleOnly: nobody else was eligible.
	RuleOnly Rule = "only"
	// RuleManual: a supervisor called this person.
	RuleManual Rule = "manual"
)

// Reason says why this visit was next. It is stored with the call.
type Reason struct {
	Rule  Rule         `json:"rule"`
	Class branch.Class `json:"class"`
	// Waited and Target are milliseconds.
	Waited int64 `json:"waited"`
	Target int64 `json:"target"`
	// Score is b·wait + head start, in milliseconds of ordinary waiting.
	Score int64 `json:"score"`
	// RunnerUp is the visit that would have been called otherwise.
	RunnerUp branch.VisitID `json:"runnerUp,omitempty"`
	// Overtook counts the eligible visits that were queued earlier.
	Overtook int `json:"overtook"`
	// Why is the supervisor's reason of a manual call.
	Why string `json:"why,omitempty"`
}

// CounterState is whether a counter calls.
type CounterState string

// The states of a counter.
const (
	CounterClosed CounterState = "closed"
	CounterOpen   CounterState = "open"
	CounterPaused CounterState = "paused"
)

// Counter is a service point as it is now. A *Counter that has been published
// never changes.
type Counter struct {
	ID    branch.CounterID `json:"id"`
	State CounterState     `json:"state"`
	Staff branch.StaffID   `json:"staff,omitempty"`
	// Visit is the called or served visit.
	Visit branch.VisitID `json:"visit,omitempty"`
	// Lost lists the abilities reported lost, with the device that gave them.
	Lost []LostAbility `json:"lost,omitempty"`
	// Since is when State was entered.
	Since branch.Instant `json:"since,omitempty"`
	// Reason is why the counter is paused.
	Reason string `json:"reason,omitempty"`
	// Abilities are the configured ones and those of Staff, without the lost.
	Abilities []branch.Ability `json:"-"`
	// Spec is the configured counter.
	Spec CounterSpec `json:"-"`
}

// LostAbility is an ability that a device no longer gives.
type LostAbility struct {
	Ability branch.Ability  `json:"ability"`
	Device  branch.DeviceID `json:"device"`
}

// Model is the read model: the queue as it is after a commit. It never changes.
type Model struct {
	// Now is the time of the last event applied.
	Now    branch.Instant
	Policy *Policy
	// Day is the open day, empty while the branch is closed.
	Day branch.Day
	// Live holds the visits that have not ended, by QueuedAt, then ID.
	Live []*Visit
	// ByID finds a live visit.
	ByID map[branch.VisitID]*Visit
	// Counters are in configured order.
	Counters []*Counter
	// Today is what each counter has done since the day was opened; a counter
	// that has finished nobody is not in it.
	Today map[branch.CounterID]Tally
}

// Tally counts the visits that ended at a counter because they were finished. A
// visit sent on to a further service counts where it ends.
type Tally struct {
	Served int
	// Spent is the time from the confirmations to the ends.
	Spent time.Duration
}

// Mean is the time spent on one visit, zero when none was finished.
func (t Tally) Mean() time.Duration {
	if t.Served == 0 {
		return 0
	}
	return t.Spent / time.Duration(t.Served)
}

// with is the tally with one more visit.
func (t Tally) with(v *Visit) Tally {
	return Tally{Served: t.Served + 1, Spent: t.Spent + v.EndedAt.Sub(v.ConfirmedAt)}
}

// The default targets of the call rule.
const (
	DefaultUrgentTarget   = 60 * time.Second
	DefaultCaringTarget   = 15 * time.Minute
	DefaultOrdinaryTarget = 30 * time.Minute
)
