// The visual language: css/tokens.css names the colours and the font, by role;
// every other file uses the roles. Icons are those of icons.txt, and nothing moves.
package kioskweb_test

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// theme is the colours of a theme by role, without the two dashes.
type theme map[string]string

// The roles of text, each with what it stands on.
var textPairs = [][2]string{
	{"ink", "paper"}, {"ink-soft", "paper"}, {"accent", "paper"}, {"good", "paper"}, {"caution", "paper"}, {"alarm", "paper"},
	{"ink", "surface"}, {"ink-soft", "surface"}, {"accent", "surface"}, {"good", "surface"}, {"caution", "surface"}, {"alarm", "surface"},
	{"on-accent", "accent"}, {"on-alarm", "alarm"},
}

// themeContrast is the least contrast of text in each theme.
var themeContrast = map[string]float64{"light": 10, "dark": 10, "yellow": 14, "high": 20, "low-glare": 7}

// themesIn reads the themes of a style sheet.
func themesIn(css string) map[string]theme {
	all := map[string]theme{}
	rule := regexp.MustCompile(`\[data-theme="([a-z-]+)"\]\s*\{([^}]*)\}`)
	colour := regexp.MustCompile(`--([a-z-]+):\s*(#[0-9A-Fa-f]{6});`)
	for _, m := range rule.FindAllStringSubmatch(css, -1) {
		all[m[1]] = theme{}
		for _, c := range colour.FindAllStringSubmatch(m[2], -1) {
			all[m[1]][c[1]] = c[2]
		}
	}
	return all
}

// luminance is the relative luminance of WCAG of a colour #RRGGBB.
func luminance(colour string) float64 {
	value, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		return math.NaN()
	}
	part := func(shift uint) float64 {
		c := float64(value>>shift&0xFF) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}

// contrast is the contrast ratio of WCAG of two colours, 1 to 21.
func contrast(a, b string) float64 {
	light, dark := max(luminance(a), luminance(b)), min(luminance(a), luminance(b))
	return (light + 0.05) / (dark + 0.05)
}

// tooFaint names the pairs of roles of a theme that have less contrast than they
// must: text that of its theme, lines and the focus ring 3 to 1.
func tooFaint(colours theme, text float64) []string {
	var found []string
	check := func(front, back string, least float64) {
		if got := contrast(colours[front], colours[back]); !(got >= least) {
			found = append(found, fmt.Sprintf("%s on %s has %.2f to 1, not %g", front, back, got, least))
		}
	}
	for _, pair := range textPairs {
		check(pair[0], pair[1], text)
	}
	for _, back := range []string{"paper", "surface"} {
		check("line", back, 3)
		check("focus", back, 3)
	}
	return found
}

func TestEveryThemeHasTheContrastItPromises(t *testing.T) {
	themes := themesIn(string(read(t, "static/css/tokens.css")))
	if got := slices.Sorted(maps.Keys(themes)); !slices.Equal(got, slices.Sorted(maps.Keys(themeContrast))) {
		t.Errorf("the themes are %v", got)
	}
	for name, least := range themeContrast {
		for _, fault := range tooFaint(themes[name], least) {
			t.Errorf("%s: %s", name, fault)
		}
	}
}

func TestTheScreensOfferEveryTheme(t *testing.T) {
	script := string(read(t, "static/js/core/display.js"))
	for name := range themeContrast {
		if !strings.Contains(script, "'"+name+"'") {
			t.Errorf("display.js does not offer %s", name)
		}
	}
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	for pair, want := range map[[2]string]float64{
		{"#000000", "#FFFFFF"}: 21, {"#FFD400", "#000000"}: 14.67, {"#777777", "#FFFFFF"}: 4.48,
	} {
		if got := contrast(pair[0], pair[1]); math.Abs(got-want) > 0.01 {
			t.Errorf("%v: %.3f, want %.2f", pair, got, want)
		}
	}
	faint := themesIn(string(read(t, "static/css/tokens.css")))["light"]
	faint["good"], faint["line"], faint["on-alarm"] = "#3D7A50", "#A9A497", ""
	got := tooFaint(faint, 7)
	for _, want := range []string{"good on paper has ", "good on surface has ", "line on paper has ", "line on surface has ", "on-alarm on alarm has NaN"} {
		if !slices.ContainsFunc(got, begins(want)) {
			t.Errorf("not found: %s in %q", want, got)
		}
	}
	if len(got) != 5 {
		t.Errorf("found %q", got)
	}
}

