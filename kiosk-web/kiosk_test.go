package kioskweb_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// kiosk is the screen of kiosk-1, as whoever stands before it uses it.
type kiosk struct {
	*tab
	box      *box
	language string
	staff    string     // a token of the supervisor
	help     [4]float64 // where the button for help was last, at this look
	helpLook look
}

// startKiosk starts a box of the demo branch and signs its kiosk in.
func startKiosk(t *testing.T, language string, on panel) *kiosk {
	t.Helper()
	return kioskOf(startBox(t), "demo-kiosk", "demo-supervisor", language, on)
}

// kioskOf signs a kiosk in on a box that runs and waits for its first page, in
// that language.
func kioskOf(b *box, token, staff, language string, on panel) *kiosk {
	b.t.Helper()
	k := &kiosk{tab: signIn(b.t, b, token, "/kiosk", on), box: b, language: "zh-CN", staff: staff}
	k.isLive()
	k.speak(language)
	return k
}

// isLive waits until the kiosk shows a page and is connected.
func (k *kiosk) isLive() {
	k.t.Helper()
	k.until("a page is shown, connected", `document.querySelector('main') && !document.querySelector('.offline')`)
}

// speak changes the language by its button, if it is another.
func (k *kiosk) speak(language string) {
	k.t.Helper()
	if k.language == language {
		return
	}
	k.tap("button", phrase(k.t, language, "language.name"))
	k.language = language
	k.until("the kiosk speaks "+language, fmt.Sprintf(`document.documentElement.lang === %q`, language))
}

// say is a phrase in the kiosk's language.
func (k *kiosk) say(key string, args ...string) string {
	k.t.Helper()
	return phrase(k.t, k.language, key, args...)
}

// at waits until the page with this question is shown.
func (k *kiosk) at(page, question string) {
	k.t.Helper()
	k.until(fmt.Sprintf("the page %s asks %q", page, question), fmt.Sprintf(
		`document.querySelector('main')?.dataset.page === %q && document.querySelector('h1').innerText.replace(/\s+/g, ' ').trim() === %q`, page, question))
}

// settle waits until a press counts again: the kiosk takes none right after a
// page has changed, and not the same one twice within half a second.
const settle = `new Promise((done) => setTimeout(done, 550))`

// tap presses what has this role and a name that begins so, with a finger, as
// soon as the kiosk takes it.
func (k *kiosk) tap(role, words string) {
	k.t.Helper()
	k.run(settle)
	k.click(role, k.nameOf(role, words))
}

// nameOf waits for the one element of this role whose name begins so, and
// returns its whole name. A choice is called by its words, its line and its state.
func (k *kiosk) nameOf(role, words string) string {
	k.t.Helper()
	var names []string
	eventually(k.t, patience, fmt.Sprintf("there is one %s %q", role, words), func() bool {
		names = k.names(role, words)
		return len(names) == 1
	})
	return names[0]
}

// names lists the names that begin so.
func (k *kiosk) names(role, words string) []string {
	k.t.Helper()
	var names []string
	for _, node := range k.nodes() {
		if !node.Ignored && plain(node.Role) == role && strings.HasPrefix(plain(node.Name), words) {
			names = append(names, plain(node.Name))
		}
	}
	return names
}

// choose presses a choice, on whichever page of the list it is.
func (k *kiosk) choose(words string) {
	k.t.Helper()
	for range 10 {
		if len(k.names("button", words)) == 1 {
			k.tap("button", words)
			return
		}
		address := evaluate[string](k.tab, `location.hash`)
		k.run(settle)
		k.click("link", evaluate[string](k.tab, `document.getElementById('more').innerText.trim()`))
		k.until("the list goes on, and is drawn", fmt.Sprintf(`location.hash !== %q && document.getElementById('more').getAttribute('href') !== location.hash`, address))
	}
	k.t.Fatalf("no choice %q", words)
}

// visit opens a page by its address.
func (k *kiosk) visit(address string) {
	k.t.Helper()
	k.run(goTo + fmt.Sprintf(`(%q)`, address))
}

// goTo opens an address and resolves when its page is drawn.
const goTo = `((address) => new Promise((done) => {
	if (location.hash === address || address === '#/' && location.hash === '') return done();
	addEventListener('hashchange', () => done(), {once: true});
	location.hash = address;
}))`

// facts are the sentences of the page below its question.
func (k *kiosk) facts() []string {
	k.t.Helper()
	return evaluate[[]string](k.tab, `[...document.querySelectorAll('main .fact span:last-child')].map((e) => e.textContent.trim())`)
}

// aVisit is what the box says of a visit.
type aVisit struct {
	ID, Ticket, Key, State, Language, Class string
	Needs                                   []string
}

// aPage is what the box says of a call for help.
type aPage struct{ ID, Reason, Place, Status, Visit string }

// takeTicket makes a visit as another kiosk would.
func (k *kiosk) takeTicket(service, language string, needs ...string) aVisit {
	k.t.Helper()
	var made aVisit
	k.box.call(k.staff, http.MethodPost, "/api/v1/visits", map[string]any{"service": service, "needs": append([]string{}, needs...), "language": language}, &made)
	return made
}

// decide does something with a visit, a counter or a call, as the supervisor.
func (k *kiosk) decide(path string, body any) {
	k.t.Helper()
	k.box.call(k.staff, http.MethodPost, "/api/v1/"+path, body, nil)
}

