package config

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// parse reads a file that must be right.
func parse(t *testing.T, data []byte) *Branch {
	t.Helper()
	b, problems := Parse("branch.yaml", data)
	if len(problems) > 0 {
		t.Fatal(Problems(problems))
	}
	return b
}

// small reads testdata/small.yaml with lines appended.
func small(t *testing.T, more string) *Branch {
	t.Helper()
	return parse(t, append(read(t, "testdata/small.yaml"), more...))
}

func TestTheDemoBranchOffersWhatTheProductPromises(t *testing.T) {
	b := parse(t, Demo())
	var services []string
	for _, s := range b.Services {
		services = append(services, string(s.Prefix)+" "+string(s.ID))
	}
	want := []string{"A cash", "B personal", "C loans", "D cards", "E pension", "F remittance", "G new-citizen"}
	if !slices.Equal(services, want) {
		t.Errorf("services %v, want %v", services, want)
	}
	for _, place := range []ID{"kiosk-1", "kiosk-2", "hall-1", "counter-1", "counter-2"} {
		if zone := b.ZoneOf(place); zone != "main" {
			t.Errorf("%s is in zone %q, want main", place, zone)
		}
	}
	if mouth := b.Zones[0].Speaker; mouth.Hall != "hall-1" {
		t.Errorf("the mouth of main is %+v, want hall-1", mouth)
	}
	if !b.Hours.Always() {
		t.Error("the demo branch closes")
	}
}

func TestAnOrdinaryVisitToTheDemoBranchCanBeServedAtItsFirstCounters(t *testing.T) {
	b := parse(t, Demo())
	if got := len(b.Counters[0].Services); b.Counters[0].ID != "counter-1" || got != 7 {
		t.Errorf("%s serves %d services, want counter-1 and all 7", b.Counters[0].ID, got)
	}
	if got := len(b.Counters[1].Services); b.Counters[1].ID != "counter-2" || got < 5 {
		t.Errorf("%s serves %d services, want counter-2 and most", b.Counters[1].ID, got)
	}
}

func TestEveryNeedThatRequiresSomethingIsServedSomewhereInTheDemoBranch(t *testing.T) {
	b := parse(t, Demo())
	for need, abilities := range b.Requires {
		served := slices.ContainsFunc(b.Counters, func(c Counter) bool {
			return slices.ContainsFunc(abilities, func(a Ability) bool { return slices.Contains(b.mayHave(c), a) })
		})
		if !served {
			t.Errorf("no counter has one of %v for %s", abilities, need)
		}
	}
	caring := b.Counters[3]
	if got := b.AbilitiesAt(caring); !slices.Equal(got, []Ability{"cash", "caring", "low", "hearing-loop", "sound-focuser"}) {
		t.Errorf("%s has %v", caring.ID, got)
	}
}

func TestTheDemoStaffStandAtTheLevelsOfTheProduct(t *testing.T) {
	b := parse(t, Demo())
	levels := map[ID]int{}
	for _, s := range b.Staff {
		levels[s.ID] = s.Level
	}
	want := map[ID]int{"li": 0, "wang": 0, "lobby": 1, "security": 2, "manager": 3}
	if !reflect.DeepEqual(levels, want) {
		t.Errorf("levels %v, want %v", levels, want)
	}
}

func TestWhatTheDemoWritesOutIsWhatTheProductWouldDo(t *testing.T) {
	demo, plain := parse(t, Demo()), defaults()
	for name, pair := range map[string][2]any{
		"classes":       {demo.Classes, plain.Classes},
		"requires":      {demo.Requires, plain.Requires},
		"needs":         {demo.Needs, plain.Needs},
		"caringNeeds":   {demo.CaringNeeds, plain.CaringNeeds},
		"lookFor":       {demo.LookFor, plain.LookFor},
		"announcements": {demo.Announcements, plain.Announcements},
		"plan":          {demo.Pages.Plan, plain.Pages.Plan},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: the demo has %v, the default is %v", name, pair[0], pair[1])
		}
	}
}

func TestWhatIsLeftOutHasItsDefault(t *testing.T) {
	b := small(t, "devices: [{id: lamp-1, kind: lamp, driver: sim, place: counter-1}]\n")
	if b.TimeZone != "Asia/Shanghai" || b.DayEnd != Close || b.AwayMinutes != 15 || b.RecallSeconds != 10 {
		t.Errorf("got %+v", b)
	}
	if !slices.Equal(b.Languages, Languages()) || !slices.Equal(b.Needs, Needs()) || !slices.Equal(b.Pages.Reasons, Reasons()) {
		t.Errorf("lists: %v %v %v", b.Languages, b.Needs, b.Pages.Reasons)
	}
	if b.Devices[0].Admin != Enabled {
		t.Errorf("a device is %q, want enabled", b.Devices[0].Admin)
	}
}

