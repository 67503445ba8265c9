// Package wire holds the messages of the contract as Go types: what goes over
// HTTP and websocket, and nothing else. It imports the standard library only,
// holds no rules, and is never what is stored.
package wire

import "time"

// Time is a moment on the wire: RFC 3339, UTC, with milliseconds.
type Time time.Time

const timeLayout = `"2006-01-02T15:04:05.000Z"`

// MarshalJSON writes the moment with exactly three decimals.
func (t Time) MarshalJSON() ([]byte, error) {
	return time.Time(t).UTC().AppendFormat(make([]byte, 0, len(timeLayout)), timeLayout), nil
}

// UnmarshalJSON reads any RFC 3339 moment.
func (t *Time) UnmarshalJSON(data []byte) error {
	var std time.Time
	if err := std.UnmarshalJSON(data); err != nil {
		return err
	}
	*t = Time(std.UTC())
	return nil
}

// Visit is one person's stay.
type Visit struct {
	ID          string   `json:"id"`
	Ticket      string   `json:"ticket"`
	Service     string   `json:"service"`
	Class       string   `json:"class"`
	Needs       []string `json:"needs"`
	Language    string   `json:"language"`
	State       string   `json:"state"`
	Counter     string   `json:"counter,omitempty"`
	CreatedAt   Time     `json:"createdAt"`
	QueuedAt    Time     `json:"queuedAt"`
	CalledAt    *Time    `json:"calledAt,omitempty"`
	ConfirmedAt *Time    `json:"confirmedAt,omitempty"`
	EndedAt     *Time    `json:"endedAt,omitempty"`
	// DueAt is when away, parked or no-show ends by itself.
	DueAt   *Time `json:"dueAt,omitempty" doc:"When away, parked or no-show ends by itself"`
	Recalls int   `json:"recalls"`
	// Position counts the people before this one, plus one; while waiting.
	Position int    `json:"position,omitempty"`
	Wait     *Wait  `json:"wait,omitempty"`
	Page     string `json:"page,omitempty"`
	// Stranded says that no open counter can serve the visit now.
	Stranded bool `json:"stranded,omitempty"`
	// Key is the visit key, in the answer to a ticket only.
	Key string `json:"key,omitempty"`
	// Reason is why the visit was called, in the answer to a call and for staff.
	Reason *Reason `json:"reason,omitempty"`
}

// Wait is a promised range in seconds from SaidAt.
type Wait struct {
	LikelySeconds int64 `json:"likelySeconds"`
	LowSeconds    int64 `json:"lowSeconds"`
	HighSeconds   int64 `json:"highSeconds"`
	SaidAt        Time  `json:"saidAt"`
}

// Counter is a service point.
type Counter struct {
	ID        string   `json:"id"`
	Name      Text     `json:"name"`
	State     string   `json:"state"`
	Staff     string   `json:"staff,omitempty"`
	Serving   string   `json:"serving,omitempty"`
	Abilities []string `json:"abilities"`
}

// Page is a request for a person to come.
type Page struct {
	ID         string `json:"id"`
	Reason     string `json:"reason"`
	Place      string `json:"place"`
	Visit      string `json:"visit,omitempty"`
	Status     string `json:"status"`
	Level      int    `json:"level"`
	Alarm      bool   `json:"alarm"`
	RaisedAt   Time   `json:"raisedAt"`
	Count      int    `json:"count"`
	DueAt      *Time  `json:"dueAt,omitempty"`
	AcceptedBy string `json:"acceptedBy,omitempty"`
	AcceptedAt *Time  `json:"acceptedAt,omitempty"`
	ArrivedAt  *Time  `json:"arrivedAt,omitempty"`
	ClosedAt   *Time  `json:"closedAt,omitempty"`
	Outcome    string `json:"outcome,omitempty"`
	// Step numbers what devices are told; a receipt names it.
	Step  int        `json:"step"`
	Steps []PageStep `json:"steps"`
}

