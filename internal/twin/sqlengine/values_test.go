package sqlengine_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// fields are a column for each type. The column shows the field of the record with the same
// name.
var fields = []ddl.Column{
	ddl.FieldColumn("small", "SMALLINT", "small"),
	ddl.FieldColumn("whole", "INTEGER", "whole"),
	ddl.FieldColumn("large", "BIGINT", "large"),
	ddl.FieldColumn("exact", "DECIMAL(10,2)", "exact"),
	ddl.FieldColumn("digits", "DECIMAL(38,37)", "digits"),
	ddl.FieldColumn("short", "REAL", "short"),
	ddl.FieldColumn("double", "DOUBLE PRECISION", "double"),
	ddl.FieldColumn("flag", "BOOLEAN", "flag"),
	ddl.FieldColumn("day", "DATE", "day"),
	ddl.FieldColumn("moment", "TIMESTAMP", "moment"),
	ddl.FieldColumn("instant", "TIMESTAMPTZ", "instant"),
	ddl.FieldColumn("code", "CHAR(4)", "code"),
	ddl.FieldColumn("word", "VARCHAR(4)", "word"),
	ddl.FieldColumn("book", "VARCHAR(65535)", "book"),
	ddl.FieldColumn("part", "SUPER", "part"),
	ddl.FieldColumn("deep", "INTEGER", "a", "b", "c", "d", "e"),
}

// invalid is the expected value of a column if the record's value can't be converted to the
// column's type.
const invalid = "invalid"

var long = strings.Repeat("x", 70_000)

// values are records with the expected value of one column: a text, "NULL" if the record
// doesn't have the field, or invalid.
var values = []struct{ column, record, want string }{
	{"small", `{"small": 32767}`, "32767"},
	{"small", `{"small": "-7"}`, "-7"},
	{"small", `{"small": 32768}`, invalid},
	{"small", `{"small": ""}`, invalid},
	{"small", `{"small": null}`, "NULL"},
	{"small", `{}`, "NULL"},
	{"whole", `{"whole": 2147483648}`, invalid},
	{"whole", `{"whole": 1.5}`, invalid},
	{"whole", `{"whole": true}`, invalid},
	{"whole", `{"whole": {"a": 1}}`, invalid},
	{"whole", `{"whole": "twelve"}`, invalid},
	{"large", `{"large": 9223372036854775807}`, "9223372036854775807"},
	{"large", `{"large": 9223372036854775808}`, invalid},
	{"large", `{"large": [1]}`, invalid},
	{"exact", `{"exact": "12345678.25"}`, "12345678.25"},
	{"exact", `{"exact": 123456789}`, invalid},
	{"exact", `{"exact": "1e400"}`, invalid},
	{"exact", `{"exact": ""}`, invalid},
	{"exact", `{"exact": "NaN"}`, invalid},
	{"digits", `{"digits": 1.5}`, "1.5000000000000000000000000000000000000"},
	{"digits", `{"digits": 10}`, invalid},
	{"short", `{"short": 0.5}`, "0.5"},
	{"short", `{"short": 1e39}`, invalid},
	{"double", `{"double": -1.25e100}`, "-1.25e+100"},
	{"double", `{"double": 1e400}`, invalid},
	{"double", `{"double": "Infinity"}`, invalid},
	{"double", `{"double": "0x1f"}`, invalid},
	{"flag", `{"flag": true}`, "true"},
	{"flag", `{"flag": "FALSE"}`, "false"},
	{"flag", `{"flag": "yes"}`, invalid},
	{"flag", `{"flag": ""}`, invalid},
	{"day", `{"day": "2026-02-28"}`, "2026-02-28"},
	{"day", `{"day": "2026-02-30"}`, invalid},
	{"day", `{"day": ""}`, invalid},
	{"day", `{"day": "today"}`, invalid},
	{"moment", `{"moment": "2026-11-22 12:00:00.5"}`, "2026-11-22 12:00:00.5"},
	{"moment", `{"moment": "2026-11-22 25:00:00"}`, invalid},
	{"instant", `{"instant": "2026-11-22T12:00:00Z"}`, "2026-11-22 12:00:00+00"},
	{"instant", `{"instant": "2026-13-01T00:00:00Z"}`, invalid},
	{"code", `{"code": "abcd"}`, "abcd"},
	{"code", `{"code": "abcde"}`, invalid},
	{"code", `{"code": "😀"}`, invalid},
	{"word", `{"word": "😀"}`, "😀"},
	{"word", `{"word": "ééé"}`, invalid}, // three characters, six bytes
	{"word", `{"word": ""}`, ""},
	{"book", `{"book": "` + long + `"}`, invalid},
	{"part", `{"part": {"b": [1, "two"]}}`, `{"b": [1, "two"]}`},
	{"part", `{"part": 5}`, "5"},
	{"part", `{"part": "text"}`, invalid},
	{"deep", `{"a": {"b": {"c": {"d": {"e": 5}}}}}`, "5"},
	{"deep", `{"a": {"b": {"c": {"d": {"e": "five"}}}}}`, invalid},
	{"deep", `{"a": {"b": 5}}`, "NULL"},
	{"small", `[{"small": 1}]`, "NULL"}, // an array has no fields
	{"small", `"small"`, "NULL"},
	{"small", `{"small": 1`, invalid}, // not JSON
	{"small", ``, invalid},
}

