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

// body is a request's body that enforces the limits.
type body struct {
	*handler
	request *http.Request
	in      io.ReadCloser // the body as the client sends it
	conn    *http.ResponseController
	begun   time.Time // time of the first Read; zero before
	read    int64     // bytes that were read
	most    int64     // bytes that may be read
	rate    int64     // bytes that must arrive per second
	held    int64     // bytes of memory that are reserved
	ended   bool      // the whole body has been read
	err     error     // what each further Read returns; nil before an error
}

func (h *handler) newBody(w http.ResponseWriter, r *http.Request) *body {
	return &body{
		handler: h, request: r, in: r.Body, conn: http.NewResponseController(w),
		most: h.Bounds.Stream, rate: h.Bounds.StreamRate,
	}
}

// Hold reserves memory for the whole body until the request has been served. It must be
// called before the body is read, and at most once. If the body's Content-Length is too
// large, it returns an *[http.MaxBytesError].
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
			Message: fmt.Sprintf("no memory for the body: the bodies of all requests together may have %d bytes in the local twin; try again", b.Bounds.Memory),
		}
		return b.err
	}
	b.held = size
	return nil
}

// Read reads bytes of the body. It returns an error if the body is too large, arrives
// too slowly, or stalls.
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
			"the request's body stalled or arrived too slowly: %d bytes in %v", b.read, time.Since(b.begun).Round(time.Second))}
	default:
		b.err = err
	}
	if errors.Is(err, io.EOF) {
		b.ended = true
		b.setDeadline(time.Time{}) // the time until the response is not limited
	}
	return n, b.err
}

// deadline returns the time by which further bytes must arrive.
func (b *body) deadline() time.Time {
	due := time.Duration(float64(b.read) / float64(b.rate) * float64(time.Second))
	slow, stalled := b.begun.Add(b.Bounds.Grace+due), time.Now().Add(b.Bounds.Stall)
	if slow.Before(stalled) {
		return slow
	}
	return stalled
}

// Close closes the body. The HTTP server calls it.
func (b *body) Close() error { return b.in.Close() }

// finish frees the memory after the request has been served. If the handler has not read
// the whole body, it sets a deadline for the rest.
func (b *body) finish() {
	b.memory.Release(b.held)
	if !b.ended {
		b.setDeadline(time.Now().Add(b.Bounds.Drain))
	}
}

// setDeadline sets the deadline for reads from the connection. It has no effect if there
// is no connection, as in tests of handlers.
func (b *body) setDeadline(t time.Time) { _ = b.conn.SetReadDeadline(t) }
