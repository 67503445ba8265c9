package access

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"handrail/server/internal/branch"
)

// morning is when every test begins.
const morning = branch.Instant(1_795_000_000_000)

// desk drives a module as the engine does.
type desk struct {
	t   *testing.T
	m   *Module
	now branch.Instant
	seq uint64
}

func newDesk(t *testing.T) *desk { return &desk{t: t, m: New(), now: morning} }

func (d *desk) env() branch.Env {
	return branch.Env{Now: d.now, NewID: func(prefix string) string { return fmt.Sprintf("%s_%d", prefix, d.seq+1) }}
}

func (d *desk) pass(time time.Duration) { d.now = d.now.Add(time) }

// do decides a command that must succeed, and applies and returns its events.
func (d *desk) do(cmd branch.Command) []branch.Event {
	d.t.Helper()
	events, err := d.m.Decide(d.env(), branch.Box(), cmd)
	if err != nil {
		d.t.Fatalf("%+v: %v", cmd, err)
	}
	for _, event := range events {
		d.apply(event)
	}
	return events
}

func (d *desk) apply(event branch.Event) {
	d.seq++
	d.m.Apply(branch.Envelope{Seq: d.seq, At: d.now, Event: event})
}

// refused decides a command that must be refused with code and, for invalid,
// name exactly these fields.
func (d *desk) refused(cmd branch.Command, code branch.Code, fields ...string) {
	d.t.Helper()
	events, err := d.m.Decide(d.env(), branch.Box(), cmd)
	var refusal *branch.Error
	if !errors.As(err, &refusal) || refusal.Code != code || len(events) > 0 || refusal.Detail == "" {
		d.t.Fatalf("%+v: %v, %v, want %s", cmd, events, err, code)
	}
	var named []string
	for _, f := range refusal.Fields {
		named = append(named, f.Field)
	}
	if !slices.Equal(named, fields) {
		d.t.Errorf("%+v: named %v, want %v", cmd, named, fields)
	}
}

// token grants a supervisor token and returns its secret and id.
func (d *desk) token(grant Grant) (secret string, id branch.TokenID) {
	d.t.Helper()
	secret, grant.Hash = fresh(d.t, byte(d.seq+1))
	return secret, d.do(grant)[0].(Granted).Token
}

// fresh returns a secret that depends on n alone.
func fresh(t *testing.T, n byte) (string, Hash) {
	t.Helper()
	secret, hash, err := NewSecret(bytes.NewReader(bytes.Repeat([]byte{n}, secretBytes)))
	if err != nil {
		t.Fatal(err)
	}
	return secret, hash
}

func snapshotOf(t *testing.T, m *Module) []byte {
	t.Helper()
	data, err := m.Snapshot()()
	if err != nil {
		t.Fatal(err)
	}
	return data
}