// castAccepts are the records whose value is invalid, but which a plain cast converts, with
// the reason why it does.
var castAccepts = map[string]string{
	`{"exact": "NaN"}`:       "PostgreSQL's decimals have NaN",
	`{"double": "Infinity"}`: "PostgreSQL's floating-point numbers have Infinity",
	`{"double": "0x1f"}`:     "PostgreSQL uses C's strtod, which accepts it",
	`{"flag": "yes"}`:        "https://docs.aws.amazon.com/redshift/latest/dg/r_Boolean_type.html",
	`{"day": "today"}`:       "https://docs.aws.amazon.com/redshift/latest/dg/r_Datetime_types.html",
	`{"code": "abcde"}`:      "an explicit cast truncates: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html",
	`{"word": "ééé"}`:        "an explicit cast truncates",
}

// valuesView returns the definition of the streaming view v with a column for the sequence
// number and the given columns.
func (d *database) valuesView(policy ddl.BadRecords, columns ...ddl.Column) *definition.View {
	d.Helper()
	return d.define(ddl.View{
		Name: "v", Stream: ddl.Stream{Schema: "evdata", Name: d.stream}, BadRecords: policy,
		Columns: append([]ddl.Column{ddl.MetadataColumn("sequence_number", ddl.SequenceNumber)}, columns...),
	})
}

// define returns the definition of a view, whose declaration must be valid.
func (d *database) define(v ddl.View) *definition.View {
	d.Helper()
	defined, problems := definition.NewView(v)
	if len(problems) > 0 {
		d.Fatal(problems)
	}
	return defined
}

// run runs the statements that create a view, except for those about auto refresh.
func (d *database) run(v *definition.View) {
	d.Helper()
	for _, s := range v.Create() {
		if s.Name != definition.StepAutoRefresh {
			d.exec(s.SQL)
		}
	}
}

// putValues puts the records of values into the stream.
func (d *database) putValues() {
	for i, v := range values {
		sharedStreams.put(d.stream, shardID(i%2), v.record)
	}
}

