package dataapi_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

var finished = ending{status: types.StatusStringFinished, polls: 3}

func TestRunWaitsForTheEnd(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"select :a": finished}}
	got, err := runner(api).Run(t.Context(), dataapi.Statement{Name: "read", SQL: "select :a", Parameters: map[string]string{"b": "2", "a": "1"}}, 0)
	if err != nil || got.ID != "statement-1" {
		t.Fatalf("want statement-1, got %+v, %v", got, err)
	}
	in := api.accepted[0]
	var parameters []string
	for _, p := range in.Parameters {
		parameters = append(parameters, *p.Name+"="+*p.Value)
	}
	sent := []string{*in.ClusterIdentifier, *in.Database, *in.SecretArn, *in.StatementName, strings.Join(parameters, " ")}
	if diff := cmp.Diff([]string{"c", "dev", "arn", "tributary/S/V/r1/read", "a=1 b=2"}, sent); diff != "" {
		t.Errorf("fields of ExecuteStatement (-want +got):\n%s", diff)
	}
	if in.WorkgroupName != nil || in.DbUser != nil || len(*in.ClientToken) != 64 {
		t.Errorf("want no workgroup, no user and a token of 64 characters; got workgroup %v, user %v, token %q", in.WorkgroupName, in.DbUser, *in.ClientToken)
	}
}

func TestClientTokenDependsOnNameAttemptSQLAndParameters(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"a": finished, "b": finished}}
	r := runner(api)
	for _, test := range []struct {
		name    string
		sql     string
		attempt int
		value   string
		id      string
	}{
		{"s", "a", 0, "1", "statement-1"},
		{"s", "a", 0, "1", "statement-1"},
		{"t", "a", 0, "1", "statement-2"},
		{"s", "b", 0, "1", "statement-3"},
		{"s", "a", 1, "1", "statement-4"},
		{"s", "a", 0, "2", "statement-5"},
		{"s", "a", 1, "1", "statement-4"},
	} {
		got, err := r.Run(t.Context(), dataapi.Statement{Name: test.name, SQL: test.sql, Parameters: map[string]string{"v": test.value}}, test.attempt)
		if err != nil || got.ID != test.id {
			t.Errorf("%+v: got %q, %v", test, got.ID, err)
		}
	}
	r.Target.Database = "another"
	if got, err := r.Run(t.Context(), dataapi.Statement{Name: "s", SQL: "a", Parameters: map[string]string{"v": "1"}}, 0); err != nil || got.ID != "statement-6" {
		t.Errorf("in another database: got %q, %v", got.ID, err)
	}
	r.Request = ""
	for want := 7; want <= 8; want++ {
		got, err := r.Run(t.Context(), dataapi.Statement{Name: "s", SQL: "a"}, 0)
		if err != nil || api.accepted[want-1].ClientToken != nil {
			t.Errorf("without a request: got %q, %v", got.ID, err)
		}
	}
}

func TestRunFails(t *testing.T) {
	t.Parallel()
	unavailable := &types.ValidationException{Message: aws.String("Redshift endpoint doesn't exist in this region.")}
	tests := map[string]struct {
		api      *fakeAPI
		want     string
		noTarget bool
	}{
		"failed": {
			&fakeAPI{script: map[string]ending{"x": {status: types.StatusStringFailed, reason: "ERROR: syntax error"}}},
			"create: failed: ERROR: syntax error (statement statement-1)", false,
		},
		"aborted, no reason": {
			&fakeAPI{script: map[string]ending{"x": {status: types.StatusStringAborted}}},
			"create: aborted: the warehouse gave no reason (statement statement-1)", false,
		},
		"unknown status": {
			&fakeAPI{script: map[string]ending{"x": {status: "VANISHED", reason: "?"}}},
			"create: vanished: ? (statement statement-1)", false,
		},
		"no database": {
			&fakeAPI{script: map[string]ending{"x": {status: types.StatusStringFailed, reason: `FATAL: database "dev" does not exist`}}},
			`create: failed: FATAL: database "dev" does not exist (statement statement-1)`, true,
		},
		"no warehouse": {
			&fakeAPI{executeErrs: []error{unavailable}},
			"create: ValidationException: Redshift endpoint doesn't exist in this region.", true,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := runner(test.api).Run(t.Context(), dataapi.Statement{Name: "create", SQL: "x"}, 0)
			if err == nil || err.Error() != test.want || dataapi.NoSuchTarget(err) != test.noTarget {
				t.Errorf("error\nwant %s (NoSuchTarget %v)\ngot  %v (NoSuchTarget %v)", test.want, test.noTarget, err, dataapi.NoSuchTarget(err))
			}
		})
	}
}

func TestRunRetriesExecuteStatement(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"x": finished}, executeErrs: []error{
		&smithy.GenericAPIError{Code: "ThrottlingException"},
		&types.ActiveStatementsExceededException{},
		&smithyhttp.RequestSendError{Err: errors.New("connection refused")},
		&smithy.DeserializationError{Err: errors.New("unexpected EOF")},
		&types.ValidationException{Message: aws.String("The cluster is currently being modified.")},
		&types.ValidationException{Message: aws.String("The cluster is paused. Resume the cluster and try again.")},
	}}
	if _, err := runner(api).Run(t.Context(), dataapi.Statement{SQL: "x"}, 0); err != nil {
		t.Error(err)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"x": finished}}
	r := runner(api)
	_, err := r.Run(endAtFirstSleep(t, r), dataapi.Statement{Name: "create", SQL: "x"}, 0)
	if !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "create: statement statement-1: ") {
		t.Errorf("got %v", err)
	}
	api.executeErrs = []error{&smithy.GenericAPIError{Code: "ThrottlingException", Message: "Rate exceeded"}}
	_, err = r.Run(endAtFirstSleep(t, r), dataapi.Statement{Name: "create", SQL: "x"}, 1)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "Rate exceeded") {
		t.Errorf("want the last error of ExecuteStatement, got %v", err)
	}
}

// TestNoRetry checks that Run with NoRetry returns the first error of ExecuteStatement,
// and that errors.As finds its type.
func TestNoRetry(t *testing.T) {
	t.Parallel()
	paused := &types.ValidationException{Message: aws.String("The cluster is paused. Resume the cluster and try again.")}
	api := &fakeAPI{executeErrs: []error{paused, paused}}
	r := runner(api)
	r.NoRetry = true
	_, err := r.Run(t.Context(), dataapi.Statement{Name: "watch", SQL: "x"}, 0)
	if refusal := new(types.ValidationException); !errors.As(err, &refusal) || len(api.executeErrs) != 1 {
		t.Errorf("want one call and its error; got error %v, %d of 2 errors left", err, len(api.executeErrs))
	}
}
