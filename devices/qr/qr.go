// Package qr turns a link into a QR code that printers and screens can draw. It
// is the only package that knows the library. A code is as secret as its link.
package qr

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// Quiet is the light margin on each side, in modules, without which cameras do
// not find a code. Source: ISO/IEC 18004.
const Quiet = 4

// Code is the square of modules of one QR code, its margin included. It never
// changes.
type Code struct {
	size int
	dark []bool
}

// Of returns the code of a link, of which a seventh may be dirty or torn (level
// M). It fails for the empty link and for one of more than about 2,300 bytes.
func Of(link string) (Code, error) {
	if link == "" {
		return Code{}, fmt.Errorf("qr: there is no link")
	}
	modules, err := qr.Encode(link, qr.M, qr.Unicode)
	if err != nil {
		// The library's words may quote the link.
		return Code{}, fmt.Errorf("qr: a link of %d bytes does not fit", len(link))
	}
	return withQuiet(modules), nil
}

func withQuiet(modules barcode.Barcode) Code {
	inner := modules.Bounds().Dx()
	code := Code{size: inner + 2*Quiet}
	code.dark = make([]bool, code.size*code.size)
	for y := range inner {
		for x := range inner {
			red, _, _, _ := modules.At(x, y).RGBA()
			code.dark[(y+Quiet)*code.size+x+Quiet] = red == 0
		}
	}
	return code
}

// Size is the number of modules on each side.
func (c Code) Size() int { return c.size }

// Dark reports whether a module is dark; x counts from the left and y from the
// top, and outside there is light.
func (c Code) Dark(x, y int) bool {
	return 0 <= x && x < c.size && 0 <= y && y < c.size && c.dark[y*c.size+x]
}

// Path returns the dark modules as the data of an SVG path, in which a module is
// one unit wide.
func (c Code) Path() string {
	var path strings.Builder
	for y := range c.size {
		for x := 0; x < c.size; x++ {
			run := 0
			for c.Dark(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x, y, run, run)
				x += run
			}
		}
	}
	return path.String()
}

// SVG returns the code as a picture of its own, black on white.
func (c Code) SVG() []byte {
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges">`+
		`<rect width="%d" height="%d" fill="#FFFFFF"/><path d="%s" fill="#000000"/></svg>`+"\n", c.size, c.size, c.size, c.size, c.Path())
}