// PageStep is one line of a page's story: "raised", "notified", "delivered",
// "accepted", …
type PageStep struct {
	At   Time   `json:"at"`
	Step string `json:"step"`
	Who  string `json:"who,omitempty"`
}

// Device is a thing driven.
type Device struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Place  string `json:"place"`
	Health string `json:"health"`
	Since  *Time  `json:"since,omitempty"`
	Reason string `json:"reason,omitempty"`
	Admin  string `json:"admin"`
}

// Reason says why a visit was called.
type Reason struct {
	Rule          string `json:"rule"`
	WaitedSeconds int64  `json:"waitedSeconds"`
	TargetSeconds int64  `json:"targetSeconds"`
	Score         int64  `json:"score"`
	RunnerUp      string `json:"runnerUp,omitempty"`
	Overtook      int    `json:"overtook"`
	// Text is the reason in plain words, by language.
	Text Text `json:"text"`
}

// Text is a sentence by language tag.
type Text map[string]string

// Duty is a member of staff who answers pages.
type Duty struct {
	Who       string   `json:"who"`
	Abilities []string `json:"abilities"`
	Connected bool     `json:"connected"`
}

// Branch describes the branch to a screen.
type Branch struct {
	ID        string          `json:"id"`
	Name      Text            `json:"name"`
	Open      bool            `json:"open"`
	Day       string          `json:"day,omitempty"`
	Languages []string        `json:"languages"`
	Services  []BranchService `json:"services"`
	Counters  []BranchCounter `json:"counters"`
	Needs     []string        `json:"needs"`
	Reasons   []string        `json:"reasons"`
	Kiosks    []BranchPlace   `json:"kiosks"`
	Zones     []BranchZone    `json:"zones"`

	TimeZone string        `json:"timeZone" doc:"IANA name of the branch's time zone"`
	Staff    []BranchStaff `json:"staff" doc:"Who may come or serve, by the form of address that customers read"`
	Halls    []BranchHall  `json:"halls"`
	Classes  []BranchClass `json:"classes" doc:"The priority classes, the most pressing first"`
	// CaringNeeds are the needs that make a visit caring.
	CaringNeeds []string `json:"caringNeeds" doc:"The needs that make a visit caring"`
	// AwayMinutes is how long a place is kept, RecallSeconds the least time
	// between two calls of one visit.
	AwayMinutes   int `json:"awayMinutes" doc:"For how long a place is kept"`
	RecallSeconds int `json:"recallSeconds" doc:"The least time between two calls of one visit"`
}

// BranchService is a service as screens offer it.
type BranchService struct {
	ID           string   `json:"id"`
	Prefix       string   `json:"prefix"`
	Name         Text     `json:"name"`
	Minutes      int      `json:"minutes"`
	NeedsCounter []string `json:"needsCounter"`
}

// BranchCounter is a counter as screens name it.
type BranchCounter struct {
	ID        string   `json:"id"`
	Name      Text     `json:"name"`
	Abilities []string `json:"abilities"`
	State     string   `json:"state"`
	Zone      string   `json:"zone"`
}

// BranchStaff is a member of staff as customers address them.
type BranchStaff struct {
	ID   string `json:"id"`
	Name Text   `json:"name"`
}

// BranchHall is a hall screen.
type BranchHall struct {
	ID   string `json:"id"`
	Zone string `json:"zone"`
}

// BranchClass is a priority class; TargetSeconds is its promised longest wait.
type BranchClass struct {
	ID            string `json:"id"`
	TargetSeconds int64  `json:"targetSeconds" doc:"The promised longest wait"`
}

// BranchPlace is a kiosk.
type BranchPlace struct {
	ID   string `json:"id"`
	Name Text   `json:"name"`
	Zone string `json:"zone"`
}

// BranchZone is a part of the hall.
type BranchZone struct {
	ID   string `json:"id"`
	Name Text   `json:"name"`
}
