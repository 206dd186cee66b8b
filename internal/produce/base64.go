package produce

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
)

// pairs maps each value of 12 bits to its two base64 characters. The first character is
// in the low byte. It is not changed after initialization.
var pairs = func() (table [1 << 12]uint16) {
	var text [4]byte
	for bits := range table {
		base64.StdEncoding.Encode(text[:], []byte{byte(bits >> 4), byte(bits << 4), 0})
		table[bits] = binary.LittleEndian.Uint16(text[:])
	}
	return table
}()

// appendBase64 appends data to dst in base64. It encodes six bytes at a time, which is
// faster than encoding/base64, and base64 is a large part of the cost of a request: see
// the rows "base64" of make bench.
func appendBase64(dst, data []byte) []byte {
	start := len(dst)
	length := base64.StdEncoding.EncodedLen(len(data))
	dst = slices.Grow(dst, length)[:start+length]
	to := dst[start:]
	for len(data) >= 8 && len(to) >= 8 {
		bits := binary.BigEndian.Uint64(data)
		binary.LittleEndian.PutUint64(to, uint64(pairs[bits>>52])|uint64(pairs[bits>>40&0xfff])<<16|
			uint64(pairs[bits>>28&0xfff])<<32|uint64(pairs[bits>>16&0xfff])<<48)
		data, to = data[6:], to[8:]
	}
	base64.StdEncoding.Encode(to, data)
	return dst
}
