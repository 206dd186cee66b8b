package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfntypes "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/lab"
)

// fakeAPI is a fake Data API for one statement. The statement returns pages of rows, or
// fails, or never ends.
type fakeAPI struct {
	dataapi.API // nil, so the methods that are not defined below panic

	columns []types.ColumnMetadata
	pages   [][][]types.Field
	failure string
	hangs   func() // called by DescribeStatement, which then returns STARTED; nil if the statement ends

	sql       string
	cancelled string
}

func (f *fakeAPI) ExecuteStatement(_ context.Context, in *redshiftdata.ExecuteStatementInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.ExecuteStatementOutput, error) {
	f.sql = *in.Sql
	return &redshiftdata.ExecuteStatementOutput{Id: aws.String("id-1")}, nil
}

func (f *fakeAPI) DescribeStatement(context.Context, *redshiftdata.DescribeStatementInput, ...func(*redshiftdata.Options)) (*redshiftdata.DescribeStatementOutput, error) {
	out := &redshiftdata.DescribeStatementOutput{Status: types.StatusStringFinished, HasResultSet: aws.Bool(f.columns != nil)}
	switch {
	case f.hangs != nil:
		f.hangs()
		out.Status = types.StatusStringStarted
	case f.failure != "":
		out.Status, out.Error = types.StatusStringFailed, &f.failure
	}
	return out, nil
}

func (f *fakeAPI) GetStatementResult(_ context.Context, in *redshiftdata.GetStatementResultInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.GetStatementResultOutput, error) {
	page, _ := strconv.Atoi(aws.ToString(in.NextToken))
	out := &redshiftdata.GetStatementResultOutput{ColumnMetadata: f.columns}
	if page < len(f.pages) {
		out.Records = f.pages[page]
	}
	if page+1 < len(f.pages) {
		out.NextToken = aws.String(strconv.Itoa(page + 1))
	}
	return out, nil
}

func (f *fakeAPI) CancelStatement(_ context.Context, in *redshiftdata.CancelStatementInput, _ ...func(*redshiftdata.Options)) (*redshiftdata.CancelStatementOutput, error) {
	f.cancelled = *in.Id
	return &redshiftdata.CancelStatementOutput{Status: aws.Bool(true)}, nil
}

func column(name, typeName string) types.ColumnMetadata {
	return types.ColumnMetadata{Label: &name, TypeName: &typeName}
}

func str(s string) types.Field { return &types.FieldMemberStringValue{Value: s} }
func long(n int64) types.Field { return &types.FieldMemberLongValue{Value: n} }

var null = &types.FieldMemberIsNull{Value: true}

func TestQueryPrintsResults(t *testing.T) {
	t.Parallel()
	usage := &fakeAPI{
		columns: []types.ColumnMetadata{column("connectiontime", "timestamptz"), column("energy_consumed", "numeric"), column("#users", "int8"), column("payload", "super")},
		pages: [][][]types.Field{
			{{str("2026-11-22 18:57:13+00"), str("1371.00"), long(4), str(`{"a":1}`)}},
			{},
			{{null, null, long(12), null}},
		},
	}
	tests := map[string]struct{ output, want string }{
		"auto": {"auto", "connectiontime\tenergy_consumed\t#users\tpayload\n2026-11-22 18:57:13+00\t1371.00\t4\t{\"a\":1}\n\\N\t\\N\t12\t\\N\n"},
		"json": {"json", `[
  {"connectiontime": "2026-11-22 18:57:13+00", "energy_consumed": 1371.00, "#users": 4, "payload": {"a":1}},
  {"connectiontime": null, "energy_consumed": null, "#users": 12, "payload": null}
]
`},
		"csv": {"csv", "connectiontime,energy_consumed,#users,payload\n2026-11-22 18:57:13+00,1371.00,4,\"{\"\"a\"\":1}\"\n,,12,\n"},
		"table": {"table", `┌────────────────────────┬─────────────────┬────────┬─────────┐
│ connectiontime         │ energy_consumed │ #users │ payload │
├────────────────────────┼─────────────────┼────────┼─────────┤
│ 2026-11-22 18:57:13+00 │         1371.00 │      4 │ {"a":1} │
│ NULL                   │            NULL │     12 │ NULL    │
└────────────────────────┴─────────────────┴────────┴─────────┘
`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := *usage
			var stdout, stderr strings.Builder
			err := (&queryCmd{Output: test.output}).run(t.Context(), &dataapi.Runner{API: &api}, lab.UsageQuery, &stdout, &stderr)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, stdout.String()); diff != "" {
				t.Error(diff)
			}
			if api.sql != lab.UsageQuery {
				t.Errorf("ran %s, want %s", api.sql, lab.UsageQuery)
			}
		})
	}
}

func TestQueryWithoutRows(t *testing.T) {
	t.Parallel()
	var stdout, stderr strings.Builder
	if err := (&queryCmd{Output: "auto"}).run(t.Context(), &dataapi.Runner{API: &fakeAPI{}}, "DROP TABLE t", &stdout, &stderr); err != nil {
		t.Fatal(err)
	}
	if want := "done (statement id-1)\n"; stdout.String() != "" || stderr.String() != want {
		t.Errorf("got %q and %q, want no output and %q", stdout.String(), stderr.String(), want)
	}
}

