package kioskweb_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
)

// before adds a script that each page of the tab runs before its own.
func (p *tab) before(script string) {
	p.t.Helper()
	if _, err := call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		p.t.Fatal(err)
	}
}

// enter signs the tab in with a token and waits for the page at path.
func (p *tab) enter(url, token, path string) {
	p.t.Helper()
	p.goTo(url + "/enter#" + token)
	p.arrive(url + path)
}

func TestEveryFileAndDocumentHasTheSecureHeaders(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	for _, name := range filesBelow(t, "static") {
		address := "/static/" + name
		if document, is := strings.CutSuffix(name, ".html"); is {
			address = "/" + strings.TrimSuffix(document, "index")
		}
		response, err := http.Get(b.url + address)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", address, response.Status)
		}
		for _, fault := range unfenced(response.Header) {
			t.Errorf("%s: %s", address, fault)
		}
	}
}

// unfenced says what is wrong with the headers of a file of the screens.
func unfenced(header http.Header) []string {
	var wrong []string
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if got := header.Values(name); !slices.Equal(got, []string{want}) {
			wrong = append(wrong, fmt.Sprintf("%s is %q", name, got))
		}
	}
	policy := strings.Split(header.Get("Content-Security-Policy"), "; ")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'",
		"form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types lit-html"} {
		if !slices.Contains(policy, want) {
			wrong = append(wrong, "the policy lacks "+want)
		}
	}
	if regexp.MustCompile(`unsafe|nonce|sha256|http|\*`).MatchString(header.Get("Content-Security-Policy")) {
		wrong = append(wrong, fmt.Sprintf("the policy is %q", policy))
	}
	if header.Get("Content-Type") == "" || header.Get("Set-Cookie") != "" || header.Get("Access-Control-Allow-Origin") != "" {
		wrong = append(wrong, fmt.Sprintf("the headers are %v", header))
	}
	return wrong
}

func TestCommandIdsComeFromChanceThatEveryPageHas(t *testing.T) {
	var chance int
	for _, name := range ownFiles(t, ".js") {
		for _, token := range tokens(string(read(t, name))) {
			if token.kind == word && token.text == "randomUUID" {
				t.Errorf("%s:%d: randomUUID is absent on plain http", name, token.line)
			}
			if token.kind == word && token.text == "getRandomValues" {
				chance++
			}
		}
	}
	if chance != 1 {
		t.Errorf("ids are drawn in %d places, want the one of core/api.js", chance)
	}
}

// enterOn presses Enter on what a selector names, when it is there: a key is never
// taken for the tremor of a finger.
func (p *tab) enterOn(selector string) {
	p.t.Helper()
	p.until(selector+" has the focus", fmt.Sprintf(`(document.querySelector(%[1]q)?.focus(), document.activeElement?.matches(%[1]q))`, selector))
	p.press("Enter")
}

// notSecure makes a page believe that it came over plain http from another
// machine, where these do not exist.
const notSecure = `Object.defineProperty(window, 'isSecureContext', {get: () => false});
	crypto.randomUUID = () => { throw new Error('randomUUID was used'); };
	delete Navigator.prototype.wakeLock; delete Navigator.prototype.serviceWorker;
	Object.defineProperty(Crypto.prototype, 'subtle', {get: () => undefined});`

func TestATicketIsTakenWithoutWhatOnlySecurePagesHave(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	for language, url := range map[string]string{"zh-CN": b.url, "en": strings.Replace(b.url, "127.0.0.1", "localhost", 1)} {
		k := newProfile(t).open("about:blank", upright15)
		k.before(notSecure)
		k.enter(url, "demo-kiosk", "/kiosk")
		k.sees("heading", phrase(t, "zh-CN", "kiosk.welcome", "branch", "示范支行"))
		if language == "en" {
			k.enterOn("#language")
			k.until("the words are English", `document.documentElement.lang === 'en'`)
		}
		k.run(`location.hash = '#/service'`)
		k.enterOn("main[data-page=service] button")
		k.until("the choice is to be confirmed", `document.querySelector('main[data-page=confirm]')`)
		k.sees("button", phrase(t, language, "kiosk.take"))
		k.enterOn("#take")
		k.until("there is a ticket", `document.querySelector('main[data-page=ticket] .code')?.textContent`)
	}
}

// insecureName is a name that the browser of the tests finds on this machine,
// and that is no secure origin for it.
const insecureName = "branch.test"

