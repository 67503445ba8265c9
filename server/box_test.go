package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"handrail/server/internal/wire"
)

// binary is the real server, built once for all tests of this package.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "handrail-test")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "server")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// TestMain removes the binary at the end.
func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// box is a real server process on a data folder.
type box struct {
	t       *testing.T
	data    string
	url     string
	process *exec.Cmd
	stderr  *bytes.Buffer
	exited  chan error
	stopped bool
}

// startBox starts the server on a free port and waits until it listens.
func startBox(t *testing.T, data string, args ...string) *box {
	t.Helper()
	b, err := tryBox(t, data, args...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tryBox is startBox for boxes that may refuse to start; the error holds what
// they said.
func tryBox(t *testing.T, data string, args ...string) (*box, error) {
	t.Helper()
	return launch(t, data, nil, args...)
}

// launch runs the server behind the words of wrapper, such as a shell that
// limits it.
func launch(t *testing.T, data string, wrapper []string, args ...string) (*box, error) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	words := append(slices.Clone(wrapper), path, "serve", "--data", data)
	if !slices.Contains(args, "--listen") {
		words = append(words, "--listen", "127.0.0.1:0")
	}
	words = append(words, args...)
	b := &box{t: t, data: data, process: exec.Command(words[0], words[1:]...), stderr: new(bytes.Buffer), exited: make(chan error, 1)}
	b.process.Stderr = b.stderr
	stdout, err := b.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.kill)
	first := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if url, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
				first <- url
			}
		}
		close(first)
		b.exited <- b.process.Wait()
	}()
	select {
	case url, ok := <-first:
		if !ok {
			err := <-b.exited
			b.stopped = true
			return nil, fmt.Errorf("the box did not start: %w\n%s", err, b.stderr)
		}
		b.url = url
		return b, nil
	case <-time.After(30 * time.Second):
		return nil, errors.New("the box did not say where it listens")
	}
}

// kill ends the process as a power cut would; it may be called again.
func (b *box) kill() {
	if b.stopped {
		return
	}
	b.stopped = true
	b.process.Process.Kill()
	<-b.exited
}

// stop ends the process politely and returns how it went.
func (b *box) stop() error {
	b.stopped = true
	if err := b.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-b.exited:
		return err
	case <-time.After(20 * time.Second):
		b.process.Process.Kill()
		return errors.New("the box did not stop within 20 s")
	}
}

// command runs another command of the binary to its end.
func command(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	var out, complaint bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%w: %s", err, complaint.String())
	}
	return out.String(), nil
}

// addresses hands each client an address of its own, as the box takes 64
// connections from one.
var addresses atomic.Uint32

// client speaks to a box with one token.
type client struct {
	box   *box
	token string
	http  *http.Client
}

func (b *box) as(token string) *client {
	n := addresses.Add(1)
	from := &net.TCPAddr{IP: net.IPv4(127, 1, byte(n>>8), byte(n)|1)}
	dialer := &net.Dialer{LocalAddr: from}
	return &client{box: b, token: token, http: &http.Client{
		Timeout:   20 * time.Second,
		Transport: &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 32},
	}}
}

// answer is what the box said.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	problem wire.Problem
}

// send posts body, or gets when it is nil; err is set only when there was no
// answer.
func (c *client) send(method, path, key string, body any) (answer, error) {
	header := http.Header{"Authorization": {"Bearer " + c.token}}
	var payload []byte
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return answer{}, err
		}
		payload = raw
		header.Set("Content-Type", "application/json")
	}
	if key != "" {
		header.Set("Idempotency-Key", key)
	}
	return c.exchange(method, path, header, payload)
}

// exchange sends exactly these headers and this body; a header Host names the
// host.
func (c *client) exchange(method, path string, header http.Header, body []byte) (answer, error) {
	request, err := http.NewRequestWithContext(context.Background(), method, c.box.url+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header = header
	request.Host = header.Get("Host")
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: response.StatusCode, header: response.Header, body: raw}
	if a.status >= 400 {
		json.Unmarshal(raw, &a.problem)
	}
	return a, nil
}

// must is send for what has to work; it decodes the answer into out.
func (c *client) must(method, path string, body, out any) answer {
	c.box.t.Helper()
	a, err := c.send(method, path, "", body)
	if err != nil {
		c.box.t.Fatalf("%s %s: %v\n%s", method, path, err, c.box.stderr)
	}
	if a.status >= 400 {
		c.box.t.Fatalf("%s %s: %d %s", method, path, a.status, a.body)
	}
	if out != nil {
		if err := json.Unmarshal(a.body, out); err != nil {
			c.box.t.Fatalf("%s %s: %v in %s", method, path, err, a.body)
		}
	}
	return a
}

// decode reports whether raw is JSON of out.
func decode(raw []byte, out any) bool { return json.Unmarshal(raw, out) == nil }

func (c *client) post(path string, body, out any) answer {
	c.box.t.Helper()
	return c.must(http.MethodPost, path, body, out)
}

func (c *client) get(path string, out any) answer {
	c.box.t.Helper()
	return c.must(http.MethodGet, path, nil, out)
}

// events reads the whole log as a supervisor sees it.
func (c *client) events() []wire.Event {
	c.box.t.Helper()
	var all []wire.Event
	for after := ""; ; {
		var list wire.EventList
		c.get("/api/v1/events?limit=1000&after="+after, &list)
		if len(list.Events) == 0 {
			return all
		}
		all, after = append(all, list.Events...), list.Cursor
	}
}

// eventually polls a condition until it holds, for at most limit.
func eventually(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(limit)
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("not within %v: %s", limit, what)
		case <-tick.C:
		}
	}
}
