// Every state of every screen but the kiosk's, as assistive technology has it:
// axe-core in both languages, contrast in every theme, what a state is made of,
// and the keyboard.
package kioskweb_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// everyTheme lists the themes.
func everyTheme() []string { return slices.Sorted(maps.Keys(themeContrast)) }

// auditing returns what asks axe, the states and the keyboard about every state
// of a screen.
func auditing(on panel, tongues []string, targetMM float64) func(*stage, string) {
	l := outfits{ways: []way{{on, []string{"s"}}}, languages: tongues, themes: everyTheme()}
	return func(s *stage, state string) {
		s.t.Helper()
		l.each(s, func(language, _, theme string) {
			tell := func(faults []string) {
				s.t.Helper()
				for _, fault := range faults {
					s.t.Errorf("%s, %s, %s: %s", state, language, theme, fault)
				}
			}
			// Another theme changes nothing but colours, and colours do not depend
			// on the language.
			if theme != "light" {
				if language == l.languages[0] {
					tell(s.contrastOf())
				}
				return
			}
			tell(s.axe(targetMM).Violations)
			tell(evaluate[[]string](s.tab, stateFaults))
			tell(evaluate[[]string](s.tab, iconFaults))
			if language == l.languages[0] {
				tell(s.walkByKeys())
			}
		})
	}
}

// contrastOf asks axe for the contrast of the page alone.
func (s *stage) contrastOf() []string {
	s.t.Helper()
	s.loadAxe()
	return evaluate[axeReport](s.tab, fmt.Sprintf(runAxe, 1.0, `{runOnly: {type: 'rule', values: ['color-contrast', 'color-contrast-enhanced']}, resultTypes: ['violations', 'incomplete'], preload: false}`)).Violations
}

// stateFaults names each state that is not an icon and words.
const stateFaults = `[...document.querySelectorAll('.state')].filter((e) => e.checkVisibility()).flatMap((e) => {
	const words = [...e.childNodes].filter((n) => !(n instanceof Element && n.classList.contains('icon'))).map((n) => n.textContent.trim()).join('');
	return [...(e.querySelector(':scope > .icon') ? [] : ['a state without a picture: ' + e.outerHTML]), ...(words ? [] : ['a state without words: ' + e.outerHTML])];
})`

// iconFaults names each icon that has no picture.
const iconFaults = `[...document.querySelectorAll('.icon')].filter((e) => !getComputedStyle(e).getPropertyValue('--icon').includes('/tabler/'))
	.map((e) => 'an icon without a picture: ' + e.outerHTML)`

// stop is what Tab has come to.
type stop struct {
	Name string
	Ring float64 // width of the focus ring in pixels
	Seen bool    // whether it is where somebody sees it
}

// stopHere reads it from the page, null when nothing of the page has the focus,
// and marks it.
const stopHere = `(() => {
	const e = document.activeElement, label = e?.closest('label') ?? (e?.classList.contains('unseen') ? e.labels?.[0] : null);
	if (!e || e === document.body || e.tabIndex < 0) return null;
	e.dataset.stop = '';
	const r = (label ?? e).getBoundingClientRect();
	const hit = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
	const ring = [e, label].map((x) => x && getComputedStyle(x)).find((x) => x && x.outlineStyle !== 'none');
	return {
		Name: e.id || e.outerHTML.slice(0, 100), Ring: ring ? parseFloat(ring.outlineWidth) : 0,
		Seen: Boolean(hit && ((label ?? e).contains(hit) || hit.contains(e))),
	};
})()`

// notStopped names what can be pressed and was not come to. One of the buttons of
// a group that is walked with the arrow keys stands for all.
const notStopped = `[...(document.querySelector('dialog:modal') ?? document).querySelectorAll(
	'a[href], button:not([disabled]), input:not([disabled]):not([type=hidden]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex="0"]')]
	.filter((e) => e.checkVisibility({visibilityProperty: true}) && e.dataset.stop === undefined)
	.filter((e) => !(e.type === 'radio' && document.querySelector('input[type=radio][data-stop][name="' + e.name + '"]')))
	.map((e) => 'Tab does not come to ' + (e.id || e.outerHTML.slice(0, 120)))`

