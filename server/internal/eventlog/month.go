package eventlog

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"handrail/server/internal/branch"
)

// The buckets and keys of a log file.
const (
	metaBucket    = "meta"
	headBucket    = "head"
	eventsBucket  = "events"
	ballastBucket = "ballast"
	idKey         = "id"
	firstKey      = "first"
	headKey       = "head"
)

// pageFill is how full event pages are left: records only ever come at the end.
const pageFill = 0.9

// growth is by how many bytes a file grows at a time.
const growth = 4 << 20

// month is one log file; last changes under the store's lock.
type month struct {
	// name is the path below the data folder, month the "2026-11" in it.
	name, month string
	db          *bbolt.DB
	id          string
	first, last uint64
}

// monthOf is the month of a moment, in UTC.
func monthOf(at branch.Instant) string { return at.Time().Format("2006-01") }

// openDB opens a bbolt file with the settings of every file here.
func openDB(path string, o Options, writable bool) (*bbolt.DB, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:         time.Second,
		FreelistType:    bbolt.FreelistMapType,
		InitialMmapSize: mapSize(o, writable),
		MaxSize:         int(o.MaxSize),
		ReadOnly:        !writable,
	})
	if err != nil {
		return nil, err
	}
	db.AllocSize = growth
	return db, nil
}

// mapSize is the address space of a file: 64 MiB or more, all it may ever need
// when it is written to.
func mapSize(o Options, writable bool) int {
	if !writable {
		return 0
	}
	return int(max(o.MaxSize, 64<<20))
}

func openMonth(dir, name string, writable bool, o Options) (*month, error) {
	m := &month{name: name, month: strings.TrimSuffix(filepath.Base(name), ".db")}
	err := guard(name, func() (err error) {
		m.db, err = openDB(filepath.Join(dir, name), o, writable)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s cannot be opened (%w): %s", name, err, advice)
	}
	if err = guard(name, m.readBounds); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %s", err, advice), m.db.Close())
	}
	return m, nil
}

func (m *month) readBounds() error {
	return m.db.View(func(tx *bbolt.Tx) error {
		meta, events := tx.Bucket([]byte(metaBucket)), tx.Bucket([]byte(eventsBucket))
		if meta == nil || events == nil {
			return &branch.Damage{File: m.name, Problem: "it is not a file of the log"}
		}
		first, _ := events.Cursor().First()
		last, _ := events.Cursor().Last()
		m.id = string(meta.Get([]byte(idKey)))
		m.first, m.last = keySeq(first), keySeq(last)
		if m.first == 0 || !bytes.Equal(first, meta.Get([]byte(firstKey))) {
			return &branch.Damage{File: m.name, Problem: "it does not begin where it should"}
		}
		return nil
	})
}

// createMonth makes a log file that is whole from the start: head, ballast and
// first records are committed before it has its name.
func createMonth(dir, name, id string, head []byte, records []branch.Record, o Options) (*month, error) {
	m := &month{name: monthPath(name), month: name, id: id, first: records[0].Seq, last: records[len(records)-1].Seq}
	path := filepath.Join(dir, m.name)
	var err error
	if m.db, err = openDB(path+newSuffix, o, true); err != nil {
		return nil, discard(path+newSuffix, err)
	}
	if err = m.begin(head, records); err == nil {
		err = os.Rename(path+newSuffix, path)
	}
	if err != nil {
		return nil, discard(path+newSuffix, errors.Join(err, m.db.Close()))
	}
	return m, nil
}

// discard deletes a file that was not finished.
func discard(path string, err error) error {
	if remove := os.Remove(path); !errors.Is(remove, os.ErrNotExist) {
		return errors.Join(err, remove)
	}
	return err
}

