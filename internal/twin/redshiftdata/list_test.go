package redshiftdata_test

import (
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
	for _, name := range []string{"tributary-a", "tributary-b", "other", "tributary-c"} {
		in := input("SELECT 1")
		in.StatementName = &name
		a.wait(a.execute(in))
	}
	a.wait(a.execute(input("FAIL")))
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
		"finished by default": {redshiftdata.ListStatementsInput{}, []string{"tributary-c FINISHED", "other FINISHED", "tributary-b FINISHED", "tributary-a FINISHED"}},
		"by prefix, in pages": {redshiftdata.ListStatementsInput{StatementName: aws.String("tributary-"), MaxResults: 2}, []string{"tributary-c FINISHED", "tributary-b FINISHED", "tributary-a FINISHED"}},
		"by status":           {redshiftdata.ListStatementsInput{Status: types.StatusStringFailed}, []string{" FAILED"}},
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
