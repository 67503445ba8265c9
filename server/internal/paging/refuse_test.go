package paging_test

import (
	"slices"
	"strings"
	"testing"

	"handrail/server/internal/branch"
	"handrail/server/internal/paging"
)

func TestRaiseIsRefused(t *testing.T) {
	long := strings.Repeat("a", 64)
	rows := map[string]struct {
		by    branch.Actor
		cmd   paging.Raise
		code  branch.Code
		field string
		// twin is the nearest command that is allowed, by twinBy.
		twinBy branch.Actor
		twin   paging.Raise
	}{
		"UnknownReason":    {kiosk1, paging.Raise{Reason: "coffee"}, branch.CodeUnknownReason, "", kiosk1, help},
		"ReasonNotOffered": {kiosk1, paging.Raise{Reason: branch.ReasonScam}, branch.CodeUnknownReason, "", kiosk1, help},
		"UnknownPlace": {boss, paging.Raise{Reason: branch.ReasonHelp, Place: "moon"}, branch.CodeUnknownPlace, "",
			boss, paging.Raise{Reason: branch.ReasonHelp, Place: "kiosk-1"}},
		"UnknownPlaceOfAKiosk": {kiosk1, paging.Raise{Reason: branch.ReasonHelp, Place: "moon"}, branch.CodeUnknownPlace, "",
			kiosk1, paging.Raise{Reason: branch.ReasonHelp, Place: "kiosk-1"}},
		"NoPlace": {boss, help, branch.CodeInvalid, "place",
			boss, paging.Raise{Reason: branch.ReasonHelp, Visit: "v_1"}},
		"NoPlaceOfOne": {boss, help, branch.CodeInvalid, "place",
			branch.Actor{Role: branch.RoleSupervisor, Token: "t_boss", OnBehalfOf: "kiosk-2"}, help},
		"NoPlaceButOfTheBox": {boss, help, branch.CodeInvalid, "place", branch.Box(), help},
		"AnothersPlace": {kiosk1, paging.Raise{Reason: branch.ReasonHelp, Place: "kiosk-2"}, branch.CodeForbidden, "",
			kiosk2, paging.Raise{Reason: branch.ReasonHelp, Place: "kiosk-2"}},
		"AnothersCounter": {counter, paging.Raise{Reason: branch.ReasonHelp, Place: "kiosk-2"}, branch.CodeForbidden, "",
			counter, paging.Raise{Reason: branch.ReasonHelp, Place: "counter-1"}},
		"AnothersVisit": {phone, paging.Raise{Reason: branch.ReasonHelp, Visit: "v_2"}, branch.CodeForbidden, "",
			phone, paging.Raise{Reason: branch.ReasonHelp, Visit: "v_1"}},
		"LongSession": {kiosk1, paging.Raise{Reason: branch.ReasonHelp, Session: long + "a"}, branch.CodeInvalid, "session",
			kiosk1, paging.Raise{Reason: branch.ReasonHelp, Session: long}},
		"StrangeSession": {kiosk1, paging.Raise{Reason: branch.ReasonHelp, Session: "a\u202eb"}, branch.CodeInvalid, "session",
			kiosk1, paging.Raise{Reason: branch.ReasonHelp, Session: "device:printer_1.a-B"}},
		"StrangeVisit": {kiosk1, paging.Raise{Reason: branch.ReasonHelp, Visit: "v 1"}, branch.CodeInvalid, "visit",
			kiosk1, paging.Raise{Reason: branch.ReasonHelp, Visit: "v_1"}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			b := crewed(t, li)
			refusal := b.refuse(row.by, row.cmd, row.code)
			checkField(t, refusal, row.field)
			b.do(row.twinBy, row.twin)
			p := b.m.Model().Pages[0]
			if p.Reason != branch.ReasonHelp || p.By != row.twinBy {
				t.Errorf("the twin raised %+v", p)
			}
		})
	}
}

