package app

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"handrail/server/internal/branch"
	"handrail/server/internal/engine"
	"handrail/server/internal/paging"
	"handrail/server/internal/queue"
	"handrail/server/internal/views"
	"handrail/server/internal/wire"
)

// reads answers HTTP from the published set; it implements httpapi.Reads.
type reads struct{ *App }

// Branch describes the branch.
func (r reads) Branch() wire.Branch { return r.views.Branch(r.set.Load()) }

// Visit returns a visit of today.
func (r reads) Visit(_ context.Context, id branch.VisitID) (wire.Visit, error) {
	set := r.set.Load()
	visit := r.views.Find(set, id)
	if visit == nil {
		return wire.Visit{}, branch.Refuse(branch.CodeNotFound, "There is no such visit today.")
	}
	return r.views.Served(set, visit), nil
}

// Counter returns a counter.
func (r reads) Counter(id branch.CounterID) (wire.Counter, error) {
	for _, c := range r.set.Load().Queue.Counters {
		if c.ID == id {
			return r.views.Counter(c), nil
		}
	}
	return wire.Counter{}, branch.Refuse(branch.CodeNotFound, "There is no such counter.")
}

// Pages returns the pages that viewer may see, the oldest first: staff all of
// them, a place or a visit its own.
func (r reads) Pages(open bool, viewer branch.Actor) []wire.Page {
	set := r.set.Load()
	out := []wire.Page{}
	for _, p := range pagesOf(set, open) {
		page := r.views.Page(set, p)
		if mayRead(viewer, p) && (viewer.Role != branch.RoleVisit || page.Visit != "") {
			out = append(out, page)
		}
	}
	return out
}

// pagesOf returns the pages of set in the order in which they were raised.
func pagesOf(set *views.Set, open bool) []*paging.Page {
	if open {
		return set.Paging.Pages
	}
	return slices.SortedFunc(maps.Values(set.Paging.ByID), func(a, b *paging.Page) int {
		return cmp.Or(cmp.Compare(a.RaisedAt, b.RaisedAt), cmp.Compare(a.ID, b.ID))
	})
}

func mayRead(viewer branch.Actor, p *paging.Page) bool {
	switch viewer.Role {
	case branch.RolePager, branch.RoleCounter, branch.RoleSupervisor:
		return true
	case branch.RoleVisit:
		return p.Visit == viewer.Visit && views.Audible(p)
	}
	return p.Place == viewer.Place && views.Audible(p)
}

// Page returns a page that has not ended, or ended today.
func (r reads) Page(id branch.PageID) (wire.Page, error) {
	set := r.set.Load()
	if p := set.Paging.ByID[id]; p != nil {
		return r.views.Page(set, p), nil
	}
	return wire.Page{}, branch.Refuse(branch.CodeNotFound, "There is no such page.")
}

// Devices returns every device.
func (r reads) Devices() []wire.Device { return views.Devices(r.set.Load()) }

// answerBytes bounds one answer of Events.
const answerBytes = 200 << 10

// Events returns a piece of the log as viewer may see it. An empty piece is the
// end of the log.
func (r reads) Events(ctx context.Context, viewer branch.Actor, after string, limit int) (wire.EventList, error) {
	_, last := r.store.Bounds()
	seq, err := parseCursor(after, r.store.ID(), last)
	if err != nil {
		return wire.EventList{}, err
	}
	topic := views.Topic{Kind: views.TopicIT}
	if viewer.Role == branch.RoleSupervisor {
		topic.Kind = views.TopicSupervisor
	}
	list := wire.EventList{Events: []wire.Event{}}
	for size := 0; len(list.Events) < limit && size < answerBytes && ctx.Err() == nil; {
		envelopes, err := r.engine.Events(seq, min(replayPiece, limit-len(list.Events)))
		if err != nil {
			return wire.EventList{}, err
		}
		if len(envelopes) == 0 {
			break
		}
		seq = envelopes[len(envelopes)-1].Seq
		for _, event := range r.views.Events(r.set.Load(), topic, envelopes) {
			list.Events = append(list.Events, event)
			size += len(event.Data) + len(event.Event) + eventOverhead
		}
	}
	list.Cursor = cursor(r.store.ID(), seq)
	return list, ctx.Err()
}

