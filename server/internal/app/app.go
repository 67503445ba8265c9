// Package app is the box put together: it opens the data folder, builds the
// modules over it, puts the configuration in force and connects engine, hub,
// HTTP and devices. It holds no rule of its own, and it must never answer or
// show what the engine has not committed.
package app

import (
	"log/slog"
	"sync/atomic"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/deviceio"
	"handrail/server/internal/engine"
	"handrail/server/internal/equipment"
	"handrail/server/internal/eventlog"
	"handrail/server/internal/hub"
	"handrail/server/internal/paging"
	"handrail/server/internal/phrases"
	"handrail/server/internal/policy"
	"handrail/server/internal/queue"
	"handrail/server/internal/speech"
	"handrail/server/internal/views"
)

// Config says what box to run.
type Config struct {
	// Data is the data folder; it is made when absent.
	Data string
	// Listen is a loopback address; empty means that only the admin socket
	// listens, as for one command of the command line.
	Listen string
	// ConfigFile is the branch's configuration. Empty means the one in force,
	// or the demo branch in a new data folder.
	ConfigFile string
	// WebDir replaces the built-in screens by a folder, read anew at each
	// request; empty means the built-in ones.
	WebDir  string
	Version string
	Log     *slog.Logger
	// SpeechProgram is the engine that speaks, espeak-ng when empty.
	SpeechProgram string
	// Clock is the system clock when nil.
	Clock engine.Clock
}

// App is a box that is open.
type App struct {
	cfg      Config
	store    *eventlog.Store
	engine   *engine.Engine
	domain   domain
	keeper   *access.Keeper
	words    *phrases.Catalogue
	branch   inForce
	views    *views.Views
	set      atomic.Pointer[views.Set]
	hub      *hub.Hub
	devices  *deviceio.IO
	speech   *speech.Speech
	presence *presence
	reports  reports
	// origin is the address under which browsers find the box, "http://…"; set
	// before anything runs that makes links.
	origin  string
	started branch.Instant
}

// domain is one set of modules with their state.
type domain struct {
	queue     *queue.Module
	paging    *paging.Module
	equipment *equipment.Module
	access    *access.Module
}

func newDomain() domain {
	return domain{queue: queue.New(), paging: paging.New(), equipment: equipment.New(), access: access.New()}
}

func (d domain) modules() []engine.Module {
	return []engine.Module{d.queue, d.paging, d.equipment, d.access}
}

func (d domain) policy() *policy.Policy { return policy.New(d.queue, d.paging, d.equipment) }
