package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/httpapi"
	"handrail/server/internal/wire"
)

func TestABoxThatIsNotReadySaysWhy(t *testing.T) {
	b := openBox(t, func(c *httpapi.Config) { c.Reads = readsStub{notReady: []string{"the log is being replayed"}} })
	a := b.ask(t, "", "GET", "/readyz", "")
	wantStatus(t, a, 503)
	if health := decoded[wire.Health](t, a); len(health.Reasons) != 1 || health.Reasons[0] != "the log is being replayed" {
		t.Errorf("it says %s", a.body)
	}
	wantStatus(t, b.ask(t, "", "GET", "/healthz", ""), 200)
	wantStatus(t, openBox(t).ask(t, "", "GET", "/readyz", ""), 200)
}

func TestHealthSaysWhetherTheDemoTokensAreLetIn(t *testing.T) {
	demo := openBox(t, func(c *httpapi.Config) { c.Demo = true })
	if a := demo.ask(t, "", "GET", "/healthz", ""); strings.TrimSpace(string(a.body)) != `{"status":"ok","demo":true}` {
		t.Errorf("the demo branch says %s", a.body)
	}
	if a := openBox(t).ask(t, "", "GET", "/healthz", ""); strings.TrimSpace(string(a.body)) != `{"status":"ok"}` {
		t.Errorf("another branch says %s", a.body)
	}
	if a := demo.ask(t, "", "GET", "/readyz", ""); strings.TrimSpace(string(a.body)) != `{"status":"ok"}` {
		t.Errorf("readyz says %s", a.body)
	}
}

func TestOpenPagesCanBeAskedForAlone(t *testing.T) {
	b := openBox(t)
	if all := decoded[[]wire.Page](t, b.ask(t, "pager", "GET", "/api/v1/pages", "")); len(all) != 2 {
		t.Errorf("%d pages", len(all))
	}
	if open := decoded[[]wire.Page](t, b.ask(t, "pager", "GET", "/api/v1/pages?state=open", "")); len(open) != 1 {
		t.Errorf("%d open pages", len(open))
	}
	p := wantProblem(t, b.ask(t, "pager", "GET", "/api/v1/pages?state=closed", ""), 422, branch.CodeInvalid)
	if len(p.Errors) != 1 || p.Errors[0].Field != "state" {
		t.Errorf("the errors are %+v", p.Errors)
	}
}

func TestTheLogIsReadInPieces(t *testing.T) {
	b := openBox(t)
	for query, count := range map[string]int{"": 3, "?limit=2": 2, "?after=log.1&limit=1000": 3} {
		if list := decoded[wire.EventList](t, b.ask(t, "it", "GET", "/api/v1/events"+query, "")); len(list.Events) != count {
			t.Errorf("%q: %d events", query, len(list.Events))
		}
	}
	for query, field := range map[string]string{"?limit=0": "limit", "?limit=1001": "limit", "?limit=x": "limit", "?limit=-1": "limit", "?after=bad": "after"} {
		a := b.ask(t, "it", "GET", "/api/v1/events"+query, "")
		if p := wantProblem(t, a, 422, branch.CodeInvalid); len(p.Errors) != 1 || p.Errors[0].Field != field {
			t.Errorf("%q: %s", query, a.body)
		}
	}
}

func TestABackupThatFailsIsCutShortAndNotTakenForWhole(t *testing.T) {
	b := openBox(t, func(c *httpapi.Config) { c.Admin = failingAdmin{} })
	request, err := http.NewRequest(http.MethodPost, "http://"+b.addr+"/api/v1/backup", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer it")
	request.Header.Set("Content-Type", "application/json")
	response, err := b.client.Do(request)
	if err != nil {
		return // cut before the first byte
	}
	defer response.Body.Close()
	if read, err := io.ReadAll(response.Body); err == nil {
		t.Errorf("%d bytes came and the end looked right", len(read))
	}
}

// failingAdmin loses its disk in the middle of a backup.
type failingAdmin struct{ adminStub }

func (failingAdmin) Backup(_ context.Context, to io.Writer) error {
	if _, err := to.Write(bytes.Repeat([]byte("x"), 100_000)); err != nil {
		return err
	}
	return errors.New("the disk is gone")
}

func TestABackupEndsWithTheServer(t *testing.T) {
	admin := endlessAdmin{begun: make(chan struct{}), ended: make(chan error, 1)}
	b := openBox(t, func(c *httpapi.Config) { c.Admin = admin })
	request, err := http.NewRequest(http.MethodPost, "http://"+b.addr+"/api/v1/backup", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer it")
	request.Header.Set("Content-Type", "application/json")
	go func() {
		if response, err := b.client.Do(request); err == nil {
			response.Body.Close()
		}
	}()
	<-admin.begun
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	go func() { _ = b.server.Shutdown(ctx) }() // the box's own end looks at the error
	select {
	case err := <-admin.ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the backup ended with %v", err)
		}
	case <-ctx.Done():
		t.Error("the backup goes on")
	}
}

// endlessAdmin has a backup that ends only when it is told to.
type endlessAdmin struct {
	adminStub
	begun chan struct{}
	ended chan error
}

func (a endlessAdmin) Backup(ctx context.Context, _ io.Writer) error {
	close(a.begun)
	<-ctx.Done()
	a.ended <- ctx.Err()
	return ctx.Err()
}

func TestAnEmptyListIsAListAndAnUnknownThingIsNotFound(t *testing.T) {
	b := openBox(t)
	if a := b.ask(t, "it", "GET", "/api/v1/devices", ""); strings.TrimSpace(string(a.body)) != "[]" {
		t.Errorf("no devices are %s", a.body)
	}
	for _, path := range []string{"/api/v1/visits/v_unknown", "/api/v1/visits/" + ownVisit + "/", "/api/v1/phrases/xx", "/kiosk/", "/nothing"} {
		wantProblem(t, b.ask(t, "supervisor", "GET", path, ""), 404, branch.CodeNotFound)
	}
	wantProblem(t, b.ask(t, "supervisor", "POST", "/api/v1/pages/p_unknown/accept", `{}`), 404, branch.CodeNotFound)
	wantProblem(t, b.ask(t, "supervisor", "GET", "/api/v1/visits", ""), 405, branch.CodeMethodNotAllowed)
	phrases := b.ask(t, "hall", "GET", "/api/v1/phrases/en", "")
	if phrases.status != 200 || phrases.header.Get("Content-Type") != "application/json" {
		t.Errorf("the catalogue: %d %s", phrases.status, phrases.header.Get("Content-Type"))
	}
	paper := b.ask(t, "it", "GET", "/api/v1/devices/printer-1/paper", "")
	if paper.status != 200 || paper.header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("the paper: %d %s", paper.status, paper.header.Get("Content-Type"))
	}
}

