package record

import (
	"math/bits"
	"slices"
	"time"
)

// Template is a compiled record template, returned by [Parse]. It is immutable, so several
// Generators can share it.
type Template struct {
	steps []step
	room  int // the bytes that the longest record needs, including slack
	dates int // the number of date ops in steps
}

// step is a part of the template: a constant text and the value after it.
type step struct {
	text  chunked
	value op
}

// op prints one value of a record. It writes into a buffer that is large enough for the
// whole record, so it doesn't check the capacity.
type op interface {
	// room returns the length of the longest text that put writes.
	room() int
	// put writes a text into buf at the offset at, and returns the offset of its end. It
	// can overwrite up to [slack] bytes after the end, since copies of a fixed size are
	// faster.
	put(buf []byte, at int, g *Generator) int
}

// Generator renders records of a template, one after another. Create it with
// [NewGenerator]. A Generator must not be used by several goroutines at the same time.
type Generator struct {
	template *Template
	seed     uint64
	next     uint64 // the number of the next record
	state    uint64 // the state of the random number generator within a record

	at    time.Time       // the time of the record
	dates []formattedDate // the text of each date op at that time
}

// NewGenerator returns a Generator for the records of t, beginning with record 0. A record
// depends only on the template, the seed, its number and its time. So several Generators
// can each render a part of the records, and together they render the same records as one
// Generator.
func NewGenerator(t *Template, seed uint64) *Generator {
	return &Generator{template: t, seed: seed, dates: make([]formattedDate, t.dates)}
}

// Seek sets the number of the next record to n. Numbers begin with 0.
func (g *Generator) Seek(n uint64) { g.next = n }

// Append appends the next record and a newline to dst, and returns the extended slice. It
// allocates memory only if dst is too small. at is the time of the record. Its time zone is
// that of the dates in the record. The error is always nil.
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

// setTime sets the time of the record, and forgets the formatted dates.
func (g *Generator) setTime(at time.Time) {
	g.at = at
	for i := range g.dates {
		g.dates[i].valid = false
	}
}

// golden is 2^64 divided by the golden ratio. Its multiples modulo 2^64 are far apart from
// each other.
const golden = 0x9e3779b97f4a7c15

// mix maps similar numbers to very different ones. It is the finalizer of SplitMix64.
//
// Source: https://prng.di.unimi.it/splitmix64.c
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// bits returns 64 random bits, computed by the algorithm wyrand.
//
// Source: https://github.com/wangyi-fudan/wyhash
func (g *Generator) bits() uint64 {
	g.state += 0xa0761d6478bd642f
	high, low := bits.Mul64(g.state, g.state^0xe7037ed1a0b428db)
	return high ^ low
}

// random returns a random number that is at least 0 and below 1. It has 32 random bits, like
// the random numbers of KDG.
func (g *Generator) random() float64 { return float64(g.bits()>>32) / (1 << 32) }

// below returns a random whole number that is at least 0 and below n. It is computed from 32
// random bits.
func (g *Generator) below(n int) int { return int(g.bits() >> 32 * uint64(n) >> 32) }
