package app_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layer is what the packages of one row may import: packages of this module,
// and modules of others. The standard library is for everybody but the domain.
type layer struct {
	packages []string
	modules  []string
}

// layers is the table "Who may import whom" of the design. Packages are named
// from server/internal, or else from the module.
func layers() map[string]layer {
	return map[string]layer{
		"server":                {packages: []string{"app", "config", "drive", "simulate"}, modules: []string{kong}},
		"app":                   {packages: []string{everything}, modules: []string{prometheus, sys}},
		"httpapi":               {packages: httpapiImports(), modules: []string{fiber, fasthttp, huma, prometheus, rate}},
		"hub":                   {packages: []string{"wire"}, modules: []string{websocket}},
		"engine":                {packages: []string{"branch"}, modules: []string{ulid}},
		"eventlog/eventlogtest": {packages: []string{"eventlog"}},
		"eventlog":              {packages: []string{"branch"}, modules: []string{bbolt, sys}},
		"policy":                {packages: []string{"branch", "queue", "paging", "equipment"}},
		"forecast":              {packages: []string{"branch", "queue"}},
		"simulate":              {packages: []string{"branch", "queue", "paging", "equipment", "policy", "forecast", "recorded"}},
		"views":                 {packages: []string{"branch", "queue", "paging", "equipment", "wire", "phrases"}},
		"history":               {packages: []string{"branch", "queue", "paging"}},
		"deviceio":              {packages: []string{"branch", "queue", "paging", "equipment", "phrases", "speech", "devices"}},
		"speech":                {packages: []string{"phrases"}},
		"access":                {packages: []string{"branch"}},
		"queue":                 {packages: []string{"branch"}},
		"paging":                {packages: []string{"branch"}},
		"equipment":             {packages: []string{"branch"}},
		"drive":                 {packages: []string{"wire", "config", "recorded"}, modules: []string{websocket}},
		"devices/*":             {packages: []string{"devices", "devices/qr"}},
		"devices/qr":            {modules: []string{barcode}},
		"config":                {modules: []string{yaml}},
		"branch":                {},
		"wire":                  {},
		"phrases":               {},
		"recorded":              {},
		"devices":               {},
		"kiosk-web":             {},
		"kiosk-web/pictures":    {modules: []string{chromedp, cdproto}},
		"bench":                 {packages: []string{"bench/box", "bench/life", "wire"}, modules: []string{websocket, sys}},
		"bench/life":            {packages: []string{"app", "bench/box"}},
		"bench/box":             {packages: []string{"wire"}, modules: []string{websocket, sys}},
		"proof":                 {packages: []string{"bench/box", "wire"}, modules: []string{websocket, sys}},
	}
}

// everything stands for all packages but the command and the aids of tests.
const everything = "*"

// The modules of others, each for those who name it in layers.
const (
	barcode    = "github.com/boombuler/barcode"
	bbolt      = "go.etcd.io/bbolt"
	cdproto    = "github.com/chromedp/cdproto"
	chromedp   = "github.com/chromedp/chromedp"
	fasthttp   = "github.com/valyala/fasthttp"
	fiber      = "github.com/gofiber/fiber/v2"
	huma       = "github.com/danielgtaylor/huma/v2"
	kong       = "github.com/alecthomas/kong"
	prometheus = "github.com/prometheus/client_golang"
	rate       = "golang.org/x/time"
	sys        = "golang.org/x/sys"
	ulid       = "github.com/oklog/ulid/v2"
	websocket  = "github.com/gorilla/websocket"
	yaml       = "github.com/goccy/go-yaml"
)

// httpapiImports lists the engine and what it answers with, and the modules
// for their commands.
func httpapiImports() []string {
	return []string{"engine", "access", "views", "history", "hub", "wire", "phrases", "speech", "branch",
		"queue", "paging", "equipment", "kiosk-web"}
}

// domain lists the packages that decide: what they need to know of the world
// is an argument.
func domain() []string {
	return []string{"branch", "queue", "paging", "equipment", "policy", "forecast"}
}

// worldly lists what no domain package imports, with everything below it.
func worldly() []string {
	return []string{"net", "os", "log", "math/rand", "crypto/rand", "syscall", "io/fs", "io/ioutil", "runtime", "unsafe", "testing"}
}

// listed is a package as go list tells it, tests left out.
type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
}

func TestPackagesImportOnlyWhatTheirLayerMay(t *testing.T) {
	for _, b := range breaches(listModule(t)) {
		t.Error(b)
	}
}

