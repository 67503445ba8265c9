package paging_test

import (
	"slices"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/paging"
)

func (b *box) onDuty() []string {
	var on []string
	for _, d := range b.m.Model().Duty {
		on = append(on, string(d.Staff)+flag(d.Connected, "+"))
	}
	return on
}

func (b *box) expectDuty(want ...string) {
	b.t.Helper()
	if got := b.onDuty(); !slices.Equal(got, want) {
		b.t.Fatalf("on duty are %v, want %v", got, want)
	}
}

func TestDutyHasTheConfiguredAbilitiesOrThoseGiven(t *testing.T) {
	b := newBox(t)
	b.expect(b.do(wang, paging.DutyOn{}), "on duty wang[sign-language]")
	b.expect(b.do(wang, paging.DutyOn{}))
	b.expect(b.do(wang, paging.DutyOn{Abilities: []branch.Ability{"wheelchair", "dialect", "dialect"}}),
		"on duty wang[dialect wheelchair]")
	b.expect(b.do(li, paging.DutyOn{}), "on duty li[]")
	b.expectDuty("li", "wang")
}

func TestDutyThatIsChangedBeganWhenItBegan(t *testing.T) {
	b := crewed(t, li)
	since := b.now
	b.pass(time.Minute)
	b.do(li, paging.DutyOn{Abilities: []branch.Ability{"dialect"}})
	if got := b.m.Model().Duty[0].Since; got != since {
		t.Errorf("on duty since %d, want %d", got, since)
	}
}

func TestALostSocketIsNotOffDuty(t *testing.T) {
	b := crewed(t, li)
	b.do(branch.Box(), paging.Connect{Staff: "li"})
	b.expectDuty("li+")
	b.expect(b.do(branch.Box(), paging.Connect{Staff: "li"}))
	b.do(branch.Box(), paging.Leave{Staff: "li"})
	b.expectDuty("li")
	b.expect(b.do(branch.Box(), paging.Leave{Staff: "li"}))
	b.expect(b.do(kiosk1, help), "raised, next in 30s", "step 1 level 0 tells [li]")
}

func TestASocketIsRememberedUntilDutyBegins(t *testing.T) {
	b := newBox(t)
	b.do(branch.Box(), paging.Connect{Staff: "li"})
	b.expectDuty()
	b.expect(b.do(li, paging.DutyOn{}), "on duty li[] connected")
	b.do(li, paging.DutyOff{})
	b.expect(b.do(li, paging.DutyOff{}))
	b.do(branch.Box(), paging.Leave{Staff: "li"})
	b.expect(b.do(li, paging.DutyOn{}), "on duty li[]")
}

func TestWhoeverComesOnDutyIsToldOfWhatCallsThem(t *testing.T) {
	b := crewed(t, li)
	open := b.raise(kiosk1, help)
	taken := b.raise(kiosk1, help)
	b.do(li, paging.Accept{Page: taken})
	b.expect(b.do(zhao, paging.DutyOn{}), "on duty zhao[]")
	b.expect(b.do(wang, paging.DutyOn{}), "on duty wang[sign-language]", "step 1 level 0 tells [wang]")
	if got := b.page(open).Notified; !slices.Equal(got, []branch.StaffID{"li", "wang"}) {
		t.Errorf("told are %v", got)
	}
	b.do(wang, paging.DutyOff{})
	b.expect(b.do(wang, paging.DutyOn{}), "on duty wang[sign-language]", "step 1 level 0 tells [wang]")
}

func TestAPageWhoseLastPersonGoesOffDutyGoesOnAtOnce(t *testing.T) {
	b := crewed(t, li, zhao)
	b.raise(kiosk1, help)
	b.expect(b.do(li, paging.DutyOff{}), "staff.off-duty",
		"escalated to level 1 loop 0, next in 30s", "step 2 level 1 tells [zhao]")
	b.expect(b.do(zhao, paging.DutyOff{}), "staff.off-duty", "alarm step 3 tells [] and the hall, next in 1m0s")
}

func TestAPageGoesOnWhenThePersonItWantsLosesTheAbility(t *testing.T) {
	b := crewed(t, li, wang)
	b.raise(kiosk1, paging.Raise{Reason: branch.ReasonSignLanguage})
	b.expect(b.do(wang, paging.DutyOn{Abilities: []branch.Ability{"dialect"}}), "on duty wang[dialect]",
		"escalated to level 0 loop 0, next in 30s", "step 2 level 0 tells [li wang]")
}

func TestTheDayTakesEveryoneOffDuty(t *testing.T) {
	b := crewed(t, li, wang)
	b.raise(kiosk1, help)
	b.pass(10 * time.Second)
	b.apply(boss, foreign("day.closed"))
	b.expectDuty()
	b.expect(b.pass(0), "alarm step 2 tells [] and the hall, next in 1m0s")
}

func TestWhoIsNoLongerConfiguredGoesOffDuty(t *testing.T) {
	b := crewed(t, li, zhao)
	b.raise(kiosk1, help)
	policy := testPolicy()
	b.configure(policy)
	b.expectDuty("li", "zhao")
	policy.Staff = policy.Staff[1:]
	b.configure(policy)
	b.expectDuty("zhao")
	b.expect(b.pass(0), "escalated to level 1 loop 0, next in 30s", "step 2 level 1 tells [zhao]")
}

func TestEventsOfOtherModulesChangeNothing(t *testing.T) {
	b := crewed(t, li)
	b.raise(kiosk1, help)
	before := b.snapshot()
	b.apply(kiosk1, foreign("visit.created"))
	b.apply(kiosk1, branch.ConfigApplied{})
	if b.snapshot() != before {
		t.Error("a foreign event changed the state")
	}
	model := b.m.Model()
	b.apply(kiosk1, foreign("visit.called"))
	if b.m.Model() != model {
		t.Error("the read model is built anew although nothing has changed")
	}
}

func TestAnEventAboutAForgottenPageChangesNothing(t *testing.T) {
	b := crewed(t, li)
	id := b.raise(kiosk1, help)
	b.do(kiosk1, paging.Cancel{Page: id})
	before := b.snapshot()
	b.apply(boss, paging.PageRepeated{Page: id, Count: 2}, paging.PageRepeated{Page: "p_none", Count: 2})
	if b.snapshot() != before {
		t.Error("what has ended, or never was, changed")
	}
}
