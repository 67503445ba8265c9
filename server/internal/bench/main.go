// Command bench measures a running box from outside and prints the tables of
// docs/benchmarks.md as Markdown:
//
//	go run ./server/internal/bench --server ./bin/handrail all
//
// Everything goes through the real binary, the real routes, real sockets and a
// real disk; the generator shares the processor with the box. A floor that is
// missed is printed as FAILED and ends the command with an error. Only
// the log whose start is timed is made by the same box inside this process (see
// package life); otherwise it must never reach around the API.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// settings are the flags.
type settings struct {
	server      string
	dir         string
	screens     int
	duration    time.Duration
	top         int
	startEvents uint64
	sockets     string
}

// bench is one command line at work.
type bench struct {
	settings
	out, progress io.Writer
	// missed names the floors that were missed.
	missed []string
}

// measure is a subcommand.
type measure struct {
	name, what string
	run        func(*bench, context.Context) error
}

func measures() []measure {
	return []measure{
		{"commands", "commands per second, latency and delivery at 200 and 5,000 per second and beyond", (*bench).commands},
		{"fsyncs", "syncs of the disk per command, counted by strace", (*bench).fsyncs},
		{"group-commit", "commands per second against a raw fdatasync loop", (*bench).groupCommit},
		{"fan-out", "one cancelling to many sockets against a raw TCP write loop", (*bench).fanOut},
		{"start", "time to ready with many events kept", (*bench).start},
		{"idle", "memory of an idle box and size of its binary", (*bench).idle},
	}
}

// run measures what args name.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	// The generator must not take the box's processor time for collecting garbage.
	debug.SetGCPercent(400)
	b := &bench{out: stdout, progress: stderr}
	flags := b.flags(stderr)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if b.server == "" || flags.NArg() == 0 {
		flags.Usage()
		return errors.New("say which server to measure and what to measure")
	}
	if err := raiseFiles(); err != nil {
		return err
	}
	b.machine()
	for _, name := range flags.Args() {
		if err := b.measure(ctx, name); err != nil {
			return err
		}
	}
	if len(b.missed) > 0 {
		return fmt.Errorf("floors missed: %s", strings.Join(b.missed, "; "))
	}
	return nil
}

func (b *bench) flags(stderr io.Writer) *flag.FlagSet {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&b.server, "server", "", "the `binary` of the box, stripped as it is released")
	flags.StringVar(&b.dir, "dir", os.TempDir(), "a `folder` on the disk to measure")
	flags.IntVar(&b.screens, "screens", 200, "live hall screens while commands are made")
	flags.DurationVar(&b.duration, "duration", 20*time.Second, "length of a run at one rate")
	flags.IntVar(&b.top, "top", 20_000, "the highest rate of the sweep, commands per second")
	flags.Uint64Var(&b.startEvents, "start-events", 1_000_000, "events kept before the start is timed")
	flags.StringVar(&b.sockets, "sockets", "100,1000,5000", "numbers of sockets of the fan-out")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "bench --server BINARY [flags] all | MEASURE ...")
		for _, m := range measures() {
			fmt.Fprintf(stderr, "  %-13s %s\n", m.name, m.what)
		}
		flags.PrintDefaults()
	}
	return flags
}

// measure runs the measure of that name, or all of them.
func (b *bench) measure(ctx context.Context, name string) error {
	found := false
	for _, m := range measures() {
		if name != "all" && name != m.name {
			continue
		}
		found = true
		fmt.Fprintf(b.progress, "bench: %s\n", m.what)
		if err := m.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	if !found {
		return fmt.Errorf("there is no measure %q", name)
	}
	return nil
}
