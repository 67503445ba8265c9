package kioskweb_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// faults collects what a tab must never do: complain in the console, throw,
// breach its content security policy, open a dialog.
type faults struct {
	lock    sync.Mutex
	heard   []string
	allowed []string
}

// add notes a fault.
func (f *faults) add(format string, args ...any) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.heard = append(f.heard, fmt.Sprintf(format, args...))
}

// allow lets these complaints pass, by their exact text as a failed test prints
// it. It is for requests that fail while a test keeps the box down, nothing else:
// see lost.
func (p *tab) allow(texts ...string) {
	p.faults.lock.Lock()
	defer p.faults.lock.Unlock()
	p.faults.allowed = append(p.faults.allowed, texts...)
}

// lost lists what Chromium says of requests to url that a box refuses or leaves
// unanswered because it is down; a url may begin with ws.
func lost(url string) []string {
	var texts []string
	for _, cause := range []string{"CONNECTION_REFUSED", "CONNECTION_RESET", "EMPTY_RESPONSE", "CONNECTION_CLOSED", "SOCKET_NOT_CONNECTED", "INCOMPLETE_CHUNKED_ENCODING", "CONTENT_LENGTH_MISMATCH"} {
		if strings.HasPrefix(url, "ws") {
			texts = append(texts, fmt.Sprintf("error: WebSocket connection to '%s' failed: Error in connection establishment: net::ERR_%s", url, cause))
		} else {
			texts = append(texts, fmt.Sprintf("error: Failed to load resource: net::ERR_%s (%s)", cause, url))
		}
	}
	return append(texts, fmt.Sprintf("error: WebSocket connection to '%s' failed: ", url))
}

// heard returns the faults so far that are not allowed. Chromium sends events in
// order, so the answer to a question comes after all that happened before it.
func (p *tab) heard() []string {
	if _, err := do(p, chromedp.Evaluate[chromedp.Void]("0")); err != nil {
		return []string{"the tab is gone: " + err.Error()}
	}
	p.faults.lock.Lock()
	defer p.faults.lock.Unlock()
	return slices.DeleteFunc(slices.Clone(p.faults.heard), func(text string) bool {
		return slices.Contains(p.faults.allowed, text)
	})
}

// hear notes the faults among the events of the tab. It must not wait.
func (p *tab) hear(event any) {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" || e.Type == "assert" {
			p.faults.add("console.%s: %s", e.Type, arguments(e.Args))
		}
	case *runtime.EventExceptionThrown:
		p.faults.add("exception: %s", thrown(e.ExceptionDetails))
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			p.faults.add("%s: %s%s", e.Entry.Level, e.Entry.Text, where(e.Entry))
		}
	case *audits.EventIssueAdded:
		if breach := e.Issue.Details.ContentSecurityPolicyIssueDetails; breach != nil {
			p.faults.add("breach of policy: %s %s %s", breach.ViolatedDirective, breach.ContentSecurityPolicyViolationType, breach.BlockedURL)
		}
	case *page.EventJavascriptDialogOpening:
		p.faults.add("dialog: %s %q", e.Type, e.Message)
		go call(p, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
	}
}

// where says which address a message of the network is about.
func where(entry *log.Entry) string {
	if entry.Source != log.EntrySourceNetwork || entry.URL == "" || strings.Contains(entry.Text, entry.URL) {
		return ""
	}
	return " (" + entry.URL + ")"
}

// arguments writes what was given to the console.
func arguments(list []*runtime.RemoteObject) string {
	var words []string
	for _, object := range list {
		if object.Description != "" {
			words = append(words, object.Description)
		} else {
			words = append(words, strings.Trim(string(object.Value), `"`))
		}
	}
	return strings.Join(words, " ")
}

// thrown writes an exception with where it came from.
func thrown(e *runtime.ExceptionDetails) string {
	text := e.Text
	if e.Exception != nil {
		text += " " + e.Exception.Description
	}
	return fmt.Sprintf("%s (%s:%d)", text, e.URL, e.LineNumber+1)
}

func TestWhateverGoesWrongInATabIsHeard(t *testing.T) {
	site := pages(t)
	tests := map[string]struct{ script, want string }{
		"console error":    {`console.error('no', 'ticket')`, "console.error: no ticket"},
		"console warning":  {`console.warn('odd')`, "console.warning: odd"},
		"assertion":        {`console.assert(false, 'not so')`, "console.assert: not so"},
		"exception":        {`setTimeout(() => { throw new Error('broken') })`, "exception: Uncaught Error: broken"},
		"rejected promise": {`Promise.reject(new Error('lost'))`, "exception: Uncaught (in promise) Error: lost"},
		"missing file":     {`fetch('/missing')`, "error: Failed to load resource: the server responded with a status of 404 (Not Found) (" + site + "/missing)"},
		"dialog":           {`setTimeout(() => alert('hello'))`, `dialog: alert "hello"`},
		"inline style":     {`document.body.setAttribute('style', 'color: red')`, "breach of policy: style-src-attr"},
		"plain text as HTML": {`try { document.body.innerHTML = '<b>x</b>' } catch {}`,
			"breach of policy: require-trusted-types-for"},
		"a foreign picture": {`document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.2:9/x.png'}))`, "breach of policy: img-src"},
	}
	p := newProfile(t).open(site+"/testdata/pages/calm.html", desk)
	if got := p.heard(); len(got) != 0 {
		t.Fatalf("a calm page is at fault: %v", got)
	}
	for name, test := range tests {
		p.run(test.script + "; 0")
		var got []string
		eventually(t, patience, name+" is heard as "+test.want, func() bool {
			got = p.heard()
			return slices.ContainsFunc(got, func(text string) bool { return strings.HasPrefix(text, test.want) })
		})
		p.allow(p.heard()...) // else this test fails, as it should
	}
}

func TestOnlyWhatIsAllowedByItsExactTextPasses(t *testing.T) {
	p := newProfile(t).open(pages(t)+"/testdata/pages/calm.html", desk)
	p.run(`console.error('one'); console.error('one two')`)
	p.allow("console.error: one")
	if got := p.heard(); !slices.Equal(got, []string{"console.error: one two"}) {
		t.Errorf("heard %q", got)
	}
	p.allow("console.error: one two")
}

func TestRequestsThatFailBecauseTheBoxIsDownCanBeAllowed(t *testing.T) {
	server := site(t)
	p := newProfile(t).open(server.URL+"/testdata/pages/calm.html", desk)
	server.CloseClientConnections()
	server.Close()
	request, socket := server.URL+"/api/v1/branch", strings.Replace(server.URL, "http", "ws", 1)+"/api/v1/live"
	p.run(fmt.Sprintf(`fetch(%q).catch(() => 0)`, request))
	p.run(fmt.Sprintf(`new Promise(done => { new WebSocket(%q).onerror = done; }).then(() => 0)`, socket))
	eventually(t, patience, "two complaints", func() bool { return len(p.heard()) == 2 })
	p.allow(lost(request)...)
	if got := p.heard(); len(got) != 1 {
		t.Errorf("with the request allowed: %q", got)
	}
	p.allow(lost(socket)...)
	if got := p.heard(); len(got) != 0 {
		t.Errorf("with both allowed: %q", got)
	}
}

func TestTheVendoredLibraryRendersUnderThePolicyOfTheBox(t *testing.T) {
	p := newProfile(t).open(pages(t)+"/testdata/pages/lit.html", desk)
	p.until("the ticket is shown", `document.querySelector('p')?.textContent === 'A017'`)
}
