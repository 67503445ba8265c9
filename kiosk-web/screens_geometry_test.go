// Every state of every screen but the kiosk's, in both languages, every size and
// on the panels it is made for: nothing too small, cut off, covered or sideways.
package kioskweb_test

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// The panels of staff at desks, and those of a hall.
var (
	desk21      = panel{"desk, 21.5 inch", 1920, 1080, 4.034, false, false}
	desk27      = panel{"desk, 27 inch", 1920, 1080, 3.212, false, false}
	laptop      = panel{"laptop", 1366, 768, 3.78, false, false}
	hallUpright = panel{"hall, 43 inch upright", 1080, 1920, 2.02, false, false}
	hallSmall   = panel{"hall, 43 inch of few pixels", 1366, 768, 1.437, false, false}
)

// stage is one screen of a branch at work, on its way through its states.
type stage struct {
	*tab
	b    staffed
	role string
	look func(s *stage, state string) // what is asked of each state
}

// way is a panel with the sizes of text that are looked at on it.
type way struct {
	panel
	sizes []string
}

// outfits are the ways in which a screen may be shown.
type outfits struct {
	ways      []way
	languages []string
	themes    []string
}

// each shows the stage in every way, and runs check in each.
func (l outfits) each(s *stage, check func(language, size, theme string)) {
	s.t.Helper()
	for _, way := range l.ways {
		s.on(way.panel)
		for _, language := range l.languages {
			for _, size := range way.sizes {
				for _, theme := range l.themes {
					s.dress(language, size, theme)
					check(language, size, theme)
				}
			}
		}
	}
	s.on(l.ways[0].panel)
	s.dress(l.languages[0], l.ways[0].sizes[0], l.themes[0])
}

// on puts the screen on another panel, as if it had been calibrated there.
func (s *stage) on(p panel) {
	s.t.Helper()
	if s.panel == p {
		return
	}
	s.panel = p
	if err := chromedp.Do(s.ctx, p.emulate()); err != nil {
		s.t.Fatal(err)
	}
	s.run(fmt.Sprintf(`localStorage.setItem('handrail.mm', '%g'); document.documentElement.style.setProperty('--mm', document.documentElement.style.getPropertyValue('--mm') && '%gpx')`, p.mm, p.mm))
	s.until("the panel is "+p.name, fmt.Sprintf(`matchMedia("(width: %dpx) and (height: %dpx)").matches`, p.width, p.height))
}

// Where each screen keeps how it looks, and what draws it anew.
var wardrobes = map[string]struct{ look, redraw string }{
	"counter":    {"handrail.desk.display", pressLanguage},
	"supervisor": {"handrail.desk.display", pressLanguage},
	"it":         {"handrail.desk.display", pressLanguage},
	"pager":      {"handrail.pager.display", `dispatchEvent(new HashChangeEvent('hashchange'))`},
	"visit":      {"handrail.visit.display", `dispatchEvent(new HashChangeEvent('hashchange'))`},
	"hall":       {"", `dispatchEvent(new Event('resize'))`},
	"index":      {"", pressLanguage},
	"enter":      {"", ""},
}

// pressLanguage presses the button of the other language until it is the wanted
// one; a press takes up what is kept of the look as well.
const pressLanguage = `do document.getElementById('language').click(); while (document.documentElement.lang !== language)`

// dress shows the screen in a language, size and theme, as whoever chose them
// would have it.
func (s *stage) dress(language, size, theme string) {
	s.t.Helper()
	w := wardrobes[s.role]
	evaluate[bool](s.tab, fmt.Sprintf(`(async () => {
		const {show, keepDisplay} = await import('/static/js/core/display.js');
		const {useLanguage} = await import('/static/js/core/words.js');
		const language = %q, look = {size: %q, theme: %q, motor: false};
		if (%q) keepDisplay(%q, look);
		show(look);
		if (%t) useLanguage(language);
		%s;
		scrollTo(0, 0);
		await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
		return true;
	})()`, language, size, theme, w.look, w.look, s.role != "hall", w.redraw))
}

