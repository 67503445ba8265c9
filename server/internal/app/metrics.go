package app

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"handrail/server/internal/engine"
	"handrail/server/internal/hub"
)

// collector gives Prometheus the figures of engine and hub. Its labels never
// name a visit, a person or a place.
type collector struct {
	app     *App
	figures []figure
	batches *prometheus.Desc
	latency *prometheus.Desc
}

// figure is one number, of a kind that Prometheus knows.
type figure struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(engine.Stats, hub.Stats) float64
}

func describe(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("handrail_"+name, help, nil, nil)
}

func newCollector(a *App) *collector {
	c := &collector{
		app:     a,
		batches: describe("commit_commands", "Commands that shared one commit."),
		latency: describe("commit_seconds", "How long a commit took."),
	}
	count := func(name, help string, value func(engine.Stats, hub.Stats) float64) {
		c.figures = append(c.figures, figure{describe(name, help), prometheus.CounterValue, value})
	}
	level := func(name, help string, value func(engine.Stats, hub.Stats) float64) {
		c.figures = append(c.figures, figure{describe(name, help), prometheus.GaugeValue, value})
	}
	count("commits_total", "Durable commits since the start.", func(e engine.Stats, _ hub.Stats) float64 { return float64(e.Commits) })
	count("events_total", "Events made durable since the start.", func(e engine.Stats, _ hub.Stats) float64 { return float64(e.Events) })
	count("commits_failed_total", "Commits refused for want of space.", func(e engine.Stats, _ hub.Stats) float64 { return float64(e.Failed) })
	count("reactions_dropped_total", "Reactions that were refused or too deep.", func(e engine.Stats, _ hub.Stats) float64 { return float64(e.Dropped) })
	count("frames_total", "Frames sent to live connections.", func(_ engine.Stats, h hub.Stats) float64 { return float64(h.Frames) })
	count("sockets_slow_total", "Live connections closed because they were slow.", func(_ engine.Stats, h hub.Stats) float64 { return float64(h.Slow) })
	level("commands_waiting", "Commands that wait for the writer.", func(e engine.Stats, _ hub.Stats) float64 { return float64(e.Queue) })
	level("log_sequence", "Sequence number of the last event published.", func(e engine.Stats, _ hub.Stats) float64 { return float64(e.Seq) })
	level("disk_free_bytes", "Free space under the data folder.", func(e engine.Stats, _ hub.Stats) float64 { return float64(e.Room.Disk) })
	level("log_bytes", "Size of the data folder's log.", func(engine.Stats, hub.Stats) float64 { return float64(a.logBytes()) })
	level("sockets", "Live connections.", func(_ engine.Stats, h hub.Stats) float64 { return float64(h.Sockets) })
	return c
}

// Describe sends every description.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, f := range c.figures {
		out <- f.desc
	}
	out <- c.batches
	out <- c.latency
}

// Collect sends every figure as it is now.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	stats, sockets := c.app.engine.Stats(), c.app.hub.Stats()
	for _, f := range c.figures {
		out <- prometheus.MustNewConstMetric(f.desc, f.kind, f.value(stats, sockets))
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
