package main

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"handrail/server/internal/wire"
)

// stageCounter is where visits are brought into a state. Its zone is spoken for
// by a simulated device, so nothing waits for a screen.
const stageCounter = "counter-3"

// path returns the path of a route of the contract: its {id} is replaced by
// something that is in the state in which the route's verb is allowed.
func (x *examiner) path(route string) string {
	x.t.Helper()
	before, after, ok := strings.Cut(route, "{id}")
	if !ok {
		return route
	}
	verb := strings.TrimPrefix(after, "/")
	switch before {
	case "visits/":
		return before + x.visitIn(fromState(visitTable, verb)) + after
	case "counters/":
		x.counterIn(fromState(counterTable, verb))
		return before + stageCounter + after
	case "pages/":
		return before + x.pageIn(fromState(pageTable, verb)) + after
	case "devices/":
		return before + "printer-1" + after
	}
	x.t.Fatalf("nothing stands for {id} in %s", route)
	return ""
}

// fromState returns a state from which the verb leads to a state.
func fromState(table map[string]map[string]string, verb string) string {
	for _, state := range []string{"waiting", "called", "serving", "away", "parked", "no-show", "open", "closed", "accepted", "arrived"} {
		if to, ok := table[state][verb]; ok && statusOf[to] == 0 {
			return state
		}
	}
	return ""
}

// staff sends a supervisor's POST that must succeed.
func (x *examiner) staff(path, body string, out any) {
	x.t.Helper()
	x.done(asking{as: "supervisor", path: path, body: body}, out)
}

// newVisit takes a ticket for a service that every counter gives.
func (x *examiner) newVisit() wire.Visit {
	x.t.Helper()
	var v wire.Visit
	x.staff("visits", `{"service":"cards","language":"en"}`, &v)
	return v
}

// newClip returns the clip of a call, which the hall has said. Until the box has
// tried its voice, calls have none: then the screen comes again.
func (x *examiner) newClip() (clip string) {
	x.t.Helper()
	const counter = "counters/counter-1/"
	x.staff(counter+"open", `{}`, nil)
	x.staff(counter+"call", object{"visit": x.newVisit().ID, "why": "the test"}.String(), nil)
	eventually(x.t, 10*time.Second, "a call has a clip (make tools installs espeak-ng)", func() bool {
		hall := x.client("hall").watch("hall:main", "")
		defer hall.conn.Close()
		speak := hall.await("speak", func(f frame) bool { return f.Type == wire.TypeSpeak })
		if clip = speak.Clip; clip == "" {
			return false
		}
		hall.send(wire.ClientFrame{Type: wire.TypeAnnounced, Call: speak.Call})
		hall.event("call.announced")
		return true
	})
	x.news()
	return clip
}

// visitIn returns a new visit in a state. What was at the counter before has
// left it.
func (x *examiner) visitIn(state string) string {
	x.t.Helper()
	if slices.Contains([]string{"called", "serving", "parked", "no-show", "finished"}, state) {
		x.counterIn("open")
	}
	id := x.newVisit().ID
	for _, verb := range map[string][]string{
		"waiting":  {},
		"away":     {"away"},
		"removed":  {"cancel"},
		"called":   {"call"},
		"no-show":  {"call", "no-show"},
		"serving":  {"call", "confirm"},
		"parked":   {"call", "confirm", "park"},
		"finished": {"call", "confirm", "finish"},
	}[state] {
		if verb == "call" {
			x.staff("counters/"+stageCounter+"/call", object{"visit": id, "why": "the test"}.String(), nil)
			x.staged = id
			continue
		}
		x.staff("visits/"+id+"/"+verb, visitBodies[verb], nil)
	}
	return id
}

// counterIn brings the stage's counter into a state; "called" and "serving" are
// open counters with a visit.
func (x *examiner) counterIn(state string) {
	x.t.Helper()
	x.clearCounter()
	path := "counters/" + stageCounter
	switch state {
	case "open":
		x.staff(path+"/open", `{}`, nil)
	case "paused":
		x.staff(path+"/open", `{}`, nil)
		x.staff(path+"/pause", `{"reason":"tea"}`, nil)
	case "called", "serving":
		x.visitIn(state)
	}
}

// clearCounter ends the visit at the stage's counter and closes it.
func (x *examiner) clearCounter() {
	x.t.Helper()
	if x.staged != "" {
		verb, there := map[string]string{"called": "cancel", "serving": "finish"}[x.visitState(x.staged)]
		if there {
			x.staff("visits/"+x.staged+"/"+verb, `{}`, nil)
		}
	}
	if x.counterState(stageCounter) != "closed" {
		x.staff("counters/"+stageCounter+"/close", `{}`, nil)
	}
	x.staged = ""
}

func (x *examiner) visitState(id string) string {
	x.t.Helper()
	var v wire.Visit
	x.done(asking{as: "supervisor", method: http.MethodGet, path: "visits/" + id}, &v)
	return v.State
}

func (x *examiner) counterState(id string) string {
	x.t.Helper()
	var b wire.Branch
	x.done(asking{as: "supervisor", method: http.MethodGet, path: "branch"}, &b)
	for _, c := range b.Counters {
		if c.ID == id {
			return c.State
		}
	}
	x.t.Fatalf("there is no %s", id)
	return ""
}

// newPage asks for help at kiosk-1.
func (x *examiner) newPage(reason string) string {
	x.t.Helper()
	var p wire.Page
	x.staff("pages", object{"reason": reason, "place": "kiosk-1"}.String(), &p)
	return p.ID
}

// pageIn returns a new page in a status, reached by li.
func (x *examiner) pageIn(status string) string {
	x.t.Helper()
	id := x.newPage("help")
	for _, verb := range map[string][]string{
		"open":      {},
		"accepted":  {"accept"},
		"arrived":   {"accept", "arrive"},
		"closed":    {"accept", "arrive", "close"},
		"cancelled": {"cancel"},
	}[status] {
		as := "pager"
		if verb == "cancel" {
			as = "supervisor"
		}
		x.done(asking{as: as, path: "pages/" + id + "/" + verb, body: pageBodies[verb]}, nil)
	}
	return id
}
