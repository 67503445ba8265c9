// Package engine is the single writer: it decides commands through an ordered
// list of modules, applies the events to the writer's private state, commits
// them in one durable transaction and only then publishes and answers. It knows
// no rule of the domain, and nothing is ever seen or answered before it is
// durable.
package engine

import (
	"context"

	"handrail/server/internal/branch"
)

// Module is one part of the domain: its own state, commands and events. Every
// method but Decode runs on the writer goroutine; none may block, read a clock
// or keep an argument's memory.
//
// A module changes its state by replacing values, never by changing one that
// it has already given away: what Snapshot and its read models returned stays
// as it was.
type Module interface {
	// Name names the module's snapshot and its policy in branch.ConfigApplied.
	Name() string
	// Commands and Events list the names the module owns.
	Commands() []string
	Events() []string
	// Decide turns a command the module owns into events, or refuses it with an
	// *branch.Error. It changes nothing.
	Decide(env branch.Env, by branch.Actor, cmd branch.Command) ([]branch.Event, error)
	// Apply changes the state by one event of any module; events it has no use
	// for are ignored. It is deterministic and cannot fail.
	Apply(env branch.Envelope)
	// Start is called once after state has been restored, before the first
	// command; its events are committed like any others.
	Start(env branch.Env) []branch.Event
	// NextWake returns the earliest moment at which Wake has something to do,
	// zero for never.
	NextWake() branch.Instant
	// Wake returns the events that are due at env.Now: each due thing once,
	// however long it is overdue.
	Wake(env branch.Env) []branch.Event
	// Decode reads the stored form of an event the module owns, of this or any
	// earlier version. It is a function of its arguments alone: it is called
	// from any goroutine.
	Decode(eventType string, version int, data []byte) (branch.Event, error)
	// Snapshot freezes the state; the returned function encodes it on any
	// goroutine. Equal states give equal bytes.
	Snapshot() func() ([]byte, error)
	// Restore replaces the state by a snapshot, or by the empty state when data
	// is nil.
	Restore(data []byte) error
}

// Reactor turns events of one module into follow-up commands for others,
// within the same batch. policy implements it. React is called on the writer
// goroutine after the event was applied.
type Reactor interface {
	React(env branch.Envelope) []branch.Command
	// NextWake and Wake are for what is no event, such as a long wait.
	NextWake() branch.Instant
	Wake(env branch.Env) []branch.Command
}

// Log keeps records durably. eventlog implements it. Append, Begins, Tighten,
// Relax and Room are called by the writer only, everything else from any
// goroutine.
type Log interface {
	// ID names this log; a restore makes a new one.
	ID() string
	// Begins reports whether an Append at that moment begins a new file.
	Begins(at branch.Instant) bool
	// Append commits records in one durable transaction. When it begins a new
	// file, the file starts with the bytes that head returns: a snapshot of all
	// state after the record before the first of this batch. An error with
	// branch.CodeStorage means that nothing was written and the box may go on;
	// any other error means that what is on disk is unknown.
	Append(at branch.Instant, records []branch.Record, head func() ([]byte, error)) error
	// Read calls yield for the records after seq, in order, until it returns
	// false. What cannot be trusted is a *branch.Damage.
	Read(after uint64, yield func(branch.Record) bool) error
	// Bounds returns the first and the last sequence number kept; both zero
	// when the log is empty.
	Bounds() (first, last uint64)
	// Files lists the files, oldest first.
	Files() []branch.LogFile
	// Head returns the snapshot with which a file begins: the state after
	// record seq.
	Head(file string) (seq uint64, data []byte, err error)
	// LiveSnapshot returns what SaveSnapshot saved last, or seq 0 and nil.
	LiveSnapshot() (seq uint64, data []byte, err error)
	// LoadSnapshot returns the newest usable snapshot at or before the last
	// record, live or head, or seq 0 and nil.
	LoadSnapshot() (seq uint64, data []byte, err error)
	// SaveSnapshot replaces the live snapshot. It may run beside Append.
	SaveSnapshot(seq uint64, data []byte) error
	// Room says how much more the log can take.
	Room() branch.Room
	// Tighten gives up the space set aside for bad days; Relax sets it aside
	// again. An error with branch.CodeStorage means that it was not possible,
	// any other error is as for Append.
	Tighten() error
	Relax() error
}

// Commit is what subscribers are told of each durable batch.
type Commit struct {
	// Last is the sequence number of the last of Events; the first is
	// Last-len(Events)+1.
	Last   uint64
	Events []branch.Envelope
	// Reread reports that the subscriber had fallen behind and that Events come
	// from the log: they may be several commits, or a part of one.
	Reread bool
}

// Result is the outcome of a request.
type Result struct {
	// Seq is the sequence number of the last event of the batch: read models
	// published at or after it show the outcome.
	Seq    uint64
	Answer branch.Answer
	// Events are those of this request and its follow-ups; none when the
	// request changed nothing or was Repeated.
	Events []branch.Envelope
	// Repeated reports that the same request had been done before; Answer is
	// what it was answered then.
	Repeated bool
}

// Doer is the command side of the engine as its callers see it.
type Doer interface {
	Do(ctx context.Context, req branch.Request) (Result, error)
}
