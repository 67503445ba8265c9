package eventlog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
	"golang.org/x/sys/unix"

	"handrail/server/internal/branch"
)

// The ballast within a log file: pages that records can take when the file must
// not grow.
const (
	ballastPieces    = 4
	ballastPieceSize = 256 << 10
)

func errStorage() error {
	return &branch.Error{Code: branch.CodeStorage, Detail: "The disk cannot take it at the moment.", RetryAfter: time.Second}
}

// storageError turns the want of space into a *branch.Error; anything else
// stays as it is.
func storageError(err error) error {
	if err != nil && exhausted(err) {
		return errStorage()
	}
	return err
}

// exhausted reports whether a commit failed for want of space, in a way that
// bbolt rolls back: while growing the file or writing pages, never in a sync,
// whose outcome nobody knows.
func exhausted(err error) bool {
	if errors.Is(err, berrors.ErrMaxSizeReached) {
		return true
	}
	var path *fs.PathError
	if errors.As(err, &path) && path.Op == "write" {
		return noSpace(path.Err)
	}
	// bbolt keeps only the text when it cannot lengthen the file.
	text := err.Error()
	return strings.HasPrefix(text, "file resize error:") && slices.ContainsFunc(spaceErrors(), func(e unix.Errno) bool {
		return strings.HasSuffix(text, e.Error())
	})
}

// noSpace reports whether the system said that there is no space.
func noSpace(err error) bool {
	return slices.ContainsFunc(spaceErrors(), func(e unix.Errno) bool { return errors.Is(err, e) })
}

func spaceErrors() []unix.Errno { return []unix.Errno{unix.ENOSPC, unix.EDQUOT, unix.EFBIG} }

// Room says how much more the log can take.
func (s *Store) Room() branch.Room {
	room := branch.Room{File: s.opts.MaxSize}
	var disk unix.Statfs_t
	if err := unix.Statfs(s.dir, &disk); err == nil {
		room.Disk = int64(disk.Bavail) * disk.Bsize
		room.Total = int64(disk.Blocks) * disk.Bsize
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.months) > 0 {
		room.File = s.current().room(s.opts.fence())
	}
	return room
}

// fence is the size no file may pass: our own limit or the process's.
func (o Options) fence() int64 {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &limit); err != nil || limit.Cur > uint64(o.MaxSize) {
		return o.MaxSize
	}
	return int64(limit.Cur)
}

func (m *month) room(fence int64) int64 {
	var used int64
	_ = m.db.View(func(tx *bbolt.Tx) error {
		used = tx.Size()
		return nil
	})
	stats := m.db.Stats()
	free := int64(stats.FreePageN+stats.PendingPageN) * int64(m.db.Info().PageSize)
	return fence - growth - used + free
}

// Tighten gives the ballast up: the file on the disk, then the pages in the
// current log file.
func (s *Store) Tighten() error {
	if err := os.Remove(filepath.Join(s.dir, ballastName)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(s.months) == 0 {
		return nil
	}
	return storageError(s.current().db.Update(func(tx *bbolt.Tx) error {
		if tx.Bucket([]byte(ballastBucket)) == nil {
			return nil
		}
		return tx.DeleteBucket([]byte(ballastBucket))
	}))
}

// Relax sets the ballast aside again. The pages come first: they prove that
// the log can be written.
func (s *Store) Relax() error {
	if len(s.months) > 0 {
		if err := storageError(s.current().db.Update(putBallast)); err != nil {
			return err
		}
	}
	err := s.writeBallast()
	if noSpace(err) {
		return errStorage()
	}
	return err
}

// setAside makes the ballast file when the folder is opened and there is room
// for it and as much again.
func (s *Store) setAside() {
	if s.Room().Disk > 2*s.opts.Ballast {
		// Without it the box is as good until the disk is full; Relax will try
		// again.
		_ = s.writeBallast()
	}
}

// writeBallast makes the ballast file, really allocated, unless it is there.
func (s *Store) writeBallast() error {
	path := filepath.Join(s.dir, ballastName)
	size := min(s.opts.Ballast, s.opts.fence())
	if info, err := os.Stat(path); err == nil && info.Size() >= size {
		return nil
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	err = unix.Fallocate(int(f.Fd()), 0, 0, size)
	if errors.Is(err, unix.EOPNOTSUPP) {
		_, err = f.Write(make([]byte, size))
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return discard(path, err)
	}
	return nil
}

// putBallast fills the ballast bucket unless it is full.
func putBallast(tx *bbolt.Tx) error {
	if tx.Bucket([]byte(ballastBucket)) != nil {
		return nil
	}
	b, err := tx.CreateBucket([]byte(ballastBucket))
	if err != nil {
		return err
	}
	for i := range ballastPieces {
		if err := b.Put([]byte{byte(i)}, make([]byte, ballastPieceSize)); err != nil {
			return err
		}
	}
	return nil
}
