package queue_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"

	"pgregory.net/rapid"
)

// learn writes an event down in the reference, if the table allows it.
func (r *reference) learn(now branch.Instant, by branch.Actor, event branch.Event) {
	switch e := event.(type) {
	case queue.VisitCreated:
		r.learnTicket(now, e)
	case queue.VisitCalled:
		v := r.move(e.Visit, queue.Called, queue.Waiting)
		v.desk, v.lastCall = e.Counter, now
	case queue.VisitRecalled:
		r.move(e.Visit, queue.Called, queue.Called).lastCall = now
	case queue.VisitConfirmed:
		r.move(e.Visit, queue.Serving, queue.Called)
	case queue.VisitAway:
		r.settle(e.Visit, queue.AwayFor, now.Add(r.policy.AwayLimit), queue.Waiting, queue.Called)
	case queue.VisitBack:
		r.settle(e.Visit, queue.Waiting, 0, queue.AwayFor)
	case queue.VisitParked:
		r.settle(e.Visit, queue.Parked, e.Until, queue.Serving)
	case queue.VisitNoShow:
		r.settle(e.Visit, queue.NoShowed, e.Until, queue.Called)
	case queue.VisitTransferred:
		r.requeue(e.Visit, e.QueuedAt, queue.Called, queue.Serving)
		r.visits[e.Visit].service, r.visits[e.Visit].onlyAt = e.Service, e.To
	case queue.VisitReturned:
		if v := r.visits[e.Visit]; e.Cause == queue.ReturnTime && (v.due > now || v.state != queue.Parked) {
			r.t.Fatalf("%s returned before its time", e.Visit)
		}
		r.requeue(e.Visit, e.QueuedAt, queue.Parked, queue.NoShowed)
	case queue.VisitFinished:
		if e.Next == "" {
			r.settle(e.Visit, queue.Finished, 0, queue.Serving)
			return
		}
		r.requeue(e.Visit, now, queue.Serving)
		r.visits[e.Visit].service, r.visits[e.Visit].onlyAt = e.Next, ""
	case queue.VisitCancelled:
		r.settle(e.Visit, queue.Removed, 0, queue.Waiting, queue.AwayFor, queue.Called)
	default:
		r.learnMore(now, by, event)
	}
}

// learnMore is learn for what nobody asked for, counters and days.
func (r *reference) learnMore(now branch.Instant, by branch.Actor, event branch.Event) {
	switch e := event.(type) {
	case queue.VisitRemoved:
		r.learnRemoved(now, e)
	case queue.VisitStranded:
		if v := r.visits[e.Visit]; v.state != queue.Waiting || v.stranded || !r.abandoned(v) {
			r.t.Fatalf("%s is not stranded", e.Visit)
		}
		r.visits[e.Visit].stranded = true
	case queue.VisitRelaxed:
		if v := r.visits[e.Visit]; v.state != queue.Waiting || !v.stranded || v.relaxed {
			r.t.Fatalf("%s cannot be relaxed", e.Visit)
		}
		r.visits[e.Visit].relaxed = true
	case queue.OpenedCounter:
		r.desks[e.Counter].state, r.desks[e.Counter].staff = queue.CounterOpen, e.Staff
	case queue.PausedCounter:
		r.desks[e.Counter].state = queue.CounterPaused
	case queue.ClosedCounter:
		r.desks[e.Counter].state, r.desks[e.Counter].staff = queue.CounterClosed, ""
	case queue.AbilityLost:
		d := r.desks[e.Counter]
		d.lost = append(d.lost, queue.LostAbility{Ability: e.Ability, Device: e.Device})
	case queue.AbilityRestored:
		d := r.desks[e.Counter]
		d.lost = slices.DeleteFunc(d.lost, func(l queue.LostAbility) bool { return l.Device == e.Device && l.Ability == e.Ability })
	case queue.DayOpened:
		if r.day != "" {
			r.t.Fatalf("%s opened while %s is open", e.Day, r.day)
		}
		r.forget(e.Day)
		r.day, r.byHand, r.lastDay = e.Day, by.Role != branch.RoleBox, e.Day
	case queue.DayClosed:
		if r.day != e.Day {
			r.t.Fatalf("%s closed while %s is open", e.Day, r.day)
		}
		r.day = ""
	}
	r.rescue()
}

// forget drops who ended before the new day.
func (r *reference) forget(day branch.Day) {
	for id, v := range r.visits {
		if day != r.lastDay && v.day != day && v.state.Ended() {
			delete(r.visits, id)
		}
	}
}

// rescue ends the stranding of those whom a desk can serve again.
func (r *reference) rescue() {
	for _, v := range r.visits {
		if v.stranded && (v.state == queue.Waiting || v.state == queue.AwayFor) {
			for _, d := range r.desks {
				if d.state != queue.CounterClosed && r.can(d, v) {
					v.stranded, v.relaxed = false, false
				}
			}
		}
	}
}

