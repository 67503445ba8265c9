package access

// api is where the versioned routes begin.
const api = "/api/v1/"

// The short names keep each row of the matrix on one line or two.
const (
	get  = "GET"
	post = "POST"
	del  = "DELETE"

	own  = ScopeOwn
	each = ScopeAny
)

// everyRole may be had by whoever has an identity.
func everyRole() Scopes { return Scopes{each, each, each, each, each, each, each} }

// customerOrStaff: the customer with the visit's key, any counter, supervisors.
func customerOrStaff() Scopes {
	return Scopes{Kiosk: own, Visit: own, Counter: each, Supervisor: each}
}

// servingCounter: the counter that it concerns, supervisors for any.
func servingCounter() Scopes { return Scopes{Counter: own, Supervisor: each} }

// whoRaises: everybody who may ask for help, each at its own place.
func whoRaises() Scopes {
	return Scopes{Kiosk: own, Counter: own, Visit: own, Supervisor: each}
}

// whoComes: everybody who answers pages; which of them, paging decides.
func whoComes() Scopes { return Scopes{Counter: each, Pager: each, Supervisor: each} }

// whoComesOrPlace: whoComes, and a press at the place itself.
func whoComesOrPlace() Scopes {
	return Scopes{Kiosk: own, Counter: each, Pager: each, Supervisor: each}
}

func rows(yield func(Rule) bool, rules ...Rule) {
	for _, rule := range rules {
		if !yield(rule) {
			return
		}
	}
}

// boxRules are for everybody: is the box well, who am I, what is this branch.
func boxRules(yield func(Rule) bool) {
	itOnly := Scopes{IT: each}
	rows(yield,
		Rule{Action: ActHealth, Method: get, Path: "/healthz", Gate: GateOpen, May: everyRole()},
		Rule{Action: ActReady, Method: get, Path: "/readyz", Gate: GateOpen, May: everyRole()},
		Rule{Action: ActMetrics, Method: get, Path: "/metrics", Gate: GateLoopback, May: itOnly},
		Rule{Action: ActOpenAPI, Method: get, Path: "/openapi.json", Gate: GateLoopback, May: itOnly},
		Rule{Action: ActDocs, Method: get, Path: "/docs", Gate: GateLoopback, May: itOnly},
		Rule{Action: ActDocsCSS, Method: get, Path: "/docs.css", Gate: GateLoopback, May: itOnly},
		Rule{Action: ActSignIn, Method: post, Path: api + "session", Gate: GateOpen, May: everyRole()},
		Rule{Action: ActSignOut, Method: del, Path: api + "session", May: everyRole()},
		Rule{Action: ActSession, Method: get, Path: api + "session", May: everyRole()},
		Rule{Action: ActBranch, Method: get, Path: api + "branch", May: everyRole()},
		Rule{Action: ActPhrases, Method: get, Path: api + "phrases/{lang}", May: everyRole()},
		Rule{Action: ActSpeech, Method: get, Path: api + "speech/{clip}", May: everyRole()},
		Rule{Action: ActLive, Method: get, Path: api + "live", May: everyRole()},
	)
}

// screenRules are for the documents and files of the screens: they hold nothing
// that a passer-by may not read, and sign-in itself is one of them.
func screenRules(yield func(Rule) bool) {
	screen := func(action Action, path string) Rule {
		return Rule{Action: action, Method: get, Path: path, Gate: GateOpen, May: everyRole()}
	}
	rows(yield,
		screen(ActScreenIndex, "/"),
		screen(ActScreenEnter, "/enter"),
		screen(ActScreenKiosk, "/kiosk"),
		screen(ActScreenHall, "/hall"),
		screen(ActScreenCounter, "/counter"),
		screen(ActScreenPager, "/pager"),
		screen(ActScreenSupervisor, "/supervisor"),
		screen(ActScreenIT, "/it"),
		screen(ActScreenVisit, "/visit"),
		screen(ActScreenFile, "/static/{path}"),
	)
}

// visitRules are for visits and the counters that serve them.
func visitRules(yield func(Rule) bool) {
	visit := func(action Action, verb string, may Scopes) Rule {
		return Rule{Action: action, Method: post, Path: api + "visits/{id}/" + verb, May: may}
	}
	counter := func(action Action, verb string, may Scopes) Rule {
		return Rule{Action: action, Method: post, Path: api + "counters/{id}/" + verb, May: may}
	}
	rows(yield,
		Rule{Action: ActVisitsCreate, Method: post, Path: api + "visits",
			May: Scopes{Kiosk: each, Counter: each, Supervisor: each}},
		Rule{Action: ActVisitRead, Method: get, Path: api + "visits/{id}",
			May: Scopes{Kiosk: own, Visit: own, Counter: own, Supervisor: each}},
		Rule{Action: ActVisitQR, Method: get, Path: api + "visits/{id}/qr", May: Scopes{Kiosk: own, Visit: own}},
		doable(visit(ActVisitAway, "away", customerOrStaff())),
		doable(visit(ActVisitBack, "back", customerOrStaff())),
		doable(visit(ActVisitCancel, "cancel", customerOrStaff())),
		doable(visit(ActVisitRecall, "recall", servingCounter())),
		doable(visit(ActVisitConfirm, "confirm", servingCounter())),
		doable(visit(ActVisitFinish, "finish", servingCounter())),
		doable(visit(ActVisitNoShow, "no-show", servingCounter())),
		visit(ActVisitPark, "park", servingCounter()),
		visit(ActVisitTransfer, "transfer", servingCounter()),
		visit(ActVisitReturn, "return", Scopes{Counter: each, Supervisor: each}),
		counter(ActCounterOpen, "open", servingCounter()),
		counter(ActCounterPause, "pause", servingCounter()),
		counter(ActCounterClose, "close", servingCounter()),
		doable(counter(ActCounterCallNext, "call-next", servingCounter())),
		counter(ActCounterCall, "call", Scopes{Supervisor: each}),
	)
}

