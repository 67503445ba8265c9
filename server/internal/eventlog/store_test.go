package eventlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"handrail/server/internal/branch"
)

// TestMain lets the test binary be the process in which files are checked.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "check-file" {
		os.Exit(CheckMain(os.Args[2:], os.Stdout))
	}
	// A process under the race detector otherwise waits a second when it ends.
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func testOptions() Options {
	return Options{Ballast: 1 << 20, MaxSize: 256 << 20, Checker: []string{os.Args[0], "check-file"}}
}

// november is a moment; days and months are counted from it.
func november() branch.Instant {
	return branch.InstantOf(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
}

func december() branch.Instant { return november().Add(10 * 24 * time.Hour) }

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir, testOptions())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// fill appends n records in one batch; the bytes of a record name it.
func fill(t *testing.T, s *Store, at branch.Instant, n int) {
	t.Helper()
	if err := appendTo(s, at, n); err != nil {
		t.Fatal(err)
	}
}

func appendTo(s *Store, at branch.Instant, n int) error {
	_, last := s.Bounds()
	var records []branch.Record
	for i := range uint64(n) {
		records = append(records, branch.Record{Seq: last + 1 + i, Data: recordData(last + 1 + i)})
	}
	return s.Append(at, records, func() ([]byte, error) { return headData(last), nil })
}

func recordData(seq uint64) []byte { return fmt.Appendf(nil, "the bytes of record %d", seq) }
func headData(seq uint64) []byte   { return fmt.Appendf(nil, "the state after record %d", seq) }

