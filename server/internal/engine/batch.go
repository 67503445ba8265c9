package engine

import (
	"encoding/json"
	"time"

	"handrail/server/internal/branch"
)

// maxDepth bounds how long a chain of reactions may be.
const maxDepth = 4

// batch is what shares one commit: its events are already applied to the state
// and known to nobody else.
type batch struct {
	engine *Engine
	now    branch.Instant
	calls  []*call
	facts  []fact
	// head encodes the state before the batch; set when the batch begins a file.
	head func() ([]byte, error)
	// before is the time as it was, for a batch that fails.
	before timekeeper
	// err is a programming error; such a batch is not committed.
	err error
}

// origin is where events come from.
type origin struct {
	by       branch.Actor
	command  branch.CommandID
	body     digest
	followUp bool
}

// begin opens a batch, with the jump of the clock in front if there was one.
func (e *Engine) begin(calls []*call) *batch {
	b := &batch{engine: e, before: e.time, calls: calls}
	jump := e.time.follow()
	b.now = e.time.now()
	if e.cfg.Log.Begins(b.now) {
		b.head = e.state.freeze()
	}
	b.jump(jump)
	return b
}

// run fills a batch: what is due, then what is asked.
func (e *Engine) run(calls []*call) *batch {
	b := e.begin(calls)
	b.wake()
	for _, c := range calls {
		b.decide(c)
	}
	return b
}

func (b *batch) env() branch.Env {
	return branch.Env{Now: b.now, NewID: func(prefix string) string { return b.engine.newID(b.now, prefix) }}
}

// box is the origin of what nobody asked for.
func box() origin { return origin{by: branch.Box()} }

func (b *batch) jump(by time.Duration) {
	if by != 0 {
		b.take(box(), []branch.Event{branch.ClockJumped{DeltaMillis: by.Milliseconds()}})
	}
}

func (b *batch) startModules() {
	for _, m := range b.engine.state.modules {
		from := len(b.facts)
		b.take(box(), m.Start(b.env()))
		b.react(from, 1)
	}
}

// take applies the events of one decision and keeps them for the commit.
func (b *batch) take(from origin, events []branch.Event) {
	for i, event := range events {
		f := fact{followUp: from.followUp, body: from.body}
		f.first = i == 0 && from.command != "" && !from.followUp
		f.env = branch.Envelope{
			Seq: b.engine.state.seq + 1, At: b.now,
			By: from.by, Command: from.command, Event: event,
		}
		b.fail(b.engine.state.apply(f))
		b.facts = append(b.facts, f)
	}
}

func (b *batch) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// decide answers a call from memory or by its module. The answer is kept in the
// call until the batch is durable.
func (b *batch) decide(c *call) {
	if c.err = c.ctx.Err(); c.err != nil {
		return
	}
	from := origin{by: c.req.By, command: c.req.ID}
	if c.err = b.recall(c, &from); c.err != nil || c.result.Repeated {
		return
	}
	if c.err = b.engine.admit(c.req.Command); c.err != nil {
		return
	}
	events, err := b.ask(from.by, c.req.Command)
	if c.err = err; err != nil {
		return
	}
	start := len(b.facts)
	b.take(from, events)
	b.react(start, 1)
	c.result.Answer = answerOf(events)
	c.result.Events = envelopes(b.facts[start:])
}

// recall gives a repeated request the answer it had, and refuses an id that
// comes back with another body.
func (b *batch) recall(c *call, from *origin) error {
	if c.req.ID == "" {
		return nil
	}
	var err error
	if from.body, err = digestOf(c.req.Command); err != nil {
		return err
	}
	known, ok := b.engine.state.ledger.memory.find(scope{c.req.By.Identity(), c.req.ID}, b.now)
	if !ok {
		return nil
	}
	if known.body != from.body {
		return branch.Refuse(branch.CodeIDReused, "This command id was used for another request.")
	}
	c.result.Repeated = true
	if len(known.answer) == 0 {
		return nil
	}
	return json.Unmarshal([]byte(known.answer), &c.result.Answer)
}

// ask lets the owner of a command decide it.
func (b *batch) ask(by branch.Actor, cmd branch.Command) ([]branch.Event, error) {
	owner, ok := b.engine.state.commands[cmd.CommandName()]
	if !ok {
		return nil, branch.Refuse(branch.CodeNotFound, "There is no such command.")
	}
	return owner.Decide(b.env(), by, cmd)
}

// react lets the reactor answer the facts from an index on, generation by
// generation.
func (b *batch) react(from, depth int) {
	if b.engine.cfg.Reactor == nil || from == len(b.facts) {
		return
	}
	to := len(b.facts)
	for i := from; i < to; i++ {
		env := b.facts[i].env
		for _, cmd := range b.engine.cfg.Reactor.React(env) {
			b.followUp(env.Command, cmd, depth)
		}
	}
	b.react(to, depth+1)
}

// followUp carries out a command of the reactor. What is refused, or too deep,
// is counted and dropped: nobody waits for its answer.
func (b *batch) followUp(command branch.CommandID, cmd branch.Command, depth int) {
	if depth > maxDepth {
		b.engine.stats.dropped()
		return
	}
	events, err := b.ask(branch.Box(), cmd)
	if err != nil {
		b.engine.stats.dropped()
		return
	}
	b.take(origin{by: branch.Box(), command: command, followUp: true}, events)
}

// wake does what is due, and what becomes due by that. It notes when something
// stays due although it was woken, so that the timer does not spin.
func (b *batch) wake() {
	e := b.engine
	e.stalled = e.space.resting(e.cfg.Clock.Monotonic())
	for range maxDepth {
		if e.stalled || !b.due(e.nextWake()) {
			return
		}
		from := len(b.facts)
		b.wakeModules()
		b.wakeReactor()
		e.stalled = len(b.facts) == from
	}
}

func (b *batch) due(at branch.Instant) bool { return !at.IsZero() && at <= b.now }

func (b *batch) wakeModules() {
	for _, m := range b.engine.state.modules {
		if b.due(m.NextWake()) {
			from := len(b.facts)
			b.take(box(), m.Wake(b.env()))
			b.react(from, 1)
		}
	}
}

func (b *batch) wakeReactor() {
	r := b.engine.cfg.Reactor
	if r == nil || !b.due(r.NextWake()) {
		return
	}
	from := len(b.facts)
	for _, cmd := range r.Wake(b.env()) {
		b.followUp("", cmd, 1)
	}
	b.react(from, 2)
}

// answerOf returns the answer of the first event that tells one.
func answerOf(events []branch.Event) branch.Answer {
	for _, event := range events {
		if a, ok := event.(branch.Answering); ok {
			return a.Answer()
		}
	}
	return branch.Answer{}
}

func envelopes(facts []fact) []branch.Envelope {
	var list []branch.Envelope
	for _, f := range facts {
		list = append(list, f.env)
	}
	return list
}
