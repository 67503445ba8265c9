package speech

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"handrail/server/internal/phrases"
)

// call is what a hall hears in two languages.
func call(ticket string) Public {
	return Public{Chime: true, Parts: []Part{
		{Language: "en", Text: "Ticket " + ticket + ", please go to Counter 1"},
		{Language: "zh-CN", Text: "请 " + ticket + " 号到 1号窗口"},
	}}
}

// run opens what speaks with an engine, and waits until it was tried.
func run(t *testing.T, options Options) *Speech {
	t.Helper()
	tried := make(chan struct{}, 100)
	changed := options.Changed
	options.Changed = func() {
		if changed != nil {
			changed()
		}
		tried <- struct{}{}
	}
	s := New(options)
	// Faults before the first try: so a try is a change even when all is well.
	s.faults = map[string]time.Time{"": {}}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
		s.Close()
	})
	<-tried
	return s
}

// script is an engine made for a test: sh, with the arguments of the real one.
func script(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "engine")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// must returns a clip that has to be there.
func must(t *testing.T, s *Speech, u Public) Clip {
	t.Helper()
	clip, err := s.Audio(t.Context(), s.Clip(u))
	if err != nil {
		t.Fatal(err)
	}
	return clip
}

func TestAClipIsWellFormedAndHasAChimeThenWords(t *testing.T) {
	s := run(t, Options{})
	clip := must(t, s, call("A017"))
	word := func(at int) int { return int(binary.LittleEndian.Uint32(clip.WAV[at:])) }
	if string(clip.WAV[:4]) != "RIFF" || word(4) != len(clip.WAV)-8 || string(clip.WAV[36:40]) != "data" || word(40) != len(clip.WAV)-44 {
		t.Errorf("the header is % x of %d bytes", clip.WAV[:44], len(clip.WAV))
	}
	if word(24) != 22050 || word(28) != 44100 || word(20) != 1|1<<16 || word(32) != 2|16<<16 || word(16) != 16 {
		t.Errorf("the form is % x", clip.WAV[16:36])
	}
	samples, err := parseWAV(clip.WAV)
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Duration(len(samples)) * time.Second / 22050; clip.Length != want {
		t.Errorf("it is said to sound %v and sounds %v", clip.Length, want)
	}
	notes, words := samples[:len(chime())], samples[len(chime()):]
	if rms(notes) < 500 || rms(words) < 1500 || rms(words) < rms(notes) {
		t.Errorf("the chime is as loud as %.0f, the words %.0f", rms(notes), rms(words))
	}
	if pause := notes[len(notes)-samplesIn(afterChime):]; rms(pause) > 0 {
		t.Errorf("there is %.0f between the chime and the words", rms(pause))
	}
	if plain := must(t, s, Public{Parts: call("A017").Parts}); clip.Length-plain.Length != time.Duration(len(chime()))*time.Second/22050 {
		t.Errorf("with a chime it sounds %v, without %v", clip.Length, plain.Length)
	}
	if zh := must(t, s, Public{Parts: call("A017").Parts[1:]}); zh.Length < time.Second || zh.Length > clip.Length-2*time.Second {
		t.Errorf("one language sounds %v, both %v", zh.Length, clip.Length)
	}
}

// rms is how loud samples are.
func rms(samples []int16) float64 {
	var sum float64
	for _, s := range samples {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(max(1, len(samples))))
}

func TestTheSameWordsHaveTheSameIDAndOthersAnother(t *testing.T) {
	a := call("A017")
	if a.ID() != call("A017").ID() {
		t.Error("the same words have two ids")
	}
	if id, ok := ParseID(string(a.ID())); !ok || id != a.ID() {
		t.Errorf("%s is no id", a.ID())
	}
	others := []Public{call("A018"), {Parts: a.Parts}, {Chime: true, Parts: a.Parts[:1]},
		{Chime: true, Parts: []Part{a.Parts[1], a.Parts[0]}},
		// What is cut elsewhere is other words.
		{Parts: []Part{{"en", "ab"}, {"en", "c"}}}, {Parts: []Part{{"en", "a"}, {"en", "bc"}}}, {Parts: []Part{{"e", "nab"}, {"en", "c"}}}}
	seen := map[ID]bool{a.ID(): true}
	for _, other := range others {
		if seen[other.ID()] {
			t.Errorf("%+v has the id of another", other)
		}
		seen[other.ID()] = true
	}
	for _, text := range []string{"", "x", strings.ToUpper(string(a.ID())), string(a.ID()) + "0", string(a.ID())[1:] + "g", "../" + string(a.ID())[3:]} {
		if _, ok := ParseID(text); ok {
			t.Errorf("%q is taken for an id", text)
		}
	}
}

