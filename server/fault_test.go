package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"handrail/server/internal/wire"
)

func TestAnAddressBeyondLoopbackIsRefusedWithASentence(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", "[::]:0", ":0", "192.0.2.1:0", "example.org:0"} {
		_, err := command(t, "serve", "--data", t.TempDir(), "--listen", address)
		if err == nil || !strings.Contains(err.Error(), "loopback only") {
			t.Errorf("--listen %s: %v", address, err)
		}
	}
	startBox(t, t.TempDir(), "--listen", "localhost:0")
}

func TestASecondProcessOnTheSameFolderIsRefused(t *testing.T) {
	data := t.TempDir()
	first := startBox(t, data)
	if _, err := tryBox(t, data); err == nil {
		t.Fatal("two boxes run on one data folder")
	}
	first.as("demo-kiosk").post("/api/v1/visits", wire.CreateVisit{Service: "cash", Language: "en"}, nil)
	first.kill()
	startBox(t, data)
}

// TestDamagedDataIsRefusedByName plants torn and foreign bytes in each file of
// the data folder, as a bad disk or a careless copy would.
func TestDamagedDataIsRefusedByName(t *testing.T) {
	data := t.TempDir()
	b := startBox(t, data)
	b.as("demo-kiosk").post("/api/v1/visits", wire.CreateVisit{Service: "cash", Language: "en"}, nil)
	b.kill()
	logs, err := filepath.Glob(filepath.Join(data, "log", "*.db"))
	if err != nil || len(logs) != 1 {
		t.Fatalf("log files: %v %v", logs, err)
	}
	for _, path := range []string{logs[0], filepath.Join(data, "state.db"), filepath.Join(data, "visit.key"), filepath.Join(data, "session.key")} {
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for name, bad := range map[string][]byte{
			"torn":    whole[:min(len(whole)/3, 16<<10)], // within what is in use
			"foreign": bytes.Repeat([]byte("this is not a log "), 1000),
		} {
			t.Run(filepath.Base(path)+" "+name, func(t *testing.T) {
				if err := os.WriteFile(path, bad, 0o600); err != nil {
					t.Fatal(err)
				}
				_, err := tryBox(t, data)
				if err == nil || !strings.Contains(err.Error(), filepath.Base(path)) {
					t.Errorf("the box says %v", err)
				}
				if now, _ := os.ReadFile(path); !bytes.Equal(now, bad) {
					t.Error("the damaged file was changed")
				}
			})
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	healed := startBox(t, data)
	if events := healed.as("demo-supervisor").events(); len(events) == 0 {
		t.Error("with the files put back, the log is empty")
	}
}

// TestAFullDiskRefusesTicketsAndTakesPages limits the size of the process's
// files, fills the log, and lifts the limit again.
func TestAFullDiskRefusesTicketsAndTakesPages(t *testing.T) {
	data := t.TempDir()
	startBox(t, data).stop()
	log, err := filepath.Glob(filepath.Join(data, "log", "*.db"))
	if err != nil || len(log) != 1 {
		t.Fatalf("log files: %v %v", log, err)
	}
	info, err := os.Stat(log[0])
	if err != nil {
		t.Fatal(err)
	}
	limit := fmt.Sprintf("ulimit -S -f %d; exec \"$@\"", (info.Size()+(3<<20))/1024)
	b, err := launch(t, data, []string{"bash", "-c", limit, "bash"})
	if err != nil {
		t.Fatal(err)
	}
	supervisor := b.as("demo-supervisor")
	taken := fill(t, b)
	if taken == 0 {
		t.Error("no ticket was taken before the disk was full")
	}
	for n := range 20 {
		raise := wire.RaisePage{Reason: "help", Place: "kiosk-1", Session: fmt.Sprintf("full-%d", n)}
		if a, err := supervisor.send(http.MethodPost, "/api/v1/pages", "", raise); err != nil || a.status != http.StatusCreated {
			t.Fatalf("page %d on a full disk: %d %s %v", n, a.status, a.body, err)
		}
	}
	unlimited := unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
	if err := unix.Prlimit(b.process.Process.Pid, unix.RLIMIT_FSIZE, &unlimited, nil); err != nil {
		t.Fatal(err)
	}
	eventually(t, 20*time.Second, "tickets are taken again", func() bool {
		a, err := supervisor.send(http.MethodPost, "/api/v1/visits", "", wire.CreateVisit{Service: "cash", Language: "en"})
		return err == nil && a.status == http.StatusCreated
	})
	if out, err := command(t, "verify", "--data", data); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
}

// fill takes tickets with many hands until the box says that it has no room,
// and returns how many it gave.
func fill(t *testing.T, b *box) (taken int) {
	t.Helper()
	var mu sync.Mutex
	var hands sync.WaitGroup
	full := false
	for range 8 {
		hands.Go(func() {
			c := b.as("demo-supervisor")
			for range 20_000 {
				a, err := c.send(http.MethodPost, "/api/v1/visits", "", wire.CreateVisit{Service: "cash", Language: "en"})
				mu.Lock()
				switch {
				case err == nil && a.status == http.StatusCreated:
					taken++
				case err == nil && a.problem.Code == "storage":
					full = true
					(&examiner{t: t}).wants(refusal{code: "storage"}, a)
				case err != nil || a.status != http.StatusServiceUnavailable:
					t.Errorf("a ticket: %d %s %v", a.status, a.body, err)
				}
				done := full || t.Failed()
				mu.Unlock()
				if done {
					return
				}
			}
		})
	}
	hands.Wait()
	if !full {
		t.Fatalf("the disk did not fill with %d tickets", taken)
	}
	return taken
}

func TestARevokedTokenIsShutOutWithinASecond(t *testing.T) {
	data := t.TempDir()
	b := startBox(t, data)
	out, err := command(t, "token", "create", "--data", data, "--role", "supervisor", "--note", "test")
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.TrimSpace(out)
	c := b.as(secret)
	s := c.watch("supervisor", "")
	s.live()
	if found := secretInFolder(t, data, secret); found != "" {
		t.Errorf("the token stands in %s", found)
	}
	var tokens []wire.Token
	b.as("demo-it").get("/api/v1/tokens", &tokens)
	if len(tokens) != 1 {
		t.Fatalf("tokens: %+v", tokens)
	}
	if _, err := command(t, "token", "revoke", "--data", data, tokens[0].ID); err != nil {
		t.Fatal(err)
	}
	select {
	case code := <-s.closed:
		if code != wire.CloseSessionEnded {
			t.Errorf("closed with %d", code)
		}
	case <-time.After(3 * time.Second):
		t.Error("the socket of a revoked token stays open")
	}
	if a, _ := c.send(http.MethodGet, "/api/v1/branch", "", nil); a.status != http.StatusUnauthorized {
		t.Errorf("a revoked token: %d", a.status)
	}
}

// secretInFolder looks for the bytes of secret in every file.
func secretInFolder(t *testing.T, dir, secret string) (found string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(secret)) {
			found = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestTwoHundredCountersNeverCallOnePersonTwice(t *testing.T) {
	b := startBox(t, t.TempDir())
	supervisor := b.as("demo-supervisor")
	tickets := map[string]bool{}
	var mu sync.Mutex
	parallel(200, func(n int) {
		var visit wire.Visit
		b.as("demo-supervisor").post("/api/v1/visits", wire.CreateVisit{Service: "cash", Language: "en"}, &visit)
		mu.Lock()
		defer mu.Unlock()
		if tickets[visit.Ticket] {
			t.Errorf("ticket %s was given twice", visit.Ticket)
		}
		tickets[visit.Ticket] = true
	})
	for _, counter := range []string{"counter-1", "counter-2"} {
		supervisor.post("/api/v1/counters/"+counter+"/open", wire.OpenCounter{}, nil)
	}
	called := map[string]string{}
	parallel(200, func(n int) {
		counter := []string{"counter-1", "counter-2"}[n%2]
		a, err := b.as("demo-supervisor").send(http.MethodPost, "/api/v1/counters/"+counter+"/call-next", "", struct{}{})
		if err != nil || a.status != http.StatusOK && a.problem.Code != "counter-busy" {
			t.Errorf("call-next: %d %s %v", a.status, a.body, err)
		}
		if a.status == http.StatusOK {
			mu.Lock()
			defer mu.Unlock()
			called[counter] += string(a.body)
		}
	})
	var counters []wire.Counter
	for _, id := range []string{"counter-1", "counter-2"} {
		for _, c := range supervisorCounters(supervisor) {
			if c.ID == id {
				counters = append(counters, c)
			}
		}
	}
	if len(called) != 2 || counters[0].Serving == "" || counters[0].Serving == counters[1].Serving {
		t.Errorf("two counters serve %q and %q", counters[0].Serving, counters[1].Serving)
	}
}

// supervisorCounters are the counters as the supervisor's screen shows them.
func supervisorCounters(c *client) []wire.Counter {
	s := c.watch("supervisor", "")
	defer s.conn.Close()
	var view wire.SupervisorView
	s.await("the view", func(f frame) bool { return f.Type == wire.TypeView && decode(f.View, &view) })
	return view.Counters
}

func parallel(n int, do func(int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}

func TestACommandIDIsRememberedOverARestart(t *testing.T) {
	data := t.TempDir()
	b := startBox(t, data)
	take := wire.CreateVisit{Service: "pension", Language: "zh-CN"}
	first, err := b.as("demo-kiosk").send(http.MethodPost, "/api/v1/visits", "the-same-key-again", take)
	if err != nil || first.status != http.StatusCreated {
		t.Fatalf("%d %s %v", first.status, first.body, err)
	}
	b.kill()
	b = startBox(t, data)
	again, err := b.as("demo-kiosk").send(http.MethodPost, "/api/v1/visits", "the-same-key-again", take)
	if err != nil || again.status != http.StatusOK {
		t.Fatalf("repeated: %d %s %v", again.status, again.body, err)
	}
	var was, is wire.Visit
	if !decode(first.body, &was) || !decode(again.body, &is) || was.ID != is.ID || was.Key != is.Key || was.Ticket != is.Ticket {
		t.Errorf("first %s\nagain %s", first.body, again.body)
	}
	take.Service = "cash"
	if other, _ := b.as("demo-kiosk").send(http.MethodPost, "/api/v1/visits", "the-same-key-again", take); other.problem.Code != "id-reused" {
		t.Errorf("another body: %d %s", other.status, other.body)
	}
	if stranger, _ := b.as("demo-supervisor").send(http.MethodPost, "/api/v1/visits", "the-same-key-again", take); stranger.status != http.StatusCreated {
		t.Errorf("another identity: %d %s", stranger.status, stranger.body)
	}
}

func TestStoppingTellsTheScreens(t *testing.T) {
	b := startBox(t, t.TempDir())
	s := b.as("demo-hall").watch("hall:main", "")
	s.live()
	if err := b.stop(); err != nil {
		t.Errorf("stopped with %v\n%s", err, b.stderr)
	}
	if code := <-s.closed; code != wire.CloseGoingAway {
		t.Errorf("the screen was closed with %d", code)
	}
}

func TestABackupIsRestoredUnderANewLogID(t *testing.T) {
	data := t.TempDir()
	b := startBox(t, data)
	var visit wire.Visit
	b.as("demo-kiosk").post("/api/v1/visits", wire.CreateVisit{Service: "cash", Language: "en"}, &visit)
	var before wire.Status
	b.as("demo-it").get("/api/v1/status", &before)
	file := filepath.Join(t.TempDir(), "backup.tar")
	if _, err := command(t, "backup", "--data", data, file); err != nil {
		t.Fatal(err)
	}
	if _, err := command(t, "restore", "--data", data, file); err == nil {
		t.Error("a running box was restored over")
	}
	if err := b.stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := command(t, "restore", "--data", data, file); err == nil {
		t.Error("a folder with a log was restored over")
	}
	fresh := filepath.Join(t.TempDir(), "restored")
	if _, err := command(t, "restore", "--data", fresh, file); err != nil {
		t.Fatal(err)
	}
	restored := startBox(t, fresh)
	var after wire.Status
	restored.as("demo-it").get("/api/v1/status", &after)
	if after.LogID == before.LogID {
		t.Error("the restored log has the old id")
	}
	var now wire.Visit
	restored.as("demo-supervisor").get("/api/v1/visits/"+visit.ID, &now)
	if now.Ticket != visit.Ticket || now.State != "waiting" {
		t.Errorf("the visit is %+v", now)
	}
	hall := restored.as("demo-hall").watch("hall:main", before.Cursor)
	if !hall.live().Reset {
		t.Error("a cursor of the old log was taken")
	}
}
