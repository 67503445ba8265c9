package devices

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
)

func TestEveryFaultIsEitherRetryableOrPermanent(t *testing.T) {
	for _, f := range Faults() {
		err := fmt.Errorf("printing: %w", f)
		if errors.Is(err, ErrRetryable) == errors.Is(err, ErrPermanent) {
			t.Errorf("%s is both or neither", f)
		}
		if !errors.Is(err, f) || FaultOf(err) != f {
			t.Errorf("%s is not found in %v", f, err)
		}
		if health := f.Health(); health.State == OK || health.Why != string(f) {
			t.Errorf("a device with %s is %+v", f, health)
		}
	}
	if errors.Is(ErrPaperOut, ErrPaperJam) {
		t.Error("no paper is taken for a jam")
	}
}

func TestAnErrorThatIsNoFaultIsOneAllTheSame(t *testing.T) {
	for _, test := range []struct {
		err  error
		want Fault
	}{
		{context.DeadlineExceeded, ErrTimeout},
		{fmt.Errorf("asking: %w", context.Canceled), ErrTimeout},
		{errors.New("E5"), ErrHardware},
		{Fault("Printer says: E5"), ErrHardware},
	} {
		if got := FaultOf(test.err); got != test.want {
			t.Errorf("%v is %s, want %s", test.err, got, test.want)
		}
	}
}

func build(_ context.Context, p Parameters) (Driver, error) {
	if p["host"] == "" {
		return Driver{}, ErrMisconfigured
	}
	return Driver{}, nil
}

func TestARegistryOpensTheDriversItHas(t *testing.T) {
	r := Registry{{"printer", "one"}: build}
	good := Parameters{"host": "127.0.0.1"}
	if _, err := r.Open(t.Context(), Model{"printer", "one"}, good); err != nil {
		t.Error(err)
	}
	if _, err := r.Open(t.Context(), Model{"printer", "one"}, nil); !errors.Is(err, ErrMisconfigured) {
		t.Errorf("bad parameters: %v", err)
	}
	if _, err := r.Open(t.Context(), Model{"lamp", "one"}, good); !errors.Is(err, ErrUnsupported) {
		t.Errorf("no such driver: %v", err)
	}
}

func TestARegistryHasOneDriverForAModel(t *testing.T) {
	r := Registry{{"printer", "one"}: build}
	if err := r.Add(Registry{{"printer", "two"}: build, {"lamp", "two"}: build}); err != nil {
		t.Fatal(err)
	}
	if err := r.Add(Registry{{"lamp", "two"}: build, {"pager", "two"}: build}); err == nil {
		t.Error("a second driver for one model was taken")
	}
	if got := r.Drivers("pager"); len(got) != 0 {
		t.Errorf("a refused registry left %v behind", got)
	}
	if got := r.Drivers("printer"); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("printers %v", got)
	}
}
