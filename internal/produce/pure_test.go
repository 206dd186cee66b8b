package produce

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestPace(t *testing.T) {
	t.Parallel()
	type row struct {
		at   time.Duration
		due  int64
		over bool // once all that is due is made
	}
	tests := map[string]struct {
		pace pace
		want []row
	}{
		"five a second":             {pace{rate: 5}, []row{{0, 1, false}, {199 * time.Millisecond, 1, false}, {200 * time.Millisecond, 2, false}, {time.Hour, 18001, false}}},
		"one in ten seconds":        {pace{rate: 0.1}, []row{{0, 1, false}, {9 * time.Second, 1, false}, {10 * time.Second, 2, false}}},
		"five a second, a second":   {pace{rate: 5, duration: time.Second}, []row{{0, 1, false}, {time.Second, 5, true}, {time.Hour, 5, true}}},
		"five a second, three":      {pace{rate: 5, total: 3}, []row{{0, 1, false}, {time.Second, 3, true}}},
		"rate and both ends, total": {pace{rate: 5, total: 3, duration: time.Second}, []row{{time.Second, 3, true}}},
		"rate and both ends, time":  {pace{rate: 5, total: 9, duration: time.Second}, []row{{time.Second, 5, true}}},
		"no rate, three":            {pace{total: 3}, []row{{0, 3, true}}},
		"no rate, a second":         {pace{duration: time.Second}, []row{{0, math.MaxInt64, false}, {time.Second, 0, true}}},
		"no end":                    {pace{}, []row{{0, math.MaxInt64, false}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []row
			for _, want := range test.want {
				due := test.pace.due(want.at)
				got = append(got, row{want.at, due, test.pace.over(due, want.at)})
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(row{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPaceIsDueWhenItSays(t *testing.T) {
	t.Parallel()
	for _, rate := range []float64{0.3, 1, 5, 7, 1000, 123456} {
		p := pace{rate: rate}
		for n := range int64(1000) {
			if due := p.due(p.at(n) + time.Nanosecond); due <= n {
				t.Fatalf("rate %v: record %d isn't due at %v", rate, n, p.at(n))
			}
		}
	}
}

func TestBatchLimits(t *testing.T) {
	t.Parallel()
	const key = "1234567890"
	tests := map[string]struct {
		size int // of each record
		want int // how many fit
	}{
		"500 records":           {100, 500},
		"10 MiB with keys":      {1<<20 - len(key), 10},
		"a byte more than that": {1<<20 - len(key) + 1, 9},
		"500 empty records":     {0, 500},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBatch()
			for range 2 { // a batch that was used before takes as many
				b.reset()
				got := 0
				for b.add(make([]byte, test.size), key) {
					got++
				}
				if got != test.want {
					t.Errorf("%d records of %d bytes, want %d", got, test.size, test.want)
				}
			}
		})
	}
}

func TestBatchKeepsRecordsAsTheyWere(t *testing.T) {
	t.Parallel()
	b := newBatch()
	record := []byte("first")
	b.add(record, "a")
	copy(record, "other")
	for i := range maxEntries - 1 {
		b.add(make([]byte, i*20), "b")
	}
	if got := b.entries[0]; string(got.Data) != "first" || *got.PartitionKey != "a" {
		t.Errorf("got %q with key %q, want \"first\" with \"a\"", got.Data, *got.PartitionKey)
	}
}

func TestRefusedEntries(t *testing.T) {
	t.Parallel()
	entry := func(data string) types.PutRecordsRequestEntry {
		return types.PutRecordsRequestEntry{Data: []byte(data)}
	}
	sent := []types.PutRecordsRequestEntry{entry("a"), entry("b"), entry("c")}
	accepted := types.PutRecordsResultEntry{SequenceNumber: aws.String("1"), ShardId: aws.String("s")}
	refused := func(code string) types.PutRecordsResultEntry {
		return types.PutRecordsResultEntry{ErrorCode: &code, ErrorMessage: aws.String("no")}
	}
	const throttled = "ProvisionedThroughputExceededException"
	tests := map[string]struct {
		results []types.PutRecordsResultEntry
		again   []types.PutRecordsRequestEntry
		codes   map[string]int64
		err     string
	}{
		"all accepted":      {results: []types.PutRecordsResultEntry{accepted, accepted, accepted}},
		"two refused":       {[]types.PutRecordsResultEntry{refused(throttled), accepted, refused("InternalFailure")}, []types.PutRecordsRequestEntry{sent[0], sent[2]}, map[string]int64{throttled: 1, "InternalFailure": 1}, ""},
		"for good":          {[]types.PutRecordsResultEntry{refused("Odd"), accepted, refused("Odd")}, []types.PutRecordsRequestEntry{sent[0], sent[2]}, map[string]int64{"Odd": 2}, "record refused: Odd: no"},
		"a result too few":  {[]types.PutRecordsResultEntry{accepted, accepted}, sent, nil, "2 results for 3 records"},
		"no results at all": {nil, sent, nil, "0 results for 3 records"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var failed int32
			for _, r := range test.results {
				if r.ErrorCode != nil {
					failed++
				}
			}
			again, codes, err := refusedEntries(sent, &kinesis.PutRecordsOutput{Records: test.results, FailedRecordCount: &failed})
			if diff := cmp.Diff(test.again, again, cmpopts.IgnoreUnexported(types.PutRecordsRequestEntry{})); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.codes, codes); diff != "" {
				t.Error(diff)
			}
			if got := fmt.Sprint(errors.Join(err)); got != fmt.Sprint(errOf(test.err)) {
				t.Errorf("got %v, want %v", got, test.err)
			}
		})
	}
}

func errOf(text string) error {
	if text == "" {
		return nil
	}
	return errors.New(text)
}

func TestWhatPasses(t *testing.T) {
	t.Parallel()
	coded := func(code string) error { return &smithy.GenericAPIError{Code: code, Message: "no"} }
	tests := map[string]struct {
		err  error
		want bool
		code string
	}{
		"throttled":         {coded("ThrottlingException"), true, "ThrottlingException"},
		"throughput":        {&types.ProvisionedThroughputExceededException{}, true, "ProvisionedThroughputExceededException"},
		"stream missing":    {&types.ResourceNotFoundException{}, false, "ResourceNotFoundException"},
		"not authorized":    {coded("AccessDeniedException"), false, "AccessDeniedException"},
		"nobody there":      {&aws.RequestCanceledError{Err: io.ErrUnexpectedEOF}, false, "no answer"},
		"connection broken": {fmt.Errorf("post: %w", errors.New("connection reset")), true, "no answer"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := isPassing(test.err); got != test.want {
				t.Errorf("passing %v, want %v", got, test.want)
			}
			if got := codeOf(test.err); got != test.code {
				t.Errorf("code %q, want %q", got, test.code)
			}
		})
	}
}

func TestWaitsGrow(t *testing.T) {
	t.Parallel()
	var got []string
	for _, strikes := range []int{0, 1, 2, 6, 7, 1000} {
		got = append(got, waitFor(strikes).String())
	}
	if want := "50ms 100ms 200ms 3.2s 5s 5s"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOptionsAreCheckedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := New(nil, nil, Options{Rate: math.NaN(), Total: -1, Duration: -1, InFlight: -1, Drain: -1, MaxRecordBytes: -1})
	want := `stream: required
rate: 0 records per second or more, got NaN
total: must not be negative
duration: must not be negative
in flight: must not be negative
max record bytes: must not be negative
drain: must not be negative`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
}
