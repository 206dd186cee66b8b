package table_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/table"
)

var columns = []table.Column{{Name: "connectiontime"}, {Name: "energy_consumed", Numeric: true}, {Name: "#Users", Numeric: true}}

// rows returns an iterator over the rows.
func rows(list ...[]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, row := range list {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	usage := table.Table{Columns: columns, Rows: rows(
		[]any{"2026-11-22 18:57:13+00", json.Number("1371.00"), int64(4)},
		[]any{nil, 0.5, int64(12)},
		[]any{"", nil, int64(0)},
	)}
	odd := table.Table{
		Columns: []table.Column{{Name: "a"}, {Name: "a"}, {Name: "a,b"}, {Name: "d"}},
		Rows: rows(
			[]any{"x\ty\n\"z\" \\ ,", json.RawMessage(`{"k":[1]}`), true, []byte{0, 255}},
			[]any{"\x1b[31m\u202e", math.NaN(), json.Number("NaN"), 1e6},
		),
	}
	empty := table.Table{Columns: columns[:1], Rows: rows()}
	tests := map[string]struct {
		table  table.Table
		format table.Format
		color  bool
		want   string
	}{
		"grid": {usage, table.Grid, false, `
┌────────────────────────┬─────────────────┬────────┐
│ connectiontime         │ energy_consumed │ #Users │
├────────────────────────┼─────────────────┼────────┤
│ 2026-11-22 18:57:13+00 │         1371.00 │      4 │
│ NULL                   │             0.5 │     12 │
│                        │            NULL │      0 │
└────────────────────────┴─────────────────┴────────┘
`},
		"plain": {usage, table.Plain, false, `
connectiontime	energy_consumed	#Users
2026-11-22 18:57:13+00	1371.00	4
\N	0.5	12
	\N	0
`},
		"CSV": {usage, table.CSV, false, `
connectiontime,energy_consumed,#Users
2026-11-22 18:57:13+00,1371.00,4
,0.5,12
"",,0
`},
		"JSON": {usage, table.JSON, false, `
[
  {"connectiontime": "2026-11-22 18:57:13+00", "energy_consumed": 1371.00, "#Users": 4},
  {"connectiontime": null, "energy_consumed": 0.5, "#Users": 12},
  {"connectiontime": "", "energy_consumed": null, "#Users": 0}
]
`},
		"odd values as a grid": {odd, table.Grid, false, `
┌────────────────┬───────────┬──────┬─────────┐
│ a              │ a         │ a,b  │ d       │
├────────────────┼───────────┼──────┼─────────┤
│ x\ty           │ {"k":[1]} │ true │ \x00ff  │
│ "z" \ ,        │           │      │         │
│ \x1b[31m\u202e │ NaN       │ NaN  │ 1000000 │
└────────────────┴───────────┴──────┴─────────┘
`},
		"odd values plain": {odd, table.Plain, false, `
a	a	a,b	d
x\ty\n"z" \\ ,	{"k":[1]}	true	\\x00ff
` + "\x1b[31m\u202e" + `	NaN	NaN	1000000
`},
		"odd values as CSV": {odd, table.CSV, false, `
a,a,"a,b",d
"x	y
""z"" \ ,","{""k"":[1]}",true,\x00ff
` + "\x1b[31m\u202e" + `,NaN,NaN,1000000
`},
		"odd values as JSON": {odd, table.JSON, false, `
[
  {"a": "x\ty\n\"z\" \\ ,", "a_2": {"k":[1]}, "a,b": true, "d": "\\x00ff"},
  {"a": "\u001b[31m` + "\u202e" + `", "a_2": "NaN", "a,b": "NaN", "d": 1000000}
]
`},
		"no rows plain":   {empty, table.Plain, false, "\nconnectiontime\n"},
		"no rows as JSON": {empty, table.JSON, false, "\n[]\n"},
		"null in color": {table.Table{Columns: columns[:1], Rows: rows([]any{nil})}, table.Grid, true, `
┌────────────────┐
│ connectiontime │
├────────────────┤
│ ` + "\x1b[2mNULL\x1b[0m" + `           │
└────────────────┘
`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if _, err := table.Write(&b, test.table, test.format, table.Options{Color: test.color}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, "\n"+b.String()); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCSVAndJSONReadBack checks that other decoders read the original values from the
// output.
func TestCSVAndJSONReadBack(t *testing.T) {
	t.Parallel()
	value := "a\"b,c\n\td\\e'\u00e9"
	source := table.Table{Columns: columns[:2], Rows: rows([]any{value, json.Number("12345678901234567890.10")})}
	printed := func(format table.Format) string {
		var b strings.Builder
		if n, err := table.Write(&b, source, format, table.Options{}); n != 1 || err != nil {
			t.Fatalf("want 1 row, got %d, %v", n, err)
		}
		return b.String()
	}
	records, err := csv.NewReader(strings.NewReader(printed(table.CSV))).ReadAll()
	if diff := cmp.Diff([][]string{{"connectiontime", "energy_consumed"}, {value, "12345678901234567890.10"}}, records); diff != "" || err != nil {
		t.Errorf("CSV (-want +got):\n%s%v", diff, err)
	}
	var objects []struct {
		Time   string      `json:"connectiontime"`
		Energy json.Number `json:"energy_consumed"`
	}
	if err := json.Unmarshal([]byte(printed(table.JSON)), &objects); err != nil || objects[0].Time != value || objects[0].Energy != "12345678901234567890.10" {
		t.Errorf("JSON: want the original values, got %v, %v", objects, err)
	}
}

// TestErrorOfRows checks that Write returns the error of the rows, and the number of rows
// before it.
func TestErrorOfRows(t *testing.T) {
	t.Parallel()
	broken := errors.New("result expired")
	source := table.Table{Columns: columns[:1], Rows: func(yield func([]any, error) bool) {
		_ = yield([]any{"one"}, nil) && yield(nil, broken)
	}}
	for _, format := range []table.Format{table.Grid, table.Plain, table.CSV, table.JSON} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			n, err := table.Write(new(strings.Builder), source, format, table.Options{})
			if n != 1 || !errors.Is(err, broken) {
				t.Errorf("want 1 row and %v, got %d and %v", broken, n, err)
			}
		})
	}
}

func TestUnknownFormat(t *testing.T) {
	t.Parallel()
	_, err := table.Write(new(strings.Builder), table.Table{}, "xml", table.Options{})
	if want := `format: got "xml"; write one of table, plain, csv, json`; fmt.Sprint(err) != want {
		t.Errorf("want %s, got %v", want, err)
	}
}
