package engine

import (
	"bytes"
	"encoding/json"
	"testing"

	"handrail/server/internal/branch"
)

// golden is a record as the first version wrote it. It must be readable for
// ever.
const golden = `{"at":1795424400000,"type":"config.applied","v":1,"by":{"role":"it","token":"t_1"},` +
	`"cmd":"c0ffee-c0ffee-c0ffee","body":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","data":{"configVersion":"v1","policies":{"queue":{"a":1}}}}`

func goldenFact() fact {
	f := fact{first: true, body: digest{1}}
	f.env = branch.Envelope{
		Seq: 7, At: 1795424400000, Command: "c0ffee-c0ffee-c0ffee",
		By:    branch.Actor{Role: branch.RoleIT, Token: "t_1"},
		Event: branch.ConfigApplied{ConfigVersion: "v1", Policies: map[string]json.RawMessage{"queue": json.RawMessage(`{"a":1}`)}},
	}
	return f
}

func TestTheFormOfARecordStaysAsItIs(t *testing.T) {
	r, err := goldenFact().encode()
	if err != nil || string(r.Data) != golden || r.Seq != 7 {
		t.Errorf("a record is written as %s, %v", r.Data, err)
	}
	s, err := newState(nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.decoders.decode(branch.Record{Seq: 7, Data: []byte(golden)})
	if err != nil || !f.first || f.followUp || f.body != (digest{1}) || f.env.By.Token != "t_1" || f.env.At != 1795424400000 {
		t.Errorf("a record is read as %+v, %v", f, err)
	}
	if again, err := f.encode(); err != nil || string(again.Data) != golden {
		t.Errorf("read and written again it is %s, %v", again.Data, err)
	}
}

func TestARecordThatCannotBeReadIsDamage(t *testing.T) {
	s, err := newState(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{
		``, `{`, `{"type":"no.such","v":1,"data":{}}`, `{"type":"config.applied","v":2,"data":{}}`,
		`{"type":"config.applied","v":1,"data":[]}`, `{"type":"config.applied","v":1,"body":"AQ","data":{}}`,
	} {
		_, err := s.decoders.decode(branch.Record{Seq: 3, Data: []byte(data)})
		if d, ok := err.(*branch.Damage); !ok || d.Seq != 3 {
			t.Errorf("%s: %v", data, err)
		}
	}
}

func TestASnapshotRestoresToItself(t *testing.T) {
	s, err := newState(nil)
	if err != nil {
		t.Fatal(err)
	}
	f := goldenFact()
	f.env.Seq = 1
	if err := s.apply(f); err != nil {
		t.Fatal(err)
	}
	data, err := s.freeze()()
	if err != nil {
		t.Fatal(err)
	}
	other, _ := newState(nil)
	if err := other.restore(data); err != nil {
		t.Fatal(err)
	}
	again, err := other.freeze()()
	if err != nil || !bytes.Equal(again, data) || other.seq != 1 || other.ledger.configVersion != "v1" {
		t.Errorf("%q became %q, %v", data, again, err)
	}
}

func TestAFrozenStateDoesNotChange(t *testing.T) {
	s, _ := newState(nil)
	apply := func(seq uint64, e branch.Event) {
		f := fact{first: true, env: branch.Envelope{Seq: seq, At: 1795424400000, Command: branch.CommandID(rune('a' + seq)), Event: e}}
		if err := s.apply(f); err != nil {
			t.Fatal(err)
		}
	}
	apply(1, branch.ConfigApplied{ConfigVersion: "v1"})
	frozen := s.freeze()
	want, err := s.freeze()()
	if err != nil {
		t.Fatal(err)
	}
	apply(2, branch.ClockJumped{DeltaMillis: 1000})
	apply(3, branch.ConfigApplied{ConfigVersion: "v2"})
	if got, err := frozen(); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the frozen state became %q, %v", got, err)
	}
}

func FuzzASnapshotIsReadOrRefused(f *testing.F) {
	s, err := newState(nil)
	if err != nil {
		f.Fatal(err)
	}
	fact := goldenFact()
	fact.env.Seq = 1
	if err := s.apply(fact); err != nil {
		f.Fatal(err)
	}
	data, err := s.freeze()()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(data[:len(data)-1])
	f.Add([]byte(snapshotMagic))
	f.Add([]byte{})
	f.Add(append([]byte(snapshotMagic), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if s, err := newState(nil); err == nil {
			_ = s.restore(data)
		}
	})
}
