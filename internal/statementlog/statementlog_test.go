package statementlog_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/statementlog"
)

// fakeAPI is a fake Data API. The second DescribeStatement of a statement returns that it has
// ended. Statements that begin with "fail" fail.
type fakeAPI struct {
	dataapi.API                // nil, so that any other call panics
	described   map[string]int // the number of DescribeStatement calls, by ID
}

func (f *fakeAPI) ExecuteStatement(_ context.Context, in *redshiftdata.ExecuteStatementInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.ExecuteStatementOutput, error) {
	return &redshiftdata.ExecuteStatementOutput{Id: aws.String("id-" + strings.Fields(*in.Sql)[0])}, nil
}

func (f *fakeAPI) DescribeStatement(_ context.Context, in *redshiftdata.DescribeStatementInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.DescribeStatementOutput, error) {
	f.described[*in.Id]++
	switch {
	case f.described[*in.Id] < 2:
		return &redshiftdata.DescribeStatementOutput{Status: types.StatusStringStarted}, nil
	case *in.Id == "id-fail":
		return &redshiftdata.DescribeStatementOutput{Status: types.StatusStringFailed, Error: aws.String("ERROR: secret value"), Duration: 2e6}, nil
	}
	return &redshiftdata.DescribeStatementOutput{Status: types.StatusStringFinished, Duration: 1_500_000}, nil
}

func TestLog(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	logger := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	r := &dataapi.Runner{API: statementlog.New(&fakeAPI{described: map[string]int{}}, logger.With("request", "r-1")), Name: "tributary/Lab/View"}
	if _, err := r.Run(t.Context(), dataapi.Statement{Name: "create", SQL: "create 'secret value'"}, 0); err != nil {
		t.Error(err)
	}
	if _, err := r.Run(t.Context(), dataapi.Statement{Name: "refresh", SQL: "fail 'secret value'", Parameters: map[string]string{"p": "secret value"}}, 0); err == nil {
		t.Error("want an error of the failed statement")
	}
	want := `{"level":"INFO","msg":"statement","request":"r-1","object":"tributary/Lab/View","step":"create","statement":"id-create","status":"FINISHED","ms":1.5}
{"level":"INFO","msg":"statement","request":"r-1","object":"tributary/Lab/View","step":"refresh","statement":"id-fail","status":"FAILED","ms":2}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

// failingAPI is a Data API whose calls fail.
type failingAPI struct{ dataapi.API }

var errCall = errors.New("no such region")

func (failingAPI) ExecuteStatement(context.Context, *redshiftdata.ExecuteStatementInput, ...func(*redshiftdata.Options)) (*redshiftdata.ExecuteStatementOutput, error) {
	return nil, errCall
}

func (failingAPI) DescribeStatement(context.Context, *redshiftdata.DescribeStatementInput, ...func(*redshiftdata.Options)) (*redshiftdata.DescribeStatementOutput, error) {
	return nil, errCall
}

// TestErrors checks that the errors of calls are returned, and not logged.
func TestErrors(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	api := statementlog.New(failingAPI{}, slog.New(slog.NewJSONHandler(&out, nil)))
	if _, err := api.ExecuteStatement(t.Context(), &redshiftdata.ExecuteStatementInput{}); !errors.Is(err, errCall) {
		t.Errorf("ExecuteStatement: want %v, got %v", errCall, err)
	}
	if _, err := api.DescribeStatement(t.Context(), &redshiftdata.DescribeStatementInput{}); !errors.Is(err, errCall) {
		t.Errorf("DescribeStatement: want %v, got %v", errCall, err)
	}
	if out.Len() > 0 {
		t.Errorf("want an empty log, got %s", out.String())
	}
}

// TestOneLineForAStatement checks that a statement is logged once, however often it is
// described, and that a statement which another client sent is not logged.
func TestOneLineForAStatement(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	api := statementlog.New(&fakeAPI{described: map[string]int{}}, slog.New(slog.NewJSONHandler(&out, nil)))
	sent, err := api.ExecuteStatement(t.Context(), &redshiftdata.ExecuteStatementInput{Sql: aws.String("create"), StatementName: aws.String("tributary/Lab/View/create")})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []*string{sent.Id, sent.Id, sent.Id, aws.String("another"), aws.String("another")} {
		if _, err := api.DescribeStatement(t.Context(), &redshiftdata.DescribeStatementInput{Id: id}); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Count(out.String(), "\n"); got != 1 {
		t.Errorf("want 1 line, got %d: %s", got, out.String())
	}
}
