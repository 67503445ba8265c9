package sim

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"handrail/devices"
)

// link is as long as that of a real ticket.
const link = "http://127.0.0.1:8080/enter#v_01J0000000000000000000000A.ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func chinese() devices.Slip {
	return devices.Slip{Language: "zh-CN", Heading: "和平路支行", Ticket: "A017", Link: link, Lines: []string{
		"业务：个人业务", "大约等 10 到 15 分钟", "取号时间：2026-03-04 09:30", "请在附近等候，轮到您时会广播并显示号码", "扫码查看排队、暂离或取消"}}
}

func english() devices.Slip {
	return devices.Slip{Language: "en", Heading: "Peace Road branch", Ticket: "A018", Link: link, Lines: []string{
		"Service: Personal business", "About 10 to 15 min to wait", "Taken at 2026-03-04 09:30",
		"Please wait nearby. We will call your number aloud and show it", "Scan to see your place, step out or cancel"}}
}

func large(slip devices.Slip) devices.Slip {
	slip.Large = true
	return slip
}

// line is one line of letters on the paper.
type line struct {
	text    string
	size, y float64
	bold    bool
}

// picture is a paper as an XML parser reads it.
type picture struct {
	height float64
	// texts are the paragraphs, letter for letter, and lines how they are set.
	texts []string
	lines []line
	// names are those of all elements and attributes.
	names map[string]bool
	// codes are the paths that are moved and scaled: the QR codes.
	codes []xml.StartElement
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(strings.TrimSuffix(text, "mm"), 64)
	must(t, err)
	return n
}

func look(t *testing.T, svg []byte) *picture {
	t.Helper()
	p := &picture{names: map[string]bool{}}
	d := xml.NewDecoder(bytes.NewReader(svg))
	var open []xml.StartElement
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return p
		}
		must(t, err)
		switch e := token.(type) {
		case xml.StartElement:
			open = append(open, e.Copy())
			p.start(t, open)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			p.letters(open, string(e))
		}
	}
}

func (p *picture) start(t *testing.T, open []xml.StartElement) {
	t.Helper()
	e := open[len(open)-1]
	p.names[e.Name.Local] = true
	for _, a := range e.Attr {
		p.names["@"+a.Name.Local] = true
	}
	switch e.Name.Local {
	case "svg":
		p.height = number(t, attribute(e, "height"))
	case "text":
		p.texts = append(p.texts, "")
	case "tspan":
		text := open[len(open)-2]
		p.lines = append(p.lines, line{size: number(t, attribute(text, "font-size")), y: number(t, attribute(e, "y")),
			bold: attribute(text, "font-weight") == "bold"})
	case "path":
		if attribute(e, "transform") != "" {
			p.codes = append(p.codes, e)
		}
	}
}

func (p *picture) letters(open []xml.StartElement, text string) {
	within := func(name string) bool {
		return slices.ContainsFunc(open, func(e xml.StartElement) bool { return e.Name.Local == name })
	}
	if within("text") {
		p.texts[len(p.texts)-1] += text
	}
	if within("tspan") {
		p.lines[len(p.lines)-1].text += text
	}
}

// code is a QR code on the paper: where it is, how wide, and what a camera reads.
type code struct{ x, y, width, module float64 }

func (p *picture) code(t *testing.T, i int) (c code, link string) {
	t.Helper()
	if _, err := fmt.Sscanf(attribute(p.codes[i], "transform"), "translate(%g %g) scale(%g)", &c.x, &c.y, &c.module); err != nil {
		t.Fatal(err)
	}
	dark, far := map[image.Point]bool{}, 0
	for stroke := range strings.SplitSeq(strings.TrimSuffix(attribute(p.codes[i], "d"), "z"), "z") {
		var x, y, run, back int
		if _, err := fmt.Sscanf(stroke, "M%d %dh%dv1h-%d", &x, &y, &run, &back); err != nil || back != run {
			t.Fatalf("%q: %v", stroke, err)
		}
		for n := range run {
			dark[image.Pt(x+n, y)] = true
		}
		far = max(far, x+run)
	}
	const quiet = 4
	c.width = float64(far+quiet) * c.module
	return c, scan(t, far+quiet, dark)
}

