package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"

	"handrail/server/internal/bench/box"
)

// caller is one keep-alive connection that makes one request at a time. It is
// written by hand because the generator shares its processor cores with the
// box: a request costs two system calls and no allocation.
type caller struct {
	conn net.Conn
	in   *bufio.Reader
	out  []byte
	body []byte
	head string
}

// dialCaller connects to host from the n-th of the callers' addresses.
func dialCaller(host, token string, n int) (*caller, error) {
	dialer := net.Dialer{LocalAddr: box.Address(fromCaller, n/callersPerAddress)}
	conn, err := dialer.Dial("tcp", host)
	if err != nil {
		return nil, err
	}
	return &caller{
		conn: conn, in: bufio.NewReaderSize(conn, 16<<10),
		head: " HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: Bearer " + token +
			"\r\nContent-Type: application/json\r\nIdempotency-Key: ",
	}, nil
}

// post sends body to path and returns the answer's status and body, which is
// valid until the next post.
func (c *caller) post(path, key, body string) (int, []byte, error) {
	c.out = append(c.out[:0], "POST "...)
	c.out = append(c.out, path...)
	c.out = append(c.out, c.head...)
	c.out = append(c.out, key...)
	c.out = append(c.out, "\r\nContent-Length: "...)
	c.out = strconv.AppendInt(c.out, int64(len(body)), 10)
	c.out = append(c.out, "\r\n\r\n"...)
	c.out = append(c.out, body...)
	if _, err := c.conn.Write(c.out); err != nil {
		return 0, nil, err
	}
	return c.answer()
}

// answer reads a response with a Content-Length, which every answer to a
// command has.
func (c *caller) answer() (int, []byte, error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 {
		return 0, nil, fmt.Errorf("not a status line: %q", line)
	}
	status, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return 0, nil, err
	}
	length, err := c.headers()
	if err != nil {
		return 0, nil, err
	}
	c.body = append(c.body[:0], make([]byte, length)...)
	_, err = io.ReadFull(c.in, c.body)
	return status, c.body, err
}

// headers skips the headers and returns the Content-Length; without one there
// is no body.
func (c *caller) headers() (length int, err error) {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			return length, nil
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, err
			}
		}
	}
}

func (c *caller) close() { c.conn.Close() }

// errNoID says that an answer names no visit.
var errNoID = errors.New("the answer names no visit")

// visitOf returns the visit that an answer is about.
func visitOf(body []byte) (string, error) {
	_, rest, found := bytes.Cut(body, []byte(`"id":"`))
	id, _, whole := bytes.Cut(rest, []byte(`"`))
	if !found || !whole {
		return "", errNoID
	}
	return string(id), nil
}

// The kinds of simulated clients; see box.Address.
const (
	fromCaller byte = 40 + iota
	fromWatcher
)

const callersPerAddress = 32
