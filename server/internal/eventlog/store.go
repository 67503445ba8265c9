// Package eventlog keeps records, snapshots and a few small tables durably in
// bbolt files below one data folder. It sees bytes, never events, and it never
// repairs or resets anything by itself: a folder that cannot be trusted is
// refused with the name of the file and what to do.
//
// The folder:
//
//	log/2026-11.db   one month of records, and the snapshot they begin with
//	state.db         the live snapshot and the tables
//	ballast          space set aside for the day the disk is full
//	clean.json       size and time of the files that nobody has open
//	server.lock      held by the process that uses the folder
//
// A log file has the buckets meta (log id, first sequence number), head (the
// state before its first record), events (keyed by the sequence number, big
// endian) and ballast. state.db has meta (log id, newest month), snapshot and a
// bucket for each table. Every record and snapshot carries a CRC-32C over its
// key and its bytes.
//
// A new file is written under a name ending in ".new" and renamed when it is
// whole: what still has that name was never acknowledged and is deleted.
package eventlog

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"handrail/server/internal/branch"
)

// Options change what a Store may take; the zero value is right for a branch.
type Options struct {
	// MaxSize fences each file, in bytes; zero is 4 GiB. It is also how much
	// address space each file is given, so that a reader never makes the writer
	// wait for a larger mapping.
	MaxSize int64
	// Ballast is the size of the ballast file, in bytes; zero is 64 MiB.
	Ballast int64
	// Checker is a command that runs CheckFile in a process of its own: it is
	// started with "tail" or "full" and the path of a file as two more
	// arguments. Opening a torn file can hang or fault beyond recovery, so a
	// server must give one. Without it files are checked in this process.
	Checker []string
	// CheckTimeout bounds the check of one file; zero is 20 s.
	CheckTimeout time.Duration
}

func (o Options) withDefaults() Options {
	if o.MaxSize == 0 {
		o.MaxSize = 4 << 30
	}
	if o.Ballast == 0 {
		o.Ballast = 64 << 20
	}
	if o.CheckTimeout == 0 {
		o.CheckTimeout = 20 * time.Second
	}
	return o
}

// Store is an open data folder; it implements engine.Log. Append, Tighten,
// Relax and Drop are for one goroutine, everything else for any.
type Store struct {
	dir  string
	opts Options
	lock *os.File
	id   string
	// state is set once; months changes under mu, and so do the bounds in them.
	state *stateFile
	mu    sync.RWMutex
	// months are oldest first; only the last is written to.
	months []*month
}

// Open opens the data folder, and makes it when it is empty or absent. The
// error says which file is wrong and what to do about it; nothing has been
// changed then.
func Open(dir string, o Options) (*Store, error) {
	s := &Store{dir: dir, opts: o.withDefaults()}
	if err := s.open(); err != nil {
		return nil, fmt.Errorf("data folder %s: %w", dir, errors.Join(err, s.closeFiles(), s.unlock()))
	}
	return s, nil
}

func (s *Store) open() error {
	if err := prepare(s.dir); err != nil {
		return err
	}
	var err error
	if s.lock, err = lockFolder(s.dir); err != nil {
		return err
	}
	names, err := survey(s.dir)
	if err != nil {
		return err
	}
	if err := s.check(names); err != nil {
		return err
	}
	if err := s.openState(); err != nil {
		return err
	}
	if err := s.openMonths(names); err != nil {
		return err
	}
	if err := s.agree(); err != nil {
		return err
	}
	if err := writeMarks(s.dir, s.closedFiles()); err != nil {
		return err
	}
	s.setAside()
	return nil
}

