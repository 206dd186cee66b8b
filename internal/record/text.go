package record

const (
	// chunk is the number of bytes that are copied at once.
	chunk = 32
	// slack is the highest number of bytes that an op can write after its text.
	slack = 2 * chunk
)

// chunked is an op that prints a constant text.
type chunked struct {
	text   []byte // the text and a chunk of zeros, so that whole chunks can be copied
	length int    // the length of the text
}

func chunkedText(text string) chunked {
	return chunked{append([]byte(text), make([]byte, chunk)...), len(text)}
}

// literal returns an op that prints a constant text.
func literal(text string) op { return chunkedText(text) }

func (p chunked) String() string { return string(p.text[:p.length]) }

func (p chunked) room() int { return p.length }

func (p chunked) put(buf []byte, at int, _ *Generator) int {
	putChunks(buf[at:], p.text, p.length)
	return at + p.length
}

// putChunks copies a text in whole chunks, so it can copy more bytes than length. Most texts
// are shorter than one chunk.
func putChunks(to, text []byte, length int) {
	putChunk((*[chunk]byte)(to), (*[chunk]byte)(text))
	if length > chunk {
		putRest(to, text, length)
	}
}

// putRest copies the chunks of a text after the first one.
func putRest(to, text []byte, length int) {
	for done := chunk; done < length; done += chunk {
		putChunk((*[chunk]byte)(to[done:]), (*[chunk]byte)(text[done:]))
	}
}

// putChunk copies a chunk in two halves. Go copies arrays of this size without a function
// call, but not larger ones.
func putChunk(to, from *[chunk]byte) {
	*(*[chunk / 2]byte)(to[:]) = *(*[chunk / 2]byte)(from[:])
	*(*[chunk / 2]byte)(to[chunk/2:]) = *(*[chunk / 2]byte)(from[chunk/2:])
}

// sequence is an op that prints several ops one after another.
type sequence []op

func (s sequence) room() int {
	sum := 0
	for _, o := range s {
		sum += o.room()
	}
	return sum
}

func (s sequence) put(buf []byte, at int, g *Generator) int {
	for _, o := range s {
		at = o.put(buf, at, g)
	}
	return at
}

// oneOf is an op that prints one of several ops. All are equally likely.
type oneOf []op

func (o oneOf) room() int {
	most := 0
	for _, alternative := range o {
		most = max(most, alternative.room())
	}
	return most
}

func (o oneOf) put(buf []byte, at int, g *Generator) int {
	return o[g.below(len(o))].put(buf, at, g)
}

// repeated is an op that prints another op several times, with a constant text between. The
// number of times is random, from least to most.
type repeated struct {
	what        op
	between     string
	least, most int
}

func (r repeated) room() int { return max(0, r.most*(r.what.room()+len(r.between))) }

func (r repeated) put(buf []byte, at int, g *Generator) int {
	times := r.least
	if r.most > r.least {
		times += g.below(r.most - r.least + 1)
	}
	for i := range times {
		if i > 0 {
			at += copy(buf[at:], r.between)
		}
		at = r.what.put(buf, at, g)
	}
	return at
}
