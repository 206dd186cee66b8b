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

// fields are a column of every type, each of the record's field of its name.
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

// misfit is what a column shows where a record's value doesn't fit.
const misfit = "misfit"

var long = strings.Repeat("x", 70_000)

// values are records, and what their one field's column shows: a value, NULL
// for one that is not there, or misfit.
var values = []struct{ column, record, want string }{
	{"small", `{"small": 32767}`, "32767"},
	{"small", `{"small": "-7"}`, "-7"},
	{"small", `{"small": 32768}`, misfit},
	{"small", `{"small": ""}`, misfit},
	{"small", `{"small": null}`, "NULL"},
	{"small", `{}`, "NULL"},
	{"whole", `{"whole": 2147483648}`, misfit},
	{"whole", `{"whole": 1.5}`, misfit},
	{"whole", `{"whole": true}`, misfit},
	{"whole", `{"whole": {"a": 1}}`, misfit},
	{"whole", `{"whole": "twelve"}`, misfit},
	{"large", `{"large": 9223372036854775807}`, "9223372036854775807"},
	{"large", `{"large": 9223372036854775808}`, misfit},
	{"large", `{"large": [1]}`, misfit},
	{"exact", `{"exact": "12345678.25"}`, "12345678.25"},
	{"exact", `{"exact": 123456789}`, misfit},
	{"exact", `{"exact": "1e400"}`, misfit},
	{"exact", `{"exact": ""}`, misfit},
	{"exact", `{"exact": "NaN"}`, misfit},
	{"digits", `{"digits": 1.5}`, "1.5000000000000000000000000000000000000"},
	{"digits", `{"digits": 10}`, misfit},
	{"short", `{"short": 0.5}`, "0.5"},
	{"short", `{"short": 1e39}`, misfit},
	{"double", `{"double": -1.25e100}`, "-1.25e+100"},
	{"double", `{"double": 1e400}`, misfit},
	{"double", `{"double": "Infinity"}`, misfit},
	{"double", `{"double": "0x1f"}`, misfit},
	{"flag", `{"flag": true}`, "true"},
	{"flag", `{"flag": "FALSE"}`, "false"},
	{"flag", `{"flag": "yes"}`, misfit},
	{"flag", `{"flag": ""}`, misfit},
	{"day", `{"day": "2026-02-28"}`, "2026-02-28"},
	{"day", `{"day": "2026-02-30"}`, misfit},
	{"day", `{"day": ""}`, misfit},
	{"day", `{"day": "today"}`, misfit},
	{"moment", `{"moment": "2026-11-22 12:00:00.5"}`, "2026-11-22 12:00:00.5"},
	{"moment", `{"moment": "2026-11-22 25:00:00"}`, misfit},
	{"instant", `{"instant": "2026-11-22T12:00:00Z"}`, "2026-11-22 12:00:00+00"},
	{"instant", `{"instant": "2026-13-01T00:00:00Z"}`, misfit},
	{"code", `{"code": "abcd"}`, "abcd"},
	{"code", `{"code": "abcde"}`, misfit},
	{"code", `{"code": "😀"}`, misfit},
	{"word", `{"word": "😀"}`, "😀"},
	{"word", `{"word": "ééé"}`, misfit}, // three characters, six bytes
	{"word", `{"word": ""}`, ""},
	{"book", `{"book": "` + long + `"}`, misfit},
	{"part", `{"part": {"b": [1, "two"]}}`, `{"b": [1, "two"]}`},
	{"part", `{"part": 5}`, "5"},
	{"part", `{"part": "text"}`, misfit},
	{"deep", `{"a": {"b": {"c": {"d": {"e": 5}}}}}`, "5"},
	{"deep", `{"a": {"b": {"c": {"d": {"e": "five"}}}}}`, misfit},
	{"deep", `{"a": {"b": 5}}`, "NULL"},
	{"small", `[{"small": 1}]`, "NULL"}, // a list has no fields
	{"small", `"small"`, "NULL"},
	{"small", `{"small": 1`, misfit}, // not JSON
	{"small", ``, misfit},
}

// castable are misfits that a plain cast takes, and why.
var castable = map[string]string{
	`{"exact": "NaN"}`:       "PostgreSQL's decimals have NaN",
	`{"double": "Infinity"}`: "floating-point numbers have it",
	`{"double": "0x1f"}`:     "so has C's strtod",
	`{"flag": "yes"}`:        "https://docs.aws.amazon.com/redshift/latest/dg/r_Boolean_type.html",
	`{"day": "today"}`:       "https://docs.aws.amazon.com/redshift/latest/dg/r_Datetime_types.html",
	`{"code": "abcde"}`:      "an explicit cast cuts: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html",
	`{"word": "ééé"}`:        "an explicit cast cuts",
}

