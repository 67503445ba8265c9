package hub

import (
	"bytes"
	"net"
	"slices"
	"testing"
)

// pieces is a connection that keeps each write by itself.
type pieces struct {
	net.Conn
	sizes []int
	all   []byte
}

func (p *pieces) Write(b []byte) (int, error) {
	p.sizes = append(p.sizes, len(b))
	p.all = append(p.all, b...)
	return len(b), nil
}

func TestSmallWritesGoOutTogetherAndInOrder(t *testing.T) {
	var out pieces
	c := &cork{Conn: &out}
	var want []byte
	write := func(size int) {
		p := bytes.Repeat([]byte{byte(len(want))}, size)
		want = append(want, p...)
		if n, err := c.Write(p); n != size || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
	}
	write(10) // not held
	c.hold()
	write(20)
	write(30)
	write(corkSize + 1) // too large to gather
	write(corkSize)
	write(1)
	if err := c.release(); err != nil {
		t.Fatal(err)
	}
	write(40)
	if wantSizes := []int{10, 50, corkSize + 1, corkSize, 1, 40}; !slices.Equal(out.sizes, wantSizes) {
		t.Errorf("written in pieces of %v, want %v", out.sizes, wantSizes)
	}
	if !bytes.Equal(out.all, want) {
		t.Error("the bytes are not those written, in their order")
	}
}
