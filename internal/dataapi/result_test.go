package dataapi_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// field returns a value as the Data API sends it.
func field(value any) types.Field {
	switch v := value.(type) {
	case nil:
		return &types.FieldMemberIsNull{Value: true}
	case string:
		return &types.FieldMemberStringValue{Value: v}
	case int64:
		return &types.FieldMemberLongValue{Value: v}
	case float64:
		return &types.FieldMemberDoubleValue{Value: v}
	case bool:
		return &types.FieldMemberBooleanValue{Value: v}
	case []byte:
		return &types.FieldMemberBlobValue{Value: v}
	}
	panic(fmt.Sprintf("the Data API sends no %T", value))
}

// TestResultDecodesValues checks how a value is decoded, and its text.
func TestResultDecodesValues(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		typeName string
		sent     any
		want     any
		text     string
	}{
		"null":                         {"varchar", nil, nil, ""},
		"text":                         {"varchar", "a\"b", "a\"b", "a\"b"},
		"empty text":                   {"varchar", "", "", ""},
		"boolean":                      {"bool", true, true, "true"},
		"smallest integer":             {"int8", int64(math.MinInt64), int64(math.MinInt64), "-9223372036854775808"},
		"fraction":                     {"float8", 0.25, 0.25, "0.25"},
		"large float":                  {"float8", 1e21, 1e21, "1e+21"},
		"numeric with trailing zeros":  {"numeric", "1371.00", json.Number("1371.00"), "1371.00"},
		"more digits than float64 has": {"numeric", "12345678901234567890.10", json.Number("12345678901234567890.10"), "12345678901234567890.10"},
		"NaN":                          {"float8", "NaN", json.Number("NaN"), "NaN"},
		"SUPER":                        {"super", `{"a": [1]}`, json.RawMessage(`{"a": [1]}`), `{"a": [1]}`},
		"SUPER that is not JSON":       {"super", "{", "{", "{"},
		"bytes":                        {"varbyte", []byte{0, 255}, []byte{0, 255}, "00ff"},
		"unknown type":                 {"vector", "[1]", "[1]", "[1]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := &fakeAPI{script: map[string]ending{"x": {
				status: types.StatusStringFinished, columns: []types.ColumnMetadata{{Name: aws.String("c"), TypeName: &test.typeName}},
				rows: [][]types.Field{{field(test.sent)}},
			}}}
			_, rows, err := read(t, api)
			if diff := cmp.Diff([][]any{{test.want}}, rows); diff != "" || err != nil {
				t.Fatalf("rows (-want +got):\n%s%v", diff, err)
			}
			if got := dataapi.Text(rows[0][0]); got != test.text {
				t.Errorf("as text\nwant %q\ngot  %q", test.text, got)
			}
		})
	}
}

