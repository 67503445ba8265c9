package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
	"handrail/server/internal/wire"
)

// tokens are those of the demo branch; the empty one is nobody.
func tokens() []string {
	return []string{"", "demo-kiosk", "demo-hall", "demo-counter", "demo-pager", "demo-supervisor", "demo-it"}
}

// told is everything that the box answers, by who asked for what.
type told map[string]string

// needsIn counts the needs that a text names, as words of their own.
func needsIn(text string) map[branch.Need]int {
	found := map[branch.Need]int{}
	for _, need := range branch.Needs() {
		if n := strings.Count(text, `"`+string(need)+`"`) + strings.Count(text, `>`+string(need)+`<`); n > 0 {
			found[need] = n
		}
	}
	return found
}

// needsOf lists the needs that JSON names in an object that says of which visit
// it is; about says that all of it is of one.
func needsOf(value any, about bool) (found []string) {
	switch value := value.(type) {
	case map[string]any:
		id, _ := value["id"].(string)
		about = about || value["visit"] != nil || value["ticket"] != nil || strings.HasPrefix(id, "v_")
		for _, member := range value {
			found = append(found, needsOf(member, about)...)
		}
	case []any:
		for _, element := range value {
			found = append(found, needsOf(element, about)...)
		}
	case string:
		if about && branch.Need(value).Valid() {
			found = append(found, value)
		}
	}
	return found
}

// ambiguous needs are also abilities of counters and reasons of pages: they may
// be named, but not beside a visit.
func ambiguous(need branch.Need) bool {
	return need == branch.SignLanguage || need == branch.Wheelchair || need == branch.Escort
}

// clinic is a day on which every need is given, and what became of the visits.
type clinic struct {
	visits []branch.VisitID
	keys   map[branch.VisitID]string
}

// needyDay gives every need, one visit each, and leads the visits to every end.
func needyDay(b *box) clinic {
	b.t.Helper()
	c := clinic{keys: map[branch.VisitID]string{}}
	b.onDuty("manager")
	b.opened("counter-1", "counter-2", "counter-4")
	for i, need := range branch.Needs() {
		service := []branch.ServiceID{"cash", "personal"}[i%2]
		visit := b.ticket(service, need)
		c.visits, c.keys[visit] = append(c.visits, visit), b.keeper.VisitKey(visit)
		b.page(branch.ReasonHelp)
		b.must(kiosk(), paging.Raise{Reason: branch.ReasonWheelchair, Visit: visit})
	}
	by := supervisor()
	b.served("counter-1", c.visits[0])
	b.must(by, queue.Finish{Visit: c.visits[0]})
	b.served("counter-1", c.visits[1])
	b.must(by, queue.Finish{Visit: c.visits[1], Next: "cards"})
	b.served("counter-1", c.visits[2])
	b.must(by, queue.Park{Visit: c.visits[2], Minutes: 200, Reason: "papers"})
	b.called("counter-1", c.visits[4])
	b.must(by, queue.NoShow{Visit: c.visits[4]})
	b.must(by, queue.Cancel{Visit: c.visits[5]})
	b.must(by, queue.Away{Visit: c.visits[6]})
	b.served("counter-1", c.visits[7])
	b.called("counter-2", c.visits[8])
	b.pass(20 * time.Minute)
	b.called("counter-4", c.visits[9])
	return c
}

// askEverything sends every request of the contract that may answer something
// of a visit, in every role, and opens every topic from the beginning.
func askEverything(t *testing.T, b *box, c clinic) told {
	t.Helper()
	answers := told{}
	for rule := range access.Matrix() {
		reads := rule.Method == http.MethodGet && rule.Action != access.ActLive
		acts := rule.Method == http.MethodPost && strings.HasPrefix(rule.Path, "/api/v1/visits/")
		if !reads && !acts {
			continue
		}
		for _, path := range paths(rule.Path, c) {
			for _, token := range tokens() {
				answers[rule.Method+" "+path+" as "+token] = b.hear(rule.Method, path, token, c)
			}
		}
	}
	return answers
}

// paths fills in the route's parameter.
func paths(route string, c clinic) []string {
	var values []string
	switch {
	case strings.HasPrefix(route, "/api/v1/visits/"):
		for _, visit := range c.visits {
			values = append(values, string(visit))
		}
	case strings.Contains(route, "{lang}"):
		values = []string{"zh-CN", "en"}
	default:
		values = []string{"printer-1"}
	}
	var filled []string
	for _, value := range values {
		filled = append(filled, strings.NewReplacer("{id}", value, "{lang}", value, "{clip}", value, "{day}", "2026-11-23").Replace(route))
	}
	return slices.Compact(filled)
}

