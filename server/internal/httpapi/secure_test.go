package httpapi_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handrail/server/internal/branch"
	"handrail/server/internal/httpapi"
)

// raw sends bytes as they are over a connection of the network and returns the
// answer's status and headers.
func raw(t *testing.T, network, address, request string) *http.Response {
	t.Helper()
	conn, err := net.DialTimeout(network, address, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("no answer to %.60q: %v", request, err)
	}
	return response
}

func TestOnlyTheBoxsOwnHostIsAnswered(t *testing.T) {
	b := openBox(t)
	_, port, _ := net.SplitHostPort(b.addr)
	for name, request := range map[string]string{
		"evil":               "GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n",
		"evil with our port": "GET /healthz HTTP/1.1\r\nHost: evil.example:" + port + "\r\n\r\n",
		"no port":            "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
		"trailing dot":       "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1.:" + port + "\r\n\r\n",
		"IPv6 literal":       "GET /healthz HTTP/1.1\r\nHost: [::1]:" + port + "\r\n\r\n",
		"mapped IPv6":        "GET /healthz HTTP/1.1\r\nHost: [::ffff:127.0.0.1]:" + port + "\r\n\r\n",
		"user part":          "GET /healthz HTTP/1.1\r\nHost: " + b.addr + "@evil.example\r\n\r\n",
		"absolute form":      "GET http://evil.example/healthz HTTP/1.1\r\nHost: " + b.addr + "\r\n\r\n",
		"no host":            "GET /healthz HTTP/1.0\r\n\r\n",
		"unknown route":      "GET /nothing HTTP/1.1\r\nHost: evil.example\r\n\r\n",
		"unknown method":     "BREW /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n",
	} {
		response := raw(t, "tcp", b.addr, request)
		if response.StatusCode != http.StatusMisdirectedRequest || response.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", name, response.StatusCode, response.Header.Get("Content-Type"))
		}
	}
	good := raw(t, "tcp", b.addr, "GET /healthz HTTP/1.1\r\nHost: "+b.addr+"\r\n\r\n")
	if good.StatusCode != http.StatusOK {
		t.Errorf("our own host: %d", good.StatusCode)
	}
}

func TestTwoHostHeadersAreNotAnswered(t *testing.T) {
	b := openBox(t)
	for _, hosts := range [][2]string{{b.addr, "evil.example"}, {"evil.example", b.addr}} {
		response := raw(t, "tcp", b.addr, "GET /healthz HTTP/1.1\r\nHost: "+hosts[0]+"\r\nHost: "+hosts[1]+"\r\n\r\n")
		if response.StatusCode/100 != 4 {
			t.Errorf("hosts %v: %d", hosts, response.StatusCode)
		}
	}
}

func TestTheAdminSocketActsAsITWhateverTheHost(t *testing.T) {
	b := openBox(t)
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "admin.sock"))
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = b.server.Serve(listener) }() // ended by the box's Shutdown
	for path, status := range map[string]int{"/api/v1/status": 200, "/api/v1/tokens": 200, "/api/v1/pages": 403} {
		response := raw(t, "unix", listener.Addr().String(), "GET "+path+" HTTP/1.1\r\nHost: admin\r\n\r\n")
		if response.StatusCode != status {
			t.Errorf("%s: %d, want %d", path, response.StatusCode, status)
		}
	}
	wantProblem(t, b.ask(t, "", "GET", "/api/v1/status", ""), http.StatusUnauthorized, branch.CodeUnauthenticated)
}

// Every route that changes something, and the upgrade, asks where it comes from.
func TestAChangeFromAnotherOriginIsForbidden(t *testing.T) {
	b := openBox(t)
	b.engine.answer = answerEverything
	good := "http://" + b.addr
	for _, route := range b.server.Routes() {
		upgrade := strings.HasSuffix(route.Path, "/live")
		if route.Method == http.MethodGet && !upgrade {
			continue
		}
		path := strings.Replace(route.Path, "{id}", ownVisit, 1)
		header := []string{"Cookie", b.roleCookie(t, "supervisor")}
		if upgrade {
			path += "?topics=pages"
			header = append(header, upgradeHeaders()...)
		}
		for _, origin := range []string{"http://evil.example", "null", "https://" + b.addr, good + ".evil.example", good + "/", ""} {
			a := b.ask(t, "", route.Method, path, bodyOf(route.Path), append(header, "Origin", origin)...)
			if p := a.problem(t); a.status != http.StatusForbidden || !strings.Contains(p.Detail, "origin") {
				t.Errorf("%s %s from %q: %d %s", route.Method, path, origin, a.status, a.body)
			}
		}
		a := b.ask(t, "", route.Method, path, bodyOf(route.Path), append(header, "Origin", good)...)
		if strings.Contains(string(a.body), "origin") {
			t.Errorf("%s %s from our own origin: %d %s", route.Method, path, a.status, a.body)
		}
	}
}

func TestATokenWithoutOriginIsNoTrickedBrowser(t *testing.T) {
	b := openBox(t)
	wantStatus(t, b.ask(t, "supervisor", "POST", "/api/v1/day/open", `{}`), http.StatusNoContent)
	a := b.ask(t, "supervisor", "POST", "/api/v1/day/open", `{}`, "Origin", "http://evil.example")
	wantProblem(t, a, http.StatusForbidden, branch.CodeForbidden)
}