// created lists the tickets of the box, by its log.
func (k *kiosk) created() []aVisit {
	k.t.Helper()
	var log struct {
		Events []struct {
			Event string
			Data  struct{ Visit string }
		}
	}
	k.box.call(k.staff, http.MethodGet, "/api/v1/events?limit=1000", nil, &log)
	var visits []aVisit
	for _, e := range log.Events {
		if e.Event != "visit.created" {
			continue
		}
		var v aVisit
		k.box.call(k.staff, http.MethodGet, "/api/v1/visits/"+e.Data.Visit, nil, &v)
		visits = append(visits, v)
	}
	return visits
}

// openCall waits for the one call for help that the box has.
func (k *kiosk) openCall() aPage {
	k.t.Helper()
	var open []aPage
	eventually(k.t, patience, "the box has one call", func() bool {
		k.box.call(k.staff, http.MethodGet, "/api/v1/pages?state=open", nil, &open)
		return len(open) == 1
	})
	return open[0]
}

// band waits until the band of a call says so.
func (k *kiosk) band(words string) {
	k.t.Helper()
	k.until("the band says "+words, fmt.Sprintf(`document.querySelector('.band-words')?.textContent === %q`, words))
}

// scan holds a code to the kiosk's scanner, which types.
func (k *kiosk) scan(code string) {
	k.t.Helper()
	k.visit("#/scan")
	k.until("the scan field waits", `document.activeElement?.id === 'code'`)
	k.write(code)
	k.press("Enter")
}

// scanTicket scans a ticket and waits for its page.
func (k *kiosk) scanTicket(made aVisit) {
	k.t.Helper()
	k.scan(k.box.url + "/enter#" + made.Key)
	k.until("the ticket's page", `location.hash === '#/visit' && document.querySelector('.code')?.textContent === '`+made.Ticket+`'`)
}

// journey is what the kiosk keeps of the person, as it stands in the browser.
func (k *kiosk) journey() map[string]any {
	k.t.Helper()
	kept := map[string]any{}
	if err := json.Unmarshal([]byte(evaluate[string](k.tab, `sessionStorage.getItem('handrail.kiosk.journey') ?? '{}'`)), &kept); err != nil {
		k.t.Fatal(err)
	}
	return kept
}

// isNew fails the test unless nothing is left of the person before.
func (k *kiosk) isNew(session any) {
	k.t.Helper()
	k.language = "zh-CN"
	k.at("welcome", k.say("kiosk.welcome", "branch", "示范支行"))
	look := evaluate[string](k.tab, `['size', 'theme', 'motor'].map((k) => document.documentElement.dataset[k]).join(' ') + ' ' + document.documentElement.lang`)
	if look != "s light off zh-CN" {
		k.t.Errorf("the kiosk still looks %s", look)
	}
	kept := k.journey()
	if kept["session"] == session {
		k.t.Error("the journey still has its name")
	}
	delete(kept, "session")
	want := map[string]any{"language": "zh-CN", "display": map[string]any{"theme": "light", "size": "s", "motor": false}, "needs": []any{}, "priority": false,
		"service": "", "order": nil, "ticket": nil, "calls": []any{}}
	delete(kept, "from")
	if fmt.Sprint(kept) != fmt.Sprint(want) {
		k.t.Errorf("kept of the person before: %v", kept)
	}
	if other := evaluate[[]string](k.tab, `[...Object.keys(localStorage), ...Object.keys(sessionStorage)].sort()`); !slices.Equal(other, []string{"handrail.kiosk.journey", "handrail.mm"}) {
		k.t.Errorf("the browser keeps %v", other)
	}
}

// inBothLanguages runs a journey on one box after another, each language on a
// kiosk of its own.
func inBothLanguages(t *testing.T, journey func(t *testing.T, k *kiosk)) {
	t.Helper()
	for _, language := range languages() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			journey(t, startKiosk(t, language, upright15))
		})
	}
}

// serviceName is what the demo branch calls a service.
func (k *kiosk) serviceName(id string) string {
	return map[string]string{"zh-CN cash": "现金业务", "en cash": "Cash", "zh-CN pension": "养老金业务", "en pension": "Pension"}[k.language+" "+id]
}

func TestAPersonSaysWhatHelpsAndTakesATicket(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, k *kiosk) {
		session := k.journey()["session"]
		k.tap("button", k.say("need.large-print")+" ")
		k.until("the screen is larger at once", `document.documentElement.dataset.size === 'l'`)
		k.choose(k.say("kiosk.helps"))
		k.at("needs", k.say("kiosk.helps.question"))
		k.choose(k.say("need.high-contrast"))
		k.until("the contrast is high at once", `document.documentElement.dataset.theme === 'high'`)
		k.tap("link", k.say("kiosk.next"))
		k.at("service", k.say("kiosk.service.question"))
		k.choose(k.serviceName("pension"))
		k.at("confirm", k.say("kiosk.confirm", "service", k.serviceName("pension")))
		wait := k.facts()[0]
		k.tap("button", k.say("kiosk.take"))
		k.until("the ticket with its code", `document.querySelector('main').dataset.page === 'ticket' && document.querySelector('.qr img')?.naturalWidth > 0`)
		made := k.created()
		if len(made) != 1 || !slices.Equal(made[0].Needs, []string{"large-print", "high-contrast"}) || made[0].Language != k.language {
			t.Fatalf("made %+v", made)
		}
		k.at("ticket", k.say("kiosk.ticket")+" "+made[0].Ticket)
		if got := k.facts(); !slices.Equal(got, []string{wait, k.say("slip.next"), k.say("kiosk.printed")}) {
			t.Errorf("with the ticket it says %q, and before %q", got, wait)
		}
		k.slipSays(made[0].Ticket, k.say("slip.service", "service", k.serviceName("pension")), wait, k.say("slip.next"))
		k.tap("button", k.say("kiosk.done"))
		k.isNew(session)
	})
}

