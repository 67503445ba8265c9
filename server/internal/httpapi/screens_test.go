package httpapi_test

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"handrail/server/internal/branch"
	"handrail/server/internal/httpapi"
)

// documents gives each screen's route its document.
func documents() map[string]string {
	return map[string]string{"/": "index.html", "/enter": "enter.html", "/kiosk": "kiosk.html", "/hall": "hall.html",
		"/counter": "counter.html", "/pager": "pager.html", "/supervisor": "supervisor.html", "/it": "it.html",
		"/visit": "visit.html"}
}

// testScreens is a small tree of screens.
func testScreens() fs.FS {
	tree := fstest.MapFS{
		"app.js": {Data: []byte("app")}, "lib/view.mjs": {Data: []byte("view")}, "kiosk.css": {Data: []byte("css")},
		"icon.svg": {Data: []byte("<svg/>")}, "fonts/sans.woff2": {Data: []byte("font")}, "fonts/LICENSE": {Data: []byte("free")},
		"data.json": {Data: []byte("{}")}, "manifest.webmanifest": {Data: []byte("{}")}, "app.manifest.bin": {Data: []byte("x")},
		"vendor/lit.js": {Data: []byte("lit")}, "vendor/page.html": {Data: []byte("a page")},
	}
	for _, name := range documents() {
		tree[name] = &fstest.MapFile{Data: []byte("the document " + name)}
	}
	return tree
}

func TestEachScreenHasItsDocumentForAnybody(t *testing.T) {
	b := openBox(t)
	for route, name := range documents() {
		a := b.ask(t, "", "GET", route, "")
		if a.status != 200 || string(a.body) != "the document "+name || a.header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %d %s %q", route, a.status, a.header.Get("Content-Type"), a.body)
		}
		if a.header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: Cache-Control is %q", route, a.header.Get("Cache-Control"))
		}
		wantStatus(t, b.ask(t, "", "GET", route+"?lang=en", ""), 200)
	}
}

func TestFilesOfTheScreensSayWhatTheyAreAndHowLongTheyKeep(t *testing.T) {
	b := openBox(t)
	for name, want := range map[string][3]string{
		"app.js":               {"text/javascript; charset=utf-8", "no-cache", "app"},
		"lib/view.mjs":         {"text/javascript; charset=utf-8", "no-cache", "view"},
		"kiosk.css":            {"text/css; charset=utf-8", "no-cache", "css"},
		"icon.svg":             {"image/svg+xml", "no-cache", "<svg/>"},
		"fonts/sans.woff2":     {"font/woff2", "no-cache", "font"},
		"fonts/LICENSE":        {"text/plain; charset=utf-8", "no-cache", "free"},
		"data.json":            {"application/json", "no-cache", "{}"},
		"manifest.webmanifest": {"application/manifest+json", "no-cache", "{}"},
		"app.manifest.bin":     {"application/octet-stream", "no-cache", "x"},
		"vendor/lit.js":        {"text/javascript; charset=utf-8", "public, max-age=604800", "lit"},
	} {
		a := b.ask(t, "", "GET", "/static/"+name, "")
		got := [3]string{a.header.Get("Content-Type"), a.header.Get("Cache-Control"), string(a.body)}
		if a.status != 200 || got != want {
			t.Errorf("%s: %d %q, want %q", name, a.status, got, want)
		}
	}
}

