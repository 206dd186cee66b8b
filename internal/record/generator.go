package record

import (
	"math/bits"
	"slices"
	"time"
)

// Template is a compiled record template. It doesn't change, and any number of
// Generators may share it. Use [Parse].
type Template struct {
	steps []step
	room  int // for the longest record, and for what is written too much
	dates int // how many of the steps are dates
}

// step is a text that every record has, and the value that follows it.
type step struct {
	text  chunked
	value op
}

// op makes a part of a record. It writes where there is room, without asking for
// more: each record's room is made at once.
type op interface {
	// room is the length of the longest text that put writes.
	room() int
	// put writes a text to buf at an offset and returns where it ends. It may write
	// as much as [slack] behind that, since copies of a fixed size are fast.
	put(buf []byte, at int, g *Generator) int
}

// Generator renders a template, record after record. It isn't for use by several
// goroutines at once. Use [NewGenerator].
type Generator struct {
	template *Template
	seed     uint64
	next     uint64 // number of the next record
	state    uint64 // of the random numbers, within a record

	at    time.Time // of the record
	dates []shownDate
}

// NewGenerator returns a Generator of t's records, from record 0 on. A record is
// made of its seed, its number and its time, and of nothing else: so several
// Generators that share a template's records between them make what one would.
func NewGenerator(t *Template, seed uint64) *Generator {
	return &Generator{template: t, seed: seed, dates: make([]shownDate, t.dates)}
}

// Seek makes record n, counted from 0, the next.
func (g *Generator) Seek(n uint64) { g.next = n }

// Append appends the next record, as of a time, to dst, with the newline that ends
// it, and returns the extended slice. It allocates nothing else. Dates are in at's
// zone. There is always a next record: the error is nil.
func (g *Generator) Append(dst []byte, at time.Time) ([]byte, error) {
	if at != g.at {
		g.setTime(at)
	}
	g.state = mix(g.seed + g.next*golden)
	g.next++
	start := len(dst)
	if cap(dst)-start < g.template.room {
		dst = slices.Grow(dst, g.template.room)
	}
	buf, end := dst[:cap(dst)], start
	for i := range g.template.steps {
		s := &g.template.steps[i]
		putChunks(buf[end:], s.text.text, s.text.length)
		end = s.value.put(buf, end+s.text.length, g)
	}
	return dst[:end], nil
}

func (g *Generator) setTime(at time.Time) {
	g.at = at
	for i := range g.dates {
		g.dates[i].known = false
	}
}

// golden is 2^64 divided by the golden ratio: multiples of it are far apart.
const golden = 0x9e3779b97f4a7c15

// mix scatters numbers that are close together. It is the finalizer of SplitMix64.
//
// Source: https://prng.di.unimi.it/splitmix64.c
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// bits returns 64 random bits, by wyrand.
//
// Source: https://github.com/wangyi-fudan/wyhash
func (g *Generator) bits() uint64 {
	g.state += 0xa0761d6478bd642f
	high, low := bits.Mul64(g.state, g.state^0xe7037ed1a0b428db)
	return high ^ low
}

// random returns a number from 0 up to but not 1, with the 32 bits which KDG's
// random numbers have.
func (g *Generator) random() float64 { return float64(g.bits()>>32) / (1 << 32) }

// below returns a number from 0 up to but not n, with 32 random bits in it.
func (g *Generator) below(n int) int { return int(g.bits() >> 32 * uint64(n) >> 32) }
