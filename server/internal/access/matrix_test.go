package access

import (
	"slices"
	"strings"
	"testing"

	"handrail/server/internal/branch"
)

// The rows of the contract, written down a second time in another form: role
// letters k h c p s i v, a capital for any, a small letter for its own.
func contract() map[string]string {
	return map[string]string{
		"GET /healthz": "*KHCPSIV", "GET /readyz": "*KHCPSIV",
		"GET /metrics": "~I", "GET /openapi.json": "~I", "GET /docs": "~I", "GET /docs.css": "~I",
		"POST /api/v1/session": "*KHCPSIV", "DELETE /api/v1/session": "KHCPSIV", "GET /api/v1/session": "KHCPSIV",
		"GET /": "*KHCPSIV", "GET /enter": "*KHCPSIV", "GET /kiosk": "*KHCPSIV", "GET /hall": "*KHCPSIV",
		"GET /counter": "*KHCPSIV", "GET /pager": "*KHCPSIV", "GET /supervisor": "*KHCPSIV", "GET /it": "*KHCPSIV",
		"GET /visit": "*KHCPSIV", "GET /static/{path}": "*KHCPSIV",
		"GET /api/v1/branch": "KHCPSIV", "GET /api/v1/phrases/{lang}": "KHCPSIV", "GET /api/v1/live": "KHCPSIV",
		"GET /api/v1/speech/{clip}": "KHCPSIV",
		"POST /api/v1/visits":       "KCS", "GET /api/v1/visits/{id}": "kcSv", "GET /api/v1/visits/{id}/qr": "kv",
		"POST /api/v1/visits/{id}/away do visit.away": "kCSv", "POST /api/v1/visits/{id}/back do visit.back": "kCSv",
		"POST /api/v1/visits/{id}/cancel do visit.cancel":   "kCSv",
		"POST /api/v1/visits/{id}/recall do visit.recall":   "cS",
		"POST /api/v1/visits/{id}/confirm do visit.confirm": "cS",
		"POST /api/v1/visits/{id}/finish do visit.finish":   "cS",
		"POST /api/v1/visits/{id}/no-show do visit.no-show": "cS",
		"POST /api/v1/visits/{id}/park":                     "cS", "POST /api/v1/visits/{id}/transfer": "cS",
		"POST /api/v1/visits/{id}/return": "CS",
		"POST /api/v1/counters/{id}/open": "cS", "POST /api/v1/counters/{id}/pause": "cS", "POST /api/v1/counters/{id}/close": "cS",
		"POST /api/v1/counters/{id}/call-next do counter.call-next": "cS", "POST /api/v1/counters/{id}/call": "S",
		"POST /api/v1/pages do page.raise": "kcSv", "GET /api/v1/pages": "CPS",
		"POST /api/v1/pages/{id}/accept do page.accept": "CPS", "POST /api/v1/pages/{id}/reject do page.reject": "CPS",
		"POST /api/v1/pages/{id}/arrive do page.arrive": "kCPS", "POST /api/v1/pages/{id}/close do page.close": "kCPS",
		"POST /api/v1/pages/{id}/cancel do page.cancel": "kcSv",
		"frame received":                    "CPS",
		"frame announced":                   "h",
		"POST /api/v1/duty/on do duty.on":   "CP",
		"POST /api/v1/duty/off do duty.off": "CP",
		"GET /api/v1/devices":               "SI", "POST /api/v1/devices/{id}/test": "I", "GET /api/v1/devices/{id}/paper": "SI",
		"GET /api/v1/config": "I", "POST /api/v1/config/check": "I",
		"POST /api/v1/tokens": "I", "GET /api/v1/tokens": "I", "DELETE /api/v1/tokens/{id}": "I",
		"POST /api/v1/day/open": "S", "POST /api/v1/day/close": "S",
		"POST /api/v1/backup": "I", "POST /api/v1/verify": "I", "GET /api/v1/status": "I", "GET /api/v1/events": "Si",
		"GET /api/v1/reports/day/{day}": "S",
		"topic kiosk":                   "kS", "topic hall": "hS", "topic counter": "cS", "topic pages": "CPS", "topic visit": "Sv",
		"topic supervisor": "S", "topic it": "SI",
	}
}

// way writes how an action is reached.
func way(r Rule) string {
	var parts []string
	for prefix, part := range map[string]string{"topic ": r.Topic, "frame ": r.Frame, r.Method + " ": r.Path} {
		if part != "" {
			parts = append(parts, prefix+part)
		}
	}
	if r.Command != "" {
		parts = append(parts, "do "+r.Command)
	}
	return strings.Join(parts, " ")
}

