package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/deviceio"
	"handrail/server/internal/equipment"
	"handrail/server/internal/speech"
	"handrail/server/internal/views"
	"handrail/server/internal/wire"
)

// problemSpeech is how IT is told of a language that the hall cannot hear.
const problemSpeech = "speech-unavailable"

// speechRetry is when to ask again for a clip that cannot be made.
const speechRetry = time.Minute

// openSpeech prepares what speaks; Run starts it.
func (a *App) openSpeech() *speech.Speech {
	return speech.New(speech.Options{
		Program: a.cfg.SpeechProgram,
		Now:     func() time.Time { return a.now().Time() },
		Changed: func() {
			var missing []string
			for _, fault := range a.speech.Faults() {
				missing = append(missing, fault.Language)
			}
			a.cfg.Log.Warn("which languages can be spoken has changed", "missing", missing)
			a.hub.Refresh(string(views.TopicIT))
		},
	})
}

// speechFaults tells IT which languages cannot be spoken.
func (a *App) speechFaults() []wire.ITProblem {
	var problems []wire.ITProblem
	for _, fault := range a.speech.Faults() {
		since := wire.Time(fault.Since)
		problems = append(problems, wire.ITProblem{Code: problemSpeech, Where: fault.Language, Since: &since})
	}
	return problems
}

// utterance is what a hall hears of a call or an alarm: a ticket's number and a
// counter, or a place, in the languages of a loudspeaker.
func (a *App) utterance(call *equipment.Call) speech.Public {
	u := speech.Public{Chime: true}
	for _, lang := range deviceio.Spoken(call, texts[branch.Language](a.branch.directory.Languages)) {
		u.Parts = append(u.Parts, speech.Part{Language: string(lang),
			Text: deviceio.Sentence(a.words, names{a.branch.directory}, call, lang)})
	}
	return u
}

// warm has the clips of what the hall screens are to say made before they ask,
// unless they were before. It returns the calls it has seen to.
func (a *App) warm(set *views.Set, before []branch.CallID) (now []branch.CallID) {
	for _, zone := range set.Equipment.Zones {
		if zone.Spec.Hall == "" {
			continue
		}
		for _, call := range zone.Pending {
			if !slices.Contains(before, call.Call) {
				a.speech.Warm(a.speech.Clip(a.utterance(call)))
			}
			now = append(now, call.Call)
		}
	}
	return now
}

// Speech returns a clip. One whose words are not remembered may still be of a
// call that stands in a zone's list.
func (r reads) Speech(ctx context.Context, id speech.ID) ([]byte, error) {
	clip, err := r.speech.Audio(ctx, id)
	if errors.Is(err, speech.ErrUnknown) && r.wordsOf(id) {
		clip, err = r.speech.Audio(ctx, id)
	}
	switch {
	case errors.Is(err, speech.ErrUnknown):
		return nil, branch.Refuse(branch.CodeNotFound, "There is no such clip.")
	case errors.Is(err, speech.ErrUnavailable):
		return nil, &branch.Error{Code: branch.CodeBusy, Detail: "The box cannot speak now; show the words.", RetryAfter: speechRetry}
	case err != nil:
		return nil, err
	}
	return clip.WAV, nil
}

// wordsOf looks for the call whose clip this is, and reports whether it can be
// made again.
func (a *App) wordsOf(id speech.ID) bool {
	for _, zone := range a.set.Load().Equipment.Zones {
		for _, call := range slices.Concat(zone.Pending, zone.Recent) {
			if u := a.utterance(call); u.ID() == id {
				return a.speech.Clip(u) == id
			}
		}
	}
	return false
}
