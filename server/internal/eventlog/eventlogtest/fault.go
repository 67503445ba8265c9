// Package eventlogtest makes a real log fail, for tests of what happens then.
// It must never be imported by anything but tests.
package eventlogtest

import (
	"io/fs"
	"reflect"
	"sync"
	"syscall"
	"unsafe"

	"handrail/server/internal/eventlog"
)

// Fault stands between bbolt and the current log file of a store. Its methods
// may be called from any goroutine.
type Fault struct {
	mu     sync.Mutex
	err    error
	pass   int
	writes int
}

// Inject puts a fault, at first a harmless one, into the log file that s writes
// to now; s must hold a record and must not be writing. bbolt offers no hook for
// it, so this reaches for the unexported function through which it writes pages.
func Inject(s *eventlog.Store) *Fault {
	months := reflect.ValueOf(s).Elem().FieldByName("months")
	db := months.Index(months.Len() - 1).Elem().FieldByName("db").Elem()
	field := db.FieldByName("ops").FieldByName("writeAt")
	writeAt := (*func([]byte, int64) (int, error))(unsafe.Pointer(field.UnsafeAddr()))
	f, through := &Fault{}, *writeAt
	*writeAt = func(p []byte, off int64) (int, error) {
		if err := f.next(); err != nil {
			n, _ := through(p[:len(p)/2], off) // a torn write, as on a full disk
			return n, err
		}
		return through(p, off)
	}
	return f
}

// next counts a write and returns its error.
func (f *Fault) next() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writes++
	if f.err == nil {
		return nil
	}
	if f.pass > 0 {
		f.pass--
		return nil
	}
	return f.err
}

// Fail lets so many more writes pass and fails those after them, as a write
// system call would with that error.
func (f *Fault) Fail(pass int, err syscall.Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pass, f.err = pass, &fs.PathError{Op: "write", Path: "the log", Err: err}
}

// Break is Fail with an error that is no want of space.
func (f *Fault) Break() { f.Fail(0, syscall.EIO) }

// Heal lets all writes pass again.
func (f *Fault) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = nil
}

// Writes counts the writes so far, failed ones included.
func (f *Fault) Writes() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.writes
}
