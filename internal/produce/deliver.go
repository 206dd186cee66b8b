package produce

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// deliverAll delivers batches until the channel is closed, or until a batch cannot be
// delivered.
func (p *Producer) deliverAll(ctx context.Context, batches <-chan *Batch) error {
	indexes := make([]int, 0, p.limits.Records)
	for b := range batches {
		indexes = indexes[:0]
		for i := range b.Len() {
			indexes = append(indexes, i)
		}
		if err := p.deliver(ctx, b, indexes); err != nil {
			return err
		}
		p.free.Put(b)
	}
	return nil
}

// deliver sends the records of a batch that have these indexes, and sends refused
// records again until all are accepted. It changes indexes.
func (p *Producer) deliver(ctx context.Context, b *Batch, indexes []int) error {
	failedCalls, badAttempts := 0, 0 // in a row
	possibleDuplicate := false
	for retry := false; ; retry = true {
		refused, err := p.put(ctx, b, indexes, retry, possibleDuplicate)
		possibleDuplicate = false
		switch {
		case err == nil && len(refused) == 0:
			return nil
		case err == nil:
			failedCalls = 0
			indexes = appendIndexes(indexes[:0], refused)
		case ctx.Err() != nil:
			return ctx.Err()
		case !isRetryable(err) || failedCalls == maxFailedCalls:
			return fmt.Errorf("put records into %s: %w", p.o.Destination, err)
		default:
			failedCalls, possibleDuplicate = failedCalls+1, mayHaveSucceeded(err)
			refused = nil
		}
		if refused != nil && len(refused) <= b.Len()/2 {
			badAttempts = 0
		} else {
			badAttempts++
		}
		if err := sleep(ctx, rand.N(maxBackoff(badAttempts))); err != nil { //nolint:gosec // jitter needn't be secret
			return err
		}
	}
}

func appendIndexes(dst []int, refused []Refusal) []int {
	for _, r := range refused {
		dst = append(dst, r.Record)
	}
	return dst
}

// put calls the sink once and updates the counts.
func (p *Producer) put(ctx context.Context, b *Batch, indexes []int, retry, possibleDuplicate bool) ([]Refusal, error) {
	refused, err := p.sink.Put(ctx, b, indexes)
	c := call{sent: len(indexes), retry: retry, possibleDuplicate: possibleDuplicate}
	switch {
	case err != nil && refused == nil:
		c.refused = map[string]int64{errorCode(err): int64(len(indexes))}
	default:
		c.accepted = len(indexes) - len(refused)
		c.bytes = b.size(indexes)
		if len(refused) > 0 {
			c.refused = map[string]int64{}
		}
		for _, r := range refused {
			c.refused[r.Code]++
			c.bytes -= b.entries[r.Record].key - b.entries[r.Record].start
		}
	}
	p.counts.addCall(c)
	return refused, err
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
