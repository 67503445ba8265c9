package sim

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"unicode"

	"handrail/devices"
)

// The paper is 80 mm wide; the picture is drawn in millimetres. The body is at
// least 6.6 mm high, which gives capitals of 4.8 mm, and the ticket's number
// capitals of more than 10 mm.
const (
	paperWidth  = 80.0
	paperMargin = 4.0
	lineHeight  = 1.5
)

// sizes are the heights of the letters of one slip, in millimetres.
type sizes struct {
	body, ticket float64
}

func sizesOf(slip devices.Slip) sizes {
	if slip.Large {
		return sizes{body: 9, ticket: 24}
	}
	return sizes{body: 6.6, ticket: 18}
}

// drawing is a picture of a roll of paper that grows downwards.
type drawing struct {
	body bytes.Buffer
	y    float64
}

// drawPaper draws slips from the top, each torn from the next.
func drawPaper(slips []devices.Slip) []byte {
	d := &drawing{y: paperMargin}
	for i, slip := range slips {
		if i > 0 {
			d.tear()
		}
		d.slip(slip)
	}
	d.y += paperMargin
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%gmm" height="%.1fmm" viewBox="0 0 %g %.1f" `+
		`font-family="Noto Sans SC, Noto Sans CJK SC, sans-serif" fill="#1B1A17">`, paperWidth, d.y, paperWidth, d.y)
	fmt.Fprintf(&out, `<rect width="%g" height="%.1f" fill="#FFFFFF"/>`, paperWidth, d.y)
	out.Write(d.body.Bytes())
	out.WriteString("</svg>\n")
	return out.Bytes()
}

func (d *drawing) slip(slip devices.Slip) {
	size := sizesOf(slip)
	fmt.Fprintf(&d.body, `<g xml:lang="%s">`, escape(slip.Language))
	d.text(slip.Heading, size.body, "middle", paperWidth/2)
	d.text(slip.Ticket, fit(slip.Ticket, size.ticket), "middle", paperWidth/2)
	for _, line := range slip.Lines {
		d.text(line, size.body, "start", paperMargin)
	}
	d.body.WriteString("</g>")
}

// text draws one paragraph, wrapped to the paper.
func (d *drawing) text(text string, size float64, anchor string, x float64) {
	fmt.Fprintf(&d.body, `<text font-size="%.1f" text-anchor="%s">`, size, anchor)
	for _, line := range wrap(text, (paperWidth-2*paperMargin)/size) {
		d.y += size * lineHeight
		fmt.Fprintf(&d.body, `<tspan x="%g" y="%.1f">%s</tspan>`, x, d.y-size*(lineHeight-1), escape(line))
	}
	d.body.WriteString("</text>")
}

// tear draws the line along which two slips were cut.
func (d *drawing) tear() {
	d.y += paperMargin
	fmt.Fprintf(&d.body, `<path d="M0 %.1fH%g" stroke="#8A857A" stroke-width="0.3" stroke-dasharray="2 1"/>`,
		d.y, paperWidth)
	d.y += paperMargin
}

// fit returns size, or what makes text as wide as the paper.
func fit(text string, size float64) float64 {
	if width := widthOf(text); width > 0 {
		return min(size, (paperWidth-2*paperMargin)/width)
	}
	return size
}

// wrap breaks text into lines of at most width, in heights of its letters: at
// spaces, and between Chinese characters but before no closing mark.
func wrap(text string, width float64) []string {
	var lines []string
	line, used := "", 0.0
	for _, word := range words(text) {
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

// words cuts text where a line may end.
func words(text string) []string {
	var out []string
	start := 0
	previous := rune(-1)
	for i, r := range text {
		closing := strings.ContainsRune("，。：；！？、）”", r)
		if i > 0 && !closing && (previous == ' ' || wide(previous) || wide(r)) && r != ' ' {
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

// widthOf estimates the width of text in heights of its letters.
func widthOf(text string) float64 {
	width := 0.0
	for _, r := range text {
		if wide(r) {
			width++
		} else {
			width += 0.56
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
