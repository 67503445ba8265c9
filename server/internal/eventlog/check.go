package eventlog

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"handrail/server/internal/branch"
)

// tailRecords is how many records a tail check reads: a power cut can only have
// torn what was written last.
const tailRecords = 2000

// check refuses a file that cannot be trusted: first by its two meta pages,
// which is safe, then by reading it in a process of its own. A file that was
// changed after it had been closed is read whole, and both its meta pages must
// be sound; one that was never closed may have lost the one that was being
// written.
func (o Options) check(dir, name string, changed bool) error {
	path := filepath.Join(dir, name)
	err := checkMeta(path, changed)
	if err == nil {
		err = o.checkApart(path, changed)
	}
	if err != nil {
		return fmt.Errorf("%s is damaged or not a file of this server (%w): %s", name, err, advice)
	}
	return nil
}

// metaPage is the beginning of a bbolt page that says where everything is.
type metaPage struct {
	ID       uint64
	Flags    uint16
	Count    uint16
	Overflow uint32
	Magic    uint32
	Version  uint32
	PageSize uint32
	_        uint32
	Root     uint64
	Sequence uint64
	Freelist uint64
	Pages    uint64
	Tx       uint64
	Checksum uint64
}

const (
	metaSize   = 16 + 64 // page header and meta
	metaMagic  = 0xED0CDAED
	metaOffset = 16 // of the bytes under the checksum
	sumOffset  = 16 + 56
)

// checkMeta reads the two meta pages without bbolt, which would map the file
// first, and holds the size of the file against them.
func checkMeta(path string, both bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	first, ok0 := readMeta(f, 0)
	newest, ok1 := readMeta(f, int64(os.Getpagesize()))
	if ok0 && (!ok1 || first.Tx > newest.Tx) {
		newest = first
	}
	switch {
	case !ok0 && !ok1:
		return errors.New("its beginning is not that of a database")
	case both && !(ok0 && ok1):
		return errors.New("its beginning was changed")
	case uint64(info.Size()) < newest.Pages*uint64(newest.PageSize):
		return fmt.Errorf("it has %d bytes and should have %d", info.Size(), newest.Pages*uint64(newest.PageSize))
	}
	return nil
}

// readMeta reads a meta page and reports whether it is sound.
func readMeta(r io.ReaderAt, at int64) (metaPage, bool) {
	var raw [metaSize]byte
	var m metaPage
	if _, err := r.ReadAt(raw[:], at); err != nil {
		return m, false
	}
	if err := binary.Read(bytes.NewReader(raw[:]), binary.NativeEndian, &m); err != nil {
		return m, false
	}
	h := fnv.New64a()
	h.Write(raw[metaOffset:sumOffset])
	sound := m.Magic == metaMagic && m.Version == 2 && m.Checksum == h.Sum64()
	return m, sound && int(m.PageSize) == os.Getpagesize() && m.Root < m.Pages && m.Pages < 1<<40
}

// checkApart runs CheckFile where it can do no harm.
func (o Options) checkApart(path string, full bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), o.CheckTimeout)
	defer cancel()
	if len(o.Checker) == 0 {
		return checkHere(ctx, path, full)
	}
	args := append(o.Checker[1:len(o.Checker):len(o.Checker)], checkMode(full), path)
	cmd := exec.CommandContext(ctx, o.Checker[0], args...)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("reading it did not end within %s", o.CheckTimeout)
	case errors.As(err, &exit) && len(out) > 0:
		return errors.New(strings.TrimSpace(string(out)))
	default:
		return fmt.Errorf("reading it failed: %w", err)
	}
}

func checkMode(full bool) string {
	if full {
		return "full"
	}
	return "tail"
}

func checkHere(ctx context.Context, path string, full bool) error {
	done := make(chan error, 1)
	go func() { done <- CheckFile(path, full) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return errors.New("reading it did not end in time")
	}
}

// CheckMain is the hidden command behind Options.Checker: its arguments are
// "tail" or "full" and a path. It writes what is wrong to w and returns the exit
// code.
func CheckMain(args []string, w io.Writer) int {
	if len(args) != 2 {
		fmt.Fprintln(w, "give tail or full, and a file")
		return 2
	}
	if err := CheckFile(args[1], args[0] == "full"); err != nil {
		fmt.Fprintln(w, err)
		return 1
	}
	return 0
}

// CheckFile reads a file of a data folder and returns what would make it unsafe
// to use. A tail check is for a file that was not closed: it reads the free
// pages and the last records, which are all that a power cut can have torn. A
// full check is for a file that somebody changed: it walks every page. Wrong
// bytes within an old record are for verify to name. CheckFile may hang or crash
// on a broken file, so it belongs into a process of its own.
func CheckFile(path string, full bool) error {
	return guard(filepath.Base(path), func() error {
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout: time.Second, ReadOnly: true, PreLoadFreelist: true, FreelistType: bbolt.FreelistMapType,
		})
		if err != nil {
			return err
		}
		defer db.Close()
		return db.View(func(tx *bbolt.Tx) error { return checkTx(tx, filepath.Base(path), full) })
	})
}

func checkTx(tx *bbolt.Tx, name string, full bool) error {
	if full {
		for err := range tx.Check() {
			return err
		}
	}
	if meta := tx.Bucket([]byte(metaBucket)); meta == nil || meta.Get([]byte(idKey)) == nil {
		return errors.New("it is another program's database")
	}
	if name == stateName {
		return damagedSnapshotIsNoMatter(readSnapshot(tx, snapshotBucket, liveKey))
	}
	if err := damagedSnapshotIsNoMatter(readSnapshot(tx, headBucket, headKey)); err != nil {
		return err
	}
	return checkRecords(tx, full)
}

// damagedSnapshotIsNoMatter lets a snapshot pass whose checksum is wrong: the
// log can do without it, and verify names it. That reading it did not crash is
// what was asked.
func damagedSnapshotIsNoMatter(_ uint64, _ []byte, err error) error {
	var d *branch.Damage
	if errors.As(err, &d) {
		return nil
	}
	return err
}

// checkRecords looks for every record, or reads the last ones.
func checkRecords(tx *bbolt.Tx, full bool) error {
	events := tx.Bucket([]byte(eventsBucket))
	if events == nil {
		return errors.New("it has no records")
	}
	c := events.Cursor()
	key, _ := c.Last()
	last := keySeq(key)
	key, value := c.First()
	due := keySeq(key)
	if !full && last > tailRecords && last-tailRecords > due {
		due = last - tailRecords
		key, value = c.Seek(seqKey(due))
	}
	for ; key != nil; key, value = c.Next() {
		if keySeq(key) != due {
			return fmt.Errorf("record %d is missing", due)
		}
		if _, sound := unseal(key, value); !sound && !full {
			return fmt.Errorf("the checksum of record %d is wrong", due)
		}
		due++
	}
	if due != last+1 {
		return errors.New("its last record is missing")
	}
	return nil
}