// declaration is one line of a style sheet: "color: red".
type declaration struct {
	property, value string
	at              string // file and selector
}

// Parts of CSS.
var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssBlock   = regexp.MustCompile(`([^{};]*)\{|([\w-]+)\s*:\s*([^;{}]+?)\s*(?:;|(?:\}))|\}`)
	cssName    = regexp.MustCompile(`--[\w-]+|url\([^)]*\)|"[^"]*"`)
)

// declarations reads a style sheet.
func declarations(name, css string) []declaration {
	var all []declaration
	selector := ""
	for _, m := range cssBlock.FindAllStringSubmatch(cssComment.ReplaceAllString(css, ""), -1) {
		switch {
		case m[2] != "":
			all = append(all, declaration{m[2], m[3], name + " " + selector})
		case m[1] != "":
			selector = strings.TrimSpace(m[1])
		}
	}
	return all
}

// colourNames are the words of CSS for colours.
var colourNames = strings.Fields(`aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown
	burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod darkgray
	darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon darkseagreen darkslateblue
	darkslategray darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray dimgrey dodgerblue firebrick floralwhite
	forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green greenyellow grey honeydew hotpink indianred indigo ivory
	khaki lavender lavenderblush lawngreen lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen
	lightgrey lightpink lightsalmon lightseagreen lightskyblue lightslategray lightslategrey lightsteelblue lightyellow lime
	limegreen linen magenta maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue
	mediumspringgreen mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive
	olivedrab orange orangered orchid palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru pink plum
	powderblue purple rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell sienna silver skyblue
	slateblue slategray slategrey snow springgreen steelblue tan teal thistle tomato turquoise violet wheat white whitesmoke
	yellow yellowgreen`)

// Colours written out in a value.
var (
	colourCode = regexp.MustCompile(`#[0-9A-Fa-f]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|hwb|lab|lch|oklab|oklch|color|color-mix)\(`)
	cssWord    = regexp.MustCompile(`[a-zA-Z][\w-]*`)
)

// coloursIn returns the colours that a value of CSS names itself.
func coloursIn(value string) []string {
	value = cssName.ReplaceAllString(value, "")
	found := colourCode.FindAllString(value, -1)
	for _, word := range cssWord.FindAllString(colourCode.ReplaceAllString(value, ""), -1) {
		if slices.Contains(colourNames, strings.ToLower(word)) {
			found = append(found, word)
		}
	}
	return found
}

// ownColours are those that may stand outside of tokens.css, with the reason.
var ownColours = map[string]string{
	"css/kiosk.css .qr img background #FFFFFF": "a QR code is read by cameras only when it is dark on white, in every theme",
}

// styleFaults names what a style sheet must leave to tokens.css, and what moves.
func styleFaults(name, css string) []string {
	var found []string
	for _, d := range declarations(name, css) {
		for _, colour := range coloursIn(d.value) {
			if at := fmt.Sprintf("%s %s %s", d.at, d.property, colour); ownColours[at] == "" {
				found = append(found, "a colour: "+at)
			}
		}
		if d.property == "font-family" && d.value != "var(--font)" || d.property == "font" && !slices.Contains([]string{"inherit"}, d.value) {
			found = append(found, "a font: "+d.at+" "+d.value)
		}
		if strings.HasPrefix(d.property, "animation") || strings.HasPrefix(d.property, "transition") || d.property == "scroll-behavior" {
			found = append(found, "motion: "+d.at+" "+d.property)
		}
	}
	for _, rule := range regexp.MustCompile(`@(?:keyframes|view-transition|font-face|import)[^{;]*`).FindAllString(cssComment.ReplaceAllString(css, ""), -1) {
		found = append(found, "a rule: "+name+" "+strings.TrimSpace(rule))
	}
	return found
}

