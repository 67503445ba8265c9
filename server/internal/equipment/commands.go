package equipment

import "handrail/server/internal/branch"

// Announced says that the sink has said a call.
type Announced struct {
	Call branch.CallID `json:"call"`
}

// DropCall says that a call need not be said any more.
type DropCall struct {
	Call branch.CallID `json:"call"`
}

// PrintedSlip says that the printer reported the paper printed.
type PrintedSlip struct {
	Visit  branch.VisitID  `json:"visit"`
	Device branch.DeviceID `json:"device"`
}

// FailSlip says that the printer reported that it could not print.
type FailSlip struct {
	Visit  branch.VisitID  `json:"visit"`
	Device branch.DeviceID `json:"device"`
	Why    string          `json:"why"`
}

// ReportHealth says what a device says of itself.
type ReportHealth struct {
	Device branch.DeviceID `json:"device"`
	Health Health          `json:"health"`
	// Why is a short code such as "paper-out"; never text from the device.
	Why string `json:"why,omitempty"`
}

// The names used in the engine; none of them is a client's.
func (Announced) CommandName() string    { return "call.announced" }
func (DropCall) CommandName() string     { return "call.drop" }
func (PrintedSlip) CommandName() string  { return "slip.printed" }
func (FailSlip) CommandName() string     { return "slip.failed" }
func (ReportHealth) CommandName() string { return "device.report" }
