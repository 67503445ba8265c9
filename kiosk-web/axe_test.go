package kioskweb_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// axeTags are the rules that a screen keeps to: WCAG 2.2 up to AAA, and what
// axe's authors hold to be good practice.
func axeTags() []string {
	return []string{"wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"}
}

// runAxe runs the rules of those tags with two more: contrast of 7 to 1 for text
// of any size, where AAA lets large text have less (below AA only the rule
// color-contrast speaks), and targets of at least that many pixels instead of the
// 24 of WCAG. Axe takes room around a small target as well; geometry.js does not.
const runAxe = `(async (pixels, options) => {
	axe.configure({
		checks: [
			{id: 'target-size', options: {minSize: pixels}},
			{id: 'target-offset', options: {minOffset: pixels}},
			{id: 'color-contrast-enhanced', options: {
				ignoreUnicode: true, ignoreLength: false, ignorePseudo: false, boldValue: 700, boldTextPt: 14, largeTextPt: 18,
				contrastRatio: {normal: {expected: 7, minThreshold: 4.5}, large: {expected: 7, minThreshold: 3}},
				pseudoSizeThreshold: 0.25, shadowOutlineEmMax: 0.1, textStrokeEmMin: 0.03,
			}},
		],
		rules: [{id: 'target-size', enabled: true}, {id: 'color-contrast-enhanced', enabled: true}],
	});
	const {violations, incomplete, passes} = await axe.run(document, options);
	const lines = (results) => results.flatMap(({id, help, nodes}) => nodes.map((n) =>
		id + ': ' + help + '; ' + n.target.flat().join(' ') + '; ' + (n.failureSummary ?? '').replace(/\s+/g, ' ')));
	return {Violations: lines(violations), Unsure: lines(incomplete), Passes: passes.map((r) => r.id)};
})(%g, %s)`

// axeReport is what axe-core says of a page: a line for each rule and element.
type axeReport struct {
	Violations []string
	Unsure     []string // what axe cannot decide, such as contrast over a picture
	Passes     []string // rules that were met by something on the page
}

// axe runs axe-core over the page as it is now; targetMM is the least side of a
// target.
func (p *tab) axe(targetMM float64) axeReport {
	p.t.Helper()
	tags, err := json.Marshal(axeTags())
	if err != nil {
		p.t.Fatal(err)
	}
	p.loadAxe()
	return evaluate[axeReport](p, fmt.Sprintf(runAxe, targetMM*p.panel.mm, `{
		runOnly: {type: 'tag', values: `+string(tags)+`},
		rules: {'target-size': {enabled: true}, 'color-contrast-enhanced': {enabled: true}},
		resultTypes: ['violations', 'incomplete'], preload: false,
	}`))
}

// loadAxe puts the script into the page by the debugger, past the page's policy.
func (p *tab) loadAxe() {
	p.t.Helper()
	if evaluate[bool](p, "'axe' in window") {
		return
	}
	script, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if err != nil {
		p.t.Fatal(err)
	}
	p.run(string(script) + "\n;0")
}

// mustPassAxe fails the test for each violation that axe-core finds.
func (p *tab) mustPassAxe(targetMM float64) {
	p.t.Helper()
	report := p.axe(targetMM)
	if len(report.Passes) < 10 {
		p.t.Errorf("axe looked at almost nothing: %v", report.Passes)
	}
	for _, violation := range report.Violations {
		p.t.Errorf("on %s, at %s: %s", p.panel.name, evaluate[string](p, "location.pathname + location.hash"), violation)
	}
	for _, unsure := range report.Unsure {
		p.t.Logf("axe is unsure: %s", unsure)
	}
}

func TestACalmPagePassesAxe(t *testing.T) {
	newProfile(t).open(pages(t)+"/testdata/pages/calm.html", small()).mustPassAxe(20)
}

func TestAPageWithFaultsFailsAxe(t *testing.T) {
	p := newProfile(t).open(pages(t)+"/testdata/pages/unfair.html", small())
	got := p.axe(20).Violations
	for _, rule := range []string{"html-has-lang", "document-title", "image-alt", "label", "button-name", "color-contrast", "color-contrast-enhanced", "target-size", "aria-required-attr", "heading-order", "region"} {
		if !slices.ContainsFunc(got, begins(rule+": ")) {
			t.Errorf("%s was not found in:\n%s", rule, strings.Join(got, "\n"))
		}
	}
	if slices.ContainsFunc(p.axe(5).Violations, begins("target-size: ")) {
		t.Error("10 mm is less than 5 mm")
	}
}
