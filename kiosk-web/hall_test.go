package kioskweb_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/network"
)

func TestACallIsShownLargeAndSpokenTwiceAndNeverOverAnother(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	hall := witnessed(t, b, "demo-hall", "/hall", hall43, spokenPace)
	b.steer("counters/counter-1/open", nil)
	b.steer("counters/counter-2/open", nil)
	first, second := b.give("cash"), b.give("cash")
	b.callNext("counter-1")
	b.callNext("counter-2")

	hall.shows("#now-ticket", first.Ticket)
	hall.shows("#soon li", second.Ticket)
	for _, language := range languages() {
		hall.contains("#now-counter", b.nameOf(language, "counter-1"))
		hall.contains("#caption", phrase(t, language, "call.first", "ticket", first.Ticket, "counter", b.nameOf(language, "counter-1")))
		hall.contains(".now-state", phrase(t, language, "call.spoken.speaking"))
	}
	if !evaluate[bool](hall, `[...document.querySelectorAll('#screen *')].every((e) => e.id === 'now-ticket' || parseFloat(getComputedStyle(e).fontSize) < parseFloat(getComputedStyle(document.querySelector('#now-ticket')).fontSize) / 2)`) {
		t.Error("the call now is not by far the largest")
	}
	spoken := b.awaits(2, "call.announced")
	if len(b.facts("call.unspoken")) > 0 || spoken[0].Data.Call == spoken[1].Data.Call {
		t.Errorf("announced %+v", spoken)
	}
	hall.until("the second was said to its end", `window.witness.voice.filter(({Type}) => Type === 'ended').length === 4`)
	voice := hall.voice()
	clips := []string{voice[0].Clip, voice[len(voice)-1].Clip}
	var want []heardVoice
	for i, ticket := range []string{first.Ticket, second.Ticket} {
		for range 2 {
			want = append(want, heardVoice{"play", clips[i], ticket}, heardVoice{"ended", clips[i], ticket})
		}
	}
	if !slices.Equal(voice, want) || clips[0] == clips[1] {
		t.Errorf("the voice did\n%+v, not\n%+v", voice, want)
	}
	hall.shows("#rows .ticket", first.Ticket)
	hall.contains(".now-state", phrase(t, "en", "call.spoken.done"))
	hall.hears(phrase(t, "zh-CN", "call.first", "ticket", first.Ticket, "counter", b.nameOf("zh-CN", "counter-1")))
	hall.hears(phrase(t, "zh-CN", "call.first", "ticket", second.Ticket, "counter", b.nameOf("zh-CN", "counter-2")))
}

func TestAHallFollowsItsCallsToTheirEnd(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	hall := witnessed(t, b, "demo-hall", "/hall", hall43, hastyPace)
	for _, language := range languages() {
		hall.contains("#welcome", phrase(t, language, "kiosk.welcome", "branch", map[string]string{"zh-CN": "示范支行", "en": "Demo Branch"}[language]))
		hall.contains(".waiting-none", phrase(t, language, "hall.nobody"))
	}
	hall.until("the clock is shown", `/^\d\d:\d\d$/.test(document.querySelector('#clock').textContent)`)

	b.steer("counters/counter-1/open", nil)
	first := b.give("cash")
	b.give("cash")
	b.give("loans")
	for _, language := range languages() {
		hall.contains("#waiting", b.nameOf(language, "cash"))
		hall.contains("#waiting", b.nameOf(language, "loans"))
	}
	hall.until("the waits are ranges", `/\d+.*(min|分)/.test(document.querySelector('#waiting .range').textContent)`)
	hall.until("two wait for cash", `document.querySelector('#waiting strong').textContent === '2'`)

	b.callNext("counter-1")
	hall.shows("#now-ticket", first.Ticket)
	b.awaits(1, "call.announced")
	eventually(t, patience, "the call may be repeated", func() bool {
		return b.ask("demo-supervisor", http.MethodPost, "/api/v1/visits/"+first.ID+"/recall", map[string]any{}, nil) == nil
	})
	again := phrase(t, "zh-CN", "call.again", "ticket", first.Ticket, "counter", b.nameOf("zh-CN", "counter-1"))
	hall.contains("#caption", again)
	b.awaits(2, "call.announced")
	hall.hears(again)
	b.steer("visits/"+first.ID+"/confirm", nil)
	hall.lacks("#now-ticket")
	hall.shows("#rows .ticket", first.Ticket)

	// Six more people: the last five stand there, and the call now.
	for range 6 {
		b.steer("visits/"+b.visitAt("counter-1")+"/finish", nil)
		b.give("cash")
		v := b.callNext("counter-1")
		hall.shows("#now-ticket", v.Ticket)
		b.steer("visits/"+v.ID+"/confirm", nil)
		hall.lacks("#now-ticket")
	}
	if got := evaluate[int](hall, `document.querySelectorAll('#rows li').length`); got < 1 || got > 5 {
		t.Errorf("%d calls are kept", got)
	}

	b.raise("demo-kiosk", "help", "session-of-a-hall-test")
	for _, language := range languages() {
		hall.contains("#alarm", phrase(t, language, "alarm.hall", "place", b.nameOf(language, "kiosk-1")))
	}
	hall.until("the alarm is said", `window.witness.voice.at(-1).Type === 'play'`)
	b.raiseAccepted(t)
	hall.lacks("#alarm")

	b.steer("visits/"+b.visitAt("counter-1")+"/finish", nil)
	// The hall asks every minute whether the branch is open, and on a new line.
	b.steer("day/close", nil)
	hall.run(`window.witness.sockets.at(-1).close()`)
	hall.allowLost()
	hall.contains("#welcome", phrase(t, "en", "kiosk.closed"))
}

