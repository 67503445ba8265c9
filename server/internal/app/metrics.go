package app

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"handrail/server/internal/engine"
)

// collector gives Prometheus the figures of engine and hub. Its labels never
// name a visit, a person or a place.
type collector struct {
	app     *App
	figures map[*prometheus.Desc]func(engine.Stats) float64
	batches *prometheus.Desc
	latency *prometheus.Desc
}

func newCollector(a *App) *collector {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("handrail_"+name, help, nil, nil)
	}
	return &collector{
		app: a,
		figures: map[*prometheus.Desc]func(engine.Stats) float64{
			desc("commits_total", "Durable commits since the start."):                     func(s engine.Stats) float64 { return float64(s.Commits) },
			desc("events_total", "Events made durable since the start."):                  func(s engine.Stats) float64 { return float64(s.Events) },
			desc("commits_failed_total", "Commits refused for want of space."):            func(s engine.Stats) float64 { return float64(s.Failed) },
			desc("reactions_dropped_total", "Reactions that were refused or too deep."):   func(s engine.Stats) float64 { return float64(s.Dropped) },
			desc("commands_waiting", "Commands that wait for the writer."):                func(s engine.Stats) float64 { return float64(s.Queue) },
			desc("log_sequence", "Sequence number of the last event published."):          func(s engine.Stats) float64 { return float64(s.Seq) },
			desc("disk_free_bytes", "Free space under the data folder."):                  func(s engine.Stats) float64 { return float64(s.Room.Disk) },
			desc("log_bytes", "Size of the data folder's log."):                           func(engine.Stats) float64 { return float64(a.logBytes()) },
			desc("sockets", "Live connections."):                                          func(engine.Stats) float64 { return float64(a.hub.Stats().Sockets) },
			desc("frames_total", "Frames sent to live connections."):                      func(engine.Stats) float64 { return float64(a.hub.Stats().Frames) },
			desc("sockets_slow_total", "Live connections closed because they were slow."): func(engine.Stats) float64 { return float64(a.hub.Stats().Slow) },
		},
		batches: desc("commit_commands", "Commands that shared one commit."),
		latency: desc("commit_seconds", "How long a commit took."),
	}
}

// Describe sends every description.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for desc := range c.figures {
		out <- desc
	}
	out <- c.batches
	out <- c.latency
}

// Collect sends every figure as it is now.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	stats := c.app.engine.Stats()
	for desc, value := range c.figures {
		out <- prometheus.MustNewConstMetric(desc, prometheus.UntypedValue, value(stats))
	}
	out <- histogram(c.batches, stats.Batches)
	out <- histogram(c.latency, stats.Latency)
}

func histogram(desc *prometheus.Desc, h engine.Histogram) prometheus.Metric {
	buckets := map[float64]uint64{}
	var total uint64
	for i, count := range h.Counts {
		total += count
		if i < len(h.Bounds) {
			buckets[h.Bounds[i]] = total
		}
	}
	return prometheus.MustNewConstHistogram(desc, total, h.Sum, buckets)
}

// quantile returns the upper bound of the bucket in which the share q of the
// values lies: at most that long. It is 0 without values.
func quantile(h engine.Histogram, q float64) time.Duration {
	var total, seen uint64
	for _, count := range h.Counts {
		total += count
	}
	for i, bound := range h.Bounds {
		seen += h.Counts[i]
		if total > 0 && float64(seen) >= q*float64(total) {
			return time.Duration(bound * float64(time.Second))
		}
	}
	return 0
}
