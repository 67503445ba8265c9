package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
)

// stopLimit is how long the box waits for requests in flight when it ends.
const stopLimit = 5 * time.Second

// Serve runs a box until ctx ends, and says on out where it listens.
func Serve(ctx context.Context, cfg Config, out io.Writer) error {
	tcp, err := listen(cfg.Listen)
	if err != nil {
		return err
	}
	a, err := Open(cfg)
	if err != nil {
		return errors.Join(err, tcp.Close())
	}
	err = a.Run(ctx, tcp, func() { fmt.Fprintf(out, "listening on http://%s\n", tcp.Addr()) })
	return errors.Join(err, closeDoor(tcp), a.Close())
}

// Run runs the box on the admin socket and on a TCP listener, until ctx ends or
// the log fails. It calls ready once both listen. Without a TCP listener the
// box serves one command of the command line: its devices are left alone.
func (a *App) Run(ctx context.Context, tcp net.Listener, ready func()) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	writer, stopWriter := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	defer running.Wait()
	defer stopWriter()
	running.Go(func() {
		if err := a.engine.Run(writer); err != nil {
			cancel(err)
		}
	})
	return ending(ctx, a.serve(ctx, cancel, tcp, ready, &running))
}

// ending is why a box ended: what failed, but neither that it was told to stop
// nor what it gave up because of that.
func ending(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = nil
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return errors.Join(cause, err)
	}
	return err
}

// serve opens the doors, waits for ctx, and closes them in order: screens
// first, then requests, then devices.
func (a *App) serve(ctx context.Context, fail context.CancelCauseFunc, tcp net.Listener, ready func(), running *sync.WaitGroup) error {
	if err := a.applyConfig(ctx); err != nil {
		return err
	}
	socket, err := listenSocket(socketPath(a.cfg.Data))
	if err != nil {
		return err
	}
	doors, hosts, work := []net.Listener{socket}, []string(nil), []func(context.Context){a.presence.Run}
	demo := tcp != nil && a.branch.demo
	if tcp != nil {
		a.origin = "http://" + tcp.Addr().String()
		doors, hosts, work = append(doors, tcp), hostNames(tcp), append(work, a.devices.Run, a.speech.Run)
	}
	if demo {
		addDemoTokens(a.keeper)
	}
	server := a.newServer(hosts, demo)
	inner, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	commits := a.engine.Subscribe() // first, so that nothing after the set is missed
	set := a.set.Load()
	a.devices.Told(set.Queue, set.Paging, set.Equipment)
	running.Go(func() { fail(a.tell(inner, commits)) })
	for _, run := range work {
		running.Go(func() { run(inner) })
	}
	for _, door := range doors {
		running.Go(func() { fail(server.Serve(door)) })
	}
	ready()
	<-ctx.Done()
	return a.shut(server, doors)
}

// shutter is a server that can be closed.
type shutter interface{ Shutdown(context.Context) error }

// shut also closes the doors: the server does not know those that it has not
// begun to serve yet, and would serve them for ever.
func (a *App) shut(server shutter, doors []net.Listener) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
	defer cancel()
	err := errors.Join(a.hub.Close(ctx), server.Shutdown(ctx))
	for _, door := range doors {
		err = errors.Join(err, closeDoor(door))
	}
	return err
}

// Reach returns the box of a data folder for one command: the running one, or
// else the folder itself, run without a door to the network until done is
// called.
func Reach(ctx context.Context, cfg Config) (box *Remote, done func() error, err error) {
	box = DialSocket(cfg.Data)
	if box.Alive(ctx) == nil {
		return box, func() error { return nil }, nil
	}
	if _, err := os.Stat(cfg.Data); err != nil {
		return nil, nil, fmt.Errorf("there is no data folder: %w", err)
	}
	a, err := Open(cfg)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- errors.Join(a.Run(ctx, nil, func() { close(ready) }), a.Close()) }()
	select {
	case <-ready:
		return box, func() error { cancel(); return <-ended }, nil
	case err := <-ended:
		cancel()
		return nil, nil, err
	}
}

// endSessions closes the live connections of what has just been revoked.
func (a *App) endSessions(events []branch.Envelope) {
	for _, env := range events {
		if revoked, ok := env.Event.(access.Revoked); ok {
			a.hub.End(func(_, session, token string) bool {
				return session != "" && session == revoked.Session || token != "" && token == string(revoked.Token)
			})
		}
	}
}
