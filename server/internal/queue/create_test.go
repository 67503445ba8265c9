package queue_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
)

// cashTicket is what a kiosk sends for an ordinary ticket.
func cashTicket() queue.Create {
	return queue.Create{Service: "cash", Language: branch.Chinese}
}

func TestATicketSaysWhatTheKioskNeeds(t *testing.T) {
	b := newBox(t, policy())
	cmd := cashTicket()
	cmd.Needs = []branch.Need{branch.LargePrint}
	e := b.do(kiosk, cmd)[0].(queue.VisitCreated)
	if e.Ticket != "A001" || e.Number != 1 || e.Day != "2026-11-04" || e.Class != branch.Ordinary {
		t.Errorf("created %+v", e)
	}
	if e.Place != "kiosk-1" || !e.Print {
		t.Errorf("place %q, print %v: a kiosk prints where it stands", e.Place, e.Print)
	}
	slip, wanted := e.Slip()
	if !wanted || !slip.Large || slip.Kiosk != "kiosk-1" {
		t.Errorf("slip %+v, %v", slip, wanted)
	}
	answer := e.Answer()
	if answer.Visit != e.Visit || answer.Ticket != "A001" || answer.Wait == nil || !answer.Created {
		t.Errorf("answer %+v", answer)
	}
}

func TestASupervisorTakesATicketForAPlaceWithoutPaper(t *testing.T) {
	b := newBox(t, policy())
	by := supervisor
	by.OnBehalfOf = "kiosk-2"
	e := b.do(by, cashTicket())[0].(queue.VisitCreated)
	if e.Place != "kiosk-2" || e.Print {
		t.Errorf("place %q, print %v", e.Place, e.Print)
	}
}

func TestABadTicketIsRefusedWithItsCodeAndTheGoodOneIsTaken(t *testing.T) {
	thirtyThree := make([]branch.Need, 33)
	for _, c := range []struct {
		name   string
		code   branch.Code
		fields []string
		spoil  func(*queue.Create)
	}{
		{"unknown service", branch.CodeUnknownService, nil, func(c *queue.Create) { c.Service = "gold" }},
		{"no service", branch.CodeUnknownService, nil, func(c *queue.Create) { c.Service = "" }},
		{"unknown need", branch.CodeUnknownNeed, nil, func(c *queue.Create) { c.Needs = []branch.Need{"flying"} }},
		{"need not offered here", branch.CodeUnknownNeed, nil, func(c *queue.Create) { c.Needs = []branch.Need{branch.Dialect} }},
		{"repeated need", branch.CodeInvalid, []string{"needs"}, func(c *queue.Create) {
			c.Needs = []branch.Need{branch.Hearing, branch.Hearing}
		}},
		{"33 needs", branch.CodeInvalid, []string{"needs"}, func(c *queue.Create) { c.Needs = thirtyThree }},
		{"unknown language", branch.CodeUnknownLanguage, nil, func(c *queue.Create) { c.Language = "fr" }},
		{"unknown class", branch.CodeInvalid, []string{"class"}, func(c *queue.Create) { c.Class = "golden" }},
		{"urgent from a kiosk", branch.CodeForbidden, nil, func(c *queue.Create) { c.Class = branch.Urgent }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBox(t, policy())
			good := cashTicket()
			good.Needs = []branch.Need{branch.Hearing}
			bad := good
			c.spoil(&bad)
			fields(t, b.refused(c.code, kiosk, bad), c.fields...)
			if e := b.do(kiosk, good)[0].(queue.VisitCreated); e.Ticket != "A001" {
				t.Errorf("the refused ticket used a number: %s", e.Ticket)
			}
		})
	}
}

func TestTheClassIsAskedForOrComesFromTheNeeds(t *testing.T) {
	b := newBox(t, policy())
	for _, c := range []struct {
		by    branch.Actor
		asked branch.Class
		needs []branch.Need
		want  branch.Class
	}{
		{kiosk, "", nil, branch.Ordinary},
		{kiosk, "", []branch.Need{branch.LargePrint}, branch.Ordinary},
		{kiosk, "", []branch.Need{branch.LargePrint, branch.Wheelchair}, branch.Caring},
		{kiosk, branch.Caring, nil, branch.Caring},
		{kiosk, branch.Ordinary, []branch.Need{branch.Wheelchair}, branch.Ordinary},
		{supervisor, branch.Urgent, nil, branch.Urgent},
	} {
		cmd := cashTicket()
		cmd.Class, cmd.Needs = c.asked, c.needs
		if e := b.do(c.by, cmd)[0].(queue.VisitCreated); e.Class != c.want {
			t.Errorf("class %q with %v gives %s, want %s", c.asked, c.needs, e.Class, c.want)
		}
	}
}

func TestNumbersRunPerPrefixAndGrowBeyondThreeDigits(t *testing.T) {
	b := newBox(t, policy())
	if v := b.takeFor("pension", ""); v.Ticket != "P001" {
		t.Errorf("first pension ticket %s", v.Ticket)
	}
	var last branch.Ticket
	for range 1001 {
		last = b.take().Ticket
	}
	if last != "A1001" {
		t.Errorf("ticket 1001 is %s", last)
	}
}

