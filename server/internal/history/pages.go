package history

import (
	"maps"
	"slices"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/paging"
)

// pages folds what happened to the calls for help.
type pages struct {
	// live are the pages that have not ended.
	live map[branch.PageID]*page
	// levels holds the highest level of each page raised today.
	levels map[branch.PageID]int
	// alarmed are the pages that sounded the alarm today.
	alarmed map[branch.PageID]bool
	merged  int
	// The reaches of today.
	delivered, accepted, arrived spread
}

// page is what must be known of a page until it ends.
type page struct {
	raised branch.Instant
	// What has happened to it before.
	delivered, accepted, arrived bool
}

func newPages() pages {
	return pages{live: map[branch.PageID]*page{}, levels: map[branch.PageID]int{}, alarmed: map[branch.PageID]bool{}}
}

// shift moves what is open along with the clock.
func (p *pages) shift(delta time.Duration) {
	for _, one := range p.live {
		one.raised = one.raised.Add(delta)
	}
}

// take adds an event that somebody caused.
func (p *pages) take(event branch.Event, at moment) {
	switch e := event.(type) {
	case paging.PageRaised:
		p.live[e.Page] = &page{raised: at.at}
		if at.today {
			p.levels[e.Page] = e.Plan.Start
		}
	case paging.PageDelivered:
		p.reach(e.Page, at, &p.delivered, func(one *page) *bool { return &one.delivered })
	case paging.PageAccepted:
		p.reach(e.Page, at, &p.accepted, func(one *page) *bool { return &one.accepted })
	case paging.PageArrived:
		p.reach(e.Page, at, &p.arrived, func(one *page) *bool { return &one.arrived })
	case paging.PageRepeated:
		if at.today {
			p.merged++
		}
	case paging.PageClosed:
		delete(p.live, e.Page)
	case paging.PageCancelled:
		delete(p.live, e.Page)
	default:
		p.escalate(event, at)
	}
}

// escalate adds an event of the box.
func (p *pages) escalate(event branch.Event, at moment) {
	if !at.today {
		return
	}
	switch e := event.(type) {
	case paging.PageNotified:
		p.rise(e.Page, e.Level)
	case paging.PageEscalated:
		p.rise(e.Page, e.Level)
	case paging.PageReopened:
		p.rise(e.Page, e.Level)
	case paging.PageAlarmed:
		p.alarmed[e.Page] = true
	}
}

// rise notes the level of a page raised today.
func (p *pages) rise(id branch.PageID, level int) {
	if highest, ok := p.levels[id]; ok {
		p.levels[id] = max(highest, level)
	}
}

// reach notes how long after the raising something happened for the first time.
func (p *pages) reach(id branch.PageID, at moment, to *spread, happened func(*page) *bool) {
	one := p.live[id]
	if one == nil || *happened(one) {
		return
	}
	*happened(one) = true
	if at.today {
		*to = append(*to, max(0, at.at.Sub(one.raised)))
	}
}

func (p *pages) figures() Pages {
	reached := map[int]int{}
	for _, level := range p.levels {
		reached[level]++
	}
	figures := Pages{
		Raised: len(p.levels), Delivered: len(p.delivered), Accepted: len(p.accepted), Arrived: len(p.arrived),
		Alarmed: len(p.alarmed), Merged: p.merged,
		ToDelivered: p.delivered.reach(), ToAccepted: p.accepted.reach(), ToArrived: p.arrived.reach(),
	}
	for _, level := range slices.Sorted(maps.Keys(reached)) {
		figures.Levels = append(figures.Levels, LevelPages{Level: level, Pages: reached[level]})
	}
	return figures
}
