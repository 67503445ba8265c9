package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/config"
)

func TestTheBenchmarkBranchIsAConfiguration(t *testing.T) {
	if _, problems := config.Parse("bench.yaml", benchBranch); len(problems) > 0 {
		t.Errorf("%v", problems)
	}
}

// countingBox answers tickets and cancels as the contract says, after pause.
func countingBox(t *testing.T, pause time.Duration, status int) (host string, keys func() []string) {
	var got []string
	requests := make(chan string, 100_000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		requests <- r.Header.Get("Idempotency-Key")
		time.Sleep(pause)
		if r.URL.Path == "/api/v1/visits" && status == http.StatusOK {
			w.WriteHeader(http.StatusCreated)
		} else {
			w.WriteHeader(status)
		}
		io.WriteString(w, `{"id":"v_`+r.Header.Get("Idempotency-Key")+`","ticket":"A001"}`)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), func() []string {
		for len(requests) > 0 {
			got = append(got, <-requests)
		}
		return got
	}
}

func TestAnOpenLoopMakesEveryCommandOnceAndOnlySoManyWait(t *testing.T) {
	host, keys := countingBox(t, 0, http.StatusOK)
	g, err := newGenerator(host, "token", 8)
	if err != nil {
		t.Fatal(err)
	}
	defer g.close()
	g.fill()
	o := g.openLoop(1000, time.Second)
	if o.scheduled != 1000 || o.acknowledged != 1000 || g.failed.Load() != 0 {
		t.Fatalf("%d scheduled, %d acknowledged, %d failed: %s", o.scheduled, o.acknowledged, g.failed.Load(), g.why())
	}
	if all := keys(); len(all) != 1000+queueFloor || len(slices.Compact(slices.Sorted(slices.Values(all)))) != len(all) {
		t.Errorf("%d requests, or a key is used twice", len(all))
	}
	if g.queue.most > queueFloor+8 {
		t.Errorf("%d people waited", g.queue.most)
	}
	g.empty()
	if len(g.queue.waiting) != 0 || g.created.Load() != g.cancels.Load() {
		t.Errorf("%d tickets, %d cancels, %d still wait", g.created.Load(), g.cancels.Load(), len(g.queue.waiting))
	}
}

func TestLatencyCountsFromTheScheduledTimeAndABehindRunIsSeen(t *testing.T) {
	host, _ := countingBox(t, 10*time.Millisecond, http.StatusOK)
	g, err := newGenerator(host, "token", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer g.close()
	// One caller makes at most 100 per second.
	slow := &trial{rate: 1000, outcome: g.openLoop(1000, 100*time.Millisecond)}
	if slow.kept() {
		t.Errorf("a run of %.0f/s instead of 1000/s kept its schedule", slow.outcome.rate())
	}
	if longest := quantile(slow.latencies, 1); longest < 500*time.Millisecond {
		t.Errorf("the last of 100 commands waited only %v from its scheduled time", longest)
	}
}

func TestARefusedCommandIsNotAcknowledged(t *testing.T) {
	host, _ := countingBox(t, 0, http.StatusServiceUnavailable)
	g, err := newGenerator(host, "token", 2)
	if err != nil {
		t.Fatal(err)
	}
	defer g.close()
	o := g.openLoop(100, 100*time.Millisecond)
	if o.acknowledged != 0 || g.failed.Load() != 10 || !strings.Contains(g.why(), "503") {
		t.Errorf("%d acknowledged, %d failed: %s", o.acknowledged, g.failed.Load(), g.why())
	}
}

func TestAnAnswerIsReadToItsEnd(t *testing.T) {
	c := &caller{in: bufio.NewReader(strings.NewReader("HTTP/1.1 201 Created\r\ncontent-length: 12\r\nX: y\r\n\r\n{\"id\":\"v_1\"}" +
		"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n{}"))}
	for _, want := range []struct {
		status int
		body   string
	}{{201, `{"id":"v_1"}`}, {204, ""}, {409, "{}"}} {
		if status, body, err := c.answer(); err != nil || status != want.status || string(body) != want.body {
			t.Errorf("%d %q %v, want %d %q", status, body, err, want.status, want.body)
		}
	}
	if visit, err := visitOf([]byte(`{"id":"v_1","ticket":"A001"}`)); err != nil || visit != "v_1" {
		t.Errorf("visit %q, %v", visit, err)
	}
	if _, err := visitOf([]byte(`{}`)); err == nil {
		t.Error("an answer without a visit is taken")
	}
}

func TestAScreenFindsEveryCancelledVisitAndTheCursor(t *testing.T) {
	frame := []byte(`{"type":"events","topic":"hall:main","cursor":"k3.f9.815","replay":false,"events":[` +
		`{"seq":813,"event":"visit.called","data":{"visit":"v_1"}},` +
		`{"seq":814,"event":"visit.cancelled","at":"","data":{"visit":"v_2","ticket":"A002"}},` +
		`{"seq":815,"event":"visit.cancelled","at":"","data":{"visit":"v_3","ticket":"A003"}}]}`)
	var visits []string
	w := &watcher{delivered: func(visit string, _ time.Time) { visits = append(visits, visit) }}
	if cursor := w.note(frame); cursor != "k3.f9.815" || w.seq.Load() != 815 {
		t.Errorf("cursor %q, seq %d", cursor, w.seq.Load())
	}
	w.tell(frame, time.Time{})
	if !slices.Equal(visits, []string{"v_2", "v_3"}) {
		t.Errorf("visits %v", visits)
	}
}

func TestStracesTableIsAddedUp(t *testing.T) {
	table := []byte("% time     seconds  usecs/call     calls    errors syscall\n" +
		"------ ----------- ----------- --------- --------- ----------------\n" +
		" 99.00    0.052063          86       600           fdatasync\n" +
		"  1.00    0.000063          86         5         1 fsync\n" +
		"------ ----------- ----------- --------- --------- ----------------\n" +
		"100.00    0.052063          86       605           total\n")
	if n, err := sumSyncs(table); err != nil || n != 605 {
		t.Errorf("%d, %v, want 605", n, err)
	}
}

func TestAMissedFloorIsRememberedAndEndsTheCommand(t *testing.T) {
	var out bytes.Buffer
	b := &bench{out: &out}
	if b.floor(true, "never") != "ok" || len(b.missed) != 0 {
		t.Error("a floor that is met is missed")
	}
	if b.floor(false, "p99 %s", ms(time.Second)); len(b.missed) != 1 || b.missed[0] != "p99 1000.0 ms" {
		t.Errorf("missed %q", b.missed)
	}
}
