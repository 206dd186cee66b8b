package produce

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"math"
	"time"
	"unicode/utf8"
)

// minWait is the shortest wait for the next record that is due. Because of it, a batch
// contains several records even if the rate is high.
const minWait = 20 * time.Millisecond

// generate generates records when they are due, and puts them into the queues in
// batches. It returns nil when all records are generated or when sending ends. It
// returns ctx's error if ctx ends first. Any other error comes from the source or from
// the partition key, or says that a record is too large.
func (p *Producer) generate(ctx, sending context.Context, queues []*queue) error {
	generating, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(sending, cancel)()
	b := &batcher{p: p, sending: sending, queues: queues, seed: maphash.MakeSeed()}
	defer b.flush()
	start := time.Now()
	for generating.Err() == nil {
		wait, err := b.fill(start)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case wait > 0:
			b.flush()
			_ = sleep(generating, max(minWait, wait)) // the loop's condition checks generating
		}
	}
	return ctx.Err()
}

// fill generates the records that are due, until it has enqueued a batch or no record is
// due. It then returns how long to wait for the next record. It returns io.EOF if there
// are no more records to generate.
func (b *batcher) fill(start time.Time) (wait time.Duration, err error) {
	o := &b.p.o
	elapsed := time.Since(start)
	if o.Pace == nil && o.Duration > 0 && elapsed >= o.Duration {
		return 0, io.EOF
	}
	at := start.Add(elapsed).In(o.Zone).Round(0)
	for {
		if o.Total > 0 && b.made >= o.Total {
			return 0, io.EOF
		}
		if o.Pace != nil {
			due := b.due()
			switch {
			case due == math.MaxInt64 || o.Duration > 0 && due >= o.Duration:
				return 0, io.EOF
			case !o.Start.IsZero():
				at = o.Start.Add(due.Truncate(time.Millisecond)).In(o.Zone)
			case due > elapsed:
				return due - elapsed, nil
			}
		}
		enqueued, err := b.generateOne(at)
		if errors.Is(err, ErrNotYet) {
			return minWait, nil
		}
		if err != nil || enqueued {
			return 0, err
		}
	}
}

// due returns when the next record is due, as the time since the start.
func (b *batcher) due() time.Duration {
	if b.p.o.ByBytes {
		return b.p.o.Pace.At(b.bytes)
	}
	return b.p.o.Pace.At(b.made)
}

// generateOne generates one record and adds it to the batch of its queue. It returns
// whether it enqueued a full batch.
func (b *batcher) generateOne(at time.Time) (enqueued bool, err error) {
	if b.data, err = b.p.source.Append(b.data[:0], at); err != nil {
		return false, err
	}
	if b.key, err = b.p.o.Key.Append(b.key[:0], b.data, at); err != nil {
		return false, fmt.Errorf("record %d: partition key: %w", b.made+1, err)
	}
	if n := utf8.RuneCount(b.key); n == 0 || n > maxKeyLength {
		return false, fmt.Errorf("record %d: partition key: needs 1 to %d characters, got %d", b.made+1, maxKeyLength, n)
	}
	if size := len(b.data) + len(b.key); b.p.limits.RecordBytes > 0 && size > b.p.limits.RecordBytes {
		return false, fmt.Errorf("record %d: needs at most %d bytes with its partition key, got %d", b.made+1, b.p.limits.RecordBytes, size)
	}
	enqueued = b.add(b.queueOf(b.key), b.data, b.key)
	b.made++
	b.bytes += int64(len(b.data))
	return enqueued, nil
}