// hear returns what the box says to a request, with the key of its visit.
func (b *box) hear(method, path, token string, c clinic) string {
	b.t.Helper()
	header := http.Header{}
	for visit, key := range c.keys {
		if strings.Contains(path, string(visit)) {
			header.Set("Visit-Key", key)
		}
	}
	var body any
	if method == http.MethodPost {
		body = bodyFor(path)
	}
	r, err := b.sendWith(method, path, token, body, header)
	if err != nil && len(r.body) == 0 {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	return fmt.Sprintf("%d %v\n%s\n", r.status, r.header, r.body)
}

// bodyFor is a body that the route of a visit takes.
func bodyFor(path string) any {
	for verb, body := range map[string]any{
		"park": wire.Park{Minutes: 5}, "transfer": wire.Transfer{Service: "cards"}, "return": wire.Return{Position: "first"},
	} {
		if strings.HasSuffix(path, "/"+verb) {
			return body
		}
	}
	return struct{}{}
}

// watchEverything opens every topic in every role that may, from the beginning
// of the log.
func watchEverything(t *testing.T, b *box, c clinic) told {
	t.Helper()
	seen := told{}
	watch := func(token, topic string) {
		for _, f := range b.watch(t, token, topic, cursor(b.store.ID(), 0)).live() {
			seen[topic+" as "+token] += f.text + "\n"
		}
	}
	for _, topic := range topics() {
		watch("demo-supervisor", topic)
	}
	for _, visit := range c.visits {
		watch("demo-supervisor", "visit:"+string(visit))
	}
	watch("demo-it", "it")
	watch("demo-hall", "hall:main")
	watch("demo-kiosk", "kiosk:kiosk-1")
	watch("demo-pager", "pages")
	watch("demo-counter", "counter:counter-1")
	return seen
}

// journal takes what the box writes for IT.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// TestNeedsAreAnsweredOnTheirDayAndNeverAfter asks everything of the box before
// any need was given, on the day, and after midnight.
func TestNeedsAreAnsweredOnTheirDayAndNeverAfter(t *testing.T) {
	out := new(journal)
	b := serve(t, folder(t), clockAt(t, "2026-11-23 10:00"), setup{out: out})
	defer b.shut()
	nobody := clinic{visits: []branch.VisitID{"v_0"}}
	plain := askEverything(t, b, nobody)
	hall := b.watch(t, "demo-hall", "hall:main", "")
	c := needyDay(b)

	for i, need := range branch.Needs() {
		visit := c.visits[i]
		if text := b.hear(http.MethodGet, "/api/v1/visits/"+string(visit), "demo-kiosk", c); needsIn(text)[need] == 0 {
			t.Errorf("on its day the visit with %s is answered %s", need, text)
		}
	}
	if today := needsIn(string(b.get("/api/v1/events?limit=1000", "demo-supervisor", nil))); len(today) != len(branch.Needs()) {
		t.Errorf("on their day the supervisor is told of the needs %v", today)
	}

	b.leap(14 * time.Hour)
	if b.today() != "2026-11-24" || b.set.Load().Queue.Day != "2026-11-24" {
		t.Fatalf("it is %s", b.today())
	}
	for what, text := range askEverything(t, b, c) {
		checkForgotten(t, what, text, needsIn(plain[what]))
	}
	for what, text := range watchEverything(t, b, c) {
		checkForgotten(t, what, text, nil)
	}
	if said := out.String(); len(needsIn(said)) > 0 || slices.ContainsFunc(c.visits, func(v branch.VisitID) bool { return strings.Contains(said, string(v)) }) {
		t.Errorf("the box writes %s", said)
	}
	checkHall(t, hall)
}

// checkForgotten looks for needs in an answer of the day after, line by line:
// those allowed are of the branch, not of a visit.
func checkForgotten(t *testing.T, what, text string, allowed map[branch.Need]int) {
	t.Helper()
	for need, n := range needsIn(text) {
		if n > allowed[need] && !ambiguous(need) {
			t.Errorf("%s: %s is answered the day after: %s", what, need, text)
		}
	}
	for line := range strings.Lines(text) {
		var value any
		if json.Unmarshal([]byte(line), &value) != nil {
			continue
		}
		if found := needsOf(value, strings.Contains(what, "v_")); len(found) > 0 {
			t.Errorf("%s: %v are answered the day after: %s", what, found, line)
		}
	}
}

// TestARepeatedRequestDoesNotAnswerYesterdaysNeeds sends the very request of a
// ticket again when its day is over.
func TestARepeatedRequestDoesNotAnswerYesterdaysNeeds(t *testing.T) {
	b := serve(t, folder(t), clockAt(t, "2026-11-23 10:00"), setup{})
	defer b.shut()
	ask := func() string {
		body := wire.CreateVisit{Service: "cash", Needs: []string{"hearing"}, Language: "en"}
		r, err := b.sendAs("one-ticket-of-today", "/api/v1/visits", "demo-kiosk", body)
		if err != nil {
			t.Fatal(err)
		}
		return string(r.body)
	}
	if first, again := ask(), ask(); needsIn(first)[branch.Hearing] != 1 || needsIn(again)[branch.Hearing] != 1 {
		t.Errorf("on the day: %s, and again %s", first, again)
	}
	b.leap(14 * time.Hour)
	if late := ask(); len(needsIn(late)) > 0 {
		t.Errorf("the day after: %s", late)
	}
}

// checkHall looks at all that a hall screen was told, live, of that day.
func checkHall(t *testing.T, hall *screen) {
	t.Helper()
	hall.conn.Close()
	heard := 0
	for f := range hall.frames {
		heard++
		for _, word := range forbiddenInHall() {
			if strings.Contains(f.text, `"`+word+`"`) {
				t.Errorf("the hall is told %s: %s", word, f.text)
			}
		}
	}
	if heard < 10 {
		t.Errorf("the hall was told %d times", heard)
	}
}

// forbiddenInHall are needs, names of people, reasons, and the members that would
// hold them.
func forbiddenInHall() []string {
	words := []string{"needs", "reason", "name", "who", "staff", "by", "why", "class", "li", "wang", "lobby", "manager"}
	for _, need := range branch.Needs() {
		words = append(words, string(need))
	}
	for _, reason := range branch.Reasons() {
		words = append(words, string(reason))
	}
	return words
}

// sendAs posts with the id of a command.
func (b *box) sendAs(id, path, token string, body any) (reply, error) {
	return b.sendWith(http.MethodPost, path, token, body, http.Header{"Idempotency-Key": {id}})
}