// scan reads a code with a camera's decoder.
func scan(t *testing.T, size int, dark map[image.Point]bool) string {
	t.Helper()
	const dots = 3
	photo := image.NewGray(image.Rect(0, 0, size*dots, size*dots))
	for y := range size * dots {
		for x := range size * dots {
			photo.Set(x, y, color.White)
			if dark[image.Pt(x/dots, y/dots)] {
				photo.Set(x, y, color.Black)
			}
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(photo)
	must(t, err)
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	must(t, err)
	return result.GetText()
}

func printed(t *testing.T, slips ...devices.Slip) *picture {
	t.Helper()
	p := NewPrinter()
	for _, slip := range slips {
		must(t, p.Print(t.Context(), slip))
	}
	return look(t, p.SVG())
}

// TestThePaperSaysEveryLineLetterForLetter is what lets a screen be compared with
// the paper: each text element is one line of the slip, however it is wrapped.
func TestThePaperSaysEveryLineLetterForLetter(t *testing.T) {
	first, second := chinese(), large(english())
	got := printed(t, first, second).texts
	var want []string
	for _, slip := range []devices.Slip{second, first} {
		want = append(append(want, slip.Heading, slip.Ticket), slip.Lines...)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the paper says\n%q\nwant\n%q", got, want)
	}
}

func TestTheCodeOnThePaperOpensTheLink(t *testing.T) {
	for name, slip := range map[string]devices.Slip{"Chinese": chinese(), "English": english(), "large": large(english())} {
		p := printed(t, slip)
		if len(p.codes) != 1 {
			t.Fatalf("%s: %d codes", name, len(p.codes))
		}
		code, read := p.code(t, 0)
		if read != link {
			t.Errorf("%s: a camera reads %q", name, read)
		}
		// A module of 0.5 mm is read from half a metre.
		if code.width < 25 || code.module < 0.5 || code.x < paperMargin || code.x+code.width > paperWidth-paperMargin {
			t.Errorf("%s: the code is %+v", name, code)
		}
		if last := p.lines[len(p.lines)-1]; code.y < last.y || code.y+code.width > p.height {
			t.Errorf("%s: the code is at %+v, the words end at %g and the paper at %g", name, code, last.y, p.height)
		}
	}
}

func TestEachSlipHasItsOwnCodeAndOneWithoutALinkHasNone(t *testing.T) {
	other, none := chinese(), chinese()
	other.Link, none.Link = link+"X", ""
	p := printed(t, chinese(), none, other)
	if len(p.codes) != 2 {
		t.Fatalf("%d codes", len(p.codes))
	}
	for i, want := range []string{link + "X", link} {
		if _, read := p.code(t, i); read != want {
			t.Errorf("code %d opens %q", i, read)
		}
	}
}

func TestALinkThatNoCodeHoldsIsNotPrinted(t *testing.T) {
	p, slip := NewPrinter(), chinese()
	slip.Link = strings.Repeat("a", 3000)
	if err := p.Print(t.Context(), slip); !errors.Is(err, devices.ErrUnsupported) || p.Printed() != 0 {
		t.Errorf("printing: %v, %d printed", err, p.Printed())
	}
}

func TestLettersAreLargeEnoughAndNothingOverlapsOrLeavesThePaper(t *testing.T) {
	long := english()
	long.Heading, long.Ticket = "Chrysanthemumgardensandriverside branch of the town", "A0171234567890"
	for name, slip := range map[string]devices.Slip{"Chinese": chinese(), "large Chinese": large(chinese()), "English": english(),
		"large English": large(english()), "long words": large(long)} {
		p, bottom := printed(t, slip), 0.0
		for _, l := range p.lines {
			least := 4.8
			if l.text == "A017" || l.text == "A018" {
				least = 10
			}
			if l.text != long.Ticket && l.size*capital < least {
				t.Errorf("%s: the capitals of %q are %.1f mm high", name, l.text, l.size*capital)
			}
			if top := l.y - baseline*l.size; l.text == slip.Ticket && l.y-capital*l.size < bottom || l.text != slip.Ticket && top < bottom {
				t.Errorf("%s: %q overlaps the line above", name, l.text)
			}
			bottom = l.y + (1-baseline)*l.size
			if width := widthOf(l.text) * l.size; width > room+0.01 {
				t.Errorf("%s: %q is %.1f mm wide", name, l.text, width)
			}
			if strings.HasPrefix(l.text, "，") {
				t.Errorf("%s: %q begins with a closing mark", name, l.text)
			}
		}
		if code, _ := p.code(t, 0); code.y < bottom {
			t.Errorf("%s: the code overlaps the words", name)
		}
	}
	small, big := sizesOf(devices.Slip{}), sizesOf(devices.Slip{Large: true})
	if big.body <= small.body || big.ticket <= small.ticket || big.code <= small.code {
		t.Errorf("large print %+v is not larger than %+v", big, small)
	}
}

func TestTheNumberIsTheLargestAndWhatItIsForIsBold(t *testing.T) {
	p := printed(t, english())
	for _, l := range p.lines {
		if l.text != "A018" && 2*l.size > p.lines[1].size {
			t.Errorf("%q is as large as the number", l.text)
		}
		if bold := l.text == "A018" || strings.HasPrefix(l.text, "Service:"); l.bold != bold && l.text != "business" {
			t.Errorf("%q is bold: %v", l.text, l.bold)
		}
	}
}

func TestLinesAreEvenAndAsFewAsCanBe(t *testing.T) {
	for text, want := range map[string][]string{
		"扫码查看排队、暂离或取消":               {"扫码查看排队、", "暂离或取消"},
		"Scan to see your place now": {"Scan to see", "your place now"},
		"short":                      {"short"},
		"":                           {""},
	} {
		if got := balanced(text, 9); !slices.Equal(got, want) {
			t.Errorf("%q is set as %q, want %q", text, got, want)
		}
	}
}

func TestThePaperIsAPictureWhateverIsOnIt(t *testing.T) {
	nasty := "</text><script>alert(1)</script>\" onload=\"x\x00\x1b&amp;<!--]]>"
	p := printed(t, devices.Slip{Language: nasty, Heading: nasty, Ticket: nasty, Lines: []string{nasty, "", nasty}, Link: nasty})
	allowed := "svg rect g text tspan path @xmlns @width @height @viewBox @font-family @font-weight @fill @lang @font-size " +
		"@text-anchor @x @y @d @transform @shape-rendering @stroke @stroke-width @stroke-dasharray "
	for name := range p.names {
		if !strings.Contains(allowed, name+" ") {
			t.Errorf("the picture has %s", name)
		}
	}
	want := strings.NewReplacer("\x00", "\uFFFD", "\x1b", "\uFFFD").Replace(nasty)
	if !slices.Equal(p.texts, []string{want, want, want, "", want}) {
		t.Errorf("the words are %q", p.texts)
	}
}

func TestAnEmptyRollIsAPictureToo(t *testing.T) {
	if p := printed(t); !p.names["svg"] || p.names["text"] {
		t.Errorf("elements %v", p.names)
	}
}

func TestACutRollIsEmptyAndPrintsOn(t *testing.T) {
	p := NewPrinter()
	must(t, p.Print(t.Context(), chinese()))
	p.Cut()
	if texts := look(t, p.SVG()).texts; len(texts) != 0 || len(p.Slips()) != 0 {
		t.Errorf("after the cut the paper says %q", texts)
	}
	must(t, p.Print(t.Context(), english()))
	if texts := look(t, p.SVG()).texts; len(texts) != 7 || texts[1] != "A018" || p.Printed() != 2 {
		t.Errorf("after the next slip the paper says %q", texts)
	}
}
