// Package recorded reads one day of real calls to a bank's queue, in the form
// of the Technion's anonymous bank data: a tab separated file with a header
// line, gzipped or not. It tells what happened and counts what it leaves out;
// it must never repair, guess or play anything.
package recorded

import "time"

// Class is the priority class of a call, in the words of the product.
type Class string

// The classes: priority 2 of the record is Caring, 0 and 1 are Ordinary.
const (
	Ordinary Class = "ordinary"
	Caring   Class = "caring"
)

// Day is what can be played of one day, and how much cannot.
type Day struct {
	// Date is the day as it stands in the file, YYMMDD.
	Date string
	// Calls are the calls to be played, by At, then Line: everybody who was
	// served by a known server, and everybody who queued and gave up.
	Calls []Call
	// Servers are those who served at least one of Calls, by name.
	Servers []Server
	Counts  Counts
}

// Call is one caller who was served, or who queued and gave up. Moments are
// times since the midnight at which the day began; a call that lasts past the
// next midnight goes on counting.
type Call struct {
	// Line is the line of the file, from 1.
	Line int
	// ID is the record's own: the line of the exchange and a number.
	ID    string
	Class Class
	// Service is the record's type, such as "PS".
	Service string
	// At is when the caller joined the queue, or was served without queueing.
	At time.Duration
	// Queued is how long the caller queued in the record; zero for one who was
	// served at once. For one who gave up it is the patience.
	Queued time.Duration
	// GaveUp tells a caller who hung up in the queue; Server, Begin and End are
	// then empty.
	GaveUp     bool
	Server     string
	Begin, End time.Duration
}

// ServiceTime is how long the caller was served, zero for one who gave up.
func (c Call) ServiceTime() time.Duration { return c.End - c.Begin }

// Server is somebody who served that day.
type Server struct {
	Name string
	// First and Last are when the first service began and the last ended.
	First, Last time.Duration
	// Services are the types served, sorted.
	Services []string
	// Calls is how many were served.
	Calls int
}

// Counts says what the day's rows were, and why those not among Day.Calls were
// left out.
type Counts struct {
	// Rows are those of the day, and those too broken to tell their day.
	Rows int
	// Agent is how many were served, AgentNeverQueued those of them at once.
	Agent, AgentNeverQueued int
	// Hang is how many gave up; HangNeverQueued those of them who never queued,
	// which are left out.
	Hang, HangNeverQueued int
	// Phantom rows are no calls, and are left out.
	Phantom int
	// NoServer is how many of Agent name no server; they are left out.
	NoServer int
	// Overlaps is how many of Agent begin before their server's previous service
	// ended; they are left out.
	Overlaps int
	// Faults are the rows, of whatever outcome, that cannot be read or that
	// contradict themselves, in the order of the file; they are left out.
	Faults []Fault
}

// Fault is a row that cannot be used.
type Fault struct {
	// Line is the line of the file, from 1.
	Line   int
	Reason string
}
