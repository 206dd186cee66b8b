package produce

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Source generates records.
type Source interface {
	// Append appends the next record to dst. at is the record's time. It returns io.EOF
	// after the last record, and [ErrNotYet] if the caller must try again later.
	Append(dst []byte, at time.Time) ([]byte, error)
}

// ErrNotYet is the error of a source that reads records from elsewhere, such as a pipe,
// when the next record has not arrived yet.
var ErrNotYet = errors.New("not yet")

// Options are the options of a Producer.
type Options struct {
	// Destination is the name of the sink in error messages.
	Destination string
	// Pace is the schedule of the records. After a delay, the producer catches up with
	// the schedule. Nil means that it generates records as fast as it can.
	Pace Pace
	// ByBytes makes Pace count bytes of record data instead of records. A record is due
	// when its first byte is due.
	ByBytes bool
	// Total is how many records to generate. 0 means no limit.
	Total int64
	// Duration is for how long to generate records. 0 means no limit.
	Duration time.Duration
	// Start is the time of the first record. The times of later records follow Pace, and
	// the producer does not wait for those times: it can generate the records of several
	// days in one short run. If Start is zero, the time of a record is the current time.
	Start time.Time
	// Zone is the time zone of the records' times. Nil means this machine's time zone.
	Zone *time.Location
	// Key generates the partition keys. Nil means [RandomKey] with seed 0.
	Key Key
	// Ordered makes the producer deliver the records of each partition key in order. If
	// there are few keys, the batches are then smaller.
	Ordered bool
	// InFlight is how many batches the producer sends at the same time. 0 means 8.
	InFlight int
	// Drain is for how long to continue delivering records after the context has ended. 0
	// means 10 seconds.
	Drain time.Duration
}

// check returns everything that is wrong with o, joined.
func (o Options) check() error {
	var errs []error
	for _, n := range []struct {
		name  string
		value int64
	}{
		{"total", o.Total},
		{"duration", int64(o.Duration)},
		{"in flight", int64(o.InFlight)},
		{"drain", int64(o.Drain)},
	} {
		if n.value < 0 {
			errs = append(errs, fmt.Errorf("%s: needs 0 or more, got %d", n.name, n.value))
		}
	}
	if !o.Start.IsZero() && o.Pace == nil {
		errs = append(errs, errors.New("start: needs a pace, which determines the times of the records"))
	}
	return errors.Join(errs...)
}

// Producer sends the records of a source to a sink. Create one with [New].
type Producer struct {
	sink   Sink
	limits Limits
	source Source
	o      Options
	counts counter
	free   sync.Pool // of *Batch
}

// New returns a Producer. The error joins everything that is wrong with the options.
func New(sink Sink, source Source, o Options) (*Producer, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	o.Destination = cmp.Or(o.Destination, "the sink")
	o.InFlight = cmp.Or(o.InFlight, 8)
	o.Drain = cmp.Or(o.Drain, 10*time.Second)
	o.Zone = cmp.Or(o.Zone, time.Local)
	if o.Key == nil {
		o.Key = RandomKey(0)
	}
	return &Producer{sink: sink, limits: sink.Limits(), source: source, o: o, free: sync.Pool{New: func() any { return new(Batch) }}}, nil
}

// Counts returns the current counts. It may be called during Run.
func (p *Producer) Counts() Counts { return p.counts.snapshot() }

// Run sends records until the source ends, or until the total or the duration is
// reached. It returns nil when all records are accepted. If ctx ends first, it generates
// no more records, delivers those that it has generated, for at most Drain, and returns
// ctx's error. Any other error is permanent, or is the error of calls that have failed
// for half a minute. Run can be called once.
func (p *Producer) Run(ctx context.Context) error {
	sending, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(p.o.Drain, stop) })()
	group, sending := errgroup.WithContext(sending)
	queues := p.newQueues()
	for i := range p.o.InFlight {
		batches := queues[i%len(queues)].batches
		group.Go(func() error { return p.deliverAll(sending, batches) })
	}
	generated := p.generate(ctx, sending, queues)
	for _, q := range queues {
		close(q.batches)
	}
	delivered := group.Wait()
	switch {
	case delivered != nil && !errors.Is(delivered, context.Canceled):
		return delivered
	case generated == nil && delivered != nil: // all records were generated, but not delivered within Drain
		return ctx.Err()
	}
	return generated
}
