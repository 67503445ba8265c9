package eventlog

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// manifestName is the first entry of a backup.
const manifestName = "backup.json"

// manifest lists what must follow it, in order.
type manifest struct {
	Log   string         `json:"log"`
	Files []manifestFile `json:"files"`
}

type manifestFile struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
}

// copying is a file with the transaction in which it stands still.
type copying struct {
	manifestFile
	tx *bbolt.Tx
}

// Backup writes a tar stream of the folder as it is now: state.db first, then
// the logs, so that the logs hold at least what state.db is of. The writer goes
// on meanwhile.
func (s *Store) Backup(w io.Writer) error {
	files, err := s.standStill()
	defer func() {
		for _, f := range files {
			_ = f.tx.Rollback()
		}
	}()
	if err != nil {
		return err
	}
	list := manifest{Log: s.id}
	for _, f := range files {
		list.Files = append(list.Files, f.manifestFile)
	}
	t := tar.NewWriter(w)
	if err := writeManifest(t, list); err != nil {
		return err
	}
	for _, f := range files {
		if err := f.write(t); err != nil {
			return fmt.Errorf("backup of %s: %w", f.Name, err)
		}
	}
	return t.Close()
}

// standStill begins a read transaction in each file, state.db first.
func (s *Store) standStill() ([]copying, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	f, err := copyOf(stateName, s.state.db)
	if err != nil {
		return nil, err
	}
	files := []copying{f}
	for _, m := range s.months {
		if f, err = copyOf(m.name, m.db); err != nil {
			return files, err
		}
		files = append(files, f)
	}
	return files, nil
}

func copyOf(name string, db *bbolt.DB) (copying, error) {
	tx, err := db.Begin(false)
	if err != nil {
		return copying{}, err
	}
	return copying{manifestFile{name, tx.Size()}, tx}, nil
}

func writeManifest(t *tar.Writer, list manifest) error {
	data, err := json.Marshal(list)
	if err != nil {
		return err
	}
	if err := t.WriteHeader(header(manifestName, int64(len(data)))); err != nil {
		return err
	}
	_, err = t.Write(data)
	return err
}

func (f copying) write(t *tar.Writer) error {
	if err := t.WriteHeader(header(f.Name, f.Size)); err != nil {
		return err
	}
	_, err := f.tx.WriteTo(t)
	return err
}

func header(name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: time.Unix(0, 0)}
}

// restoreFolder is where a backup is unpacked until it is whole.
const restoreFolder = "restoring"

// Restore unpacks a backup into an empty or absent folder and gives the log a
// new id, because what happens from here on is another history. Everything is
// checked before anything gets its name; on any error the folder is empty again.
func Restore(dir string, r io.Reader, o Options) error {
	o = o.withDefaults()
	if err := empty(dir); err != nil {
		return err
	}
	if err := prepare(dir); err != nil {
		return fmt.Errorf("data folder %s: %w", dir, err)
	}
	staging := filepath.Join(dir, restoreFolder)
	err := restoreInto(staging, r, o)
	if err == nil {
		err = place(dir, staging)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("nothing was restored: %w", err), undo(dir))
	}
	return nil
}

// empty refuses a folder with anything in it.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(entries) == 0:
		return nil
	}
	if lock, err := lockFolder(dir); err != nil {
		return fmt.Errorf("data folder %s: %w", dir, err)
	} else if err := lock.Close(); err != nil {
		return err
	}
	return fmt.Errorf("data folder %s is not empty: restore into an empty one", dir)
}

// undo removes what Restore has made.
func undo(dir string) error {
	return errors.Join(
		os.RemoveAll(filepath.Join(dir, restoreFolder)),
		os.RemoveAll(filepath.Join(dir, logFolder)),
		os.RemoveAll(filepath.Join(dir, stateName)),
	)
}

// place gives the files their places, state.db last.
func place(dir, staging string) error {
	if err := os.Remove(filepath.Join(dir, logFolder)); err != nil {
		return err
	}
	for _, name := range []string{logFolder, stateName} {
		if err := os.Rename(filepath.Join(staging, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return errors.Join(os.Remove(staging), syncFolder(filepath.Join(dir, logFolder)), syncFolder(dir))
}

func restoreInto(staging string, r io.Reader, o Options) error {
	if err := os.MkdirAll(filepath.Join(staging, logFolder), 0o700); err != nil {
		return err
	}
	names, err := unpack(staging, tar.NewReader(r), o)
	if err != nil {
		return err
	}
	id := newLogID()
	for _, name := range names {
		if err := o.check(staging, name, true); err != nil {
			return err
		}
		if err := giveID(staging, name, id, o); err != nil {
			return err
		}
	}
	return nil
}

// unpack writes the files of the manifest, and nothing else, below staging.
func unpack(staging string, t *tar.Reader, o Options) ([]string, error) {
	list, err := readManifest(t)
	if err != nil {
		return nil, err
	}
	if err := list.fits(staging, o); err != nil {
		return nil, err
	}
	var names []string
	for _, want := range list.Files {
		h, err := t.Next()
		if err != nil {
			return nil, fmt.Errorf("the backup ends before %s: %w", want.Name, err)
		}
		if h.Typeflag != tar.TypeReg || h.Name != want.Name || h.Size != want.Size {
			return nil, fmt.Errorf("the backup holds something else where %s should be", want.Name)
		}
		if err := writeFile(filepath.Join(staging, want.Name), t, want.Size); err != nil {
			return nil, fmt.Errorf("%s: %w", want.Name, err)
		}
		names = append(names, want.Name)
	}
	if _, err := t.Next(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the backup goes on after its last file")
	}
	return names, nil
}

func readManifest(t *tar.Reader) (manifest, error) {
	var list manifest
	h, err := t.Next()
	if err != nil || h.Name != manifestName || h.Typeflag != tar.TypeReg || h.Size > 1<<20 {
		return list, errors.New("this is not a backup of this server")
	}
	data, err := io.ReadAll(t)
	if err == nil {
		err = json.Unmarshal(data, &list)
	}
	if err != nil {
		return list, fmt.Errorf("the list of the backup cannot be read: %w", err)
	}
	return list, nil
}

// fits refuses names and sizes that no backup has, before anything is written.
func (list manifest) fits(staging string, o Options) error {
	if len(list.Files) == 0 || list.Files[0].Name != stateName {
		return errors.New("the backup does not begin with state.db")
	}
	var names []string
	var total int64
	for _, f := range list.Files {
		folder, base := filepath.Split(f.Name)
		if f.Name != stateName && (folder != logFolder+"/" || !monthForm().MatchString(base)) {
			return errors.New("the backup holds a file that is not of a data folder")
		}
		if f.Size <= 0 || f.Size > o.MaxSize {
			return fmt.Errorf("%s has an impossible size of %d bytes", f.Name, f.Size)
		}
		names, total = append(names, f.Name), total+f.Size
	}
	if !slices.IsSorted(names[1:]) || len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) {
		return errors.New("the files of the backup are out of order")
	}
	if free := (&Store{dir: staging, opts: o}).Room().Disk; total > free {
		return fmt.Errorf("the backup needs %d bytes and the disk has %d", total, free)
	}
	return nil
}

func writeFile(path string, r io.Reader, size int64) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, r, size)
	return errors.Join(err, f.Sync(), f.Close())
}

// giveID gives a file its new log id.
func giveID(dir, name, id string, o Options) error {
	db, err := openDB(filepath.Join(dir, name), o, true)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte(metaBucket)).Put([]byte(idKey), []byte(id))
	})
	return errors.Join(err, db.Close())
}
