package engine

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"handrail/server/internal/branch"
)

// memorySpan is how long a command id is remembered.
const memorySpan = 48 * time.Hour

// digest tells the bodies of two commands apart.
type digest [sha256.Size]byte

// digestOf hashes a command's name and its JSON, which is canonical because
// commands are structs and maps are sorted.
func digestOf(cmd branch.Command) (digest, error) {
	body, err := json.Marshal(cmd)
	if err != nil {
		return digest{}, fmt.Errorf("the command %s cannot be encoded: %w", cmd.CommandName(), err)
	}
	return sha256.Sum256(slices.Concat([]byte(cmd.CommandName()), []byte{'\n'}, body)), nil
}

// scope is a command id together with the identity that chose it.
type scope struct {
	identity string
	id       branch.CommandID
}

// remembered is a request that produced events.
type remembered struct {
	scope  scope
	at     branch.Instant
	body   digest
	answer string // JSON of a branch.Answer; empty when no event told one
}

// memory holds the requests of the last memorySpan. It changes by records
// alone, so replaying a log rebuilds it.
//
// Entries are appended behind and dropped in front and otherwise left alone: a
// slice of them is a frozen copy.
type memory struct {
	entries []remembered
	// index holds positions counted from the first entry ever; entries[0] is at
	// dropped.
	index   map[scope]int
	dropped int
}

// newMemory has room for so many requests.
func newMemory(size int) memory {
	return memory{entries: make([]remembered, 0, size), index: make(map[scope]int, size)}
}

// find returns what is remembered of a request.
func (m *memory) find(s scope, now branch.Instant) (remembered, bool) {
	i, ok := m.index[s]
	if !ok {
		return remembered{}, false
	}
	r := m.entries[i-m.dropped]
	return r, now.Sub(r.at) < memorySpan
}

// note takes up one record. Only the events of the request itself count, not
// those that followed from it.
func (m *memory) note(f fact) error {
	if f.env.Command == "" || f.followUp {
		return nil
	}
	s := scope{f.env.By.Identity(), f.env.Command}
	if f.first {
		m.forget(f.env.At)
		m.add(remembered{scope: s, at: f.env.At, body: f.body})
	}
	return m.answer(s, f.env.Event)
}

func (m *memory) add(r remembered) {
	m.index[r.scope] = m.dropped + len(m.entries)
	m.entries = append(m.entries, r)
}

// answer keeps what the event answers, unless an earlier event of the request
// did. Writing in place is safe: all events of a request are in one batch, and
// nothing is frozen within a batch.
func (m *memory) answer(s scope, event branch.Event) error {
	answering, ok := event.(branch.Answering)
	i, known := m.index[s]
	if !ok || !known || len(m.entries[i-m.dropped].answer) > 0 {
		return nil
	}
	data, err := json.Marshal(answering.Answer())
	if err != nil {
		return fmt.Errorf("the answer of %s cannot be encoded: %w", event.EventType(), err)
	}
	m.entries[i-m.dropped].answer = string(data)
	return nil
}

// forget drops what is older than memorySpan.
func (m *memory) forget(now branch.Instant) {
	for len(m.entries) > 0 && now.Sub(m.entries[0].at) >= memorySpan {
		delete(m.index, m.entries[0].scope)
		m.entries = m.entries[1:]
		m.dropped++
	}
}

// shift moves all times by a jump of the clock.
func (m *memory) shift(by time.Duration) {
	m.entries = slices.Clone(m.entries)
	for i := range m.entries {
		m.entries[i].at = m.entries[i].at.Add(by)
	}
}

// freeze returns the entries as they are now, for any goroutine.
func (m *memory) freeze() []remembered { return slices.Clip(m.entries) }
