package app

import (
	"encoding/binary"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/queue"
	"handrail/server/internal/speech"
	"handrail/server/internal/wire"
)

// speaking waits until the box has tried its voice and can speak.
func (b *box) speaking() {
	b.t.Helper()
	eventually(b.t, "the box can speak (make tools installs espeak-ng)", func() bool {
		return b.speech.Clip(speech.Public{Parts: []speech.Part{{Language: "zh-CN", Text: "请"}, {Language: "en", Text: "please"}}}) != ""
	})
}

// said returns the frame of the next call that a hall screen is to say.
func (s *screen) said() (said wire.SpeakFrame) {
	s.t.Helper()
	frames := s.until("a call to say", func(f frame) bool { return f.Type == wire.TypeSpeak })
	if err := json.Unmarshal([]byte(frames[len(frames)-1].text), &said); err != nil {
		s.t.Fatalf("%v", err)
	}
	return said
}

// soundOf is how long a clip of the box sounds.
func (b *box) soundOf(clip string) time.Duration {
	b.t.Helper()
	r, err := b.send(http.MethodGet, "/api/v1/speech/"+clip, "demo-hall", nil)
	if err != nil || r.status != http.StatusOK || r.header.Get("Content-Type") != "audio/wav" || len(r.body) < 44 || string(r.body[:4]) != "RIFF" {
		b.t.Fatalf("clip %s: %d %s %v", clip, r.status, r.header.Get("Content-Type"), err)
	}
	data := binary.LittleEndian.Uint32(r.body[40:])
	if int(data) != len(r.body)-44 {
		b.t.Errorf("a clip says it has %d bytes of sound and has %d", data, len(r.body)-44)
	}
	return time.Duration(data) * time.Second / (2 * 22050)
}

func TestACallIsSpokenByAClipThatCanBeFetched(t *testing.T) {
	dir := folder(t)
	b := serve(t, dir, clockAt(t, "2026-11-23 10:00"), setup{})
	b.speaking()
	hall := b.watch(t, "demo-hall", "hall:main", "")
	hall.live()
	b.opened("counter-1", "counter-2")
	b.called("counter-1", b.ticket("cash"))
	both := hall.said()
	if _, ok := speech.ParseID(both.Clip); !ok || both.Times != 2 || both.Text["en"] == "" {
		t.Fatalf("the hall is to say %+v", both)
	}
	length := b.soundOf(both.Clip)
	if most := b.set.Load().Equipment.Policy.ClipLength; length < 5*time.Second || 2*length > most {
		t.Errorf("a call in two languages sounds %v, to be said twice in %v", length, most)
	}
	b.must(branch.Actor{Role: branch.RoleHall, Place: "hall-1"}, equipment.Announced{Call: branch.CallID(both.Call)})
	b.must(kiosk(), queue.Create{Service: "cash", Language: branch.Chinese})
	b.must(counter("counter-2"), queue.CallNext{Counter: "counter-2"})
	one := hall.said()
	if alone := b.soundOf(one.Clip); one.Clip == both.Clip || alone > length-2*time.Second {
		t.Errorf("a call in the branch's own language sounds %v, in two %v", alone, length)
	}
	b.shut()
	// Its words are not remembered any more, but it is still called.
	b = serve(t, dir, b.clock.after(time.Second), setup{})
	defer b.shut()
	b.speaking()
	if again := b.soundOf(one.Clip); again < time.Second {
		t.Errorf("after a restart the clip sounds %v", again)
	}
	r, err := b.send(http.MethodGet, "/api/v1/speech/"+strings.Repeat("0", 32), "demo-hall", nil)
	if err != nil || r.status != http.StatusNotFound || r.problem.Code != string(branch.CodeNotFound) {
		t.Errorf("no clip: %d %+v %v", r.status, r.problem, err)
	}
}

func TestTheClipOfACallIsMadeBeforeItIsAskedFor(t *testing.T) {
	dir := t.TempDir()
	engine, runs := filepath.Join(dir, "engine"), filepath.Join(dir, "runs")
	if err := os.WriteFile(engine, []byte("#!/bin/sh\necho \"$@\" >> "+runs+"\nexec espeak-ng \"$@\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	b := serve(t, folder(t), clockAt(t, "2026-11-23 10:00"), setup{speech: engine})
	defer b.shut()
	b.speaking()
	b.opened("counter-1")
	b.called("counter-1", b.ticket("cash"))
	eventually(t, "both languages are spoken", func() bool {
		text, err := os.ReadFile(runs)
		return err == nil && strings.Count(string(text), "--stdout") == 2
	})
}

func TestWithoutAVoiceTheHallCaptionsAndITIsTold(t *testing.T) {
	b := serve(t, folder(t), clockAt(t, "2026-11-23 10:00"), setup{speech: filepath.Join(t.TempDir(), "no-engine")})
	defer b.shut()
	it := b.watch(t, "demo-it", "it", "")
	var view wire.ITView
	it.until("IT is told", func(f frame) bool {
		if f.Type != wire.TypeView {
			return false
		}
		mustDecode(t, f.View, &view)
		return len(view.Problems) > 0
	})
	codes := []string{}
	for _, problem := range view.Problems {
		codes = append(codes, problem.Code+" "+problem.Where)
		if problem.Since == nil || !time.Time(*problem.Since).Equal(b.clock.now().Time()) {
			t.Errorf("%s since %v", problem.Code, problem.Since)
		}
	}
	if want := []string{"speech-unavailable zh-CN", "speech-unavailable en"}; !slices.Equal(codes, want) {
		t.Errorf("IT is told %v, want %v", codes, want)
	}
	hall := b.watch(t, "demo-hall", "hall:main", "")
	hall.live()
	b.opened("counter-1")
	b.called("counter-1", b.ticket("cash"))
	said := hall.said()
	if said.Clip != "" || !strings.Contains(said.Text["en"], "A001") || strings.Contains(said.Text["en"], `"clip"`) {
		t.Errorf("the hall is to say %+v", said)
	}
	zone, _ := b.set.Load().Equipment.Zone("main")
	r, err := b.send(http.MethodGet, "/api/v1/speech/"+string(b.utterance(zone.Head()).ID()), "demo-hall", nil)
	if err != nil || r.status != http.StatusNotFound {
		t.Errorf("a clip that nobody was promised: %d %v", r.status, err)
	}
}
