// Package box starts, watches and ends the real server binary for benchmarks,
// proofs and end-to-end tests: one process, one data folder, one loopback port
// that the system chooses. It knows the box only from outside; it must never
// import any of its packages.
package box

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// startLimit is how long a box may take until it listens and is ready.
	startLimit = 2 * time.Minute
	// stopLimit is how long it may take to end in order.
	stopLimit = 30 * time.Second
	// pollEvery is the pause between two questions whether it is ready.
	pollEvery = time.Millisecond
)

// Spec says what to start.
type Spec struct {
	// Binary is the server, Data its data folder.
	Binary, Data string
	// Config is the branch's configuration file; empty: the demo branch.
	Config string
	// Log takes what the box writes to stderr; nil: nothing.
	Log io.Writer
}

// Box is a running server.
type Box struct {
	Spec
	// URL is where it listens, "http://127.0.0.1:40123"; PID its process.
	URL string
	PID int
	// Started is the time from the start of the process to its being ready.
	Started time.Duration

	cmd  *exec.Cmd
	done chan struct{}
	exit error
}

// Start runs the server and returns once it is ready. The box is killed when
// ctx ends.
func Start(ctx context.Context, spec Spec) (*Box, error) {
	args := []string{"serve", "--listen", "127.0.0.1:0", "--data", spec.Data}
	if spec.Config != "" {
		args = append(args, "--config", spec.Config)
	}
	listening := NewAnnouncement()
	b := &Box{Spec: spec, cmd: exec.CommandContext(ctx, spec.Binary, args...), done: make(chan struct{})}
	b.cmd.Stdout, b.cmd.Stderr = listening, spec.Log
	begin := time.Now()
	if err := b.cmd.Start(); err != nil {
		return nil, err
	}
	b.PID = b.cmd.Process.Pid
	go b.wait()
	if err := b.awaitReady(ctx, listening.URL); err != nil {
		return nil, errors.Join(err, b.Kill())
	}
	b.Started = time.Since(begin)
	return b, nil
}

func (b *Box) wait() {
	b.exit = b.cmd.Wait()
	close(b.done)
}

// awaitReady waits for the address and then for the box to be ready.
func (b *Box) awaitReady(ctx context.Context, url <-chan string) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	select {
	case b.URL = <-url:
	case <-b.done:
		return fmt.Errorf("the box ended before it listened: %w", b.exit)
	case <-ctx.Done():
		return fmt.Errorf("the box does not say where it listens: %w", ctx.Err())
	}
	for !ready(ctx, b.URL) {
		select {
		case <-time.After(pollEvery):
		case <-b.done:
			return fmt.Errorf("the box ended before it was ready: %w", b.exit)
		case <-ctx.Done():
			return fmt.Errorf("the box is not ready: %w", ctx.Err())
		}
	}
	return nil
}

func ready(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, res.Body) // so that the connection can be used again
	res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// Token makes a token over the box's admin socket.
func (b *Box) Token(ctx context.Context, role string) (string, error) {
	return Token(ctx, b.Binary, b.Data, role)
}

// Token makes a token for the box of a data folder, as a person would with the
// command line.
func Token(ctx context.Context, binary, data, role string) (string, error) {
	cmd := exec.CommandContext(ctx, binary, "token", "create", "--role", role, "--data", data)
	var problem bytes.Buffer
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("token create: %w: %s", err, problem.Bytes())
	}
	return strings.TrimSpace(string(out)), nil
}

// Stop ends the box in order.
func (b *Box) Stop() error {
	if err := b.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-b.done:
		return b.exit
	case <-time.After(stopLimit):
		return errors.Join(errors.New("the box does not end"), b.Kill())
	}
}

// Kill ends the box as a power cut does.
func (b *Box) Kill() error {
	err := b.cmd.Process.Kill()
	<-b.done
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// Address is the n-th source address of a kind of simulated clients, each kind
// in its own part of 127.0.0.0/8: the box allows 64 connections per address.
func Address(kind byte, n int) net.Addr {
	return &net.TCPAddr{IP: net.IPv4(127, kind, byte(n/250), byte(n%250+1))}
}

// Memory is what the kernel says of a process, in bytes.
type Memory struct {
	// Resident is what it has now, Peak the most it ever had.
	Resident, Peak int64
}

// MemoryOf reads /proc/<pid>/status.
func MemoryOf(pid int) (Memory, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return Memory{}, err
	}
	resident, err1 := kilobytes(status, "VmRSS")
	peak, err2 := kilobytes(status, "VmHWM")
	return Memory{Resident: resident, Peak: peak}, errors.Join(err1, err2)
}

// kilobytes returns a line such as "VmRSS:  1234 kB" in bytes.
func kilobytes(status []byte, name string) (int64, error) {
	found := regexp.MustCompile(name + `:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		return 0, fmt.Errorf("the kernel does not say %s", name)
	}
	n, err := strconv.ParseInt(string(found[1]), 10, 64)
	return n << 10, err
}

// Announcement is a box's stdout: it finds the line that says where the box
// listens.
type Announcement struct {
	// URL receives the address once.
	URL  chan string
	once sync.Once
	pipe *io.PipeWriter
}

// NewAnnouncement returns an Announcement that is ready to be written to.
func NewAnnouncement() *Announcement {
	r, w := io.Pipe()
	a := &Announcement{URL: make(chan string, 1), pipe: w}
	go a.scan(r)
	return a
}

// Write takes what the box prints.
func (a *Announcement) Write(p []byte) (int, error) { return a.pipe.Write(p) }

func (a *Announcement) scan(r io.Reader) {
	pattern := regexp.MustCompile(`http://[0-9.]+:[0-9]+`)
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if url := pattern.FindString(lines.Text()); url != "" {
			a.once.Do(func() { a.URL <- url })
		}
	}
	_, _ = io.Copy(io.Discard, r) // a line too long for the scanner must not block the box
}
