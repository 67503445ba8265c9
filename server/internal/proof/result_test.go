package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func goodResult() *result {
	return &result{
		settings: settings{bodies: 3, heads: 8}, before: 30e6, peak: 100e6,
		held: []time.Duration{time.Millisecond, 5 * time.Second}, pages: []time.Duration{time.Millisecond},
	}
}

func TestEveryBoundThatIsBrokenIsAnError(t *testing.T) {
	if err := goodResult().print(new(bytes.Buffer)); err != nil {
		t.Errorf("a good result: %v", err)
	}
	for want, spoil := range map[string]func(*result){
		"memory":         func(r *result) { r.peak = memoryBound },
		"last attacker":  func(r *result) { r.held = append(r.held, goneBound+1) },
		"another addre":  func(r *result) { r.pages = []time.Duration{pageBound} },
		"pages that fai": func(r *result) { r.failures = []string{"reset"} },
	} {
		r := goodResult()
		spoil(r)
		var table bytes.Buffer
		if err := r.print(&table); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(table.String(), "BROKEN") {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}

func TestNothingMeasuredIsNoProof(t *testing.T) {
	if err := (&result{}).print(new(bytes.Buffer)); err == nil {
		t.Error("an empty result keeps every bound")
	}
}

func TestTheTwoKindsOfAttackersAreMixedInTheirNumbers(t *testing.T) {
	bodies := 0
	for n := range 11_000 {
		if evenly(n, 3000, 11_000) {
			bodies++
		}
	}
	if bodies != 3000 {
		t.Errorf("%d bodies, want 3000", bodies)
	}
}
