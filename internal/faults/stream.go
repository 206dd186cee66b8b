package faults

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// streams contains the streams of all scenarios. Each stream has its own store and
// clock, so that its records can expire independently of other streams.
type streams struct {
	mu     sync.Mutex
	byName map[string]*stream
}

// stream is a Kinesis stream with two shards and a retention period of 24 hours.
type stream struct {
	name        string
	store       *kinesis.Store
	clockOffset atomic.Int64 // nanoseconds that the stream's clock is ahead of the current time
}

// create creates a stream.
func (s *streams) create(name string) (*stream, error) {
	st := &stream{name: name}
	st.store = kinesis.New(func() time.Time { return time.Now().Add(time.Duration(st.clockOffset.Load())) })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byName[name] = st
	return st, st.store.CreateStream(name, kinesis.Config{Shards: 2})
}

// drop removes a stream.
func (s *streams) drop(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byName, name)
}

// find returns the store of a stream, or an error that wraps kinesis.ErrNotFound.
func (s *streams) find(name string) (*kinesis.Store, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.byName[name]; st != nil {
		return st.store, nil
	}
	return nil, fmt.Errorf("stream %q %w", name, kinesis.ErrNotFound)
}

// Shards returns the IDs of a stream's shards.
func (s *streams) Shards(name string) ([]string, error) {
	store, err := s.find(name)
	if err != nil {
		return nil, err
	}
	return store.Shards(name)
}

// Read returns up to limit records of a shard after a sequence number.
func (s *streams) Read(name, shard, after string, limit int) ([]sqlengine.Record, error) {
	store, err := s.find(name)
	if err != nil {
		return nil, err
	}
	records, err := store.Read(name, shard, after, limit)
	out := make([]sqlengine.Record, len(records))
	for i, r := range records {
		// A refresh reads records that arrived before it began. The stream's clock may be
		// ahead, so the arrival time is set from the real clock.
		out[i] = sqlengine.Record{SequenceNumber: r.SequenceNumber, PartitionKey: r.PartitionKey, Data: r.Data, Arrived: time.Now().Add(-time.Second)}
	}
	return out, err
}

// Subscribe returns a channel that signals new records until stop is called.
func (s *streams) Subscribe(name string) (changed <-chan struct{}, stop func()) {
	store, err := s.find(name)
	if err != nil {
		return nil, func() {}
	}
	return store.Subscribe(name)
}

// put puts n records into the stream and returns their sequence numbers.
func (st *stream) put(n int) ([]string, error) {
	handler := st.store.Handler("us-east-1", "000000000000")
	var numbers []string
	for i := range n {
		body, err := json.Marshal(map[string]string{
			"StreamName": st.name, "PartitionKey": fmt.Sprint(i),
			"Data": base64.StdEncoding.EncodeToString(fmt.Appendf(nil, `{"n1": %d, "n2": "%d"}`, i, i)),
		})
		if err != nil {
			return nil, err
		}
		r, err := http.NewRequest(http.MethodPost, "/", bytes.NewReader(body)) //nolint:noctx // the request is handled in this process
		if err != nil {
			return nil, err
		}
		r.Header.Set("X-Amz-Target", "Kinesis_20131202.PutRecord")
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		answer := &recorder{header: http.Header{}}
		handler.ServeHTTP(answer, r)
		var out struct{ SequenceNumber string }
		if err := json.Unmarshal(answer.body.Bytes(), &out); err != nil || out.SequenceNumber == "" {
			return nil, fmt.Errorf("put a record: %s", answer.body.String())
		}
		numbers = append(numbers, out.SequenceNumber)
	}
	return numbers, nil
}

// expire moves the stream's clock forward by more than the retention period, so that all
// records expire.
func (st *stream) expire() { st.clockOffset.Add(int64(25 * time.Hour)) }

// sequenceNumbers returns the sequence numbers of the records that have not expired.
func (st *stream) sequenceNumbers() (map[string]bool, error) {
	shards, err := st.store.Shards(st.name)
	if err != nil {
		return nil, err
	}
	held := map[string]bool{}
	for _, shard := range shards {
		records, err := st.store.Read(st.name, shard, "", 1<<20)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			held[r.SequenceNumber] = true
		}
	}
	return held, nil
}

// recorder is an http.ResponseWriter that stores the response.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header returns the header of the response.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader stores the status.
func (r *recorder) WriteHeader(status int) { r.status = status }

// Write appends b to the body.
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

// replay writes the stored response to w.
func (r *recorder) replay(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	if r.status != 0 {
		w.WriteHeader(r.status)
	}
	_, _ = w.Write(r.body.Bytes()) // if the process has ended, function.await notices it
}
