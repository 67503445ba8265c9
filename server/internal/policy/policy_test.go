package policy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/policy"
	"handrail/server/internal/queue"
)

var (
	kiosk    = branch.Actor{Role: branch.RoleKiosk, Place: "kiosk-1", Token: "t_kiosk"}
	counter1 = branch.Actor{Role: branch.RoleCounter, Place: "counter-1", Token: "t_c1"}
	boss     = branch.Actor{Role: branch.RoleSupervisor, Token: "t_boss"}
	li       = branch.Actor{Role: branch.RolePager, Staff: "li", Token: "t_li"}
)

// module is what the test needs of the three modules.
type module interface {
	Name() string
	Commands() []string
	Decide(branch.Env, branch.Actor, branch.Command) ([]branch.Event, error)
	Apply(branch.Envelope)
	NextWake() branch.Instant
	Wake(branch.Env) []branch.Event
}

// hall is a branch of three modules that react to each other.
type hall struct {
	t         *testing.T
	queue     *queue.Module
	paging    *paging.Module
	equipment *equipment.Module
	modules   []module
	policy    *policy.Policy
	now       branch.Instant
	ids       int
	// refused are the follow-ups that no module wanted.
	refused []error
}

func newHall(t *testing.T) *hall {
	h := &hall{t: t, queue: queue.New(), paging: paging.New(), equipment: equipment.New(), now: 1_700_000_000_000}
	h.modules = []module{h.queue, h.paging, h.equipment}
	h.policy = policy.New(h.queue, h.paging, h.equipment)
	h.configure(pages())
	h.pass(0)
	h.do(li, paging.DutyOn{})
	return h
}

func pages() paging.Policy {
	plan := paging.Plan{Levels: []paging.Level{{Wait: time.Minute}}, Loops: 1, Arrive: time.Hour,
		AlarmEvery: time.Minute, Remind: time.Hour}
	p := paging.Policy{
		Staff:   []paging.StaffSpec{{ID: "li"}},
		Places:  []paging.PlaceSpec{{ID: "kiosk-1", Zone: "main"}, {ID: "counter-1", Zone: "main"}, {ID: "counter-2", Zone: "main"}},
		Reasons: map[branch.Reason]paging.Plan{},
	}
	for _, r := range []branch.Reason{branch.ReasonHelp, branch.ReasonSignLanguage, branch.ReasonGoAndLook, branch.ReasonDeviceBroken} {
		p.Reasons[r] = plan
	}
	return p
}

func counters() queue.Policy {
	return queue.Policy{
		TimeZone: "UTC",
		Services: []queue.Service{{ID: "cash", Prefix: "A", Expected: time.Minute}},
		Counters: []queue.CounterSpec{
			{ID: "counter-1", Zone: "main", Services: []branch.ServiceID{"cash"}},
			{ID: "counter-2", Zone: "main", Abilities: []branch.Ability{"low", "hearing-loop"}, Services: []branch.ServiceID{"cash"}},
		},
		Languages: []branch.Language{branch.Chinese},
		Needs:     []branch.Need{branch.Hearing, branch.LargePrint, branch.LowCounter, branch.SignLanguage},
		Requires: map[branch.Need][]branch.Ability{branch.LowCounter: {"low"},
			branch.SignLanguage: {branch.AbilitySignLanguage}},
		LookFor:    []branch.Need{branch.Hearing},
		AwayLimit:  10 * time.Minute,
		Grace:      5 * time.Minute,
		RelaxAfter: 5 * time.Minute, LookForGrace: 5 * time.Minute, RecallSpacing: 10 * time.Second,
	}
}

func devices() equipment.Policy {
	return equipment.Policy{
		Devices: []equipment.DeviceSpec{
			{ID: "printer-1", Kind: "printer", Place: "kiosk-1", Admin: equipment.Enabled},
			{ID: "speaker-1", Kind: "speaker", Place: "ceiling", Admin: equipment.Enabled},
			{ID: "loop-2", Kind: "loop", Place: "counter-2", Admin: equipment.Enabled, Gives: []branch.Ability{"hearing-loop"}},
		},
		Zones:        []equipment.ZoneSpec{{ID: "main", Device: "speaker-1"}},
		ClipLength:   time.Hour,
		AnswerWithin: time.Second,
	}
}

func (h *hall) configure(p paging.Policy) { h.configureAll(p, devices()) }

