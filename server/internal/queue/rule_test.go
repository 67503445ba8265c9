package queue

import (
	"math"
	"testing"
	"time"

	"handrail/server/internal/branch"
)

// minutes is a wait or a target in milliseconds.
func minutes(m int64) int64 { return m * time.Minute.Milliseconds() }

// bidOf is the bid of a class by the default policy after a wait.
func bidOf(class branch.Class, waited int64, place int) bid {
	terms := (&Policy{}).terms(class)
	return bid{waited: waited, target: terms.target, score: terms.score(waited),
		breached: waited >= terms.target, place: place}
}

func TestTheWorkedExamplesOfTheRule(t *testing.T) {
	favoured := bidOf(branch.Caring, minutes(1), 1)
	favoured.favoured = true
	for _, c := range []struct {
		name          string
		winner, loser bid
	}{
		{"caring gathers four times as fast", bidOf(branch.Caring, minutes(6), 1), bidOf(branch.Ordinary, minutes(23), 0)},
		{"ordinary wins when it has waited more than four times as long",
			bidOf(branch.Ordinary, minutes(25), 1), bidOf(branch.Caring, minutes(6), 0)},
		{"equal scores go by the line", bidOf(branch.Ordinary, minutes(24), 0), bidOf(branch.Caring, minutes(6), 1)},
		{"and not by the class", bidOf(branch.Caring, minutes(6), 0), bidOf(branch.Ordinary, minutes(24), 1)},
		{"a broken promise comes before any score", bidOf(branch.Ordinary, minutes(30), 1), bidOf(branch.Caring, minutes(14), 0)},
		{"a promise is broken at the very millisecond", bidOf(branch.Ordinary, minutes(30), 1), bidOf(branch.Urgent, minutes(1)-1, 0)},
		{"the promise broken by more comes first", bidOf(branch.Caring, minutes(16), 1), bidOf(branch.Ordinary, minutes(31), 0)},
		{"promises broken alike go by the line", bidOf(branch.Ordinary, minutes(40), 0), bidOf(branch.Caring, minutes(20), 1)},
		{"urgent after a minute", bidOf(branch.Urgent, minutes(1), 1), bidOf(branch.Ordinary, minutes(29), 0)},
		{"a caring counter takes caring first", favoured, bidOf(branch.Ordinary, minutes(29), 0)},
		{"but keeps the promises", bidOf(branch.Ordinary, minutes(30), 0), favoured},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !c.winner.beats(c.loser) || c.loser.beats(c.winner) {
				t.Errorf("%+v does not beat %+v", c.winner, c.loser)
			}
		})
	}
}

func TestRatiosAreComparedExactlyWhereProductsOverflow(t *testing.T) {
	const big = math.MaxInt64
	for _, c := range []struct {
		a, b, c, d int64
		want       int
	}{
		{1, 3, 1, 3, 0}, {1, 3, 2, 6, 0}, {2, 3, 1, 2, 1}, {0, 5, 1, big, -1},
		{big, big, big - 1, big - 1, 0},
		{big - 1, big, big - 2, big - 1, 1},
		{big, big - 1, big - 1, big - 2, -1},
		{maxWaited, 1, maxWaited - 1, 1, 1},
	} {
		if got := compareRatio(c.a, c.b, c.c, c.d); got != c.want {
			t.Errorf("compareRatio(%d/%d, %d/%d) = %d, want %d", c.a, c.b, c.c, c.d, got, c.want)
		}
	}
}

func TestNoPolicyAndNoClockMakesAScoreOverflow(t *testing.T) {
	p := &Policy{
		Slope:     map[branch.Class]int64{branch.Caring: math.MaxInt64, branch.Ordinary: -1},
		HeadStart: map[branch.Class]int64{branch.Caring: math.MaxInt64, branch.Ordinary: math.MinInt64},
		Target:    map[branch.Class]time.Duration{branch.Caring: math.MaxInt64, branch.Ordinary: -1},
	}
	longest := waited(&Visit{QueuedAt: math.MinInt64 / 2}, math.MaxInt64/2)
	if longest <= 0 || waited(&Visit{QueuedAt: 2}, 1) != 0 {
		t.Fatalf("waits are not bounded: %d", longest)
	}
	for _, class := range branch.Classes() {
		terms := p.terms(class)
		if terms.target <= 0 || terms.slope <= 0 || terms.headStart < 0 {
			t.Errorf("%s: terms %+v", class, terms)
		}
		if terms.score(longest) < terms.score(0) || terms.score(0) < 0 {
			t.Errorf("%s: the score overflows: %d, then %d", class, terms.score(0), terms.score(longest))
		}
	}
	if got, want := p.terms(branch.Ordinary), (&Policy{}).terms(branch.Ordinary); got != want {
		t.Errorf("nonsense gives %+v, want the defaults %+v", got, want)
	}
}

