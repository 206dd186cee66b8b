package produce

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
)

// pairs are the two base64 characters for each 12 bits, the first in the lower byte.
// It isn't changed.
var pairs = func() (table [1 << 12]uint16) {
	var text [4]byte
	for bits := range table {
		base64.StdEncoding.Encode(text[:], []byte{byte(bits >> 4), byte(bits << 4), 0})
		table[bits] = binary.LittleEndian.Uint16(text[:])
	}
	return table
}()

// appendBase64 appends data as base64, six bytes at a time: about twice as fast as
// the standard library, in which this would be half of a request's making.
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
