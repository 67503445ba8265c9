package recorded

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestTheSmallDayHasEverythingThatAReaderMustCopeWith(t *testing.T) {
	day := readSmallDay(t)
	want := Counts{
		Rows: 122, Agent: 105, AgentNeverQueued: 60, Hang: 14, HangNeverQueued: 4, Phantom: 3, NoServer: 3, Overlaps: 2,
		Faults: []Fault{{Line: 54, Reason: "served without a time of service"}},
	}
	if !reflect.DeepEqual(day.Counts, want) {
		t.Errorf("counts:\n%+v, want\n%+v", day.Counts, want)
	}
	if played := 105 - 3 - 2 - 1 + 14 - 4; len(day.Calls) != played {
		t.Errorf("%d calls, want %d", len(day.Calls), played)
	}
	if len(day.Servers) != 5 {
		t.Errorf("%d servers, want 5", len(day.Servers))
	}
}

func TestCallsComeInTheOrderInWhichTheyJoinedAndNoServerIsInTwoPlaces(t *testing.T) {
	checkDay(t, readSmallDay(t))
}

// checkDay checks what holds for every day.
func checkDay(t *testing.T, day Day) {
	t.Helper()
	var last time.Duration
	for _, c := range day.Calls {
		if c.At < last {
			t.Errorf("line %d: joined at %v, listed after %v", c.Line, c.At, last)
		}
		last = c.At
		if c.GaveUp && (c.Queued <= 0 || c.Server != "" || c.ServiceTime() != 0) {
			t.Errorf("line %d: gave up without patience, or with a service: %+v", c.Line, c)
		}
		if !c.GaveUp && (c.Begin < c.At || c.End < c.Begin || c.Server == "" || c.Server == noServer) {
			t.Errorf("line %d: served in no order, or by nobody: %+v", c.Line, c)
		}
	}
	for _, s := range day.Servers {
		checkServer(t, day, s)
	}
}

func checkServer(t *testing.T, day Day, s Server) {
	t.Helper()
	calls := 0
	for i, c := range day.Calls {
		if c.Server != s.Name {
			continue
		}
		calls++
		if c.Begin < s.First || c.End > s.Last {
			t.Errorf("line %d: outside of what %s worked", c.Line, s.Name)
		}
		for _, other := range day.Calls[i+1:] {
			if other.Server == s.Name && other.Begin < c.End && c.Begin < other.End {
				t.Errorf("lines %d and %d: %s served both at once", c.Line, other.Line, s.Name)
			}
		}
	}
	if calls != s.Calls || calls == 0 {
		t.Errorf("%s: %d calls, want %d", s.Name, s.Calls, calls)
	}
}

// The columns of a usable row that queued and was served; tests change some.
func goodRow() []string {
	return strings.Split("AA0101 7 0 2 PS 990101 9:00:00 9:00:05 5 9:00:05 9:01:00 55 AGENT 9:00:59 9:03:00 121 DESK1", " ")
}

func fileOf(rows ...[]string) string {
	var file strings.Builder
	file.WriteString(header + "\n")
	for _, r := range rows {
		file.WriteString(strings.Join(r, "\t") + "\n")
	}
	return file.String()
}

func with(row []string, changes map[int]string) []string {
	for column, text := range changes {
		row[column] = text
	}
	return row
}

func TestARowTellsWhoWasServedWhenAndByWhom(t *testing.T) {
	day, err := Read(strings.NewReader(fileOf(goodRow())), "990101")
	if err != nil {
		t.Fatal(err)
	}
	want := Day{
		Date: "990101",
		Calls: []Call{{
			Line: 2, ID: "AA0101-7", Class: Caring, Service: "PS", At: at(9, 0, 5), Queued: 55 * time.Second,
			Server: "DESK1", Begin: at(9, 0, 59), End: at(9, 3, 0),
		}},
		Servers: []Server{{Name: "DESK1", First: at(9, 0, 59), Last: at(9, 3, 0), Services: []string{"PS"}, Calls: 1}},
		Counts:  Counts{Rows: 1, Agent: 1},
	}
	if !reflect.DeepEqual(day, want) {
		t.Errorf("got  %+v\nwant %+v", day, want)
	}
	if got := day.Calls[0].ServiceTime(); got != 121*time.Second {
		t.Errorf("service time %v, want 121 s", got)
	}
}

func TestOnlyPriorityTwoIsCaring(t *testing.T) {
	for priority, want := range map[string]Class{"0": Ordinary, "1": Ordinary, "2": Caring} {
		day, err := Read(strings.NewReader(fileOf(with(goodRow(), map[int]string{colPriority: priority}))), "990101")
		if err != nil {
			t.Fatal(err)
		}
		if day.Calls[0].Class != want {
			t.Errorf("priority %s is %s, want %s", priority, day.Calls[0].Class, want)
		}
	}
}

func TestACallOverMidnightGoesOnCounting(t *testing.T) {
	late := with(goodRow(), map[int]string{
		colMenuEntry: "23:59:00", colQueueStart: "23:59:05", colQueueExit: "0:00:05", colQueueTime: "60",
		colServiceStart: "0:00:05", colServiceExit: "0:01:00", colServiceTime: "55",
	})
	day, err := Read(strings.NewReader(fileOf(late)), "990101")
	if err != nil {
		t.Fatal(err)
	}
	c := day.Calls[0]
	if c.At != at(23, 59, 5) || c.Queued != time.Minute || c.Begin != at(24, 0, 5) || c.End != at(24, 1, 0) {
		t.Errorf("got %+v", c)
	}
}