func TestABodyThatIsNotSaidToBeJSONIsRefused(t *testing.T) {
	b := openBox(t)
	for _, route := range b.server.Routes() {
		if route.Method != http.MethodPost {
			continue
		}
		path := strings.Replace(route.Path, "{id}", ownVisit, 1)
		for _, contentType := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
			"application/json; charset=utf-16", "application/xml", "json"} {
			a := b.ask(t, "it", "POST", path, bodyOf(route.Path), "Content-Type", contentType)
			if a.problem(t).Code != string(branch.CodeUnsupportedMediaType) || a.status != 415 {
				t.Errorf("%s as %q: %d %s", path, contentType, a.status, a.body)
			}
		}
	}
	for _, contentType := range []string{"application/json", "application/json; charset=UTF-8", "Application/JSON"} {
		a := b.ask(t, "supervisor", "POST", "/api/v1/day/open", `{}`, "Content-Type", contentType)
		wantStatus(t, a, http.StatusNoContent)
	}
}

func wantSecureHeaders(t *testing.T, what string, header http.Header) {
	t.Helper()
	for name, value := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Cache-Control": "no-store", "X-Frame-Options": "DENY",
	} {
		if header.Get(name) != value {
			t.Errorf("%s: %s is %q", what, name, header.Get(name))
		}
	}
	csp := header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types lit-html"} {
		if !strings.Contains(csp, part) {
			t.Errorf("%s: the policy %q lacks %q", what, csp, part)
		}
	}
	if strings.Contains(csp, "unsafe") {
		t.Errorf("%s: the policy is %q", what, csp)
	}
	for name := range header {
		if strings.HasPrefix(name, "Access-Control-") || name == "Server" {
			t.Errorf("%s: there is a header %s", what, name)
		}
	}
}

func TestEveryAnswerHasTheSecureHeaders(t *testing.T) {
	b := openBox(t)
	b.engine.answer = answerEverything
	for _, route := range b.server.Routes() {
		for _, role := range []branch.Role{branch.RoleSupervisor, branch.RoleIT, branch.RoleHall, ""} {
			a := b.askAs(t, role, route, true)
			what := fmt.Sprint(route, " as ", role, ": ", a.status)
			if isScreen(route) {
				wantFenced(t, what, a.header)
				continue
			}
			wantSecureHeaders(t, what, a.header)
		}
	}
}

func TestRefusalsOfHTTPItselfAreProblemsWithTheSecureHeaders(t *testing.T) {
	b := openBox(t)
	host := "\r\nHost: " + b.addr + "\r\n"
	auth := "Authorization: Bearer supervisor\r\nContent-Type: application/json\r\n"
	big := strings.Repeat("x", 1<<20)
	for name, c := range map[string]struct {
		request string
		status  int
	}{
		"unknown route":      {"GET /nothing HTTP/1.1" + host + "\r\n", 404},
		"other method":       {"PUT /healthz HTTP/1.1" + host + "\r\n", 405},
		"unknown method":     {"BREW /healthz HTTP/1.1" + host + "\r\n", 405},
		"preflight":          {"OPTIONS /api/v1/visits HTTP/1.1" + host + "Origin: http://evil.example\r\n\r\n", 405},
		"other host":         {"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
		"not HTTP":           {"hello\r\n\r\n", 400},
		"body of 1 MB":       {"POST /api/v1/visits HTTP/1.1" + host + auth + "Content-Length: 1048576\r\n\r\n" + big[:1000], 413},
		"header of 1 MB":     {"GET /healthz HTTP/1.1" + host + "X: " + big + "\r\n\r\n", 413},
		"announced 4 GB":     {"POST /api/v1/visits HTTP/1.1" + host + auth + "Content-Length: 4294967296\r\n\r\n", 413},
		"two announcements":  {"POST /api/v1/visits HTTP/1.1" + host + auth + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400},
		"broken percent":     {"GET /api/v1/visits/%zz HTTP/1.1" + host + auth + "\r\n", 422},
		"direction in query": {"GET /api/v1/pages?state=%E2%80%AE HTTP/1.1" + host + auth + "\r\n", 422},
		"direction in path":  {"GET /api/v1/visits/%E2%80%AEx HTTP/1.1" + host + auth + "\r\n", 422},
		"control in path":    {"GET /api/v1/visits/%00 HTTP/1.1" + host + auth + "\r\n", 422},
	} {
		response := raw(t, "tcp", b.addr, c.request)
		if response.StatusCode != c.status || response.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s, want %d", name, response.StatusCode, response.Header.Get("Content-Type"), c.status)
		}
		wantSecureHeaders(t, name, response.Header)
	}
}

func TestABodyOf64KiBIsTakenAndOneMoreByteIsNot(t *testing.T) {
	b := openBox(t)
	frame := `{"yaml":""}`
	fill := func(size int) string {
		return `{"yaml":"` + strings.Repeat("x", size-len(frame)-8000) + `"` + strings.Repeat(" ", 8000) + `}`
	}
	wantStatus(t, b.ask(t, "it", "POST", "/api/v1/config/check", fill(64<<10)), http.StatusOK)
	// The announced length is enough: a body that nobody reads resets the
	// connection, with luck before its answer was read.
	response := raw(t, "tcp", b.addr, fmt.Sprintf("POST /api/v1/config/check HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer it\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n", b.addr, 64<<10+1))
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	wantProblem(t, answer{response.StatusCode, response.Header, body}, 413, branch.CodeTooLarge)
}

func TestABackupIsStreamedWhole(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	b := openBox(t, func(c *httpapi.Config) { c.Admin = adminStub{backup: content} })
	a := b.ask(t, "it", "POST", "/api/v1/backup", ``)
	wantStatus(t, a, http.StatusOK)
	if !bytes.Equal(a.body, content) {
		t.Errorf("%d bytes came, want %d", len(a.body), len(content))
	}
	if a.header.Get("Content-Length") != "" {
		t.Error("the backup was held in memory before it was sent")
	}
}
