package app

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// listen opens a loopback address. Anything else is refused: without TLS every
// token would cross the network for all to read.
func listen(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: give an address and a port, such as 127.0.0.1:8080", address)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("--listen %s: the box speaks no TLS yet, so it listens on loopback only, such as 127.0.0.1:8080", address)
	}
	return net.Listen("tcp", address)
}

// hostNames are the Host headers of a listener on loopback. On the port of http
// clients leave the port out.
func hostNames(l net.Listener) []string {
	address := l.Addr().(*net.TCPAddr)
	port := strconv.Itoa(address.Port)
	names := []string{net.JoinHostPort("127.0.0.1", port), net.JoinHostPort("localhost", port), address.String()}
	if address.Port == httpPort {
		for _, name := range names {
			names = append(names, strings.TrimSuffix(name, ":"+port))
		}
	}
	return names
}

const httpPort = 80

// longestSocket is how many bytes the path of a unix socket may have on every
// system.
const longestSocket = 103

// listenSocket opens the admin socket. One that a dead process left is removed:
// the lock of the data folder already says that no other box runs here.
func listenSocket(path string) (net.Listener, error) {
	if len(path) > longestSocket {
		return nil, fmt.Errorf("the admin socket %s cannot be made: its path may have %d bytes; choose a shorter data folder", path, longestSocket)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("the admin socket cannot be made: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// closeDoor closes a listener, unless it is closed.
func closeDoor(l net.Listener) error {
	if err := l.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