// who writes who may.
func who(r Rule) string {
	letters := map[Gate]string{GateOpen: "*", GateLoopback: "~"}[r.Gate]
	for i, role := range []branch.Role{branch.RoleKiosk, branch.RoleHall, branch.RoleCounter, branch.RolePager,
		branch.RoleSupervisor, branch.RoleIT, branch.RoleVisit} {
		switch Allowed(role, r.Action) {
		case ScopeAny:
			letters += "KHCPSIV"[i : i+1]
		case ScopeOwn:
			letters += "khcpsiv"[i : i+1]
		}
	}
	return letters
}

func TestTheMatrixIsTheContract(t *testing.T) {
	want := contract()
	for rule := range Matrix() {
		if rights, ok := want[way(rule)]; !ok || rights != who(rule) {
			t.Errorf("%s (%s) may be done by %q, want %q", way(rule), rule.Action, who(rule), rights)
		}
		delete(want, way(rule))
	}
	for missing := range want {
		t.Errorf("%s has no row", missing)
	}
}

func TestEveryActionHasOneRowAndEveryWayOneAction(t *testing.T) {
	actions, ways := map[Action]bool{}, map[string]bool{}
	for rule := range Matrix() {
		if actions[rule.Action] {
			t.Errorf("%s has two rows", rule.Action)
		}
		actions[rule.Action] = true
		for _, way := range []string{rule.Method + rule.Path, "do " + rule.Command, "frame " + rule.Frame, "topic " + rule.Topic} {
			if ways[way] {
				t.Errorf("two rules for %s", way)
			}
			ways[way] = !strings.HasSuffix(way, " ") && way != ""
		}
	}
}

func TestARuleIsFoundByEachOfItsWays(t *testing.T) {
	for rule := range Matrix() {
		if got, ok := RuleOf(rule.Action); !ok || got != rule {
			t.Errorf("%s: %+v", rule.Action, got)
		}
		if got, ok := RuleOfRoute(rule.Method, rule.Path); ok != (rule.Path != "") || ok && got != rule {
			t.Errorf("%s %s: %+v", rule.Method, rule.Path, got)
		}
		if got, ok := RuleOfFrame(rule.Frame); ok != (rule.Frame != "") || ok && got != rule {
			t.Errorf("frame %s: %+v", rule.Frame, got)
		}
	}
}

func TestWhatHasNoRowNobodyMay(t *testing.T) {
	for _, role := range append(branch.Roles(), branch.RoleBox, "", "boss") {
		if scope := Allowed(role, "visit.sell"); scope != ScopeNone {
			t.Errorf("%s may do the unknown: %d", role, scope)
		}
	}
	for rule := range Matrix() {
		for _, role := range []branch.Role{branch.RoleBox, "", "boss"} {
			if Allowed(role, rule.Action) != ScopeNone {
				t.Errorf("%q may %s", role, rule.Action)
			}
		}
	}
	for rule := range Matrix() {
		if slices.Contains([]string{"visit.park", "visit.transfer", "visit.create", "counter.open", "page.receive", "access.grant"}, rule.Command) {
			t.Errorf("do %q is %s", rule.Command, rule.Action)
		}
	}
	if rule, ok := RuleOfRoute("GET", "/api/v1/reports/week/{week}"); ok {
		t.Errorf("a route that is not there is %s", rule.Action)
	}
}

func TestATopicNamesItsKindAndWhoseItIs(t *testing.T) {
	for topic, want := range map[string]struct {
		action Action
		whose  string
	}{
		"kiosk:kiosk-1": {ActTopicKiosk, "kiosk-1"}, "hall:main": {ActTopicHall, "main"}, "counter:counter-2": {ActTopicCounter, "counter-2"},
		"visit:v_1": {ActTopicVisit, "v_1"}, "pages": {ActTopicPages, ""}, "supervisor": {ActTopicSupervisor, ""}, "it": {ActTopicIT, ""},
	} {
		rule, whose, ok := RuleOfTopic(topic)
		if !ok || rule.Action != want.action || whose != want.whose {
			t.Errorf("%s: %s of %q, %t", topic, rule.Action, whose, ok)
		}
	}
	for _, topic := range []string{"", ":", "hall", "hall:", "pages:", "pages:x", "it:x", "Hall:main", "hal:main", " hall:main", ":main"} {
		if rule, whose, ok := RuleOfTopic(topic); ok || whose != "" || rule != (Rule{}) {
			t.Errorf("%q is %s of %q", topic, rule.Action, whose)
		}
	}
}
