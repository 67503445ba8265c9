package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"handrail/server/internal/wire"
)

// TestAVisitIsLivedThroughByKioskHallAndCounter is the journey of a ticket as
// four clients see it.
func TestAVisitIsLivedThroughByKioskHallAndCounter(t *testing.T) {
	b := startBox(t, t.TempDir())
	kiosk, counter := b.as("demo-kiosk"), b.as("demo-counter")
	hall := b.as("demo-hall").watch("hall:main", "")
	hall.live()

	counter.post("/api/v1/counters/counter-1/open", wire.OpenCounter{}, nil)
	var visit wire.Visit
	kiosk.post("/api/v1/visits", wire.CreateVisit{Service: "cash", Language: "zh-CN"}, &visit)
	if visit.State != "waiting" || visit.Ticket != "A001" || visit.Position != 1 {
		t.Errorf("the ticket is %+v", visit)
	}
	if !strings.HasPrefix(visit.Key, visit.ID+".") {
		t.Errorf("the key of %s is %q", visit.ID, visit.Key)
	}
	var called wire.Visit
	counter.post("/api/v1/counters/counter-1/call-next", struct{}{}, &called)
	if called.ID != visit.ID || called.State != "called" || called.Reason == nil || called.Reason.Rule != "only" {
		t.Errorf("called is %+v", called)
	}
	if text := called.Reason.Text; text["zh-CN"] == "" || text["en"] == "" {
		t.Errorf("the reason has no words: %v", text)
	}
	speak := hall.await("speak", func(f frame) bool { return f.Type == wire.TypeSpeak })
	if !strings.Contains(speak.Text["zh-CN"], "A001") {
		t.Errorf("the hall is to say %v", speak.Text)
	}
	hall.send(wire.ClientFrame{Type: wire.TypeAnnounced, Call: speak.Call})
	hall.event("call.announced")

	counter.post("/api/v1/visits/"+visit.ID+"/confirm", struct{}{}, nil)
	hall.event("visit.confirmed")
	var finished wire.Visit
	counter.post("/api/v1/visits/"+visit.ID+"/finish", wire.Finish{}, &finished)
	if finished.State != "finished" || finished.EndedAt == nil {
		t.Errorf("finished is %+v", finished)
	}
	if a, _ := counter.send(http.MethodPost, "/api/v1/counters/counter-1/call-next", "", struct{}{}); a.status != http.StatusNoContent {
		t.Errorf("call-next with nobody waiting: %d", a.status)
	}
}

// TestAPageReachesAPersonWhoAcceptsAndArrives follows a page over websockets
// alone on the staff's side.
func TestAPageReachesAPersonWhoAcceptsAndArrives(t *testing.T) {
	b := startBox(t, t.TempDir())
	kiosk := b.as("demo-kiosk")
	pager := b.as("demo-pager").watch("pages", "")
	pager.live()
	if f := pager.do("duty-on-0123456789", "duty.on", wire.DutyOn{}); f.Type != wire.TypeDone {
		t.Fatalf("duty.on: %+v", f)
	}
	var page wire.Page
	if a := kiosk.post("/api/v1/pages", wire.RaisePage{Reason: "help", Session: "s-1"}, &page); a.status != http.StatusCreated {
		t.Errorf("a new page answers %d", a.status)
	}
	step := pager.await("page", func(f frame) bool { return f.Type == wire.TypePage })
	pager.send(wire.ClientFrame{Type: wire.TypeReceived, Page: step.Page.ID, Step: step.Step})
	pager.event("page.delivered")
	var again wire.Page
	if a := kiosk.post("/api/v1/pages", wire.RaisePage{Reason: "help", Session: "s-1"}, &again); a.status != http.StatusOK || again.ID != page.ID || again.Count != 2 {
		t.Errorf("a second press answers %d %+v", a.status, again)
	}
	accepted := pager.do("accept-0123456789", "page.accept", map[string]string{"page": page.ID})
	if accepted.Type != wire.TypeDone {
		t.Fatalf("accept: %+v", accepted)
	}
	if a, _ := b.as("demo-pager-2").send(http.MethodPost, "/api/v1/pages/"+page.ID+"/accept", "", struct{}{}); a.problem.Code != "taken" || a.problem.By != "li" {
		t.Errorf("a second acceptance: %d %+v", a.status, a.problem)
	}
	kiosk.post("/api/v1/pages/"+page.ID+"/arrive", struct{}{}, nil)
	closed := pager.do("close-0123456789", "page.close", map[string]string{"page": page.ID, "outcome": "helped"})
	var done wire.Page
	if err := json.Unmarshal(closed.Data, &done); err != nil || done.Status != "closed" || done.Outcome != "helped" {
		t.Errorf("close: %+v %v", done, err)
	}
}

