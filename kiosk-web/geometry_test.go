package kioskweb_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// limits is what a screen keeps to on its panel, in millimetres; requirement R1
// and others say how much. A screen must fit without scrolling unless scroll is
// set; it never scrolls sideways.
type limits struct {
	capMM    float64 // height of a capital letter
	targetMM float64 // width and height of what can be pressed; 0: any
	gapMM    float64 // between two of them; 0: any, but they may not overlap
	scroll   bool
}

// measures is what testdata/geometry.js found: faults in plain words, how many
// visible texts and targets it looked at, and the smallest of each.
type measures struct {
	Findings []string
	Texts    int
	Targets  int
	CapMM    float64
	TargetMM float64
	GapMM    float64
}

// font is the family that all text of the screens begins with.
const font = "Noto Sans SC Variable"

// measure measures the page as it is now.
func (p *tab) measure(l limits) measures {
	p.t.Helper()
	script, err := os.ReadFile("testdata/geometry.js")
	if err != nil {
		p.t.Fatal(err)
	}
	arguments, err := json.Marshal(map[string]any{"mm": p.panel.mm, "capMM": l.capMM, "targetMM": l.targetMM, "gapMM": l.gapMM, "scroll": l.scroll, "font": font})
	if err != nil {
		p.t.Fatal(err)
	}
	return evaluate[measures](p, "(() => {\n"+string(script)+"\nreturn geometry("+string(arguments)+");\n})()")
}

// mustFit fails the test for each way in which the page does not keep to l.
func (p *tab) mustFit(l limits) measures {
	p.t.Helper()
	found := p.measure(l)
	for _, finding := range found.Findings {
		p.t.Errorf("on %s, at %s: %s", p.panel.name, evaluate[string](p, "location.pathname + location.hash"), finding)
	}
	return found
}

// small is a panel of 4 pixels per millimetre, 200 by 150 mm.
func small() panel { return panel{"small panel", 800, 600, 4, true, false} }

func TestEachGeometricFaultIsFound(t *testing.T) {
	strict := limits{capMM: 4.8, targetMM: 20, gapMM: 3}
	free := limits{capMM: 4.8, targetMM: 20, gapMM: 3, scroll: true}
	tests := []struct {
		fault string
		limits
		want []string // the beginnings of what must be found; nothing else may be
	}{
		{"none", strict, nil},
		{"empty", strict, []string{"nothing is shown"}},
		{"small-text", strict, []string{`capitals of 2.94 mm, not 4.80 mm: "Small print"`}},
		{"shrunk-text", strict, []string{`capitals of 2.57 mm, not 4.80 mm: "Shrunk"`}},
		{"small-value", strict, []string{`capitals of 2.94 mm, not 4.80 mm: "42" in #main > input`}},
		{"small-target", strict, []string{`a target of 25.00 mm × 10.00 mm, not 20.00 mm: "OK"`}},
		{"small-link", strict, []string{`a target of `}},
		{"close-targets", strict, []string{`targets 0.00 mm apart, not 3.00 mm: "One" (#main > button:nth-of-type(1)) and "Two"`}},
		{"close-targets", limits{capMM: 4.8}, nil},
		{"overlapping-targets", strict, []string{`targets overlap: "One"`}},
		{"cut-line", strict, []string{`text "A sentence that is far t…" is cut off by`, `content is cut off sideways by`}},
		{"cut-lines", strict, []string{`text "A sentence that is far t…" is cut off by`, `content is cut off by`}},
		{"text-leaves-its-box", strict, []string{`text "Unbreakablewordthatislon…" leaves its box #main > p`}},
		{"text-leaves-the-screen", strict, []string{`text "Outside" leaves the screen sideways`, `the page is 60 pixels wider`}},
		{"below-the-screen", strict, []string{`text "Far below" leaves the screen`, `the page is `}},
		{"below-the-screen", free, nil},
		{"box-scrolls", strict, []string{`text "Two" is cut off by`, `text "Three" is cut off by`, `text "Four" is cut off by`, `#main > div scrolls`}},
		{"box-scrolls", free, nil},
		{"wide-page", free, []string{`the page is `}},
		{"covered-text", strict, []string{`text "Please wait" is covered by #main > div`}},
		{"covered-target", strict, []string{`text "Go" is covered`, `target "Go" (#main > button) is covered by #main > div`}},
		{"texts-overlap", strict, []string{`texts overlap: "First line" and "Second line"`}},
		{"other-font", strict, []string{`in the font "serif"`, `capitals of`}},
		{"letter-not-in-font", strict, []string{`the font has no "😀"`}},
	}
	site := pages(t)
	p := newProfile(t).open(site+"/testdata/pages/faults.html?none", small())
	for _, test := range tests {
		p.goTo(site + "/testdata/pages/faults.html?" + test.fault)
		found := p.measure(test.limits).Findings
		for _, want := range test.want {
			if !slices.ContainsFunc(found, begins(want)) {
				t.Errorf("%s: not found: %s", test.fault, want)
			}
		}
		for _, finding := range found {
			if !slices.ContainsFunc(test.want, func(want string) bool { return begins(want)(finding) }) {
				t.Errorf("%s: also found: %s", test.fault, finding)
			}
		}
	}
}

// begins returns whether a text begins with start.
func begins(start string) func(string) bool {
	return func(text string) bool { return strings.HasPrefix(text, start) }
}

func TestMeasuresAreThoseOfTheServedFontOnThePanel(t *testing.T) {
	p := newProfile(t).open(pages(t)+"/testdata/pages/faults.html?none", small())
	got := p.mustFit(limits{capMM: 4.8, targetMM: 20, gapMM: 3})
	// Capitals of Noto Sans SC are 0.734 em high: 28 px × 0.734 / 4.
	if got.CapMM < 5.12 || got.CapMM > 5.16 {
		t.Errorf("capitals of %.3f mm", got.CapMM)
	}
	if got.Texts != 3 || got.Targets != 1 || got.TargetMM != 25 || got.GapMM != -1 {
		t.Errorf("measured %+v", got)
	}
}

func TestAScreenWithoutCalibrationFails(t *testing.T) {
	uncalibrated := small()
	uncalibrated.mm = 0
	got := newProfile(t).open(pages(t)+"/testdata/pages/calm.html", uncalibrated).measure(limits{})
	if !slices.Equal(got.Findings, []string{"this panel is not calibrated"}) {
		t.Errorf("found %q", got.Findings)
	}
}
