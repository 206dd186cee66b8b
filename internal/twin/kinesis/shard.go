package kinesis

import (
	"sort"
	"sync"
	"time"
)

// segmentBytes is about how much one segment holds, and so the grain in which
// memory is given back. A record larger than that has a segment of its own.
const segmentBytes = 1 << 20

// shard is an append-only row of records. Positions count from 1 and are never
// used again; those below first are trimmed.
type shard struct {
	id     string
	prefix string // of its sequence numbers

	mu       sync.RWMutex
	segments []*segment
	next     int64 // position of the record put next
}

// segment holds successive records: their bytes end to end, which makes a record
// cost 16 bytes beside its own. Bytes once written never change, so a reader may
// keep a slice of them after the lock is gone.
type segment struct {
	first   int64 // position of entries[0]
	entries []entry
	data    []byte // each record's partition key, then its data
}

// entry says where a record ends in its segment, and when it arrived.
type entry struct {
	keyEnd, dataEnd uint32
	arrivedMilli    int64
}

func newShard(id, prefix string) *shard { return &shard{id: id, prefix: prefix, next: 1} }

// put appends a record and returns its sequence number. Arrival timestamps of a
// shard never fall, also when the clock is set back.
func (s *shard) put(key string, data []byte, now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	size := len(key) + len(data)
	var last *segment
	arrived := now.UnixMilli()
	if n := len(s.segments); n > 0 {
		last = s.segments[n-1]
		arrived = max(arrived, last.entries[len(last.entries)-1].arrivedMilli)
	}
	if last == nil || len(last.data)+size > segmentBytes {
		last = &segment{first: s.next}
		s.segments = append(s.segments, last)
	}
	last.data = append(append(last.data, key...), data...)
	end := len(last.data)
	last.entries = append(last.entries, entry{uint32(end - len(data)), uint32(end), arrived})
	s.next++
	return sequenceNumber(s.prefix, s.next-1)
}

// record returns the record at index i of the segment.
func (g *segment) record(s *shard, i int) Record {
	start := uint32(0)
	if i > 0 {
		start = g.entries[i-1].dataEnd
	}
	e := g.entries[i]
	return Record{
		SequenceNumber: sequenceNumber(s.prefix, g.first+int64(i)),
		PartitionKey:   string(g.data[start:e.keyEnd]),
		ShardID:        s.id,
		Data:           g.data[e.keyEnd:e.dataEnd:e.dataEnd],
		Arrived:        time.UnixMilli(e.arrivedMilli).UTC(),
	}
}

// read returns the records from a position on which arrived at horizon or later,
// at most limit of them and at most maxBytes of data, but one in any case; and
// the position to go on from. A limit or maxBytes of zero means any number.
func (s *shard) read(position int64, horizon time.Time, limit, maxBytes int) ([]Record, int64) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	position = min(max(position, s.since(horizon)), s.next)
	at := sort.Search(len(s.segments), func(i int) bool { return s.segments[i].first > position }) - 1
	var records []Record
	size := 0
	for at >= 0 && at < len(s.segments) {
		g := s.segments[at]
		for i := int(position - g.first); i < len(g.entries); i++ {
			if limit > 0 && len(records) == limit {
				return records, position
			}
			r := g.record(s, i)
			size += len(r.Data)
			if maxBytes > 0 && size > maxBytes && len(records) > 0 {
				return records, position
			}
			records = append(records, r)
			position++
		}
		at++
	}
	return records, position
}

// positionAt returns the position of the first record which arrived at t or
// later; with none, the next position.
func (s *shard) positionAt(t time.Time) int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.since(t)
}

// end returns the position of the record put next.
func (s *shard) end() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.next
}

// since is positionAt without the lock.
func (s *shard) since(t time.Time) int64 {
	milli := t.UnixMilli()
	at := sort.Search(len(s.segments), func(i int) bool {
		g := s.segments[i]
		return g.entries[len(g.entries)-1].arrivedMilli >= milli
	})
	if at == len(s.segments) {
		return s.next
	}
	g := s.segments[at]
	i := sort.Search(len(g.entries), func(i int) bool { return g.entries[i].arrivedMilli >= milli })
	return g.first + int64(i)
}

// trim gives back the segments all of whose records arrived before horizon, and
// returns how many bytes that were.
func (s *shard) trim(horizon time.Time) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var freed int64
	for len(s.segments) > 0 {
		g := s.segments[0]
		if g.entries[len(g.entries)-1].arrivedMilli >= horizon.UnixMilli() {
			break
		}
		freed += int64(len(g.data))
		s.segments[0] = nil
		s.segments = s.segments[1:]
	}
	return freed
}

// clear gives back all segments, and returns how many bytes that were.
func (s *shard) clear() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var freed int64
	for _, g := range s.segments {
		freed += int64(len(g.data))
	}
	s.segments = nil
	return freed
}
