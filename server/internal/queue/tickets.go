package queue

import (
	"fmt"
	"maps"
	"slices"

	"handrail/server/internal/branch"
)

// rememberedDays is for how many days the issued numbers are kept, so that a
// clock that went wrong for a day and was set right again doubles no ticket.
const rememberedDays = 4

// ticket is the prefix and at least three digits; more as numbers grow.
func ticket(prefix string, number int) branch.Ticket {
	return branch.Ticket(fmt.Sprintf("%s%03d", prefix, number))
}

// nextNumber returns the number to issue next on the day: one more than the
// last, leaving out the tickets that somebody still holds from another day.
func (s *state) nextNumber(day branch.Day, prefix string) int {
	number := s.issued[day][prefix] + 1
	for s.carried(day, ticket(prefix, number)) {
		number++
	}
	return number
}

// carried reports whether a live visit has held the ticket since another day.
func (s *state) carried(day branch.Day, t branch.Ticket) bool {
	return slices.ContainsFunc(s.live, func(v *Visit) bool { return v.Day != day && v.Ticket == t })
}

// issue remembers that the number was given.
func (s *state) issue(day branch.Day, prefix string, number int) {
	if s.issued[day] == nil {
		s.issued[day] = map[string]int{}
	}
	s.issued[day][prefix] = max(s.issued[day][prefix], number)
	for len(s.issued) > rememberedDays {
		delete(s.issued, slices.Min(slices.Collect(maps.Keys(s.issued))))
	}
}
