package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"handrail/server/internal/wire"
)

// Remote is a running box as the command line sees it: over its admin socket,
// or over HTTP with a token.
type Remote struct {
	client *http.Client
	// name is what an error calls the box.
	name, base, token string
}

// Dial returns the box at url; nothing is sent yet.
func Dial(url, token string) *Remote {
	return &Remote{client: http.DefaultClient, name: url, base: strings.TrimSuffix(url, "/"), token: token}
}

// DialSocket returns the box that listens on the admin socket of a data folder;
// nothing is sent yet.
func DialSocket(data string) *Remote {
	path := socketPath(data)
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
	return &Remote{
		client: &http.Client{Transport: &http.Transport{DialContext: dial}},
		name:   "the box of " + data, base: "http://admin",
	}
}

// socketPath is where a box takes commands of its own machine.
func socketPath(data string) string { return filepath.Join(data, "admin.sock") }

// CreateToken makes a token; its secret is in the answer. place is the kiosk,
// hall or counter it belongs to, or the person of a pager.
func (r *Remote) CreateToken(ctx context.Context, role, place, note string) (wire.Token, error) {
	var token wire.Token
	body := wire.CreateToken{Role: role, Place: place, Note: note}
	return token, r.call(ctx, http.MethodPost, "/api/v1/tokens", body, &token)
}

// Tokens lists the tokens in force.
func (r *Remote) Tokens(ctx context.Context) ([]wire.Token, error) {
	var tokens []wire.Token
	return tokens, r.call(ctx, http.MethodGet, "/api/v1/tokens", nil, &tokens)
}

// RevokeToken ends a token.
func (r *Remote) RevokeToken(ctx context.Context, id string) error {
	return r.call(ctx, http.MethodDelete, "/api/v1/tokens/"+url.PathEscape(id), nil, nil)
}

// Events returns a piece of the log after a cursor; an empty piece is the end.
func (r *Remote) Events(ctx context.Context, after string) (wire.EventList, error) {
	var list wire.EventList
	query := url.Values{"limit": {"1000"}}
	if after != "" {
		query.Set("after", after)
	}
	return list, r.call(ctx, http.MethodGet, "/api/v1/events?"+query.Encode(), nil, &list)
}

// Verify replays the log and compares it with every snapshot.
func (r *Remote) Verify(ctx context.Context) (wire.VerifyReport, error) {
	var report wire.VerifyReport
	return report, r.call(ctx, http.MethodPost, "/api/v1/verify", struct{}{}, &report)
}

// Alive returns an error when no box answers, or not soon.
func (r *Remote) Alive(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, aliveLimit)
	defer cancel()
	return r.call(ctx, http.MethodGet, "/healthz", nil, nil)
}

// aliveLimit is how long a box may take to say that it lives.
const aliveLimit = 5 * time.Second

// Ready returns an error that says why the box is not ready.
func (r *Remote) Ready(ctx context.Context) error {
	return r.call(ctx, http.MethodGet, "/readyz", nil, nil)
}

// Backup copies a backup to w.
func (r *Remote) Backup(ctx context.Context, w io.Writer) error {
	response, err := r.send(ctx, http.MethodPost, "/api/v1/backup", struct{}{})
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(w, response.Body)
	return err
}

// call sends body, if any, and reads the answer into answer, if any.
func (r *Remote) call(ctx context.Context, method, path string, body, answer any) error {
	response, err := r.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if answer == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

// send returns the response of a request that the box took; its refusal is an
// error.
func (r *Remote) send(ctx context.Context, method, path string, body any) (*http.Response, error) {
	var payload bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&payload).Encode(body); err != nil {
			return nil, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, r.base+path, &payload)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if r.token != "" {
		request.Header.Set("Authorization", "Bearer "+r.token)
	}
	response, err := r.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%s does not answer: %w", r.name, errors.Unwrap(err)) // without the address that Do adds
	}
	if response.StatusCode >= http.StatusBadRequest {
		defer response.Body.Close()
		return nil, refusal(response)
	}
	return response, nil
}

// refusal reads the problem of a refused request.
func refusal(response *http.Response) error {
	var problem wire.Problem
	if json.NewDecoder(response.Body).Decode(&problem) != nil || problem.Code == "" {
		return fmt.Errorf("the box answered %s", response.Status)
	}
	sentence := problem.Code + ": " + problem.Detail
	for _, field := range problem.Errors {
		sentence += "\n  " + field.Field + " " + field.Message
	}
	return errors.New(sentence)
}
