package drive

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Report is what a driven day came to. Unless a field says otherwise, its
// figures are read from the box's log; durations are in seconds.
type Report struct {
	Day   string `json:"day"`
	Speed int    `json:"speed"`
	// TookSeconds is the real time from the first arrival to the last leaving.
	TookSeconds float64 `json:"tookSeconds"`

	// Recorded says what of the record was played and what was not.
	Recorded Recorded `json:"recorded"`

	Served    int `json:"served"`
	Cancelled int `json:"cancelled"`
	Removed   int `json:"removed"`
	// Stayed counts callers, by the drive's own book, who were called before
	// their patience ended; Strangers called visits that it did not bring.
	Stayed    int `json:"stayed"`
	Strangers int `json:"strangers"`

	// Waits are per class, in recorded time: real time × speed.
	Waits map[string]Spread `json:"waits"`
	// Rules counts the calls by the rule that chose.
	Rules map[string]int `json:"rules"`
	// Lost and Doubled are sentences, one per fault; both must be empty.
	Lost    []string `json:"lost"`
	Doubled []string `json:"doubled"`
	// Refusals counts refused requests by code, Unanswered those that were
	// repeated because no answer came; both as the clients saw them.
	Refusals   map[string]int `json:"refusals"`
	Unanswered int            `json:"unanswered"`

	Screens Screens `json:"screens"`
}

// Recorded counts the calls of the recorded day.
type Recorded struct {
	// Agent were served in the record, AgentNeverQueued of them at once; Hang
	// hung up.
	Agent            int `json:"agent"`
	AgentNeverQueued int `json:"agentNeverQueued"`
	Hang             int `json:"hang"`
	// Played calls became visits; HungUp of them hung up in the queue.
	Played int `json:"played"`
	HungUp int `json:"hungUp"`
	// Skipped counts what was not played, by reason.
	Skipped  map[string]int `json:"skipped"`
	Counters int            `json:"counters"`
	// Refused calls of Played got no ticket from the box.
	Refused int `json:"refused"`
}

