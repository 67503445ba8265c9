package sim

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"unicode"

	"handrail/devices"
	"handrail/devices/qr"
)

// The paper is 80 mm wide; the picture is drawn in millimetres.
const (
	paperWidth  = 80.0
	paperMargin = 4.0
	paperCentre = paperWidth / 2
	room        = paperWidth - 2*paperMargin
)

// How letters stand in their line, in heights of the font.
const (
	baseline   = 0.88 // from the top of a line to the foot of its letters
	lineHeight = 1.3
	capital    = 0.733 // the height of a capital, in Noto Sans
	space      = 0.23  // the width of a space
)

// sizes are the heights of the fonts of one slip and the width of its QR code,
// in millimetres. The body's capitals are at least 4.8 mm high and the ticket's
// at least 10 mm.
type sizes struct {
	body, ticket, code float64
}

func sizesOf(slip devices.Slip) sizes {
	if slip.Large {
		return sizes{body: 9, ticket: 28, code: 48}
	}
	return sizes{body: 6.6, ticket: 24, code: 40}
}

// drawing is a picture of a roll of paper that grows downwards.
type drawing struct {
	body bytes.Buffer
	y    float64
}

// drawPaper draws slips from the top, each torn from the next.
func drawPaper(slips []devices.Slip) []byte {
	d := &drawing{y: 2 * paperMargin}
	for i, slip := range slips {
		if i > 0 {
			d.tear()
		}
		d.slip(slip)
	}
	d.y += 2 * paperMargin
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%gmm" height="%.1fmm" viewBox="0 0 %g %.1f" `+
		`font-family="Noto Sans SC, Noto Sans CJK SC, sans-serif" fill="#1B1A17">`, paperWidth, d.y, paperWidth, d.y)
	fmt.Fprintf(&out, `<rect width="%g" height="%.1f" fill="#FFFFFF"/>`, paperWidth, d.y)
	out.Write(d.body.Bytes())
	out.WriteString("</svg>\n")
	return out.Bytes()
}

// slip draws the branch, the number between two rules, what it is for, the other
// lines, and below a third rule the QR code with the line that belongs to it.
func (d *drawing) slip(slip devices.Slip) {
	size := sizesOf(slip)
	fmt.Fprintf(&d.body, `<g xml:lang="%s">`, escape(slip.Language))
	d.centred(slip.Heading, size.body, "normal")
	d.rule(size.body)
	d.ticket(slip.Ticket, size.ticket)
	d.rule(size.body)
	lines, caption := slip.Lines, ""
	if last := len(lines) - 1; slip.Link != "" && last >= 0 {
		lines, caption = lines[:last], lines[last]
	}
	for i, line := range lines {
		if i == 0 {
			d.centred(line, size.body, "bold")
			continue
		}
		d.text(line, style{size: size.body, weight: "normal", anchor: "start", x: paperMargin})
	}
	if slip.Link != "" {
		d.rule(size.body)
		d.centred(caption, size.body, "normal")
		d.code(slip.Link, size.code)
	}
	d.body.WriteString("</g>")
}

// style is how a paragraph is set.
type style struct {
	size           float64
	weight, anchor string
	x              float64
}

// centred draws a paragraph in the middle of the paper.
func (d *drawing) centred(text string, size float64, weight string) {
	d.text(text, style{size: size, weight: weight, anchor: "middle", x: paperCentre})
}

// text draws one paragraph, wrapped to the paper, and leaves a little space
// below. Read as text it is the paragraph, letter for letter.
func (d *drawing) text(text string, s style) {
	fmt.Fprintf(&d.body, `<text font-size="%g" font-weight="%s" text-anchor="%s">`, s.size, s.weight, s.anchor)
	width := room / s.size
	if s.weight == "bold" {
		width *= boldShare
	}
	rest := text
	for i, line := range balanced(text, width) {
		x := s.x
		if i > 0 && strings.HasPrefix(rest, " ") {
			d.body.WriteString(" ")
		}
		rest = strings.TrimPrefix(strings.TrimLeft(rest, " "), line)
		if s.anchor == "middle" && strings.HasPrefix(rest, " ") {
			x += space * s.size / 2 // the space belongs to this line, and is not seen
		}
		fmt.Fprintf(&d.body, `<tspan x="%.2f" y="%.2f">%s</tspan>`, x, d.y+baseline*s.size, escape(line))
		d.y += lineHeight * s.size
	}
	d.body.WriteString("</text>")
	d.y += s.size / 4
}