func TestTheVoiceIsChosenByTryingIt(t *testing.T) {
	_, voices := espeak(t)
	if voices["zh-CN"] == "" || voices["en"] == "" {
		t.Fatalf("voices %v", voices)
	}
	// One build reads "cmn" as English, one rightly, one has no Chinese at all.
	for _, test := range []struct{ engine, voice string }{
		{`case "$2" in cmn) echo "(en)h,eI(cmn)";; *) echo "X'Au51";; esac`, "cmn-latn-pinyin"},
		{`echo "X'Au51"`, "cmn"},
		{`case "$2" in cmn*|zh) exit 1;; *) echo k;; esac`, ""},
		{`case "$2" in cmn*|zh) ;; *) echo k;; esac`, ""},
	} {
		e := newEngine(script(t, test.engine), 10*time.Second)
		if got := e.voices(t.Context(), phrases.Languages()); got["zh-CN"] != test.voice || got["en"] != "en-gb" {
			t.Errorf("%s: voices %v, want %q", test.engine, got, test.voice)
		}
	}
}

// counting is an engine that writes a line for every clip it makes and has to
// be let go on.
func counting(t *testing.T) (program, lines string) {
	t.Helper()
	dir := t.TempDir()
	sound := filepath.Join(dir, "sound")
	loud := slices.Repeat([]int16{1000, -1000}, 500)
	if err := os.WriteFile(sound, newClip(loud).WAV, 0o600); err != nil {
		t.Fatal(err)
	}
	lines = filepath.Join(dir, "lines")
	return script(t, fmt.Sprintf(`for last; do :; done
[ "$last" = --stdout ] || { echo k; exit; }
text=$(cat)
echo "+$text" >> %[1]s
[ ! -e %[1]s.wait ] || while [ ! -e %[1]s.go ]; do sleep 0.01; done
echo "-$text" >> %[1]s
cat %[2]s`, lines, sound)), lines
}

// made counts how often an engine of counting was started.
func made(t *testing.T, lines string) (starts []string) {
	t.Helper()
	text, err := os.ReadFile(lines)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if said, ok := strings.CutPrefix(line, "+"); ok {
			starts = append(starts, strings.TrimSpace(said))
		}
	}
	return starts
}

// await polls until so is true.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it does not come about that %s", what)
		}
	}
}

func word(text string) Public { return Public{Parts: []Part{{"en", text}}} }

func TestAClipIsMadeOnceForAllWhoAskAndTwoAtATime(t *testing.T) {
	program, lines := counting(t)
	touch := func(name string) {
		if err := os.WriteFile(lines+name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := run(t, Options{Program: program, Limit: time.Minute})
	touch(".wait")
	gone, leave := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	asking.Go(func() {
		if _, err := s.Audio(gone, s.Clip(word("a"))); !errors.Is(err, context.Canceled) {
			t.Errorf("whoever leaves is told %v", err)
		}
	})
	await(t, "the engine begins", func() bool { return len(made(t, lines)) == 1 })
	for _, text := range []string{"a", "a", "b", "b", "c", "d"} {
		asking.Go(func() {
			if clip, err := s.Audio(t.Context(), s.Clip(word(text))); err != nil || clip.Length == 0 {
				t.Errorf("%s: %v, %v", text, clip.Length, err)
			}
		})
	}
	await(t, "all ask", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.making) == 4
	})
	await(t, "a second engine begins", func() bool { return len(made(t, lines)) == 2 })
	leave() // whoever asked first does not take it from the others
	touch(".go")
	asking.Wait()
	starts := made(t, lines)
	slices.Sort(starts)
	if want := []string{"a", "b", "c", "d"}; !slices.Equal(starts, want) {
		t.Errorf("made were %v, want %v", starts, want)
	}
	if most := atOnce(t, lines); most != together {
		t.Errorf("%d engines ran at once", most)
	}
}

