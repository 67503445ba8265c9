package config

import (
	"slices"
	"strings"
	"time"
)

// whatMayBeServedAt returns the services whose needsCounter c may have.
func (b *Branch) whatMayBeServedAt(c Counter) []ID {
	var ids []ID
	for _, s := range b.Services {
		if b.mayServe(c, s) {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// AbilitiesAt returns what c can do while all of its devices work: its own
// abilities, then those that its devices give.
func (b *Branch) AbilitiesAt(c Counter) []Ability {
	list := slices.Clone(c.Abilities)
	for _, d := range b.Devices {
		if d.Place == c.ID {
			list = append(list, d.Gives...)
		}
	}
	return distinct(list)
}

// ZoneOf returns the zone of a kiosk, hall or counter, "" when there is none.
func (b *Branch) ZoneOf(place ID) ID {
	for _, k := range b.Kiosks {
		if k.ID == place {
			return k.Zone
		}
	}
	for _, h := range b.Halls {
		if h.ID == place {
			return h.Zone
		}
	}
	for _, c := range b.Counters {
		if c.ID == place {
			return c.Zone
		}
	}
	return ""
}

// mayServe reports whether c may have everything that s needs.
func (b *Branch) mayServe(c Counter, s Service) bool {
	has := b.mayHave(c)
	return !slices.ContainsFunc(s.NeedsCounter, func(a Ability) bool { return !slices.Contains(has, a) })
}

// mayHave returns what c can do when whoever can do most serves there.
func (b *Branch) mayHave(c Counter) []Ability {
	list := b.AbilitiesAt(c)
	for _, s := range b.Staff {
		list = append(list, s.Abilities...)
	}
	return distinct(list)
}

// distinct returns list without repetitions, in the order of first occurrence.
func distinct[T comparable](list []T) []T {
	seen := map[T]bool{}
	return slices.DeleteFunc(list, func(v T) bool {
		twice := seen[v]
		seen[v] = true
		return twice
	})
}

// weekdayKey is the key of day in the file.
func weekdayKey(day time.Weekday) string { return strings.ToLower(day.String()) }
