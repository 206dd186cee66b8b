package produce

import "context"

// Sink takes records. It is for use by several goroutines at once.
type Sink interface {
	// Limits returns what one call takes.
	Limits() Limits
	// Put delivers some of a batch's records, by number and in that order. It
	// returns those that were refused, in the same order. The error is that of the
	// call, of whose records nobody knows what became of them; or, with what was
	// refused, that some were for good.
	Put(ctx context.Context, b *Batch, which []int) ([]Refusal, error)
}

// Refusal is a record that a sink has not accepted.
type Refusal struct {
	// Record is its number in the batch.
	Record int
	// Code is the error code that came instead.
	Code string
}
