package dataapi_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"

	"github.com/tributary-cdk/tributary/internal/contract"
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
	pages    int // of results that were asked for
}

type ending struct {
	status types.StatusString
	reason string
	looks  int // DescribeStatement's answers before the end

	columns []types.ColumnMetadata
	rows    [][]types.Field
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
	f.pages++
	out := &redshiftdata.GetStatementResultOutput{ColumnMetadata: f.ending(*in.Id).columns, Records: rows[page : page+1]}
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
		Target: contract.Target{ClusterIdentifier: "c", Database: "dev", SecretARN: "arn"},
		Name:   "tributary/S/V", Request: "r1",
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}
