package paging_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/paging"
)

var help = paging.Raise{Reason: branch.ReasonHelp}

func TestAPageCallsLevelByLevelToTheAlarm(t *testing.T) {
	b := crewed(t, li, wang, zhao, sun)
	b.expect(b.do(kiosk1, help),
		"raised, next in 30s",
		"step 1 level 0 tells [li wang]")
	timetable := []struct {
		after time.Duration
		want  []string
	}{
		{30 * time.Second, []string{"escalated to level 1 loop 0, next in 30s", "step 2 level 1 tells [li wang zhao]"}},
		{30 * time.Second, []string{"escalated to level 2 loop 0, next in 1m0s", "step 3 level 2 tells [li wang zhao] and the hall"}},
		{60 * time.Second, []string{"escalated to level 3 loop 0, next in 1m0s", "step 4 level 3 tells [li sun wang zhao]"}},
		{60 * time.Second, []string{"escalated to level 0 loop 1, next in 30s", "step 5 level 0 tells [li wang]"}},
		{30 * time.Second, []string{"escalated to level 1 loop 1, next in 30s", "step 6 level 1 tells [li wang zhao]"}},
		{30 * time.Second, []string{"escalated to level 2 loop 1, next in 1m0s", "step 7 level 2 tells [li wang zhao] and the hall"}},
		{60 * time.Second, []string{"escalated to level 3 loop 1, next in 1m0s", "step 8 level 3 tells [li sun wang zhao]"}},
		{60 * time.Second, []string{"alarm step 9 tells [li sun wang zhao] and the hall, next in 1m0s"}},
		{60 * time.Second, []string{"alarm step 10 tells [li sun wang zhao] and the hall, next in 1m0s"}},
		{60 * time.Second, []string{"alarm step 11 tells [li sun wang zhao] and the hall, next in 1m0s"}},
	}
	for _, row := range timetable {
		b.expect(b.pass(row.after-time.Millisecond), []string(nil)...)
		b.expect(b.pass(time.Millisecond), row.want...)
	}
	p := b.m.Model().Pages[0]
	if p.Status != paging.Open || !p.Alarm {
		t.Errorf("an alarm is %s, alarm %t; want an open page with its alarm", p.Status, p.Alarm)
	}
	b.expect(b.do(zhao, paging.Accept{Page: p.ID}), "accepted by zhao, next in 2m0s")
	if p := b.page(p.ID); p.Alarm {
		t.Error("the alarm goes on after somebody accepted")
	}
}

func TestEveryAlarmIsSaidAsACallOfItsOwn(t *testing.T) {
	b := crewed(t)
	first := b.do(kiosk1, help)[1].(paging.PageAlarmed)
	second := b.pass(time.Minute)[0].(paging.PageAlarmed)
	want := branch.Announcement{Call: first.Call, Zone: "main", Page: first.Page, Place: "kiosk-1"}
	if first.Announcement() != want || first.Call == "" {
		t.Errorf("got %+v", first.Announcement())
	}
	if second.Call == first.Call || second.Call == "" {
		t.Errorf("the repeated alarm has the call %q after %q", second.Call, first.Call)
	}
	accepted := b.do(boss, paging.Accept{Page: first.Page})[0].(paging.PageAccepted)
	if !accepted.Alarm || accepted.Zone != "main" || accepted.Place != "kiosk-1" {
		t.Errorf("the acceptance does not say which hall text goes away: %+v", accepted)
	}
	if accepted.EndedCall() != second.Call {
		t.Errorf("acceptance ends the call %q, want %q", accepted.EndedCall(), second.Call)
	}
}

