package httpapi

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
)

// call is one thing that one client wants, once it is known that it may.
type call struct {
	who access.Identity
	// by is who.Actor, completed for what is wanted.
	by branch.Actor
	// id is the client's id of the command, or empty.
	id branch.CommandID
	// target is the id in the route, or the one that a frame names.
	target string
}

// The keys of what admit leaves with a request.
type (
	callKey    struct{}
	patternKey struct{}
)

// callOf returns the call that admit has let in.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// admit is the first handler of every route: nothing behind it is reached by
// whoever may not.
func (s *Server) admit(rule access.Rule) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Locals(patternKey{}, rule.Path)
		if err := checkRequest(c, rule); err != nil {
			return err
		}
		if s.isOpen(rule) {
			return c.Next()
		}
		admitted, err := s.admitted(c, rule)
		if err != nil {
			return err
		}
		c.Locals(callKey{}, admitted)
		return c.Next()
	}
}

// isOpen reports whether a rule asks for no identity on this box.
func (s *Server) isOpen(rule access.Rule) bool {
	return rule.Gate == access.GateOpen || rule.Gate == access.GateLoopback && s.Loopback
}

func checkRequest(c *fiber.Ctx, rule access.Rule) error {
	if err := checkOrigin(c, rule); err != nil {
		return err
	}
	if err := checkContentType(c); err != nil {
		return err
	}
	// encoding/json would put U+FFFD where the body is no UTF-8, and a text would
	// be stored that nobody has written.
	if !utf8.Valid(c.Body()) {
		return branch.Refuse(branch.CodeMalformed, "The body must be UTF-8.")
	}
	return checkText(c)
}

func (s *Server) admitted(c *fiber.Ctx, rule access.Rule) (*call, error) {
	who, err := s.identify(c)
	if err != nil {
		return nil, err
	}
	if c.Method() == fiber.MethodPost {
		if err := s.limits.take(who.Actor, s.Now().Time()); err != nil {
			return nil, err
		}
	}
	admitted := &call{who: who, target: c.Params("id")}
	admitted.by, err = s.permit(rule, who.Actor, c.Get("Visit-Key"), admitted.target)
	if err != nil {
		return nil, err
	}
	admitted.id, err = commandID("Idempotency-Key", c.Get("Idempotency-Key"))
	return admitted, err
}

// isCommandID reports whether a client may choose id for a command: 16 to 64
// characters of [A-Za-z0-9_-].
func isCommandID(id string) bool {
	return len(id) >= 16 && len(id) <= 64 && !strings.ContainsFunc(id, func(r rune) bool {
		return r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// commandID returns id, which may be empty, as the id of a command.
func commandID(field, id string) (branch.CommandID, error) {
	if id != "" && !isCommandID(id) {
		return "", invalidField(field, "must be 16 to 64 characters of A-Z a-z 0-9 _ -")
	}
	return branch.CommandID(id), nil
}

// permit returns actor, completed with what the action needs to know of it, or
// refuses: a role that may not, a place, visit or page that is not its own.
func (s *Server) permit(rule access.Rule, actor branch.Actor, key, target string) (branch.Actor, error) {
	scope := rule.May.Of(actor.Role)
	if scope == access.ScopeNone {
		return actor, branch.Refuse(branch.CodeForbidden, "The role %s may not do this.", actor.Role)
	}
	actor, err := s.complete(actor, key)
	if err != nil || target == "" {
		return actor, err
	}
	kind, _, _ := strings.Cut(string(rule.Action), ".")
	switch kind {
	case "visit":
		return s.permitVisit(rule, actor, branch.VisitID(target))
	case "counter":
		return s.permitCounter(scope, actor, branch.PlaceID(target))
	case "page":
		return s.permitPage(scope, actor, branch.PageID(target))
	}
	return actor, nil
}

// complete adds the person a counter was opened with, and the visit whose key a
// kiosk presents.
func (s *Server) complete(actor branch.Actor, key string) (branch.Actor, error) {
	if actor.Role == branch.RoleCounter {
		actor.Staff = s.Reads.StaffOf(branch.CounterID(actor.Place))
	}
	if actor.Role == branch.RoleKiosk && key != "" {
		visit, ok := s.Keeper.CheckVisitKey(key)
		if !ok {
			return actor, branch.Refuse(branch.CodeForbidden, "The visit key is wrong.")
		}
		actor.Visit = visit
	}
	return actor, nil
}

// permitVisit lets customers act on the visit whose key they have, and a
// counter on the visit it has called. A counter may also try to act on a visit
// that nobody has called: that is refused as a wrong state, with the reason.
func (s *Server) permitVisit(rule access.Rule, actor branch.Actor, visit branch.VisitID) (branch.Actor, error) {
	if actor.Role == branch.RoleKiosk || actor.Role == branch.RoleVisit {
		return actor, onlyIf(actor.Visit == visit, "This needs the key of the visit.")
	}
	counter, known := s.Reads.CounterOf(visit)
	if actor.Role == branch.RoleSupervisor {
		actor.OnBehalfOf = branch.PlaceID(counter)
		return actor, nil
	}
	if rule.May.Of(actor.Role) == access.ScopeAny || !known {
		return actor, nil
	}
	uncalled := counter == "" && rule.Action != access.ActVisitRead
	own := uncalled || branch.PlaceID(counter) == actor.Place
	return actor, onlyIf(own, "The visit is not at this counter.")
}

func (s *Server) permitCounter(scope access.Scope, actor branch.Actor, counter branch.PlaceID) (branch.Actor, error) {
	if actor.Role == branch.RoleSupervisor {
		actor.OnBehalfOf = counter
	}
	return actor, onlyIf(scope == access.ScopeAny || counter == actor.Place, "This is another counter.")
}

func (s *Server) permitPage(scope access.Scope, actor branch.Actor, id branch.PageID) (branch.Actor, error) {
	const elsewhere = "The page was raised elsewhere."
	page, err := s.Reads.Page(id)
	if err != nil && (actor.Role == branch.RoleKiosk || actor.Role == branch.RoleVisit) {
		return actor, onlyIf(false, elsewhere) // customers learn nothing of others' pages
	}
	if err != nil {
		return actor, err
	}
	if actor.Role == branch.RoleSupervisor {
		actor.OnBehalfOf = branch.PlaceID(page.Place)
	}
	own := branch.PlaceID(page.Place) == actor.Place
	if actor.Role == branch.RoleVisit {
		own = branch.VisitID(page.Visit) == actor.Visit
	}
	return actor, onlyIf(scope == access.ScopeAny || own, elsewhere)
}

func onlyIf(allowed bool, otherwise string) error {
	if allowed {
		return nil
	}
	return &branch.Error{Code: branch.CodeForbidden, Detail: otherwise}
}
