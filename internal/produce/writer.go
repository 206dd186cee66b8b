package produce

import (
	"context"
	"io"
	"sync"
)

// Writer is a file, or another writer, as a [Sink]: the records one behind the
// other, without their partition keys. It is for an InFlight of 1, which keeps them
// in order.
type Writer struct {
	mu sync.Mutex
	w  io.Writer
}

// NewWriter returns a Writer to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Limits returns as much as makes a write worth its while.
func (w *Writer) Limits() Limits { return Limits{Records: 2000, Bytes: 10 << 20} }

// Put writes records. What can't be written is not tried again.
func (w *Writer) Put(_ context.Context, b *Batch, which []int) ([]Refusal, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var text []byte
	for _, i := range which {
		text = append(text, b.Data(i)...)
	}
	if _, err := w.w.Write(text); err != nil {
		return nil, forGood{err}
	}
	return nil, nil
}