// eventOverhead is what an event takes in JSON beside its name and data.
const eventOverhead = 120

// Phrases returns the catalogue of a language.
func (r reads) Phrases(lang branch.Language) ([]byte, bool) { return r.words.JSON(string(lang)) }

// CounterOf returns the counter that has called or serves a visit of today.
func (r reads) CounterOf(id branch.VisitID) (counter branch.CounterID, known bool) {
	visit := r.views.Find(r.set.Load(), id)
	if visit == nil {
		return "", false
	}
	return visit.Counter, true
}

// StaffOf returns whom a counter was opened with.
func (r reads) StaffOf(counter branch.CounterID) branch.StaffID {
	if c := r.counter(counter); c != nil {
		return c.Staff
	}
	return ""
}

func (r reads) counter(id branch.CounterID) *queue.Counter {
	counters := r.set.Load().Queue.Counters
	i := slices.IndexFunc(counters, func(c *queue.Counter) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return counters[i]
}

// ZoneOf returns the zone of a place.
func (r reads) ZoneOf(place branch.PlaceID) (branch.ZoneID, bool) {
	p, ok := r.branch.directory.Places[place]
	return p.Zone, ok
}

// KnowsPlace reports whether there is the kiosk, hall screen, counter or person
// that a token of this role is for.
func (r reads) KnowsPlace(role branch.Role, place string) bool {
	dir := r.branch.directory
	_, isPlace := dir.Places[branch.PlaceID(place)]
	_, isCounter := dir.Counters[branch.CounterID(place)]
	_, isStaff := dir.Staff[branch.StaffID(place)]
	isKiosk := slices.ContainsFunc(dir.Kiosks, func(k wire.BranchPlace) bool { return k.ID == place })
	switch role {
	case branch.RoleKiosk:
		return isKiosk
	case branch.RoleCounter:
		return isCounter
	case branch.RoleHall:
		return isPlace && !isKiosk && !isCounter
	case branch.RolePager:
		return isStaff
	}
	return false
}

// Mouth returns the zone for which a hall screen speaks.
func (r reads) Mouth(place branch.PlaceID) (branch.ZoneID, bool) {
	for _, zone := range r.set.Load().Equipment.Zones {
		if zone.Spec.Hall == place && place != "" {
			return zone.Spec.ID, true
		}
	}
	return "", false
}

// Status says how the box is.
func (r reads) Status(context.Context) (wire.Status, error) {
	first, last := r.store.Bounds()
	stats := r.engine.Stats()
	status := wire.Status{
		Version: r.cfg.Version, StartedAt: wire.Time(r.started.Time()),
		LogID: r.store.ID(), Cursor: cursor(r.store.ID(), last), LogBytes: r.logBytes(),
		FreeBytes: stats.Room.Disk, Sockets: r.hub.Stats().Sockets,
		CommitP50us: quantile(stats.Latency, 0.5).Microseconds(), CommitP99us: quantile(stats.Latency, 0.99).Microseconds(),
		ConfigVersion: r.branch.version, Storage: storage(stats),
	}
	if last > 0 {
		status.Events = last - first + 1
	}
	return status, nil
}

// Ready lists why the box is not ready.
func (r reads) Ready() []string {
	reasons := []string{}
	if storage(r.engine.Stats()) == storageFull {
		reasons = append(reasons, "The disk is full: only calls for help are taken.")
	}
	return reasons
}

// What wire.Status says of the disk; low is less than a tenth of it.
const (
	storageOK   = "ok"
	storageLow  = "low"
	storageFull = "full"
	lowShare    = 10
)

func storage(stats engine.Stats) string {
	switch {
	case stats.Tight:
		return storageFull
	case stats.Room.Disk < stats.Room.Total/lowShare:
		return storageLow
	}
	return storageOK
}

// logBytes is how large the data folder's files are, 0 when that cannot be seen.
func (a *App) logBytes() int64 {
	size, err := a.store.Size()
	if err != nil {
		return 0
	}
	return size
}
