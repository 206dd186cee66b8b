package kinesis

import (
	"fmt"
	"time"
)

// Record is one record of a stream, as it is read.
type Record struct {
	SequenceNumber string
	PartitionKey   string
	ShardID        string
	Data           []byte    // shared with the store: not to be changed
	Arrived        time.Time // to the millisecond, UTC
}

// Read returns the records of a shard whose sequence number is greater than
// after, oldest first, at most limit of them (none of zero or less). An empty
// after means from the oldest record that is kept; a sequence number of another
// shard, or of a deleted stream of the same name, is refused.
func (s *Store) Read(stream, shard, after string, limit int) ([]Record, error) {
	st, info, err := s.lookup(stream)
	if err != nil {
		return nil, err
	}
	sh := st.shard(shard)
	if sh == nil {
		return nil, fmt.Errorf("stream %q: shard %q %w", stream, shard, ErrNotFound)
	}
	position := int64(0)
	if after != "" {
		last, ok := positionOf(sh.prefix, after)
		if !ok {
			return nil, fmt.Errorf("stream %q: sequence number %q isn't of shard %q", stream, after, shard)
		}
		position = last + 1
	}
	records, _ := sh.read(position, s.horizon(info.Config), max(limit, 0), 0)
	return records, nil
}

// put appends records to the shards that their hash keys fall in, in order, and
// tells the subscribers. Results align with records.
func (s *Store) put(name string, records []incoming) ([]placed, error) {
	results, err := s.place(name, records)
	if err == nil {
		s.notify(name)
	}
	return results, err
}

// incoming is a record to put: where it belongs, and whether to leave it out.
type incoming struct {
	partitionKey string
	hash         hashKey
	data         []byte
	refuse       func(stream, shard string) bool // nil: never
}

// placed is where a record went. An empty sequenceNumber means it was refused.
type placed struct{ shard, sequenceNumber string }

// place holds the store's read lock, so that the stream can't be deleted
// meanwhile.
func (s *Store) place(name string, records []incoming) ([]placed, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	st := s.streams[name]
	if st == nil {
		return nil, fmt.Errorf("stream %q %w", name, ErrNotFound)
	}
	if err := s.reserve(records); err != nil {
		return nil, err
	}
	now := s.clock()
	results := make([]placed, len(records))
	for i, r := range records {
		sh := st.shards[st.ring.shard(r.hash)]
		results[i].shard = sh.id
		if r.refuse != nil && r.refuse(name, sh.id) {
			s.held.Add(-r.size())
			continue
		}
		results[i].sequenceNumber = sh.put(r.partitionKey, r.data, now)
	}
	return results, nil
}

func (r incoming) size() int64 { return int64(len(r.partitionKey) + len(r.data)) }

// reserve counts records as held, trimming what is past its retention when there
// is no room else. The store's lock is held.
func (s *Store) reserve(records []incoming) error {
	size := int64(0)
	for _, r := range records {
		size += r.size()
	}
	if s.held.Add(size) <= s.Capacity {
		return nil
	}
	for _, st := range s.streams {
		for _, sh := range st.shards {
			s.held.Add(-sh.trim(s.horizon(st.config)))
		}
	}
	if s.held.Load() <= s.Capacity {
		return nil
	}
	s.held.Add(-size)
	return fmt.Errorf("%w: the local twin keeps %d bytes of records; delete a stream", ErrFull, s.Capacity)
}

// horizon is when the oldest record that is still kept arrived.
func (s *Store) horizon(c Config) time.Time {
	return s.clock().Add(-time.Duration(c.RetentionHours) * time.Hour)
}