// valuesView declares the view v of the columns.
func (d *database) valuesView(policy ddl.BadRecords, columns ...ddl.Column) *definition.View {
	d.Helper()
	return d.define(ddl.View{
		Name: "v", Stream: ddl.Stream{Schema: "evdata", Name: d.stream}, BadRecords: policy,
		Columns: append([]ddl.Column{ddl.MetadataColumn("sequence_number", ddl.SequenceNumber)}, columns...),
	})
}

func (d *database) define(v ddl.View) *definition.View {
	d.Helper()
	defined, problems := definition.NewView(v)
	if len(problems) > 0 {
		d.Fatal(problems)
	}
	return defined
}

// run runs the statements that make a view, without those of auto refresh.
func (d *database) run(v *definition.View) {
	d.Helper()
	for _, s := range v.Create() {
		if s.Name != definition.StepAutoRefresh {
			d.exec(s.SQL)
		}
	}
}

// putValues puts the records of all values.
func (d *database) putValues() {
	for i, v := range values {
		sharedStreams.put(d.stream, shardID(i%2), v.record)
	}
}

// shown returns for each value what its column shows in the rows of v, in their
// order, and whether the record's bytes are in what kept selects.
func (d *database) shown(kept string) []string {
	d.Helper()
	var selected []string
	for _, c := range fields {
		selected = append(selected, fmt.Sprintf("%q::text", c.Name))
	}
	result := d.exec("SELECT " + strings.Join(selected, ", ") + ", " + kept + " FROM v ORDER BY sequence_number")
	if len(result.Rows) != len(values) {
		d.Fatalf("%d rows of %d records", len(result.Rows), len(values))
	}
	var all []string
	for i, row := range result.Rows {
		text := "NULL"
		for at, c := range fields {
			switch {
			case c.Name == values[i].column && row[at] != nil:
				text = string(row[at])
			case c.Name != values[i].column && row[at] != nil:
				d.Errorf("%.60s: %s is %q", values[i].record, c.Name, row[at])
			}
		}
		switch bytes := row[len(fields)]; {
		case bytes != nil && string(bytes) == hex.EncodeToString([]byte(values[i].record)) && text == "NULL":
			text = misfit
		case bytes != nil:
			text += fmt.Sprintf(", with %.60s kept", bytes)
		}
		all = append(all, values[i].record[:min(60, len(values[i].record))]+" → "+text)
	}
	return all
}

// wanted returns what shown has to, with what stands for a misfit there.
func wanted(misfits string) []string {
	var all []string
	for _, v := range values {
		want := v.want
		if want == misfit {
			want = misfits
		}
		all = append(all, v.record[:min(60, len(v.record))]+" → "+want)
	}
	return all
}

func TestKeepKeepsWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.putValues()
	d.run(d.valuesView(ddl.KeepRecords, fields...))
	if diff := cmp.Diff(wanted(misfit), d.shown("failed_payload")); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

func TestSkipMakesNullOfWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.putValues()
	d.run(d.valuesView(ddl.SkipRecords, fields...))
	rows := len(d.rows("SELECT 1 FROM v"))
	if want := len(values) - 3; rows != want { // not JSON, nothing, and too long for a SUPER
		t.Errorf("want %d rows, got %d", want, rows)
	}
	for _, c := range fields {
		var want []string
		for _, v := range values {
			if v.column == c.Name && v.want != misfit && v.want != "NULL" {
				want = append(want, v.want)
			}
		}
		got := d.rows(fmt.Sprintf("SELECT %q::text FROM v WHERE %q IS NOT NULL ORDER BY sequence_number", c.Name, c.Name))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.Name, diff)
		}
	}
}

func TestFailFailsTheRefresh(t *testing.T) {
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
			if fails := v.want == misfit && castable[v.record] == ""; fails != (err != nil) {
				t.Errorf("%.60s: want failure %t, got %v", v.record, fails, err)
			}
		}
	}
}

// TestPlainViewsOverLanding holds that plain views show what streaming ones
// would; a record that is no SUPER is kept below.
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
	if diff := cmp.Diff(wanted("NULL"), d.shown("NULL")); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	got := d.rows("SELECT octet_length(failed_payload) FROM landing WHERE failed_payload IS NOT NULL ORDER BY 1")
	if diff := cmp.Diff([]string{"0", "11", "70012"}, got); diff != "" {
		t.Errorf("kept in the landing view (-want +got):\n%s", diff)
	}
}
