package limit

import (
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"
)

// Bounds are the limits that all requests have in common.
type Bounds struct {
	// Connections are open at once. Further ones wait until one is closed.
	Connections int
	// Requests are served at once. Further ones are refused.
	Requests int64
	// Memory is how many bytes of bodies are held at once. Further ones wait, but
	// not longer than Wait.
	Memory int64
	Wait   time.Duration
	// HeaderBytes is how long a request's headers may be, and HeaderTime how long
	// they may take.
	HeaderBytes int
	HeaderTime  time.Duration
	// Idle is how long a connection stays open between requests.
	Idle time.Duration
	// Stall is how long a client may send nothing of a body, or take nothing of an
	// answer.
	Stall time.Duration
	// Rate is how many bytes a second of a body that is held have to arrive, and
	// StreamRate of another one, once Grace is over.
	Rate, StreamRate int64
	Grace            time.Duration
	// Stream is how many bytes a body may have that isn't held.
	Stream int64
}

// Default returns the twin's bounds. Clients are on the same machine: whoever is
// slower than these is no client of AWS's.
func Default() Bounds {
	return Bounds{
		Connections: 1024,
		Requests:    256,
		Memory:      128 << 20, Wait: 30 * time.Second,
		// S3 takes 8 KB of headers. A presigned URL and a session token are beside them.
		// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
		HeaderBytes: 32 << 10, HeaderTime: 10 * time.Second,
		Idle:  2 * time.Minute, // SDKs close their connections earlier
		Stall: 30 * time.Second,
		Rate:  256 << 10, StreamRate: 16 << 10, Grace: 10 * time.Second,
		// S3's largest PUT, and a fiftieth for the aws-chunked coding around it.
		Stream: 5<<30 + 5<<30/50,
	}
}

// Options say what stands behind the limits.
type Options struct {
	Bounds Bounds
	// Next serves the requests.
	Next http.Handler
	// MaxHeld returns how many bytes the body of a request may have in memory.
	MaxHeld func(*http.Request) int64
	// Exempt reports whether a request is served whatever else is: those that wait
	// for others.
	Exempt func(*http.Request) bool
	// Busy answers a request that isn't served, since too many are.
	Busy http.HandlerFunc
}

// Limits of a connection that speaks HTTP/2: its requests at once, and how many
// bytes of their bodies the server keeps that nobody has read yet. The latter can't
// be less.
//
// Source: https://www.rfc-editor.org/rfc/rfc9113#section-6.9.2
const (
	streams       = 100
	receiveBuffer = 1<<16 - 1
)

// handler is what [New] returns.
type handler struct {
	Options
	requests, memory *semaphore.Weighted
}

// New returns a server with the limits, for a listener from [Listener]. It speaks
// HTTP/2 too, unencrypted: so the AWS SDK for JavaScript speaks to Kinesis.
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
	answer := newWriter(w, h.Bounds.Stall)
	defer answer.finish()
	if !h.Exempt(r) {
		if !h.requests.TryAcquire(1) {
			w.Header().Set("Connection", "close")
			h.Busy(answer, r)
			return
		}
		defer h.requests.Release(1)
	}
	if r.Body == http.NoBody {
		h.Next.ServeHTTP(answer, r)
		return
	}
	b := h.newBody(w, r)
	defer b.finish()
	limited := *r
	limited.Body = b
	h.Next.ServeHTTP(answer, &limited)
}
