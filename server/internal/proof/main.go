// Command proof attacks a running box as one hostile kiosk could, and
// prints what became of it as a Markdown table:
//
//	go run ./server/internal/proof --server ./bin/handrail
//
// Three thousand connections announce a body of 4 MB and send it byte by byte,
// eight thousand never finish their headers, all of them from a few of the
// loopback addresses, while somebody at another address opens a page again and
// again. A broken bound ends the command with an error.
//
// The limit of 64 connections per address is what lets the visitor through: it
// holds against up to 31 addresses. More of them fill all 2,048 places of the
// box, and then new visitors are turned away until the attackers' time is up.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"handrail/server/internal/bench/box"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "proof:", err)
		os.Exit(1)
	}
}

// settings are the flags, and the box that they lead to.
type settings struct {
	server    string
	url       string
	pid       int
	dir       string
	bodies    int
	heads     int
	addresses int
	page      string
	// stop ends the box if the proof has started it.
	stop func() error
}

// run attacks once and judges.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s := &settings{stop: func() error { return nil }}
	flags := s.flags(stderr)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := raiseFiles(uint64(s.bodies + s.heads)); err != nil {
		return err
	}
	if err := s.reach(ctx); err != nil {
		return err
	}
	// net/http complains there of every connection that the box turns away.
	log.SetOutput(io.Discard)
	result, err := attack(ctx, s)
	if err := errors.Join(err, s.stop()); err != nil {
		return err
	}
	return result.print(stdout)
}

func (s *settings) flags(stderr io.Writer) *flag.FlagSet {
	flags := flag.NewFlagSet("proof", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.server, "server", "", "the `binary` of the box, started in a new folder")
	flags.StringVar(&s.url, "url", "", "attack the box that runs at this `address` instead; needs --pid")
	flags.IntVar(&s.pid, "pid", 0, "the process of the box at --url")
	flags.StringVar(&s.dir, "dir", os.TempDir(), "where the new folder is made")
	flags.IntVar(&s.bodies, "bodies", 3000, "connections that announce 4 MB")
	flags.IntVar(&s.heads, "headers", 8000, "connections that never finish their headers")
	flags.IntVar(&s.addresses, "addresses", 30, "addresses that attack; the box holds 64 connections of each, and 2,048 in all")
	flags.StringVar(&s.page, "page", "/docs", "the page that the honest visitor opens")
	return flags
}

// reach finds or starts the box.
func (s *settings) reach(ctx context.Context) error {
	if s.url != "" {
		if s.pid == 0 {
			return errors.New("--url needs --pid, to see the memory of the box")
		}
		s.url = strings.TrimSuffix(s.url, "/")
		return nil
	}
	if s.server == "" {
		return errors.New("say which --server to start, or which --url to attack")
	}
	dir, err := os.MkdirTemp(s.dir, "handrail-proof-")
	if err != nil {
		return err
	}
	b, err := box.Start(ctx, box.Spec{Binary: s.server, Data: filepath.Join(dir, "data"), Log: io.Discard})
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	s.url, s.pid = b.URL, b.PID
	s.stop = func() error { return errors.Join(b.Stop(), os.RemoveAll(dir)) }
	return nil
}

// raiseFiles makes room for so many sockets, and says so when there is none.
func raiseFiles(sockets uint64) error {
	const spare = 200
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	if limit.Max < sockets+spare {
		return fmt.Errorf("the attack needs %d open files but the system allows %d: raise it with ulimit -n", sockets+spare, limit.Max)
	}
	limit.Cur = limit.Max
	return unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
}
