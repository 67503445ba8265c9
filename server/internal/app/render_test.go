package app

import (
	"encoding/json"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/views"
)

// setOf is what is published after a commit.
type setOf = views.Set

// tickOfTheEngine is how often the engine looks at the disk.
const tickOfTheEngine = time.Second

// today is the branch's day.
func (b *box) today() branch.Day { return branch.DayOf(b.clock.now(), b.branch.zone) }

// topics are those of the demo branch that need no visit.
func topics() []string {
	return []string{"kiosk:kiosk-1", "kiosk:kiosk-2", "hall:main", "hall:consulting", "counter:counter-1", "counter:counter-2",
		"counter:counter-3", "counter:counter-4", "pages", "supervisor", "it"}
}

// view renders a topic of a set.
func (b *box) view(set *setOf, name string) string {
	b.t.Helper()
	topic, ok := views.ParseTopic(name)
	if !ok {
		b.t.Fatalf("%s is no topic", name)
	}
	view, err := b.views.View(set, topic)
	if err != nil {
		b.t.Fatalf("%s: %v", name, err)
	}
	return string(view)
}

// at is a set as it is looked at later: some views compute with the time.
func at(set *setOf, now branch.Instant) *setOf {
	later, queue := *set, *set.Queue
	queue.Now = now
	later.Now, later.Queue = now, &queue
	return &later
}

func mustDecode(t tester, text []byte, out any) {
	t.Helper()
	if err := json.Unmarshal(text, out); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}
