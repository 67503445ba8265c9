package app

import (
	"encoding/json"
	"fmt"
	"time"

	"handrail/config"
	"handrail/server/internal/branch"
	"handrail/server/internal/equipment"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
)

// configApplied returns the event that puts b in force; version names the file that
// b was read from. Equal files give equal events.
func configApplied(b *config.Branch, version string) (branch.ConfigApplied, error) {
	policies := map[string]json.RawMessage{}
	for name, policy := range map[string]any{
		"queue":     queuePolicy(b),
		"paging":    pagingPolicy(b),
		"equipment": equipmentPolicy(b),
	} {
		data, err := json.Marshal(policy)
		if err != nil {
			return branch.ConfigApplied{}, fmt.Errorf("app: policy of %s: %w", name, err)
		}
		policies[name] = data
	}
	return branch.ConfigApplied{ConfigVersion: version, Policies: policies}, nil
}

// queuePolicy returns what b says about visits and counters.
func queuePolicy(b *config.Branch) queue.Policy {
	p := queue.Policy{
		TimeZone:            string(b.TimeZone),
		Services:            convert(b.Services, service),
		Languages:           texts[branch.Language](b.Languages),
		Staff:               convert(b.Staff, counterStaff),
		Needs:               texts[branch.Need](b.Needs),
		CaringNeeds:         texts[branch.Need](b.CaringNeeds),
		LookFor:             texts[branch.Need](b.LookFor),
		Requires:            requires(b),
		AwayLimit:           b.AwayMinutes.Duration(),
		Grace:               b.GraceMinutes.Duration(),
		LookForGrace:        b.LookForGraceMinutes.Duration(),
		RecallSpacing:       b.RecallSeconds.Duration(),
		RelaxAfter:          b.RelaxMinutes.Duration(),
		Hours:               hours(b.Hours),
		TicketsOutsideHours: b.TicketsOutsideHours,
		CarryOver:           b.DayEnd == config.CarryOver,
	}
	p.Counters = convert(b.Counters, func(c config.Counter) queue.CounterSpec {
		return queue.CounterSpec{
			ID:        branch.CounterID(c.ID),
			Zone:      branch.ZoneID(c.Zone),
			Abilities: texts[branch.Ability](b.AbilitiesAt(c)),
			Services:  texts[branch.ServiceID](c.Services),
		}
	})
	p.Target, p.Slope, p.HeadStart = classes(b.Classes)
	return p
}

func service(s config.Service) queue.Service {
	return queue.Service{
		ID:           branch.ServiceID(s.ID),
		Prefix:       string(s.Prefix),
		Expected:     s.Minutes.Duration(),
		NeedsCounter: texts[branch.Ability](s.NeedsCounter),
	}
}

func counterStaff(s config.Staff) queue.StaffSpec {
	return queue.StaffSpec{ID: branch.StaffID(s.ID), Abilities: texts[branch.Ability](s.Abilities)}
}

func requires(b *config.Branch) map[branch.Need][]branch.Ability {
	m := make(map[branch.Need][]branch.Ability, len(b.Requires))
	for need, list := range b.Requires {
		m[branch.Need(need)] = texts[branch.Ability](list)
	}
	return m
}

// classes returns the target, the slope and the head start in milliseconds of
// each class.
func classes(c config.Classes) (map[branch.Class]time.Duration, map[branch.Class]int64, map[branch.Class]int64) {
	target := map[branch.Class]time.Duration{}
	slope, headStart := map[branch.Class]int64{}, map[branch.Class]int64{}
	for class, spec := range map[branch.Class]config.Class{
		branch.Urgent: c.Urgent, branch.Caring: c.Caring, branch.Ordinary: c.Ordinary,
	} {
		target[class] = spec.TargetMinutes.Duration()
		slope[class] = int64(spec.Slope)
		headStart[class] = spec.HeadStartMinutes.Duration().Milliseconds()
	}
	return target, slope, headStart
}

// hours returns every opening, Sunday's first; none when the branch is always
// open.
func hours(h config.Hours) []queue.Hours {
	list := []queue.Hours{}
	for day := range time.Saturday + 1 {
		for _, o := range h.On(day) {
			from, to := o.Minutes()
			list = append(list, queue.Hours{Weekday: day, From: from, To: to})
		}
	}
	return list
}

// pagingPolicy returns what b says about pages.
func pagingPolicy(b *config.Branch) paging.Policy {
	p := paging.Policy{
		Staff:   convert(b.Staff, pagedStaff),
		Places:  pagedPlaces(b),
		Reasons: make(map[branch.Reason]paging.Plan, len(b.Pages.Reasons)),
	}
	for _, r := range b.Pages.Reasons {
		p.Reasons[branch.Reason(r)] = plan(b.Pages.For(r))
	}
	return p
}

func pagedStaff(s config.Staff) paging.StaffSpec {
	return paging.StaffSpec{ID: branch.StaffID(s.ID), Level: s.Level, Abilities: texts[branch.Ability](s.Abilities)}
}

// pagedPlaces returns every place of b with its zone.
func pagedPlaces(b *config.Branch) []paging.PlaceSpec {
	list := []paging.PlaceSpec{}
	add := func(place, zone config.ID) {
		list = append(list, paging.PlaceSpec{ID: branch.PlaceID(place), Zone: branch.ZoneID(zone)})
	}
	for _, k := range b.Kiosks {
		add(k.ID, k.Zone)
	}
	for _, h := range b.Halls {
		add(h.ID, h.Zone)
	}
	for _, c := range b.Counters {
		add(c.ID, c.Zone)
	}
	return list
}

func plan(p config.Plan) paging.Plan {
	return paging.Plan{
		Levels: convert(p.Levels, func(l config.Level) paging.Level {
			return paging.Level{Wait: l.WaitSeconds.Duration(), Hall: l.Hall}
		}),
		Start:      *p.Start,
		Loops:      p.Loops,
		Arrive:     p.ArriveSeconds.Duration(),
		AlarmEvery: p.AlarmSeconds.Duration(),
		Remind:     p.RemindMinutes.Duration(),
		First:      texts[branch.Ability](p.First),
	}
}

// equipmentPolicy returns what b says about devices and zones.
func equipmentPolicy(b *config.Branch) equipment.Policy {
	return equipment.Policy{
		Devices:      convert(b.Devices, device),
		Zones:        convert(b.Zones, zone),
		ClipLength:   b.Announcements.ClipSeconds.Duration(),
		AnswerWithin: b.Announcements.AnswerSeconds.Duration(),
	}
}

func device(d config.Device) equipment.DeviceSpec {
	return equipment.DeviceSpec{
		ID:    branch.DeviceID(d.ID),
		Kind:  string(d.Kind),
		Place: branch.PlaceID(d.Place),
		Admin: equipment.Admin(d.Admin),
		Gives: texts[branch.Ability](d.Gives),
	}
}

func zone(z config.Zone) equipment.ZoneSpec {
	return equipment.ZoneSpec{
		ID:     branch.ZoneID(z.ID),
		Device: branch.DeviceID(z.Speaker.Device),
		Hall:   branch.PlaceID(z.Speaker.Hall),
	}
}

// convert returns f of each item, in order; never nil.
func convert[From, To any](items []From, f func(From) To) []To {
	list := make([]To, len(items))
	for i, item := range items {
		list[i] = f(item)
	}
	return list
}

// texts returns the same words as another type; never nil.
func texts[To, From ~string](words []From) []To {
	return convert(words, func(w From) To { return To(w) })
}