func (h *hall) configureAll(p paging.Policy, d equipment.Policy) {
	policies := map[string]json.RawMessage{}
	for name, value := range map[string]any{"queue": counters(), "paging": p, "equipment": d} {
		data, err := json.Marshal(value)
		if err != nil {
			h.t.Fatal(err)
		}
		policies[name] = data
	}
	h.apply(branch.Box(), branch.ConfigApplied{Policies: policies})
}

func (h *hall) env() branch.Env {
	return branch.Env{Now: h.now, NewID: func(prefix string) string {
		h.ids++
		return fmt.Sprintf("%s_%04d", prefix, h.ids)
	}}
}

// apply applies events to every module and then does what policy makes of them.
func (h *hall) apply(by branch.Actor, events ...branch.Event) {
	for _, e := range events {
		env := branch.Envelope{At: h.now, By: by, Event: e}
		for _, m := range h.modules {
			m.Apply(env)
		}
		for _, cmd := range h.policy.React(env) {
			if err := h.try(branch.Box(), cmd); err != nil {
				h.refused = append(h.refused, err)
			}
		}
	}
}

func (h *hall) try(by branch.Actor, cmd branch.Command) error {
	i := slices.IndexFunc(h.modules, func(m module) bool { return slices.Contains(m.Commands(), cmd.CommandName()) })
	events, err := h.modules[i].Decide(h.env(), by, cmd)
	h.apply(by, events...)
	return err
}

func (h *hall) do(by branch.Actor, cmd branch.Command) {
	h.t.Helper()
	if err := h.try(by, cmd); err != nil {
		h.t.Fatalf("%s: %v", cmd.CommandName(), err)
	}
}

// pass lets time go by.
func (h *hall) pass(d time.Duration) {
	for end := h.now.Add(d); ; {
		var first branch.Instant
		for _, m := range h.modules {
			first = branch.Earliest(first, m.NextWake())
		}
		if first == 0 || first > end {
			h.now = end
			return
		}
		h.now = max(h.now, first)
		for _, m := range h.modules {
			h.apply(branch.Box(), m.Wake(h.env())...)
		}
	}
}

// ticket takes a ticket at the kiosk.
func (h *hall) ticket(needs ...branch.Need) branch.VisitID {
	h.t.Helper()
	before := h.queue.Model().ByID
	h.do(kiosk, queue.Create{Service: "cash", Needs: needs, Language: branch.Chinese})
	for id := range h.queue.Model().ByID {
		if before[id] == nil {
			return id
		}
	}
	h.t.Fatal("no ticket")
	return ""
}

func (h *hall) open(counters ...branch.CounterID) {
	h.t.Helper()
	for _, c := range counters {
		h.do(boss, queue.OpenCounter{Counter: c})
	}
}

// called brings a new visit to counter-1.
func (h *hall) called(needs ...branch.Need) branch.VisitID {
	h.t.Helper()
	h.open("counter-1")
	v := h.ticket(needs...)
	h.do(counter1, queue.CallNext{Counter: "counter-1"})
	return v
}

// expectPages compares the pages that go on, as "reason place visit presses".
func (h *hall) expectPages(want ...string) {
	h.t.Helper()
	var got []string
	for _, p := range h.paging.Model().Pages {
		got = append(got, fmt.Sprintf("%s at %q for %q pressed %d by %s", p.Reason, p.Place, p.Visit, p.Count, p.By.Role))
	}
	if !slices.Equal(got, want) {
		h.t.Errorf("the pages are %q, want %q", got, want)
	}
	if len(h.refused) > 0 {
		h.t.Errorf("follow-ups were refused: %v", h.refused)
	}
}

func page(reason branch.Reason, place branch.PlaceID, visit branch.VisitID, presses int, by branch.Role) string {
	return fmt.Sprintf("%s at %q for %q pressed %d by %s", reason, place, visit, presses, by)
}

func TestANoShowThatANeedExplainsIsLookedFor(t *testing.T) {
	h := newHall(t)
	v := h.called(branch.Hearing)
	h.do(counter1, queue.NoShow{Visit: v})
	h.expectPages(page("go-and-look", "counter-1", v, 1, "box"))
}

func TestANoShowThatNothingExplainsIsNotLookedFor(t *testing.T) {
	h := newHall(t)
	h.do(counter1, queue.NoShow{Visit: h.called(branch.LargePrint)})
	h.expectPages()
}

