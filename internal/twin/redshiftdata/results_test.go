package redshiftdata_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/google/go-cmp/cmp"
)

// TestBatchResults checks which ids DescribeStatement and GetStatementResult accept for a
// batch and for its statements.
func TestBatchResults(t *testing.T) {
	t.Parallel()
	a := serve(t)
	out, err := a.BatchExecuteStatement(t.Context(), batch("SET x", "SELECT 3"))
	if err != nil {
		t.Fatal(err)
	}
	if d := a.wait(out.Id); d.QueryString != nil {
		t.Errorf("query string of a batch: want none, got %q", *d.QueryString)
	}
	single := a.execute(input("SELECT 3"))
	a.wait(single)
	const unknown = "ResourceNotFoundException: Query does not exist."
	const noResult = "ValidationException: Query does not have result. Please check query status with DescribeStatement."
	type answer struct {
		SQL, DescribeError string
		Rows               int64
		ResultError        string
	}
	tests := map[string]answer{
		*out.Id:        {"", "", 0, noResult},
		*out.Id + ":1": {"SET x", "", 0, noResult},
		*out.Id + ":2": {"SELECT 3", "", 3, ""},
		*out.Id + ":0": {"", unknown, 0, unknown},
		*out.Id + ":3": {"", unknown, 0, unknown},
		*out.Id + ":x": {"", unknown, 0, unknown},
		*single:        {"SELECT 3", "", 3, ""},
		*single + ":1": {"", unknown, 0, unknown},
	}
	for id, want := range tests {
		var got answer
		d, err := a.DescribeStatement(t.Context(), &redshiftdata.DescribeStatementInput{Id: &id})
		if got.DescribeError = code(err); err == nil {
			got.SQL = aws.ToString(d.QueryString)
		}
		result, err := a.GetStatementResult(t.Context(), &redshiftdata.GetStatementResultInput{Id: &id})
		if got.ResultError = code(err); err == nil {
			got.Rows = result.TotalNumRows
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
}

// TestBatchHasResultSet checks that a batch has a result set if one of its statements has.
func TestBatchHasResultSet(t *testing.T) {
	t.Parallel()
	a := serve(t)
	for _, tt := range []struct {
		sqls []string
		want bool
	}{
		{[]string{"SET x", "SELECT 3"}, true}, {[]string{"SELECT 3", "SET x"}, true}, {[]string{"SET x", "SET y"}, false},
	} {
		out, err := a.BatchExecuteStatement(t.Context(), batch(tt.sqls...))
		if err != nil {
			t.Fatal(err)
		}
		if got := aws.ToBool(a.wait(out.Id).HasResultSet); got != tt.want {
			t.Errorf("%q: want %t, got %t", tt.sqls, tt.want, got)
		}
	}
}

// TestGetStatementResultPages calls the handler without a network: the SDK sometimes
// closes the connection while it reads a long response.
func TestGetStatementResultPages(t *testing.T) {
	t.Parallel()
	a := serve(t)
	id := a.execute(input("SELECT 12 WIDE")) // a page ends after 1 MiB, which is after the 11th row
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
