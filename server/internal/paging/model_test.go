package paging_test

import "sort"

// The reference model of pages: the table of what happens, written as plainly
// as it is told, in seconds, strings and sets. It shares nothing with the
// module: no type, no helper, no event.
type refPage struct {
	id, reason, place, visit, session, raiser string
	status                                    string
	level, loop, count, step                  int
	alarm, first                              bool
	at, due                                   int64
	acceptedBy                                string
	told, has, out                            map[string]bool
}

type refPlan struct {
	waits                      []int64
	start, loops               int
	first                      string
	arrive, alarmEvery, remind int64
	emergency, silent          bool
}

type refWorld struct {
	now, started int64
	plans        map[string]refPlan
	levels       map[string]int
	skills       map[string]string
	duty         map[string]string // person → skill
	online       map[string]bool
	pages        []*refPage
}

type refActor struct{ role, place, person, visit string }

func (a refActor) key() string { return a.role + "/" + a.place + "/" + a.person + "/" + a.visit }

func newWorld(now int64) *refWorld {
	four := refPlan{waits: []int64{30_000, 30_000, 60_000, 60_000}, loops: 2, arrive: 120_000, alarmEvery: 60_000, remind: 600_000}
	one, sign, fall, duress := four, four, four, four
	one.waits, one.loops = four.waits[:1], 1
	sign.first = "sign-language"
	fall.start, fall.emergency = 2, true
	duress.start, duress.emergency, duress.silent = 2, true, true
	return &refWorld{now: now,
		plans:  map[string]refPlan{"help": four, "water": one, "sign-language": sign, "fall": fall, "duress": duress},
		levels: map[string]int{"li": 0, "wang": 0, "zhao": 1, "sun": 3},
		skills: map[string]string{"wang": "sign-language"},
		duty:   map[string]string{}, online: map[string]bool{}}
}

// callable says whether a page calls a person at a level; -1 is the round of
// those with the wanted skill, 99 the alarm.
func (w *refWorld) callable(p *refPage, person string, level int) bool {
	skill, on := w.duty[person]
	if !on || p.out[person] {
		return false
	}
	wanted := w.plans[p.reason].first
	skilled := wanted != "" && skill == wanted
	return level == 99 || skilled || level >= 0 && w.levels[person] <= level
}

func (w *refWorld) callees(p *refPage, level int) map[string]bool {
	all := map[string]bool{}
	for person := range w.duty {
		if w.callable(p, person, level) {
			all[person] = true
		}
	}
	return all
}

// round is the level of callable at which a page stands.
func (p *refPage) round() int {
	switch {
	case p.alarm:
		return 99
	case p.first:
		return -1
	}
	return p.level
}

// ring starts a new step at a level.
func (w *refWorld) ring(p *refPage, level int) {
	p.step++
	p.has = map[string]bool{}
	p.told = w.callees(p, level)
	p.first, p.alarm = level == -1, level == 99
	wait := w.plans[p.reason].alarmEvery
	if level != 99 {
		if level >= 0 {
			p.level = level
		}
		wait = w.plans[p.reason].waits[p.level]
	}
	p.due = w.now + wait
}

// climb rings the nearest level from one on that calls anybody; false when none
// does.
func (w *refWorld) climb(p *refPage, from int) bool {
	for level := from; level < len(w.plans[p.reason].waits); level++ {
		if len(w.callees(p, level)) > 0 {
			w.ring(p, level)
			return true
		}
	}
	return false
}

func (w *refWorld) further(p *refPage) {
	plan := w.plans[p.reason]
	from := p.level + 1
	if p.first {
		from = p.level
	}
	if w.climb(p, from) {
		return
	}
	if p.loop+1 < plan.loops && w.climb(p, plan.start) {
		p.loop++
		return
	}
	w.ring(p, 99)
}

