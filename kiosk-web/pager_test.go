package kioskweb_test

import (
	"fmt"
	"net/http"
	"testing"
)

// pagerIn shows the pager in a language, by the button in its settings.
func (p *tab) pagerIn(language string) {
	p.t.Helper()
	if evaluate[string](p, `document.documentElement.lang`) == language {
		return
	}
	p.run(`location.hash = '#/settings'`)
	p.tap("button", phrase(p.t, language, "language.name"))
	p.run(`location.hash = '#/'`)
	p.until("the cards are back", `!document.querySelector('.settings')`)
}

func TestAPagerTakesACallToItsEnd(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	p := witnessed(t, b, "demo-pager", "/pager", phone, spokenPace)
	for i, language := range languages() {
		p.pagerIn(language)
		p.forget()
		p.contains("#off-duty", phrase(t, language, "pager.off.line"))
		p.tap("button", phrase(t, language, "pager.go-on"))
		p.contains("#quiet", phrase(t, language, "pager.quiet"))
		p.hears(phrase(t, language, "pager.on"))

		received := len(b.facts("page.delivered"))
		page := b.raise("demo-kiosk", "come-to-kiosk", fmt.Sprintf("session-of-a-pager-%d", i))
		p.until("the whole screen has changed its colour", `document.documentElement.dataset.colour === 'alarm'`)
		p.contains("#page-"+page.ID, b.nameOf(language, "kiosk-1"))
		p.contains("#page-"+page.ID, phrase(t, language, "pager.do.come-to-kiosk"))
		p.contains("#page-"+page.ID, phrase(t, language, "pager.told.only"))
		p.hears(phrase(t, language, "page.alert", "place", b.nameOf(language, "kiosk-1"), "reason", phrase(t, language, "pager.do.come-to-kiosk")))
		if got := b.awaits(received+1, "page.delivered"); got[received].Data.Page != page.ID || got[received].Data.Who != "li" {
			t.Errorf("received was %+v", got)
		}
		if evaluate[int](p, `window.witness.tones`) == 0 {
			t.Error("a call made no sound")
		}
		p.tap("button", phrase(t, language, "pager.accept"))
		p.contains("#page-"+page.ID, phrase(t, language, "page.status.accepted"))
		p.until("a touch gives the colour back", `!document.documentElement.dataset.colour`)
		p.tap("button", phrase(t, language, "pager.here"))
		p.contains("#page-"+page.ID, phrase(t, language, "pager.how"))
		p.tap("button", phrase(t, language, "page.outcome.helped"))
		p.lacks("#page-" + page.ID)
		p.contains("#quiet", phrase(t, language, "pager.quiet"))

		p.run(`location.hash = '#/settings'`)
		p.tap("button", phrase(t, language, "pager.go-off"))
		p.contains("#off-duty", phrase(t, language, "pager.off.line"))
	}
	for _, f := range b.awaits(2, "page.closed") {
		if f.Data.Page == "" {
			t.Errorf("closed was %+v", f)
		}
	}
}

func TestAPagerSaysWhoIsQuickerAndWhoCannotCome(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	p := witnessed(t, b, "demo-pager", "/pager", phone, spokenPace)
	b.call("demo-pager", http.MethodPost, "/api/v1/duty/on", map[string]any{}, nil)
	b.call("demo-pager-2", http.MethodPost, "/api/v1/duty/on", map[string]any{}, nil)
	for i, language := range languages() {
		p.pagerIn(language)
		page := b.raise("demo-kiosk", "help", fmt.Sprintf("session-of-a-race-%d", i))
		p.contains("#page-"+page.ID, phrase(t, language, "pager.do.help"))
		p.tap("button", phrase(t, language, "pager.cannot"))
		p.contains("[data-group=declined] #page-"+page.ID, b.nameOf(language, "kiosk-1"))
		b.call("demo-pager-2", http.MethodPost, "/api/v1/pages/"+page.ID+"/accept", map[string]any{}, nil)
		p.contains("[data-group=others] #page-"+page.ID, phrase(t, language, "page.step.accepted", "who", b.nameOf(language, "wang")))
		b.steer("pages/"+page.ID+"/close", map[string]any{"outcome": "helped"})
		p.lacks("#page-" + page.ID)

		// Both press; the colleague was first, and this screen has not heard of it.
		page = b.raise("demo-kiosk", "water", fmt.Sprintf("session-of-a-race-%d", i))
		p.contains("#page-"+page.ID, phrase(t, language, "pager.do.water"))
		p.allowRefusal(http.StatusConflict, b.url+"/api/v1/pages/"+page.ID+"/accept")
		p.forget()
		p.run(`window.witness.sockets.at(-1).onmessage = null; 0`)
		b.call("demo-pager-2", http.MethodPost, "/api/v1/pages/"+page.ID+"/accept", map[string]any{}, nil)
		p.tap("button", phrase(t, language, "pager.accept"))
		taken := phrase(t, language, "pager.taken", "who", b.nameOf(language, "wang"))
		p.shows("#taken-"+page.ID, taken)
		p.hears(taken)
		p.run(`window.witness.sockets.at(-1).close()`)
		p.contains("[data-group=others] #page-"+page.ID, b.nameOf(language, "wang"))
		p.allowLost()
		b.steer("pages/"+page.ID+"/close", map[string]any{"outcome": "helped"})
		p.lacks("#page-" + page.ID)
	}
}