// pageRules are for pages, those who answer them, and the mouth of a zone.
func pageRules(yield func(Rule) bool) {
	page := func(action Action, verb string, may Scopes) Rule {
		return doable(Rule{Action: action, Method: post, Path: api + "pages/{id}/" + verb, May: may})
	}
	onDuty := Scopes{Pager: each, Counter: each}
	rows(yield,
		doable(Rule{Action: ActPagesRaise, Method: post, Path: api + "pages", May: whoRaises()}),
		Rule{Action: ActPagesRead, Method: get, Path: api + "pages", May: whoComes()},
		page(ActPageAccept, "accept", whoComes()),
		page(ActPageReject, "reject", whoComes()),
		page(ActPageArrive, "arrive", whoComesOrPlace()),
		page(ActPageClose, "close", whoComesOrPlace()),
		page(ActPageCancel, "cancel", whoRaises()),
		Rule{Action: ActPageReceive, Frame: "received", May: whoComes()},
		doable(Rule{Action: ActDutyOn, Method: post, Path: api + "duty/on", May: onDuty}),
		doable(Rule{Action: ActDutyOff, Method: post, Path: api + "duty/off", May: onDuty}),
		Rule{Action: ActAnnounced, Frame: "announced", May: Scopes{Hall: own}},
	)
}

// doable adds the "do" command of the same name as the action.
func doable(rule Rule) Rule {
	rule.Command = string(rule.Action)
	return rule
}

// itRules are for running the box and the day.
func itRules(yield func(Rule) bool) {
	it, supervisor := Scopes{IT: each}, Scopes{Supervisor: each}
	itOrReader := Scopes{IT: each, Supervisor: each}
	rows(yield,
		Rule{Action: ActDevicesRead, Method: get, Path: api + "devices", May: itOrReader},
		Rule{Action: ActDeviceTest, Method: post, Path: api + "devices/{id}/test", May: it},
		Rule{Action: ActDevicePaper, Method: get, Path: api + "devices/{id}/paper", May: itOrReader},
		Rule{Action: ActConfigRead, Method: get, Path: api + "config", May: it},
		Rule{Action: ActConfigCheck, Method: post, Path: api + "config/check", May: it},
		Rule{Action: ActTokensCreate, Method: post, Path: api + "tokens", May: it},
		Rule{Action: ActTokensRead, Method: get, Path: api + "tokens", May: it},
		Rule{Action: ActTokenRevoke, Method: del, Path: api + "tokens/{id}", May: it},
		Rule{Action: ActDayOpen, Method: post, Path: api + "day/open", May: supervisor},
		Rule{Action: ActDayClose, Method: post, Path: api + "day/close", May: supervisor},
		Rule{Action: ActBackup, Method: post, Path: api + "backup", May: it},
		Rule{Action: ActVerify, Method: post, Path: api + "verify", May: it},
		Rule{Action: ActStatus, Method: get, Path: api + "status", May: it},
		Rule{Action: ActEvents, Method: get, Path: api + "events", May: Scopes{Supervisor: each, IT: own}},
		Rule{Action: ActReportDay, Method: get, Path: api + "reports/day/{day}", May: supervisor},
	)
}

// topicRules are for what a websocket may watch.
func topicRules(yield func(Rule) bool) {
	rows(yield,
		Rule{Action: ActTopicKiosk, Topic: "kiosk", May: Scopes{Kiosk: own, Supervisor: each}},
		Rule{Action: ActTopicHall, Topic: "hall", May: Scopes{Hall: own, Supervisor: each}},
		Rule{Action: ActTopicCounter, Topic: "counter", May: Scopes{Counter: own, Supervisor: each}},
		Rule{Action: ActTopicPages, Topic: "pages", May: whoComes()},
		Rule{Action: ActTopicVisit, Topic: "visit", May: Scopes{Visit: own, Supervisor: each}},
		Rule{Action: ActTopicSupervisor, Topic: "supervisor", May: Scopes{Supervisor: each}},
		Rule{Action: ActTopicIT, Topic: "it", May: Scopes{IT: each, Supervisor: each}},
	)
}
