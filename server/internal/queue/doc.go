// Package queue is the domain of visits, counters and the branch's day: who
// waits, who is next and why, which counter has whom, and which ticket numbers
// were issued today. It decides commands into events and applies events to its
// own state, so that the same events always give the same state.
//
// It must never read a clock or a random source, reach a file, a socket or a
// log, or ask another module for anything: time, ids and the configuration are
// given to it, and all of them stand in the log.
//
// # A visit
//
// A visit is in exactly one state, and at most at one counter. Every arrow is
// an event; whatever is no arrow is refused as wrong-state.
//
//	                ┌─────────── back ──────────┐
//	                ▼                           │
//	create ─────▶ waiting ─────── away ──────▶ away
//	               │   ▲                        ▲
//	call-next,     │   │ transfer               │
//	call           ▼   │                        │
//	recall ──────▶ called ────────── away ──────┘
//	               │   │
//	       confirm │   └── no-show ──▶ no-show ── return ──▶ waiting
//	               ▼
//	              serving ── park ──▶ parked ── return, or its time ──▶ waiting
//	               │   │
//	               │   └── transfer, finish with next ──▶ waiting
//	               └────── finish ──▶ finished
//
// A visit is removed by cancel (from waiting, away and called), by time (away
// beyond its limit, a no-show after its grace) and at the end of the day (from
// every state, unless the branch carries over).
//
// # Who is next
//
// Only the oldest visit of each class that a counter may serve, its head,
// competes. When a head has waited for its class's target, the head with the
// largest wait over target is called; otherwise the head with the largest
// slope·wait + head start, at a caring counter caring visits first. Ties go to
// whoever queued earlier, then to the smaller id. See bid.beats.
//
// # Time
//
// Due times are facts in the state, so each fires once after any downtime. A
// jump of the clock moves every instant of the live visits along, so nobody has
// waited longer or shorter because of it; the opening hours alone follow the
// clock on the wall.
package queue
