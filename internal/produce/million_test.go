package produce_test

import (
	"bytes"
	"flag"
	"strconv"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/produce"
	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

var long = flag.Bool("long", false, "send a million records instead of twenty thousand")

// numbered is a source that writes a number before each record of another source.
type numbered struct {
	produce.Source
	n int64
}

func (s *numbered) Append(dst []byte, at time.Time) ([]byte, error) {
	dst = append(strconv.AppendInt(dst, s.n, 10), ' ')
	s.n++
	return s.Source.Append(dst, at)
}

// TestAMillionRecords sends records to a stream that refuses 30 % of the records. One
// call in ten fails before the stream has stored the records, and one in ten afterwards.
func TestAMillionRecords(t *testing.T) {
	t.Parallel()
	total := int64(20_000)
	if *long {
		total = 1_000_000
	}
	fail := func(seed uint64) func(string) error {
		random := sometimes(0.1, seed)
		return func(string) error {
			if random() {
				return &wire.Error{Status: 500, Code: "InternalFailure", Message: "broken"}
			}
			return nil
		}
	}
	refuse := sometimes(0.3, 3)
	store, sink := serve(t, kinesis.Faults{Before: fail(1), After: fail(2), Refuse: func(_, _ string) bool { return refuse() }})
	p, err := produce.New(sink, &numbered{Source: labSource(t)}, produce.Options{Total: total, InFlight: 256})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	found, duplicates := countRecords(t, store, total)
	counts := p.Counts()
	t.Logf("the stream has %d different records and %d duplicates after %v: %+v", found, duplicates, took, counts)
	if found != total || counts.Accepted != found || counts.Generated != total || counts.Lost != 0 {
		t.Errorf("%d of %d records are in the stream, %+v", found, total, counts)
	}
	if duplicates == 0 || duplicates > counts.PossibleDuplicates {
		t.Errorf("%d duplicates, want 1 to %d", duplicates, counts.PossibleDuplicates)
	}
	if refused := counts.Refused["ProvisionedThroughputExceededException"]; refused < total/3 {
		t.Errorf("%d records refused, want %d or more", refused, total/3)
	}
}

// countRecords returns how many different records the stream has, and how many of its
// records are duplicates.
func countRecords(t *testing.T, store *kinesis.Store, total int64) (found, duplicates int64) {
	t.Helper()
	shards, err := store.Shards("ev_stream_data")
	if err != nil {
		t.Fatal(err)
	}
	seen := make([]bool, total)
	for _, shard := range shards {
		records, err := store.Read("ev_stream_data", shard, "", 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			number, _, _ := bytes.Cut(r.Data, []byte(" "))
			n, err := strconv.Atoi(string(number))
			if err != nil {
				t.Fatal(err)
			}
			if seen[n] {
				duplicates++
			} else {
				found++
			}
			seen[n] = true
		}
	}
	return found, duplicates
}