func TestAForecastIsPromisedAsItIs(t *testing.T) {
	b := newBox(t, policy())
	cmd := cashTicket()
	cmd.Promise = &branch.Wait{LikelySeconds: 77, LowSeconds: 0, HighSeconds: 300, SaidAt: b.now}
	e := b.do(kiosk, cmd)[0].(queue.VisitCreated)
	if *e.Wait != *cmd.Promise || e.Wait == cmd.Promise {
		t.Errorf("promised %+v", e.Wait)
	}
}

func TestTheFirstWaitFollowsTheRuleForward(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1", "counter-2")
	wait := func(class branch.Class) branch.Wait { return *b.takeFor("cash", class).Wait }
	for _, step := range []struct {
		name   string
		class  branch.Class
		likely time.Duration
	}{
		{"nobody is in front", branch.Ordinary, 0},
		{"one is in front of two counters", branch.Ordinary, 3 * time.Minute},
		{"two are", branch.Ordinary, 6 * time.Minute},
		// At this moment nobody has waited at all, so the first in line is called;
		// from then on caring visits gather priority faster.
		{"caring overtakes all but the first", branch.Caring, 3 * time.Minute},
		{"the second caring visit", branch.Caring, 6 * time.Minute},
		{"an ordinary one behind all five", branch.Ordinary, 15 * time.Minute},
	} {
		got := wait(step.class)
		if got.LikelySeconds != int64(step.likely.Seconds()) || got.SaidAt != b.now {
			t.Errorf("%s: likely %d s, want %v", step.name, got.LikelySeconds, step.likely)
		}
	}
}

func TestTheFirstWaitCountsThoseAtTheCountersAndOnlyRivals(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	b.take()
	b.callNext("counter-1")
	for range 5 {
		b.takeFor("pension", "")
	}
	if got := b.takeFor("pension", "").Wait.LikelySeconds; got != 50*60 {
		t.Errorf("behind five pensions and no open counter: %d s, want 3000", got)
	}
	p := policy()
	p.Counters[1].Services = []branch.ServiceID{"pension"}
	b.configure(p)
	if got := b.take().Wait.LikelySeconds; got != 6*60 {
		t.Errorf("with one at the only counter and no rival in line: %d s, want 360", got)
	}
}

func TestAPromisedRangeIsRoundedToFiveMinutesAroundTheLikelyWait(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	for range 40 {
		w := b.take().Wait
		if w.LowSeconds%300 != 0 || w.HighSeconds%300 != 0 || w.HighSeconds < 300 {
			t.Errorf("range %+v is not of 5 minutes", w)
		}
		if w.LowSeconds > w.LikelySeconds || w.LikelySeconds > w.HighSeconds {
			t.Errorf("range %+v does not hold the likely wait", w)
		}
	}
}

func TestThePositionCountsWhoIsCalledBefore(t *testing.T) {
	b := newBox(t, policy())
	b.open("counter-1")
	first := b.take()
	b.pass(time.Minute)
	second, caring := b.take(), b.takeFor("cash", branch.Caring)
	b.pass(time.Minute)
	b.do(kiosk, queue.Away{Visit: first.ID})
	m := b.module.Model()
	for id, want := range map[branch.VisitID]int{caring.ID: 1, first.ID: 2, second.ID: 3, "v_nobody": 0} {
		if got := m.Position(id); got != want {
			t.Errorf("position of %s is %d, want %d", id, got, want)
		}
	}
	p := policy()
	p.Counters[1].Services = p.Counters[2].Services
	b.configure(p)
	pension := b.takeFor("pension", "")
	if got := b.module.Model().Position(pension.ID); got != 1 {
		t.Errorf("position %d behind people who go to other counters, want 1", got)
	}
	called := b.callNext("counter-1")
	if called.Visit != caring.ID || b.module.Model().Position(caring.ID) != 0 {
		t.Errorf("called %s; who is called has no position", called.Visit)
	}
}

func TestABranchWithoutConfigurationIsBusy(t *testing.T) {
	b := &box{t: t, module: queue.New(), now: morning}
	if e := b.refused(branch.CodeBusy, kiosk, cashTicket()); e.RetryAfter <= 0 {
		t.Error("busy without Retry-After")
	}
	b.configure(policy())
	b.wake()
	b.do(kiosk, cashTicket())
}

