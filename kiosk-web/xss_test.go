package kioskweb_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// How many characters a name of a configuration and a free text may have, and
// how many zones a branch.
const (
	longestName = 40
	longestText = 200
	mostZones   = 50
)

// attacks returns the stored texts that would be code if a screen, a slip or a
// voice took them for more than text, and those short enough to be a name.
func attacks(t *testing.T) (texts, names []string) {
	t.Helper()
	texts = strings.Split(strings.TrimSpace(string(read(t, "testdata/xss.txt"))), "\n")
	for _, text := range texts {
		if n := utf8.RuneCountInString(text); n <= longestName {
			names = append(names, text)
		} else if n > longestText {
			t.Fatalf("too long for every field: %s", text)
		}
	}
	if slices.Sort(slices.Clone(texts)); len(texts) < 60 || len(slices.Compact(slices.Sorted(slices.Values(texts)))) != len(texts) {
		t.Fatalf("there are %d texts, or some twice", len(texts))
	}
	if len(names) < 40 || len(names) > mostZones {
		t.Fatalf("there are %d names", len(names))
	}
	return texts, names
}

// attackedBranch writes the configuration of a branch in which every name is an
// attack: there is a service, zone, kiosk, counter and member of staff of each.
func attackedBranch(t *testing.T, names []string) string {
	t.Helper()
	type fields = map[string]any
	var services, zones, halls, kiosks, counters, staff []fields
	devices := []fields{{"id": "speaker", "kind": "speaker", "driver": "sim", "place": "hall-0"}}
	for i, text := range names {
		name := fields{"zh-CN": text, "en": names[(i+1)%len(names)]}
		mouth := fields{"hall": id("hall", i)}
		if i == 0 {
			mouth = fields{"device": "speaker"}
		}
		prefix := string([]rune{rune('A' + i/26), rune('A' + i%26)})
		services = append(services, fields{"id": id("service", i), "prefix": prefix, "name": name, "minutes": 5})
		zones = append(zones, fields{"id": id("zone", i), "name": name, "speaker": mouth})
		halls = append(halls, fields{"id": id("hall", i), "zone": id("zone", i)})
		kiosks = append(kiosks, fields{"id": id("kiosk", i), "name": name, "zone": "zone-0"})
		counters = append(counters, fields{"id": id("counter", i), "name": name, "zone": "zone-0"})
		staff = append(staff, fields{"id": id("staff", i), "name": name, "level": 0})
		devices = append(devices, fields{"id": id("printer", i), "kind": "printer", "driver": "sim", "place": id("kiosk", i)})
	}
	branch := fields{"id": "attacked", "name": fields{"zh-CN": `"><img src=x onerror=alert(1)>`, "en": "</title><script>alert(1)</script>"},
		"services": services, "zones": zones, "halls": halls, "kiosks": kiosks, "counters": counters, "staff": staff, "devices": devices,
		"pages": fields{"plan": fields{"levels": []fields{{"waitSeconds": 1}, {"waitSeconds": 1}, {"waitSeconds": 600, "hall": true}}, "loops": 1}}}
	raw, err := json.Marshal(branch) // YAML holds JSON
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "branch.yaml")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func id(what string, i int) string { return fmt.Sprintf("%s-%d", what, i) }

// attacked is a box whose every text is an attack.
type attacked struct {
	*box
	texts, names []string
	it           string
	supervisor   string
	tokens       map[string]string // by role
	visit        string            // of the telephone
	key          string
}

// token makes a token over the admin socket's command line or, with a token of
// branch IT, over HTTP.
func (a *attacked) token(by, role, place, note string) string {
	a.t.Helper()
	var made struct{ Token string }
	a.call(by, http.MethodPost, "/api/v1/tokens", map[string]string{"role": role, "place": place, "note": note}, &made)
	return made.Token
}

// startAttacked starts the box and puts each text into each field that a role
// may write.
func startAttacked(t *testing.T) *attacked {
	t.Helper()
	texts, names := attacks(t)
	a := &attacked{texts: texts, names: names, tokens: map[string]string{}}
	a.box = startBox(t, "--config", attackedBranch(t, names))
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, "token", "create", "--data", a.args[2], "--role", "it").Output()
	if err != nil {
		t.Fatal(err)
	}
	a.it = strings.TrimSpace(string(out))
	for role, place := range map[string]string{"kiosk": "kiosk-0", "hall": "hall-0", "counter": "counter-0", "pager": "staff-0", "supervisor": "", "it": ""} {
		a.tokens[role] = a.token(a.it, role, place, "")
	}
	a.supervisor = a.tokens["supervisor"]
	for i, text := range texts {
		a.write(i, text)
	}
	var visit struct{ ID, Key string }
	a.call(a.tokens["kiosk"], http.MethodPost, "/api/v1/visits", map[string]any{"service": "service-0", "language": "zh-CN"}, &visit)
	a.visit, a.key = visit.ID, visit.Key
	return a
}

