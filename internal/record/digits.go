package record

import (
	"encoding/binary"
	"math/bits"
	"strconv"
)

// putUint writes a number in decimal, and returns its end.
func putUint(buf []byte, at int, n uint64) int {
	if n >= 1e8 {
		return at + len(strconv.AppendUint(buf[at:at:len(buf)], n, 10))
	}
	text := decimal8(uint32(n))
	zeros := bits.TrailingZeros64(text|1<<56) / 8 // the leading zeros; the last digit is never one of them
	binary.LittleEndian.PutUint64(buf[at:], (text|0x3030303030303030)>>(8*zeros))
	return at + 8 - zeros
}

// decimal8 returns the eight decimal digits of a number below 10^8, with one digit in each
// byte and the first digit in the lowest byte. It splits the number into groups of four,
// two and one digits, all groups in one word. Multiplying by 10486/2^20 divides by 100, and
// multiplying by 103/2^10 divides by 10. Both are exact for numbers of this size.
func decimal8(n uint32) uint64 {
	x := uint64(n/10000) | uint64(n%10000)<<32
	hundreds := x * 10486 >> 20 & 0x0000007f0000007f
	x = hundreds | (x-hundreds*100)<<16
	tens := x * 103 >> 10 & 0x000f000f000f000f
	return tens | (x-tens*10)<<8
}

// putPadded writes a number with width digits, including leading zeros, and returns its end.
func putPadded(buf []byte, at, width int, n uint64) int {
	for i := at + width - 1; i >= at; i-- {
		buf[i] = byte('0' + n%10)
		n /= 10
	}
	return at + width
}

// hex8 returns the eight hexadecimal digits of n as text, with the first digit in the lowest
// byte. It moves each byte of n to every second byte, and then each half to its own byte.
func hex8(n uint32) uint64 {
	x := uint64(bits.ReverseBytes32(n))
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x>>4 | x<<8) & 0x0f0f0f0f0f0f0f0f
	letters := (x + 0x0606060606060606) >> 4 & 0x0101010101010101 // 1 in each byte whose digit is above 9
	return x + 0x3030303030303030 + letters*('a'-'0'-10)
}

// putHex writes the lowest hexadecimal digits of n, at most eight, and returns their end.
func putHex(buf []byte, at int, n uint32, digits int) int {
	binary.LittleEndian.PutUint64(buf[at:], hex8(n)>>(64-8*digits))
	return at + digits
}