// TestAPageThatNobodyAnswersSoundsTheHall: with nobody on duty the hall is told
// at once.
func TestAPageThatNobodyAnswersSoundsTheHall(t *testing.T) {
	b := startBox(t, t.TempDir())
	hall := b.as("demo-hall").watch("hall:main", "")
	hall.live()
	var page wire.Page
	b.as("demo-kiosk").post("/api/v1/pages", wire.RaisePage{Reason: "help"}, &page)
	if data := hall.event("page.alarmed"); data.Page != page.ID || data.Place != "kiosk-1" {
		t.Errorf("the hall is told %+v", data)
	}
	if !page.Alarm {
		t.Errorf("the page is %+v", page)
	}
	quiet := b.as("demo-kiosk").watch("kiosk:kiosk-1", "")
	quiet.live()
	var duress wire.Page
	b.as("demo-kiosk").post("/api/v1/pages", wire.RaisePage{Reason: "duress"}, &duress)
	var water wire.Page
	b.as("demo-kiosk").post("/api/v1/pages", wire.RaisePage{Reason: "water"}, &water)
	for _, s := range []*screen{hall, quiet} {
		s.await("the page after the silent one", func(f frame) bool {
			told := string(f.View)
			for _, e := range f.Events {
				told += string(e.Data)
			}
			if strings.Contains(told, duress.ID) || strings.Contains(told, "duress") {
				t.Errorf("a customer's screen is told of duress: %s", told)
			}
			return strings.Contains(told, water.ID)
		})
	}
}

// TestACutScreenResumesWithoutLossOrDouble reads a hall's events in two pieces.
func TestACutScreenResumesWithoutLossOrDouble(t *testing.T) {
	b := startBox(t, t.TempDir())
	supervisor := b.as("demo-supervisor")
	supervisor.post("/api/v1/counters/counter-1/open", wire.OpenCounter{}, nil)
	first := b.as("demo-hall").watch("hall:main", "")
	first.live()
	serve := func() string {
		var visit wire.Visit
		supervisor.post("/api/v1/visits", wire.CreateVisit{Service: "cash", Language: "en"}, nil)
		supervisor.post("/api/v1/counters/counter-1/call-next", struct{}{}, &visit)
		supervisor.post("/api/v1/visits/"+visit.ID+"/confirm", struct{}{}, nil)
		supervisor.post("/api/v1/visits/"+visit.ID+"/finish", wire.Finish{}, nil)
		return visit.ID
	}
	serve()
	first.event("visit.called")
	first.await("the view", func(f frame) bool { return f.Type == wire.TypeView })
	first.conn.Close()
	missed := []string{serve(), serve(), serve()}

	second := b.as("demo-hall").watch("hall:main", first.cursor)
	var called []string
	second.await("live", func(f frame) bool {
		if f.Type == wire.TypeEvents && !f.Replay {
			t.Errorf("missed events come as live ones: %+v", f)
		}
		for _, e := range f.Events {
			var data wire.EventData
			if e.Event == "visit.called" && json.Unmarshal(e.Data, &data) == nil {
				called = append(called, data.Visit)
			}
		}
		return f.Type == wire.TypeLive && !f.Reset
	})
	if strings.Join(called, " ") != strings.Join(missed, " ") {
		t.Errorf("missed %v, replayed %v", missed, called)
	}
}