// check looks at every file before bbolt does.
func (s *Store) check(names []string) error {
	marks := readMarks(s.dir)
	for _, name := range names {
		mark, known := marks[name]
		now, err := markOf(s.dir, name)
		if err != nil {
			return err
		}
		if known && mark == now {
			continue // closed properly and untouched since
		}
		if err := s.opts.check(s.dir, name, known); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) openState() error {
	var err error
	s.state, err = openState(s.dir, s.opts)
	if errors.Is(err, os.ErrNotExist) {
		s.state, err = createState(s.dir, newLogID(), s.opts)
	}
	if err == nil {
		s.id = s.state.id
	}
	return err
}

// openMonths opens the log files, the last one for writing.
func (s *Store) openMonths(names []string) error {
	for i, name := range names {
		if name == stateName {
			continue
		}
		m, err := openMonth(s.dir, name, i == len(names)-1, s.opts)
		if err != nil {
			return err
		}
		s.months = append(s.months, m)
	}
	return nil
}

// agree holds the files against one another: one log, no gap, nothing missing.
func (s *Store) agree() error {
	for i, m := range s.months {
		if m.id != s.id {
			return fmt.Errorf("%s belongs to another log (%s, not %s): take it out of the folder", m.name, m.id, s.id)
		}
		if i > 0 && m.first != s.months[i-1].last+1 {
			return fmt.Errorf("a file is missing between %s and %s: %s", s.months[i-1].name, m.name, advice)
		}
	}
	newest, seq := s.state.newest, s.state.snapshotSeq()
	switch {
	case newest != "" && (len(s.months) == 0 || s.current().month < newest):
		return fmt.Errorf("%s is missing: %s", monthPath(newest), advice)
	case seq > s.last():
		return fmt.Errorf("state.db is of record %d, but the log ends at %d: %s", seq, s.last(), advice)
	case len(s.months) > 0 && s.current().month > newest:
		return s.state.setNewest(s.current().month)
	}
	return nil
}

// advice ends every sentence about a folder that cannot be used.
const advice = `nothing was changed; restore the last backup into an empty folder with "server restore"`

// Close closes the files and notes that they are whole.
func (s *Store) Close() error {
	if err := s.closeFiles(); err != nil {
		return err
	}
	err := writeMarks(s.dir, append(s.closedFiles(), s.openFiles()...))
	return errors.Join(err, s.unlock())
}

func (s *Store) unlock() error {
	if s.lock == nil {
		return nil
	}
	return s.lock.Close()
}

// closeFiles closes what is open.
func (s *Store) closeFiles() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, m := range s.months {
		errs = append(errs, m.db.Close())
	}
	if s.state != nil {
		errs = append(errs, s.state.db.Close())
	}
	return errors.Join(errs...)
}

// ID names this log: eight characters of [a-z0-9].
func (s *Store) ID() string { return s.id }

// Bounds returns the first and the last sequence number kept.
func (s *Store) Bounds() (first, last uint64) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.months) == 0 {
		return 0, 0
	}
	return s.months[0].first, s.current().last
}

func (s *Store) last() uint64 {
	_, last := s.Bounds()
	return last
}

// current is the file that is written to; there must be one.
func (s *Store) current() *month { return s.months[len(s.months)-1] }

// Files lists the log files, oldest first.
func (s *Store) Files() []branch.LogFile {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var files []branch.LogFile
	for _, m := range s.months {
		files = append(files, branch.LogFile{Name: m.name, First: m.first, Last: m.last})
	}
	return files
}

// closedFiles are the files that stay as they are while the store is open.
func (s *Store) closedFiles() []string {
	var names []string
	for _, m := range s.months {
		names = append(names, m.name)
	}
	return names[:max(len(names)-1, 0)]
}

// openFiles are the others.
func (s *Store) openFiles() []string {
	if len(s.months) == 0 {
		return []string{stateName}
	}
	return []string{stateName, s.current().name}
}

// Size returns how many bytes the log files and state.db take.
func (s *Store) Size() (int64, error) {
	var size int64
	for _, name := range append([]string{stateName}, s.names()...) {
		info, err := os.Stat(filepath.Join(s.dir, name))
		if err != nil {
			return 0, err
		}
		size += info.Size()
	}
	return size, nil
}

func (s *Store) names() []string {
	var names []string
	for _, f := range s.Files() {
		names = append(names, f.Name)
	}
	return names
}

// Drop deletes the oldest log file, "2026-09"; the head of the next one stands
// for it. The file that is being written to stays.
func (s *Store) Drop(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !slices.ContainsFunc(s.months, func(m *month) bool { return m.month == name }):
		return fmt.Errorf("there is no log file of %s", name)
	case len(s.months) == 1:
		return fmt.Errorf("%s is in use and stays", s.months[0].name)
	case s.months[0].month != name:
		return fmt.Errorf("%s is not the oldest: drop %s first", monthPath(name), s.months[0].name)
	}
	oldest := s.months[0]
	if err := oldest.db.Close(); err != nil {
		return err
	}
	s.months = slices.Clone(s.months[1:])
	if err := os.Remove(filepath.Join(s.dir, oldest.name)); err != nil {
		return err
	}
	return syncFolder(filepath.Join(s.dir, logFolder))
}

// newLogID makes a random id of eight characters.
func newLogID() string { return strings.ToLower(rand.Text()[:8]) }
