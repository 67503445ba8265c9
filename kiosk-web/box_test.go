package kioskweb_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the real server with the screens that it embeds, built once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "handrail-screens")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "server")
	out, err := exec.Command("go", "build", "-o", path, "../server").CombinedOutput()
	if err != nil {
		return path, fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// box is a server process on a data folder; its address stays the same over
// kill and start.
type box struct {
	t       *testing.T
	args    []string
	env     []string // nil: that of the test
	url     string   // http://127.0.0.1:port
	process *exec.Cmd
	stderr  *bytes.Buffer
	exited  chan error
	own     *profile
}

// startBox starts a box of the demo branch on an empty data folder and a free
// port; args are further words for serve. It is killed when the test ends.
func startBox(t *testing.T, args ...string) *box {
	t.Helper()
	b := &box{t: t, args: append([]string{"serve", "--data", t.TempDir()}, args...)}
	t.Cleanup(b.kill)
	b.launch("127.0.0.1:0")
	return b
}

// start runs the box again after kill or stop, on its port and data.
func (b *box) start() {
	b.t.Helper()
	b.launch(strings.TrimPrefix(b.url, "http://"))
}

// launch runs the server and waits until it says where it listens.
func (b *box) launch(listen string) {
	b.t.Helper()
	path, err := binary()
	if err != nil {
		b.t.Fatal(err)
	}
	b.process = exec.Command(path, append(b.args, "--listen", listen)...)
	b.process.Env = b.env
	b.stderr = new(bytes.Buffer)
	b.process.Stderr = b.stderr
	stdout, err := b.process.StdoutPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.process.Start(); err != nil {
		b.t.Fatal(err)
	}
	said, exited := make(chan string, 1), make(chan error, 1)
	b.exited = exited
	process := b.process
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if url, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
				said <- url
			}
		}
		exited <- process.Wait()
	}()
	select {
	case b.url = <-said:
	case err := <-exited:
		b.process = nil
		b.t.Fatalf("the box did not start: %v\n%s", err, b.stderr)
	case <-time.After(patience):
		b.t.Fatal("the box did not say where it listens")
	}
}

// kill ends the process as a power cut would; it may be called again.
func (b *box) kill() {
	if b.process == nil {
		return
	}
	b.process.Process.Kill()
	<-b.exited
	b.process = nil
}

// stop ends the process politely.
func (b *box) stop() {
	b.t.Helper()
	b.process.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-b.exited:
		b.process = nil
		if err != nil {
			b.t.Fatalf("the box stopped badly: %v\n%s", err, b.stderr)
		}
	case <-time.After(patience):
		b.t.Fatal("the box did not stop")
	}
}

// profile is the browser profile that the box's screens share.
func (b *box) profile() *profile {
	b.t.Helper()
	if b.own == nil {
		b.own = newProfile(b.t)
	}
	return b.own
}

// call asks the box over HTTP with a token, as another screen or tool would;
// it decodes the answer into out, when there is one, and fails on a refusal.
func (b *box) call(token, method, path string, body, out any) {
	b.t.Helper()
	if err := b.ask(token, method, path, body, out); err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
}

// ask is call for what may be refused: the error is the box's own words.
func (b *box) ask(token, method, path string, body, out any) error {
	var payload io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		payload = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, payload)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 400 {
		return errors.New(response.Status + ": " + string(raw))
	}
	if out == nil || len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, out)
}

func TestABoxComesBackWithItsAddressAndItsData(t *testing.T) {
	b := startBox(t)
	url := b.url
	var branch struct{ Services []struct{ ID string } }
	b.call("demo-kiosk", http.MethodGet, "/api/v1/branch", nil, &branch)
	var made, kept struct{ ID, Ticket string }
	visit := map[string]any{"service": branch.Services[0].ID, "needs": []string{}, "language": "zh-CN"}
	b.call("demo-kiosk", http.MethodPost, "/api/v1/visits", visit, &made)

	b.kill()
	if b.ask("demo-supervisor", http.MethodGet, "/healthz", nil, nil) == nil {
		t.Error("a killed box answered")
	}
	b.start()
	if b.url != url {
		t.Errorf("the box moved from %s to %s", url, b.url)
	}
	b.call("demo-supervisor", http.MethodGet, "/api/v1/visits/"+made.ID, nil, &kept)
	if kept != made || made.Ticket == "" {
		t.Errorf("visit %+v became %+v", made, kept)
	}
	b.stop()
}
