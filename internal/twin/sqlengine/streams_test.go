package sqlengine_test

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// streams is an in-memory sqlengine.Streams.
type streams struct {
	now func() time.Time

	mu    sync.Mutex
	byID  map[string]map[string][]sqlengine.Record
	subs  map[string][]chan struct{}
	count int
}

func newStreams(now func() time.Time) *streams {
	return &streams{now: now, byID: map[string]map[string][]sqlengine.Record{}, subs: map[string][]chan struct{}{}}
}

// create creates a stream with a number of shards. A stream with that name is replaced.
func (s *streams) create(name string, shards int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID[name] = map[string][]sqlengine.Record{}
	for i := range shards {
		s.byID[name][shardID(i)] = nil
	}
}

// put appends records to a shard.
func (s *streams) put(name, shard string, data ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range data {
		s.count++
		s.byID[name][shard] = append(s.byID[name][shard], sqlengine.Record{
			SequenceNumber: fmt.Sprintf("%056d", s.count), PartitionKey: fmt.Sprint(s.count), Data: []byte(d), Arrived: s.now(),
		})
	}
	for _, sub := range s.subs[name] {
		select {
		case sub <- struct{}{}:
		default:
		}
	}
}

func (s *streams) Shards(stream string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	shards, ok := s.byID[stream]
	if !ok {
		return nil, fmt.Errorf("no stream %q", stream)
	}
	var ids []string
	for id := range shards {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids, nil
}

func (s *streams) Read(stream, shard, after string, limit int) ([]sqlengine.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	records := s.byID[stream][shard]
	from, _ := slices.BinarySearchFunc(records, after, func(r sqlengine.Record, after string) int {
		if r.SequenceNumber > after {
			return 1
		}
		return -1
	})
	return slices.Clone(records[from:min(from+limit, len(records))]), nil
}

func (s *streams) Subscribe(stream string) (<-chan struct{}, func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := make(chan struct{}, 1)
	s.subs[stream] = append(s.subs[stream], c)
	return c, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.subs[stream] = slices.DeleteFunc(s.subs[stream], func(o chan struct{}) bool { return o == c })
	}
}

func shardID(i int) string { return fmt.Sprintf("shardId-%012d", i) }