// write puts one text into every free field: a visit is called with it, parked
// with it, its counter paused with it, and a token noted with it. The visit is
// made at a kiosk, whose printer prints it; a page is raised there and accepted.
func (a *attacked) write(i int, text string) {
	a.t.Helper()
	n := i % len(a.names)
	post := func(token, path string, body map[string]any, out any) {
		a.t.Helper()
		a.call(token, http.MethodPost, "/api/v1/"+path, body, out)
	}
	var visit, page struct{ ID string }
	post(a.supervisor, "visits", map[string]any{"service": id("service", n), "language": languages()[i%2]}, &visit)
	counter := "counters/" + id("counter", n)
	post(a.supervisor, counter+"/open", map[string]any{"staff": id("staff", n)}, nil)
	post(a.supervisor, counter+"/call", map[string]any{"visit": visit.ID, "why": text}, nil)
	post(a.supervisor, "visits/"+visit.ID+"/confirm", map[string]any{}, nil)
	post(a.supervisor, "visits/"+visit.ID+"/park", map[string]any{"minutes": 240, "reason": text}, nil)
	post(a.supervisor, counter+"/pause", map[string]any{"reason": text}, nil)
	post(a.supervisor, "visits", map[string]any{"service": id("service", n), "language": "en"}, nil)
	pager := a.token(a.tokens["it"], "pager", id("staff", n), text)
	if i >= len(a.names) {
		return
	}
	post(a.supervisor, "pages", map[string]any{"reason": "help", "place": id("kiosk", n)}, &page)
	post(pager, "duty/on", map[string]any{}, nil)
	if i%2 == 1 {
		post(pager, "pages/"+page.ID+"/accept", map[string]any{}, nil)
	}
}

// shown returns the text of a page as people see it, each space one.
const shown = `[document.body.innerText, document.title, ...Array.from(document.querySelectorAll('option, svg text, textarea, input'), (e) => e.value ?? e.textContent)]
	.join('\n').replace(/[\s\u00a0]+/g, ' ')`

// harmless lists elements that a text has become.
const harmless = `Array.from(document.querySelectorAll('*')).filter((e) => e.matches('script:not([src^="/static/js/"]), iframe, object, embed, base, style, math, meta[http-equiv], foreignObject, animate, use, video, link:not([href^="/static/"]), form[action], img:not([src^="data:image/svg+xml,"]), a[href^="javascript:" i], a[href^="data:"], [srcdoc], [formaction]')
	|| Array.from(e.attributes).some((a) => /^on/i.test(a.name))).map((e) => e.outerHTML.slice(0, 120)).concat(document.querySelectorAll('#screen').length === 1 ? [] : ['#screen is another'])`

// wants waits until the page shows all these texts, each as it was written, and
// holds that none has become anything else.
func (p *tab) wants(where string, texts []string) {
	p.t.Helper()
	var missing []string
	wanted, err := json.Marshal(append([]string{}, texts...))
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() {
		if len(missing) > 0 {
			p.t.Logf("%s lacks %q", where, missing)
		}
	}()
	eventually(p.t, patience, where+" shows every text", func() bool {
		missing = evaluate[[]string](p, fmt.Sprintf(`((all) => %s.filter((text) => !all.includes(text)))(%s)`, wanted, shown))
		return len(missing) == 0
	})
	for _, became := range evaluate[[]string](p, harmless) {
		p.t.Errorf("%s: a text has become %s", where, became)
	}
	for _, fault := range p.heard() {
		p.t.Errorf("%s: %s", where, fault)
	}
}

// show opens a state of the screen.
func (p *tab) show(fragment string) {
	p.t.Helper()
	p.run(fmt.Sprintf(`location.hash = %q`, fragment))
}

