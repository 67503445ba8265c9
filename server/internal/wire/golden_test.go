package wire

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden file anew")

// messages returns one of each message of the contract, with every member set;
// those without their optional members follow.
func messages() []message {
	at := Time(time.Date(2026, 11, 23, 9, 30, 0, 5_000_000, time.FixedZone("", 8*3600)))
	wait := &Wait{LikelySeconds: 300, LowSeconds: 0, HighSeconds: 600, SaidAt: at}
	reason := &Reason{Rule: "guard", WaitedSeconds: 901, TargetSeconds: 900, Score: 3604000, RunnerUp: "v_2", Overtook: 1, Text: Text{"en": "e", "zh-CN": "c"}}
	visit := Visit{ID: "v_1", Ticket: "A001", Service: "cash", Class: "caring", Needs: []string{"hearing"}, Language: "zh-CN",
		State: "called", Counter: "counter-1", CreatedAt: at, QueuedAt: at, CalledAt: &at, ConfirmedAt: &at, EndedAt: &at, DueAt: &at,
		Recalls: 1, Position: 2, Wait: wait, Page: "p_1", Stranded: true, Key: "v_1.KEY", Reason: reason}
	page := Page{ID: "p_1", Reason: "help", Place: "kiosk-1", Visit: "v_1", Status: "accepted", Level: 1, Alarm: true,
		RaisedAt: at, Count: 2, DueAt: &at, AcceptedBy: "li", AcceptedAt: &at, ArrivedAt: &at, ClosedAt: &at,
		Outcome: "helped", Step: 4, Steps: []PageStep{{At: at, Step: "accepted", Who: "li"}, {At: at, Step: "raised"}}}
	counter := Counter{ID: "counter-1", Name: Text{"en": "Counter 1"}, State: "open", Staff: "wang", Serving: "v_1", Abilities: []string{"cash"}}
	device := Device{ID: "printer-1", Kind: "printer", Place: "kiosk-1", Health: "failed", Since: &at, Reason: "paper-out", Admin: "enabled"}
	problem := Problem{Type: "urn:handrail:problem:wrong-state", Code: "wrong-state", Title: "t", Status: 409, Detail: "d",
		Errors: []ProblemField{{Field: "f", Message: "m"}}, State: "finished", Allowed: []string{}, By: "li"}
	return []message{
		{"Visit", visit},
		{"Visit, least", Visit{Needs: []string{}}},
		{"Page", page},
		{"Page, least", Page{Steps: []PageStep{}}},
		{"Counter", counter},
		{"Counter, least", Counter{Abilities: []string{}}},
		{"Device", device},
		{"Problem", problem},
		{"Problem, least", Problem{}},
		{"events", EventsFrame{Type: TypeEvents, Topic: "hall:main", Cursor: "k.1", Replay: true, Events: []Event{
			{Seq: 1, Event: "visit.called", At: at, By: &By{Role: "supervisor", Place: "p", Staff: "s", OnBehalfOf: "counter-1"}, Data: json.RawMessage(`{}`)}}}},
		{"view", ViewFrame{Type: TypeView, Topic: "it", Cursor: "k.1", View: json.RawMessage(`{}`)}},
		{"live", LiveFrame{Type: TypeLive, Cursor: "k.1", Reset: true}},
		{"page", PageFrame{Type: TypePage, Step: 4, Page: Page{Steps: []PageStep{}}}},
		{"speak", SpeakFrame{Type: TypeSpeak, Call: "c_1", Clip: "clip", Text: Text{"en": "e"}, Times: 2}},
		{"done", DoneFrame{Type: TypeDone, ID: "id", Data: json.RawMessage(`null`)}},
		{"failed", FailedFrame{Type: TypeFailed, ID: "id"}},
		{"hall", HallView{Calls: []HallCall{{Call: "c_1", Visit: "v_1", Ticket: "A001", Counter: "counter-1", At: at, Recall: 1, Spoken: "done", Standing: true}},
			Waiting: []HallWaiting{{Service: "cash", Count: 3, Wait: wait}, {Service: "loans"}}, Alarms: []HallAlarm{{Page: "p_1", Place: "kiosk-1"}}}},
		{"kiosk", KioskView{Place: "kiosk-1", Pages: []Page{}, Missing: []string{"printer"},
			Waits: []KioskWait{{Service: "cash", Class: "caring", Wait: *wait}}}},
		{"counter", CounterView{Counter: Counter{Abilities: []string{}}, Serving: &Visit{Needs: []string{}},
			Next: []CounterNext{{Visit: Visit{Needs: []string{}}, Reason: *reason}}, Pages: []Page{},
			Aside: []Visit{{Needs: []string{}}}, Today: CounterToday{Served: 3, MeanServiceSeconds: 240}}},
		{"pages", PagesView{Pages: []Page{}, Duty: []Duty{{Who: "li", Abilities: []string{"escort"}, Connected: true}}}},
		{"visit", VisitView{Visit: Visit{Needs: []string{}}, Pages: []Page{}}},
		{"supervisor", SupervisorView{Counters: []Counter{}, Visits: []Visit{}, Pages: []Page{}, Devices: []Device{}}},
		{"it", ITView{Devices: []Device{}, Config: ConfigState{Version: "abc", Since: at}, Problems: []ITProblem{{Code: "device-failed", Where: "printer-1", Since: &at}}}},
		{"branch", Branch{ID: "demo", Name: Text{"en": "Demo"}, Open: true, Day: "2026-11-23", Languages: []string{"en"},
			Services: []BranchService{{ID: "cash", Prefix: "A", Name: Text{}, Minutes: 6, NeedsCounter: []string{"cash"}}},
			Counters: []BranchCounter{{ID: "counter-1", Name: Text{}, Abilities: []string{}, State: "open", Zone: "main"}},
			Needs:    []string{"hearing"}, Reasons: []string{"help"}, Kiosks: []BranchPlace{{ID: "kiosk-1", Name: Text{}, Zone: "main"}},
			Zones:    []BranchZone{{ID: "main", Name: Text{}}},
			TimeZone: "Asia/Shanghai", Staff: []BranchStaff{{ID: "li", Name: Text{}}}, Halls: []BranchHall{{ID: "hall-1", Zone: "main"}},
			Classes: []BranchClass{{ID: "caring", TargetSeconds: 900}}, CaringNeeds: []string{"wheelchair"}, AwayMinutes: 20, RecallSeconds: 10}},
		{"session", Session{Role: "hall", Place: "hall-1", Zone: "main", Staff: "li", Visit: "v_1", Speaks: true}},
		{"session, least", Session{}},
		{"health", Health{Status: "ok", Reasons: []string{"r"}, Demo: true}},
		{"health, least", Health{}},
		{"day's report", DayReport{Day: "2026-11-23", Tickets: 1, Served: 2, Cancelled: 3, NoShows: 4, Removed: 5,
			Hours: []DayHour{{Hour: 9, Tickets: 1, Calls: 2, Served: 3}}, Waits: DayWaits{Count: 1, MedianSeconds: 2, P90Seconds: 3, LongestSeconds: 4},
			WaitsByClass:   []ClassWait{{Class: "caring", TargetSeconds: 900, Within: 0.667, DayWaits: DayWaits{Count: 1}}},
			WaitsByService: []ServiceWait{{Service: "cash", DayWaits: DayWaits{Count: 1}}},
			Services:       []ServiceTime{{Service: "cash", Served: 1, MedianSeconds: 2, MeanSeconds: 3}},
			Counters:       []CounterTime{{Counter: "counter-1", Served: 1, MedianSeconds: 2, MeanSeconds: 3}},
			Pages: DayPages{Raised: 1, Delivered: 2, Accepted: 3, Arrived: 4, Alarmed: 5, Merged: 6, ToDelivered: PageReach{P50Ms: 1, P95Ms: 2},
				ToAccepted: PageReach{P50Ms: 3, P95Ms: 4}, ToArrived: PageReach{P50Ms: 5, P95Ms: 6}, Levels: []PageLevel{{Level: 2, Pages: 1}}}}},
	}
}

