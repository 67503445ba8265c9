package queue

import (
	"maps"
	"slices"
	"time"

	"handrail/server/internal/branch"
)

// Module holds the state of the queue. It belongs to the writer: no method may
// be called from two goroutines at once. What Model and Snapshot return may be
// used anywhere.
type Module struct {
	state    *state
	model    *Model
	decoders map[string]decoder
}

// New returns a module without configuration: it refuses every command with
// branch.CodeBusy until a branch.ConfigApplied has been applied.
func New() *Module {
	return &Module{state: newState(), decoders: decoders()}
}

// Name returns "queue".
func (*Module) Name() string { return "queue" }

// Commands lists the names of the commands that Decide takes.
func (*Module) Commands() []string {
	commands := []branch.Command{
		Create{}, Away{}, Back{}, Cancel{}, Recall{}, Confirm{}, Finish{}, NoShow{}, Park{}, Transfer{}, Return{},
		OpenCounter{}, PauseCounter{}, CloseCounter{}, CallNext{}, Call{}, LoseAbility{}, RestoreAbility{},
		OpenDay{}, CloseDay{},
	}
	names := make([]string, len(commands))
	for i, c := range commands {
		names[i] = c.CommandName()
	}
	return names
}

// Events lists the types of the events that Decode reads, sorted.
func (m *Module) Events() []string { return slices.Sorted(maps.Keys(m.decoders)) }

// Decide turns a command into events, none when there is nothing to do, or
// refuses it with an *branch.Error. It changes nothing.
func (m *Module) Decide(env branch.Env, by branch.Actor, cmd branch.Command) ([]branch.Event, error) {
	if !m.state.configured {
		err := branch.Refuse(branch.CodeBusy, "The branch has no configuration yet.")
		err.RetryAfter = time.Second
		return nil, err
	}
	return decision{state: m.state, env: env, by: by}.decide(cmd)
}

// Start sets the alarm of the day by the time at which the box has come up.
func (m *Module) Start(env branch.Env) []branch.Event {
	m.state.schedule(env.Now)
	return nil
}

// Model returns the queue as it is after the last event; it never changes.
func (m *Module) Model() *Model {
	s := m.state
	if m.model != nil && !s.changed {
		return m.model
	}
	next := s.look(s.now)
	if m.model != nil && !s.visitsChanged {
		next.ByID = m.model.ByID
	} else {
		next.ByID = maps.Clone(s.byID)
	}
	m.model = next
	s.changed, s.visitsChanged = false, false
	return next
}

// Visit finds a live visit or one that ended today; writer only.
func (m *Module) Visit(id branch.VisitID) (*Visit, bool) { return m.state.visit(id) }
