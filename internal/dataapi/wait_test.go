package dataapi_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// TestPollIntervals checks how long a Runner waits between its polls, and between its
// retries.
func TestPollIntervals(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	throttled := &smithy.GenericAPIError{Code: "ThrottlingException"}
	run := func(ctx context.Context, r *dataapi.Runner) error {
		_, err := r.Run(ctx, dataapi.Statement{SQL: "x"}, 0)
		return err
	}
	fresh := func(ctx context.Context, r *dataapi.Runner) error {
		_, _, err := r.Fresh(ctx, dataapi.Statement{SQL: "x"})
		return err
	}
	for name, test := range map[string]struct {
		call    func(context.Context, *dataapi.Runner) error
		timeout time.Duration // of the context; 0 means no deadline
		polls   int           // how often DescribeStatement reports that the statement is running
		errs    []error       // the errors of the first calls of ExecuteStatement
		want    []time.Duration
	}{
		"Run, up to 5 seconds": {
			call: run, polls: 13,
			want: []time.Duration{5 * ms, 10 * ms, 20 * ms, 40 * ms, 80 * ms, 160 * ms, 320 * ms, 640 * ms, 1280 * ms, 2560 * ms, 5000 * ms, 5000 * ms, 5000 * ms},
		},
		"Fresh, up to 1 second": {
			call: fresh, polls: 10,
			want: []time.Duration{5 * ms, 10 * ms, 20 * ms, 40 * ms, 80 * ms, 160 * ms, 320 * ms, 640 * ms, 1000 * ms, 1000 * ms},
		},
		"deadline, up to a hundredth of the time left": {
			call: run, timeout: 5 * time.Second, polls: 6,
			want: []time.Duration{5 * ms, 10 * ms, 20 * ms, 40 * ms, 50 * ms, 50 * ms},
		},
		"deadline so near that the first interval is the longest": {
			call: run, timeout: 100 * ms, polls: 3,
			want: []time.Duration{5 * ms, 5 * ms, 5 * ms},
		},
		"retries": {
			call: run, errs: []error{throttled, throttled, throttled, throttled, throttled, throttled, throttled},
			want: []time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms, 1600 * ms, 3200 * ms, 5000 * ms},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if test.timeout > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.timeout)
					defer cancel()
				}
				r := runner(&fakeAPI{script: map[string]ending{"x": {status: "FINISHED", polls: test.polls}}, executeErrs: test.errs})
				var got []time.Duration
				r.Sleep = func(_ context.Context, d time.Duration) error {
					got = append(got, d)
					return nil
				}
				if err := test.call(ctx, r); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("intervals (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestBegan checks that Began is the time of the last poll that found the statement
// running, minus the duration that the Data API reports, and not before the statement was
// sent. So the time in which the statement waits in a queue is not part of its run.
func TestBegan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ran, want time.Duration
	}{
		"waited in the queue":               {20 * time.Millisecond, 135 * time.Millisecond}, // polls at 0, 5, 15, 35, 75, 155 and 315 ms
		"ran since it was sent":             {time.Hour, 0},
		"no duration (the Data API has -1)": {-1, 155 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sent := time.Now()
				r := runner(&fakeAPI{script: map[string]ending{"x": {status: "FINISHED", at: sent.Add(220 * time.Millisecond), ran: test.ran}}})
				r.Sleep = nil
				_, outcome, err := r.Fresh(t.Context(), dataapi.Statement{SQL: "x"})
				if got := outcome.Began.Sub(sent); got != test.want || err != nil {
					t.Errorf("began after: want %v, got %v, %v", test.want, got, err)
				}
			})
		})
	}
}

// TestOnStillRunning checks that OnStillRunning is called once for a long statement, at
// the first poll after StillRunningAfter, and not for a short one.
func TestOnStillRunning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := runner(&fakeAPI{script: map[string]ending{
			"short": {status: "FINISHED", polls: 3}, // polls after 0, 5, 15 and 35 ms
			"long":  {status: "FINISHED", polls: 9},
		}})
		r.Sleep, r.StillRunningAfter = nil, 35*time.Millisecond
		var start time.Time
		var got []string
		r.OnStillRunning = func(_ context.Context, name, id string) {
			got = append(got, fmt.Sprint(name, " ", id, " after ", time.Since(start)))
		}
		for _, sql := range []string{"short", "long"} {
			start = time.Now()
			if _, err := r.Run(t.Context(), dataapi.Statement{Name: "run-" + sql, SQL: sql}, 0); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]string{"run-long statement-2 after 35ms"}, got); diff != "" {
			t.Errorf("calls of OnStillRunning (-want +got):\n%s", diff)
		}
	})
}

func TestSleep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if err := dataapi.Sleep(t.Context(), time.Minute); err != nil || time.Since(start) != time.Minute {
			t.Errorf("want nil after 1 minute, got %v after %v", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		if err := dataapi.Sleep(ctx, time.Minute); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("want the context's error after 1 second, got %v after %v", err, time.Since(start))
		}
	})
}