func TestAClipIsWAVAndWhatIsNoneIsNotFound(t *testing.T) {
	b := openBox(t)
	const speech = "/api/v1/speech/"
	if a := b.ask(t, "hall", "GET", speech+ownClip, ""); a.status != 200 || a.header.Get("Content-Type") != "audio/wav" || string(a.body) != "RIFF" {
		t.Errorf("a clip: %d %s %q", a.status, a.header.Get("Content-Type"), a.body)
	}
	for _, clip := range []string{strings.Repeat("0", 32), strings.ToUpper(ownClip), ownClip + "0", ownClip[1:], "x", "..%2f..%2fvisit.key"} {
		wantProblem(t, b.ask(t, "hall", "GET", speech+clip, ""), 404, branch.CodeNotFound)
	}
	mute := b.ask(t, "hall", "GET", speech+muteClip, "")
	wantProblem(t, mute, 503, branch.CodeBusy)
	if mute.header.Get("Retry-After") != "60" {
		t.Errorf("a box without a voice says to ask again after %q s", mute.header.Get("Retry-After"))
	}
}

func TestADaysReportHasItsListsAndADayIsADate(t *testing.T) {
	b := openBox(t)
	report := b.ask(t, "supervisor", "GET", "/api/v1/reports/day/2026-11-23", "")
	if text := string(report.body); report.status != 200 || !strings.Contains(text, `"tickets":3`) || strings.Contains(text, "null") {
		t.Errorf("the report: %d %s", report.status, text)
	}
	wantProblem(t, b.ask(t, "supervisor", "GET", "/api/v1/reports/day/2026-11-24", ""), 404, branch.CodeNotFound)
	for _, day := range []string{"2026-11-31", "20261123", "2026-11-23T00:00:00Z", "x"} {
		p := wantProblem(t, b.ask(t, "supervisor", "GET", "/api/v1/reports/day/"+day, ""), 422, branch.CodeInvalid)
		if len(p.Errors) != 1 || p.Errors[0].Field != "day" {
			t.Errorf("%s: %+v", day, p.Errors)
		}
	}
}

func TestTheQROfAVisitIsForWhoeverHasItsKeyAndForNobodyElse(t *testing.T) {
	b := openBox(t)
	path := "/api/v1/visits/" + ownVisit + "/qr"
	for _, header := range [][]string{
		{"Authorization", "Bearer kiosk", "Visit-Key", b.keeper.VisitKey(ownVisit)},
		{"Cookie", b.visitCookie(t)},
	} {
		picture := b.ask(t, "", "GET", path, "", header...)
		if picture.status != 200 || picture.header.Get("Content-Type") != "image/svg+xml" || string(picture.body) != "<svg>"+ownVisit+"</svg>" {
			t.Errorf("the picture: %d %s %s", picture.status, picture.header.Get("Content-Type"), picture.body)
		}
		if cache := picture.header.Get("Cache-Control"); cache != "no-store" {
			t.Errorf("the picture may be kept: %q", cache)
		}
	}
	wantProblem(t, b.ask(t, "kiosk", "GET", path, ""), 403, branch.CodeForbidden)
	wantProblem(t, b.ask(t, "kiosk", "GET", path, "", "Visit-Key", b.keeper.VisitKey(foreignVisit)), 403, branch.CodeForbidden)
	gone := "v_01J0000000000000000000000Z"
	wantProblem(t, b.ask(t, "kiosk", "GET", "/api/v1/visits/"+gone+"/qr", "", "Visit-Key", b.keeper.VisitKey(branch.VisitID(gone))),
		404, branch.CodeNotFound)
}

// Whoever guesses ids must not learn which of them are pages of others.
func TestToCustomersAnUnknownPageIsAsOneOfOthers(t *testing.T) {
	b := openBox(t)
	b.engine.answer = answerEverything
	foreign := wantProblem(t, b.ask(t, "kiosk", "POST", "/api/v1/pages/"+foreignPage+"/cancel", `{}`), 403, branch.CodeForbidden)
	unknown := wantProblem(t, b.ask(t, "kiosk", "POST", "/api/v1/pages/p_unknown/cancel", `{}`), 403, branch.CodeForbidden)
	if foreign.Detail != unknown.Detail {
		t.Errorf("%q for a page of others, %q for none", foreign.Detail, unknown.Detail)
	}
	wantStatus(t, b.ask(t, "kiosk", "POST", "/api/v1/pages/"+ownPage+"/cancel", `{}`), 200)
	wantProblem(t, b.ask(t, "counter", "POST", "/api/v1/pages/p_unknown/cancel", `{}`), 404, branch.CodeNotFound)
}
