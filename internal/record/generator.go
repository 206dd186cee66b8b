package record

import (
	"math/rand/v2"
	"time"
)

// op is one step of a compiled template: it appends a part of a record.
type op interface {
	append(dst []byte, g *Generator) []byte
}

// Template is a compiled record template. It doesn't change, and any number of
// Generators may share it. Use [Parse].
type Template struct{ ops []op }

// Generator renders a template, record after record. It isn't for use by several
// goroutines at once. Use [NewGenerator].
type Generator struct {
	ops   []op
	rng   rand.PCG
	clock func() time.Time
}

// NewGenerator returns a Generator of t's records. Equal seeds and clocks give
// equal bytes. Clock is asked for each date; date.now prints it in the zone that
// clock returns. Nil means time.Now.
func NewGenerator(t *Template, seed uint64, clock func() time.Time) *Generator {
	if clock == nil {
		clock = time.Now
	}
	g := &Generator{ops: t.ops, clock: clock}
	g.rng.Seed(seed, seed)
	return g
}

// Append appends the next record to dst, with the newline that ends it, and
// returns the extended slice. It allocates nothing else.
func (g *Generator) Append(dst []byte) []byte {
	for _, o := range g.ops {
		dst = o.append(dst, g)
	}
	return dst
}

// random returns a number from 0 up to but not 1, with the 32 bits which KDG's
// random numbers have.
func (g *Generator) random() float64 {
	return float64(g.rng.Uint64()>>32) / (1 << 32)
}

// literal is text that every record has.
type literal string

func (l literal) append(dst []byte, _ *Generator) []byte { return append(dst, l...) }
