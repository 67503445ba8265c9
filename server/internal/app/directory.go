package app

import (
	"handrail/config"
	"handrail/server/internal/branch"
	"handrail/server/internal/views"
	"handrail/server/internal/wire"
)

// directory gathers what screens are told about the branch that no rule
// depends on.
func directory(b *config.Branch) *views.Directory {
	dir := &views.Directory{
		ID: string(b.ID), Name: text(b.Name),
		Services: map[branch.ServiceID]wire.Text{},
		Counters: map[branch.CounterID]wire.Text{},
		Staff:    map[branch.StaffID]wire.Text{},
		Kiosks:   []wire.BranchPlace{}, Zones: []wire.BranchZone{},
		Places: map[branch.PlaceID]views.Place{},
	}
	for _, lang := range b.Languages {
		dir.Languages = append(dir.Languages, string(lang))
	}
	for _, s := range b.Services {
		dir.Services[branch.ServiceID(s.ID)] = text(s.Name)
	}
	for _, s := range b.Staff {
		dir.Staff[branch.StaffID(s.ID)] = text(s.Name)
	}
	for _, z := range b.Zones {
		dir.Zones = append(dir.Zones, wire.BranchZone{ID: string(z.ID), Name: text(z.Name)})
	}
	places(dir, b)
	return dir
}

// places notes every place with its zone.
func places(dir *views.Directory, b *config.Branch) {
	for _, c := range b.Counters {
		dir.Counters[branch.CounterID(c.ID)] = text(c.Name)
		dir.Places[branch.PlaceID(c.ID)] = views.Place{Zone: branch.ZoneID(c.Zone), Name: text(c.Name)}
	}
	for _, h := range b.Halls {
		dir.Halls = append(dir.Halls, wire.BranchHall{ID: string(h.ID), Zone: string(h.Zone)})
		dir.Places[branch.PlaceID(h.ID)] = views.Place{Zone: branch.ZoneID(h.Zone)}
	}
	for _, k := range b.Kiosks {
		dir.Kiosks = append(dir.Kiosks, wire.BranchPlace{ID: string(k.ID), Name: text(k.Name), Zone: string(k.Zone)})
		dir.Places[branch.PlaceID(k.ID)] = views.Place{Zone: branch.ZoneID(k.Zone), Name: text(k.Name)}
	}
}

// text gives a configured name its language tags.
func text(n config.Name) wire.Text {
	return wire.Text{string(branch.Chinese): string(n.Chinese), string(branch.English): string(n.English)}
}
