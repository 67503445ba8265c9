package speech

import (
	"context"
	"fmt"
	"slices"
)

// making is a clip on its way, for all who have asked for it.
type making struct {
	done chan struct{}
	clip Clip
	err  error
}

// Audio returns a clip, which is made if it is not kept; whoever asks for the
// same one meanwhile gets the same. It fails with ErrUnknown, ErrUnavailable,
// or when ctx ends.
func (s *Speech) Audio(ctx context.Context, id ID) (Clip, error) {
	clip, m, err := s.begin(id)
	if err != nil || m == nil {
		return clip, err
	}
	select {
	case <-m.done:
		return m.clip, m.err
	case <-ctx.Done():
		return Clip{}, ctx.Err()
	}
}

// begin returns the clip that is kept, or else the making of it.
func (s *Speech) begin(id ID) (Clip, *making, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if clip, ok := s.clips.get(id); ok {
		return clip, nil, nil
	}
	if m := s.making[id]; m != nil {
		return Clip{}, m, nil
	}
	recipe, ok := s.recipes.get(id)
	switch {
	case !ok:
		return Clip{}, nil, ErrUnknown
	case s.closed:
		return Clip{}, nil, ErrUnavailable
	}
	m := &making{done: make(chan struct{})}
	s.making[id] = m
	// Who asked first may go; others may be waiting.
	s.work.Go(func() { s.finish(id, m, recipe) })
	return Clip{}, m, nil
}

// finish makes a clip and keeps it.
func (s *Speech) finish(id ID, m *making, recipe Public) {
	clip, err := s.render(s.ctx, recipe)
	s.mu.Lock()
	delete(s.making, id)
	if err == nil {
		s.clips.put(id, clip)
	}
	s.mu.Unlock()
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrUnavailable, err)
		s.suspect()
	}
	m.clip, m.err = clip, err
	close(m.done)
}

// suspect has the engine tried soon.
func (s *Speech) suspect() {
	select {
	case s.doubt <- struct{}{}:
	default:
	}
}

// render has each part spoken and joins them.
func (s *Speech) render(ctx context.Context, u Public) (Clip, error) {
	var sound []int16
	if u.Chime {
		sound = append(sound, chime()...)
	}
	select {
	case <-s.tried:
	case <-ctx.Done():
		return Clip{}, ctx.Err()
	}
	for i, part := range u.Parts {
		if i > 0 {
			sound = append(sound, silence(betweenParts)...)
		}
		voice := s.voice(part.Language)
		if voice == "" {
			return Clip{}, fmt.Errorf("%s: there is no voice", part.Language)
		}
		spoken, err := s.engine.speak(ctx, voice, Reading(part.Language, part.Text))
		if err != nil {
			return Clip{}, fmt.Errorf("%s: %w", part.Language, err)
		}
		sound = append(sound, spoken...)
	}
	return newClip(append(sound, silence(atEnd)...)), nil
}

func (s *Speech) voice(lang string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.voices[lang]
}

// recent keeps the values used last, within a number and, unless it is 0, a size.
type recent[V any] struct {
	limit, size int
	sizeOf      func(V) int
	held        int
	order       []ID // the one used last at the end
	values      map[ID]V
}

func newRecent[V any](limit, size int, sizeOf func(V) int) *recent[V] {
	return &recent[V]{limit: limit, size: size, sizeOf: sizeOf, values: map[ID]V{}}
}

func (r *recent[V]) get(id ID) (V, bool) {
	value, ok := r.values[id]
	if ok {
		r.use(id)
	}
	return value, ok
}

func (r *recent[V]) use(id ID) {
	r.order = slices.DeleteFunc(r.order, func(other ID) bool { return other == id })
	r.order = append(r.order, id)
}

func (r *recent[V]) put(id ID, value V) {
	if old, ok := r.values[id]; ok {
		r.held -= r.sizeOf(old)
	}
	r.values[id] = value
	r.held += r.sizeOf(value)
	r.use(id)
	for len(r.order) > r.limit || r.size > 0 && r.held > r.size {
		oldest := r.order[0]
		r.order = r.order[1:]
		r.held -= r.sizeOf(r.values[oldest])
		delete(r.values, oldest)
	}
}