func checkField(t *testing.T, refusal *branch.Error, field string) {
	t.Helper()
	var got []string
	for _, f := range refusal.Fields {
		got = append(got, f.Field)
	}
	if want := strings.Fields(field); !slices.Equal(got, want) {
		t.Errorf("the wrong fields are %v, want %v", got, want)
	}
}

func TestThePlaceOfAPageIsTheOneNamedOrWhereTheActorStands(t *testing.T) {
	onBehalf := boss
	onBehalf.OnBehalfOf = "kiosk-2"
	rows := map[branch.PlaceID]struct {
		by  branch.Actor
		cmd paging.Raise
	}{
		"counter-1": {boss, paging.Raise{Reason: branch.ReasonHelp, Place: "counter-1"}},
		"kiosk-2":   {onBehalf, help},
		"kiosk-1":   {kiosk1, help},
		"":          {phone, help},
	}
	for want, row := range rows {
		b := crewed(t)
		if p := b.page(b.raise(row.by, row.cmd)); p.Place != want {
			t.Errorf("%s raised at %q, want %q", row.by.Role, p.Place, want)
		}
	}
}

// stages brings a page to each status, with wang and zhao on duty beside li.
var stages = map[paging.Status]func(*box, branch.PageID){
	paging.Open:     func(*box, branch.PageID) {},
	paging.Accepted: func(b *box, id branch.PageID) { b.do(li, paging.Accept{Page: id}) },
	paging.Arrived: func(b *box, id branch.PageID) {
		b.do(li, paging.Accept{Page: id})
		b.do(li, paging.Arrive{Page: id})
	},
	paging.Closed:    func(b *box, id branch.PageID) { b.do(boss, paging.Close{Page: id, Outcome: paging.OutcomeHelped}) },
	paging.Cancelled: func(b *box, id branch.PageID) { b.do(boss, paging.Cancel{Page: id}) },
}

// staged returns a box with a page of kiosk-1 in a status.
func staged(t *testing.T, reason branch.Reason, status paging.Status) (*box, branch.PageID) {
	b := crewed(t, li, wang, zhao)
	id := b.raise(kiosk1, paging.Raise{Reason: reason})
	stages[status](b, id)
	if got := b.page(id).Status; got != status {
		t.Fatalf("the page is %s, want %s", got, status)
	}
	return b, id
}

// verb makes the command of a verb.
func verb(name string, id branch.PageID) branch.Command {
	switch name {
	case "accept":
		return paging.Accept{Page: id}
	case "reject":
		return paging.Reject{Page: id}
	case "arrive":
		return paging.Arrive{Page: id}
	case "cancel":
		return paging.Cancel{Page: id}
	default:
		return paging.Close{Page: id, Outcome: paging.OutcomeHelped}
	}
}

func TestEveryVerbInEveryStatus(t *testing.T) {
	allowed := map[paging.Status][]string{
		paging.Open:     {"accept", "reject", "cancel"},
		paging.Accepted: {"arrive", "reject", "cancel"},
		paging.Arrived:  {"close"},
	}
	actors := map[string]branch.Actor{"accept": li, "reject": li, "arrive": li, "close": li, "cancel": kiosk1}
	for status := range stages {
		for name, by := range actors {
			t.Run(string(status)+"/"+name, func(t *testing.T) {
				b, id := staged(t, branch.ReasonHelp, status)
				if status == paging.Accepted && name == "accept" {
					b.expect(b.do(by, verb(name, id)))
					return
				}
				if slices.Contains(allowed[status], name) {
					b.do(by, verb(name, id))
					return
				}
				refusal := b.refuse(by, verb(name, id), branch.CodeWrongState)
				if refusal.State != string(status) || !slices.Equal(refusal.Allowed, allowed[status]) {
					t.Errorf("state %q allows %v, want %q %v", refusal.State, refusal.Allowed, status, allowed[status])
				}
			})
		}
	}
}

func TestASupervisorClosesWhateverHasNotEnded(t *testing.T) {
	for status := range stages {
		b, id := staged(t, branch.ReasonHelp, status)
		if status.Ended() {
			b.refuse(boss, verb("close", id), branch.CodeWrongState)
		} else {
			b.expect(b.do(boss, verb("close", id)), "closed helped by supervisor")
		}
	}
}

