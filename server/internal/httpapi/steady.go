package httpapi

import (
	"errors"
	"net"
	"slices"
	"syscall"
	"time"
)

// acceptPause is how long a listener waits for what the system is short of.
const acceptPause = 20 * time.Millisecond

// steady is a listener that outlives a shortage: fasthttp takes every error of
// Accept for the end, so that whoever opens more connections than the box may
// have files would end the box.
type steady struct{ net.Listener }

// Accept waits for a connection, and for what it takes to have one.
func (l steady) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if !isShortage(err) {
			return conn, err
		}
		time.Sleep(acceptPause)
	}
}

// isShortage reports whether the next Accept may succeed although this one has
// not: the connection is gone, or there is no file, buffer or memory for it now.
func isShortage(err error) bool {
	shortages := []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED}
	return slices.ContainsFunc(shortages, func(e syscall.Errno) bool { return errors.Is(err, e) })
}
