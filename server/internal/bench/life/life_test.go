package life

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestALeapIsTimeThatHasPassedForBothClocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
		b := &Box{clock: newClock(from)}
		time.Sleep(time.Minute)
		b.Forward(24 * time.Hour)
		if wall, want := b.clock.Wall(), from.Add(24*time.Hour+time.Minute); !wall.Equal(want) {
			t.Errorf("the wall says %v, want %v", wall, want)
		}
		if got := b.clock.Monotonic(); got != 24*time.Hour+time.Minute {
			t.Errorf("%v have passed", got)
		}
	})
}
