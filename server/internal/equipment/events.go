package equipment

import "handrail/server/internal/branch"

// UnspokenCause says why a call was not said.
type UnspokenCause string

// A sink did not answer, or the call was over before its turn.
const (
	UnspokenTimeout UnspokenCause = "timeout"
	UnspokenMoot    UnspokenCause = "moot"
)

// CallAnnounced says that the zone's sink has said a call.
type CallAnnounced struct {
	Call branch.CallID `json:"call"`
	Zone branch.ZoneID `json:"zone"`
}

// CallUnspoken says that a call left the list unsaid.
type CallUnspoken struct {
	Call  branch.CallID `json:"call"`
	Zone  branch.ZoneID `json:"zone"`
	Cause UnspokenCause `json:"why"`
}

// SlipPrinted says that a ticket is on paper.
type SlipPrinted struct {
	Visit  branch.VisitID  `json:"visit"`
	Device branch.DeviceID `json:"device"`
}

// SlipFailed says that a ticket could not be printed.
type SlipFailed struct {
	Visit  branch.VisitID  `json:"visit"`
	Device branch.DeviceID `json:"device"`
	Place  branch.PlaceID  `json:"place"`
	Why    string          `json:"why"`
}

// DeviceChanged says that a device reports another health, but still works or
// still does not.
type DeviceChanged struct {
	Device branch.DeviceID `json:"device"`
	Place  branch.PlaceID  `json:"place"`
	Health Health          `json:"health"`
	Why    string          `json:"why,omitempty"`
}

// DeviceFailed says that a device has stopped working; Lost lists the abilities
// its place loses.
type DeviceFailed struct {
	Device branch.DeviceID  `json:"device"`
	Place  branch.PlaceID   `json:"place"`
	Health Health           `json:"health"`
	Why    string           `json:"why,omitempty"`
	Lost   []branch.Ability `json:"lost,omitempty"`
}

// DeviceRecovered ends DeviceFailed; Restored lists the abilities its place has
// again.
type DeviceRecovered struct {
	Device   branch.DeviceID  `json:"device"`
	Place    branch.PlaceID   `json:"place"`
	Health   Health           `json:"health"`
	Why      string           `json:"why,omitempty"`
	Restored []branch.Ability `json:"restored,omitempty"`
}

// The names of the contract.
func (CallAnnounced) EventType() string   { return "call.announced" }
func (CallUnspoken) EventType() string    { return "call.unspoken" }
func (SlipPrinted) EventType() string     { return "slip.printed" }
func (SlipFailed) EventType() string      { return "slip.failed" }
func (DeviceChanged) EventType() string   { return "device.changed" }
func (DeviceFailed) EventType() string    { return "device.failed" }
func (DeviceRecovered) EventType() string { return "device.recovered" }

// Version returns 1 for every event: no stored form has changed yet.
func (CallAnnounced) Version() int   { return 1 }
func (CallUnspoken) Version() int    { return 1 }
func (SlipPrinted) Version() int     { return 1 }
func (SlipFailed) Version() int      { return 1 }
func (DeviceChanged) Version() int   { return 1 }
func (DeviceFailed) Version() int    { return 1 }
func (DeviceRecovered) Version() int { return 1 }