// atOnce is how many engines of counting ran at a time.
func atOnce(t *testing.T, lines string) (most int) {
	t.Helper()
	text, err := os.ReadFile(lines)
	if err != nil {
		t.Fatal(err)
	}
	now := 0
	for line := range strings.Lines(string(text)) {
		now += map[byte]int{'+': 1, '-': -1}[line[0]]
		most = max(most, now)
	}
	return most
}

func TestOnlySoManyClipsAreKeptAndWhatIsDroppedIsMadeAgain(t *testing.T) {
	program, lines := counting(t)
	s := run(t, Options{Program: program, Clips: 2, Recipes: 3})
	a, b, c, d := word("a"), word("b"), word("c"), word("d")
	for _, u := range []Public{a, b, a, c, a, b} { // b was dropped for c, a was not
		must(t, s, u)
	}
	if got := made(t, lines); !slices.Equal(got, []string{"a", "b", "c", "b"}) {
		t.Errorf("made were %v", got)
	}
	must(t, s, d)
	for _, gone := range []ID{c.ID(), word("never").ID()} {
		if _, err := s.Audio(t.Context(), gone); !errors.Is(err, ErrUnknown) {
			t.Errorf("a clip whose words are not known any more: %v", err)
		}
	}
	size := len(must(t, s, a).WAV)
	small := run(t, Options{Program: program, Bytes: 2*size + 1})
	for _, u := range []Public{a, b, c} {
		must(t, small, u)
	}
	if n := len(small.clips.values); n != 2 || small.clips.held != 2*size {
		t.Errorf("%d clips of %d bytes are kept in %d bytes", n, small.clips.held, 2*size+1)
	}
	if _, err := small.Audio(t.Context(), a.ID()); err != nil {
		t.Errorf("what was dropped is not made again: %v", err)
	}
}

func TestAClipIsMadeAheadOfBeingAskedFor(t *testing.T) {
	program, lines := counting(t)
	s := run(t, Options{Program: program})
	s.Warm(s.Clip(word("a")))
	await(t, "it is made", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.clips.values) == 1
	})
	must(t, s, word("a"))
	if got := made(t, lines); len(got) != 1 {
		t.Errorf("it was made %d times", len(got))
	}
	for range 10 * warmAhead { // more than there is room for
		s.Warm("nonsense")
	}
}

func TestWithoutTheEngineNothingIsSpokenAndITIsTold(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	s := run(t, Options{Now: func() time.Time { return now }})
	want := []Fault{{"zh-CN", now}, {"en", now}}
	if got := s.Faults(); !slices.Equal(got, want) {
		t.Errorf("faults %v, want %v", got, want)
	}
	if id := s.Clip(call("A017")); id != "" {
		t.Errorf("a clip %s that cannot be made", id)
	}
}

func TestACallOfABoxThatHasJustStartedIsAwaited(t *testing.T) {
	program, _ := counting(t)
	s := New(Options{Program: program})
	t.Cleanup(s.Close)
	id := s.Clip(word("a"))
	if id == "" {
		t.Fatal("before the engine was tried nothing can be said")
	}
	asked := make(chan error, 1)
	go func() {
		_, err := s.Audio(t.Context(), id)
		asked <- err
	}()
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	if err := <-asked; err != nil {
		t.Error(err)
	}
}

func TestALanguageWithoutAVoiceIsNotHalfSpoken(t *testing.T) {
	s := run(t, Options{Program: script(t, `case "$2" in cmn*|zh) exit 1;; *) echo k;; esac`)})
	if faults := s.Faults(); len(faults) != 1 || faults[0].Language != "zh-CN" {
		t.Errorf("faults %v", faults)
	}
	if s.Clip(call("A017")) != "" || s.Clip(Public{}) != "" || s.Clip(word("hello")) == "" {
		t.Error("only what has a voice for every part has a clip")
	}
}

