package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp/fasthttpadaptor"

	"handrail/server/internal/access"
	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/hub"
	"handrail/server/internal/paging"
	"handrail/server/internal/wire"
)

// replayWindow is how far back most roles may resume.
const replayWindow = time.Hour

// mostTopics bounds what one live connection may watch.
const mostTopics = 32

func mountLive(s *Server) {
	operation := describe(ruleOf(access.ActLive), "Open a live connection, subprotocol "+wire.Subprotocol)
	operation.Parameters = append(operation.Parameters,
		textParam("topics", "query", "What to watch, separated by commas: kiosk:<place> hall:<zone> counter:<place> pages supervisor it visit:<id>"),
		textParam("after", "query", "The cursor to resume from"),
		textParam("as", "query", "The role to act in, when several are signed in"))
	operation.Responses["101"] = &huma.Response{Description: "The connection is a websocket from here on"}
	upgrade := fasthttpadaptor.NewFastHTTPHandler(s.Live.Handler(s.client))
	mountRaw(s, operation, func(c *fiber.Ctx) error {
		if err := checkUpgrade(c); err != nil {
			return err
		}
		upgrade(c.Context())
		return nil
	})
}

// checkUpgrade refuses, as a problem, what could not become a live connection.
func checkUpgrade(c *fiber.Ctx) error {
	websocket := hasWord(c.Get(fiber.HeaderConnection), "upgrade") && hasWord(c.Get(fiber.HeaderUpgrade), "websocket")
	switch {
	case !websocket || c.Get("Sec-WebSocket-Version") != "13" || c.Get("Sec-WebSocket-Key") == "":
		return branch.Refuse(branch.CodeMalformed, "This route is for websockets of version 13.")
	case !hasWord(c.Get("Sec-WebSocket-Protocol"), wire.Subprotocol):
		return branch.Refuse(branch.CodeMalformed, "The client must offer the subprotocol %s.", wire.Subprotocol)
	case len(topicsOf(c.Query("topics"))) == 0:
		return invalidField("topics", "is required")
	case len(topicsOf(c.Query("topics"))) > mostTopics:
		return invalidField("topics", "has too many topics")
	}
	return nil
}

// hasWord reports whether a header that is a list of words has word.
func hasWord(list, word string) bool {
	return slices.ContainsFunc(strings.Split(list, ","), func(w string) bool {
		return strings.EqualFold(strings.TrimSpace(w), word)
	})
}

// topicsOf returns the topics of a list, each once.
func topicsOf(list string) []string {
	var topics []string
	for topic := range strings.SplitSeq(list, ",") {
		if topic != "" && !slices.Contains(topics, topic) {
			topics = append(topics, topic)
		}
	}
	return topics
}

// client tells the hub who a request that admit has let in is. The hub keeps
// what it is told longer than the request, so nothing in it may refer to that.
func (s *Server) client(r *http.Request) (hub.Client, bool) {
	admitted := callOf(r.Context())
	if admitted == nil {
		return hub.Client{}, false
	}
	who, query := admitted.who, r.URL.Query()
	client := hub.Client{
		Identity: who.Actor.Identity(),
		Session:  who.Session,
		Token:    string(who.Actor.Token),
		Topics:   topicsOf(query.Get("topics")),
		After:    query.Get("after"),
		Staff:    string(admitted.by.Staff),
		Window:   replayWindow,
		Valid:    func() bool { return s.Keeper.Holds(who, s.Now()) },
		Header:   upgradeHeader(),
		Handle: func(ctx context.Context, f wire.ClientFrame) (json.RawMessage, *wire.Problem) {
			return s.handle(ctx, who, f)
		},
	}
	if !who.Until.IsZero() {
		client.Life = who.Until.Sub(s.Now())
	}
	if who.Actor.Role == branch.RoleSupervisor || who.Actor.Role == branch.RoleIT {
		client.Window = 0
	}
	if _, speaks := s.Reads.Mouth(who.Actor.Place); speaks && who.Actor.Role == branch.RoleHall {
		client.Mouth = string(who.Actor.Place)
	}
	if counter := branch.CounterID(who.Actor.Place); who.Actor.Role == branch.RoleCounter {
		client.Person = func() string { return string(s.Reads.StaffOf(counter)) }
	}
	if !s.mayWatch(who.Actor, client.Topics) {
		client.Refuse = wire.CloseNotAllowed
	}
	return client, true
}

