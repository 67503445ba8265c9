package kioskweb_test

import (
	"fmt"
	"net/http"
	"testing"
)

// kiosk is the screen of kiosk-1.
type kiosk struct {
	*tab
	box      *box
	language string
}

// startKiosk starts a box and signs its kiosk in; the kiosk is at its first page
// in that language.
func startKiosk(t *testing.T, language string, on panel, args ...string) *kiosk {
	t.Helper()
	return kioskOf(startBox(t, args...), language, on)
}

// kioskOf signs a kiosk in on a box that runs.
func kioskOf(b *box, language string, on panel) *kiosk {
	b.t.Helper()
	k := &kiosk{signIn(b.t, b, "demo-kiosk", "/kiosk", on), b, language}
	k.until("the first page is shown and live", `document.querySelector('main') && !document.querySelector('.offline')`)
	if language != "zh-CN" {
		k.click("button", phrase(b.t, language, "language.name"))
		k.at("welcome")
	}
	return k
}

// say is a phrase in the kiosk's language.
func (k *kiosk) say(key string, args ...string) string {
	k.t.Helper()
	return phrase(k.t, k.language, key, args...)
}

// at waits until a page is shown.
func (k *kiosk) at(page string) {
	k.t.Helper()
	k.until("the page is "+page, fmt.Sprintf(`document.querySelector('main')?.dataset.page === %q && document.documentElement.lang === %q`, page, k.language))
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

// aVisit is what the box says of a visit.
type aVisit struct {
	ID, Ticket, Key, State, Language, Class string
	Needs                                   []string
}

// takeTicket makes a visit as another kiosk would.
func (b *box) takeTicket(service, language string, needs ...string) aVisit {
	b.t.Helper()
	var made aVisit
	b.call("demo-supervisor", http.MethodPost, "/api/v1/visits", map[string]any{"service": service, "needs": append([]string{}, needs...), "language": language}, &made)
	return made
}