func TestAnImportAgainstTheLayersIsABreach(t *testing.T) {
	tests := map[string]struct {
		from, imports string
		breach        bool
	}{
		"a module knows branch":                 {"server/internal/queue", "handrail/server/internal/branch", false},
		"a module knows another":                {"server/internal/queue", "handrail/server/internal/paging", true},
		"policy knows the modules":              {"server/internal/policy", "handrail/server/internal/paging", false},
		"a library in its package":              {"server/internal/eventlog", "go.etcd.io/bbolt/errors", false},
		"a library elsewhere":                   {"server/internal/history", "go.etcd.io/bbolt", true},
		"a library whose name only begins so":   {"server/internal/eventlog", "go.etcd.io/bbolts", true},
		"app knows everything":                  {"server/internal/app", "handrail/devices/sim", false},
		"app knows not the aids of tests":       {"server/internal/app", "handrail/devices/devicetest", true},
		"app knows not the command":             {"server/internal/app", "handrail/server", true},
		"the standard library":                  {"server/internal/hub", "net/http", false},
		"the standard library in the domain":    {"server/internal/paging", "encoding/json", false},
		"the network in the domain":             {"server/internal/paging", "net/netip", true},
		"files in the domain":                   {"server/internal/branch", "os", true},
		"chance in the domain":                  {"server/internal/forecast", "math/rand/v2", true},
		"a driver knows the contracts":          {"devices/escpos", "handrail/devices", false},
		"a driver draws a code":                 {"devices/escpos", "handrail/devices/qr", false},
		"a driver knows the code's library":     {"devices/escpos", "github.com/boombuler/barcode/qr", true},
		"the code knows its library":            {"devices/qr", "github.com/boombuler/barcode/qr", false},
		"the code knows no device":              {"devices/qr", "handrail/devices", true},
		"a driver knows the server's own words": {"devices/escpos", "handrail/server/internal/branch", true},
		"a package without a row":               {"server/internal/util", "fmt", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := breaches([]listed{{ImportPath: "handrail/" + test.from, Imports: []string{test.imports}}})
			if (len(got) > 0) != test.breach {
				t.Errorf("%s imports %s: breaches %v", test.from, test.imports, got)
			}
		})
	}
}

// breaches returns a sentence for every import that layers does not allow.
func breaches(packages []listed) []string {
	var found []string
	rows := layers()
	for _, p := range packages {
		name := shortName(p.ImportPath)
		row, ok := rows[rowOf(name)]
		if !ok {
			found = append(found, fmt.Sprintf("%s has no row in the table of who may import whom", name))
			continue
		}
		for _, imported := range p.Imports {
			if !row.allows(name, imported) {
				found = append(found, fmt.Sprintf("%s may not import %s", name, imported))
			}
		}
	}
	return found
}

// allows reports whether the package name of this row may import path.
func (l layer) allows(name, path string) bool {
	switch {
	case strings.HasPrefix(path, "handrail/"):
		short := shortName(path)
		return slices.Contains(l.packages, short) || slices.Contains(l.packages, everything) && short != "server" && !strings.HasSuffix(short, "test")
	case strings.Contains(strings.Split(path, "/")[0], "."):
		return slices.ContainsFunc(l.modules, func(module string) bool { return within(path, module) })
	case slices.Contains(domain(), name):
		return !slices.ContainsFunc(worldly(), func(w string) bool { return within(path, w) })
	}
	return true
}

// within reports whether path is parent or below it.
func within(path, parent string) bool { return path == parent || strings.HasPrefix(path, parent+"/") }

// shortName is how layers names the package with an import path.
func shortName(path string) string {
	name := strings.TrimPrefix(path, "handrail/")
	return strings.TrimPrefix(name, "server/internal/")
}

// rowOf returns the row of a package: all drivers share one.
func rowOf(name string) string {
	if _, own := layers()[name]; !own && strings.HasPrefix(name, "devices/") {
		return "devices/*"
	}
	return name
}

// listModule lists the packages of this module.
func listModule(t *testing.T) []listed {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,GoFiles,Imports", "handrail/...")
	out, err := list.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); err == io.EOF {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func TestTheDomainNeverReadsTheClock(t *testing.T) {
	for _, p := range listModule(t) {
		if !slices.Contains(domain(), shortName(p.ImportPath)) {
			continue
		}
		for _, name := range p.GoFiles {
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range clockReads(file) {
				t.Errorf("%s reads the clock; time is an argument", fset.Position(at))
			}
		}
	}
}

func TestReadingTheClockIsFoundWhereverItIs(t *testing.T) {
	for text, want := range map[string]int{
		"var t = time.Now()":                          1,
		"func f() { g(time.Since(x)); time.Tick(d) }": 2,
		"var now = time.Now":                          1,
		"var d = time.Minute":                         0,
		"var d = clock.Now()":                         0,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(clockReads(file)); got != want {
			t.Errorf("%s: %d reads, want %d", text, got, want)
		}
	}
}

// clockReads returns where file names a function of package time that reads
// the clock or waits for it.
func clockReads(file *ast.File) []token.Pos {
	clock := []string{"Now", "Since", "Until", "After", "AfterFunc", "Sleep", "Tick", "NewTimer", "NewTicker"}
	var found []token.Pos
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		from, ok := selector.X.(*ast.Ident)
		if ok && from.Name == "time" && slices.Contains(clock, selector.Sel.Name) {
			found = append(found, selector.Pos())
		}
		return true
	})
	return found
}
