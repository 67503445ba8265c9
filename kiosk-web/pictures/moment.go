package main

import "fmt"

// The tokens of the demo branch.
const (
	kiosk      = "demo-kiosk"
	kiosk2     = "demo-kiosk-2"
	counter    = "demo-counter"
	pager      = "demo-pager"
	pager2     = "demo-pager-2"
	supervisor = "demo-supervisor"
	branchIT   = "demo-it"
)

// play leads the branch through a busy moment and takes each picture when its
// time has come.
func (s *studio) play() {
	s.door()
	s.kiosksAtRest()
	hall := s.enter("demo-hall", "/hall", hall43)
	s.take("hall-night", hall)
	quiet := s.pagerQuiet()
	s.branchFills()
	s.kioskJourney(quiet)
	s.counterAtWork(hall)
	s.ownPhone()
	s.supervisorLooks()
	s.branchITLooks()
}

func (s *studio) door() {
	t := s.openTab(desk)
	defer t.close()
	t.goTo(s.box.url + "/")
	t.until(`document.querySelector('#screen h1')`)
	s.take("door", t)
}

// kiosksAtRest takes what needs no ticket: sizes and themes.
func (s *studio) kiosksAtRest() {
	for _, at := range []struct {
		name, fragment string
		panel          panel
	}{
		{"kiosk-welcome-10", "#/", wide10}, {"kiosk-service-10", "#/service", wide10}, {"kiosk-welcome-27", "#/", wide27},
	} {
		t := s.enter(kiosk, "/kiosk", at.panel)
		t.show(at.fragment)
		s.take(at.name, t)
		t.close()
	}
	t := s.enter(kiosk, "/kiosk", upright15)
	defer t.close()
	s.take("kiosk-welcome", t)
	t.show("#/display")
	s.take("kiosk-display", t)
	for _, theme := range []string{"dark", "yellow", "high", "low-glare"} {
		for n := 1; n <= 2; n++ {
			t.show(fmt.Sprintf("#/display/%d", n))
			t.run(settled)
			t.run(fmt.Sprintf(`document.getElementById('theme-%s')?.click()`, theme))
		}
		t.show("#/")
		t.until(fmt.Sprintf(`document.documentElement.dataset.theme === %q`, theme))
		s.take("kiosk-theme-"+theme, t)
	}
}

// pagerQuiet is the phone of a member of staff who is on duty.
func (s *studio) pagerQuiet() *tab {
	s.box.post(pager2, "duty/on", body{"abilities": []string{"sign-language"}})
	t := s.enter(pager, "/pager", phone)
	t.press("#go-on")
	t.until(`document.getElementById('quiet')`)
	s.take("pager-quiet", t)
	return t
}

// visitor takes a ticket at the second kiosk.
func (s *studio) visitor(service, language string, needs ...string) made {
	return s.box.post(kiosk2, "visits", body{"service": service, "language": language, "needs": append([]string{}, needs...)})
}

// branchFills lets people come, be served, be set aside and not come.
func (s *studio) branchFills() {
	for place, staff := range map[string]string{"counter-2": "wang", "counter-3": "lobby", "counter-4": "manager"} {
		s.box.post(supervisor, "counters/"+place+"/open", body{"staff": staff})
	}
	s.peopleCome()
	for _, place := range []string{"counter-2", "counter-3", "counter-4", "counter-2"} {
		s.box.post(supervisor, "visits/"+s.served(place)+"/finish", nil)
	}
	parked := s.served("counter-3")
	s.box.post(supervisor, "visits/"+parked+"/park", body{"minutes": 15, "reason": "填写表格"})
	missed := s.box.post(supervisor, "counters/counter-3/call-next", nil)
	s.box.post(supervisor, "visits/"+missed.ID+"/no-show", nil)
	s.served("counter-3")
	s.urgent = s.box.post(supervisor, "visits", body{"service": "cash", "language": "zh-CN", "class": "urgent"}).ID
	s.box.post(supervisor, "counters/counter-2/call", body{"visit": s.urgent, "why": "身体不适"})
	s.box.post(supervisor, "visits/"+s.urgent+"/confirm", nil)
	away := s.visitor("cash", "zh-CN")
	s.box.post(supervisor, "visits/"+away.ID+"/away", nil)
}

// peopleCome lets a morning's people take their tickets.
func (s *studio) peopleCome() {
	for _, who := range []struct {
		service, language string
		needs             []string
	}{
		{"cash", "zh-CN", nil}, {"personal", "zh-CN", nil}, {"cards", "zh-CN", []string{"large-print"}},
		{"loans", "en", nil}, {"pension", "zh-CN", []string{"hearing", "slow-speech"}}, {"remittance", "zh-CN", nil},
		{"cash", "zh-CN", []string{"wheelchair"}}, {"personal", "en", nil}, {"new-citizen", "zh-CN", []string{"easy-read"}},
		{"cash", "zh-CN", nil}, {"pension", "zh-CN", []string{"escort", "read-aloud"}}, {"cards", "zh-CN", nil},
		{"personal", "zh-CN", []string{"dialect"}}, {"cash", "zh-CN", nil}, {"remittance", "en", nil}, {"cards", "zh-CN", nil},
		{"loans", "zh-CN", nil}, {"pension", "zh-CN", []string{"hearing", "large-print"}}, {"personal", "zh-CN", nil}, {"cash", "zh-CN", []string{"slow-speech"}},
	} {
		s.visitor(who.service, who.language, who.needs...)
	}
}

// served calls whoever is next at a counter and begins to serve them.
func (s *studio) served(place string) string {
	visit := s.box.post(supervisor, "counters/"+place+"/call-next", nil)
	s.box.post(supervisor, "visits/"+visit.ID+"/confirm", nil)
	return visit.ID
}

