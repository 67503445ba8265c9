package drive

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/config"
	"handrail/server/internal/recorded"
	"handrail/server/internal/wire"
)

// twoDesks is a day with two servers, a service that only one of them served
// and one that nobody did.
func twoDesks() recorded.Day {
	const open = 9 * time.Hour
	return recorded.Day{
		Date: "990101",
		Calls: []recorded.Call{
			{Class: recorded.Ordinary, Service: "PS", At: open, Server: "ANNA", Begin: open, End: open + 100*time.Second},
			{Class: recorded.Caring, Service: "NW", At: open + 10*time.Second, Queued: 20 * time.Second, Server: "BO",
				Begin: open + 30*time.Second, End: open + 90*time.Second},
			{Class: recorded.Ordinary, Service: "PS", At: open + 40*time.Second, Queued: 60 * time.Second, GaveUp: true},
			{Class: recorded.Ordinary, Service: "TT", At: open + 50*time.Second, Queued: 10 * time.Second, GaveUp: true},
		},
		Servers: []recorded.Server{
			{Name: "ANNA", First: open, Last: open + 100*time.Second, Services: []string{"PS"}, Calls: 1},
			{Name: "BO", First: open + 30*time.Second, Last: open + 90*time.Second, Services: []string{"NW"}, Calls: 1},
		},
		Counts: recorded.Counts{Agent: 3, Hang: 3, HangNeverQueued: 1, NoServer: 1, Phantom: 2},
	}
}

func TestAPlanDividesAllTimesBySpeed(t *testing.T) {
	p := newPlan(twoDesks(), 10)
	second := p.arrivals[1]
	if second.at != time.Second || second.serve != 6*time.Second {
		t.Errorf("the second caller comes at %v and is served %v, want 1s and 6s", second.at, second.serve)
	}
	if p.begins != 9*time.Hour || p.length != 10*time.Second || p.longest != 10*time.Second {
		t.Errorf("the plan begins at %v, is %v long, with a service of at most %v", p.begins, p.length, p.longest)
	}
	if s := p.shifts[1]; s.from != 3*time.Second || s.to != 9*time.Second {
		t.Errorf("the second counter works from %v to %v, want 3s to 9s", s.from, s.to)
	}
}

func TestPriorityIsTheClassAndTypeTheService(t *testing.T) {
	p := newPlan(twoDesks(), 1)
	if a, b := p.arrivals[0], p.arrivals[1]; a.class != "ordinary" || b.class != "caring" || a.service == b.service {
		t.Errorf("the first two callers are %+v and %+v", a, b)
	}
}

func TestACallerWhoHungUpHasPatienceAndTheMedianService(t *testing.T) {
	p := newPlan(twoDesks(), 10)
	if a := p.arrivals[0]; a.patience != 0 {
		t.Errorf("a served caller has a patience of %v", a.patience)
	}
	if a := p.arrivals[2]; a.patience != 6*time.Second || a.serve != 10*time.Second {
		t.Errorf("patience %v, service %v; want 6s and the 10s of the service", a.patience, a.serve)
	}
	if a := p.arrivals[3]; a.serve == 0 {
		t.Error("a caller for a service that nobody served would be served for no time")
	}
}

func TestTheLastCounterOfEachServiceStaysForThoseWhoComeForIt(t *testing.T) {
	// Services are NW, PS, TT; nobody served TT, so the last counter of all does.
	p := newPlan(twoDesks(), 1)
	if !slices.Equal(p.shifts[0].last, []string{"service-2", "service-3"}) || !slices.Equal(p.shifts[1].last, []string{"service-1"}) {
		t.Errorf("the shifts are %+v", p.shifts)
	}
	day := twoDesks()
	day.Servers[0].Services = []string{"NW", "PS"}
	if p := newPlan(day, 1); len(p.shifts[0].last) != 3 || len(p.shifts[1].last) != 0 {
		t.Errorf("the first counter serves everything and longest, but the shifts are %+v", p.shifts)
	}
}

func TestWhatIsNotPlayedIsCounted(t *testing.T) {
	r := newPlan(twoDesks(), 1).recorded
	if r.Played != 4 || r.HungUp != 2 || r.Agent != 3 || r.Counters != 2 {
		t.Errorf("played %+v", r)
	}
	if r.Skipped["hung up before queueing"] != 1 || r.Skipped["no server"] != 1 || r.Skipped["phantom"] != 2 {
		t.Errorf("skipped %v", r.Skipped)
	}
}