func TestOnAPageOfPlainHTTPIdsAreMadeAllTheSame(t *testing.T) {
	t.Parallel()
	named := strings.Replace(pages(t), "127.0.0.1", insecureName, 1)
	p := newProfile(t).open(named+"/testdata/pages/calm.html", desk)
	if evaluate[bool](p, `isSecureContext || 'randomUUID' in crypto`) {
		t.Fatal("the page is secure: this proves nothing")
	}
	ids := evaluate[[]string](p, `import('/static/js/core/api.js').then(({newId}) => Array.from({length: 100}, newId))`)
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 100 || !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(ids[0]) {
		t.Errorf("ids such as %s", ids[0])
	}
}

func TestUnderAnotherNameTheBoxDoesNotAnswer(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	named := strings.Replace(b.url, "127.0.0.1", insecureName, 1)
	p := newProfile(t).open(named+"/kiosk", desk)
	// The browser may ask for the icon of the page after the test has looked.
	p.allow("error: Failed to load resource: the server responded with a status of 421 (Misdirected Request) (" + named + "/favicon.ico)")
	p.until("it is misdirected", `document.body.innerText.includes('"misdirected"')`)
	if evaluate[bool](p, `document.querySelector('script, #screen') !== null`) {
		t.Error("a screen was sent")
	}
	for _, fault := range p.heard() {
		if !strings.Contains(fault, "421 (Misdirected Request)") && !strings.Contains(fault, "the URL's origin was untrustworthy") {
			t.Error(fault)
		}
	}
	p.faults.forget()
}

func TestThePagerListsWhatThisBrowserCannotDo(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	lacking := b.profile().open("about:blank", phone)
	lacking.before(notSecure + `delete Navigator.prototype.vibrate; sessionStorage.clear();`)
	lacking.enter(b.url, "demo-pager", "/pager")
	able := screen(t, b, "/pager", phone)
	for _, language := range languages() {
		for _, p := range []*tab{lacking, able} {
			p.run(`location.hash = '#/settings'`)
			p.until("the settings are open", `document.querySelector('.can')`)
			if evaluate[string](p, `document.documentElement.lang`) != language {
				p.click("button", phrase(t, language, "language.name"))
			}
		}
		for _, what := range []string{"vibrate", "awake", "secure"} {
			wantAbility(t, lacking, what, phrase(t, language, "pager."+what+".off")+"\n"+phrase(t, language, "pager."+what+".do"))
			wantAbility(t, able, what, phrase(t, language, "pager."+what+".on"))
		}
	}
}

// wantAbility fails unless the pager says these lines of an ability.
func wantAbility(t *testing.T, p *tab, what, want string) {
	t.Helper()
	script := fmt.Sprintf(`document.getElementById('can-%s').innerText.split('\n').map((s) => s.trim()).filter(Boolean).join('\n')`, what)
	if got := evaluate[string](p, script); got != want {
		t.Errorf("%s: the pager says %q, want %q", what, got, want)
	}
}

// seats lists each screen with the token of its role.
func seats(key string) [][2]string {
	return [][2]string{{"demo-kiosk", "/kiosk"}, {"demo-hall", "/hall"}, {"demo-counter", "/counter"}, {"demo-pager", "/pager"},
		{"demo-supervisor", "/supervisor"}, {"demo-it", "/it"}, {key, "/visit"}, {"", "/enter"}, {"", "/"}}
}

// attempts are ways in which text becomes code or markup; each answers whether
// it was refused.
func attempts() map[string]string {
	refused := func(act string) string {
		return `(() => { try { ` + act + `; return 'done' } catch (e) { return e instanceof TypeError || e instanceof EvalError ? '' : String(e) } })()`
	}
	return map[string]string{
		"innerHTML":          refused(`document.getElementById('screen').innerHTML = '<b>x</b>'`),
		"outerHTML":          refused(`document.getElementById('screen').outerHTML = '<b>x</b>'`),
		"insertAdjacentHTML": refused(`document.body.insertAdjacentHTML('beforeend', '<b>x</b>')`),
		"document.write":     refused(`document.write('<b>x</b>')`),
		"DOMParser":          refused(`new DOMParser().parseFromString('<b>x</b>', 'text/html')`),
		"srcdoc":             refused(`document.createElement('iframe').srcdoc = '<b>x</b>'`),
		"script text":        refused(`document.createElement('script').textContent = '1'; document.createElement('script').text = '1'`),
		"script address":     refused(`document.createElement('script').src = '/static/js/core/api.js'`),
		"a timer":            refused(`setTimeout('1')`),
		"a handler":          refused(`document.body.setAttribute('onclick', '1')`),
		"another policy":     refused(`trustedTypes.createPolicy('mine', {createHTML: (s) => s})`),
		"lit's policy again": refused(`trustedTypes.createPolicy('lit-html', {createHTML: (s) => s})`),
		"a frame":            `(() => { const f = document.createElement('iframe'); f.src = '/kiosk'; document.body.append(f); f.remove(); return '' })()`,
		"the cookie":         `document.cookie`,
	}
}

