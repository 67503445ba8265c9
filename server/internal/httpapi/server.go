// Package httpapi is the box as HTTP clients see it: routes, sign-in, who may
// do what, problems, the OpenAPI description, and the mounting of the live
// connections. It turns requests and frames into commands for the engine and
// reads into answers; it holds no rule of the domain and no state that a
// restart needs. It is the only package that knows Fiber.
//
// Every route and every "do" frame is a row of the role matrix of access: what
// has no row there cannot be mounted.
package httpapi

import (
	"context"
	"errors"
	"net"
	"runtime/debug"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"handrail/server/internal/branch"
)

// The limits of every listener. fasthttp allocates the announced length of a
// body before it is sent, so that without bodyLimit and connsPerAddress a few
// thousand sockets fill the memory.
const (
	bodyLimit       = 64 << 10
	headerLimit     = 8 << 10
	readTimeout     = 5 * time.Second
	writeTimeout    = 10 * time.Second
	idleTimeout     = 75 * time.Second
	concurrency     = 2048
	connsPerAddress = 64
)

// Server answers HTTP. It may serve several listeners at once.
type Server struct {
	Config

	fiber  *fiber.App
	api    huma.API
	limits *limits
	counts *counts
	// routes is Fiber's handler over the finished route tree.
	routes fasthttp.RequestHandler
	// frames carries out the commands of "do" frames, by name.
	frames map[string]frame
	// open ends with Shutdown, by shut, and with it what takes long and changes
	// nothing: such as a backup. Commands are finished.
	open context.Context
	shut context.CancelFunc
}

// Route is a mounted route, its path written as in the contract.
type Route struct{ Method, Path string }

// New returns a server with every route mounted. It panics when a route has no
// row in the role matrix.
func New(config Config) *Server {
	useProblems()
	s := &Server{
		Config: config,
		limits: newLimits(),
		counts: newCounts(config.Metrics),
		frames: map[string]frame{},
	}
	s.open, s.shut = context.WithCancel(context.Background())
	s.fiber = fiber.New(fiber.Config{
		ReadTimeout:                  readTimeout,
		WriteTimeout:                 writeTimeout,
		IdleTimeout:                  idleTimeout,
		BodyLimit:                    bodyLimit,
		ReadBufferSize:               headerLimit,
		Concurrency:                  concurrency,
		Immutable:                    true,
		StrictRouting:                true,
		CaseSensitive:                true,
		DisablePreParseMultipartForm: true,
		DisableStartupMessage:        true,
		ErrorHandler:                 s.refuse,
	})
	s.fiber.Server().MaxConnsPerIP = connsPerAddress
	s.mountAll()
	// Fiber builds its route tree here, once: requests of one listener must not
	// see it being built for another.
	s.routes = s.fiber.Handler()
	s.fiber.Server().Handler = s.serve
	return s
}

// Serve answers on a listener until Shutdown; it returns nil then. On the box's
// own unix socket the same routes are served in the role it, unless a token says
// otherwise, and whatever the Host header says.
func (s *Server) Serve(listener net.Listener) error {
	return s.fiber.Server().Serve(steady{listener})
}

// Shutdown closes the listeners and waits for the requests that are being
// answered, at most until ctx ends. A listener that is not served yet is not
// known to it: the caller closes that. Live connections are not its business
// either: the hub must be closed first.
func (s *Server) Shutdown(ctx context.Context) error {
	s.shut()
	return s.fiber.Server().ShutdownWithContext(ctx)
}

// Routes returns every mounted route, however it was mounted.
func (s *Server) Routes() []Route {
	var routes []Route
	for _, r := range s.fiber.GetRoutes(true) {
		routes = append(routes, Route{Method: r.Method, Path: inContract(r.Path)})
	}
	return routes
}

// Commands returns the names of the commands that "do" frames may have.
func (s *Server) Commands() []string {
	var names []string
	for name := range s.frames {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// serve is the first of everything: the headers of every answer, the host, and
// the fence around a handler that panics.
func (s *Server) serve(ctx *fasthttp.RequestCtx) {
	secureHeaders(&ctx.Response.Header)
	defer func() {
		if fault := recover(); fault != nil {
			s.Log.Error("a handler panicked", "fault", fault, "stack", string(debug.Stack()))
			writeProblem(ctx, problemOf(nil))
		}
	}()
	if err := s.checkHost(ctx); err != nil {
		writeProblem(ctx, problemOf(err))
		return
	}
	if !slices.Contains(fiber.DefaultMethods, string(ctx.Method())) {
		writeProblem(ctx, refused(branch.Refuse(branch.CodeMethodNotAllowed, "There is no such method.")))
		return
	}
	began := time.Now()
	s.routes(ctx)
	s.counts.answered(ctx, time.Since(began))
}

// refuse is where every error of Fiber and fasthttp, and of every handler that
// is not huma's, becomes a problem.
func (s *Server) refuse(c *fiber.Ctx, err error) error {
	writeProblem(c.Context(), s.refusal(c.Context(), ofFiber(err)))
	return nil
}

// refusal turns any error into a problem. What is a fault of the box goes to its
// log, by the pattern of the route: never who asked, nor for what.
func (s *Server) refusal(ctx context.Context, err error) *problem {
	p := problemOf(err)
	if branch.Code(p.Code) == codeInternal && !errors.Is(err, p) {
		pattern, _ := ctx.Value(patternKey{}).(string)
		s.Log.Error("a request failed", "route", pattern, "error", err)
	}
	return p
}
