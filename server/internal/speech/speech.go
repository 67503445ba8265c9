// Package speech makes on the box what the hall hears: a sentence of a language
// becomes what the engine reads rightly, the engine's sound becomes one clip
// with a chime before it, and the clip is kept for a while under an id that
// anybody who may hear the hall may ask for.
//
// The engine is espeak-ng, run as a program of its own and never linked. When it
// is absent or broken the box goes on: there are no clips, the halls caption,
// and Faults tells IT.
//
// Whatever is said here is said aloud to a hall full of people. The package must
// never be given a name, an amount, or anything else that belongs to one person.
package speech

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"handrail/server/internal/phrases"
)

// Why there is no clip.
var (
	// ErrUnknown: no clip has this id, or it was made too long ago.
	ErrUnknown = errors.New("speech: no such clip")
	// ErrUnavailable: the engine is absent or broken, or cannot read a language.
	ErrUnavailable = errors.New("speech: nothing can be spoken now")
)

// recipeVersion stands in every id: a new way to make clips is a new number, so
// that nobody keeps an old sound under a new clip's id.
const recipeVersion = "1"

// Public is what a hall is to hear. Only words that everybody present may hear
// belong in it: a ticket's number, a counter, a place. A name, a need, an amount
// or a document's number never does.
type Public struct {
	// Chime sounds two soft notes before the first word.
	Chime bool
	// Parts are said in their order, with a short pause between them.
	Parts []Part
}

// Part is a sentence in one language, a BCP 47 tag of the catalogue.
type Part struct{ Language, Text string }

// ID names a clip: 32 lower-case hexadecimal characters. The same words always
// have the same id.
type ID string

// idBytes is how much of the hash an id shows.
const idBytes = 16

// ParseID returns the id that text is, if it is one.
func ParseID(text string) (ID, bool) {
	if len(text) != 2*idBytes {
		return "", false
	}
	raw, err := hex.DecodeString(text)
	return ID(text), err == nil && hex.EncodeToString(raw) == text
}

// ID returns the id of the utterance's clip.
func (u Public) ID() ID {
	hash := sha256.New()
	field := func(text string) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(text)))
		hash.Write(size[:])
		hash.Write([]byte(text))
	}
	field(recipeVersion)
	if u.Chime {
		field("chime")
	}
	for _, part := range u.Parts {
		field(part.Language)
		field(part.Text)
	}
	return ID(hex.EncodeToString(hash.Sum(nil)[:idBytes]))
}

// Clip is a finished utterance.
type Clip struct {
	// WAV is mono, 16 bit, 22 050 samples a second.
	WAV []byte
	// Length is how long it sounds.
	Length time.Duration
}

// Fault is a language that cannot be spoken.
type Fault struct {
	Language string
	Since    time.Time
}

// Options say how to speak; a zero field has the default named.
type Options struct {
	// Program is the engine (espeak-ng), looked up in PATH unless it is a path.
	Program string
	// Limit (3 s) bounds one run of the engine.
	Limit time.Duration
	// Every (1 min) is how often the engine is tried.
	Every time.Duration
	// Clips (64) and Bytes (16 MiB) bound what is kept, Recipes (200) of how many
	// clips it is remembered how to make them again.
	Clips, Bytes, Recipes int
	// Now (time.Now) is the time that Fault.Since tells.
	Now func() time.Time
	// Changed, if set, is called when Faults may have changed.
	Changed func()
}

func (o Options) withDefaults() Options {
	o.Program = cmp.Or(o.Program, "espeak-ng")
	o.Limit = cmp.Or(o.Limit, 3*time.Second)
	o.Every = cmp.Or(o.Every, time.Minute)
	o.Clips = cmp.Or(o.Clips, 64)
	o.Bytes = cmp.Or(o.Bytes, 16<<20)
	o.Recipes = cmp.Or(o.Recipes, 200)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Changed == nil {
		o.Changed = func() {}
	}
	return o
}

// warmAhead is how many clips may wait to be made before they are asked for;
// what finds no room is made when it is asked for.
const warmAhead = 32

