package produce

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// deliverAll delivers batches until there are no more, or one can't be.
func (p *Producer) deliverAll(ctx context.Context, batches <-chan *Batch) error {
	which := make([]int, 0, p.limits.Records)
	for b := range batches {
		which = which[:0]
		for i := range b.Len() {
			which = append(which, i)
		}
		if err := p.deliver(ctx, b, which); err != nil {
			return err
		}
		p.free.Put(b)
	}
	return nil
}

// deliver sends some of a batch's records until all are accepted.
func (p *Producer) deliver(ctx context.Context, b *Batch, which []int) error {
	failed, strikes := 0, 0
	unsure := false
	for again := false; ; again = true {
		refused, err := p.put(ctx, b, which, again, unsure)
		unsure = false
		switch {
		case err == nil && len(refused) == 0:
			return nil
		case err == nil:
			failed = 0
			which = records(which[:0], refused)
		case ctx.Err() != nil:
			return ctx.Err()
		case !isPassing(err) || failed == maxFailedCalls:
			return fmt.Errorf("put records into %s: %w", p.o.To, err)
		default:
			failed, unsure = failed+1, isUnsure(err)
			refused = nil
		}
		if strikes++; refused != nil && len(refused) <= b.Len()/2 {
			strikes = 0
		}
		if err := sleep(ctx, rand.N(waitFor(strikes))); err != nil { //nolint:gosec // jitter needn't be secret
			return err
		}
	}
}

func records(dst []int, refused []Refusal) []int {
	for _, r := range refused {
		dst = append(dst, r.Record)
	}
	return dst
}

// put makes one call and counts what came of it.
func (p *Producer) put(ctx context.Context, b *Batch, which []int, again, unsure bool) ([]Refusal, error) {
	refused, err := p.sink.Put(ctx, b, which)
	c := call{sent: len(which), again: again, unsure: unsure}
	switch {
	case err != nil && refused == nil:
		c.refused = map[string]int64{codeOf(err): int64(len(which))}
	default:
		c.accepted = len(which) - len(refused)
		c.bytes = b.size(which)
		if len(refused) > 0 {
			c.refused = map[string]int64{}
		}
		for _, r := range refused {
			c.refused[r.Code]++
			c.bytes -= b.entries[r.Record].key - b.entries[r.Record].start
		}
	}
	p.counts.called(c)
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