func TestTheDefaultsAreThoseOfTheDesign(t *testing.T) {
	for class, want := range map[branch.Class]terms{
		branch.Urgent:   {target: 60_000, slope: 60},
		branch.Caring:   {target: minutes(15), slope: 4},
		branch.Ordinary: {target: minutes(30), slope: 1},
	} {
		if got := (&Policy{}).terms(class); got != want {
			t.Errorf("%s: %+v, want %+v", class, got, want)
		}
	}
}

func TestADayStartsWhenTheZoneSaysSo(t *testing.T) {
	for _, c := range []struct{ zone, day, start string }{
		{"Asia/Shanghai", "2026-11-04", "2026-11-03T16:00:00Z"},
		{"UTC", "2026-03-01", "2026-03-01T00:00:00Z"},
		// Midnight is skipped: the day begins at one.
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"},
		// Midnight comes twice: the day begins at the first.
		{"America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"},
		// The day before lasts 25 hours.
		{"Europe/Berlin", "2026-10-26", "2026-10-25T23:00:00Z"},
		// A whole day is left out of the calendar.
		{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"},
	} {
		want, err := time.Parse(time.RFC3339, c.start)
		if err != nil {
			t.Fatal(err)
		}
		got := newCalendar(&Policy{TimeZone: c.zone}).start(branch.Day(c.day))
		if got != branch.InstantOf(want) {
			t.Errorf("%s begins at %v in %s, want %v", c.day, got.Time(), c.zone, want)
		}
	}
}

func TestHoursUntilMidnightEndWithADayThatHasNoMidnight(t *testing.T) {
	c := newCalendar(&Policy{TimeZone: "America/Sao_Paulo", Hours: []Hours{
		{Weekday: time.Saturday, From: 600, To: 1440}, {Weekday: time.Sunday, From: 0, To: 600}}})
	_, to, _ := c.span("2018-11-03")
	from, _, _ := c.span("2018-11-04")
	if next := c.start("2018-11-04"); to != next || from != next {
		t.Errorf("open until %v and from %v, want both %v", to.Time(), from.Time(), next.Time())
	}
}

func TestHoursFollowTheClockOnTheWallOnADayOf23Hours(t *testing.T) {
	c := newCalendar(&Policy{TimeZone: "Europe/Berlin", Hours: []Hours{
		{Weekday: time.Sunday, From: 9 * 60, To: 12 * 60}, {Weekday: time.Sunday, From: 14 * 60, To: 1440},
	}})
	from, to, ok := c.span("2026-03-29")
	if !ok || from.Time().Format(time.TimeOnly) != "07:00:00" || to.Time().Format(time.TimeOnly) != "22:00:00" {
		t.Errorf("open from %v to %v, %v", from.Time(), to.Time(), ok)
	}
	if _, _, ok := c.span("2026-03-30"); ok {
		t.Error("open on a Monday without hours")
	}
	for clock, want := range map[string]bool{"06:59": false, "07:00": true, "09:59": true, "10:00": false, "12:00": true, "21:59": true} {
		at, _ := time.Parse("2006-01-02 15:04", "2026-03-29 "+clock)
		if got := c.within(branch.InstantOf(at)); got != want {
			t.Errorf("within hours at %s UTC: %v, want %v", clock, got, want)
		}
	}
}

func TestAnUnknownZoneCountsAsUTC(t *testing.T) {
	if zone := newCalendar(&Policy{TimeZone: "Moon/Tycho"}).zone; zone != time.UTC {
		t.Errorf("zone %v", zone)
	}
}
