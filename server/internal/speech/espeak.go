package speech

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// The bounds of the engine.
const (
	// together is how many run at a time: the box has two processors, and calls
	// come one after another.
	together = 2
	// soundLimit bounds what one run may answer, in bytes: a minute and a half.
	soundLimit = 4 << 20
	// afterwards is how long the pipes of an ended run may stay open.
	afterwards = 200 * time.Millisecond
	// wordsPerMinute is slower than espeak-ng's own 175: halls echo.
	wordsPerMinute = "150"
)

var (
	errNoVoice = errors.New("no voice reads this language rightly")
	errTooLong = errors.New("the engine does not stop")
)

// engine runs espeak-ng, a process for each sentence.
type engine struct {
	program string
	limit   time.Duration
	slots   chan struct{}
}

func newEngine(program string, limit time.Duration) *engine {
	return &engine{program: program, limit: limit, slots: make(chan struct{}, together)}
}

// candidate is a language with the voices that might read it, the best first,
// and words by which that is found out.
type candidate struct {
	words  string
	voices []string
}

// candidates says by which voices a language may be read. A voice is chosen by
// trying it, not by its name: "cmn" is right in some builds, and in others reads
// Chinese characters as the English names of their pinyin letters.
func candidates(lang string) candidate {
	switch lang {
	case "zh-CN":
		return candidate{words: "请号窗口", voices: []string{"cmn", "cmn-latn-pinyin", "zh"}}
	case "en":
		return candidate{words: "counter", voices: []string{"en-gb", "en-us", "en"}}
	}
	return candidate{}
}

// voices returns a voice for each of the languages that can be spoken.
func (e *engine) voices(ctx context.Context, languages []string) map[string]string {
	found := map[string]string{}
	for _, lang := range languages {
		c := candidates(lang)
		for _, voice := range c.voices {
			phonemes, err := e.phonemes(ctx, voice, c.words)
			if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, exec.ErrNotFound) {
				return nil // no other voice would do better
			}
			if err == nil && phonemes != "" && !strings.Contains(phonemes, readAsEnglish) {
				found[lang] = voice
				break
			}
		}
	}
	return found
}

// readAsEnglish is how the engine marks what it reads by the rules of English
// in a sentence of another language.
const readAsEnglish = "(en)"

// phonemes returns how a voice would read text.
func (e *engine) phonemes(ctx context.Context, voice, text string) (string, error) {
	out, err := e.run(ctx, text, "-v", voice, "-q", "-x", "--stdin")
	return strings.TrimSpace(string(out)), err
}

// speak returns the sound of text, without the silence around it.
func (e *engine) speak(ctx context.Context, voice, text string) ([]int16, error) {
	if voice == "" {
		return nil, errNoVoice
	}
	wav, err := e.run(ctx, text, "-v", voice, "-s", wordsPerMinute, "-z", "--stdin", "--stdout")
	if err != nil {
		return nil, err
	}
	samples, err := parseWAV(wav)
	if err != nil {
		return nil, err
	}
	return level(trim(samples)), nil
}

// run has the engine do something with text, which it is given as its input:
// whatever it holds, it is never an option. The error is an exec.ErrNotFound
// when there is no engine, a context.DeadlineExceeded when it does not answer.
func (e *engine) run(ctx context.Context, text string, args ...string) ([]byte, error) {
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	path, err := exec.LookPath(e.program)
	if err != nil {
		return nil, errors.Join(exec.ErrNotFound, err)
	}
	ctx, cancel := context.WithTimeout(ctx, e.limit)
	defer cancel()
	out := &limited{full: cancel}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdin, cmd.Stdout, cmd.WaitDelay = strings.NewReader(text), out, afterwards
	// What the engine may have started ends with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	err = cmd.Run()
	switch {
	case out.over.Load():
		return nil, errTooLong
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s: %w", e.program, ctx.Err())
	case err != nil:
		return nil, fmt.Errorf("%s: %w", e.program, err)
	}
	return out.held.Bytes(), nil
}

// limited is a buffer that calls full when it would hold more than soundLimit.
// It is no bytes.Buffer itself: that one's ReadFrom knows no limit.
type limited struct {
	held bytes.Buffer
	over atomic.Bool
	full func()
}

// Write keeps p, or fails when it is too much.
func (l *limited) Write(p []byte) (int, error) {
	if l.held.Len()+len(p) > soundLimit {
		l.over.Store(true)
		l.full()
		return 0, errTooLong
	}
	return l.held.Write(p)
}