func (m *month) begin(head []byte, records []branch.Record) error {
	return m.db.Update(func(tx *bbolt.Tx) error {
		for _, name := range []string{metaBucket, headBucket, eventsBucket} {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		meta := tx.Bucket([]byte(metaBucket))
		stamped := stamp(m.first-1, head)
		return errors.Join(
			meta.Put([]byte(idKey), []byte(m.id)),
			meta.Put([]byte(firstKey), seqKey(m.first)),
			tx.Bucket([]byte(headBucket)).Put([]byte(headKey), seal([]byte(headKey), stamped)),
			putBallast(tx),
			putRecords(tx, records),
		)
	})
}

func (m *month) append(records []branch.Record) error {
	return m.db.Update(func(tx *bbolt.Tx) error { return putRecords(tx, records) })
}

func putRecords(tx *bbolt.Tx, records []branch.Record) error {
	events := tx.Bucket([]byte(eventsBucket))
	events.FillPercent = pageFill
	for _, r := range records {
		key := seqKey(r.Seq)
		if err := events.Put(key, seal(key, r.Data)); err != nil {
			return err
		}
	}
	return nil
}

// head returns the snapshot with which the file begins.
func (m *month) head() (seq uint64, data []byte, err error) {
	err = guard(m.name, func() error {
		return m.db.View(func(tx *bbolt.Tx) error {
			seq, data, err = readSnapshot(tx, headBucket, headKey)
			return err
		})
	})
	if err != nil {
		return 0, nil, damagedFile(m.name, err)
	}
	return seq, data, nil
}

// readSnapshot returns a copy of a sealed and stamped value. An absent one is
// seq 0 and nil.
func readSnapshot(tx *bbolt.Tx, bucket, key string) (uint64, []byte, error) {
	b := tx.Bucket([]byte(bucket))
	if b == nil {
		return 0, nil, &branch.Damage{Problem: "its bucket " + bucket + " is missing"}
	}
	sealed := b.Get([]byte(key))
	if sealed == nil {
		return 0, nil, nil
	}
	stamped, ok := unseal([]byte(key), sealed)
	seq, data, whole := unstamp(stamped)
	if !ok || !whole {
		return 0, nil, &branch.Damage{Problem: "the checksum of its snapshot is wrong"}
	}
	return seq, bytes.Clone(data), nil
}

// damagedFile puts the name of the file into damage that lacks it.
func damagedFile(name string, err error) error {
	var d *branch.Damage
	if errors.As(err, &d) && d.File == "" {
		return &branch.Damage{File: name, Seq: d.Seq, Problem: d.Problem}
	}
	return err
}

// The bounds of one page of reading, so that a slow reader never holds a
// transaction open.
const (
	pageRecords = 512
	pageBytes   = 512 << 10
)

// page reads records after seq. Those before a damaged one come with the error.
func (m *month) page(after uint64) (records []branch.Record, err error) {
	err = guard(m.name, func() error {
		return m.db.View(func(tx *bbolt.Tx) error {
			var size int
			c := tx.Bucket([]byte(eventsBucket)).Cursor()
			for k, v := c.Seek(seqKey(after + 1)); k != nil; k, v = c.Next() {
				r, err := openRecord(k, v, after+1)
				if err != nil {
					return err
				}
				records = append(records, r)
				after, size = r.Seq, size+len(r.Data)
				if len(records) == pageRecords || size > pageBytes {
					return nil
				}
			}
			return nil
		})
	})
	return records, damagedFile(m.name, err)
}

// openRecord copies a record out of the mapped page; it must be the one that is
// due.
func openRecord(key, sealed []byte, due uint64) (branch.Record, error) {
	if keySeq(key) != due {
		return branch.Record{}, &branch.Damage{Seq: due, Problem: "the record is missing"}
	}
	data, ok := unseal(key, sealed)
	if !ok {
		return branch.Record{}, &branch.Damage{Seq: due, Problem: "its checksum is wrong"}
	}
	return branch.Record{Seq: due, Data: bytes.Clone(data)}, nil
}