func TestAnEngineThatIsInstalledLaterIsFound(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "later")
	now := time.Unix(1, 0)
	s := run(t, Options{Program: program, Every: 10 * time.Millisecond, Now: func() time.Time { return now }})
	if len(s.Faults()) != 2 {
		t.Fatalf("faults %v", s.Faults())
	}
	real, _ := counting(t)
	if err := os.Symlink(real, program); err != nil {
		t.Fatal(err)
	}
	await(t, "it speaks", func() bool { return len(s.Faults()) == 0 })
	must(t, s, word("a"))
}

func TestAnEngineThatHangsIsCutAndFoundOut(t *testing.T) {
	flag := filepath.Join(t.TempDir(), "hang")
	program := script(t, `[ ! -e `+flag+` ] || sleep 600; echo k`)
	s := run(t, Options{Program: program, Limit: 300 * time.Millisecond, Every: time.Hour})
	id := word("a").ID()
	await(t, "the engine is tried within its limit", func() bool {
		s.suspect()
		return s.Clip(word("a")) == id
	})
	if err := os.WriteFile(flag, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Audio(t.Context(), id); !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an engine that hangs: %v", err)
	}
	await(t, "the fault is found", func() bool { return len(s.Faults()) == 2 })
	if s.Clip(word("a")) != "" {
		t.Error("a clip is promised that cannot be made")
	}
}

func TestWhatIsNoSoundIsAnErrorAndNotAClip(t *testing.T) {
	quietly := newClip(make([]int16, 1000)).WAV
	stereo := slices.Clone(newClip([]int16{9000, 9000}).WAV)
	stereo[22] = 2
	for name, wav := range map[string][]byte{"nothing": nil, "no WAV": []byte("RIFF----WAV?"), "silence": quietly, "stereo": stereo, "no data": quietly[:36], "cut short": quietly[:20]} {
		if _, err := parseWAV(wav); err == nil {
			t.Errorf("%s passes for sound", name)
		}
	}
	for name, body := range map[string]string{"a failure": "exit 3", "too much": "exec cat /dev/zero", "garbage": "echo hello"} {
		program := script(t, `for last; do :; done; [ "$last" = --stdout ] || { echo k; exit; }; `+body)
		s := run(t, Options{Program: program, Limit: time.Minute})
		if _, err := s.Audio(t.Context(), s.Clip(word("a"))); !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Text is only ever the engine's input.
func TestNoTextBecomesAnOption(t *testing.T) {
	seen := filepath.Join(t.TempDir(), "seen")
	program := script(t, `echo "$@" >> `+seen+`; cat >> `+seen+`.in; echo k`)
	e := newEngine(program, time.Minute)
	text := "--help -w /tmp/x\x00 $(id)"
	if _, err := e.run(t.Context(), text, "-v", "en-gb", "--stdin"); err != nil {
		t.Fatal(err)
	}
	args, err := os.ReadFile(seen)
	if err != nil || string(args) != "-v en-gb --stdin\n" {
		t.Errorf("the engine was run with %q, %v", args, err)
	}
	if in, err := os.ReadFile(seen + ".in"); err != nil || string(in) != text {
		t.Errorf("the engine was given %q, %v", in, err)
	}
	s := run(t, Options{})
	for _, text := range []string{"-v cmn --help", "--version", "-w hello.wav please", "\x0150Pspeak\x00 up", "<speak>please</speak> [[h@]]"} {
		if clip := must(t, s, word(text)); clip.Length < 200*time.Millisecond {
			t.Errorf("%q is said in %v", text, clip.Length)
		}
	}
}

func TestWhatIsClosedMakesNothing(t *testing.T) {
	program, _ := counting(t)
	s := run(t, Options{Program: program})
	id := s.Clip(word("a"))
	s.Close()
	if _, err := s.Audio(t.Context(), id); !errors.Is(err, ErrUnavailable) {
		t.Errorf("after the end: %v", err)
	}
}
