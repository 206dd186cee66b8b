package produce

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// deliverAll delivers batches until there are no more, or one can't be.
func (p *Producer) deliverAll(ctx context.Context, batches <-chan *batch) error {
	for b := range batches {
		if err := p.deliver(ctx, b.entries); err != nil {
			return err
		}
		p.free.Put(b)
	}
	return nil
}

// deliver sends entries until all are accepted.
func (p *Producer) deliver(ctx context.Context, entries []types.PutRecordsRequestEntry) error {
	failed, strikes := 0, 0
	for again := false; ; again = true {
		refused, err := p.put(ctx, entries, again)
		switch {
		case err == nil && len(refused) == 0:
			return nil
		case err == nil:
			failed = 0
		case !isPassing(err) || failed == maxFailedCalls:
			return fmt.Errorf("put records into stream %q: %w", p.o.Stream, err)
		default:
			failed++
		}
		if strikes++; len(refused) <= len(entries)/2 {
			strikes = 0
		}
		entries = refused
		if err := sleep(ctx, rand.N(waitFor(strikes))); err != nil { //nolint:gosec // jitter needn't be secret
			return err
		}
	}
}

// put makes one call, counts what came of it, and returns the entries to send
// again.
func (p *Producer) put(ctx context.Context, entries []types.PutRecordsRequestEntry, again bool) ([]types.PutRecordsRequestEntry, error) {
	out, err := p.api.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: &p.o.Stream, Records: entries})
	if err != nil {
		p.ledger.called(len(entries), 0, 0, again, map[string]int64{codeOf(err): int64(len(entries))})
		return entries, err
	}
	refused, codes, err := refusedEntries(entries, out)
	p.ledger.called(len(entries), len(entries)-len(refused), dataSize(entries)-dataSize(refused), again, codes)
	return refused, err
}

func dataSize(entries []types.PutRecordsRequestEntry) int {
	size := 0
	for _, e := range entries {
		size += len(e.Data)
	}
	return size
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
