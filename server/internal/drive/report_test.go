package drive

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestASpreadIsByNearestRank(t *testing.T) {
	var list []time.Duration
	for i := range 100 {
		list = append(list, time.Duration(i+1)*time.Second)
	}
	s := spreadOf(list, 2)
	if s.Count != 100 || s.Mean != 101 || s.P50 != 100 || s.P90 != 180 || s.P99 != 198 || s.Max != 200 {
		t.Errorf("%+v", s)
	}
	if one := spreadOf(list[:1], 1); one.P50 != 1 || one.P99 != 1 || one.Max != 1 {
		t.Errorf("of one: %+v", one)
	}
	if spreadOf(nil, 1) != (Spread{}) {
		t.Error("of none: not empty")
	}
}

func TestAReportIsGoodOnlyWhenNothingIsMissing(t *testing.T) {
	good := func() Report { return Report{Screens: Screens{Count: 2, Exact: 2}} }
	if r := good(); !r.OK() {
		t.Error("a good report is not OK")
	}
	for name, spoil := range map[string]func(*Report){
		"a lost ticket":    func(r *Report) { r.Lost = []string{"x"} },
		"a doubled ticket": func(r *Report) { r.Doubled = []string{"x"} },
		"nobody refused":   func(r *Report) { r.Recorded.Refused = 1 },
		"an inexact hall":  func(r *Report) { r.Screens.Exact = 1 },
	} {
		r := good()
		if spoil(&r); r.OK() {
			t.Errorf("%s is OK", name)
		}
	}
}

func TestScreensAreComparedEachByItself(t *testing.T) {
	calls := []sighting{{1, "visit.called"}, {2, "visit.called"}}
	b, err := newBox("http://127.0.0.1:1", "")
	if err != nil {
		t.Fatal(err)
	}
	whole, broken := b.screen(0, "main"), b.screen(1, "main")
	whole.seen, broken.seen = calls, calls[:1]
	whole.delays = []time.Duration{time.Millisecond, 3 * time.Millisecond}
	r := screensOf([]*screen{whole, broken}, calls, 1)
	if r.Count != 2 || r.Exact != 1 || r.Calls != 2 || r.Delay.Max != 0.003 {
		t.Errorf("%+v", r)
	}
	if len(r.Faults) != 1 || !strings.HasPrefix(r.Faults[0], "screen 2 did not see event 2") {
		t.Errorf("faults %q", r.Faults)
	}
}

func TestTheReportReadsAsTextAndAsJSON(t *testing.T) {
	r := Report{
		Day: "990101", Speed: 300, Served: 3, Cancelled: 1, Lost: []string{"ticket A001 is lost"},
		Waits:    map[string]Spread{"caring": {Count: 1, Mean: 65}},
		Rules:    map[string]int{"only": 1, "guard": 3},
		Refusals: map[string]int{"wrong-state": 2},
		Screens:  Screens{Count: 200, Exact: 199, Cut: 10},
	}
	var text bytes.Buffer
	if err := r.Text(&text); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"guard 3, only 1", "wrong-state 2", "1:05", "ticket A001 is lost", "10 cut in mid-day"} {
		if !strings.Contains(text.String(), part) {
			t.Errorf("the text has no %q:\n%s", part, &text)
		}
	}
	var out bytes.Buffer
	if err := r.JSON(&out); err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back.Served != 3 || back.Waits["caring"].Mean != 65 {
		t.Errorf("read back %+v, %v", back, err)
	}
}

func TestTheProgressLineShowsTheClockOfTheRecord(t *testing.T) {
	b := &bar{day: "990101", speed: 60, begins: 9 * time.Hour, length: 10 * time.Minute}
	line := b.line(5*time.Minute, counts{taken: 7, served: 3, cancelled: 1})
	for _, part := range []string{"14:00", " 50 %", "tickets 7", "here 3"} {
		if !strings.Contains(line, part) {
			t.Errorf("no %q in %q", part, line)
		}
	}
	if line := b.line(time.Hour, counts{}); !strings.Contains(line, "100 %") || strings.Contains(line, ".]") {
		t.Errorf("after its end the bar is %q", line)
	}
}
