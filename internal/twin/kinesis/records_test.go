package kinesis_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
)

// put sends count records through the API. Their data are the numbers from first on.
func put(t *testing.T, store *kinesis.Store, stream string, first, count int) {
	t.Helper()
	for i := first; i < first+count; i++ {
		answer := call(t, store.Handler(region, account), "PutRecord",
			map[string]any{"StreamName": stream, "PartitionKey": fmt.Sprint("key", i), "Data": fmt.Append(nil, i)})
		if answer["SequenceNumber"] == nil {
			t.Fatalf("record %d: %v", i, answer)
		}
	}
}

func TestReadAfterASequenceNumber(t *testing.T) {
	t.Parallel()
	const records = 100
	store := kinesis.New(newClock().Now)
	if err := store.CreateStream("s", kinesis.Config{}); err != nil {
		t.Fatal(err)
	}
	put(t, store, "s", 0, records)
	shards, err := store.Shards("s")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, shard := range shards {
		after := ""
		for {
			page, err := store.Read("s", shard, after, 7)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page {
				if r.SequenceNumber <= after || r.ShardID != shard || r.PartitionKey != "key"+string(r.Data) || !r.Arrived.Equal(start) {
					t.Errorf("record after sequence number %q: got %+v", after, r)
				}
				after = r.SequenceNumber
				got = append(got, string(r.Data))
			}
			if len(page) < 7 {
				break
			}
		}
	}
	var want []string
	for i := range records {
		want = append(want, fmt.Sprint(i))
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestConcurrentWritersLoseNothing(t *testing.T) {
	t.Parallel()
	const writers, each = 8, 50
	store := kinesis.New(nil)
	if err := store.CreateStream("s", kinesis.Config{Shards: 1}); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	for w := range writers {
		go func() {
			put(t, store, "s", w*each, each)
			done <- struct{}{}
		}()
	}
	seen, after := map[string]bool{}, ""
	for running := writers; ; {
		records, err := store.Read("s", "shardId-000000000000", after, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			seen[string(r.Data)], after = true, r.SequenceNumber
		}
		if running == 0 && len(records) == 0 {
			break
		}
		select {
		case <-done:
			running--
		default:
		}
	}
	if len(seen) != writers*each {
		t.Errorf("got %d different records, want %d", len(seen), writers*each)
	}
}

func TestReadRefusesASequenceNumberOfADeletedStream(t *testing.T) {
	t.Parallel()
	clock := newClock()
	store := kinesis.New(clock.Now)
	one := kinesis.Config{Shards: 1}
	if err := store.CreateStream("s", one); err != nil {
		t.Fatal(err)
	}
	put(t, store, "s", 0, 1)
	old, err := store.Read("s", "shardId-000000000000", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	clock.Move(time.Second)
	if err := errors.Join(store.DeleteStream("s"), store.CreateStream("s", one)); err != nil {
		t.Fatal(err)
	}
	_, err = store.Read("s", "shardId-000000000000", old[0].SequenceNumber, 1)
	want := fmt.Sprintf(`stream "s": sequence number %q does not belong to shard "shardId-000000000000"`, old[0].SequenceNumber)
	if text(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestRetention(t *testing.T) {
	t.Parallel()
	clock := newClock()
	store := kinesis.New(clock.Now)
	if err := store.CreateStream("s", kinesis.Config{Shards: 1}); err != nil {
		t.Fatal(err)
	}
	put(t, store, "s", 0, 2)
	clock.Move(23 * time.Hour)
	put(t, store, "s", 2, 2)
	tests := []struct {
		name string
		move time.Duration
		want []string
	}{
		{"all within the retention period", time.Hour, []string{"0", "1", "2", "3"}},
		{"two older", time.Millisecond, []string{"2", "3"}},
		{"all older", 23 * time.Hour, nil},
	}
	for _, test := range tests { //nolint:paralleltest // each test moves the shared clock
		t.Run(test.name, func(t *testing.T) {
			clock.Move(test.move)
			records, err := store.Read("s", "shardId-000000000000", "", 0)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range records {
				got = append(got, string(r.Data))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCapacity(t *testing.T) {
	t.Parallel()
	clock := newClock()
	store := kinesis.New(clock.Now)
	store.Capacity = 3 << 10
	if err := store.CreateStream("s", kinesis.Config{Shards: 1}); err != nil {
		t.Fatal(err)
	}
	record := map[string]any{"StreamName": "s", "PartitionKey": "k", "Data": make([]byte, 1<<10)}
	putOne := func() map[string]any { return call(t, store.Handler(region, account), "PutRecord", record) }
	putOne()
	putOne()
	want := map[string]any{
		"__type":  "InvalidArgumentException",
		"message": "memory for records is full: the local twin keeps 3072 bytes of records at most; delete a stream",
	}
	if diff := cmp.Diff(want, putOne()); diff != "" {
		t.Error(diff)
	}
	clock.Move(25 * time.Hour)
	if answer := putOne(); answer["SequenceNumber"] == nil {
		t.Errorf("after the retention period: got %v, want success", answer)
	}
	if err := store.DeleteStream("s"); err != nil {
		t.Fatal(err)
	}
	if err := store.CreateStream("s", kinesis.Config{Shards: 1}); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if answer := putOne(); answer["SequenceNumber"] == nil {
			t.Errorf("record %d after the stream was deleted: got %v, want success", i, answer)
		}
	}
}

func TestSubscribe(t *testing.T) {
	t.Parallel()
	store := kinesis.New(newClock().Now)
	changed, stop := store.Subscribe("s")
	if err := store.CreateStream("s", kinesis.Config{}); err != nil {
		t.Fatal(err)
	}
	received := func() bool {
		select {
		case <-changed:
			return true
		default:
			return false
		}
	}
	got := []bool{received()}
	put(t, store, "s", 0, 10)
	got = append(got, received(), received())
	stop()
	put(t, store, "s", 0, 1)
	got = append(got, received())
	if diff := cmp.Diff([]bool{false, true, false, false}, got); diff != "" {
		t.Errorf("value in the channel before the puts, after ten puts, again, and after stop (-want +got):\n%s", diff)
	}
}