func TestAPagerSaysThatItIsNotConnectedAndAlertsToNothingTwice(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	p := witnessed(t, b, "demo-pager", "/pager", phone, spokenPace)
	b.call("demo-pager", http.MethodPost, "/api/v1/duty/on", map[string]any{}, nil)
	for i, language := range languages() {
		p.pagerIn(language)
		page := b.raise("demo-kiosk", "help", fmt.Sprintf("session-of-a-cut-%d", i))
		p.contains("#page-"+page.ID, phrase(t, language, "pager.do.help"))
		alerted := phrase(t, language, "page.alert", "place", b.nameOf(language, "kiosk-1"), "reason", phrase(t, language, "pager.do.help"))
		p.hears(alerted)
		b.kill()
		p.contains("#lost", phrase(t, language, "pager.lost"))
		p.contains("#lost", phrase(t, language, "pager.old"))
		p.hears(phrase(t, language, "pager.lost") + " " + phrase(t, language, "pager.lost.line"))
		b.start()
		p.lacks("#lost")
		p.allowLost()
		// What comes after the cut proves that nothing was alerted to before it.
		p.tap("button", phrase(t, language, "pager.accept"))
		p.contains("#page-"+page.ID, phrase(t, language, "page.status.accepted"))
		if n := times(p.said(), alerted); n != 1 {
			t.Errorf("%q was said %d times", alerted, n)
		}
		b.steer("pages/"+page.ID+"/close", map[string]any{"outcome": "helped"})
		p.lacks("#page-" + page.ID)
		p.forget()
	}
}

func TestAnEmergencyIsMarkedAndASilentOneMakesNoSound(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	p := witnessed(t, b, "demo-pager", "/pager", phone, spokenPace)
	b.call("demo-pager", http.MethodPost, "/api/v1/duty/on", map[string]any{}, nil)
	p.contains("#quiet", phrase(t, "zh-CN", "pager.quiet"))
	p.tap("link", phrase(t, "zh-CN", "pager.settings")) // a touch: now it may sound
	p.until("sound is on", `document.querySelector('#can-sound').dataset.can === 'true'`)
	for what, key := range map[string]string{"sound": "pager.sound.on", "secure": "pager.secure.on"} {
		p.contains("#can-"+what, phrase(t, "zh-CN", key))
	}
	for i, language := range languages() {
		p.pagerIn(language)
		p.forget()
		silent := b.raise("demo-counter", "duress", "")
		p.contains("#page-"+silent.ID, phrase(t, language, "pager.emergency"))
		p.contains("#page-"+silent.ID, phrase(t, language, "pager.do.duress"))
		p.until("the colour changes", `document.documentElement.dataset.colour === 'alarm'`)
		p.until("the colour is back", `!document.documentElement.dataset.colour`)
		if n := evaluate[int](p, `window.witness.tones`); n != 0 {
			t.Errorf("a silent call made %d tones", n)
		}
		fall := b.raise("demo-kiosk", "fall", fmt.Sprintf("session-of-a-fall-%d", i))
		p.contains("#page-"+fall.ID, phrase(t, language, "pager.emergency"))
		p.until("it sounds", `window.witness.tones > 0`)
		for _, page := range []pageFacts{silent, fall} {
			b.steer("pages/"+page.ID+"/accept", nil)
			b.steer("pages/"+page.ID+"/close", map[string]any{"outcome": "helped"})
			p.lacks("#page-" + page.ID)
		}
	}
}

func TestAPagerSoundsItsTest(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	p := witnessed(t, b, "demo-pager", "/pager", phone, spokenPace)
	for _, language := range languages() {
		p.pagerIn(language)
		p.tap("link", phrase(t, language, "pager.settings"))
		p.forget()
		p.tap("button", phrase(t, language, "pager.sound.test"))
		p.until("the test sounds", `window.witness.tones > 0`)
		p.tap("link", phrase(t, language, "kiosk.back"))
	}
}
