package produce

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPaces(t *testing.T) {
	t.Parallel()
	ms := func(n float64) time.Duration { return time.Duration(n * float64(time.Millisecond)) }
	tests := map[string]struct {
		pace Pace
		want map[int64]time.Duration
	}{
		"5 per second":     {Constant(5), map[int64]time.Duration{0: 0, 1: ms(200), 5: time.Second, 18000: time.Hour}},
		"1 per 10 seconds": {Constant(0.1), map[int64]time.Duration{0: 0, 1: 10 * time.Second}},
		"ramp up":          {Ramp{0, 100, 10 * time.Second}, map[int64]time.Duration{0: 0, 125: 5 * time.Second, 500: 10 * time.Second, 600: 11 * time.Second}},
		"ramp down":        {Ramp{100, 50, 10 * time.Second}, map[int64]time.Duration{0: 0, 750: 10 * time.Second, 800: 11 * time.Second}},
		"ramp to 0":        {Ramp{100, 0, 10 * time.Second}, map[int64]time.Duration{0: 0, 375: 5 * time.Second, 500: math.MaxInt64, 501: math.MaxInt64}},
		"constant ramp":    {Ramp{100, 100, 10 * time.Second}, map[int64]time.Duration{500: 5 * time.Second, 2000: 20 * time.Second}},
		"bursts":           {Bursts{100, time.Minute}, map[int64]time.Duration{0: 0, 99: 0, 100: time.Minute, 250: 2 * time.Minute}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n, want := range test.want {
				if got := test.pace.At(n); (got - want).Abs() > time.Microsecond {
					t.Errorf("%d is due after %v, want %v", n, got, want)
				}
			}
		})
	}
}

// TestPeriodic counts the records that are due in each second of four hours around
// midnight.
func TestPeriodic(t *testing.T) {
	t.Parallel()
	var week Week
	week[time.Saturday][23] = Distribution{10, 0}
	week[time.Sunday][0] = Distribution{30, 0}
	week[time.Sunday][2] = Distribution{100, 20}
	saturday := time.Date(2026, 11, 21, 23, 0, 0, 0, time.UTC)
	count := func(smooth bool) []int64 {
		pace, counts, last := Periodic(week, smooth, saturday, 1), make([]int64, 4*3600), time.Duration(0)
		for n := int64(0); ; n++ {
			due := pace.At(n)
			if due < last {
				t.Fatalf("record %d is due after %v, which is before the previous record, due after %v", n, due, last)
			}
			last = due
			if due >= 4*time.Hour {
				return counts
			}
			counts[due/time.Second]++
		}
	}
	steps := count(false)
	if got, want := []int64{steps[0], steps[3599], steps[3600], steps[7199], steps[7200]}, []int64{10, 10, 30, 30, 0}; !slices.Equal(got, want) {
		t.Errorf("steps: got %v, want %v", got, want)
	}
	sum, squares := 0.0, 0.0
	for _, n := range steps[3*3600:] {
		sum, squares = sum+float64(n), squares+float64(n*n)
	}
	mean := sum / 3600
	if deviation := math.Sqrt(squares/3600 - mean*mean); math.Abs(mean-100.5) > 2 || math.Abs(deviation-20) > 2 { // counts are rounded up
		t.Errorf("mean %.1f, deviation %.1f, want 100.5, 20", mean, deviation)
	}
	smooth := count(true)
	if got, want := []int64{smooth[0], smooth[1800], smooth[3600], smooth[5400]}, []int64{10, 20, 30, 15}; !slices.Equal(got, want) {
		t.Errorf("smooth: got %v, want %v", got, want)
	}
}

func TestPeriodicOfZerosEnds(t *testing.T) {
	t.Parallel()
	if got := Periodic(Week{}, false, time.Time{}, 1).At(0); got != math.MaxInt64 {
		t.Errorf("due at %v, want never", got)
	}
}

