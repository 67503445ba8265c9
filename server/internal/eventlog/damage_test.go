package eventlog

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"handrail/server/internal/branch"
)

// folder makes a closed data folder with two months and a live snapshot.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s := open(t, dir)
	fill(t, s, november(), 300)
	fill(t, s, december(), 300)
	if err := s.SaveSnapshot(600, []byte("the live snapshot")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func change(t *testing.T, path string, edit func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, edit(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

// flip changes one bit in the last place where the text stands: older places are
// free pages.
func flip(t *testing.T, path, text string) {
	t.Helper()
	change(t, path, func(data []byte) []byte {
		for i := 0; ; {
			at := bytes.Index(data[i:], []byte(text))
			if at < 0 {
				if i == 0 {
					t.Fatalf("%q is not in %s", text, path)
				}
				return data
			}
			i += at + 1
			data[i] ^= 1
		}
	})
}

func TestTornAndForeignFilesAreRefusedByName(t *testing.T) {
	edits := map[string]func([]byte) []byte{
		"empty":          func([]byte) []byte { return nil },
		"cut short":      func(b []byte) []byte { return b[:5*4096] },
		"cut to a page":  func(b []byte) []byte { return b[:4096] },
		"a text":         func([]byte) []byte { return []byte("this is a letter to the branch") },
		"zeros":          func(b []byte) []byte { return make([]byte, len(b)) },
		"noise inside":   func(b []byte) []byte { return noise(b, 2*4096, len(b)) },
		"noise in front": func(b []byte) []byte { return noise(b, 0, 2*4096) },
		"one meta page":  func(b []byte) []byte { return noise(b, 0, 4096) },
	}
	good := folder(t)
	for _, name := range []string{"state.db", "log/2026-11.db", "log/2026-12.db"} {
		for what, edit := range edits {
			t.Run(name+" "+what, func(t *testing.T) {
				dir := t.TempDir()
				if err := os.CopyFS(dir, os.DirFS(good)); err != nil {
					t.Fatal(err)
				}
				change(t, filepath.Join(dir, name), edit)
				before := sums(t, dir)
				_, err := Open(dir, testOptions())
				refused(t, err, name)
				refused(t, err, "restore the last backup")
				if sums(t, dir) != before {
					t.Error("the refusal changed a file")
				}
			})
		}
	}
}

// noise overwrites a range with bytes that mean nothing.
func noise(b []byte, from, to int) []byte {
	for i := from; i < min(to, len(b)); i++ {
		b[i] = byte(i*i>>3 + i*7)
	}
	return b
}

// sums is what the files of a folder hold.
func sums(t *testing.T, dir string) string {
	t.Helper()
	var all []byte
	for _, name := range []string{"state.db", "log/2026-11.db", "log/2026-12.db"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, seal([]byte(name), data)[:sumSize]...)
	}
	return string(all)
}

func TestAMissingFileIsRefusedByName(t *testing.T) {
	for _, name := range []string{"state.db", "log/2026-12.db"} {
		dir := folder(t)
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		_, err := Open(dir, testOptions())
		refused(t, err, name+" is missing")
	}
}

func TestAChangedMetaPageIsNotAStepBackInTime(t *testing.T) {
	for _, page := range []int{0, 1} {
		dir := folder(t)
		change(t, filepath.Join(dir, "log/2026-12.db"), func(b []byte) []byte {
			b[page*os.Getpagesize()+16+48] ^= 1
			return b
		})
		_, err := Open(dir, testOptions())
		refused(t, err, "log/2026-12.db is damaged or not a file of this server (its beginning was changed)")
	}
}

func TestAStateAheadOfTheLogIsRefused(t *testing.T) {
	dir := folder(t)
	s := open(t, dir)
	if err := errors.Join(s.SaveSnapshot(601, []byte("from the future")), s.Close()); err != nil {
		t.Fatal(err)
	}
	_, err := Open(dir, testOptions())
	refused(t, err, "state.db is of record 601, but the log ends at 600")
}

func TestAFileCutShortWhileInUseIsDamageAndNoCrash(t *testing.T) {
	dir := folder(t)
	s := open(t, dir)
	if err := os.Truncate(filepath.Join(dir, "log/2026-11.db"), 2*4096); err != nil {
		t.Fatal(err)
	}
	err := s.Read(0, func(branch.Record) bool { return true })
	damaged(t, err, "log/2026-11.db", 0)
	if len(readAll(t, s, 300)) != 300 {
		t.Error("the other file is not read")
	}
}

func TestAGapBetweenFilesIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for i := range 3 {
		fill(t, s, november().Add(time.Duration(i)*31*24*time.Hour), 1)
	}
	s.Close()
	if err := os.Remove(filepath.Join(dir, "log/2026-12.db")); err != nil {
		t.Fatal(err)
	}
	_, err := Open(dir, testOptions())
	refused(t, err, "a file is missing between log/2026-11.db and log/2027-01.db")
}

func TestAFileOfAnotherLogIsRefused(t *testing.T) {
	dir, other := folder(t), folder(t)
	for _, name := range []string{"log/2026-12.db", "state.db"} {
		data, err := os.ReadFile(filepath.Join(other, name))
		if err != nil {
			t.Fatal(err)
		}
		change(t, filepath.Join(dir, name), func(mine []byte) []byte {
			t.Cleanup(func() { change(t, filepath.Join(dir, name), func([]byte) []byte { return mine }) })
			return data
		})
		_, err = Open(dir, testOptions())
		refused(t, err, "belongs to another log")
	}
}

func TestAnUnknownFileBesideTheLogIsRefused(t *testing.T) {
	dir := folder(t)
	path := filepath.Join(dir, "log", "notes.txt")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(dir, testOptions())
	refused(t, err, "log/notes.txt is not a file of the log")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
}

func TestWhatWasNeverFinishedIsDeleted(t *testing.T) {
	dir := folder(t)
	leftovers := []string{"log/2027-01.db.new", "state.db.new"}
	for _, name := range leftovers {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	open(t, dir)
	for _, name := range leftovers {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there", name)
		}
	}
}

func TestFilesThatHoldNothingMayBeDamaged(t *testing.T) {
	dir := folder(t)
	for _, name := range []string{"ballast", "server.lock", "clean.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("{noise"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if len(readAll(t, open(t, dir), 0)) != 600 {
		t.Error("the log is not whole")
	}
}

func TestATornTailIsRefusedAfterACrash(t *testing.T) {
	dir := folder(t)
	if err := os.Remove(filepath.Join(dir, "clean.json")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "log/2026-12.db")
	open(t, dir).Close()
	if err := os.Remove(filepath.Join(dir, "clean.json")); err != nil {
		t.Fatal(err)
	}
	flip(t, path, string(recordData(590)))
	_, err := Open(dir, testOptions())
	refused(t, err, "log/2026-12.db")
	refused(t, err, "the checksum of record 590 is wrong")
}

func TestACheckThatHangsOrCrashesIsARefusal(t *testing.T) {
	dir := folder(t)
	if err := os.Remove(filepath.Join(dir, "clean.json")); err != nil {
		t.Fatal(err)
	}
	hangs := testOptions()
	hangs.Checker, hangs.CheckTimeout = []string{"sh", "-c", "exec sleep 60"}, 100*time.Millisecond
	_, err := Open(dir, hangs)
	refused(t, err, "did not end within 100ms")
	crashes := testOptions()
	crashes.Checker = []string{"sh", "-c", "kill -SEGV $$"}
	_, err = Open(dir, crashes)
	refused(t, err, "reading it failed")
	open(t, dir)
}

func TestAFolderThatWasClosedIsNotChecked(t *testing.T) {
	dir := folder(t)
	o := testOptions()
	o.Checker = []string{"false"}
	s, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}

func TestFlippedBitsAreDamageWhereTheyAre(t *testing.T) {
	dir := folder(t)
	flip(t, filepath.Join(dir, "log/2026-11.db"), string(recordData(42)))
	flip(t, filepath.Join(dir, "log/2026-12.db"), string(headData(300)))
	flip(t, filepath.Join(dir, "state.db"), "the live snapshot")
	s := open(t, dir)
	n := 0
	err := s.Read(0, func(branch.Record) bool { n++; return true })
	damaged(t, err, "log/2026-11.db", 42)
	if n != 41 {
		t.Errorf("%d records came before the damage", n)
	}
	_, _, err = s.Head("log/2026-12.db")
	damaged(t, err, "log/2026-12.db", 0)
	_, _, err = s.LiveSnapshot()
	damaged(t, err, "state.db", 0)
	if seq, data, err := s.LoadSnapshot(); seq != 0 || string(data) != string(headData(0)) || err != nil {
		t.Errorf("the usable snapshot is %q of %d, %v", data, seq, err)
	}
}

func damaged(t *testing.T, err error, file string, seq uint64) {
	t.Helper()
	var d *branch.Damage
	if !errors.As(err, &d) || d.File != file || d.Seq != seq {
		t.Errorf("%v is not damage of %s at %d", err, file, seq)
	}
}