// slipSays waits until the virtual printer has printed a slip of these lines.
func (k *kiosk) slipSays(lines ...string) {
	k.t.Helper()
	words := regexp.MustCompile(`(?s)<text[^>]*>(.*?)</text>`)
	tags := regexp.MustCompile(`<[^>]*>`)
	var printed []string
	eventually(k.t, patience, fmt.Sprintf("the slip says %q", lines), func() bool {
		printed = nil
		for _, found := range words.FindAllStringSubmatch(k.box.paper(), -1) {
			printed = append(printed, tags.ReplaceAllString(found[1], ""))
		}
		return !slices.ContainsFunc(lines, func(line string) bool { return !slices.Contains(printed, line) })
	})
}

// paper is the picture of what the kiosk's printer has printed.
func (b *box) paper() string {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.url+"/api/v1/devices/printer-1/paper", nil)
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer demo-it")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	picture, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		b.t.Fatalf("the paper: %s, %v", response.Status, err)
	}
	return string(picture)
}

func TestATicketCanBeLeftTakenUpAgainAndGivenBack(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, k *kiosk) {
		session := k.journey()["session"]
		k.tap("button", k.say("kiosk.start"))
		k.choose(k.serviceName("cash"))
		k.tap("button", k.say("kiosk.take"))
		k.tap("link", k.say("kiosk.my-ticket"))
		made := k.created()[0]
		k.at("visit", made.Ticket)
		if got := k.facts(); got[0] != k.say("kiosk.is-next") {
			t.Errorf("alone in the queue: %q", got)
		}
		k.tap("button", k.say("kiosk.away"))
		k.until("the place is kept", fmt.Sprintf(`document.querySelector('.fact')?.textContent.includes(%q)`, k.say("kiosk.is-away", "minutes", "15")))
		k.tap("button", k.say("kiosk.back"))
		k.until("waiting again", `document.getElementById('away')`)
		k.tap("link", k.say("kiosk.leave"))
		k.at("leave", k.say("kiosk.leave.question", "ticket", made.Ticket))
		k.tap("link", k.say("kiosk.stay"))
		k.tap("link", k.say("kiosk.leave"))
		k.tap("button", k.say("kiosk.cancel"))
		k.until("the ticket has ended", fmt.Sprintf(`document.querySelector('.fact')?.textContent.includes(%q)`, k.say("visit.state.removed")))
		if left := k.created()[0]; left.State != "removed" {
			t.Errorf("the ticket is %s", left.State)
		}
		k.tap("button", k.say("kiosk.done"))
		k.isNew(session)
	})
}

func TestAScannedTicketIsMetAsItWasTaken(t *testing.T) {
	t.Parallel()
	k := startKiosk(t, "zh-CN", upright15)
	made := k.takeTicket("cash", "en", "large-print", "hearing")
	session := k.journey()["session"]
	k.tap("button", k.say("kiosk.have"))
	k.at("scan", k.say("kiosk.scan.question"))
	for code, problem := range map[string]string{
		"6901234567892": "kiosk.scan.unread",
		k.box.url + "/enter#v_00000000000000000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAA": "kiosk.scan.unknown",
	} {
		k.allow(fmt.Sprintf("error: Failed to load resource: the server responded with a status of 403 (Forbidden) (%s/api/v1/visits/v_00000000000000000000000000)", k.box.url))
		k.scan(code)
		k.at("scan", k.say(problem))
		k.until("the field waits for the next", `document.activeElement.id === 'code' && document.activeElement.value === ''`)
		k.visit("#/")
	}
	k.scan(k.box.url + "/enter#" + made.Key)
	k.language = "en"
	k.at("visit", made.Ticket)
	if size := evaluate[string](k.tab, `document.documentElement.dataset.size`); size != "l" {
		t.Errorf("large print is %s", size)
	}
	if needs := fmt.Sprint(k.journey()["needs"]); needs != "[large-print hearing]" {
		t.Errorf("needs %s", needs)
	}
	k.decide("counters/counter-4/open", map[string]any{})
	k.decide("counters/counter-4/call", map[string]any{"visit": made.ID, "why": "test"})
	k.until("the call is shown", fmt.Sprintf(`document.querySelector('.fact')?.textContent.includes(%q)`, k.say("kiosk.go-to", "counter", "Caring counter 4")))
	k.tap("button", k.say("kiosk.done"))
	k.isNew(session)
}

