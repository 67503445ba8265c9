package httpapi

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/wire"
)

// mountReports mounts what is known of a day.
func mountReports(s *Server) {
	type in struct {
		Day string `path:"day" doc:"A day by the clock of the branch, such as 2026-11-23"`
	}
	type out struct{ Body wire.DayReport }
	operation := describe(ruleOf(access.ActReportDay), "Read the figures of a day")
	operation.Description = "Tickets, waits, times of service and pages of one day, today's so far. " +
		"They name services, counters and classes, never a visit, a person or a need. " +
		"A fact counts on the day on which it happened; a day of which the log has nothing is not found."
	huma.Register(s.api, operation, func(ctx context.Context, in *in) (*out, error) {
		if _, err := time.Parse(time.DateOnly, in.Day); err != nil {
			return nil, s.refusal(ctx, invalidField("day", "must be a day such as 2026-11-23"))
		}
		report, err := s.Reads.Report(ctx, branch.Day(in.Day))
		if err != nil {
			return nil, s.refusal(ctx, err)
		}
		report.Hours = listed(report.Hours)
		report.WaitsByClass, report.WaitsByService = listed(report.WaitsByClass), listed(report.WaitsByService)
		report.Services, report.Counters = listed(report.Services), listed(report.Counters)
		report.Pages.Levels = listed(report.Pages.Levels)
		return &out{report}, nil
	})
}
