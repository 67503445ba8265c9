package history

import (
	"time"

	"handrail/server/internal/branch"
)

// Figures are what is known of one day. A fact counts on the day on which it
// happened: a visit that came yesterday and was served today is one of today's
// served. Lists are sorted by what they are about.
type Figures struct {
	Day branch.Day
	// Tickets were taken; Served, Cancelled and Removed visits ended so; NoShows
	// are visits that did not come when called, once each, also when they came
	// back later.
	Tickets, Served, Cancelled, NoShows, Removed int
	// Hours are from the first hour with something in it to the last.
	Hours []Hour
	// Waits are those of the visits called for the first time, from the moment
	// since which they waited in the line to that call.
	Waits          Waits
	WaitsByClass   []ClassWaits
	WaitsByService []ServiceWaits
	// Services and Counters tell how long people were served. A visit counts once
	// at each service and once at each counter, with the sum of its times there,
	// however often it was set aside, sent on or came back.
	Services []ServiceTimes
	Counters []CounterTimes
	Pages    Pages
}

// Hour is one hour of the day, 0 to 23 by the clock on the wall. Calls counts
// each time somebody was brought to a counter, without recalls.
type Hour struct {
	Hour, Tickets, Calls, Served int
}

// Waits says how long people waited. A quantile is the shortest of the waits
// that this share of all did not exceed.
type Waits struct {
	Count                int
	Median, P90, Longest time.Duration
}

// ClassWaits are the waits of a class; Target is the longest that was promised
// to it at the latest call, Within how many waits kept what was promised at
// their own.
type ClassWaits struct {
	Class  branch.Class
	Target time.Duration
	Within int
	Waits
}

// ServiceWaits are the waits of those who came for a service.
type ServiceWaits struct {
	Service branch.ServiceID
	Waits
}

// Times says how long people were served.
type Times struct {
	Served       int
	Median, Mean time.Duration
}

// ServiceTimes are the times of a service at all counters.
type ServiceTimes struct {
	Service branch.ServiceID
	Times
}

// CounterTimes are the times at a counter for all services.
type CounterTimes struct {
	Counter branch.CounterID
	Times
}

// Pages are the calls for help. Delivered, Accepted and Arrived count pages, each
// when that happened to it for the first time.
type Pages struct {
	Raised, Delivered, Accepted, Arrived int
	// Alarmed counts the pages that sounded the alarm; Merged the presses that
	// were the same page again.
	Alarmed, Merged int
	// The reaches are from the raising of the page.
	ToDelivered, ToAccepted, ToArrived Reach
	// Levels counts the pages raised by the highest level that each reached.
	Levels []LevelPages
}

// Reach says how soon something happened; the quantiles are as those of Waits.
type Reach struct {
	P50, P95 time.Duration
}

// LevelPages counts the pages that reached a level and no higher one.
type LevelPages struct {
	Level, Pages int
}