// Spread describes a set of durations, in seconds.
type Spread struct {
	Count int     `json:"count"`
	Mean  float64 `json:"mean"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	Max   float64 `json:"max"`
}

// Screens is what the hall screens saw.
type Screens struct {
	Count int `json:"count"`
	// Calls is how many calls and recalls the log has; each screen must have
	// seen each of them once and in order. Exact counts the screens that did.
	Calls int `json:"calls"`
	Exact int `json:"exact"`
	// Cut screens lost their connection in mid-day. Resumed counts all later
	// connections, Reset those that could not go on where they were, Slow those
	// that the box had closed because they did not read.
	Cut     int `json:"cut"`
	Resumed int `json:"resumed"`
	Reset   int `json:"reset"`
	Slow    int `json:"slow"`
	// Delay is from the moment the box decided the call ("at" in the event, a
	// whole millisecond, rounded down) to the frame's arrival: it holds the
	// commit, the fan-out and up to 1 ms of rounding. Replayed calls are left
	// out. It means something only when box and drive share a clock.
	Delay Spread `json:"delay"`
	// Faults are sentences, one per missed, doubled or misplaced call, at most
	// maxFaults.
	Faults []string `json:"faults"`
}

// maxFaults bounds the sentences about screens.
const maxFaults = 50

// OK reports whether nothing was lost, doubled, refused a ticket or misplaced
// on a screen.
func (r *Report) OK() bool {
	return len(r.Lost) == 0 && len(r.Doubled) == 0 && r.Recorded.Refused == 0 && r.Screens.Exact == r.Screens.Count
}

// spreadOf describes sorted durations, each multiplied by scale.
func spreadOf(sorted []time.Duration, scale float64) Spread {
	if len(sorted) == 0 {
		return Spread{}
	}
	var sum time.Duration
	for _, d := range sorted {
		sum += d
	}
	at := func(share float64) float64 { return scale * rank(sorted, share).Seconds() }
	return Spread{
		Count: len(sorted),
		Mean:  scale * sum.Seconds() / float64(len(sorted)),
		P50:   at(0.50), P90: at(0.90), P99: at(0.99), Max: at(1),
	}
}

// rank returns the nearest-rank quantile of sorted, which is not empty.
func rank(sorted []time.Duration, share float64) time.Duration {
	i := int(math.Ceil(share*float64(len(sorted)))) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}

// screensOf compares every screen with the calls of the log.
func screensOf(screens []*screen, calls []sighting, cut int) Screens {
	r := Screens{Count: len(screens), Calls: len(calls), Cut: cut, Faults: []string{}}
	var delays []time.Duration
	for i, s := range screens {
		faults := compareScreen(s.seen, calls)
		if len(faults) == 0 {
			r.Exact++
		}
		for _, f := range faults[:min(len(faults), maxFaults-len(r.Faults))] {
			r.Faults = append(r.Faults, fmt.Sprintf("screen %d %s", i+1, f))
		}
		r.Resumed += s.resumed
		r.Reset += s.reset
		r.Slow += s.slow
		delays = append(delays, s.delays...)
	}
	slices.Sort(delays)
	r.Delay = spreadOf(delays, 1)
	return r
}

// JSON writes the report as one JSON object.
func (r *Report) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// Text writes the report for people.
func (r *Report) Text(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintf(t, "Day %s at speed %d, %.0f s\n\n", r.Day, r.Speed, r.TookSeconds)
	r.textRecorded(t)
	r.textServed(t)
	r.textWaits(t)
	r.textScreens(t)
	r.textFaults(t)
	return t.Flush()
}

func (r *Report) textRecorded(t io.Writer) {
	c := r.Recorded
	fmt.Fprintf(t, "In the record\t%d\tserved, %d of them without a queue\n", c.Agent, c.AgentNeverQueued)
	fmt.Fprintf(t, "\t%d\thung up\n", c.Hang)
	fmt.Fprintf(t, "Not played\t%d\t%s\n", sum(c.Skipped), list(c.Skipped))
	fmt.Fprintf(t, "Played\t%d\tat %d counters, %d of them to hang up\n", c.Played, c.Counters, c.HungUp)
	fmt.Fprintf(t, "  refused a ticket\t%d\n\n", c.Refused)
}

func (r *Report) textServed(t io.Writer) {
	fmt.Fprintf(t, "Visits served\t%d\n", r.Served)
	fmt.Fprintf(t, "  hung up in the record, called in time\t%d\n", r.Stayed)
	fmt.Fprintf(t, "Visits cancelled\t%d\n", r.Cancelled)
	fmt.Fprintf(t, "Visits removed by the box\t%d\n", r.Removed)
	if r.Strangers > 0 {
		fmt.Fprintf(t, "Visits of somebody else served\t%d\n", r.Strangers)
	}
	fmt.Fprintf(t, "Calls by rule\t%d\t%s\n", sum(r.Rules), list(r.Rules))
	fmt.Fprintf(t, "Requests refused\t%d\t%s\n", sum(r.Refusals), list(r.Refusals))
	fmt.Fprintf(t, "Requests repeated without an answer\t%d\n\n", r.Unanswered)
}

func (r *Report) textWaits(t io.Writer) {
	fmt.Fprintln(t, "Waits, recorded time\tcalled\tmean\tp50\tp90\tmax")
	for _, class := range slices.Sorted(maps.Keys(r.Waits)) {
		s := r.Waits[class]
		fmt.Fprintf(t, "  %s\t%d\t%s\t%s\t%s\t%s\n", class, s.Count,
			minutes(s.Mean), minutes(s.P50), minutes(s.P90), minutes(s.Max))
	}
	fmt.Fprintln(t)
}

func (r *Report) textScreens(t io.Writer) {
	s := r.Screens
	if s.Count == 0 {
		return
	}
	fmt.Fprintf(t, "Screens\t%d\t%d cut in mid-day; %d resumed, %d reset, %d too slow\n", s.Count, s.Cut, s.Resumed, s.Reset, s.Slow)
	fmt.Fprintf(t, "  saw all %d calls once and in order\t%d\n", s.Calls, s.Exact)
	fmt.Fprintf(t, "  from the decision to the screen\tp50 %.1f ms\tp99 %.1f ms\tmax %.1f ms\n\n",
		1000*s.Delay.P50, 1000*s.Delay.P99, 1000*s.Delay.Max)
}

func (r *Report) textFaults(t io.Writer) {
	fmt.Fprintf(t, "Tickets lost\t%d\n", len(r.Lost))
	fmt.Fprintf(t, "Tickets doubled\t%d\n", len(r.Doubled))
	for _, fault := range slices.Concat(r.Lost, r.Doubled, r.Screens.Faults) {
		fmt.Fprintf(t, "  %s\n", fault)
	}
}

// minutes writes seconds as minutes and seconds, "3:05".
func minutes(seconds float64) string {
	whole := int(math.Round(seconds))
	return fmt.Sprintf("%d:%02d", whole/60, whole%60)
}

// sum adds up the counts.
func sum(counts map[string]int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}

// list names the counts in alphabetical order, "guard 3, only 12".
func list(counts map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s %d", name, counts[name]))
	}
	return strings.Join(parts, ", ")
}