func TestAHallLevelIsSaidInTheHallOnceAndOnlyThere(t *testing.T) {
	b := crewed(t, li)
	id := b.raise(kiosk1, paging.Raise{Reason: branch.ReasonFall})
	said := b.log[len(b.log)-1].Event.(paging.PageNotified).Announcement()
	want := branch.Announcement{Call: said.Call, Zone: "main", Page: id, Place: "kiosk-1"}
	if said != want || said.Call == "" {
		t.Errorf("got %+v", said)
	}
	joined := b.do(zhao, paging.DutyOn{})[1].(paging.PageNotified)
	if joined.Call != "" {
		t.Error("somebody who comes on duty makes the hall speak again")
	}
	closed := b.do(boss, paging.Close{Page: id, Outcome: paging.OutcomeHelped})[0].(paging.PageClosed)
	if closed.EndedCall() != said.Call {
		t.Errorf("closing ends the call %q, want %q", closed.EndedCall(), said.Call)
	}
	other := b.raise(kiosk1, paging.Raise{Reason: branch.ReasonFall})
	call := b.page(other).Call
	cancelled := b.do(kiosk1, paging.Cancel{Page: other})[0].(paging.PageCancelled)
	if call == "" || cancelled.EndedCall() != call {
		t.Errorf("cancelling ends the call %q, want %q", cancelled.EndedCall(), call)
	}
}

func TestASilentReasonNeverMakesTheHallSpeak(t *testing.T) {
	for _, on := range [][]branch.Actor{nil, {li}} {
		b := crewed(t, on...)
		id := b.raise(kiosk1, paging.Raise{Reason: branch.ReasonDuress})
		b.pass(time.Hour)
		if !b.page(id).Alarm {
			t.Fatal("the page has not come to its alarm")
		}
		b.do(boss, paging.Accept{Page: id})
		for _, env := range b.log {
			if e, ok := env.Event.(interface{ Announcement() branch.Announcement }); ok {
				if a := e.Announcement(); a.Call != "" || a.Zone != "" {
					t.Fatalf("%s says %+v", env.Event.EventType(), a)
				}
			}
			if e, ok := env.Event.(paging.PageAccepted); ok && (e.Alarm || e.Zone != "") {
				t.Fatalf("the acceptance names a hall text that never was: %+v", e)
			}
		}
	}
}

func TestAnEmptyLevelIsSkipped(t *testing.T) {
	b := crewed(t, sun)
	b.expect(b.do(kiosk1, help), "raised, next in 1m0s", "step 1 level 3 tells [sun]")
	b = crewed(t, zhao)
	b.expect(b.do(kiosk1, help), "raised, next in 30s", "step 1 level 1 tells [zhao]")
}

func TestNobodyOnDutyIsAnAlarmAtOnceAndWhoeverComesIsToldAtOnce(t *testing.T) {
	b := crewed(t)
	b.expect(b.do(kiosk1, help), "raised, next in 1m0s", "alarm step 1 tells [] and the hall, next in 1m0s")
	b.pass(10 * time.Second)
	b.expect(b.do(sun, paging.DutyOn{}), "on duty sun[]", "step 1 level 0 tells [sun]")
	b.expect(b.pass(50*time.Second), "alarm step 2 tells [sun] and the hall, next in 1m0s")
}

func TestSomebodyNobodyCallsIsNotAReasonToStaySilent(t *testing.T) {
	b := crewed(t, sun)
	b.expect(b.do(kiosk1, paging.Raise{Reason: branch.ReasonWater}),
		"raised, next in 1m0s", "alarm step 1 tells [sun] and the hall, next in 1m0s")
}

func TestThoseWithTheAbilityAreCalledFirstThenTheNearestLevel(t *testing.T) {
	sign := paging.Raise{Reason: branch.ReasonSignLanguage}
	t.Run("Signing", func(t *testing.T) {
		b := crewed(t, li, wang, zhao)
		b.expect(b.do(kiosk1, sign), "raised, next in 30s", "step 1 level 0 first tells [wang]")
		b.expect(b.do(sun, paging.DutyOn{Abilities: []branch.Ability{branch.AbilitySignLanguage}}),
			"on duty sun[sign-language]", "step 1 level 0 first tells [sun]")
		b.expect(b.pass(30*time.Second), "escalated to level 0 loop 0, next in 30s", "step 2 level 0 tells [li sun wang]")
	})
	t.Run("Rejected", func(t *testing.T) {
		b := crewed(t, li, wang)
		id := b.raise(kiosk1, sign)
		b.expect(b.do(wang, paging.Reject{Page: id}),
			"rejected by wang", "escalated to level 0 loop 0, next in 30s", "step 2 level 0 tells [li]")
	})
	t.Run("NobodySigns", func(t *testing.T) {
		b := crewed(t, li, zhao)
		b.expect(b.do(kiosk1, sign), "raised, next in 30s", "step 1 level 0 tells [li]")
	})
}

