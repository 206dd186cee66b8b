package ddl_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
)

// view returns a sound view, changed by change.
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
			"name: required; write a name",
			"stream.schema: required; write a name",
			"stream.name: required; write the stream's name",
			"columns: required; write at least one",
		}},
		"upper-case stream": {view(func(v *ddl.View) { v.Stream.Name = "Clicks" }), []string{
			`stream.name: "Clicks" has upper-case letters, which Redshift folds away; name the stream "clicks"`,
		}},
		"unfit stream": {view(func(v *ddl.View) { v.Stream.Name = `a"b` }), []string{
			`stream.name: "a\"b" is not a stream's name; write up to 128 lower-case letters, digits, _, - and dots`,
		}},
		"names equal after folding": {view(func(v *ddl.View) { v.Columns = append(v.Columns, ddl.PayloadColumn("PAGE")) }), []string{
			`columns[2].name: "PAGE" is also columns[1], since Redshift folds names to lower case; rename one`,
		}},
		"no such policy and no such keys": {view(func(v *ddl.View) { v.BadRecords, v.DistKey, v.SortKey = "Drop", "id", []string{"arrived", "at"} }), []string{
			`badRecords: "Drop" is not a policy; write Keep, Skip or Fail`,
			`distKey: "id" is not a column of the view; write one of its columns' names`,
			`sortKey[1]: "at" is not a column of the view; write one of its columns' names`,
		}},
		"the name of failed records": {view(func(v *ddl.View) { v.Columns[1].Name = "Failed_Payload" }), []string{
			`columns[1].name: "Failed_Payload" is where badRecords Keep puts what is not JSON; rename the column, or set badRecords to Skip or Fail`,
		}},
		"columns of no kind, two kinds, a wrong kind": {view(func(v *ddl.View) {
			v.Columns = []ddl.Column{
				{Name: "a"},
				{Name: "b", Metadata: ddl.ShardID, Type: "SUPER"},
				{Name: "c", Metadata: "data"},
				{Name: "d", Type: "INTEGER"},
				{Name: "e", Type: "SUPER", Path: []string{"x"}}, // sound
				{Name: "f", Expression: "x", Path: []string{"x"}},
				{Name: "g", Type: "DATE", Path: []string{"1", "2", "3", "4", "5", "6"}},
				{Name: "h", Type: "DATE", Path: []string{""}},
				{Name: "i", Type: "DATE", Path: []string{"a", "b\x00"}},
			}
		}), []string{
			"columns[0]: has 0 of metadata, type and expression; set exactly one",
			"columns[1]: has 2 of metadata, type and expression; set exactly one",
			`columns[2].metadata: "data" is not a metadata column; write one of approximate_arrival_timestamp, partition_key, shard_id, sequence_number, refresh_time`,
			"columns[3].path: required for a INTEGER; write the field's name, or make the column SUPER to hold the whole record",
			"columns[5].path: is only for a field; set type, or leave path out",
			"columns[6].path: has 6 names, but JSON_EXTRACT_PATH_TEXT goes 5 deep; use an expression over JSON_PARSE",
			`columns[7].path: [""] has an empty name; write each name of the path`,
			`columns[8].path: ["a" "b\x00"] has a name with NUL, a byte that is not UTF-8, or a character that hides the order of the text; use an expression over JSON_PARSE`,
		}},
		"expressions that would end early": {view(func(v *ddl.View) {
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
			`columns[1].expression: "1, 2": column 2: a comma between two expressions; write one expression`,
			`columns[2].expression: "1 -- all else": column 3: a comment; leave it out`,
			`columns[3].expression: "lower('x": column 7: a ' that is not closed; close it`,
			`columns[4].expression: "f(1": column 2: a ( without its ); balance them`,
			`columns[5].expression: "1)": column 2: a ) without its (; balance them`,
		}},
		"what no refresh of single records can work out": {view(func(v *ddl.View) {
			v.Columns = []ddl.Column{
				ddl.ExpressionColumn("a", "(SELECT 1)"),
				ddl.ExpressionColumn("b", "row_number() OVER (ORDER BY shard_id)"),
				ddl.ExpressionColumn("c", "count(DISTINCT shard_id)"),
				ddl.ExpressionColumn("d", "getdate()"),
				ddl.ExpressionColumn("e", "'select ; , -- ' || \"over\" || 'it''s' || count"), // sound
			}
		}), []string{
			`columns[0].expression: "(SELECT 1)": column 2: a subquery, which a streaming view can't have; put it into a view over this one, or into the query`,
			`columns[1].expression: "row_number() OVER (ORDER BY shard_id)": column 14: a window function, which a streaming view can't have; put it into a view over this one, or into the query`,
			`columns[2].expression: "count(DISTINCT shard_id)": column 1: an aggregate, which a streaming view can't have; put it into a view over this one, or into the query`,
			`columns[3].expression: "getdate()": column 1: a function that changes by the clock, which a streaming view can't have; put it into a view over this one, or into the query`,
		}},
		"a plain view with what is for rows": {view(func(v *ddl.View) {
			v.From, v.ManualRefresh, v.SortKey, v.OnReplace = "landing", true, []string{"page"}, "Keep"
		}), []string{
			`stream: is for views that read a stream, and this one is over "landing"; leave one of both out`,
			`onReplace: is for views that read a stream, and this one is over "landing"; leave one of both out`,
			`sortKey: is for views that read a stream, and this one is over "landing"; leave one of both out`,
			`manualRefresh: is for views that read a stream, and this one is over "landing"; leave one of both out`,
		}},
		"grants, styles, policies": {view(func(v *ddl.View) {
			v.Grants = []ddl.Grantee{{User: "IAM:ann"}, {}, {User: "a", Role: "b"}, {Group: `x"y`}}
			v.DistStyle, v.OnReplace = "hash", "Lose"
		}), []string{
			"grants[1]: has 0 of user, group, role, iamRole and iamUser; set exactly one",
			"grants[2]: has 2 of user, group, role, iamRole and iamUser; set exactly one",
			`grants[3]: "x\"y" is not a name of a user, a group or a role; write up to 127 bytes of letters, digits and _$@.:+=/-`,
			`onReplace: "Lose" is not a policy; write Keep, Discard or Refuse`,
			`distStyle: "hash" is not a style; write EVEN, ALL or AUTO, or name a distKey`,
		}},
		"a style and a key": {view(func(v *ddl.View) { v.DistStyle, v.DistKey = "ALL", "page" }), []string{
			`distStyle: "ALL" and a distKey contradict each other; leave one out`,
		}},
		"too long": {view(func(v *ddl.View) {
			v.Columns[1] = ddl.ExpressionColumn("page", "'"+strings.Repeat("x", 100<<10)+"'")
		}), []string{
			"its CREATE statement is 102644 bytes long, but the Data API takes 102400; write fewer or shorter columns",
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

func TestCheckExternalSchema(t *testing.T) {
	t.Parallel()
	_, problems := ddl.ExternalSchema{Name: "select", RoleARN: "role", Region: "Europe"}.Check()
	want := `name: "select" is a reserved word of Redshift; write another name, such as "select_"
roleArn: "role" is not a role's ARN; write one such as arn:aws:iam::123456789012:role/name, or a chain of them, joined by commas without blanks
region: "Europe" is not a region; write one such as eu-west-1`
	if diff := cmp.Diff(want, problems.Error()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestCheckKafka(t *testing.T) {
	t.Parallel()
	_, problems := ddl.ExternalSchema{Name: "events", Region: "eu-west-1", Kafka: ddl.Kafka{
		ClusterARN: "cluster", URI: "broker", Authentication: "sasl", CertificateARN: "x", SecretARN: "y",
	}}.Check()
	want := `roleArn: "" is not a role's ARN; write one such as arn:aws:iam::123456789012:role/name, or a chain of them, joined by commas without blanks
region: is for Kinesis; leave it out
kafka: has both or neither of clusterArn and uri; set one
kafka.clusterArn: got "cluster"; write one such as arn:aws:kafka:eu-west-1:123456789012:cluster/name/uuid
kafka.uri: got "broker"; write one such as broker-1.example.com:9094,broker-2.example.com:9094
kafka.authentication: "sasl" is not known; write none, iam or mtls
kafka.certificateArn: got "x"; write one such as arn:aws:acm:eu-west-1:123456789012:certificate/uuid
kafka.secretArn: got "y"; write one such as arn:aws:secretsmanager:eu-west-1:123456789012:secret:name
kafka.secretArn: there is a certificateArn already; leave one of both out`
	if diff := cmp.Diff(want, problems.Error()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	_, problems = ddl.View{Name: "v", Stream: ddl.Stream{Schema: "s", Name: "Clicks", Kafka: true}, Columns: []ddl.Column{
		ddl.MetadataColumn("shard", ddl.ShardID),
	}}.Check()
	want = `stream.name: "Clicks" has upper-case letters, which Redshift folds away; name the topic "clicks"
columns[0].metadata: "shard_id" is not a metadata column; write one of kafka_partition, kafka_offset, kafka_timestamp_type, kafka_timestamp, kafka_key, kafka_headers, refresh_time`
	if diff := cmp.Diff(want, problems.Error()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// TestCheckedView holds that Check returns what Redshift makes of a declaration.
func TestCheckedView(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ declared, want ddl.View }{
		"a streaming view": {
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
		"a plain view": {
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
				t.Errorf("checked once more: %v (-once +twice):\n%s", problems, diff)
			}
		})
	}
}

func TestSQLOfWhatIsWrong(t *testing.T) {
	t.Parallel()
	if got := view(func(v *ddl.View) { v.Columns[1].Type = "TEXTT" }).SQL(); got != "" {
		t.Errorf("want no SQL, got %s", got)
	}
}
