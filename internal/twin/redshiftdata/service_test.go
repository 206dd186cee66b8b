package redshiftdata_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/google/go-cmp/cmp"
)

func TestExecuteStatement(t *testing.T) {
	t.Parallel()
	a := serve(t)
	in := input("SELECT 2")
	in.Parameters = nil
	in.StatementName = aws.String("usage")
	in.SecretArn = aws.String("arn:aws:secretsmanager:us-east-1:123456789012:secret:admin")
	out, err := a.ExecuteStatement(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	want := &redshiftdata.DescribeStatementOutput{
		Id: out.Id, ClusterIdentifier: in.ClusterIdentifier, Database: in.Database, SecretArn: in.SecretArn, Status: types.StatusStringFinished,
		QueryString: in.Sql, CreatedAt: aws.Time(a.clock.Now()), UpdatedAt: aws.Time(a.clock.Now()), HasResultSet: aws.Bool(true),
		ResultRows: 2, ResultSize: 20, RedshiftPid: 42, RedshiftQueryId: 7, ResultFormat: types.ResultFormatStringJson,
	}
	if diff := cmp.Diff(want, a.wait(out.Id), ignored); diff != "" {
		t.Errorf("description: -want +got:\n%s", diff)
	}
	if !out.CreatedAt.Equal(a.clock.Now()) || aws.ToString(out.ClusterIdentifier) != "streaming-cluster" {
		t.Errorf("want the request's cluster and time, got %q at %v", aws.ToString(out.ClusterIdentifier), out.CreatedAt)
	}
	got, err := a.GetStatementResult(t.Context(), &redshiftdata.GetStatementResultInput{Id: out.Id})
	if err != nil {
		t.Fatal(err)
	}
	record := func(n int64) []types.Field {
		return []types.Field{
			&types.FieldMemberLongValue{Value: n}, &types.FieldMemberStringValue{Value: "1.50"}, &types.FieldMemberBooleanValue{Value: true},
			&types.FieldMemberDoubleValue{Value: 0.25}, &types.FieldMemberIsNull{Value: true},
		}
	}
	if diff := cmp.Diff([][]types.Field{record(0), record(1)}, got.Records, ignored); diff != "" {
		t.Errorf("records: -want +got:\n%s", diff)
	}
	price := types.ColumnMetadata{
		Name: aws.String("price"), Label: aws.String("price"), TypeName: aws.String("numeric"), SchemaName: aws.String("public"),
		TableName: aws.String("t"), Precision: 10, Scale: 2, Nullable: 1, IsSigned: true,
	}
	if diff := cmp.Diff(price, got.ColumnMetadata[1], ignored); diff != "" {
		t.Errorf("column: -want +got:\n%s", diff)
	}
}

func TestStatementEnds(t *testing.T) {
	t.Parallel()
	type end struct {
		Status types.StatusString
		Error  string
		Rows   int64
	}
	tests := map[string]struct {
		in   *redshiftdata.ExecuteStatementInput
		want end
	}{
		"no result": {input("CREATE TABLE t (a int)"), end{types.StatusStringFinished, "", 0}},
		"error":     {input("FAIL"), end{types.StatusStringFailed, `ERROR: relation "x" does not exist`, -1}},
		"unknown database": {func() *redshiftdata.ExecuteStatementInput {
			in := input("SELECT 1")
			in.Database = aws.String("x")
			return in
		}(), end{types.StatusStringFailed, `FATAL: database "x" does not exist`, -1}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := serve(t)
			id := a.execute(tt.in)
			d := a.wait(id)
			if diff := cmp.Diff(tt.want, end{d.Status, aws.ToString(d.Error), d.ResultRows}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			_, err := a.GetStatementResult(t.Context(), &redshiftdata.GetStatementResultInput{Id: id})
			want := "ValidationException: Query does not have result. Please check query status with DescribeStatement."
			if got := code(err); got != want {
				t.Errorf("result: want %q, got %q", want, got)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	with := func(change func(*redshiftdata.ExecuteStatementInput)) *redshiftdata.ExecuteStatementInput {
		in := input("SELECT 1")
		change(in)
		return in
	}
	type in = redshiftdata.ExecuteStatementInput
	tests := map[string]struct {
		in   *in
		want string
	}{
		"unknown cluster": {with(func(i *in) { i.ClusterIdentifier = aws.String("nowhere") }), "ValidationException: Redshift endpoint doesn't exist in this region."},
		"paused cluster":  {with(func(i *in) { i.ClusterIdentifier = aws.String("asleep") }), "ValidationException: Redshift cluster asleep is paused."},
		"no cluster":      {with(func(i *in) { i.ClusterIdentifier = nil }), "ValidationException: ClusterIdentifier or WorkgroupName is required"},
		"no database":     {with(func(i *in) { i.Database = nil }), "ValidationException: Database is required"},
		"other secret": {
			with(func(i *in) { i.SecretArn = aws.String("arn:other") }),
			`ValidationException: SecretArn "arn:other" is not the secret of cluster "streaming-cluster"`,
		},
		"too long": {with(func(i *in) { i.Sql = aws.String(strings.Repeat(" ", 100*1024) + "SELECT 1") }), "ValidationException: Cannot process query string larger than 100kB"},
		"parameters": {with(func(i *in) {
			i.Sql = aws.String("SELECT :a")
			i.Parameters = []types.SqlParameter{{Name: aws.String("b"), Value: aws.String("1")}}
		}), `ValidationException: Parameters list contains unused parameters. Unused parameters: [b]; parameter "a" of the statement has no value in Parameters`},
		"what the twin lacks": {with(func(i *in) {
			i.WithEvent, i.ResultFormat, i.SessionKeepAliveSeconds = aws.Bool(true), types.ResultFormatStringCsv, aws.Int32(60)
		}), "ValidationException: the local twin sends no events: leave out WithEvent; the local twin returns results as JSON only, got ResultFormat \"CSV\"; " +
			"the local twin has no sessions: leave out SessionId and SessionKeepAliveSeconds"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := serve(t)
			_, err := a.ExecuteStatement(t.Context(), tt.in)
			if diff := cmp.Diff(tt.want, code(err)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if len(a.engine.ran) != 0 {
				t.Errorf("want nothing run, got %q", a.engine.ran)
			}
		})
	}
}

func TestClientToken(t *testing.T) {
	t.Parallel()
	a := serve(t)
	in := input("SELECT 1")
	in.ClientToken = aws.String("once")
	first := a.execute(in)
	if again := a.execute(in); *again != *first {
		t.Errorf("same token, same parameters: want id %s, got %s", *first, *again)
	}
	other := input("SELECT 2")
	other.ClientToken = in.ClientToken
	_, err := a.ExecuteStatement(t.Context(), other)
	if got, want := code(err), `ValidationException: ClientToken "once" was used before, with other parameters`; got != want {
		t.Errorf("same token, other parameters: want %q, got %q", want, got)
	}
	a.clock.advance(8*time.Hour + time.Second)
	if again := a.execute(in); *again == *first {
		t.Errorf("after 8 hours: want another id than %s", *first)
	}
}

func TestCancelStatement(t *testing.T) {
	t.Parallel()
	a := serve(t)
	id := a.execute(input("WAIT"))
	out, err := a.CancelStatement(t.Context(), &redshiftdata.CancelStatementInput{Id: id})
	if err != nil || !aws.ToBool(out.Status) {
		t.Fatalf("want true, got %v, %v", out, err)
	}
	if d := a.wait(id); d.Status != types.StatusStringAborted {
		t.Errorf("want ABORTED, got %s", d.Status)
	}
	_, err = a.CancelStatement(t.Context(), &redshiftdata.CancelStatementInput{Id: id})
	if got, want := code(err), "ValidationException: Could not cancel a query that is already in ABORTED state with ID: "+*id; got != want {
		t.Errorf("again: want %q, got %q", want, got)
	}
	unknown := aws.String("00000000-0000-4000-8000-000000000000")
	_, err = a.CancelStatement(t.Context(), &redshiftdata.CancelStatementInput{Id: unknown})
	if got, want := code(err), "ResourceNotFoundException: Query does not exist."; got != want {
		t.Errorf("unknown: want %q, got %q", want, got)
	}
}

func TestActiveStatements(t *testing.T) {
	t.Parallel()
	a := serve(t)
	for range 500 {
		call(t, a.service, "ExecuteStatement", map[string]any{"ClusterIdentifier": "streaming-cluster", "Database": "dev", "Sql": "WAIT"})
	}
	_, err := a.ExecuteStatement(t.Context(), input("SELECT 1"))
	if got, want := code(err), "ActiveStatementsExceededException: The number of active statements exceeds the limit of 500"; got != want {
		t.Errorf("want %q, got %q", want, got)
	}
}

func TestBatchExecuteStatement(t *testing.T) {
	t.Parallel()
	a := serve(t)
	out, err := a.BatchExecuteStatement(t.Context(), &redshiftdata.BatchExecuteStatementInput{
		ClusterIdentifier: aws.String("streaming-cluster"), Database: aws.String("dev"), Sqls: []string{"SELECT 3", "FAIL", "SELECT 1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := a.wait(out.Id)
	if got, want := aws.ToString(d.Error), `Query #2 failed with ERROR: relation "x" does not exist`; got != want {
		t.Errorf("want %q, got %q", want, got)
	}
	var got []string
	for _, s := range d.SubStatements {
		got = append(got, strings.TrimPrefix(*s.Id, *out.Id)+" "+string(s.Status))
	}
	if diff := cmp.Diff([]string{":1 ABORTED", ":2 FAILED", ":3 ABORTED"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}

	out, err = a.BatchExecuteStatement(t.Context(), &redshiftdata.BatchExecuteStatementInput{
		ClusterIdentifier: aws.String("streaming-cluster"), Database: aws.String("dev"), Sqls: []string{"SET x", "SELECT 3"},
	})
	if err != nil {
		t.Fatal(err)
	}
	a.wait(out.Id)
	second := aws.String(*out.Id + ":2")
	result, err := a.GetStatementResult(t.Context(), &redshiftdata.GetStatementResultInput{Id: second})
	if err != nil || result.TotalNumRows != 3 {
		t.Errorf("want 3 rows of the second statement, got %v, %v", result, err)
	}
}

// TestGetStatementResultPages calls the handler without a network: the SDK sometimes
// closes the connection while it reads a long response.
func TestGetStatementResultPages(t *testing.T) {
	t.Parallel()
	a := serve(t)
	id := a.execute(input("SELECT 12 WIDE")) // a page ends with the row that exceeds 1 MiB: the 11th
	a.wait(id)
	var got [][]any // the first columns of each page's rows
	in := map[string]any{"Id": id}
	for more := true; more; {
		page := call(t, a.service, "GetStatementResult", in)
		if page["TotalNumRows"] != 12.0 {
			t.Errorf("TotalNumRows: want 12, got %v", page["TotalNumRows"])
		}
		var first []any
		records, _ := page["Records"].([]any)
		for _, record := range records {
			fields, _ := record.([]any)
			field, _ := fields[0].(map[string]any)
			first = append(first, field["longValue"])
		}
		got = append(got, first)
		in["NextToken"], more = page["NextToken"]
	}
	if diff := cmp.Diff([][]any{{0., 1., 2., 3., 4., 5., 6., 7., 8., 9., 10.}, {11.}}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
