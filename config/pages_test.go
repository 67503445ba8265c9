package config

import (
	"reflect"
	"slices"
	"testing"
)

func TestAPlanIsTheReasonsThenTheProductsThenTheBranchs(t *testing.T) {
	b := small(t, `pages:
  plan: {loops: 2, start: 1, first: [caring]}
  byReason:
    water: {arriveSeconds: 300}
    fall: {start: 3}
`)
	water := b.Pages.For("water")
	if water.ArriveSeconds != 300 || water.Loops != 2 || *water.Start != 1 || water.AlarmSeconds != 60 {
		t.Errorf("water: %+v", water)
	}
	if got := b.Pages.For("help").ArriveSeconds; got != 120 {
		t.Errorf("what is said of water changed help: %v", got)
	}
	if got := *b.Pages.For("fall").Start; got != 3 {
		t.Errorf("fall starts at %d, want 3 as configured", got)
	}
	if got := *b.Pages.For("illness").Start; got != 2 {
		t.Errorf("illness starts at %d, want 2 as the product says of emergencies", got)
	}
	if got := b.Pages.For("sign-language").First; !slices.Equal(got, []Ability{"sign-language"}) {
		t.Errorf("sign-language calls %v first", got)
	}
	if got := b.Pages.For("help").First; !slices.Equal(got, []Ability{"caring"}) {
		t.Errorf("help calls %v first", got)
	}
}

func TestTheHallNeverSpeaksOfDuress(t *testing.T) {
	p := small(t, "pages:\n  byReason:\n    duress: {levels: [{waitSeconds: 20, hall: true}], start: 0}\n").Pages
	if got := p.For("duress").Levels; !reflect.DeepEqual(got, []Level{{WaitSeconds: 20}}) {
		t.Errorf("duress: %+v", got)
	}
	if !p.For("fall").Levels[2].Hall || !p.ByReason["duress"].Levels[0].Hall {
		t.Error("silencing duress silenced another plan")
	}
}
