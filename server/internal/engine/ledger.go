package engine

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"handrail/server/internal/branch"
)

// configApply is the engine's own command: put a configuration in force.
type configApply struct{ branch.ConfigApplied }

// CommandName returns "config.apply".
func (configApply) CommandName() string { return "config.apply" }

// ledger is the engine's own state, a Module before all others: which
// configuration is in force, and which requests have been done.
type ledger struct {
	configVersion string
	config        digest // of the whole branch.ConfigApplied; zero when there is none
	memory        memory
}

func newLedger() *ledger { return &ledger{memory: newMemory(0)} }

func (l *ledger) Name() string       { return "engine" }
func (l *ledger) Commands() []string { return []string{configApply{}.CommandName()} }

func (l *ledger) Events() []string {
	return []string{branch.ConfigApplied{}.EventType(), branch.ClockJumped{}.EventType()}
}

// Decide puts a configuration in force unless the very same is.
func (l *ledger) Decide(_ branch.Env, _ branch.Actor, cmd branch.Command) ([]branch.Event, error) {
	apply, ok := cmd.(configApply)
	if !ok {
		return nil, branch.Refuse(branch.CodeInvalid, "The engine does not know this command.")
	}
	d, err := configDigest(apply.ConfigApplied)
	if err != nil || d == l.config {
		return nil, err
	}
	return []branch.Event{apply.ConfigApplied}, nil
}

// Apply takes up the two events that the engine owns.
func (l *ledger) Apply(env branch.Envelope) {
	switch e := env.Event.(type) {
	case branch.ConfigApplied:
		l.configVersion = e.ConfigVersion
		// A digest that cannot be made stays zero: the next configuration is
		// applied in any case.
		l.config, _ = configDigest(e)
	case branch.ClockJumped:
		l.memory.shift(e.Delta())
	}
}

// configDigest does not see how the policies' JSON was spaced: json.Marshal
// makes it compact, here and in the record.
func configDigest(c branch.ConfigApplied) (digest, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return digest{}, branch.Refuse(branch.CodeInvalid, "A policy of the configuration is not JSON.")
	}
	return sha256.Sum256(data), nil
}

func (l *ledger) Start(branch.Env) []branch.Event { return nil }
func (l *ledger) NextWake() branch.Instant        { return 0 }
func (l *ledger) Wake(branch.Env) []branch.Event  { return nil }

// Decode reads the two events that the engine owns.
func (l *ledger) Decode(eventType string, version int, data []byte) (branch.Event, error) {
	if version != 1 {
		return nil, fmt.Errorf("%s@%d is not known to this version", eventType, version)
	}
	switch eventType {
	case branch.ConfigApplied{}.EventType():
		return decodeAs[branch.ConfigApplied](data)
	case branch.ClockJumped{}.EventType():
		return decodeAs[branch.ClockJumped](data)
	}
	return nil, fmt.Errorf("%s is not an event of the engine", eventType)
}

func decodeAs[E branch.Event](data []byte) (branch.Event, error) {
	var e E
	err := json.Unmarshal(data, &e)
	return e, err
}

// Snapshot freezes the memory without copying it.
func (l *ledger) Snapshot() func() ([]byte, error) {
	version, config, entries := l.configVersion, l.config, l.memory.freeze()
	return func() ([]byte, error) { return packLedger(version, config, entries), nil }
}

func packLedger(version string, config digest, entries []remembered) []byte {
	var p packer
	p.string(version)
	p.fixed(config[:])
	p.number(uint64(len(entries)))
	for _, r := range entries {
		p.string(r.scope.identity)
		p.string(string(r.scope.id))
		p.signed(int64(r.at))
		p.fixed(r.body[:])
		p.string(r.answer)
	}
	return p.data
}

// Restore replaces the state by a snapshot.
func (l *ledger) Restore(data []byte) error {
	*l = *newLedger()
	if data == nil {
		return nil
	}
	u := &unpacker{data: data, text: string(data)}
	l.configVersion = u.string()
	l.config = u.digest()
	count := u.number()
	l.memory = newMemory(int(min(count, uint64(len(data)/sha256.Size))))
	for range count {
		l.memory.add(unpackRemembered(u))
		if u.err != nil {
			return fmt.Errorf("the engine's snapshot cannot be read: %w", u.err)
		}
	}
	if u.err == nil && u.at < len(data) {
		u.err = errors.New("it goes on after its end")
	}
	return u.err
}

func unpackRemembered(u *unpacker) remembered {
	return remembered{
		scope:  scope{identity: u.string(), id: branch.CommandID(u.string())},
		at:     branch.Instant(u.signed()),
		body:   u.digest(),
		answer: u.string(),
	}
}
