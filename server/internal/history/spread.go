package history

import (
	"slices"
	"time"
)

// spread is a collection of durations.
type spread []time.Duration

// quantile returns the shortest duration that percent of all do not exceed, 0 of
// none. The spread must be sorted.
func (s spread) quantile(percent int) time.Duration {
	if len(s) == 0 {
		return 0
	}
	rank := (len(s)*percent + 99) / 100
	return s[max(rank, 1)-1]
}

func (s spread) sorted() spread { return slices.Sorted(slices.Values(s)) }

func (s spread) waits() Waits {
	sorted := s.sorted()
	return Waits{Count: len(s), Median: sorted.quantile(50), P90: sorted.quantile(90), Longest: sorted.quantile(100)}
}

func (s spread) reach() Reach {
	sorted := s.sorted()
	return Reach{P50: sorted.quantile(50), P95: sorted.quantile(95)}
}

func (s spread) times() Times {
	var sum time.Duration
	for _, d := range s {
		sum += d
	}
	return Times{Served: len(s), Median: s.sorted().quantile(50), Mean: sum / time.Duration(max(1, len(s)))}
}
