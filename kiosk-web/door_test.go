package kioskweb_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"
)

// screenRoles are the roles that have a screen, in the order of the list.
func screenRoles() []string { return []string{"kiosk", "hall", "counter", "pager", "supervisor", "it"} }

func TestTheListOfTheDemoBranchSignsInToEachScreen(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	p := screen(t, b, "/", desk)
	for _, language := range languages() {
		p.until("the list has words", `document.querySelector('h1')`)
		p.speakIn(language)
		p.sees("heading", phrase(t, language, "index.title"))
		for _, role := range screenRoles() {
			p.sees("link", phrase(t, language, "role."+role)+" "+phrase(t, language, "index."+role))
		}
		if got := evaluate[int](p, `document.querySelectorAll('main a').length`); got != len(screenRoles()) {
			t.Errorf("the list has %d links", got)
		}
	}
	for _, role := range screenRoles() {
		p.bringToFront()
		p.click("link", phrase(t, "en", "role."+role)+" "+phrase(t, "en", "index."+role))
		eventually(t, patience, "the link leads to /"+role, func() bool { return slices.Contains(openPages(p), b.url+"/"+role) })
	}
	if got := cookies(p); len(got) != len(screenRoles()) {
		t.Errorf("signed in as %v", got)
	}
}

// openPages lists the addresses of all tabs of the browser.
func openPages(p *tab) []string {
	p.t.Helper()
	found, err := call(p, target.GetTargets, target.GetTargetsParams{})
	if err != nil {
		p.t.Fatal(err)
	}
	var urls []string
	for _, info := range found.TargetInfos {
		urls = append(urls, info.URL)
	}
	return urls
}

// cookies lists the names of the cookies that the tab's page is sent with.
func cookies(p *tab) []string {
	p.t.Helper()
	found, err := call(p, network.GetCookies, network.GetCookiesParams{URLs: []string{evaluate[string](p, `location.origin`)}})
	if err != nil {
		p.t.Fatal(err)
	}
	var names []string
	for _, cookie := range found.Cookies {
		names = append(names, cookie.Name)
	}
	return names
}

func TestATokenOpensItsScreenAndIsGoneFromTheAddress(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	for _, role := range []string{"kiosk", "counter", "supervisor"} {
		p := witnessedIn(newProfile(t), b, "demo-"+role, "/"+role, desk, spokenPace)
		if got := evaluate[string](p, `location.href`); got != b.url+"/"+role {
			t.Errorf("arrived at %s", got)
		}
		if evaluate[bool](p, `JSON.stringify({...localStorage, ...sessionStorage}).includes('demo-')`) {
			t.Error("the token was kept")
		}
		// What is behind in the history does not hold the secret either.
		p.run(`history.back()`)
		p.until("the page before has loaded", fmt.Sprintf(`location.href !== %q && document.readyState === 'complete'`, b.url+"/"+role))
		if evaluate[bool](p, `location.href.includes('demo-')`) {
			t.Error("the address before holds the token")
		}
	}
}

func TestAWrongTokenIsSaidAndNothingIsKept(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	p := screen(t, b, "/", desk)
	p.allowRefusal(http.StatusUnauthorized, b.url+"/api/v1/session")
	for _, language := range languages() {
		browseIn(p, language)
		p.goTo(b.url + "/")
		p.goTo(b.url + "/enter#not-a-token")
		p.shows("#message", phrase(t, language, "enter.unknown"))
		p.until("it is read aloud", fmt.Sprintf(`document.querySelector('[role=status]').textContent === %q`, phrase(t, language, "enter.unknown")))
		if got := evaluate[string](p, `location.href`); got != b.url+"/enter" {
			t.Errorf("the address is %s", got)
		}
		if got := cookies(p); len(got) != 0 {
			t.Errorf("signed in as %v", got)
		}
		if evaluate[bool](p, `JSON.stringify({...localStorage, ...sessionStorage}).includes('not-a-token')`) {
			t.Error("the token was kept")
		}
	}
	// The same door opens for who has the right one, typed.
	p.click("textbox", phrase(t, "en", "enter.token"))
	p.write("demo-counter")
	p.click("button", phrase(t, "en", "enter.go"))
	p.arrive(b.url + "/counter")
}

// browseIn makes the browser one of somebody who reads this language.
func browseIn(p *tab, language string) {
	p.t.Helper()
	agent := evaluate[string](p, `navigator.userAgent`)
	if _, err := call(p, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent, AcceptLanguage: language}); err != nil {
		p.t.Fatal(err)
	}
}

func TestAnEndedSessionLeadsToTheDoor(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	for _, who := range []map[string]any{
		{"role": "counter", "place": "counter-1", "note": "test"},
		{"role": "hall", "place": "hall-1", "note": "test"},
		{"role": "pager", "place": "li", "note": "test"},
	} {
		role := who["role"].(string)
		var made struct{ ID, Token string }
		b.call("demo-it", http.MethodPost, "/api/v1/tokens", who, &made)
		p := witnessed(t, b, made.Token, "/"+role, desk, spokenPace)
		for _, url := range []string{"session", "branch"} {
			p.allowRefusal(http.StatusUnauthorized, b.url+"/api/v1/"+url)
		}
		b.call("demo-it", http.MethodDelete, "/api/v1/tokens/"+made.ID, nil, nil)
		ended := time.Now()
		p.until("the door is shown", fmt.Sprintf(`location.href === %q`, b.url+"/enter?as="+role))
		// The box is told of within the second; far less than the ten until the
		// screen would ask by itself.
		if took := time.Since(ended); took > 5*time.Second {
			t.Errorf("%s: the door came after %v", role, took)
		}
		p.contains("main.door", phrase(t, "en", "role."+role))
	}
}
