package paging

import (
	"cmp"
	"slices"

	"handrail/server/internal/branch"
)

// applyToDuty changes the crew by an event about one person.
func (m *Module) applyToDuty(at branch.Instant, e branch.Event) {
	switch e := e.(type) {
	case StaffOnDuty:
		m.crew = m.crewWith(at, e)
	case StaffOffDuty:
		m.leaveDuty(e.Staff)
	case StaffConnected:
		m.online = slices.Sorted(slices.Values(with(m.online, e.Staff)))
		m.mark(e.Staff, true)
	case StaffLeft:
		m.online = without(m.online, e.Staff)
		m.mark(e.Staff, false)
	}
}

// crewWith returns the crew with the person of the event; the duty of somebody
// who was on duty already goes on since when it began.
func (m *Module) crewWith(at branch.Instant, e StaffOnDuty) []*Duty {
	d := &Duty{Staff: e.Staff, Abilities: e.Abilities, Connected: e.Connected, Since: at}
	if old := m.duty(e.Staff); old != nil {
		d.Since = old.Since
	}
	crew := append(m.crewWithout(e.Staff), d)
	slices.SortFunc(crew, func(a, b *Duty) int { return cmp.Compare(a.Staff, b.Staff) })
	return crew
}

// crewWithout returns a new crew that lacks a person.
func (m *Module) crewWithout(id branch.StaffID) []*Duty {
	var crew []*Duty
	for _, d := range m.crew {
		if d.Staff != id {
			crew = append(crew, d)
		}
	}
	return crew
}

// duty returns a person's duty, nil when off duty.
func (m *Module) duty(id branch.StaffID) *Duty {
	for _, d := range m.crew {
		if d.Staff == id {
			return d
		}
	}
	return nil
}

// mark says of a person on duty whether there is a socket.
func (m *Module) mark(id branch.StaffID, connected bool) {
	crew := slices.Clone(m.crew)
	for i, d := range crew {
		if d.Staff == id {
			marked := *d
			marked.Connected = connected
			crew[i] = &marked
		}
	}
	m.crew = crew
}

// leaveDuty takes a person off duty and out of the steps they were told of: on
// duty again, they are told again.
func (m *Module) leaveDuty(id branch.StaffID) {
	m.crew = m.crewWithout(id)
	for pid, p := range m.pages {
		if slices.Contains(p.Notified, id) && !p.Status.Ended() {
			next := *p
			next.forget(id)
			m.pages[pid] = &next
		}
	}
}

// endDuty takes off duty whom the day or the configuration says. An event of
// another module cannot lead to events of this one, so an open page that calls
// nobody now is made due at once: the next Wake takes it further.
func (m *Module) endDuty(at branch.Instant, over func(*Duty) bool) {
	for _, d := range m.crew {
		if over(d) {
			m.leaveDuty(d.Staff)
		}
	}
	r := roster{m.policy, m.crew}
	for id, p := range m.pages {
		if p.deserted(r) {
			next := *p
			next.DueAt = min(p.DueAt, at)
			m.pages[id] = &next
		}
	}
}

// deserted reports whether an open page calls nobody and nothing: no person and
// no alarm.
func (p *Page) deserted(r roster) bool {
	return p.Status == Open && !p.Alarm && len(r.called(p)) == 0
}

// abilityLimit bounds the abilities one person may come on duty with.
const abilityLimit = 32

// dutyOn puts the actor's person on duty, or changes their abilities.
func (m *Module) dutyOn(env branch.Env, by branch.Actor, cmd DutyOn) ([]branch.Event, error) {
	abilities, err := m.abilities(by, cmd)
	if err != nil {
		return nil, err
	}
	if d := m.duty(by.Staff); d != nil && slices.Equal(d.Abilities, abilities) {
		return nil, nil
	}
	on := StaffOnDuty{Staff: by.Staff, Abilities: abilities, Connected: slices.Contains(m.online, by.Staff)}
	return append([]branch.Event{on}, m.recrew(env, m.crewWith(env.Now, on))...), nil
}

// recrew puts every open page before a new crew: whoever it calls now is told,
// and when it calls nobody any more it goes on at once.
func (m *Module) recrew(env branch.Env, crew []*Duty) []branch.Event {
	var events []branch.Event
	for _, p := range m.live() {
		t := m.turn(env, p)
		t.crew = crew
		if p.deserted(t.roster) {
			t.advance()
		} else {
			t.join()
		}
		events = append(events, t.events...)
	}
	return events
}

// join tells the people whom the present step calls and who have not been told,
// because they have come on duty since. The step stays the one it is: it is news
// to nobody else.
func (t *turn) join() {
	p := t.page
	if p.Status != Open {
		return
	}
	var late []branch.StaffID
	for _, id := range t.called(p) {
		if !slices.Contains(p.Notified, id) {
			late = append(late, id)
		}
	}
	if len(late) > 0 {
		t.emit(PageNotified{Page: p.ID, Step: p.Step, Level: p.Level, First: p.First, Staff: late})
	}
}

// abilities returns what the actor's person can do: what the command says, or
// else what is configured.
func (m *Module) abilities(by branch.Actor, cmd DutyOn) ([]branch.Ability, error) {
	i := slices.IndexFunc(m.policy.Staff, func(s StaffSpec) bool { return s.ID == by.Staff })
	if by.Staff == "" || i < 0 {
		return nil, errNobody()
	}
	if len(cmd.Abilities) == 0 {
		return m.policy.Staff[i].Abilities, nil
	}
	abilities := slices.Compact(slices.Sorted(slices.Values(cmd.Abilities)))
	wrong := func(a branch.Ability) bool { return a == "" || !plain(string(a)) }
	if len(cmd.Abilities) > abilityLimit || slices.ContainsFunc(abilities, wrong) {
		return nil, errField("abilities", "must be at most 32 short words")
	}
	return abilities, nil
}

// dutyOff takes the actor's person off duty.
func (m *Module) dutyOff(env branch.Env, by branch.Actor) ([]branch.Event, error) {
	if by.Staff == "" {
		return nil, errNobody()
	}
	if m.duty(by.Staff) == nil {
		return nil, nil
	}
	off := StaffOffDuty{Staff: by.Staff}
	return append([]branch.Event{off}, m.recrew(env, m.crewWithout(by.Staff))...), nil
}

// connect notes a person's first socket, on duty or not.
func (m *Module) connect(id branch.StaffID) ([]branch.Event, error) {
	switch {
	case !m.policy.employs(id):
		return nil, branch.Refuse(branch.CodeNotFound, "There is no such member of staff.")
	case slices.Contains(m.online, id):
		return nil, nil
	}
	return []branch.Event{StaffConnected{Staff: id}}, nil
}

// leave notes that a person's last socket has gone; the duty goes on.
func (m *Module) leave(id branch.StaffID) ([]branch.Event, error) {
	if !slices.Contains(m.online, id) {
		return nil, nil
	}
	return []branch.Event{StaffLeft{Staff: id}}, nil
}
