package main

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"handrail/server/internal/bench/box"
)

const (
	floorStart  = 500 * time.Millisecond
	floorIdle   = 40_000_000
	floorBinary = 25_000_000
	starts      = 5
	idleFor     = 5 * time.Second
	// beforeKill is how many commands follow the last orderly stop before a kill.
	beforeKill = 5000
)

// start fills a log through the real route and times how soon the box is ready
// again, after stopping in order and after a kill.
func (b *bench) start(ctx context.Context) error {
	br, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(br.dir)
	events, took, err := b.grow(ctx, br, b.startEvents)
	if err != nil {
		return joinEnd(err, br)
	}
	size := folderSize(br.Data)
	b.title("Start")
	b.note("%d events written through the real route in %.0f s; the data folder has %s. From the start of the process to `/readyz`.",
		events, took.Seconds(), mega(size))
	b.head("stopped by", "starts", "median", "longest", "verdict")
	if err := b.startRow(ctx, br, "SIGTERM", (*branch).stopInOrder); err != nil {
		return err
	}
	if _, _, err := b.grow(ctx, br, beforeKill); err != nil {
		return joinEnd(err, br)
	}
	if err := b.startRow(ctx, br, "SIGKILL", (*branch).kill); err != nil {
		return err
	}
	fmt.Fprintln(b.out)
	return br.Stop()
}

func (br *branch) stopInOrder() error { return br.Stop() }
func (br *branch) kill() error        { return br.Kill() }

// grow makes commands until that many events were written.
func (b *bench) grow(ctx context.Context, br *branch, more uint64) (uint64, time.Duration, error) {
	_, from, err := br.cursor(ctx)
	if err != nil {
		return 0, 0, err
	}
	g, err := newGenerator(br.host(), br.token, callers)
	if err != nil {
		return 0, 0, err
	}
	defer g.close()
	begin := time.Now()
	for written := uint64(0); written < more; {
		fmt.Fprintf(b.progress, "bench: %d of %d events\n", written, more)
		left := int64(more - written)
		g.closedLoop(callers, 10*time.Second, left)
		if g.failed.Load() > 0 {
			return 0, 0, errors.New(g.why())
		}
		_, now, err := br.cursor(ctx)
		if err != nil {
			return 0, 0, err
		}
		written = now - from
	}
	return more, time.Since(begin), ctx.Err()
}

// startRow stops and starts the box several times.
func (b *bench) startRow(ctx context.Context, br *branch, signal string, stop func(*branch) error) error {
	var times []time.Duration
	for range starts {
		if err := stop(br); err != nil {
			return err
		}
		if err := br.again(ctx); err != nil {
			return err
		}
		times = append(times, br.Started)
	}
	slices.Sort(times)
	longest := times[len(times)-1]
	b.row(signal, fmt.Sprint(starts), ms(quantile(times, 0.5)), ms(longest),
		b.floor(longest < floorStart, "start after %s takes %s", signal, ms(longest)))
	return nil
}

// folderSize adds up the sizes of the files in dir.
func folderSize(dir string) int64 {
	var total int64
	filepath.WalkDir(dir, func(_ string, entry os.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return nil
	})
	return total
}

// idle measures the demo branch after a while without anybody.
func (b *bench) idle(ctx context.Context) error {
	dir, err := os.MkdirTemp(b.dir, "handrail-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	demo, err := box.Start(ctx, box.Spec{Binary: b.server, Data: filepath.Join(dir, "data")})
	if err != nil {
		return err
	}
	select {
	case <-time.After(idleFor):
	case <-ctx.Done():
	}
	memory, err := box.MemoryOf(demo.PID)
	if err := errors.Join(err, demo.Stop()); err != nil {
		return err
	}
	size, stripped, err := binarySize(b.server)
	if err != nil {
		return err
	}
	b.title("Idle")
	b.head("what", "measured", "floor", "verdict")
	b.row("memory of the demo branch after 5 s (VmRSS)", mega(memory.Resident), mega(floorIdle),
		b.floor(memory.Resident < floorIdle, "idle memory %s", mega(memory.Resident)))
	b.row(fmt.Sprintf("binary, stripped: %v", stripped), mega(size), mega(floorBinary),
		b.floor(stripped && size < floorBinary, "binary %s, stripped: %v", mega(size), stripped))
	fmt.Fprintln(b.out)
	return nil
}

// binarySize returns the size of a binary and whether it has no symbols.
func binarySize(path string) (int64, bool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, false, err
	}
	file, err := elf.Open(path)
	if err != nil {
		return 0, false, err
	}
	defer file.Close()
	return info.Size(), file.Section(".symtab") == nil && file.Section(".debug_info") == nil, nil
}
