package eventlog

import (
	"fmt"
	"path/filepath"

	"handrail/server/internal/branch"
)

// Begins reports whether an Append at that moment begins a new file: the first
// ever, or that of a later month than the current one.
func (s *Store) Begins(at branch.Instant) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.months) == 0 || monthOf(at) > s.current().month
}

// Append commits records in one durable transaction; see engine.Log.
func (s *Store) Append(at branch.Instant, records []branch.Record, head func() ([]byte, error)) error {
	if len(records) == 0 {
		return nil
	}
	if due := s.last() + 1; records[0].Seq != due {
		return fmt.Errorf("record %d cannot follow record %d", records[0].Seq, due-1)
	}
	if s.Begins(at) {
		return s.beginMonth(monthOf(at), records, head)
	}
	if err := s.current().append(records); err != nil {
		return storageError(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current().last = records[len(records)-1].Seq
	return nil
}

// beginMonth makes the next file with the batch in it. Until it has its name
// nothing has happened, so any want of space leaves the log as it was.
func (s *Store) beginMonth(name string, records []branch.Record, head func() ([]byte, error)) error {
	data, err := head()
	if err != nil {
		return err
	}
	m, err := createMonth(s.dir, name, s.id, data, records, s.opts)
	if err != nil && (noSpace(err) || exhausted(err)) {
		return errStorage()
	}
	if err != nil {
		return err
	}
	if err := syncFolder(filepath.Join(s.dir, logFolder)); err != nil {
		return err
	}
	s.mu.Lock()
	s.months = append(s.months, m)
	s.mu.Unlock()
	// The records are durable already; a note that does not fit is made up for
	// when the folder is next opened.
	if err := s.state.setNewest(name); err != nil && !exhausted(err) {
		return err
	}
	return nil
}

// Read calls yield for the records after seq, in order, until it returns false.
// No transaction is open while yield runs. The error is a *branch.Damage where a
// record cannot be trusted; those before it have been yielded.
func (s *Store) Read(after uint64, yield func(branch.Record) bool) error {
	for {
		m := s.monthAfter(after)
		if m == nil {
			return nil
		}
		records, err := m.page(max(after, m.first-1))
		for _, r := range records {
			if !yield(r) {
				return nil
			}
			after = r.Seq
		}
		if err != nil {
			return err
		}
		if len(records) == 0 {
			return &branch.Damage{File: m.name, Seq: after + 1, Problem: "the record is missing"}
		}
	}
}

// monthAfter finds the file with the first record after seq.
func (s *Store) monthAfter(seq uint64) *month {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, m := range s.months {
		if m.last > seq {
			return m
		}
	}
	return nil
}

// Head returns the snapshot with which a file begins.
func (s *Store) Head(file string) (seq uint64, data []byte, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, m := range s.months {
		if m.name == file {
			return m.head()
		}
	}
	return 0, nil, fmt.Errorf("there is no log file %s", file)
}
