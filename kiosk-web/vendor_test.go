package kioskweb_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// lockfile is what package-lock.json says of the packages.
type lockfile struct {
	Packages map[string]struct {
		Version   string
		Resolved  string
		Integrity string
		License   string
	}
}

// The packages whose files are served.
const (
	litPackage   = "lit-html"
	fontPackage  = "@fontsource-variable/noto-sans-sc"
	iconsPackage = "@tabler/icons"
)

func TestVendoredFilesAreThoseOfTheLockedPackages(t *testing.T) {
	want := vendored(t)
	got := filesBelow(t, "static/vendor")
	for _, name := range got {
		if name != "README.md" && want[name] == "" {
			t.Errorf("static/vendor/%s comes from no package: delete it, or run: make vendor", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if err := sameBytes(filepath.Join("static/vendor", name), filepath.Join("node_modules", want[name])); err != nil {
			t.Errorf("%v; run: make vendor", err)
		}
	}
	readme := string(read(t, "static/vendor/README.md"))
	for _, name := range []string{litPackage, fontPackage, iconsPackage} {
		line := fmt.Sprintf("- %s %s\n", name, readLock(t).Packages["node_modules/"+name].Version)
		if !strings.Contains(readme, line) {
			t.Errorf("static/vendor/README.md does not say %q; run: make vendor", line)
		}
	}
}

func TestInstalledPackagesAreThoseOfTheLock(t *testing.T) {
	for path, locked := range readLock(t).Packages {
		manifest, err := os.ReadFile(filepath.Join(path, "package.json"))
		if path == "" || os.IsNotExist(err) && strings.Contains(path, "/@typescript/") { // those of other systems
			continue
		}
		var installed struct{ Version string }
		if err := json.Unmarshal(manifest, &installed); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if installed.Version != locked.Version {
			t.Errorf("%s is %s, the lock says %s", path, installed.Version, locked.Version)
		}
	}
}

func TestTheLockNamesNoPlaceToDownloadFrom(t *testing.T) {
	lock := readLock(t)
	if len(lock.Packages) < 7 {
		t.Fatalf("the lock names %d packages", len(lock.Packages))
	}
	for path, locked := range lock.Packages {
		if locked.Resolved != "" {
			t.Errorf("%s is fetched from %s: npm must be told omit-lockfile-registry-resolved", path, locked.Resolved)
		}
		if path != "" && !strings.HasPrefix(locked.Integrity, "sha512-") {
			t.Errorf("%s may be anything: integrity %q", path, locked.Integrity)
		}
		if locked.License == "" {
			t.Errorf("%s has no licence", path)
		}
	}
	if bytes.Contains(read(t, "package-lock.json"), []byte(".tgz")) {
		t.Error("the lock names an archive")
	}
}

func TestIconsAreListedInOrderAndOnce(t *testing.T) {
	names := icons(t)
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Error("sort icons.txt with: LC_ALL=C sort -u")
	}
}

func TestADifferentByteIsFound(t *testing.T) {
	one, other := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "other")
	for name, text := range map[string]string{one: "licence", other: "license"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if sameBytes(one, one) != nil || sameBytes(one, other) == nil || sameBytes(one, other+"?") == nil {
		t.Error("only files with the same bytes are the same")
	}
}

func TestTheScreensTypeCheck(t *testing.T) {
	if out, err := typeCheck(t, "."); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestAMistypedScriptDoesNotTypeCheck(t *testing.T) {
	out, err := typeCheck(t, "testdata/mistyped")
	if err == nil {
		t.Error("two mistakes were not found")
	}
	if n := strings.Count(out, "error TS"); n != 2 || strings.Contains(out, "static/vendor") {
		t.Errorf("%d errors, want the two of testdata/mistyped/greeting.js:\n%s", n, out)
	}
}

// typeCheck runs tsc over the scripts of the project in folder.
func typeCheck(t *testing.T, folder string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "node_modules/.bin/tsc", "--project", folder, "--pretty", "false").CombinedOutput()
	return string(out), err
}

// vendored returns, for every file below static/vendor, its path below
// node_modules.
func vendored(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{
		"noto-sans-sc/LICENSE":   fontPackage + "/LICENSE",
		"noto-sans-sc/index.css": fontPackage + "/index.css",
		"tabler/LICENSE":         iconsPackage + "/LICENSE",
	}
	for _, name := range []string{"LICENSE", "lit-html.js", "lit-html.d.ts", "directive.d.ts"} {
		files["lit-html/"+name] = litPackage + "/" + name
	}
	css := string(read(t, "node_modules/"+fontPackage+"/index.css"))
	slices := regexp.MustCompile(`url\(\./(files/[^)]+)\)`).FindAllStringSubmatch(css, -1)
	if len(slices) < 100 {
		t.Fatalf("the font has %d slices", len(slices))
	}
	for _, m := range slices {
		files["noto-sans-sc/"+m[1]] = fontPackage + "/" + m[1]
	}
	for _, name := range icons(t) {
		files["tabler/"+name+".svg"] = iconsPackage + "/icons/outline/" + name + ".svg"
	}
	return files
}

// icons returns the names in icons.txt.
func icons(t *testing.T) []string {
	t.Helper()
	return strings.Fields(string(read(t, "icons.txt")))
}

// sameBytes says how two files differ.
func sameBytes(name, origin string) error {
	got, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	want, err := os.ReadFile(origin)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("%s is not %s", name, origin)
	}
	return nil
}

// filesBelow lists the files below folder, by their paths from there.
func filesBelow(t *testing.T, folder string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(folder), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func readLock(t *testing.T) lockfile {
	t.Helper()
	var lock lockfile
	if err := json.Unmarshal(read(t, "package-lock.json"), &lock); err != nil {
		t.Fatal(err)
	}
	return lock
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
