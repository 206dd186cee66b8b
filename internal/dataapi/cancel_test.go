package dataapi_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

var errDenied = &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "not authorized to perform: redshift-data:ListStatements"}

// interrupted returns the runner of a request whose context ended while its statement was
// running.
func interrupted(t *testing.T, api *fakeAPI, request, name string) *dataapi.Runner {
	t.Helper()
	r := runner(api)
	r.Request, r.Name = request, name
	var running *dataapi.RunningError
	if _, err := r.Run(endAtFirstSleep(t, r), dataapi.Statement{SQL: "running"}, 0); !errors.Is(err, context.Canceled) || !errors.As(err, &running) || running.ID == "" {
		t.Fatalf("want a RunningError with the statement's ID, got %v", err)
	}
	return r
}

// cancelled returns the names of the statements that were cancelled.
func cancelled(api *fakeAPI) []string {
	var names []string
	for i, s := range api.accepted {
		if slices.Contains(api.cancelled, fmt.Sprintf("statement-%d", i+1)) {
			names = append(names, strings.TrimSuffix(*s.StatementName, "/"))
		}
	}
	return names
}

// TestKnownIDsAreCancelledWithoutList checks that statements with known IDs are cancelled
// even if IAM refuses ListStatements. The refusal is logged, and no error is returned.
func TestKnownIDsAreCancelledWithoutList(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		api   fakeAPI
		known []string
		end   func(ctx context.Context, own, later *dataapi.Runner, known []string) error
		want  []string // the names of the cancelled statements
		log   string
	}{
		"statement of an earlier request, listed": {fakeAPI{}, nil, supersede, []string{"tributary/S/V/r1"}, ""},
		"statement of an earlier request, listed for the session only": {
			fakeAPI{sessionOnly: true}, nil, supersede, []string{"tributary/S/V/r1"}, "",
		},
		"statement of an earlier request, ID known": {
			fakeAPI{listErr: errDenied}, []string{"statement-1"}, supersede, []string{"tributary/S/V/r1"}, "not authorized to list",
		},
		"statement of an earlier request, ID unknown": {fakeAPI{listErr: errDenied}, nil, supersede, nil, "not authorized to list"},
		"own statement, ID known": {
			fakeAPI{listErr: errDenied}, []string{"statement-1"}, cancel, []string{"tributary/S/V/r1"}, "not authorized to list",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := test.api
			api.script = map[string]ending{"running": {polls: 1 << 30}}
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

// TestSupersedeListsEveryStatus checks that Supersede lists each status, at both levels.
// Without a status, the Data API lists finished statements only.
func TestSupersedeListsEveryStatus(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{}
	if err := runner(api).Supersede(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	want := []string{"STARTED true", "PICKED true", "SUBMITTED true", "STARTED false", "PICKED false", "SUBMITTED false"}
	if diff := cmp.Diff(want, api.listed); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
}

// TestSupersedeReturnsListErrors checks that errors of ListStatements are returned,
// unless IAM refuses the call.
func TestSupersedeReturnsListErrors(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{listErr: errors.New("no such host")}
	if err := runner(api).Supersede(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "no such host") {
		t.Errorf("want the error of ListStatements, got %v", err)
	}
}

// TestCancelOfOneStatement checks what Supersede and Cancel do if one statement can't be
// cancelled, or if Supersede can't wait for its end.
func TestCancelOfOneStatement(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		api fakeAPI
		log string
	}{
		"statement has just ended": {fakeAPI{cancelErr: &types.ValidationException{Message: aws.String("could not cancel a query that is already in FINISHED state")}}, ""},
		"IAM refuses to cancel":    {fakeAPI{cancelErr: errDenied}, "not authorized to cancel a statement"},
		"statement was deleted":    {fakeAPI{describeErr: &types.ResourceNotFoundException{}}, "can't wait for a statement of an earlier request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := test.api
			api.accepted = []*redshiftdata.ExecuteStatementInput{{Sql: aws.String("x")}}
			api.script = map[string]ending{"x": finished}
			api.polls = map[string]int{"statement-1": 4}
			var logged strings.Builder
			r := runner(&api)
			r.Log = slog.New(slog.NewTextHandler(&logged, nil))
			err := r.Supersede(t.Context(), []string{"statement-1", "statement-1"})
			if err != nil || strings.Count(logged.String(), "level=WARN") != min(1, len(test.log)) || !strings.Contains(logged.String(), test.log) {
				t.Errorf("want no error and log %q; got %v and log %q", test.log, err, logged.String())
			}
			r.Log = nil
			if err := r.Supersede(t.Context(), []string{"statement-1"}); err != nil {
				t.Errorf("without a log: want no error, got %v", err)
			}
		})
	}
}

// TestCancelEndsWithItsContext checks that the error names the call during which the
// context ended.
func TestCancelEndsWithItsContext(t *testing.T) {
	t.Parallel()
	throttled := &smithy.GenericAPIError{Code: "ThrottlingException", Message: "Rate exceeded"}
	for name, test := range map[string]struct {
		api   fakeAPI
		known []string
		want  string
	}{
		"CancelStatement":   {fakeAPI{cancelErr: throttled}, []string{"statement-1"}, "cancel statement statement-1: "},
		"ListStatements":    {fakeAPI{listErr: throttled}, nil, `list the running statements of "tributary/S/V": `},
		"DescribeStatement": {fakeAPI{describeErr: throttled}, []string{"statement-1"}, "wait for the end of statement statement-1: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := runner(&test.api)
			err := r.Supersede(endAtFirstSleep(t, r), test.known)
			want := test.want + throttled.Error() + " (context canceled)"
			if !errors.Is(err, context.Canceled) || err.Error() != want {
				t.Errorf("error\nwant %s\ngot  %v", want, err)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"ended": {status: types.StatusStringFinished}, "running": {polls: 1 << 30}}}
	r := runner(api)
	if _, err := r.Run(t.Context(), dataapi.Statement{SQL: "ended"}, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Run(endAtFirstSleep(t, r), dataapi.Statement{SQL: "running"}, 0); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	got, err := r.Cancel(t.Context(), nil)
	if diff := cmp.Diff([]string{"statement-2"}, got); diff != "" || err != nil {
		t.Errorf("cancelled (-want +got):\n%s%v", diff, err)
	}
}
