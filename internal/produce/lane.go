package produce

import (
	"context"
	"hash/maphash"
)

// lane is a way to the sink. All records take the same, and several workers deliver
// its batches; or, where keys have an order, each key has a lane of its own among
// several, with one worker, and a batch holds one record of a key: for a service may
// refuse a record and accept one behind it.
type lane struct {
	batches chan *Batch
	filling *Batch              // nil for none
	keys    map[string]struct{} // in the batch that is filled; nil where keys have no order
}

func (p *Producer) newLanes() []*lane {
	if !p.o.Ordered {
		return []*lane{{batches: make(chan *Batch)}}
	}
	lanes := make([]*lane, p.o.InFlight)
	for i := range lanes {
		lanes[i] = &lane{batches: make(chan *Batch, 1), keys: map[string]struct{}{}}
	}
	return lanes
}

// laneOf returns the lane of a key.
func (f *feed) laneOf(key []byte) *lane {
	if len(f.lanes) == 1 {
		return f.lanes[0]
	}
	return f.lanes[maphash.Bytes(f.seed, key)%uint64(len(f.lanes))]
}

// add adds a record to a lane's batch, after passing on the one before if it
// doesn't fit any more. It tells whether it passed on one.
func (f *feed) add(l *lane, data, key []byte) (passed bool) {
	_, again := l.keys[string(key)]
	if l.filling == nil || again || !l.filling.add(data, key, f.p.limits) {
		passed = l.filling != nil
		f.passOn(l)
		l.filling, _ = f.p.free.Get().(*Batch)
		l.filling.reset()
		l.filling.add(data, key, f.p.limits)
	}
	if l.keys != nil {
		l.keys[string(key)] = struct{}{}
	}
	return passed
}

// passOn gives a lane's batch to whoever delivers it next, and drops it when
// sending has ended: its records are then lost in the accounts.
func (f *feed) passOn(l *lane) {
	b := l.filling
	if l.filling = nil; b == nil {
		return
	}
	clear(l.keys)
	f.p.counts.generated(b.Len())
	select {
	case l.batches <- b:
	case <-f.sending.Done():
	}
}

func (f *feed) flush() {
	for _, l := range f.lanes {
		f.passOn(l)
	}
}

// feed makes records and puts them into lanes.
type feed struct {
	p       *Producer
	sending context.Context
	lanes   []*lane
	seed    maphash.Seed

	made  int64 // records put into batches
	bytes int64 // of those
	data  []byte
	key   []byte
}