func TestAPersonCanBeCalledFromEveryPage(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, k *kiosk) {
		for _, address := range []string{"#/", "#/needs", "#/service", "#/confirm/cash", "#/scan", "#/display", "#/time"} {
			k.visit(address)
			k.tap("button", k.say("kiosk.call"))
			call := k.openCall()
			if call.Reason != "help" || call.Place != "kiosk-1" {
				t.Errorf("on %s the call is %+v", address, call)
			}
			k.visit("#/help")
			k.tap("button", k.say("kiosk.help.cancel"))
			k.until("the band goes", `!document.querySelector('.band')`)
		}
		k.visit("#/service")
		k.run(`window.said = []; for (const e of document.querySelectorAll('[role=status], [role=alert]')) new MutationObserver(() => { if (e.textContent) said.push(e.textContent); }).observe(e, {childList: true, characterData: true, subtree: true})`)
		k.tap("button", k.say("kiosk.call"))
		call := k.openCall()
		k.until("the band tells the call", `document.querySelector('.band')`)
		k.box.call("demo-pager", http.MethodPost, "/api/v1/pages/"+call.ID+"/accept", struct{}{}, nil)
		li := map[string]string{"zh-CN": "李经理", "en": "Manager Li"}[k.language]
		k.band(k.say("kiosk.band.accepted", "who", li))
		k.tap("link", k.say("kiosk.band.accepted", "who", li))
		k.at("help", k.say("page.step.on-the-way", "minutes", "2"))
		if steps := k.facts(); !slices.Contains(steps, k.say("page.step.accepted", "who", li)) || !slices.Contains(steps, k.say("page.step.raised")) {
			t.Errorf("the steps are %q", steps)
		}
		k.tap("button", k.say("kiosk.help.here"))
		k.band(k.say("kiosk.band.arrived"))
		if page := evaluate[string](k.tab, `location.hash`); page != "#/service" {
			t.Errorf("after the call the page is %s", page)
		}
		k.visit("#/help")
		k.at("help", k.say("page.step.arrived"))
		if steps := k.facts(); steps[len(steps)-1] != k.say("page.step.accepted", "who", li) {
			t.Errorf("after the arrival the steps are %q", steps) // nobody is on the way any more
		}
		k.saidOnce(k.say("page.step.accepted", "who", li), k.say("page.step.arrived"))
		k.box.call("demo-pager", http.MethodPost, "/api/v1/pages/"+call.ID+"/close", map[string]string{"outcome": "helped"}, nil)
		k.until("the band goes", `!document.querySelector('.band')`)
	})
}

// saidOnce waits until these sentences were given to assistive technology, and
// fails the test if anything was twice.
func (k *kiosk) saidOnce(sentences ...string) {
	k.t.Helper()
	for _, sentence := range sentences {
		k.until("it was said: "+sentence, fmt.Sprintf(`said.some((s) => s.includes(%q))`, sentence))
	}
	said := evaluate[[]string](k.tab, `said`)
	if twice := len(said) - len(slices.Compact(slices.Sorted(slices.Values(said)))); twice != 0 {
		k.t.Errorf("said twice: %q", said)
	}
}

func TestEveryStateOpensByItsOwnAddress(t *testing.T) {
	t.Parallel()
	k := startKiosk(t, "zh-CN", upright15)
	questions := map[string]string{
		"#/": k.say("kiosk.welcome", "branch", "示范支行"), "#/needs/2": k.say("kiosk.helps.question"), "#/service": k.say("kiosk.service.question"),
		"#/confirm/cash": k.say("kiosk.confirm", "service", "现金业务"), "#/confirm": k.say("kiosk.confirm.none"), "#/scan": k.say("kiosk.scan.question"),
		"#/ticket": k.say("kiosk.scan.question"), "#/visit": k.say("kiosk.scan.question"), "#/leave": k.say("kiosk.scan.question"),
		"#/display": k.say("kiosk.display.question"), "#/help": k.say("kiosk.help.none"), "#/time": k.say("kiosk.time.question"),
		"#/calibrate": k.say("kiosk.calibrate.question"), "#/nonsense": k.say("kiosk.welcome", "branch", "示范支行"),
	}
	for _, address := range slices.Sorted(maps.Keys(questions)) {
		k.run(`sessionStorage.clear()`)
		k.goTo("about:blank")
		k.goTo(k.box.url + "/kiosk" + address)
		k.until(address+" asks its question", fmt.Sprintf(`document.querySelector('h1')?.textContent.trim() === %q`, questions[address]))
		k.isLive()
	}
}

func TestWhatDoesNotWorkIsSaidBeforeItIsMissed(t *testing.T) {
	for _, language := range languages() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			k := ownBranch(t, language, map[string]string{
				"{id: printer-1, kind: printer, driver: sim, place: kiosk-1}": "{id: printer-1, kind: printer, driver: sim, place: kiosk-1, params: {fault: paper-out}}",
			})
			k.visit("#/needs")
			k.choose(k.say("need.wheelchair")) // no low counter is open
			if name := k.nameOf("button", k.say("need.wheelchair")); !strings.Contains(name, k.say("kiosk.missing")) {
				t.Errorf("the choice is %q", name)
			}
			k.visit("#/confirm/cash")
			k.until("it says that nothing is printed", fmt.Sprintf(`document.querySelector('main').textContent.includes(%q)`, k.say("kiosk.no-printer")))
			k.tap("button", k.say("kiosk.take"))
			k.until("the ticket is there", `document.querySelector('main').dataset.page === 'ticket'`)
			if got := k.facts(); !slices.Contains(got, k.say("kiosk.no-printer")) || slices.Contains(got, k.say("kiosk.printed")) {
				t.Errorf("with the ticket it says %q", got)
			}
		})
	}
}

