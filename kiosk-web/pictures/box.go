package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
)

// box is the server that the pictures are of.
type box struct {
	ctx     context.Context
	url     string
	process *exec.Cmd
}

// startBox starts the demo branch on an empty data folder and a free port.
func startBox(ctx context.Context, binary, data string) (*box, error) {
	b := &box{ctx: ctx, process: exec.CommandContext(ctx, binary, "serve", "--data", data, "--listen", "127.0.0.1:0")}
	stdout, err := b.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := b.process.Start(); err != nil {
		return nil, fmt.Errorf("%w; build it first: make build", err)
	}
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if url, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			b.url = url
			return b, nil
		}
	}
	return nil, errors.New("the box did not start")
}

func (b *box) stop() {
	_ = b.process.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	_ = b.process.Wait()
}

// made is what the answers to commands have in common.
type made struct {
	ID     string `json:"id"`
	Ticket string `json:"ticket"`
	Key    string `json:"key"`
}

// body is what a command says.
type body map[string]any

// post gives the box a command as the owner of a token.
func (b *box) post(token, path string, command body) made {
	var answer made
	if err := b.ask(token, path, command, &answer); err != nil {
		panic(failure{fmt.Errorf("POST %s: %w", path, err)})
	}
	return answer
}

// ask is post for what may be refused.
func (b *box) ask(token, path string, command body, answer *made) error {
	if command == nil {
		command = body{}
	}
	raw, err := json.Marshal(command)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(b.ctx, http.MethodPost, b.url+"/api/v1/"+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s: %s", response.Status, said)
	}
	if len(said) == 0 {
		return nil
	}
	return json.Unmarshal(said, answer)
}