func TestNoScreenTurnsTextIntoMarkupOrCode(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	var visit struct{ Key string }
	b.call("demo-kiosk", http.MethodPost, "/api/v1/visits", map[string]any{"service": "cash", "language": "en"}, &visit)
	p := b.profile().open("about:blank", desk)
	for _, seat := range seats(visit.Key) {
		token, path := seat[0], seat[1]
		if token == "" {
			p.goTo(b.url + path)
		} else {
			p.enter(b.url, token, path)
		}
		p.until(path+" is drawn", `document.querySelector('#screen h1')`)
		if got := p.heard(); len(got) > 0 {
			t.Fatalf("%s: %q", path, got)
		}
		for what, script := range attempts() {
			if got := evaluate[string](p, script); got != "" {
				t.Errorf("%s: %s: %s", path, what, got)
			}
		}
		if !evaluate[bool](p, `document.querySelector('#screen h1') && !document.querySelector('#screen > b')`) {
			t.Errorf("%s was changed", path)
		}
		p.faults.forget()
	}
}

// forget drops what a test has provoked on purpose and judged itself.
func (f *faults) forget() {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.heard = nil
}

// A page of another port is the same site to a browser, so that even a Strict
// cookie goes along: only the origin tells it from the box's own.
func TestAPageOfAnotherOriginCannotActAsWhoeverIsSignedIn(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	signIn(t, b, "demo-supervisor", "/supervisor", desk)
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><link rel=icon href=data:,><title>x</title><p>Look at this`)
	}))
	t.Cleanup(evil.Close)
	p := b.profile().open(evil.URL, desk)
	open := b.url + "/api/v1/counters/counter-1/open"
	for what, script := range map[string]string{
		"a form's post":  fmt.Sprintf(`fetch(%q, {method: 'POST', mode: 'no-cors', credentials: 'include', body: '{}'}).then(() => '', () => '')`, open),
		"a JSON post":    fmt.Sprintf(`fetch(%q, {method: 'POST', credentials: 'include', headers: {'Content-Type': 'application/json'}, body: '{}'}).then(() => 'answered', () => '')`, open),
		"reading":        fmt.Sprintf(`fetch(%q, {credentials: 'include'}).then(() => 'answered', () => '')`, b.url+"/api/v1/branch"),
		"a live line":    fmt.Sprintf(`new Promise((told) => { const s = new WebSocket(%q, 'handrail.v1'); s.onopen = () => told('open'); s.onerror = () => told('') })`, strings.Replace(b.url, "http", "ws", 1)+"/api/v1/live?as=supervisor&topics=supervisor"),
		"a script of it": fmt.Sprintf(`new Promise((told) => { const s = document.createElement('script'); s.onload = () => told('loaded'); s.onerror = () => told(''); s.src = %q; document.head.append(s) })`, b.url+"/static/js/core/time.js"),
		"a frame of it":  fmt.Sprintf(`new Promise((told) => { const f = document.createElement('iframe'); f.onload = () => { try { told(f.contentDocument ? 'readable' : '') } catch { told('') } }; f.src = %q; document.body.append(f) })`, b.url+"/supervisor"),
	} {
		if got := evaluate[string](p, script); got != "" {
			t.Errorf("%s: %s", what, got)
		}
	}
	var branch struct {
		Counters []struct{ ID, State string }
	}
	b.call("demo-supervisor", http.MethodGet, "/api/v1/branch", nil, &branch)
	if branch.Counters[0].ID != "counter-1" || branch.Counters[0].State != "closed" {
		t.Errorf("the counter is now %+v", branch.Counters[0])
	}
	p.faults.forget()
}

func TestNoDocumentOrTemplateHasCodeOrStyleOfItsOwn(t *testing.T) {
	for _, name := range ownFiles(t, ".html") {
		for _, fault := range inlined(string(read(t, name))) {
			t.Errorf("%s: %s", name, fault)
		}
	}
	for _, name := range ownFiles(t, ".js") {
		for _, token := range tokens(string(read(t, name))) {
			if token.kind == template && (token.tag == "html" || token.tag == "svg") {
				for _, fault := range inlined(token.text) {
					t.Errorf("%s:%d: %s", name, token.line, fault)
				}
			}
			if why := sinks()[token.text]; token.kind == word && why != "" {
				t.Errorf("%s:%d: %s: %s", name, token.line, token.text, why)
			}
		}
	}
	for _, name := range ownFiles(t, ".css") {
		if found := regexp.MustCompile(`(?i)@import|expression\(|https?:|javascript:`).FindString(string(read(t, name))); found != "" {
			t.Errorf("%s has %s", name, found)
		}
	}
}

// sinks names what no script of the screens may use, and why.
func sinks() map[string]string {
	why := map[string]string{}
	for _, name := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "parseHTMLUnsafe", "DOMParser",
		"createContextualFragment", "srcdoc", "unsafeHTML", "unsafeSVG", "unsafeStatic", "cssText", "createPolicy"} {
		why[name] = "text becomes markup"
	}
	for _, name := range []string{"eval", "Function", "importScripts"} {
		why[name] = "text becomes code"
	}
	return why
}

// inlined says what markup has that the policy forbids: code, style, handlers
// and addresses that are code. In a template a hole stands for what is filled
// in; @click=… is lit's and no attribute.
func inlined(markup string) []string {
	var found []string
	for _, element := range regexp.MustCompile(`(?is)<([a-z][a-z0-9-]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>`).FindAllStringSubmatch(markup, -1) {
		name, attributes := strings.ToLower(element[1]), element[2]
		switch name {
		case "style", "base", "iframe", "object", "embed":
			found = append(found, "<"+name+">")
		case "script":
			if !regexp.MustCompile(`(?i)\ssrc="/static/[a-z/.]+\.js"`).MatchString(attributes) {
				found = append(found, "a script without an address of ours")
			}
		case "meta":
			if strings.Contains(strings.ToLower(attributes), "http-equiv") {
				found = append(found, "<meta http-equiv>")
			}
		}
		for _, attribute := range regexp.MustCompile(`(?is)([^\s"'=/>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]*))?`).FindAllStringSubmatch(attributes, -1) {
			found = append(found, wrongAttribute(strings.ToLower(attribute[1]), strings.ToLower(strings.Trim(attribute[2], `"'`)))...)
		}
	}
	if regexp.MustCompile(`(?is)<script[^>]*>\s*[^\s<]`).MatchString(markup) {
		found = append(found, "code in a script element")
	}
	return found
}

// wrongAttribute says what is wrong with an attribute, both in small letters.
func wrongAttribute(name, value string) []string {
	switch {
	case name == "style" || name == ".style" || name == ".innerhtml" || name == ".srcdoc" || name == "srcdoc":
		return []string{name + "=" + value}
	case strings.HasPrefix(name, "on"):
		return []string{"a handler " + name}
	case regexp.MustCompile(`^\s*(javascript|vbscript):|^data:text`).MatchString(value):
		return []string{name + "=" + value}
	}
	return nil
}

func TestCodeAndStyleInMarkupAreFound(t *testing.T) {
	for markup, want := range map[string]int{
		`<p class="a" @click=${x}>on click=1, style=2</p>`:                            0,
		`<script type="module" src="/static/js/a/b.js"></script>`:                     0,
		`<img alt="a > b" src="data:image/svg+xml,x"><a href="#/x" data-on="1">x</a>`: 0,
		`<script>x()</script>`:                    2,
		`<script src="//evil/x.js"></script>`:     1,
		`<p style="color: red">`:                  1,
		`<p title="a > b" ONCLICK='x()'>`:         1,
		`<p .innerHTML=${x}>`:                     1,
		`<a href=" javascript:x()">`:              1,
		`<a href='data:text/html,x'>`:             1,
		`<style>p {}</style><base href="/">`:      2,
		`<meta http-equiv="refresh" content="0">`: 1,
		`<iframe srcdoc="x"></iframe>`:            2,
		"<svg onload=x>":                          1,
	} {
		if got := inlined(markup); len(got) != want {
			t.Errorf("%s: %q, want %d", markup, got, want)
		}
	}
}
