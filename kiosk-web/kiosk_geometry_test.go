package kioskweb_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
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

// fits measures the page at a look; what is wrong is told with the look.
func (k *kiosk) fits(l look, address, also string) {
	k.t.Helper()
	found := k.measure(l.limits())
	step := evaluate[string](k.tab, `document.documentElement.dataset.fit + document.documentElement.dataset.actions[0]`)
	if step[0] == '5' {
		k.t.Logf("%s, %s%s: gives up the strip: %s", l, address, also, evaluate[string](k.tab, `(() => { document.documentElement.dataset.fit = '4'; const out = [...document.querySelectorAll('html, main, .choice, .words, .button, .band, .fits, .take, .choices')].filter((b) => b.scrollWidth > b.clientWidth + 1 || b.scrollHeight > b.clientHeight + 1 && !b.matches('.words')).map((b) => b.tagName + '.' + b.className + '#' + b.id + ' ' + (b.scrollWidth - b.clientWidth) + ' ' + (b.scrollHeight - b.clientHeight)).join('; '); document.documentElement.dataset.fit = '5'; return out; })()`))
	}
	for _, finding := range found.Findings {
		k.t.Errorf("%s, %s%s, fit %s: %s", l, address, also, step, finding)
	}
	if len(found.Findings) > 0 && os.Getenv("HANDRAIL_SHOTS") != "" {
		k.shot(fmt.Sprintf("%s %s %s%s", k.panel.name, l, strings.Trim(strings.ReplaceAll(address, "/", "-"), "#-"), also))
	}
}

// looks are those of a panel: both languages, all sizes, and large buttons at
// the ends of the sizes.
func looks() []look {
	var all []look
	for _, language := range languages() {
		for _, size := range []string{"s", "m", "l", "xl"} {
			all = append(all, look{language, size, "light", false})
		}
		for _, size := range []string{"s", "xl"} {
			all = append(all, look{language, size, "light", true})
		}
	}
	return all
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
			k.fitWithoutTicket("")
			k.fitWithTicket("")
			k.callAndAccept()
			k.fitWithoutTicket(", during a call")
			k.fitWithTicket(", during a call")
		})
	}
}

// fitWithoutTicket measures what a person sees before there is a ticket.
func (k *kiosk) fitWithoutTicket(also string) {
	k.t.Helper()
	for _, l := range looks() {
		k.wear(l)
		k.everyPage(pagesWithoutTicket(), func(address string) { k.fits(l, address, also) })
		k.visit("#/scan")
		k.run(`document.getElementById('show').click()`)
		k.fits(l, "#/scan", also+", not read")
	}
}

// fitWithTicket measures what a person sees with a ticket, in each state of it.
func (k *kiosk) fitWithTicket(also string) {
	k.t.Helper()
	made := k.box.takeTicket("new-citizen", "zh-CN")
	k.scan(made)
	k.measureLooks([]string{"#/ticket", "#/visit", "#/leave"}, also+", waiting")
	k.box.call("demo-supervisor", http.MethodPost, "/api/v1/visits/"+made.ID+"/away", struct{}{}, nil)
	k.visit("#/visit")
	k.until("the ticket is away", `document.getElementById('back') && document.querySelector('.actions #back')`)
	k.measureLooks([]string{"#/visit"}, also+", away")
	k.box.call("demo-supervisor", http.MethodPost, "/api/v1/visits/"+made.ID+"/cancel", struct{}{}, nil)
	k.until("the ticket has ended", `!document.getElementById('leave')`)
	k.measureLooks([]string{"#/visit"}, also+", ended")
	k.run(`document.getElementById('done').click()`)
}

func (k *kiosk) measureLooks(addresses []string, also string) {
	k.t.Helper()
	for _, l := range looks() {
		k.wear(l)
		k.everyPage(addresses, func(address string) { k.fits(l, address, also) })
	}
}

// scan holds a ticket to the kiosk's scanner.
func (k *kiosk) scan(made aVisit) {
	k.t.Helper()
	k.visit("#/scan")
	k.until("the scan field waits", `document.activeElement?.id === 'code'`)
	k.write(k.box.url + "/enter#" + made.Key)
	k.press("Enter")
	k.until("the ticket's page", `location.hash === '#/visit' && document.querySelector('.qr img')`)
}

// callAndAccept calls for help; somebody comes.
func (k *kiosk) callAndAccept() {
	k.t.Helper()
	k.run(`document.getElementById('help').click()`)
	var open []struct{ ID string }
	eventually(k.t, patience, "the box has the call", func() bool {
		k.box.call("demo-pager", http.MethodGet, "/api/v1/pages?state=open", nil, &open)
		return len(open) == 1
	})
	k.box.call("demo-pager", http.MethodPost, "/api/v1/pages/"+open[0].ID+"/accept", struct{}{}, nil)
	k.until("somebody comes", `document.querySelector('#call-state .icon') && document.querySelector('.band-words').textContent.includes('李经理') || document.querySelector('.band-words')?.textContent.includes('Manager Li')`)
}

// hurriedBranch is the demo branch, in which a call that nobody answers is an
// alarm after a few seconds.
func hurriedBranch(t *testing.T) string {
	t.Helper()
	demo := string(read(t, "../config/demo.yaml"))
	for old, hurried := range map[string]string{"waitSeconds: 30": "waitSeconds: 1", "waitSeconds: 60": "waitSeconds: 1", "loops: 5": "loops: 1"} {
		if !strings.Contains(demo, old) {
			t.Fatalf("the demo branch has no %q", old)
		}
		demo = strings.ReplaceAll(demo, old, hurried)
	}
	path := filepath.Join(t.TempDir(), "branch.yaml")
	if err := os.WriteFile(path, []byte(demo), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