func TestTheHallIsSilentWhileThoseWithTheAbilityAreCalled(t *testing.T) {
	for _, levels := range [][]paging.Level{{{Wait: time.Minute, Hall: true}}, nil} {
		b := crewed(t, wang)
		policy := testPolicy()
		policy.Reasons[branch.ReasonHelp] = paging.Plan{Levels: levels, AlarmEvery: time.Minute,
			First: []branch.Ability{branch.AbilitySignLanguage}}
		b.configure(policy)
		b.expect(b.do(kiosk1, help), "raised, next in 1m0s", "step 1 level 0 first tells [wang]")
	}
}

func TestAnEmergencyStartsAtItsLevelAndNeverGoesBelowIt(t *testing.T) {
	b := crewed(t, li, zhao, sun)
	fall := paging.Raise{Reason: branch.ReasonFall}
	b.expect(b.do(kiosk1, fall), "raised, next in 1m0s", "step 1 level 2 tells [li zhao] and the hall")
	b.pass(time.Minute)
	b.expect(b.pass(time.Minute), "escalated to level 2 loop 1, next in 1m0s", "step 3 level 2 tells [li zhao] and the hall")
	id := b.m.Model().Pages[0].ID
	b.do(li, paging.Accept{Page: id})
	b.expect(b.pass(2*time.Minute), "reopened after li at level 2, next in 1m0s", "step 4 level 2 tells [li zhao] and the hall")
}

func TestTheFirstToAcceptWinsAndTheOthersAreToldWho(t *testing.T) {
	b := crewed(t, li, wang)
	id := b.raise(kiosk1, help)
	b.expect(b.do(li, paging.Accept{Page: id}), "accepted by li, next in 2m0s")
	if refusal := b.refuse(wang, paging.Accept{Page: id}, branch.CodeTaken); refusal.By != "li" {
		t.Errorf("taken by %q, want li", refusal.By)
	}
	b.refuse(boss, paging.Accept{Page: id}, branch.CodeTaken)
	b.expect(b.do(li, paging.Accept{Page: id}))
	p := b.page(id)
	if p.AcceptedBy != "li" || p.AcceptedAt != b.now {
		t.Errorf("accepted by %q at %d", p.AcceptedBy, p.AcceptedAt)
	}
}

func TestAcceptedButNotArrivedOpensAgainAtLevelOne(t *testing.T) {
	b := crewed(t, li, zhao)
	id := b.raise(kiosk1, help)
	b.do(li, paging.Accept{Page: id})
	b.expect(b.pass(2*time.Minute), "reopened after li at level 1, next in 30s", "step 2 level 1 tells [li zhao]")
	var story []string
	for _, line := range b.page(id).Steps {
		story = append(story, line.Step)
	}
	if want := []string{"raised", "notified", "accepted", "reopened", "notified"}; !slices.Equal(story, want) {
		t.Errorf("the story is %v, want %v", story, want)
	}
	if p := b.page(id); p.AcceptedBy != "" || p.AcceptedAt != 0 {
		t.Errorf("the page is still accepted by %q", p.AcceptedBy)
	}
	b.do(zhao, paging.Accept{Page: id})
}

func TestAShortPlanOpensAgainAtTheLevelItHas(t *testing.T) {
	b := crewed(t, li)
	id := b.raise(kiosk1, paging.Raise{Reason: branch.ReasonWater})
	b.do(li, paging.Accept{Page: id})
	b.expect(b.pass(2*time.Minute), "reopened after li at level 0, next in 30s", "step 2 level 0 tells [li]")
}

func TestOpeningAgainWithNobodyOnDutyIsAnAlarm(t *testing.T) {
	b := crewed(t, li)
	id := b.raise(kiosk1, help)
	b.do(li, paging.Accept{Page: id})
	b.do(li, paging.DutyOff{})
	b.expect(b.pass(2*time.Minute), "reopened after li at level 1, next in 30s",
		"alarm step 2 tells [] and the hall, next in 1m0s")
}