// ownBranch starts a box of a branch that is the demo branch but for some words
// of its file, and signs a kiosk in with a token of its own.
func ownBranch(t *testing.T, language string, changes map[string]string) *kiosk {
	t.Helper()
	text := string(read(t, "../config/demo.yaml"))
	for old, changed := range changes {
		if !strings.Contains(text, old) {
			t.Fatalf("the demo branch has no %q", old)
		}
		text = strings.ReplaceAll(text, old, changed)
	}
	path := filepath.Join(t.TempDir(), "branch.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b := startBox(t, "--config", path)
	return kioskOf(b, b.token("kiosk", "kiosk-1"), b.token("supervisor", ""), language, upright15)
}

// token makes a token as whoever installs the box does.
func (b *box) token(role, place string) string {
	b.t.Helper()
	path, err := binary()
	if err != nil {
		b.t.Fatal(err)
	}
	out, err := exec.Command(path, "token", "create", "--data", b.args[2], "--role", role, "--place", place).Output()
	if err != nil {
		b.t.Fatalf("token create: %v", err)
	}
	return strings.TrimSpace(string(out))
}

func TestAClosedBranchSaysSoKindly(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, k *kiosk) {
		k.visit("#/confirm/cash")
		k.decide("day/close", struct{}{})
		k.allow(fmt.Sprintf("error: Failed to load resource: the server responded with a status of 409 (Conflict) (%s/api/v1/visits)", k.box.url))
		k.tap("button", k.say("kiosk.take"))
		k.until("the refusal is said", fmt.Sprintf(`document.querySelector('.problem')?.textContent.trim() === %q`, k.say("problem.branch-closed")+" "+k.say("kiosk.again")))
		if len(k.created()) != 0 {
			t.Error("a ticket was made")
		}
	})
}

// freeze stops the clock by which the kiosk judges presses; later moves it.
const freeze = `(() => {
	const from = performance.now();
	let ahead = 0;
	performance.now = () => from + ahead;
	window.later = (ms) => { ahead += ms; };
	window.lifted = 0;
	addEventListener('pointerup', () => { lifted++; }, {capture: true});
	addEventListener('pointercancel', () => { lifted++; }, {capture: true});
})()`

// touchAt taps a place at once and waits until the page has felt it.
func (k *kiosk) touchAt(at spot) {
	k.t.Helper()
	felt := evaluate[int](k.tab, `lifted`)
	if _, err := do(k.tab, chromedp.TapXY(at.X, at.Y)); err != nil {
		k.t.Fatal(err)
	}
	k.until("the tap is felt", fmt.Sprintf(`lifted > %d`, felt))
	k.run(`new Promise((done) => setTimeout(done))`)
}

func TestPressesThatATremorMakesDoNothing(t *testing.T) {
	t.Parallel()
	k := startKiosk(t, "zh-CN", upright15)
	k.run(freeze)
	size := func() string { return evaluate[string](k.tab, `document.documentElement.dataset.size`) }
	larger := k.reach("button", k.say("kiosk.larger.long"))
	k.run(`later(1000)`)
	k.touchAt(larger)
	k.touchAt(larger)
	if size() != "m" {
		t.Errorf("two presses in the same moment make the text %s", size())
	}
	k.run(`later(501)`)
	k.touchAt(k.reach("button", k.say("kiosk.larger.long")))
	if size() != "l" {
		t.Errorf("a second press after half a second makes the text %s", size())
	}
	k.run(`document.getElementById('smaller-text').click(); document.getElementById('smaller-text').click()`)

	k.visit("#/service")
	cash := k.reach("button", k.nameOf("button", "现金业务"))
	k.touchAt(cash)
	k.run(`later(299)`)
	k.touchAt(cash)
	if page := evaluate[string](k.tab, `location.hash`); page != "#/service" {
		t.Errorf("a press right after the page has come leads to %s", page)
	}
	k.run(`later(2)`)
	k.slideOff("button", k.nameOf("button", "现金业务"))
	k.twoFingers(cash)
	if page := evaluate[string](k.tab, `location.hash`); page != "#/service" {
		t.Errorf("sliding off or two fingers lead to %s", page)
	}
	k.touchAt(cash)
	k.at("confirm", k.say("kiosk.confirm", "service", "现金业务"))

	k.run(`later(301)`)
	take := k.reach("button", k.say("kiosk.take"))
	if _, err := do(k.tab, chromedp.Steps(chromedp.TapXY(take.X, take.Y), chromedp.TapXY(take.X, take.Y))); err != nil {
		t.Fatal(err)
	}
	k.until("the ticket is there", `document.querySelector('main').dataset.page === 'ticket'`)
	if made := k.created(); len(made) != 1 {
		t.Errorf("two taps made %d tickets", len(made))
	}
	k.run(`later(501)`)
	k.touchAt(k.reach("button", k.say("kiosk.done")))
	k.visit("#/confirm/cash")
	k.run(`later(501)`)
	k.touchAt(k.reach("button", k.say("kiosk.take")))
	k.until("the next person's ticket is there", `document.querySelector('main').dataset.page === 'ticket'`)
	if made := k.created(); len(made) != 2 || made[0].Ticket == made[1].Ticket {
		t.Errorf("two people have %+v", made)
	}
}

