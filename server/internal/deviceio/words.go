package deviceio

import (
	"strconv"
	"time"

	"handrail/devices"
	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/phrases"
	"handrail/server/internal/queue"
)

// TimesSaid is how often a call is said in a row: once is easily missed.
const TimesSaid = 2

func (io *IO) say(lang branch.Language, key string, args map[string]string) string {
	return io.config.Words.Say(string(lang), key, args)
}

// first is the branch's own language.
func (io *IO) first() branch.Language { return io.config.Languages[0] }

// words are what the hall says for a call or an alarm.
func (io *IO) words(c *equipment.Call) devices.Utterance {
	u := devices.Utterance{ID: string(c.Call), Times: TimesSaid}
	for _, lang := range Spoken(c, io.config.Languages) {
		u.Parts = append(u.Parts, devices.Spoken{Language: string(lang), Text: Sentence(io.config.Words, io.config.Names, c, lang)})
	}
	return u
}

// Spoken returns the languages in which a hall says c, in their order, out of
// those of the branch, its own first. A call is said in the visit's language and
// in the branch's own, an alarm, which is for staff and names no person, in
// every language.
func Spoken(c *equipment.Call, all []branch.Language) []branch.Language {
	switch {
	case c.Visit == "":
		return all
	case c.Language == "" || c.Language == all[0]:
		return all[:1]
	default:
		return []branch.Language{c.Language, all[0]}
	}
}

// Sentence is what the hall says for a call or an alarm in one language, be it
// by a loudspeaker or by a hall screen.
func Sentence(words *phrases.Catalogue, names Names, c *equipment.Call, lang branch.Language) string {
	if c.Visit == "" {
		return words.Say(string(lang), "alarm.hall", map[string]string{"place": names.Place(c.Place, lang)})
	}
	key := "call.first"
	if c.Recall > 0 {
		key = "call.again"
	}
	return words.Say(string(lang), key, map[string]string{
		"ticket": string(c.Ticket), "counter": names.Counter(c.Counter, lang),
	})
}

// paper is what stands on a slip: where, the number, what for, how long, when it
// was taken, what happens next, and the link to the visit. No name and no need is
// ever on it. A kiosk that shows the same phrases says the same.
func (io *IO) paper(slip branch.Slip, q *queue.Model, again bool) devices.Slip {
	lang := slip.Language
	if lang == "" {
		lang = io.first()
	}
	lines := []string{
		io.say(lang, "slip.service", map[string]string{"service": io.config.Names.Service(slip.Service, lang)}),
		io.wait(lang, slip.Wait),
	}
	if taken := takenAt(slip, q); !taken.IsZero() {
		clock := taken.Time().In(io.config.Location).Format("2006-01-02 15:04")
		lines = append(lines, io.say(lang, "slip.taken", map[string]string{"time": clock}))
	}
	lines = append(lines, io.say(lang, "slip.next", nil), io.say(lang, "slip.away", nil))
	if again {
		lines = append(lines, io.say(lang, "slip.copy", nil))
	}
	lines = append(lines, io.say(lang, "slip.link", nil))
	return devices.Slip{Job: string(slip.Visit), Language: string(lang), Heading: io.config.Names.Branch(lang),
		Ticket: string(slip.Ticket), Lines: lines, Link: io.config.Link(slip.Visit), Large: slip.Large}
}

// takenAt is when the ticket was taken; the range was promised at that moment,
// which helps when the visit has ended before its slip was printed.
func takenAt(slip branch.Slip, q *queue.Model) branch.Instant {
	if visit := q.ByID[slip.Visit]; visit != nil {
		return visit.CreatedAt
	}
	if slip.Wait != nil {
		return slip.Wait.SaidAt
	}
	return 0
}

// wait says a promised range in minutes.
func (io *IO) wait(lang branch.Language, w *branch.Wait) string {
	if w == nil {
		return io.say(lang, "wait.unknown", nil)
	}
	low, high := minutes(w.LowSeconds), minutes(w.HighSeconds)
	args := map[string]string{
		"low": strconv.FormatInt(low, 10), "high": strconv.FormatInt(high, 10), "minutes": strconv.FormatInt(high, 10),
	}
	switch {
	case high <= 1:
		return io.say(lang, "wait.soon", args)
	case low <= 0:
		return io.say(lang, "wait.within", args)
	case low >= high:
		return io.say(lang, "wait.about", args)
	default:
		return io.say(lang, "wait.range", args)
	}
}

// minutes rounds up: nobody is told less than was promised.
func minutes(seconds int64) int64 {
	return (seconds + 59) / int64(time.Minute/time.Second)
}

// alert is what a pager device shows of a page's current step.
func (io *IO) alert(p *paging.Page) devices.Alert {
	lang, key := io.first(), "page.alert"
	if p.Alarm {
		key = "page.alert.alarm"
	}
	text := io.say(lang, key, map[string]string{
		"place": io.config.Names.Place(p.Place, lang), "reason": io.say(lang, "reason."+string(p.Reason), nil),
	})
	return devices.Alert{Page: string(p.ID), Step: p.Step, Text: text,
		Urgent: p.Alarm || p.Reason.Emergency(), Silent: p.Reason.Silent()}
}

func (io *IO) testSlip(job string) devices.Slip {
	lang := io.first()
	return devices.Slip{Job: job, Language: string(lang), Heading: io.config.Names.Branch(lang),
		Ticket: io.say(lang, "device.test.title", nil), Lines: []string{io.say(lang, "device.test.line", nil)}}
}

func (io *IO) testUtterance(job string) devices.Utterance {
	lang := io.first()
	return devices.Utterance{ID: job, Times: 1,
		Parts: []devices.Spoken{{Language: string(lang), Text: io.say(lang, "device.test.speech", nil)}}}
}

func (io *IO) testAlert(job string) devices.Alert {
	return devices.Alert{Page: job, Step: 1, Text: io.say(io.first(), "device.test.alert", nil)}
}
