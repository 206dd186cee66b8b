package kinesis

import (
	"sort"
	"sync"
	"time"
)

// segmentBytes is the most bytes in a segment, except if the segment consists of a
// single larger record. Memory is freed in units of segments.
const segmentBytes = 1 << 20

// shard is an append-only list of records. The first record has position 1. Trimmed
// records keep their positions.
type shard struct {
	id     string
	prefix string // the digits with which its sequence numbers begin

	mu       sync.RWMutex
	segments []*segment
	next     int64 // position of the record that is put next
}

// segment contains consecutive records of a shard. It stores their bytes without gaps, and
// an entry of 16 bytes for each record. Bytes never change once they are written, so a
// reader may use a slice of them after it has released the lock.
type segment struct {
	first   int64 // position of entries[0]
	entries []entry
	data    []byte // the partition key and the data of each record
}

// entry describes one record of a segment.
type entry struct {
	keyEnd, dataEnd uint32 // indexes in the segment's data
	arrivedMilli    int64  // arrival time, in milliseconds since 1970
}

func newShard(id, prefix string) *shard { return &shard{id: id, prefix: prefix, next: 1} }

// put appends a record and returns its sequence number. Arrival timestamps of a shard
// never decrease, even if the clock is set back.
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

// record returns the record with index i in the segment.
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

// read returns the records that arrived at horizon or later and whose position is at
// least position, and the position of the record to read next. It returns at most limit
// records with at most maxBytes of data in all; a single record may be larger. A limit
// or maxBytes of zero means no limit.
func (s *shard) read(position int64, horizon time.Time, limit, maxBytes int) ([]Record, int64) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	position = min(max(position, s.positionAtLocked(horizon)), s.next)
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

// positionAt returns the position of the first record that arrived at t or later. If
// there is no such record, it returns the position of the record that is put next.
func (s *shard) positionAt(t time.Time) int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.positionAtLocked(t)
}

// end returns the position of the record that is put next.
func (s *shard) end() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.next
}

// positionAtLocked is positionAt for a caller that holds the lock.
func (s *shard) positionAtLocked(t time.Time) int64 {
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

// trim removes the segments whose records all arrived before horizon. It returns the
// number of bytes in them.
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

// clear removes all segments. It returns the number of bytes in them.
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
