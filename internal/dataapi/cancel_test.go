package dataapi_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

var errDenied = &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "not authorized to perform: redshift-data:ListStatements"}

// interrupted has a request's process die while its statement runs.
func interrupted(t *testing.T, api *fakeAPI, request, name string) *dataapi.Runner {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := runner(api)
	r.Request, r.Name = request, name
	var running *dataapi.RunningError
	if _, err := r.Run(ctx, dataapi.Statement{SQL: "running"}, 0); !errors.Is(err, context.Canceled) || !errors.As(err, &running) || running.ID == "" {
		t.Fatalf("want the id of what runs, got %v", err)
	}
	return r
}

// cancelled returns the names of the statements that were cancelled.
func cancelled(api *fakeAPI) []string {
	var names []string
	for i, s := range api.accepted {
		if api.looks[fmt.Sprintf("statement-%d", i+1)] > 1<<30 {
			names = append(names, strings.TrimSuffix(*s.StatementName, "/"))
		}
	}
	return names
}

// TestStatementsAreKnownById holds that ids are enough to end a statement: where IAM
// refuses to list, that is logged, and nothing fails.
func TestStatementsAreKnownById(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		api   fakeAPI
		known []string
		end   func(ctx context.Context, own, later *dataapi.Runner, known []string) error
		want  []string // the names of what is cancelled
		log   string
	}{
		"an earlier request's, that is listed": {fakeAPI{}, nil, supersede, []string{"tributary/S/V/r1"}, ""},
		"an earlier request's, that is listed at the session's level": {
			fakeAPI{hidden: true}, nil, supersede, []string{"tributary/S/V/r1"}, "",
		},
		"an earlier request's, by its id":                 {fakeAPI{unlisted: errDenied}, []string{"statement-1"}, supersede, []string{"tributary/S/V/r1"}, "can't be listed"},
		"an earlier request's, of which nothing is known": {fakeAPI{unlisted: errDenied}, nil, supersede, nil, "can't be listed"},
		"one's own": {fakeAPI{unlisted: errDenied}, []string{"statement-1"}, cancel, []string{"tributary/S/V/r1"}, "can't be listed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := test.api
			api.script = map[string]ending{"running": {looks: 1 << 30}}
			own := interrupted(t, &api, "r1", "tributary/S/V")
			interrupted(t, &api, "r9", "tributary/S/VW")
			later := runner(&api)
			later.Request = "r2"
			var logged strings.Builder
			own.Log = slog.New(slog.NewTextHandler(&logged, nil))
			later.Log = own.Log
			if err := test.end(t.Context(), own, later, test.known); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(test.want, cancelled(&api)); diff != "" {
				t.Errorf("cancelled (-want +got):\n%s", diff)
			}
			if (test.log == "") != (logged.Len() == 0) || !strings.Contains(logged.String(), test.log) {
				t.Errorf("log: want %q, got %q", test.log, logged.String())
			}
		})
	}
}

func supersede(ctx context.Context, _, later *dataapi.Runner, known []string) error {
	return later.Supersede(ctx, known)
}

func cancel(ctx context.Context, own, _ *dataapi.Runner, known []string) error {
	_, err := own.Cancel(ctx, known)
	return err
}

// TestEveryStateIsListed holds that each state is asked for, at both levels: without a
// state, the Data API lists finished statements only.
func TestEveryStateIsListed(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{}
	if err := runner(api).Supersede(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	want := []string{"STARTED true", "PICKED true", "SUBMITTED true", "STARTED false", "PICKED false", "SUBMITTED false"}
	if diff := cmp.Diff(want, api.statuses); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
}

// TestListThatFails holds that another failure than a refusal is one.
func TestListThatFails(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{unlisted: errors.New("no such host")}
	if err := runner(api).Supersede(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "no such host") {
		t.Errorf("want the failure, got %v", err)
	}
}

// TestLongStatementIsTold holds that a statement which runs long is told once, and a
// short one not at all.
func TestLongStatementIsTold(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"long": {status: "FINISHED", looks: 9}, "short": {status: "FINISHED"}}}
	r := runner(api)
	var told []string
	r.OnStillRunning = func(_ context.Context, step string, id string) { told = append(told, string(step)+" "+id) }
	for _, sql := range []string{"short", "long"} {
		if _, err := r.Run(t.Context(), dataapi.Statement{Name: string("step-" + sql), SQL: sql}, 0); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"step-long statement-2"}, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// TestFreshBeginsWhenItRuns holds that the time in which a statement waits in a queue
// isn't part of its run: Began is between the end of the wait and the true beginning.
func TestFreshBeginsWhenItRuns(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"x": {status: "FINISHED"}}, queued: 200 * time.Millisecond, ran: 20 * time.Millisecond}
	r := runner(api)
	r.Sleep = dataapi.Sleep
	sent := time.Now()
	_, outcome, err := r.Fresh(t.Context(), dataapi.Statement{SQL: "x"})
	if err != nil {
		t.Fatal(err)
	}
	// Two looks are at most as far apart as the time until then.
	if waited := outcome.Began.Sub(sent); waited < 60*time.Millisecond || waited > 220*time.Millisecond {
		t.Errorf("want it to have begun after the queue's 200 ms or a look earlier, got %v", waited)
	}
}

// TestFreshIsLookedAtOftener holds that a statement whose answer is soon out of date is
// looked at once a second, where others wait for up to 5 seconds.
func TestFreshIsLookedAtOftener(t *testing.T) {
	t.Parallel()
	longest := func(run func(*dataapi.Runner) error) (most time.Duration) {
		r := runner(&fakeAPI{script: map[string]ending{"x": {status: "FINISHED", looks: 30}}})
		r.Sleep = func(_ context.Context, d time.Duration) error {
			most = max(most, d)
			return nil
		}
		if err := run(r); err != nil {
			t.Fatal(err)
		}
		return most
	}
	got := map[string]time.Duration{
		"fresh": longest(func(r *dataapi.Runner) error {
			_, _, err := r.Fresh(context.Background(), dataapi.Statement{SQL: "x"})
			return err
		}),
		"run": longest(func(r *dataapi.Runner) error {
			_, err := r.Run(context.Background(), dataapi.Statement{SQL: "x"}, 0)
			return err
		}),
	}
	if diff := cmp.Diff(map[string]time.Duration{"fresh": time.Second, "run": 5 * time.Second}, got); diff != "" {
		t.Errorf("longest time between two looks (-want +got):\n%s", diff)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"ended": {status: types.StatusStringFinished}, "running": {looks: 1 << 30}}}
	r := runner(api)
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := r.Run(ctx, dataapi.Statement{SQL: "ended"}, 0); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := r.Run(ctx, dataapi.Statement{SQL: "running"}, 0); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	got, err := r.Cancel(t.Context(), nil)
	if diff := cmp.Diff([]string{"statement-2"}, got); diff != "" || err != nil {
		t.Errorf("cancelled (-want +got):\n%s%v", diff, err)
	}
}
