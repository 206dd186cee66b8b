package kinesis

import (
	"fmt"
	"time"
)

// Record is a record that was read from a stream.
type Record struct {
	SequenceNumber string
	PartitionKey   string
	ShardID        string
	Data           []byte    // shared with the store: must not be changed
	Arrived        time.Time // in UTC, rounded down to milliseconds
}

// Read returns up to limit records of a shard whose sequence numbers are greater than
// after, the oldest first. A limit of zero or less means no limit. An empty after means
// that the oldest record is the first one. Read returns an error if after is a sequence
// number of another shard, or of a deleted stream of the same name. It returns
// ErrNotFound, wrapped, if the stream or the shard does not exist.
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
			return nil, fmt.Errorf("stream %q: sequence number %q does not belong to shard %q", stream, after, shard)
		}
		position = last + 1
	}
	records, _ := sh.read(position, s.horizon(info.Config), max(limit, 0), 0)
	return records, nil
}

// put appends records to the shards of their hash keys, in order, and notifies the
// stream's subscribers. It returns a result for each record, in the order of records.
func (s *Store) put(name string, records []newRecord) ([]putResult, error) {
	results, err := s.appendRecords(name, records)
	if err == nil {
		s.notify(name)
	}
	return results, err
}

// newRecord is a record to put.
type newRecord struct {
	partitionKey string
	hash         hashKey
	data         []byte
	refuse       func(stream, shard string) bool // see Faults.Refuse
}

// putResult contains the ID of a record's shard and its sequence number. The sequence
// number is empty if the record was refused.
type putResult struct{ shard, sequenceNumber string }

// appendRecords is put without the notification. It holds the store's read lock, so that the
// stream can't be deleted meanwhile.
func (s *Store) appendRecords(name string, records []newRecord) ([]putResult, error) {
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
	results := make([]putResult, len(records))
	for i, r := range records {
		sh := st.shards[st.ring.shard(r.hash)]
		results[i].shard = sh.id
		if r.refuse != nil && r.refuse(name, sh.id) {
			s.bytes.Add(-r.size())
			continue
		}
		results[i].sequenceNumber = sh.put(r.partitionKey, r.data, now)
	}
	return results, nil
}

// size returns the bytes of a record's partition key and data.
func (r newRecord) size() int64 { return int64(len(r.partitionKey) + len(r.data)) }

// reserve adds the size of records to the store's size. If that exceeds the capacity,
// reserve first removes records that are older than their stream's retention period. It
// returns ErrFull, wrapped, if the capacity is still exceeded. The caller must hold the
// store's lock.
func (s *Store) reserve(records []newRecord) error {
	size := int64(0)
	for _, r := range records {
		size += r.size()
	}
	if s.bytes.Add(size) <= s.Capacity {
		return nil
	}
	for _, st := range s.streams {
		for _, sh := range st.shards {
			s.bytes.Add(-sh.trim(s.horizon(st.config)))
		}
	}
	if s.bytes.Load() <= s.Capacity {
		return nil
	}
	s.bytes.Add(-size)
	return fmt.Errorf("%w: the local twin keeps %d bytes of records at most; delete a stream", ErrFull, s.Capacity)
}

// horizon returns the start of the retention period: records that arrived earlier are
// not returned any more.
func (s *Store) horizon(c Config) time.Time {
	return s.clock().Add(-time.Duration(c.RetentionHours) * time.Hour)
}