// visitAt returns the visit at a counter.
func (b *box) visitAt(counter string) string {
	b.t.Helper()
	for _, f := range slices.Backward(b.facts("visit.confirmed", "visit.called")) {
		if f.Event == "visit.called" && f.Data.Counter == counter {
			return f.Data.Visit
		}
	}
	b.t.Fatalf("nobody was called to %s", counter)
	return ""
}

// raiseAccepted has the supervisor answer the only open page.
func (b *box) raiseAccepted(t *testing.T) {
	t.Helper()
	var open []pageFacts
	b.call("demo-supervisor", http.MethodGet, "/api/v1/pages?state=open", nil, &open)
	if len(open) != 1 {
		t.Fatalf("open are %+v", open)
	}
	b.steer("pages/"+open[0].ID+"/accept", nil)
}

func TestOneHallOfAZoneSpeaksAndTheNextWhenItIsGone(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	older := witnessed(t, b, "demo-hall", "/hall", hall43, hastyPace)
	newer := witnessed(t, b, "demo-hall", "/hall", hall43, hastyPace)
	apart := witnessedIn(newProfile(t), b, "demo-hall-2", "/hall", hall43, hastyPace)
	b.steer("counters/counter-1/open", nil)
	b.steer("counters/counter-3/open", nil)

	first := b.give("cash")
	b.callNext("counter-1")
	older.shows("#now-ticket", first.Ticket)
	newer.shows("#now-ticket", first.Ticket)
	b.awaits(1, "call.announced")
	if older.plays() != 2 || newer.plays() != 0 {
		t.Errorf("the older spoke %d times, the newer %d", older.plays(), newer.plays())
	}
	newer.contains(".now-state", phrase(t, "en", "call.spoken.done"))

	b.steer("visits/"+first.ID+"/confirm", nil)
	b.steer("visits/"+first.ID+"/finish", nil)
	older.goTo(b.url + "/")
	second := b.give("cash")
	b.callNext("counter-1")
	newer.shows("#now-ticket", second.Ticket)
	b.awaits(2, "call.announced")
	if newer.plays() != 2 {
		t.Errorf("the newer spoke %d times", newer.plays())
	}

	// In the other zone a loudspeaker has the voice; the screen shows.
	loan := b.give("loans")
	b.callNext("counter-3")
	apart.shows("#now-ticket", loan.Ticket)
	b.awaits(3, "call.announced")
	apart.contains(".now-state", phrase(t, "en", "call.spoken.done"))
	if apart.plays() != 0 {
		t.Errorf("the hall without a voice spoke %d times", apart.plays())
	}
}

