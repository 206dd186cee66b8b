package produce_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/produce"
)

// counter is a source of the records "0", "1", "2" and so on. It has end records, or
// infinitely many if end is 0.
type counter struct{ n, end int }

func (c *counter) Append(dst []byte, _ time.Time) ([]byte, error) {
	if c.n == c.end && c.end > 0 {
		return dst, io.EOF
	}
	c.n++
	return fmt.Append(dst, c.n-1), nil
}

// stream is a sink in memory.
type stream struct {
	latency time.Duration
	refuse  func(call, record int) string // returns an error code or ""; nil accepts all records
	fail    func(call int) error          // returns the error of a call; nil fails no call

	mu      sync.Mutex
	calls   int
	records []string // accepted
	batches []int    // number of records in each successful call
}

func (s *stream) Limits() produce.Limits {
	return produce.Limits{Records: 500, Bytes: 10 << 20, RecordBytes: 1 << 20}
}

func (s *stream) Put(ctx context.Context, b *produce.Batch, indexes []int) ([]produce.Refusal, error) {
	select {
	case <-time.After(s.latency):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	call := s.calls
	s.calls++
	if s.fail != nil {
		if err := s.fail(call); err != nil {
			return nil, err
		}
	}
	s.batches = append(s.batches, len(indexes))
	var refused []produce.Refusal
	for n, i := range indexes {
		if s.refuse != nil {
			if code := s.refuse(call, n); code != "" {
				refused = append(refused, produce.Refusal{Record: i, Code: code})
				continue
			}
		}
		s.records = append(s.records, string(b.Data(i)))
	}
	return refused, nil
}

// run runs a producer that sends the records of a counter to s. It uses synctest's fake
// clock. If stopAfter is not 0, the producer's context ends after that time.
func run(t *testing.T, s *stream, o produce.Options, stopAfter time.Duration) (counts produce.Counts, err error, took time.Duration) { //nolint:staticcheck // the callers read better with the error in the middle
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		if stopAfter > 0 {
			time.AfterFunc(stopAfter, stop)
		}
		o.Destination = "stream \"s\""
		p, problem := produce.New(s, &counter{}, o)
		if problem != nil {
			t.Fatal(problem)
		}
		start := time.Now()
		err = p.Run(ctx)
		counts, took = p.Counts(), time.Since(start)
	})
	return counts, err, took
}

func TestRate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options produce.Options
		latency time.Duration
		records int64
		least   time.Duration
		most    time.Duration
	}{
		"5 per second":             {produce.Options{Pace: produce.Constant(5), Total: 50}, time.Millisecond, 50, 9800 * time.Millisecond, 9900 * time.Millisecond},
		"1000 per second for 10 s": {produce.Options{Pace: produce.Constant(1000), Duration: 10 * time.Second}, 10 * time.Millisecond, 10000, 9900 * time.Millisecond, 10100 * time.Millisecond},
		"no pace":                  {produce.Options{Total: 100000}, 100 * time.Millisecond, 100000, 2500 * time.Millisecond, 2600 * time.Millisecond}, // 200 calls, 8 at the same time
		"faster than the stream":   {produce.Options{Pace: produce.Constant(10000), Total: 10000, InFlight: 1}, time.Second, 10000, 20 * time.Second, 22 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &stream{latency: test.latency}
			got, err, took := run(t, s, test.options, 0)
			if err != nil || got.Accepted != test.records || int64(len(s.records)) != test.records {
				t.Errorf("%d records accepted, %d in the stream, error %v, want %d records", got.Accepted, len(s.records), err, test.records)
			}
			if took < test.least || took > test.most {
				t.Errorf("took %v, want %v to %v", took, test.least, test.most)
			}
		})
	}
}

func TestHighRatesFillBatches(t *testing.T) {
	t.Parallel()
	s := &stream{latency: time.Millisecond}
	got, _, _ := run(t, s, produce.Options{Pace: produce.Constant(20000), Total: 20000}, 0)
	if got.Calls > 60 {
		t.Errorf("%d calls for 20,000 records, want at most 60; batch sizes %v", got.Calls, s.batches)
	}
}

