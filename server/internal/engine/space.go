package engine

import (
	"time"

	"handrail/server/internal/branch"
)

const (
	// diskReserve is the free disk below which ordinary commands are refused;
	// diskEnough is where they are taken again, with the log's ballast set aside
	// once more.
	diskReserve = 200 << 20
	diskEnough  = 300 << 20
	// fileReserve and fileEnough are the same for the current file and its
	// fences.
	fileReserve = 2 << 20
	fileEnough  = 4 << 20
)

// space is what the writer knows of the disk.
type space struct {
	room branch.Room
	// tight: ordinary commands are refused, essential ones are taken.
	tight bool
	// lookAt and restUntil are monotonic: when to look again, and until when
	// what is due must wait because even essential commits failed.
	lookAt, restUntil time.Duration
}

// look takes note of the room and reports whether a tight disk has enough
// again.
func (s *space) look(room branch.Room) (enough bool) {
	s.room = room
	if room.Disk < diskReserve || room.File < fileReserve {
		s.tight = true
	}
	return s.tight && room.Disk >= diskEnough && room.File >= fileEnough
}

// rest holds what is due for one tick.
func (s *space) rest(now time.Duration)         { s.restUntil = now + tick }
func (s *space) resting(now time.Duration) bool { return now < s.restUntil }

// watchSpace looks at the disk once a tick. The box goes back to normal when
// there is room and the log could set its ballast aside again, which proves
// that it can write.
func (e *Engine) watchSpace() error {
	now := e.cfg.Clock.Monotonic()
	if now < e.space.lookAt {
		return nil
	}
	e.space.lookAt = now + tick
	enough := e.space.look(e.cfg.Log.Room())
	defer e.stats.sawSpace(&e.space)
	if !enough {
		return nil
	}
	err := e.cfg.Log.Relax()
	if branch.CodeOf(err) == branch.CodeStorage {
		return nil
	}
	e.space.tight = err != nil
	return err
}

// admit refuses ordinary commands while the disk is short.
func (e *Engine) admit(cmd branch.Command) error {
	if !e.space.tight || e.essential(cmd) {
		return nil
	}
	return diskFull()
}

func diskFull() error {
	return &branch.Error{Code: branch.CodeStorage, Detail: "The disk is full; only calls for help are taken.", RetryAfter: retryAfter}
}

// essential reports whether a command is taken while the disk is short. The
// configuration is, so that a box can start.
func (e *Engine) essential(cmd branch.Command) bool {
	name := cmd.CommandName()
	return name == configApply{}.CommandName() || e.cfg.Essential != nil && e.cfg.Essential(name)
}

// split parts the essential calls from the ordinary ones.
func (e *Engine) split(calls []*call) (essential, ordinary []*call) {
	for _, c := range calls {
		c.result, c.err = Result{}, nil
		if e.essential(c.req.Command) {
			essential = append(essential, c)
		} else {
			ordinary = append(ordinary, c)
		}
	}
	return essential, ordinary
}
