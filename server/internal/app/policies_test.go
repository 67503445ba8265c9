package app

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"handrail/config"
	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
)

// demoWith reads the demo branch with lines appended.
func demoWith(t *testing.T, more string) *config.Branch {
	t.Helper()
	b, problems := config.Parse("demo.yaml", append(config.Demo(), more...))
	if len(problems) > 0 {
		t.Fatal(config.Problems(problems))
	}
	return b
}

func TestTheProductsWordsAreTheSameInTheConfigurationAndInTheDomain(t *testing.T) {
	if got := texts[branch.Need](config.Needs()); !slices.Equal(got, branch.Needs()) {
		t.Errorf("needs %v, want %v", got, branch.Needs())
	}
	if got := texts[branch.Reason](config.Reasons()); !slices.Equal(got, branch.Reasons()) {
		t.Errorf("reasons %v, want %v", got, branch.Reasons())
	}
	if got := texts[branch.Language](config.Languages()); !slices.Equal(got, []branch.Language{branch.Chinese, branch.English}) {
		t.Errorf("languages %v", got)
	}
	for config, domain := range map[config.Admin]equipment.Admin{
		config.Enabled: equipment.Enabled, config.Maintenance: equipment.Maintenance, config.Disabled: equipment.Disabled,
	} {
		if string(config) != string(domain) {
			t.Errorf("%s is %s in the domain", config, domain)
		}
	}
	for _, kind := range []string{equipment.KindPrinter, equipment.KindSpeaker, equipment.KindLamp, equipment.KindPager,
		equipment.KindLoop, equipment.KindFocuser} {
		if !slices.Contains(config.Kinds(), config.Kind(kind)) {
			t.Errorf("a device of kind %s cannot be configured", kind)
		}
	}
}

func TestTheQueueIsToldServicesAndCountersAsConfigured(t *testing.T) {
	p := queuePolicy(demoWith(t, ""))
	cash := queue.Service{ID: "cash", Prefix: "A", Expected: 6 * time.Minute, NeedsCounter: []branch.Ability{"cash"}}
	if got := p.Services[0]; !reflect.DeepEqual(got, cash) {
		t.Errorf("cash is %+v, want %+v", got, cash)
	}
	second := queue.CounterSpec{
		ID: "counter-2", Zone: "main", Abilities: []branch.Ability{"cash"},
		Services: []branch.ServiceID{"cash", "personal", "cards", "pension", "remittance", "new-citizen"},
	}
	if got := p.Counters[1]; !reflect.DeepEqual(got, second) {
		t.Errorf("counter-2 is %+v, want %+v", got, second)
	}
	if got := p.Staff[1]; !reflect.DeepEqual(got, queue.StaffSpec{ID: "wang", Abilities: []branch.Ability{"sign-language"}}) {
		t.Errorf("wang is %+v", got)
	}
	if p.TimeZone != "Asia/Shanghai" || !slices.Equal(p.Languages, []branch.Language{branch.Chinese, branch.English}) {
		t.Errorf("time zone %s, languages %v", p.TimeZone, p.Languages)
	}
}

func TestACounterHasTheAbilitiesOfItsDevices(t *testing.T) {
	caring := queuePolicy(demoWith(t, "")).Counters[3]
	if want := []branch.Ability{"cash", "caring", "low", "hearing-loop", "sound-focuser"}; !slices.Equal(caring.Abilities, want) {
		t.Errorf("%s has %v, want %v", caring.ID, caring.Abilities, want)
	}
	if len(caring.Services) != 7 {
		t.Errorf("%s serves %v, want everything", caring.ID, caring.Services)
	}
}

func TestTheQueueIsToldNeedsAsConfigured(t *testing.T) {
	p := queuePolicy(demoWith(t, ""))
	want := map[branch.Need][]branch.Ability{
		branch.Wheelchair: {"low"}, branch.LowCounter: {"low"},
		branch.Hearing: {"hearing-loop", "sound-focuser"}, branch.SignLanguage: {"sign-language"},
	}
	if !reflect.DeepEqual(p.Requires, want) {
		t.Errorf("requires %v, want %v", p.Requires, want)
	}
	if !slices.Equal(p.Needs, branch.Needs()) || !slices.Contains(p.CaringNeeds, branch.Escort) || slices.Contains(p.CaringNeeds, branch.LargePrint) {
		t.Errorf("needs %v, caring %v", p.Needs, p.CaringNeeds)
	}
	if !slices.Equal(p.LookFor, []branch.Need{branch.Hearing, branch.ReadAloud, branch.Wheelchair, branch.Escort}) {
		t.Errorf("look for %v", p.LookFor)
	}
}

