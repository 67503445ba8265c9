package eventlog

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"handrail/server/internal/branch"
)

// The buckets and keys of state.db, beside those of a log file.
const (
	snapshotBucket = "snapshot"
	tablePrefix    = "table-"
	newestKey      = "newest"
	liveKey        = "live"
)

// stateFile is state.db.
type stateFile struct {
	db *bbolt.DB
	id string
	// newest is the month of the newest log file when this was written last.
	newest string
}

// openState opens state.db; an absent one is os.ErrNotExist.
func openState(dir string, o Options) (*stateFile, error) {
	path := filepath.Join(dir, stateName)
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	f := &stateFile{}
	err := guard(stateName, func() (err error) {
		f.db, err = openDB(path, o, true)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s cannot be opened (%w): %s", stateName, err, advice)
	}
	if err := guard(stateName, f.read); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %s", err, advice), f.db.Close())
	}
	return f, nil
}

func (f *stateFile) read() error {
	return f.db.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket([]byte(metaBucket))
		if meta == nil || tx.Bucket([]byte(snapshotBucket)) == nil || meta.Get([]byte(idKey)) == nil {
			return &branch.Damage{File: stateName, Problem: "it is not a file of this server"}
		}
		f.id = string(meta.Get([]byte(idKey)))
		f.newest = string(meta.Get([]byte(newestKey)))
		return nil
	})
}

// createState makes state.db for a new log.
func createState(dir, id string, o Options) (*stateFile, error) {
	path := filepath.Join(dir, stateName)
	db, err := openDB(path+newSuffix, o, true)
	if err != nil {
		return nil, discard(path+newSuffix, err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		meta, err := tx.CreateBucket([]byte(metaBucket))
		if err != nil {
			return err
		}
		_, err = tx.CreateBucket([]byte(snapshotBucket))
		return errors.Join(err, meta.Put([]byte(idKey), []byte(id)))
	})
	if err == nil {
		err = os.Rename(path+newSuffix, path)
	}
	if err == nil {
		err = syncFolder(dir)
	}
	if err != nil {
		return nil, discard(path+newSuffix, errors.Join(err, db.Close()))
	}
	return &stateFile{db: db, id: id}, nil
}

// setNewest notes which log file must be there.
func (f *stateFile) setNewest(month string) error {
	f.newest = month
	return f.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte(metaBucket)).Put([]byte(newestKey), []byte(month))
	})
}

// snapshotSeq returns the record of the live snapshot, zero when it cannot be
// read.
func (f *stateFile) snapshotSeq() uint64 {
	seq, _, err := f.live()
	if err != nil {
		return 0
	}
	return seq
}

func (f *stateFile) live() (seq uint64, data []byte, err error) {
	err = guard(stateName, func() error {
		return f.db.View(func(tx *bbolt.Tx) error {
			seq, data, err = readSnapshot(tx, snapshotBucket, liveKey)
			return err
		})
	})
	if err != nil {
		return 0, nil, damagedFile(stateName, err)
	}
	return seq, data, nil
}

// LiveSnapshot returns what SaveSnapshot saved last, or seq 0 and nil.
func (s *Store) LiveSnapshot() (seq uint64, data []byte, err error) { return s.state.live() }

// SaveSnapshot replaces the live snapshot; it may run beside Append.
func (s *Store) SaveSnapshot(seq uint64, data []byte) error {
	key := []byte(liveKey)
	return storageError(s.state.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte(snapshotBucket)).Put(key, seal(key, stamp(seq, data)))
	}))
}

// LoadSnapshot returns the newest snapshot that can be read, live or head. One
// that is damaged is passed over, because the log leads to the same state;
// verify names it.
func (s *Store) LoadSnapshot() (seq uint64, data []byte, err error) {
	seq, data, err = s.LiveSnapshot()
	files := s.Files()
	if len(files) == 0 {
		return 0, nil, nil
	}
	if err == nil && seq >= files[len(files)-1].First-1 && data != nil {
		return seq, data, nil
	}
	for i := len(files) - 1; i >= 0; i-- {
		headSeq, head, headErr := s.Head(files[i].Name)
		if headErr == nil {
			return headSeq, head, nil
		}
		err = errors.Join(err, headErr)
	}
	return 0, nil, fmt.Errorf("no snapshot can be read (%w): %s", err, advice)
}

// Table is a small set of values in state.db, for what is known beside the log,
// such as hashes of tokens. Nothing personal may be put in: deleting does not
// erase.
type Table struct {
	db   *bbolt.DB
	name []byte
}

// Table returns the table of a name; it is made by the first Put.
func (s *Store) Table(name string) *Table {
	return &Table{db: s.state.db, name: []byte(tablePrefix + name)}
}

// Get returns a copy of a value, nil when there is none.
func (t *Table) Get(key string) (value []byte, err error) {
	err = t.view(func(b *bbolt.Bucket) error {
		value = bytes.Clone(b.Get([]byte(key)))
		return nil
	})
	return value, err
}

// Each calls yield with copies of all values in the order of their keys, until
// it returns false.
func (t *Table) Each(yield func(key string, value []byte) bool) error {
	type pair struct {
		key   string
		value []byte
	}
	var all []pair
	err := t.view(func(b *bbolt.Bucket) error {
		return b.ForEach(func(k, v []byte) error {
			all = append(all, pair{string(k), bytes.Clone(v)})
			return nil
		})
	})
	for _, p := range all {
		if !yield(p.key, p.value) {
			break
		}
	}
	return err
}

func (t *Table) view(read func(*bbolt.Bucket) error) error {
	return guard(stateName, func() error {
		return t.db.View(func(tx *bbolt.Tx) error {
			if b := tx.Bucket(t.name); b != nil {
				return read(b)
			}
			return nil
		})
	})
}

// Put keeps a value durably.
func (t *Table) Put(key string, value []byte) error {
	return storageError(t.db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(t.name)
		if err != nil {
			return err
		}
		return b.Put([]byte(key), value)
	}))
}

// Delete removes a value; an absent one is no error.
func (t *Table) Delete(key string) error {
	return storageError(t.db.Update(func(tx *bbolt.Tx) error {
		if b := tx.Bucket(t.name); b != nil {
			return b.Delete([]byte(key))
		}
		return nil
	}))
}
