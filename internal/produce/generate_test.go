package produce_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/produce"
)

// fixedKey is a Key that returns the same partition key for every record.
type fixedKey string

func (k fixedKey) Append(dst, _ []byte, _ time.Time) ([]byte, error) { return append(dst, k...), nil }

func TestRunEndsWithTheSource(t *testing.T) {
	t.Parallel()
	s := &stream{}
	p, err := produce.New(s, &counter{end: 1234}, produce.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(t.Context()); err != nil || len(s.records) != 1234 {
		t.Errorf("%d records, %v, want 1234", len(s.records), err)
	}
}

// slowSource is a source in which three records arrive every second.
type slowSource struct {
	counter
	begun time.Time
}

func (s *slowSource) Append(dst []byte, at time.Time) ([]byte, error) {
	if s.begun.IsZero() {
		s.begun = time.Now()
	}
	if due := 3 * (1 + int(time.Since(s.begun)/time.Second)); s.n == due {
		return dst, produce.ErrNotYet
	}
	return s.counter.Append(dst, at)
}

func TestRecordsAreSentBeforeABatchIsFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &stream{}
		p, err := produce.New(s, &slowSource{counter: counter{end: 9}}, produce.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int{3, 3, 3}, s.batches); diff != "" {
			t.Error(diff)
		}
	})
}

// timeRecorder is a source that stores the time of each record.
type timeRecorder struct{ at []string }

func (s *timeRecorder) Append(dst []byte, at time.Time) ([]byte, error) {
	s.at = append(s.at, at.Format("15:04:05.000"))
	return append(dst, 'x'), nil
}

func TestRecordTimesFollowThePaceFromStart(t *testing.T) {
	t.Parallel()
	source := &timeRecorder{}
	p, err := produce.New(&stream{}, source, produce.Options{
		Pace: produce.Constant(3), Start: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC), Zone: time.UTC, Duration: 2 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"12:00:00.000", "12:00:00.333", "12:00:00.666", "12:00:01.000", "12:00:01.333", "12:00:01.666"}
	if diff := cmp.Diff(want, source.at); diff != "" {
		t.Error(diff)
	}
}

func TestPaceByBytes(t *testing.T) {
	t.Parallel()
	s := &stream{}
	_, err, took := run(t, s, produce.Options{Pace: produce.Constant(100), ByBytes: true, Total: 510}, 0) // 10 + 90·2 + 410·3 bytes
	if err != nil || took < 14100*time.Millisecond || took > 14300*time.Millisecond {
		t.Errorf("took %v, %v, want 14.2s for 1420 bytes at 100 a second", took, err)
	}
}

// modulo is a Key for the records of a counter: the number of the record, modulo m.
type modulo int

func (m modulo) Append(dst, record []byte, _ time.Time) ([]byte, error) {
	n, err := strconv.Atoi(string(record))
	return strconv.AppendInt(dst, int64(n%int(m)), 10), err
}

func TestOrderedKeepsTheOrderOfEachKey(t *testing.T) {
	t.Parallel()
	const records, keys = 3000, 40
	random := sometimes(0.3, 1)
	s := &stream{
		latency: time.Millisecond,
		refuse: func(_, _ int) string {
			if random() {
				return "ProvisionedThroughputExceededException"
			}
			return ""
		},
	}
	got, err, _ := run(t, s, produce.Options{Total: records, Ordered: true, Key: modulo(keys)}, 0)
	if err != nil || got.Accepted != records {
		t.Fatalf("%+v, %v", got, err)
	}
	last := map[int]int{}
	for _, text := range s.records {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		if before, ok := last[n%keys]; ok && before >= n {
			t.Fatalf("record %d came after record %d, which has the same key", n, before)
		}
		last[n%keys] = n
	}
}

func TestBadKeys(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		key  produce.Key
		want string
	}{
		"empty":    {fixedKey(""), "record 1: partition key: needs 1 to 256 characters, got 0"},
		"too long": {fixedKey(strings.Repeat("é", 257)), "record 1: partition key: needs 1 to 256 characters, got 257"},
		"no field": {produce.FieldKey("a.b"), `record 1: partition key: field "a": not found in record "0"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err, _ := run(t, &stream{}, produce.Options{Key: test.key}, 0)
			if fmt.Sprint(err) != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
