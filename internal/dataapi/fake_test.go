package dataapi_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// fakeAPI is a Data API. Its statements end after a number of polls, or after some time.
// The field script says how, by the SQL text. Two calls of ExecuteStatement with the same
// client token return the same statement.
type fakeAPI struct {
	script      map[string]ending
	executeErrs []error  // the errors of the first calls of ExecuteStatement
	describeErr error    // the error of DescribeStatement
	cancelErr   error    // the error of CancelStatement
	listErr     error    // the error of ListStatements
	sessionOnly bool     // whether ListStatements lists statements for the session only
	listed      []string // the status and role level of each call of ListStatements
	accepted    []*redshiftdata.ExecuteStatementInput
	byToken     map[string]string // statement IDs by client token
	polls       map[string]int    // calls of DescribeStatement by statement ID
	cancelled   []string          // the IDs of cancelled statements
	pages       int               // calls of GetStatementResult
}

// ending says how and when a statement ends.
type ending struct {
	status types.StatusString
	reason string
	polls  int           // how many calls of DescribeStatement report that it is running
	at     time.Time     // when it ends; zero means that only polls count
	ran    time.Duration // the duration that DescribeStatement reports

	columns []types.ColumnMetadata
	rows    [][]types.Field
}

func (f *fakeAPI) ExecuteStatement(ctx context.Context, in *redshiftdata.ExecuteStatementInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.ExecuteStatementOutput, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if len(f.executeErrs) > 0 {
		err := f.executeErrs[0]
		f.executeErrs = f.executeErrs[1:]
		return nil, err
	}
	if id, ok := f.byToken[aws.ToString(in.ClientToken)]; ok && in.ClientToken != nil {
		return &redshiftdata.ExecuteStatementOutput{Id: &id}, nil
	}
	f.accepted = append(f.accepted, in)
	id := fmt.Sprintf("statement-%d", len(f.accepted))
	if f.byToken == nil {
		f.byToken, f.polls = map[string]string{}, map[string]int{}
	}
	f.byToken[aws.ToString(in.ClientToken)] = id
	return &redshiftdata.ExecuteStatementOutput{Id: &id}, nil
}

// running reports whether the statement has not ended at its last poll.
func (f *fakeAPI) running(id string) bool {
	end := f.ending(id)
	return !slices.Contains(f.cancelled, id) && (f.polls[id] <= end.polls || time.Now().Before(end.at))
}

// ending returns the ending of the statement with the ID.
func (f *fakeAPI) ending(id string) ending {
	var n int
	if _, err := fmt.Sscanf(id, "statement-%d", &n); err != nil {
		panic(err)
	}
	return f.script[*f.accepted[n-1].Sql]
}

func (f *fakeAPI) DescribeStatement(ctx context.Context, in *redshiftdata.DescribeStatementInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.DescribeStatementOutput, error) {
	if err := cmp.Or(ctx.Err(), f.describeErr); err != nil {
		return nil, err
	}
	f.polls[*in.Id]++
	end := f.ending(*in.Id)
	switch {
	case slices.Contains(f.cancelled, *in.Id):
		return &redshiftdata.DescribeStatementOutput{Id: in.Id, Status: types.StatusStringAborted}, nil
	case f.running(*in.Id):
		return &redshiftdata.DescribeStatementOutput{Id: in.Id, Status: types.StatusStringStarted}, nil
	}
	return &redshiftdata.DescribeStatementOutput{Id: in.Id, Status: end.status, Error: aws.String(end.reason), Duration: end.ran.Nanoseconds(), HasResultSet: aws.Bool(end.rows != nil)}, nil
}

// GetStatementResult returns one row per page.
func (f *fakeAPI) GetStatementResult(_ context.Context, in *redshiftdata.GetStatementResultInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.GetStatementResultOutput, error) {
	rows, page := f.ending(*in.Id).rows, 0
	if in.NextToken != nil {
		if _, err := fmt.Sscan(*in.NextToken, &page); err != nil {
			return nil, err
		}
	}
	f.pages++
	out := &redshiftdata.GetStatementResultOutput{ColumnMetadata: f.ending(*in.Id).columns, Records: rows[page : page+1]}
	if page+1 < len(rows) {
		out.NextToken = aws.String(fmt.Sprint(page + 1))
	}
	return out, nil
}

func (f *fakeAPI) ListStatements(ctx context.Context, in *redshiftdata.ListStatementsInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.ListStatementsOutput, error) {
	out := &redshiftdata.ListStatementsOutput{}
	f.listed = append(f.listed, fmt.Sprint(in.Status, " ", aws.ToBool(in.RoleLevel)))
	if err := cmp.Or(ctx.Err(), f.listErr); err != nil {
		return nil, err
	}
	if f.sessionOnly && aws.ToBool(in.RoleLevel) {
		return out, nil
	}
	for i, s := range f.accepted {
		id := fmt.Sprintf("statement-%d", i+1)
		if in.Status == types.StatusStringStarted && f.running(id) && strings.HasPrefix(aws.ToString(s.StatementName), *in.StatementName) {
			out.Statements = append(out.Statements, types.StatementData{Id: &id, StatementName: s.StatementName})
		}
	}
	return out, nil
}

func (f *fakeAPI) CancelStatement(ctx context.Context, in *redshiftdata.CancelStatementInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.CancelStatementOutput, error) {
	if err := cmp.Or(ctx.Err(), f.cancelErr); err != nil {
		return nil, err
	}
	f.cancelled = append(f.cancelled, *in.Id)
	return &redshiftdata.CancelStatementOutput{Status: aws.Bool(true)}, nil
}

// endAtFirstSleep returns a context that ends when r waits for the first time.
func endAtFirstSleep(t *testing.T, r *dataapi.Runner) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r.Sleep = func(ctx context.Context, _ time.Duration) error {
		cancel()
		return ctx.Err()
	}
	return ctx
}

// runner returns a Runner of the request r1 that does not wait between its polls.
func runner(api dataapi.API) *dataapi.Runner {
	return &dataapi.Runner{
		API:    api,
		Target: contract.Target{ClusterIdentifier: "c", Database: "dev", SecretARN: "arn"},
		Name:   "tributary/S/V", Request: "r1",
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}
