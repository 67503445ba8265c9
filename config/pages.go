package config

import (
	"cmp"
	"slices"
)

// Pages says for what staff can be called, and how.
type Pages struct {
	Reasons  []Reason        `yaml:"reasons" min:"1" max:"15" doc:"The reasons this branch offers."`
	Plan     Plan            `yaml:"plan" doc:"How every page proceeds, unless byReason says otherwise."`
	ByReason map[Reason]Plan `yaml:"byReason" max:"15" doc:"What is different for one reason."`
}

// Plan says how a page proceeds. What is left out is as in the wider plan: the
// branch's for a reason, the product's for the branch.
type Plan struct {
	Levels        []Level   `yaml:"levels" min:"1" max:"4" doc:"The steps of escalation; level 0 is the first."`
	Start         *int      `yaml:"start" min:"0" max:"3" doc:"The level of the first step."`
	Loops         int       `yaml:"loops" min:"1" max:"5" doc:"How often the levels are gone through before the standing alarm."`
	ArriveSeconds Seconds   `yaml:"arriveSeconds" min:"1" max:"3600" doc:"From acceptance to arrival, before the page opens again."`
	AlarmSeconds  Seconds   `yaml:"alarmSeconds" min:"1" max:"3600" doc:"Between two alarms of a page that nobody accepts."`
	RemindMinutes Minutes   `yaml:"remindMinutes" min:"0.001" max:"240" doc:"From arrival to the reminder to close the page."`
	First         []Ability `yaml:"first" max:"20" doc:"People with one of these abilities are called before all others."`
}

// Level is one step of escalation.
type Level struct {
	WaitSeconds Seconds `yaml:"waitSeconds" must:"be-there" min:"1" max:"3600" doc:"How long this step is given before the next."`
	Hall        bool    `yaml:"hall" doc:"Whether the hall speaks at this step; never for duress."`
}

// For returns the whole plan of a page for r: what the file says of r, then
// what the product says of r, then the branch's plan, then the product's.
func (p Pages) For(r Reason) Plan {
	plan := p.ByReason[r].over(productPlan(r)).over(p.Plan).over(defaultPlan())
	if r == silentReason {
		plan.Levels = slices.Clone(plan.Levels)
		for i := range plan.Levels {
			plan.Levels[i].Hall = false
		}
	}
	return plan
}

// over returns p with what it leaves out taken from wider.
func (p Plan) over(wider Plan) Plan {
	if p.Levels == nil {
		p.Levels = wider.Levels
	}
	if p.Start == nil {
		p.Start = wider.Start
	}
	if p.First == nil {
		p.First = wider.First
	}
	p.Loops = cmp.Or(p.Loops, wider.Loops)
	p.ArriveSeconds = cmp.Or(p.ArriveSeconds, wider.ArriveSeconds)
	p.AlarmSeconds = cmp.Or(p.AlarmSeconds, wider.AlarmSeconds)
	p.RemindMinutes = cmp.Or(p.RemindMinutes, wider.RemindMinutes)
	return p
}
