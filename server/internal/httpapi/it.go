package httpapi

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"handrail/server/internal/access"
	"handrail/server/internal/wire"
)

// How many events one answer holds at most.
const (
	eventsDefault = 100
	eventsMost    = 1000
)

// mountBox mounts what is about the box itself.
func mountBox(s *Server) {
	mountHealth(s)
	mountConfig(s)
	mountEvents(s)
	read(s, access.ActStatus, "Say how the box is", func(ctx context.Context, _ *call) (wire.Status, error) {
		return s.Reads.Status(ctx)
	})
	ask(s, access.ActVerify, "Replay the log and compare", func(context.Context, *call) (wire.VerifyReport, error) {
		return s.Admin.Verify(s.open)
	})
	backup := describe(ruleOf(access.ActBackup), "Back up the box while it runs")
	backup.Responses["200"] = contentResponse("A backup", fiber.MIMEOctetStream, huma.TypeString)
	mountRaw(s, backup, s.backup)

	metrics := describe(ruleOf(access.ActMetrics), "The figures, for Prometheus")
	metrics.Responses["200"] = contentResponse("The figures", fiber.MIMETextPlain, huma.TypeString)
	mountRaw(s, metrics, s.metrics())
}

type healthOutput struct {
	Status int
	Body   wire.Health
}

func mountHealth(s *Server) {
	huma.Register(s.api, describe(ruleOf(access.ActHealth), "Say that the box lives"),
		func(context.Context, *struct{}) (*healthOutput, error) {
			return &healthOutput{http.StatusOK, wire.Health{Status: "ok", Demo: s.Demo}}, nil
		})
	huma.Register(s.api, describe(ruleOf(access.ActReady), "Say whether the box can serve"),
		func(context.Context, *struct{}) (*healthOutput, error) {
			if reasons := s.Reads.Ready(); len(reasons) > 0 {
				return &healthOutput{http.StatusServiceUnavailable, wire.Health{Status: "not ready", Reasons: reasons}}, nil
			}
			return &healthOutput{http.StatusOK, wire.Health{Status: "ok"}}, nil
		})
}

func mountConfig(s *Server) {
	read(s, access.ActConfigRead, "Read the configuration in force", func(context.Context, *call) (wire.Config, error) {
		return s.Admin.Config(), nil
	})
	// The text of a configuration has line ends, and says itself what is wrong
	// with it: it is not checked as a text for people.
	type in struct{ Body wire.ConfigCheck }
	type out struct{ Body wire.ConfigReport }
	check := describe(ruleOf(access.ActConfigCheck), "Check a configuration")
	huma.Register(s.api, check, func(_ context.Context, in *in) (*out, error) {
		report := s.Admin.CheckConfig([]byte(in.Body.YAML))
		report.Problems = listed(report.Problems)
		return &out{report}, nil
	})
}

func mountEvents(s *Server) {
	type in struct {
		After string `query:"after" maxLength:"64" doc:"A cursor; left out: the beginning"`
		Limit int    `query:"limit" minimum:"1" maximum:"1000" doc:"Left out: 100. There may be fewer; none is the end"`
	}
	type out struct{ Body wire.EventList }
	operation := describe(ruleOf(access.ActEvents), "Read the log")
	huma.Register(s.api, operation, func(ctx context.Context, in *in) (*out, error) {
		limit := eventsDefault
		if in.Limit != 0 {
			limit = min(in.Limit, eventsMost)
		}
		list, err := s.Reads.Events(ctx, callOf(ctx).by, in.After, limit)
		if err != nil {
			return nil, s.refusal(ctx, err)
		}
		list.Events = listed(list.Events)
		return &out{list}, nil
	})
}

// backup streams: a backup is larger than what the box may hold in memory. It
// takes as long as it takes, as long as each piece is read in time.
func (s *Server) backup(c *fiber.Ctx) error {
	if err := s.readNothing(c.Body()); err != nil {
		return err
	}
	conn := c.Context().Conn()
	c.Set(fiber.HeaderContentType, fiber.MIMEOctetStream)
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		if err := s.Admin.Backup(s.open, patient{w, conn}); err != nil {
			s.Log.Error("a backup was cut short", "error", err)
			_ = conn.Close() // the client must not take it for whole
		}
	})
	return nil
}

// patient gives every piece of a stream the time that a whole answer has
// otherwise.
type patient struct {
	io.Writer
	conn net.Conn
}

// Write writes after moving the connection's deadline.
func (p patient) Write(piece []byte) (int, error) {
	if err := p.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	return p.Writer.Write(piece)
}