func TestAStoredTextIsOnlyTextOnEveryScreen(t *testing.T) {
	t.Parallel()
	a := startAttacked(t)
	for _, screen := range []struct {
		name string
		look func(*testing.T, *attacked)
	}{
		{"kiosk", lookAtKiosk}, {"counter", lookAtCounter}, {"visit", lookAtVisit}, {"hall", lookAtHall},
		{"pager", lookAtPager}, {"supervisor", lookAtSupervisor}, {"it", lookAtIT}, {"door", lookAtDoor},
	} {
		t.Run(screen.name, func(t *testing.T) {
			copied := *a
			b := *a.box
			b.t, b.own = t, nil
			copied.box = &b
			screen.look(t, &copied)
		})
	}
}

// others returns the names without the first: a counter does not offer itself.
func (a *attacked) others() []string { return a.names[1:] }

func lookAtKiosk(t *testing.T, a *attacked) {
	k := signIn(t, a.box, a.tokens["kiosk"], "/kiosk", upright15)
	k.wants("the welcome", []string{`"><img src=x onerror=alert(1)>`})
	for first := 0; first < len(a.names); first += 4 {
		k.show(fmt.Sprintf("#/service/%d", first/4+1))
		k.wants("the services", a.names[first:min(first+4, len(a.names))])
	}
	for i, name := range a.names {
		if i%5 > 0 { // one page of each kind shows any name alike
			continue
		}
		k.show(fmt.Sprintf("#/service/%d", i/4+1))
		k.until("the services of the page are there", fmt.Sprintf(`document.querySelectorAll('main[data-page=service] button')[%d]?.innerText.includes(%q)`, i%4, name))
		k.run(fmt.Sprintf(`document.querySelectorAll('main[data-page=service] button')[%d].click()`, i%4))
		k.until("it is to be confirmed", `document.querySelector('main[data-page=confirm]')`)
		k.wants("what is to be confirmed", []string{name})
	}
	k.enterOn("#take")
	k.until("there is a ticket", `document.querySelector('main[data-page=ticket] .code')`)
	k.wants("the ticket", nil)
	for _, page := range []string{"#/visit", "#/leave", "#/display", "#/needs", "#/scan", "#/help"} {
		k.show(page)
		k.wants(page, nil)
	}
	k.show(`#/needs/"><img src=x onerror=alert(1)>`)
	k.wants("an address that is an attack", nil)
}

func lookAtHall(t *testing.T, a *attacked) {
	h := signIn(t, a.box, a.tokens["hall"], "/hall", hall43)
	const batch = 2 // the call now and the one before: there is no room for more of such names
	for first := 0; first < len(a.names); first += batch {
		var called []string
		for i := first; i < min(first+batch, len(a.names)); i++ {
			a.tries("counters/"+id("counter", i)+"/open", nil)
			a.tries("counters/"+id("counter", i)+"/call-next", nil)
			called = append(called, a.names[i])
		}
		h.wants("the calls", called)
	}
	h.until("an alarm is shown", `document.getElementById('alarm')`)
	h.wants("the alarm", nil)
}

func lookAtCounter(t *testing.T, a *attacked) {
	c := signIn(t, a.box, a.tokens["counter"], "/counter", desk)
	c.wants("the counter", a.names[:1])
	var visit struct{ ID string }
	a.call(a.supervisor, http.MethodPost, "/api/v1/counters/counter-0/open", map[string]any{"staff": "staff-0"}, nil)
	a.call(a.supervisor, http.MethodPost, "/api/v1/counters/counter-0/call-next", map[string]any{}, &visit)
	a.call(a.supervisor, http.MethodPost, "/api/v1/visits/"+visit.ID+"/confirm", map[string]any{}, nil)
	c.until("somebody is served", `document.querySelector('[data-moment=serving]')`)
	c.press("t")
	c.wants("where to transfer", a.others())
	c.press("Escape")
	c.until("the dialog is closed", `!document.querySelector('dialog')`)
	for key, name := range map[string]string{"p": "park", "f": "otherwise", "h": "help"} {
		c.press(key)
		c.until("the dialog "+name, fmt.Sprintf(`document.querySelector('dialog[data-dialog=%s]')`, name))
		c.wants(name, nil)
		c.press("Escape")
		c.until("the dialog is closed", `!document.querySelector('dialog')`)
	}
	c.press("n")
	c.until("the counter may be closed", `document.querySelector('[data-moment=free] #close:not([aria-disabled=true])')`)
	c.press("c")
	c.until("the counter is closed", `document.querySelector('[data-moment=closed] #primary:not([aria-disabled=true])')`)
	c.press("n")
	c.wants("who opens", a.names)
}

