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

// shortestWait is how long to wait at least when nothing is due, so that the
// records of a high rate share a batch.
const shortestWait = 20 * time.Millisecond

// generate makes records when they are due, and passes them on in batches. It
// returns nil when all are made or sending has ended, ctx's error when ctx has,
// and an error for a record that is too large.
func (p *Producer) generate(ctx, sending context.Context, lanes []*lane) error {
	generating, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(sending, cancel)()
	f := &feed{p: p, sending: sending, lanes: lanes, seed: maphash.MakeSeed()}
	defer f.flush()
	start := time.Now()
	for generating.Err() == nil {
		wait, err := f.fill(start)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case wait > 0:
			f.flush()
			_ = sleep(generating, max(shortestWait, wait)) // looked at above
		}
	}
	return ctx.Err()
}

// fill makes the records that are due, up to a batch that is full, and returns how
// long to wait for the next. The error is io.EOF when no more will be due.
func (f *feed) fill(start time.Time) (wait time.Duration, err error) {
	o := &f.p.o
	elapsed := time.Since(start)
	if o.Pace == nil && o.Duration > 0 && elapsed >= o.Duration {
		return 0, io.EOF
	}
	at := start.Add(elapsed).In(o.Zone).Round(0)
	for {
		if o.Total > 0 && f.made >= o.Total {
			return 0, io.EOF
		}
		if o.Pace != nil {
			due := f.due()
			switch {
			case due == math.MaxInt64 || o.Duration > 0 && due >= o.Duration:
				return 0, io.EOF
			case !o.Start.IsZero():
				at = o.Start.Add(due.Truncate(time.Millisecond)).In(o.Zone)
			case due > elapsed:
				return due - elapsed, nil
			}
		}
		passed, err := f.make(at)
		if errors.Is(err, ErrNotYet) {
			return shortestWait, nil
		}
		if err != nil || passed {
			return 0, err
		}
	}
}

// due returns when the next record is due, after the start.
func (f *feed) due() time.Duration {
	if f.p.o.ByBytes {
		return f.p.o.Pace.At(f.bytes)
	}
	return f.p.o.Pace.At(f.made)
}

// make makes a record, and tells whether a batch was full and is passed on.
func (f *feed) make(at time.Time) (passed bool, err error) {
	if f.data, err = f.p.source.Append(f.data[:0], at); err != nil {
		return false, err
	}
	if f.key, err = f.p.o.Key.Append(f.key[:0], f.data, at); err != nil {
		return false, fmt.Errorf("record %d: partition key: %w", f.made+1, err)
	}
	if n := utf8.RuneCount(f.key); n == 0 || n > maxKeyLength {
		return false, fmt.Errorf("record %d: partition key: 1 to %d characters, got %d", f.made+1, maxKeyLength, n)
	}
	if size := len(f.data) + len(f.key); f.p.limits.RecordBytes > 0 && size > f.p.limits.RecordBytes {
		return false, fmt.Errorf("record %d: %d bytes with its partition key, at most %d", f.made+1, size, f.p.limits.RecordBytes)
	}
	passed = f.add(f.laneOf(f.key), f.data, f.key)
	f.made++
	f.bytes += int64(len(f.data))
	return passed, nil
}
