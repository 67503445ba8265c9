// Command pictures takes a picture of every screen of the demo branch at a busy
// moment, in both languages, and writes a page that shows them:
//
//	go run ./kiosk-web/pictures --server bin/handrail --out docs/screens
//
// It starts the real binary on a data folder of its own and acts as people do:
// tickets are taken, called, parked and missed, help is called and accepted. It
// must not be a test: nothing fails because a picture is ugly.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

// help stands above the flags.
const help = `Take a picture of every screen of the demo branch, in both languages.

Examples:
  pictures                                  all, into docs/screens
  pictures --only 'kiosk|hall'              those whose name matches
  pictures --server bin/handrail --out /tmp/screens

Flags:
`

// run carries out one command line.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("pictures", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Usage = func() {
		fmt.Fprint(out, help)
		flags.PrintDefaults()
	}
	server := flags.String("server", "bin/handrail", "the binary of the box")
	folder := flags.String("out", "docs/screens", "where the pictures and their page are written")
	only := flags.String("only", "", "take only the pictures whose name matches this regular expression")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected %q; see --help", flags.Arg(0))
	}
	wanted, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("--only: %w", err)
	}
	if err := os.MkdirAll(*folder, 0o755); err != nil {
		return err
	}
	s := &studio{ctx: ctx, folder: *folder, wanted: wanted, out: out}
	if err := s.work(*server); err != nil {
		return err
	}
	if *only == "" {
		return s.writePage()
	}
	return nil
}
