// The browser tests of the screens: real Chromium, the real server binary, real
// input events. A screen test is a few lines:
//
//	b := startBox(t)                                    // a box of its own, killed at the end
//	k := signIn(t, b, "demo-kiosk", "/kiosk", upright15)  // its screen, on a panel of that size
//	k.click("button", phrase(t, "en", "attract.start")) // a real tap on what has this role and name
//	k.until("a ticket is shown", `document.querySelector('[data-ticket]')`)
//	k.mustFit(limits{capMM: 4.8, targetMM: 20, gapMM: 3}) // geometry.js, in millimetres
//	k.mustPassAxe(20)
//
// Every tab fails its test at the end for each error or warning in the console,
// exception, breach of the content security policy and dialog (fault_test.go).
// A failed test leaves a picture of each of its tabs in $HANDRAIL_SHOTS, else in
// handrail-shots of the temporary folder.
//
// One Chromium serves all tests; each test has profiles (cookies and storage) of
// its own, so tests may call t.Parallel.
package kioskweb_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// patience is how long a condition may take that has no limit of its own: far
// more than it needs on a busy machine.
const patience = 20 * time.Second

// TestMain ends the browser and removes the server binary.
func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	if b, err := chromium(); err == nil {
		b.quit()
	}
	os.Exit(code)
}

// eventually polls a condition until it holds, for at most limit.
func eventually(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(limit)
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("not within %v: %s", limit, what)
		case <-tick.C:
		}
	}
}