func TestAPartOfAGroupLeavesTheRestOfItAsItWas(t *testing.T) {
	b := small(t, "classes:\n  caring: {slope: 9}\n")
	if got := b.Classes.Caring; got != (Class{TargetMinutes: 15, Slope: 9}) {
		t.Errorf("caring is %+v", got)
	}
	if got := b.Classes.Ordinary; got != defaults().Classes.Ordinary {
		t.Errorf("ordinary is %+v", got)
	}
}

func TestATableReplacesTheDefaultWhole(t *testing.T) {
	b := small(t, "requires:\n  wheelchair: [low]\n")
	if want := map[Need][]Ability{"wheelchair": {"low"}}; !reflect.DeepEqual(b.Requires, want) {
		t.Errorf("requires %v, want %v", b.Requires, want)
	}
}

func TestACounterWithoutServicesServesAllThatItsAbilitiesAllow(t *testing.T) {
	file := strings.Replace(string(read(t, "testdata/small.yaml")), "    services: [cash, pension]\n", "", 1)
	file = strings.Replace(file, "minutes: 5}", "minutes: 5, needsCounter: [cash]}", 1)
	file += "  - {id: counter-2, name: {zh-CN: 2号, en: Counter 2}, zone: main, abilities: [cash]}\n"
	b := parse(t, []byte(file))
	if got := b.Counters[0].Services; !slices.Equal(got, []ID{"pension"}) {
		t.Errorf("without cash: %v", got)
	}
	if got := b.Counters[1].Services; !slices.Equal(got, []ID{"cash", "pension"}) {
		t.Errorf("with cash: %v", got)
	}
}

func TestASettingOfADriverIsTakenAsItIsWritten(t *testing.T) {
	b := small(t, `devices:
  - {id: lamp-1, kind: lamp, driver: sim, place: counter-1, params: {port: 9100, cut: true, address: "10.0.0.9"}}
`)
	want := map[Param]Setting{"port": "9100", "cut": "true", "address": "10.0.0.9"}
	if got := b.Devices[0].Params; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestHoursAreReadPerWeekday(t *testing.T) {
	h := small(t, "hours:\n  monday: [\"09:00-12:00\", \"13:30-24:00\"]\n  sunday: [\"00:00-00:01\"]\n").Hours
	if h.Always() {
		t.Error("a branch with hours is always open")
	}
	if got := h.On(time.Monday); !slices.Equal(got, []Opening{"09:00-12:00", "13:30-24:00"}) {
		t.Errorf("Monday: %v", got)
	}
	if from, to := h.On(time.Monday)[1].Minutes(); from != 13*60+30 || to != 24*60 {
		t.Errorf("13:30-24:00 is %d to %d", from, to)
	}
	if len(h.On(time.Tuesday)) != 0 || len(h.On(time.Sunday)) != 1 {
		t.Errorf("Tuesday %v, Sunday %v", h.On(time.Tuesday), h.On(time.Sunday))
	}
}

func TestDurationsAreRoundedToTheMillisecond(t *testing.T) {
	if got := Minutes(0.0166667).Duration(); got != time.Second {
		t.Errorf("0.0166667 minutes are %v, want 1s", got)
	}
	if got := Seconds(1.5).Duration(); got != 1500*time.Millisecond {
		t.Errorf("1.5 seconds are %v", got)
	}
}

func TestAByteOrderMarkIsNoMistake(t *testing.T) {
	parse(t, append([]byte("\ufeff"), read(t, "testdata/small.yaml")...))
}

func TestWindowsLineEndsKeepTheLinesOfProblems(t *testing.T) {
	file := strings.ReplaceAll(string(read(t, "testdata/small.yaml")), "\n", "\r\n") + "awayMinute: 1\r\n"
	_, problems := Parse("branch.yaml", []byte(file))
	if len(problems) != 1 || problems[0].Line != 17 || problems[0].Column != 1 {
		t.Errorf("got %v", problems)
	}
}

func TestParseNamesTheFileAndEveryProblem(t *testing.T) {
	_, problems := Parse("branch.yaml", read(t, "testdata/bad/many.yaml"))
	if len(problems) != 6 || problems[0].File != "branch.yaml" {
		t.Errorf("got %v", Problems(problems))
	}
}

func TestTheVersionOfAFileIsItsContent(t *testing.T) {
	if got := Version([]byte("abc")); got != "ba7816bf8f01cfea" {
		t.Errorf("got %s", got)
	}
}

func TestDemoCannotBeChangedByItsReader(t *testing.T) {
	Demo()[0] = 'x'
	parse(t, Demo())
}

func FuzzParse(f *testing.F) {
	f.Add(Demo())
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, "testdata/small.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, problems := Parse("fuzz.yaml", data)
		if (b == nil) != (len(problems) > 0) {
			t.Fatalf("a branch %v and %d problems", b, len(problems))
		}
		lines := strings.Count(string(data), "\n") + 2
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.Column < 1 || p.Message == "" {
				t.Errorf("a problem that stands nowhere: %+v", p)
			}
		}
	})
}