func TestNothingStaleIsAnnouncedAfterACut(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	hall := witnessed(t, b, "demo-hall", "/hall", hall43, hastyPace)
	b.steer("counters/counter-1/open", nil)
	b.steer("counters/counter-2/open", nil)
	first := b.give("cash")
	b.callNext("counter-1")
	b.awaits(1, "call.announced")
	hall.until("it was said to its end", `window.witness.voice.filter(({Type}) => Type === 'ended').length === 2`)
	hall.shows("#now-ticket", first.Ticket)
	before := hall.voice()
	hall.forget()

	b.cutPower(hall)
	hall.shows("#now-ticket", first.Ticket)
	hall.run(`window.witness.sockets.at(-1).close()`)
	hall.until("it is back on a new line", `window.witness.sockets.at(-1).readyState === WebSocket.OPEN && !document.querySelector('.offline')`)
	hall.allowLost()
	// A call after the cuts proves that nothing was said before it.
	second := b.give("cash")
	b.callNext("counter-2")
	hall.shows("#now-ticket", second.Ticket)
	b.awaits(2, "call.announced")
	if slices.ContainsFunc(hall.voice(), func(v heardVoice) bool { return v.Clip == before[0].Clip }) {
		t.Error("what was said is said again")
	}
	if got := hall.said(); len(got) != 1 {
		t.Errorf("said %q", got)
	}

	// A call that is over before the hall is back stays unsaid.
	hall.forget()
	b.steer("visits/"+first.ID+"/confirm", nil)
	b.steer("visits/"+first.ID+"/finish", nil)
	third, fourth := b.give("cash"), b.give("cash")
	hall.cutLine(true)
	hall.until("the hall says that it reconnects", `document.querySelector('.offline')?.checkVisibility()`)
	b.callNext("counter-1")
	b.steer("visits/"+third.ID+"/confirm", nil)
	b.steer("visits/"+third.ID+"/finish", nil)
	hall.cutLine(false)
	hall.until("the hall has come back", `!document.querySelector('.offline')`)
	hall.allowLost()
	b.callNext("counter-1")
	hall.shows("#now-ticket", fourth.Ticket)
	b.awaits(3, "call.announced")
	for _, v := range hall.voice() {
		if v.Clip != hall.voice()[0].Clip || v.Type == "ended" && v.Call != fourth.Ticket {
			t.Errorf("spoken was %+v", v)
		}
	}
	if got := hall.said(); len(got) != 1 {
		t.Errorf("said %q", got)
	}
}

func TestACallThatIsCutShortIsSaidOnceMore(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	hall := witnessed(t, b, "demo-hall", "/hall", hall43, spokenPace)
	b.steer("counters/counter-1/open", nil)
	v := b.give("cash")
	b.callNext("counter-1")
	hall.until("it is being said", `window.witness.voice.length > 0`)
	b.cutPower(hall)
	b.awaits(1, "call.announced")
	hall.shows("#now-ticket", v.Ticket)
	if n := hall.plays(); n < 2 || n > 4 {
		t.Errorf("the voice began %d times", n)
	}
	hall.hears(phrase(t, "zh-CN", "call.first", "ticket", v.Ticket, "counter", b.nameOf("zh-CN", "counter-1")))
}

func TestWithoutAVoiceTheHallIsRead(t *testing.T) {
	t.Parallel()
	b := startSilentBox(t)
	hall := witnessed(t, b, "demo-hall", "/hall", hall43, spokenPace)
	b.steer("counters/counter-1/open", nil)
	v := b.give("cash")
	b.callNext("counter-1")
	hall.shows("#now-ticket", v.Ticket)
	for _, language := range languages() {
		hall.contains("#caption", phrase(t, language, "call.first", "ticket", v.Ticket, "counter", b.nameOf(language, "counter-1")))
		hall.contains(".now-state", phrase(t, language, "hall.silent"))
	}
	b.awaits(1, "call.unspoken")
	hall.contains(".now-state", phrase(t, "en", "call.spoken.unspoken"))
	if hall.plays() != 0 {
		t.Error("something was played")
	}
}

// startSilentBox starts a box on a machine that has no voice.
func startSilentBox(t *testing.T) *box {
	t.Helper()
	empty := filepath.Join(t.TempDir(), "bin")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	b := &box{t: t, args: []string{"serve", "--data", t.TempDir()}, env: []string{"PATH=" + empty, "HOME=" + empty}}
	t.Cleanup(b.kill)
	b.launch("127.0.0.1:0")
	return b
}

func TestADeadLineIsToldThoughItsFarewellIsNeverAnswered(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	hall := witnessed(t, b, "demo-hall", "/hall", hall43, spokenPace)
	hall.until("it is live", `!document.querySelector('.offline')`)
	// A farewell on a dead line leaves the socket closing for ever.
	hall.run(`WebSocket.prototype.close = () => {}; window.began = window.witness.sockets.length; dispatchEvent(new Event('offline')); 0`)
	hall.until("another line is opened", `window.witness.sockets.length > window.began && !document.querySelector('.offline')`)
}

// cutLine takes the network from a tab, as a pulled cable does, or gives it back.
func (p *tab) cutLine(cut bool) {
	p.t.Helper()
	all := []*network.Conditions{{Offline: cut, DownloadThroughput: -1, UploadThroughput: -1}}
	_, err := call(p, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: all})
	if err == nil {
		_, err = call(p, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: cut, DownloadThroughput: -1, UploadThroughput: -1})
	}
	if err != nil {
		p.t.Fatal(err)
	}
}
