package dataapi_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// fakeAPI is a Data API whose statements end after some looks at them, as
// script says by their SQL. Client tokens are honoured.
type fakeAPI struct {
	script   map[string]ending
	refusals []error // of ExecuteStatement, in turn
	unlisted error   // of ListStatements
	hidden   bool    // statements are listed at the level of the session only
	statuses []string
	first    time.Time     // when a statement was first looked at
	queued   time.Duration // how long a statement waits before it runs, by the clock
	ran      time.Duration // how long it then runs, as the Data API says
	accepted []*redshiftdata.ExecuteStatementInput
	byToken  map[string]string
	looks    map[string]int
}

type ending struct {
	status types.StatusString
	reason string
	looks  int // DescribeStatement's answers before the end
	rows   [][]types.Field
}

func (f *fakeAPI) ExecuteStatement(_ context.Context, in *redshiftdata.ExecuteStatementInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.ExecuteStatementOutput, error) {
	if len(f.refusals) > 0 {
		err := f.refusals[0]
		f.refusals = f.refusals[1:]
		return nil, err
	}
	if id, ok := f.byToken[aws.ToString(in.ClientToken)]; ok && in.ClientToken != nil {
		return &redshiftdata.ExecuteStatementOutput{Id: &id}, nil
	}
	f.accepted = append(f.accepted, in)
	id := fmt.Sprintf("statement-%d", len(f.accepted))
	if f.byToken == nil {
		f.byToken, f.looks = map[string]string{}, map[string]int{}
	}
	f.byToken[aws.ToString(in.ClientToken)] = id
	return &redshiftdata.ExecuteStatementOutput{Id: &id}, nil
}

func (f *fakeAPI) ending(id string) ending {
	var n int
	if _, err := fmt.Sscanf(id, "statement-%d", &n); err != nil {
		panic(err)
	}
	return f.script[*f.accepted[n-1].Sql]
}

func (f *fakeAPI) DescribeStatement(_ context.Context, in *redshiftdata.DescribeStatementInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.DescribeStatementOutput, error) {
	end := f.ending(*in.Id)
	if f.looks[*in.Id]++; f.looks[*in.Id] == 1 {
		f.first = time.Now()
	}
	if f.queued > 0 {
		end.looks = 0
		if time.Since(f.first) < f.queued+f.ran {
			return &redshiftdata.DescribeStatementOutput{Id: in.Id, Status: types.StatusStringSubmitted}, nil
		}
	}
	if f.looks[*in.Id] <= end.looks {
		return &redshiftdata.DescribeStatementOutput{Id: in.Id, Status: types.StatusStringStarted}, nil
	}
	return &redshiftdata.DescribeStatementOutput{Id: in.Id, Status: end.status, Error: aws.String(end.reason), Duration: f.ran.Nanoseconds(), HasResultSet: aws.Bool(end.rows != nil)}, nil
}

// GetStatementResult gives a page for each row.
func (f *fakeAPI) GetStatementResult(_ context.Context, in *redshiftdata.GetStatementResultInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.GetStatementResultOutput, error) {
	rows, page := f.ending(*in.Id).rows, 0
	if in.NextToken != nil {
		if _, err := fmt.Sscan(*in.NextToken, &page); err != nil {
			return nil, err
		}
	}
	out := &redshiftdata.GetStatementResultOutput{Records: rows[page : page+1]}
	if page+1 < len(rows) {
		out.NextToken = aws.String(fmt.Sprint(page + 1))
	}
	return out, nil
}

func (f *fakeAPI) ListStatements(_ context.Context, in *redshiftdata.ListStatementsInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.ListStatementsOutput, error) {
	out := &redshiftdata.ListStatementsOutput{}
	f.statuses = append(f.statuses, fmt.Sprint(in.Status, " ", aws.ToBool(in.RoleLevel)))
	if f.unlisted != nil {
		return nil, f.unlisted
	}
	if f.hidden && aws.ToBool(in.RoleLevel) {
		return out, nil
	}
	for i, s := range f.accepted {
		id := fmt.Sprintf("statement-%d", i+1)
		if in.Status == types.StatusStringStarted && f.looks[id] <= f.ending(id).looks && strings.HasPrefix(aws.ToString(s.StatementName), *in.StatementName) {
			out.Statements = append(out.Statements, types.StatementData{Id: &id, StatementName: s.StatementName})
		}
	}
	return out, nil
}

