package redshiftdata_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/google/go-cmp/cmp"
)

func TestListStatements(t *testing.T) {
	t.Parallel()
	a := serve(t)
	for _, name := range []string{"tributary-a", "tributary-b", "not-tributary-x", "tributary-c"} {
		in := input("SELECT 1")
		in.StatementName = &name
		a.wait(a.execute(in))
	}
	a.wait(a.execute(input("FAIL")))
	a.execute(input("WAIT"))
	inWorkgroup := input("SELECT 1")
	inWorkgroup.ClusterIdentifier, inWorkgroup.WorkgroupName, inWorkgroup.StatementName = nil, aws.String("sales"), aws.String("workgroup")
	a.wait(a.execute(inWorkgroup))
	inOther := input("SELECT 1")
	inOther.Database = aws.String("sample")
	a.wait(a.execute(inOther))
	names := func(in *redshiftdata.ListStatementsInput) []string {
		var list []string
		pages := redshiftdata.NewListStatementsPaginator(a, in)
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range page.Statements {
				list = append(list, aws.ToString(s.StatementName)+" "+string(s.Status))
			}
		}
		return list
	}
	tests := map[string]struct {
		in   redshiftdata.ListStatementsInput
		want []string
	}{
		"finished by default":                    {redshiftdata.ListStatementsInput{}, []string{"workgroup FINISHED", "tributary-c FINISHED", "not-tributary-x FINISHED", "tributary-b FINISHED", "tributary-a FINISHED"}},
		"by prefix, in pages":                    {redshiftdata.ListStatementsInput{StatementName: aws.String("tributary-"), MaxResults: 2}, []string{"tributary-c FINISHED", "tributary-b FINISHED", "tributary-a FINISHED"}},
		"pages that end with the last statement": {redshiftdata.ListStatementsInput{StatementName: aws.String("tributary-"), MaxResults: 3}, []string{"tributary-c FINISHED", "tributary-b FINISHED", "tributary-a FINISHED"}},
		"by status":                              {redshiftdata.ListStatementsInput{Status: types.StatusStringFailed, Database: aws.String("dev")}, []string{" FAILED"}},
		"by workgroup":                           {redshiftdata.ListStatementsInput{Status: types.StatusStringAll, WorkgroupName: aws.String("sales")}, []string{"workgroup FINISHED"}},
		"by database":                            {redshiftdata.ListStatementsInput{Status: types.StatusStringAll, Database: aws.String("sample")}, []string{" FAILED"}},
		"by cluster": {redshiftdata.ListStatementsInput{Status: types.StatusStringAll, ClusterIdentifier: aws.String("streaming-cluster"), Database: aws.String("dev")}, []string{
			" STARTED", " FAILED", "tributary-c FINISHED", "not-tributary-x FINISHED", "tributary-b FINISHED", "tributary-a FINISHED",
		}},
	}
	for name, tt := range tests {
		if diff := cmp.Diff(tt.want, names(&tt.in)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

func TestListDatabases(t *testing.T) {
	t.Parallel()
	a := serve(t)
	in := &redshiftdata.ListDatabasesInput{ClusterIdentifier: aws.String("streaming-cluster"), Database: aws.String("dev"), MaxResults: 2}
	var got []string
	pages := redshiftdata.NewListDatabasesPaginator(a, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, strings.Join(page.Databases, ","))
	}
	if diff := cmp.Diff([]string{"analytics,dev", "sample"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestListedStatement checks the members of a listed statement and a listed batch.
func TestListedStatement(t *testing.T) {
	t.Parallel()
	a := serve(t)
	in := input("SELECT :a")
	in.Parameters = []types.SqlParameter{{Name: aws.String("a"), Value: aws.String("1")}}
	in.SecretArn = aws.String("arn:aws:secretsmanager:us-east-1:123456789012:secret:admin")
	single := a.execute(in)
	a.wait(single)
	inBatch, err := a.BatchExecuteStatement(t.Context(), batch("SELECT 1", "SELECT 2"))
	if err != nil {
		t.Fatal(err)
	}
	a.wait(inBatch.Id)
	out, err := a.ListStatements(t.Context(), &redshiftdata.ListStatementsInput{})
	if err != nil {
		t.Fatal(err)
	}
	now := aws.Time(a.clock.Now())
	want := []types.StatementData{
		{
			Id: inBatch.Id, Status: types.StatusStringFinished, QueryStrings: []string{"SELECT 1", "SELECT 2"}, IsBatchStatement: aws.Bool(true),
			CreatedAt: now, UpdatedAt: now, ResultFormat: types.ResultFormatStringJson,
		},
		{
			Id: single, Status: types.StatusStringFinished, QueryString: in.Sql, QueryParameters: in.Parameters, SecretArn: in.SecretArn,
			IsBatchStatement: aws.Bool(false), CreatedAt: now, UpdatedAt: now, ResultFormat: types.ResultFormatStringJson,
		},
	}
	if diff := cmp.Diff(want, out.Statements, ignored); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestDefaultPage checks that a page has 100 statements if the request has no MaxResults.
func TestDefaultPage(t *testing.T) {
	t.Parallel()
	a := serve(t)
	for range 101 {
		id, _ := call(t, a.service, "ExecuteStatement", statementInput("SET x"))["Id"].(string)
		a.wait(&id)
	}
	var got []int
	pages := redshiftdata.NewListStatementsPaginator(a, &redshiftdata.ListStatementsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, len(page.Statements))
	}
	if diff := cmp.Diff([]int{100, 1}, got); diff != "" {
		t.Errorf("statements of each page (-want +got):\n%s", diff)
	}
}

// TestPaginationRefuses checks the limits of MaxResults and of NextToken.
func TestPaginationRefuses(t *testing.T) {
	t.Parallel()
	a := serve(t)
	finished := a.execute(input("SELECT 1"))
	a.wait(finished)
	statements := func(maxResults int32, token *string) error {
		_, err := a.ListStatements(t.Context(), &redshiftdata.ListStatementsInput{MaxResults: maxResults, NextToken: token})
		return err
	}
	databases := func(maxResults int32, token *string) error {
		_, err := a.ListDatabases(t.Context(), &redshiftdata.ListDatabasesInput{
			ClusterIdentifier: aws.String("streaming-cluster"), Database: aws.String("dev"), MaxResults: maxResults, NextToken: token,
		})
		return err
	}
	result := func(_ int32, token *string) error {
		_, err := a.GetStatementResult(t.Context(), &redshiftdata.GetStatementResultInput{Id: finished, NextToken: token})
		return err
	}
	const invalidToken = `ValidationException: NextToken "%s" is not valid`
	tests := map[string]struct {
		err  error
		want string
	}{
		"statements: 100":                  {statements(100, nil), ""},
		"statements: 101":                  {statements(101, nil), "ValidationException: MaxResults: between 0 and 100, got 101"},
		"statements: -1":                   {statements(-1, nil), "ValidationException: MaxResults: between 0 and 100, got -1"},
		"statements: unknown token":        {statements(0, aws.String("eA")), fmt.Sprintf(invalidToken, "eA")},
		"databases: 1000":                  {databases(1000, nil), ""},
		"databases: 1001":                  {databases(1001, nil), "ValidationException: MaxResults: between 0 and 1000, got 1001"},
		"databases: -1":                    {databases(-1, nil), "ValidationException: MaxResults: between 0 and 1000, got -1"},
		"databases: no base64":             {databases(0, aws.String("*")), fmt.Sprintf(invalidToken, "*")},
		"databases: no number":             {databases(0, aws.String("eA")), fmt.Sprintf(invalidToken, "eA")},
		"databases: beyond the list's end": {databases(0, aws.String("NA")), fmt.Sprintf(invalidToken, "NA")}, // 4 of 3
		"databases: at the list's end":     {databases(0, aws.String("Mw")), ""},                              // 3 of 3
		"result: beyond its end":           {result(0, aws.String("Mg")), fmt.Sprintf(invalidToken, "Mg")},    // 2 of 1
		"result: negative":                 {result(0, aws.String("LTE")), fmt.Sprintf(invalidToken, "LTE")},  // -1
	}
	for name, tt := range tests {
		if got := code(tt.err); got != tt.want {
			t.Errorf("%s: want %q, got %q", name, tt.want, got)
		}
	}
}

// TestConnectedDatabase checks that the twin describes only the database to which it connects.
func TestConnectedDatabase(t *testing.T) {
	t.Parallel()
	a := serve(t)
	for connected, want := range map[string]string{
		"":       "",
		"dev":    "",
		"sample": `ValidationException: ConnectedDatabase: the local twin can only describe the database to which it connects, "dev", got "sample"`,
	} {
		_, err := a.ListSchemas(t.Context(), &redshiftdata.ListSchemasInput{
			ClusterIdentifier: aws.String("streaming-cluster"), Database: aws.String("dev"), ConnectedDatabase: &connected,
		})
		if got := code(err); got != want {
			t.Errorf("%q: want %q, got %q", connected, want, got)
		}
	}
}
