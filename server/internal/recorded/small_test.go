package recorded

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

const smallDay = "testdata/small-day.tsv"

var update = flag.Bool("update", false, "write testdata/small-day.tsv anew")

// TestTheSmallDayIsWhatItsGeneratorMakes keeps the file in the repository and
// the code that explains it together. Run it with -update after a change.
func TestTheSmallDayIsWhatItsGeneratorMakes(t *testing.T) {
	made := generateSmallDay()
	if *update {
		if err := os.WriteFile(smallDay, made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(smallDay)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, made) {
		t.Errorf("%s differs from what generateSmallDay makes; run the test with -update", smallDay)
	}
}

// generateSmallDay makes a synthetic day, 990101: 110 callers from 8:30 on, two
// a minute, whom five servers serve first come first served in two minutes on
// average, some of whom give up; and one of everything that a reader must cope
// with: callers who hang up before queueing, phantoms, services without a
// server, services that overlap, a service without times and a call of the
// next day.
func generateSmallDay() []byte {
	g := &generator{random: rand.New(rand.NewPCG(1999, 1)), free: make([]int, 5)}
	now := 8*3600 + 30*60
	for range 110 {
		now += 1 + int(g.random.ExpFloat64()*30)
		g.caller(now)
	}
	g.oddities()
	slices.SortStableFunc(g.rows, func(a, b madeRow) int { return cmp.Compare(a.entry, b.entry) })
	var file bytes.Buffer
	file.WriteString(header + "\r\n")
	for i, r := range g.rows {
		file.WriteString(r.text(20001+i) + "\r\n")
	}
	return file.Bytes()
}

// madeRow is a row before it is written; times are seconds of the day.
type madeRow struct {
	date                                                    string
	priority                                                int
	service, outcome, server                                string
	entry, queueStart, queueExit, serviceStart, serviceExit int
}

func (r madeRow) text(id int) string {
	customer := 0
	if r.priority > 0 {
		customer = id + 70_000_000
	}
	menuExit := r.entry + 6
	columns := []string{
		"AA0101", fmt.Sprint(id), fmt.Sprint(customer), fmt.Sprint(r.priority), r.service, r.date,
		clockText(r.entry), clockText(menuExit), fmt.Sprint(menuExit - r.entry),
		clockText(r.queueStart), clockText(r.queueExit), fmt.Sprint(r.queueExit - r.queueStart), r.outcome,
		clockText(r.serviceStart), clockText(r.serviceExit), fmt.Sprint(r.serviceExit - r.serviceStart), r.server,
	}
	return strings.Join(columns, "\t")
}

func clockText(second int) string {
	return fmt.Sprintf("%d:%02d:%02d", second/3600, second/60%60, second%60)
}

type generator struct {
	random *rand.Rand
	rows   []madeRow
	// free is when each server is next free.
	free []int
}

// add appends a row with random customer and service.
func (g *generator) add(r madeRow) {
	r.date = cmp.Or(r.date, "990101")
	r.priority = []int{0, 0, 0, 1, 2}[g.random.IntN(5)]
	r.service = []string{"PS", "PS", "PS", "NW", "NW", "NE", "TT"}[g.random.IntN(7)]
	g.rows = append(g.rows, r)
}

// caller enters the menu at entry and six seconds later the queue.
func (g *generator) caller(entry int) {
	joined := entry + 6
	server := slices.Index(g.free, slices.Min(g.free))
	begin := max(joined, g.free[server]+1)
	if patience := 10 + int(g.random.ExpFloat64()*150); begin-joined > patience {
		g.add(madeRow{entry: entry, outcome: hang, server: noServer, queueStart: joined, queueExit: joined + patience})
		return
	}
	r := madeRow{entry: entry, outcome: agent, server: fmt.Sprintf("DESK%d", server+1), serviceStart: begin}
	if begin > joined {
		r.queueStart, r.queueExit = joined, begin
	}
	r.serviceExit = begin + 15 + int(g.random.ExpFloat64()*130)
	g.free[server] = r.serviceExit
	g.add(r)
}

// oddities adds what is not played.
func (g *generator) oddities() {
	const morning = 8*3600 + 35*60
	for i := range 4 {
		g.add(madeRow{entry: morning + i*600, outcome: hang, server: noServer})
	}
	for i := range 3 {
		at := morning + 100 + i*700
		g.add(madeRow{entry: at, outcome: phantom, server: noServer, queueStart: at + 6, queueExit: at + 6})
		g.add(madeRow{entry: at + 20, outcome: agent, server: noServer, serviceStart: at + 26, serviceExit: at + 31})
	}
	g.overlap(slices.IndexFunc(g.rows, func(r madeRow) bool { return r.server == "DESK1" }))
	g.runOn("DESK2")
	g.add(madeRow{entry: morning + 900, outcome: agent, server: "DESK3"})
	g.add(madeRow{date: "990102", entry: morning, outcome: agent, server: "DESK5", serviceStart: morning + 6, serviceExit: morning + 60})
}

// overlap adds a service in the midst of that of row i, by the same server.
func (g *generator) overlap(i int) {
	r := g.rows[i]
	g.add(madeRow{entry: r.serviceStart - 4, outcome: agent, server: r.server, serviceStart: r.serviceStart + 2, serviceExit: r.serviceStart + 9})
}

// runOn makes the first service of server last until after its next began.
func (g *generator) runOn(server string) {
	first := slices.IndexFunc(g.rows, func(r madeRow) bool { return r.server == server })
	next := slices.IndexFunc(g.rows[first+1:], func(r madeRow) bool { return r.server == server })
	g.rows[first].serviceExit = g.rows[first+1+next].serviceStart + 5
}

func readSmallDay(t *testing.T) Day {
	t.Helper()
	file, err := os.Open(smallDay)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	day, err := Read(file, "990101")
	if err != nil {
		t.Fatal(err)
	}
	return day
}

func at(hour, minute, second int) time.Duration {
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
}