func TestWhoRejectsIsOutAndAnEmptiedLevelGoesOnAtOnce(t *testing.T) {
	b := crewed(t, li, wang, zhao)
	id := b.raise(kiosk1, help)
	b.expect(b.do(li, paging.Reject{Page: id}), "rejected by li")
	b.expect(b.do(li, paging.Reject{Page: id}))
	b.expect(b.do(wang, paging.Reject{Page: id}),
		"rejected by wang", "escalated to level 1 loop 0, next in 30s", "step 2 level 1 tells [zhao]")
	b.expect(b.do(zhao, paging.Reject{Page: id}),
		"rejected by zhao", "alarm step 3 tells [] and the hall, next in 1m0s")
	b.do(li, paging.DutyOff{})
	b.expect(b.do(li, paging.DutyOn{}), "on duty li[]")
	b.expect(b.do(li, paging.Accept{Page: id}), "accepted by li, next in 2m0s")
}

func TestWhoAcceptedAndCannotComeHandsThePageOn(t *testing.T) {
	b := crewed(t, li, wang)
	id := b.raise(kiosk1, help)
	b.do(li, paging.Accept{Page: id})
	b.expect(b.do(li, paging.Reject{Page: id}),
		"rejected by li", "reopened after li at level 1, next in 30s", "step 2 level 1 tells [wang]")
}

func TestArrivalIsSaidByTheKioskByThePersonOrByASupervisor(t *testing.T) {
	for _, by := range []branch.Actor{kiosk1, li, boss} {
		t.Run(string(by.Role), func(t *testing.T) {
			b := crewed(t, li)
			id := b.raise(kiosk1, help)
			b.do(li, paging.Accept{Page: id})
			b.expect(b.do(by, paging.Arrive{Page: id}), "arrived li")
			if p := b.page(id); p.Status != paging.Arrived || p.ArrivedAt != b.now {
				t.Errorf("the page is %s", p.Status)
			}
		})
	}
}

func TestArrivalIsFollowedByOneReminder(t *testing.T) {
	b := crewed(t, li)
	id := b.raise(kiosk1, help)
	b.do(li, paging.Accept{Page: id})
	b.do(li, paging.Arrive{Page: id})
	b.expect(b.pass(10*time.Minute), "reminded li")
	b.expect(b.pass(24 * time.Hour))
	if p := b.page(id); !p.Reminded || p.Status != paging.Arrived {
		t.Errorf("reminded %t, status %s", p.Reminded, p.Status)
	}
	b.expect(b.do(li, paging.Close{Page: id, Outcome: paging.OutcomeHelped}), "closed helped by li")
}

func TestAPlanWithoutReminderGivesNone(t *testing.T) {
	b := crewed(t, li)
	id := b.raise(kiosk1, paging.Raise{Reason: branch.ReasonReading})
	b.do(li, paging.Accept{Page: id})
	b.do(li, paging.Arrive{Page: id})
	b.expect(b.pass(24 * time.Hour))
}

func TestPressingAgainIsTheSamePageUntilSomebodyIsThere(t *testing.T) {
	b := crewed(t, li)
	press := paging.Raise{Reason: branch.ReasonHelp, Session: "s1", Visit: "v_1"}
	id := b.raise(kiosk1, press)
	b.expect(b.do(kiosk1, press), "pressed 2")
	b.expect(b.do(phone, paging.Raise{Reason: branch.ReasonHelp}), "pressed 3")
	b.expect(b.do(kiosk1, paging.Raise{Reason: branch.ReasonHelp, Session: "s1"}), "pressed 4")
	b.do(li, paging.Accept{Page: id})
	again := b.do(kiosk1, press)
	b.expect(again, "pressed 5")
	if a := again[0].(branch.Answering).Answer(); a.Page != id || a.Created {
		t.Errorf("answered %+v, want the page %s, not created", a, id)
	}
	b.do(li, paging.Arrive{Page: id})
	if b.raise(kiosk1, press) == id {
		t.Error("a press after arrival is not a new page")
	}
}