// read runs the statement "x" and returns its whole result.
func read(t *testing.T, api dataapi.API) ([]dataapi.Column, [][]any, error) {
	t.Helper()
	r := runner(api)
	outcome, err := r.Run(t.Context(), dataapi.Statement{SQL: "x"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	result, err := r.Result(t.Context(), outcome.ID)
	if err != nil {
		return nil, nil, err
	}
	var rows [][]any
	for row, err := range result.Rows {
		if err != nil {
			return result.Columns, rows, err
		}
		rows = append(rows, row)
	}
	return result.Columns, rows, nil
}

// TestResultColumns checks that a column has the name that the statement gives it, and
// which columns are numeric.
func TestResultColumns(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"x": {
		status: types.StatusStringFinished, rows: [][]types.Field{{}},
		columns: []types.ColumnMetadata{
			{Name: aws.String("id"), TypeName: aws.String("int8")},
			{Name: aws.String("name"), Label: aws.String("Name"), TypeName: aws.String("varchar")},
			{Name: aws.String("sum"), Label: aws.String(""), TypeName: aws.String("numeric")},
		},
	}}}
	got, _, err := read(t, api)
	if err != nil {
		t.Fatal(err)
	}
	want := []dataapi.Column{{Name: "id", Type: "int8"}, {Name: "Name", Type: "varchar"}, {Name: "sum", Type: "numeric"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	numeric := []bool{got[0].Numeric(), got[1].Numeric(), got[2].Numeric()}
	if diff := cmp.Diff([]bool{true, false, true}, numeric); diff != "" {
		t.Errorf("numeric (-want +got):\n%s", diff)
	}
}

// TestResultReadsPagesLazily checks that a page is read only when the caller reaches its
// rows.
func TestResultReadsPagesLazily(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"x": {
		status: types.StatusStringFinished, rows: [][]types.Field{{field("a")}, {field("b")}, {field("c")}},
	}}}
	r := runner(api)
	outcome, err := r.Run(t.Context(), dataapi.Statement{SQL: "x"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	result, err := r.Result(t.Context(), outcome.ID)
	if err != nil {
		t.Fatal(err)
	}
	pages := []int{api.pages}
	for row, err := range result.Rows {
		if err != nil {
			t.Fatal(err)
		}
		if pages = append(pages, api.pages); row[0] == "b" {
			break
		}
	}
	pages = append(pages, api.pages)
	if diff := cmp.Diff([]int{1, 1, 2, 2}, pages); diff != "" {
		t.Errorf("number of pages read before the loop, at each row and after the loop (-want +got):\n%s", diff)
	}
}

// TestResultWithUnknownValueType checks that a value of an unknown type is an error, and
// not null.
func TestResultWithUnknownValueType(t *testing.T) {
	t.Parallel()
	unknown := &types.UnknownUnionMember{Tag: "dateValue"}
	rows := [][]types.Field{{field("a")}, {field("b"), unknown}}
	const want = "result of statement statement-1: column 2: unknown value type *types.UnknownUnionMember"
	api := func() *fakeAPI {
		return &fakeAPI{script: map[string]ending{"x": {status: types.StatusStringFinished, rows: rows}}}
	}
	_, got, err := read(t, api())
	if diff := cmp.Diff([][]any{{"a"}}, got); diff != "" || fmt.Sprint(err) != want {
		t.Errorf("rows before the error (-want +got):\n%s\nerror\nwant %s\ngot  %v", diff, want, err)
	}
	if _, _, err := runner(api()).Rows(t.Context(), dataapi.Statement{Name: "read", SQL: "x"}, 0); fmt.Sprint(err) != "read: "+want {
		t.Errorf("error of Rows\nwant read: %s\ngot  %v", want, err)
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"x": {status: types.StatusStringFinished, rows: [][]types.Field{
		{&types.FieldMemberStringValue{Value: "a"}, &types.FieldMemberLongValue{Value: -7}},
		{&types.FieldMemberIsNull{Value: true}, &types.FieldMemberBooleanValue{Value: true}},
		{&types.FieldMemberDoubleValue{Value: 0.25}, &types.FieldMemberStringValue{}},
	}}}}
	got, _, err := runner(api).Rows(t.Context(), dataapi.Statement{SQL: "x"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"a", "-7"}, {"", "true"}, {"0.25", ""}}, got); diff != "" {
		t.Errorf("rows of three pages (-want +got):\n%s", diff)
	}
}

func TestFreshRunsANewStatement(t *testing.T) {
	t.Parallel()
	api := &fakeAPI{script: map[string]ending{"x": {status: types.StatusStringFinished, rows: [][]types.Field{{&types.FieldMemberStringValue{Value: "a"}}}}}}
	for range 2 {
		got, _, err := runner(api).Fresh(t.Context(), dataapi.Statement{SQL: "x"})
		if diff := cmp.Diff([][]string{{"a"}}, got); diff != "" || err != nil {
			t.Errorf("rows (-want +got):\n%s%v", diff, err)
		}
	}
	if len(api.accepted) != 2 || api.accepted[0].ClientToken != nil {
		t.Errorf("want two statements without a token, got %d", len(api.accepted))
	}
}
