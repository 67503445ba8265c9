package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// fsyncs counts the syncs of the disk in runs under strace, which slows the box
// down: only the counts mean something.
func (b *bench) fsyncs(ctx context.Context) error {
	b.title("Syncs of the disk")
	if _, err := exec.LookPath("strace"); err != nil {
		b.note("strace is not installed: the syncs are not counted.")
		return nil
	}
	br, err := b.open(ctx)
	if err != nil {
		return err
	}
	b.note("Counted by `strace -f -c -e trace=fdatasync,fsync` attached to the box, which slows it down. On %s.", fileSystem(b.dir))
	b.head("scheduled/s", "acknowledged", "events in the log", "fdatasync and fsync", "commands per sync")
	for _, rate := range []int{50, deliveryRate, 1000} {
		if err := b.syncRow(ctx, br, rate); err != nil {
			return joinEnd(err, br)
		}
	}
	fmt.Fprintln(b.out)
	return br.end()
}

func (b *bench) syncRow(ctx context.Context, br *branch, rate int) error {
	after, _, err := br.cursor(ctx)
	if err != nil {
		return err
	}
	g, err := newGenerator(br.host(), br.token, callers)
	if err != nil {
		return err
	}
	defer g.close()
	var o outcome
	syncs, err := countSyncs(ctx, br.PID, filepath.Join(br.dir, "strace"), func() { o = g.openLoop(rate, b.duration/2) })
	if err != nil {
		b.note("strace cannot be attached: %v", err)
		return nil
	}
	log, err := br.read(ctx, after)
	if err != nil {
		return err
	}
	made := log.created + log.cancelled
	verdict := fmt.Sprint(made)
	if int64(o.acknowledged) != made {
		verdict += " " + b.floor(false, "%d acknowledged but %d in the log at %d/s under strace", o.acknowledged, made, rate)
	}
	b.row(fmt.Sprint(rate), fmt.Sprint(o.acknowledged), verdict, fmt.Sprint(syncs),
		fmt.Sprintf("%.2f", float64(o.acknowledged)/float64(max(syncs, 1))))
	g.empty()
	return nil
}

// countSyncs runs during under strace and returns the number of syncs.
func countSyncs(ctx context.Context, pid int, table string, during func()) (int, error) {
	cmd := exec.CommandContext(ctx, "strace", "-f", "-c", "-e", "trace=fdatasync,fsync", "-o", table, "-p", strconv.Itoa(pid))
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	// strace says that it is attached, or why not, on its first line.
	first, err := bufio.NewReader(stderr).ReadString('\n')
	if err != nil || !strings.Contains(first, "attached") {
		return 0, errors.Join(errors.New(strings.TrimSpace(first)), cmd.Wait())
	}
	during()
	time.Sleep(100 * time.Millisecond) // the last sync may be under way
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		return 0, errors.Join(err, cmd.Wait())
	}
	_ = cmd.Wait() // strace ends by the signal it was sent
	out, err := os.ReadFile(table)
	if err != nil {
		return 0, err
	}
	return sumSyncs(out)
}

// sumSyncs reads strace's table: "% time, seconds, usecs/call, calls, errors,
// syscall".
func sumSyncs(table []byte) (int, error) {
	total := 0
	for line := range bytes.Lines(table) {
		fields := strings.Fields(string(line))
		if len(fields) < 5 || !strings.HasSuffix(fields[len(fields)-1], "sync") {
			continue
		}
		n, err := strconv.Atoi(fields[3])
		if err != nil {
			return 0, fmt.Errorf("strace says %q", line)
		}
		total += n
	}
	return total, nil
}
