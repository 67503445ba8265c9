package httpapi

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttpadaptor"
)

// counts are the figures of HTTP. Their labels are names of the contract only:
// never an id, an address or a person.
type counts struct {
	requests *prometheus.HistogramVec
	commands *prometheus.CounterVec
}

func newCounts(registry *prometheus.Registry) *counts {
	c := &counts{
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "handrail_http_request_seconds",
			Help:    "Time from a request to its answer, by route, method and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, 1, 5},
		}, []string{"route", "method", "status"}),
		commands: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "handrail_commands_total",
			Help: "Commands of clients, by name and the code of their refusal, ok for none.",
		}, []string{"command", "code"}),
	}
	registry.MustRegister(c.requests, c.commands)
	return c
}

// answered counts a request. One that matched no route has the route "none".
func (c *counts) answered(ctx *fasthttp.RequestCtx, took time.Duration) {
	route, ok := ctx.UserValue(patternKey{}).(string)
	if !ok {
		route = "none"
	}
	status := strconv.Itoa(ctx.Response.StatusCode())
	c.requests.WithLabelValues(route, string(ctx.Method()), status).Observe(took.Seconds())
}

// done counts a command.
func (c *counts) done(command string, err error) {
	code := "ok"
	if err != nil {
		code = problemOf(err).Code
	}
	c.commands.WithLabelValues(command, code).Inc()
}

// metrics writes every figure of the registry.
func (s *Server) metrics() fiber.Handler {
	handler := promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{DisableCompression: true})
	serve := fasthttpadaptor.NewFastHTTPHandler(handler)
	return func(c *fiber.Ctx) error {
		serve(c.Context())
		return nil
	}
}
