package qr

import (
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// link is as long as that of a real ticket.
const link = "http://127.0.0.1:8080/enter#v_01J0000000000000000000000A.ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// read reads a code with a camera's decoder, from a picture in which a module is
// three dots wide.
func read(t *testing.T, size int, dark func(x, y int) bool) string {
	t.Helper()
	const dots = 3
	picture := image.NewGray(image.Rect(0, 0, size*dots, size*dots))
	for y := range size * dots {
		for x := range size * dots {
			picture.Set(x, y, color.White)
			if dark(x/dots, y/dots) {
				picture.Set(x, y, color.Black)
			}
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatalf("the code cannot be read: %v", err)
	}
	return result.GetText()
}

func of(t *testing.T, link string) Code {
	t.Helper()
	code, err := Of(link)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestACodeSaysItsLink(t *testing.T) {
	for _, want := range []string{link, "x", "https://branch-17.example/enter#" + strings.Repeat("k", 300), strings.Repeat("a", 2300)} {
		code := of(t, want)
		if got := read(t, code.Size(), code.Dark); got != want {
			t.Errorf("a camera reads %q, want %q", got, want)
		}
	}
}

func TestACodeCanBeReadWhenAFewModulesAreDirty(t *testing.T) {
	code := of(t, link)
	dirty := func(x, y int) bool {
		return code.Dark(x, y) != (x >= 20 && x < 24 && y >= 20 && y < 24)
	}
	if got := read(t, code.Size(), dirty); got != link {
		t.Errorf("a camera reads %q", got)
	}
}

func TestACodeHasLightAllAround(t *testing.T) {
	code := of(t, link)
	for i := -1; i <= code.Size(); i++ {
		for edge := -1; edge < Quiet; edge++ {
			far := code.Size() - 1 - edge
			if code.Dark(i, edge) || code.Dark(edge, i) || code.Dark(i, far) || code.Dark(far, i) {
				t.Fatalf("the margin is dark at %d of line %d", i, edge)
			}
		}
	}
	if !code.Dark(Quiet, Quiet) {
		t.Error("the corner of the code is light")
	}
}

func TestTheSameLinkGivesTheSameCode(t *testing.T) {
	if a, b := of(t, link), of(t, link); a.Path() != b.Path() || a.Path() == of(t, link+"A").Path() {
		t.Error("codes of equal links differ, or those of different ones do not")
	}
}

// drawn reads path data as a drawing program does.
func drawn(t *testing.T, path string) map[image.Point]bool {
	t.Helper()
	dark := map[image.Point]bool{}
	for stroke := range strings.SplitSeq(strings.TrimSuffix(path, "z"), "z") {
		var x, y, run, back int
		if n, err := fmt.Sscanf(stroke, "M%d %dh%dv1h-%d", &x, &y, &run, &back); n != 4 || err != nil || run != back {
			t.Fatalf("the stroke %q: %v", stroke, err)
		}
		for i := range run {
			dark[image.Pt(x+i, y)] = true
		}
	}
	return dark
}

func TestThePictureIsTheCode(t *testing.T) {
	code := of(t, link)
	var picture struct {
		ViewBox string `xml:"viewBox,attr"`
		Path    struct {
			D string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal(code.SVG(), &picture); err != nil {
		t.Fatal(err)
	}
	dark := drawn(t, picture.Path.D)
	if got := read(t, code.Size(), func(x, y int) bool { return dark[image.Pt(x, y)] }); got != link {
		t.Errorf("a camera reads %q", got)
	}
	if want := fmt.Sprintf("0 0 %d %d", code.Size(), code.Size()); picture.ViewBox != want {
		t.Errorf("the picture is %q large, want %q", picture.ViewBox, want)
	}
}

func TestWhatIsNoLinkOrTooLongIsRefusedWithoutTellingIt(t *testing.T) {
	for _, link := range []string{"", strings.Repeat("secret", 500)} {
		if _, err := Of(link); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("a link of %d bytes: %v", len(link), err)
		}
	}
}
