package drive_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"handrail/server/internal/bench/box"
	"handrail/server/internal/drive"
)

const (
	smallDay = "../recorded/testdata/small-day.tsv"
	date     = "990101"
	// speed plays the two hours of the small day in 6 s.
	speed   = 1200
	screens = 24
)

// TestASmallRecordedDayIsPlayedAgainstTheRealBoxWithoutLoss plays the synthetic
// day of the repository against the real binary.
func TestASmallRecordedDayIsPlayedAgainstTheRealBoxWithoutLoss(t *testing.T) {
	running, token := startBranchOfTheDay(t)
	var progress bytes.Buffer
	report, err := drive.Run(t.Context(), drive.Options{
		Recorded: smallDay, Day: date, Speed: speed,
		URL: running.URL, Token: token, Clients: screens, Progress: &progress,
	})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := report.Text(&text); err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", &text)
	if !report.OK() {
		t.Error("something was lost or doubled")
	}
	if report.Served+report.Cancelled != report.Recorded.Played || report.Served == 0 {
		t.Errorf("%d served and %d cancelled of %d", report.Served, report.Cancelled, report.Recorded.Played)
	}
	if s := report.Screens; s.Count != screens || s.Exact != screens || s.Calls < report.Served || s.Resumed < s.Cut || s.Cut != 10 {
		t.Errorf("screens: %+v", s)
	}
	if progress.Len() == 0 {
		t.Error("no progress is shown")
	}
}

func TestADriveIsRefusedWhereItsBranchIsNot(t *testing.T) {
	binary, dir := buildServer(t), t.TempDir()
	demo, err := box.Start(t.Context(), box.Spec{Binary: binary, Data: filepath.Join(dir, "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { demo.Kill() })
	_, err = drive.Run(t.Context(), drive.Options{
		Recorded: smallDay, Day: date, Speed: speed, URL: demo.URL, Token: "demo-supervisor",
	})
	if err == nil || !bytes.Contains([]byte(err.Error()), []byte("--write-config")) {
		t.Errorf("driven in the demo branch: %v", err)
	}
}

// startBranchOfTheDay writes the configuration of the small day and starts the
// box with it.
func startBranchOfTheDay(t *testing.T) (*box.Box, string) {
	t.Helper()
	day, err := drive.LoadDay(smallDay, date)
	if err != nil {
		t.Fatal(err)
	}
	var config bytes.Buffer
	if err := drive.WriteConfig(&config, day, speed); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "branch.yaml")
	if err := os.WriteFile(file, config.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	running, err := box.Start(t.Context(), box.Spec{Binary: buildServer(t), Data: filepath.Join(dir, "data"), Config: file, Log: &log})
	if err != nil {
		t.Fatalf("%v\n%s", err, &log)
	}
	t.Cleanup(func() { running.Kill() })
	token, err := running.Token(t.Context(), "supervisor")
	if err != nil {
		t.Fatal(err)
	}
	return running, token
}

// buildServer builds the real server.
func buildServer(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "handrail")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "handrail/server").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}
