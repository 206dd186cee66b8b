package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Memory for a body is allocated in two steps. The first is for firstRead bytes. When
// these have arrived, the second is for as many as Content-Length says, but at most
// maxBelieved.
const (
	firstRead   = 256 << 10
	maxBelieved = 16 << 20
)

// readBody is a body that has been read. Who reads it as a stream gets it anew.
type readBody struct {
	bytes.Reader
	text []byte
}

// holder is a body that has to be asked before it is read into memory.
type holder interface{ Hold() error }

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
	if b, ok := r.Body.(holder); ok {
		if err := b.Hold(); err != nil {
			return nil, err
		}
	}
	size := min(max(r.ContentLength, 0), maxBelieved) + bytes.MinRead
	text := bytes.NewBuffer(make([]byte, 0, min(size, firstRead)))
	n, err := io.CopyN(text, r.Body, firstRead)
	if err == nil {
		text.Grow(int(max(size-n, 0)))
		_, err = text.ReadFrom(r.Body)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	b := &readBody{text: text.Bytes()}
	b.Reset(b.text)
	r.Body = b
	return b.text, nil
}

// BodyError words an error of [ReadBody] as AWS does.
func BodyError(err error) *Error {
	if refused := new(Error); errors.As(err, &refused) {
		return refused
	}
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return &Error{
			Status: http.StatusRequestEntityTooLarge, Code: "RequestEntityTooLarge",
			Message: fmt.Sprintf("a request's body may have at most %d bytes", tooLarge.Limit),
		}
	}
	return Errorf("IncompleteBody", "read the request: %v", err)
}