func (w *refWorld) again(p *refPage) {
	plan := w.plans[p.reason]
	p.status, p.acceptedBy = "open", ""
	level := 1
	if plan.start > 1 {
		level = plan.start
	}
	if level > len(plan.waits)-1 {
		level = len(plan.waits) - 1
	}
	if !w.climb(p, level) {
		p.level = level
		w.ring(p, 99)
	}
}

// held says when a page really moves: an open page waits ten seconds after a
// start while nobody it calls has a socket.
func (w *refWorld) held(p *refPage) int64 {
	if p.status != "open" || p.alarm || w.started == 0 || p.due == 0 {
		return p.due
	}
	for person := range w.callees(p, p.round()) {
		if w.online[person] {
			return p.due
		}
	}
	if w.started+10_000 > p.due {
		return w.started + 10_000
	}
	return p.due
}

func (w *refWorld) next() int64 {
	first := int64(0)
	for _, p := range w.pages {
		if at := w.held(p); at != 0 && (first == 0 || at < first) {
			first = at
		}
	}
	return first
}

// tick takes one step for each page that is due.
func (w *refWorld) tick() {
	for _, p := range w.pages {
		if at := w.held(p); at == 0 || at > w.now {
			continue
		}
		switch {
		case p.status == "arrived":
			p.due = 0
		case p.status == "accepted":
			w.again(p)
		case p.alarm:
			w.ring(p, 99)
		default:
			w.further(p)
		}
	}
}

// raise returns a refusal or the page; a new page has no id yet.
func (w *refWorld) raise(by refActor, reason, place, visit, session string) (string, *refPage) {
	if by.role == "visit" {
		if visit != "" && visit != by.visit {
			return "forbidden", nil
		}
		visit = by.visit
	}
	if place == "" {
		place = by.place
	}
	if place == "" && visit == "" {
		return "invalid", nil
	}
	if by.role == "kiosk" && place != by.place {
		return "forbidden", nil
	}
	if p := w.pressed(reason, place, visit, session); p != nil {
		p.count++
		return "", p
	}
	p := &refPage{reason: reason, place: place, visit: visit, session: session, raiser: by.key(), status: "open",
		at: w.now, count: 1, level: w.plans[reason].start, out: map[string]bool{}}
	w.pages = append(w.pages, p)
	switch {
	case len(w.callees(p, -1)) > 0:
		w.ring(p, -1)
	case !w.climb(p, p.level):
		w.ring(p, 99)
	}
	return "", p
}

// pressed finds the page that a press is a further press of: by the clock, the
// oldest.
func (w *refWorld) pressed(reason, place, visit, session string) *refPage {
	var found *refPage
	for _, p := range w.pages {
		mine := visit != "" && p.visit == visit || session != "" && p.session == session && p.place == place
		if (p.status != "open" && p.status != "accepted") || p.reason != reason || !mine {
			continue
		}
		if found == nil || p.at < found.at || p.at == found.at && p.id < found.id {
			found = p
		}
	}
	return found
}

// who answers as whom; empty when the actor may not answer pages.
func (w *refWorld) who(by refActor) string {
	if by.role == "supervisor" {
		return "supervisor"
	}
	_, on := w.duty[by.person]
	_, employed := w.levels[by.person]
	if on || employed && by.role == "pager" {
		return by.person
	}
	return ""
}

func (w *refWorld) accept(by refActor, p *refPage) string {
	who := w.who(by)
	switch {
	case who == "":
		return "forbidden"
	case p.status == "accepted" && p.acceptedBy != who:
		return "taken"
	case p.status == "accepted":
		return ""
	case p.status != "open":
		return "wrong-state"
	}
	p.status, p.acceptedBy, p.alarm, p.first, p.due = "accepted", who, false, false, w.now+w.plans[p.reason].arrive
	delete(p.out, who)
	return ""
}

