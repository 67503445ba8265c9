package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/wire"
)

// visitTable is the contract's table of transitions: from a state by a verb to
// a state. Whatever is not in it is a wrong state. The verb "call" stands on
// the counters' route.
var visitTable = map[string]map[string]string{
	"waiting":  {"away": "away", "cancel": "removed", "call": "called"},
	"called":   {"recall": "called", "confirm": "serving", "no-show": "no-show", "away": "away", "transfer": "waiting", "cancel": "removed"},
	"serving":  {"park": "parked", "transfer": "waiting", "finish": "finished"},
	"away":     {"back": "waiting", "cancel": "removed"},
	"parked":   {"return": "waiting"},
	"no-show":  {"return": "waiting"},
	"finished": {},
	"removed":  {},
}

var visitBodies = map[string]string{
	"away": `{}`, "back": `{}`, "cancel": `{}`, "recall": `{}`, "confirm": `{}`, "no-show": `{}`,
	"finish": `{"outcome":"partly"}`, "park": `{"minutes":5,"reason":"papers"}`,
	"transfer": `{"service":"personal"}`, "return": `{"position":"first"}`,
}

var visitEvents = map[string]string{
	"away": "visit.away", "back": "visit.back", "cancel": "visit.cancelled", "recall": "visit.recalled",
	"confirm": "visit.confirmed", "no-show": "visit.no-show", "finish": "visit.finished", "park": "visit.parked",
	"transfer": "visit.transferred", "return": "visit.returned", "call": "visit.called",
}

// visitVerb asks for a verb about a visit; calls go to a counter that is free.
func visitVerb(id, verb string) asking {
	if verb == "call" {
		return asking{as: "supervisor", path: "counters/counter-2/call", body: object{"visit": id, "why": "is in pain"}.String()}
	}
	return asking{as: "supervisor", path: "visits/" + id + "/" + verb, body: visitBodies[verb]}
}

// visitVerbs returns what a visit's own routes accept in a state.
func visitVerbs(state string) []string {
	verbs := slices.Collect(maps.Keys(visitTable[state]))
	return slices.DeleteFunc(verbs, func(verb string) bool { return verb == "call" })
}

// TestEveryVerbInEveryStateOfAVisit goes through the table cell by cell.
func TestEveryVerbInEveryStateOfAVisit(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	x.staff("counters/counter-2/open", `{}`, nil)
	for _, state := range slices.Sorted(maps.Keys(visitTable)) {
		for _, verb := range slices.Sorted(maps.Keys(visitEvents)) {
			if state != "called" || verb != "recall" { // see the next test
				x.run(state+" "+verb, func(x *examiner) { x.visitCell(state, verb) })
			}
		}
	}
}

func (x *examiner) visitCell(state, verb string) {
	x.t.Helper()
	id := x.visitIn(state)
	ask := visitVerb(id, verb)
	to, ok := visitTable[state][verb]
	if !ok {
		x.refused(refusal{ask: ask, code: "wrong-state", state: state, allowed: visitVerbs(state)})
		to = state
	} else {
		x.allowed(refusal{twin: ask, event: visitEvents[verb]})
	}
	if now := x.visitState(id); now != to {
		x.t.Errorf("the visit is %s, want %s", now, to)
	}
	if verb == "call" && ok {
		x.staff("visits/"+id+"/cancel", `{}`, nil)
	}
}

// TestARecallWaitsTenSeconds calls a visit, lets the other tests pass the time,
// and calls it again.
func TestARecallWaitsTenSeconds(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	ask := visitVerb(x.visitIn("called"), "recall")
	x.refused(refusal{ask: ask, code: "too-many"})
	if wait := x.send(ask).header.Get("Retry-After"); wait != "10" && wait != "9" {
		t.Errorf("a visit called just now is to be recalled in %q s", wait)
	}
	t.Parallel()
	eventually(t, 15*time.Second, "the hall may be told again", func() bool { return x.send(ask).status == http.StatusOK })
	x.wrote("visit.recalled", "a recall")
	x.refused(refusal{ask: ask, code: "too-many"})
}