// scriptMoves finds what makes a page move by itself, in a script or document.
var scriptMoves = regexp.MustCompile(`<marquee|<blink|\.animate\(|startViewTransition|requestAnimationFrame|behavior:\s*['"]smooth|<(?:video|audio)[^>]*\sautoplay`)

// scriptFaults is styleFaults for scripts and documents.
func scriptFaults(name, source string) []string {
	var found []string
	for _, m := range scriptMoves.FindAllString(source, -1) {
		found = append(found, "motion: "+name+" "+m)
	}
	styles := regexp.MustCompile(`(?i)\b(?:fill|stroke|color|background|border|outline|style)(?:-color|-top|-bottom)?\s*[=:]\s*["']?([^"'<>;]*)`)
	for _, t := range tokens(source) {
		if t.kind != text && t.kind != template {
			continue
		}
		colours := colourCode.FindAllString(t.text, -1)
		for _, m := range styles.FindAllStringSubmatch(t.text, -1) {
			colours = append(colours, coloursIn(m[1])...)
		}
		if slices.Contains(colourNames, t.text) && t.text != "yellow" { // the name of a theme
			colours = append(colours, t.text)
		}
		for _, colour := range slices.Compact(colours) {
			found = append(found, fmt.Sprintf("a colour: %s:%d %s", name, t.line, colour))
		}
		if regexp.MustCompile(`font-family|fontFamily|serif|monospace`).MatchString(t.text) {
			found = append(found, fmt.Sprintf("a font: %s:%d", name, t.line))
		}
	}
	return found
}

func TestOnlyTheTokensNameColoursAndFontsAndNothingMoves(t *testing.T) {
	for _, name := range ownFiles(t, ".css") {
		name = strings.TrimPrefix(name, "static/")
		css := string(read(t, "static/"+name))
		if name == "css/tokens.css" {
			css = regexp.MustCompile(`--[\w-]+:[^;]*;`).ReplaceAllString(css, "")
		}
		for _, fault := range styleFaults(name, css) {
			t.Error(fault)
		}
	}
	for _, name := range append(ownFiles(t, ".js"), ownFiles(t, ".html")...) {
		for _, fault := range scriptFaults(name, string(read(t, name))) {
			t.Error(fault)
		}
	}
}

func TestAnExceptionOfAColourIsStillNeeded(t *testing.T) {
	for at := range ownColours {
		name, _, _ := strings.Cut(at, " ")
		if !slices.ContainsFunc(declarations(name, string(read(t, "static/"+name))), func(d declaration) bool {
			return strings.HasPrefix(at, d.at+" "+d.property+" ") && len(coloursIn(d.value)) > 0
		}) {
			t.Errorf("nobody needs the exception %s", at)
		}
	}
}

func TestEachFaultOfStyleIsFound(t *testing.T) {
	for css, want := range map[string]string{
		`.a { color: #123; }`:                             "a colour: f.css .a color #123",
		`.a { color: var(--ink) } .b { color: Red }`:      "a colour: f.css .b color Red",
		`@media (x) { .a { background: rgba(0,0,0,.5); }`: "a colour: f.css .a background rgba(",
		`.a { border: 1px solid white; }`:                 "a colour: f.css .a border white",
		`.a { font-family: Arial; }`:                      "a font: f.css .a Arial",
		`.a { font: 12px Arial; }`:                        "a font: f.css .a 12px Arial",
		`.a { transition: opacity 1s; }`:                  "motion: f.css .a transition",
		`@keyframes go { from { top: 0; } }`:              "a rule: f.css @keyframes go",
		`.a { animation-name: go; }`:                      "motion: f.css .a animation-name",
	} {
		if got := styleFaults("f.css", css); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", css, got, want)
		}
	}
	for script, want := range map[string]string{
		"html`<svg fill=\"red\"></svg>`":        "a colour: f.js:1 red",
		"a.style.color = '#ff0000'":             "a colour: f.js:1 #ff0000",
		"a.setAttribute('fill', 'white')":       "a colour: f.js:1 white",
		"html`<marquee></marquee>`":             "motion: f.js <marquee",
		"a.scrollTo({behavior: 'smooth'})":      "motion: f.js behavior: 'smooth",
		"html`<text font-family=\"x\"></text>`": "a font: f.js:1",
	} {
		if got := scriptFaults("f.js", script); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", script, got, want)
		}
	}
	for _, calm := range []string{`:root { --red: var(--alarm); color: currentColor; grid-area: now; background: url("red.svg") }`, `/* color: red */`} {
		if got := styleFaults("f.css", calm); got != nil {
			t.Errorf("%s: %q", calm, got)
		}
	}
	if got := scriptFaults("f.js", "location.hash = '#/fade'; theme('yellow'); // red"); got != nil {
		t.Errorf("found %q", got)
	}
}