func TestTheWrittenConfigurationIsTheBranchOfTheDay(t *testing.T) {
	branch := parsed(t, twoDesks(), 300)
	if len(branch.Counters) != 2 || len(branch.Services) != 3 {
		t.Fatalf("%d counters and %d services, want 2 and 3", len(branch.Counters), len(branch.Services))
	}
	// Services are NW, PS, TT; nobody served TT, so everybody offers it.
	if got := branch.Counters[0].Services; !slices.Equal(got, []config.ID{"service-2", "service-3"}) {
		t.Errorf("the first counter serves %v", got)
	}
	if got := branch.Counters[1].Services; !slices.Equal(got, []config.ID{"service-1", "service-3"}) {
		t.Errorf("the second counter serves %v", got)
	}
	if got := branch.Classes.Caring.TargetMinutes.Duration(); got != 3*time.Second {
		t.Errorf("the caring target is %v, want 15 minutes / 300", got)
	}
	// A configuration counts in thousandths of a minute: 5 minutes / 300 is 1.02 s.
	if branch.AwayMinutes.Duration() != 3*time.Second || branch.GraceMinutes.Duration() != 1020*time.Millisecond {
		t.Errorf("away %v, grace %v", branch.AwayMinutes.Duration(), branch.GraceMinutes.Duration())
	}
	if !branch.Hours.Always() || branch.DayEnd != config.CarryOver {
		t.Error("the branch may close while the day is played")
	}
	if speaker := branch.Zones[0].Speaker; speaker.Device == "" || branch.Devices[0].Driver != "sim" {
		t.Errorf("the zone's mouth is %+v, not a simulated speaker", speaker)
	}
}

func TestEveryServiceAndCounterOfThePlanStandsInTheConfiguration(t *testing.T) {
	day := twoDesks()
	branch, p := parsed(t, day, 60), newPlan(day, 60)
	for _, a := range p.arrivals {
		if !slices.ContainsFunc(branch.Services, func(s config.Service) bool { return string(s.ID) == a.service }) {
			t.Errorf("no service %s", a.service)
		}
	}
	for _, s := range p.shifts {
		if !slices.ContainsFunc(branch.Counters, func(c config.Counter) bool { return string(c.ID) == s.counter }) {
			t.Errorf("no counter %s", s.counter)
		}
	}
}

func TestNamesOfTheRecordCannotBreakTheConfiguration(t *testing.T) {
	day := twoDesks()
	for i, name := range []string{"A\"B: {c}\n", strings.Repeat("long ", 30)} {
		day.Servers[i].Name = name
	}
	parsed(t, day, 300)
}

func TestManyServicesGetDifferentPrefixes(t *testing.T) {
	seen := map[string]bool{}
	for n := range 100 {
		seen[prefix(n)] = true
	}
	if len(seen) != 100 || prefix(0) != "A" || prefix(25) != "Z" || prefix(26) != "AA" {
		t.Errorf("%d different prefixes; %s %s %s", len(seen), prefix(0), prefix(25), prefix(26))
	}
}

func TestAPlanIsOnlyPlayedInItsOwnClosedBranch(t *testing.T) {
	p := newPlan(twoDesks(), 1)
	branch := func() *wire.Branch {
		return &wire.Branch{
			Services: []wire.BranchService{{ID: "service-1"}, {ID: "service-2"}, {ID: "service-3"}},
			Counters: []wire.BranchCounter{{ID: "counter-1", State: "closed"}, {ID: "counter-2", State: "closed"}},
		}
	}
	if err := p.fits(branch()); err != nil {
		t.Errorf("its own branch: %v", err)
	}
	for name, spoil := range map[string]func(*wire.Branch){
		"no service service-3": func(b *wire.Branch) { b.Services = b.Services[:2] },
		"no counter counter-2": func(b *wire.Branch) { b.Counters = b.Counters[:1] },
		"counter-1 is open":    func(b *wire.Branch) { b.Counters[0].State = "open" },
	} {
		b := branch()
		spoil(b)
		if err := p.fits(b); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want an error with %q, got %v", name, err)
		}
	}
}

func TestASpeedThatMakesNoSenseIsRefused(t *testing.T) {
	for _, speed := range []int{-1, 0, 3601} {
		if err := WriteConfig(new(bytes.Buffer), twoDesks(), speed); err == nil {
			t.Errorf("speed %d is taken", speed)
		}
	}
	if err := WriteConfig(new(bytes.Buffer), twoDesks(), 3600); err != nil {
		t.Errorf("speed 3600 is refused: %v", err)
	}
}

// parsed writes the configuration of day and reads it back.
func parsed(t *testing.T, day recorded.Day, speed int) *config.Branch {
	t.Helper()
	var file bytes.Buffer
	if err := WriteConfig(&file, day, speed); err != nil {
		t.Fatal(err)
	}
	branch, problems := config.Parse("day.yaml", file.Bytes())
	for _, p := range problems {
		t.Errorf("%v", p)
	}
	if branch == nil {
		t.Fatalf("not a configuration:\n%s", file.Bytes())
	}
	return branch
}
