package eventlog

import (
	"encoding/binary"
	"hash/crc32"
	"runtime/debug"

	"handrail/server/internal/branch"
)

// sumSize is how many bytes a seal takes.
const sumSize = 4

func sum(key, data []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(key, table), table, data)
}

// seal puts a checksum over key and data in front of the data.
func seal(key, data []byte) []byte {
	sealed := make([]byte, sumSize, sumSize+len(data))
	binary.BigEndian.PutUint32(sealed, sum(key, data))
	return append(sealed, data...)
}

// unseal returns the data within; they are not a copy.
func unseal(key, sealed []byte) ([]byte, bool) {
	if len(sealed) < sumSize {
		return nil, false
	}
	data := sealed[sumSize:]
	return data, binary.BigEndian.Uint32(sealed) == sum(key, data)
}

func seqKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

// keySeq reads a key; a foreign one gives zero.
func keySeq(key []byte) uint64 {
	if len(key) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(key)
}

// stamp puts the sequence number of a snapshot in front of it.
func stamp(seq uint64, data []byte) []byte { return append(seqKey(seq), data...) }

// unstamp is its inverse; the data are not a copy.
func unstamp(stamped []byte) (seq uint64, data []byte, ok bool) {
	if len(stamped) < 8 {
		return 0, nil, false
	}
	return keySeq(stamped[:8]), stamped[8:], true
}

// guard runs a read of mapped pages. A broken page makes bbolt panic, or makes
// it follow a number out of the file, which faults; both become damage of the
// file.
func guard(file string, read func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			err = &branch.Damage{File: file, Problem: "its pages are broken"}
		}
	}()
	return read()
}
