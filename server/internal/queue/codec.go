package queue

import (
	"encoding/json"
	"fmt"

	"handrail/server/internal/branch"
)

// decoder reads the stored form of one event type.
type decoder func(data []byte) (branch.Event, error)

// decoders lists every event of the module by its type. Each has one version so
// far; a further one is read by its own case in Decode.
func decoders() map[string]decoder {
	return map[string]decoder{
		VisitCreated{}.EventType():     decode[VisitCreated],
		VisitCalled{}.EventType():      decode[VisitCalled],
		VisitRecalled{}.EventType():    decode[VisitRecalled],
		VisitConfirmed{}.EventType():   decode[VisitConfirmed],
		VisitAway{}.EventType():        decode[VisitAway],
		VisitBack{}.EventType():        decode[VisitBack],
		VisitParked{}.EventType():      decode[VisitParked],
		VisitTransferred{}.EventType(): decode[VisitTransferred],
		VisitNoShow{}.EventType():      decode[VisitNoShow],
		VisitReturned{}.EventType():    decode[VisitReturned],
		VisitFinished{}.EventType():    decode[VisitFinished],
		VisitCancelled{}.EventType():   decode[VisitCancelled],
		VisitRemoved{}.EventType():     decode[VisitRemoved],
		VisitStranded{}.EventType():    decode[VisitStranded],
		VisitRelaxed{}.EventType():     decode[VisitRelaxed],
		OpenedCounter{}.EventType():    decode[OpenedCounter],
		PausedCounter{}.EventType():    decode[PausedCounter],
		ClosedCounter{}.EventType():    decode[ClosedCounter],
		AbilityLost{}.EventType():      decode[AbilityLost],
		AbilityRestored{}.EventType():  decode[AbilityRestored],
		DayOpened{}.EventType():        decode[DayOpened],
		DayClosed{}.EventType():        decode[DayClosed],
	}
}

// decode reads an event whose stored form has not changed since version 1.
func decode[E branch.Event](data []byte) (branch.Event, error) {
	var event E
	if err := json.Unmarshal(data, &event); err != nil {
		return nil, err
	}
	return event, nil
}

// Decode reads the stored form of an event of this module. An unknown type or
// version and bytes that are no such event are errors: the log is not ours or
// newer than we are.
func (m *Module) Decode(eventType string, version int, data []byte) (branch.Event, error) {
	read, ok := m.decoders[eventType]
	if !ok || version != 1 {
		return nil, fmt.Errorf("queue: no event %s@%d", eventType, version)
	}
	event, err := read(data)
	if err != nil {
		return nil, fmt.Errorf("queue: event %s@%d: %w", eventType, version, err)
	}
	return event, nil
}
