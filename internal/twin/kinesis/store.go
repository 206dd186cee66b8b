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

// DefaultCapacity is the default of [Store.Capacity]: 2 GiB.
const DefaultCapacity int64 = 2 << 30

var (
	// ErrNotFound is returned, wrapped, if a stream or a shard does not exist.
	ErrNotFound = errors.New("not found")
	// ErrExists is returned, wrapped, if a stream of the same name exists already.
	ErrExists = errors.New("already exists")
	// ErrFull is returned, wrapped, if new records would exceed the store's capacity.
	ErrFull = errors.New("memory for records is full")
)

// Store contains streams. It is safe for concurrent use. Use [New].
type Store struct {
	// Capacity is the most bytes of records in the store, partition keys included. It
	// must not be changed after the first record was put.
	Capacity int64

	clock func() time.Time
	bytes atomic.Int64 // size of all records, partition keys included

	mu          sync.RWMutex
	streams     map[string]*stream
	subscribers map[string]map[chan struct{}]bool
}

// stream is one data stream. The store's mutex guards its config. Each shard has a mutex
// of its own.
type stream struct {
	name    string
	created time.Time
	config  Config
	ring    ring
	shards  []*shard
}

// New returns an empty Store of DefaultCapacity. It takes the times of records, streams
// and iterators from clock; nil means time.Now.
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

// CreateStream creates a stream, which is active at once. It returns ErrExists, wrapped,
// if a stream of that name exists, or an error that lists what is invalid in name and c.
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

// UpdateStream replaces a stream's configuration. The number of shards can't change;
// zero means the present number. UpdateStream returns ErrNotFound, wrapped, if the
// stream does not exist, or an error that lists what is invalid in c.
func (s *Store) UpdateStream(name string, c Config) error {
	return s.change(name, func(current *Config) error {
		if c.Shards == 0 {
			c.Shards = current.Shards
			c.Mode = cmp.Or(c.Mode, OnDemand)
		}
		*current = c.withDefaults()
		return nil
	})
}

// change calls edit with a copy of a stream's configuration. If the edited copy is
// valid, it becomes the stream's configuration.
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
		return fmt.Errorf("stream %q: the local twin can't change the number of shards from %d to %d; delete the stream and create it again",
			name, st.config.Shards, c.Shards)
	}
	if err := c.check(); err != nil {
		return err
	}
	st.config = c
	return nil
}

// DeleteStream removes a stream and its records. It returns ErrNotFound, wrapped, if the
// stream does not exist.
func (s *Store) DeleteStream(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.streams[name]
	if st == nil {
		return fmt.Errorf("stream %q %w", name, ErrNotFound)
	}
	delete(s.streams, name)
	for _, sh := range st.shards {
		s.bytes.Add(-sh.clear())
	}
	return nil
}

// Info describes a stream.
type Info struct {
	Name    string
	Created time.Time
	Config  Config
	Records int64 // number of records ever put, trimmed ones included
}

// Streams returns all streams, sorted by name.
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

// Shards returns the IDs of a stream's shards, sorted. It returns ErrNotFound, wrapped,
// if the stream does not exist.
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

// Subscribe returns a channel that receives a value after records were put into a
// stream. The channel holds at most one value, so one value may mean several puts. The
// stream need not exist yet. The function stop ends the subscription.
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

// notify sends a value to the subscribers of a stream.
func (s *Store) notify(stream string) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for ch := range s.subscribers[stream] {
		select {
		case ch <- struct{}{}:
		default: // the channel holds a value already
		}
	}
}

// lookup returns a stream and its description without the number of records. It returns
// ErrNotFound, wrapped, if the stream does not exist.
func (s *Store) lookup(name string) (*stream, Info, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	st := s.streams[name]
	if st == nil {
		return nil, Info{}, fmt.Errorf("stream %q %w", name, ErrNotFound)
	}
	return st, Info{Name: name, Created: st.created, Config: st.config}, nil
}

// shard returns the shard with the given ID, nil if it does not exist.
func (st *stream) shard(id string) *shard {
	for _, sh := range st.shards {
		if sh.id == id {
			return sh
		}
	}
	return nil
}

// shardID returns the ID of the shard with index i.
func shardID(i int) string { return fmt.Sprintf("shardId-%012d", i) }
