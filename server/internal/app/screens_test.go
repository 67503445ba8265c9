package app

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	kioskweb "handrail/kiosk-web"
	"handrail/server/internal/wire"
)

func TestTheBoxServesTheScreensItWasBuiltWith(t *testing.T) {
	b := serve(t, folder(t), clockAt(t, "2026-11-23 10:00"), setup{})
	defer b.shut()
	want, err := fs.ReadFile(kioskweb.Files(), "kiosk.html")
	if err != nil {
		t.Fatal(err)
	}
	if got := b.get("/kiosk", "", nil); string(got) != string(want) {
		t.Errorf("the kiosk is %s", got)
	}
}

func TestAFolderReplacesTheScreensWhileTheBoxRuns(t *testing.T) {
	web := t.TempDir()
	b := serve(t, folder(t), clockAt(t, "2026-11-23 10:00"), setup{web: web})
	defer b.shut()
	for _, text := range []string{"first", "second"} {
		if err := os.WriteFile(filepath.Join(web, "kiosk.html"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := b.get("/kiosk", "", nil); string(got) != text {
			t.Errorf("the kiosk is %s, want %s", got, text)
		}
	}
}

func TestOnlyTheDemoBranchSaysThatItsTokensAreLetIn(t *testing.T) {
	demo := serve(t, folder(t), clockAt(t, "2026-11-23 10:00"), setup{})
	defer demo.shut()
	var health wire.Health
	if demo.get("/healthz", "", &health); !health.Demo {
		t.Error("the demo branch keeps quiet about its tokens")
	}
	for token, want := range map[string]wire.Session{
		"demo-kiosk-2": {Role: "kiosk", Place: "kiosk-2", Zone: "main"},
		"demo-hall-2":  {Role: "hall", Place: "hall-2", Zone: "consulting"},
		"demo-hall":    {Role: "hall", Place: "hall-1", Zone: "main", Speaks: true},
		"demo-pager":   {Role: "pager", Staff: "li"},
	} {
		var who wire.Session
		if demo.get("/api/v1/session", token, &who); who != want {
			t.Errorf("%s is %+v", token, who)
		}
	}

	other := serve(t, folder(t), clockAt(t, "2026-11-23 10:00"), setup{yaml: demoBut("dayEnd: close", "dayEnd: carry-over")})
	defer other.shut()
	if got := string(other.get("/healthz", "", nil)); strings.Contains(got, "demo") {
		t.Errorf("a branch with a configuration of its own says %s", got)
	}
	if got, err := other.send(http.MethodGet, "/api/v1/session", "demo-kiosk", nil); err != nil || got.status != http.StatusUnauthorized {
		t.Errorf("a demo token there: %d %v", got.status, err)
	}
}
