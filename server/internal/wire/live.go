package wire

import "encoding/json"

// Subprotocol is the websocket subprotocol of the live connection.
const Subprotocol = "handrail.v1"

// Close codes of the live connection.
const (
	CloseGoingAway    = 1001
	CloseSlow         = 4001
	CloseNotAllowed   = 4003
	CloseProtocol     = 4008
	CloseSessionEnded = 4010
)

// Frame types, server to client.
const (
	TypeEvents = "events"
	TypeView   = "view"
	TypeLive   = "live"
	TypePage   = "page"
	TypeSpeak  = "speak"
	TypeDone   = "done"
	TypeFailed = "failed"
)

// Frame types, client to server.
const (
	TypeReceived  = "received"
	TypeAnnounced = "announced"
	TypeDo        = "do"
)

// Event is one fact as a topic may see it; Data is redacted for the topic.
type Event struct {
	Seq   uint64          `json:"seq"`
	Event string          `json:"event"`
	At    Time            `json:"at"`
	By    *By             `json:"by,omitempty"`
	Data  json.RawMessage `json:"data"`
}

// By says who did it; for supervisor and it only.
type By struct {
	Role       string `json:"role"`
	Place      string `json:"place,omitempty"`
	Staff      string `json:"staff,omitempty"`
	OnBehalfOf string `json:"onBehalfOf,omitempty"`
}

// EventsFrame carries the events of one or more commits on one topic.
type EventsFrame struct {
	Type   string  `json:"type"`
	Topic  string  `json:"topic"`
	Cursor string  `json:"cursor"`
	Replay bool    `json:"replay"`
	Events []Event `json:"events"`
}

// ViewFrame carries a whole view; the newest wins.
type ViewFrame struct {
	Type   string          `json:"type"`
	Topic  string          `json:"topic"`
	Cursor string          `json:"cursor"`
	View   json.RawMessage `json:"view"`
}

// LiveFrame says that everything missed has been sent; Reset that the cursor
// could not be used.
type LiveFrame struct {
	Type   string `json:"type"`
	Cursor string `json:"cursor"`
	Reset  bool   `json:"reset"`
}

// PageFrame tells a staff device one step of a page.
type PageFrame struct {
	Type string `json:"type"`
	Step int    `json:"step"`
	Page Page   `json:"page"`
}

// SpeakFrame asks the zone's one mouth to say a call Times times. Clip is its
// sound, at speech/{clip}; without one the box cannot speak, and Text is shown.
type SpeakFrame struct {
	Type  string `json:"type"`
	Call  string `json:"call"`
	Clip  string `json:"clip,omitempty"`
	Text  Text   `json:"text"`
	Times int    `json:"times"`
}

// DoneFrame answers a do.
type DoneFrame struct {
	Type string          `json:"type"`
	ID   string          `json:"id"`
	Data json.RawMessage `json:"data"`
}

// FailedFrame refuses a do.
type FailedFrame struct {
	Type    string  `json:"type"`
	ID      string  `json:"id"`
	Problem Problem `json:"problem"`
}

// ClientFrame is any frame from a client; Type says which members count.
type ClientFrame struct {
	Type string `json:"type"`
	// Page and Step belong to "received".
	Page string `json:"page,omitempty"`
	Step int    `json:"step,omitempty"`
	// Call belongs to "announced".
	Call string `json:"call,omitempty"`
	// ID, Command, Data and Key belong to "do"; Key is a visit key.
	ID      string          `json:"id,omitempty"`
	Command string          `json:"command,omitempty"`
	Data    json.RawMessage `json:"data,omitempty"`
	Key     string          `json:"key,omitempty"`
}

// HallView is what a hall screen shows.
type HallView struct {
	Calls   []HallCall    `json:"calls"`
	Waiting []HallWaiting `json:"waiting"`
	Alarms  []HallAlarm   `json:"alarms"`
}

// HallCall is one of the last calls.
type HallCall struct {
	Call    string `json:"call"`
	Visit   string `json:"visit"`
	Ticket  string `json:"ticket"`
	Counter string `json:"counter"`
	At      Time   `json:"at"`
	Recall  int    `json:"recall"`
	Spoken  string `json:"spoken"`
	// Standing says that the person is still to come: called there, and neither
	// at the counter nor gone.
	Standing bool `json:"standing"`
}

// HallWaiting counts who waits for a service; Wait is what an ordinary ticket of
// it, taken now, is promised.
type HallWaiting struct {
	Service string `json:"service"`
	Count   int    `json:"count"`
	Wait    *Wait  `json:"wait,omitempty"`
}

// HallAlarm is a page that nobody has answered.
type HallAlarm struct {
	Page  string `json:"page"`
	Place string `json:"place"`
}