// tries asks for what may be so already: a counter open, its visit called.
func (a *attacked) tries(path string, out any) {
	a.t.Helper()
	err := a.ask(a.supervisor, http.MethodPost, "/api/v1/"+path, map[string]any{}, out)
	if err != nil && !strings.HasPrefix(err.Error(), "409") {
		a.t.Fatalf("%s: %v", path, err)
	}
}

func lookAtPager(t *testing.T, a *attacked) {
	p := signIn(t, a.box, a.tokens["pager"], "/pager", phone)
	p.wants("the calls for help", a.names)
	p.show("#/settings")
	p.wants("the settings", nil)
}

func lookAtSupervisor(t *testing.T, a *attacked) {
	s := signIn(t, a.box, a.supervisor, "/supervisor#/floor", desk)
	s.wants("the floor", a.names)
	for _, section := range []string{"#/visits", "#/pages", "#/day"} {
		s.show(section)
		s.wants(section, map[string][]string{"#/visits": a.names, "#/pages": a.names}[section])
	}
	s.show("#/floor")
	s.enterOn("#tile-counter-1")
	s.wants("a counter", a.names)
	s.press("Escape")
	s.enterOn("#tile-kiosk-1")
	s.wants("a kiosk", nil)
	s.press("Escape")
	s.show("#/visits")
	s.enterOn("#visit-" + a.visit)
	s.wants("a visit", nil)
	s.press("Escape")
}

func lookAtIT(t *testing.T, a *attacked) {
	i := signIn(t, a.box, a.tokens["it"], "/it#/devices", desk)
	i.wants("the devices", a.names)
	i.show("#/tokens")
	i.wants("the tokens", a.texts)
	i.show("#/log")
	i.wants("the log", nil)
	i.show("#/box")
	i.wants("the box", nil)
	i.show("#/")
	i.wants("the overview", nil)
	i.show("#/devices/printer-0")
	i.until("there is paper", `document.querySelector('svg text')`)
	i.wants("the paper", []string{`"><img src=x onerror=alert(1)>`, a.names[0]})
	i.show("#/config")
	i.wants("the configuration in force", []string{"attacked"})
	i.show("#/config/check")
	var candidate strings.Builder
	var lines []string
	for _, text := range a.texts {
		fmt.Fprintf(&candidate, "'%s': 1\n", strings.ReplaceAll(text, "'", "''"))
		if !strings.Contains(text, "'") {
			lines = append(lines, text)
		}
	}
	i.until("a configuration can be typed", `(document.getElementById('candidate')?.focus(), document.activeElement?.id === 'candidate')`)
	i.write(candidate.String())
	i.until("each line is judged", fmt.Sprintf(`document.querySelectorAll('#summary li').length > %d`, len(a.texts)))
	i.wants("what is wrong with a configuration", nil)
	i.show("#/config/changes")
	i.wants("what would change", lines)
}

func lookAtVisit(t *testing.T, a *attacked) {
	v := signIn(t, a.box, a.key, "/visit", phone)
	v.wants("the telephone", []string{`"><img src=x onerror=alert(1)>`})
	a.call(a.supervisor, http.MethodPost, "/api/v1/counters/counter-2/open", map[string]any{}, nil)
	a.call(a.supervisor, http.MethodPost, "/api/v1/counters/counter-2/call", map[string]any{"visit": a.visit, "why": a.texts[0]}, nil)
	v.wants("a call", []string{a.names[2]})
	v.show("#/leave")
	v.wants("leaving", nil)
}

func lookAtDoor(t *testing.T, a *attacked) {
	d := screen(t, a.box, "/enter?as=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", phone)
	d.until("the door is drawn", `document.querySelector('#screen h1')`)
	d.wants("a role that is an attack", []string{"<img src=x onerror=alert(1)>"})
	for _, token := range []string{"%", "<img src=x onerror=alert(1)>", "javascript:alert(1)"} {
		d.goTo(a.url + "/")
		d.goTo(a.url + "/enter#" + token)
		d.until("the door has answered", `document.querySelector('#message.alarm')`)
		d.allow("error: Failed to load resource: the server responded with a status of 401 (Unauthorized) (" + a.url + "/api/v1/session)")
		d.wants("a token that is an attack", nil)
	}
}

// request is a POST.
type request struct {
	token, path string
	body        map[string]any
}

