package engine

import (
	"context"
	"errors"
	"fmt"

	"handrail/server/internal/branch"
)

// Report is what Verify found.
type Report struct {
	// Files and Events were replayed.
	Files  int
	Events uint64
	// Differences are empty when everything agrees.
	Differences []branch.Damage
}

// Clean reports whether everything agrees.
func (r Report) Clean() bool { return len(r.Differences) == 0 }

// The names under which Verify reports snapshots that are in no log file.
const (
	liveSnapshot = "state.db"
	runningState = "the running state"
)

// Verify replays every file of the log from its own head and compares the
// outcome with the next head, with the live snapshot and with the running
// state. It works beside the writer. An error means that it could not be
// finished.
func (e *Engine) Verify(ctx context.Context) (Report, error) {
	var seq uint64
	var encode func() ([]byte, error)
	if err := e.Ask(ctx, func() { seq, encode = e.state.seq, e.state.freeze() }); err != nil {
		return Report{}, err
	}
	data, err := encode()
	if err != nil {
		return Report{}, err
	}
	return verify(ctx, e.cfg.Log, e.cfg.NewModules, checkpoint{runningState, seq, data})
}

// Verify does what Engine.Verify does for a log without an engine.
func Verify(ctx context.Context, log Log, newModules func() []Module) (Report, error) {
	_, last := log.Bounds()
	return verify(ctx, log, newModules, checkpoint{seq: last})
}

// checkpoint is a snapshot that a replay must meet. Without data there is
// nothing to compare, only an end.
type checkpoint struct {
	file string
	seq  uint64
	data []byte
}

// verifier replays a log.
type verifier struct {
	log    Log
	report Report
	// end is the last checkpoint; what was committed after Verify began is left
	// out.
	end   checkpoint
	marks []checkpoint
}

func verify(ctx context.Context, log Log, newModules func() []Module, end checkpoint) (Report, error) {
	v := &verifier{log: log, end: end}
	files := log.Files()
	v.collect(files)
	for _, file := range files {
		s, err := newState(newModules())
		if err != nil {
			return v.report, err
		}
		if err := v.file(ctx, s, file); err != nil {
			return v.report, err
		}
	}
	return v.report, nil
}

// collect reads every snapshot that the replay will meet.
func (v *verifier) collect(files []branch.LogFile) {
	for _, file := range files {
		seq, data, err := v.log.Head(file.Name)
		if err == nil && seq+1 != file.First {
			err = &branch.Damage{File: file.Name, Problem: fmt.Sprintf("its head is of record %d and its first record is %d", seq, file.First)}
		}
		v.mark(checkpoint{file.Name, seq, data}, err)
	}
	seq, data, err := v.log.LiveSnapshot()
	v.mark(checkpoint{liveSnapshot, seq, data}, err)
	v.mark(v.end, nil)
}

func (v *verifier) mark(c checkpoint, err error) {
	if err != nil {
		v.differ(c.file, 0, err)
	} else if c.data != nil {
		v.marks = append(v.marks, c)
	}
}

// differ notes a difference; damage that the log has already named keeps its
// own words.
func (v *verifier) differ(file string, seq uint64, err error) {
	var d *branch.Damage
	if !errors.As(err, &d) {
		d = &branch.Damage{Problem: err.Error()}
	}
	found := *d
	if found.File == "" {
		found.File = file
	}
	if found.Seq == 0 {
		found.Seq = seq
	}
	v.report.Differences = append(v.report.Differences, found)
}

// file replays one file from its head to its end. Its error is that of ctx.
func (v *verifier) file(ctx context.Context, s *state, file branch.LogFile) error {
	v.report.Files++
	seq, head, err := v.log.Head(file.Name)
	if err != nil || seq+1 != file.First {
		return nil // collect has named it
	}
	if err := s.restore(head); err != nil {
		v.differ(file.Name, seq, err)
		return nil
	}
	v.compare(s, file.Name)
	last := min(file.Last, v.end.seq)
	var broken error
	err = v.log.Read(seq, func(r branch.Record) bool {
		if r.Seq > last || ctx.Err() != nil {
			return false
		}
		if broken = s.replay(r); broken != nil {
			return false
		}
		v.report.Events++
		v.compare(s, file.Name)
		return r.Seq < last
	})
	switch err := errors.Join(broken, err); {
	case err != nil:
		v.differ(file.Name, s.seq+1, err)
	case s.seq < last && ctx.Err() == nil:
		v.differ(file.Name, s.seq+1, errors.New("the record is missing"))
	}
	return ctx.Err()
}

// compare holds the replayed state against every snapshot of the same moment,
// except the head with which this replay began.
func (v *verifier) compare(s *state, file string) {
	for _, mark := range v.marks {
		if mark.seq != s.seq || mark.file == file {
			continue
		}
		data, err := s.freeze()()
		if err != nil {
			v.differ(file, s.seq, err)
			return
		}
		if module := differs(data, mark.data); module != "" {
			v.differ(mark.file, mark.seq, fmt.Errorf("the replay of %s leads to another state of %s", file, module))
		}
	}
}