func TestAFileThatTheBrowserHasIsNotSentAgain(t *testing.T) {
	b := openBox(t)
	for _, path := range []string{"/kiosk", "/static/app.js", "/static/vendor/lit.js"} {
		first := b.ask(t, "", "GET", path, "")
		tag := first.header.Get("ETag")
		if len(tag) < 20 || tag[0] != '"' {
			t.Fatalf("%s: the tag is %q", path, tag)
		}
		for _, held := range []string{tag, `"old", ` + tag, "W/" + tag, "*"} {
			a := b.ask(t, "", "GET", path, "", "If-None-Match", held)
			if a.status != http.StatusNotModified || len(a.body) > 0 || a.header.Get("ETag") != tag ||
				a.header.Get("Cache-Control") != first.header.Get("Cache-Control") {
				t.Errorf("%s with %s: %d %v", path, held, a.status, a.header)
			}
			wantFenced(t, path, a.header)
		}
		a := b.ask(t, "", "GET", path, "", "If-None-Match", `"old"`)
		if a.status != 200 || string(a.body) != string(first.body) {
			t.Errorf("%s with an old tag: %d %q", path, a.status, a.body)
		}
	}
	if b.ask(t, "", "GET", "/static/app.js", "").header.Get("ETag") == b.ask(t, "", "GET", "/static/kiosk.css", "").header.Get("ETag") {
		t.Error("two files have one tag")
	}
}

// outside lists addresses at which there is no file: folders, documents, and
// every way out of the tree.
func outside() []string {
	return []string{
		"", "lib", "lib/", ".", "./app.js", "/app.js", "//app.js", "lib//view.mjs", "lib/../app.js", "../secret", "..", "../",
		"%2e%2e/secret", "..%2fsecret", "%2e%2e%2fsecret", "..%5csecret", `..\secret`, "%252e%252e/secret", "lib/%2e%2e/app.js",
		"kiosk.html", "index.html", "vendor/page.html", "app.js/", "APP.JS", "nothing.js", "etc/passwd", "/etc/passwd",
	}
}

func TestThereIsNothingOutsideTheTreeAndNoListing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "web")
	if err := os.CopyFS(dir, testScreens()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	boxes := map[string]*box{
		"held":  openBox(t),
		"fresh": openBox(t, func(c *httpapi.Config) { c.Web, c.WebFresh = os.DirFS(dir), true }),
	}
	for kind, b := range boxes {
		for _, name := range outside() {
			response := raw(t, "tcp", b.addr, "GET /static/"+name+" HTTP/1.1\r\nHost: "+b.addr+"\r\n\r\n")
			if response.StatusCode != http.StatusNotFound || response.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s, %q: %d %s", kind, name, response.StatusCode, response.Header.Get("Content-Type"))
			}
		}
		p := wantProblem(t, b.ask(t, "", "GET", "/static/%E2%80%AEx", ""), 422, branch.CodeInvalid)
		if len(p.Errors) != 1 || p.Errors[0].Field != "path" {
			t.Errorf("%s: the errors are %+v", kind, p.Errors)
		}
		wantStatus(t, b.ask(t, "", "GET", "/static/app.js", ""), 200)
	}
}

func TestOnlyFreshScreensFollowTheirFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, testScreens()); err != nil {
		t.Fatal(err)
	}
	held := openBox(t, func(c *httpapi.Config) { c.Web = os.DirFS(dir) })
	fresh := openBox(t, func(c *httpapi.Config) { c.Web, c.WebFresh = os.DirFS(dir), true })
	before := fresh.ask(t, "", "GET", "/static/app.js", "")
	if err := os.WriteFile(filepath.Join(dir, "app.js"), []byte("changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	after := fresh.ask(t, "", "GET", "/static/app.js", "", "If-None-Match", before.header.Get("ETag"))
	if after.status != 200 || string(after.body) != "changed" {
		t.Errorf("fresh: %d %q", after.status, after.body)
	}
	if a := held.ask(t, "", "GET", "/static/app.js", ""); string(a.body) != "app" {
		t.Errorf("held: %d %q", a.status, a.body)
	}
}

// wantFenced fails unless the headers of every answer are there; how long a file
// keeps is its own matter.
func wantFenced(t *testing.T, what string, header http.Header) {
	t.Helper()
	header = header.Clone()
	header.Set("Cache-Control", "no-store")
	wantSecureHeaders(t, what, header)
}

// isScreen reports whether a route is a document or a file of the screens.
func isScreen(route httpapi.Route) bool {
	return documents()[route.Path] != "" || strings.HasPrefix(route.Path, "/static/")
}