// twoFingers puts two fingers down at a place and beside it, and lifts them.
func (k *kiosk) twoFingers(at spot) {
	k.t.Helper()
	felt := evaluate[int](k.tab, `lifted`)
	send := func(kind input.DispatchTouchEventType, points ...*input.TouchPoint) chromedp.Action[chromedp.Void] {
		return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: append([]*input.TouchPoint{}, points...)})
			return err
		})
	}
	one, other := &input.TouchPoint{X: at.X, Y: at.Y, ID: new(1.0)}, &input.TouchPoint{X: at.X + 60, Y: at.Y, ID: new(2.0)}
	if _, err := do(k.tab, chromedp.Steps(send(input.DispatchTouchEventTypeTouchStart, one), send(input.DispatchTouchEventTypeTouchStart, one, other),
		send(input.DispatchTouchEventTypeTouchEnd, one), send(input.DispatchTouchEventTypeTouchEnd))); err != nil {
		k.t.Fatal(err)
	}
	k.until("two fingers are felt", fmt.Sprintf(`lifted >= %d`, felt+2))
	k.run(`new Promise((done) => setTimeout(done))`)
}

// wait moves the kiosk's clock and lets it look at it.
func (k *kiosk) wait(seconds int) {
	k.t.Helper()
	if !evaluate[bool](k.tab, `'wait' in window`) {
		k.run(`(() => {
			const real = Date.now.bind(Date);
			let ahead = 0;
			Date.now = () => real() + ahead;
			window.wait = (s) => { ahead += s * 1000; };
		})()`)
	}
	k.run(fmt.Sprintf(`wait(%d)`, seconds))
	k.run(`new Promise((done) => setTimeout(done, 1100))`) // it looks at the clock every second
}

func TestWhoeverTakesTheirTimeIsAskedAndNotHurried(t *testing.T) {
	t.Parallel()
	k := startKiosk(t, "en", upright15)
	session := k.journey()["session"]
	k.visit("#/needs/2")
	k.wait(110)
	if page := evaluate[string](k.tab, `location.hash`); page != "#/needs/2" {
		t.Fatalf("before two minutes the page is %s", page)
	}
	k.wait(15)
	k.at("time", k.say("kiosk.time.question"))
	before := k.journey()
	k.wait(15)
	k.tap("button", k.say("kiosk.time.more"))
	k.at("needs", k.say("kiosk.helps.question"))
	after := k.journey()
	for _, kept := range []map[string]any{before, after} {
		delete(kept, "from")
	}
	if page := evaluate[string](k.tab, `location.hash`); page != "#/needs/2" || fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("more time leads to %s, %v after %v", page, after, before)
	}

	k.choose(k.say("need.slow-speech"))
	k.wait(121)
	k.at("time", k.say("kiosk.time.question"))
	k.wait(240)
	k.at("time", k.say("kiosk.time.question"))
	k.wait(70)
	k.isNew(session)
	k.wait(200)
	k.isNew(session)

	k.tap("button", k.say("kiosk.start"))
	k.wait(121)
	k.at("time", k.say("kiosk.time.question"))
	k.wait(31)
	k.isNew(session)
}

func TestWhoeverWaitsForHelpIsNotAsked(t *testing.T) {
	t.Parallel()
	k := startKiosk(t, "zh-CN", upright15)
	k.visit("#/service")
	k.tap("button", k.say("kiosk.call"))
	call := k.openCall()
	k.until("the band tells the call", `document.querySelector('#call-state .icon')`)
	k.wait(1000)
	k.at("service", k.say("kiosk.service.question"))
	k.decide("pages/"+call.ID+"/cancel", struct{}{})
	k.until("the band goes", `!document.querySelector('.band')`)
	k.wait(100)
	k.at("service", k.say("kiosk.service.question"))
	k.wait(30)
	k.at("time", k.say("kiosk.time.question"))
}

func TestTheButtonThatDecidesIsNotWhereThePressBeforeWas(t *testing.T) {
	t.Parallel()
	k := startKiosk(t, "zh-CN", upright15)
	k.scanTicket(k.takeTicket("cash", "zh-CN"))
	for _, l := range kioskLooks(upright15) {
		k.wear(l)
		k.visit("#/visit")
		leave := k.rects("#leave")
		k.visit("#/leave")
		cancel := k.rects("#cancel")
		k.mustBeApart(l, leave, cancel)
		var services [][4]float64
		k.everyPage([]string{"#/service"}, func(string) { services = append(services, k.rects(".choice")...) })
		k.visit("#/confirm/cash")
		k.mustBeApart(l, services, k.rects("#take"))
	}
}

// rects are where these elements stand: left, top, right, bottom.
func (k *kiosk) rects(selector string) [][4]float64 {
	k.t.Helper()
	found := evaluate[[][4]float64](k.tab, fmt.Sprintf(`[...document.querySelectorAll(%q)].map((e) => e.getBoundingClientRect()).map((r) => [r.left, r.top, r.right, r.bottom])`, selector))
	if len(found) == 0 {
		k.t.Fatalf("there is no %s", selector)
	}
	return found
}

func (k *kiosk) mustBeApart(l look, openers, deciders [][4]float64) {
	k.t.Helper()
	for _, a := range openers {
		for _, b := range deciders {
			if a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3] {
				k.t.Errorf("%s: what decides, at %.0f, is where it was asked for, at %.0f", l, b, a)
			}
		}
	}
}

// keysOf are the keys of one device: an assistive keypad, or a keyboard.
type keysOf struct{ up, down, action, back, next, first, last, help string }

