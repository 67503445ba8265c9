package main

import (
	"fmt"
	"strings"
	"time"
)

// title begins a section.
func (b *bench) title(text string) { fmt.Fprintf(b.out, "\n## %s\n\n", text) }

// note writes a paragraph.
func (b *bench) note(format string, args ...any) { fmt.Fprintf(b.out, format+"\n\n", args...) }

// head begins a table.
func (b *bench) head(columns ...string) {
	b.row(columns...)
	b.row(strings.Split(strings.Repeat("---,", len(columns)-1)+"---", ",")...)
}

// row writes a line of a table.
func (b *bench) row(cells ...string) { fmt.Fprintf(b.out, "| %s |\n", strings.Join(cells, " | ")) }

// floor returns the verdict on a floor and remembers a miss.
func (b *bench) floor(met bool, format string, args ...any) string {
	if met {
		return "ok"
	}
	b.missed = append(b.missed, fmt.Sprintf(format, args...))
	return "**FAILED**"
}

// ms writes a duration in milliseconds.
func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

// mega writes bytes in megabytes of a million.
func mega(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// number writes a rate.
func number(f float64) string { return fmt.Sprintf("%.0f", f) }
