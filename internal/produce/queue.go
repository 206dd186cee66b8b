package produce

import (
	"context"
	"hash/maphash"
	"runtime"
)

// queue is a queue of batches for the sink.
//
// Without Options.Ordered, one queue holds all records, and several workers deliver its
// batches.
//
// With Options.Ordered, each worker has its own queue, and all records of a partition
// key go to the same queue. A batch then contains at most one record of a key, because a
// service may refuse a record and accept a later one of the same call.
type queue struct {
	batches chan *Batch
	filling *Batch              // not yet in batches; nil if there is none
	keys    map[string]struct{} // of the records in filling; nil without Options.Ordered
}

func (p *Producer) newQueues() []*queue {
	if !p.o.Ordered {
		return []*queue{{batches: make(chan *Batch)}}
	}
	queues := make([]*queue, p.o.InFlight)
	for i := range queues {
		queues[i] = &queue{batches: make(chan *Batch, 1), keys: map[string]struct{}{}}
	}
	return queues
}

// queueOf returns the queue of a partition key.
func (b *batcher) queueOf(key []byte) *queue {
	if len(b.queues) == 1 {
		return b.queues[0]
	}
	return b.queues[maphash.Bytes(b.seed, key)%uint64(len(b.queues))]
}

// add adds a record to the batch that q is filling. If the record doesn't fit, add
// enqueues that batch and begins a new one. It returns whether it enqueued a batch.
func (b *batcher) add(q *queue, data, key []byte) (enqueued bool) {
	_, again := q.keys[string(key)]
	if q.filling == nil || again || !q.filling.add(data, key, b.p.limits) {
		enqueued = q.filling != nil
		b.enqueue(q)
		q.filling, _ = b.p.free.Get().(*Batch)
		q.filling.reset()
		q.filling.add(data, key, b.p.limits)
	}
	if q.keys != nil {
		q.keys[string(key)] = struct{}{}
	}
	return enqueued
}

// enqueue puts the batch that q is filling into the queue and waits until the queue has
// room. If sending ends first, it drops the batch, whose records are counted as lost.
func (b *batcher) enqueue(q *queue) {
	batch := q.filling
	if q.filling = nil; batch == nil {
		return
	}
	clear(q.keys)
	b.p.counts.addGenerated(batch.Len())
	select {
	case q.batches <- batch:
		runtime.Gosched() // lets a worker encode the batch while it is in the processor's cache
	case <-b.sending.Done():
	}
}

func (b *batcher) flush() {
	for _, q := range b.queues {
		b.enqueue(q)
	}
}

// batcher generates records and puts them into queues.
type batcher struct {
	p       *Producer
	sending context.Context // ends when the workers stop
	queues  []*queue
	seed    maphash.Seed // of the hash that assigns partition keys to queues

	made  int64 // number of records generated
	bytes int64 // total size of their data
	data  []byte
	key   []byte
}