type message struct {
	name  string
	value any
}

// TestTheMessagesAreThoseOfTheContract compares the JSON of every message with
// the golden file: version 1 of the contract grows only by adding.
func TestTheMessagesAreThoseOfTheContract(t *testing.T) {
	var text strings.Builder
	for _, m := range messages() {
		data, err := json.Marshal(m.value)
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString(m.name + "\t" + string(data) + "\n")
	}
	const golden = "testdata/messages.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	wanted := strings.Split(string(want), "\n")
	for i, line := range strings.Split(text.String(), "\n") {
		if i >= len(wanted) || line != wanted[i] {
			t.Errorf("line %d is not that of the golden file:\n%s", i+1, line)
		}
	}
}

func TestATimeIsUTCWithThreeDecimalsAndReadsAnyRFC3339(t *testing.T) {
	for text, want := range map[string]string{
		`"2026-11-23T09:30:00+08:00"`:         `"2026-11-23T01:30:00.000Z"`,
		`"2026-11-23T01:30:00.123456789Z"`:    `"2026-11-23T01:30:00.123Z"`,
		`"2026-11-22T23:59:59.9999999-00:30"`: `"2026-11-23T00:29:59.999Z"`,
	} {
		var at Time
		if err := json.Unmarshal([]byte(text), &at); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got, err := json.Marshal(at); err != nil || string(got) != want {
			t.Errorf("%s came back as %s (%v), want %s", text, got, err, want)
		}
	}
	var at Time
	if err := json.Unmarshal([]byte(`"yesterday"`), &at); err == nil {
		t.Error("a word is a time")
	}
}
