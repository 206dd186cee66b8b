package limit

import (
	"net/http"
	"time"
)

// pieceBytes is the number of bytes for which a client has the time Bounds.Stall.
const pieceBytes = 64 << 10

// writer writes a response. It fails if the client stops receiving.
type writer struct {
	http.ResponseWriter
	conn   *http.ResponseController
	bounds Bounds
}

func newWriter(w http.ResponseWriter, b Bounds) *writer {
	out := &writer{w, http.NewResponseController(w), b}
	out.setDeadline(time.Time{}) // removes the deadline of the connection's previous request
	return out
}

// Unwrap returns the writer through which http.ResponseController finds the connection.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Write writes bytes of a response. It returns an error if the client does not receive
// them in time.
func (w *writer) Write(p []byte) (int, error) {
	written := 0
	for {
		w.setDeadline(time.Now().Add(w.bounds.Stall))
		n, err := w.ResponseWriter.Write(p[written:min(len(p), written+pieceBytes)])
		if written += n; err != nil || written == len(p) {
			return written, err
		}
	}
}

// finish sets the deadline for the rest of the response. The server reads the rest of
// the request's body first, so the deadline includes the time for that.
func (w *writer) finish() { w.setDeadline(time.Now().Add(w.bounds.Drain + w.bounds.Stall)) }

// setDeadline sets the deadline for writes to the connection. It has no effect if there
// is no connection, as in tests of handlers.
func (w *writer) setDeadline(t time.Time) { _ = w.conn.SetWriteDeadline(t) }
