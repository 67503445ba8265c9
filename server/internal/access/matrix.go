package access

import (
	"iter"
	"strings"

	"handrail/server/internal/branch"
)

// Action is one thing that a client may want. The same action may be reached by
// a route, by a frame, or by both: the right to it is the same.
type Action string

// The actions, named after what they do to whom.
const (
	ActHealth  Action = "health"
	ActReady   Action = "ready"
	ActMetrics Action = "metrics"
	ActOpenAPI Action = "openapi"
	ActDocs    Action = "docs"
	ActDocsCSS Action = "docs.css"

	ActScreenIndex      Action = "screen.index"
	ActScreenEnter      Action = "screen.enter"
	ActScreenKiosk      Action = "screen.kiosk"
	ActScreenHall       Action = "screen.hall"
	ActScreenCounter    Action = "screen.counter"
	ActScreenPager      Action = "screen.pager"
	ActScreenSupervisor Action = "screen.supervisor"
	ActScreenIT         Action = "screen.it"
	ActScreenVisit      Action = "screen.visit"
	ActScreenFile       Action = "screen.file"

	ActSignIn  Action = "session.create"
	ActSignOut Action = "session.delete"
	ActSession Action = "session.read"
	ActBranch  Action = "branch.read"
	ActPhrases Action = "phrases.read"
	ActSpeech  Action = "speech.read"
	ActLive    Action = "live"

	ActVisitsCreate  Action = "visit.create"
	ActVisitRead     Action = "visit.read"
	ActVisitQR       Action = "visit.qr"
	ActVisitAway     Action = "visit.away"
	ActVisitBack     Action = "visit.back"
	ActVisitCancel   Action = "visit.cancel"
	ActVisitRecall   Action = "visit.recall"
	ActVisitConfirm  Action = "visit.confirm"
	ActVisitFinish   Action = "visit.finish"
	ActVisitNoShow   Action = "visit.no-show"
	ActVisitPark     Action = "visit.park"
	ActVisitTransfer Action = "visit.transfer"
	ActVisitReturn   Action = "visit.return"

	ActCounterOpen     Action = "counter.open"
	ActCounterPause    Action = "counter.pause"
	ActCounterClose    Action = "counter.close"
	ActCounterCallNext Action = "counter.call-next"
	ActCounterCall     Action = "counter.call"

	ActPagesRaise  Action = "page.raise"
	ActPagesRead   Action = "page.read"
	ActPageAccept  Action = "page.accept"
	ActPageReject  Action = "page.reject"
	ActPageArrive  Action = "page.arrive"
	ActPageClose   Action = "page.close"
	ActPageCancel  Action = "page.cancel"
	ActPageReceive Action = "page.receive"
	ActDutyOn      Action = "duty.on"
	ActDutyOff     Action = "duty.off"
	ActAnnounced   Action = "call.announced"

	ActDevicesRead  Action = "device.read"
	ActDeviceTest   Action = "device.test"
	ActDevicePaper  Action = "device.paper"
	ActConfigRead   Action = "config.read"
	ActConfigCheck  Action = "config.check"
	ActTokensCreate Action = "token.create"
	ActTokensRead   Action = "token.read"
	ActTokenRevoke  Action = "token.revoke"
	ActDayOpen      Action = "day.open"
	ActDayClose     Action = "day.close"
	ActBackup       Action = "backup"
	ActVerify       Action = "verify"
	ActStatus       Action = "status"
	ActEvents       Action = "events.read"
	ActReportDay    Action = "report.day"

	ActTopicKiosk      Action = "topic.kiosk"
	ActTopicHall       Action = "topic.hall"
	ActTopicCounter    Action = "topic.counter"
	ActTopicPages      Action = "topic.pages"
	ActTopicVisit      Action = "topic.visit"
	ActTopicSupervisor Action = "topic.supervisor"
	ActTopicIT         Action = "topic.it"
)

// Scope says how far a role's right to an action goes.
type Scope uint8

