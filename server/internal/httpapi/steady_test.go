package httpapi_test

import (
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"handrail/server/internal/httpapi"
)

// scarce is a listener of a system that is short of files for a while.
type scarce struct {
	net.Listener
	left atomic.Int32
}

func (l *scarce) Accept() (net.Conn, error) {
	if l.left.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
	return l.Listener.Accept()
}

func TestABoxThatIsOutOfFilesForAWhileServesOn(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := &scarce{Listener: tcp}
	listener.left.Store(3)
	b := &box{engine: &engineStub{}, live: &liveStub{}, addr: tcp.Addr().String(), keeper: newKeeper(t)}
	server := httpapi.New(b.config())
	serveUntilEnd(t, server, func() error { return server.Serve(listener) })
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get("http://" + tcp.Addr().String() + "/healthz")
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("the box answers %s", res.Status)
	}
}
