package httpapi

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/hub"
	"handrail/server/internal/speech"
	"handrail/server/internal/wire"
)

// Config is what a Server stands on. Every field is needed.
type Config struct {
	// Hosts are the values of the Host header that name this box, such as
	// "127.0.0.1:8080", in lower case; any other is misdirected.
	Hosts []string
	// Loopback says that only this machine can reach the box: then metrics,
	// openapi.json and docs need no role.
	Loopback bool
	// Version is the version of the box.
	Version string
	// Demo says that the tokens of the demo branch are let in.
	Demo bool

	// Web holds the screens: their documents at the top, everything that these
	// use beside and below. It is read once, or at each request when WebFresh
	// says that it changes while the box runs.
	Web      fs.FS
	WebFresh bool

	Do     engine.Doer
	Keeper *access.Keeper
	Reads  Reads
	Admin  Admin
	Live   Live

	// QR draws the visit's link, with its key, as a picture. It is for whoever
	// holds the key, and nobody else.
	QR func(visit branch.VisitID) (Picture, error)

	// Metrics is where the HTTP figures are registered and from which /metrics
	// is written.
	Metrics *prometheus.Registry
	// Now is the engine's clock.
	Now func() branch.Instant
	// Log takes what only IT should know: faults of the box, never who asked
	// for what.
	Log *slog.Logger
}

// Live upgrades requests to live connections; hub implements it.
type Live interface {
	Handler(client func(*http.Request) (hub.Client, bool)) http.Handler
}

// Reads answers from what is durable and published: after engine.Doer.Do has
// returned, it shows at least the outcome. Its errors are *branch.Error values
// with the contract's codes, CodeNotFound for an unknown id. It is called from
// many goroutines.
type Reads interface {
	Branch() wire.Branch
	// Visit returns a visit of today, also an ended one, with its reason. Key
	// is left empty.
	Visit(ctx context.Context, id branch.VisitID) (wire.Visit, error)
	Counter(id branch.CounterID) (wire.Counter, error)
	// Pages returns the pages that viewer may see; open leaves out closed and
	// cancelled ones.
	Pages(open bool, viewer branch.Actor) []wire.Page
	// Page returns a page, also one that ended today.
	Page(id branch.PageID) (wire.Page, error)
	Devices() []wire.Device
	// Events returns what viewer may read of the log after a cursor; the empty
	// cursor is the beginning of what is kept. It stops after limit events or
	// about 200 KiB, whichever comes first, so that an answer is never large:
	// an empty list, not a short one, is the end.
	Events(ctx context.Context, viewer branch.Actor, after string, limit int) (wire.EventList, error)
	// Report returns the figures of a day; CodeNotFound when the log has nothing
	// of it.
	Report(ctx context.Context, day branch.Day) (wire.DayReport, error)
	// Phrases returns a language's catalogue as JSON.
	Phrases(lang branch.Language) ([]byte, bool)
	// Speech returns a clip as WAV; CodeBusy when the box cannot speak now.
	Speech(ctx context.Context, clip speech.ID) ([]byte, error)
	// CounterOf returns the counter that has called or serves a visit of today,
	// empty when none has; known tells whether there is such a visit.
	CounterOf(id branch.VisitID) (counter branch.CounterID, known bool)
	// StaffOf returns the person a counter was opened with, if any.
	StaffOf(counter branch.CounterID) branch.StaffID
	// ZoneOf returns the zone of a kiosk, hall screen or counter.
	ZoneOf(place branch.PlaceID) (branch.ZoneID, bool)
	// KnowsPlace reports whether the configuration in force has the kiosk, hall
	// screen, counter or, for a pager, person of a token of this role.
	KnowsPlace(role branch.Role, place string) bool
	// Mouth returns the zone for which a live connection of this hall screen
	// may speak; none for any other place.
	Mouth(place branch.PlaceID) (branch.ZoneID, bool)
	Status(ctx context.Context) (wire.Status, error)
	// Ready lists why the box is not ready, in plain words; none when it is.
	Ready() []string
}

// Admin is what branch IT may do to the box itself. Its errors are as those of
// Reads.
type Admin interface {
	// Backup writes a backup while the box runs; an error after the first byte
	// leaves the stream cut short.
	Backup(ctx context.Context, to io.Writer) error
	Verify(ctx context.Context) (wire.VerifyReport, error)
	// TestDevice lets a device prove that it works.
	TestDevice(ctx context.Context, id branch.DeviceID) (wire.DeviceTest, error)
	// Paper returns what a virtual printer has printed, as one picture.
	Paper(ctx context.Context, id branch.DeviceID) (Picture, error)
	Config() wire.Config
	CheckConfig(yaml []byte) wire.ConfigReport
	// Tokens lists the tokens in force, without their secrets.
	Tokens() []wire.Token
}

// Picture is an image with its media type, such as "image/svg+xml".
type Picture struct {
	Type string
	Body []byte
}