func TestEveryNumberOfTheQueueArrivesInItsUnit(t *testing.T) {
	p := queuePolicy(changed(t, func(b *config.Branch) {
		b.Classes.Caring = config.Class{TargetMinutes: 12, Slope: 5, HeadStartMinutes: 1.5}
		b.AwayMinutes, b.GraceMinutes, b.LookForGraceMinutes, b.RecallSeconds, b.RelaxMinutes = 1, 2, 6, 11, 3
		b.TicketsOutsideHours, b.DayEnd = true, config.CarryOver
	}))
	if p.Target[branch.Caring] != 12*time.Minute || p.Slope[branch.Caring] != 5 || p.HeadStart[branch.Caring] != 90_000 {
		t.Errorf("caring: %v, %d, %d ms", p.Target[branch.Caring], p.Slope[branch.Caring], p.HeadStart[branch.Caring])
	}
	if p.Target[branch.Urgent] != queue.DefaultUrgentTarget || p.Target[branch.Ordinary] != queue.DefaultOrdinaryTarget {
		t.Errorf("targets %v", p.Target)
	}
	got := []time.Duration{p.AwayLimit, p.Grace, p.LookForGrace, p.RecallSpacing, p.RelaxAfter}
	want := []time.Duration{time.Minute, 2 * time.Minute, 6 * time.Minute, 11 * time.Second, 3 * time.Minute}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if !p.TicketsOutsideHours || !p.CarryOver {
		t.Errorf("tickets outside hours %v, carry over %v", p.TicketsOutsideHours, p.CarryOver)
	}
}

// changed reads the demo branch and changes it.
func changed(t *testing.T, change func(*config.Branch)) *config.Branch {
	t.Helper()
	b := demoWith(t, "")
	change(b)
	return b
}

func TestHoursAreMinutesOfAWeekday(t *testing.T) {
	p := queuePolicy(changed(t, func(b *config.Branch) {
		b.Hours = config.Hours{Monday: []config.Opening{"09:00-12:00", "13:30-24:00"}, Sunday: []config.Opening{"10:00-11:00"}}
	}))
	want := []queue.Hours{
		{Weekday: time.Sunday, From: 600, To: 660},
		{Weekday: time.Monday, From: 540, To: 720},
		{Weekday: time.Monday, From: 810, To: 1440},
	}
	if !slices.Equal(p.Hours, want) {
		t.Errorf("hours %v, want %v", p.Hours, want)
	}
	if got := queuePolicy(demoWith(t, "")).Hours; len(got) != 0 {
		t.Errorf("a branch that is always open has hours %v", got)
	}
}

func TestPagingIsToldWhoWhereAndHow(t *testing.T) {
	p := pagingPolicy(demoWith(t, ""))
	if got := p.Staff[2]; got.ID != "lobby" || got.Level != 1 || !slices.Equal(got.Abilities, []branch.Ability{"escort", "sign-language"}) {
		t.Errorf("the lobby manager is %+v", got)
	}
	var where []string
	for _, place := range p.Places {
		where = append(where, string(place.ID)+" in "+string(place.Zone))
	}
	want := []string{"kiosk-1 in main", "kiosk-2 in main", "hall-1 in main", "hall-2 in consulting",
		"counter-1 in main", "counter-2 in main", "counter-3 in consulting", "counter-4 in main"}
	if !slices.Equal(where, want) {
		t.Errorf("places %v, want %v", where, want)
	}
	plan := paging.Plan{
		Levels: []paging.Level{
			{Wait: 30 * time.Second}, {Wait: 30 * time.Second}, {Wait: time.Minute, Hall: true}, {Wait: time.Minute, Hall: true},
		},
		Loops: 5, Arrive: 2 * time.Minute, AlarmEvery: time.Minute, Remind: 10 * time.Minute, First: []branch.Ability{},
	}
	if got := p.Reasons[branch.ReasonHelp]; !reflect.DeepEqual(got, plan) {
		t.Errorf("help: %+v, want %+v", got, plan)
	}
}