// kioskJourney takes a ticket at the first kiosk and calls for help there, as a
// person does; the phone of staff hears it.
func (s *studio) kioskJourney(staff *tab) {
	t := s.enter(kiosk, "/kiosk", upright15)
	defer t.close()
	t.show("#/needs")
	t.press("#need-hearing")
	s.take("kiosk-needs", t)
	t.show("#/service")
	s.take("kiosk-service", t)
	t.press("main[data-page=service] button")
	t.until(`document.querySelector('main[data-page=confirm]')`)
	s.take("kiosk-confirm", t)
	t.press("#take")
	t.until(`document.querySelector('main[data-page=ticket] figure img')`)
	s.take("kiosk-ticket", t)
	for range 3 {
		t.press("#larger-text")
	}
	s.take("kiosk-ticket-xl", t)
	for range 3 {
		t.press("#smaller-text")
	}
	t.show("#/visit")
	t.until(`document.querySelector('main[data-page=visit]')`)
	s.take("kiosk-my-ticket", t)
	t.press("#help")
	t.until(`document.getElementById('call-state')`)
	const card = `Array.from(document.querySelectorAll('.page.open')).find((page) => page.innerText.includes('大门口'))`
	staff.until(card + ` && !document.documentElement.dataset.colour`)
	staff.run(card + `.scrollIntoView()`)
	s.take("pager-page", staff)
	staff.run(card + `.querySelector('.primary').click()`)
	staff.until(`document.querySelector('.page.mine')`)
	staff.run(`scrollTo(0, 0)`)
	s.take("pager-accepted", staff)
	t.show("#/service")
	t.until(`document.getElementById('call-state').innerText.includes('李经理')`)
	s.take("kiosk-call-band", t)
	t.show("#/help")
	s.take("kiosk-help", t)
	staff.show("#/settings")
	s.take("pager-settings", staff)
}

// counterAtWork opens the first counter and serves somebody there; the hall
// says the call.
func (s *studio) counterAtWork(hall *tab) {
	t := s.enter(counter, "/counter", desk)
	defer t.close()
	s.box.post(counter, "counters/counter-1/open", body{"staff": "li"})
	t.until(`document.querySelector('[data-moment=free]')`)
	s.take("counter-free", t)
	s.box.post(supervisor, "counters/counter-4/call-next", nil)
	t.press("#primary")
	t.until(`document.querySelector('[data-moment=called]')`)
	hall.until(`document.getElementById('now-ticket')`)
	s.take("hall-call", hall)
	s.take("counter-called", t)
	t.press("#primary")
	t.until(`document.querySelector('[data-moment=serving]')`)
	s.take("counter-serving", t)
	s.nobodyAnswers()
	hall.until(`document.getElementById('alarm')`)
	s.take("hall-alarm", hall)
}

// nobodyAnswers lets somebody fall, when those who hear it cannot come.
func (s *studio) nobodyAnswers() {
	page := s.box.post(kiosk2, "pages", body{"reason": "fall", "session": "s-2"})
	for _, staff := range []string{pager, pager2} {
		s.box.post(staff, "pages/"+page.ID+"/reject", nil)
	}
}

// ownPhone follows a visit on the customer's phone.
func (s *studio) ownPhone() {
	visit := s.visitor("personal", "zh-CN", "vibrate")
	t := s.enter(visit.Key, "/visit", phone)
	defer t.close()
	t.until(`document.getElementById('wait')`)
	s.take("visit-waiting", t)
	s.box.post(supervisor, "visits/"+s.urgent+"/finish", nil)
	s.box.post(supervisor, "counters/counter-2/call", body{"visit": visit.ID, "why": "老人独自前来"})
	t.until(`document.querySelector('.now.called')`)
	s.take("visit-called", t)
}

func (s *studio) supervisorLooks() {
	t := s.enter(supervisor, "/supervisor", desk)
	defer t.close()
	for _, section := range []string{"floor", "visits", "pages", "day"} {
		t.show("#/" + section)
		s.take("supervisor-"+section, t)
	}
}

func (s *studio) branchITLooks() {
	s.box.post(branchIT, "tokens", body{"role": "kiosk", "place": "kiosk-1", "note": "大门口"})
	s.box.post(branchIT, "tokens", body{"role": "pager", "place": "li", "note": "Manager Li's phone"})
	t := s.enter(branchIT, "/it", desk)
	defer t.close()
	for _, at := range [][3]string{
		{"it-overview", "#/", `document.querySelector('.figures')`},
		{"it-devices", "#/devices", `document.querySelector('#devices')`},
		{"it-paper", "#/devices/printer-2", `document.querySelector('main svg text')`},
		{"it-config", "#/config", `document.getElementById('config-text')`},
		{"it-tokens", "#/tokens", `document.querySelector('main table')`},
		{"it-box", "#/box", `document.getElementById('figures')`},
	} {
		t.show(at[1])
		t.until(at[2])
		s.take(at[0], t)
	}
	t.show("#/config/check")
	t.until(`document.getElementById('candidate')`)
	t.run(`(() => { const c = document.getElementById('candidate'); c.value = "id: demo\nname: {zh-CN: 示范支行}\ntimeZone: Asia/Peking\nservices:\n  - {id: cash, prefix: a, name: {zh-CN: 现金业务, en: Cash}, minutes: 6}\n"; c.dispatchEvent(new InputEvent('input', {bubbles: true})); })()`)
	t.until(`document.getElementById('summary')`)
	s.take("it-check", t)
}
