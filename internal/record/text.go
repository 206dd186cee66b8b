package record

// chunk is how many bytes are copied at a time, and slack how many an op may write
// behind its text at most.
const (
	chunk = 32
	slack = 2 * chunk
)

// chunked is a text with a chunk of zeros behind it, so that it can be copied in
// whole chunks.
type chunked struct {
	text   []byte
	length int
}

func chunkedText(text string) chunked {
	return chunked{append([]byte(text), make([]byte, chunk)...), len(text)}
}

// literal returns an op for a text that every record has.
func literal(text string) op { return chunkedText(text) }

func (p chunked) String() string { return string(p.text[:p.length]) }

func (p chunked) room() int { return p.length }

func (p chunked) put(buf []byte, at int, _ *Generator) int {
	putChunks(buf[at:], p.text, p.length)
	return at + p.length
}

// putChunks copies a text of a length, in chunks that may end behind it. It is a
// loop of few rounds, if any: most texts are shorter than a chunk.
func putChunks(to, text []byte, length int) {
	putChunk((*[chunk]byte)(to), (*[chunk]byte)(text))
	if length > chunk {
		putRest(to, text, length)
	}
}

func putRest(to, text []byte, length int) {
	for done := chunk; done < length; done += chunk {
		putChunk((*[chunk]byte)(to[done:]), (*[chunk]byte)(text[done:]))
	}
}

// putChunk copies half a chunk after the other: of more at once, Go would make a
// call.
func putChunk(to, from *[chunk]byte) {
	*(*[chunk / 2]byte)(to[:]) = *(*[chunk / 2]byte)(from[:])
	*(*[chunk / 2]byte)(to[chunk/2:]) = *(*[chunk / 2]byte)(from[chunk/2:])
}

// sequence is ops one after another.
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

// oneOf is one of some ops, each as likely as the others.
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

// repeated is a text several times, as often as a number between least and most,
// with another text between.
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
