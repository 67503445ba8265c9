package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/deviceio"
	"handrail/server/internal/engine"
	"handrail/server/internal/equipment"
	"handrail/server/internal/hub"
	"handrail/server/internal/paging"
	"handrail/server/internal/views"
	"handrail/server/internal/wire"
)

// replayPiece is how many events are read at a time.
const replayPiece = 512

// source shows the hub what is published; it implements hub.Source.
type source struct{ *App }

// LogID names the log in cursors.
func (s source) LogID() string { return s.store.ID() }

// Published returns the sequence number of the set that views show.
func (s source) Published() uint64 { return s.set.Load().Seq }

// View renders a topic from the published set, with the set's sequence number.
func (s source) View(topic string) (json.RawMessage, uint64, error) {
	t, ok := views.ParseTopic(topic)
	if !ok {
		return nil, 0, branch.Refuse(branch.CodeNotFound, "There is no such topic.")
	}
	set := s.set.Load()
	view, err := s.views.View(set, t)
	return view, set.Seq, err
}

// Replay yields the events of a topic after one sequence number up to another,
// the oldest first. ok is false when they are no longer kept, or when the first
// one is older than notBefore.
func (s source) Replay(ctx context.Context, topic string, after, upto uint64, notBefore time.Time, yield func([]wire.Event) bool) (ok bool, err error) {
	t, known := views.ParseTopic(topic)
	if first, _ := s.store.Bounds(); !known || after+1 < first {
		return false, nil
	}
	oldest := branch.InstantOf(notBefore)
	for after < upto {
		if err := ctx.Err(); err != nil {
			return true, err
		}
		envelopes, err := s.engine.Events(after, min(replayPiece, int(upto-after)))
		if err != nil || len(envelopes) == 0 {
			return true, err
		}
		if envelopes[0].At < oldest {
			return false, nil
		}
		after = envelopes[len(envelopes)-1].Seq
		if events := s.views.Events(s.set.Load(), t, envelopes); len(events) > 0 && !yield(events) {
			return true, nil
		}
	}
	return true, nil
}

// PagesFor returns the pages whose current step staff was told of.
func (s source) PagesFor(staff string) []wire.Page {
	who := branch.StaffID(staff)
	return s.views.Pages(s.set.Load(), func(p *paging.Page) bool {
		return slices.Contains(p.Notified, who) && !slices.Contains(p.Rejected, who)
	})
}

// SpeakFor returns what a hall screen must say now, if it is the mouth of its
// zone.
func (s source) SpeakFor(place string) (frame wire.SpeakFrame, ok bool) {
	for _, zone := range s.set.Load().Equipment.Zones {
		if zone.Spec.Hall == branch.PlaceID(place) && len(zone.Pending) > 0 {
			return s.speak(zone.Pending[0]), true
		}
	}
	return wire.SpeakFrame{}, false
}

// speak is an announcement in the words of every language, and the clip of those
// in which it is said.
func (s source) speak(call *equipment.Call) wire.SpeakFrame {
	frame := wire.SpeakFrame{Type: wire.TypeSpeak, Call: string(call.Call), Text: wire.Text{}, Times: deviceio.TimesSaid}
	for _, lang := range s.branch.directory.Languages {
		frame.Text[lang] = deviceio.Sentence(s.words, names{s.branch.directory}, call, branch.Language(lang))
	}
	frame.Clip = string(s.speech.Clip(s.utterance(call)))
	return frame
}

// Presence notes whether staff can be reached.
func (s source) Presence(staff string, connected bool) {
	s.presence.Set(branch.StaffID(staff), connected)
}

// tell passes each commit on to the hub and the devices until ctx or the engine
// ends. Any other end is an error: screens that are told nothing must not look
// alive.
func (a *App) tell(ctx context.Context, commits *engine.Subscription) error {
	var warmed []branch.CallID
	for {
		commit, err := commits.Next(ctx)
		switch {
		case ctx.Err() != nil || errors.Is(err, engine.ErrStopped):
			return nil
		case err != nil:
			return fmt.Errorf("screens and devices cannot be told: %w", err)
		}
		set := a.set.Load()
		a.devices.Told(set.Queue, set.Paging, set.Equipment)
		a.endSessions(commit.Events)
		update := a.update(set, commit.Last, commit.Events)
		if update.Speech {
			warmed = a.warm(set, warmed)
		}
		a.hub.Publish(update)
	}
}

// update is a commit as the hub takes it.
func (a *App) update(set *views.Set, last uint64, events []branch.Envelope) hub.Update {
	topic := func(name string, use func(views.Topic)) {
		if t, ok := views.ParseTopic(name); ok {
			use(t)
		}
	}
	return hub.Update{
		Last: last,
		Events: func(name string) (out []wire.Event) {
			topic(name, func(t views.Topic) { out = a.views.Events(set, t, events) })
			return out
		},
		Dirty: func(name string) (dirty bool) {
			topic(name, func(t views.Topic) { dirty = views.Dirty(t, events) })
			return dirty
		},
		Pages:  views.Dirty(views.Topic{Kind: views.TopicPages}, events),
		Speech: views.Dirty(views.Topic{Kind: views.TopicHall}, events),
	}
}