// learnTicket refuses a number that was given that day or is still held.
func (r *reference) learnTicket(now branch.Instant, e queue.VisitCreated) {
	key := fmt.Sprintf("%s %s", e.Day, e.Ticket)
	if other, ok := r.issued[key]; ok {
		r.t.Fatalf("%s was given to %s and %s", key, other, e.Visit)
	}
	for _, v := range r.visits {
		if v.ticket == e.Ticket && !v.state.Ended() {
			r.t.Fatalf("%s still holds %s", v.id, e.Ticket)
		}
	}
	r.issued[key] = e.Visit
	r.visits[e.Visit] = &person{id: e.Visit, ticket: e.Ticket, day: e.Day, service: e.Service, class: e.Class,
		needs: e.Needs, state: queue.Waiting, queued: now}
}

// learnRemoved checks that the cause has come.
func (r *reference) learnRemoved(now branch.Instant, e queue.VisitRemoved) {
	v := r.visits[e.Visit]
	switch e.Cause {
	case queue.RemovedAway, queue.RemovedGrace:
		state := map[queue.RemovalCause]queue.State{queue.RemovedAway: queue.AwayFor, queue.RemovedGrace: queue.NoShowed}
		if v.state != state[e.Cause] || v.due > now {
			r.t.Fatalf("%s, %s until %d, is removed by %s at %d", v.id, v.state, v.due, e.Cause, now)
		}
	case queue.RemovedDay:
		if r.policy.CarryOver || v.desk != "" {
			r.t.Fatalf("%s, %s at %q, is removed with the day", v.id, v.state, v.desk)
		}
	}
	v.state, v.due, v.desk = queue.Removed, 0, ""
}

// move changes a state that must be one of from.
func (r *reference) move(id branch.VisitID, to queue.State, from ...queue.State) *person {
	v, ok := r.visits[id]
	if !ok || !slices.Contains(from, v.state) {
		r.t.Fatalf("%s cannot become %s: %+v", id, to, v)
	}
	v.state = to
	return v
}

// settle is move to a state away from any desk.
func (r *reference) settle(id branch.VisitID, to queue.State, due branch.Instant, from ...queue.State) {
	v := r.move(id, to, from...)
	v.due, v.desk = due, ""
	r.rescue()
}

// requeue is settle in the line, as if the person had come anew.
func (r *reference) requeue(id branch.VisitID, queued branch.Instant, from ...queue.State) {
	r.settle(id, queue.Waiting, 0, from...)
	v := r.visits[id]
	v.queued, v.stranded, v.relaxed = queued, false, false
}

// agree compares what is to be seen of the module with the reference.
func (r *reference) agree(b *box) {
	m := b.module.Model()
	live := 0
	for id, v := range r.visits {
		seen, ok := b.module.Visit(id)
		if v.state.Ended() {
			if !ok || seen.State != v.state {
				r.t.Fatalf("%s is %+v, want %s", id, seen, v.state)
			}
			continue
		}
		live++
		if !ok || m.ByID[id] != seen || seen.State != v.state || seen.QueuedAt != v.queued || seen.Due != v.due ||
			seen.Counter != v.desk || seen.Service != v.service ||
			seen.StrandedAt.IsZero() == v.stranded || seen.RelaxedAt.IsZero() == v.relaxed {
			r.t.Fatalf("%s is %+v, want %+v", id, seen, v)
		}
		if v.state == queue.Waiting && !v.stranded && r.abandoned(v) {
			r.t.Fatalf("%s is stranded in silence", id)
		}
		if v.due != 0 && v.due <= b.now {
			r.t.Fatalf("%s is still %s at %d, due at %d", id, v.state, b.now, v.due)
		}
	}
	positions := m.Positions()
	for _, v := range m.Live {
		if got, want := positions[v.ID], m.Position(v.ID); got != want {
			r.t.Fatalf("%s has position %d among all, %d alone", v.ID, got, want)
		}
	}
	if live != len(m.Live) || live != len(m.ByID) {
		r.t.Fatalf("%d are live, want %d", len(m.Live), live)
	}
	if !slices.IsSortedFunc(m.Live, func(a, b *queue.Visit) int { return int(a.QueuedAt - b.QueuedAt) }) {
		r.t.Fatalf("the line is out of order")
	}
	for _, c := range m.Counters {
		if v := r.at(c.ID); (v == nil && c.Visit != "") || (v != nil && c.Visit != v.id) || c.State != r.desks[c.ID].state {
			r.t.Fatalf("counter %+v, want %+v", c, v)
		}
	}
}

// play is a run of random commands against module and reference.
type play struct {
	*rapid.T
	box *box
	ref *reference
	ids []branch.VisitID
}

func TestRandomDaysAgreeWithThePlainReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := policy()
		if rapid.Bool().Draw(t, "hours") {
			p = officeHours()
		}
		p.CarryOver = rapid.Bool().Draw(t, "carryOver")
		start := rapid.SampledFrom([]string{"2026-11-04 08:50", "2026-11-30 23:40", "2026-12-31 16:40"}).Draw(t, "start")
		run := &play{T: t, ref: newReference(t, p), box: &box{t: t, module: queue.New(), now: shanghai(t, start)}}
		run.box.configure(p)
		run.wake()
		run.command(counter1, queue.OpenCounter{Counter: "counter-1"})
		run.command(counter2, queue.OpenCounter{Counter: "counter-2"})
		for range rapid.IntRange(100, 300).Draw(t, "steps") {
			run.step()
			run.wake()
			run.ref.agree(run.box)
		}
		if got, want := show(t, replayed(t, run.box.log), run.box.now), show(t, run.box.module, run.box.now); got != want {
			t.Fatalf("replay gives\n%s\nlive is\n%s", got, want)
		}
	})
}

// wake lets everything due happen; the reference learns it.
func (p *play) wake() {
	before := len(p.box.log)
	p.box.wake()
	for _, env := range p.box.log[before:] {
		p.ref.learn(env.At, env.By, env.Event)
	}
}

// step does one random thing.
func (p *play) step() {
	anybody := rapid.SampledFrom([]branch.Actor{supervisor, kiosk, counter1, counter2, at("counter-3")})
	counter := rapid.SampledFrom([]branch.CounterID{"counter-1", "counter-2", "counter-3"}).Draw(p.T, "counter")
	switch rapid.SampledFrom([]string{"call", "proper verb", "ticket", "proper verb", "time", "verb", "call", "desk",
		"proper verb", "ticket", "time", "jump", "restore", "day", "proper verb", "ticket"}).Draw(p.T, "step") {
	case "time":
		gap := rapid.SampledFrom([]time.Duration{3 * time.Minute, 10 * time.Second,
			16 * time.Minute, 4 * time.Minute, time.Millisecond, 20 * time.Second, 5 * time.Minute, 9 * time.Hour})
		p.box.now = p.box.now.Add(gap.Draw(p.T, "gap"))
	case "jump":
		p.jump(time.Duration(rapid.IntRange(-60, 60).Draw(p.T, "jump")) * time.Minute)
	case "restore":
		p.restore()
	case "ticket":
		p.command(anybody.Draw(p.T, "by"), p.drawTicket())
	case "call":
		p.command(at(branch.PlaceID(counter)), queue.CallNext{Counter: counter})
	case "desk":
		p.command(supervisor, p.drawDesk(counter))
	case "day":
		p.command(supervisor, rapid.SampledFrom([]branch.Command{queue.OpenDay{}, queue.OpenDay{}, queue.OpenDay{}, queue.CloseDay{}}).Draw(p.T, "day"))
	case "verb":
		p.command(anybody.Draw(p.T, "by"), p.drawVerb(counter, "v_nobody", p.ids...))
	default:
		p.properVerb(counter)
	}
}

// properVerb does something that the visit's state accepts.
func (p *play) properVerb(counter branch.CounterID) {
	var live []branch.VisitID
	for _, v := range p.box.module.Model().Live {
		if v.State != queue.Waiting || v.ID[len(v.ID)-1]%4 == 0 {
			live = append(live, v.ID)
		}
	}
	if len(live) == 0 {
		return
	}
	cmd := p.drawVerb(counter, live[0], live[1:]...)
	for range 20 {
		if p.ref.code(supervisor, p.box.now, cmd) == "" {
			break
		}
		cmd = p.drawVerb(counter, live[0], live[1:]...)
	}
	p.command(supervisor, cmd)
}

// restore goes on with a module made from a snapshot.
func (p *play) restore() {
	before := show(p.T, p.box.module, p.box.now)
	p.box.module = restored(p.T, p.box.module)
	if after := show(p.T, p.box.module, p.box.now); after != before {
		p.Fatalf("restored as\n%s\nfrom\n%s", after, before)
	}
}

// jump moves the clock; whoever waits has waited as long as before.
func (p *play) jump(delta time.Duration) {
	p.box.now = p.box.now.Add(delta)
	p.box.apply(branch.Box(), branch.ClockJumped{DeltaMillis: delta.Milliseconds()})
	for _, v := range p.ref.visits {
		v.queued, v.lastCall, v.due = v.queued.Add(delta), v.lastCall.Add(delta), v.due.Add(delta)
	}
}

