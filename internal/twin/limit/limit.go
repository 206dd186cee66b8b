package limit

import (
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"
)

// Bounds are the limits for all requests.
type Bounds struct {
	// Connections is the most open connections. A further client waits until one is
	// closed.
	Connections int
	// Requests is the most concurrent requests. A further request is refused.
	Requests int64
	// Memory is the most bytes of bodies in memory. A further request waits until memory
	// is free. It is refused after Wait.
	Memory int64
	Wait   time.Duration
	// HeaderBytes is the most bytes in a request's headers, and HeaderTime the time in
	// which they must arrive.
	HeaderBytes int
	HeaderTime  time.Duration
	// Idle is the time after which a connection without a request is closed.
	Idle time.Duration
	// Stall is the longest time in which a client may send no byte of a body, or receive
	// no byte of a response.
	Stall time.Duration
	// Rate is the least bytes per second of a body that is read into memory, and
	// StreamRate of a body that is read as a stream. Both apply when Grace has passed
	// since the first read.
	Rate, StreamRate int64
	Grace            time.Duration
	// Stream is the most bytes in a body that is read as a stream.
	Stream int64
	// Drain is the time that a client has, after the response, for the rest of a body
	// that the handler did not read. The server reads a part of it, so that the
	// connection can serve further requests.
	Drain time.Duration
}

// Default returns the twin's bounds. They are wide enough for any client of AWS on the
// same machine.
func Default() Bounds {
	return Bounds{
		Connections: 1024,
		Requests:    256,
		Memory:      128 << 20, Wait: 30 * time.Second,
		// S3 accepts headers of 8 KB. A presigned URL and a session token are additional.
		// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
		HeaderBytes: 32 << 10, HeaderTime: 10 * time.Second,
		Idle:  2 * time.Minute, // the SDKs close idle connections earlier
		Stall: 30 * time.Second,
		Rate:  256 << 10, StreamRate: 16 << 10, Grace: 10 * time.Second,
		// The largest PUT of S3, and 2 % more for the aws-chunked encoding.
		Stream: 5<<30 + 5<<30/50,
		Drain:  time.Second,
	}
}

// Options configure a server.
type Options struct {
	Bounds Bounds
	// Next handles the requests.
	Next http.Handler
	// MaxHeld returns the most bytes in the body of a request if the body is read into
	// memory.
	MaxHeld func(*http.Request) int64
	// Exempt reports whether a request is served even if Bounds.Requests others are:
	// one on which another request may depend.
	Exempt func(*http.Request) bool
	// Busy responds to a request that is refused because of Bounds.Requests.
	Busy http.HandlerFunc
}

// Limits of an HTTP/2 connection: its concurrent requests, and the bytes of their bodies
// that have arrived and that no handler has read. The latter has the smallest value that
// HTTP/2 allows.
//
// Source: https://www.rfc-editor.org/rfc/rfc9113#section-6.9.2
const (
	streams       = 100
	receiveBuffer = 1<<16 - 1
)

// handler is the handler of the server that [New] returns.
type handler struct {
	Options
	requests, memory *semaphore.Weighted
}

// New returns a server with the limits, for a listener from [Listener]. It also supports
// unencrypted HTTP/2, which the AWS SDK for JavaScript uses for Kinesis.
func New(o Options) *http.Server {
	protocols := &http.Protocols{}
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Protocols: protocols, HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: streams, MaxReceiveBufferPerConnection: receiveBuffer, MaxReceiveBufferPerStream: receiveBuffer,
		},
		Handler:           &handler{o, semaphore.NewWeighted(o.Bounds.Requests), semaphore.NewWeighted(o.Bounds.Memory)},
		ReadHeaderTimeout: o.Bounds.HeaderTime, MaxHeaderBytes: o.Bounds.HeaderBytes, IdleTimeout: o.Bounds.Idle,
	}
}

// ServeHTTP serves a request within the limits.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	response := newWriter(w, h.Bounds)
	defer response.finish()
	if !h.Exempt(r) {
		if !h.requests.TryAcquire(1) {
			w.Header().Set("Connection", "close")
			h.Busy(response, r)
			return
		}
		defer h.requests.Release(1)
	}
	if r.Body == http.NoBody {
		h.Next.ServeHTTP(response, r)
		return
	}
	b := h.newBody(w, r)
	defer b.finish()
	limited := *r
	limited.Body = b
	h.Next.ServeHTTP(response, &limited)
}
