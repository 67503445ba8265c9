package kioskweb_test

import (
	"fmt"
	"net/http"
	"testing"
)

// visitIn shows the customer's phone in a language, by its button.
func (p *tab) visitIn(language string) {
	p.t.Helper()
	if evaluate[string](p, `document.documentElement.lang`) != language {
		p.tap("button", phrase(p.t, language, "language.name"))
	}
	p.until("the phone is in "+language, fmt.Sprintf(`document.documentElement.lang === %q`, language))
}

func TestACustomersPhoneFollowsTheVisit(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	b.steer("counters/counter-1/open", nil)
	for _, language := range languages() {
		v := b.give("cash", "slow-speech")
		// The key on the slip signs in to this one visit.
		p := witnessedIn(newProfile(t), b, v.Key, "/visit", phone, spokenPace)
		if evaluate[bool](p, fmt.Sprintf(`JSON.stringify({...localStorage, ...sessionStorage, at: location.href}).includes(%q)`, v.Key)) {
			t.Error("the key was kept")
		}
		p.visitIn(language)
		p.contains("h1", v.Ticket)
		p.shows("#state", phrase(t, language, "kiosk.is-next"))

		p.tap("button", phrase(t, language, "kiosk.away"))
		away := phrase(t, language, "kiosk.is-away", "minutes", "15")
		p.shows("#state", away)
		p.hears(away)
		p.tap("button", phrase(t, language, "kiosk.back"))
		p.shows("#state", phrase(t, language, "kiosk.is-next"))
		p.hears(phrase(t, language, "kiosk.is-next"))

		p.forget()
		b.callNext("counter-1")
		called := phrase(t, language, "kiosk.go-to", "counter", b.nameOf(language, "counter-1"))
		p.shows("#state", called)
		p.hears(called)
		p.until("the phone rings", `window.witness.tones > 0`)
		// Once, also when the line is lost and comes back.
		p.run(`window.witness.sockets.at(-1).close()`)
		p.until("it is back", `window.witness.sockets.at(-1).readyState === WebSocket.OPEN && !document.querySelector('.offline')`)
		p.allowLost()
		b.steer("visits/"+v.ID+"/confirm", nil)
		p.shows("#state", phrase(t, language, "visit.serving", "counter", b.nameOf(language, "counter-1")))
		p.hears(called)
		b.steer("visits/"+v.ID+"/finish", nil)
		p.until("it is over", fmt.Sprintf(`[%q, %q].some((words) => document.body.textContent.includes(words))`, phrase(t, language, "visit.finished"), phrase(t, language, "visit.gone")))
	}
}

func TestACustomersPhoneCallsForHelpAndLeaves(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	b.call("demo-pager", http.MethodPost, "/api/v1/duty/on", map[string]any{}, nil)
	for i, language := range languages() {
		v := b.give("cash")
		p := witnessedIn(newProfile(t), b, v.Key, "/visit", phone, spokenPace)
		p.visitIn(language)
		p.tap("button", phrase(t, language, "kiosk.call"))
		var open []pageFacts
		eventually(t, patience, "somebody is called", func() bool {
			b.call("demo-supervisor", http.MethodGet, "/api/v1/pages?state=open", nil, &open)
			return len(open) == 1
		})
		if open[0].Visit != v.ID || open[0].Count != 1 {
			t.Errorf("called was %+v", open[0])
		}
		b.call("demo-pager", http.MethodPost, "/api/v1/pages/"+open[0].ID+"/accept", map[string]any{}, nil)
		accepted := phrase(t, language, "page.step.accepted", "who", b.nameOf(language, "li"))
		p.contains("#call-state", accepted)
		p.tap("button", phrase(t, language, "kiosk.help.cancel"))
		p.lacks("#call-state")
		p.hears(phrase(t, language, "page.step.cancelled"))

		p.tap("link", phrase(t, language, "kiosk.leave"))
		p.sees("heading", phrase(t, language, "kiosk.leave.question", "ticket", v.Ticket))
		p.tap("link", phrase(t, language, "kiosk.stay"))
		p.shows("#state", phrase(t, language, "kiosk.is-next"))
		p.tap("link", phrase(t, language, "kiosk.leave"))
		p.tap("button", phrase(t, language, "kiosk.cancel"))
		p.until("it is over", fmt.Sprintf(`[%q, %q].some((words) => document.body.textContent.includes(words))`, phrase(t, language, "visit.removed"), phrase(t, language, "visit.gone")))
		if got := b.awaits(i+1, "visit.cancelled"); got[i].Data.Visit != v.ID {
			t.Errorf("cancelled was %+v", got)
		}
	}
}
