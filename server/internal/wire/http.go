package wire

// The request bodies of the contract. Fields that a client leaves out have
// their zero value; validation tags are read by the HTTP layer.

// CreateVisit asks for a ticket.
type CreateVisit struct {
	Service  string   `json:"service" maxLength:"64" doc:"A service of this branch"`
	Needs    []string `json:"needs,omitempty" maxItems:"32" doc:"What helps this person"`
	Language string   `json:"language" maxLength:"35" doc:"A language of this branch"`
	Class    string   `json:"class,omitempty" enum:"ordinary,caring,urgent" doc:"Left out: the needs decide; urgent: supervisor only"`
}

// Finish ends a service.
type Finish struct {
	Outcome string `json:"outcome,omitempty" enum:"done,partly,not" doc:"Left out: done"`
	Next    string `json:"next,omitempty" maxLength:"64" doc:"A further service for the same visit"`
}

// Park sets a served visit aside.
type Park struct {
	Minutes int    `json:"minutes" minimum:"1" maximum:"240"`
	Reason  string `json:"reason,omitempty" maxLength:"200"`
}

// Transfer sends a visit to a service or to a counter.
type Transfer struct {
	Service   string `json:"service,omitempty" maxLength:"64"`
	Counter   string `json:"counter,omitempty" maxLength:"64"`
	KeepPlace *bool  `json:"keepPlace,omitempty" doc:"Left out: true"`
}

// Return brings a parked visit or a no-show back.
type Return struct {
	Position string `json:"position" enum:"first,last"`
}

// OpenCounter opens a counter.
type OpenCounter struct {
	Staff string `json:"staff,omitempty" maxLength:"64"`
}

// PauseCounter pauses a counter.
type PauseCounter struct {
	Reason string `json:"reason,omitempty" maxLength:"200"`
}

// Call brings one person to a counter out of turn.
type Call struct {
	Visit string `json:"visit" maxLength:"64"`
	Why   string `json:"why" minLength:"1" maxLength:"200"`
}

// RaisePage asks for a person to come.
type RaisePage struct {
	Reason  string `json:"reason" maxLength:"64"`
	Place   string `json:"place,omitempty" maxLength:"64"`
	Visit   string `json:"visit,omitempty" maxLength:"64"`
	Session string `json:"session,omitempty" maxLength:"64"`
}

// ClosePage ends a page.
type ClosePage struct {
	Outcome string `json:"outcome" enum:"helped,not-needed,not-possible,passed-on"`
}

// DutyOn puts a person on duty.
type DutyOn struct {
	Abilities []string `json:"abilities,omitempty" maxItems:"32"`
}

// SignIn exchanges a token or a visit key for a session cookie.
type SignIn struct {
	Token string `json:"token" minLength:"1" maxLength:"256"`
}

// Session is who a client is, as the box knows it.
type Session struct {
	Role string `json:"role"`
	// Place is the kiosk, hall screen or counter of the token, Zone where that is.
	Place string `json:"place,omitempty" doc:"The kiosk, hall screen or counter"`
	Zone  string `json:"zone,omitempty" doc:"The zone of the place"`
	// Staff is the person of a pager, or whom the counter was opened with.
	Staff string `json:"staff,omitempty" doc:"The person of a pager, or at the counter"`
	Visit string `json:"visit,omitempty" doc:"The visit of a customer's own phone"`
	// Speaks is set for a hall screen that is the mouth of its zone.
	Speaks bool `json:"speaks,omitempty" doc:"This hall screen speaks for its zone"`
}

// CreateToken asks for a token.
type CreateToken struct {
	Role  string `json:"role" enum:"kiosk,hall,counter,pager,supervisor,it"`
	Place string `json:"place,omitempty" maxLength:"64" doc:"The kiosk, hall, counter, or the person of a pager"`
	Note  string `json:"note,omitempty" maxLength:"200"`
}

// Token is a token without its secret; Token is set once, when it is made.
type Token struct {
	ID        string `json:"id"`
	Role      string `json:"role"`
	Place     string `json:"place,omitempty"`
	Note      string `json:"note,omitempty"`
	CreatedAt Time   `json:"createdAt"`
	Token     string `json:"token,omitempty"`
}

// EventList is a piece of the log; Cursor is where to go on.
type EventList struct {
	Events []Event `json:"events"`
	Cursor string  `json:"cursor"`
}

// ConfigCheck is a configuration to be checked.
type ConfigCheck struct {
	YAML string `json:"yaml" maxLength:"60000"`
}

// ConfigProblem is one thing wrong with a configuration.
type ConfigProblem struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// ConfigReport lists what is wrong; an empty list means that the configuration
// can be used.
type ConfigReport struct {
	Problems []ConfigProblem `json:"problems"`
}

// Config is the configuration in force.
type Config struct {
	Version string `json:"version"`
	Since   Time   `json:"since"`
	YAML    string `json:"yaml"`
}

// DeviceTest is the result of a device's test.
type DeviceTest struct {
	OK     bool   `json:"ok"`
	Health string `json:"health"`
	Reason string `json:"reason,omitempty"`
}

// VerifyReport says whether the log, its heads and the live state agree.
type VerifyReport struct {
	OK     bool          `json:"ok"`
	Events uint64        `json:"events"`
	Files  []VerifyFile  `json:"files"`
	Faults []VerifyFault `json:"faults"`
}

// VerifyFile is one log file that was replayed.
type VerifyFile struct {
	Name  string `json:"name"`
	First uint64 `json:"first"`
	Last  uint64 `json:"last"`
}

// VerifyFault names something that does not agree.
type VerifyFault struct {
	File    string `json:"file"`
	Seq     uint64 `json:"seq,omitempty"`
	Message string `json:"message"`
}

// Status is how the box is.
type Status struct {
	Version       string `json:"version"`
	StartedAt     Time   `json:"startedAt"`
	LogID         string `json:"logId"`
	Cursor        string `json:"cursor"`
	Events        uint64 `json:"events"`
	LogBytes      int64  `json:"logBytes"`
	FreeBytes     int64  `json:"freeBytes"`
	Sockets       int    `json:"sockets"`
	CommitP50us   int64  `json:"commitP50us"`
	CommitP99us   int64  `json:"commitP99us"`
	ConfigVersion string `json:"configVersion"`
	// Storage is "ok", "low" or "full".
	Storage string `json:"storage"`
}

// Health answers healthz and readyz; Reasons says what is not ready.
type Health struct {
	Status  string   `json:"status"`
	Reasons []string `json:"reasons,omitempty"`
	// Demo says that the tokens of the demo branch are let in; healthz only.
	Demo bool `json:"demo,omitempty" doc:"The demo tokens are let in"`
}