func TestADifferentCallForHelpIsANewPage(t *testing.T) {
	press := paging.Raise{Reason: branch.ReasonHelp, Session: "s1", Visit: "v_1"}
	others := map[string]struct {
		by  branch.Actor
		cmd paging.Raise
	}{
		"OtherReason":           {kiosk1, paging.Raise{Reason: branch.ReasonWater, Session: "s1", Visit: "v_1"}},
		"OtherSession":          {kiosk1, paging.Raise{Reason: branch.ReasonHelp, Session: "s2", Visit: "v_2"}},
		"NoSession":             {kiosk1, paging.Raise{Reason: branch.ReasonHelp}},
		"SameSessionOtherKiosk": {kiosk2, paging.Raise{Reason: branch.ReasonHelp, Session: "s1"}},
	}
	for name, other := range others {
		t.Run(name, func(t *testing.T) {
			b := crewed(t, li)
			id := b.raise(kiosk1, press)
			if b.raise(other.by, other.cmd) == id {
				t.Error("two calls for help became one page")
			}
			if b.raise(kiosk1, press) != id {
				t.Error("the further press of the first became another page")
			}
		})
	}
}

func TestAPageOfANamelessPressIsNeverMerged(t *testing.T) {
	b := crewed(t, li)
	if b.raise(kiosk1, help) == b.raise(kiosk1, help) {
		t.Error("two presses that name neither session nor visit became one page")
	}
}

func TestAStoryStaysShortHoweverOftenSomebodyPresses(t *testing.T) {
	b := crewed(t, li)
	press := paging.Raise{Reason: branch.ReasonHelp, Session: "s1"}
	id := b.raise(kiosk1, press)
	for range 500 {
		b.do(kiosk1, press)
	}
	p := b.page(id)
	if p.Count != 501 || len(p.Steps) != 4 || p.Steps[0].Step != "raised" {
		t.Errorf("%d presses, %d lines of story", p.Count, len(p.Steps))
	}
	for range 300 {
		b.do(li, paging.Accept{Page: id})
		b.do(li, paging.Reject{Page: id})
	}
	if n := len(b.page(id).Steps); n != 200 {
		t.Errorf("the story has %d lines, want 200", n)
	}
}

func TestAReceiptCountsOncePerPersonAndStep(t *testing.T) {
	b := crewed(t, li, wang, zhao)
	id := b.raise(kiosk1, help)
	b.expect(b.do(li, paging.Receive{Page: id, Step: 1}), "step 1 delivered to li")
	b.expect(b.do(li, paging.Receive{Page: id, Step: 1}))
	b.expect(b.do(wang, paging.Receive{Page: id, Step: 1}), "step 1 delivered to wang")
	b.expect(b.do(zhao, paging.Receive{Page: id, Step: 1}))
	b.expect(b.do(kiosk1, paging.Receive{Page: id, Step: 1}))
	b.pass(30 * time.Second)
	b.expect(b.do(li, paging.Receive{Page: id, Step: 1}))
	b.expect(b.do(li, paging.Receive{Page: id, Step: 2}), "step 2 delivered to li")
	b.do(kiosk1, paging.Cancel{Page: id})
	b.expect(b.do(wang, paging.Receive{Page: id, Step: 2}))
}

func TestThePlanOfAPageIsTheOneItWasRaisedWith(t *testing.T) {
	b := crewed(t, li, zhao)
	b.raise(kiosk1, help)
	policy := testPolicy()
	changed := policy.Reasons[branch.ReasonHelp]
	changed.Levels = []paging.Level{{Wait: time.Second}, {Wait: 7 * time.Second}}
	policy.Reasons[branch.ReasonHelp] = changed
	policy.Places = []paging.PlaceSpec{{ID: "kiosk-2", Zone: "other"}}
	b.configure(policy)
	b.expect(b.pass(30*time.Second), "escalated to level 1 loop 0, next in 30s", "step 2 level 1 tells [li zhao]")
	if zone := b.m.Model().Pages[0].Zone; zone != "main" {
		t.Errorf("the hall of the page is %q now", zone)
	}
	b.expect(b.do(kiosk2, help), "raised, next in 1s", "step 1 level 0 tells [li]")
}

