package produce

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"golang.org/x/sync/errgroup"
)

// API is the part of *kinesis.Client used here. The client should not retry by
// itself (RetryMaxAttempts 1): the producer does, and counts.
type API interface {
	PutRecords(context.Context, *kinesis.PutRecordsInput, ...func(*kinesis.Options)) (*kinesis.PutRecordsOutput, error)
}

// Source makes records: Append appends the next one to dst.
type Source interface {
	Append(dst []byte) []byte
}

// Options say where to, how fast and how much.
type Options struct {
	// Stream is the stream's name. Required.
	Stream string
	// Rate is how many records to generate per second, from the start on: after a
	// stall the producer catches up. 0 means as fast as it can.
	Rate float64
	// Total is how many records to generate. 0 means no end.
	Total int64
	// Duration is how long to generate. 0 means no end.
	Duration time.Duration
	// InFlight is how many batches are under way at most. 0 means 8.
	InFlight int
	// MaxRecordBytes is the size of the largest record, partition key included.
	// 0 means 1 MiB, a stream's default.
	MaxRecordBytes int
	// Drain is how long to go on delivering after being told to stop. 0 means 10
	// seconds.
	Drain time.Duration
	// Seed makes the partition keys: equal seeds give equal keys.
	Seed uint64
}

// check returns everything that is wrong with o, joined.
func (o Options) check() error {
	var errs []error
	if o.Stream == "" {
		errs = append(errs, errors.New("stream: required"))
	}
	if !(o.Rate >= 0) || math.IsInf(o.Rate, 0) {
		errs = append(errs, fmt.Errorf("rate: 0 records per second or more, got %v", o.Rate))
	}
	for _, n := range []struct {
		name  string
		value int64
	}{
		{"total", o.Total},
		{"duration", int64(o.Duration)},
		{"in flight", int64(o.InFlight)},
		{"max record bytes", int64(o.MaxRecordBytes)},
		{"drain", int64(o.Drain)},
	} {
		if n.value < 0 {
			errs = append(errs, fmt.Errorf("%s: must not be negative", n.name))
		}
	}
	return errors.Join(errs...)
}

// Producer sends records of a source into a stream. Use [New].
type Producer struct {
	api    API
	source Source
	o      Options
	ledger ledger
	free   sync.Pool // of *batch
}

// New returns a Producer, or everything that is wrong with the options.
func New(api API, source Source, o Options) (*Producer, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	o.InFlight = cmp.Or(o.InFlight, 8)
	o.MaxRecordBytes = cmp.Or(o.MaxRecordBytes, 1<<20)
	o.Drain = cmp.Or(o.Drain, 10*time.Second)
	return &Producer{api: api, source: source, o: o, free: sync.Pool{New: func() any { return newBatch() }}}, nil
}

// Accounts returns what has happened so far. It may be called while Run runs.
func (p *Producer) Accounts() Accounts { return p.ledger.snapshot() }

// Run sends records until the total or the duration is reached, and returns nil
// once all are accepted. When ctx ends before that, it generates no more, delivers
// what is under way within Drain, and returns ctx's error. Any other error is one
// that doesn't pass, or of calls that failed for half a minute. It runs once.
func (p *Producer) Run(ctx context.Context) error {
	sending, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(p.o.Drain, stop) })()
	group, sending := errgroup.WithContext(sending)
	batches := make(chan *batch)
	for range p.o.InFlight {
		group.Go(func() error { return p.deliverAll(sending, batches) })
	}
	generated := p.generate(ctx, sending, batches)
	close(batches)
	delivered := group.Wait()
	switch {
	case delivered != nil && !errors.Is(delivered, context.Canceled):
		return delivered
	case generated == nil && delivered != nil: // all were made, but not delivered in time
		return ctx.Err()
	}
	return generated
}