func (w *refWorld) reject(by refActor, p *refPage) string {
	who := w.who(by)
	switch {
	case who == "":
		return "forbidden"
	case p.status == "accepted" && p.acceptedBy == who:
		w.expel(p, who)
		w.again(p)
		return ""
	case p.status != "open":
		return "wrong-state"
	case p.out[who]:
		return ""
	}
	w.expel(p, who)
	w.moveOn(p)
	return ""
}

func (w *refWorld) expel(p *refPage, who string) {
	p.out[who] = true
	delete(p.told, who)
	delete(p.has, who)
}

// moveOn takes an open page further when it calls nobody and no alarm sounds.
func (w *refWorld) moveOn(p *refPage) {
	if p.status == "open" && !p.alarm && len(w.callees(p, p.round())) == 0 {
		w.further(p)
	}
}

func (w *refWorld) arrive(by refActor, p *refPage) string {
	pressed := by.place != "" && by.place == p.place && !w.plans[p.reason].silent
	anyway := by.role == "supervisor" || pressed
	switch {
	case !anyway && by.person == "":
		return "forbidden"
	case p.status != "accepted":
		return "wrong-state"
	case !anyway && by.person != p.acceptedBy:
		return "forbidden"
	}
	p.status, p.due = "arrived", w.now+w.plans[p.reason].remind
	return ""
}

func (w *refWorld) close(by refActor, p *refPage) string {
	plan := w.plans[p.reason]
	over := p.status == "closed" || p.status == "cancelled"
	onSite := plan.emergency && !plan.silent
	switch {
	case by.role == "supervisor" && over:
		return "wrong-state"
	case by.role == "supervisor":
	case onSite && (by.place == "" || by.place != p.place):
		return "forbidden"
	case !onSite && by.person == "":
		return "forbidden"
	case p.status != "arrived":
		return "wrong-state"
	case !onSite && by.person != p.acceptedBy:
		return "forbidden"
	}
	p.finish("closed")
	return ""
}

func (w *refWorld) cancel(by refActor, p *refPage) string {
	mine := p.raiser == by.key() || by.visit != "" && by.visit == p.visit
	switch {
	case by.role != "supervisor" && (w.plans[p.reason].silent || !mine):
		return "forbidden"
	case p.status != "open" && p.status != "accepted":
		return "wrong-state"
	}
	p.finish("cancelled")
	return ""
}

func (p *refPage) finish(status string) { p.status, p.alarm, p.first, p.due = status, false, false, 0 }

func (w *refWorld) receive(by refActor, p *refPage, step int) string {
	if step < 1 || step > p.step {
		return "invalid"
	}
	if step == p.step && p.told[by.person] && p.status != "closed" && p.status != "cancelled" {
		p.has[by.person] = true
	}
	return ""
}

func (w *refWorld) comeOn(person, skill string) {
	if skill == "" {
		skill = w.skills[person]
	}
	w.duty[person] = skill
	for _, p := range w.pages {
		w.moveOn(p)
		if p.status == "open" && w.callable(p, person, p.round()) {
			p.told[person] = true
		}
	}
}

// goOff ends a duty; it leaves it to the caller what becomes of a page that
// calls nobody then.
func (w *refWorld) goOff(person string) {
	delete(w.duty, person)
	for _, p := range w.pages {
		if p.status != "closed" && p.status != "cancelled" {
			delete(p.told, person)
			delete(p.has, person)
		}
	}
}

func (w *refWorld) dayOver() {
	for person := range w.duty {
		w.goOff(person)
	}
	for _, p := range w.pages {
		if p.status == "open" && !p.alarm && p.due > w.now {
			p.due = w.now
		}
	}
}

func (w *refWorld) jump(delta int64) {
	for _, p := range w.pages {
		if p.due != 0 {
			p.due += delta
		}
	}
	if w.started != 0 {
		w.started += delta
	}
	w.now += delta
}

func sorted(set map[string]bool) []string {
	list := []string{}
	for s := range set {
		list = append(list, s)
	}
	sort.Strings(list)
	return list
}
