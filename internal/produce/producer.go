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

// Source makes records.
type Source interface {
	// Append appends the next record, as of a time, to dst. The error is io.EOF after
	// the last, or [ErrNotYet].
	Append(dst []byte, at time.Time) ([]byte, error)
}

// ErrNotYet is a source's error when its next record, which is not made here, has
// not come yet.
var ErrNotYet = errors.New("not yet")

// Options say how fast, how much and how.
type Options struct {
	// To names what the records go to, in errors.
	To string
	// Pace says when the records are due, from the start on: after a stall the
	// producer catches up. Nil means as fast as it can.
	Pace Pace
	// ByBytes says that Pace counts the bytes of the records before, not the records.
	ByBytes bool
	// Total is how many records to generate. 0 means no end.
	Total int64
	// Duration is how long to generate. 0 means no end.
	Duration time.Duration
	// Start makes the records' times begin then, and follow the pace: which is no
	// longer waited for, so that days are made at once. Zero means that a record's
	// time is now.
	Start time.Time
	// Zone is that of the records' times. Nil means this machine's.
	Zone *time.Location
	// Key makes the partition keys. Nil means [RandomKey] of 0.
	Key Key
	// Ordered delivers the records of a key in order: at the price of smaller batches
	// where keys are few.
	Ordered bool
	// InFlight is how many batches are under way at most. 0 means 8.
	InFlight int
	// Drain is how long to go on delivering after being told to stop. 0 means 10
	// seconds.
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
			errs = append(errs, fmt.Errorf("%s: must not be negative", n.name))
		}
	}
	if !o.Start.IsZero() && o.Pace == nil {
		errs = append(errs, errors.New("start: needs a pace, which the records' times follow"))
	}
	return errors.Join(errs...)
}

// Producer sends records of a source into a sink. Use [New].
type Producer struct {
	sink   Sink
	limits Limits
	source Source
	o      Options
	counts counter
	free   sync.Pool // of *Batch
}

// New returns a Producer, or everything that is wrong with the options.
func New(sink Sink, source Source, o Options) (*Producer, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	o.To = cmp.Or(o.To, "the sink")
	o.InFlight = cmp.Or(o.InFlight, 8)
	o.Drain = cmp.Or(o.Drain, 10*time.Second)
	o.Zone = cmp.Or(o.Zone, time.Local)
	if o.Key == nil {
		o.Key = RandomKey(0)
	}
	return &Producer{sink: sink, limits: sink.Limits(), source: source, o: o, free: sync.Pool{New: func() any { return new(Batch) }}}, nil
}

// Accounts returns what has happened so far. It may be called while Run runs.
func (p *Producer) Accounts() Accounts { return p.counts.snapshot() }

// Run sends records until there are no more, or the total or the duration is
// reached, and returns nil once all are accepted. When ctx ends before that, it
// generates no more, delivers what is under way within Drain, and returns ctx's
// error. Any other error is one that doesn't pass, or of calls that failed for half
// a minute. It runs once.
func (p *Producer) Run(ctx context.Context) error {
	sending, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(p.o.Drain, stop) })()
	group, sending := errgroup.WithContext(sending)
	lanes := p.newLanes()
	for i := range p.o.InFlight {
		batches := lanes[i%len(lanes)].batches
		group.Go(func() error { return p.deliverAll(sending, batches) })
	}
	generated := p.generate(ctx, sending, lanes)
	for _, l := range lanes {
		close(l.batches)
	}
	delivered := group.Wait()
	switch {
	case delivered != nil && !errors.Is(delivered, context.Canceled):
		return delivered
	case generated == nil && delivered != nil: // all were made, but not delivered in time
		return ctx.Err()
	}
	return generated
}