func TestBatchLimits(t *testing.T) {
	t.Parallel()
	const key = "1234567890"
	tests := map[string]struct {
		size int // of the data of each record
		want int // number of records that fit
	}{
		"500 records":       {100, 500},
		"10 MiB with keys":  {1<<20 - len(key), 10},
		"one byte more":     {1<<20 - len(key) + 1, 9},
		"500 empty records": {0, 500},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := new(Batch)
			for range 2 { // the limits also apply after reset
				b.reset()
				for b.add(make([]byte, test.size), []byte(key), (&Kinesis{}).Limits()) {
				}
				if got := b.Len(); got != test.want {
					t.Errorf("%d records of %d bytes fit, want %d", got, test.size, test.want)
				}
			}
		})
	}
}

func TestBatchCopiesRecords(t *testing.T) {
	t.Parallel()
	b, limits := new(Batch), (&Kinesis{}).Limits()
	record := []byte("first")
	b.add(record, []byte("a"), limits)
	copy(record, "other")
	for i := range 499 {
		b.add(make([]byte, i*20), []byte("b"), limits)
	}
	if got := string(b.Data(0)) + " " + string(b.Key(0)); got != "first a" {
		t.Errorf("got %q, want \"first a\"", got)
	}
}

func TestBase64(t *testing.T) {
	t.Parallel()
	data := make([]byte, 300)
	for i := range data {
		data[i] = byte(i*i + i>>3)
	}
	for n := range data {
		if got, want := string(appendBase64([]byte("x"), data[:n])), "x"+base64.StdEncoding.EncodeToString(data[:n]); got != want {
			t.Fatalf("%d bytes: got %s, want %s", n, got, want)
		}
	}
}

func TestReadResponse(t *testing.T) {
	t.Parallel()
	const (
		accepted  = `{"SequenceNumber":"1","ShardId":"s"}`
		throttled = `{"ErrorCode":"ProvisionedThroughputExceededException","ErrorMessage":"no"}`
		failed    = `{"ErrorCode":"InternalFailure","ErrorMessage":"no"}`
		odd       = `{"ErrorCode":"Odd","ErrorMessage":"no"}`
	)
	tests := map[string]struct {
		body string
		want []Refusal
		err  string
	}{
		"all accepted":     {`{"FailedRecordCount":0,"Records":[` + accepted + `,` + accepted + `,` + accepted + `]}`, nil, "<nil>"},
		"count comes last": {`{"Records":[` + accepted + `,` + accepted + `,` + accepted + `],"FailedRecordCount": 0}`, nil, "<nil>"},
		"two refused":      {`{"FailedRecordCount":2,"Records":[` + throttled + `,` + accepted + `,` + failed + `]}`, []Refusal{{4, "ProvisionedThroughputExceededException"}, {7, "InternalFailure"}}, "<nil>"},
		"not retryable":    {`{"FailedRecordCount":2,"Records":[` + odd + `,` + accepted + `,` + odd + `]}`, []Refusal{{4, "Odd"}, {7, "Odd"}}, "record refused: Odd: no"},
		"a missing result": {`{"FailedRecordCount":0,"Records":[` + accepted + `,` + accepted + `]}`, nil, "response: needs 3 results, got 2"},
		"no results":       {`{}`, nil, "response: needs 3 results, got 0"},
		"no JSON":          {`no`, nil, "response: invalid character 'o' in literal null (expecting 'u')"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := readResponse([]byte(test.body), []int{4, 6, 7}, "FailedRecordCount")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if fmt.Sprint(err) != test.err {
				t.Errorf("got %v, want %s", err, test.err)
			}
		})
	}
}

