package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// stopLate is when a box that should have ended is given up.
const stopLate = 20 * time.Second

// writerFunc is an io.Writer.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// serveUntil serves the demo branch and returns how it ended.
func serveUntil(t *testing.T, ctx context.Context, data string, out io.Writer) error {
	t.Helper()
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(ctx, Config{Data: data, Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler)}, out)
	}()
	select {
	case err := <-ended:
		return err
	case <-time.After(stopLate):
		t.Fatal("the box does not end")
		return nil
	}
}

func TestABoxToldToStopTheMomentItListensStops(t *testing.T) {
	data := t.TempDir()
	for range 10 {
		ctx, stop := context.WithCancel(t.Context())
		said := writerFunc(func(p []byte) (int, error) { stop(); return len(p), nil })
		if err := serveUntil(t, ctx, data, said); err != nil {
			t.Fatal(err)
		}
	}
}

func TestABoxToldToStopBeforeItListensEndsInOrder(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var said bytes.Buffer
	if err := serveUntil(t, ctx, t.TempDir(), &said); err != nil || said.Len() > 0 {
		t.Fatalf("%v, and it said %q", err, said.String())
	}
}

func TestADataFolderTooDeepForASocketIsRefusedInPlainWords(t *testing.T) {
	data := filepath.Join(t.TempDir(), strings.Repeat("deep", 30))
	err := serveUntil(t, t.Context(), data, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "shorter") {
		t.Fatalf("%v", err)
	}
}

func TestABoxThatIsNotReadyIsReachedAllTheSame(t *testing.T) {
	data := t.TempDir()
	door, err := listenSocket(socketPath(data))
	if err != nil {
		t.Fatal(err)
	}
	full := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})}
	go func() { _ = full.Serve(door) }() // ended by Close
	defer full.Close()
	box, done, err := Reach(t.Context(), Config{Data: data, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if box.Ready(t.Context()) == nil {
		t.Error("a full box is ready")
	}
	if entries, err := os.ReadDir(data); err != nil || len(entries) != 1 {
		t.Errorf("%v: the folder was opened beside the box that runs: %v", err, entries)
	}
	if err := done(); err != nil {
		t.Error(err)
	}
}

// door is a listener at an address.
type door struct {
	net.Listener
	at net.TCPAddr
}

func (d door) Addr() net.Addr { return &d.at }

func TestOnThePortOfHTTPTheHostNeedsNoPort(t *testing.T) {
	for port, want := range map[int]bool{80: true, 8080: false} {
		names := hostNames(door{at: net.TCPAddr{IP: net.IPv4(127, 0, 0, 2), Port: port}})
		for _, host := range []string{"127.0.0.1", "localhost", "127.0.0.2"} {
			if slices.Contains(names, host) != want || !slices.Contains(names, fmt.Sprint(host, ":", port)) {
				t.Errorf("on port %d the hosts are %q", port, names)
			}
		}
	}
}