func TestWhoStaysAwayTooLongIsLookedForWhenANeedExplainsIt(t *testing.T) {
	h := newHall(t)
	v, other := h.ticket(branch.Hearing), h.ticket(branch.LargePrint)
	h.do(boss, queue.Away{Visit: v})
	h.do(boss, queue.Away{Visit: other})
	h.pass(10 * time.Minute)
	if _, waiting := h.queue.Model().ByID[other]; waiting {
		t.Fatal("the other visit has not been removed")
	}
	h.expectPages(page("go-and-look", "kiosk-1", v, 1, "box"))
}

func TestAStrandedVisitIsHelpedBySomebodyWhoCan(t *testing.T) {
	t.Run("SignLanguage", func(t *testing.T) {
		h := newHall(t)
		h.open("counter-1")
		v := h.ticket(branch.SignLanguage)
		h.pass(0)
		h.expectPages(page("sign-language", "kiosk-1", v, 1, "box"))
	})
	t.Run("SignLanguageNotOffered", func(t *testing.T) {
		h := newHall(t)
		p := pages()
		delete(p.Reasons, branch.ReasonSignLanguage)
		h.configure(p)
		h.open("counter-1")
		v := h.ticket(branch.SignLanguage)
		h.pass(0)
		h.expectPages(page("help", "kiosk-1", v, 1, "box"))
	})
	t.Run("Else", func(t *testing.T) {
		h := newHall(t)
		h.open("counter-1")
		v := h.ticket(branch.LowCounter)
		h.pass(0)
		h.expectPages(page("help", "kiosk-1", v, 1, "box"))
	})
	t.Run("NotStranded", func(t *testing.T) {
		h := newHall(t)
		h.open("counter-1", "counter-2")
		h.ticket(branch.LowCounter)
		h.pass(0)
		h.expectPages()
	})
}

func TestHelpComesToACounterThatLacksAnAbility(t *testing.T) {
	h := newHall(t)
	h.open("counter-1")
	v := h.ticket(branch.LowCounter)
	h.pass(5 * time.Minute)
	h.expectPages(page("help", "kiosk-1", v, 1, "box"))
	h.do(counter1, queue.CallNext{Counter: "counter-1"})
	h.expectPages(page("help", "counter-1", v, 1, "box"))
}

func TestHelpThatIsAtTheCounterAlreadyStays(t *testing.T) {
	h := newHall(t)
	h.open("counter-1")
	h.do(counter1, queue.Create{Service: "cash", Needs: []branch.Need{branch.LowCounter}, Language: branch.Chinese})
	v := h.queue.Model().Live[0].ID
	h.pass(5 * time.Minute)
	h.do(counter1, queue.CallNext{Counter: "counter-1"})
	h.expectPages(page("help", "counter-1", v, 2, "box"))
}

func TestHelpTheCustomerAskedForIsNotTakenBack(t *testing.T) {
	h := newHall(t)
	v := h.ticket(branch.LowCounter)
	h.do(kiosk, paging.Raise{Reason: branch.ReasonHelp, Visit: v})
	h.open("counter-1")
	h.pass(5 * time.Minute)
	h.do(counter1, queue.CallNext{Counter: "counter-1"})
	h.expectPages(page("help", "kiosk-1", v, 3, "kiosk"))
}

func TestACounterThatLacksNothingNeedsNoHelp(t *testing.T) {
	h := newHall(t)
	h.called(branch.LargePrint)
	h.expectPages()
}

func TestABrokenDeviceTakesItsAbilityAndCallsSomebody(t *testing.T) {
	h := newHall(t)
	abilities := func() []branch.Ability { return h.queue.Model().Counters[1].Abilities }
	h.do(branch.Box(), equipment.ReportHealth{Device: "loop-2", Health: equipment.Degraded})
	h.expectPages()
	h.do(branch.Box(), equipment.ReportHealth{Device: "loop-2", Health: equipment.Failed, Why: "no-answer"})
	h.expectPages(page("device-broken", "counter-2", "", 1, "box"))
	if got := abilities(); !slices.Equal(got, []branch.Ability{"low"}) {
		t.Errorf("the counter has %v with a broken loop", got)
	}
	h.do(branch.Box(), equipment.ReportHealth{Device: "loop-2", Health: equipment.Healthy})
	if got := abilities(); !slices.Equal(got, []branch.Ability{"low", "hearing-loop"}) {
		t.Errorf("the counter has %v with a repaired loop", got)
	}
	h.do(branch.Box(), equipment.ReportHealth{Device: "loop-2", Health: equipment.Offline})
	h.expectPages(page("device-broken", "counter-2", "", 2, "box"))
}

