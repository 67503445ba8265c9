package wire

// DayReport is the figures of one day. A fact counts on the day, by the clock of
// the branch, on which it happened. Quantiles are nearest ranks: the shortest
// duration that this share of all did not exceed; 0 when there are none.
type DayReport struct {
	Day       string `json:"day"`
	Tickets   int    `json:"tickets"`
	Served    int    `json:"served"`
	Cancelled int    `json:"cancelled"`
	// NoShows counts visits, also those that came back later.
	NoShows int `json:"noShows"`
	Removed int `json:"removed"`
	// Hours are from the first hour with something in it to the last.
	Hours []DayHour `json:"hours"`
	// Waits are until the first call of each visit.
	Waits          DayWaits      `json:"waits"`
	WaitsByClass   []ClassWait   `json:"waitsByClass"`
	WaitsByService []ServiceWait `json:"waitsByService"`
	// Services and Counters count each visit once for all its times there.
	Services []ServiceTime `json:"services"`
	Counters []CounterTime `json:"counters"`
	Pages    DayPages      `json:"pages"`
}

// DayHour is an hour of the day, 0 to 23. Calls are without recalls.
type DayHour struct {
	Hour    int `json:"hour"`
	Tickets int `json:"tickets"`
	Calls   int `json:"calls"`
	Served  int `json:"served"`
}

// DayWaits says how long Count visits waited.
type DayWaits struct {
	Count          int   `json:"count"`
	MedianSeconds  int64 `json:"medianSeconds"`
	P90Seconds     int64 `json:"p90Seconds"`
	LongestSeconds int64 `json:"longestSeconds"`
}

// ClassWait are the waits of a class. Within is the share, 0 to 1, of the waits
// that did not exceed the target in force at their call; TargetSeconds is that
// of the latest call.
type ClassWait struct {
	Class         string  `json:"class"`
	TargetSeconds int64   `json:"targetSeconds"`
	Within        float64 `json:"within"`
	DayWaits
}

// ServiceWait are the waits of those who came for a service.
type ServiceWait struct {
	Service string `json:"service"`
	DayWaits
}

// ServiceTime says how long a service took.
type ServiceTime struct {
	Service       string `json:"service"`
	Served        int    `json:"served"`
	MedianSeconds int64  `json:"medianSeconds"`
	MeanSeconds   int64  `json:"meanSeconds"`
}

// CounterTime says how long people were served at a counter.
type CounterTime struct {
	Counter       string `json:"counter"`
	Served        int    `json:"served"`
	MedianSeconds int64  `json:"medianSeconds"`
	MeanSeconds   int64  `json:"meanSeconds"`
}

// DayPages are the calls for help. Delivered, Accepted and Arrived count pages;
// Merged counts the presses that were the same page again.
type DayPages struct {
	Raised    int `json:"raised"`
	Delivered int `json:"delivered"`
	Accepted  int `json:"accepted"`
	Arrived   int `json:"arrived"`
	Alarmed   int `json:"alarmed"`
	Merged    int `json:"merged"`
	// The reaches are from the raising of a page to the first time.
	ToDelivered PageReach `json:"toDelivered"`
	ToAccepted  PageReach `json:"toAccepted"`
	ToArrived   PageReach `json:"toArrived"`
	// Levels counts the pages raised by the highest level that each reached.
	Levels []PageLevel `json:"levels"`
}

// PageReach says how soon something happened, in milliseconds.
type PageReach struct {
	P50Ms int64 `json:"p50Ms"`
	P95Ms int64 `json:"p95Ms"`
}

// PageLevel counts the pages that reached a level and no higher one.
type PageLevel struct {
	Level int `json:"level"`
	Pages int `json:"pages"`
}