func TestEveryActionOfEveryPageIsReachedByKeys(t *testing.T) {
	for name, keys := range map[string]keysOf{
		"keypad":   {"F18", "F19", "F20", "F21", "F22", "F23", "F24", "F17"},
		"keyboard": {"ArrowUp", "ArrowDown", "Enter", "Escape", "ArrowRight", "Home", "End", "F1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := startKiosk(t, "zh-CN", upright15)
			k.scanTicket(k.takeTicket("cash", "zh-CN"))
			k.everyPage([]string{"#/", "#/needs", "#/service", "#/confirm/cash", "#/ticket", "#/visit", "#/leave", "#/scan", "#/display", "#/help", "#/time", "#/calibrate"}, func(address string) {
				k.walk(keys, address)
			})
			k.byKeysToATicket(keys)
		})
	}
}

// walk goes through a page with the keys for down and up.
func (k *kiosk) walk(keys keysOf, address string) {
	k.t.Helper()
	start := map[string]string{"#/scan": "code", "#/time": "stay"}[address]
	focus := func() string { return evaluate[string](k.tab, `document.activeElement.id`) }
	if start == "" && !evaluate[bool](k.tab, `document.activeElement === document.querySelector('h1')`) || start != "" && focus() != start {
		k.t.Errorf("%s begins at %q", address, evaluate[string](k.tab, `document.activeElement.outerHTML`))
	}
	all := evaluate[[]string](k.tab, `[...document.querySelectorAll('a[href], button, input')].map((e) => e.id)`)
	if keys.first == "Home" && address == "#/scan" { // Home is the field's own key
		k.press("Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab")
		k.run(`document.getElementById('smaller-text').focus()`)
	} else {
		k.press(keys.first)
	}
	var reached []string
	for range all {
		reached = append(reached, focus())
		k.press(keys.down)
	}
	if !slices.Equal(reached, all) || slices.Contains(all, "") {
		k.t.Errorf("on %s the keys reach %q of %q", address, reached, all)
	}
	if at := focus(); at != all[len(all)-1] {
		k.t.Errorf("on %s the last one is followed by %q", address, at)
	}
	for range all {
		k.press(keys.up)
	}
	if at := focus(); at != all[0] {
		k.t.Errorf("on %s the first one is followed by %q", address, at)
	}
}

// byKeysToATicket goes from the first page to a ticket.
func (k *kiosk) byKeysToATicket(keys keysOf) {
	k.t.Helper()
	k.visit("#/")
	k.downTo(keys, "what-helps")
	k.press(keys.action)
	k.at("needs", k.say("kiosk.helps.question"))
	k.downTo(keys, "need-hearing")
	k.press(keys.action)
	k.until("the need is chosen, and has the focus", `document.activeElement.getAttribute('aria-pressed') === 'true'`)
	k.run(settle)
	k.press(keys.next)
	k.at("service", k.say("kiosk.service.question"))
	k.press(keys.back)
	k.at("needs", k.say("kiosk.helps.question"))
	k.run(settle)
	k.press(keys.next)
	k.at("service", k.say("kiosk.service.question"))
	k.downTo(keys, "service-cash")
	k.press(keys.action)
	k.at("confirm", k.say("kiosk.confirm", "service", "现金业务"))
	k.run(settle)
	k.press(keys.next)
	k.until("the ticket is there", `document.querySelector('main').dataset.page === 'ticket'`)
	k.press(keys.help)
	if call := k.openCall(); call.Place != "kiosk-1" {
		k.t.Errorf("the call is %+v", call)
	}
}

func (k *kiosk) downTo(keys keysOf, id string) {
	k.t.Helper()
	k.run(settle)
	for range 20 {
		if evaluate[string](k.tab, `document.activeElement.id`) == id {
			return
		}
		k.press(keys.down)
	}
	k.t.Fatalf("%s is not reached", id)
}

func TestNewsOfTheBoxDoesNotTakeTheFocus(t *testing.T) {
	t.Parallel()
	k := startKiosk(t, "zh-CN", upright15)
	k.visit("#/service")
	k.run(`document.getElementById('service-cash').focus(); window.chosen = document.activeElement`)
	line := `document.querySelector('#service-cash .line').textContent`
	before := evaluate[string](k.tab, line)
	for range 3 {
		k.takeTicket("cash", "zh-CN")
	}
	k.until("the wait is longer", fmt.Sprintf(`%s !== %q`, line, before))
	if !evaluate[bool](k.tab, `document.activeElement === chosen`) {
		t.Errorf("the focus is at %s", k.focused())
	}
	k.visit("#/display")
	k.run(`document.getElementById('larger-text').focus()`)
	k.tap("button", k.say("kiosk.call"))
	k.run(`document.getElementById('larger-text').focus()`)
	call := k.openCall()
	k.decide("pages/"+call.ID+"/cancel", struct{}{})
	k.until("the band goes", `!document.querySelector('.band')`)
	if at := evaluate[string](k.tab, `document.activeElement.id`); at != "larger-text" {
		t.Errorf("the focus is at %q", at)
	}
}

// allowLost lets pass what the browser says of requests while the box is down,
// and nothing else.
func (k *kiosk) allowLost() {
	k.t.Helper()
	host := strings.TrimPrefix(k.box.url, "http://")
	for _, text := range k.heard() {
		request := strings.HasPrefix(text, "error: Failed to load resource: net::ERR_") && strings.Contains(text, "("+k.box.url+"/")
		socket := strings.HasPrefix(text, "error: WebSocket connection to 'ws://"+host+"/api/v1/live")
		if request || socket {
			k.allow(text)
		}
	}
}