func TestWhoMayAnswerAPage(t *testing.T) {
	liAtCounter := branch.Actor{Role: branch.RoleCounter, Place: "counter-1", Staff: "li", Token: "t_c"}
	sunAtCounter := branch.Actor{Role: branch.RoleCounter, Place: "counter-1", Staff: "sun", Token: "t_c"}
	stranger := branch.Actor{Role: branch.RolePager, Staff: "nobody", Token: "t_n"}
	rows := map[string]struct {
		status        paging.Status
		verb          string
		reason        branch.Reason
		may, mayNot   []branch.Actor
		mayNotBecause branch.Code
	}{
		"AcceptWantsStaff":    {paging.Open, "accept", "help", []branch.Actor{li, zhao, sun, boss, liAtCounter}, []branch.Actor{sunAtCounter, stranger, kiosk1, counter, phone}, branch.CodeForbidden},
		"RejectWantsStaff":    {paging.Open, "reject", "help", []branch.Actor{li, zhao, sun, boss, liAtCounter}, []branch.Actor{sunAtCounter, stranger, kiosk1, counter, phone}, branch.CodeForbidden},
		"ArriveIsTheirs":      {paging.Accepted, "arrive", "help", []branch.Actor{li, kiosk1, boss, liAtCounter}, []branch.Actor{wang, kiosk2, counter, phone}, branch.CodeForbidden},
		"CloseIsTheirs":       {paging.Arrived, "close", "help", []branch.Actor{li, boss, liAtCounter}, []branch.Actor{wang, kiosk1, kiosk2, phone}, branch.CodeForbidden},
		"CancelIsTheirs":      {paging.Open, "cancel", "help", []branch.Actor{kiosk1, boss}, []branch.Actor{li, kiosk2, counter, phone}, branch.CodeForbidden},
		"FallAtItsSource":     {paging.Arrived, "close", "fall", []branch.Actor{kiosk1, boss}, []branch.Actor{li, wang, kiosk2, liAtCounter}, branch.CodeForbidden},
		"DuressNotAtTheKiosk": {paging.Arrived, "close", "duress", []branch.Actor{li, boss}, []branch.Actor{kiosk1, wang, kiosk2}, branch.CodeForbidden},
		"DuressNotArrivedAt":  {paging.Accepted, "arrive", "duress", []branch.Actor{li, boss}, []branch.Actor{kiosk1, wang, kiosk2}, branch.CodeForbidden},
		"DuressStays":         {paging.Open, "cancel", "duress", []branch.Actor{boss}, []branch.Actor{kiosk1, li}, branch.CodeForbidden},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			for _, by := range row.mayNot {
				b, id := staged(t, row.reason, row.status)
				b.refuse(by, verb(row.verb, id), row.mayNotBecause)
			}
			for _, by := range row.may {
				b, id := staged(t, row.reason, row.status)
				b.do(by, verb(row.verb, id))
			}
		})
	}
}

func TestAPageIsTakenBackByWhoRaisedItOnly(t *testing.T) {
	b := crewed(t)
	byKiosk := b.page(b.raise(kiosk1, paging.Raise{Reason: branch.ReasonHelp, Visit: "v_1"}))
	byPhone := b.page(b.raise(branch.Actor{Role: branch.RoleVisit, Visit: "v_2"}, help))
	onBehalf := boss
	onBehalf.OnBehalfOf = "kiosk-1"
	forKiosk := b.page(b.raise(onBehalf, help))
	keyed := kiosk2
	keyed.Visit = "v_1"
	rows := []struct {
		page *paging.Page
		by   branch.Actor
		want bool
	}{
		{byKiosk, kiosk1, true}, {byKiosk, phone, true}, {byKiosk, keyed, true}, {byKiosk, kiosk2, false},
		{forKiosk, kiosk1, true}, {forKiosk, kiosk2, false}, {byKiosk, counter, false}, {byPhone, phone, false}, {byPhone, kiosk1, false},
		{byPhone, branch.Actor{Role: branch.RoleVisit, Visit: "v_2"}, true},
	}
	for _, row := range rows {
		_, err := b.m.Decide(b.env(), row.by, paging.Cancel{Page: row.page.ID})
		if got := branch.CodeOf(err); got != map[bool]branch.Code{true: "", false: branch.CodeForbidden}[row.want] {
			t.Errorf("page of %s taken back by %s: %v", row.page.By.Identity(), row.by.Identity(), err)
		}
	}
}