// freeTexts returns a request for each free text of the API, with text in it.
func freeTexts(visit, text string) map[string]request {
	return map[string]request{
		"the reason of parking": {"demo-supervisor", "/api/v1/visits/" + visit + "/park", map[string]any{"minutes": 5, "reason": text}},
		"the reason of a pause": {"demo-supervisor", "/api/v1/counters/counter-1/pause", map[string]any{"reason": text}},
		"why somebody is next":  {"demo-supervisor", "/api/v1/counters/counter-1/call", map[string]any{"visit": visit, "why": text}},
		"the note of a token":   {"demo-it", "/api/v1/tokens", map[string]any{"role": "it", "note": text}},
	}
}

// onlyWords returns a request for each field of the API that takes a word of the
// branch and nothing else.
func onlyWords(text string) map[string]request {
	visits := func(field string, value any) request {
		body := map[string]any{"service": "cash", "language": "en"}
		body[field] = value
		return request{"demo-supervisor", "/api/v1/visits", body}
	}
	return map[string]request{
		"a service":           visits("service", text),
		"a language":          visits("language", text),
		"a need":              visits("needs", []string{text}),
		"a class":             visits("class", text),
		"a reason":            {"demo-supervisor", "/api/v1/pages", map[string]any{"reason": text, "place": "kiosk-1"}},
		"a place":             {"demo-supervisor", "/api/v1/pages", map[string]any{"reason": "help", "place": text}},
		"a session":           {"demo-supervisor", "/api/v1/pages", map[string]any{"reason": "help", "place": "kiosk-1", "session": text}},
		"a member of staff":   {"demo-supervisor", "/api/v1/counters/counter-3/open", map[string]any{"staff": text}},
		"an ability":          {"demo-pager", "/api/v1/duty/on", map[string]any{"abilities": []string{text}}},
		"the role of a token": {"demo-it", "/api/v1/tokens", map[string]any{"role": text}},
		"the place of one":    {"demo-it", "/api/v1/tokens", map[string]any{"role": "kiosk", "place": text}},
	}
}

func TestATextThatTurnsOrHidesOthersIsRefusedInEveryField(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	var visit struct{ ID string }
	b.call("demo-kiosk", http.MethodPost, "/api/v1/visits", map[string]any{"service": "cash", "language": "en"}, &visit)
	for _, text := range []string{"a\u0000b", "a\nb", "a\u001b[2Jb", "a\u0085b", "a\u2028b", "a\u202eb", "a\u2066b", "a\u200fb", "a\u061cb"} {
		for field, r := range freeTexts(visit.ID, text) {
			if err := b.ask(r.token, http.MethodPost, r.path, r.body, nil); err == nil || !strings.HasPrefix(err.Error(), "422") || !strings.Contains(err.Error(), "control") {
				t.Errorf("%s with %q: %v", field, text, err)
			}
		}
		var report struct{ Problems []struct{ Line int } }
		quoted, _ := json.Marshal(text)
		b.call("demo-it", http.MethodPost, "/api/v1/config/check", map[string]any{"yaml": "id: x\nname: {zh-CN: " + string(quoted) + ", en: x}\n"}, &report)
		if !slices.ContainsFunc(report.Problems, func(p struct{ Line int }) bool { return p.Line == 2 }) {
			t.Errorf("a name %q: %+v", text, report.Problems)
		}
	}
}

func TestAnAttackIsNoWordOfTheBranch(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	for _, text := range []string{"<script>alert(1)</script>", "{{constructor}}", "cash\u202e", "__proto__\u0000"} {
		for field, r := range onlyWords(text) {
			if err := b.ask(r.token, http.MethodPost, r.path, r.body, nil); err == nil || !strings.HasPrefix(err.Error(), "422") {
				t.Errorf("%s %q: %v", field, text, err)
			}
		}
	}
}

func TestATextThatHasBecomeMoreIsFound(t *testing.T) {
	p := newProfile(t).open(pages(t)+"/testdata/pages/calm.html", desk)
	p.run(`document.querySelector('main').id = 'screen'; 0`)
	before := evaluate[[]string](p, harmless) // it has scripts and styles of its own
	for _, element := range []string{"base", "style", "iframe", "video", "math"} {
		p.run(fmt.Sprintf(`document.body.append(document.createElement(%q)); 0`, element))
	}
	p.run(`document.body.append(Object.assign(document.createElement('a'), {href: 'JavaScript:x()'})); 0`)
	p.run(`document.body.append(Object.assign(document.createElement('form'), {id: 'screen', action: '/x'})); 0`)
	if got := evaluate[[]string](p, harmless); len(got) != len(before)+8 {
		t.Errorf("found %q", got)
	}
	p.faults.forget()
}
