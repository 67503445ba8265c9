package recorded

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// maxLine bounds a line of the file, in bytes; real ones have about 120.
const maxLine = 4096

// Read reads the rows of day, YYMMDD, from r, which may be gzipped. Rows that
// cannot be used are counted, not fatal. It fails when r cannot be read to its
// end, is no such file, or has nothing on that day; the error names the line.
func Read(r io.Reader, day string) (Day, error) {
	plain, err := unzip(r)
	if err != nil {
		return Day{}, fmt.Errorf("recorded: %w", err)
	}
	lines := bufio.NewScanner(plain)
	lines.Buffer(nil, maxLine)
	if !lines.Scan() || strings.TrimSpace(lines.Text()) != header {
		return Day{}, fmt.Errorf("recorded: line 1: not the header of a recorded day: %w", cmp.Or(lines.Err(), io.ErrUnexpectedEOF))
	}
	d := reader{date: day}
	line := 1
	for lines.Scan() {
		line++
		d.line(line, lines.Text())
	}
	if err := lines.Err(); err != nil {
		return Day{}, fmt.Errorf("recorded: after line %d: %w", line, err)
	}
	if len(d.calls) == 0 {
		return Day{}, fmt.Errorf("recorded: nothing to play on %q; the days are %s to %s (YYMMDD)", day, d.earliest, d.latest)
	}
	return d.day(), nil
}

// unzip returns the plain text of r.
func unzip(r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(r)
	magic, err := buffered.Peek(2)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return buffered, nil
	}
	return gzip.NewReader(buffered)
}

// reader gathers the rows of one day.
type reader struct {
	date   string
	calls  []Call
	counts Counts
	// earliest and latest are the days that the file has.
	earliest, latest string
}

// line takes in one line of the file.
func (d *reader) line(n int, text string) {
	fields := strings.Split(text, "\t")
	if len(fields) != columns {
		d.counts.Rows++
		d.fault(n, fmt.Sprintf("%d fields instead of %d", len(fields), columns))
		return
	}
	date := fields[colDate]
	d.latest = max(d.latest, date)
	d.earliest = min(cmp.Or(d.earliest, date), date)
	if date != d.date {
		return
	}
	d.counts.Rows++
	d.row(n, fields)
}

func (d *reader) fault(line int, reason string) {
	d.counts.Faults = append(d.counts.Faults, Fault{Line: line, Reason: reason})
}

// row counts a row of the day, and keeps its call when it can be played.
func (d *reader) row(n int, fields []string) {
	switch fields[colOutcome] {
	case phantom:
		d.counts.Phantom++
		return
	case agent:
		d.counts.Agent++
	case hang:
		d.counts.Hang++
	default:
		d.fault(n, "unknown outcome")
		return
	}
	call, err := parseCall(n, fields)
	switch {
	case err != nil:
		d.fault(n, err.Error())
	case call.GaveUp:
		d.hang(call)
	default:
		d.agent(call)
	}
}

func (d *reader) hang(c Call) {
	if c.Queued == 0 {
		d.counts.HangNeverQueued++
		return
	}
	d.calls = append(d.calls, c)
}

func (d *reader) agent(c Call) {
	if c.Queued == 0 {
		d.counts.AgentNeverQueued++
	}
	if c.Server == noServer {
		d.counts.NoServer++
		return
	}
	if reason := contradiction(c); reason != "" {
		d.fault(c.Line, reason)
		return
	}
	d.calls = append(d.calls, c)
}

// day returns what was gathered, without overlaps.
func (d *reader) day() Day {
	slices.SortFunc(d.calls, func(a, b Call) int {
		return cmp.Or(cmp.Compare(a.Begin, b.Begin), cmp.Compare(a.End, b.End), cmp.Compare(a.Line, b.Line))
	})
	busy := map[string]time.Duration{}
	d.calls = slices.DeleteFunc(d.calls, func(c Call) bool {
		if c.GaveUp {
			return false
		}
		if c.Begin < busy[c.Server] {
			d.counts.Overlaps++
			return true
		}
		busy[c.Server] = c.End
		return false
	})
	slices.SortFunc(d.calls, func(a, b Call) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Line, b.Line))
	})
	return Day{Date: d.date, Calls: d.calls, Servers: servers(d.calls), Counts: d.counts}
}

// servers sums up who served what.
func servers(calls []Call) []Server {
	byName := map[string]*Server{}
	for _, c := range calls {
		if c.GaveUp {
			continue
		}
		s := byName[c.Server]
		if s == nil {
			s = &Server{Name: c.Server, First: c.Begin}
			byName[c.Server] = s
		}
		s.First, s.Last = min(s.First, c.Begin), max(s.Last, c.End)
		s.Calls++
		if !slices.Contains(s.Services, c.Service) {
			s.Services = append(s.Services, c.Service)
		}
	}
	var list []Server
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		slices.Sort(byName[name].Services)
		list = append(list, *byName[name])
	}
	return list
}
