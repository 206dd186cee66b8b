package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/lab"
)

func TestQueryPlot(t *testing.T) {
	t.Parallel()
	usage := []types.ColumnMetadata{column("connectiontime", "timestamptz"), column("energy_consumed", "numeric"), column("note", "varchar"), column("#users", "int8")}
	tests := map[string]struct {
		columns   []types.ColumnMetadata
		rows      [][]types.Field
		want, err string
	}{
		"descending rows": {columns: usage, rows: [][]types.Field{
			{str("18:57:15"), str("1371.25"), str("x"), long(4)},
			{str("18:57:14"), null, null, long(2)},
			{str("18:57:13"), str("900.5"), null, long(1)},
		}, want: `energy_consumed  largest 1371.25, newest 1371.25
1.4k │        ███
     │        ███
     │███     ███
     │███     ███
     │███     ███
   0 │███     ███
     └────────────
      18:57:13 18:57:15

#users  largest 4, newest 4
4 │        ███
  │        ███
  │        ███
  │    ███ ███
  │▄▄▄ ███ ███
0 │███ ███ ███
  └────────────
   18:57:13 18:57:15
`},
		"no rows":    {columns: usage, want: "no rows\n"},
		"no numbers": {columns: usage[2:3], err: "--plot: the result has no column of numbers after the first column; select a label first, and then numbers"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr strings.Builder
			api := &fakeAPI{columns: test.columns, pages: [][][]types.Field{test.rows}}
			err := (&queryCmd{Output: "auto", Plot: true}).run(t.Context(), &dataapi.Runner{API: api}, lab.UsageQuery, &stdout, &stderr)
			if test.err != "" || err != nil {
				if fmt.Sprint(err) != test.err {
					t.Errorf("got %v, want %s", err, test.err)
				}
				return
			}
			if diff := cmp.Diff(test.want, stdout.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
