package main

import (
	"encoding/binary"
	"math/bits"
)

// start begins the random numbers of the next record. The random numbers of hardcoded are
// those of record.Generator: SplitMix64 for each record, and wyrand within a record.
func (h *hardcoded) start() {
	const golden = 0x9e3779b97f4a7c15
	x := h.seed + h.next*golden
	h.next++
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	h.state = x ^ x>>31
}

// random returns the next random number of the record.
func (h *hardcoded) random() uint64 {
	h.state += 0xa0761d6478bd642f
	high, low := bits.Mul64(h.state, h.state^0xe7037ed1a0b428db)
	return high ^ low
}

// below returns a random number from 0 to n-1.
func (h *hardcoded) below(n int) int { return int(h.random() >> 32 * uint64(n) >> 32) }

// putUUID writes a random UUID of version 4.
func putUUID(text *[36]byte, high, low uint64) {
	a, b, c, d := hexDigits(high>>32), hexDigits(high), hexDigits(low>>32), hexDigits(low)
	binary.LittleEndian.PutUint64(text[0:], a)
	text[8] = '-'
	binary.LittleEndian.PutUint32(text[9:], uint32(b))
	text[13] = '-'
	binary.LittleEndian.PutUint32(text[14:], uint32(b>>32))
	text[14] = '4'
	text[18] = '-'
	binary.LittleEndian.PutUint32(text[19:], uint32(c))
	text[19] = "89ab"[low>>62]
	text[23] = '-'
	binary.LittleEndian.PutUint32(text[24:], uint32(c>>32))
	binary.LittleEndian.PutUint64(text[28:], d)
}

// hexDigits returns the low 32 bits of n as eight hexadecimal digits. The first digit is
// in the low byte.
func hexDigits(n uint64) uint64 {
	x := uint64(bits.ReverseBytes32(uint32(n)))
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x>>4 | x<<8) & 0x0f0f0f0f0f0f0f0f
	letters := (x + 0x0606060606060606) >> 4 & 0x0101010101010101 // 1 in each byte above 9
	return x + 0x3030303030303030 + letters*('a'-'0'-10)
}

// putNumber writes a number of up to eight decimal digits at b[p:] and returns its end.
// It computes all digits at once in one integer: a multiplication by 10486 and a shift by
// 20 bits divide by 100, and a multiplication by 103 and a shift by 10 bits divide by 10.
func putNumber(b *[maxRecord]byte, p int, n uint32) int {
	x := uint64(n/10000) | uint64(n%10000)<<32
	hundreds := x * 10486 >> 20 & 0x0000007f0000007f
	x = hundreds | (x-hundreds*100)<<16
	tens := x * 103 >> 10 & 0x000f000f000f000f
	digits := tens | (x-tens*10)<<8
	zeros := bits.TrailingZeros64(digits|1<<56) / 8 // leading zeros, which are not written
	binary.LittleEndian.PutUint64(b[p:], (digits|0x3030303030303030)>>(8*zeros))
	return p + 8 - zeros
}