// at tells that the screen is in a state now, when condition holds.
func (s *stage) at(state, condition string) {
	s.t.Helper()
	s.until(state, condition)
	s.look(s, state)
}

// open presses the control of this id.
func (s *stage) open(id string) {
	s.t.Helper()
	s.until(id+" is there", fmt.Sprintf(`document.getElementById(%q)`, id))
	s.run(fmt.Sprintf(`document.getElementById(%q).click()`, id))
}

// dialog opens a dialog by a control, looks at it and closes it.
func (s *stage) dialog(state, id, closing string) {
	s.t.Helper()
	s.open(id)
	s.at(state, `document.querySelector('dialog[open]')`)
	s.open(closing)
	s.until("the dialog is gone", `!document.querySelector('dialog[open]')`)
}

// --- a branch at work ---

// troubled is the demo branch with two devices that do not work.
func troubled(t *testing.T) string {
	t.Helper()
	yaml := string(read(t, "../config/demo.yaml"))
	for id, fault := range map[string]string{"printer-1, kind: printer, driver: sim": "paper-out", "lamp-2, kind: lamp, driver: sim": "hardware"} {
		if !strings.Contains(yaml, id) {
			t.Fatalf("the demo branch has no %s", id)
		}
		yaml = strings.Replace(yaml, id, id+", params: {fault: "+fault+"}", 1)
	}
	name := filepath.Join(t.TempDir(), "branch.yaml")
	if err := os.WriteFile(name, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// staffed is a box with whom the screens and tests act as.
type staffed struct {
	*box
	tokens map[string]string // by the name of the demo branch; empty there
}

// as is the token of somebody whom the demo branch names.
func (b staffed) as(name string) string { return cmp.Or(b.tokens[name], name) }

// demoBox starts a box of the demo branch.
func demoBox(t *testing.T) staffed {
	t.Helper()
	return staffed{box: startBox(t)}
}

// troubledBox starts a box of the troubled branch, in which nobody has a token
// before they are given one.
func troubledBox(t *testing.T) staffed {
	t.Helper()
	b := staffed{startBox(t, "--config", troubled(t)), map[string]string{}}
	for name, words := range map[string]string{"demo-supervisor": "--role=supervisor", "demo-it": "--role=it", "demo-pager": "--role=pager --place=li"} {
		made := exec.Command(b.process.Path, append([]string{"token", "create", "--data", b.args[2]}, strings.Fields(words)...)...)
		out, err := made.Output()
		if err != nil {
			t.Fatalf("no token: %v", err)
		}
		b.tokens[name] = strings.TrimSpace(string(out))
	}
	return b
}

// visitor is a visit as these tests need it.
type visitor struct{ ID, Ticket, Key, State string }

// helpCall is a page, a call for help.
type helpCall struct{ ID string }

// take takes a ticket.
func (b staffed) take(service string, needs ...string) visitor {
	b.t.Helper()
	var v visitor
	b.call(b.as("demo-supervisor"), http.MethodPost, "/api/v1/visits", map[string]any{"service": service, "needs": append([]string{}, needs...), "language": "zh-CN"}, &v)
	return v
}

// post carries out a command of the supervisor, who may act for any place.
func (b staffed) post(path string, body map[string]any) {
	b.t.Helper()
	if body == nil {
		body = map[string]any{}
	}
	b.call(b.as("demo-supervisor"), http.MethodPost, "/api/v1/"+path, body, nil)
}

// raise calls for help at a place.
func (b staffed) raise(reason, place string) helpCall {
	b.t.Helper()
	var p helpCall
	b.call(b.as("demo-supervisor"), http.MethodPost, "/api/v1/pages", map[string]any{"reason": reason, "place": place}, &p)
	return p
}

// answer says something to a page as the person whose token it is.
func (b staffed) answer(token string, p helpCall, verb string, body map[string]any) {
	b.t.Helper()
	if body == nil {
		body = map[string]any{}
	}
	b.call(b.as(token), http.MethodPost, "/api/v1/pages/"+p.ID+"/"+verb, body, nil)
}

// everyNeed lists the needs of the branch.
func (b staffed) everyNeed() []string {
	b.t.Helper()
	var branch struct{ Needs []string }
	b.call(b.as("demo-supervisor"), http.MethodGet, "/api/v1/branch", nil, &branch)
	return branch.Needs
}

// --- the screens on their way ---

// enterStage signs a screen in.
func enterStage(t *testing.T, b staffed, role, token, path string, on panel, look func(*stage, string)) *stage {
	t.Helper()
	return &stage{tab: signIn(t, b.box, b.as(token), path, on), b: b, role: role, look: look}
}

// walkCounter leads a counter through its day.
func walkCounter(t *testing.T, look func(*stage, string)) {
	b := demoBox(t)
	s := enterStage(t, b, "counter", "demo-counter", "/counter", desk, look)
	const moment = `document.querySelector('[data-moment=%s]')`
	s.at("closed", fmt.Sprintf(moment, "closed"))
	s.dialog("who opens it", "primary", "dialog-back")
	b.post("counters/counter-1/open", map[string]any{"staff": "li"})
	s.at("free", fmt.Sprintf(moment, "free"))
	s.dialog("why a pause", "pause", "dialog-back")
	s.dialog("whom to call", "call-colleague", "dialog-back")
	s.open("primary")
	s.at("nobody waits", `document.getElementById('nobody')`)
	b.post("counters/counter-1/pause", map[string]any{"reason": "休息"})
	s.at("paused", fmt.Sprintf(moment, "paused"))
	b.post("counters/counter-1/open", nil)

	served := b.take("cash", "hearing", "slow-speech", "wheelchair")
	late := b.take("cash")
	for range 2 {
		b.take("personal", "large-print")
	}
	parked := b.take("pension")
	b.take("loans", "sign-language")
	s.until("somebody waits", `document.querySelectorAll('.next li').length === 3`)
	b.post("counters/counter-1/call", map[string]any{"visit": late.ID, "why": "test"})
	b.post("visits/"+late.ID+"/no-show", nil)
	b.post("counters/counter-1/call", map[string]any{"visit": parked.ID, "why": "test"})
	s.at("called without a need", fmt.Sprintf(moment, "called"))
	b.post("visits/"+parked.ID+"/confirm", nil)
	b.post("visits/"+parked.ID+"/park", map[string]any{"minutes": 15, "reason": "填表"})
	b.post("counters/counter-1/call", map[string]any{"visit": served.ID, "why": "test"})
	s.at("called, two aside", fmt.Sprintf(moment, "called")+` && document.querySelectorAll('.aside li').length === 2`)
	s.dialog("where to", "transfer", "dialog-back")
	s.dialog("who comes back", "return-"+parked.ID, "dialog-back")
	s.open("primary")
	s.at("serving", fmt.Sprintf(moment, "serving"))
	s.dialog("how it ended", "otherwise", "dialog-back")
	s.dialog("why it is parked", "park", "dialog-back")

	pages := []helpCall{b.raise("fall", "kiosk-2"), b.raise("wheelchair", "kiosk-1"), b.raise("sign-language", "counter-2"), b.raise("scam", "counter-3")}
	b.call(b.as("demo-counter"), http.MethodPost, "/api/v1/duty/on", map[string]any{}, nil)
	s.at("calls for help", fmt.Sprintf(`document.getElementById('reject-%s')`, pages[3].ID))
	b.answer("demo-pager", pages[1], "accept", nil)
	b.answer("demo-pager", pages[1], "arrive", nil)
	b.answer("demo-pager", pages[2], "accept", nil)
	s.at("calls for help answered", fmt.Sprintf(`document.getElementById('close-%s') && document.getElementById('arrive-%s')`, pages[1].ID, pages[2].ID))
	s.dialog("how the help ended", "close-"+pages[1].ID, "dialog-back")
	s.loseTheBox()
}

// loseTheBox ends the box and looks at what the screen says then.
func (s *stage) loseTheBox() {
	s.t.Helper()
	s.b.kill()
	s.at("the box is gone", `document.querySelector('.offline')`)
	for _, fault := range s.heard() {
		if strings.Contains(fault, "net::ERR_") || strings.Contains(fault, "WebSocket connection to") {
			s.allow(fault)
		}
	}
}

// walkSupervisor leads the console through a day of the branch.
func walkSupervisor(t *testing.T, look func(*stage, string)) {
	b := troubledBox(t)
	s := enterStage(t, b, "supervisor", "demo-supervisor", "/supervisor", desk, look)
	section := func(state, address, condition string) {
		t.Helper()
		s.run(fmt.Sprintf(`location.hash = %q`, address))
		s.at(state, fmt.Sprintf(`location.hash === %q && document.querySelector('[aria-current=page]')?.hash.startsWith(%q) && %s`, address, address[:4], condition))
	}
	shown := func(state, id string) { t.Helper(); s.dialog(state, id, "dialog-close") }
	s.at("an empty floor", `document.querySelector('.tile')`)
	section("nobody here", "#/visits", `document.querySelector('.empty')`)
	section("a device calls", "#/pages", `document.querySelector('.page')`)
	s.run(`location.hash = '#/floor'`)
	shown("a closed counter", "tile-counter-1")

	for i, staff := range []string{"li", "wang", "lobby", "manager"} {
		b.post(fmt.Sprintf("counters/counter-%d/open", i+1), map[string]any{"staff": staff})
	}
	called, served, parked, away, gone := b.take("cash", "hearing", "wheelchair"), b.take("personal", "read-aloud"), b.take("loans"), b.take("cards"), b.take("cash")
	waiting := b.take("pension", b.everyNeed()...)
	b.take("remittance")
	for _, v := range []visitor{parked, gone} {
		b.post("counters/counter-1/call", map[string]any{"visit": v.ID, "why": "test"})
		if v == gone {
			b.post("visits/"+v.ID+"/no-show", nil)
			continue
		}
		b.post("visits/"+v.ID+"/confirm", nil)
		b.post("visits/"+v.ID+"/park", map[string]any{"minutes": 15, "reason": "填表"})
	}
	b.post("visits/"+away.ID+"/away", nil)
	b.post("counters/counter-1/call", map[string]any{"visit": called.ID, "why": "test"})
	b.post("counters/counter-2/call", map[string]any{"visit": served.ID, "why": "test"})
	b.post("visits/"+served.ID+"/confirm", nil)
	b.post("counters/counter-3/pause", map[string]any{"reason": "休息"})
	pages := []helpCall{b.raise("fall", "kiosk-2"), b.raise("wheelchair", "kiosk-1"), b.raise("sign-language", "counter-2")}
	b.call(b.as("demo-pager"), http.MethodPost, "/api/v1/duty/on", map[string]any{}, nil)
	b.answer("demo-pager", pages[2], "accept", nil)
	s.at("a busy floor", fmt.Sprintf(`document.getElementById('page-%s') && document.querySelector('.tile.paused')`, pages[2].ID))
	shown("a counter that called", "tile-counter-1")
	shown("a counter that serves", "tile-counter-2")
	shown("a counter that pauses", "tile-counter-3")
	shown("a free counter", "tile-counter-4")
	shown("a place", "tile-kiosk-1")
	s.open("accept-" + pages[1].ID)
	s.until("it is accepted", fmt.Sprintf(`document.getElementById('arrive-%s')`, pages[1].ID))
	shown("how the help ended", "close-"+pages[1].ID)
	shown("a ticket to give", "give-ticket")
	shown("a call for help", "raise-page")
	section("everybody", "#/visits", `document.querySelectorAll('.visits tbody tr').length === 7`)
	for state, v := range map[string]visitor{"who waits": waiting, "who is called": called, "who is served": served, "who is parked": parked, "who is away": away, "who did not come": gone} {
		shown(state, "visit-"+v.ID)
	}
	s.open("visit-" + waiting.ID)
	s.open("visit-cancel")
	s.at("a ticket to cancel", `document.getElementById('cancel-now')`)
	s.open("dialog-close")
	s.open("give-ticket")
	s.open("ticket-give")
	s.at("a ticket given", `document.getElementById('given-visit')`)
	s.open("dialog-close")
	section("calls", "#/pages", `document.querySelectorAll('.page').length >= 5`)
	b.post("visits/"+served.ID+"/finish", nil)
	section("the day", "#/day", `document.querySelectorAll('.plot').length === 4`)
	s.run(`for (const d of document.querySelectorAll('details')) d.open = true`)
	s.at("its tables", `document.querySelectorAll('details[open] table').length === 4`)
	shown("the end of the day", "day-turn")
	s.loseTheBox()
}

// walkPager leads a telephone of staff through a shift.
func walkPager(t *testing.T, look func(*stage, string)) {
	b := demoBox(t)
	s := enterStage(t, b, "pager", "demo-pager", "/pager", phone, look)
	s.at("off duty", `document.getElementById('off-duty')`)
	first := b.raise("help", "kiosk-1")
	s.at("off duty with a call that nobody answers", `document.querySelector('.page.alarmed')`)
	b.post("pages/"+first.ID+"/close", map[string]any{"outcome": "helped"})
	b.call(b.as("demo-pager"), http.MethodPost, "/api/v1/duty/on", map[string]any{}, nil)
	b.call(b.as("demo-pager-2"), http.MethodPost, "/api/v1/duty/on", map[string]any{}, nil)
	s.at("quiet", `document.getElementById('quiet')`)
	s.run(`location.hash = '#/settings'`)
	s.at("settings", `document.getElementById('go-off')`)
	s.run(`location.hash = '#/'`)
	wheelchair := b.raise("wheelchair", "kiosk-2")
	s.at("one call", `document.querySelector('.group.single')`)
	b.answer("demo-pager", wheelchair, "accept", nil)
	s.at("on the way", fmt.Sprintf(`document.getElementById('arrive-%s')`, wheelchair.ID))
	b.answer("demo-pager", wheelchair, "arrive", nil)
	s.at("there", fmt.Sprintf(`document.getElementById('close-helped-%s')`, wheelchair.ID))
	left, others := b.raise("braille-guide", "counter-1"), b.raise("sign-language", "counter-2")
	b.raise("fall", "kiosk-1")
	b.answer("demo-pager", left, "reject", nil)
	b.answer("demo-pager-2", others, "accept", nil)
	s.at("many calls", `document.querySelector('[data-group=declined]') && document.querySelector('[data-group=others]')`)
	for _, reason := range []string{"illness", "duress", "scam", "elastic", "device-broken", "go-and-look", "water", "reading", "escort", "come-to-kiosk"} {
		b.raise(reason, "counter-4")
	}
	s.at("every reason", `document.querySelectorAll('.page').length >= 14`)
	s.loseTheBox()
}

// walkVisit leads a customer's telephone through their visit.
func walkVisit(t *testing.T, look func(*stage, string)) {
	b := demoBox(t)
	b.post("counters/counter-4/open", map[string]any{"staff": "manager"})
	b.take("cash")
	v := b.take("cash", "hearing")
	s := enterStage(t, b, "visit", v.Key, "/visit", phone, look)
	act := func(verb string, body map[string]any) { t.Helper(); b.post("visits/"+v.ID+"/"+verb, body) }
	s.at("waiting", `document.getElementById('away')`)
	s.run(`location.hash = '#/look'`)
	s.at("how it looks", `document.getElementById('done')`)
	s.run(`location.hash = '#/leave'`)
	s.at("leaving", `document.getElementById('stay')`)
	s.run(`location.hash = '#/'`)
	act("away", nil)
	s.at("away", `document.getElementById('back')`)
	act("back", nil)
	var p helpCall
	b.call(b.as("demo-supervisor"), http.MethodPost, "/api/v1/pages", map[string]any{"reason": "help", "visit": v.ID, "place": "kiosk-1"}, &p)
	b.answer("demo-pager", p, "accept", nil)
	s.at("somebody comes", `document.getElementById('no-need')`)
	b.post("counters/counter-4/call", map[string]any{"visit": v.ID, "why": "test"})
	s.at("called", `document.querySelector('.now.called')`)
	act("no-show", nil)
	s.at("missed", `document.querySelector('.now.no-show')`)
	b.post("visits/"+v.ID+"/return", map[string]any{"position": "first"})
	b.post("counters/counter-4/call", map[string]any{"visit": v.ID, "why": "test"})
	act("confirm", nil)
	s.at("served", `document.querySelector('.now.serving')`)
	act("park", map[string]any{"minutes": 10, "reason": "填表"})
	s.at("parked", `document.querySelector('.now.parked')`)
	s.loseTheBox()
}

// walkHall leads the screen of the hall from an empty branch to a full one.
func walkHall(t *testing.T, look func(*stage, string)) {
	b := demoBox(t)
	s := enterStage(t, b, "hall", "demo-hall", "/hall", hall43, look)
	s.at("nobody", `document.getElementById('welcome') && document.querySelector('.waiting-none')`)
	var all []visitor
	for i, service := range []string{"cash", "personal", "loans", "cash", "cards", "pension", "remittance"} {
		all = append(all, b.take(service))
		b.take([]string{"cash", "personal", "loans", "cards", "pension", "remittance", "new-citizen"}[i])
	}
	for i := range 4 {
		b.post(fmt.Sprintf("counters/counter-%d/open", i+1), nil)
	}
	s.at("who waits", `document.getElementById('waiting')`)
	call := func(v visitor, counter int) {
		t.Helper()
		b.post(fmt.Sprintf("counters/counter-%d/call", counter), map[string]any{"visit": v.ID, "why": "test"})
	}
	call(all[0], 1)
	s.at("a call", `document.getElementById('now-ticket')`)
	b.post("visits/"+all[0].ID+"/confirm", nil)
	b.post("visits/"+all[0].ID+"/finish", nil)
	call(all[3], 4)
	call(all[1], 2)
	call(all[4], 1)
	s.at("calls after one another", `document.querySelectorAll('#rows li, #soon li').length >= 3`)
	b.post("visits/"+all[1].ID+"/confirm", nil)
	b.post("visits/"+all[1].ID+"/finish", nil)
	b.post("visits/"+all[4].ID+"/confirm", nil)
	b.post("visits/"+all[4].ID+"/finish", nil)
	call(all[5], 2)
	call(all[6], 1)
	b.raise("fall", "kiosk-2")
	s.at("an alarm", `document.getElementById('alarm') && document.querySelectorAll('#rows li, #soon li').length >= 5`)
	s.loseTheBox()
}

// walkDoor looks at the list of the screens and at the door.
func walkDoor(t *testing.T, look func(*stage, string)) {
	b := demoBox(t)
	s := &stage{tab: screen(t, b.box, "/", laptop), b: b, role: "index", look: look}
	s.at("the list", `document.querySelectorAll('.tile').length === 6`)
	s = &stage{tab: screen(t, b.box, "/enter", laptop), b: b, role: "enter", look: look}
	for _, language := range languages() {
		s.speaks(language)
		s.goTo(b.url + "/enter?as=supervisor")
		s.at("the door in "+language, fmt.Sprintf(`document.getElementById('token') && document.documentElement.lang === %q`, language))
		s.run(`document.getElementById('token').focus()`)
		s.write("nonsense")
		s.press("Enter")
		s.until("it is refused", `document.querySelector('#message.alarm')`)
		s.allow(s.heard()...) // the 401
	}
}

// speaks makes the browser one whose person reads this language.
func (s *stage) speaks(language string) {
	s.t.Helper()
	agent := evaluate[string](s.tab, "navigator.userAgent")
	_, err := call(s.tab, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent, AcceptLanguage: language})
	if err != nil {
		s.t.Fatal(err)
	}
}

// --- millimetres ---

// measuring returns what checks the geometry of every state of a screen, shown in
// every way.
func measuring(l outfits, limits limits) func(*stage, string) {
	l.themes = []string{"light"} // colours take no room
	return func(s *stage, state string) {
		s.t.Helper()
		here := l
		if evaluate[bool](s.tab, `Boolean(document.querySelector('dialog[open]'))`) {
			here.ways = l.ways[1:2] // a dialog has a width of its own: where there is least room decides
		}
		here.each(s, func(language, size, _ string) {
			for _, finding := range s.measure(limits).Findings {
				s.t.Errorf("%s, %s, size %s, on %s: %s", state, language, size, s.panel.name, finding)
			}
		})
	}
}

// sizes are the steps of the text.
func sizes() []string { return []string{"s", "m", "l", "xl"} }

// atDesks are the panels of staff: every size where there is least room, and
// each size on at least one of the others, which have the same shape.
func atDesks() []way {
	return []way{{desk, []string{"s", "xl"}}, {laptop, sizes()}, {desk21, []string{"l"}}, {desk27, []string{"m"}}}
}

// inHands are the panels of telephones.
func inHands() []way { return []way{{phone, sizes()}, {smallPhone, sizes()}} }

// staffLimits are those of the screens at desks.
var staffLimits = limits{capMM: 4.8, targetMM: 9, scroll: true}

// phoneLimits are those of the screens on telephones.
var phoneLimits = limits{capMM: 4.8, targetMM: 15, gapMM: 2, scroll: true}

func TestEveryStateOfTheCounterFits(t *testing.T) {
	t.Parallel()
	walkCounter(t, measuring(outfits{ways: atDesks(), languages: languages()}, staffLimits))
}

func TestEveryStateOfTheSupervisorFits(t *testing.T) {
	t.Parallel()
	walkSupervisor(t, measuring(outfits{ways: atDesks(), languages: languages()}, staffLimits))
}

func TestEveryStateOfThePagerFits(t *testing.T) {
	t.Parallel()
	walkPager(t, measuring(outfits{ways: inHands(), languages: languages()}, phoneLimits))
}

func TestEveryStateOfTheCustomersTelephoneFits(t *testing.T) {
	t.Parallel()
	walkVisit(t, measuring(outfits{ways: inHands(), languages: languages()}, phoneLimits))
}

func TestEveryStateOfTheDoorFits(t *testing.T) {
	t.Parallel()
	walkDoor(t, func(s *stage, state string) {
		l := outfits{ways: []way{{laptop, []string{"s"}}, {phone, []string{"s"}}}, languages: languages(), themes: []string{"light"}}
		if s.role == "enter" { // it has the language of the browser
			l.languages = []string{evaluate[string](s.tab, "document.documentElement.lang")}
		}
		l.each(s, func(language, _, _ string) {
			for _, finding := range s.measure(staffLimits).Findings {
				s.t.Errorf("%s, %s: %s", state, language, finding)
			}
		})
	})
}

func TestEveryStateOfTheHallIsReadFromFarAway(t *testing.T) {
	t.Parallel()
	one := []string{"s"} // it has one size, and says everything in both languages
	walkHall(t, func(s *stage, state string) {
		l := outfits{ways: []way{{hall43, one}, {hallUpright, one}, {hallSmall, one}}, languages: []string{"zh-CN"}, themes: []string{"light"}}
		l.each(s, func(_, _, _ string) {
			for _, finding := range s.measure(limits{capMM: 18}).Findings {
				s.t.Errorf("%s, on %s: %s", state, s.panel.name, finding)
			}
			if s.panel != hall43 {
				return
			}
			if cap := evaluate[float64](s.tab, ticketCap); cap > 0 && cap < 61*s.panel.mm {
				s.t.Errorf("%s: the capitals of the ticket are %.1f mm high, not 61", state, cap/s.panel.mm)
			}
		})
	})
}

// ticketCap is the height of the capitals of the call now in pixels, 0 when there
// is none.
const ticketCap = `(() => {
	const ticket = document.getElementById('now-ticket');
	if (!ticket) return 0;
	const {fontWeight, fontFamily, fontSize} = getComputedStyle(ticket);
	const pen = document.createElement('canvas').getContext('2d');
	pen.font = fontWeight + ' 1000px ' + fontFamily;
	return parseFloat(fontSize) * pen.measureText('H').actualBoundingBoxAscent / 1000;
})()`

// walkIT leads the console of branch IT through all that it shows.
func walkIT(t *testing.T, look func(*stage, string)) {
	b := troubledBox(t)
	s := enterStage(t, b, "it", "demo-it", "/it", desk, look)
	section := func(state, address, condition string) {
		t.Helper()
		s.run(fmt.Sprintf(`location.hash = %q`, address))
		s.at(state, condition)
	}
	b.call(b.as("demo-supervisor"), http.MethodPost, "/api/v1/visits", map[string]any{"service": "cash", "needs": []string{}, "language": "en"}, nil)
	s.at("what is broken", `document.getElementById('trouble-lamp-2')`)
	section("the devices", "#/devices", `document.querySelectorAll('#devices tbody tr').length >= 10`)
	s.open("test-lamp-2")
	s.at("a test that failed", `document.querySelector('#outcome-lamp-2 .state')`)
	section("a broken device", "#/devices/printer-1", `document.getElementById('now') && document.getElementById('story')`)
	section("the configuration", "#/config", `document.querySelectorAll('#config-text li').length > 100`)
	section("a configuration to check", "#/config/check", `document.getElementById('candidate')`)
	s.run(`document.getElementById('candidate').focus()`)
	s.write("schema: 1\nid: Demo Branch\nname: {en: Demo}\nservices:\n  - {id: cash, prefix: AB}\n")
	s.at("a configuration with faults", `document.getElementById('fault-1')`)
	section("a comparison", "#/config/changes", `document.getElementById('changes')`)
	section("the tokens", "#/tokens", `document.querySelectorAll('#tokens tbody tr').length >= 3`)
	s.open("token-make")
	s.at("a token without a place", `document.getElementById('summary')`)
	s.run(`const role = document.getElementById('token-role'); role.value = 'supervisor'; role.dispatchEvent(new Event('change', {bubbles: true}))`)
	s.open("token-make")
	s.at("a token made", `document.getElementById('made-kept')`)
	s.open("made-kept")
	s.until("a token can be ended", `document.querySelector('[id^=end-]')`)
	s.run(`document.querySelector('[id^=end-]').click()`)
	s.at("a token to end", `document.querySelector('dialog[open]')`)
	s.open("end-keep")
	section("the box", "#/box", `document.getElementById('figures')`)
	s.open("verify-now")
	s.open("backup-now")
	s.at("the box verified and kept", `document.querySelector('#verify-report .state') && document.getElementById('backup-save')`)
	section("the log", "#/log", `document.querySelector('#events tbody tr')`)
	s.loseTheBox()
}

func TestEveryStateOfTheITConsoleFits(t *testing.T) {
	t.Parallel()
	walkIT(t, measuring(outfits{ways: atDesks(), languages: languages()}, staffLimits))
}