func (s *Server) mayWatch(actor branch.Actor, topics []string) bool {
	return !slices.ContainsFunc(topics, func(topic string) bool {
		rule, whose, ok := access.RuleOfTopic(topic)
		return !ok || !s.owns(actor, rule, whose)
	})
}

// owns reports whether a role may watch a topic: any, or its own, which is its
// place, the zone of its hall screen, or its visit.
func (s *Server) owns(actor branch.Actor, rule access.Rule, whose string) bool {
	scope := rule.May.Of(actor.Role)
	if scope != access.ScopeOwn {
		return scope == access.ScopeAny
	}
	switch rule.Action {
	case access.ActTopicHall:
		zone, ok := s.Reads.ZoneOf(actor.Place)
		return ok && whose == string(zone)
	case access.ActTopicVisit:
		return whose == string(actor.Visit)
	default:
		return whose == string(actor.Place)
	}
}

// handle carries out a frame of a live connection, by the same code as the
// routes.
func (s *Server) handle(ctx context.Context, who access.Identity, f wire.ClientFrame) (json.RawMessage, *wire.Problem) {
	data, err := s.carryOut(ctx, who, f)
	if err != nil {
		return nil, &s.refusal(ctx, err).Problem
	}
	return data, nil
}

func (s *Server) carryOut(ctx context.Context, who access.Identity, f wire.ClientFrame) (json.RawMessage, error) {
	if !s.Keeper.Holds(who, s.Now()) {
		return nil, branch.Refuse(branch.CodeUnauthenticated, "The session has ended.")
	}
	c := call{who: who, by: who.Actor}
	switch f.Type {
	case wire.TypeDo:
		return s.doFrame(ctx, c, f)
	case wire.TypeReceived:
		return s.report(ctx, c, f.Type, paging.Receive{Page: branch.PageID(f.Page), Step: f.Step})
	case wire.TypeAnnounced:
		return s.report(ctx, c, f.Type, equipment.Announced{Call: branch.CallID(f.Call)})
	}
	return nil, branch.Refuse(branch.CodeMalformed, "There is no such frame.")
}

func (s *Server) doFrame(ctx context.Context, c call, f wire.ClientFrame) (json.RawMessage, error) {
	run, ok := s.frames[f.Command]
	if !ok {
		return nil, invalidField("command", "is no command of a frame")
	}
	if err := s.limits.take(c.by, s.Now().Time()); err != nil {
		return nil, err
	}
	var err error
	if c.id, err = commandID("id", f.ID); err != nil {
		return nil, err
	}
	return run(ctx, c, f.Key, f.Data)
}

// report takes what a screen says it has done: received a page, spoken a call.
// It has no id, because saying it twice changes nothing.
func (s *Server) report(ctx context.Context, c call, frameType string, command branch.Command) (json.RawMessage, error) {
	rule, ok := access.RuleOfFrame(frameType)
	if !ok {
		return nil, branch.Refuse(branch.CodeMalformed, "There is no such frame.")
	}
	var err error
	if c.by, err = s.permit(rule, c.who.Actor, "", ""); err != nil {
		return nil, err
	}
	if rule.Action == access.ActAnnounced {
		if _, speaks := s.Reads.Mouth(c.by.Place); !speaks {
			return nil, branch.Refuse(branch.CodeForbidden, "This screen does not speak for its zone.")
		}
	}
	_, err = s.do(ctx, &c, command)
	return nil, err
}