// command does a command; both must agree on the answer.
func (p *play) command(by branch.Actor, cmd branch.Command) {
	want := p.ref.code(by, p.box.now, cmd)
	next, expected := p.expectCall(cmd)
	events, err := p.box.try(by, cmd)
	if got := branch.CodeOf(err); got != want {
		p.Fatalf("%#v by %s: %v, want %q", cmd, by.Role, err, want)
	}
	for _, event := range events {
		p.ref.learn(p.box.now, by, event)
		if created, ok := event.(queue.VisitCreated); ok {
			p.ids = append(p.ids, created.Visit)
		}
	}
	if want == "" && expected {
		p.checkCall(next, events)
	}
}

// expected is whom call-next must call, and why.
type expectedCall struct {
	person *person
	rule   queue.Rule
	line   []*person
}

func (p *play) expectCall(cmd branch.Command) (expectedCall, bool) {
	c, ok := cmd.(queue.CallNext)
	if !ok {
		return expectedCall{}, false
	}
	d := p.ref.desks[c.Counter]
	v, rule := p.ref.next(d, p.box.now)
	return expectedCall{person: v, rule: rule, line: p.ref.line(d)}, true
}

// checkCall asserts that the right person was called and that the reason tells
// the truth.
func (p *play) checkCall(want expectedCall, events []branch.Event) {
	if want.person == nil {
		if len(events) != 0 {
			p.Fatalf("called %+v, want nobody", events)
		}
		return
	}
	call := events[0].(queue.VisitCalled)
	why := call.Reason
	if call.Visit != want.person.id || why.Rule != want.rule {
		p.Fatalf("called %s by %s, want %s by %s", call.Visit, why.Rule, want.person.id, want.rule)
	}
	_, score := rate(want.person, p.box.now)
	overtook := slices.Index(want.line, want.person)
	if why.Class != want.person.class || why.Score != score || why.Waited != max(int64(p.box.now-want.person.queued), 0) ||
		why.Overtook != overtook || (why.RunnerUp == "") != (len(want.line) == 1) {
		p.Fatalf("reason %+v of %+v: score %d, overtook %d of %d", why, want.person, score, overtook, len(want.line))
	}
	for _, other := range want.line {
		share, _ := rate(other, p.box.now)
		if own, _ := rate(want.person, p.box.now); share.Num().Cmp(share.Denom()) >= 0 && own.Cmp(share) < 0 {
			p.Fatalf("%s was passed over with the promise broken", other.id)
		}
	}
}

func (p *play) drawTicket() branch.Command {
	services := rapid.SampledFrom([]branch.ServiceID{"cash", "pension"})
	classes := rapid.SampledFrom([]branch.Class{"", branch.Ordinary, branch.Caring, branch.Urgent})
	needs := rapid.SliceOfNDistinct(rapid.SampledFrom(policy().Needs), 0, 2, rapid.ID)
	return queue.Create{Service: services.Draw(p.T, "service"), Class: classes.Draw(p.T, "class"),
		Needs: needs.Draw(p.T, "needs"), Language: branch.Chinese}
}

func (p *play) drawDesk(counter branch.CounterID) branch.Command {
	staff := rapid.SampledFrom([]branch.StaffID{"", "li", "wang"}).Draw(p.T, "staff")
	low := queue.LoseAbility{Counter: counter, Ability: "low", Device: branch.DeviceID(rapid.SampledFrom([]string{"lift", "ramp"}).Draw(p.T, "device"))}
	return rapid.SampledFrom([]branch.Command{
		queue.OpenCounter{Counter: counter, Staff: staff}, queue.OpenCounter{Counter: counter, Staff: staff},
		queue.PauseCounter{Counter: counter}, queue.CloseCounter{Counter: counter}, low, queue.RestoreAbility(low),
	}).Draw(p.T, "counter command")
}

func (p *play) drawVerb(counter branch.CounterID, first branch.VisitID, others ...branch.VisitID) branch.Command {
	id := rapid.SampledFrom(append([]branch.VisitID{first}, others...)).Draw(p.T, "visit")
	position := rapid.SampledFrom([]queue.Position{queue.First, queue.Last}).Draw(p.T, "position")
	keep := rapid.Bool().Draw(p.T, "keep")
	return rapid.SampledFrom([]branch.Command{
		queue.Away{Visit: id}, queue.Back{Visit: id}, queue.Cancel{Visit: id}, queue.Recall{Visit: id},
		queue.Confirm{Visit: id}, queue.Confirm{Visit: id}, queue.Finish{Visit: id},
		queue.Finish{Visit: id, Next: "pension"}, queue.NoShow{Visit: id}, queue.Park{Visit: id, Minutes: 10},
		queue.Transfer{Visit: id, Service: "cash", KeepPlace: keep}, queue.Transfer{Visit: id, Counter: counter, KeepPlace: keep},
		queue.Return{Visit: id, Position: position}, queue.Call{Counter: counter, Visit: id, Why: "asked"},
	}).Draw(p.T, "verb")
}