func TestFailedQuery(t *testing.T) {
	t.Parallel()
	var stdout, stderr strings.Builder
	api := &fakeAPI{failure: `ERROR: relation "t" does not exist`}
	err := (&queryCmd{Output: "auto"}).run(t.Context(), &dataapi.Runner{API: api}, "SELECT * FROM t", &stdout, &stderr)
	if want := `query: failed: ERROR: relation "t" does not exist (statement id-1)`; fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestInterruptedQueryCancelsTheStatement(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	api := &fakeAPI{hangs: interrupt}
	var stdout, stderr strings.Builder
	err := (&queryCmd{Output: "auto"}).run(ctx, &dataapi.Runner{API: api}, "SELECT 1", &stdout, &stderr)
	if want := `interrupted; statement "id-1" was cancelled`; fmt.Sprint(err) != want || api.cancelled != "id-1" {
		t.Errorf("got %v with %q cancelled, want %s", err, api.cancelled, want)
	}
}

func TestQueryArguments(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		err  string
	}{
		"usage":      {[]string{"usage"}, ""},
		"cluster":    {[]string{"select 1", "--cluster=c", "--database=d"}, ""},
		"none":       {nil, `query: SQL: is missing; give a statement, "usage" for the lab's usage statistics, or - for standard input`},
		"all errors": {[]string{"", "--cluster=c", "--workgroup=w"}, "query: SQL: is missing; give a statement, \"usage\" for the lab's usage statistics, or - for standard input\n--cluster, --workgroup: give only one of them\n--database: is required with --cluster or --workgroup"},
		"bad output": {[]string{"usage", "--output=xml"}, `--output must be one of "auto","table","plain","csv","json" but got "xml"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var grammar struct {
				Query queryCmd `cmd:""`
			}
			parser, err := kong.New(&grammar)
			if err != nil {
				t.Fatal(err)
			}
			_, err = parser.Parse(append([]string{"query"}, test.args...))
			if got := fmt.Sprint(errors.Join(err)); got != test.err && (err != nil || test.err != "") {
				t.Errorf("got %q, want %q", got, test.err)
			}
		})
	}
}

func TestQueryStatement(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ argument, stdin, want, err string }{
		"SQL":            {argument: "select 1", want: "select 1"},
		"usage":          {argument: "usage", want: lab.UsageQuery},
		"standard input": {argument: "-", stdin: "select\n2;\n", want: "select\n2;\n"},
		"empty input":    {argument: "-", stdin: " \n", err: "standard input: is empty"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := (&queryCmd{SQL: test.argument}).statement(strings.NewReader(test.stdin))
			if got != test.want || err != nil && err.Error() != test.err || err == nil && test.err != "" {
				t.Errorf("got %q, %v, want %q, %s", got, err, test.want, test.err)
			}
		})
	}
}

// fakeStacks is a fake CloudFormation with the stack "Tributary", which has these outputs.
type fakeStacks map[string]string

func (s fakeStacks) DescribeStacks(_ context.Context, in *cloudformation.DescribeStacksInput, _ ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error) {
	if *in.StackName != "Tributary" {
		return nil, fmt.Errorf("Stack with id %s does not exist", *in.StackName)
	}
	var stack cfntypes.Stack
	for key, value := range s {
		stack.Outputs = append(stack.Outputs, cfntypes.Output{OutputKey: &key, OutputValue: &value})
	}
	return &cloudformation.DescribeStacksOutput{Stacks: []cfntypes.Stack{stack}}, nil
}

func TestQueryTarget(t *testing.T) {
	t.Parallel()
	lab := fakeStacks{"ClusterIdentifier": "streaming-cluster", "DatabaseName": "dev", "SecretArn": "arn:secret", "StreamName": "s"}
	tests := map[string]struct {
		command warehouseFlags
		stacks  fakeStacks
		want    contract.Target
		err     string
	}{
		"stack's outputs":  {warehouseFlags{Stack: "Tributary"}, lab, contract.Target{ClusterIdentifier: "streaming-cluster", Database: "dev", SecretARN: "arn:secret"}, ""},
		"another database": {warehouseFlags{Stack: "Tributary", Database: "d"}, lab, contract.Target{ClusterIdentifier: "streaming-cluster", Database: "d", SecretARN: "arn:secret"}, ""},
		"workgroup":        {warehouseFlags{Stack: "Tributary"}, fakeStacks{"WorkgroupName": "w", "DatabaseName": "dev"}, contract.Target{WorkgroupName: "w", Database: "dev"}, ""},
		"database user":    {warehouseFlags{Stack: "Tributary"}, fakeStacks{"ClusterIdentifier": "c", "DatabaseName": "dev", "DatabaseUser": "etl"}, contract.Target{ClusterIdentifier: "c", Database: "dev", DatabaseUser: "etl"}, ""},
		"--db-user":        {warehouseFlags{Stack: "Tributary", DBUser: "ann"}, lab, contract.Target{ClusterIdentifier: "streaming-cluster", Database: "dev", DatabaseUser: "ann"}, ""},
		"--cluster":        {warehouseFlags{Stack: "gone", Cluster: "c", Database: "d"}, nil, contract.Target{ClusterIdentifier: "c", Database: "d"}, ""},
		"stack missing":    {warehouseFlags{Stack: "gone"}, lab, contract.Target{}, `read the outputs of stack "gone": Stack with id gone does not exist; deploy it, or give --cluster or --workgroup`},
		"no warehouse":     {warehouseFlags{Stack: "Tributary"}, fakeStacks{"DatabaseName": "dev"}, contract.Target{}, `stack "Tributary": has no output ClusterIdentifier or WorkgroupName; give --cluster or --workgroup`},
		"no database":      {warehouseFlags{Stack: "Tributary"}, fakeStacks{"ClusterIdentifier": "c"}, contract.Target{}, `stack "Tributary": has no output DatabaseName; give --database`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := test.command.target(t.Context(), test.stacks)
			if err != nil {
				if diff := cmp.Diff(test.err, err.Error()); diff != "" {
					t.Error(diff)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); diff != "" || test.err != "" {
				t.Error(diff, test.err)
			}
		})
	}
}
