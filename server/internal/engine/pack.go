package engine

import (
	"encoding/binary"
	"errors"
)

// errCut says that packed bytes end too early.
var errCut = errors.New("it ends too early")

// packer writes the engine's own binary forms: numbers as varints, strings with
// their length in front.
type packer struct{ data []byte }

func (p *packer) number(n uint64) { p.data = binary.AppendUvarint(p.data, n) }
func (p *packer) signed(n int64)  { p.data = binary.AppendVarint(p.data, n) }
func (p *packer) fixed(b []byte)  { p.data = append(p.data, b...) }

func (p *packer) bytes(b []byte) {
	p.number(uint64(len(b)))
	p.fixed(b)
}

func (p *packer) string(s string) {
	p.number(uint64(len(s)))
	p.data = append(p.data, s...)
}

// unpacker reads what packer wrote. After the first error everything is zero
// and err tells it.
type unpacker struct {
	data []byte
	at   int
	// text is a copy of data whose memory all strings share, because the memory
	// of a busy day holds very many.
	text string
	err  error
}

func (u *unpacker) number() uint64 {
	n, used := binary.Uvarint(u.data[u.at:])
	u.take(used, used > 0)
	return n
}

func (u *unpacker) signed() int64 {
	n, used := binary.Varint(u.data[u.at:])
	u.take(used, used > 0)
	return n
}

// take moves on by n bytes and returns where they begin.
func (u *unpacker) take(n int, ok bool) (from int, took bool) {
	if u.err != nil || !ok {
		u.err = errCut
		return 0, false
	}
	u.at += n
	return u.at - n, true
}

// length reads a length that lies within the data.
func (u *unpacker) length() (n int, ok bool) {
	long := u.number()
	return int(long), long <= uint64(len(u.data)-u.at)
}

// bytes returns bytes of the input; they are not a copy.
func (u *unpacker) bytes() []byte {
	n, ok := u.length()
	from, ok := u.take(n, ok)
	if !ok {
		return nil
	}
	return u.data[from : from+n : from+n]
}

func (u *unpacker) string() string {
	n, ok := u.length()
	from, ok := u.take(n, ok)
	if !ok {
		return ""
	}
	return u.text[from : from+n]
}

// digest reads a digest.
func (u *unpacker) digest() (d digest) {
	from, ok := u.take(len(d), len(d) <= len(u.data)-u.at)
	if ok {
		copy(d[:], u.data[from:])
	}
	return d
}
