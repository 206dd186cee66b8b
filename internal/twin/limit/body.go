package limit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// afterwards is how long a client has to send the rest of a body that nobody
// wanted. The server reads a little of it, to use the connection again.
const afterwards = time.Second

// body is a request's body, within the limits.
type body struct {
	*handler
	request *http.Request
	in      io.ReadCloser
	conn    *http.ResponseController
	begun   time.Time
	read    int64
	most    int64 // bytes that may be read
	rate    int64 // bytes a second that have to come
	held    int64 // bytes of memory that are reserved
	ended   bool  // all of it has been read
	err     error // since when nothing more is read
}

func (h *handler) newBody(w http.ResponseWriter, r *http.Request) *body {
	return &body{
		handler: h, request: r, in: r.Body, conn: http.NewResponseController(w),
		most: h.Bounds.Stream, rate: h.Bounds.StreamRate,
	}
}

// Hold reserves memory for the whole body. It is called before the body is read,
// at most once; the memory is free again when the request has been served. A body
// that is too large is a *[http.MaxBytesError], before it is read.
func (b *body) Hold() error {
	b.most, b.rate = b.MaxHeld(b.request), b.Bounds.Rate
	if b.request.ContentLength > b.most {
		b.err = &http.MaxBytesError{Limit: b.most}
		return b.err
	}
	size := b.request.ContentLength
	if size < 0 { // unknown
		size = b.most
	}
	ctx, cancel := context.WithTimeout(b.request.Context(), b.Bounds.Wait)
	defer cancel()
	if err := b.memory.Acquire(ctx, size); err != nil {
		b.err = &wire.Error{
			Status: http.StatusServiceUnavailable, Code: "ServiceUnavailable",
			Message: fmt.Sprintf("the local twin holds %d bytes of requests, and has no room for more; try again", b.Bounds.Memory),
		}
		return b.err
	}
	b.held = size
	return nil
}

// Read reads what has arrived. It returns an error if nothing arrives for too
// long, or too little, or too much.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.begun.IsZero() {
		b.begun = time.Now()
	}
	b.setDeadline(b.deadline())
	n, err := b.in.Read(p)
	b.read += int64(n)
	switch {
	case b.read > b.most:
		b.err = &http.MaxBytesError{Limit: b.most}
	case errors.Is(err, os.ErrDeadlineExceeded):
		b.err = &wire.Error{Code: "RequestTimeout", Message: fmt.Sprintf(
			"%d bytes of the request's body have arrived in %v: that is too slow, or it has stalled", b.read, time.Since(b.begun).Round(time.Second))}
	default:
		b.err = err
	}
	if errors.Is(err, io.EOF) {
		b.ended = true
		b.setDeadline(time.Time{}) // an answer may take as long as it likes
	}
	return n, b.err
}

// deadline returns until when something has to arrive.
func (b *body) deadline() time.Time {
	due := time.Duration(float64(b.read) / float64(b.rate) * float64(time.Second))
	slow, stalled := b.begun.Add(b.Bounds.Grace+due), time.Now().Add(b.Bounds.Stall)
	if slow.Before(stalled) {
		return slow
	}
	return stalled
}

// Close is for the server to call.
func (b *body) Close() error { return b.in.Close() }

// finish frees the memory, and gives the client a moment for what it still sends.
func (b *body) finish() {
	b.memory.Release(b.held)
	if !b.ended {
		b.setDeadline(time.Now().Add(afterwards))
	}
}

// setDeadline sets until when the connection can be read from. Without a
// connection, as in tests of handlers, there is nothing to set.
func (b *body) setDeadline(t time.Time) { _ = b.conn.SetReadDeadline(t) }