func TestWrongCommandsAboutAPage(t *testing.T) {
	b, id := staged(t, branch.ReasonHelp, paging.Arrived)
	for _, name := range []string{"accept", "reject", "arrive", "close", "cancel"} {
		b.refuse(boss, verb(name, "p_none"), branch.CodeNotFound)
	}
	b.refuse(li, paging.Receive{Page: "p_none", Step: 1}, branch.CodeNotFound)
	checkField(t, b.refuse(li, paging.Receive{Page: id, Step: 2}, branch.CodeInvalid), "step")
	checkField(t, b.refuse(li, paging.Receive{Page: id}, branch.CodeInvalid), "step")
	b.do(li, paging.Receive{Page: id, Step: 1})
	checkField(t, b.refuse(li, paging.Close{Page: id, Outcome: "gone"}, branch.CodeInvalid), "outcome")
	checkField(t, b.refuse(li, paging.Close{Page: id}, branch.CodeInvalid), "outcome")
	b.do(li, paging.Close{Page: id, Outcome: paging.OutcomePassedOn})
	b.refuse(li, stranger{}, branch.CodeNotFound)
}

type stranger struct{}

func (stranger) CommandName() string { return "visit.create" }

func TestEveryOutcomeClosesAPage(t *testing.T) {
	for _, outcome := range []paging.Outcome{paging.OutcomeHelped, paging.OutcomeNotNeeded, paging.OutcomeNotPossible,
		paging.OutcomePassedOn} {
		b, id := staged(t, branch.ReasonHelp, paging.Arrived)
		b.do(li, paging.Close{Page: id, Outcome: outcome})
		if p := b.page(id); p.Outcome != outcome || p.ClosedAt != b.now || p.DueAt != 0 {
			t.Errorf("closed as %+v", p)
		}
	}
}

func TestDutyIsRefused(t *testing.T) {
	b := newBox(t)
	nobody := branch.Actor{Role: branch.RolePager, Token: "t_x"}
	former := branch.Actor{Role: branch.RolePager, Staff: "former", Token: "t_f"}
	b.refuse(nobody, paging.DutyOn{}, branch.CodeForbidden)
	b.refuse(former, paging.DutyOn{}, branch.CodeForbidden)
	b.refuse(nobody, paging.DutyOff{}, branch.CodeForbidden)
	checkField(t, b.refuse(li, paging.DutyOn{Abilities: []branch.Ability{"a b"}}, branch.CodeInvalid), "abilities")
	checkField(t, b.refuse(li, paging.DutyOn{Abilities: []branch.Ability{""}}, branch.CodeInvalid), "abilities")
	checkField(t, b.refuse(li, paging.DutyOn{Abilities: make([]branch.Ability, 10_000)}, branch.CodeInvalid), "abilities")
	b.refuse(branch.Box(), paging.Connect{Staff: "former"}, branch.CodeNotFound)
	b.do(li, paging.DutyOn{Abilities: []branch.Ability{"dialect"}})
	b.do(branch.Box(), paging.Connect{Staff: "li"})
	b.do(li, paging.DutyOff{})
}

func TestWithoutAConfigurationEveryCommandIsRefused(t *testing.T) {
	b := &box{t: t, m: paging.New(), now: 1}
	b.refuse(kiosk1, help, branch.CodeBusy)
	b.configure(testPolicy())
	b.do(kiosk1, help)
}
