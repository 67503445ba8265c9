package kioskweb_test

import "testing"

func TestEveryPageOfAKioskPassesAxeInEveryTheme(t *testing.T) {
	for _, language := range languages() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			k := startKiosk(t, "zh-CN", upright15)
			made := k.takeTicket("cash", "zh-CN")
			k.axeIn(language, "#/", "#/needs", "#/service", "#/confirm/cash", "#/scan", "#/display", "#/help", "#/time", "#/calibrate")
			k.scanTicket(made)
			k.run(`document.getElementById('help').click()`)
			k.until("the band tells the call", `document.querySelector('#call-state .icon')`)
			k.axeIn(language, "#/", "#/help", "#/ticket", "#/visit", "#/leave")
		})
	}
}

// axeIn runs axe over these pages in each theme; a need and large print are
// chosen, so that each state of a choice is seen.
func (k *kiosk) axeIn(language string, addresses ...string) {
	k.t.Helper()
	for _, theme := range []string{"light", "dark", "yellow", "high", "low-glare"} {
		k.wear(look{language, "s", theme, false})
		for _, address := range addresses {
			k.visit(address)
			if address == "#/scan" {
				k.run(`document.getElementById('show').click()`) // nothing was read
			}
			k.mustPassAxe(20)
		}
	}
}