// counterTable is what a counter does by a verb: the state it comes to, or the
// code of the refusal. Counters that have called or serve are open.
var counterTable = map[string]map[string]string{
	"closed":  {"open": "open", "pause": "wrong-state", "close": "wrong-state", "call-next": "counter-closed", "call": "counter-closed"},
	"open":    {"open": "wrong-state", "pause": "paused", "close": "closed", "call-next": "open", "call": "open"},
	"paused":  {"open": "open", "pause": "wrong-state", "close": "closed", "call-next": "counter-closed", "call": "counter-closed"},
	"called":  {"open": "wrong-state", "pause": "counter-busy", "close": "counter-busy", "call-next": "counter-busy", "call": "counter-busy"},
	"serving": {"open": "wrong-state", "pause": "counter-busy", "close": "counter-busy", "call-next": "counter-busy", "call": "counter-busy"},
}

var counterEvents = map[string]string{
	"open": "counter.opened", "pause": "counter.paused", "close": "counter.closed",
	"call-next": "visit.called", "call": "visit.called",
}

// counterAllows are the verbs that a counter's routes accept in a state.
var counterAllows = map[string][]string{
	"closed": {"open"}, "open": {"call", "call-next", "close", "pause"}, "paused": {"close", "open"},
}

func TestEveryVerbInEveryStateOfACounter(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	for _, state := range slices.Sorted(maps.Keys(counterTable)) {
		for _, verb := range slices.Sorted(maps.Keys(counterEvents)) {
			x.run(state+" "+verb, func(x *examiner) { x.counterCell(state, verb) })
		}
	}
}

func (x *examiner) counterCell(state, verb string) {
	x.t.Helper()
	x.counterIn(state)
	is := x.counterState(stageCounter)
	next := x.newVisit().ID
	ask := asking{as: "supervisor", path: "counters/" + stageCounter + "/" + verb, body: counterBody(verb, next)}
	want := counterTable[state][verb]
	switch {
	case statusOf[want] == 0:
		x.allowed(refusal{twin: ask, event: counterEvents[verb]})
		is = want
	case want == "wrong-state":
		x.refused(refusal{ask: ask, code: want, state: is, allowed: counterAllows[is]})
	default:
		x.refused(refusal{ask: ask, code: want})
	}
	if now := x.counterState(stageCounter); now != is {
		x.t.Errorf("the counter is %s, want %s", now, is)
	}
	if strings.HasPrefix(verb, "call") && statusOf[want] == 0 {
		x.endAll()
	}
}

func counterBody(verb, visit string) string {
	switch verb {
	case "call":
		return object{"visit": visit, "why": "is in pain"}.String()
	case "pause":
		return `{"reason":"tea"}`
	}
	return `{}`
}

// endAll ends the visit at the stage's counter, whoever it is, and the day, and
// begins another: nobody waits or stands anywhere.
func (x *examiner) endAll() {
	x.t.Helper()
	for _, c := range supervisorCounters(x.box.as("demo-supervisor")) {
		if c.ID == stageCounter {
			x.staged = c.Serving
		}
	}
	x.clearCounter()
	x.staff("day/close", `{}`, nil)
	x.staff("day/open", `{}`, nil)
	x.staged = ""
}

// pageTable is what a page does by a verb of li, who was told of it and, from
// "accepted" on, has accepted it; it is cancelled by the supervisor who raised
// it. Accepting what one has accepted is no mistake and no news.
var pageTable = map[string]map[string]string{
	"open":      {"accept": "accepted", "reject": "open", "cancel": "cancelled"},
	"accepted":  {"accept": "accepted", "arrive": "arrived", "reject": "open", "cancel": "cancelled"},
	"arrived":   {"close": "closed"},
	"closed":    {},
	"cancelled": {},
}

// pageAllows are the verbs that a refusal names; "accept" by who has accepted
// leads nowhere.
var pageAllows = map[string][]string{
	"open": {"accept", "cancel", "reject"}, "accepted": {"arrive", "cancel", "reject"}, "arrived": {"close"},
	"closed": {}, "cancelled": {},
}

var pageBodies = map[string]string{
	"accept": `{}`, "reject": `{}`, "arrive": `{}`, "cancel": `{}`, "close": `{"outcome":"helped"}`,
}

var pageEvents = map[string]string{
	"accept": "page.accepted", "reject": "page.rejected", "arrive": "page.arrived", "cancel": "page.cancelled", "close": "page.closed",
}