// iconPlaces returns the strings of a script that name an icon: in icon(…), and
// after picture: and icon:.
func iconPlaces(script string) []string {
	var names []string
	all := tokens(script)
	for i, t := range all {
		if t.kind != word || i+1 >= len(all) {
			continue
		}
		next := all[i+1].text
		var value []scriptToken
		switch {
		case t.text == "icon" && next == "(":
			value, _ = sayArgument(all[i:])
		case (t.text == "icon" || t.text == "picture" || t.text == "pictures") && next == ":":
			for _, v := range all[i+2:] {
				if v.kind == mark && strings.ContainsAny(v.text, ",})") {
					break
				}
				value = append(value, v)
			}
		}
		var u usage
		u.addArgument(value)
		names = append(names, u.keys...)
	}
	return names
}

// drawn reports whether the set that icons are chosen from has one of this name.
func drawn(name string) bool {
	_, err := os.Stat(path.Join("node_modules", iconsPackage, "icons/outline", name+".svg"))
	return err == nil
}

func TestEveryIconOfTheScreensIsListed(t *testing.T) {
	listed := icons(t)
	for _, name := range ownFiles(t, ".js") {
		script := string(read(t, name))
		for _, icon := range iconPlaces(script) {
			if !slices.Contains(listed, icon) {
				t.Errorf("%s draws %s, which is not in icons.txt", name, icon)
			}
		}
		// A name of several words that the set knows is that of an icon.
		for _, token := range tokens(script) {
			if token.kind == text && regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`).MatchString(token.text) && drawn(token.text) && !slices.Contains(listed, token.text) {
				t.Errorf("%s names %s, which is not in icons.txt", name, token.text)
			}
		}
	}
	for _, name := range ownFiles(t, ".html") {
		for _, m := range regexp.MustCompile(`data-icon="([^"]*)"`).FindAllStringSubmatch(string(read(t, name)), -1) {
			if !slices.Contains(listed, m[1]) {
				t.Errorf("%s draws %s, which is not in icons.txt", name, m[1])
			}
		}
	}
}

func TestEveryListedIconIsOnAScreen(t *testing.T) {
	texts := scriptTexts(t)
	for _, icon := range icons(t) {
		if !slices.Contains(texts, icon) {
			t.Errorf("no screen draws %s: take it out of icons.txt and run: make vendor", icon)
		}
	}
}

func TestThePicturesOfIconsAreThoseListed(t *testing.T) {
	var want strings.Builder
	want.WriteString("/* Written by make vendor from icons.txt: the picture of each icon. */\n")
	for _, icon := range icons(t) {
		fmt.Fprintf(&want, "[data-icon=%q] { --icon: url(\"../vendor/tabler/%s.svg\"); }\n", icon, icon)
	}
	if string(read(t, "static/css/icons.css")) != want.String() {
		t.Error("css/icons.css is not what icons.txt says; run: make vendor")
	}
}

func TestAnIconInAScriptIsFound(t *testing.T) {
	got := iconPlaces("icon('a'); icon(x === 'no' ? 'b' : 'c'); f({icon: 'd', picture: y ? 'e' : 'f', words: 'g'}); html`${icon('h')}`; g({id, icon: picture})")
	if want := strings.Fields("a b c d e f h"); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
