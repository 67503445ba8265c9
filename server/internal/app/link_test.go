package app

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"handrail/devices/qr"
	"handrail/server/internal/branch"
	"handrail/server/internal/queue"
	"handrail/server/internal/wire"
)

// taken is a ticket taken at the kiosk over HTTP.
func taken(b *box) (visit wire.Visit) {
	b.t.Helper()
	r, err := b.send(http.MethodPost, "/api/v1/visits", "demo-kiosk", wire.CreateVisit{Service: "cash", Language: "en"})
	if err != nil || json.Unmarshal(r.body, &visit) != nil || visit.Key == "" {
		b.t.Fatalf("%d %s %v", r.status, r.body, err)
	}
	return visit
}

// TestTheSlipAndTheScreenLeadToTheVisit follows a ticket's link from the paper
// and from the kiosk to the session of the customer's phone.
func TestTheSlipAndTheScreenLeadToTheVisit(t *testing.T) {
	out := new(journal)
	b := serve(t, folder(t), clockAt(t, "2026-11-23 10:00"), setup{out: out})
	defer b.shut()
	visit := taken(b)
	code, err := qr.Of(b.url + "/enter#" + visit.Key)
	if err != nil {
		t.Fatal(err)
	}
	path := "/api/v1/visits/" + visit.ID + "/qr"
	key := http.Header{"Visit-Key": {visit.Key}}
	r, err := b.sendWith(http.MethodGet, path, "demo-kiosk", nil, key.Clone())
	if err != nil || r.status != http.StatusOK || r.header.Get("Content-Type") != "image/svg+xml" || !bytes.Equal(r.body, code.SVG()) {
		t.Errorf("the screen: %d %v %s (%v)", r.status, r.header, r.body, err)
	}
	eventually(t, "the slip is on paper", func() bool {
		return bytes.Contains(b.get("/api/v1/devices/printer-1/paper", "demo-it", nil), []byte(`d="`+code.Path()+`"`))
	})
	if r, err := b.send(http.MethodPost, "/api/v1/session", "", wire.SignIn{Token: visit.Key}); err != nil || r.status != http.StatusNoContent {
		t.Errorf("signing in with what the code says: %d %s (%v)", r.status, r.body, err)
	}
	for token, header := range map[string]http.Header{"demo-kiosk": {}, "demo-supervisor": key, "demo-counter": key, "demo-it": key, "demo-pager": key} {
		if r, err := b.sendWith(http.MethodGet, path, token, nil, header.Clone()); err != nil || r.status != http.StatusForbidden {
			t.Errorf("%s is answered %d %s (%v)", token, r.status, r.body, err)
		}
	}
	if said := out.String(); strings.Contains(said, visit.Key) {
		t.Errorf("the box writes %s", said)
	}
	b.must(supervisor(), queue.CloseDay{})
	eventually(t, "the paper is cut", func() bool {
		return !bytes.Contains(b.get("/api/v1/devices/printer-1/paper", "demo-it", nil), []byte(visit.Ticket))
	})
}

// TestALinkIsTheSameAfterARestart takes a ticket before and asks after.
func TestALinkIsTheSameAfterARestart(t *testing.T) {
	dir := folder(t)
	b := quiet(t, dir, clockAt(t, "2026-11-23 10:00"), setup{})
	visit := b.ticket("cash")
	first := b.link(visit)
	b.shut()
	b = quiet(t, dir, b.clock.after(0), setup{})
	defer b.shut()
	if again := b.link(visit); again != first || b.link(branch.VisitID("v_other")) == first {
		t.Errorf("the link is %s, and then %s", first, again)
	}
}