// columnValues returns a text for each element of values: the record, and the value of the
// element's column in the view v. The parameter kept is a SELECT item that returns the bytes
// of records that were kept. If a record was kept and its column is NULL, the value is
// invalid.
func (d *database) columnValues(kept string) []string {
	d.Helper()
	var selected []string
	for _, c := range fields {
		selected = append(selected, fmt.Sprintf("%q::text", c.Name))
	}
	result := d.exec("SELECT " + strings.Join(selected, ", ") + ", " + kept + " FROM v ORDER BY sequence_number")
	if len(result.Rows) != len(values) {
		d.Fatalf("rows: want one for each of the %d records, got %d", len(values), len(result.Rows))
	}
	var all []string
	for i, row := range result.Rows {
		text := "NULL"
		for n, c := range fields {
			switch {
			case c.Name == values[i].column && row[n] != nil:
				text = string(row[n])
			case c.Name != values[i].column && row[n] != nil:
				d.Errorf("%.60s: column %s: want NULL, got %q", values[i].record, c.Name, row[n])
			}
		}
		switch bytes := row[len(fields)]; {
		case bytes != nil && string(bytes) == hex.EncodeToString([]byte(values[i].record)) && text == "NULL":
			text = invalid
		case bytes != nil:
			text += fmt.Sprintf(", with %.60s kept", bytes)
		}
		all = append(all, values[i].record[:min(60, len(values[i].record))]+" → "+text)
	}
	return all
}

// wantValues returns the expected result of columnValues. The parameter whenInvalid is the
// expected value of a column if the record's value is invalid.
func wantValues(whenInvalid string) []string {
	var all []string
	for _, v := range values {
		want := v.want
		if want == invalid {
			want = whenInvalid
		}
		all = append(all, v.record[:min(60, len(v.record))]+" → "+want)
	}
	return all
}

func TestKeepRecords(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.putValues()
	d.run(d.valuesView(ddl.KeepRecords, fields...))
	if diff := cmp.Diff(wantValues(invalid), d.columnValues("failed_payload")); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

func TestSkipRecords(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.putValues()
	d.run(d.valuesView(ddl.SkipRecords, fields...))
	rows := len(d.rows("SELECT 1 FROM v"))
	if want := len(values) - 3; rows != want { // a record that isn't JSON, an empty one, and one too long for a SUPER
		t.Errorf("rows: want %d, got %d", want, rows)
	}
	for _, c := range fields {
		var want []string
		for _, v := range values {
			if v.column == c.Name && v.want != invalid && v.want != "NULL" {
				want = append(want, v.want)
			}
		}
		got := d.rows(fmt.Sprintf("SELECT %q::text FROM v WHERE %q IS NOT NULL ORDER BY sequence_number", c.Name, c.Name))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.Name, diff)
		}
	}
}

func TestFailRefresh(t *testing.T) {
	t.Parallel()
	d := open(t)
	for i, v := range values {
		stream := fmt.Sprintf("%s-%d", d.stream, i)
		sharedStreams.create(stream, 1)
		sharedStreams.put(stream, shardID(0), v.record)
		for _, c := range fields {
			if c.Name != v.column {
				continue
			}
			view := d.define(ddl.View{
				Name: fmt.Sprintf("v%d", i), Stream: ddl.Stream{Schema: "evdata", Name: stream}, BadRecords: ddl.FailRefresh, Columns: []ddl.Column{c},
			})
			d.exec(view.Create()[0].SQL)
			_, err := shared.Exec(t.Context(), d.Target, view.Create()[1].SQL, nil)
			if fails := v.want == invalid && castAccepts[v.record] == ""; fails != (err != nil) {
				t.Errorf("%.60s: want failure %t, got %v", v.record, fails, err)
			}
		}
	}
}

// TestPlainViewsOverLanding checks that plain views over a landing view show the same values
// as a streaming view. The landing view keeps the bytes of records that can't be a SUPER.
func TestPlainViewsOverLanding(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.putValues()
	landing := ddl.Landing("landing")
	landing.Stream = ddl.Stream{Schema: "evdata", Name: d.stream}
	d.run(d.define(landing))
	d.run(d.define(ddl.View{
		Name: "v", From: "landing", Columns: append([]ddl.Column{ddl.MetadataColumn("sequence_number", ddl.SequenceNumber)}, fields...),
	}))
	if diff := cmp.Diff(wantValues("NULL"), d.columnValues("NULL")); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	got := d.rows("SELECT octet_length(failed_payload) FROM landing WHERE failed_payload IS NOT NULL ORDER BY 1")
	if diff := cmp.Diff([]string{"0", "11", "70012"}, got); diff != "" {
		t.Errorf("kept in the landing view (-want +got):\n%s", diff)
	}
}
