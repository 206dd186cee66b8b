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

// appendBase64 appends data to dst in base64. It encodes 24 bytes at a time, which is
// faster than encoding/base64. Base64 and SHA-256 are most of the cost of a request: see
// the row "lab records encoded and signed" of make bench.
func appendBase64(dst, data []byte) []byte {
	start := len(dst)
	length := base64.StdEncoding.EncodedLen(len(data))
	dst = slices.Grow(dst, length)[:start+length]
	to := dst[start:]
	for len(data) >= 26 && len(to) >= 32 { // encodeSix reads 8 bytes, so the last call reads up to byte 26
		from, text := (*[26]byte)(data), (*[32]byte)(to)
		encodeSix(text[0:8], from[0:8])
		encodeSix(text[8:16], from[6:14])
		encodeSix(text[16:24], from[12:20])
		encodeSix(text[24:32], from[18:26])
		data, to = data[24:], to[32:]
	}
	base64.StdEncoding.Encode(to, data)
	return dst
}

// encodeSix encodes the first six of eight bytes as eight base64 characters.
func encodeSix(to, from []byte) {
	bits := binary.BigEndian.Uint64(from)
	binary.LittleEndian.PutUint64(to, uint64(pairs[bits>>52])|uint64(pairs[bits>>40&0xfff])<<16|
		uint64(pairs[bits>>28&0xfff])<<32|uint64(pairs[bits>>16&0xfff])<<48)
}
