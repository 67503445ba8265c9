package queue

import (
	"sort"
	"time"

	"handrail/server/internal/branch"
)

// minutesPerDay is the largest value of Hours.To.
const minutesPerDay = 24 * 60

// calendar says when the branch is open, by the clock on its wall.
type calendar struct {
	zone  *time.Location
	hours []Hours
}

// newCalendar reads the policy. An unknown time zone counts as UTC:
// configuration is checked before it comes here, and Apply cannot fail.
func newCalendar(p *Policy) calendar {
	zone, err := time.LoadLocation(p.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	return calendar{zone: zone, hours: p.Hours}
}

// dayOf returns the day at i.
func (c calendar) dayOf(i branch.Instant) branch.Day { return branch.DayOf(i, c.zone) }

// within reports whether opening hours hold at i.
func (c calendar) within(i branch.Instant) bool {
	if len(c.hours) == 0 {
		return true
	}
	local := i.Time().In(c.zone)
	minute := local.Hour()*60 + local.Minute()
	for _, h := range c.hours {
		if h.Weekday == local.Weekday() && h.From <= minute && minute < h.To {
			return true
		}
	}
	return false
}

// span returns from the first opening of the day to its last closing. Between
// two openings the day goes on: nobody loses a place over lunch. ok is false
// when the branch does not open that day.
func (c calendar) span(day branch.Day) (from, to branch.Instant, ok bool) {
	if len(c.hours) == 0 {
		return c.start(day), c.start(dayAfter(day, 1)), true
	}
	weekday := date(day, time.UTC).Weekday()
	first, last := minutesPerDay, 0
	for _, h := range c.hours {
		if h.Weekday == weekday {
			first, last = min(first, h.From), max(last, h.To)
		}
	}
	if first >= last {
		return 0, 0, false
	}
	return c.at(day, first), c.at(day, last), true
}

// at returns the moment when the clock on the wall shows minute after midnight.
func (c calendar) at(day branch.Day, minute int) branch.Instant {
	switch minute {
	case 0:
		return c.start(day)
	case minutesPerDay:
		return c.start(dayAfter(day, 1))
	}
	t := date(day, c.zone)
	return branch.InstantOf(time.Date(t.Year(), t.Month(), t.Day(), 0, minute, 0, 0, c.zone))
}

// start returns the first moment of the day. It is searched for, because some
// zones skip or repeat midnight.
func (c calendar) start(day branch.Day) branch.Instant {
	const span = 36 * time.Hour
	early := branch.InstantOf(date(day, c.zone).Add(-span / 2))
	offset := sort.Search(int(span.Milliseconds()), func(ms int) bool {
		return c.dayOf(early+branch.Instant(ms)) >= day
	})
	return early + branch.Instant(offset)
}

// date returns about the midnight with which the day begins in zone.
func date(day branch.Day, zone *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(day), zone)
	if err != nil {
		return time.Unix(0, 0).In(zone)
	}
	return t
}

// dayAfter returns the day n days after day; n may be negative.
func dayAfter(day branch.Day, n int) branch.Day {
	return branch.Day(date(day, time.UTC).AddDate(0, 0, n).Format(time.DateOnly))
}
