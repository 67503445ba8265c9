package drive

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"handrail/server/internal/wire"
)

const (
	// requestLimit is how long one request may stay unanswered before it is sent
	// again with the same key.
	requestLimit = 10 * time.Second
	// firstRetry and lastRetry bound the pause before a request is repeated.
	firstRetry = 50 * time.Millisecond
	lastRetry  = 2 * time.Second
	// answerLimit is the largest answer that is read, in bytes.
	answerLimit = 16 << 20
	// connsPerAddress stays well below the box's 64 connections per address.
	connsPerAddress = 16
)

// box is where the day is played: its address, the token, and what all clients
// share.
type box struct {
	base  *url.URL
	token string
	keys  *keyring
	tally *tally
}

// newBox reads address, an http or https URL without a path.
func newBox(address, token string) (*box, error) {
	base, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the address of the box: %w", err)
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("the address of the box must look like http://127.0.0.1:8080, not %q", address)
	}
	return &box{base: base, token: token, keys: newKeyring(), tally: newTally()}, nil
}

// keyring makes idempotency keys that no other run makes.
type keyring struct {
	run  string
	next atomic.Uint64
}

func newKeyring() *keyring { return &keyring{run: rand.Text()} }

func (k *keyring) key() string { return fmt.Sprintf("drive-%s-%d", k.run, k.next.Add(1)) }

// tally counts what the box refused and what it did not answer.
type tally struct {
	mu         sync.Mutex
	refused    map[string]int
	unanswered int
}

func newTally() *tally { return &tally{refused: map[string]int{}} }

// count files err: a refusal under its code, anything else as unanswered.
func (t *tally) count(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var r *refusal
	if errors.As(err, &r) {
		t.refused[r.Code]++
		return
	}
	t.unanswered++
}

// totals returns the refusals by code and the number of requests without an
// answer.
func (t *tally) totals() (map[string]int, int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.refused), t.unanswered
}

// refusal is the box's answer to a request that it did not carry out.
type refusal struct {
	wire.Problem
	// After is how long the box asks to wait before the next try.
	After time.Duration
}

func (r *refusal) Error() string {
	return fmt.Sprintf("%s (%d): %s", r.Code, r.Status, cmp.Or(r.Detail, r.Title))
}

// again reports whether the same request, with the same key, may succeed later.
func (r *refusal) again() bool {
	return r.Status == http.StatusServiceUnavailable || r.Status == http.StatusTooManyRequests
}

// refusedWith reports whether err is a refusal with that code.
func refusedWith(err error, code string) bool {
	var r *refusal
	return errors.As(err, &r) && r.Code == code
}

// client speaks the API from one source address.
type client struct {
	*box
	http *http.Client
}

// client returns a client of b that connects from the given source address; see
// source.
func (b *box) client(from net.Addr) *client {
	dialer := &net.Dialer{LocalAddr: from, Timeout: requestLimit}
	return &client{box: b, http: &http.Client{
		Timeout: requestLimit,
		Transport: &http.Transport{
			DialContext:         dialer.DialContext,
			MaxConnsPerHost:     connsPerAddress,
			MaxIdleConnsPerHost: connsPerAddress,
			DisableCompression:  true,
		},
	}}
}

// get reads path into answer, repeating the request until it is answered.
func (c *client) get(ctx context.Context, path string, answer any) error {
	_, err := c.insist(ctx, http.MethodGet, path, nil, answer)
	return err
}

// post sends body to path and reads the answer, if there is one. A request that
// stays unanswered is repeated with the same key, so that it counts once.
func (c *client) post(ctx context.Context, path string, body, answer any) (status int, err error) {
	payload, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	return c.insist(ctx, http.MethodPost, path, payload, answer)
}

// insist sends one request until it is answered with something that a further
// try would not change.
func (c *client) insist(ctx context.Context, method, path string, payload []byte, answer any) (int, error) {
	key := c.keys.key()
	for wait := firstRetry; ; wait = min(2*wait, lastRetry) {
		status, err := c.once(ctx, method, path, key, payload, answer)
		if err == nil {
			return status, nil
		}
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		c.tally.count(err)
		var r *refusal
		if errors.As(err, &r) {
			if !r.again() {
				return r.Status, err
			}
			wait = max(wait, r.After)
		}
		if err := pause(ctx, wait); err != nil {
			return 0, err
		}
	}
}

// once sends one request. An answer outside 2xx is a *refusal.
func (c *client) once(ctx context.Context, method, path, key string, payload []byte, answer any) (int, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base.String()+path, bytes.NewReader(payload))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, answerLimit))
	if err != nil {
		return 0, err
	}
	return res.StatusCode, understand(res, body, answer)
}

// understand reads body into answer, or returns it as a refusal.
func understand(res *http.Response, body []byte, answer any) error {
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return readRefusal(res, body)
	}
	if answer == nil || res.StatusCode == http.StatusNoContent {
		return nil
	}
	return json.Unmarshal(body, answer)
}

// readRefusal reads a problem; an answer that is none, such as the plain 429
// of a full address, is named after its status.
func readRefusal(res *http.Response, body []byte) *refusal {
	r := &refusal{}
	if json.Unmarshal(body, &r.Problem) != nil || r.Code == "" {
		r.Problem = wire.Problem{Code: "http-" + strconv.Itoa(res.StatusCode), Title: http.StatusText(res.StatusCode)}
	}
	r.Status = res.StatusCode
	if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil {
		r.After = time.Duration(seconds) * time.Second
	}
	return r
}

// pause waits for d, or less when ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// The kinds of simulated people and screens, each in its own part of
// 127.0.0.0/8: the box allows 64 connections per address.
const (
	fromDoor byte = 10 + iota
	fromCounter
	fromScreen
)

// source returns the n-th source address of a kind, for a box on loopback; nil,
// which lets the system choose, for any other.
func (b *box) source(kind byte, n int) net.Addr {
	ip := net.ParseIP(b.base.Hostname())
	if b.base.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback() || ip.To4() == nil) {
		return nil
	}
	return &net.TCPAddr{IP: net.IPv4(127, kind, byte(n/250), byte(n%250+1))}
}