func (f *fakeAPI) CancelStatement(_ context.Context, in *redshiftdata.CancelStatementInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.CancelStatementOutput, error) {
	f.looks[*in.Id] = 1 << 31
	return &redshiftdata.CancelStatementOutput{Status: aws.Bool(true)}, nil
}

func runner(api dataapi.API) *dataapi.Runner {
	return &dataapi.Runner{
		API:    api,
		Target: dataapi.Target{ClusterIdentifier: "c", Database: "dev", SecretARN: "arn"},
		Name:   "tributary/S/V", Request: "r1",
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

var finished = ending{status: types.StatusStringFinished, looks: 3}

func TestRunAwaitsTheEnd(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"select :a": finished}}
	got, err := runner(api).Run(t.Context(), ddl.Statement{Step: "read", SQL: "select :a", Parameters: map[string]string{"b": "2", "a": "1"}}, 0)
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
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if in.WorkgroupName != nil || in.DbUser != nil || len(*in.ClientToken) != 64 {
		t.Errorf("sent workgroup %v, user %v, token %q", in.WorkgroupName, in.DbUser, *in.ClientToken)
	}
}

func TestRunIsIdempotentByStepAttemptSQLAndParameters(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"a": finished, "b": finished}}
	r := runner(api)
	for _, same := range []struct {
		step    ddl.Step
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
		got, err := r.Run(t.Context(), ddl.Statement{Step: same.step, SQL: same.sql, Parameters: map[string]string{"v": same.value}}, same.attempt)
		if err != nil || got.ID != same.id {
			t.Errorf("%+v: got %q, %v", same, got.ID, err)
		}
	}
	r.Target.Database = "another" // the same request, elsewhere
	if got, err := r.Run(t.Context(), ddl.Statement{Step: "s", SQL: "a", Parameters: map[string]string{"v": "1"}}, 0); err != nil || got.ID != "statement-6" {
		t.Errorf("in another database: got %q, %v", got.ID, err)
	}
	r.Request = ""
	for want := 7; want <= 8; want++ {
		got, err := r.Run(t.Context(), ddl.Statement{Step: "s", SQL: "a"}, 0)
		if err != nil || api.accepted[want-1].ClientToken != nil {
			t.Errorf("without a request: got %q, %v", got.ID, err)
		}
	}
}

func TestRunFails(t *testing.T) {
	t.Parallel()
	unavailable := &types.ValidationException{Message: aws.String("Redshift endpoint doesn't exist in this region.")}
	tests := map[string]struct {
		api  *fakeAPI
		want string
		gone bool
	}{
		"failed": {
			&fakeAPI{script: map[string]ending{"x": {status: types.StatusStringFailed, reason: "ERROR: syntax error"}}},
			"create: failed: ERROR: syntax error (statement statement-1)", false,
		},
		"aborted without a reason": {
			&fakeAPI{script: map[string]ending{"x": {status: types.StatusStringAborted}}},
			"create: aborted: the warehouse gave no reason (statement statement-1)", false,
		},
		"a status of tomorrow": {
			&fakeAPI{script: map[string]ending{"x": {status: "VANISHED", reason: "?"}}},
			"create: vanished: ? (statement statement-1)", false,
		},
		"no database": {
			&fakeAPI{script: map[string]ending{"x": {status: types.StatusStringFailed, reason: `FATAL: database "dev" does not exist`}}},
			`create: failed: FATAL: database "dev" does not exist (statement statement-1)`, true,
		},
		"no warehouse": {
			&fakeAPI{refusals: []error{unavailable}},
			"create: ValidationException: Redshift endpoint doesn't exist in this region.", true,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := runner(test.api).Run(t.Context(), ddl.Statement{Step: "create", SQL: "x"}, 0)
			if err == nil || err.Error() != test.want || dataapi.Gone(err) != test.gone {
				t.Errorf("error\nwant %s (gone %v)\ngot  %v (gone %v)", test.want, test.gone, err, dataapi.Gone(err))
			}
		})
	}
}

