package config

import "cmp"

// defaults returns the branch whose file says nothing beyond what must be
// there. Together with fill, for what stands in lists, and with defaultPlan and
// productPlan it is the one place where left-out keys get their values.
func defaults() *Branch {
	return &Branch{
		TimeZone:    "Asia/Shanghai",
		Languages:   Languages(),
		DayEnd:      Close,
		Needs:       Needs(),
		CaringNeeds: []Need{"read-aloud", "hearing", "wheelchair", "low-counter", "sign-language", "escort", "companion"},
		LookFor:     []Need{"hearing", "read-aloud", "wheelchair", "escort"},
		Requires: map[Need][]Ability{
			"wheelchair":    {"low"},
			"low-counter":   {"low"},
			"hearing":       {"hearing-loop", "sound-focuser"},
			"sign-language": {"sign-language"},
		},
		Classes: Classes{
			Urgent:   Class{TargetMinutes: 1, Slope: 60},
			Caring:   Class{TargetMinutes: 15, Slope: 4},
			Ordinary: Class{TargetMinutes: 30, Slope: 1},
		},
		AwayMinutes:         15,
		GraceMinutes:        5,
		LookForGraceMinutes: 10,
		RecallSeconds:       10,
		RelaxMinutes:        10,
		Announcements:       Announcements{ClipSeconds: 30, AnswerSeconds: 3},
		Pages:               Pages{Reasons: Reasons(), Plan: defaultPlan()},
	}
}

// fill gives the left-out keys of list items their values.
func fill(b *Branch) {
	for i := range b.Devices {
		b.Devices[i].Admin = cmp.Or(b.Devices[i].Admin, Enabled)
	}
	for i := range b.Counters {
		if b.Counters[i].Services == nil {
			b.Counters[i].Services = b.whatMayBeServedAt(b.Counters[i])
		}
	}
}

// defaultPlan is how a page proceeds when the file says nothing.
func defaultPlan() Plan {
	return Plan{
		Levels: []Level{
			{WaitSeconds: 30},
			{WaitSeconds: 30},
			{WaitSeconds: 60, Hall: true},
			{WaitSeconds: 60, Hall: true},
		},
		Start:         new(0),
		Loops:         5,
		ArriveSeconds: 120,
		AlarmSeconds:  60,
		RemindMinutes: 10,
	}
}

// productPlan is what the product says of r beyond the branch's plan.
func productPlan(r Reason) Plan {
	switch r {
	case "fall", "illness", silentReason:
		return Plan{Start: new(2)}
	case "sign-language":
		return Plan{First: []Ability{"sign-language"}}
	}
	return Plan{}
}