// readAll returns the sequence numbers after one, and fails on wrong bytes.
func readAll(t *testing.T, s *Store, after uint64) []uint64 {
	t.Helper()
	var seqs []uint64
	err := s.Read(after, func(r branch.Record) bool {
		if string(r.Data) != string(recordData(r.Seq)) {
			t.Errorf("record %d holds %q", r.Seq, r.Data)
		}
		seqs = append(seqs, r.Seq)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return seqs
}

func TestRecordsComeBackInOrderAfterReopening(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	if first, last := s.Bounds(); first != 0 || last != 0 {
		t.Errorf("an empty log is bounded by %d and %d", first, last)
	}
	fill(t, s, november(), 1500)
	fill(t, s, november(), 1)
	id := s.ID()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	if s.ID() != id || len(id) != 8 {
		t.Errorf("the log %q is called %q after reopening", id, s.ID())
	}
	seqs := readAll(t, s, 1)
	if len(seqs) != 1500 || seqs[0] != 2 || seqs[1499] != 1501 {
		t.Errorf("read %d records after the first", len(seqs))
	}
	if got := readAll(t, s, 1501); got != nil {
		t.Errorf("after the last record come %v", got)
	}
}

func TestReadStopsWhenToldTo(t *testing.T) {
	s := open(t, t.TempDir())
	fill(t, s, november(), 10)
	var n int
	if err := s.Read(0, func(branch.Record) bool { n++; return n < 3 }); err != nil || n != 3 {
		t.Errorf("yielded %d records, %v", n, err)
	}
}

func TestAppendRefusesAGap(t *testing.T) {
	s := open(t, t.TempDir())
	fill(t, s, november(), 2)
	err := s.Append(november(), []branch.Record{{Seq: 4}}, nil)
	if err == nil || branch.CodeOf(err) != "" {
		t.Errorf("record 4 after record 2: %v", err)
	}
	fill(t, s, november(), 1)
}

func TestAMonthBeginsAFileWithItsHead(t *testing.T) {
	s := open(t, t.TempDir())
	fill(t, s, november(), 3)
	if s.Begins(november()) || !s.Begins(december()) {
		t.Error("the month is told wrongly")
	}
	fill(t, s, december(), 2)
	fill(t, s, november(), 1) // the clock was set back: the file stays
	want := []branch.LogFile{{Name: "log/2026-11.db", First: 1, Last: 3}, {Name: "log/2026-12.db", First: 4, Last: 6}}
	if got := s.Files(); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("files %v", got)
	}
	seq, head, err := s.Head("log/2026-12.db")
	if seq != 3 || string(head) != string(headData(3)) || err != nil {
		t.Errorf("the head is %q of %d, %v", head, seq, err)
	}
	if len(readAll(t, s, 0)) != 6 {
		t.Error("reading does not cross files")
	}
	if _, _, err := s.Head("log/2027-01.db"); err == nil {
		t.Error("a head of no file")
	}
}

func TestTheMonthIsThatOfUTC(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	s := open(t, t.TempDir())
	fill(t, s, branch.InstantOf(time.Date(2026, 12, 1, 7, 59, 0, 0, shanghai)), 1)
	if got := s.Files()[0].Name; got != "log/2026-11.db" {
		t.Errorf("the file is %s", got)
	}
}

func TestLoadSnapshotTakesTheNewest(t *testing.T) {
	s := open(t, t.TempDir())
	if seq, data, err := s.LoadSnapshot(); seq != 0 || data != nil || err != nil {
		t.Errorf("an empty log has snapshot %q of %d, %v", data, seq, err)
	}
	loads := func(want uint64, bytes string) {
		t.Helper()
		seq, data, err := s.LoadSnapshot()
		if seq != want || string(data) != bytes || err != nil {
			t.Errorf("loaded %q of %d, %v; want %q", data, seq, err, bytes)
		}
	}
	fill(t, s, november(), 3)
	loads(0, string(headData(0)))
	if err := s.SaveSnapshot(2, []byte("live")); err != nil {
		t.Fatal(err)
	}
	loads(2, "live")
	fill(t, s, december(), 1)
	loads(3, string(headData(3)))
}

func TestOnlyTheOldestFileIsDropped(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	fill(t, s, november(), 3)
	refused(t, s.Drop("2026-11"), "in use")
	fill(t, s, december(), 2)
	fill(t, s, december().Add(31*24*time.Hour), 2)
	refused(t, s.Drop("2026-12"), "not the oldest")
	refused(t, s.Drop("2020-01"), "no log file")
	if err := s.Drop("2026-11"); err != nil {
		t.Fatal(err)
	}
	if first, last := s.Bounds(); first != 4 || last != 7 {
		t.Errorf("bounds %d to %d", first, last)
	}
	if _, err := os.Stat(filepath.Join(dir, "log/2026-11.db")); !errors.Is(err, os.ErrNotExist) {
		t.Error("the file is still there")
	}
	s.Close()
	if s = open(t, dir); len(readAll(t, s, 0)) != 4 {
		t.Error("the rest does not reopen")
	}
}

// refused checks that an error says something.
func refused(t *testing.T, err error, says string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("the error %v does not say %q", err, says)
	}
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	fill(t, s, november(), 1)
	s.Close()
	for name, want := range map[string]os.FileMode{
		".": 0o700, "log": 0o700, "log/2026-11.db": 0o600, "state.db": 0o600,
		"ballast": 0o600, "server.lock": 0o600, "clean.json": 0o600,
	} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

func TestASecondServerIsRefusedWithThePidOfTheFirst(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	_, err := Open(dir, testOptions())
	refused(t, err, fmt.Sprintf("in use by process %d: stop that server first", os.Getpid()))
	s.Close()
	open(t, dir)
}

func TestTablesKeepSmallValues(t *testing.T) {
	dir := t.TempDir()
	table := open(t, dir).Table("identities")
	if v, err := table.Get("a"); v != nil || err != nil {
		t.Errorf("an absent value is %q, %v", v, err)
	}
	for _, key := range []string{"b", "a", "c"} {
		if err := table.Put(key, []byte("value "+key)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(table.Delete("b"), table.Delete("absent")); err != nil {
		t.Fatal(err)
	}
	var got []string
	err := table.Each(func(key string, value []byte) bool {
		got = append(got, key+"="+string(value))
		return true
	})
	if err != nil || strings.Join(got, " ") != "a=value a c=value c" {
		t.Errorf("the table holds %v, %v", got, err)
	}
}

func TestCopyOnWriteFileSystemsAreKnown(t *testing.T) {
	for magic, want := range map[int64]string{0x9123683E: "btrfs", 0x2fc12fc1: "zfs", 0xca451a4e: "bcachefs", 0xEF53: "", 0x58465342: ""} {
		if got := copyOnWrite(magic); got != want {
			t.Errorf("%x is %q", magic, got)
		}
	}
}

func TestSizeCountsTheFiles(t *testing.T) {
	s := open(t, t.TempDir())
	before, err := s.Size()
	if err != nil || before == 0 {
		t.Fatal(before, err)
	}
	fill(t, s, november(), 10)
	if after, err := s.Size(); err != nil || after <= before {
		t.Errorf("%d, then %d bytes, %v", before, after, err)
	}
}

func TestAFailedSyncIsNoStorage(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want branch.Code
	}{
		"write":      {&os.PathError{Op: "write", Err: syscall.ENOSPC}, branch.CodeStorage},
		"write, i/o": {&os.PathError{Op: "write", Err: syscall.EIO}, ""},
		"fdatasync":  {syscall.ENOSPC, ""},
		"sync":       {fmt.Errorf("file sync error: %w", &os.PathError{Op: "sync", Err: syscall.ENOSPC}), ""},
		"grow":       {fmt.Errorf("file resize error: %v", &os.PathError{Op: "truncate", Path: "f", Err: syscall.EDQUOT}), branch.CodeStorage},
		"grow, i/o":  {fmt.Errorf("file resize error: %v", &os.PathError{Op: "truncate", Path: "f", Err: syscall.EIO}), ""},
	} {
		if got := storageError(c.err); got == nil || branch.CodeOf(got) != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