// Speech makes clips. Its methods may be used by many goroutines; of them only
// Audio waits for the engine.
type Speech struct {
	options Options
	engine  *engine
	warm    chan ID
	// tried is closed once the engine was tried for the first time.
	tried chan struct{}
	// doubt has a value when the engine has failed and should be tried at once.
	doubt chan struct{}

	// ctx ends with Close, and with it what is being made, which work counts.
	ctx  context.Context
	stop context.CancelFunc
	work sync.WaitGroup

	mu     sync.Mutex
	closed bool
	// voices has the voice of each language, faults since when it has none; both
	// are empty until the engine was tried.
	voices  map[string]string
	faults  map[string]time.Time
	recipes *recent[Public]
	clips   *recent[Clip]
	making  map[ID]*making
}

// New returns what speaks once Run has tried the engine. The caller must Close
// it.
func New(options Options) *Speech {
	options = options.withDefaults()
	ctx, stop := context.WithCancel(context.Background())
	return &Speech{
		options: options,
		engine:  newEngine(options.Program, options.Limit),
		warm:    make(chan ID, warmAhead),
		tried:   make(chan struct{}),
		doubt:   make(chan struct{}, 1),
		ctx:     ctx, stop: stop,
		recipes: newRecent(options.Recipes, 0, func(Public) int { return 0 }),
		clips:   newRecent(options.Clips, options.Bytes, func(c Clip) int { return len(c.WAV) }),
		making:  map[ID]*making{},
	}
}

// Run tries the engine now and then, and makes clips ahead, until ctx ends.
func (s *Speech) Run(ctx context.Context) {
	var ahead sync.WaitGroup
	defer ahead.Wait()
	ahead.Go(func() { s.makeAhead(ctx) })
	ticker := time.NewTicker(s.options.Every)
	defer ticker.Stop()
	for {
		s.try(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-s.doubt:
		}
	}
}

// try finds out which languages can be spoken.
func (s *Speech) try(ctx context.Context) {
	voices := s.engine.voices(ctx, phrases.Languages())
	if ctx.Err() != nil {
		return
	}
	faults := map[string]time.Time{}
	now := s.options.Now()
	s.mu.Lock()
	for _, lang := range phrases.Languages() {
		since, before := s.faults[lang]
		switch {
		case voices[lang] != "":
		case before:
			faults[lang] = since
		default:
			faults[lang] = now
		}
	}
	changed := !maps.Equal(faults, s.faults)
	if s.voices == nil {
		close(s.tried)
	}
	if voices == nil { // there is no engine
		voices = map[string]string{}
	}
	s.voices, s.faults = voices, faults
	s.mu.Unlock()
	if changed {
		s.options.Changed()
	}
}

// Faults lists the languages that cannot be spoken, in the catalogue's order;
// none before the engine was tried.
func (s *Speech) Faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var faults []Fault
	for _, lang := range phrases.Languages() {
		if since, ok := s.faults[lang]; ok {
			faults = append(faults, Fault{Language: lang, Since: since})
		}
	}
	return faults
}

// Clip returns the id under which Audio will have the utterance, empty when it
// cannot be spoken: half a call would mislead those who wait for the other half.
// Before the engine was tried everything can be: a call that a box has to say as
// soon as it is back must not go unheard for that, and Audio waits.
func (s *Speech) Clip(u Public) ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	cannot := func(p Part) bool { return s.voices != nil && s.voices[p.Language] == "" }
	if len(u.Parts) == 0 || slices.ContainsFunc(u.Parts, cannot) {
		return ""
	}
	id := u.ID()
	s.recipes.put(id, u)
	return id
}

// Warm has a clip made before somebody asks for it. It never waits; the empty id
// is none.
func (s *Speech) Warm(id ID) {
	if id == "" {
		return
	}
	select {
	case s.warm <- id:
	default:
	}
}

func (s *Speech) makeAhead(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-s.warm:
			// Whoever asks for it is told what went wrong.
			_, _ = s.Audio(ctx, id)
		}
	}
}

// Close ends what is being made and waits for it. Run must have ended.
func (s *Speech) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.work.Wait()
}
