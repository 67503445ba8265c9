package kioskweb_test

import (
	"io/fs"
	"strings"
	"testing"

	kioskweb "handrail/kiosk-web"
)

func TestEveryScreenHasOneDocumentWithTitleAndRoom(t *testing.T) {
	for _, name := range []string{"index", "enter", "kiosk", "hall", "counter", "pager", "supervisor", "it", "visit"} {
		data, err := fs.ReadFile(kioskweb.Files(), name+".html")
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"<!doctype html>", `<meta charset="utf-8">`, "<html lang=", "<title", `id="screen"`} {
			if n := strings.Count(string(data), part); n != 1 {
				t.Errorf("%s.html has %d of %s", name, n, part)
			}
		}
	}
}