// down kills the box and waits until the kiosk says so.
func (k *kiosk) down() {
	k.t.Helper()
	k.box.kill()
	k.until("it says that it is not connected", fmt.Sprintf(`document.querySelector('.offline')?.textContent.trim() === %q`, k.say("offline")))
}

// up starts the box again and waits until the kiosk says nothing of it any more.
func (k *kiosk) up() {
	k.t.Helper()
	k.box.start()
	k.isLive()
	k.allowLost()
}

func TestNothingChosenIsLostWhenTheBoxFallsAndRises(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, k *kiosk) {
		k.visit("#/needs")
		k.choose(k.say("need.large-print") + " ")
		k.choose(k.say("need.hearing"))
		k.down()
		k.choose(k.say("need.wheelchair"))
		k.up()
		k.visit("#/confirm/cash")
		k.at("confirm", k.say("kiosk.confirm", "service", k.serviceName("cash")))

		k.box.kill()
		k.tap("button", k.say("kiosk.take"))
		k.until("the kiosk waits for the box", fmt.Sprintf(`document.getElementById('take').textContent.trim() === %q && document.querySelector('.offline')`, k.say("kiosk.taking")))
		k.up()
		k.until("the ticket is there", `document.querySelector('main').dataset.page === 'ticket' && document.querySelector('.qr img')`)
		made := k.created()
		if len(made) != 1 || !slices.Equal(made[0].Needs, []string{"large-print", "hearing", "wheelchair"}) {
			t.Fatalf("made %+v", made)
		}
		k.at("ticket", k.say("kiosk.ticket")+" "+made[0].Ticket)

		k.tap("button", k.say("kiosk.call"))
		call := k.openCall()
		k.until("the band tells the call", `document.querySelector('#call-state .icon')`)
		k.down()
		k.up()
		k.box.call("demo-pager", http.MethodPost, "/api/v1/pages/"+call.ID+"/accept", struct{}{}, nil)
		k.band(k.say("kiosk.band.accepted", "who", map[string]string{"zh-CN": "李经理", "en": "Manager Li"}[k.language]))
		if call.Visit != made[0].ID {
			t.Errorf("the call is for %q", call.Visit)
		}
	})
}

// An answer may come after the news of what followed from it.
func TestAnAnswerThatComesLateBringsNoCallBack(t *testing.T) {
	t.Parallel()
	k := startKiosk(t, "zh-CN", upright15)
	k.run(`const now = window.fetch; window.fetch = async (...asked) => {
		const answer = await now(...asked);
		if (String(asked[0]).endsWith('/pages')) await new Promise((resolve) => { window.answer = resolve; });
		return answer;
	}; 0`)
	k.tap("button", k.say("kiosk.call"))
	call := k.openCall()
	k.until("the answer is there", `window.answer`)
	k.decide("pages/"+call.ID+"/cancel", struct{}{})
	// A ticket after it proves that the news of the cancelling has come.
	before := k.journey()
	line := `document.querySelector('#service-cash .line')?.textContent ?? ''`
	k.visit("#/service")
	waited := evaluate[string](k.tab, line)
	for range 3 {
		k.takeTicket("cash", "zh-CN")
	}
	k.until("the wait is longer", fmt.Sprintf(`%s !== %q`, line, waited))
	k.run(`window.answer(); 0`)
	k.until("the answer is taken", `JSON.parse(sessionStorage.getItem('handrail.kiosk.journey')).calls.length === 1`)
	if evaluate[bool](k.tab, `document.querySelector('.band') !== null`) || len(before["calls"].([]any)) != 0 {
		t.Error("a call that was cancelled is told")
	}
}

func TestAPageThatIsLoadedAgainGoesOn(t *testing.T) {
	t.Parallel()
	k := startKiosk(t, "en", upright15)
	k.visit("#/needs")
	k.choose(k.say("need.large-print") + " ")
	k.visit("#/confirm/cash")
	k.tap("button", k.say("kiosk.call"))
	k.openCall()
	k.until("the kiosk knows the call as its own", `JSON.parse(sessionStorage.getItem('handrail.kiosk.journey')).calls.length === 1`)
	before := k.journey()
	k.run(`location.reload()`)
	k.until("the page is new", `document.readyState === 'complete' && document.querySelector('main')`)
	k.isLive()
	k.at("confirm", k.say("kiosk.confirm", "service", "Cash"))
	k.until("the call is still told", `document.querySelector('.band')`)
	after := k.journey()
	delete(before, "from")
	delete(after, "from")
	if fmt.Sprint(before) != fmt.Sprint(after) || evaluate[string](k.tab, `document.documentElement.dataset.size`) != "l" {
		t.Errorf("%v became %v", before, after)
	}

	k.box.kill()
	k.tap("button", k.say("kiosk.take"))
	k.until("the ticket is asked for", `document.getElementById('take').getAttribute('aria-disabled') === 'true'`)
	id := k.journey()["order"].(map[string]any)["id"]
	k.box.start()
	k.run(`location.reload()`) // the ticket may have come by now, or be asked for again
	k.until("the ticket is there", `document.querySelector('main')?.dataset.page === 'ticket'`)
	k.allowLost()
	if made := k.created(); len(made) != 1 {
		t.Errorf("order %v made %+v", id, made)
	}
}
