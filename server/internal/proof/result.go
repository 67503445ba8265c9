package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// The bounds of S1.
const (
	memoryBound = 200_000_000
	goneBound   = 6 * time.Second
	pageBound   = 200 * time.Millisecond
)

// print writes the table and returns the bounds that were broken.
func (r *result) print(w io.Writer) error {
	var broken []string
	row := func(what, measured, bound string, kept bool) {
		verdict := "ok"
		if !kept {
			verdict = "**BROKEN**"
			broken = append(broken, what)
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", what, measured, bound, verdict)
	}
	fmt.Fprintf(w, "%d slow bodies of 4 MB and %d slow headers from %d addresses; %d attackers were turned away at once.\n\n",
		r.bodies, r.heads, r.addresses, r.refused)
	fmt.Fprint(w, "| what | measured | bound | verdict |\n|---|---|---|---|\n")
	row("memory of the box", fmt.Sprintf("%s before, %s at most", mega(r.before), mega(r.peak)),
		"< "+mega(memoryBound), r.peak > 0 && r.peak < memoryBound)
	row("the last attacker is gone after", seconds(last(r.held)), "≤ "+seconds(goneBound),
		len(r.held) > 0 && last(r.held) <= goneBound)
	p99 := rank(r.pages, 0.99)
	row("a page from another address, p99", fmt.Sprintf("%v of %d, %v at most", p99.Round(time.Millisecond/10),
		len(r.pages), last(r.pages).Round(time.Millisecond/10)), fmt.Sprintf("< %v", pageBound), len(r.pages) > 0 && p99 < pageBound)
	row("pages that failed", fmt.Sprint(len(r.failures)), "0", len(r.failures) == 0)
	if len(r.failures) > 0 {
		fmt.Fprintf(w, "\nThe first that failed: %s\n", r.failures[0])
	}
	if len(broken) > 0 {
		return errors.New("broken: " + strings.Join(broken, ", "))
	}
	return nil
}

// last returns the greatest of sorted durations; 0 of none.
func last(sorted []time.Duration) time.Duration { return rank(sorted, 1) }

// rank returns the nearest-rank quantile of sorted; 0 of none.
func rank(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	i := int(share*float64(len(sorted))+0.999999) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}

func mega(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
