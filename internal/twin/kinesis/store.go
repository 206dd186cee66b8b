package kinesis

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultCapacity is how many bytes of records a Store holds in all: 2 GiB.
const DefaultCapacity int64 = 2 << 30

var (
	// ErrNotFound is returned, wrapped, for a stream or shard that doesn't exist.
	ErrNotFound = errors.New("not found")
	// ErrExists is returned, wrapped, when a stream of that name exists already.
	ErrExists = errors.New("already exists")
	// ErrFull is returned, wrapped, when the records put would exceed Capacity.
	ErrFull = errors.New("memory for records is full")
)

// Store holds streams. Its methods may be called at the same time. Use [New].
type Store struct {
	// Capacity bounds the bytes of records held, keys included. To be set before
	// the first record is put.
	Capacity int64

	clock func() time.Time
	held  atomic.Int64

	mu          sync.RWMutex
	streams     map[string]*stream
	subscribers map[string]map[chan struct{}]bool
}

// stream is one data stream. Its config is guarded by the store's mutex, the
// shards guard themselves.
type stream struct {
	name    string
	created time.Time
	config  Config
	ring    ring
	shards  []*shard
}

// New returns an empty Store of DefaultCapacity. Clock tells when a record
// arrives, a stream is created and an iterator expires; nil means time.Now.
func New(clock func() time.Time) *Store {
	if clock == nil {
		clock = time.Now
	}
	return &Store{
		Capacity:    DefaultCapacity,
		clock:       clock,
		streams:     map[string]*stream{},
		subscribers: map[string]map[chan struct{}]bool{},
	}
}

// CreateStream makes a stream, active at once. It returns ErrExists, wrapped,
// when there is one of that name, else what is wrong with name and c.
func (s *Store) CreateStream(name string, c Config) error {
	c = c.withDefaults()
	if err := errors.Join(checkName(name), c.check()); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.streams[name] != nil {
		return fmt.Errorf("stream %q %w", name, ErrExists)
	}
	created := s.clock()
	st := &stream{name: name, created: created, config: c, ring: newRing(c.Shards)}
	for i := range c.Shards {
		st.shards = append(st.shards, newShard(shardID(i), sequencePrefix(created.UnixMilli(), i)))
	}
	s.streams[name] = st
	return nil
}

// UpdateStream gives a stream another configuration. Its number of shards can't
// change; zero keeps it. It returns ErrNotFound, wrapped, when the stream doesn't
// exist, else what is wrong with c.
func (s *Store) UpdateStream(name string, c Config) error {
	return s.change(name, func(now *Config) error {
		if c.Shards == 0 {
			c.Shards = now.Shards
			c.Mode = cmp.Or(c.Mode, OnDemand)
		}
		*now = c.withDefaults()
		return nil
	})
}

// change lets edit alter a copy of a stream's configuration, checks and keeps it.
func (s *Store) change(name string, edit func(*Config) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.streams[name]
	if st == nil {
		return fmt.Errorf("stream %q %w", name, ErrNotFound)
	}
	c := st.config
	c.Tags = maps.Clone(c.Tags)
	if err := edit(&c); err != nil {
		return err
	}
	if c.Shards != st.config.Shards {
		return fmt.Errorf("stream %q: has %d shards, got %d: the local twin doesn't reshard; delete the stream and create it again",
			name, st.config.Shards, c.Shards)
	}
	if err := c.check(); err != nil {
		return err
	}
	st.config = c
	return nil
}

// DeleteStream removes a stream and its records. It returns ErrNotFound, wrapped,
// when the stream doesn't exist.
func (s *Store) DeleteStream(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.streams[name]
	if st == nil {
		return fmt.Errorf("stream %q %w", name, ErrNotFound)
	}
	delete(s.streams, name)
	for _, sh := range st.shards {
		s.held.Add(-sh.clear())
	}
	return nil
}

// Info is what is known of a stream.
type Info struct {
	Name    string
	Created time.Time
	Config  Config
	Records int64 // put so far, those trimmed included
}

// Streams returns all streams, by name.
func (s *Store) Streams() []Info {
	s.mu.RLock()
	defer s.mu.RUnlock()
	infos := make([]Info, 0, len(s.streams))
	for _, st := range s.streams {
		infos = append(infos, st.info())
	}
	slices.SortFunc(infos, func(a, b Info) int { return cmp.Compare(a.Name, b.Name) })
	return infos
}

func (st *stream) info() Info {
	info := Info{Name: st.name, Created: st.created, Config: st.config}
	info.Config.Tags = maps.Clone(st.config.Tags)
	for _, sh := range st.shards {
		info.Records += sh.end() - 1
	}
	return info
}

// Shards returns the ids of a stream's shards, in the order they were created.
func (s *Store) Shards(stream string) ([]string, error) {
	st, _, err := s.lookup(stream)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(st.shards))
	for i, sh := range st.shards {
		ids[i] = sh.id
	}
	return ids, nil
}

// Subscribe returns a channel that gets a value after records were put into a
// stream: one value for any number of records since the last value was taken. A
// stream may be subscribed to before it exists. Stop ends it.
func (s *Store) Subscribe(stream string) (changed <-chan struct{}, stop func()) {
	ch := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.subscribers[stream] == nil {
		s.subscribers[stream] = map[chan struct{}]bool{}
	}
	s.subscribers[stream][ch] = true
	return ch, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.subscribers[stream], ch)
		if len(s.subscribers[stream]) == 0 {
			delete(s.subscribers, stream)
		}
	}
}

func (s *Store) notify(stream string) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for ch := range s.subscribers[stream] {
		select {
		case ch <- struct{}{}:
		default: // it has one waiting already
		}
	}
}

// lookup returns a stream, and what is known of it now.
func (s *Store) lookup(name string) (*stream, Info, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	st := s.streams[name]
	if st == nil {
		return nil, Info{}, fmt.Errorf("stream %q %w", name, ErrNotFound)
	}
	return st, Info{Name: name, Created: st.created, Config: st.config}, nil
}

// shard returns the shard of that id, or nil.
func (st *stream) shard(id string) *shard {
	for _, sh := range st.shards {
		if sh.id == id {
			return sh
		}
	}
	return nil
}

// shardID returns the id of a stream's i-th shard.
func shardID(i int) string { return fmt.Sprintf("shardId-%012d", i) }