func TestADeviceThatGivesNothingTakesNothing(t *testing.T) {
	h := newHall(t)
	h.do(branch.Box(), equipment.ReportHealth{Device: "printer-1", Health: equipment.Failed})
	h.expectPages(page("device-broken", "kiosk-1", "", 1, "box"))
	for _, c := range h.queue.Model().Counters {
		if len(c.Lost) > 0 {
			t.Errorf("%s has lost %v", c.ID, c.Lost)
		}
	}
}

func TestADeviceAtAPlaceThatPagesDoNotKnowStillCallsSomebody(t *testing.T) {
	h := newHall(t)
	h.do(branch.Box(), equipment.ReportHealth{Device: "speaker-1", Health: equipment.Failed})
	h.expectPages(page("device-broken", "", "", 1, "box"))
}

func TestABranchThatDoesNotOfferAReasonRaisesNoPageForIt(t *testing.T) {
	h := newHall(t)
	p := pages()
	delete(p.Reasons, branch.ReasonDeviceBroken)
	h.configure(p)
	h.do(branch.Box(), equipment.ReportHealth{Device: "printer-1", Health: equipment.Failed})
	h.expectPages()
}

func TestFailedSlipsAreOnePageOfTheirPrinter(t *testing.T) {
	h := newHall(t)
	first, second, third := h.ticket(), h.ticket(), h.ticket()
	h.do(branch.Box(), equipment.PrintedSlip{Visit: first, Device: "printer-1"})
	h.expectPages()
	h.do(branch.Box(), equipment.FailSlip{Visit: second, Device: "printer-1", Why: "paper-out"})
	h.expectPages(page("device-broken", "kiosk-1", "", 1, "box"))
	h.do(branch.Box(), equipment.FailSlip{Visit: third, Device: "printer-1", Why: "paper-out"})
	h.expectPages(page("device-broken", "kiosk-1", "", 2, "box"))
}

func TestACallThatIsOverLeavesTheListUnsaid(t *testing.T) {
	ends := map[string]func(branch.VisitID) branch.Command{
		"Confirm":  func(v branch.VisitID) branch.Command { return queue.Confirm{Visit: v} },
		"NoShow":   func(v branch.VisitID) branch.Command { return queue.NoShow{Visit: v} },
		"Cancel":   func(v branch.VisitID) branch.Command { return queue.Cancel{Visit: v} },
		"Away":     func(v branch.VisitID) branch.Command { return queue.Away{Visit: v} },
		"Transfer": func(v branch.VisitID) branch.Command { return queue.Transfer{Visit: v, Service: "cash"} },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			h := newHall(t)
			v := h.called()
			call := h.queue.Model().ByID[v].Call
			if !h.equipment.Pending(call) {
				t.Fatal("the call is not waiting to be said")
			}
			h.do(boss, end(v))
			if h.equipment.Pending(call) {
				t.Error("the call is still to be said")
			}
		})
	}
}

func TestACallThatWasSaidNeedsNoDropping(t *testing.T) {
	h := newHall(t)
	v := h.called()
	call := h.queue.Model().ByID[v].Call
	h.do(branch.Box(), equipment.Announced{Call: call})
	confirmed := branch.Envelope{At: h.now, Event: queue.VisitConfirmed{Visit: v, Call: call}}
	if commands := h.policy.React(confirmed); len(commands) > 0 {
		t.Errorf("got %v", commands)
	}
}

func TestAnAlarmThatSomebodyAcceptsLeavesTheListUnsaid(t *testing.T) {
	h := newHall(t)
	h.do(kiosk, paging.Raise{Reason: branch.ReasonHelp})
	h.pass(2 * time.Minute)
	alarm := h.paging.Model().Pages[0]
	if !alarm.Alarm || !h.equipment.Pending(alarm.Call) {
		t.Fatal("the alarm is not waiting to be said")
	}
	h.do(li, paging.Accept{Page: alarm.ID})
	if zone, _ := h.equipment.Model().Zone("main"); len(zone.Pending) > 0 {
		t.Errorf("%d announcements are still to be said", len(zone.Pending))
	}
}

func TestACallThatNobodySaidRaisesNoPage(t *testing.T) {
	h := newHall(t)
	h.called()
	h.apply(branch.Box(), equipment.CallUnspoken{Call: "c_1", Zone: "main", Cause: equipment.UnspokenTimeout})
	h.expectPages()
}

// abilities returns what counter-2 can do now.
func (h *hall) abilities() []branch.Ability { return h.queue.Model().Counters[1].Abilities }

