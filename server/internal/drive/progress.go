package drive

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	barWidth = 30
	redraw   = 250 * time.Millisecond
)

// bar is the progress line; a nil writer draws nothing.
type bar struct {
	w     io.Writer
	day   string
	speed int
	// begins is the recorded time of day at which the plan starts, length the
	// plan's length in real time.
	begins time.Duration
	length time.Duration
	book   *book
}

// run redraws the line until ctx ends, and then ends the line.
func (b *bar) run(ctx context.Context, start time.Time) {
	if b.w == nil {
		return
	}
	tick := time.NewTicker(redraw)
	defer tick.Stop()
	for {
		fmt.Fprintf(b.w, "\r\x1b[K%s", b.line(time.Since(start), b.book.counts()))
		select {
		case <-ctx.Done():
			fmt.Fprintf(b.w, "\r\x1b[K%s\n", b.line(time.Since(start), b.book.counts()))
			return
		case <-tick.C:
		}
	}
}

// line draws how far the day is after elapsed real time.
func (b *bar) line(elapsed time.Duration, c counts) string {
	share := 1.0
	if b.length > 0 {
		share = min(1, max(0, float64(elapsed)/float64(b.length)))
	}
	full := int(share * barWidth)
	clock := b.begins + max(0, elapsed)*time.Duration(b.speed)
	return fmt.Sprintf("%s %s [%s%s] %3.0f %%  tickets %d  served %d  hung up %d  here %d",
		b.day, clockOf(clock), strings.Repeat("#", full), strings.Repeat(".", barWidth-full),
		100*share, c.taken, c.served, c.cancelled, c.taken-c.served-c.cancelled)
}

// clockOf writes a time of day, "13:05".
func clockOf(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}