func TestABadRowIsCountedWithItsLineAndTheOthersAreKept(t *testing.T) {
	none := "0:00:00"
	tests := map[string]struct {
		change map[int]string
		reason string
	}{
		"priority":           {map[int]string{colPriority: "3"}, "unknown priority"},
		"outcome":            {map[int]string{colOutcome: "GONE"}, "unknown outcome"},
		"hour 24":            {map[int]string{colMenuEntry: "24:00:00"}, "menu: not a time of the day"},
		"no clock":           {map[int]string{colQueueStart: "nine"}, "queue: not a time of the day"},
		"exit no clock":      {map[int]string{colQueueExit: "9:1"}, "queue: not a time of the day"},
		"seconds":            {map[int]string{colServiceTime: "two"}, "service: not a number of seconds"},
		"sum":                {map[int]string{colServiceTime: "120"}, "service: start, exit and time contradict one another"},
		"negative":           {map[int]string{colServiceExit: "9:00:49", colServiceTime: "-10"}, "service: start, exit and time contradict one another"},
		"early":              {map[int]string{colServiceStart: "9:00:04", colServiceTime: "176"}, "served before queueing"},
		"no type":            {map[int]string{colType: ""}, "served without a server or a type"},
		"no server":          {map[int]string{colServer: ""}, "served without a server or a type"},
		"no time of service": {map[int]string{colServiceStart: none, colServiceExit: none, colServiceTime: "0"}, "served without a time of service"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			second := with(goodRow(), map[int]string{colServiceStart: "9:05:00", colServiceExit: "9:05:10", colServiceTime: "10"})
			day, err := Read(strings.NewReader(fileOf(second, with(goodRow(), test.change))), "990101")
			if err != nil {
				t.Fatal(err)
			}
			want := []Fault{{Line: 3, Reason: test.reason}}
			if !reflect.DeepEqual(day.Counts.Faults, want) || len(day.Calls) != 1 || day.Counts.Rows != 2 {
				t.Errorf("faults %v and %d calls of %d rows, want %v and 1 of 2", day.Counts.Faults, len(day.Calls), day.Counts.Rows, want)
			}
		})
	}
}

func TestARowOfTheWrongLengthIsCountedWhateverItsDay(t *testing.T) {
	day, err := Read(strings.NewReader(fileOf(goodRow(), []string{"a", "b"})), "990101")
	if err != nil {
		t.Fatal(err)
	}
	want := []Fault{{Line: 3, Reason: "2 fields instead of 17"}}
	if !reflect.DeepEqual(day.Counts.Faults, want) || day.Counts.Rows != 2 {
		t.Errorf("got %+v", day.Counts)
	}
}

func TestAGzippedFileReadsLikeAPlainOne(t *testing.T) {
	plain, err := os.ReadFile(smallDay)
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	day, err := Read(&zipped, "990101")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(day, readSmallDay(t)) {
		t.Error("the gzipped file gives another day")
	}
}

func TestAFileThatCannotBeReadIsRefusedWithASentence(t *testing.T) {
	broken := errors.New("the disk is gone")
	truncated := []byte{0x1f, 0x8b, 8, 0, 0}
	tests := map[string]struct {
		file interface{ Read([]byte) (int, error) }
		want string
	}{
		"empty":         {strings.NewReader(""), "line 1: not the header"},
		"other header":  {strings.NewReader("a\tb\n"), "line 1: not the header"},
		"other day":     {strings.NewReader(fileOf(with(goodRow(), map[int]string{colDate: "990103"}))), `nothing to play on "990101"; the days are 990103 to 990103`},
		"no rows":       {strings.NewReader(header + "\n"), `nothing to play on "990101"`},
		"long line":     {strings.NewReader(fileOf(goodRow()) + strings.Repeat("x", maxLine+1)), "after line 2: bufio.Scanner: token too long"},
		"not gzip":      {bytes.NewReader(truncated), "unexpected EOF"},
		"read error":    {iotest.ErrReader(broken), broken.Error()},
		"broken midway": {iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(fileOf(goodRow())))), "timeout"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Read(test.file, "990101")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

// The month itself is data, kept outside of the repository; where it is at
// hand it must give the figures that are known of it. Everything that the
// reader does is tested above without it.
func TestTheRealSecondOfFebruaryHasItsKnownFigures(t *testing.T) {
	file, err := os.Open("../../../../shared/data/anonymous-bank-1999-02.tsv.gz")
	if errors.Is(err, os.ErrNotExist) {
		t.Log("the month is not here; the small day alone has been read")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	day, err := Read(file, "990202")
	if err != nil {
		t.Fatal(err)
	}
	c := day.Counts
	faults := len(c.Faults)
	c.Faults = nil
	want := Counts{
		Rows: 1846, Agent: 1598, AgentNeverQueued: 661, Hang: 237, HangNeverQueued: 48, Phantom: 11, NoServer: 21,
		Overlaps: 30,
	}
	if !reflect.DeepEqual(c, want) || faults != 14 || len(day.Servers) != 18 || len(day.Calls) != 1722 {
		t.Errorf("%+v, %d faults, %d servers, %d calls; want %+v, 14, 18, 1722", c, faults, len(day.Servers), len(day.Calls), want)
	}
	checkDay(t, day)
}

func FuzzNoFileMakesTheReaderPanic(f *testing.F) {
	f.Add([]byte(fileOf(goodRow())))
	f.Add([]byte(header))
	f.Add([]byte{0x1f, 0x8b})
	f.Fuzz(func(t *testing.T, data []byte) {
		day, err := Read(bytes.NewReader(data), "990101")
		if err == nil {
			checkDay(t, day)
		}
	})
}
