package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Memory for a body is allocated in two steps. The first step allocates at most
// firstRead bytes. When these have arrived, the second step allocates the rest of
// Content-Length, but at most maxAllocated bytes in all. A longer body makes the memory
// grow further as it arrives.
const (
	firstRead    = 256 << 10
	maxAllocated = 16 << 20
)

// readBody is a body that ReadBody has read. As an io.Reader it starts at the first byte
// again.
type readBody struct {
	bytes.Reader
	text []byte
}

// holder is a body whose Hold must be called before the body is read into memory. Hold
// reserves the memory.
type holder interface{ Hold() error }

// Close does nothing: the body is in memory.
func (*readBody) Close() error { return nil }

// ReadBody returns the whole body of r. It reads the body only once: further calls
// return the same bytes, and r.Body starts at the first byte again. Callers must not
// change the bytes.
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
	size := min(max(r.ContentLength, 0), maxAllocated) + bytes.MinRead
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

// BodyError converts an error of [ReadBody] to the error response of AWS.
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
