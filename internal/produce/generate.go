package produce

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// shortestWait is how long to wait at least when nothing is due, so that the
// records of a high rate share a batch.
const shortestWait = 20 * time.Millisecond

// generate makes records when they are due, and hands them on in batches. It
// returns nil when all are made or sending has ended, ctx's error when ctx has,
// and an error for a record that is too large.
func (p *Producer) generate(ctx, sending context.Context, batches chan<- *batch) error {
	generating, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(sending, cancel)()
	start := time.Now()
	pace := pace{p.o.Rate, p.o.Total, p.o.Duration}
	keys := rand.New(rand.NewPCG(p.o.Seed, 1)) //nolint:gosec // partition keys needn't be secret
	f := feed{source: p.source, keys: keys, maxBytes: p.o.MaxRecordBytes}
	for !pace.over(f.made, time.Since(start)) {
		if generating.Err() != nil {
			return ctx.Err()
		}
		due := pace.due(time.Since(start))
		if f.made < due {
			b, _ := p.free.Get().(*batch)
			b.reset()
			err := f.fill(b, due)
			p.handOver(sending, b, batches)
			if err != nil {
				return err
			}
		}
		if f.made >= due && !pace.over(f.made, time.Since(start)) {
			_ = sleep(generating, max(shortestWait, pace.at(f.made)-time.Since(start))) // looked at above
		}
	}
	return nil
}

// handOver gives a batch to whoever delivers it next, and drops one when sending
// has ended: its records are then lost in the accounts.
func (p *Producer) handOver(sending context.Context, b *batch, batches chan<- *batch) {
	if len(b.entries) == 0 {
		return
	}
	p.ledger.generated(len(b.entries))
	select {
	case batches <- b:
	case <-sending.Done():
	}
}

// feed makes records and their partition keys.
type feed struct {
	source   Source
	keys     *rand.Rand
	maxBytes int
	made     int64 // records put into batches

	held   bool // record and key are made, and wait for the next batch
	record []byte
	key    string
}

// fill adds records to b until as many as are due have been made, or b is full.
func (f *feed) fill(b *batch, due int64) error {
	for f.made < due {
		if !f.held {
			f.record = f.source.Append(f.record[:0])
			f.key = strconv.FormatUint(f.keys.Uint64N(1e10), 10) // as the Kinesis Data Generator does
			if size := len(f.record) + len(f.key); size > f.maxBytes {
				return fmt.Errorf("record %d: %d bytes with its partition key, at most %d", f.made+1, size, f.maxBytes)
			}
		}
		if f.held = !b.add(f.record, f.key); f.held {
			return nil
		}
		f.made++
	}
	return nil
}