func TestEveryVerbInEveryStatusOfAPage(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	x.done(asking{as: "pager", path: "duty/on", body: `{}`}, nil)
	x.done(asking{as: "pager-2", path: "duty/on", body: `{}`}, nil)
	for _, status := range slices.Sorted(maps.Keys(pageTable)) {
		for _, verb := range slices.Sorted(maps.Keys(pageBodies)) {
			x.run(status+" "+verb, func(x *examiner) { x.pageCell(status, verb) })
		}
	}
	x.run("taken", func(x *examiner) {
		page := x.pageIn("accepted")
		x.row(refusal{
			name: "accept", ask: asking{as: "pager-2", path: "pages/" + page + "/accept", body: `{}`}, code: "taken", by: "li",
			twin: asking{as: "pager-2", path: "pages/" + x.newPage("water") + "/accept", body: `{}`}, event: "page.accepted",
		})
		x.row(refusal{
			name: "arrive", ask: asking{as: "pager-2", path: "pages/" + page + "/arrive", body: `{}`}, code: "forbidden",
			twin: asking{as: "pager", path: "pages/" + page + "/arrive", body: `{}`}, event: "page.arrived",
		})
		x.row(refusal{
			name: "close", ask: asking{as: "pager-2", path: "pages/" + page + "/close", body: pageBodies["close"]}, code: "forbidden",
			twin: asking{as: "pager", path: "pages/" + page + "/close", body: pageBodies["close"]}, event: "page.closed",
		})
	})
	x.emergencies()
}

func (x *examiner) pageCell(status, verb string) {
	x.t.Helper()
	id := x.pageIn(status)
	ask := asking{as: "pager", path: "pages/" + id + "/" + verb, body: pageBodies[verb]}
	if verb == "cancel" {
		ask.as = "supervisor"
	}
	to, ok := pageTable[status][verb]
	switch {
	case !ok:
		x.refused(refusal{ask: ask, code: "wrong-state", state: status, allowed: pageAllows[status]})
		to = status
	case status == "accepted" && verb == "accept":
		x.allowed(refusal{twin: ask})
	default:
		x.allowed(refusal{twin: ask, event: pageEvents[verb]})
	}
	if now := x.pageStatus(id); now != to {
		x.t.Errorf("the page is %s, want %s", now, to)
	}
}

func (x *examiner) pageStatus(id string) string {
	x.t.Helper()
	var pages []wire.Page
	x.done(asking{as: "supervisor", method: http.MethodGet, path: "pages"}, &pages)
	for _, p := range pages {
		if p.ID == id {
			return p.Status
		}
	}
	x.t.Fatalf("there is no page %s", id)
	return ""
}

// emergencies end only at their source or by a supervisor; a silent one never
// at the kiosk, where whoever was feared may stand.
func (x *examiner) emergencies() {
	x.t.Helper()
	arrived := func(reason string) asking {
		id := x.newPage(reason)
		x.done(asking{as: "pager", path: "pages/" + id + "/accept", body: `{}`}, nil)
		x.done(asking{as: "pager", path: "pages/" + id + "/arrive", body: `{}`}, nil)
		return asking{as: "pager", path: "pages/" + id + "/close", body: pageBodies["close"]}
	}
	fall, duress := arrived("fall"), arrived("duress")
	raised := asking{as: "kiosk", path: "pages/" + x.newPage("duress") + "/cancel", body: `{}`}
	for _, row := range []refusal{
		{name: "a fall closed away from its source", ask: fall, code: "forbidden", twin: fall.by("kiosk"), event: "page.closed"},
		{name: "duress closed at the kiosk", ask: duress.by("kiosk"), code: "forbidden", twin: duress, event: "page.closed"},
		{name: "duress cancelled at the kiosk", ask: raised, code: "forbidden", twin: raised.by("supervisor"), event: "page.cancelled"},
	} {
		x.row(row)
	}
}

func TestADayIsOpenedAndClosedOnce(t *testing.T) {
	x := examine(t, startBox(t, t.TempDir()))
	open, shut := asking{as: "supervisor", path: "day/open", body: `{}`}, asking{as: "supervisor", path: "day/close", body: `{}`}
	ticket := asking{as: "kiosk", path: "visits", body: `{"service":"cash","language":"en"}`}
	x.row(refusal{name: "open twice", ask: open, code: "wrong-state", state: "open", allowed: []string{"close"}, twin: shut, event: "day.closed"})
	x.row(refusal{name: "a ticket after the end", ask: ticket, code: "branch-closed", twin: open, event: "day.opened"})
	x.allowed(refusal{twin: ticket, event: "visit.created"})
	x.staff("day/close", `{}`, nil)
	x.row(refusal{name: "closed twice", ask: shut, code: "wrong-state", state: "closed", allowed: []string{"open"}, twin: open, event: "day.opened"})
}
