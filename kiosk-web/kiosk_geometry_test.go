package kioskweb_test

import (
	"fmt"
	"math"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

// look is how a person has set the kiosk.
type look struct {
	language, size, theme string
	motor                 bool
}

func (l look) String() string {
	if l.motor {
		return l.language + ", size " + l.size + ", larger buttons"
	}
	return l.language + ", size " + l.size
}

// limitsOf is what the kiosk promises at a look: R4, R15 and R16.
func (l look) limits() limits {
	capitals := map[string]float64{"s": 4.8, "m": 6.4, "l": 7.4, "xl": 8.5}
	target := 20.0
	if l.motor {
		target = 30
	}
	return limits{capMM: capitals[l.size], targetMM: target, gapMM: 3}
}

// setLook presses the kiosk's own buttons until it looks so.
const setLook = `(async ({language, size, theme, motor}) => {
	const {dataset} = document.documentElement, sizes = ['s', 'm', 'l', 'xl'];
	const press = (id) => document.getElementById(id).click();
	if (document.documentElement.lang !== language) press('language');
	while (dataset.size !== size) press(sizes.indexOf(dataset.size) < sizes.indexOf(size) ? 'larger-text' : 'smaller-text');
	if ((dataset.motor === 'on') !== motor) { await find('motor'); press('motor'); }
	if (dataset.theme !== theme) { await find('theme-' + theme); press('theme-' + theme); }
	async function find(id) {
		for (let n = 1; n < 9; n++) {
			await goTo('#/display/' + n);
			if (document.getElementById(id)) return;
		}
	}
})`

// wear makes the kiosk look so. It presses a key of no meaning, too: somebody is
// there.
func (k *kiosk) wear(l look) {
	k.t.Helper()
	k.press("F14")
	k.run(fmt.Sprintf(`(async () => { const goTo = %s; await %s({language: %q, size: %q, theme: %q, motor: %t}) })()`, goTo, setLook, l.language, l.size, l.theme, l.motor))
	k.language = l.language
}

// everyPage visits these addresses and, where a list has more pages, those too.
func (k *kiosk) everyPage(addresses []string, look func(address string)) {
	k.t.Helper()
	for _, address := range addresses {
		for address != "" {
			k.visit(address)
			look(address)
			address = evaluate[string](k.tab, `(() => {
				const more = document.getElementById('more')?.getAttribute('href') ?? '';
				const n = (a) => Number(a.match(/\d+$/)?.[0] ?? 1);
				return n(more) > n(location.hash) ? more : '';
			})()`)
		}
	}
}

// fits measures the page at a look; what is wrong is told with the look. The
// button that calls a person is where it was on the page before.
func (k *kiosk) fits(l look, address, also string) {
	k.t.Helper()
	found := k.measure(l.limits())
	help := k.rects("#help")[0]
	if l != k.helpLook {
		k.helpLook, k.help = l, help
	}
	for side := range help {
		if math.Abs(help[side]-k.help[side]) > 1 {
			k.t.Errorf("%s, %s%s: help is at %.1f, elsewhere at %.1f", l, address, also, help, k.help)
			break
		}
	}
	step := evaluate[string](k.tab, `document.documentElement.dataset.fit + document.documentElement.dataset.actions[0]`)
	for _, finding := range found.Findings {
		k.t.Errorf("%s, %s%s, fit %s: %s", l, address, also, step, finding)
	}
	if len(found.Findings) > 0 && os.Getenv("HANDRAIL_SHOTS") != "" {
		k.shot(fmt.Sprintf("%s %s %s%s", k.panel.name, l, strings.Trim(strings.ReplaceAll(address, "/", "-"), "#-"), also))
	}
}

// kioskLooks are all sizes in both languages, and large buttons at the ends of the
// sizes where there is least room.
func kioskLooks(on panel) []look {
	var all []look
	for _, language := range languages() {
		for _, size := range []string{"s", "m", "l", "xl"} {
			all = append(all, look{language, size, "light", false})
		}
		if on == upright15 || on == wide10 {
			all = append(all, look{language, "s", "light", true}, look{language, "xl", "light", true})
		}
	}
	return all
}

// looksInACall are those in which the band of a call is measured, too: a panel
// of 27 inches has room to spare.
func looksInACall(on panel) []look {
	return slices.DeleteFunc(kioskLooks(on), func(l look) bool { return on.mm == wide27.mm && l.size != "xl" })
}

// pagesWithoutTicket are the pages that whoever comes in may see.
func pagesWithoutTicket() []string {
	return []string{"#/", "#/needs", "#/service", "#/confirm", "#/confirm/new-citizen", "#/scan", "#/display", "#/help", "#/time", "#/calibrate"}
}

func TestEveryPageOfAKioskFitsItsPanelAtEverySize(t *testing.T) {
	for _, on := range kioskPanels() {
		t.Run(on.name, func(t *testing.T) {
			t.Parallel()
			k := startKiosk(t, "zh-CN", on)
			k.fitWithoutTicket(kioskLooks(on), "")
			k.fitWithTicket(kioskLooks(on), "")
			k.callAndAccept()
			k.fitWithoutTicket(looksInACall(on), inACall)
			k.fitWithTicket(looksInACall(on), inACall)
		})
	}
}

// inACall says that the band of a call is shown.
const inACall = ", during a call"

// firstPages measures these pages, and of a list the first page.
func (k *kiosk) firstPages(addresses []string, l look, also string) {
	k.t.Helper()
	for _, address := range addresses {
		k.visit(address)
		k.fits(l, address, also)
	}
}

// fitWithoutTicket measures what a person sees before there is a ticket.
func (k *kiosk) fitWithoutTicket(looks []look, also string) {
	k.t.Helper()
	for _, l := range looks {
		k.wear(l)
		// A panel with room for every page of a list has it beside the band, too.
		if also == inACall && k.panel != wide10 {
			k.firstPages(pagesWithoutTicket(), l, also)
		} else {
			k.everyPage(pagesWithoutTicket(), func(address string) { k.fits(l, address, also) })
		}
		k.visit("#/scan")
		k.run(`document.getElementById('show').click()`)
		k.fits(l, "#/scan", also+", not read")
	}
}

// fitWithTicket measures what a person sees with a ticket, in each state of it.
func (k *kiosk) fitWithTicket(looks []look, also string) {
	k.t.Helper()
	made := k.takeTicket("new-citizen", "zh-CN")
	k.scanTicket(made)
	k.measureLooks(looks, []string{"#/ticket", "#/visit", "#/leave"}, also+", waiting")
	k.decide("visits/"+made.ID+"/away", struct{}{})
	k.visit("#/visit")
	k.until("the ticket is away", `document.getElementById('back') && document.querySelector('.actions #back')`)
	k.measureLooks(looks, []string{"#/visit"}, also+", away")
	k.decide("visits/"+made.ID+"/cancel", struct{}{})
	k.until("the ticket has ended", `!document.getElementById('leave')`)
	k.measureLooks(looks, []string{"#/visit"}, also+", ended")
	k.run(`document.getElementById('done').click()`)
	k.language = "zh-CN"
}

func (k *kiosk) measureLooks(looks []look, addresses []string, also string) {
	k.t.Helper()
	for _, l := range looks {
		k.wear(l)
		k.firstPages(addresses, l, also)
	}
}

// callAndAccept calls for help; somebody comes.
func (k *kiosk) callAndAccept() {
	k.t.Helper()
	k.run(`document.getElementById('help').click()`)
	k.box.call("demo-pager", http.MethodPost, "/api/v1/pages/"+k.openCall().ID+"/accept", struct{}{}, nil)
	k.band(phrase(k.t, k.language, "kiosk.band.accepted", "who", map[string]string{"zh-CN": "李经理", "en": "Manager Li"}[k.language]))
}

func TestTheLongestNewsOfACallFits(t *testing.T) {
	t.Parallel()
	k := ownBranch(t, "zh-CN", map[string]string{"waitSeconds: 30": "waitSeconds: 1", "waitSeconds: 60": "waitSeconds: 1", "loops: 5": "loops: 1"})
	k.run(`document.getElementById('help').click()`)
	k.band(k.say("kiosk.band.alarmed"))
	for _, on := range kioskPanels() {
		k.changePanel(on)
		for _, l := range kioskLooks(on) {
			k.wear(l)
			k.band(k.say("kiosk.band.alarmed"))
			k.visit("#/help")
			k.at("help", k.say("page.step.alarmed"))
			k.fits(l, "#/help", ", alarmed")
			k.visit("#/confirm/cash")
			k.fits(l, "#/confirm/cash", ", alarmed")
		}
	}
}

// changePanel puts the kiosk on another panel, as if it had been installed there.
func (k *kiosk) changePanel(on panel) {
	k.t.Helper()
	k.panel = on
	if _, err := do(k.tab, on.emulate()); err != nil {
		k.t.Fatal(err)
	}
	k.run(fmt.Sprintf(`document.documentElement.style.setProperty('--mm', '%gpx'); dispatchEvent(new Event('resize'))`, on.mm))
	k.until("the panel has its size", fmt.Sprintf(`innerWidth === %d && innerHeight === %d`, on.width, on.height))
}

// moreSpace is the spacing that a reader may ask of any page: R6, WCAG 1.4.12.
const moreSpace = `(() => {
	const sheet = new CSSStyleSheet();
	sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }');
	document.adoptedStyleSheets = [sheet];
	dispatchEvent(new Event('resize'));
})()`

func TestMoreSpaceInTheTextIsBorne(t *testing.T) {
	t.Parallel()
	k := startKiosk(t, "zh-CN", upright15)
	k.run(moreSpace)
	plain := []look{{"zh-CN", "s", "light", false}, {"en", "s", "light", false}}
	k.fitWithoutTicket(plain, ", with more space")
	k.fitWithTicket(plain, ", with more space")
}
