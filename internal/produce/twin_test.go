package produce_test

import (
	"context"
	"math/rand/v2"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/produce"
	"github.com/tributary-cdk/tributary/internal/record"
	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// serve starts a twin's Kinesis that injects faults. It returns the twin's store, and a
// sink for the stream "ev_stream_data".
func serve(t testing.TB, faults kinesis.Faults) (*kinesis.Store, produce.Sink) {
	t.Helper()
	store := kinesis.New(nil)
	if err := store.CreateStream("ev_stream_data", kinesis.Config{}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(store.FaultyHandler("us-east-1", "000000000000", faults))
	t.Cleanup(server.Close)
	return store, produce.NewKinesis(endpoint(server.URL), "ev_stream_data")
}

func endpoint(url string) produce.Endpoint {
	return produce.Endpoint{
		URL: url, Region: "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "TEST", SecretAccessKey: "test"}, nil
		}),
	}
}

// sometimes returns a function that returns true with the given probability.
func sometimes(probability float64, seed uint64) func() bool {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 0))
	return func() bool {
		mu.Lock()
		defer mu.Unlock()
		return rng.Float64() < probability
	}
}

// recorder is a source that stores the records of another source.
type recorder struct {
	produce.Source
	records map[string]bool
}

func (k *recorder) Append(dst []byte, at time.Time) ([]byte, error) {
	start := len(dst)
	dst, err := k.Source.Append(dst, at)
	k.records[string(dst[start:])] = true
	return dst, err
}

func labSource(t testing.TB) produce.Source {
	t.Helper()
	template, err := record.Parse(lab.RecordTemplate)
	if err != nil {
		t.Fatal(err)
	}
	return record.NewGenerator(template, 1)
}

// occurrences reads the whole stream and returns how often it contains each record.
func occurrences(t *testing.T, store *kinesis.Store) map[string]int {
	t.Helper()
	shards, err := store.Shards("ev_stream_data")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, shard := range shards {
		records, err := store.Read("ev_stream_data", shard, "", 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			found[string(r.Data)]++
		}
	}
	return found
}

func TestEveryRecordArrivesInAStreamThatRefusesSome(t *testing.T) {
	t.Parallel()
	const total = 5000
	refuse := sometimes(0.3, 1)
	store, sink := serve(t, kinesis.Faults{Refuse: func(_, _ string) bool { return refuse() }})
	source := &recorder{labSource(t), map[string]bool{}}
	p, err := produce.New(sink, source, produce.Options{Total: total})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	found := occurrences(t, store)
	want := map[string]int{}
	for text := range source.records {
		want[text] = 1
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
	got := p.Counts()
	refused := got.Refused["ProvisionedThroughputExceededException"]
	if got.Generated != total || got.Accepted != int64(len(found)) || got.Lost != 0 || got.Retried != refused {
		t.Errorf("%+v, want %d generated, %d accepted, %d retried", got, total, len(found), refused)
	}
	if refused < total*2/5 || refused > total/2 { // the expected value is 0.3/0.7 of the total
		t.Errorf("%d records refused, want about %d", refused, total*3/7)
	}
}

// If calls fail after the stream has stored the records, the stream contains duplicates,
// but no record is missing.
func TestNoRecordIsLostWhenResponsesAreLost(t *testing.T) {
	t.Parallel()
	broken := &wire.Error{Status: 500, Code: "InternalFailure", Message: "broken"}
	fail := func(seed uint64) func(string) error {
		random := sometimes(0.1, seed)
		return func(string) error {
			if random() {
				return broken
			}
			return nil
		}
	}
	refuse := sometimes(0.3, 3)
	store, sink := serve(t, kinesis.Faults{Before: fail(1), After: fail(2), Refuse: func(_, _ string) bool { return refuse() }})
	source := &recorder{labSource(t), map[string]bool{}}
	p, err := produce.New(sink, source, produce.Options{Total: 2000})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	duplicates := 0
	found := occurrences(t, store)
	for text := range source.records {
		switch {
		case found[text] == 0:
			t.Errorf("record is missing: %s", strings.TrimSpace(text))
		case found[text] > 1:
			duplicates++
		}
	}
	got := p.Counts()
	if got.Accepted != 2000 || got.Lost != 0 || duplicates == 0 || got.PossibleDuplicates < int64(duplicates) || got.Refused["InternalFailure"] == 0 {
		t.Errorf("%+v and %d duplicates, want 2000 records accepted and some duplicates", got, duplicates)
	}
}

// BenchmarkTwin sends the lab's records to a twin in this process.
func BenchmarkTwin(b *testing.B) {
	_, sink := serve(b, kinesis.Faults{})
	const total = 50000
	for b.Loop() {
		p, err := produce.New(sink, labSource(b), produce.Options{Total: total})
		if err != nil {
			b.Fatal(err)
		}
		if err := p.Run(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(total*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
