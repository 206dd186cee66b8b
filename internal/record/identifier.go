package record

import "strconv"

const hex = "0123456789abcdef"

// uuid is a random UUID of version 4.
type uuid struct{}

func (uuid) append(dst []byte, g *Generator) []byte {
	high, low := g.rng.Uint64(), g.rng.Uint64()
	high = high&^0xf000 | 0x4000
	low = low&^(0xc0<<56) | 0x80<<56
	dst = appendHex(dst, high>>32, 8)
	dst = appendHex(append(dst, '-'), high>>16, 4)
	dst = appendHex(append(dst, '-'), high, 4)
	dst = appendHex(append(dst, '-'), low>>48, 4)
	return appendHex(append(dst, '-'), low, 12)
}

// appendHex appends the lowest digits of v.
func appendHex(dst []byte, v uint64, digits int) []byte {
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		dst = append(dst, hex[v>>shift&0xf])
	}
	return dst
}

// ip is an IPv4 address.
type ip struct{}

func (ip) append(dst []byte, g *Generator) []byte {
	v := g.rng.Uint64()
	for i := range 4 {
		if i > 0 {
			dst = append(dst, '.')
		}
		dst = strconv.AppendUint(dst, v>>(8*i)&0xff, 10)
	}
	return dst
}

// mac is a MAC address.
type mac struct{}

func (mac) append(dst []byte, g *Generator) []byte {
	v := g.rng.Uint64()
	for i := range 6 {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = appendHex(dst, v>>(8*i), 2)
	}
	return dst
}

// characters is one of some ASCII characters.
type characters string

func (c characters) append(dst []byte, g *Generator) []byte {
	return append(dst, c[int(g.random()*float64(len(c)))])
}
