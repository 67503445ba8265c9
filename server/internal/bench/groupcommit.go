package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// loopLength is how long each closed loop and each raw loop runs.
const loopLength = 4 * time.Second

// groupCommit compares commands per second, by the number of callers that wait
// for their answers, with a loop that only writes a page and syncs it.
func (b *bench) groupCommit(ctx context.Context) error {
	br, err := b.open(ctx)
	if err != nil {
		return err
	}
	b.title("Group commit")
	b.note("Closed loop through the real route, beside a loop that writes 4 KiB in place and calls fdatasync, on the same disk in the same run.")
	b.head("callers", "commands/s", "p50", "p99", "raw fdatasync/s", "ratio")
	for _, n := range []int{1, 8, 64, callers} {
		if err := b.groupRow(br, n); err != nil {
			return joinEnd(err, br)
		}
	}
	fmt.Fprintln(b.out)
	return br.end()
}

func (b *bench) groupRow(br *branch, n int) error {
	g, err := newGenerator(br.host(), br.token, n)
	if err != nil {
		return err
	}
	defer g.close()
	g.fill()
	raw, err := rawSyncs(br.dir, loopLength/2)
	if err != nil {
		return err
	}
	o := g.closedLoop(n, loopLength, math.MaxInt64)
	g.empty()
	if g.failed.Load() > 0 {
		return errors.New(g.why())
	}
	b.row(fmt.Sprint(n), number(o.rate()), ms(quantile(o.latencies, 0.5)), ms(quantile(o.latencies, 0.99)),
		number(raw), fmt.Sprintf("%.2f", o.rate()/raw))
	return nil
}

// rawSyncs writes a page and syncs it, over and over, and returns how often per
// second.
func rawSyncs(dir string, d time.Duration) (float64, error) {
	file, err := os.Create(filepath.Join(dir, "raw"))
	if err != nil {
		return 0, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	page := make([]byte, 4096)
	n, begin := 0, time.Now()
	for ; time.Since(begin) < d; n++ {
		page[0]++
		if _, err := file.WriteAt(page, 0); err != nil {
			return 0, err
		}
		if err := unix.Fdatasync(int(file.Fd())); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(begin).Seconds(), nil
}

// joinEnd ends the branch and returns the first thing that went wrong.
func joinEnd(err error, br *branch) error { return errors.Join(err, br.end()) }
