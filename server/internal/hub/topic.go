package hub

import (
	"bytes"
	"encoding/json"
	"time"

	"handrail/server/internal/wire"
)

// costFactor is how many times its own cost passes between two renderings of a
// view: rendering takes at most a tenth of one processor for each topic.
const costFactor = 10

// topic is something that sockets watch.
type topic struct {
	name string
	// watching have had the view and get what follows; waiting want the view.
	watching, waiting []*socket
	// events are those collected and not yet sent.
	events []wire.Event
	// view is what was sent last; nil when there is none.
	view json.RawMessage
	// seen is the commit at which the view was rendered last; dirty says that it
	// may have changed since; owesView that events have gone out without one.
	seen            uint64
	dirty, owesView bool
	// due is the earliest time of the next rendering.
	due time.Time
	// held is a view of a commit whose events have not gone out yet.
	held *rendered
}

type rendered struct {
	view json.RawMessage
	seq  uint64
}

// wanted reports whether the topic has a view to send.
func (t *topic) wanted() bool { return t.dirty || t.owesView || len(t.waiting) > 0 }

// collect takes the topic's events from the updates after the commit `after`.
func (t *topic) collect(batch []Update, after uint64) {
	if len(t.watching) == 0 {
		return
	}
	for _, u := range batch {
		if u.Last > after && u.Events != nil {
			t.events = append(t.events, u.Events(t.name)...)
		}
	}
}

// show sends the views that are due.
func (d *dispatcher) show() {
	for _, t := range d.topics {
		switch {
		case t.held != nil:
			d.release(t)
		case !t.wanted():
		case !t.dirty && t.view == nil:
			t.owesView = false
		case !t.dirty:
			d.showView(t, t.view)
		case !time.Now().Before(t.due):
			d.render(t)
		}
	}
}

// render asks for the view. It may be of a later commit than the events that
// were sent: then it is held until they have caught up.
func (d *dispatcher) render(t *topic) {
	begun := time.Now()
	view, seq, err := d.source.View(t.name)
	ended := time.Now()
	t.due = ended.Add(min(costFactor*ended.Sub(begun), d.options.Slowest))
	t.dirty = false
	if err != nil {
		d.turnAway(t)
		return
	}
	t.seen = seq
	t.held = &rendered{view: view, seq: seq}
	d.release(t)
}

// turnAway ends the sockets that wait for a topic that does not exist; who has
// watched it while it did stays.
func (d *dispatcher) turnAway(t *topic) {
	for _, s := range t.waiting {
		s.close(wire.CloseNotAllowed, d.options.Goodbye)
	}
	t.waiting = nil
	t.view = nil
	t.owesView = false
}

// release shows the held view when the events have come to it. One that they
// have passed is of no use any more.
func (d *dispatcher) release(t *topic) {
	held := t.held
	if d.at < held.seq {
		return
	}
	t.held = nil
	if d.at > held.seq {
		t.dirty = true
		return
	}
	d.showView(t, held.view)
}

// showView sends the view, which is true at d.at, to those who wait for it and,
// if it is another one or follows events, to those who watch.
func (d *dispatcher) showView(t *topic, view json.RawMessage) {
	if t.owesView || !bytes.Equal(view, t.view) {
		d.sendView(t, view)
	}
	t.view = view
	t.owesView = false
	newcomers := t.waiting
	t.waiting = nil
	for _, s := range newcomers {
		t.watching = append(t.watching, s)
		s.views[t.name] = rendered{view: view, seq: d.at}
		s.missing--
		if s.missing == 0 {
			d.admit(s)
		}
	}
}

func (d *dispatcher) sendView(t *topic, view json.RawMessage) {
	if len(t.watching) == 0 {
		return
	}
	f := viewFrame(t.name, d.cursor(d.at), view).forMany()
	for _, s := range t.watching {
		d.send(s, f)
	}
}