func TestOnlyRefusedRecordsAreSentAgain(t *testing.T) {
	t.Parallel()
	s := &stream{refuse: func(call, entry int) string {
		if call == 0 && entry < 3 {
			return "ProvisionedThroughputExceededException"
		}
		if call == 1 && entry == 0 {
			return "InternalFailure"
		}
		return ""
	}}
	got, err, _ := run(t, s, produce.Options{Total: 10}, 0)
	want := produce.Counts{
		Generated: 10, Accepted: 10, Retried: 4, Bytes: 10, Calls: 3,
		Refused: map[string]int64{"ProvisionedThroughputExceededException": 3, "InternalFailure": 1},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if diff := cmp.Diff([]string{"3", "4", "5", "6", "7", "8", "9", "1", "2", "0"}, s.records); diff != "" {
		t.Error(diff)
	}
}

func TestFailedCalls(t *testing.T) {
	t.Parallel()
	throttled := &produce.CallError{Status: 400, Code: "ThrottlingException", Message: "slow down"}
	broken := &produce.CallError{Status: 500, Code: "InternalFailure"}
	missing := &produce.CallError{Status: 400, Code: "ResourceNotFoundException", Message: "Stream s under account 000000000000 not found."}
	tests := map[string]struct {
		fail func(call int) error
		want produce.Counts
		err  string
	}{
		"retryable": {
			func(call int) error {
				if call < 3 {
					return throttled
				}
				return nil
			},
			produce.Counts{Generated: 5, Accepted: 5, Retried: 15, Bytes: 5, Calls: 4, Refused: map[string]int64{"ThrottlingException": 15}},
			"",
		},
		"may have succeeded": {
			func(call int) error {
				if call == 0 {
					return broken
				}
				return nil
			},
			produce.Counts{Generated: 5, Accepted: 5, Retried: 5, PossibleDuplicates: 5, Bytes: 5, Calls: 2, Refused: map[string]int64{"InternalFailure": 5}},
			"",
		},
		"permanent": {
			func(int) error { return missing },
			produce.Counts{Generated: 5, Lost: 5, Calls: 1, Refused: map[string]int64{"ResourceNotFoundException": 5}},
			`put records into stream "s": ResourceNotFoundException: Stream s under account 000000000000 not found.`,
		},
		"retryable, but every call fails": {
			func(int) error { return throttled },
			produce.Counts{Generated: 5, Lost: 5, Retried: 60, Calls: 13, Refused: map[string]int64{"ThrottlingException": 65}},
			`put records into stream "s": ThrottlingException: slow down`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err, _ := run(t, &stream{fail: test.fail}, produce.Options{Total: 5}, 0)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if text := fmt.Sprint(err); test.err != "" && text != test.err || test.err == "" && err != nil {
				t.Errorf("got %v, want %s", err, test.err)
			}
		})
	}
}

func TestStopDeliversGeneratedRecords(t *testing.T) {
	t.Parallel()
	s := &stream{latency: 3 * time.Second}
	got, err, took := run(t, s, produce.Options{Pace: produce.Constant(100)}, 10*time.Second)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if got.Generated < 900 || got.Accepted != got.Generated || got.Lost != 0 || int64(len(s.records)) != got.Accepted {
		t.Errorf("%+v, %d records in the stream, want all generated records", got, len(s.records))
	}
	if took > 17*time.Second {
		t.Errorf("took %v, want at most 17s", took)
	}
}

func TestStopGivesUpAfterDrain(t *testing.T) {
	t.Parallel()
	throttle := func(int) error {
		return &produce.CallError{Status: 400, Code: "ThrottlingException", Message: "slow down"}
	}
	got, err, took := run(t, &stream{fail: throttle}, produce.Options{Pace: produce.Constant(100), Drain: 2 * time.Second}, time.Second)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if got.Accepted != 0 || got.Lost != got.Generated || got.Lost == 0 {
		t.Errorf("%+v, want all records lost", got)
	}
	if took != 3*time.Second {
		t.Errorf("took %v, want 3s", took)
	}
}

// hugeAt is a source that returns n small records. Record n+1 is too large.
type hugeAt struct{ n int }

func (h *hugeAt) Append(dst []byte, _ time.Time) ([]byte, error) {
	if h.n--; h.n < 0 {
		return append(dst, make([]byte, 1<<20)...), nil
	}
	return append(dst, 'x'), nil
}

func TestTooLargeRecordEndsTheRun(t *testing.T) {
	t.Parallel()
	s := &stream{}
	p, err := produce.New(s, &hugeAt{3}, produce.Options{Key: fixedKey("0123456789")})
	if err != nil {
		t.Fatal(err)
	}
	err = p.Run(t.Context())
	if want := "record 4: needs at most 1048576 bytes with its partition key, got 1048586"; fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if len(s.records) != 3 {
		t.Errorf("%d records in the stream, want the 3 before the too large record", len(s.records))
	}
}