func TestEveryReasonHasAPlanAndEmergenciesStartHigher(t *testing.T) {
	p := pagingPolicy(demoWith(t, ""))
	for _, r := range branch.Reasons() {
		plan, ok := p.Reasons[r]
		if start := map[bool]int{true: 2, false: 0}[r.Emergency()]; !ok || plan.Start != start {
			t.Errorf("%s starts at level %d (offered: %v), want %d", r, plan.Start, ok, start)
		}
		if speaks := slices.ContainsFunc(plan.Levels, func(l paging.Level) bool { return l.Hall }); speaks == r.Silent() {
			t.Errorf("%s: the hall speaks: %v", r, speaks)
		}
	}
	if got := p.Reasons[branch.ReasonSignLanguage].First; !slices.Equal(got, []branch.Ability{branch.AbilitySignLanguage}) {
		t.Errorf("for sign language first come %v", got)
	}
}

func TestAReasonThatIsNotOfferedHasNoPlan(t *testing.T) {
	p := pagingPolicy(changed(t, func(b *config.Branch) { b.Pages.Reasons = []config.Reason{"help"} }))
	if len(p.Reasons) != 1 {
		t.Errorf("plans for %d reasons, want 1", len(p.Reasons))
	}
}

func TestEquipmentIsToldDevicesAndTheOneMouthOfEachZone(t *testing.T) {
	p := equipmentPolicy(changed(t, func(b *config.Branch) { b.Devices[0].Admin = config.Maintenance }))
	printer := equipment.DeviceSpec{
		ID: "printer-1", Kind: equipment.KindPrinter, Place: "kiosk-1", Admin: equipment.Maintenance, Gives: []branch.Ability{},
	}
	if got := p.Devices[0]; !reflect.DeepEqual(got, printer) {
		t.Errorf("got %+v, want %+v", got, printer)
	}
	loop := p.Devices[slices.IndexFunc(p.Devices, func(d equipment.DeviceSpec) bool { return d.Kind == equipment.KindLoop })]
	if loop.Admin != equipment.Enabled || !slices.Equal(loop.Gives, []branch.Ability{"hearing-loop"}) {
		t.Errorf("the loop is %+v", loop)
	}
	zones := []equipment.ZoneSpec{{ID: "main", Hall: "hall-1"}, {ID: "consulting", Device: "speaker-consulting"}}
	if !slices.Equal(p.Zones, zones) {
		t.Errorf("zones %v, want %v", p.Zones, zones)
	}
	if p.ClipLength != 30*time.Second || p.AnswerWithin != 3*time.Second {
		t.Errorf("clip %v, answer %v", p.ClipLength, p.AnswerWithin)
	}
}

func TestTheEventHoldsEachModulesPolicyAndNothingElse(t *testing.T) {
	b := demoWith(t, "")
	event, err := configApplied(b, "v1")
	if err != nil {
		t.Fatal(err)
	}
	if event.ConfigVersion != "v1" || len(event.Policies) != 3 {
		t.Fatalf("version %s, %d policies", event.ConfigVersion, len(event.Policies))
	}
	var q queue.Policy
	var p paging.Policy
	var e equipment.Policy
	for name, policy := range map[string]any{"queue": &q, "paging": &p, "equipment": &e} {
		if err := json.Unmarshal(event.Policies[name], policy); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !equalJSON(t, q, queuePolicy(b)) || !equalJSON(t, p, pagingPolicy(b)) || !equalJSON(t, e, equipmentPolicy(b)) {
		t.Error("a policy changes on its way through the event")
	}
}

// equalJSON compares what cannot tell an empty list from none after decoding.
func equalJSON(t *testing.T, a, b any) bool {
	t.Helper()
	first, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	second, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(first) == string(second)
}

func TestEqualFilesGiveEqualEvents(t *testing.T) {
	first, err := configApplied(demoWith(t, ""), "v1")
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if again, err := configApplied(demoWith(t, ""), "v1"); err != nil || !reflect.DeepEqual(again, first) {
			t.Fatalf("the same file gives another event (%v)", err)
		}
	}
}
