package engine

import (
	"encoding/base64"
	"encoding/json"
	"fmt"

	"handrail/server/internal/branch"
)

// fact is an envelope with what the engine's memory needs to know of it.
type fact struct {
	env branch.Envelope
	// first marks the first event of a request that has an id; body is then the
	// digest of its command.
	first bool
	body  digest
	// followUp marks events of commands that came from the reactor.
	followUp bool
}

// stored is the JSON of a record.
type stored struct {
	At      branch.Instant   `json:"at"`
	Type    string           `json:"type"`
	Version int              `json:"v"`
	By      branch.Actor     `json:"by"`
	Command branch.CommandID `json:"cmd,omitempty"`
	// Body is the digest of the command in base64; only the first event of a
	// request has it.
	Body     string          `json:"body,omitempty"`
	FollowUp bool            `json:"followUp,omitempty"`
	Data     json.RawMessage `json:"data"`
}

// encode returns the record of a fact.
func (f fact) encode() (branch.Record, error) {
	s := stored{
		At: f.env.At, Type: f.env.Event.EventType(), Version: f.env.Event.Version(),
		By: f.env.By, Command: f.env.Command, FollowUp: f.followUp,
	}
	if f.first {
		s.Body = base64.RawStdEncoding.EncodeToString(f.body[:])
	}
	data, err := json.Marshal(f.env.Event)
	if err == nil {
		s.Data = data
		data, err = json.Marshal(s)
	}
	if err != nil {
		return branch.Record{}, fmt.Errorf("%s cannot be encoded: %w", s.Type, err)
	}
	return branch.Record{Seq: f.env.Seq, Data: data}, nil
}

// state is everything that a log leads to. The writer has one; Verify makes
// another from the same records.
type state struct {
	ledger *ledger
	// modules has the ledger in front.
	modules  []Module
	commands map[string]Module
	decoders decoders
	// seq and at are of the last record applied.
	seq uint64
	at  branch.Instant
}

// decoders finds the module that can read an event. It never changes, so any
// goroutine may use it.
type decoders map[string]Module

func newState(modules []Module) (*state, error) {
	l := newLedger()
	s := &state{ledger: l, modules: append([]Module{l}, modules...), commands: make(map[string]Module), decoders: make(decoders)}
	for _, m := range s.modules {
		if err := claim(s.commands, m, m.Commands()); err != nil {
			return nil, err
		}
		if err := claim(s.decoders, m, m.Events()); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// claim makes m the owner of the names; nothing may have two owners.
func claim(owners map[string]Module, m Module, names []string) error {
	for _, name := range names {
		if other, ok := owners[name]; ok {
			return fmt.Errorf("%s is claimed by %s and by %s", name, other.Name(), m.Name())
		}
		owners[name] = m
	}
	return nil
}

// apply takes the fact into every module and into the memory.
func (s *state) apply(f fact) error {
	for _, m := range s.modules {
		m.Apply(f.env)
	}
	s.seq, s.at = f.env.Seq, f.env.At
	return s.ledger.memory.note(f)
}

// replay applies a stored record, which must be the next.
func (s *state) replay(r branch.Record) error {
	if r.Seq != s.seq+1 {
		return &branch.Damage{Seq: s.seq + 1, Problem: fmt.Sprintf("record %d follows record %d", r.Seq, s.seq)}
	}
	f, err := s.decoders.decode(r)
	if err != nil {
		return err
	}
	return s.apply(f)
}

// decode reads a record through the module that owns the event. Its error is a
// *branch.Damage.
func (d decoders) decode(r branch.Record) (fact, error) {
	f, err := d.read(r)
	if err != nil {
		return fact{}, &branch.Damage{Seq: r.Seq, Problem: err.Error()}
	}
	return f, nil
}

func (d decoders) read(r branch.Record) (fact, error) {
	var s stored
	if err := json.Unmarshal(r.Data, &s); err != nil {
		return fact{}, fmt.Errorf("it is not an event: %w", err)
	}
	owner, ok := d[s.Type]
	if !ok {
		return fact{}, fmt.Errorf("%s is not an event that this version knows", s.Type)
	}
	event, err := owner.Decode(s.Type, s.Version, s.Data)
	if err != nil {
		return fact{}, fmt.Errorf("%s@%d cannot be read: %w", s.Type, s.Version, err)
	}
	f := fact{followUp: s.FollowUp, first: s.Body != ""}
	f.env = branch.Envelope{Seq: r.Seq, At: s.At, By: s.By, Command: s.Command, Event: event}
	return f, f.readBody(s.Body)
}

func (f *fact) readBody(text string) error {
	if text == "" {
		return nil
	}
	body, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || len(body) != len(f.body) {
		return fmt.Errorf("the digest of its command cannot be read")
	}
	copy(f.body[:], body)
	return nil
}
