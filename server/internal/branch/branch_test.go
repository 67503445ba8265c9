package branch

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestAnInstantIsAMillisecondAndZeroIsNever(t *testing.T) {
	at := time.Date(2026, 11, 23, 10, 0, 0, 7_999_999, time.FixedZone("", 8*3600))
	i := InstantOf(at)
	if got := i.Time(); !got.Equal(at.Truncate(time.Millisecond)) || got.Location() != time.UTC {
		t.Errorf("%v came back as %v", at, got)
	}
	if never := InstantOf(time.Time{}); !never.IsZero() || !never.Time().IsZero() || never.Add(time.Hour) != 0 {
		t.Error("never is some time")
	}
	if later := i.Add(time.Minute); later.Sub(i) != time.Minute || i.Sub(later) != -time.Minute {
		t.Errorf("a minute later is %v later", later.Sub(i))
	}
}

func TestTheEarliestInstantLeavesNeverOut(t *testing.T) {
	for _, row := range []struct {
		of   []Instant
		want Instant
	}{{nil, 0}, {[]Instant{0, 0}, 0}, {[]Instant{0, 5, 3, 9}, 3}, {[]Instant{4, 0}, 4}} {
		if got := Earliest(row.of...); got != row.want {
			t.Errorf("of %v: %d, want %d", row.of, got, row.want)
		}
	}
}

func TestADayIsTheBranchsOwn(t *testing.T) {
	i := InstantOf(time.Date(2026, 11, 22, 16, 0, 0, 0, time.UTC))
	shanghai := time.FixedZone("CST", 8*3600)
	if got := DayOf(i, shanghai); got != "2026-11-23" {
		t.Errorf("midnight belongs to %s", got)
	}
	if got := DayOf(i-1, shanghai); got != "2026-11-22" {
		t.Errorf("the moment before midnight belongs to %s", got)
	}
}

func TestAnIdentityIsTheTokenElseTheVisitElseTheBox(t *testing.T) {
	for _, row := range []struct {
		by   Actor
		want string
	}{
		{Actor{Role: RoleKiosk, Token: "t_1", Visit: "v_1"}, "token:t_1"},
		{Actor{Role: RoleVisit, Visit: "v_1"}, "visit:v_1"},
		{Box(), "box"},
	} {
		if got := row.by.Identity(); got != row.want {
			t.Errorf("got %s, want %s", got, row.want)
		}
	}
}

func TestARefusalIsKnownByItsCodeHoweverItIsWrapped(t *testing.T) {
	err := fmt.Errorf("queue: %w", WrongState("The visit", "waiting", []string{"away"}))
	if CodeOf(err) != CodeWrongState || !errors.Is(err, &Error{Code: CodeWrongState}) || errors.Is(err, &Error{Code: CodeInvalid}) {
		t.Errorf("%v has the code %q", err, CodeOf(err))
	}
	if code := CodeOf(errors.New("something else")); code != "" {
		t.Errorf("another error has the code %q", code)
	}
	if err := Invalid(FieldError{"needs", "is wrong"}); err.Code != CodeInvalid || len(err.Fields) != 1 {
		t.Errorf("got %+v", err)
	}
}

func TestCleanTextIsWhatAReaderSees(t *testing.T) {
	for _, text := range []string{"", "李经理", "plain, with spaces – and “quotes”", "👩‍🦽 with a joiner"} {
		if !CleanText(text) {
			t.Errorf("%q is refused", text)
		}
	}
	for _, text := range []string{"a\x00", "a\nb", "a\u0085", "\u202eabc", "\u2066a", "\u200f", "a\u2028b", "a\u2029b", "\xff"} {
		if CleanText(text) {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestEveryWordIsValidOnceAndNothingElseIs(t *testing.T) {
	check := func(kind string, all, distinct int, strange bool) {
		if all != distinct || strange {
			t.Errorf("%s: %d words, %d of them distinct; a strange one is valid: %t", kind, all, distinct, strange)
		}
	}
	count := func(words []string) int { return len(slices.Compact(slices.Sorted(slices.Values(words)))) }
	check("needs", len(Needs()), count(valid(Needs(), Need.Valid)), Need("diagnosis").Valid())
	check("classes", len(Classes()), count(valid(Classes(), Class.Valid)), Class("").Valid())
	check("reasons", len(Reasons()), count(valid(Reasons(), Reason.Valid)), Reason("boredom").Valid())
}

// valid returns those of words that are valid.
func valid[T ~string](words []T, is func(T) bool) []string {
	var list []string
	for _, w := range words {
		if is(w) {
			list = append(list, string(w))
		}
	}
	return list
}

func TestTheLastThreeReasonsAreTheEmergenciesAndDuressIsSilent(t *testing.T) {
	for i, r := range Reasons() {
		if r.Emergency() != (i >= len(Reasons())-3) || r.Silent() != (r == ReasonDuress) {
			t.Errorf("%s: emergency %t, silent %t", r, r.Emergency(), r.Silent())
		}
	}
}