// KioskView is what a kiosk knows beyond its own journey; Missing lists the
// help that is not available now, Waits what a ticket taken now is promised.
type KioskView struct {
	Place   string      `json:"place"`
	Pages   []Page      `json:"pages"`
	Missing []string    `json:"missing"`
	Waits   []KioskWait `json:"waits"`
}

// KioskWait is what a ticket of a service and a class is promised when no need
// of it requires an ability.
type KioskWait struct {
	Service string `json:"service"`
	Class   string `json:"class"`
	Wait    Wait   `json:"wait"`
}

// CounterView is what a counter console shows; Aside are the visits that this
// counter has parked, or called in vain and may still bring back.
type CounterView struct {
	Counter Counter       `json:"counter"`
	Serving *Visit        `json:"serving,omitempty"`
	Next    []CounterNext `json:"next"`
	Pages   []Page        `json:"pages"`
	Aside   []Visit       `json:"aside"`
	Today   CounterToday  `json:"today"`
}

// CounterToday counts the visits that ended at a counter since the day was
// opened, finished. A visit sent on to a further service counts where it ends.
type CounterToday struct {
	Served int `json:"served"`
	// MeanServiceSeconds is from the person's arrival at the counter to the end;
	// 0 when nobody was served.
	MeanServiceSeconds int64 `json:"meanServiceSeconds"`
}

// CounterNext is somebody the call rule would call soon.
type CounterNext struct {
	Visit  Visit  `json:"visit"`
	Reason Reason `json:"reason"`
}

// PagesView is what a pager shows.
type PagesView struct {
	Pages []Page `json:"pages"`
	Duty  []Duty `json:"duty"`
}

// VisitView is what the customer's own phone shows.
type VisitView struct {
	Visit Visit  `json:"visit"`
	Pages []Page `json:"pages"`
}

// SupervisorView is the whole branch.
type SupervisorView struct {
	Counters []Counter `json:"counters"`
	Visits   []Visit   `json:"visits"`
	Pages    []Page    `json:"pages"`
	Devices  []Device  `json:"devices"`
}

// ITView is what branch IT looks after.
type ITView struct {
	Devices  []Device    `json:"devices"`
	Config   ConfigState `json:"config"`
	Problems []ITProblem `json:"problems"`
}

// ConfigState names the configuration in force.
type ConfigState struct {
	Version string `json:"version"`
	Since   Time   `json:"since"`
}

// ITProblem is something broken, with a code for machines.
type ITProblem struct {
	Code  string `json:"code"`
	Where string `json:"where,omitempty"`
	Since *Time  `json:"since,omitempty"`
}

// EventData is what an event's data may hold: the ids it names and the fields
// it changed. Each topic gets fewer of them.
type EventData struct {
	Call     string   `json:"call,omitempty"`
	Visit    string   `json:"visit,omitempty"`
	Ticket   string   `json:"ticket,omitempty"`
	Counter  string   `json:"counter,omitempty"`
	Recall   int      `json:"recall,omitempty"`
	Service  string   `json:"service,omitempty"`
	Class    string   `json:"class,omitempty"`
	Needs    []string `json:"needs,omitempty"`
	Language string   `json:"language,omitempty"`
	Wait     *Wait    `json:"wait,omitempty"`
	Reason   *Reason  `json:"reason,omitempty"`
	QueuedAt *Time    `json:"queuedAt,omitempty"`
	Until    *Time    `json:"until,omitempty"`
	Outcome  string   `json:"outcome,omitempty"`
	Next     string   `json:"next,omitempty"`
	Why      string   `json:"why,omitempty"`
	Ability  string   `json:"ability,omitempty"`
	Lacking  []string `json:"lacking,omitempty"`

	Page       string   `json:"page,omitempty"`
	Place      string   `json:"place,omitempty"`
	PageReason string   `json:"pageReason,omitempty"`
	Step       int      `json:"step,omitempty"`
	Level      *int     `json:"level,omitempty"`
	Count      int      `json:"count,omitempty"`
	Who        string   `json:"who,omitempty"`
	Staff      []string `json:"staff,omitempty"`
	Abilities  []string `json:"abilities,omitempty"`
	DueAt      *Time    `json:"dueAt,omitempty"`

	Device        string `json:"device,omitempty"`
	Health        string `json:"health,omitempty"`
	Zone          string `json:"zone,omitempty"`
	Day           string `json:"day,omitempty"`
	ConfigVersion string `json:"configVersion,omitempty"`
	DeltaMillis   int64  `json:"deltaMs,omitempty"`
	Token         string `json:"token,omitempty"`
	Role          string `json:"role,omitempty"`
}
