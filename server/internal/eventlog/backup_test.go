package eventlog

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// backup returns the backup of a folder with two months.
func backup(t *testing.T) (data []byte, id string) {
	t.Helper()
	s := open(t, folder(t))
	var buf bytes.Buffer
	if err := s.Backup(&buf); err != nil {
		t.Fatal(err)
	}
	id = s.ID()
	s.Close()
	return buf.Bytes(), id
}

func TestARestoredBackupHoldsEverythingUnderANewID(t *testing.T) {
	data, id := backup(t)
	dir := filepath.Join(t.TempDir(), "fresh")
	if err := Restore(dir, bytes.NewReader(data), testOptions()); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	if s.ID() == id {
		t.Error("the log kept its id")
	}
	if len(readAll(t, s, 0)) != 600 {
		t.Error("records are missing")
	}
	if seq, snapshot, err := s.LiveSnapshot(); seq != 600 || string(snapshot) != "the live snapshot" || err != nil {
		t.Errorf("the snapshot is %q of %d, %v", snapshot, seq, err)
	}
	fill(t, s, december(), 1)
}

func TestABackupIsTakenWhileTheLogGrows(t *testing.T) {
	s := open(t, t.TempDir())
	fill(t, s, november(), 50)
	r, w := io.Pipe()
	failed := make(chan error, 1)
	go func() { failed <- s.Backup(w); w.Close() }()
	var first [512]byte
	if _, err := io.ReadFull(r, first[:]); err != nil {
		t.Fatal(err)
	}
	fill(t, s, november(), 500) // the backup stands half-way
	dir := t.TempDir()
	if err := Restore(dir, io.MultiReader(bytes.NewReader(first[:]), r), testOptions()); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	if got := len(readAll(t, open(t, dir), 0)); got != 50 {
		t.Errorf("the backup holds %d records", got)
	}
}

func TestRestoreRefusesAFolderInUse(t *testing.T) {
	data, _ := backup(t)
	dir := t.TempDir()
	s := open(t, dir)
	refused(t, Restore(dir, bytes.NewReader(data), testOptions()), "in use by process")
	s.Close()
	refused(t, Restore(dir, bytes.NewReader(data), testOptions()), "is not empty")
}

func TestAnUnfinishedRestoreIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, restoreFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Open(dir, testOptions())
	refused(t, err, "a restore was begun and not finished")
}

// entry is a tar entry to be forged.
type entry struct {
	header tar.Header
	data   []byte
}

func forge(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, e := range entries {
		h := e.header
		if h.Typeflag == tar.TypeReg {
			h.Size = int64(len(e.data))
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func file(name string, data []byte) entry {
	return entry{tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600}, data}
}

func list(t *testing.T, files ...manifestFile) entry {
	t.Helper()
	data, err := json.Marshal(manifest{Log: "k3f9abcd", Files: files})
	if err != nil {
		t.Fatal(err)
	}
	return file(manifestName, data)
}

func TestRestoreRefusesWhatIsNoBackupAndLeavesTheFolderEmpty(t *testing.T) {
	good, _ := backup(t)
	page := make([]byte, 4096)
	state := manifestFile{"state.db", 4096}
	cases := map[string]struct {
		data []byte
		says string
	}{
		"nothing":          {nil, "not a backup"},
		"text":             {[]byte("dear branch"), "not a backup"},
		"cut short":        {good[:len(good)/2], "nothing was restored"},
		"no log file":      {forge(t, list(t, state, manifestFile{"log/2026-11.db", 4096}), file("state.db", page)), "ends before log/2026-11.db"},
		"foreign name":     {forge(t, list(t, state, manifestFile{"visit.key", 10})), "not of a data folder"},
		"path that climbs": {forge(t, list(t, state, manifestFile{"log/../../2026-11.db", 10})), "not of a data folder"},
		"other order":      {forge(t, list(t, manifestFile{"log/2026-11.db", 10}, state)), "does not begin with state.db"},
		"twice":            {forge(t, list(t, state, state)), "out of order"},
		"huge":             {forge(t, list(t, manifestFile{"state.db", 1 << 50})), "impossible size"},
		"negative":         {forge(t, list(t, manifestFile{"state.db", -1})), "impossible size"},
		"other size":       {forge(t, list(t, manifestFile{"state.db", 10}), file("state.db", page)), "something else"},
		"link":             {forge(t, list(t, state), entry{tar.Header{Typeflag: tar.TypeSymlink, Name: "state.db", Linkname: "/etc/passwd"}, nil}), "something else"},
		"no database":      {forge(t, list(t, state), file("state.db", page)), "state.db is damaged"},
		"more than listed": {forge(t, list(t, state), file("state.db", page), file("more", page)), "goes on"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			refused(t, Restore(dir, bytes.NewReader(c.data), testOptions()), c.says)
			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) != 0 {
				t.Errorf("the folder holds %v, %v", entries, err)
			}
		})
	}
}