func TestRunOffersAgainWhatTheDataAPIIsTooBusyFor(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"x": finished}, refusals: []error{
		&smithy.GenericAPIError{Code: "ThrottlingException"},
		&types.ActiveStatementsExceededException{},
		&smithyhttp.RequestSendError{Err: errors.New("connection refused")},
		&smithy.DeserializationError{Err: errors.New("unexpected EOF")},
		&types.ValidationException{Message: aws.String("The cluster is currently being modified.")},
		&types.ValidationException{Message: aws.String("The cluster is paused. Resume the cluster and try again.")},
	}}
	if _, err := runner(api).Run(t.Context(), ddl.Statement{SQL: "x"}, 0); err != nil {
		t.Error(err)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]bool{"FAILED": true, "ABORTED": false} {
		if got := dataapi.Refused(fmt.Errorf("wrapped: %w", &dataapi.StatementError{Status: status})); got != want {
			t.Errorf("%s: want %v, got %v", status, want, got)
		}
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	api := &fakeAPI{script: map[string]ending{"x": finished}}
	_, err := runner(api).Run(ctx, ddl.Statement{Step: "create", SQL: "x"}, 0)
	if !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "create: statement statement-1: ") {
		t.Errorf("got %v", err)
	}
	api.refusals = []error{&smithy.GenericAPIError{Code: "ThrottlingException", Message: "Rate exceeded"}}
	if _, err := runner(api).Run(ctx, ddl.Statement{Step: "create", SQL: "x"}, 1); err == nil || !strings.Contains(err.Error(), "Rate exceeded") {
		t.Errorf("want the reason of the wait, got %v", err)
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"x": {status: types.StatusStringFinished, rows: [][]types.Field{
		{&types.FieldMemberStringValue{Value: "a"}, &types.FieldMemberLongValue{Value: -7}},
		{&types.FieldMemberIsNull{Value: true}, &types.FieldMemberBooleanValue{Value: true}},
		{&types.FieldMemberDoubleValue{Value: 0.25}, &types.FieldMemberStringValue{}},
	}}}}
	got, _, err := runner(api).Rows(t.Context(), ddl.Statement{SQL: "x"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"a", "-7"}, {"", "true"}, {"0.25", ""}}, got); diff != "" {
		t.Errorf("rows of three pages (-want +got):\n%s", diff)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"ended": {status: types.StatusStringFinished}, "running": {looks: 1 << 30}}}
	r := runner(api)
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := r.Run(ctx, ddl.Statement{SQL: "ended"}, 0); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := r.Run(ctx, ddl.Statement{SQL: "running"}, 0); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	got, err := r.Cancel(t.Context(), nil)
	if diff := cmp.Diff([]string{"statement-2"}, got); diff != "" || err != nil {
		t.Errorf("cancelled (-want +got):\n%s%v", diff, err)
	}
}

func TestFreshRunsAnew(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"x": {status: types.StatusStringFinished, rows: [][]types.Field{{&types.FieldMemberStringValue{Value: "a"}}}}}}
	for range 2 {
		got, _, err := runner(api).Fresh(t.Context(), ddl.Statement{SQL: "x"})
		if diff := cmp.Diff([][]string{{"a"}}, got); diff != "" || err != nil {
			t.Errorf("rows (-want +got):\n%s%v", diff, err)
		}
	}
	if len(api.accepted) != 2 || api.accepted[0].ClientToken != nil {
		t.Errorf("want two statements without a token, got %d", len(api.accepted))
	}
}