func TestTextThatCouldDeceiveIsRefused(t *testing.T) {
	bad := map[string]string{
		"newline": "a\nb", "escape": "\x1b[2J", "delete": "a\x7f", "c1 control": "a\u0085b",
		"right-to-left override": "a\u202eb", "isolate": "a\u2066b", "mark": "a\u200fb", "arabic mark": "a\u061cb",
		"no UTF-8": "a\xffb", "too long": strings.Repeat("窗", 201),
	}
	good := []string{"<script>alert('旁白')</script>", strings.Repeat("窗", 200)}
	for name, text := range bad {
		t.Run(name, func(t *testing.T) {
			b, id := visitIn(t, queue.Serving)
			waiting := b.take().ID
			fields(t, b.refused(branch.CodeInvalid, counter1, queue.Park{Visit: id, Minutes: 5, Reason: text}), "reason")
			fields(t, b.refused(branch.CodeInvalid, counter2, queue.PauseCounter{Counter: "counter-2", Reason: text}), "reason")
			fields(t, b.refused(branch.CodeInvalid, supervisor, queue.Call{Counter: "counter-2", Visit: waiting, Why: text}), "why")
		})
	}
	for _, text := range good {
		b, id := visitIn(t, queue.Serving)
		waiting := b.take().ID
		b.do(counter1, queue.Park{Visit: id, Minutes: 5, Reason: text})
		b.do(supervisor, queue.Call{Counter: "counter-2", Visit: waiting, Why: text})
		b.do(counter1, queue.PauseCounter{Counter: "counter-1", Reason: text})
		if got := b.counter("counter-1").Reason; got != text {
			t.Errorf("stored %q, want %q", got, text)
		}
	}
}

func TestAWrongFieldIsNamed(t *testing.T) {
	for _, c := range []struct {
		name      string
		state     queue.State
		code      branch.Code
		fields    []string
		bad, good func(branch.VisitID) branch.Command
	}{
		{"outcome", queue.Serving, branch.CodeInvalid, []string{"outcome"},
			func(id branch.VisitID) branch.Command { return queue.Finish{Visit: id, Outcome: "great"} },
			func(id branch.VisitID) branch.Command { return queue.Finish{Visit: id, Outcome: queue.OutcomePartly} }},
		{"next", queue.Serving, branch.CodeUnknownService, []string{"next"},
			func(id branch.VisitID) branch.Command { return queue.Finish{Visit: id, Next: "gold"} },
			func(id branch.VisitID) branch.Command { return queue.Finish{Visit: id, Next: "pension"} }},
		{"no minutes", queue.Serving, branch.CodeInvalid, []string{"minutes"},
			func(id branch.VisitID) branch.Command { return queue.Park{Visit: id} },
			func(id branch.VisitID) branch.Command { return queue.Park{Visit: id, Minutes: 1} }},
		{"too many minutes", queue.Serving, branch.CodeInvalid, []string{"minutes"},
			func(id branch.VisitID) branch.Command { return queue.Park{Visit: id, Minutes: 241} },
			func(id branch.VisitID) branch.Command { return queue.Park{Visit: id, Minutes: 240} }},
		{"nowhere to transfer", queue.Serving, branch.CodeInvalid, []string{"service", "counter"},
			func(id branch.VisitID) branch.Command { return queue.Transfer{Visit: id} },
			func(id branch.VisitID) branch.Command { return queue.Transfer{Visit: id, Service: "cash"} }},
		{"two places to transfer", queue.Serving, branch.CodeInvalid, []string{"service", "counter"},
			func(id branch.VisitID) branch.Command {
				return queue.Transfer{Visit: id, Service: "cash", Counter: "counter-2"}
			},
			func(id branch.VisitID) branch.Command { return queue.Transfer{Visit: id, Counter: "counter-2"} }},
		{"transfer to an unknown service", queue.Serving, branch.CodeUnknownService, []string{"service"},
			func(id branch.VisitID) branch.Command { return queue.Transfer{Visit: id, Service: "gold"} },
			func(id branch.VisitID) branch.Command { return queue.Transfer{Visit: id, Service: "pension"} }},
		{"transfer to an unknown counter", queue.Serving, branch.CodeInvalid, []string{"counter"},
			func(id branch.VisitID) branch.Command { return queue.Transfer{Visit: id, Counter: "counter-9"} },
			func(id branch.VisitID) branch.Command { return queue.Transfer{Visit: id, Counter: "counter-1"} }},
		{"position", queue.Parked, branch.CodeInvalid, []string{"position"},
			func(id branch.VisitID) branch.Command { return queue.Return{Visit: id} },
			func(id branch.VisitID) branch.Command { return queue.Return{Visit: id, Position: queue.Last} }},
		{"why", queue.Waiting, branch.CodeInvalid, []string{"why"},
			func(id branch.VisitID) branch.Command { return queue.Call{Counter: "counter-2", Visit: id, Why: " "} },
			func(id branch.VisitID) branch.Command {
				return queue.Call{Counter: "counter-2", Visit: id, Why: "晕倒"}
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, id := visitIn(t, c.state)
			fields(t, b.refused(c.code, supervisor, c.bad(id)), c.fields...)
			b.do(supervisor, c.good(id))
		})
	}
}

func TestEveryCommandHasItsNameListed(t *testing.T) {
	names := queue.New().Commands()
	for _, name := range []string{"visit.create", "counter.call-next", "counter.lose-ability", "day.close"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is missing", name)
		}
	}
	if len(names) != 20 {
		t.Errorf("%d commands, want 20", len(names))
	}
}

func TestAForeignCommandIsRefused(t *testing.T) {
	b := newBox(t, policy())
	b.refused(branch.CodeInvalid, supervisor, foreign{})
}

type foreign struct{}

func (foreign) CommandName() string { return "page.raise" }