func TestErrorClassification(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err                   error
		retryable, duplicates bool // whether the call is retryable, and whether it may have succeeded
		code                  string
	}{
		"throttled":         {&CallError{400, "ThrottlingException", ""}, true, false, "ThrottlingException"},
		"throughput":        {&CallError{400, "ProvisionedThroughputExceededException", ""}, true, false, "ProvisionedThroughputExceededException"},
		"expired token":     {&CallError{400, "ExpiredTokenException", ""}, true, false, "ExpiredTokenException"},
		"stream missing":    {&CallError{400, "ResourceNotFoundException", ""}, false, false, "ResourceNotFoundException"},
		"not authorized":    {&CallError{400, "AccessDeniedException", ""}, false, false, "AccessDeniedException"},
		"bad gateway":       {fmt.Errorf("put: %w", &CallError{502, "status 502", ""}), true, true, "status 502"},
		"connection broken": {fmt.Errorf("post: %w", io.ErrUnexpectedEOF), true, true, "no answer"},
		"permanent":         {fmt.Errorf("post: %w", permanentError{errors.New("no such host")}), false, true, "no answer"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := isRetryable(test.err); got != test.retryable {
				t.Errorf("retryable %v, want %v", got, test.retryable)
			}
			if got := mayHaveSucceeded(test.err); got != test.duplicates {
				t.Errorf("may have succeeded %v, want %v", got, test.duplicates)
			}
			if got := errorCode(test.err); got != test.code {
				t.Errorf("code %q, want %q", got, test.code)
			}
		})
	}
}

func TestField(t *testing.T) {
	t.Parallel()
	const record = ` {"a" : "x, }\"y", "b":{"c": [1, {"d":2}], "d": -1.5e3}, "e":null,"f":true}`
	tests := map[string]string{
		"a": `"x, }\"y"`, "b": `{"c": [1, {"d":2}], "d": -1.5e3}`, "b.c": `[1, {"d":2}]`, "b.d": "-1.5e3", "e": "null", "f": "true",
		"g": "", "b.e": "", "a.b": "", "": "",
	}
	for path, want := range tests {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			got, err := Field([]byte(record), strings.Split(path, "."))
			if string(got) != want || (err == nil) != (want != "") {
				t.Errorf("got %s, %v, want %s", got, err, want)
			}
		})
	}
	key, err := FieldKey("a").Append(nil, []byte(record), time.Time{})
	if want := `x, }"y`; string(key) != want || err != nil {
		t.Errorf("key %s, %v, want %s", key, err, want)
	}
}

// FuzzField searches for JSON text for which Field and encoding/json return different
// values.
func FuzzField(f *testing.F) {
	f.Add(`{"a":{"b":[1,"}"]},"a b":2}`, "a")
	f.Fuzz(func(t *testing.T, record, name string) {
		var object map[string]json.RawMessage
		got, err := Field([]byte(record), []string{name})
		if json.Unmarshal([]byte(record), &object) != nil {
			return
		}
		quoted, _ := json.Marshal(name)
		if strings.Count(record, string(quoted)) != 1 || strings.Contains(record, `\`) {
			return // the name occurs several times, or with escapes
		}
		if want, ok := object[name]; ok && (err != nil || string(got) != strings.TrimSpace(string(want))) {
			t.Errorf("field %s of %s: got %s, %v, want %s", name, record, got, err, want)
		}
	})
}

func TestBackoffGrows(t *testing.T) {
	t.Parallel()
	var got []string
	for _, badAttempts := range []int{0, 1, 2, 6, 7, 1000} {
		got = append(got, maxBackoff(badAttempts).String())
	}
	if want := "50ms 100ms 200ms 3.2s 5s 5s"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNewReportsAllBadOptions(t *testing.T) {
	t.Parallel()
	_, err := New(nil, nil, Options{Total: -1, Duration: -1, InFlight: -1, Drain: -1, Start: time.Now()})
	want := `total: needs 0 or more, got -1
duration: needs 0 or more, got -1
in flight: needs 0 or more, got -1
drain: needs 0 or more, got -1
start: needs a pace, which determines the times of the records`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
}
