package branch

// Ids made by the engine: a prefix that tells the kind and a ULID.
type (
	// VisitID names a visit, "v_…".
	VisitID string
	// PageID names a page, "p_…".
	PageID string
	// CallID names one announcement of a visit or of an alarm, "c_…".
	CallID string
	// TokenID names a token, "t_…"; it is not the secret.
	TokenID string
)

// Ids given by the configuration: short words such as "cash" or "counter-1".
type (
	// ServiceID names a service.
	ServiceID string
	// CounterID names a counter; it is also the counter's PlaceID.
	CounterID string
	// ZoneID names a part of the hall that hears the same announcements.
	ZoneID string
	// PlaceID names a kiosk, a hall screen or a counter.
	PlaceID string
	// StaffID names a member of staff.
	StaffID string
	// DeviceID names a device.
	DeviceID string
)

// CommandID is chosen by the client, 16 to 64 characters of [A-Za-z0-9_-], and
// is scoped to the identity that sends it.
type CommandID string

// Ticket is the number that names a visit today: the service's prefix and at
// least three digits, "A017".
type Ticket string