func TestAPlanWithoutTimesStillHasDueTimes(t *testing.T) {
	b := crewed(t, li)
	policy := testPolicy()
	policy.Reasons[branch.ReasonHelp] = paging.Plan{}
	b.configure(policy)
	b.expect(b.do(kiosk1, help), "raised, next in 1s", "alarm step 1 tells [li] and the hall, next in 1s")
	if n := len(b.pass(10 * time.Second)); n != 10 {
		t.Errorf("%d alarms in ten seconds, want 10", n)
	}
}

func TestTheLevelsAreGoneThroughAtMostFiveTimes(t *testing.T) {
	b := crewed(t, li)
	policy := testPolicy()
	policy.Reasons[branch.ReasonHelp] = paging.Plan{Levels: []paging.Level{{Wait: time.Second}}, Loops: 99, AlarmEvery: time.Hour}
	b.configure(policy)
	id := b.raise(kiosk1, help)
	b.pass(4 * time.Second)
	if p := b.page(id); p.Alarm || p.Loop != 4 {
		t.Errorf("loop %d, alarm %t; want the fifth loop", p.Loop, p.Alarm)
	}
	b.expect(b.pass(time.Second), "alarm step 6 tells [li] and the hall, next in 1h0m0s")
}

func TestAPageWithoutAPlaceIsSpokenInTheFirstZone(t *testing.T) {
	b := crewed(t)
	e := b.do(phone, help)[1].(paging.PageAlarmed)
	if e.Zone != "main" || e.Place != "" || e.Call == "" {
		t.Errorf("the alarm says %+v", e.Announcement())
	}
}

func TestABranchWithoutZonesIsSilentInTheHallButCallsAllTheSame(t *testing.T) {
	b := crewed(t, li)
	policy := testPolicy()
	policy.Places = []paging.PlaceSpec{{ID: "kiosk-1"}}
	b.configure(policy)
	b.expect(b.do(kiosk1, paging.Raise{Reason: branch.ReasonFall}), "raised, next in 1m0s", "step 1 level 2 tells [li]")
}

func TestTheOpenPageOfAVisitIsFound(t *testing.T) {
	b := crewed(t, li)
	id := b.raise(phone, help)
	b.raise(phone, paging.Raise{Reason: branch.ReasonWater})
	if p, ok := b.m.OpenFor("v_1", branch.ReasonHelp); !ok || p.ID != id {
		t.Errorf("found %v", p)
	}
	for visit, reason := range map[branch.VisitID]branch.Reason{"v_1": branch.ReasonFall, "v_2": branch.ReasonHelp, "": branch.ReasonHelp} {
		if p, ok := b.m.OpenFor(visit, reason); ok {
			t.Errorf("found %v for %q, %s", p, visit, reason)
		}
	}
	b.do(phone, paging.Cancel{Page: id})
	if p, ok := b.m.OpenFor("v_1", branch.ReasonHelp); ok {
		t.Errorf("found %v although it has ended", p)
	}
}

func TestTheBranchSaysWhatItOffers(t *testing.T) {
	m := paging.New()
	if m.HasPlace("kiosk-1") || m.Offers(branch.ReasonHelp) {
		t.Error("a branch without a configuration offers something")
	}
	m = newBox(t).m
	if !m.HasPlace("kiosk-1") || m.HasPlace("moon") || m.HasPlace("") {
		t.Error("the places are not the configured ones")
	}
	if !m.Offers(branch.ReasonHelp) || m.Offers(branch.ReasonScam) {
		t.Error("the reasons are not the configured ones")
	}
}

func TestAStormOfKiosksLosesNoPage(t *testing.T) {
	b := crewed(t, li)
	for i := range 300 {
		b.do(boss, paging.Raise{Reason: branch.ReasonHelp, Place: "kiosk-1", Session: fmt.Sprint("s", i)})
	}
	if n := len(b.m.Model().Pages); n != 300 {
		t.Fatalf("%d pages, want 300", n)
	}
	events := b.pass(30 * time.Second)
	if len(events) != 600 {
		t.Errorf("%d events, want an escalation and a step for each of 300 pages", len(events))
	}
}
