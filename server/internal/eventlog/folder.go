package eventlog

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	stateName   = "state.db"
	logFolder   = "log"
	lockName    = "server.lock"
	markName    = "clean.json"
	ballastName = "ballast"
	newSuffix   = ".new"
)

// monthForm is the name of a log file.
func monthForm() *regexp.Regexp { return regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])\.db$`) }

// monthPath is where the log file of a month lies below the data folder.
func monthPath(month string) string { return logFolder + "/" + month + ".db" }

// prepare makes the folders, for this user only, and refuses a file system on
// which overwriting a block can fail.
func prepare(dir string) error {
	for _, d := range []string{dir, filepath.Join(dir, logFolder)} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return err
		}
		if err := os.Chmod(d, 0o700); err != nil {
			return err
		}
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return err
	}
	if name := copyOnWrite(int64(fs.Type)); name != "" {
		return fmt.Errorf("it lies on %s, where a full disk can damage the log: use a folder on ext4 or xfs", name)
	}
	return nil
}

// copyOnWrite names the file systems that write every block to a new place: on
// them the one write that bbolt relies on, over a block it already has, can find
// the disk full.
func copyOnWrite(magic int64) string {
	switch magic {
	case unix.BTRFS_SUPER_MAGIC:
		return "btrfs"
	case 0x2fc12fc1:
		return "zfs"
	case 0xca451a4e:
		return "bcachefs"
	}
	return ""
}

// lockFolder makes this process the only one that uses the folder.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		pid, _ := os.ReadFile(f.Name())
		return nil, errors.Join(
			fmt.Errorf("it is in use by process %s: stop that server first", strings.TrimSpace(string(pid))), f.Close())
	}
	// The number is for people; on a full disk the lock is as good without it.
	_ = f.Truncate(0)
	_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return f, nil
}

// survey deletes what was never finished and lists the files there are: state.db
// first, then the log files, oldest first.
func survey(dir string) ([]string, error) {
	if _, err := os.Lstat(filepath.Join(dir, restoreFolder)); err == nil {
		return nil, errors.New("a restore was begun and not finished: empty the folder and restore again")
	}
	entries, err := os.ReadDir(filepath.Join(dir, logFolder))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		name := logFolder + "/" + e.Name()
		switch {
		case strings.HasSuffix(name, newSuffix):
			err = os.Remove(filepath.Join(dir, name))
		case e.Type().IsRegular() && monthForm().MatchString(e.Name()):
			names = append(names, name)
		default:
			err = fmt.Errorf("%s is not a file of the log: take it out of the folder", name)
		}
		if err != nil {
			return nil, err
		}
	}
	return addState(dir, names)
}

func addState(dir string, names []string) ([]string, error) {
	if err := os.Remove(filepath.Join(dir, stateName+newSuffix)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	_, err := os.Lstat(filepath.Join(dir, stateName))
	if errors.Is(err, os.ErrNotExist) {
		if len(names) > 0 {
			return nil, fmt.Errorf("state.db is missing beside %s: %s", names[0], advice)
		}
		return nil, nil
	}
	return slices.Insert(names, 0, stateName), err
}

// mark is what a file looked like when it was closed.
type mark struct {
	Size int64 `json:"size"`
	// Time is when it was last written, in nanoseconds since the Unix epoch.
	Time int64 `json:"time"`
}

func markOf(dir, name string) (mark, error) {
	info, err := os.Lstat(filepath.Join(dir, name))
	if err != nil {
		return mark{}, err
	}
	if !info.Mode().IsRegular() {
		return mark{}, fmt.Errorf("%s is not a regular file: %s", name, advice)
	}
	return mark{info.Size(), info.ModTime().UnixNano()}, nil
}

// readMarks returns the marks by file name. Marks that cannot be read are no
// loss: the files are then checked.
func readMarks(dir string) map[string]mark {
	var marks map[string]mark
	data, err := os.ReadFile(filepath.Join(dir, markName))
	if err != nil || json.Unmarshal(data, &marks) != nil {
		return nil
	}
	return marks
}

// writeMarks replaces the marks by those of the given files. On a full disk
// there are none.
func writeMarks(dir string, names []string) error {
	path := filepath.Join(dir, markName)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	marks := make(map[string]mark)
	for _, name := range names {
		m, err := markOf(dir, name)
		if err != nil {
			return err
		}
		marks[name] = m
	}
	data, err := json.Marshal(marks)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, data, 0o600); err != nil && !noSpace(err) {
		return err
	}
	return nil
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
