package eventlog_test

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/eventlog"
	"handrail/server/internal/eventlog/eventlogtest"
)

func november() branch.Instant {
	return branch.InstantOf(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
}

func small(t *testing.T, maxSize int64) (*eventlog.Store, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := eventlog.Open(dir, eventlog.Options{Ballast: 1 << 20, MaxSize: maxSize})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, dir
}

func put(s *eventlog.Store, size int) error {
	_, last := s.Bounds()
	record := branch.Record{Seq: last + 1, Data: bytes.Repeat([]byte{'x'}, size)}
	return s.Append(november(), []branch.Record{record}, func() ([]byte, error) { return []byte("head"), nil })
}

func mustPut(t *testing.T, s *eventlog.Store, size int) {
	t.Helper()
	if err := put(s, size); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, s *eventlog.Store) int {
	t.Helper()
	n := 0
	if err := s.Read(0, func(branch.Record) bool { n++; return true }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEachWantOfSpaceInMidCommitIsStorageAndLeavesTheLogWhole(t *testing.T) {
	for _, errno := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		for pass := range 4 {
			s, dir := small(t, 64<<20)
			mustPut(t, s, 100)
			fault := eventlogtest.Inject(s)
			fault.Fail(pass, errno)
			var err error
			for range 4 { // some commit takes more writes than may pass
				if err = put(s, 100); err != nil {
					break
				}
			}
			if branch.CodeOf(err) != branch.CodeStorage {
				t.Fatalf("%v after %d writes: %v", errno, pass, err)
			}
			fault.Heal()
			mustPut(t, s, 100)
			_, last := s.Bounds()
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if err := eventlog.CheckFile(filepath.Join(dir, "log/2026-11.db"), true); err != nil {
				t.Errorf("%v after %d writes: %v", errno, pass, err)
			}
			if s, err = eventlog.Open(dir, eventlog.Options{}); err != nil {
				t.Fatal(err)
			}
			if uint64(count(t, s)) != last {
				t.Errorf("%v after %d writes: the log holds %d of %d records", errno, pass, count(t, s), last)
			}
			s.Close()
		}
	}
}

func TestABrokenDiskIsNoStorage(t *testing.T) {
	s, _ := small(t, 64<<20)
	mustPut(t, s, 100)
	eventlogtest.Inject(s).Break()
	if err := put(s, 100); err == nil || branch.CodeOf(err) != "" {
		t.Errorf("an input/output error is %v", err)
	}
}

func TestTheBallastTakesRecordsWhenTheFileMustNotGrow(t *testing.T) {
	s, dir := small(t, 16<<20)
	var err error
	for err == nil {
		err = put(s, 200<<10)
	}
	if branch.CodeOf(err) != branch.CodeStorage {
		t.Fatal(err)
	}
	room := s.Room().File
	if err := s.Tighten(); err != nil {
		t.Fatal(err)
	}
	if s.Room().File <= room {
		t.Errorf("room went from %d to %d", room, s.Room().File)
	}
	if _, err := os.Stat(filepath.Join(dir, "ballast")); !os.IsNotExist(err) {
		t.Error("the ballast file is still there")
	}
	for range 50 {
		mustPut(t, s, 5000)
	}
}

func TestRelaxIsRefusedWhileTheLogCannotBeWritten(t *testing.T) {
	s, dir := small(t, 64<<20)
	mustPut(t, s, 100)
	if err := s.Tighten(); err != nil {
		t.Fatal(err)
	}
	fault := eventlogtest.Inject(s)
	fault.Fail(0, syscall.ENOSPC)
	if err := s.Relax(); branch.CodeOf(err) != branch.CodeStorage {
		t.Errorf("the ballast is set aside on a full disk: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "ballast")); !os.IsNotExist(err) {
		t.Error("the file took the space that the log lacks")
	}
	fault.Heal()
	if err := s.Relax(); err != nil {
		t.Error(err)
	}
}

func TestRelaxSetsTheBallastAsideAgain(t *testing.T) {
	s, dir := small(t, 64<<20)
	mustPut(t, s, 100)
	if err := s.Tighten(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to do
		if err := s.Relax(); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "ballast"))
	if err != nil || info.Sys().(*syscall.Stat_t).Blocks*512 < 1<<20 {
		t.Errorf("the ballast file takes no space: %v", err)
	}
}

func TestRoomIsThatOfTheDiskAndTheFile(t *testing.T) {
	s, _ := small(t, 64<<20)
	mustPut(t, s, 100)
	before := s.Room()
	if before.Disk <= 0 || before.Total < before.Disk || before.File <= 0 || before.File > 64<<20 {
		t.Errorf("room %+v", before)
	}
	mustPut(t, s, 5<<20)
	if after := s.Room(); after.File > before.File-5<<20 {
		t.Errorf("5 MiB made room for the file %d from %d", after.File, before.File)
	}
}

func TestAMonthThatCannotBeginLeavesTheLogAsItWas(t *testing.T) {
	s, dir := small(t, 64<<20)
	mustPut(t, s, 100)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	move := func(bytes uint64) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: limit.Max}); err != nil {
			t.Fatal(err)
		}
	}
	defer move(limit.Cur)
	begin := func() error {
		return s.Append(november().Add(240*time.Hour), []branch.Record{{Seq: 2, Data: []byte("x")}}, func() ([]byte, error) { return []byte("head"), nil })
	}
	for _, bytes := range []uint64{0, 20 << 10, 1 << 20} {
		move(bytes)
		err := begin()
		move(limit.Cur)
		if branch.CodeOf(err) != branch.CodeStorage {
			t.Errorf("with files of %d bytes: %v", bytes, err)
		}
	}
	left, err := os.ReadDir(filepath.Join(dir, "log"))
	if err != nil || len(left) != 1 || len(s.Files()) != 1 {
		t.Errorf("the folder holds %v, %v", left, err)
	}
	if err := begin(); err != nil || len(s.Files()) != 2 || count(t, s) != 2 {
		t.Errorf("the month does not begin: %v", err)
	}
}
