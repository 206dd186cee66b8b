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

var long = flag.Bool("long", false, "send a million records instead of some thousands")

// numbered is a source of the lab's records, each with its number before it.
type numbered struct {
	produce.Source
	n int64
}

func (s *numbered) Append(dst []byte, at time.Time) ([]byte, error) {
	dst = append(strconv.AppendInt(dst, s.n, 10), ' ')
	s.n++
	return s.Source.Append(dst, at)
}

// TestAMillionRecords sends records into a stream that refuses 30 % of them, and
// whose calls fail before and after they are carried out, one in ten each.
func TestAMillionRecords(t *testing.T) {
	t.Parallel()
	total := int64(20_000)
	if *long {
		total = 1_000_000
	}
	fail := func(seed uint64) func(string) error {
		dice := sometimes(0.1, seed)
		return func(string) error {
			if dice() {
				return &wire.Error{Status: 500, Code: "InternalFailure", Message: "broken"}
			}
			return nil
		}
	}
	refuse := sometimes(0.3, 3)
	store, sink := serve(t, kinesis.Faults{Before: fail(1), After: fail(2), Refuse: func(_, _ string) bool { return refuse() }})
	p, err := produce.New(sink, &numbered{Source: sessions(t)}, produce.Options{Total: total, InFlight: 256})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	found, twice := count(t, store, total)
	a := p.Accounts()
	t.Logf("%d records in %v, %d of them there more than once: %+v", found, took, twice, a)
	if found != total || a.Accepted != found || a.Generated != total || a.Lost != 0 {
		t.Errorf("%d of %d records are in the stream, %+v", found, total, a)
	}
	if twice == 0 || twice > a.Unsure || a.Refused["ProvisionedThroughputExceededException"] < total/3 {
		t.Errorf("%d twice, %+v: want some, at most those unsure, and every third refused", twice, a)
	}
}

// count returns how many different records there are in the stream, and how many
// others.
func count(t *testing.T, store *kinesis.Store, total int64) (found, twice int64) {
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
				twice++
			} else {
				found++
			}
			seen[n] = true
		}
	}
	return found, twice
}
