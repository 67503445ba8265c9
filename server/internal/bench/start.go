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

// start lives through as many days as the events take and times how soon the
// real binary is ready with them, after stopping in order and after a kill.
func (b *bench) start(ctx context.Context) error {
	dir, err := os.MkdirTemp(b.dir, "handrail-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	lived, err := b.liveThrough(ctx, dir)
	if err != nil {
		return err
	}
	size, err := folderSize(dir)
	if err != nil {
		return err
	}
	b.title("Start")
	b.note("%d events of %d days with %d visits each, lived through by the real box under a clock that leaps from day to day; "+
		"the data folder has %s in %d log files. From the start of the process to `/readyz`.",
		lived.events, lived.days, visitsPerDay, mega(size), countFiles(filepath.Join(dir, "data", "log")))
	b.head("stopped by", "starts", "median", "longest", "verdict")
	if err := b.startRows(ctx, dir); err != nil {
		return err
	}
	fmt.Fprintln(b.out)
	return nil
}

// startRows starts the real binary in the folder that was lived in.
func (b *bench) startRows(ctx context.Context, dir string) error {
	br := &branch{dir: dir}
	err := br.begin(ctx, b.server, lifeBranch())
	if err != nil {
		return fmt.Errorf("%w\n%s", err, br.log.Bytes())
	}
	if err := b.startRow(ctx, br, "SIGTERM", (*branch).stopInOrder); err != nil {
		return err
	}
	if err := makeCommands(br, beforeKill); err != nil {
		return errors.Join(err, br.Kill())
	}
	if err := b.startRow(ctx, br, "SIGKILL", (*branch).kill); err != nil {
		return err
	}
	return br.Stop()
}

// makeCommands makes n tickets and cancels.
func makeCommands(br *branch, n int64) error {
	g, err := newGenerator(br.host(), br.token, callers)
	if err != nil {
		return err
	}
	defer g.close()
	g.closedLoop(callers, time.Minute, n)
	if g.failed.Load() > 0 {
		return errors.New(g.why())
	}
	return nil
}

func (br *branch) stopInOrder() error { return br.Stop() }
func (br *branch) kill() error        { return br.Kill() }

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

// countFiles returns how many files a folder has.
func countFiles(dir string) int {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0
	}
	return len(entries)
}

// folderSize adds up the sizes of the files in dir.
func folderSize(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return err
	})
	return total, err
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
