package hub

import (
	"testing"
	"testing/synctest"
)

// What changes without a commit is shown when the hub is told, and only there.
func TestAViewThatHasChangedWithoutACommitIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, Options{})
		a := b.pipe(t, Client{Topics: []string{"it", "pages"}}).diary()
		a.wantsLines("0s view it 0 @0", "0s view pages 0 @0", "0s live false @0")
		b.mu.Lock()
		b.facts = append(b.facts, fact{seq: 7, topic: "it"}, fact{seq: 8, topic: "pages"})
		b.mu.Unlock()
		b.hub.Refresh("it")
		b.hub.Refresh("nobody:watches")
		a.wantsLines("0s view it 7 @0")
		b.hub.Refresh("it") // nothing has changed since
		a.wantsLines()
	})
}

func TestASocketThatHasLeftDoesNotJoin(t *testing.T) {
	b := newBox(t, Options{})
	d := newDispatcher(b.hub)
	gone, here := newSocket(b.hub, nil, nil, Client{Topics: []string{"a"}}), newSocket(b.hub, nil, nil, Client{Topics: []string{"b"}})
	d.leave(gone)
	d.join(gone)
	d.join(here)
	if len(d.topics) != 1 || d.topics["b"] == nil {
		t.Errorf("topics %v, want b alone", d.topics)
	}
	d.leave(here)
	if len(d.topics) != 0 {
		t.Errorf("topics %v after everybody has left", d.topics)
	}
}

func TestTheCursorOfAnOpeningIsThatOfTheTopicFurthestBehind(t *testing.T) {
	s := &socket{admittedAt: 9, views: map[string]rendered{"a": {seq: 5}, "b": {seq: 7}}}
	if got := s.base(); got != 5 {
		t.Errorf("got %d, want 5", got)
	}
	s.views = nil
	if got := s.base(); got != 9 {
		t.Errorf("without topics: got %d, want 9", got)
	}
}

// A view that is ahead of the events cuts the commits there, so that one frame
// of events ends exactly where the view is.
func TestABatchEndsWhereAViewIsHeld(t *testing.T) {
	d := newDispatcher(newBox(t, Options{}).hub)
	updates := []Update{{Last: 2}, {Last: 4}, {Last: 6}}
	for _, c := range []struct {
		held uint64
		want int
	}{{2, 1}, {4, 2}, {6, 3}, {9, 3}, {1, 1}} {
		d.topics["a"] = &topic{held: &rendered{seq: c.held}}
		if got := len(d.batch(updates)); got != c.want {
			t.Errorf("with a view at %d: %d updates, want %d", c.held, got, c.want)
		}
	}
	d.topics["a"].held = nil
	if got := len(d.batch(updates)); got != 3 {
		t.Errorf("with no view held: %d updates, want all", got)
	}
}
