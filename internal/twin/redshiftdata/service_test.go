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
		t.Errorf("cluster and time: want those of the request, got %q and %v", aws.ToString(out.ClusterIdentifier), out.CreatedAt)
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
		"unknown cluster":       {with(func(i *in) { i.ClusterIdentifier = aws.String("nowhere") }), "ValidationException: Redshift endpoint doesn't exist in this region."},
		"paused cluster":        {with(func(i *in) { i.ClusterIdentifier = aws.String("asleep") }), "ValidationException: Redshift cluster asleep is paused."},
		"no cluster":            {with(func(i *in) { i.ClusterIdentifier = nil }), "ValidationException: ClusterIdentifier or WorkgroupName is required"},
		"cluster and workgroup": {with(func(i *in) { i.WorkgroupName = aws.String("sales") }), "ValidationException: ClusterIdentifier and WorkgroupName exclude each other"},
		"unknown workgroup": {
			with(func(i *in) { i.ClusterIdentifier, i.WorkgroupName = nil, aws.String("nowhere") }),
			"ValidationException: Redshift endpoint doesn't exist in this region.",
		},
		"no database": {with(func(i *in) { i.Database = nil }), "ValidationException: Database is required"},
		"secret and user": {
			with(func(i *in) { i.SecretArn, i.DbUser = aws.String("arn:other"), aws.String("reader") }),
			"ValidationException: SecretArn and DbUser exclude each other",
		},
		"wrong secret": {
			with(func(i *in) { i.SecretArn = aws.String("arn:other") }),
			`ValidationException: SecretArn "arn:other" is not the secret of cluster "streaming-cluster"`,
		},
		"too long": {with(func(i *in) { i.Sql = aws.String(strings.Repeat(" ", 100*1024) + "SELECT 1") }), "ValidationException: Cannot process query string larger than 100kB"},
		"parameters": {with(func(i *in) {
			i.Sql = aws.String("SELECT :a")
			i.Parameters = []types.SqlParameter{{Name: aws.String("b"), Value: aws.String("1")}}
		}), `ValidationException: Parameters list contains unused parameters. Unused parameters: [b]; parameter "a" of the statement has no value in Parameters`},
		"empty parameter": {with(func(i *in) {
			i.Sql = aws.String("SELECT :a")
			i.Parameters = []types.SqlParameter{{Name: aws.String("a"), Value: aws.String("")}}
		}), `ValidationException: parameter "a": the value must not be empty`},
		"unsupported options": {with(func(i *in) {
			i.WithEvent, i.ResultFormat, i.SessionKeepAliveSeconds = aws.Bool(true), types.ResultFormatStringCsv, aws.Int32(60)
		}), "ValidationException: WithEvent: the local twin sends no events, so leave it out; ResultFormat: the local twin supports JSON only, got \"CSV\"; " +
			"SessionId, SessionKeepAliveSeconds: the local twin has no sessions, so leave them out"},
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
				t.Errorf("statements run: want none, got %q", a.engine.ran)
			}
		})
	}
}

// TestClusterWithoutSecret checks that the twin accepts any SecretArn for a cluster of which
// it doesn't know the secret.
func TestClusterWithoutSecret(t *testing.T) {
	t.Parallel()
	a := serve(t)
	in := input("SELECT 1")
	in.ClusterIdentifier, in.SecretArn = aws.String("without-secret"), aws.String("arn:other")
	if d := a.wait(a.execute(in)); d.Status != types.StatusStringFinished {
		t.Errorf("want FINISHED, got %s", d.Status)
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
	inBatch := batch("SELECT 1")
	inBatch.ClientToken = in.ClientToken
	if _, err := a.BatchExecuteStatement(t.Context(), inBatch); !strings.Contains(code(err), "was used before") {
		t.Errorf("same token, as a batch: want an error, got %v", err)
	}
	in.ClientToken = aws.String("Once")
	if other := a.execute(in); *other == *first {
		t.Errorf("token in another case: want a new id, got %s again", *first)
	}
	in.ClientToken = aws.String("once")
	a.clock.advance(8 * time.Hour)
	if again := a.execute(in); *again != *first {
		t.Errorf("after 8 hours: want id %s, got %s", *first, *again)
	}
	a.clock.advance(time.Nanosecond)
	if again := a.execute(in); *again == *first {
		t.Errorf("after more than 8 hours: want a new id, got %s again", *first)
	}
}

func TestCancelStatement(t *testing.T) {
	t.Parallel()
	a := serve(t)
	id := a.execute(input("WAIT"))
	out, err := a.CancelStatement(t.Context(), &redshiftdata.CancelStatementInput{Id: id})
	if err != nil || !aws.ToBool(out.Status) {
		t.Fatalf("status: want true, got %v, %v", out, err)
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

func TestBatchExecuteStatement(t *testing.T) {
	t.Parallel()
	a := serve(t)
	out, err := a.BatchExecuteStatement(t.Context(), batch("SELECT 3", "FAIL", "SELECT 1"))
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
}
