package record

import "encoding/binary"

// uuid is an op for a random UUID of version 4.
type uuid struct{}

func (uuid) room() int { return 36 }

func (uuid) put(buf []byte, at int, g *Generator) int {
	high, low := g.bits(), g.bits()
	a, b := hex8(uint32(high>>32)), hex8(uint32(high))
	c, d := hex8(uint32(low>>32)), hex8(uint32(low))
	text := (*[36]byte)(buf[at:])
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
	return at + len(text)
}

// ip is an op for a random IPv4 address.
type ip struct{}

func (ip) room() int { return len("255.255.255.255") }

func (ip) put(buf []byte, at int, g *Generator) int {
	v := g.bits()
	for i := range 4 {
		if i > 0 {
			buf[at] = '.'
			at++
		}
		at = putUint(buf, at, v>>(8*i)&0xff)
	}
	return at
}

// mac is an op for a random MAC address.
type mac struct{}

func (mac) room() int { return len("00:00:00:00:00:00") }

func (mac) put(buf []byte, at int, g *Generator) int {
	v := g.bits()
	for i := range 6 {
		if i > 0 {
			buf[at] = ':'
			at++
		}
		at = putHex(buf, at, uint32(v>>(8*i)), 2)
	}
	return at
}

// color is an op for a random RGB color. Each component is the average of a random number up
// to 256 and a base value: that of red, green and blue.
type color [3]float64

func (color) room() int { return len("#000000") }

func (c color) put(buf []byte, at int, g *Generator) int {
	buf[at] = '#'
	at++
	for _, base := range c {
		at = putHex(buf, at, uint32((float64(g.below(257))+base)/2), 2)
	}
	return at
}

// compileColor compiles internet.color. Its arguments are the base values of red, green and
// blue (default: 0).
func compileColor(_ *compiler, args arguments) (op, error) {
	var c color
	for i := range c {
		base, err := args.number(i, 0)
		if err != nil || base < 0 || base > 255 {
			return nil, args.invalid(i, "from 0 to 255")
		}
		c[i] = base
	}
	return c, nil
}
