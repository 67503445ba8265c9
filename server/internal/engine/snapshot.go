package engine

import (
	"bytes"
	"fmt"
	"sync"
	"sync/atomic"

	"handrail/server/internal/branch"
)

// snapshotMagic begins every snapshot: the form and its version.
const snapshotMagic = "handrail-snapshot-1\n"

// snapshot is the encoded state after record seq: each module's bytes under its
// name. Equal states give equal bytes.
type snapshot struct {
	seq      uint64
	at       branch.Instant
	sections []section
}

type section struct {
	name string
	data []byte
}

// freeze fixes the state as it is; the returned function encodes it on any
// goroutine.
func (s *state) freeze() func() ([]byte, error) {
	seq, at := s.seq, s.at
	frozen := make([]func() ([]byte, error), len(s.modules))
	for i, m := range s.modules {
		frozen[i] = m.Snapshot()
	}
	return func() ([]byte, error) {
		shot := snapshot{seq: seq, at: at}
		for i, m := range s.modules {
			data, err := frozen[i]()
			if err != nil {
				return nil, fmt.Errorf("the state of %s cannot be encoded: %w", m.Name(), err)
			}
			shot.sections = append(shot.sections, section{m.Name(), data})
		}
		return shot.pack(), nil
	}
}

func (shot snapshot) pack() []byte {
	var p packer
	p.fixed([]byte(snapshotMagic))
	p.number(shot.seq)
	p.signed(int64(shot.at))
	p.number(uint64(len(shot.sections)))
	for _, s := range shot.sections {
		p.string(s.name)
		p.bytes(s.data)
	}
	return p.data
}

func unpackSnapshot(data []byte) (snapshot, error) {
	rest, ok := bytes.CutPrefix(data, []byte(snapshotMagic))
	if !ok {
		return snapshot{}, fmt.Errorf("this is not a snapshot that this version knows")
	}
	u := &unpacker{data: rest}
	shot := snapshot{seq: u.number(), at: branch.Instant(u.signed())}
	for range u.number() {
		shot.sections = append(shot.sections, section{string(u.bytes()), u.bytes()})
		if u.err != nil {
			break
		}
	}
	if u.err != nil {
		return snapshot{}, fmt.Errorf("the snapshot cannot be read: %w", u.err)
	}
	return shot, nil
}

// section returns the bytes of a module, nil when the snapshot is older than
// the module.
func (shot snapshot) section(name string) []byte {
	for _, s := range shot.sections {
		if s.name == name {
			return s.data
		}
	}
	return nil
}

// restore replaces the state by a snapshot, or by the empty state when data is
// nil.
func (s *state) restore(data []byte) error {
	var shot snapshot
	if data != nil {
		var err error
		if shot, err = unpackSnapshot(data); err != nil {
			return err
		}
	}
	for _, m := range s.modules {
		if err := m.Restore(shot.section(m.Name())); err != nil {
			return fmt.Errorf("the state of %s cannot be restored: %w", m.Name(), err)
		}
	}
	s.seq, s.at = shot.seq, shot.at
	return nil
}

// differs names the first module in which two snapshots differ, empty when they
// are the same.
func differs(a, b []byte) string {
	if bytes.Equal(a, b) {
		return ""
	}
	left, errLeft := unpackSnapshot(a)
	right, errRight := unpackSnapshot(b)
	if errLeft != nil || errRight != nil {
		return "its form"
	}
	for _, s := range left.sections {
		if !bytes.Equal(s.data, right.section(s.name)) {
			return s.name
		}
	}
	return "its position"
}

// saver keeps the live snapshot fresh, away from the writer.
type saver struct {
	// tried is the writer's own: of which record the last snapshot was frozen.
	tried   uint64
	saved   atomic.Uint64
	busy    atomic.Bool
	running sync.WaitGroup
}

// save freezes the state and saves it on another goroutine, unless the last one
// is still being saved.
func (v *saver) save(e *Engine) {
	if !v.busy.CompareAndSwap(false, true) {
		return
	}
	seq, encode := e.state.seq, e.state.freeze()
	v.tried = seq
	v.running.Go(func() {
		defer v.busy.Store(false)
		data, err := encode()
		if err == nil {
			err = e.cfg.Log.SaveSnapshot(seq, data)
		}
		if err == nil {
			v.saved.Store(seq)
		}
		e.report(err)
	})
}

// last saves what is not saved yet, when the writer ends.
func (v *saver) last(e *Engine) {
	v.running.Wait()
	if v.saved.Load() != e.state.seq {
		v.save(e)
	}
}