// The scopes. Where an action names nothing that could be somebody else's,
// such as taking a ticket, a role that may do it has ScopeAny.
const (
	// ScopeNone: the role may not.
	ScopeNone Scope = iota
	// ScopeOwn: only for what is the identity's own: the place of its token, the
	// zone of its hall screen, the visit whose key it presents or which it
	// serves, the pages raised there; for it and ActEvents, the events of
	// the topic "it".
	ScopeOwn
	// ScopeAny: whatever is named.
	ScopeAny
)

// Gate says whether an action needs an identity at all.
type Gate uint8

// The gates.
const (
	// GateRole: an identity whose role may.
	GateRole Gate = iota
	// GateLoopback: anybody while the box listens on loopback, else GateRole.
	GateLoopback
	// GateOpen: anybody.
	GateOpen
)

// Scopes is one row of the role matrix: the scope of each role.
type Scopes struct {
	Kiosk, Hall, Counter, Pager, Supervisor, IT, Visit Scope
}

// Of returns the scope of role; a role that no client may have has none.
func (s Scopes) Of(role branch.Role) Scope {
	switch role {
	case branch.RoleKiosk:
		return s.Kiosk
	case branch.RoleHall:
		return s.Hall
	case branch.RoleCounter:
		return s.Counter
	case branch.RolePager:
		return s.Pager
	case branch.RoleSupervisor:
		return s.Supervisor
	case branch.RoleIT:
		return s.IT
	case branch.RoleVisit:
		return s.Visit
	default:
		return ScopeNone
	}
}

// Rule is an action, the ways to it, and who may go them.
type Rule struct {
	Action Action
	// Method and Path are the route, with {name} for parameters; empty when
	// there is none.
	Method, Path string
	// Command is the command of a "do" frame; Frame is the type of any other
	// client frame.
	Command, Frame string
	// Topic is the part of a topic before the colon.
	Topic string
	Gate  Gate
	May   Scopes
}

// Allowed returns how far role may do action; ScopeNone for an unknown action.
// It leaves Gate aside.
func Allowed(role branch.Role, action Action) Scope {
	rule, _ := RuleOf(action)
	return rule.May.Of(role)
}

// RuleOf returns the rule of action.
func RuleOf(action Action) (Rule, bool) {
	return find(func(r *Rule) bool { return r.Action == action })
}

// RuleOfRoute returns the rule of a route, its path written as in the matrix.
func RuleOfRoute(method, path string) (Rule, bool) {
	return find(func(r *Rule) bool { return r.Path != "" && r.Method == method && r.Path == path })
}

// RuleOfFrame returns the rule of a client frame other than "do".
func RuleOfFrame(frameType string) (Rule, bool) {
	return find(func(r *Rule) bool { return r.Frame != "" && r.Frame == frameType })
}

// RuleOfTopic returns the rule of a topic such as "hall:main" and the part of it
// after the colon, which names whose it is: "main".
func RuleOfTopic(topic string) (rule Rule, whose string, ok bool) {
	kind, whose, named := strings.Cut(topic, ":")
	rule, ok = find(func(r *Rule) bool { return r.Topic != "" && r.Topic == kind })
	if !ok || named != namesSomebody(rule.Action) || named && whose == "" {
		return Rule{}, "", false
	}
	return rule, whose, true
}

// namesSomebody reports whether the topics of action have a part after the
// colon.
func namesSomebody(action Action) bool {
	switch action {
	case ActTopicKiosk, ActTopicHall, ActTopicCounter, ActTopicVisit:
		return true
	default:
		return false
	}
}

func find(is func(*Rule) bool) (Rule, bool) {
	for rule := range Matrix() {
		if is(&rule) {
			return rule, true
		}
	}
	return Rule{}, false
}

// Matrix yields the whole role matrix: every route, command, frame and topic of
// the contract that this box has.
func Matrix() iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		for _, part := range [...]iter.Seq[Rule]{boxRules, screenRules, visitRules, pageRules, itRules, topicRules} {
			for rule := range part {
				if !yield(rule) {
					return
				}
			}
		}
	}
}