// boldShare is how much of a text in bold takes the room of the whole in normal
// letters.
const boldShare = 0.93

// ticket draws the number, as high as its capitals.
func (d *drawing) ticket(ticket string, size float64) {
	size = fit(ticket, size)
	d.y += capital * size
	fmt.Fprintf(&d.body, `<text font-size="%.2f" font-weight="bold" text-anchor="middle"><tspan x="%g" y="%.2f">%s</tspan></text>`,
		size, paperCentre, d.y, escape(ticket))
	d.y += size / 12
}

// rule draws a thin line across the paper with space around it.
func (d *drawing) rule(size float64) {
	d.y += size / 3
	fmt.Fprintf(&d.body, `<path d="M%g %.2fH%g" stroke="#1B1A17" stroke-width="0.3"/>`, paperMargin, d.y, paperWidth-paperMargin)
	d.y += 2 * size / 3
}

// code draws the QR code of a link that fits into one.
func (d *drawing) code(link string, width float64) {
	code, err := qr.Of(link)
	if err != nil {
		return // Print has refused it
	}
	fmt.Fprintf(&d.body, `<path transform="translate(%g %.2f) scale(%g)" shape-rendering="crispEdges" d="%s"/>`,
		paperCentre-width/2, d.y, width/float64(code.Size()), code.Path())
	d.y += width
}

// tear draws the line along which two slips were cut.
func (d *drawing) tear() {
	d.y += 2 * paperMargin
	fmt.Fprintf(&d.body, `<path d="M0 %.1fH%g" stroke="#8A857A" stroke-width="0.3" stroke-dasharray="2 1"/>`,
		d.y, paperWidth)
	d.y += 2 * paperMargin
}

// fit returns size, or what makes text in bold as wide as the paper.
func fit(text string, size float64) float64 {
	if width := widthOf(text); width > 0 {
		return min(size, boldShare*room/width)
	}
	return size
}

// balanced breaks text into as few lines of at most width as can be, and makes
// them as even as it can.
func balanced(text string, width float64) []string {
	const step = 0.5
	parts := words(text, width)
	lines := wrap(parts, width)
	for width -= step; width > step; width -= step {
		even := wrap(parts, width)
		if len(even) > len(lines) {
			break
		}
		lines = even
	}
	return lines
}

// wrap sets words in lines of at most width, in heights of the letters; a word
// that is longer has a line of its own.
func wrap(words []string, width float64) []string {
	var lines []string
	line, used := "", 0.0
	for _, word := range words {
		w := widthOf(strings.TrimRight(word, " "))
		if line != "" && used+w > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line, used = "", 0
		}
		line += word
		used += widthOf(word)
	}
	return append(lines, strings.TrimRight(line, " "))
}

// words cuts text where a line may end: after spaces, and between Chinese
// characters but before no closing mark. What is too long for any line of width
// is cut where it must be.
func words(text string, width float64) []string {
	var out []string
	start := 0
	previous := rune(-1)
	for i, r := range text {
		closing := strings.ContainsRune("，。：；！？、）”", r)
		may := !closing && (previous == ' ' || wide(previous) || wide(r)) && r != ' '
		must := widthOf(text[start:i])+widthOf(string(r)) > width
		if i > start && (may || must) {
			out = append(out, text[start:i])
			start = i
		}
		previous = r
	}
	return append(out, text[start:])
}

// wide reports whether r takes a whole square.
func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFF60
}

// widthOf estimates the width of text in heights of its letters, rather too wide
// than too narrow.
func widthOf(text string) float64 {
	width := 0.0
	for _, r := range text {
		switch {
		case wide(r):
			width++
		case r == ' ':
			width += space
		case strings.ContainsRune("fijlrtI.,:;!'|()[]-", r):
			width += 0.4
		case strings.ContainsRune("mwMW@%", r):
			width += 0.95
		case unicode.IsUpper(r):
			width += 0.66
		default:
			width += 0.58
		}
	}
	return width
}

// escape makes text safe inside an element and an attribute; what XML cannot
// hold becomes U+FFFD.
func escape(text string) string {
	var b strings.Builder
	// A strings.Builder never fails to take bytes.
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}