// walkByKeys presses Tab through the page until it begins anew, and says what it
// did not come to, and where it did not show.
func (s *stage) walkByKeys() []string {
	s.t.Helper()
	forget := `for (const e of document.querySelectorAll('[data-stop]')) delete e.dataset.stop`
	s.run(`document.activeElement?.blur?.()`)
	const most = 200
	var faults []string
	seen := map[string]bool{}
	for range most {
		s.press("Tab")
		at := evaluate[*stop](s.tab, stopHere)
		if at == nil { // the end of the page, which begins anew
			continue
		}
		if seen[at.Name] {
			break
		}
		seen[at.Name] = true
		if at.Ring < s.panel.mm-0.1 {
			faults = append(faults, fmt.Sprintf("the focus ring of %s is %.2f mm wide", at.Name, at.Ring/s.panel.mm))
		}
		if !at.Seen {
			faults = append(faults, "the focus is where nobody sees it, on "+at.Name)
		}
	}
	faults = append(faults, evaluate[[]string](s.tab, notStopped)...)
	s.run(forget)
	return faults
}

func TestEveryStateOfTheCounterIsForEverybody(t *testing.T) {
	t.Parallel()
	walkCounter(t, auditing(desk, languages(), 9))
}

func TestEveryStateOfTheSupervisorIsForEverybody(t *testing.T) {
	t.Parallel()
	walkSupervisor(t, auditing(desk, languages(), 9))
}

func TestEveryStateOfThePagerIsForEverybody(t *testing.T) {
	t.Parallel()
	walkPager(t, auditing(phone, languages(), 15))
}

func TestEveryStateOfTheCustomersTelephoneIsForEverybody(t *testing.T) {
	t.Parallel()
	walkVisit(t, auditing(phone, languages(), 15))
}

func TestEveryStateOfTheHallIsForEverybody(t *testing.T) {
	t.Parallel()
	walkHall(t, auditing(hall43, []string{"zh-CN"}, 9))
}

func TestEveryStateOfTheDoorIsForEverybody(t *testing.T) {
	t.Parallel()
	walkDoor(t, func(s *stage, state string) {
		tongues := languages()
		if s.role == "enter" {
			tongues = []string{evaluate[string](s.tab, "document.documentElement.lang")}
		}
		auditing(laptop, tongues, 9)(s, state)
	})
}

func TestAnUpdateDoesNotTakeTheFocusAway(t *testing.T) {
	t.Parallel()
	b := demoBox(t)
	b.post("counters/counter-1/open", map[string]any{"staff": "li"})
	v := b.take("cash")
	other := b.raise("help", "kiosk-2")
	for _, test := range []struct {
		role, token, path, id string
		on                    panel
		update                func()
		updated               string
	}{
		{"counter", "demo-counter", "/counter", "call-colleague", desk, func() { b.take("personal") }, `document.querySelectorAll('.next li').length === 2`},
		{"supervisor", "demo-supervisor", "/supervisor", "tile-counter-2", desk, func() { b.post("counters/counter-2/open", nil) }, `document.querySelector('#tile-counter-2.free')`},
		{"pager", "demo-pager", "/pager", "accept-" + other.ID, phone, func() { b.raise("wheelchair", "kiosk-1") }, `document.querySelectorAll('.page').length === 2`},
		{"visit", v.Key, "/visit", "look", phone, func() { b.post("visits/"+v.ID+"/away", nil) }, `document.getElementById('back')`},
	} {
		s := enterStage(t, b, test.role, test.token, test.path, test.on, nil)
		s.until(test.id+" is there", fmt.Sprintf(`document.getElementById(%q)`, test.id))
		s.run(fmt.Sprintf(`document.getElementById(%q).focus()`, test.id))
		test.update()
		s.until("it is updated", test.updated)
		if got := evaluate[string](s.tab, `document.activeElement.id`); got != test.id {
			t.Errorf("%s: the focus went from %s to %q", test.role, test.id, got)
		}
	}
}

func TestAStateOfColourAloneIsFound(t *testing.T) {
	p := newProfile(t).open(pages(t)+"/testdata/pages/calm.html", small())
	p.run(`for (const parts of [['b'], ['span'], ['span', 'b']]) {
		const state = document.createElement('p');
		state.className = 'state';
		for (const part of parts) state.append(Object.assign(document.createElement(part), part === 'b' ? {textContent: 'Open'} : {className: 'icon'}));
		document.body.append(state);
	}`)
	got := evaluate[[]string](p, stateFaults)
	if len(got) != 2 || !strings.HasPrefix(got[0], "a state without a picture: ") || !strings.HasPrefix(got[1], "a state without words: ") {
		t.Errorf("found %q", got)
	}
}

func TestEveryStateOfTheITConsoleIsForEverybody(t *testing.T) {
	t.Parallel()
	walkIT(t, auditing(desk, languages(), 9))
}
