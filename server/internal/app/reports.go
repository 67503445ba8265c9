package app

import (
	"context"
	"math"
	"sync"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/history"
	"handrail/server/internal/wire"
)

// reports keeps the fold of the current day, as far as anybody has asked. One
// report is made at a time; a day that is over is folded anew each time.
type reports struct {
	mu    sync.Mutex
	day   branch.Day
	today *history.Day
}

// Report returns the figures of a day. It reads the log in pieces, as clients
// do: the writer does not wait for it.
func (r reads) Report(ctx context.Context, day branch.Day) (wire.DayReport, error) {
	r.reports.mu.Lock()
	defer r.reports.mu.Unlock()
	fold, upto := r.fold(day)
	if err := r.catchUp(ctx, fold, upto); err != nil {
		return wire.DayReport{}, err
	}
	figures, ok := fold.Figures()
	if !ok {
		return wire.DayReport{}, branch.Refuse(branch.CodeNotFound, "The log has nothing of this day.")
	}
	return report(figures), nil
}

// fold returns the fold of a day and up to where it must be brought: that of the
// current day, with what it has taken already, or a new one.
func (r reads) fold(day branch.Day) (fold *history.Day, upto uint64) {
	after, upto := r.stretch(day)
	if day != branch.DayOf(r.now(), r.branch.zone) {
		return history.NewDay(day, r.branch.zone, after), upto
	}
	if r.reports.day != day {
		r.reports.day, r.reports.today = day, history.NewDay(day, r.branch.zone, after)
	}
	return r.reports.today, math.MaxUint64
}

// stretch returns which records must be read for a day: from the head of the
// file of two days before, because a visit may have come since then, to the end
// of that of the day after. Files are of months in UTC.
func (a *App) stretch(day branch.Day) (after, upto uint64) {
	from, to := monthFile(day, -2), monthFile(day, 1)
	for i, file := range a.store.Files() {
		if i == 0 || file.Name <= from {
			after = file.First - 1
		}
		if file.Name <= to {
			upto = file.Last
		}
	}
	return after, upto
}

// monthFile is the name of the log's file some days from a day.
func monthFile(day branch.Day, days int) string {
	at, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return ""
	}
	return at.AddDate(0, 0, days).Format("log/2006-01.db")
}

// catchUp lets a fold take what is published up to a record.
func (a *App) catchUp(ctx context.Context, fold *history.Day, upto uint64) error {
	for fold.Cursor() < upto {
		if err := ctx.Err(); err != nil {
			return err
		}
		events, err := a.engine.Events(fold.Cursor(), replayPiece)
		if err != nil || len(events) == 0 {
			return err
		}
		for _, event := range events {
			fold.Take(event)
		}
	}
	return nil
}

// report is what history knows of a day as it goes over the wire.
func report(f history.Figures) wire.DayReport {
	out := wire.DayReport{
		Day: string(f.Day), Tickets: f.Tickets, Served: f.Served, Cancelled: f.Cancelled, NoShows: f.NoShows, Removed: f.Removed,
		Waits: dayWaits(f.Waits), Pages: dayPages(f.Pages),
	}
	for _, h := range f.Hours {
		out.Hours = append(out.Hours, wire.DayHour(h))
	}
	for _, c := range f.WaitsByClass {
		out.WaitsByClass = append(out.WaitsByClass, wire.ClassWait{
			Class: string(c.Class), TargetSeconds: seconds(c.Target), Within: share(c.Within, c.Count), DayWaits: dayWaits(c.Waits)})
	}
	for _, s := range f.WaitsByService {
		out.WaitsByService = append(out.WaitsByService, wire.ServiceWait{Service: string(s.Service), DayWaits: dayWaits(s.Waits)})
	}
	for _, s := range f.Services {
		out.Services = append(out.Services, wire.ServiceTime{
			Service: string(s.Service), Served: s.Served, MedianSeconds: seconds(s.Median), MeanSeconds: seconds(s.Mean)})
	}
	for _, c := range f.Counters {
		out.Counters = append(out.Counters, wire.CounterTime{
			Counter: string(c.Counter), Served: c.Served, MedianSeconds: seconds(c.Median), MeanSeconds: seconds(c.Mean)})
	}
	return out
}

func dayPages(p history.Pages) wire.DayPages {
	out := wire.DayPages{
		Raised: p.Raised, Delivered: p.Delivered, Accepted: p.Accepted, Arrived: p.Arrived, Alarmed: p.Alarmed, Merged: p.Merged,
		ToDelivered: reach(p.ToDelivered), ToAccepted: reach(p.ToAccepted), ToArrived: reach(p.ToArrived),
	}
	for _, l := range p.Levels {
		out.Levels = append(out.Levels, wire.PageLevel(l))
	}
	return out
}

func dayWaits(w history.Waits) wire.DayWaits {
	return wire.DayWaits{Count: w.Count, MedianSeconds: seconds(w.Median), P90Seconds: seconds(w.P90), LongestSeconds: seconds(w.Longest)}
}

func reach(r history.Reach) wire.PageReach {
	return wire.PageReach{P50Ms: r.P50.Milliseconds(), P95Ms: r.P95.Milliseconds()}
}

// seconds rounds to the nearest second.
func seconds(d time.Duration) int64 { return int64(d.Round(time.Second) / time.Second) }

// share rounds to a thousandth.
func share(part, of int) float64 { return math.Round(1000*float64(part)/float64(of)) / 1000 }
