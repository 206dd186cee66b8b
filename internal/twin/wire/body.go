package wire

import (
	"bytes"
	"io"
	"net/http"
)

// firstRead is how much memory a body gets before it is read, in bytes, however
// large its sender says it is.
const firstRead = 1 << 20

// readBody is a body that has been read. Who reads it as a stream gets it anew.
type readBody struct {
	bytes.Reader
	text []byte
}

// Close does nothing: the body is in memory.
func (*readBody) Close() error { return nil }

// ReadBody returns the whole body of r. It reads the body once: whoever calls it
// again gets the same bytes, and r.Body starts at the first of them. Nobody may
// change them.
func ReadBody(r *http.Request) ([]byte, error) {
	if b, ok := r.Body.(*readBody); ok {
		return b.text, nil
	}
	if r.Body == nil {
		return nil, nil
	}
	text := bytes.NewBuffer(make([]byte, 0, min(max(r.ContentLength, 0), firstRead)+bytes.MinRead))
	if _, err := text.ReadFrom(io.Reader(r.Body)); err != nil {
		return nil, err
	}
	b := &readBody{text: text.Bytes()}
	b.Reset(b.text)
	r.Body = b
	return b.text, nil
}
