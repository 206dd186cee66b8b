package produce

import "context"

// Sink accepts records. Several goroutines may use a Sink at the same time.
type Sink interface {
	// Limits returns the limits of one call of Put.
	Limits() Limits
	// Put delivers the records of a batch that have these indexes, in this order. It
	// returns the refused records in the same order.
	//
	// If the error is not nil and no refused records are returned, the call failed, and
	// some or all records may have been accepted. If both are returned, at least one
	// record can never be accepted.
	Put(ctx context.Context, b *Batch, indexes []int) ([]Refusal, error)
}

// Refusal is a record that a sink has not accepted.
type Refusal struct {
	// Record is the index of the record in the batch.
	Record int
	// Code is the error code that the sink returned for the record.
	Code string
}
