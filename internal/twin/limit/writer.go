package limit

import (
	"net/http"
	"time"
)

// piece is how many bytes of an answer a client has to take at a time.
const piece = 64 << 10

// writer is an answer that the client has to go on taking.
type writer struct {
	http.ResponseWriter
	conn  *http.ResponseController
	stall time.Duration
}

func newWriter(w http.ResponseWriter, stall time.Duration) *writer {
	out := &writer{w, http.NewResponseController(w), stall}
	out.setDeadline(time.Time{}) // whatever the request before has set
	return out
}

// Unwrap lets http.ResponseController find the connection.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Write writes an answer piece by piece. A client that takes nothing for too long
// ends it with an error.
func (w *writer) Write(p []byte) (int, error) {
	written := 0
	for {
		w.setDeadline(time.Now().Add(w.stall))
		n, err := w.ResponseWriter.Write(p[written:min(len(p), written+piece)])
		if written += n; err != nil || written == len(p) {
			return written, err
		}
	}
}

// finish sets the deadline for the rest of the answer. It allows for the rest of the
// request, too, which the server reads first.
func (w *writer) finish() { w.setDeadline(time.Now().Add(afterwards + w.stall)) }

// setDeadline sets until when the connection can be written to. Without a
// connection, as in tests of handlers, there is nothing to set.
func (w *writer) setDeadline(t time.Time) { _ = w.conn.SetWriteDeadline(t) }
