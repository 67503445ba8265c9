// Command server is the branch box: one service that drives the screens, the
// queue, the pages and the devices of a bank branch, and the commands that look
// after it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"handrail/server/internal/app"
)

func main() {
	app.Child(os.Args, os.Stdout)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "handrail:", err)
		os.Exit(1)
	}
}

// errUsage marks an exit that kong has already explained.
var errUsage = errors.New("see --help")

// run does what args ask for until it is done or ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	var commands cli
	parser, err := kong.New(&commands,
		kong.Name("server"),
		kong.Description("Handrail (扶手), the accessible bank branch in one box."),
		kong.Writers(stdout, stderr),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(streams{out: stdout, err: stderr}),
	)
	if err != nil {
		return err
	}
	defer recoverExit(&err)
	command, err := parser.Parse(args)
	if err != nil {
		return fmt.Errorf("%w (server --help lists the commands; each has a --help of its own)", err)
	}
	return command.Run()
}

// exit is how kong ends the program after --help; run turns it into a return.
type exit int

func recoverExit(err *error) {
	switch caught := recover().(type) {
	case nil:
	case exit:
		if caught != 0 {
			*err = errUsage
		}
	default:
		panic(caught)
	}
}

// streams is where commands write.
type streams struct{ out, err io.Writer }
