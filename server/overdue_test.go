package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/wire"
)

// TestAnOverduePageTakesOneStepAfterDowntime leaves a box off for longer than
// several levels of a page last.
func TestAnOverduePageTakesOneStepAfterDowntime(t *testing.T) {
	data, file := t.TempDir(), "testdata/quick-pages.yaml"
	b := startBox(t, data, "--config", file)
	token := func(args ...string) string {
		t.Helper()
		out, err := command(t, append([]string{"token", "create", "--data", data}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(out)
	}
	pager, kiosk, supervisor := token("--role", "pager", "--place", "li"), token("--role", "kiosk", "--place", "kiosk-1"), token("--role", "supervisor")
	staff := b.as(pager)
	staff.post("/api/v1/duty/on", wire.DutyOn{}, nil)
	socket := staff.watch("pages", "")
	socket.live()
	var page wire.Page
	b.as(kiosk).post("/api/v1/pages", wire.RaisePage{Reason: "help"}, &page)
	raised := time.Time(page.RaisedAt)
	b.kill()

	eventually(t, 30*time.Second, "three levels have gone by", func() bool { return time.Since(raised) > 7*time.Second })
	b = startBox(t, data, "--config", file)
	back := b.as(pager).watch("pages", "")
	back.live()
	escalations := func() (steps []wire.Event) {
		for _, event := range b.as(supervisor).events() {
			if event.Event == "page.escalated" {
				steps = append(steps, event)
			}
		}
		return steps
	}
	var steps []wire.Event
	eventually(t, 30*time.Second, "the page has gone on twice", func() bool {
		steps = escalations()
		return len(steps) >= 2
	})
	for i, want := range []int{1, 2} {
		var event wire.EventData
		if !decode(steps[i].Data, &event) || *event.Level != want {
			t.Errorf("step %d goes to %s, want level %d", i, steps[i].Data, want)
		}
	}
	if gap := time.Time(steps[1].At).Sub(time.Time(steps[0].At)); gap < 1900*time.Millisecond {
		t.Errorf("the second step comes %v after the first: overdue steps were taken at once", gap)
	}
	if a, err := b.as(pager).send(http.MethodPost, "/api/v1/pages/"+page.ID+"/accept", "", struct{}{}); err != nil || a.status != http.StatusOK {
		t.Errorf("accept after downtime: %d %s %v", a.status, a.body, err)
	}
}
