package produce

import (
	"context"
	"io"
	"sync"
)

// Writer is a [Sink] that writes records to an io.Writer, such as a file. It writes the
// data of the records without separators, and without the partition keys. The records
// are in order if Options.InFlight is 1.
type Writer struct {
	mu sync.Mutex
	w  io.Writer
}

// NewWriter returns a Writer that writes to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Limits returns limits that make each write large. An io.Writer has no limits of its
// own.
func (w *Writer) Limits() Limits { return Limits{Records: 2000, Bytes: 10 << 20} }

// Put writes records. A write error is permanent: the records are not written again.
func (w *Writer) Put(_ context.Context, b *Batch, indexes []int) ([]Refusal, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var text []byte
	for _, i := range indexes {
		text = append(text, b.Data(i)...)
	}
	if _, err := w.w.Write(text); err != nil {
		return nil, permanentError{err}
	}
	return nil, nil
}
