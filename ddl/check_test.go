package ddl_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
)

// view returns a valid view after change has changed it. change may be nil.
func view(change func(*ddl.View)) ddl.View {
	v := ddl.View{
		Name:   "clicks",
		Stream: ddl.Stream{Schema: "web", Name: "clicks-stream"},
		Columns: []ddl.Column{
			ddl.MetadataColumn("arrived", ddl.ApproximateArrivalTimestamp),
			ddl.FieldColumn("page", "VARCHAR(200)", "page"),
		},
	}
	if change != nil {
		change(&v)
	}
	return v
}

func TestCheckView(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		view ddl.View
		want []string
	}{
		"nothing declared": {ddl.View{}, []string{
			"name: required; write the name of the view",
			"stream.schema: required; write the name of the external schema",
			"stream.name: required; write the name of the stream",
			"columns: required; declare at least one column",
		}},
		"upper-case stream": {view(func(v *ddl.View) { v.Stream.Name = "Clicks" }), []string{
			`stream.name: "Clicks" has upper-case letters, which Redshift folds to lower case; name the stream "clicks"`,
		}},
		"invalid stream": {view(func(v *ddl.View) { v.Stream.Name = `a"b` }), []string{
			`stream.name: "a\"b" is not a valid stream name; write up to 128 lower-case letters, digits, underscores, hyphens and dots`,
		}},
		"column without a name": {view(func(v *ddl.View) { v.Columns[0].Name = "" }), []string{
			"columns[0].name: required; write the name of the column",
		}},
		"metadata of a stream in a view of a topic": {view(func(v *ddl.View) {
			v.Stream.Kafka, v.Columns = true, []ddl.Column{ddl.MetadataColumn("shard", ddl.ShardID)}
		}), []string{
			`columns[0].metadata: "shard_id" is not a metadata column; write one of kafka_partition, kafka_offset, kafka_timestamp_type, kafka_timestamp, kafka_key, kafka_headers, refresh_time`,
		}},
		"key columns named failed_payload": {view(func(v *ddl.View) { v.DistKey, v.SortKey = "failed_payload", []string{"Failed_Payload"} }), nil},
		"column named failed_payload of a view without it": {view(func(v *ddl.View) {
			v.BadRecords, v.Columns[1].Name = ddl.SkipRecords, "failed_payload"
		}), nil},
		"key column failed_payload of a view without it": {view(func(v *ddl.View) {
			v.BadRecords, v.DistKey = ddl.SkipRecords, "failed_payload"
		}), []string{
			`distKey: "failed_payload" is not a column of the view; write the name of one of its columns`,
		}},
		"column names that are equal in lower case": {view(func(v *ddl.View) { v.Columns = append(v.Columns, ddl.PayloadColumn("PAGE")) }), []string{
			`columns[2].name: "PAGE" is also the name of columns[1], since Redshift folds names to lower case; rename one of them`,
		}},
		"unknown policy and unknown key columns": {view(func(v *ddl.View) { v.BadRecords, v.DistKey, v.SortKey = "Drop", "id", []string{"arrived", "at"} }), []string{
			`badRecords: "Drop" is not a policy; write Keep, Skip or Fail`,
			`distKey: "id" is not a column of the view; write the name of one of its columns`,
			`sortKey[1]: "at" is not a column of the view; write the name of one of its columns`,
		}},
		"column named failed_payload": {view(func(v *ddl.View) { v.Columns[1].Name = "Failed_Payload" }), []string{
			`columns[1].name: "Failed_Payload" is the name of the column that badRecords Keep adds to the view; rename your column, or set badRecords to Skip or Fail`,
		}},
		"columns with no kind, two kinds or invalid fields": {view(func(v *ddl.View) {
			v.Columns = []ddl.Column{
				{Name: "a"},
				{Name: "b", Metadata: ddl.ShardID, Type: "SUPER"},
				{Name: "c", Metadata: "data"},
				{Name: "d", Type: "INTEGER"},
				{Name: "e", Type: "SUPER", Path: []string{"x"}}, // valid
				{Name: "f", Expression: "x", Path: []string{"x"}},
				{Name: "g", Type: "DATE", Path: []string{"1", "2", "3", "4", "5", "6"}},
				{Name: "h", Type: "DATE", Path: []string{""}},
				{Name: "five", Type: "DATE", Path: []string{"1", "2", "3", "4", "5"}}, // valid
				{Name: "unknown", Type: "TEXTT"},
				{Name: "i", Type: "DATE", Path: []string{"a", "b\x00"}},
			}
		}), []string{
			"columns[0]: sets 0 of metadata, type and expression; set exactly one",
			"columns[1]: sets 2 of metadata, type and expression; set exactly one",
			`columns[2].metadata: "data" is not a metadata column; write one of approximate_arrival_timestamp, partition_key, shard_id, sequence_number, refresh_time`,
			"columns[3].path: required for type INTEGER; write the field's name, or set type SUPER to store the whole record",
			"columns[5].path: applies only to a field column; set type, or remove path",
			"columns[6].path: has 6 names, but JSON_EXTRACT_PATH_TEXT accepts at most 5; use an expression with JSON_PARSE",
			`columns[7].path: [""] has an empty name; write each name of the path`,
			`columns[9].type: "TEXTT" is not a supported column type; write one of SMALLINT, INTEGER, BIGINT, DECIMAL(p,s), REAL, DOUBLE PRECISION, BOOLEAN, DATE, TIMESTAMP, TIMESTAMPTZ, CHAR(n), VARCHAR(n), SUPER`,
			`columns[10].path: ["a" "b\x00"] has a name with a NUL character, a byte that is not UTF-8, or a character that changes the direction of the text; use an expression with JSON_PARSE`,
		}},
		"expressions with more than one expression or an incomplete one": {view(func(v *ddl.View) {
			v.Columns = []ddl.Column{
				ddl.ExpressionColumn("a", "1; drop table x"),
				ddl.ExpressionColumn("b", "1, 2"),
				ddl.ExpressionColumn("c", "1 -- all else"),
				ddl.ExpressionColumn("d", "lower('x"),
				ddl.ExpressionColumn("e", "f(1"),
				ddl.ExpressionColumn("f", "1)"),
			}
		}), []string{
			`columns[0].expression: "1; drop table x": column 2: a second statement begins after ";"; write one expression`,
			`columns[1].expression: "1, 2": column 2: a comma separates two expressions; write one expression`,
			`columns[2].expression: "1 -- all else": column 3: comments are not allowed; remove the comment`,
			`columns[3].expression: "lower('x": column 7: the quote ' is not closed; close it`,
			`columns[4].expression: "f(1": column 2: "(" has no matching ")"; balance them`,
			`columns[5].expression: "1)": column 2: ")" has no matching "("; balance them`,
		}},
		"expressions that need several records or the time": {view(func(v *ddl.View) {
			v.Columns = []ddl.Column{
				ddl.ExpressionColumn("a", "(SELECT 1)"),
				ddl.ExpressionColumn("b", "row_number() OVER (ORDER BY shard_id)"),
				ddl.ExpressionColumn("c", "count(DISTINCT shard_id)"),
				ddl.ExpressionColumn("d", "getdate()"),
				ddl.ExpressionColumn("e", "'select ; , -- ' || \"over\" || 'it''s' || count"), // valid
			}
		}), []string{
			`columns[0].expression: "(SELECT 1)": column 2: a column's expression can't contain a subquery; put it into your query, or into a view that you create with SQL`,
			`columns[1].expression: "row_number() OVER (ORDER BY shard_id)": column 14: a column's expression can't contain a window function; put it into your query, or into a view that you create with SQL`,
			`columns[2].expression: "count(DISTINCT shard_id)": column 1: a column's expression can't contain an aggregate; put it into your query, or into a view that you create with SQL`,
			`columns[3].expression: "getdate()": column 1: a column's expression can't contain a function of the current time; put it into your query, or into a view that you create with SQL`,
		}},
		"plain view with fields of streaming views": {view(func(v *ddl.View) {
			v.From, v.ManualRefresh, v.SortKey, v.OnReplace = "landing", true, []string{"page"}, "Keep"
		}), []string{
			`stream: applies only to streaming views, but from is set to "landing"; remove one of them`,
			`onReplace: applies only to streaming views, but from is set to "landing"; remove one of them`,
			`sortKey: applies only to streaming views, but from is set to "landing"; remove one of them`,
			`manualRefresh: applies only to streaming views, but from is set to "landing"; remove one of them`,
		}},
		"invalid grants, style and policy": {view(func(v *ddl.View) {
			v.Grants = []ddl.Grantee{{User: "IAM:ann"}, {}, {User: "a", Role: "b"}, {Group: `x"y`}}
			v.DistStyle, v.OnReplace = "hash", "Lose"
		}), []string{
			"grants[1]: sets 0 of user, group, role, iamRole and iamUser; set exactly one",
			"grants[2]: sets 2 of user, group, role, iamRole and iamUser; set exactly one",
			`grants[3]: "x\"y" is not a valid name of a user, group or role; write up to 127 bytes of letters, digits and _$@.:+=/-`,
			`onReplace: "Lose" is not a policy; write Keep, Discard or Refuse`,
			`distStyle: "hash" is not a distribution style; write EVEN, ALL or AUTO, or set distKey instead`,
		}},
		"distribution style and distribution key": {view(func(v *ddl.View) { v.DistStyle, v.DistKey = "ALL", "page" }), []string{
			`distStyle: "ALL" can't be combined with a distKey; remove one of them`,
		}},
		"statement that is too long": {view(func(v *ddl.View) {
			v.Columns[1] = ddl.ExpressionColumn("page", "'"+strings.Repeat("x", 100<<10)+"'")
		}), []string{
			"the CREATE statement of the view is 102644 bytes long, but the Data API accepts at most 102400; declare fewer or shorter columns",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := test.view.Check()
			if diff := cmp.Diff(strings.Join(test.want, "\n"), problems.Error()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCheckedView tests the copy that Check returns, and that Check doesn't change the copy.
func TestCheckedView(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ declared, want ddl.View }{
		"streaming view": {
			ddl.View{
				Name: "Clicks", Stream: ddl.Stream{Schema: "Web", Name: "clicks-stream"}, DistStyle: "all", SortKey: []string{"ARRIVED"},
				Grants: []ddl.Grantee{{User: "Ann"}, {IAMRole: "Readers"}},
				Columns: []ddl.Column{
					ddl.MetadataColumn("Arrived", ddl.ApproximateArrivalTimestamp),
					{Name: "page", Type: "character varying", Path: []string{"Page"}},
					{Name: "size", Expression: " octet_length(kinesis_data) ", Path: []string{}},
				},
			},
			ddl.View{
				Name: "clicks", Schema: "public", Stream: ddl.Stream{Schema: "web", Name: "clicks-stream"}, DistStyle: "ALL", SortKey: []string{"arrived"},
				BadRecords: ddl.KeepRecords, OnReplace: ddl.KeepRows,
				Grants: []ddl.Grantee{{User: "ann"}, {IAMRole: "Readers"}},
				Columns: []ddl.Column{
					ddl.MetadataColumn("arrived", ddl.ApproximateArrivalTimestamp),
					ddl.FieldColumn("page", "VARCHAR(256)", "Page"),
					ddl.ExpressionColumn("size", "octet_length(kinesis_data)"),
				},
			},
		},
		"plain view": {
			ddl.View{Name: "Pages", Schema: "Analytics", From: "Landing", Columns: []ddl.Column{ddl.FieldColumn("n", "int8", "n")}},
			ddl.View{Name: "pages", Schema: "analytics", From: "landing", Columns: []ddl.Column{ddl.FieldColumn("n", "BIGINT", "n")}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, problems := test.declared.Check()
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("view (-want +got):\n%s", diff)
			}
			again, problems := got.Check()
			if diff := cmp.Diff(got, again); diff != "" || len(problems) > 0 {
				t.Errorf("checked again: problems %v, view (-first +second):\n%s", problems, diff)
			}
		})
	}
}

func TestSQLOfInvalidView(t *testing.T) {
	t.Parallel()
	if got := view(func(v *ddl.View) { v.Columns[1].Type = "TEXTT" }).SQL(); got != "" {
		t.Errorf("want no SQL of an invalid view, got %s", got)
	}
}