func TestALostAbilityComesBackWhenTheConfigurationNoLongerBlamesTheDevice(t *testing.T) {
	replaced, moved, gaveUp := devices(), devices(), devices()
	replaced.Devices[2].ID = "loop-new"
	moved.Devices[2].Place = "counter-1"
	gaveUp.Devices[2].Gives = nil
	for name, row := range map[string]struct {
		devices equipment.Policy
		want    []branch.Ability
	}{
		"Replaced":    {replaced, []branch.Ability{"low", "hearing-loop"}},
		"Moved":       {moved, []branch.Ability{"low", "hearing-loop"}},
		"GivesNoMore": {gaveUp, []branch.Ability{"low", "hearing-loop"}},
		"StillBroken": {devices(), []branch.Ability{"low"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHall(t)
			h.do(branch.Box(), equipment.ReportHealth{Device: "loop-2", Health: equipment.Failed})
			h.configureAll(pages(), row.devices)
			if got := h.abilities(); !slices.Equal(got, row.want) {
				t.Errorf("the counter has %v, want %v", got, row.want)
			}
			if len(h.refused) > 0 {
				t.Errorf("follow-ups were refused: %v", h.refused)
			}
		})
	}
}

func TestADeviceThatIsOutOfUseGivesNothing(t *testing.T) {
	for _, admin := range []equipment.Admin{equipment.Maintenance, equipment.Disabled} {
		h := newHall(t)
		off := devices()
		off.Devices[2].Admin = admin
		h.configureAll(pages(), off)
		if got := h.abilities(); !slices.Equal(got, []branch.Ability{"low"}) {
			t.Errorf("%s: the counter has %v", admin, got)
		}
		h.do(branch.Box(), equipment.ReportHealth{Device: "loop-2", Health: equipment.Failed})
		h.do(branch.Box(), equipment.ReportHealth{Device: "loop-2", Health: equipment.Healthy})
		if got := h.abilities(); !slices.Equal(got, []branch.Ability{"low"}) {
			t.Errorf("%s: the counter has %v after the device has recovered", admin, got)
		}
		h.configureAll(pages(), devices())
		if got := h.abilities(); !slices.Equal(got, []branch.Ability{"low", "hearing-loop"}) {
			t.Errorf("%s: the counter has %v with the device in use again", admin, got)
		}
	}
}

func TestNobodyIsCalledToADeviceThatIsOutOfUse(t *testing.T) {
	for admin, want := range map[equipment.Admin][]string{
		equipment.Enabled:     {page("device-broken", "kiosk-1", "", 1, "box")},
		equipment.Maintenance: nil,
		equipment.Disabled:    nil,
	} {
		h := newHall(t)
		d := devices()
		d.Devices[0].Admin = admin
		h.configureAll(pages(), d)
		h.do(branch.Box(), equipment.ReportHealth{Device: "printer-1", Health: equipment.Failed, Why: "cover-open"})
		h.expectPages(want...)
	}
}

func TestADeviceThatComesIntoUseBrokenGivesNothing(t *testing.T) {
	h := newHall(t)
	off := devices()
	off.Devices[2].Gives = nil
	h.configureAll(pages(), off)
	h.do(branch.Box(), equipment.ReportHealth{Device: "loop-2", Health: equipment.Offline})
	h.configureAll(pages(), devices())
	if got := h.abilities(); !slices.Equal(got, []branch.Ability{"low"}) {
		t.Errorf("the counter has %v by a broken loop", got)
	}
}

func TestWhoSignsIsSentToTheCounterThatMayCallAnybody(t *testing.T) {
	h := newHall(t)
	h.open("counter-1")
	v := h.ticket(branch.SignLanguage)
	h.pass(5 * time.Minute)
	h.expectPages(page("sign-language", "kiosk-1", v, 1, "box"))
	h.do(counter1, queue.CallNext{Counter: "counter-1"})
	h.expectPages(page("sign-language", "counter-1", v, 1, "box"))
}

func TestNothingHappensByTimeAlone(t *testing.T) {
	h := newHall(t)
	if at := h.policy.NextWake(); at != 0 {
		t.Errorf("the policy wakes at %d", at)
	}
	if commands := h.policy.Wake(h.env()); len(commands) > 0 {
		t.Errorf("got %v", commands)
	}
}

func TestAVisitThatIsForgottenIsLookedForWithoutAPlace(t *testing.T) {
	h := newHall(t)
	h.apply(branch.Box(), queue.VisitRemoved{Visit: "v_gone", Look: true})
	h.expectPages(page("go-and-look", "", "v_gone", 1, "box"))
}
