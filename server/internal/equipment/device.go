package equipment

import (
	"time"

	"handrail/server/internal/branch"
)

// Health is the operational state of a device.
type Health string

// The healths of a device.
const (
	Healthy  Health = "ok"
	Degraded Health = "degraded"
	Failed   Health = "failed"
	Offline  Health = "offline"
	Unknown  Health = "unknown"
)

// Valid reports whether h is one of the healths.
func (h Health) Valid() bool {
	switch h {
	case Healthy, Degraded, Failed, Offline, Unknown:
		return true
	}
	return false
}

// Works reports whether a device of this health gives its abilities: a failed
// or offline one does not; an unknown one gets the benefit of the doubt.
func (h Health) Works() bool { return h != Failed && h != Offline }

// Admin is what people want of a device.
type Admin string

// The administrative states.
const (
	Enabled     Admin = "enabled"
	Maintenance Admin = "maintenance"
	Disabled    Admin = "disabled"
)

// The kinds of device that something is asked of; a configuration may have
// others.
const (
	KindPrinter = "printer"
	KindSpeaker = "speaker"
	KindLamp    = "lamp"
	KindPager   = "pager"
	KindLoop    = "loop"
	KindFocuser = "focuser"
)

// Policy is what the configuration in force says about devices and zones.
type Policy struct {
	Devices []DeviceSpec `json:"devices"`
	Zones   []ZoneSpec   `json:"zones"`
	// ClipLength is how long one announcement takes at most; AnswerWithin is
	// added before silence of the sink counts as "unspoken".
	ClipLength   time.Duration `json:"clipLength"`
	AnswerWithin time.Duration `json:"answerWithin"`
}

// DeviceSpec is a configured device.
type DeviceSpec struct {
	ID branch.DeviceID `json:"id"`
	// Kind is "printer", "speaker", "lamp", "pager", "loop", "focuser", …
	Kind  string         `json:"kind"`
	Place branch.PlaceID `json:"place"`
	Admin Admin          `json:"admin"`
	// Gives lists the abilities that the counter at Place has only while the
	// device works.
	Gives []branch.Ability `json:"gives,omitempty"`
}

// prints reports whether slips may be sent to the device.
func (s DeviceSpec) prints() bool { return s.Kind == KindPrinter && s.Admin == Enabled }

// ZoneSpec is a zone with its one speaking sink: exactly one of Device and Hall.
type ZoneSpec struct {
	ID     branch.ZoneID   `json:"id"`
	Device branch.DeviceID `json:"device,omitempty"`
	Hall   branch.PlaceID  `json:"hall,omitempty"`
}

// Device is a device as it is now. A *Device that has been published never
// changes.
type Device struct {
	ID     branch.DeviceID `json:"id"`
	Health Health          `json:"health"`
	Why    string          `json:"why,omitempty"`
	Since  branch.Instant  `json:"since,omitempty"`
	Spec   DeviceSpec      `json:"-"`
}

// Able reports whether the device gives its abilities and may be relied on: it
// works, and nobody has taken it out of use.
func (d *Device) Able() bool { return d.Spec.Admin == Enabled && d.Health.Works() }

// Spoken says how far an announcement is.
type Spoken string

// The states of an announcement.
const (
	SpokenWaiting  Spoken = "waiting"
	SpokenSpeaking Spoken = "speaking"
	SpokenDone     Spoken = "done"
	SpokenNot      Spoken = "unspoken"
)

// Call is an announcement in a zone's list. A *Call that has been published
// never changes.
type Call struct {
	branch.Announcement
	At     branch.Instant `json:"at"`
	Spoken Spoken         `json:"spoken"`
	// HeadAt is when it became the one to be said.
	HeadAt branch.Instant `json:"headAt,omitempty"`
}

// Zone is what a zone has said and must still say.
type Zone struct {
	Spec ZoneSpec
	// Pending are still to be said, in order; the first is being said.
	Pending []*Call
	// Recent are the last six visits called, the newest first, each with its
	// newest call, said or not; empty after the end of a day but for calls still
	// pending.
	Recent []*Call
}

// Model is the read model: devices, announcements and slips as they are after a
// commit. It never changes.
type Model struct {
	Policy  *Policy
	Devices []*Device
	Zones   []*Zone
	// Slips are still to be printed, in order, per printer.
	Slips map[branch.DeviceID][]branch.Slip
}
