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
	p.data = append(p.data, b...)
}

func (p *packer) string(s string) {
	p.number(uint64(len(s)))
	p.data = append(p.data, s...)
}

// unpacker reads what packer wrote. After the first error everything is zero
// and err tells it.
type unpacker struct {
	data []byte
	err  error
}

func (u *unpacker) number() uint64 {
	n, used := binary.Uvarint(u.data)
	return advance(u, n, used)
}

func (u *unpacker) signed() int64 {
	n, used := binary.Varint(u.data)
	return advance(u, n, used)
}

func advance[T uint64 | int64](u *unpacker, n T, used int) T {
	if u.err != nil || used <= 0 {
		u.err = errCut
		return 0
	}
	u.data = u.data[used:]
	return n
}

// fixed returns the next n bytes; they are not a copy.
func (u *unpacker) fixed(n uint64) []byte {
	if u.err != nil || n > uint64(len(u.data)) {
		u.err = errCut
		return nil
	}
	b := u.data[:n:n]
	u.data = u.data[n:]
	return b
}

func (u *unpacker) bytes() []byte  { return u.fixed(u.number()) }
func (u *unpacker) string() string { return string(u.bytes()) }
